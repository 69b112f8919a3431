"""Each command does what the functions it calls do, and keeps tables as they were."""

import json
import re
import shlex
import shutil
from datetime import time
from decimal import Decimal
from types import SimpleNamespace

import numpy as np
import polars as pl
import pytest
from polars.testing import assert_frame_equal

from imbgan import GANOverSampler, TabularGAN
from imbgan._durations import expected_seconds
from imbgan._text import round_duration
from imbgan.cli import folders
from imbgan.cli.names import DEFAULT_ESTIMATORS, DEFAULT_STRATEGIES
from imbgan.data import read_frame
from imbgan.ensemble import TableSMOTE
from imbgan.exceptions import ModelFileError, ParameterError
from imbgan.quality.description import describe

TRAIN = ("--max-iter", "20")
TARGET = ("--target", "is_fraud")


def test_resample_keeps_rows_names_order_and_types(imbgan, folder, frame, tmp_path):
    output = tmp_path / "balanced.parquet"
    result = imbgan("resample", folder / "table.parquet", *TARGET, "-o", output, "--mark", "made", *TRAIN)
    assert result.code == 0
    balanced = pl.read_parquet(output)
    assert balanced.drop("made").schema == frame.schema
    assert_frame_equal(balanced.head(120).drop("made"), frame)
    assert balanced["made"].to_list() == [False] * 120 + [True] * 80
    assert balanced.tail(80)["is_fraud"].all()
    assert "200 rows, the last 80 of them generated with seed 0" in result.out


def test_resample_of_csv_is_a_csv_of_the_same_kind(imbgan, folder, frame, tmp_path):
    output = tmp_path / "balanced.csv.gz"
    assert imbgan("resample", folder / "table.csv", *TARGET, "-o", output, "--ratio", "0.5", *TRAIN).code == 0
    before, after = read_frame(folder / "table.csv"), read_frame(output)
    assert after.schema == before.schema
    assert_frame_equal(after.head(120), before)
    assert after["is_fraud"].sum() == 50
    assert set(after["code"]) <= set(frame["code"])  # leading zeros kept


def test_rows_of_a_csv_come_back_as_they_were_and_new_ones_look_like_them(imbgan, tmp_path):
    rows = [f"{i},{i % 7}.{i % 4 * 25:02d},2024-02-{1 + i % 28:02d}T10:30:00+05:30,{i % 5 == 0}" for i in range(60)]
    text = "\r\n".join([",amount,seen,Fraud", *rows, ""])
    (tmp_path / "t.csv").write_bytes(text.encode("utf-16"))
    arguments = ("-t", "Fraud", "--encoding", "utf-16", *TRAIN)
    assert imbgan("resample", tmp_path / "t.csv", *arguments, "-o", tmp_path / "o.csv").code == 0
    written = (tmp_path / "o.csv").read_bytes().decode("utf-16")
    assert written.startswith(text)
    new = written.removeprefix(text).split("\r\n")
    assert len(new) == 48 - 12 + 1
    pattern = r"\d+,\d\.\d\d,2024-\d\d-\d\dT\d\d:\d\d:\d\d\+05:30,True"
    assert all(re.fullmatch(pattern, line) for line in new[:-1])
    arguments = (*arguments, "--drop", "", "--mark", "made", "-o", tmp_path / "marked.csv")
    assert imbgan("resample", tmp_path / "t.csv", *arguments).code == 0
    marked = (tmp_path / "marked.csv").read_bytes().decode("utf-16").split("\r\n")
    assert marked[:2] == ["amount,seen,Fraud,made", "0.00,2024-02-01T10:30:00+05:30,True,false"]
    assert re.fullmatch(pattern.removeprefix(r"\d+,") + ",true", marked[-2])


def test_resample_warns_of_rows_beside_real_ones(imbgan, tmp_path, monkeypatch):
    rng = np.random.default_rng(0)
    X = pl.DataFrame(rng.normal(size=(400, 3)), schema=["a", "b", "c"])
    labels = np.repeat(["no", "yes"], [320, 80])
    X.with_columns(pl.Series("y", labels)).write_csv(tmp_path / "t.csv")
    rows, _ = TableSMOTE(random_state=0).fit_resample(X, labels)

    def interpolate(self, table, read, wanted):
        return rows[400:], np.ones(len(rows) - 400, np.float32)

    monkeypatch.setattr(GANOverSampler, "_generate", interpolate)
    for name, is_warned in (("smote", True), ("fresh", False)):
        result = imbgan("resample", tmp_path / "t.csv", "-t", "y", "-o", tmp_path / f"{name}.csv")
        assert result.code == 0
        warned = [line for line in result.err.splitlines() if "warning" in line]
        assert len(warned) == is_warned
        assert all("Class yes" in line and "imbgan audit" in line for line in warned)
        rows = pl.concat([X, pl.DataFrame(rng.normal(size=(240, 3)), schema=X.schema)])


