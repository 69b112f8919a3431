"""A file is read in sections: they hold each row once, in order, with the batches of the whole file."""

import itertools

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from imbgan.data import columnar, open_data_set
from imbgan.data.sections import sections_of
from imbgan.exceptions import DataError

sizes = st.lists(st.integers(0, 400), max_size=12)


@given(sizes, st.one_of(st.none(), st.integers(1, 900)))
def test_sections_hold_each_row_group_once_in_order(groups, most):
    found = list(sections_of(3, groups, most))
    assert [group for section in found for group in section.groups] == list(range(len(groups)))
    assert [section.start for section in found] == [0, *itertools.accumulate(section.n_rows for section in found)][:-1]
    assert all(section.n_rows == sum(groups[group] for group in section.groups) for section in found)
    assert {section.file for section in found} == {3}
    if most is None:
        assert len(found) == 1
        return
    assert all(section.n_rows <= most or len(section.groups) == 1 for section in found)
    # None could take the first group of the next one as well.
    assert all(a.n_rows + groups[b.groups[0]] > most for a, b in itertools.pairwise(found))


def write(frame: pl.DataFrame, groups: list[int], path) -> None:
    """Write the rows as one file with these row groups."""
    ends = [0, *itertools.accumulate(groups)]
    parts = [frame[a:b].to_arrow() for a, b in itertools.pairwise(ends)]
    if path.suffix == ".parquet":
        with pq.ParquetWriter(path, frame.to_arrow().schema) as writer:
            for part in parts:
                writer.write_table(part, row_group_size=max(1, part.num_rows))
    else:
        make = pa.ipc.new_stream if path.stem == "stream" else pa.ipc.new_file
        with make(path, frame.to_arrow().schema) as writer:
            for part in parts:
                for batch in part.combine_chunks().to_batches():
                    writer.write_batch(batch)


@settings(max_examples=8)
@given(sizes.filter(any), sizes, st.integers(1, 900), st.sampled_from(["a.parquet", "a.arrow", "stream.arrow"]))
@example([400, 0, 300], [5], 350, "a.parquet")
@example([0, 0, 300], [5, 5], 5, "a.arrow")
def test_batches_of_sections_are_those_of_the_file(tmp_path_factory, first, second, most, name):
    folder = tmp_path_factory.mktemp("set")
    frame = pl.DataFrame(
        {"x": range(sum(first) + sum(second)), "t": pl.repeat("text", sum(first) + sum(second), eager=True)}
    )
    for place, rows, groups in (("k=1", frame[: sum(first)], first), ("k=2", frame[sum(first) :], second)):
        (folder / place).mkdir()
        write(rows, groups, folder / place / name)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(columnar, "ROWS", 150)
        found = open_data_set(folder)
        whole = list(found.batches())
        parts = [batch for section in found.sections(most) for batch in found.batches(sections=[section])]
    assert [(b.file, b.start) for b in parts] == [(b.file, b.start) for b in whole]
    for part, batch in zip(parts, whole, strict=True):
        assert_frame_equal(part.frame, batch.frame)
    assert pl.concat([part.frame for part in parts])["x"].to_list() == frame["x"].to_list()
    # Where columns stand in the names of folders, nothing is read.
    years = [batch.frame for section in found.sections(most) for batch in found.batches(["k"], sections=[section])]
    assert pl.concat(years)["k"].to_list() == [1] * sum(first) + [2] * sum(second)


def test_text_is_one_section(tmp_path):
    pl.DataFrame({"x": range(90), "label": "a"}).write_csv(tmp_path / "a.csv")
    found = open_data_set(tmp_path)
    assert [section.n_rows for section in found.sections(10)] == [None]
    assert sum(batch.frame.height for batch in found.batches(sections=found.sections(10))) == 90


def test_a_section_tells_where_its_rows_lie(tmp_path):
    labels = ["a", "b"] * 50
    labels[73] = None
    pl.DataFrame({"x": range(100), "label": labels}).write_parquet(tmp_path / "a.parquet", row_group_size=20)
    found = open_data_set(tmp_path)
    with pytest.raises(DataError, match=r"rows from 60 \(from 0\): every row must have a label.*first: row 73"):
        list(found.labeled("label", sections=found.sections(20)[3:4]))
