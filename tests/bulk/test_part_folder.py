"""The folder of a run becomes the output, or leaves the old one."""

import os

import pytest

from imbgan.bulk.part_folder import PartFolder


@pytest.fixture
def run(tmp_path):
    """An output of an earlier run, and a complete folder that shall replace it."""
    run = PartFolder(tmp_path / "out")
    for folder, text in ((run.output, "old"), (run.folder, "new")):
        folder.mkdir()
        (folder / "rows.csv").write_text(text, encoding="utf-8")
    return run


def test_an_output_is_replaced_and_nothing_is_left(run, tmp_path):
    run.finish(overwrite=True)
    assert (run.output / "rows.csv").read_text(encoding="utf-8") == "new"
    assert os.listdir(tmp_path) == ["out"]


def test_the_old_output_stands_again_if_the_new_one_cannot_take_its_place(run, tmp_path, monkeypatch):
    rename = os.rename

    def refuse(source, target):
        if source == run.folder:
            raise PermissionError(13, "in use by another program")
        rename(source, target)

    monkeypatch.setattr(os, "rename", refuse)
    with pytest.raises(PermissionError):
        run.finish(overwrite=True)
    assert (run.output / "rows.csv").read_text(encoding="utf-8") == "old"
    assert sorted(os.listdir(tmp_path)) == ["out", "out.part"]
    monkeypatch.undo()
    run.finish(overwrite=True)
    assert (run.output / "rows.csv").read_text(encoding="utf-8") == "new"