def test_resample_gives_the_same_bytes_for_the_same_seed(imbgan, folder):
    def resample(seed):
        result = imbgan("resample", folder / "table.parquet", *TARGET, "-o", "-", "--seed", seed, "--quiet", *TRAIN)
        assert result.code == 0
        assert all(line.startswith("imbgan: warning: ") for line in result.err.splitlines())
        return result.out

    first = resample(1)
    assert first.startswith("code,amount,visits,is_fraud")
    assert first.count("\n") == 201
    assert resample(1) == first
    assert resample(2) != first


def test_resample_leaves_out_what_was_dropped(imbgan, frame, tmp_path):
    # As many rows of either class: nothing is to be generated, so nothing is trained.
    even = frame.filter(pl.col("is_fraud") | (pl.int_range(pl.len()) % 6 == 1))
    even.write_parquet(tmp_path / "even.parquet")
    output, dropped = tmp_path / "out.jsonl", ("--drop", "code", "--drop", "seen")
    result = imbgan("resample", tmp_path / "even.parquet", *TARGET, "-o", output, *dropped, "--json", "-")
    assert result.code == 0
    assert read_frame(output).columns == [name for name in frame.columns if name not in ("code", "seen")]
    assert result.json["class_counts"] == {"before": {"False": 20, "True": 20}, "after": {"False": 20, "True": 20}}
    assert (result.json["seed"], result.json["n_generated"]) == (0, 0)


def test_rare_types_come_back_or_are_cast_or_left_out(imbgan, tmp_path):
    n = 60
    table = pl.DataFrame(
        {
            "price": pl.Series([Decimal(f"{i}.{i % 7}0") for i in range(n)], dtype=pl.Decimal(38, 2)),
            "at": [time(i % 24, i) for i in range(n)],
            "big": pl.Series([2**40 + i % 5 for i in range(n)], dtype=pl.Int128),
            "huge": pl.Series([2**90 * (1 + i % 5) for i in range(n)], dtype=pl.Int128),
            "tags": [["x"] * (i % 3) for i in range(n)],
            "raw": [b"\xff" * (i % 2) for i in range(n)],
            "y": [i % 3 == 0 for i in range(n)],
        }
    )
    for ending, write in (("parquet", table.write_parquet), ("arrow", table.write_ipc)):
        write(tmp_path / f"t.{ending}")
        arguments = ("--drop", "raw", "--cast", "huge=number", "--cast", "tags=text", *TRAIN, "--json", "-")
        output = tmp_path / f"o.{ending}"
        result = imbgan("resample", tmp_path / f"t.{ending}", "-t", "y", "-o", output, *arguments)
        assert result.code == 0
        assert "Dropped columns: raw\n" in result.err
        assert result.json["dropped"] == ["raw"]
        written = read_frame(output)
        types = {"huge": pl.Float64, "tags": pl.String}
        assert written.schema == {**table.drop("raw").schema, **types}
        same = ["price", "at", "big", "y"]
        assert_frame_equal(written.head(n).select(same), table.select(same))
        assert written["tags"].head(3).to_list() == ["[]", '["x"]', '["x", "x"]']
        assert written.height == 80


def test_generated_rows_have_the_names_order_and_types_of_the_table(imbgan, model, frame, tmp_path):
    output = tmp_path / "rows.parquet"
    assert imbgan("generate", model, "--label", "true", "-n", 7, "-o", output).code == 0
    rows = pl.read_parquet(output)
    assert rows.schema == frame.schema
    assert rows["is_fraud"].to_list() == [True] * 7


def test_rows_are_addressed_by_start(imbgan, model):
    def generate(n, start):
        result = imbgan("generate", model, "-l", "False", "-n", n, "--start", start, "-o", "-", "-q")
        return result.out.splitlines()

    every = generate(10, 0)
    assert generate(4, 0) + generate(6, 4)[1:] == every
    assert len(set(every)) > 2


