"""A classifier that learns from a sample of each class: what it says holds for the table that the sample stands for."""

import json

import numpy as np
import pytest
from sklearn.datasets import make_classification
from sklearn.metrics import average_precision_score, f1_score, precision_score
from sklearn.naive_bayes import GaussianNB

from imbgan import DeployableClassifier
from imbgan.comparison.alerts import Alerts
from imbgan.comparison.metrics import rank_metrics
from imbgan.deployment.folder import DOCUMENT
from imbgan.exceptions import DataError, ParameterError
from imbgan.strategies.costs import Costs
from imbgan.strategies.thresholds import cheapest_threshold, threshold_metrics, thresholds

TUNED = ("f1", "mcc", "g_mean", "balanced_accuracy", "recall_at_fpr")


@pytest.fixture(scope="module")
def populations():
    """Return rows of which 3 % are rare, to draw from, and as many fresh ones."""
    X, y = make_classification(120_000, 6, n_informative=4, weights=[0.97], class_sep=0.8, flip_y=0.0, random_state=3)
    return (X[:60_000], y[:60_000]), (X[60_000:], y[60_000:])


@pytest.fixture(scope="module")
def sampled(populations):
    """Return a classifier that learned all rare rows and one common row of 29, as many as there are rare ones."""
    (X, y), _ = populations
    rare, common = np.flatnonzero(y == 1), np.flatnonzero(y == 0)
    rows = np.concatenate([rare, common[: len(rare)]])
    totals = {0: len(common), 1: len(rare)}
    return DeployableClassifier(GaussianNB(), "none", random_state=0).fit(X[rows], y[rows], class_totals=totals)


def test_a_weight_counts_a_row_as_often_as_repeating_it(rng):
    truth, p = rng.random(60) < 0.4, rng.random(60).round(1)
    weights = rng.integers(1, 5, 60)
    again = np.repeat(np.arange(60), weights)
    heavy = weights.astype(float)
    decided = p >= 0.5
    costs, alerts = Costs.read({"missed": 9.0, "false_alarm": 1.0}, [0, 1], [36, 24]), Alerts(3, 20)
    assert thresholds(truth, p, TUNED, heavy) == thresholds(truth[again], p[again], TUNED)
    assert cheapest_threshold(truth, p, costs, 1, heavy) == cheapest_threshold(truth[again], p[again], costs, 1)
    for one, other in (
        (threshold_metrics(truth, decided, heavy), threshold_metrics(truth[again], decided[again])),
        (rank_metrics(truth, p, heavy), rank_metrics(truth[again], p[again])),
        (alerts.judge(truth, p, heavy), alerts.judge(truth[again], p[again])),
        (
            costs.by_class(truth.astype(int), decided.astype(int), heavy),
            costs.by_class(truth[again].astype(int), decided[again].astype(int)),
        ),
    ):
        assert one == pytest.approx(other)


def test_expected_figures_are_those_of_fresh_rows_at_the_shares_of_the_table(sampled, populations):
    X, y = populations[1]
    p, predicted = sampled.predict_proba(X)[:, 1], sampled.predict(X)
    figures = {figure.metric: figure for figure in sampled.expected_}
    fresh = {
        "average_precision": average_precision_score(y, p),
        "f1": f1_score(y, predicted),
        "precision": precision_score(y, predicted),
        "recall": predicted[y == 1].mean(),
        "predicted": predicted.mean(),
        "brier": ((p - y) ** 2).mean(),
    }
    for metric, value in fresh.items():
        assert figures[metric].low < value < figures[metric].high, metric
    # In the sample, half of the rows are rare: figures of its shares would promise more.
    assert figures["average_precision"].mean < 0.9
    assert sampled.training_.class_counts == {"0": int((populations[0][1] == 0).sum()), "1": sampled.sampled_counts_[1]}


def test_probabilities_have_the_shares_of_the_table(sampled, populations):
    (X, y), (fresh, _) = populations
    whole = DeployableClassifier(GaussianNB(), "none", random_state=0).fit(X, y)
    ours, theirs = (model.predict_proba(fresh)[:, 1] for model in (sampled, whole))
    assert ours.mean() == pytest.approx(theirs.mean(), rel=0.1)
    assert np.abs(ours - theirs).mean() < 0.01
    assert sampled.rare_code_ == whole.rare_code_ == 1


def test_alerts_are_a_share_of_the_table(populations):
    (X, y), (fresh, _) = populations
    rows = np.concatenate([np.flatnonzero(y == 1), np.flatnonzero(y == 0)[:2000]])
    totals = {0: int((y == 0).sum()), 1: int((y == 1).sum())}
    model = DeployableClassifier(GaussianNB(), "none", alerts=600, random_state=0)
    model.fit(X[rows], y[rows], class_totals=totals)
    assert model.predict(fresh).mean() == pytest.approx(0.01, rel=0.25)


def test_a_saved_classifier_keeps_the_correction_and_says_so(sampled, populations, tmp_path):
    X = populations[1][0][:500]
    sampled.save(tmp_path / "model")
    loaded = DeployableClassifier.load(tmp_path / "model")
    np.testing.assert_array_equal(loaded.predict_proba(X), sampled.predict_proba(X))
    assert "from a sample of these rows" in (tmp_path / "model" / "README.md").read_text()
    # A folder of the time before samples does not speak of them.
    document = json.loads((tmp_path / "model" / DOCUMENT).read_text())
    assert document.pop("sampled_counts") == sampled.sampled_counts_.tolist()
    (tmp_path / "model" / DOCUMENT).write_text(json.dumps(document))
    assert DeployableClassifier.load(tmp_path / "model").sampled_counts_ is None


@pytest.mark.parametrize("totals", [{0: 9, 1: 100}, {0: 100}, {0: 100, 1: 100, 2: 5}])
def test_totals_must_fit_the_rows(rng, totals):
    X, y = rng.normal(size=(40, 2)), np.arange(40) % 2
    with pytest.raises(DataError, match="'class_totals' must hold the classes of y"):
        DeployableClassifier(GaussianNB(), "none").fit(X, y, class_totals=totals)


def test_weights_of_a_sample_are_refused(rng):
    X, y = rng.normal(size=(40, 2)), np.arange(40) % 2
    with pytest.raises(ParameterError, match="either 'sample_weight' or 'class_totals'"):
        DeployableClassifier(GaussianNB(), "none").fit(X, y, np.ones(40), class_totals={0: 100, 1: 20})
