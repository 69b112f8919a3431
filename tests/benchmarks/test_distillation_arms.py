"""The arms of distillation and of the oracle: other pools, true rows, and what is told of them."""

import numpy as np
import pandas as pd
import pytest

from benchmarks.quality import distillation, tables
from benchmarks.quality.ablations import GROUPS
from benchmarks.quality.methods import predict
from benchmarks.quality.records import Results
from benchmarks.quality.variants.oracle import OracleSampler
from benchmarks.quality.variants.pools import munge
from imbgan.strategies import Sharing


def test_munge_keeps_the_marginals_and_trades_with_the_nearest_row(rng):
    rows = rng.normal(size=(200, 3))
    rows[:, 1] = rows[:, 0]
    generated = munge(rows, 1000, rng, swap=0.5, local_variance=10.0)
    assert generated.shape == (1000, 3)
    np.testing.assert_allclose(generated.mean(axis=0), rows.mean(axis=0), atol=0.15)
    np.testing.assert_allclose(generated.std(axis=0), rows.std(axis=0), rtol=0.1)
    assert np.corrcoef(generated[:, 0], generated[:, 1])[0, 1] > 0.9
    np.testing.assert_array_equal(np.unique(munge(rows, 400, rng, 0.0, 1.0), axis=0), np.unique(rows, axis=0))


def test_the_oracle_uses_each_true_row_once_before_it_repeats_one(rng):
    X = pd.DataFrame({"a": rng.normal(size=30)})
    y = (np.arange(30) < 5).astype(int)
    spare = pd.DataFrame({"a": 100.0 + np.arange(8)})
    table, labels = OracleSampler(spare, sampling_strategy={1: 5 + 20}).fit_resample(X, y)
    pd.testing.assert_frame_equal(table.iloc[:30], X)
    assert labels[30:].tolist() == [1] * 20
    assert set(table["a"].iloc[30:38]) == set(spare["a"])
    assert table["a"].iloc[30:].value_counts().max() == 3


def test_rare_rows_that_thinning_left_out_are_in_no_other_part():
    part = tables.split(tables.Case("breast_cancer", "binary", 50), 0)
    assert len(part.X_spare) > 50
    spare = {tuple(row) for row in part.X_spare.to_numpy().tolist()}
    for other in (part.X_train, part.X_test):
        assert not spare & {tuple(row) for row in other.to_numpy().tolist()}


def test_an_oracle_is_better_than_bags_without_further_rows():
    part = tables.split(tables.Case("breast_cancer", "binary", 20), 0)
    methods = {method.name: method for method in GROUPS["oracle"].methods}
    scores = {}
    for name in ("bags without generated rows", "bags with true further rows"):
        (found,) = predict(methods[name], part, ["decision_tree"], 0, Sharing())
        assert found.trial.error is None
        scores[name] = found.trial.probabilities[part.y_test == 1, 1].mean()
    assert scores["bags with true further rows"] > scores["bags without generated rows"]


def line(method, learner, precision, table="stroke"):
    scores = {"average_precision": precision, "roc_auc": 0.5 + precision / 2, "log_loss": 0.3}
    return {
        "half": "validation",
        "table": table,
        "task": "binary",
        "rare": 50,
        "fold": 0,
        "group": "distillation",
        "method": method,
        "status": "ok",
        "counts": {"train_rare": 50},
        "learners": {learner: scores},
    }


@pytest.fixture
def results():
    lines = []
    for table, offset in (("wine", 0.0), ("digits", 0.1)):
        for method, precision in (
            ("nothing", 0.2),
            ("class weights", 0.25),
            ("taught on GAN rows", 0.4),
            ("taught on local-Gaussian rows", 0.4),
        ):
            one = line(method, "readable_tree", precision + offset, table)
            one["learners"]["lightgbm"] = one["learners"]["readable_tree"]
            lines.append(one)
        for method, precision in (("mixture", 0.4), ("mixture with bags, half with GAN rows", 0.42)):
            lines.append(line(method, "own", precision + offset, table))
    return Results(lines)


def test_targets_are_judged_by_table(results):
    text = "\n".join(distillation.report(results))
    tree = "| taught on local-Gaussian rows | nothing | tree of at most 32 leaves | mean gain, average precision |"
    assert f"{tree} at least +0.100 | +0.200 | yes |" in text
    behind = "| taught on local-Gaussian rows | mixture | tree of at most 32 leaves |"
    assert f"{behind} mean gain, average precision | at least \u22120.030 | +0.000 | yes |" in text
    assert "all four students" not in text  # two were not run


def test_the_table_of_the_readme_names_student_and_teacher(results):
    text = "\n".join(distillation.readme_rows(results))
    assert "| tree of at most 32 leaves | **taught** | 0.450 | 0.725 | 0.300 |" in text
    assert "| the teacher: four learners, averaged |  | 0.450 |" in text
