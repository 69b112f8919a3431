"""What is wrong with a file is one line that says where, and what to do."""

import contextlib
import gzip
import io
import sys
import tempfile
from datetime import date, time

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from imbgan.data import Reading, check_output, match_columns, read_frame, split_target, write_frame
from imbgan.exceptions import DataError, ParameterError


def parquet():
    sink = io.BytesIO()
    pl.DataFrame({"a": [1, 2]}).write_parquet(sink)
    return sink.getvalue()


def arrow():
    sink = io.BytesIO()
    pl.DataFrame({"a": [1, 2]}).write_ipc(sink)
    return sink.getvalue()


BAD = {
    "empty": ("t.csv", b"", r"'t\.csv' is empty"),
    "blank": ("t.csv", b"\n \n", "only blank lines"),
    "header only": ("t.csv", b"a,b\n", "a header and no rows"),
    "latin-1": ("t.csv", "a,b\n1,x\n2,Zürich\n".encode("latin-1"), r"line 3: byte 11 \(fc\) is not utf-8.*--encoding"),
    "utf-16 without mark": ("t.csv", "a,b\n1,2\n".encode("utf-16-le"), "line 1: a zero byte"),
    "too many fields": ("t.csv", b"a,b,c\n1,2,3\n4,5,6,7,8\n", "line 3: expected 3 fields as in the header, got 5"),
    "too few fields": ("t.csv", b'a,b,c\n1,"2\n2",3\n4,5\n', "line 4: expected 3 fields as in the header, got 2"),
    "few fields below blank lines": ("t.csv", b"\n\na,b\n\n1,2\n1\n", "line 6: expected 2 fields"),
    "ZIP": ("t.csv", b"PK\x03\x04\x14\x00", "a ZIP archive, not text"),
    "broken spreadsheet": ("t.xlsx", b"PK\x03\x04\x14\x00 xl/workbook", "not a complete spreadsheet"),
    "broken old spreadsheet": ("t.csv", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "not a complete spreadsheet"),
    "web page as spreadsheet": ("t.xls", b"<html><table></table></html>", "not a complete spreadsheet"),
    "open quote": ("t.csv", b'a,b\n1,2\n3,"4\n5,6\n', "line 3: .*quote"),
    "stray quote": ("t.csv", b'a,b\n1,"x"y\n', "t.csv'"),
    "repeated name": ("t.csv", b"a,b,a\n1,2,3\n", "column 'a' more than once"),
    "broken Parquet": ("t.parquet", parquet()[:-20], "not a complete Parquet file"),
    "text as Parquet": ("t.parquet", b"a,b\n1,2\n", "not a complete Parquet file"),
    "broken Arrow": ("t.feather", arrow()[:-20], "not a complete Arrow file"),
    "cut gzip": ("t.csv.gz", gzip.compress(b"a,b\n" + b"1,2\n" * 999, mtime=0)[:-12], r"compressed \(gz\) and damaged"),
    "broken JSON": ("t.jsonl", b'{"a": 1}\n{"a":\n', "line 2: not a JSON object"),
    "JSON array": ("t.jsonl", b'[{"a": 1}]\n', "line 1: not a JSON object"),
    "nested JSON": ("t.jsonl", b'{"a": {"b": 1}, "c": [1]}\n', "lists or records in 'a', 'c'"),
}


@pytest.mark.parametrize(("name", "data", "message"), BAD.values(), ids=BAD)
def test_bad_file_is_one_line(tmp_path, monkeypatch, name, data, message):
    monkeypatch.chdir(tmp_path)
    (tmp_path / name).write_bytes(data)
    with pytest.raises(DataError, match=message) as caught:
        read_frame(name)
    assert "\n" not in str(caught.value)


def test_damage_anywhere_in_a_binary_file_is_a_data_error(tmp_path, rng):
    sink = io.BytesIO()
    pl.DataFrame({"a": np.arange(200), "b": ["x", "y"] * 100}).write_parquet(sink)
    whole = sink.getvalue()
    path = tmp_path / "t.parquet"
    for position in rng.integers(4, len(whole) - 4, size=40):
        damaged = bytearray(whole)
        damaged[position] ^= 0xFF
        path.write_bytes(bytes(damaged))
        with contextlib.suppress(DataError):  # damage inside a value cannot be seen
            read_frame(path)


JUNK = st.binary(max_size=60) | st.text(alphabet='ab1,;"\n\r\t\\{}[]: \ufeff\0é', max_size=60).map(str.encode)


@settings(max_examples=300)
@given(JUNK, st.sampled_from(["csv", "tsv", "jsonl", "parquet", "arrow"]))
def test_junk_is_a_table_or_a_data_error_of_one_line(data, format):
    with tempfile.NamedTemporaryFile() as file:
        file.write(data)
        file.flush()
        try:
            assert not read_frame(file.name, Reading(format=format)).is_empty()
        except DataError as error:
            message = str(error)
            assert "\n" not in message


