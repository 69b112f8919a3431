"""Sharing a generator changes no row, trains once, and says what each strategy would have to pay alone."""

import copy
import pickle

import numpy as np
import pytest
from imblearn.pipeline import Pipeline
from sklearn.base import clone
from sklearn.datasets import make_classification
from sklearn.naive_bayes import GaussianNB

from imbgan import AutoBalancedClassifier, GANOverSampler
from imbgan.strategies import CANDIDATES, STRATEGIES, SharedGANOverSampler, Sharing
from imbgan.strategies.candidates import ReachRatio

QUICK = {"max_iter": 4, "n_generators": 1, "train_options": {"chunk_size": 2}}
pytestmark = pytest.mark.filterwarnings("ignore::imbgan.GenerationQualityWarning")


@pytest.fixture(scope="module")
def table():
    return make_classification(n_samples=120, n_features=4, weights=[0.85], class_sep=0.6, random_state=1)


@pytest.fixture
def trainings(monkeypatch):
    """The settings of each generator that is trained, quickly."""
    found = []
    learn = GANOverSampler._learn

    def counted(self, X, labels, classes):
        self.set_params(**QUICK)
        found.append(self.get_params())
        return learn(self, X, labels, classes)

    monkeypatch.setattr(GANOverSampler, "_learn", counted)
    return found


def test_shared_rows_are_those_of_a_generator_trained_alone(table, trainings):
    X, y = table
    alone, _ = GANOverSampler(random_state=5).fit_resample(X, y)
    sharing = Sharing()
    shared, _ = SharedGANOverSampler(random_state=5).within(sharing).fit_resample(X, y)
    part, labels = (
        SharedGANOverSampler(sampling_strategy=ReachRatio(0.5), random_state=5).within(sharing).fit_resample(X, y)
    )
    assert len(trainings) == 2
    np.testing.assert_array_equal(shared, alone)
    assert (labels == 1).sum() < (y == 0).sum()
    np.testing.assert_array_equal(part, alone[: len(part)])


@pytest.mark.parametrize("change", ["seed", "table", "settings", "sharing", "none"])
def test_nothing_is_shared_across_tables_seeds_settings_or_folds(table, trainings, change):
    X, y = table
    sharing = Sharing()
    settings = {"random_state": 5}
    SharedGANOverSampler(**settings).within(sharing).fit_resample(X, y)
    if change == "seed":
        settings["random_state"] = 6
    if change == "settings":
        settings["batch_size"] = 64
    other = {"sharing": Sharing(), "none": None}.get(change, sharing)
    X_other = X + (np.arange(len(X)) == 7)[:, None] * 1e-3 if change == "table" else X
    SharedGANOverSampler(**settings).within(other).fit_resample(X_other, y)
    assert len(trainings) == 2


def test_copies_take_part_and_another_process_starts_afresh(table, trainings):
    X, y = table
    sampler = SharedGANOverSampler(random_state=5).within(Sharing())
    expected, _ = clone(sampler).fit_resample(X, y)
    clone(Pipeline([("sampler", sampler)])).fit_resample(X, y)
    copy.deepcopy(sampler).fit_resample(X, y)
    assert len(trainings) == 1
    elsewhere = pickle.loads(pickle.dumps(sampler))
    again, _ = elsewhere.fit_resample(X, y)
    assert len(trainings) == 2
    np.testing.assert_array_equal(again, expected)


def test_strategies_of_one_fold_train_one_generator(table, trainings):
    X, y = table
    sharing = Sharing()
    for name in ("gan", "gan_0.3", "gan_tomek", "gan_weighted", "gan_bagging"):
        CANDIDATES[name].build(GaussianNB(), 5, sharing).fit(X, y)
    assert len(trainings) == 1


def test_a_choice_shares_its_inner_generators_with_the_next_one(table, trainings):
    X, y = table
    sharing = Sharing()

    def fit():
        model = STRATEGIES["auto"].build(GaussianNB(), 5, sharing)
        return model.set_params(strategies=["gan", "gan_0.3"], cv=2, n_repeats=1).fit(X, y)

    first = fit()
    n_trained = len(trainings)
    second = fit()
    assert 2 <= n_trained == len(trainings) <= 3
    np.testing.assert_array_equal(first.predict_proba(X), second.predict_proba(X))
    alone = AutoBalancedClassifier(GaussianNB(), ["gan", "gan_0.3"], cv=2, n_repeats=1, random_state=5).fit(X, y)
    np.testing.assert_array_equal(alone.predict_proba(X), first.predict_proba(X))


def timed(sharing, key, clock, seconds):
    """Make a result that takes ``seconds`` of a clock that stands still otherwise."""

    def make():
        clock[0] += seconds
        return key

    return sharing.once(key, make)


@pytest.fixture
def clock(monkeypatch):
    now = [0.0]
    monkeypatch.setattr("imbgan.oversampling.sharing.time.perf_counter", lambda: now[0])
    return now


def test_a_trial_owes_what_others_made_for_it_and_only_once(clock):
    sharing = Sharing()
    with sharing.bill() as first:
        timed(sharing, "a", clock, 3.0)
        timed(sharing, "a", clock, 3.0)
    assert (first.seconds, clock[0]) == (0.0, 3.0)
    with sharing.bill() as second:
        timed(sharing, "a", clock, 3.0)
        timed(sharing, "a", clock, 3.0)
        timed(sharing, "b", clock, 4.0)
    assert (second.seconds, clock[0]) == (3.0, 7.0)


def test_bills_lie_within_one_another(clock):
    sharing = Sharing()
    with sharing.bill() as whole:
        with sharing.bill() as first:
            timed(sharing, "a", clock, 3.0)
        with sharing.bill() as second:
            timed(sharing, "a", clock, 3.0)
    # The second inner trial would have had to make it; the outer one has made it.
    assert (first.seconds, second.seconds, whole.seconds) == (0.0, 3.0, 0.0)


def test_what_was_made_of_a_shared_part_costs_that_part_as_well(clock):
    sharing = Sharing()
    timed(sharing, "generator", clock, 5.0)
    sharing.once("rows", lambda: timed(sharing, "generator", clock, 5.0))
    assert sharing.cost("rows") == 5.0


def test_the_results_used_last_are_kept(clock):
    sharing = Sharing(most=2)
    for key in ("a", "b", "a", "c", "a", "b"):
        timed(sharing, key, clock, 1.0)
    # a and b are made, c pushes b out, and b is made again.
    assert clock[0] == 4.0


def test_a_failure_is_not_kept():
    sharing = Sharing()
    with pytest.raises(ZeroDivisionError):
        sharing.once("a", lambda: 1 / 0)
    assert sharing.once("a", lambda: 1) == 1
