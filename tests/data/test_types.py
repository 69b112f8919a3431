"""Which types the columns of text files get."""

from datetime import UTC, date, datetime, time

import polars as pl
import pytest

from imbgan.data import Reading, read_frame
from imbgan.exceptions import ReadingWarning


def column(tmp_path, *cells):
    """Write the cells as one column beside another, so that an empty cell is no blank line; return it as read."""
    path = tmp_path / "table.csv"
    path.write_text("x,other\n" + "".join(f"{cell},0\n" for cell in cells), encoding="utf-8")
    return read_frame(path).get_column("x")


@pytest.mark.parametrize(
    ("cells", "dtype", "values"),
    [
        (["1", "-2", "0"], pl.Int64, [1, -2, 0]),
        (["1", "", "3"], pl.Int64, [1, None, 3]),
        ([" 39", "40 "], pl.Int64, [39, 40]),
        (["1", "2.5", "1e3"], pl.Float64, [1.0, 2.5, 1000.0]),
        (["0.5", ".5", "5."], pl.Float64, [0.5, 0.5, 5.0]),
        (["True", "false", ""], pl.Boolean, [True, False, None]),
        (["2024-02-29", ""], pl.Date, [date(2024, 2, 29), None]),
        (["2024-02-29 10:30", "2024-03-01T00:00:01.5"], pl.Datetime("us"), None),
        (["2024-02-29T10:30:00Z"], pl.Datetime("us", "UTC"), [datetime(2024, 2, 29, 10, 30, tzinfo=UTC)]),
        (["2024-02-29T10:30+0100"], pl.Datetime("us", "UTC"), [datetime(2024, 2, 29, 9, 30, tzinfo=UTC)]),
        (["2024-02-29 10:30:00.123456789"], pl.Datetime("ns"), None),
        (["13:45", "08:00:10.5", ""], pl.Time, [time(13, 45), time(8, 0, 10, 500_000), None]),
        (["0001-01-01", "9999-12-31"], pl.Date, [date(1, 1, 1), date(9999, 12, 31)]),
    ],
)
def test_column_gets_the_type_of_all_its_values(tmp_path, cells, dtype, values):
    series = column(tmp_path, *cells)
    assert series.dtype == dtype
    assert series.null_count() == cells.count("")
    assert values is None or series.to_list() == values


@pytest.mark.parametrize(
    "cells",
    [
        ["007", "123"],  # an identifier: the zeros belong to it
        ["00.5", "1.5"],
        ["-01", "2"],
        ["+41791234567", "5"],  # a telephone number
        ["12345678901234567890", "1"],  # beyond 64 bits: as a float it would lose digits
        ["1", "2", "x"],
        ["2024-02-30", "2024-01-01"],  # no such day
        ["2024-02-29T10:30Z", "2024-02-29T10:30"],
        ["24:00", "13:45"],  # no time of day
        ["1:30", "13:45"],
        ["0000-01-01", "2024-01-01"],  # a year that Python's calendar lacks
        ["0001-01-01T00:00+05:30", "2024-01-01T00:00+05:30"],
        ["1_000", "2"],
        ["true", "1"],
    ],
)
def test_text_is_left_as_it_is(tmp_path, cells):
    assert column(tmp_path, *cells).to_list() == cells


@pytest.mark.parametrize("mark", ["NA", "NaN", "nan", "null", "None", "N/A", "?"])
@pytest.mark.parametrize("value", ["1", "1.5", "true", "2024-02-29"])
def test_mark_of_missing_does_not_make_a_typed_column_text(tmp_path, mark, value):
    series = column(tmp_path, value, mark)
    assert series.dtype != pl.String
    assert series.is_null().to_list() == [False, True]


def test_mark_of_missing_stays_in_a_text_column(tmp_path):
    # Namibia.
    assert column(tmp_path, "CH", "NA", "").to_list() == ["CH", "NA", None]


def test_late_text_does_not_break_and_is_named(tmp_path):
    with pytest.warns(ReadingWarning, match=r"5000 of 5001 cells are numbers, 'late' in line 5002 is none.*--missing"):
        series = column(tmp_path, *["1"] * 5000, "late")
    assert series.dtype == pl.String
    assert series[-1] == "late"


def test_column_without_values_has_only_missing_ones(tmp_path):
    assert column(tmp_path, "", "").to_list() == [None, None]


def test_decimal_comma_is_read_between_semicolons(tmp_path):
    path = tmp_path / "table.csv"
    path.write_text("x;n;mixed;word\n1,5;3;1.234,5;a,b\n-2,25;;2;c\n", encoding="utf-8")
    columns = read_frame(path).to_dict(as_series=False)
    assert columns == {"x": [1.5, -2.25], "n": [3, None], "mixed": [1234.5, 2.0], "word": ["a,b", "c"]}


@pytest.mark.parametrize("separator", [";", "\t", "|"])
def test_other_separator_is_seen_in_the_header(tmp_path, separator):
    path = tmp_path / "table.csv"
    path.write_text(f"a{separator}b\n1{separator}x\n", encoding="utf-8")
    assert read_frame(path).to_dict(as_series=False) == {"a": [1], "b": ["x"]}


@pytest.mark.parametrize("second", ['"b;c";1', '"two\nlines";1', '"1,5";1', "1,5;1"])
@pytest.mark.parametrize("header", ['"a";"n"', '"a, b";n', "\n\na;n"])
def test_other_separator_is_seen_beside_quotes(tmp_path, header, second):
    path = tmp_path / "table.csv"
    path.write_text(f"{header}\n{second}\nx;2\n", encoding="utf-8")
    assert read_frame(path).to_series(1).to_list() == [1, 2]


@pytest.mark.parametrize(
    "text", ["a,b\n1,2\n\n3,4\n", "a,b\r\n1,2\r\n\r\n3,4\r\n\r\n", "\ufeffa,b\n1,2\n3,4", "\n\na,b\n1,2\n3,4"]
)
def test_blank_lines_line_ends_and_byte_order_mark_are_no_data(tmp_path, text):
    path = tmp_path / "table.csv"
    path.write_bytes(text.encode())
    assert read_frame(path).to_dict(as_series=False) == {"a": [1, 3], "b": [2, 4]}


def test_row_of_missing_values_is_no_blank_line(tmp_path):
    path = tmp_path / "table.csv"
    path.write_text("a,b\n1,2\n,\n", encoding="utf-8")
    assert read_frame(path).height == 2


def test_blank_line_in_quotes_is_data(tmp_path):
    path = tmp_path / "table.csv"
    path.write_text('a,b\n"x\n\ny",\n\n1,2\n', encoding="utf-8")
    assert read_frame(path).rows() == [("x\n\ny", None), ("1", 2)]


def test_keys_that_some_json_lines_lack_are_missing(tmp_path):
    path = tmp_path / "table.jsonl"
    path.write_text('{"a": 1}\n{"b": "2024-02-29", "a": 2.5}\n', encoding="utf-8")
    assert read_frame(path).to_dict(as_series=False) == {"a": [1.0, 2.5], "b": [None, date(2024, 2, 29)]}


@pytest.mark.parametrize("encoding", ["latin-1", "cp1252", "utf-16", "utf-16-le", "shift_jis", "utf-8-sig"])
def test_other_encoding_is_read(tmp_path, encoding):
    word = "日本" if encoding == "shift_jis" else "Zürich"
    path = tmp_path / "table.csv"
    path.write_bytes(f"city,n\n{word},1\n".encode(encoding))
    assert read_frame(path, Reading(encoding=encoding)).rows() == [(word, 1)]
