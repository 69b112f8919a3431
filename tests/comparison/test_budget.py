"""A budget is spent on what is cheap first, in turn; it always leads to a verdict, and what ran can be run again."""

from datetime import timedelta
from types import SimpleNamespace

import numpy as np
import pytest
from sklearn.datasets import make_classification
from sklearn.naive_bayes import GaussianNB

from imbgan._durations import expected_seconds
from imbgan.comparison import compare
from imbgan.comparison.budget import Dealer, read_budget
from imbgan.comparison.durations import Durations
from imbgan.comparison.fold_results import FoldResult
from imbgan.comparison.units import Unit
from imbgan.exceptions import ParameterError
from imbgan.strategies import DEFAULT_STRATEGIES, STRATEGIES


@pytest.mark.parametrize(
    ("budget", "seconds"),
    [
        (90, 90.0),
        (0.5, 0.5),
        (np.float32(2.0), 2.0),
        (np.int64(3), 3.0),
        ("90", 90.0),
        ("90s", 90.0),
        (" 2 min ", 120.0),
        ("2m", 120.0),
        ("1.5 hours", 5400.0),
        ("1h30m", 5400.0),
        ("1H 30 Minutes 5 sec", 5405.0),
        (timedelta(minutes=2), 120.0),
        (None, None),
    ],
)
def test_times_are_read_as_people_write_them(budget, seconds):
    assert read_budget(budget) == seconds


@pytest.mark.parametrize(
    "budget",
    [
        *(0, -1, 0.0, float("nan"), float("inf"), True, np.bool_(True), timedelta(0), [60], b"2min", {"seconds": 60}),
        *("0s", "", " ", "soon", "2 parsecs", "m", "min 2", "-2min", "1e400", "nan", "inf", "2min!", "5 s of"),
    ],
)
def test_a_budget_of_nothing_is_refused(budget):
    with pytest.raises(ParameterError, match="budget"):
        compare([[0.0]] * 8, [0, 1] * 4, estimator=GaussianNB(), strategies=["none"], budget=budget)


class Clock:
    """A clock that the test moves."""

    now = 0.0

    def __call__(self):
        return self.now


def units_of(names, n_folds):
    folds = [SimpleNamespace(index=i) for i in range(n_folds)]
    return [Unit(fold, (STRATEGIES[name],), frozenset(), False) for fold in folds for name in names]


def finished(name, seconds, fold=0):
    return FoldResult(fold, 0, name, "decision_tree", "ok", n_train=8, n_test=2, spent=seconds)


def dealt(units, spent, budget, known=()):
    """Return the units in the order of dealing, when each takes what ``spent`` says."""
    durations, clock, found = Durations(1000, 10), Clock(), []
    durations.record(known)
    dealer = Dealer(list(units), durations, ["decision_tree"], "none", budget, clock)
    for unit in dealer:
        (strategy,) = unit.strategies
        clock.now += spent[strategy.name]
        durations.record([finished(strategy.name, spent[strategy.name])])
        found.append((unit.fold.index, strategy.name))
    return found, clock.now


def test_folds_are_dealt_in_turn_and_the_cheapest_first():
    spent = {"none": 1.0, "smote": 3.0, "bagging": 2.0}
    units = units_of(["smote", "bagging", "none"], 3)
    found, _ = dealt(units, spent, 1000.0, [finished(*pair) for pair in spent.items()])
    assert [fold for fold, _ in found] == [0, 0, 0, 1, 1, 1, 2, 2, 2]
    assert [name for _, name in found] == ["none", "bagging", "smote"] * 3


def test_what_does_not_fit_is_not_begun_and_the_control_always_has_two_folds():
    spent = {"none": 1.0, "smote": 50.0}
    known = [finished(*pair) for pair in spent.items()]
    found, ended = dealt(units_of(["smote", "none"], 4), spent, 60.0, known)
    assert found == [(0, "none"), (0, "smote"), (1, "none"), (2, "none"), (3, "none")]
    assert ended <= 60.0
    found, _ = dealt(units_of(["smote", "none"], 4), spent, 0.5, known)
    assert found == [(0, "none"), (1, "none")]


def test_without_a_budget_all_units_keep_their_order():
    units = units_of(["smote", "none"], 3)
    found, _ = dealt(units, {"none": 1.0, "smote": 9.0}, None)
    assert found == [(fold, name) for fold in range(3) for name in ("smote", "none")]


def test_expected_durations_follow_what_was_measured():
    durations = Durations(1000, 10)
    guess = durations.expected([STRATEGIES["smote"]], ["decision_tree"])
    other = durations.expected([STRATEGIES["bagging"]], ["decision_tree"])
    durations.record([finished("smote", 5.0 * guess)])
    assert durations.expected([STRATEGIES["smote"]], ["decision_tree"]) == pytest.approx(5.0 * guess)
    # This machine is five times as slow as the one of the guesses.
    assert durations.expected([STRATEGIES["bagging"]], ["decision_tree"]) == pytest.approx(5.0 * other)
    assert durations.expected([STRATEGIES["smote"]], ["decision_tree"], [("smote", "decision_tree")]) == 0.0