def test_missing_file_gets_a_near_miss(tmp_path):
    (tmp_path / "train.csv").write_text("a\n1\n", encoding="utf-8")
    with pytest.raises(DataError, match=r"does not exist\. Did you mean '.*train\.csv'"):
        read_frame(tmp_path / "trian.csv")
    with pytest.raises(DataError, match=r"does not exist\. Check the path"):
        read_frame(tmp_path / "nowhere" / "data.parquet")


def test_folder_is_no_file(tmp_path):
    with pytest.raises(DataError, match="is a folder"):
        read_frame(tmp_path)


@pytest.mark.parametrize("name", ["table", "table.numbers", "table.gz", "archive.zip"])
def test_unknown_ending_lists_the_known(tmp_path, name):
    (tmp_path / name).write_text("a\n1\n", encoding="utf-8")
    with pytest.raises(ParameterError, match=r"Name the format, one of csv, .*parquet"):
        read_frame(tmp_path / name)
    with pytest.raises(ParameterError, match="Name the format"):
        write_frame(pl.DataFrame({"a": [1]}), tmp_path / f"new-{name}")


def test_other_spreadsheets_are_told_to_be_exported(tmp_path):
    (tmp_path / "table.numbers").touch()
    with pytest.raises(ParameterError, match="Export the sheet as Excel or CSV"):
        read_frame(tmp_path / "table.numbers")


def test_unknown_format_and_encoding_are_parameters(tmp_path):
    path = tmp_path / "t.csv"
    path.write_text("a\n1\n", encoding="utf-8")
    with pytest.raises(ParameterError, match="Did you mean 'parquet'"):
        read_frame(path, Reading(format="parkuet"))
    with pytest.raises(ParameterError, match="Got 'utf-9'"):
        read_frame(path, Reading(encoding="utf-9"))


# Named, since a compressed file holds the time at which it was made, and each worker makes its own.
@pytest.mark.parametrize(
    "data",
    [b"a,b\n1,x\n", b"a\tb\n1\tx\n", b'{"a": 1, "b": "x"}\n', gzip.compress(b"a,b\n1,x\n", mtime=0)],
    ids=["csv", "tsv", "json lines", "compressed csv"],
)
def test_standard_input_tells_its_format(monkeypatch, data):
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(data)))
    assert read_frame("-").rows() == [(1, "x")]


@pytest.mark.parametrize("method", ["write_parquet", "write_ipc", "write_ipc_stream"])
def test_standard_input_may_be_binary(monkeypatch, method):
    sink = io.BytesIO()
    getattr(pl.DataFrame({"a": [1]}), method)(sink)
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(sink.getvalue())))
    assert read_frame("-").rows() == [(1,)]


FRAME = pl.DataFrame({"a": [1, 2], "b": ["x", "y"]})


def test_nothing_is_overwritten_unasked(tmp_path):
    path = tmp_path / "t.csv"
    path.write_text("precious", encoding="utf-8")
    with pytest.raises(ParameterError, match=r"exists.*--force"):
        write_frame(FRAME, path)
    assert path.read_text(encoding="utf-8") == "precious"
    write_frame(FRAME, path, overwrite=True)
    assert read_frame(path).equals(FRAME)


def test_file_in_no_folder_is_refused(tmp_path):
    with pytest.raises(ParameterError, match="Create it first"):
        write_frame(FRAME, tmp_path / "none" / "t.csv")
    with pytest.raises(ParameterError, match="is a folder"):
        write_frame(FRAME, tmp_path, format="csv", overwrite=True)


@pytest.mark.parametrize("error", [KeyboardInterrupt, OSError(28, "No space left on device")])
def test_interrupted_write_leaves_the_old_file_and_no_other(tmp_path, monkeypatch, error):
    path = tmp_path / "t.csv"
    path.write_text("old", encoding="utf-8")

    def fail(_):
        raise error

    monkeypatch.setattr("os.fsync", fail)
    with pytest.raises(KeyboardInterrupt if error is KeyboardInterrupt else DataError):
        write_frame(FRAME, path, overwrite=True)
    assert path.read_text(encoding="utf-8") == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_folder_without_permission_is_refused_before_the_work(tmp_path, monkeypatch):
    monkeypatch.setattr("os.access", lambda *_: False)
    with pytest.raises(ParameterError, match="Nothing can be written into the folder"):
        check_output(tmp_path / "t.csv")


def test_link_stays_a_link(tmp_path):
    (tmp_path / "real.csv").write_text("old", encoding="utf-8")
    link = tmp_path / "link.csv"
    link.symlink_to(tmp_path / "real.csv")
    write_frame(FRAME, link, overwrite=True)
    assert link.is_symlink()
    assert read_frame(tmp_path / "real.csv").equals(FRAME)


