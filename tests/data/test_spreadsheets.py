"""Spreadsheets are tables as well: typed cells stay as they are, texts in them are read like those of text files."""

import io
import sys
from datetime import date, datetime, time

import polars as pl
import pytest
import xlsxwriter
from polars.testing import assert_frame_equal

from imbgan.data import Reading, check_output, read_frame, read_source, write_frame
from imbgan.exceptions import DataError, ParameterError, ReadingWarning

TABLE = pl.DataFrame(
    {
        "code": ["007", "a", None],
        "n": [1, None, -3],
        "x": [0.5, 1.25, None],
        "yes": [True, None, False],
        "day": [date(2024, 2, 29), None, date(1970, 1, 1)],
        "moment": [datetime(2024, 2, 29, 12, 30), None, datetime(1970, 1, 1, 1)],
        "clock": [time(10, 30), None, time(23, 59)],
        "formula": ["=1+1", "https://x.org", "12 a"],
    }
)


def workbook(*sheets):
    """Return a workbook of sheets, each of which is a name and rows."""
    sink = io.BytesIO()
    with xlsxwriter.Workbook(sink, {"in_memory": True}) as book:
        for name, rows in sheets:
            sheet = book.add_worksheet(name)
            for i, row in enumerate(rows):
                sheet.write_row(i, 0, row)
    return sink.getvalue()


def test_a_spreadsheet_gives_back_the_table_and_equal_bytes(tmp_path):
    for name in ("a.xlsx", "b.xlsx"):
        write_frame(TABLE, tmp_path / name)
    assert_frame_equal(read_frame(tmp_path / "a.xlsx"), TABLE)
    assert (tmp_path / "a.xlsx").read_bytes() == (tmp_path / "b.xlsx").read_bytes()


def test_sheets_are_named_and_chosen(tmp_path):
    path = tmp_path / "t.xlsx"
    path.write_bytes(workbook(("Notes", [["only text"]]), ("A", [["a", "b"], [1, 2]]), ("B", [["c"], [3]])))
    source = read_source(path)
    assert source.frame.columns == ["a", "b"]
    assert source.notes == ("Read the sheet 'A', one of 'Notes', 'A', 'B'; --sheet names another.",)
    assert read_source(path, Reading(sheet="B")).frame.to_dict(as_series=False) == {"c": [3]}
    with pytest.raises(ParameterError, match=r"no sheet 'Bb'\. Did you mean 'B'\? It has 'Notes', 'A', 'B'"):
        read_frame(path, Reading(sheet="Bb"))
    with pytest.raises(DataError, match="the sheet 'Notes' holds no table"):
        read_frame(path, Reading(sheet="Notes"))


def test_a_stray_cell_is_named_by_its_row_in_the_sheet(tmp_path):
    rows = [["title"], [], ["price", "y"], *([i, "a"] for i in range(12)), ["?!", "b"]]
    (tmp_path / "t.xlsx").write_bytes(workbook(("A", rows)))
    with pytest.warns(ReadingWarning, match=r"12 of 13 cells are numbers, '\?!' in row 16 is none"):
        read_frame(tmp_path / "t.xlsx")


def test_numbers_of_cells_are_no_evidence_for_texts(tmp_path):
    rows = [["x", "text"], *([i + 0.125, f"{i + 1}.234,5"] for i in range(6))]
    (tmp_path / "t.xlsx").write_bytes(workbook(("A", rows)))
    assert read_frame(tmp_path / "t.xlsx").row(0) == (0.125, 1234.5)


def test_empty_rows_and_columns_are_no_data_and_names_are_unique(tmp_path):
    rows = [["a", None, "b"], [1, None, 2], [None, None, None], [3, None, 4]]
    (tmp_path / "t.xlsx").write_bytes(workbook(("A", rows)))
    assert read_frame(tmp_path / "t.xlsx").to_dict(as_series=False) == {"a": [1, 3], "b": [2, 4]}
    (tmp_path / "t.xlsx").write_bytes(workbook(("A", [["a", "a"], [1, 2]])))
    with pytest.raises(DataError, match="column 'a' more than once"):
        read_frame(tmp_path / "t.xlsx")


def test_kinds_hold_for_cells_of_any_type(tmp_path):
    (tmp_path / "t.xlsx").write_bytes(workbook(("A", [["zip", "n"], [8001, "007"], [8002, "12"]])))
    found = read_frame(tmp_path / "t.xlsx", Reading(kinds={"zip": "text", "n": "number"}))
    assert found.rows() == [("8001", 7.0), ("8002", 12.0)]


def test_packages_and_endings_are_named_before_the_work(tmp_path, monkeypatch):
    with pytest.raises(ParameterError, match=r"can be written as \.xlsx\. Got 'ods'"):
        check_output(tmp_path / "t.ods")
    write_frame(TABLE, tmp_path / "t.xlsx")
    for package in ("fastexcel", "xlsxwriter"):
        monkeypatch.setitem(sys.modules, package, None)
    with pytest.raises(ImportError, match=r"imbgan\[excel\]"):
        read_frame(tmp_path / "t.xlsx")
    with pytest.raises(ImportError, match=r"imbgan\[excel\]"):
        check_output(tmp_path / "new.xlsx")
