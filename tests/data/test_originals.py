"""Rows of a delimited file come back cell by cell as they were, and new rows look like them."""

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from imbgan.data import Reading, read_frame, read_source, write_frame
from imbgan.data.originals import split_records
from imbgan.exceptions import DataError


def extended(path, *, new=None, output=None, encoding="utf-8", **changes):
    """Read a file and write it with other rows behind its own, by default the last one again; return the bytes."""
    frame, original = read_source(path, Reading(encoding=encoding))[:2]
    rows = frame.tail(1) if new is None else pl.DataFrame(new, schema=frame.schema)
    output = output or path.with_name(f"out{path.suffix}")
    write_frame(pl.concat([frame, rows]), output, original=original, overwrite=True, **changes)
    return output.read_bytes()


FILES = {
    "plain": b"a,b\n1,x\n2,y\n",
    "numbers": b"a,b,c,d\n1.50,1e3,-0.0,.5\n2.25,1E-05,0,5.\n",
    "zones": b"t,y\n2024-02-29T10:30:00+05:30,a\n2024-03-01T00:00:00+05:30,b\n",
    "zones of summer and winter": b"t,y\n2024-02-29 10:30+01:00,a\n2024-07-01 00:00+02:00,b\n",
    "truth values": b"a,b,c\nTrue,FALSE,yes\nFalse,TRUE,no\nTrue,FALSE,yes\n",
    "unnamed index": b",a,y\n0,1.5,x\n1,2.5,y\n",
    "identifiers": b"a,b\n007,+41\n013,-01\n",
    "missing": b"a,b,c\nNA,,x\n1.5,?,y\n2.5,3,NA\n",
    "spaces": b"a, b ,c\n 1, x ,2 \n 3, y ,4 \n",
    "all in quotes": b'"a","b"\n"1","x"\n"2","y"\n',
    "quotes where needed": b'a,b\n"1,5",x\n"say ""hi""",y\n"two\nlines",z\n"",w\n',
    "quotes of some": b'a,b\n"x",1\ny,"2"\n',
    "CRLF": b"a,b\r\n1,x\r\n2,y\r\n",
    "CR alone": b"a,b\r1,x\r2,y\r",
    "CR in a cell": b"a,b\nx\ry,1\nz,2\n",
    "CR in quotes": b'a,b\n"x\ry",1\n"z",2\n',
    "no last line end": b"a,b\n1,x\n2,y",
    "no last line end, CRLF": b"a,b\r\n1,x\r\n2,y",
    "no last line end, CR": b"a,b\r1,x\r2,y",
    "byte order mark": b"\xef\xbb\xbfa,b\n1,x\n2,y\n",
    "blank lines": b"\n\na,b\n1,x\n\n2,y\n",
    "semicolons": b"a;b\n1,50;x\n2,25;y\n",
    "tabs": b"a\tb\n1\tx,y\n2\ty\n",
    "bars": b"a|b\n1|x\n2|y\n",
    "minutes": b"t,y\n2024-02-29T10:30,a\n2024-03-01T10:30,b\n",
    "seconds": b"t,u\n2024-01-01 00:00:00,2024-01-01 00:00:00.250\n2024-01-02 00:00:01,2024-01-02 00:00:00.500\n",
    "quotes inside cells": b'a,b\n1,5" pipe\n2,7"\n3,x"y"z\n',
    "quotes inside cells, CRLF": b'a,b\r\n5",1\r\n"6""",2\r\n',
    "separator that the file names": b"\xef\xbb\xbfsep=;\r\na;b\r\n1,5;x\r\n2,5;y\r\n",
    "times of day": b"t,u,v\n13:45,08:00:10,23:59:59.250\n00:00,17:30:00,00:00:01.500\n",
    "dates of a country": b"t,y\n29/02/2024,a\n01/03/2024,b\n",
}


