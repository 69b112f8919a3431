"""``imbgan train`` and ``imbgan predict``: a classifier to take away, and new files as people have them."""

import contextlib
import io
import json
import os
import shutil
import subprocess
import sys

import numpy as np
import polars as pl
import pytest
from polars.testing import assert_series_equal

from imbgan import DeployableClassifier, DistilledClassifier
from imbgan.cli import main
from imbgan.comparison import make_estimator
from imbgan.data import batches
from imbgan.rules import RuleSet
from imbgan.strategies import candidates

TARGET = ("--target", "is_fraud")
QUICK = ("--estimator", "logistic_regression", "--strategy", "class_weight", "--folds", "3")
SCORES = ["prediction", "probability_False", "probability_True"]


@pytest.fixture(scope="module")
def trained(folder, tmp_path_factory):
    """Train a classifier on the CSV file; the column "visits" is set aside."""
    path = tmp_path_factory.mktemp("train") / "model"
    arguments = ["train", str(folder / "table.csv"), *TARGET, "-o", str(path), "-q", *QUICK, "--drop", "visits"]
    with pytest.raises(SystemExit) as exited, contextlib.redirect_stderr(io.StringIO()):
        main(arguments)
    assert exited.value.code == 0
    return path


@pytest.mark.parametrize("ending", ["csv", "jsonl", "parquet"])
def test_a_classifier_that_learned_in_python_scores_files(imbgan, rng, tmp_path, ending):
    n = 80
    X = pl.DataFrame(
        {
            "size": rng.normal(size=n),
            "visits": rng.integers(0, 9, n),
            "code": rng.choice(["01", "02"], n),
            "is_new": rng.random(n) < 0.5,
            "day": pl.Series(rng.integers(0, 900, n)).cast(pl.Date),
            "note": [f"{rng.choice(['win', 'lose'])} number {i} at the gate" for i in range(n)],
        }
    )
    model = DeployableClassifier("logistic_regression", "none", cv=2, encoder="words", random_state=0)
    model.fit(X, np.repeat(["no", "yes"], [60, 20])).save(tmp_path / "model")
    file = tmp_path / f"new.{ending}"
    {"csv": X.write_csv, "jsonl": X.write_ndjson, "parquet": X.write_parquet}[ending](file)
    result = imbgan("predict", tmp_path / "model", file, "-o", tmp_path / "scores.csv")
    assert (result.code, result.err) == (0, "")
    found = pl.read_csv(tmp_path / "scores.csv")["probability_yes"]
    np.testing.assert_allclose(found, model.predict_proba(X)[:, 1], atol=1e-6)


def test_train_saves_and_says_what_to_expect(imbgan, folder, tmp_path):
    path = tmp_path / "model"
    result = imbgan("train", folder / "table.csv", *TARGET, "-o", path, *QUICK, "--json", tmp_path / "r.json")
    assert (result.code, result.err) == (0, "")
    assert "decision: True from a probability of" in result.out
    assert "95 % interval" in result.out
    document = json.loads((tmp_path / "r.json").read_text(encoding="utf-8"))
    model = DeployableClassifier.load(path)
    assert document["threshold"] == model.threshold_
    assert {figure["metric"] for figure in document["expected"]} >= {"recall", "precision", "f1", "average_precision"}
    assert "table.csv (SHA\\-256" in (path / "README.md").read_text(encoding="utf-8") or "table" in (
        path / "README.md"
    ).read_text(encoding="utf-8")
    assert model.origin_.target == "is_fraud"
    again = imbgan("train", folder / "table.csv", *TARGET, "-o", path, *QUICK)
    assert again.code == 2
    assert "--force" in again.err


