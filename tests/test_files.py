"""Files and folders are whole or absent."""

import pytest

from imbgan._files import whole_folder, write_whole


def fill(folder, text):
    folder.mkdir()
    (folder / "a").write_text(text, encoding="utf-8")


def test_folder_appears_whole(tmp_path):
    with whole_folder(tmp_path / "m") as folder:
        fill(folder, "new")
        assert not (tmp_path / "m").exists()
    assert (tmp_path / "m" / "a").read_text(encoding="utf-8") == "new"
    assert [path.name for path in tmp_path.iterdir()] == ["m"]


@pytest.mark.parametrize("error", [KeyboardInterrupt, OSError("full")])
@pytest.mark.parametrize("exists", [False, True])
def test_failure_leaves_what_was_there(tmp_path, error, exists):
    if exists:
        fill(tmp_path / "m", "old")

    def fail():
        with whole_folder(tmp_path / "m", overwrite=True) as folder:
            fill(folder, "new")
            raise error

    with pytest.raises((KeyboardInterrupt, OSError)):
        fail()
    assert [path.name for path in tmp_path.iterdir()] == ["m"] * exists
    assert not exists or (tmp_path / "m" / "a").read_text(encoding="utf-8") == "old"


def test_folder_is_replaced_on_request_only(tmp_path):
    fill(tmp_path / "m", "old")
    (tmp_path / "m" / "b").touch()
    with pytest.raises(OSError), whole_folder(tmp_path / "m") as folder:  # noqa: PT011 - which one is the system's
        fill(folder, "new")
    assert (tmp_path / "m" / "a").read_text(encoding="utf-8") == "old"
    with whole_folder(tmp_path / "m", overwrite=True) as folder:
        fill(folder, "new")
    assert [path.name for path in (tmp_path / "m").iterdir()] == ["a"]
    assert [path.name for path in tmp_path.iterdir()] == ["m"]


def test_an_empty_folder_is_replaced_on_request_only_as_well(tmp_path):
    (tmp_path / "m").mkdir()
    with pytest.raises(FileExistsError, match="m'"), whole_folder(tmp_path / "m") as folder:
        fill(folder, "new")
    assert [*tmp_path.rglob("*")] == [tmp_path / "m"]


def test_old_folder_comes_back_if_the_new_one_cannot_take_its_place(tmp_path):
    fill(tmp_path / "m", "old")
    with pytest.raises(FileNotFoundError), whole_folder(tmp_path / "m", overwrite=True):
        pass  # nothing was made
    assert (tmp_path / "m" / "a").read_text(encoding="utf-8") == "old"


def test_names_as_long_as_the_file_system_allows(tmp_path):
    name = "n" * 255
    write_whole(tmp_path / name, b"x")
    assert (tmp_path / name).read_bytes() == b"x"
    with whole_folder(tmp_path / ("m" * 255)) as folder:
        folder.mkdir()
    assert (tmp_path / ("m" * 255)).is_dir()