@pytest.mark.parametrize("data", FILES.values(), ids=FILES)
def test_a_row_again_is_the_same_line_again(tmp_path, data):
    path = tmp_path / "t.csv"
    path.write_bytes(data)
    before = read_frame(path)
    written = extended(path)
    end = b"\r\n" if b"\r\n" in data else b"\r" if b"\n" not in data else b"\n"
    has_end = data.endswith((b"\n", b"\r"))
    assert written.startswith(data)
    last = data.rstrip(b"\r\n").split(end)[-1]
    again = written[len(data) :].removeprefix(b"" if has_end else end)
    if b"+01:00" not in data and b"1E-05" not in data and b'"x",1' not in data:  # not one style
        assert again == last + (end if has_end else b"")
    (tmp_path / "again.csv").write_bytes(written)
    after = read_frame(tmp_path / "again.csv")
    assert after.schema == before.schema
    assert after.head(before.height).equals(before)
    assert after.tail(1).equals(before.tail(1))


@pytest.mark.parametrize(
    ("cells", "value", "cell"),
    [
        (["1.50", "2.25"], 3.0, "3.00"),
        (["1.5", "2.25"], 3.0, "3.0"),
        (["1", "2.25"], 3.0, "3"),
        (["1", "2.25"], 3.5, "3.5"),
        (["5.", "6."], 7.0, "7."),
        (["0.1", "0.12345678901234567"], 0.3, "0.3"),
        (["1e3", "2e10"], 1500.0, "2e3"),
        (["1.5E+03", "2.0E-10"], 15.0, "1.5E+01"),
        (["1e3", "2.5"], 0.1, "0.1"),
        (["inf", "1.5"], 2.25, "2.25"),
        (["1.5", "NA"], None, "NA"),
        (["1.5", ""], None, ""),
        (["1.00", "-2.00"], -0.001, "0.00"),
        (["TRUE", "false"], True, "TRUE"),
        (["True", "False", "true", "True"], True, "True"),
        (['"a"', "b", '"a"'], "a", '"a"'),
        ([" 1.5", " 2.5"], 3.5, " 3.5"),
        (['"1"', '"2"'], 3, '"3"'),
        (["2024-01-01", "2024-01-02"], "2024-05-06", "2024-05-06"),
        (["2024-01-01T00:00Z", "2024-01-02T00:00Z"], "2024-05-06T07:08Z", "2024-05-06T07:08Z"),
        (["2024-01-01T00:00:00.5Z", "2024-01-02T00:00:00Z"], "2024-05-06T07:08:09.250Z", "2024-05-06T07:08:09.2Z"),
        (["2024-01-01 00:00:00+0530"] * 2, "2024-01-01T00:00:00Z", "2024-01-01 05:30:00+0530"),
        (["13:45", "08:00"], "07:30:00", "07:30"),
        (["13:45:10", "08:00"], "07:30:20.250", "07:30:20"),
        (["13:45:10.5", "08:00:00.25"], "07:30:20.250", "07:30:20.25"),
        (["2024-01-01 00:00:00-03:30"] * 2, "2024-01-01T00:00:00Z", "2023-12-31 20:30:00-03:30"),
    ],
)
def test_new_values_are_written_as_the_column_writes(tmp_path, cells, value, cell):
    path = tmp_path / "t.csv"
    path.write_text("x,other\n" + "".join(f"{text},0\n" for text in cells), encoding="utf-8")
    dtype = read_frame(path).schema["x"]
    if isinstance(value, str) and dtype.is_temporal():
        texts = pl.Series([value])
        if dtype == pl.Time:
            value = texts.str.to_time("%H:%M:%S%.f")[0]
        else:
            value = (texts.str.to_date() if dtype == pl.Date else texts.str.to_datetime(time_zone="UTC"))[0]
    written = extended(path, new={"x": [value], "other": [0]}).decode()
    assert written.splitlines()[-1] == f"{cell},0"


@pytest.mark.parametrize("encoding", ["latin-1", "cp1252", "utf-16", "utf-16-le", "utf-8-sig"])
def test_the_encoding_comes_back(tmp_path, encoding):
    path = tmp_path / "t.csv"
    path.write_bytes("city,n\nZürich,1\nBern,2\n".encode(encoding))
    assert extended(path, encoding=encoding) == "city,n\nZürich,1\nBern,2\nBern,2\n".encode(encoding)