@pytest.mark.filterwarnings("ignore:The student keeps its own fit")
def test_a_taught_tree_tells_its_rules(imbgan, folder, tmp_path, monkeypatch):
    def quick(student, **settings):
        return DistilledClassifier(student, make_estimator("logistic_regression", 0), n_rows=0, **settings)

    monkeypatch.setattr(candidates, "DistilledClassifier", quick)
    arguments = ("--strategy", "distilled", "--folds", "2", "-o", tmp_path / "m", "--json", tmp_path / "r.json")
    result = imbgan("train", folder / "table.csv", *TARGET, *arguments)
    assert result.code == 0
    assert "distilled with readable_tree" in result.out
    rules = DeployableClassifier.load(tmp_path / "m").rules_
    assert rules.target == "is_fraud"
    assert rules.as_text(most=5) in result.out
    document = json.loads((tmp_path / "r.json").read_text(encoding="utf-8"))
    assert RuleSet.from_json(json.dumps(document["rules"])) == rules
    assert "## Its rules" in (tmp_path / "m" / "README.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", ["s.parquet", "s.csv", "s.jsonl", "s.arrow", "s.csv.gz"])
def test_scores_stand_in_the_order_of_the_rows(imbgan, trained, folder, frame, tmp_path, name):
    result = imbgan("predict", trained, folder / "table.csv", "-o", tmp_path / name)
    assert result.code == 0
    from imbgan.data import read_frame

    scores = read_frame(tmp_path / name)
    assert scores.columns == ["visits", *SCORES]
    assert scores["visits"].to_list() == frame["visits"].to_list()
    model = DeployableClassifier.load(trained)
    p = scores["probability_True"].to_numpy()
    np.testing.assert_allclose(p + scores["probability_False"].to_numpy(), 1.0)
    assert scores["prediction"].to_list() == (p >= model.threshold_).tolist()
    assert f"{scores.height} rows, with visits" in result.out
    assert "ignored: 'is_fraud'" in result.err


def test_nothing_need_be_kept_and_categories_may_stand_for_numbers(imbgan, trained, folder, frame, tmp_path):
    new = frame.drop("visits").with_columns(
        pl.col("amount").cast(pl.String).cast(pl.Categorical), pl.col("code").cast(pl.Categorical)
    )
    new.write_parquet(tmp_path / "n.parquet")
    assert imbgan("predict", trained, tmp_path / "n.parquet", "-o", tmp_path / "s.csv").code == 0
    assert imbgan("predict", trained, folder / "table.csv", "-o", tmp_path / "t.csv").code == 0
    found = pl.read_csv(tmp_path / "s.csv")
    assert found.columns == SCORES
    assert_series_equal(found["probability_True"], pl.read_csv(tmp_path / "t.csv")["probability_True"])


def test_all_batches_together_are_the_whole(imbgan, trained, folder, tmp_path, monkeypatch):
    whole = tmp_path / "whole.csv"
    assert imbgan("predict", trained, folder / "table.csv", "-o", whole).code == 0
    monkeypatch.setattr(batches, "BLOCK", 1000)
    parts = tmp_path / "parts.csv"
    assert imbgan("predict", trained, folder / "table.csv", "-o", parts).code == 0
    first, second = pl.read_csv(whole), pl.read_csv(parts)
    assert first["visits"].to_list() == second["visits"].to_list()
    np.testing.assert_allclose(first["probability_True"], second["probability_True"], rtol=1e-12)


def test_other_formats_and_standard_input_are_read_alike(imbgan, trained, folder, frame, tmp_path):
    def scores(*arguments, stdin=b""):
        result = imbgan("predict", trained, *arguments, "-o", "-", "--quiet", stdin=stdin)
        assert (result.code, result.err) == (0, "")
        return pl.read_csv(result.out.encode())

    expected = scores(folder / "table.csv")
    frame.with_columns(pl.col("grade").cast(pl.String)).write_ndjson(tmp_path / "t.jsonl")
    for source in (folder / "table.parquet", tmp_path / "t.jsonl"):
        assert_series_equal(scores(source)["probability_True"], expected["probability_True"])
    piped = scores("-", stdin=(folder / "table.csv").read_bytes())
    assert_series_equal(piped["probability_True"], expected["probability_True"])


