"""An honest answer: nothing leaks, the same seed gives the same table, interrupted runs go on."""

import gc
import json
import sys
import warnings
import weakref
from collections import Counter
from datetime import date, datetime
from pathlib import Path

import joblib
import numpy as np
import pandas as pd
import pytest
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.datasets import make_classification
from sklearn.dummy import DummyClassifier
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import average_precision_score
from sklearn.naive_bayes import GaussianNB
from sklearn.neighbors import KNeighborsClassifier
from sklearn.svm import LinearSVC

from imbgan.comparison import Comparison, Strategy, compare, make_estimator
from imbgan.engines import local
from imbgan.ensemble import GANBaggingClassifier, PriorCorrectedClassifier
from imbgan.exceptions import DataError, ParameterError
from imbgan.strategies import SharedGANOverSampler
from imbgan.strategies.candidates import ReachRatio
from imbgan.tabular import read_table
from imbgan.tabular.schema import Table

CHEAP = ["none", "class_weight", "smote"]


def noise(rng, n=300, share=0.15):
    """Labels that have nothing to do with the features."""
    return rng.normal(size=(n, 3)), (rng.random(n) < share).astype(int)


@pytest.fixture(scope="module")
def table():
    return make_classification(n_samples=500, weights=[0.9], class_sep=0.8, random_state=3)


def test_rows_that_bags_learn_from_are_their_mean(table):
    X, y = table
    found = compare(X, y, estimator=GaussianNB(), strategies=["none", "bagging"], cv=2, tune_threshold=False)
    ratios = {run.strategy: run.class_counts["0"] / run.class_counts["1"] for run in found.runs}
    assert ratios["bagging"] == 4.0
    assert ratios["none"] > 8.0


def score(found, strategy, metric="average_precision"):
    return next(s.mean for s in found.scores if s.strategy == strategy and s.metric == metric and s.label is None)


# One nearest neighbor remembers its training rows: any copy of a test row there would make it perfect.
MEMORY = KNeighborsClassifier(1)


def test_planted_copies_cannot_inflate_the_score(rng):
    X, y = noise(rng)
    twice = np.concatenate([X, X]), np.concatenate([y, y])
    share = y.mean()
    leaky = MEMORY.fit(X, y).predict_proba(X)[:, 1]
    assert average_precision_score(y, leaky) == 1.0
    found = compare(*twice, estimator=MEMORY, strategies=["none", "random_over", "smote"], cv=4, random_state=0)
    assert found.task.n_duplicates == 300
    for strategy in ("none", "random_over", "smote"):
        assert score(found, strategy) < share + 0.1
        assert score(found, strategy, "roc_auc") < 0.6


def test_a_group_cannot_cross_folds_to_inflate_the_score(rng):
    # Each patient has nearly the same features in all rows, and one label: recognizing the patient gives it away.
    patients = np.repeat(np.arange(60), 5)
    features, labels = rng.normal(size=(60, 3)), rng.random(60) < 0.2
    X = features[patients] + rng.normal(scale=1e-3, size=(300, 3))
    y = labels[patients].astype(int)
    apart = compare(X, y, estimator=MEMORY, strategies=["none"], groups=patients, cv=4, random_state=0)
    mixed = compare(X, y, estimator=MEMORY, strategies=["none"], cv=4, random_state=0)
    assert score(mixed, "none", "roc_auc") > 0.95
    assert score(apart, "none", "roc_auc") < 0.65


class Spy(ClassifierMixin, BaseEstimator):
    """Remembers which rows it was fitted on and which it had to predict; the first column is the row's number."""

    seen: list = []  # noqa: RUF012 - shared by all clones on purpose

    def fit(self, X, y):
        self.classes_ = np.unique(y)
        self._fitted = set(np.round(X[:, 0]).astype(int).tolist())
        return self

    def predict_proba(self, X):
        Spy.seen.append((self._fitted, set(np.round(X[:, 0]).astype(int).tolist())))
        return np.tile([0.9, 0.1], (len(X), 1))

    def predict(self, X):
        return np.zeros(len(X), int)


@pytest.mark.filterwarnings("ignore::imbgan.IdentifierColumnWarning")  # rows are told by their numbers
def test_no_row_is_predicted_by_a_model_that_was_fitted_on_it(rng):
    X = np.column_stack([np.arange(200.0) * 1.0, rng.normal(size=(200, 2))])
    y = rng.permutation(np.repeat([0, 1], [160, 40]))
    Spy.seen.clear()
    compare(X, y, estimator=Spy(), strategies=["none", "random_over"], cv=4, random_state=0)
    # Two strategies, one fit for each of four folds, and the first look.
    assert len(Spy.seen) == 2 * 4 + 1
    assert all(not fitted & predicted for fitted, predicted in Spy.seen)


