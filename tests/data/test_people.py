"""Files as people have them are read right: right kinds, right values, and a message where there are two readings."""

import re
import warnings

import polars as pl
import pytest
from tests.data.people import FILES

from imbgan.data import Reading, read_source, write_frame
from imbgan.exceptions import ReadingWarning

DTYPES = {
    "text": pl.String,
    "number": pl.Float64,
    "integer": pl.Int64,
    "boolean": pl.Boolean,
    "date": pl.Date,
    "datetime": pl.Datetime,
}


def read(tmp_path, file, **options):
    """Write the file and read it; return what was read, and the warnings."""
    path = tmp_path / file.name
    path.write_bytes(file.data)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        source = read_source(path, Reading(**{**file.options, **options}))
    assert all(issubclass(warning.category, ReadingWarning) for warning in caught)
    return source, [str(warning.message) for warning in caught]


@pytest.mark.parametrize("file", FILES.values(), ids=FILES)
def test_kinds_values_and_messages(tmp_path, file):
    source, messages = read(tmp_path, file)
    frame = source.frame
    assert {name: dtype.base_type() for name, dtype in frame.schema.items()} == {
        name: DTYPES[kind] for name, kind in file.kinds.items()
    }
    first = frame.row(0, named=True)
    assert {name: first[name] for name in file.first} == file.first
    assert len(messages) == len(file.warnings)
    for message, pattern in zip(messages, file.warnings, strict=True):
        assert re.search(pattern, message)
        assert "\n" not in message
    assert len(source.notes) == len(file.notes)
    for note, pattern in zip(source.notes, file.notes, strict=True):
        assert re.search(pattern, note)


@pytest.mark.parametrize("file", FILES.values(), ids=FILES)
def test_the_same_row_is_written_as_it_stood(tmp_path, file):
    source, _ = read(tmp_path, file)
    if source.original is None:
        return
    frame = source.frame
    path = (tmp_path / file.name).with_name(f"out-{file.name}".replace(".xls", ".tsv"))
    write_frame(pl.concat([frame, frame]), path, original=source.original)
    encoding = str(file.options.get("encoding", "utf-8"))
    if file.data.startswith(b"\xff\xfe"):
        encoding = "utf-16"
    if file is FILES["mixed_missing"]:  # one mark stands for all
        return
    before, after = file.data.decode(encoding), path.read_bytes().decode(encoding)
    assert after.startswith(before)
    header = before[: before.index(next(iter(source.frame.columns)))] + before[before.index(frame.columns[0]) :]
    n_head = len(header.splitlines()) - frame.height
    assert after.splitlines()[len(before.splitlines()) :] == before.splitlines()[n_head:]


@pytest.mark.parametrize("file", FILES.values(), ids=FILES)
def test_a_further_file_is_read_alike_without_a_word(tmp_path, file):
    """A single row has no evidence of its own: what was learned of the first file decides."""
    source, _ = read(tmp_path, file)
    if source.original is None:
        return
    path = (tmp_path / file.name).with_name(f"more-{file.name}".replace(".xls", ".tsv"))
    write_frame(
        source.frame.head(1),
        path,
        original=source.original,
        kept=pl.Series([True] + [False] * (source.frame.height - 1)),
    )
    again = read_source(path, Reading.from_dict(source.reading.for_other_files().to_dict()))
    assert again.frame.equals(source.frame.head(1), null_equal=True)
