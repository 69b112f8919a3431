"""How a table is read is one object, which survives JSON and is refused where it makes no sense."""

import json
from datetime import date

import polars as pl
import pytest

from imbgan.data import Form, Reading, read_frame, read_source, split_target
from imbgan.data.reading import names_in
from imbgan.exceptions import DataError, ParameterError, ReadingWarning

READING = Reading(
    format="csv",
    encoding="cp1252",
    delimiter="semicolon",
    decimal=",",
    thousands=".",
    date_order="dmy",
    sheet="Daten",
    missing=("unbekannt",),
    kinds={"PLZ": "category"},
    drop=("id", "a,b"),
    drop_missing=True,
    columns={"Umsatz": Form("number", ",", "."), "Datum": Form("date", date_order="dmy")},
)


def test_a_reading_survives_json():
    again = Reading.from_dict(json.loads(json.dumps(READING.to_dict())))
    assert again == READING
    assert again.kinds == {"PLZ": "text"}
    assert again.delimiter == ";"


@pytest.mark.parametrize(
    "change",
    [
        {"decimal": 1},
        {"drop": [1]},
        {"drop": None},
        {"kinds": {"a": "list"}},
        {"columns": {"a": {"kind": "number"}}},
        {"columns": {"a": {"kind": "number", "decimal": "!", "thousands": "", "date_order": ""}}},
        {"drop_missing": "yes"},
        {"encoding": 7},
    ],
)
def test_a_damaged_reading_is_refused(change):
    with pytest.raises((KeyError, TypeError, ValueError)):
        Reading.from_dict(READING.to_dict() | change)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"decimal": ";"}, "--decimal must be one of '.', ','"),
        ({"thousands": "x"}, "--thousands must be one of .* none"),
        ({"date_order": "dym"}, "--date-order must be one of 'dmy'.*Got 'dym'"),
        ({"delimiter": ";;"}, "--delimiter must be one character"),
        ({"decimal": ".", "thousands": "."}, "must differ"),
        ({"kinds": {"age": "nubmer"}}, "Did you mean 'number'"),
    ],
)
def test_an_impossible_reading_is_one_line(options, message):
    with pytest.raises(ParameterError, match=message) as caught:
        Reading(**options)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("texts", "names"),
    [
        (["a,b"], ["a", "b"]),
        (["a, b", "b"], ["a", "b"]),
        (["Name, first,a"], ["Name, first", "a"]),
        (["a,Name, first"], ["a", "Name, first"]),
        ([" padded"], [" padded"]),
        (["a, padded"], ["a", " padded"]),
        ([""], [""]),
        (["wrong, name"], ["wrong, name"]),
        (["a,wrong"], ["a", "wrong"]),
    ],
)
def test_names_between_commas_may_hold_commas(texts, names):
    assert names_in(texts, ["a", "b", "Name, first", " padded", ""]) == names


def test_columns_are_dropped_by_a_list(tmp_path):
    path = tmp_path / "t.csv"
    path.write_text('id,"Name, first",x,y\n1,Ann,0.5,a\n2,Bob,1.5,b\n', encoding="utf-8")
    X, _ = split_target(read_frame(path), "y", drop=["Name, first,id"])
    assert X.columns == ["x"]
    with pytest.raises(ParameterError, match="Did you mean 'id'"):
        split_target(read_frame(path), "y", drop=["x,idd"])


def test_text_of_a_kind_is_the_text_of_the_cell(tmp_path):
    path = tmp_path / "t.csv"
    path.write_text("code,n,y\n7,1.50,a\n12,2,b\n", encoding="utf-8")
    reading = Reading(kinds={"code": "text", "n": "category"})
    assert read_frame(path, reading).rows() == [("7", "1.50", "a"), ("12", "2", "b")]


def test_a_further_file_is_read_like_the_first(tmp_path):
    first, second = tmp_path / "first.csv", tmp_path / "second.csv"
    first.write_text("code,x,y\n7,1.50,a\nA,2,b\n", encoding="utf-8")
    second.write_text("code,x,y\n7,1,a\n12,2,b\n", encoding="utf-8")
    like = read_source(first).reading.for_other_files()
    assert read_frame(second, like).schema == read_frame(first).schema


def test_the_delimiter_can_be_named(tmp_path):
    path = tmp_path / "t.csv"
    path.write_text("a:b\n1:2,5\n", encoding="utf-8")
    assert read_frame(path, Reading(delimiter=":")).columns == ["a", "b"]


def test_texts_of_typed_formats_stay_and_are_named(tmp_path):
    path = tmp_path / "t.parquet"
    table = pl.DataFrame(
        {"price": ["€5168", "€12"], "code": ["12", "13"], "day": ["2024-03-05", None], "n": [1, 2], "w": ["a", "b"]}
    )
    table.write_parquet(path)
    with pytest.warns(ReadingWarning, match=r"'price', 'day' hold .*--kind price=integer --kind day=date reads them"):
        assert read_frame(path).equals(table, null_equal=True)
    assert read_frame(path, Reading(drop=("price", "day"))).equals(table, null_equal=True)
    source = read_source(path, Reading(kinds={"price": "number", "day": "date", "n": "text"}))
    assert source.frame.rows() == [
        (5168.0, "12", date(2024, 3, 5), "1", "a"),
        (12.0, "13", None, "2", "b"),
    ]
    (tmp_path / "new.csv").write_text("price,code,day,n,w\n€7,12,2024-04-01,3,c\n", encoding="utf-8")
    again = read_frame(tmp_path / "new.csv", source.reading.for_other_files())
    assert again.rows() == [(7.0, "12", date(2024, 4, 1), "3", "c")]
    assert again.schema == source.frame.schema


def test_a_cell_in_another_form_than_before_is_named(tmp_path):
    first, second = tmp_path / "first.csv", tmp_path / "second.csv"
    first.write_text("x;y\n1,5;a\n2,5;b\n", encoding="utf-8")
    second.write_text("x;y\n1,5;a\n2.5;b\n", encoding="utf-8")
    like = read_source(first).reading.for_other_files()
    with pytest.raises(DataError, match=r"'x' cannot be read as number with the decimal sign ','.*'2\.5' in line 3"):
        read_frame(second, like)