def test_test_folds_keep_the_natural_class_shares(table):
    X, y = table
    found = compare(
        X, y, estimator=GaussianNB(), strategies=["random_over"], cv=5, tune_threshold=False, random_state=0
    )
    for row in found.rows:
        n_rare = sum(np.array(row.curves["1"].observed))
        assert row.n_test == 100
        assert n_rare == pytest.approx(y.sum() / 5, abs=1)


def test_scores_agree_with_scikit_learn_by_hand(table):
    X, y = table
    from sklearn.model_selection import StratifiedKFold

    folds = list(StratifiedKFold(4, shuffle=True, random_state=1).split(X, y))
    found = compare(X, y, estimator=GaussianNB(), strategies=["none"], cv=folds, tune_threshold=False, random_state=0)
    expected = [
        average_precision_score(y[test], GaussianNB().fit(X[train], y[train]).predict_proba(X[test])[:, 1])
        for train, test in folds
    ]
    assert score(found, "none") == pytest.approx(np.mean(expected))


def test_resampling_does_not_cost_calibration(table):
    X, y = table
    found = compare(X, y, estimator=GaussianNB(), strategies=["random_over"], cv=5, random_state=0)
    assert score(found, "random_over", "log_loss") == pytest.approx(score(found, "none", "log_loss"), rel=0.05)


def test_the_same_seed_gives_the_same_table(table):
    def scores(seed, n_jobs=None):
        found = compare(*table, estimator=GaussianNB(), strategies=CHEAP, cv=(3, 2), n_jobs=n_jobs, random_state=seed)
        return [(s.strategy, s.metric, s.mean, s.gain) for s in found.scores]

    first = scores(0)
    assert first == scores(0)
    assert first == scores(0, n_jobs=2)
    assert first != scores(1)


def test_a_strategy_that_cannot_run_is_reported_and_stops_nothing(table):
    def broken(estimator, seed):
        """Raises."""
        raise RuntimeError("out of <order>")

    X, y = table
    strategies = {"none": "none", "class_weight": "class_weight", "broken": broken, "smote": "smote"}
    found = compare(X, y, estimator=KNeighborsClassifier(5), strategies=strategies, cv=3, random_state=0)
    runs = {run.strategy: run for run in found.runs}
    assert runs["class_weight"].status == "not applicable"
    assert "takes sample_weight" in runs["class_weight"].reason
    assert (runs["broken"].status, runs["broken"].reason) == ("failed", "RuntimeError: out of <order>")
    assert (runs["none"].status, runs["smote"].status) == ("ok", "ok")
    assert {s.strategy for s in found.scores} >= {"none", "smote"}
    assert any("broken" in note for note in found.verdict.notes)


def test_missing_values_and_categories_are_prepared_for_every_strategy(mixed_table):
    X, y = mixed_table
    found = compare(
        X.drop(columns="country"),
        y,
        estimator=LogisticRegression(max_iter=1000),
        strategies=["none", "smote", "borderline_smote", "smote_enn", "local_gaussian", "random_under"],
        cv=3,
        tune_threshold=False,
        random_state=0,
    )
    assert {run.strategy: run.status for run in found.runs} == dict.fromkeys(
        ["none", "smote", "borderline_smote", "smote_enn", "local_gaussian", "random_under"], "ok"
    )


def test_more_than_two_classes_are_judged_each_against_the_rest(rng):
    X, y = make_classification(
        600, n_classes=3, n_informative=5, weights=[0.8, 0.15], class_sep=1.5, flip_y=0.0, random_state=0
    )
    names = np.array(["common", "some", "rare"])[y]
    found = compare(X, names, estimator=GaussianNB(), strategies=CHEAP, cv=3, random_state=0)
    assert found.task.positive is None
    means = {s.label: s.mean for s in found.scores if s.strategy == "smote" and s.metric == "roc_auc"}
    assert set(means) == {None, "common", "some", "rare"}
    assert means[None] == pytest.approx(np.mean([means[name] for name in ("common", "some", "rare")]), abs=1e-9)
    assert {curve.label for curve in found.curves} == {"common", "some", "rare"}


