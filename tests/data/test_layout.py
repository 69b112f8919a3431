"""The separator and the beginning of the table are found, and what stands above the table comes back."""

import polars as pl
import pytest

from imbgan.data import Reading, read_frame, read_source, write_frame
from imbgan.data.batches import Batches
from imbgan.exceptions import DataError

TABLES = {
    "title": "Sales of 2024\n\na;b;c\n1;2,5;x\n3;4,5;y\n",
    "title with separators": "Sales of 2024;;\n;;\na;b;c\n1;2,5;x\n3;4,5;y\n",
    "title of two lines": "Sales\r\nof 2024\r\na;b;c\r\n1;2,5;x\r\n3;4,5;y\r\n",
    "named separator": "sep=;\na;b;c\n1;2,5;x\n3;4,5;y\n",
    "comma in a name": "a;b;c\n1;2,5;x\n3;4,5;y\n",
    "bar": "a|b|c\n1|2,5|x\n3|4,5|y\n",
}


@pytest.mark.parametrize("text", TABLES.values(), ids=TABLES)
def test_a_table_is_found_and_comes_back(tmp_path, text):
    path = tmp_path / "t.csv"
    path.write_bytes(text.encode())
    source = read_source(path)
    assert source.frame.to_dict(as_series=False) == {"a": [1, 3], "b": [2.5, 4.5], "c": ["x", "y"]}
    n_above = text.splitlines().index(next(line for line in text.splitlines() if line.startswith("a")))
    is_title = n_above > 0 and not text.startswith("sep=")
    assert source.notes == (
        (f"Took line {n_above + 1} of {str(path)!r} as the header; above it there is no table.",) * is_title
    )
    write_frame(pl.concat([source.frame, source.frame.tail(1)]), tmp_path / "o.csv", original=source.original)
    assert (tmp_path / "o.csv").read_bytes().decode() == text + text.splitlines(keepends=True)[-1]


@pytest.mark.parametrize(
    ("text", "names"),
    [
        (",x\n0,1\n1,2\n", ["", "x"]),  # an index without a name is no title
        (",x,y\n0,1,2\n1,2,3\n", ["", "x", "y"]),
        ("x\n1\n2\n", ["x"]),
        ("x\n\n1\n2\n", ["x"]),
        ("größe, cm;weight\n170;60\n180;70\n", ["größe, cm", "weight"]),
        ("a;b;;\n1;2;;\n3;4;;\n", ["a", "b", "column 3", "column 4"]),
        ("a,b,c\n1,,\n2,,\n", ["a", "b", "c"]),
        ("a b,c\n1,2\n", ["a b", "c"]),
    ],
)
def test_what_only_looks_like_another_layout(tmp_path, text, names):
    path = tmp_path / "t.csv"
    path.write_text(text, encoding="utf-8")
    assert read_frame(path).columns == names


def test_lines_of_errors_count_the_title(tmp_path):
    path = tmp_path / "t.csv"
    rows = "".join(f"{i};{i}\n" for i in range(60))
    path.write_text(f"Title\n\na;b\n{rows}1;2;3\n", encoding="utf-8")
    with pytest.raises(DataError, match="line 64: expected 2 fields as in the header, got 3"):
        read_frame(path)


def test_a_chosen_delimiter_wins(tmp_path):
    path = tmp_path / "t.txt"
    path.write_text("a;b,c\n1;2,3\n", encoding="utf-8")
    assert read_frame(path, Reading(delimiter=",")).columns == ["a;b", "c"]
    assert read_frame(path, Reading(delimiter=";")).columns == ["a", "b,c"]


def test_a_title_is_no_row_of_any_batch(tmp_path, monkeypatch):
    monkeypatch.setattr("imbgan.data.batches.BLOCK", 2000)
    path = tmp_path / "t.csv"
    path.write_text("Title\n\na;b\n" + "".join(f"{i};x\n" for i in range(900)), encoding="utf-8")
    whole = read_source(path)
    parts = list(Batches(str(path), whole.reading.for_other_files()))
    assert pl.concat(parts).equals(whole.frame)


@pytest.mark.parametrize("text", ["x\n1,5\n2,5\n", "x\n1.234,50 €\n2,50 €\n"])
def test_one_column_with_a_decimal_comma_is_one_column(tmp_path, text):
    path = tmp_path / "t.csv"
    path.write_text(text, encoding="utf-8")
    assert read_frame(path).schema == {"x": pl.Float64}