def test_a_name_that_the_encoding_lacks_is_named(tmp_path):
    path = tmp_path / "t.csv"
    path.write_bytes(b"a,b\n1,2\n")
    frame, original = read_source(path, Reading(encoding="latin-1"))[:2]
    with pytest.raises(DataError, match="latin-1, which has no '日'"):
        write_frame(frame.with_columns(日=True), tmp_path / "o.csv", original=original)
    assert [each.name for each in tmp_path.iterdir()] == ["t.csv"]


def test_columns_and_rows_are_left_out_and_added(tmp_path):
    path = tmp_path / "t.csv"
    path.write_text('id,x,y\n1,"1.50",False\n2,2.50,\n3,"a ""b""",True\n', encoding="utf-8")
    frame, original = read_source(path)[:2]
    kept = frame["y"].is_not_null()
    rows = frame.filter(kept).drop("id").with_columns(made=pl.lit(False))
    new = rows.head(1).with_columns(made=pl.lit(True))
    write_frame(pl.concat([rows, new]), tmp_path / "o.csv", original=original, kept=kept)
    expected = 'x,y,made\n"1.50",False,false\n"a ""b""",True,false\n"1.50",False,true\n'
    assert (tmp_path / "o.csv").read_text(encoding="utf-8") == expected


@pytest.mark.parametrize(("before", "after"), [("csv", "tsv"), ("tsv", "csv"), ("csv", "csv.gz")])
def test_cells_stay_in_another_format_of_text(tmp_path, before, after):
    path = tmp_path / f"t.{before}"
    separator = "\t" if before == "tsv" else ","
    path.write_text(f"a{separator}b\n1.50{separator}x;y\n2.50{separator}True\n", encoding="utf-8")
    extended(path, output=tmp_path / f"o.{after}")
    assert read_frame(tmp_path / f"o.{after}").rows() == [(1.5, "x;y"), (2.5, "True"), (2.5, "True")]
    if not after.endswith("gz"):
        assert "1.50" in (tmp_path / f"o.{after}").read_text(encoding="utf-8")


def test_a_cell_that_holds_the_new_separator_is_quoted(tmp_path):
    path = tmp_path / "t.tsv"
    path.write_text("a\tb\nx,y\t1\nz\t2\n", encoding="utf-8")
    assert extended(path, output=tmp_path / "o.csv") == b'a,b\n"x,y",1\nz,2\nz,2\n'


def test_a_file_of_another_kind_has_values_only(tmp_path):
    path = tmp_path / "t.csv"
    path.write_text("a,b\n1.50,x\n2.50,y\n", encoding="utf-8")
    extended(path, output=tmp_path / "o.parquet")
    assert read_frame(tmp_path / "o.parquet").rows() == [(1.5, "x"), (2.5, "y"), (2.5, "y")]


CELLS = st.sampled_from(["", "a", '"a"', '"a,b"', '"a\r\nb"', '""', '"x""y"', 'a"b', " a"])
RECORDS = st.lists(st.lists(CELLS, min_size=2, max_size=4), min_size=1, max_size=5)


@given(RECORDS, st.sampled_from(["\n", "\r\n", "\r"]))
def test_records_split_as_they_were_joined(records, end):
    text = end.join(map(",".join, records))
    assert split_records(text, ",") == records
    assert split_records(text + end, ",")[: len(records)] == records


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_quotes_inside_cells_are_characters(tmp_path, end):
    path = tmp_path / "t.csv"
    lines = ["size,n", '5" pipe,1', '6",2', 'a"b"c,3', '"7""",4', '"x\ny",5']
    path.write_bytes(end.join(lines).encode())
    assert read_frame(path).get_column("size").to_list() == ['5" pipe', '6"', 'a"b"c', '7"', "x\ny"]