def test_verdict_says_dont_for_noise(rng):
    X, y = noise(rng, n=400)
    found = compare(X, y, estimator=LogisticRegression(), strategies=CHEAP, random_state=0)
    assert found.verdict.strategy == "none"
    assert found.verdict.sentence.startswith("No resampling")


def test_verdict_names_a_strategy_that_surely_helps(table):
    def informed(estimator, seed):
        """Sees more columns of use."""
        return RandomForestClassifier(30, random_state=seed)

    X, y = table
    strategies = {"none": lambda estimator, seed: DummyClassifier(strategy="prior"), "informed": informed}
    found = compare(X, y, estimator=GaussianNB(), strategies=strategies, random_state=0)
    assert found.verdict.strategy == "informed"
    assert found.verdict.choices[0].p_better > 0.95


@pytest.mark.parametrize("n_kept", [1, 4, 7])
def test_an_interrupted_comparison_goes_on_from_its_results_file(table, tmp_path, n_kept):
    path = tmp_path / "results.jsonl"
    settings = {"estimator": GaussianNB(), "strategies": CHEAP, "cv": 3, "random_state": 0}
    whole = compare(*table, **settings, path=path)
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    assert len(lines) == 1 + 9
    marked = [json.loads(line) for line in lines[1 : 1 + n_kept]]
    for row in marked:
        row["seconds"] = 1e6  # shows that the row is taken from the file
    path.write_text(lines[0] + "".join(json.dumps(row) + "\n" for row in marked) + '{"fold": 2, "str', encoding="utf-8")
    again = compare(*table, **settings, path=path)
    assert [(s.strategy, s.metric, s.mean) for s in again.scores] == [
        (s.strategy, s.metric, s.mean) for s in whole.scores
    ]
    assert sum(row.seconds == 1e6 for row in again.rows) == n_kept
    assert len(path.read_text(encoding="utf-8").splitlines()) == 1 + 9


def test_a_results_file_takes_further_strategies_and_its_seed_but_no_other_table(table, tmp_path):
    X, y = table
    path = tmp_path / "results.jsonl"
    first = compare(X, y, estimator=GaussianNB(), strategies=["none"], cv=3, path=path)
    more = compare(X, y, estimator=GaussianNB(), strategies=["smote"], cv=3, path=path)
    assert more.settings["seed"] == first.settings["seed"]
    assert score(more, "none") == score(first, "none")
    with pytest.raises(ParameterError, match="another comparison: data"):
        compare(X + 1e-9, y, estimator=GaussianNB(), strategies=["smote"], cv=3, path=path)
    with pytest.raises(ParameterError, match="estimators differ"):
        compare(X, y, estimator=GaussianNB(priors=[0.5, 0.5]), strategies=["smote"], cv=3, path=path)


@pytest.mark.parametrize(
    ("changed", "error", "message"),
    [
        ({"estimator": LinearSVC()}, ParameterError, "predict_proba"),
        ({"estimator": "logistic_regresion"}, ParameterError, "Did you mean 'logistic_regression'"),
        ({"metrics": ["average_precison"]}, ParameterError, "Did you mean 'average_precision'"),
        ({"n_jobs": 0}, ParameterError, "'n_jobs' must be None or an int other than 0"),
        ({"n_jobs": 1.5}, ParameterError, "Got 1.5"),
        ({"y": np.ones(500)}, DataError, "at least 2 classes"),
        ({"y": np.ones(499)}, DataError, "same number of rows"),
        ({"estimator": LogisticRegression(C=-1.0)}, DataError, "cannot be fitted on this table: InvalidParameterError"),
    ],
)
def test_wrong_use_is_said_at_once(table, changed, error, message, monkeypatch):
    monkeypatch.setattr(local, "start_workers", lambda _: pytest.fail("A process was started."))
    X, y = table
    arguments = {"y": y, "strategies": ["none"], "random_state": 0, "cv": 3, **changed}
    with pytest.raises(error, match=message):
        compare(X, **arguments)


def quick_gan(ratio=None):
    strategy = "auto" if ratio is None else ReachRatio(ratio)

    def make(estimator, seed, sharing=None):
        sampler = SharedGANOverSampler(
            sampling_strategy=strategy,
            max_iter=100,
            n_generators=1,
            train_options={"chunk_size": 50},
            random_state=seed,
        )
        return PriorCorrectedClassifier(estimator, sampler.within(sharing))

    return make