def test_columns_to_keep(imbgan, trained, folder, tmp_path):
    arguments = ("predict", trained, folder / "table.csv", "--force", "-o", tmp_path / "s.csv")
    imbgan(*arguments, "--keep", "city,code", "--keep", "seen")
    assert pl.read_csv(tmp_path / "s.csv").columns == ["code", "visits", "seen", "city", *SCORES]
    imbgan(*arguments, "--keep-all", "--prefix", "m1_")
    header = (tmp_path / "s.csv").read_text(encoding="utf-8").splitlines()[0].split(",")
    assert header == (folder / "table.csv").read_text(encoding="utf-8").splitlines()[0].split(",") + [
        f"m1_{name}" for name in SCORES
    ]
    wrong = imbgan(*arguments, "--keep", "cty")
    assert (wrong.code, wrong.err.count("\n")) == (2, 1)
    assert "Did you mean 'city'" in wrong.err
    pl.read_csv(folder / "table.csv").with_columns(prediction=1).write_csv(tmp_path / "t.csv")
    clash = imbgan("predict", trained, tmp_path / "t.csv", "-o", tmp_path / "c.csv", "--keep-all")
    assert clash.code == 2
    assert "--prefix" in clash.err
    assert not (tmp_path / "c.csv").exists()


def test_new_files_are_read_as_the_first_one(imbgan, tmp_path, rng):
    n = 160
    amounts = rng.lognormal(5.0, size=n) * (1 + 3 * (np.arange(n) % 8 == 0))
    german = [f"{amount:,.2f}".replace(",", "_").replace(".", ",").replace("_", ".") for amount in amounts]
    rows = [f"K{i:04d};{german[i]};{1 + i % 28:02d}.{1 + i % 12:02d}.2024;{i % 7};{i % 8 == 0}" for i in range(n)]
    head = "Kunde;Betrag;Datum;Stufe;Betrug"
    (tmp_path / "t.csv").write_text("\n".join([head, *rows]), encoding="utf-8")
    arguments = ("-t", "Betrug", "-o", tmp_path / "m", *QUICK, "--drop", "Kunde")
    assert imbgan("train", tmp_path / "t.csv", *arguments).code == 0
    # Alone, this row could be read in another way: 1.000 as one, 02.03.2024 as February, and the step as text.
    (tmp_path / "new.csv").write_text(f"{head.removesuffix(';Betrug')}\nK9;1.000;02.03.2024;3,5\n", encoding="utf-8")
    result = imbgan("predict", tmp_path / "m", tmp_path / "new.csv", "-o", tmp_path / "s.csv")
    assert (result.code, result.err) == (0, "")
    model = DeployableClassifier.load(tmp_path / "m")
    from datetime import datetime

    row = pl.DataFrame({"Betrag": [1000.0], "Datum": [datetime(2024, 3, 2)], "Stufe": [3.5]})
    dates = model.columns_.columns[1].family
    assert dates == "datetime"
    found = pl.read_csv(tmp_path / "s.csv")
    assert found["Kunde"].to_list() == ["K9"]
    assert found["probability_True"][0] == pytest.approx(model.predict_proba(row)[0, 1])


def test_new_levels_gaps_and_infinite_cells_are_told_once(imbgan, trained, folder, frame, tmp_path):
    new = frame.with_columns(
        city=pl.Series(["Rome"] * 100 + ["Bern"] * 20),
        opened=None,
        amount=pl.Series([1.0, float("inf")] * 60),
    )
    new.write_parquet(tmp_path / "n.parquet")
    result = imbgan("predict", trained, tmp_path / "n.parquet", "-o", tmp_path / "s.csv", "--json", tmp_path / "r.json")
    assert result.code == 0
    for words in ("'Rome' (100)", "'opened' has 120 missing cells", "'amount' holds 60 infinite cells (first: row 1"):
        assert result.err.count(words) == 1
    assert len(json.loads((tmp_path / "r.json").read_text(encoding="utf-8"))["notes"]) == 4
    assert pl.read_csv(tmp_path / "s.csv")["probability_True"].is_finite().all()


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda t: t.rename({"amount": "Amount"}), "lacks the column 'amount'"),
        (lambda t: t.with_columns(amount=pl.lit("much")), "amount"),
        (lambda t: t.clear(), "no rows"),
    ],
)
def test_tables_that_do_not_fit_are_one_line_and_leave_no_file(imbgan, trained, frame, tmp_path, change, message):
    change(frame).write_csv(tmp_path / "n.csv")
    result = imbgan("predict", trained, tmp_path / "n.csv", "-o", tmp_path / "s.parquet")
    assert (result.code, result.out, result.err.count("\n")) == (1, "", 1)
    assert message in result.err
    assert [path.name for path in tmp_path.iterdir()] == ["n.csv"]


