"""Data sets are resampled file by file: originals as they are, generated rows beside them, and a manifest."""

import datetime as dt
import gzip
import hashlib
import json
import math
from decimal import Decimal
from functools import reduce
from pathlib import Path

import numpy as np
import polars as pl
import pyarrow.parquet as pq
import pytest
from tests.bulk.conftest import WRITERS, table

from imbgan import GANOverSampler, less, only_together
from imbgan._files import folded
from imbgan.bulk import generating, part_folder
from imbgan.bulk.summaries import merged, presented, summary_of
from imbgan.data import Reading, open_data_set, read_frame
from imbgan.engines import LocalEngine
from imbgan.exceptions import DataError, ParameterError
from imbgan.tabular.reservoir import ReservoirSize

pytestmark = pytest.mark.filterwarnings("ignore::imbgan.ImbganWarning")


def contents(folder: Path) -> dict[str, bytes]:
    return {str(p.relative_to(folder)): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


def manifest_of(folder: Path) -> dict:
    return json.loads((folder / "_imbgan.json").read_text())


def frames_of(folder: Path) -> pl.DataFrame:
    return pl.concat([batch.frame for batch in open_data_set(folder).batches()])


@pytest.mark.parametrize("ending", ["parquet", "arrow", "csv", "jsonl"])
def test_originals_stay_and_generated_rows_are_those_of_the_sampler(files, resampled, ending):
    frame = table()
    source = files(frame, ending)
    out = resampled(source)
    before, after = contents(source), contents(out)
    assert {name: after[name] for name in before} == before
    new = sorted(set(after) - set(before) - {"_imbgan.json"})
    assert new == [f"generated-{i:05d}.{ending}" for i in range(3)]
    generated = pl.concat([read_frame(out / name) for name in new])
    sampler = GANOverSampler(max_iter=5, random_state=0)
    X, y = sampler.fit_resample(frame.drop("label"), frame["label"])
    assert generated.drop("label").equals(X[frame.height :])
    assert generated["label"].to_list() == y[frame.height :].to_list()
    # The whole is a data set again.
    assert frames_of(out)["label"].value_counts(sort=True)["count"].to_list() == [350, 350]
    assert not list(out.parent.glob("*.part"))


def test_the_manifest_tells_what_the_files_hold(files, resampled):
    out = resampled(files(table()))
    found = manifest_of(out)
    assert found["complete"] is True
    assert found["class_counts"] == {"before": {"common": 350, "rare": 50}, "after": {"common": 350, "rare": 350}}
    assert found["n_rows"] == {"originals": 400, "generated": 300}
    for part in ("originals", "generated"):
        for file in found["files"][part]:
            assert (out / file["name"]).stat().st_size == file["bytes"]
            assert read_frame(out / file["name"]).height == file["rows"]
    for file in found["files"]["generated"]:
        assert hashlib.sha256((out / file["name"]).read_bytes()).hexdigest() == file["sha256"]
    whole, amount = table(), found["columns"]["originals"]["amount"]
    assert amount["n"] == 400
    assert (amount["min"], amount["max"]) == (whole["amount"].min(), whole["amount"].max())
    assert amount["mean"] == pytest.approx(whole["amount"].mean())
    assert found["columns"]["originals"]["city"]["missing"] == whole["city"].null_count()
    assert found["columns"]["generated"]["label"]["levels"] == {"rare": 300}


def test_types_and_compression_of_parquet_are_kept(tmp_path, resampled):
    n = 240
    frame = table(n).with_columns(
        pl.col("city").cast(pl.Categorical).alias("category"),
        pl.Series("enum", ["x", "y"] * (n // 2), dtype=pl.Enum(["x", "y", "z"])),
        pl.Series("cents", [Decimal(i % 50).scaleb(-2) for i in range(n)], dtype=pl.Decimal(12, 2)),
        pl.Series("vector", [[float(i % 7), 1.0, i / n] for i in range(n)], dtype=pl.Array(pl.Float32, 3)),
        pl.Series("day", [dt.date(2024, 1, 1) + dt.timedelta(days=i % 90) for i in range(n)]),
        pl.Series("when", [dt.datetime(2024, 1, 1 + i % 28, i % 24, tzinfo=dt.UTC) for i in range(n)]),
        pl.Series("small", [i % 9 for i in range(n)], dtype=pl.Int8),
        pl.Series("empty", [None] * n),
        (pl.col("label") == "rare").alias("label"),
    )
    (tmp_path / "in").mkdir()
    pq.write_table(frame.to_arrow(), tmp_path / "in" / "a.parquet", compression="zstd")
    out = resampled(tmp_path / "in")
    old, new = (pq.ParquetFile(out / name) for name in ("a.parquet", "generated-00000.parquet"))
    assert old.schema_arrow.names == new.schema_arrow.names
    assert new.metadata.row_group(0).column(0).compression == "ZSTD"
    rows = pl.read_parquet(out / "generated-00000.parquet")
    assert rows.schema == pl.read_parquet(out / "a.parquet").schema
    assert rows["label"].all()


def test_figures_of_batches_are_those_of_the_whole():
    n = 60
    frame = pl.DataFrame(
        {
            "number": [math.nan if i % 7 == 0 else float(i % 50) for i in range(n)],
            "none": [math.nan] * n,
            "long": [dt.timedelta(days=i) for i in range(n)],
            "zone": [dt.datetime(2024, 10, 27, tzinfo=dt.UTC) + dt.timedelta(minutes=10 * i) for i in range(n)],
            "far": pl.Series([2932896 + i for i in range(n)], dtype=pl.Int32).cast(pl.Date),
            "level": [f"{i % 3}" for i in range(n)],
        }
    ).with_columns(pl.col("zone").dt.convert_time_zone("Europe/Zurich"))
    whole = summary_of(frame)
    parts = reduce(merged, map(summary_of, frame.iter_slices(7)), {})
    assert {name: {**column, "sum": 0} for name, column in parts.items()} == {
        name: {**column, "sum": 0} for name, column in whole.items()
    }
    told = json.loads(json.dumps(presented(whole), allow_nan=False))
    assert told["number"] == {"n": n, "missing": 9, "min": 0.0, "max": 48.0, "mean": frame["number"].drop_nans().mean()}
    assert told["none"] == {"n": n, "missing": n}
    assert told["long"] == {"n": n, "missing": 0, "min": 0.0, "max": 59 * 86400.0}
    assert told["zone"]["min"].startswith("2024-10-27 00:00")


def test_columns_with_not_a_number_and_a_target_of_categories(files, resampled):
    frame = table().with_columns(
        pl.when(pl.col("visits") == 3).then(math.nan).otherwise(pl.col("amount")).alias("amount"),
        pl.col("label").cast(pl.Categorical),
    )
    out = resampled(files(frame))
    assert manifest_of(out)["columns"]["originals"]["amount"]["missing"] == (frame["visits"] == 3).sum()
    assert frames_of(out)["label"].value_counts(sort=True)["count"].to_list() == [350, 350]


def test_generated_rows_lie_in_the_folders_that_are_there(tmp_path, resampled):
    frame = table()
    for key in ("true", "false"):
        folder = tmp_path / "in" / f"yes={key}"
        folder.mkdir(parents=True)
        frame.with_columns(pl.lit(key == "true").alias("yes")).write_parquet(folder / "x.parquet")
    out = resampled(tmp_path / "in")
    assert sorted(path.name for path in out.iterdir() if path.is_dir()) == ["yes=false", "yes=true"]


def test_folders_of_partitions_get_their_own_rows(tmp_path, resampled):
    frame = table().with_columns((pl.int_range(pl.len()) % 2 + 2023).alias("year"))
    for (year, label), part in frame.partition_by("year", "label", as_dict=True).items():
        folder = tmp_path / "in" / f"year={year}" / f"label={label}"
        folder.mkdir(parents=True)
        part.drop("year", "label").write_parquet(folder / "part-0.parquet")
    out = resampled(tmp_path / "in")
    new = list(manifest_of(out)["files"]["generated"])
    assert {file["name"].split("/")[1] for file in new} == {"label=rare"}
    assert sum(file["rows"] for file in new) == 300
    found = open_data_set(out)
    assert found.partitions == ("year", "label")
    assert frames_of(out)["label"].value_counts(sort=True)["count"].to_list() == [350, 350]
    # What was generated for a year lies in its folder, and nowhere else.
    assert "year" not in pl.read_parquet(out / new[0]["name"], hive_partitioning=False).columns


def test_folders_that_some_systems_take_for_one_have_names_of_their_own(tmp_path, resampled):
    # macOS and Windows see neither case nor how an accent is stored; folders of other systems differ in it.
    cities = ["Thun", "THUN", "Caf\u00e9", "Cafe\u0301", "__hive_default_partition__", None]
    names = [*cities[:-1], "__HIVE_DEFAULT_PARTITION__"]
    frame = table().with_columns(pl.Series("city", [cities[i % 6] for i in range(400)]))
    for city, name in zip(cities, names, strict=True):
        folder = tmp_path / "in" / f"city={name}"
        folder.mkdir(parents=True)
        frame.filter(pl.col("city").eq_missing(pl.lit(city))).drop("city").write_parquet(folder / "part-0.parquet")
    out = resampled(tmp_path / "in")
    paths = [file.relative_to(out).as_posix() for file in out.rglob("*.parquet")]
    assert len({folded(path) for path in paths}) == len(paths)
    found = manifest_of(out)["files"]
    assert sorted(file["name"] for part in found.values() for file in part) == sorted(paths)
    # The first of each pair keeps its folder, and every value comes back, that of generated rows too.
    folders = {path.split("/")[0] for path in paths}
    assert {"city=THUN", "city=%54%68%75%6E", "city=__HIVE_DEFAULT_PARTITION__"} <= folders
    assert len(folders) == 6
    before, after = frame["city"].value_counts(), frames_of(out)["city"].value_counts()
    grown = before.join(after, on="city", how="full", nulls_equal=True)
    assert grown.height == 6
    assert (grown["count_right"] > grown["count"]).all()
    assert after["count"].sum() == 700


@pytest.mark.parametrize("ending", ["parquet", "csv", "jsonl", "arrow"])
def test_files_are_written_again_where_columns_are_dropped_or_added(files, resampled, ending):
    frame = table()
    out = resampled(files(frame, ending), reading=Reading(drop=("visits",)), mark="new")
    rows = frames_of(out)
    assert rows.columns == ["amount", "city", "label", "new"]
    originals = rows.filter(~pl.col("new"))
    assert originals.drop("new").equals(frame.drop("visits"))
    assert rows["new"].sum() == 300


def test_text_that_is_written_again_keeps_its_cells(tmp_path, resampled, monkeypatch):
    from imbgan.data import batches

    monkeypatch.setattr(batches, "BLOCK", 1000)
    rows = [f'"n, {i % 5}";0{i % 7},50;{"" if i % 9 == 0 else i % 4};{"a" if i % 6 == 0 else "b"}' for i in range(200)]
    (tmp_path / "in.csv").write_bytes(("\r\n".join(["name;price;n;label", *rows]) + "\r\n").encode("utf-8-sig"))
    out = resampled(tmp_path / "in.csv", reading=Reading(drop=("n",)))
    text = (out / "in.csv").read_bytes().decode("utf-8-sig")
    wanted = [";".join(row.split(";")[i] for i in (0, 1, 3)) for row in ["name;price;n;label", *rows]]
    assert text.splitlines() == wanted
    assert (out / "generated-00000.csv").read_text(encoding="utf-8-sig").splitlines()[0] == "name;price;label"


def test_rows_without_a_label_are_dropped_or_an_error(files, resampled):
    frame = table().with_columns(
        pl.when(pl.int_range(pl.len()) % 50 == 7).then(None).otherwise(pl.col("label")).alias("label")
    )
    source = files(frame)
    with pytest.raises(DataError, match=r"part-0.parquet', rows from 0 \(from 0\): every row must have a label"):
        resampled(source)
    assert not list(source.parent.glob("out*"))
    out = resampled(source, reading=Reading(drop_missing=True))
    assert frames_of(out)["label"].null_count() == 0
    assert manifest_of(out)["n_missing"] == 8


def test_compressed_text_and_one_file(tmp_path, resampled):
    (tmp_path / "in.csv.gz").write_bytes(gzip.compress(table().write_csv().encode()))
    out = resampled(tmp_path / "in.csv.gz")
    assert (out / "in.csv.gz").read_bytes() == (tmp_path / "in.csv.gz").read_bytes()
    assert gzip.decompress((out / "generated-00000.csv.gz").read_bytes()).startswith(b"amount,visits,city,label\n")


def test_generated_rows_alone(files, resampled):
    source = files(table())
    out, whole = resampled(source, only_generated=True), resampled(source, "whole")
    new = {name: data for name, data in contents(whole).items() if name.startswith("generated")}
    assert {name: data for name, data in contents(out).items() if name != "_imbgan.json"} == new
    assert manifest_of(out)["class_counts"]["after"] == {"common": 0, "rare": 300}


@pytest.mark.parametrize("is_partitioned", [False, True])
def test_of_wide_tables_fewer_rows_are_in_memory(tmp_path, resampled, monkeypatch, is_partitioned):
    monkeypatch.setattr(generating, "FILE_ROWS", 10_000)
    monkeypatch.setattr(generating, "DIVIDED_ROWS", 10_000)
    monkeypatch.setattr(generating, "CELLS", 1000)
    path = tmp_path / "in" / ("half=1" if is_partitioned else "") / "a.parquet"
    path.parent.mkdir(parents=True)
    y = np.arange(2500) % 500 == 0
    pl.DataFrame({"x": np.arange(2500) % 7, "label": y}).write_parquet(path)
    out = resampled(tmp_path / "in")
    found = [pq.ParquetFile(out / file["name"]).metadata for file in manifest_of(out)["files"]["generated"]]
    sizes = [[meta.row_group(i).num_rows for i in range(meta.num_row_groups)] for meta in found]
    assert sizes == ([[1024], [1024], [442]] if is_partitioned else [[1024, 1024, 442]])


def test_an_output_is_resampled_again_under_other_names(files, resampled):
    first = resampled(files(table()), ratio=0.5)
    second = resampled(first, "again")
    new = [file["name"] for file in manifest_of(second)["files"]["generated"]]
    assert new
    assert all(name.startswith("generated-2-") for name in new)


def test_a_balanced_table_is_copied(files, resampled):
    out = resampled(files(table().with_columns(pl.Series("label", ["a", "b"] * 200))))
    assert manifest_of(out)["files"]["generated"] == []
    assert frames_of(out).height == 400
    # Nobody knows which columns identify, since nothing was learned.
    assert manifest_of(out)["columns"]["originals"]["city"] == {"n": 400, "missing": 37}


def test_a_label_that_first_appears_in_the_last_file(files, resampled):
    frame = table()
    frame = frame.with_columns(
        pl.when(pl.int_range(pl.len()) >= 397).then(pl.lit("last")).otherwise(pl.col("label")).alias("label")
    )
    out = resampled(files(frame))
    assert frames_of(out)["label"].value_counts()["count"].unique().len() == 1


def test_many_classes(files, resampled):
    n = 90
    rng = np.random.default_rng(0)
    frame = pl.DataFrame({"x": rng.normal(size=n), "label": [f"c{i % 30}" for i in range(n)]})
    frame[0, "label"] = "c1"  # class c0 lacks rows, and c1 is the largest
    out = resampled(files(frame))
    assert set(frames_of(out)["label"].value_counts()["count"].to_list()) == {4}


# ----------------------------------------------------------------------------------------- what can go wrong


def test_an_existing_output_or_part_is_named_with_both_ways_out(files, resampled, tmp_path):
    source = files(table())
    (tmp_path / "out").mkdir()
    with pytest.raises(ParameterError, match=r"exists\. Name another folder, or have it overwritten"):
        resampled(source)
    with pytest.raises(ParameterError, match="no data set that imbgan wrote"):
        resampled(source, overwrite=True)
    (tmp_path / "out").rmdir()
    (tmp_path / "out.part").mkdir()
    with pytest.raises(ParameterError, match="--resume, or delete the folder"):
        resampled(source)
    (tmp_path / "out.part" / "mine.txt").write_text("")
    with pytest.raises(ParameterError, match="not left by a run of imbgan"):
        resampled(source, overwrite=True)


def test_the_output_cannot_lie_in_the_input(files, resampled):
    source = files(table())
    with pytest.raises(ParameterError, match=r"must not lie in the folder of .*in'"):
        resampled(source, "in/out")


def test_a_column_of_folders_cannot_be_dropped(tmp_path, resampled):
    path = tmp_path / "in" / "half=1" / "a.parquet"
    path.parent.mkdir(parents=True)
    table(40).write_parquet(path)
    with pytest.raises(ParameterError, match="'half' stands in the names of folders"):
        resampled(tmp_path / "in", reading=Reading(drop=("half",)))


def test_a_damaged_plan_is_one_error(tmp_path, files, resampled):
    (tmp_path / "out.part" / "_imbgan").mkdir(parents=True)
    (tmp_path / "out.part" / "_imbgan" / "plan.json").write_text("{")
    with pytest.raises(DataError, match=r"plan\.json' is damaged"):
        resampled(files(table(40)), resume=True)


def interrupted(source, resampled, monkeypatch, at="generated 1"):
    """Leave what a run leaves that the operating system stops at a moment."""
    record = part_folder.PartFolder.record

    def stop(self, name, **facts):
        if name == at:
            raise OSError(28, "No space left on device", str(self.folder / "generated-00001.parquet"))
        record(self, name, **facts)

    with monkeypatch.context() as patched:
        patched.setattr(part_folder.PartFolder, "record", stop)
        with pytest.raises(DataError, match=r"No space left on device\. What is complete is kept in .*--resume"):
            resampled(source)


def test_a_full_disk_is_one_error_and_resuming_gives_the_same_bytes(files, resampled, monkeypatch):
    source = files(table())
    whole = resampled(source, "whole")
    interrupted(source, resampled, monkeypatch)
    assert not (whole.parent / "out").exists()
    assert contents(resampled(source, resume=True)) == contents(whole)
    # A second time there is nothing left to do.
    assert contents(resampled(source, resume=True)) == contents(whole)


@pytest.mark.parametrize("lost", ["generated-00000.parquet", "part-1.parquet"])
def test_resuming_makes_again_what_was_deleted(files, resampled, monkeypatch, tmp_path, lost):
    source = files(table())
    whole = resampled(source, "whole")
    interrupted(source, resampled, monkeypatch)
    (tmp_path / "out.part" / lost).unlink()
    assert contents(resampled(source, resume=True)) == contents(whole)


def test_what_cannot_be_resumed_is_one_error(files, resampled, monkeypatch, tmp_path):
    source = files(table())
    interrupted(source, resampled, monkeypatch)
    with pytest.raises(ParameterError, match="cannot be resumed: seed was 0 and is 1"):
        resampled(source, resume=True, seed=1)
    with pytest.raises(ParameterError, match="cannot be resumed: the options that say how IN is read differ"):
        resampled(source, resume=True, reading=Reading(drop=("visits",)))
    table(401)[:133].write_parquet(source / "part-0.parquet")
    with pytest.raises(ParameterError, match="cannot be resumed: the files of IN have changed"):
        resampled(source, resume=True)
    # Without --resume, --force begins anew.
    assert resampled(source, overwrite=True).is_dir()


def test_input_that_changes_while_it_is_read_is_noticed(files, resampled, monkeypatch):
    source = files(table())
    write = WRITERS["parquet"]
    record = part_folder.PartFolder.record

    def change(self, name, **facts):
        record(self, name, **facts)
        if name == "generated 0":
            write(table(7), source / "part-1.parquet")

    monkeypatch.setattr(part_folder.PartFolder, "record", change)
    with pytest.raises(DataError, match="have changed while they were read"):
        resampled(source)
    assert not (source.parent / "out").exists()


def test_a_damaged_row_group_leaves_nothing_that_looks_whole(files, resampled):
    source = files(table())
    path = source / "part-2.parquet"
    pq.write_table(pq.read_table(path), path, row_group_size=100)  # polars may write larger ones
    group = pq.ParquetFile(path).metadata.row_group(1).column(0)
    data = bytearray(path.read_bytes())
    at = group.dictionary_page_offset or group.data_page_offset
    data[at : at + group.total_compressed_size] = b"\xff" * group.total_compressed_size
    path.write_bytes(data)
    with pytest.raises(DataError, match=r"part-2\.parquet', row group 1"):
        resampled(source)
    assert not list(source.parent.glob("out*"))


def test_two_runs_do_not_share_a_folder(files, resampled, monkeypatch, tmp_path):
    source = files(table())
    interrupted(source, resampled, monkeypatch)
    part = part_folder.PartFolder(tmp_path / "out")
    facts = json.loads((part.work / "plan.json").read_text())
    at_work = part.opened(facts, resume=True, overwrite=False)
    with at_work:
        for how in ({"resume": True}, {"overwrite": True}):
            with pytest.raises(ParameterError, match="Another run is at work"):
                resampled(source, **how)


def test_generated_rows_lie_in_the_folders_that_there_are_however_these_are_written(tmp_path, resampled):
    names = ["k=10%3A00/a%41.parquet", "k=ü/100%.parquet", "k=x=y/a=b c.parquet", "k=%C3%B6/new\nline.parquet"]
    for name in names:
        path = tmp_path / "in" / name
        path.parent.mkdir(parents=True)
        table(80).write_parquet(path)
    out = resampled(tmp_path / "in")
    files = {path.relative_to(out).as_posix() for path in out.rglob("*.parquet")}
    assert set(names) <= files
    assert {name.split("/")[0] for name in files - set(names)} == {name.split("/")[0] for name in names}
    assert set(frames_of(out)["k"]) == {"10:00", "ü", "x=y", "ö"}


def test_rules_are_kept_and_any_engine_writes_the_same(files, resampled, tmp_path):
    frame = table().with_columns((pl.col("visits") + pl.col("amount").cast(pl.Int64)).alias("most"))
    source, rules = files(frame), [less("visits", "most"), only_together("city", "visits")]
    small = ReservoirSize(per_class=40, of_largest=40)
    outs = [
        resampled(source, name, rules=rules, size=small, engine=engine)
        for name, engine in (("out", None), ("other", LocalEngine()))
    ]
    first, second = (pl.concat([pl.read_parquet(path) for path in sorted(out.rglob("*.parquet"))]) for out in outs)
    assert first.height == 700
    assert first.equals(second)
    assert not any(rule.broken(first).any() for rule in (rules[0], rules[1].like(frame)))