def test_model_serves_the_library_too(model, frame):
    rows = TabularGAN.load(model).sample(3, label=True)
    assert rows.schema == frame.drop("is_fraud").schema


@pytest.mark.parametrize(
    ("dtype", "label"),
    [
        *((dtype, 1) for dtype in (pl.Int8, pl.UInt64, pl.Int128, pl.Decimal(5, 0))),
        (pl.Float32, 1.0),
        (pl.Boolean, True),
        *((dtype, "1") for dtype in (pl.String, pl.Enum(["a", "1"]))),
        (pl.Categorical, "1"),
        (pl.Categorical(pl.Categories("names")), "1"),
    ],
)
def test_target_column_survives_json(dtype, label, tmp_path):
    column = folders.TargetColumn.of(pl.Series("y", [label], dtype=dtype), 1)
    gan = SimpleNamespace(save=lambda path: path.mkdir())
    folders.save_model(gan, column, str(tmp_path / "m"), overwrite=False)
    again = folders.TargetColumn.read(tmp_path / "m" / "target.json")
    rows = again.put_into(pl.DataFrame({"a": [1, 2], "b": [3, 4]}), [label] * 2)
    assert rows.columns == ["a", "y", "b"]
    assert rows["y"].dtype == dtype
    assert rows["y"].to_list() == [label, label]


@pytest.mark.parametrize("change", [{"dtype": "Int8"}, {"dtype": {}}, {"place": -1}, {"place": "x"}])
def test_a_damaged_target_is_refused_when_it_is_read(change, tmp_path):
    path = tmp_path / "target.json"
    folders.TargetColumn.of(pl.Series("y", [1]), 0).write(path)
    path.write_text(json.dumps(json.loads(path.read_text(encoding="utf-8")) | change), encoding="utf-8")
    with pytest.raises(ModelFileError, match="names the target column"):
        folders.TargetColumn.read(path)


def test_a_link_to_a_model_stays_a_link(tmp_path):
    column = folders.TargetColumn.of(pl.Series("y", [1]), 0)

    def save(folder):
        folder.mkdir()
        (folder / "model.json").touch()

    folders.save_model(SimpleNamespace(save=save), column, str(tmp_path / "m"), overwrite=False)
    (tmp_path / "link").symlink_to("m")
    folders.save_model(SimpleNamespace(save=save), column, str(tmp_path / "link"), overwrite=True)
    assert (tmp_path / "link").is_symlink()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["link", "m"]


@pytest.mark.parametrize(
    ("text", "classes", "label"),
    [
        ("1", [0, 1], 1),
        ("1", [0.0, 1.0], 1.0),
        ("1.0", [0.0, 1.0], 1.0),
        ("true", [False, True], True),
        ("Yes", ["no", "yes"], "yes"),
        ("yes", ["Yes", "yes"], "yes"),
    ],
)
def test_label_is_found_by_its_text(text, classes, label):
    found = folders.label_of(text, classes)
    assert (found, type(found)) == (label, type(label))


@pytest.mark.parametrize(
    ("text", "classes", "message"),
    [("yse", ["no", "yes"], "Did you mean 'yes'"), ("YES", ["Yes", "yes"], "one of the classes"), ("2", [0, 1], "'0'")],
)
def test_unknown_or_ambiguous_label_is_refused(text, classes, message):
    with pytest.raises(ParameterError, match=message):
        folders.label_of(text, classes)


def test_fit_replaces_models_only(imbgan, model, folder, tmp_path):
    place = tmp_path / "model"
    shutil.copytree(model, place)
    before = (place / "weights.safetensors").read_bytes()
    arguments = ("fit", folder / "table.parquet", *TARGET, "-o", place, "--seed", "5", *TRAIN)
    assert imbgan(*arguments).code == 2
    assert (place / "weights.safetensors").read_bytes() == before
    assert imbgan(*arguments, "--force").code == 0
    assert (place / "weights.safetensors").read_bytes() != before
    (tmp_path / "photos").mkdir()
    result = imbgan("fit", folder / "table.parquet", *TARGET, "-o", tmp_path / "photos", "--force", *TRAIN)
    assert result.code == 2
    assert "is no saved model" in result.err
    assert sorted(path.name for path in tmp_path.iterdir()) == ["model", "photos"]


