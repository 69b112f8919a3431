"""What is written comes back: values, data types, names, order."""

import math
import sys
from datetime import date, datetime, time, timedelta
from decimal import Decimal

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from imbgan.data import Reading, read_frame, write_frame
from imbgan.data.standard import MISSING_MARKS

# Text that no other type could have written.
WORDS = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1).filter(lambda text: text.strip().isalpha())
WORDS = WORDS.filter(lambda text: text.strip().lower() not in {*map(str.lower, MISSING_MARKS), "true", "false", "inf"})
# A byte order mark at the beginning belongs to the file, not to the first name.
NAMES = st.text(st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\ufeff") | st.just("\n"))
HARD_WORDS = WORDS.map(lambda text: f'{text}, "quoted"\nnext line; tab\t')
CELLS = {
    pl.Int64: st.integers(-(2**63), 2**63 - 1),
    pl.Float64: st.floats(allow_nan=False),
    pl.Boolean: st.booleans(),
    pl.String: WORDS | HARD_WORDS,
    pl.Date: st.dates(date(1, 1, 1), date(9999, 12, 31)),
    pl.Datetime("us"): st.datetimes(datetime(1000, 1, 1), datetime(9999, 12, 31)),
}


@st.composite
def tables(draw):
    """Draw a table of 1 to 4 columns, each of one type, with missing values but never only these."""
    n_rows = draw(st.integers(1, 8))
    columns = []
    names = draw(st.lists(NAMES, min_size=1, max_size=4, unique=True))
    for name in names:
        dtype = draw(st.sampled_from(list(CELLS)))
        others = st.lists(CELLS[dtype] | st.none(), min_size=n_rows - 1, max_size=n_rows - 1)
        cells = [draw(CELLS[dtype]), *draw(others)]
        columns.append(pl.Series(name, cells, dtype))
    return pl.DataFrame(columns)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("round-trip")


@given(tables())
def test_csv_gives_back_values_and_types(folder, table):
    path = folder / "table.csv"
    write_frame(table, path, overwrite=True)
    assert_frame_equal(read_frame(path), table, check_exact=True)


TABLE = pl.DataFrame(
    {
        "n": [1, None, -3],
        "x": [0.5, math.inf, None],
        "yes": [True, None, False],
        "word": ["a,b", None, "007"],
        "day": [date(2024, 2, 29), None, date(1970, 1, 1)],
        "time": [datetime(2024, 2, 29, 12, 30, 1, 250), None, datetime(1970, 1, 1)],
    }
)


@pytest.mark.parametrize("ending", ["csv", "tsv", "tab", "csv.gz", "csv.bz2", "tsv.xz", "csv.zst", "parquet", "pq"])
@pytest.mark.parametrize("as_format", [False, True])
def test_every_ending_gives_back_the_table(tmp_path, ending, as_format):
    path = tmp_path / ("table" if as_format else f"table.{ending.upper()}")
    chosen = ending if as_format else None
    write_frame(TABLE, path, format=chosen)
    assert_frame_equal(read_frame(path, Reading(format=chosen)), TABLE)


@pytest.mark.parametrize("ending", ["arrow", "feather", "ipc", "parquet"])
def test_binary_formats_keep_types_that_text_has_not(tmp_path, ending):
    table = TABLE.with_columns(
        level=pl.Series(["low", "high", "low"], dtype=pl.Enum(["low", "mid", "high"])),
        small=pl.Series([1, 2, 3], dtype=pl.Int8),
        stay=pl.Series([timedelta(hours=1)] * 3),
    )
    write_frame(table, tmp_path / f"table.{ending}")
    assert_frame_equal(read_frame(tmp_path / f"table.{ending}"), table)


@pytest.mark.parametrize("ending", ["jsonl", "ndjson", "jsonl.gz"])
def test_json_lines_give_back_all_but_infinity(tmp_path, ending):
    table = TABLE.with_columns(x=pl.Series([0.5, 1e300, None]))
    write_frame(table, tmp_path / f"table.{ending}")
    assert_frame_equal(read_frame(tmp_path / f"table.{ending}"), table)


def test_decimals_and_times_of_day_are_written_so_that_they_can_be_read(tmp_path):
    table = pl.DataFrame({"price": [Decimal("1.50"), Decimal("2.25")], "at": [time(10, 30), time(23, 59, 59, 500_000)]})
    write_frame(table, tmp_path / "t.csv")
    expected = "price,at\n1.50,10:30:00\n2.25,23:59:59.500\n"
    assert (tmp_path / "t.csv").read_text(encoding="utf-8") == expected
    write_frame(table, tmp_path / "t.jsonl")
    assert read_frame(tmp_path / "t.jsonl")["price"].to_list() == [1.5, 2.25]


@pytest.mark.parametrize("ending", ["csv.gz", "csv.bz2", "csv.xz", "csv.zst"])
def test_compressed_file_is_smaller(tmp_path, ending):
    table = pl.DataFrame({"x": [0] * 10_000})
    write_frame(table, tmp_path / f"table.{ending}")
    assert (tmp_path / f"table.{ending}").stat().st_size < 2_000


def test_same_table_gives_same_bytes(tmp_path):
    for name in ("a.csv.gz", "b.csv.gz"):
        write_frame(TABLE, tmp_path / name)
    assert (tmp_path / "a.csv.gz").read_bytes() == (tmp_path / "b.csv.gz").read_bytes()


def test_missing_zstd_library_is_named(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(ImportError, match=r"imbgan\[parquet\]"):
        write_frame(TABLE, tmp_path / "table.csv.zst")
    assert list(tmp_path.iterdir()) == []
