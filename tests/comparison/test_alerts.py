"""Recall and precision of a fixed number of alerts, against a plain count over random orders of ties."""

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from imbgan.comparison.alerts import Alerts
from imbgan.exceptions import ParameterError


def counted(is_class, p, n):
    """Hits among the first n rows by probability, averaged over all orders in which ties can come."""
    hits = [np.sum(is_class[np.lexsort((order, -p))][:n]) for order in itertools.permutations(range(len(p)))]
    return np.mean(hits)


@given(
    st.lists(st.tuples(st.booleans(), st.sampled_from([0.1, 0.5, 0.9])), min_size=2, max_size=6).filter(
        lambda rows: len({row[0] for row in rows}) == 2
    ),
    st.data(),
)
def test_metrics_are_the_mean_over_all_orders_of_ties(rows, data):
    is_class, p = np.array([row[0] for row in rows]), np.array([row[1] for row in rows])
    n = data.draw(st.integers(1, len(rows)))
    found = Alerts(n, len(rows)).judge(is_class, p)
    hits = counted(is_class, p, n)
    assert found == {
        "recall_at_alerts": pytest.approx(hits / is_class.sum()),
        "precision_at_alerts": pytest.approx(hits / n),
    }


def test_random_orders_of_many_ties_agree(rng):
    is_class, p = rng.random(500) < 0.1, rng.random(500).round(1)
    found = Alerts(37, 500).judge(is_class, p)["recall_at_alerts"]
    orders = [np.lexsort((rng.random(500), -p)) for _ in range(4000)]
    hits = [is_class[order[:37]].sum() for order in orders]
    error = np.std(hits) / np.sqrt(len(hits))
    assert abs(found * is_class.sum() - np.mean(hits)) < 4 * error


def test_alerts_are_scaled_to_the_rows_at_hand():
    is_class, p = np.array([True, False, True, False]), np.array([0.9, 0.8, 0.7, 0.6])
    # 3 of 8 rows are 1.5 of 4: the first row, and half of the second one.
    assert Alerts(3, 8).judge(is_class, p) == {"recall_at_alerts": 0.5, "precision_at_alerts": pytest.approx(1 / 1.5)}
    # Less than one alert: a part of the first row.
    assert Alerts(1, 8).judge(is_class, p) == {"recall_at_alerts": 0.25, "precision_at_alerts": 1.0}
    assert Alerts(8, 8).judge(is_class, p) == {"recall_at_alerts": 1.0, "precision_at_alerts": 0.5}


@pytest.mark.parametrize("is_class", [np.zeros(3, bool), np.ones(3, bool), np.zeros(0, bool)])
def test_rows_of_a_single_class_have_no_metrics(is_class):
    assert set(Alerts(1, 10).judge(is_class, np.linspace(0, 1, len(is_class))).values()) == {None}


def test_the_table_is_what_alerts_are_raised_among():
    assert Alerts.read(100, 5000) == Alerts.read((100, 5000), 7) == Alerts.read([100, 5000], 7) == Alerts(100, 5000)
    assert Alerts.read(np.int64(5), 5).to_plain() == [5, 5]


@pytest.mark.parametrize(
    ("alerts", "message"),
    [
        (0, "at least 1.*Got 0"),
        (-3, "Got -3"),
        (1.5, "Got 1.5"),
        (True, "Got True"),
        ("100", "Got '100'"),
        (float("nan"), "Got nan"),
        ((100,), r"Got \(100,\)"),
        ((100, 0), r"Got \(100, 0\)"),
        ((1, 2, 3), "two"),
        (101, "Got 101, which is more than the table's 100 rows"),
        ((101, 100), "Got 101, which is more than the 100 rows"),
    ],
)
def test_alerts_that_nobody_can_raise_are_refused(alerts, message):
    with pytest.raises(ParameterError, match=message):
        Alerts.read(alerts, 100)
