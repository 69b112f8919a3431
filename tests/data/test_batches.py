"""Tables that are read and written batch by batch are those that are read and written as a whole."""

import io
import sys

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from imbgan.data import batches, read_frame, read_source
from imbgan.data.appending import append_frames
from imbgan.data.batches import Batches
from imbgan.data.reading import Reading
from imbgan.exceptions import DataError, ModelFileError, ParameterError

FRAME = pl.DataFrame(
    {
        "n": range(1000),
        "x": [None if i % 7 == 0 else i / 8 for i in range(1000)],
        "text": [f'a "quoted",\nline {i % 5}' if i % 3 else f"Zürich {i}" for i in range(1000)],
        "flag": [i % 2 == 0 for i in range(1000)],
    }
)


@pytest.fixture(autouse=True)
def small_blocks(monkeypatch):
    monkeypatch.setattr(batches, "BLOCK", 2000)
    monkeypatch.setattr(batches, "ROWS", 64)


def known(path):
    """Return how a file is read when a file like it has been read before."""
    return Reading(columns=read_source(path).reading.columns)


@pytest.mark.parametrize(
    "name", ["t.csv", "t.tsv", "t.jsonl", "t.parquet", "t.arrow", "t.csv.gz", "t.csv.bz2", "t.csv.xz", "t.csv.zst"]
)
def test_batches_written_and_read_are_the_table(tmp_path, name):
    path = tmp_path / name
    with append_frames(str(path)) as append:
        for part in FRAME.iter_slices(150):
            append(part)
    assert_frame_equal(read_frame(path), FRAME)
    parts = list(Batches(str(path), known(path)))
    assert len(parts) > 3
    assert_frame_equal(pl.concat(parts), FRAME)
    assert [entry.name for entry in tmp_path.iterdir()] == [name]


@pytest.mark.parametrize("name", ["t.csv.gz", "t.parquet", "t.jsonl"])
def test_standard_input_is_read_in_batches(tmp_path, monkeypatch, name):
    path = tmp_path / name
    with append_frames(str(path)) as append:
        append(FRAME)
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(path.read_bytes())))
    assert_frame_equal(pl.concat(list(Batches("-", known(path)))), FRAME)


@pytest.mark.parametrize(
    "text",
    [
        "\ufeffa;b\r\n" + "".join(f"{i};{i / 2}\r\n".replace(".", ",") for i in range(900)),
        "sep=;\na;b\n" + "".join(f"{i};x\n" for i in range(900)),
        "\n\na,b\n" + "".join(f"{i},y\n\n" for i in range(900)),
        'a,"b\nb"\n' + "".join(f"{i},\n" for i in range(900)),
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_files_as_people_have_them(tmp_path, text, encoding):
    path = tmp_path / "t.csv"
    path.write_bytes(text.encode(encoding))
    whole = read_source(path)
    parts = list(Batches(str(path), Reading(columns=whole.reading.columns)))
    assert len(parts) > 1
    assert_frame_equal(pl.concat(parts), whole.frame)


def test_columns_that_nobody_knows_are_text_in_every_batch(tmp_path):
    path = tmp_path / "t.csv"
    path.write_text("id,x\n" + "".join(f"{i:04d},{i}\n" if i < 500 else f"A{i},{i}\n" for i in range(900)))
    parts = pl.concat(list(Batches(str(path), Reading())))
    assert parts["id"].to_list()[:1] == ["0000"]
    assert parts.schema == {"id": pl.String, "x": pl.String}


def test_the_line_of_a_wrong_row_is_that_of_the_file(tmp_path):
    path = tmp_path / "t.csv"
    path.write_text("a,b\n" + "1,2\n" * 2000 + "1,2,3\n" + "1,2\n" * 300)
    with pytest.raises(DataError, match="line 2002: expected 2 fields"):
        list(Batches(str(path), Reading()))
    path = tmp_path / "t.jsonl"
    path.write_text('{"a": 1}\n' * 2000 + "{\n")
    with pytest.raises(DataError, match="line 2001"):
        list(Batches(str(path), Reading()))


@pytest.mark.parametrize(
    ("name", "data", "message"),
    [
        ("t.csv", b"", "is empty"),
        ("t.csv", b"\n \n", "blank lines"),
        ("t.csv", b"a,b\n", "no rows"),
        ("t.csv.gz", b"\x1f\x8b\x08\x00broken", "damaged or cut off"),
        ("t.csv", b"a,b\n\xff,1\n", "not utf-8"),
        ("t.parquet", b"PAR1broken", "not a complete Parquet"),
        ("t.arrow", b"ARROW1broken", "not a complete Arrow"),
    ],
)
def test_damaged_files_are_one_line(tmp_path, name, data, message):
    (tmp_path / name).write_bytes(data)
    with pytest.raises(DataError, match=message) as raised:
        list(Batches(str(tmp_path / name), Reading()))
    assert "\n" not in str(raised.value)
    with pytest.raises(DataError, match="Did you mean"):
        list(Batches(str(tmp_path / f"x{name}"), Reading()))


def test_unknown_encodings_are_refused(tmp_path):
    (tmp_path / "u.csv").write_bytes(b"a\n1\n")
    with pytest.raises(ParameterError, match="encoding"):
        list(Batches(str(tmp_path / "u.csv"), Reading(encoding="utf-99")))


@pytest.mark.parametrize("name", ["t.csv", "t.csv.gz", "t.parquet"])
@pytest.mark.parametrize("error", [KeyboardInterrupt, OSError(28, "No space left on device"), DataError("x")])
def test_a_failure_leaves_nothing(tmp_path, name, error):
    def fail():
        with append_frames(str(tmp_path / name)) as append:
            append(FRAME)
            raise error

    with pytest.raises((KeyboardInterrupt, DataError)):
        fail()
    assert list(tmp_path.iterdir()) == []


def test_an_old_file_stays_until_the_new_one_is_complete(tmp_path):
    path = tmp_path / "t.csv"
    path.write_text("old")
    with pytest.raises(ParameterError, match="exists"), append_frames(str(path)):
        pass
    with append_frames(str(path), overwrite=True) as append:
        append(FRAME)
        assert path.read_text() == "old"
    assert_frame_equal(read_frame(path), FRAME)


def test_types_that_change_are_named(tmp_path):
    def write():
        with append_frames(str(tmp_path / "t.parquet")) as append:
            append(FRAME)
            append(FRAME.with_columns(n=pl.lit("x")))

    with pytest.raises(DataError, match="'n' holds Int64"):
        write()
    assert list(tmp_path.iterdir()) == []


def test_an_error_of_what_is_written_is_no_error_of_the_file(tmp_path):
    missing = ModelFileError("The model of texts is not there.")
    with (
        pytest.raises(ModelFileError, match=r"^The model of texts is not there\.$"),
        append_frames(str(tmp_path / "t.csv")),
    ):
        raise missing
    assert list(tmp_path.iterdir()) == []