def test_new_file_is_readable_like_any_other(tmp_path):
    write_frame(FRAME, tmp_path / "t.csv")
    (tmp_path / "plain").touch()
    assert (tmp_path / "t.csv").stat().st_mode == (tmp_path / "plain").stat().st_mode


def test_lists_cannot_be_written_as_text(tmp_path):
    with pytest.raises(DataError, match="Column 'a' holds lists"):
        write_frame(pl.DataFrame({"a": [[1]]}), tmp_path / "t.csv")
    assert list(tmp_path.iterdir()) == []


def labelled(**columns):
    return pl.DataFrame({"x": range(len(next(iter(columns.values())))), **columns})


def test_target_is_taken_out_of_the_table():
    X, y = split_target(labelled(id=[7, 8, 9], y=["a", "b", "a"]), "y", drop=["id"])
    assert X.columns == ["x"]
    assert y.to_list() == ["a", "b", "a"]


@pytest.mark.parametrize(("name", "near"), [("lable", "label"), ("LABEL", "label"), ("label ", "label")])
def test_unknown_target_gets_a_near_miss(name, near):
    with pytest.raises(ParameterError, match=f"Did you mean '{near}'"):
        split_target(labelled(label=[0, 1]), name)
    with pytest.raises(ParameterError, match=f"Did you mean '{near}'"):
        split_target(labelled(label=[0, 1], y=[0, 1]), "y", drop=[name])


@pytest.mark.parametrize(
    ("labels", "message"),
    [
        (["a"] * 5, "one value, 'a', in all 5 rows"),
        ([0.5, 1.25, 1.0], "holds measurements"),
        ([date(2024, 1, 1), date(2024, 1, 2)], "holds times .*--kind '?y=text"),
        ([time(8), time(20)], "holds times .*--kind '?y=text"),
        (range(10_000), "10000 distinct values in 10000 rows"),
        ([f"name {i}" for i in range(10_000)] * 3, "10000 distinct values in 30000 rows"),
        (range(40), "40 distinct values in 40 rows"),
    ],
)
def test_target_that_holds_no_classes_is_one_line(labels, message):
    with pytest.raises(DataError, match=message) as caught:
        split_target(labelled(y=list(labels)), "y")
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("labels", [[0, 1, 2], ["a", "b"], [True, False], [1.0, 2.0, 1.0], list(range(40)) * 2])
def test_classes_are_accepted(labels):
    assert split_target(labelled(y=labels), "y")[1].to_list() == labels


@pytest.mark.parametrize("labels", [["a", None, "b", None], [0.0, float("nan"), 1.0, None]])
def test_rows_without_label_are_counted_or_left_out(labels):
    with pytest.raises(DataError, match=r"missing in 2 of 4 rows \(first: row 1"):
        split_target(labelled(y=labels), "y")
    X, y = split_target(labelled(y=labels), "y", drop_missing=True)
    assert X.rows() == [(0,), (2,)]
    assert y.to_list() == [labels[0], labels[2]]


def test_target_alone_is_no_table():
    with pytest.raises(DataError, match="other columns than the target"):
        split_target(pl.DataFrame({"y": [0, 1]}), "y")
    with pytest.raises(ParameterError, match="cannot be dropped"):
        split_target(pl.DataFrame({"x": [0, 1], "y": [0, 1]}), "y", drop=["y"])


def test_columns_of_another_table_are_matched_without_loss():
    like = pl.DataFrame({"code": ["a"], "n": [1], "x": [0.5], "yes": [True], "kept": [1]})
    other = pl.DataFrame({"more": [0, 0], "x": [1, 2], "code": [12, 13], "n": [1.0, 2.0], "yes": ["true", "false"]})
    other = other.with_columns(kept=pl.Series([1.5, 2.0]))
    matched = match_columns(other, like)
    assert matched.columns == like.columns
    assert matched.rows() == [("12", 1, 1.0, "true", 1.5), ("13", 2, 2.0, "false", 2.0)]
    assert matched.schema["n"] == pl.Int64


def test_marked_rows_are_taken():
    frame = pl.DataFrame({"x": [1, 2, 3], "made": [True, None, False], "word": ["a", "b", "c"]})
    like = frame.select("x")
    assert match_columns(frame, like, mark="made").rows() == [(1,)]
    with pytest.raises(ParameterError, match="Did you mean 'made'"):
        match_columns(frame, like, mark="mode")
    with pytest.raises(ParameterError, match="must hold true and false"):
        match_columns(frame, like, mark="word")
    with pytest.raises(DataError, match="true in no row"):
        match_columns(frame.tail(1), like, mark="made")
    with pytest.raises(DataError, match="no column 'x'"):
        match_columns(frame.drop("x"), like)