def test_failed_save_leaves_the_old_model(tmp_path):
    place = tmp_path / "m"
    place.mkdir()
    (place / "model.json").write_text("old", encoding="utf-8")

    def fail(path):
        path.mkdir()
        raise ModelFileError("full")

    column = folders.TargetColumn("y", 0, "Int64")
    with pytest.raises(ModelFileError, match="full"):
        folders.save_model(SimpleNamespace(save=fail), column, str(place), overwrite=True)
    assert (place / "model.json").read_text(encoding="utf-8") == "old"
    assert list(tmp_path.iterdir()) == [place]


def test_describe_prints_and_writes_the_description(imbgan, folder, frame, tmp_path):
    expected = describe(frame.drop("is_fraud"), frame["is_fraud"])
    command = f"imbgan compare {folder / 'table.parquet'} --target is_fraud"
    text = str(expected).partition("Next:")[0] + f"Next:\n{command}\n"
    seconds = expected_seconds(
        expected.n_rows, len(expected.columns), strategies=DEFAULT_STRATEGIES, estimators=DEFAULT_ESTIMATORS
    )
    result = imbgan("describe", folder / "table.parquet", *TARGET, "--json", tmp_path / "d.json")
    assert (result.code, result.err) == (0, "")
    assert result.out.startswith(text)
    assert f"take about {round_duration(seconds)} on one core" in result.out
    document = json.loads((tmp_path / "d.json").read_text(encoding="utf-8"))
    further = {"next": command, "comparison_seconds": round(seconds)}
    assert document == json.loads(json.dumps(expected.to_dict() | further))
    result = imbgan("describe", folder / "table.parquet", *TARGET, "--json", "-")
    assert result.json == document
    assert result.err.startswith(text)


def test_describe_ends_with_a_command_that_reads_the_table_alike_and_drops_what_it_named(imbgan, tmp_path):
    names = ["id", "e mail", "a,b", "-x", "$(echo)", "it's"]
    rows = [
        [f"{i}", f"p{i}@a.de", f"k{i}", f"c-{i}", f"u{i}v", f"n{i}w", f"{i % 7},5", "y" if i % 5 else "n"]
        for i in range(40)
    ]
    table = pl.DataFrame(rows, schema=[*names, "price", "y"], orient="row")
    table.write_csv(tmp_path / "my table.csv", separator=";")
    result = imbgan(
        "describe", tmp_path / "my table.csv", "-t", "y", "--delimiter", ";", "--decimal", ",", "--json", "-"
    )
    words = shlex.split(result.json["next"])
    assert words[:2] == ["imbgan", "compare"]
    again = imbgan("describe", *words[2:], "--json", "-")
    assert [column["name"] for column in again.json["columns"]] == ["price"]
    assert again.json["columns"][0]["kind"] == "continuous"
    assert again.json["next"] == result.json["next"]


def test_infinite_cells_are_reported_by_describe_and_refused_elsewhere(imbgan, tmp_path):
    (tmp_path / "t.csv").write_text("a,y\n" + "".join(f"{'inf' if i == 7 else i},{i % 2}\n" for i in range(30)))
    result = imbgan("describe", tmp_path / "t.csv", "-t", "y")
    assert result.code == 0
    assert "infinite in a (1 cell, first in row 7)" in result.out
    result = imbgan("resample", tmp_path / "t.csv", "-t", "y", "-o", tmp_path / "out.csv")
    assert result.code == 1
    assert "'a' holds 1 infinite values (first at row 7)" in result.err


def test_table_may_come_from_standard_input_in_any_encoding(imbgan):
    text = "n;city;y\n1;Zürich;a\n2;Genève;b\n3;Bern;\n".encode("cp1252")
    result = imbgan(
        "describe", "-", "-t", "y", "--encoding", "cp1252", "--drop-missing-target", "--json", "-", stdin=text
    )
    assert result.code == 0
    assert result.json["class_counts"] == {"a": 1, "b": 1}
    assert "1 of 3 rows have no label" in result.err
    assert set(result.json["columns"][1]["levels"]) == {"Zürich", "Genève"}


def test_format_overrides_the_name(imbgan, folder, tmp_path):
    shutil.copy(folder / "table.csv", tmp_path / "table.export")
    assert imbgan("describe", tmp_path / "table.export", *TARGET).code == 2
    assert imbgan("describe", tmp_path / "table.export", *TARGET, "--format", "csv").code == 0