def test_a_verdict_is_carried_out(imbgan, folder, tmp_path):
    compared = imbgan(
        *("compare", folder / "table.csv", *TARGET, "-e", "decision_tree", "--strategies", "class_weight", "--no-tune"),
        *("--folds", "2", "--repeats", "1", "--cost-missed", "50", "--cost-alarm", "2", "--json", tmp_path / "v.json"),
    )
    assert compared.code == 0
    verdict = json.loads((tmp_path / "v.json").read_text(encoding="utf-8"))
    result = imbgan("train", folder / "table.csv", "--from", tmp_path / "v.json", "-o", tmp_path / "m", "--folds", "2")
    assert (result.code, result.err) == (0, "")
    model = DeployableClassifier.load(tmp_path / "m")
    assert (model.strategy_, model.estimator) == (verdict["verdict"]["strategy"], "decision_tree")
    assert model.costs_.to_plain() == {"missed": 50.0, "false_alarm": 2.0}
    cost = next(figure for figure in model.expected_ if figure.metric == "cost")
    assert cost.source == "comparison"
    means = [s["mean"] for s in verdict["scores"] if (s["strategy"], s["metric"]) == (model.strategy_, "cost")]
    assert cost.mean == pytest.approx(means[0])
    other = imbgan(
        *("train", folder / "table.csv", "--from", tmp_path / "v.json", "-o", tmp_path / "m2", "--folds", "2"),
        *("--strategy", "none", "--target", "city"),
    )
    assert other.code == 2
    assert "about the classes" in other.err


