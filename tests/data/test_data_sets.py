"""Data sets: many files are one table, in a defined order, in batches of bounded size."""

import datetime as dt
import os
from decimal import Decimal
from pathlib import Path

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from imbgan._files import folded
from imbgan.data import Reading, columnar, open_data_set, read_frame
from imbgan.data.apart import check_apart
from imbgan.data.partitions import apart, folder_of, keys_in
from imbgan.exceptions import DataError, ParameterError

HOSTILE = ['a,"b', "../x", "naïve\n", "{0}", "<b>", " "]


def whole(path, **reading) -> pl.DataFrame:
    return pl.concat([batch.frame for batch in open_data_set(path, Reading(**reading)).batches()])


def table(n: int = 50, start: int = 0) -> pl.DataFrame:
    rows = range(start, start + n)
    return pl.DataFrame(
        {
            "whole": [None if i % 7 == 0 else i for i in rows],
            "number": [i / 8 for i in rows],
            "text": [f"t{i % 5}" for i in rows],
            "yes": [i % 2 == 0 for i in rows],
            "day": [dt.date(2024, 1, 1) + dt.timedelta(days=i) for i in rows],
            "label": ["rare" if i % 10 == 0 else "common" for i in rows],
        }
    )


def typed_table(n: int = 40) -> pl.DataFrame:
    """Columns of types that only Parquet and Arrow have."""
    return table(n).with_columns(
        pl.col("text").cast(pl.Categorical).alias("category"),
        pl.Series("enum", ["x", "y"] * (n // 2), dtype=pl.Enum(["x", "y", "z"])),
        pl.Series("cents", [Decimal(i).scaleb(-2) for i in range(n)], dtype=pl.Decimal(12, 2)),
        pl.Series("vector", [[float(i), 1.0, 2.0] for i in range(n)], dtype=pl.Array(pl.Float32, 3)),
        pl.Series("list", [[float(i), 1.0] for i in range(n)]),
        pl.Series("when", [dt.datetime(2024, 1, 1, i % 24, tzinfo=dt.UTC) for i in range(n)]),
        pl.Series("clock", [dt.time(i % 24, 3) for i in range(n)]),
        pl.Series("long", [dt.timedelta(seconds=i) for i in range(n)]),
        pl.Series("big", [2**63 + i for i in range(n)], dtype=pl.UInt64),
    )


WRITERS = {
    "parquet": pl.DataFrame.write_parquet,
    "arrow": pl.DataFrame.write_ipc,
    "csv": pl.DataFrame.write_csv,
    "jsonl": pl.DataFrame.write_ndjson,
}


def write(frame: pl.DataFrame, path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    WRITERS[path.suffix[1:]](frame, path)
    return path


@pytest.mark.parametrize("ending", ["parquet", "arrow", "csv", "jsonl"])
def test_files_sorted_by_name_are_the_table(tmp_path, ending):
    frame = table()
    for name, start, n in (("b", 10, 1), ("a/x", 0, 10), ("c", 11, 39)):
        write(frame[start : start + n], tmp_path / f"{name}.{ending}")
    found = whole(tmp_path)
    if ending == "jsonl":  # JSON has no dates
        found = found.with_columns(pl.col("day").cast(pl.Date))
    assert_frame_equal(found, frame)
    addresses = [(b.file, b.start, b.frame.height) for b in open_data_set(tmp_path).batches()]
    assert addresses == [(0, 0, 10), (1, 0, 1), (2, 0, 39)]


@pytest.mark.parametrize("ending", ["parquet", "arrow"])
def test_all_types_come_as_from_one_file(tmp_path, ending):
    frame = typed_table()
    write(frame[:15], tmp_path / f"a.{ending}")
    write(frame[15:], tmp_path / f"b.{ending}")
    read = {"parquet": pl.read_parquet, "arrow": pl.read_ipc}[ending]
    found = whole(tmp_path)
    assert found.schema == read(write(frame, tmp_path / "whole" / f"c.{ending}")).schema
    assert found.rows() == frame.rows()


def test_batches_are_bounded_in_rows_and_bytes(tmp_path, monkeypatch):
    frame = pl.DataFrame({"x": range(5000), "text": ["y" * 1000] * 5000})
    frame.write_parquet(tmp_path / "a.parquet", row_group_size=5000)
    monkeypatch.setattr(columnar, "BYTES", 100_000)
    parts = list(open_data_set(tmp_path / "a.parquet").batches())
    assert max(part.frame.estimated_size() for part in parts) <= 110_000
    assert pl.concat([part.frame for part in parts]).equals(frame)
    assert [part.start for part in parts] == [sum(p.frame.height for p in parts[:i]) for i in range(len(parts))]


def test_arrow_streams_and_compressed_text_are_read(tmp_path):
    import gzip

    frame = table()
    frame[:20].write_ipc_stream(tmp_path / "a.arrow")
    frame[20:].write_ipc(tmp_path / "b.arrow", compression="zstd")
    assert_frame_equal(whole(str(tmp_path / "*.arrow")), frame)
    (tmp_path / "a.csv.gz").write_bytes(gzip.compress(frame[:20].write_csv().encode()))
    (tmp_path / "b.csv").write_text(frame[20:].write_csv())
    assert_frame_equal(whole(str(tmp_path / "*.csv*")), frame)


def test_folders_name_columns(tmp_path):
    frame = table(30)
    for i, (year, label) in enumerate([("2023", "a b"), ("2024", "ü/1"), ("2024", None)]):
        folder = f"year={year}/label={'__HIVE_DEFAULT_PARTITION__' if label is None else label.replace('/', '%2F')}"
        write(frame[10 * i : 10 * i + 10].drop("label"), tmp_path / folder / "part-0.parquet")
    found = open_data_set(tmp_path)
    assert found.partitions == ("year", "label")
    assert found.n_rows == 30
    rows = pl.concat([b.frame for b in found.batches()])
    assert rows.columns == ["whole", "number", "text", "yes", "day", "year", "label"]
    assert rows.select("year", "label").unique(maintain_order=True).rows() == [
        (2023, "a b"),
        (2024, None),  # "__" sorts before "ü"
        (2024, "ü/1"),
    ]
    # Nothing but folders and footers is read for them.
    labels = pl.concat([b.frame for b in found.batches(["label"])])
    assert labels.to_series().equals(rows.get_column("label"))


@pytest.mark.parametrize(
    "value", ["10:00", "a.", "a ", "...", "a/b", "CON", "a\\b", '*?<>|"', "\n", "über%41", " ", ""]
)
def test_folders_of_any_value_can_be_made_on_any_system(value):
    folder = folder_of({"k": value})
    assert keys_in(f"{folder}/part.csv") == {"k": value}
    assert not set(folder) & set('/\\:*?"<>|\n')
    assert folder[-1] not in ". "


@given(st.lists(st.text("aA\u00e9\u00c9e\u0301\u00df\u1e9es%2 .", max_size=4), max_size=8))
def test_folders_of_any_values_can_be_told_apart_on_any_system(values):
    # As some programs write them, which escape little.
    folders = [f"k={value}" for value in values if not value.endswith((".", " "))]
    names = apart(folders)
    assert {folder: keys_in(f"{folder}/x") for folder in folders} == {
        folder: keys_in(f"{name}/x") for folder, name in names.items()
    }
    assert len({folded(name) for name in names.values()}) == len(set(folders))


def test_a_partition_column_that_files_hold_as_well_has_the_type_of_the_files(tmp_path):
    write(table(5).with_columns(pl.lit(7, pl.Int8).alias("k")), tmp_path / "k=7" / "a.parquet")
    found = open_data_set(tmp_path)
    assert found.partitions == ("k",)
    assert found.schema["k"] == pl.Int8
    assert next(found.batches(["k"])).frame.to_series().to_list() == [7] * 5


def test_what_programs_leave_beside_files_is_passed_over(tmp_path):
    write(table(5), tmp_path / "a.parquet")
    for name in ("_SUCCESS", ".a.parquet.crc", "_temporary/b.parquet", "readme.md"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("x")
    (tmp_path / "part-00001").write_bytes((tmp_path / "a.parquet").read_bytes())
    found = open_data_set(tmp_path)
    assert [file.name for file in found.files] == ["a.parquet", "part-00001"]
    assert found.notes == ("Passed over files that are no tables: 'readme.md'.",)


@pytest.mark.parametrize("ending", ["parquet", "csv", "jsonl", "arrow"])
def test_empty_files_among_full_ones_and_files_of_one_row(tmp_path, ending):
    frame = table(3)
    write(frame[:0], tmp_path / f"a.{ending}")
    write(frame[:1], tmp_path / f"b.{ending}")
    write(frame[:0], tmp_path / f"c.{ending}")
    write(frame[1:], tmp_path / f"d.{ending}")
    if ending == "csv":
        (tmp_path / "e.csv").write_text("")
    assert whole(tmp_path).select("whole", "label").rows() == frame.select("whole", "label").rows()
    (tmp_path / f"b.{ending}").unlink()
    (tmp_path / f"d.{ending}").unlink()
    with pytest.raises(DataError, match="no rows"):
        open_data_set(tmp_path)


def test_hostile_names_of_columns_and_files(tmp_path):
    frame = pl.DataFrame({name: [i, i + 1] for i, name in enumerate(HOSTILE)})
    for i, name in enumerate(["a b", "[x]", "é*", "%41"]):
        frame.write_parquet(tmp_path / f"{i}{name}.parquet")
    found = whole(tmp_path)
    assert found.columns == HOSTILE
    assert found.height == 8
    # A file whose name looks like a pattern is that file.
    assert whole(str(tmp_path / "1[x].parquet")).height == 2


def test_columns_are_matched_by_name_and_missing_ones_of_no_type_are_filled(tmp_path):
    frame = table(4)
    write(frame, tmp_path / "a.parquet")
    write(frame.select(reversed(frame.columns)).with_columns(pl.lit(None).alias("text")), tmp_path / "b.parquet")
    found = whole(tmp_path)
    assert found.schema == frame.schema
    assert found["text"].null_count() == 4


def test_kinds_and_missing_marks_apply_to_all_files(tmp_path):
    for name, day in (("a", "31/12/2023"), ("b", "01/02/2024")):
        pl.DataFrame({"day": [day, "?"], "n": ["1", "2"], "code": [1, 2]}).write_parquet(tmp_path / f"{name}.parquet")
    found = whole(tmp_path, kinds={"day": "date", "code": "text", "n": "number"}, missing=("?",))
    assert found["day"].to_list() == [dt.date(2023, 12, 31), None, dt.date(2024, 2, 1), None]
    assert found.schema["code"] == pl.String
    assert found.schema["n"] == pl.Float64


def test_whole_and_fractional_numbers_of_text_files_are_one_type(tmp_path):
    (tmp_path / "a.csv").write_text("x,label\n1,a\n2,b\n")
    (tmp_path / "b.csv").write_text("x,label\n1.5,a\n")
    (tmp_path / "c.csv").write_text("x,label\n,a\n")
    assert whole(tmp_path)["x"].to_list() == [1.0, 2.0, 1.5, None]
    (tmp_path / "a.csv").unlink()
    for name, text in (("a", '{"x": 1}\n'), ("b", '{"x": 1.5, "y": "t"}\n'), ("c", '{"y": "u"}\n')):
        (tmp_path / f"{name}.jsonl").write_text(text)
    assert whole(str(tmp_path / "*.jsonl")).rows() == [(1.0, None), (1.5, "t"), (None, "u")]


def test_one_large_text_file_is_read_in_the_forms_of_its_beginning(tmp_path, monkeypatch):
    from imbgan.data import batches, text_files

    frame = table(2000)
    frame.write_csv(tmp_path / "t.csv")
    monkeypatch.setattr(batches, "BLOCK", 5000)
    monkeypatch.setattr(text_files, "SAMPLE", 3000)
    parts = list(open_data_set(tmp_path / "t.csv").batches())
    assert len(parts) > 5
    assert_frame_equal(pl.concat([part.frame for part in parts]), read_frame(tmp_path / "t.csv"))


def test_fingerprints_notice_changes(tmp_path):
    path = write(table(5), tmp_path / "a.parquet")
    before = open_data_set(tmp_path).fingerprint
    assert open_data_set(tmp_path).fingerprint == before
    write(table(6), path)
    assert open_data_set(tmp_path).fingerprint != before


ERRORS = {
    "missing": (lambda at: at / "nothing", "does not exist"),
    "empty folder": (lambda at: at, "holds no files"),
    "other files": (lambda at: (at / "a.pdf").write_text("x") and at, "only files of other formats, such as 'a.pdf'"),
    "no match": (lambda at: write(table(), at / "a.csv") and str(at / "*.parquet"), "holds no files"),
    "two formats": (
        lambda at: write(table(), at / "a.csv") and write(table(), at / "b.parquet") and at,
        "a.csv' is csv, and .*b.parquet' is parquet",
    ),
    "lacks a column": (
        lambda at: write(table(), at / "a.parquet") and write(table().drop("day"), at / "b.parquet") and at,
        "b.parquet' lacks 'day', compared with the columns of .*a.parquet'",
    ),
    "has one more": (
        lambda at: write(table().drop("day"), at / "a.csv") and write(table(), at / "b.csv") and at,
        "b.csv' has 'day' more",
    ),
    "other type": (
        lambda at: (
            write(table(), at / "a.parquet")
            and write(table().with_columns(pl.col("whole").cast(pl.String)), at / "b.parquet")
            and at
        ),
        "'whole' holds Int64 in .*a.parquet' and String in .*b.parquet'",
    ),
    "cut off": (
        lambda at: (at / "b.parquet").write_bytes(write(table(), at / "a.parquet").read_bytes()[:-20]) and at,
        "b.parquet' is not a complete Parquet file",
    ),
    "zero bytes": (
        lambda at: ((write(table(), at / "a.parquet") and (at / "b.parquet").write_bytes(b"")) or True) and at,
        "b.parquet' is not a complete Parquet file",
    ),
    "other keys": (
        lambda at: write(table(), at / "k=1/a.csv") and write(table(), at / "b.csv") and at,
        "must name the same columns everywhere",
    ),
    "spreadsheet": (lambda at: (at / "a.xlsx").write_bytes(b"PK") and at, "is a spreadsheet"),
    "other decimal sign": (
        lambda at: (
            (at / "a.csv").write_text("x;y\n1.5;a\n2.25;a\n")
            and (at / "b.csv").write_text("x;y\n1,5;a\n2,25;a\n")
            and at
        ),
        "'x' holds number with the decimal sign '.' in .*a.csv' and number with the decimal sign ','",
    ),
    "dates in two orders": (
        lambda at: (
            (at / "a.csv").write_text("x,y\n31/12/2024,a\n") and (at / "b.csv").write_text("x,y\n12/31/2024,a\n") and at
        ),
        "'x' holds date in the order dmy in .*a.csv' and date in the order mdy in .*b.csv'",
    ),
}


@pytest.mark.parametrize("case", ERRORS)
def test_one_clear_error(tmp_path, case):
    make, message = ERRORS[case]
    with pytest.raises(DataError, match=message):
        open_data_set(make(tmp_path))


def test_an_unknown_column_is_named(tmp_path):
    write(table(), tmp_path / "a.parquet")
    for reading in (Reading(drop=("dya",)), Reading(kinds={"dya": "date"})):
        with pytest.raises(ParameterError, match=r"'dya'\. Did you mean 'day'"):
            open_data_set(tmp_path, reading)
    assert "day" not in open_data_set(tmp_path, Reading(drop=("day",))).columns


def test_a_damaged_row_group_is_named(tmp_path):
    path = tmp_path / "a.parquet"
    pq.write_table(pa.table({"x": list(range(30_000))}), path, row_group_size=10_000, compression="zstd")
    group = pq.ParquetFile(path).metadata.row_group(1).column(0)
    data = bytearray(path.read_bytes())
    at = group.dictionary_page_offset or group.data_page_offset
    data[at : at + group.total_compressed_size] = b"\xff" * group.total_compressed_size
    path.write_bytes(data)
    found = open_data_set(path)
    with pytest.raises(DataError, match=r"a.parquet', row group 1 \(rows from 10000\), is not a complete Parquet file"):
        list(found.batches())


def test_later_cells_of_another_form_are_named(tmp_path, monkeypatch):
    from imbgan.data import text_files

    lines = [f"{i},a" for i in range(1000)]
    (tmp_path / "a.csv").write_text("x,label\n" + "\n".join([*lines, "1.5,b", "2,a\n"]))
    monkeypatch.setattr(text_files, "SAMPLE", 1000)
    with pytest.raises(DataError, match=r"'x' holds Int64 at .* and Float64 in .*a.csv' \(first: 1.5\)"):
        list(open_data_set(tmp_path).batches())


def test_a_file_that_changed_meanwhile_is_noticed(tmp_path):
    for ending in ("parquet", "csv"):
        path = write(table(5), tmp_path / f"a.{ending}")
        found = open_data_set(path)
        write(table(6), path)
        with pytest.raises(DataError, match=r"had \d+ bytes when it was opened and has \d+ now"):
            list(found.batches())


# ------------------------------------------------------------------------------------- where files lie


def test_patterns_are_the_same_however_they_are_written(tmp_path, monkeypatch):
    write(table(), tmp_path / "d" / "a.csv")
    write(table(), tmp_path / "d" / "b.csv")
    for pattern in ("d/*.csv", "./d/*.csv", "d//*.csv", "d/./*.csv", "*/*.csv", "**/*.csv"):
        monkeypatch.chdir(tmp_path)
        assert [file.path.split("/")[-1] for file in open_data_set(pattern).files] == ["a.csv", "b.csv"]
    monkeypatch.chdir(tmp_path / "d")
    for pattern in ("*.csv", "./*.csv", "../d/*.csv", "."):
        assert [file.name for file in open_data_set(pattern).files] == ["a.csv", "b.csv"]


def test_folders_behind_links_belong_to_the_table_but_no_circle_does(tmp_path):
    write(table(), tmp_path / "in" / "a.parquet")
    write(table(), tmp_path / "elsewhere" / "b.parquet")
    (tmp_path / "in" / "more").symlink_to(tmp_path / "elsewhere")
    (tmp_path / "in" / "self").symlink_to(tmp_path / "in")
    (tmp_path / "elsewhere" / "back").symlink_to(tmp_path / "in")
    assert [file.name for file in open_data_set(tmp_path / "in").files] == ["a.parquet", "more/b.parquet"]


def test_a_name_that_is_no_text_is_a_name(tmp_path):
    path = write(table(), tmp_path / "a.parquet")
    path.rename(tmp_path / os.fsdecode(b"\xff.parquet"))
    assert whole(tmp_path).height == 50


@pytest.mark.parametrize("dtype", [pa.timestamp("us", tz="+05:30"), pa.decimal256(60, 2)])
def test_a_type_that_polars_lacks_is_an_error_that_names_the_column(tmp_path, dtype):
    pq.write_table(pa.table({"x": [1, 2], "odd": pa.array([1, 2]).cast(dtype)}), tmp_path / "a.parquet")
    with pytest.raises(DataError, match=r"Column 'odd' of .*a\.parquet' has the type .* which cannot be read"):
        open_data_set(tmp_path)


@pytest.mark.parametrize(
    ("source", "output", "is_apart"),
    [
        ("in", "in/out", False),
        ("in", "in", False),
        ("in", ".", False),
        ("in/deep", "in", False),
        ("in/a.csv", "in", False),
        ("in/a.csv", "in/out", True),
        ("in/*.csv", "in/out", True),
        ("in/*.csv", "out", True),
        ("in/**", "in/out", False),
        ("in/*/*.csv", "in/out", False),
        ("in", "in-2", True),
    ],
)
def test_an_output_lies_apart_from_the_input(tmp_path, monkeypatch, source, output, is_apart):
    monkeypatch.chdir(tmp_path)
    write(table(), tmp_path / "in" / "a.csv")
    write(table(), tmp_path / "in" / "deep" / "b.csv")
    found = open_data_set(source)
    if is_apart:
        check_apart(found, output)
        return
    with pytest.raises(ParameterError, match="OUT must not"):
        check_apart(found, output)