def test_compare_writes_verdict_json_report_and_resumes(imbgan, folder, tmp_path):
    arguments = ["compare", folder / "table.csv", *TARGET, "-e", "decision_tree", "--strategies", "random_over,smote"]
    arguments += ["--folds", 2, "--repeats", 1, "--results", tmp_path / "rows.jsonl"]
    result = imbgan(*arguments, "--report", tmp_path / "r.html", "--json", tmp_path / "r.json")
    assert result.code == 0
    document = json.loads((tmp_path / "r.json").read_text(encoding="utf-8"))
    assert " ".join(result.out.split()).startswith(document["verdict"]["sentence"])
    assert document["task"]["target"] == "is_fraud"
    assert document["settings"]["seed"] == 0
    assert {row["strategy"] for row in document["rows"]} == {"none", "random_over", "smote"}
    assert "is_fraud" in (tmp_path / "r.html").read_text(encoding="utf-8")
    kept = (tmp_path / "rows.jsonl").read_bytes()
    assert imbgan(*arguments).out == result.out
    assert (tmp_path / "rows.jsonl").read_bytes() == kept


def test_compare_has_a_budget_unless_folds_are_asked_for(imbgan, folder, tmp_path):
    arguments = ["compare", folder / "table.csv", *TARGET, "-e", "decision_tree", "--strategies", "smote"]
    found = imbgan(*arguments, "--json", tmp_path / "first.json")
    assert found.code == 0
    record = json.loads((tmp_path / "first.json").read_text(encoding="utf-8"))["settings"]["budget"]
    assert record["seconds"] == 180.0
    again = imbgan(*arguments, "--budget", tmp_path / "first.json", "--json", "-").json
    assert again["settings"]["budget"]["folds"] == record["folds"]
    for options in (["--budget", "none"], ["--folds", 2]):
        assert imbgan(*arguments, *options, "--json", "-").json["settings"]["budget"] is None
    wrong = imbgan(*arguments, "--budget", "0s")
    assert wrong.code == 2
    assert "'budget' must be a time above zero" in wrong.err


def test_compare_keeps_groups_together_and_takes_metrics(imbgan, folder, frame, tmp_path):
    frame.with_row_index("customer").with_columns(customer=pl.col("customer") // 3).write_csv(tmp_path / "g.csv")
    arguments = ["compare", tmp_path / "g.csv", *TARGET, "-e", "decision_tree", "--strategies", "none", "--no-tune"]
    result = imbgan(
        *arguments,
        "--groups",
        "customer",
        "--folds",
        2,
        "--metrics",
        "roc_auc,brier",
        "--json",
        "-",
        "--control",
        "class_weight",
    )
    assert result.code == 0
    assert result.json["task"]["n_columns"] == frame.width - 1
    assert result.json["settings"]["metrics"] == ["roc_auc", "brier"]
    assert result.json["settings"]["tune_threshold"] is False
    assert result.json["verdict"]["control"] == "class_weight"
    wrong = imbgan(*arguments, "--groups", "costumer")
    assert wrong.code == 2
    assert "Did you mean 'customer'" in wrong.err


def test_assess_judges_marked_rows_of_another_file(imbgan, folder, frame, tmp_path):
    # A copy of all rows, marked: of the same types although "code" looks like a number in the rows that are taken.
    rows = frame.with_columns(made=pl.Series(frame["code"] != "000"), code=frame["code"].str.strip_chars_start("0"))
    rows.write_csv(tmp_path / "rows.csv")
    arguments = ("assess", folder / "table.csv", tmp_path / "rows.csv", *TARGET, "--mark", "made", "--drop", "code")
    page = ("--report", tmp_path / "a.html", "--lang", "zh")
    result = imbgan(*arguments, "--json", "-", *page, "--holdout", folder / "table.csv")
    assert result.code == 0
    generated = {each["label"]: each["n_synthetic"] for each in result.json["classes"]}
    taken = rows.filter("made")
    assert generated == {"False": (~taken["is_fraud"]).sum(), "True": taken["is_fraud"].sum()}
    assert "IMB002" in {found["code"] for found in result.json["diagnostics"]}
    assert "生成样本的评估" in (tmp_path / "a.html").read_text(encoding="utf-8")
