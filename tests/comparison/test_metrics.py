import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from imblearn.metrics import geometric_mean_score
from sklearn import metrics as referee

from imbgan.comparison.metrics import (
    DEFAULT_METRICS,
    METRICS,
    check_metrics,
    rank_metrics,
)
from imbgan.exceptions import ParameterError
from imbgan.strategies.thresholds import threshold_metrics, thresholds

TUNED = tuple(name for name in DEFAULT_METRICS if METRICS[name].needs_threshold)
REFEREES = {
    "mcc": referee.matthews_corrcoef,
    "g_mean": geometric_mean_score,
    "f1": referee.f1_score,
    "balanced_accuracy": referee.balanced_accuracy_score,
    "recall_at_fpr": referee.recall_score,
}


@st.composite
def predictions(draw):
    """Truths with both classes, and probabilities with many ties."""
    n = draw(st.integers(2, 40))
    is_class = draw(st.lists(st.booleans(), min_size=n, max_size=n))
    is_class[:2] = [True, False]
    levels = st.sampled_from([0.0, 1e-9, 0.001, 0.2, 0.25, np.nextafter(0.25, 1), 0.5, 0.9, 1.0])
    p = draw(st.lists(levels | st.floats(0, 1), min_size=n, max_size=n))
    return np.array(is_class), np.array(p)


def objective(name, is_class, predicted):
    if name == "recall_at_fpr" and np.sum(predicted & ~is_class) > 0.05 * np.sum(~is_class):
        return -1.0
    return threshold_metrics(is_class, predicted)[name]


@given(predictions())
def test_rank_metrics_agree_with_scikit_learn(sample):
    is_class, p = sample
    assert rank_metrics(is_class, p) == pytest.approx(
        {
            "average_precision": referee.average_precision_score(is_class, p),
            "log_loss": referee.log_loss(is_class, p, labels=[False, True]),
            "brier": referee.brier_score_loss(is_class, p),
            "roc_auc": referee.roc_auc_score(is_class, p),
        }
    )


@given(predictions(), st.randoms(use_true_random=False))
def test_threshold_metrics_agree_with_scikit_learn(sample, random):
    is_class, p = sample
    predicted = p >= random.random()
    expected = {name: function(is_class, predicted) for name, function in REFEREES.items()}
    assert threshold_metrics(is_class, predicted) == pytest.approx(expected, abs=1e-9)


@given(predictions())
def test_threshold_is_as_good_as_the_best_of_all_cuts(sample):
    is_class, p = sample
    found = thresholds(is_class, p, DEFAULT_METRICS)
    assert tuple(found) == TUNED
    for name, threshold in found.items():
        best = max(objective(name, is_class, p >= cut) for cut in [*p, 2.0])
        assert objective(name, is_class, p >= threshold) == pytest.approx(best)


def test_threshold_lies_in_the_middle_of_equally_good_cuts():
    is_class = np.repeat([False, True], [50, 5])
    separated = np.concatenate([np.linspace(0.0, 0.2, 50), np.linspace(0.8, 1.0, 5)])
    assert thresholds(is_class, separated, ["mcc"])["mcc"] == pytest.approx(0.5)
    # Recall is 1 for the cuts from 0.8 down to the second-best of the rest: two of fifty may be mistaken.
    assert 0.19 < thresholds(is_class, separated, ["recall_at_fpr"])["recall_at_fpr"] < 0.2


def test_threshold_of_recall_keeps_the_false_positive_rate(rng):
    is_class = rng.random(5_000) < 0.03
    p = 1 / (1 + np.exp(4 - rng.normal(size=5_000) - 2 * is_class))
    predicted = p >= thresholds(is_class, p, ["recall_at_fpr"])["recall_at_fpr"]
    assert 0.045 < predicted[~is_class].mean() <= 0.05


def test_mcc_of_many_rows_does_not_overflow():
    is_class = np.arange(2_000_000) % 100 == 0
    assert threshold_metrics(is_class, is_class)["mcc"] == pytest.approx(1.0)


@pytest.mark.parametrize("is_class", [np.zeros(4, bool), np.ones(4, bool), np.zeros(0, bool)])
def test_rows_of_a_single_class_have_no_metrics(is_class):
    p = np.linspace(0, 1, len(is_class))
    values = rank_metrics(is_class, p) | threshold_metrics(is_class, p > 0.5)
    assert set(values) == set(DEFAULT_METRICS)
    assert set(values.values()) == {None}
    assert set(thresholds(is_class, p, DEFAULT_METRICS).values()) == {0.5}


def test_metrics_are_selected_by_name():
    assert check_metrics(None) == DEFAULT_METRICS
    assert check_metrics("mcc") == ("mcc",)
    assert check_metrics(["roc_auc", "mcc"]) == ("roc_auc", "mcc")


@pytest.mark.parametrize(
    ("names", "message"),
    [
        (["mcc", "averge_precision"], "Got 'averge_precision'. Did you mean 'average_precision'"),
        ([], "at least one"),
        (["f1", "f1"], "must not repeat a name"),
        ([3], "Got 3"),
    ],
)
def test_bad_names_of_metrics_are_named(names, message):
    with pytest.raises(ParameterError, match=message):
        check_metrics(names)


def test_metrics_of_costs_and_alerts_exist_only_where_they_are_given():
    own = ("cost", "precision_at_alerts", "recall_at_alerts")
    assert check_metrics(None, own) == (*own, *DEFAULT_METRICS)
    assert check_metrics(["roc_auc"], ["cost"]) == ("roc_auc", "cost")
    assert check_metrics(["recall_at_alerts"], own[1:]) == ("recall_at_alerts", "precision_at_alerts")
    with pytest.raises(ParameterError, match="'cost' needs 'costs'"):
        check_metrics(["cost"])
    with pytest.raises(ParameterError, match="'recall_at_alerts' needs 'alerts'"):
        check_metrics(["mcc", "recall_at_alerts"], ["cost"])
