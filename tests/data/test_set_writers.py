"""What is written beside the files of a data set belongs to it: it reads back, whatever the files look like."""

import json

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from imbgan.data import Reading, batches, open_data_set
from imbgan.data.set_writers import rewrite, writer_like

ROWS = [(f"{i % 9},{i % 10}5", f"{i % 28 + 1:02d}.{i % 12 + 1:02d}.2023", "é" if i % 3 else "ü") for i in range(60)]
LINES = "".join(f"{price};{day};{word}\n" for price, day, word in ROWS)
HEAD = "price;day;word\n"
OBJECTS = [json.dumps(dict(zip(("price", "day", "word"), row, strict=True)), ensure_ascii=False) for row in ROWS]


@pytest.fixture
def folder(tmp_path):
    path = tmp_path / "in"
    path.mkdir()
    return path


def written_beside(folder, reading=None) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Write all rows of a data set into a further file, in two parts; return the rows, and those of this file."""
    data_set = open_data_set(folder, reading)
    rows = pl.concat([batch.frame for batch in data_set.batches()])
    writer = writer_like(data_set, data_set.schema)
    writer.write(folder / f"z{writer.ending}", [rows[:40], rows[40:]])
    again = open_data_set(folder, reading)
    return rows, pl.concat([batch.frame for batch in again.batches(sections=again.sections()[-1:])])


@pytest.mark.parametrize(
    ("name", "text", "encoding"),
    [
        ("a.csv", HEAD + LINES, "latin-1"),
        ("a.csv", HEAD + LINES, "utf-16"),
        ("a.csv", HEAD + LINES, "utf-8-sig"),
        ("a.jsonl", "\n".join(OBJECTS), "utf-8"),
        ("a.jsonl", "\n".join(OBJECTS) + "\n", "utf-16"),
        ("a.jsonl", "".join(f'{{"v": [{i}, 2.5], "x": {i}}}\n' for i in range(50)), "utf-8"),
    ],
)
def test_the_encoding_and_the_forms_of_cells_are_those_of_the_files(folder, name, text, encoding):
    (folder / name).write_bytes(text.encode(encoding))
    rows, found = written_beside(folder, Reading(encoding=encoding))
    assert_frame_equal(found, rows)


@pytest.mark.parametrize("first", ["", HEAD, HEAD + ";;é\n" * 20])
def test_the_style_is_that_of_the_file_which_shows_it(folder, first):
    (folder / "a.csv").write_text(first)
    (folder / "b.csv").write_text(HEAD + LINES)
    rows, found = written_beside(folder)
    assert rows.schema == {"price": pl.Float64, "day": pl.Date, "word": pl.String}
    assert_frame_equal(found, rows)


def test_a_header_alone_stays_one(folder, tmp_path):
    (folder / "a.csv").write_text(HEAD)
    (folder / "b.csv").write_text(HEAD + LINES)
    data_set = open_data_set(folder)
    assert rewrite(data_set, "word", data_set.files[0], tmp_path / "new.csv", "new") == 0
    assert (tmp_path / "new.csv").read_text() == "price;day;word;new\n"


@pytest.mark.parametrize("ending", ["csv", "jsonl", "parquet"])
def test_rows_of_a_folder_without_a_label_are_dropped(folder, tmp_path, ending):
    frame = pl.DataFrame({"x": range(10)})
    for key in ("a", "b", "__HIVE_DEFAULT_PARTITION__"):
        (folder / f"label={key}").mkdir()
        path = folder / f"label={key}" / f"x.{ending}"
        {"csv": frame.write_csv, "jsonl": frame.write_ndjson, "parquet": frame.write_parquet}[ending](path)
    data_set = open_data_set(folder, Reading(drop_missing=True))
    names = [f"{i}.{ending}" for i in range(3)]
    counts = [
        rewrite(data_set, "label", file, tmp_path / name, None)
        for file, name in zip(data_set.files, names, strict=True)
    ]
    assert dict(zip(data_set.folders["label"], counts, strict=True)) == {"a": 10, "b": 10, None: 0}


def test_parts_of_a_marked_file_have_one_mark(folder, tmp_path, monkeypatch):
    monkeypatch.setattr(batches, "BLOCK", 1000)
    (folder / "a.jsonl").write_bytes("\n".join(OBJECTS).encode("utf-16"))
    data_set = open_data_set(folder, Reading(encoding="utf-16"))
    assert rewrite(data_set, "word", data_set.files[0], tmp_path / "new.jsonl", "new") == 60
    assert (tmp_path / "new.jsonl").read_bytes().count("\ufeff".encode("utf-16-le")) == 1
