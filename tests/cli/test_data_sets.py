"""``imbgan resample`` and ``imbgan fit`` on tables in files."""

import json

import polars as pl
import pytest
from tests.bulk.conftest import table

from imbgan.cli.app import run


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A folder of two Parquet files, and the working folder beside it."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "in").mkdir()
    for i, part in enumerate(table(240).iter_slices(120)):
        part.write_parquet(tmp_path / "in" / f"part-{i}.parquet")
    return tmp_path


def test_a_folder_is_balanced_and_a_second_time_nothing_is_left_to_do(folder, capsys):
    command = ["resample", "in", "--target", "label", "-o", "out", "--max-iter", "5", "--json", "out.json"]
    assert run(command) == 0
    found = json.loads((folder / "out.json").read_text())
    assert found["class_counts"] == {"before": {"common": 210, "rare": 30}, "after": {"common": 210, "rare": 210}}
    assert pl.read_parquet(folder / "out" / "*.parquet").height == found["n_rows"] == 420
    assert "180 of them generated with seed 0" in capsys.readouterr().out
    assert run(command[:-2]) == 2
    assert "'out' exists. Name another folder, or have it overwritten (--force)." in capsys.readouterr().err
    assert run([*command[:-2], "--resume"]) == 0


def test_one_file_and_a_pattern(folder):
    common = ["--target", "label", "--max-iter", "5", "--only-generated", "--ratio", "0.5"]
    assert run(["resample", "in/part-0.parquet", "--stream", "-o", "one", *common]) == 0
    assert run(["resample", "in/part-*.parquet", "-o", "two", *common]) == 0
    counts = [pl.read_parquet(folder / name / "*.parquet").height for name in ("one", "two")]
    assert counts == [105 // 2 - 15, 210 // 2 - 30]


def test_a_model_of_a_folder_generates_rows_of_its_columns(folder):
    assert run(["fit", "in", "--target", "label", "-o", "model", "--max-iter", "5"]) == 0
    assert run(["generate", "model", "--label", "rare", "-n", "7", "-o", "rows.parquet"]) == 0
    rows = pl.read_parquet(folder / "rows.parquet")
    assert rows.columns == table(1).columns
    assert rows["label"].to_list() == ["rare"] * 7


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["resample", "in", "-o", "out"], "Missing option '--target'"),
        (["resample", "empty", "-t", "label", "-o", "out"], "'empty' holds no files"),
        (["resample", "in", "-t", "lable", "-o", "out"], "no column 'lable'. Did you mean 'label'?"),
        (["resample", "in", "-t", "label", "-o", "in/out"], "OUT must not lie in the folder of 'in'"),
        (["resample", "in", "-t", "label", "-o", "out", "--mark", "city"], "--mark must name a new column"),
        (["resample", "in", "-t", "label", "-o", "out", "--output-format", "csv"], "--output-format is for one table"),
        (["resample", "in", "-t", "label", "-o", "out", "--text-output", "nearest"], "tables that are read as a whole"),
        (["resample", "in", "-t", "label", "-o", "out", "--flip"], "--flip is only for folders of images"),
        (["resample", "in", "-t", "amount", "-o", "out"], "must hold classes"),
        (["resample", "in/part-0.parquet", "-t", "label", "-o", "x.csv", "--resume"], "--resume is only for tables"),
        (
            ["resample", "-", "-t", "label", "-o", "out", "--stream"],
            "--stream is only for tables that are read in batches",
        ),
        (["fit", "nothing-*.csv", "-t", "label", "-o", "model"], "'nothing-*.csv' holds no files"),
    ],
)
def test_errors_are_one_line(folder, capsys, arguments, message):
    (folder / "empty").mkdir()
    assert run(arguments) != 0
    error = capsys.readouterr().err
    assert message in error
    assert len([line for line in error.splitlines() if "warning" not in line]) == 1
    assert not (folder / "out").exists()
    assert not (folder / "out.part").exists()