def test_a_balanced_table_is_compared_without_an_assessment_of_rows(rng):
    X, y = rng.normal(size=(80, 3)), np.repeat([0, 1], 40)
    strategies = {"none": "none", "gan": Strategy("gan", "full", quick_gan(), "gan")}
    found = compare(X, y, estimator=GaussianNB(), strategies=strategies, cv=2, tune_threshold=False, random_state=0)
    assert found.assessment is None
    assert {row.status for row in found.rows} == {"ok"}
    # Of equally frequent classes the second one is judged, as in every classifier.
    assert found.task.positive == "1"


@pytest.mark.filterwarnings("ignore::imbgan.GenerationQualityWarning")
def test_a_refused_comparison_leaves_no_results_file(table, tmp_path):
    X, y = table
    path = tmp_path / "results.jsonl"
    with pytest.raises(DataError, match="cannot be fitted"):
        compare(X, y, estimator=LogisticRegression(C=-1.0), strategies=["none"], cv=3, random_state=0, path=path)
    few = np.arange(len(y)) < 2
    own = [(np.arange(1, 400), np.r_[:1, 400:500])]  # no other fold can tell a threshold
    with pytest.raises(DataError, match="2 different rows in every training part"):
        compare(X, few, estimator=GaussianNB(), strategies=["none"], cv=own, random_state=0, path=path)
    assert not path.exists()


def test_gan_strategies_run_and_their_rows_are_assessed(table, tmp_path):
    X, y = table
    frame = pd.DataFrame(X[:, :6], columns=list("abcdef"))
    strategies = {
        "none": "none",
        "gan": Strategy("gan", "full", quick_gan(), "gan"),
        "part": Strategy("part", "part", quick_gan(0.3), "gan"),
    }
    found = compare(frame, y, estimator=GaussianNB(), strategies=strategies, cv=2, tune_threshold=False, random_state=0)
    assert {run.strategy: run.status for run in found.runs} == dict.fromkeys(strategies, "ok")
    counts = {run.strategy: run.class_counts for run in found.runs}
    assert counts["gan"]["1"] == counts["gan"]["0"]
    assert counts["part"]["1"] == pytest.approx(0.3 * counts["part"]["0"], abs=1)
    assert [quality.label for quality in found.assessment.classes] == ["1"]
    assert found.assessment.classes[0].n_holdout == 26
    assert found.assessment.training is not None
    found.save(tmp_path / "found.json")
    assert Comparison.load(tmp_path / "found.json").to_dict() == Comparison.from_dict(found.to_dict()).to_dict()


def test_the_grid_spreads_over_a_dask_cluster_unchanged(table):
    distributed = pytest.importorskip("distributed")
    settings = {"estimator": GaussianNB(), "strategies": CHEAP, "cv": 3, "random_state": 0}
    expected = compare(*table, **settings)
    with (
        distributed.LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=":0") as cluster,
        distributed.Client(cluster),
        joblib.parallel_config("dask"),
    ):
        found = compare(*table, **settings, n_jobs=-1)
    assert [(s.strategy, s.metric, s.mean) for s in found.scores] == [
        (s.strategy, s.metric, s.mean) for s in expected.scores
    ]


def test_a_backend_that_returns_all_results_together_gives_the_same_table(table):
    settings = {"estimator": GaussianNB(), "strategies": CHEAP, "cv": 3, "random_state": 0}
    expected = compare(*table, **settings)
    with joblib.parallel_config("multiprocessing"):
        with pytest.raises(ValueError, match="does not support return_as"):
            joblib.Parallel(n_jobs=1, return_as="generator_unordered")
        found = compare(*table, **settings, n_jobs=1)
    assert [(s.strategy, s.metric, s.mean) for s in found.scores] == [
        (s.strategy, s.metric, s.mean) for s in expected.scores
    ]


def test_own_strategy_objects_join(table):
    own = Strategy("own", "more trees", lambda estimator, seed: RandomForestClassifier(10, random_state=seed))
    found = compare(*table, estimator=GaussianNB(), strategies=["none", own], cv=3, random_state=0)
    assert found.settings["strategies"]["own"] == "more trees"


def test_what_libraries_warn_of_becomes_one_note(table):
    found = compare(
        *table, estimator=LogisticRegression(max_iter=1), strategies="none", cv=3, tune_threshold=False, random_state=0
    )
    notes = [note for note in found.verdict.notes if "ConvergenceWarning" in note]
    assert len(notes) == 1
    assert "none warned in 3 of 3 folds" in notes[0]