def test_a_table_is_read_as_it_was_compared(imbgan, frame, tmp_path):
    number = pl.col("amount").map_elements(lambda x: f"{x:.2f}".replace(".", ","), pl.String)
    people = frame.with_columns(number, number_of_person=pl.Series(range(120)) // 2, secret=pl.lit("x"))
    people.write_csv(tmp_path / "t.csv", separator=";")
    compared = imbgan(
        *("compare", tmp_path / "t.csv", *TARGET, "-e", "decision_tree", "--strategies", "class_weight", "--no-tune"),
        *("--folds", "2", "--repeats", "1", "--decimal", ",", "--drop", "secret", "--groups", "number_of_person"),
        *("--json", tmp_path / "v.json"),
    )
    assert compared.code == 0
    command = ("train", tmp_path / "t.csv", "--from", tmp_path / "v.json", "-o", tmp_path / "m", "--folds", "2")
    result = imbgan(*command)
    said = (
        "The table is read as it was compared: --decimal , --drop secret --groups number_of_person",
        "Dropped columns: secret",
    )
    assert (result.code, result.err.splitlines()) == (0, [*said])
    model = DeployableClassifier.load(tmp_path / "m")
    assert set(model.columns_.names) == set(frame.columns) - {"is_fraud"}
    assert model.origin_.groups == "number_of_person"
    # What is passed itself comes first, and columns of both are dropped.
    again = imbgan(*command, "--force", "--drop", "city", "--kind", "amount=text")
    assert again.code == 0
    assert "city" not in DeployableClassifier.load(tmp_path / "m").columns_.names
    verdict = json.loads((tmp_path / "v.json").read_text(encoding="utf-8"))
    for name, damage in (("groups", 5), ("reading", {"drop": 5})):
        damaged = verdict | {"settings": verdict["settings"] | {name: damage}}
        (tmp_path / "v.json").write_text(json.dumps(damaged), encoding="utf-8")
        refused = imbgan(*command, "--force")
        assert (refused.code, refused.err.count("\n")) == (1, 1)
        assert "is not a complete comparison" in refused.err


@pytest.mark.parametrize(
    ("text", "message"), [("", "cannot be read"), ("{}", "not a complete"), ('{"kind": "imbgan.Assessment"}', "not")]
)
def test_foreign_verdicts_are_one_line(imbgan, folder, tmp_path, text, message):
    (tmp_path / "v.json").write_text(text, encoding="utf-8")
    result = imbgan("train", folder / "table.csv", "--from", tmp_path / "v.json", "-o", tmp_path / "m")
    assert (result.code, result.err.count("\n")) == (1, 1)
    assert message in result.err
    assert [path.name for path in tmp_path.iterdir()] == ["v.json"]


def test_weights_and_groups_are_columns(imbgan, folder, frame, tmp_path):
    frame.with_columns(w=pl.Series([3.0, 1.0] * 60), g=pl.Series(range(120)) // 2).write_csv(tmp_path / "t.csv")
    arguments = ("train", tmp_path / "t.csv", *TARGET, "-o", tmp_path / "m", *QUICK, "--weight", "w", "--groups", "g")
    assert imbgan(*arguments).code == 0
    model = DeployableClassifier.load(tmp_path / "m")
    assert model.training_.has_weights
    assert not {"w", "g"} & set(model.columns_.names)
    wrong = imbgan(*arguments[:-4], "--force", "--weight", "city")
    assert (wrong.code, wrong.err.count("\n")) == (1, 1)


def test_wrong_use_is_told_before_any_work(imbgan, folder, trained, model, tmp_path):
    for arguments, message in (
        (("train", folder / "table.csv", "-o", tmp_path / "m"), "--target must name"),
        (("train", folder / "table.csv", *TARGET, "-o", tmp_path / "no" / "m"), "Create it first"),
        (("train", folder / "table.csv", *TARGET, "-o", folder), "exists"),
        (("train", folder / "table.csv", *TARGET, "-o", tmp_path / "m", "--strategy", "gan_baging"), "gan_bagging"),
        (("predict", model, folder / "table.csv", "-o", tmp_path / "s.csv"), "holds a generator"),
        (("predict", tmp_path, folder / "table.csv", "-o", tmp_path / "s.csv"), "holds no classifier.json"),
        (("predict", trained, tmp_path / "none.csv", "-o", tmp_path / "s.csv"), "does not exist"),
        (("predict", trained, folder / "table.csv", "-o", tmp_path / "s.docx"), "does not tell its format"),
        (("generate", trained, "-l", "yes", "-n", "3", "-o", "-"), "classifier"),
    ):
        result = imbgan(*arguments)
        assert (result.code in (1, 2), result.err.count("\n")) == (True, 1), result.err
        assert message in result.err
        assert list(tmp_path.iterdir()) == []


STOP_IN_FSYNC = (
    "import os, signal, sys\nfrom imbgan.cli import main\n"
    "os.fsync = lambda _: os.kill(os.getpid(), signal.SIGINT)\n"
    "main(sys.argv[1:])\n"
)


# In a process of its own: a signal, and a patched fsync, reach whatever else runs in that of the tests.
@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such signals for other processes")
def test_interrupted_while_writing_leaves_nothing(trained, folder, tmp_path):
    train = ("train", folder / "table.csv", *TARGET, "-o", tmp_path / "m", *QUICK, "--force")
    predict = ("predict", trained, folder / "table.csv", "-o", tmp_path / "s.csv")
    for arguments in (train, predict):
        command = [sys.executable, "-c", STOP_IN_FSYNC, *map(str, arguments)]
        result = subprocess.run(command, capture_output=True, check=False)
        assert (result.returncode, result.stderr) == (130, b"imbgan: interrupted\n")
        assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="needs a device that is always full")
def test_a_full_disk_is_one_line(trained, folder):
    with open("/dev/full", "wb") as full:
        command = [sys.executable, "-m", "imbgan", "predict", str(trained), str(folder / "table.csv"), "-o", "-"]
        result = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, check=False)
    assert result.returncode == 1
    assert result.stderr.count(b"\n") == 1
    assert b"No space left" in result.stderr


def test_a_moved_folder_still_predicts(imbgan, trained, folder, tmp_path):
    shutil.copytree(trained, tmp_path / "elsewhere")
    result = imbgan("predict", tmp_path / "elsewhere", folder / "table.csv", "-o", "-", "-q")
    assert (result.code, len(result.out.splitlines())) == (0, 121)