def test_lf_in_a_file_of_cr_is_a_character_where_the_rows_fit_so(tmp_path):
    path = tmp_path / "t.csv"
    path.write_bytes(b"a,b\r1,x\ny\r2,z")
    assert read_frame(path).rows() == [(1, "x\ny"), (2, "z")]
    assert extended(path) == b"a,b\r1,x\ny\r2,z\r2,z"
    path.write_bytes(b"a,b\r1,x\n2,z\r")
    assert read_frame(path).rows() == [(1, "x"), (2, "z")]


@pytest.mark.parametrize("first", ["sep=;", '"sep=;"', "SEP=;"])
def test_a_line_that_names_the_separator_is_no_header(tmp_path, first):
    path = tmp_path / "t.csv"
    path.write_bytes(f"{first}\r\na;b\r\n1;x\r\n".encode())
    assert read_frame(path).to_dict(as_series=False) == {"a": [1], "b": ["x"]}


def test_cr_alone_divides_lines(tmp_path):
    path = tmp_path / "t.csv"
    path.write_bytes(b'a;b\r1;"x\ry"\r2;z\r')
    assert read_frame(path).rows() == [(1, "x\ry"), (2, "z")]


JSON_LINES = {
    "plain": '{"a": 1.50, "b": true}\n{"a": 2.25, "b": false}\n',
    "zones": '{"t": "2024-02-29T10:30:00+05:30", "b": 1}\n{"t": "2024-03-01T00:00:00+05:30", "b": 2}\n',
    "tight": '{"a":1,"b":"x"}\n{"a":2,"b":"y"}\n',
    "null": '{"a": null, "b": "x"}\n{"a": 2.5, "b": null}\n',
    "left out": '{"a": 1.5}\n{"b": "x", "a": 2.5}\n{"b": "y"}\n',
    "half a character": '{"a": "see \\ud800 you", "b": 1}\n{"a": "b", "b": 2}\n',
    "hard text": '{"a": "q\\"q, \\u00e9\\n:{}", "b": 1}\n{"a": "b", "b": 2}\n',
    "no ASCII": '{"größe": "日本", "b": 1e3}\n{"größe": "x", "b": 2e3}\n',
    "CRLF": '{"a": 1, "b": 2}\r\n{"a": 3, "b": 4}\r\n',
    "no last line end": '{"a": 1, "b": 2}\n{"a": 3, "b": 4}',
    "blank lines": '\n{"a": 1, "b": 2}\n\n{"a": 3, "b": 4}\n',
}


@pytest.mark.parametrize("text", JSON_LINES.values(), ids=JSON_LINES)
def test_json_lines_come_back_as_they_were(tmp_path, text):
    path = tmp_path / "t.jsonl"
    path.write_bytes(text.encode())
    before = read_frame(path)
    written = extended(path).decode()
    end = "\r\n" if "\r\n" in text else "\n"
    has_end = text.endswith("\n")
    assert written.startswith(text)
    assert (
        written.removeprefix(text).removeprefix("" if has_end else end) == text.rstrip().split(end)[-1] + end * has_end
    )
    (tmp_path / "again.jsonl").write_text(written, encoding="utf-8")
    assert read_frame(tmp_path / "again.jsonl").equals(pl.concat([before, before.tail(1)]))


def test_names_are_left_out_of_json_lines_and_added(tmp_path):
    path = tmp_path / "t.jsonl"
    path.write_text(
        '{"id": 1, "x": 1.50, "y": 0}\n{"id": 2, "x": 2.50}\n{"y": 1, "x": 3.50, "id": 3}\n', encoding="utf-8"
    )
    frame, original = read_source(path)[:2]
    kept = frame["y"].is_not_null()
    rows = frame.filter(kept).drop("id").with_columns(made=pl.lit(False))
    new = rows.head(1).with_columns(made=pl.lit(True))
    write_frame(pl.concat([rows, new]), tmp_path / "o.jsonl", original=original, kept=kept)
    assert (tmp_path / "o.jsonl").read_text(encoding="utf-8").splitlines() == [
        '{"x": 1.50, "y": 0, "made": false}',
        '{"y": 1, "x": 3.50, "made": false}',
        '{"x": 1.50, "y": 0, "made": true}',
    ]