@pytest.mark.parametrize(
    "cells",
    [
        ["a", "b", None, "a"],
        ["a", "b", 1, 2.5],
        [1, 2, None, 3.5],
        [date(2024, 1, 1), datetime(2024, 1, 2, 3), None, None],
    ],
    ids=["text", "text and numbers", "numbers", "dates and times"],
)
@pytest.mark.parametrize("container", ["pandas", "list"])
def test_a_column_that_is_empty_or_of_another_kind_in_a_training_part(rng, cells, container, monkeypatch):
    monkeypatch.setitem(GANBaggingClassifier.__init__.__kwdefaults__, "n_estimators", 2)
    n = 80
    y = np.tile([0, 0, 0, 1], n // 4)
    column = np.full(n, None, object)
    column[:4] = cells
    column[4:40] = 7 if isinstance(cells[2], int) else None
    X = pd.DataFrame({"x": rng.normal(size=n) + y, "weight": pd.Series(column, dtype=object)})
    # What the first fold trains on shows nothing of it, or numbers alone.
    folds = [(np.arange(4, n), np.arange(4)), (np.arange(60), np.arange(60, n))]
    found = compare(
        X if container == "pandas" else X.to_numpy(object).tolist(),
        y,
        estimator=[
            LogisticRegression(),
            make_estimator("hist_gradient_boosting").set_params(histgradientboostingclassifier__max_iter=5),
        ],
        strategies=["none", "random_over", "smote", "bagging"],
        cv=folds,
        tune_threshold=False,
        random_state=0,
    )
    assert {(run.status, run.reason) for run in found.runs} == {("ok", "")}


def reads(call):
    """Count how often a table is really read during a call, by the file that asks for it."""
    counts = Counter()

    def profile(frame, event, _):
        if event == "call" and frame.f_code is read_table.__code__ and not isinstance(frame.f_locals["X"], Table):
            counts[Path(frame.f_back.f_code.co_filename).stem] += 1

    sys.setprofile(profile)
    try:
        call()
    finally:
        sys.setprofile(None)
    return counts


def test_a_table_is_read_once_and_each_training_part_once_for_each_sampler(mixed_table):
    X, y = mixed_table
    strategies = ["none", "class_weight", "smote", "random_over"]
    settings = {"estimator": GaussianNB(), "strategies": strategies, "cv": 3, "tune_threshold": False}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        counts = reads(lambda: compare(X, y, **settings, random_state=0))
    # Preparation is a step of the estimator and is handed tables: one to learn and one to turn, for each fit, and the
    # first of them once more as it is turned. This is scikit-learn's contract.
    assert counts.pop("preparation") == 3 * (3 * 4 + 1)
    assert counts == {"compare": 1, "samplers": 2 * 3}


@pytest.mark.filterwarnings("ignore::imbgan.CollectedFrameWarning")
def test_masked_cells_are_missing_and_lazy_frames_are_collected(rng):
    import polars as pl

    y = np.repeat([0, 1], [60, 20])
    X = rng.integers(0, 9, (80, 2)) + y[:, None]
    # What lies under the mask would give the class away.
    masked = np.ma.array(np.where(rng.random((80, 2)) < 0.2, 1000 + y[:, None], X))
    masked[masked >= 1000] = np.ma.masked
    frame = pl.DataFrame(X, schema=["a", "b"])
    for table, twin in ((masked, masked.astype(float).filled(np.nan)), (frame.lazy(), frame)):
        found, expected = (
            compare(each, y, estimator=GaussianNB(), strategies=["random_over"], cv=2, random_state=0)
            for each in (table, twin)
        )
        assert found.scores == expected.scores


@pytest.fixture
def quick_collection():
    """Let the garbage collector pass over what is there already, which is much in a process that runs all tests."""
    gc.collect()
    gc.freeze()
    yield
    gc.unfreeze()


@pytest.mark.usefixtures("quick_collection")
def test_fitted_classifiers_do_not_pile_up(table):
    alive = []

    class Counted(GaussianNB):
        def fit(self, X, y, sample_weight=None):
            alive.append(weakref.ref(self))
            gc.collect()
            most.append(sum(each() is not None for each in alive))
            return super().fit(X, y, sample_weight)

    most = []
    one_family = [Strategy(f"same {i}", "", lambda estimator, seed: estimator, family="one") for i in range(6)]
    compare(*table, estimator=Counted(), strategies=["none", *one_family], cv=3, tune_threshold=False, random_state=0)
    assert len(most) == 3 * 7 + 1
    # The one that is fitted, and the last one before.
    assert max(most) <= 2