def test_larger_comparisons_are_expected_to_take_longer():
    def expected(n_rows, strategies=DEFAULT_STRATEGIES, estimators=("decision_tree",), **settings):
        return expected_seconds(n_rows, 10, strategies=strategies, estimators=estimators, **settings)

    assert expected(500_000) > 3.0 * expected(5000)
    assert expected(5000, n_folds=20) == pytest.approx(2.0 * expected(5000))
    assert expected(5000, n_jobs=2) == pytest.approx(expected(5000) / 2.0)
    assert expected(5000, ["none"]) < expected(5000) / 10.0
    assert expected(5000, ["my own"], ["my own"]) > 0.0
    # A mixture is fitted once for all classifiers.
    assert expected(5000, ["mixture"], ["mlp", "decision_tree"]) == expected(5000, ["mixture"])
    assert expected(5000, ["distilled"]) < expected(5000, ["distilled"], ["decision_tree", "mlp"])


@pytest.fixture(scope="module")
def table():
    return make_classification(n_samples=400, weights=[0.85], class_sep=0.7, random_state=3)


SETTINGS = {"estimator": GaussianNB(), "strategies": ["none", "class_weight", "smote"], "random_state": 0}


@pytest.fixture(scope="module")
def whole(table):
    return compare(*table, **SETTINGS)


@pytest.fixture(scope="module")
def settled(table):
    return compare(*table, **SETTINGS, budget="1h")


def test_a_settled_verdict_ends_early_with_the_verdict_of_all_folds(whole, settled):
    assert settled.settings["budget"]["ended"] == "settled"
    assert len(settled.rows) < len(whole.rows)
    assert settled.verdict.strategy == whole.verdict.strategy == "none"
    assert "ended early" in settled.verdict.notes[0]
    ranks = {(row.fold, row.strategy): row.scores["average_precision"] for row in whole.rows}
    assert all(ranks[row.fold, row.strategy] == row.scores["average_precision"] for row in settled.rows)


def test_the_record_of_a_budgeted_run_repeats_it(table, settled):
    again = compare(*table, **SETTINGS, budget=settled.settings["budget"])
    assert again.scores == settled.scores
    assert again.settings["budget"]["folds"] == settled.settings["budget"]["folds"]
    assert "of an earlier one" in again.verdict.notes[0]


def test_a_spent_budget_gives_a_verdict_and_the_file_goes_on(table, whole, tmp_path):
    path = tmp_path / "rows.jsonl"
    found = compare(*table, **SETTINGS, budget=1e-9, path=path)
    assert found.settings["budget"] == {"seconds": 1e-9, "ended": "spent", "folds": {"none": [0, 1]}}
    assert any(note.startswith("class_weight, smote: there was no time") for note in found.verdict.notes)
    folds = {"none": [0, 1, 2, 3], "class_weight": [0, 1]}
    uneven = compare(*table, **{**SETTINGS, "strategies": list(folds)}, budget={"folds": folds})
    assert any("fewer folds than no resampling: class_weight (2)" in note for note in uneven.verdict.notes)
    lines = [line.split() for line in str(uneven).splitlines()]
    head = next(line for line in lines if line[:2] == ["strategy", "mean"])
    assert head[-3:] == ["folds", "one", "fit"]
    folds_of = {line[0]: line[-3] for line in lines if line and line[0] in folds}
    assert folds_of == {"none": "4", "class_weight": "2"}
    assert (">folds</th>" in uneven._repr_html_(), ">folds</th>" in whole._repr_html_()) == (True, False)
    assert compare(*table, **SETTINGS, path=path).scores == whole.scores


def interrupted_after(n_fits):
    fits = []

    class Interrupted(GaussianNB):
        def fit(self, X, y, sample_weight=None):
            fits.append(1)
            if len(fits) > n_fits:
                raise KeyboardInterrupt
            return super().fit(X, y, sample_weight)

    return {"stops": lambda estimator, seed: Interrupted(), "none": "none"}


def test_an_interruption_gives_the_verdict_so_far_once_there_is_one(table, tmp_path):
    settings = {**SETTINGS, "path": tmp_path / "rows.jsonl"}
    with pytest.raises(KeyboardInterrupt):  # one fold is no verdict
        compare(*table, **{**settings, "strategies": interrupted_after(1)}, budget=1000)
    found = compare(*table, **{**settings, "strategies": interrupted_after(1)}, budget=1000)
    assert found.settings["budget"]["ended"] == "interrupted"
    by_strategy = {name: {row.fold for row in found.rows if row.strategy == name} for name in ("none", "stops")}
    assert by_strategy == {"none": {0, 1}, "stops": {0, 1}}  # the control had begun a third fold, alone
    assert "interrupted" in found.verdict.notes[0]
    with pytest.raises(KeyboardInterrupt):  # without a budget, all folds were asked for
        compare(*table, **{**settings, "strategies": interrupted_after(2)})
