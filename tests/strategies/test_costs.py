"""Costs in the user's currency: what is accepted, what decisions they lead to, and what these cost."""

from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from imbgan.exceptions import ParameterError
from imbgan.strategies.costs import Costs
from imbgan.strategies.thresholds import cheapest_threshold

TWO = (["no", "yes"], [90, 10])
THREE = (["a", "b", "c"], [50, 30, 20])


@pytest.mark.parametrize(
    "given",
    [
        {"missed": 500, "false_alarm": 10},
        {"missed": Decimal("500.00"), "false_alarm": np.float32(10)},
        {"no": {"yes": 10}, "yes": {"no": 500}},
        {"no": {"yes": 10, "no": 0}, "yes": {"no": 500, "yes": 0.0}},
        [[0, 10], [500, 0]],
        np.array([[0, 10], [500, 0]]),
    ],
)
def test_all_forms_mean_the_same_matrix(given):
    costs = Costs.read(given, *TWO)
    assert costs.matrix == ((0.0, 10.0), (500.0, 0.0))
    assert Costs.read(costs.to_plain(), *TWO) == costs
    assert costs.threshold(1) == pytest.approx(10 / 510)


def test_checked_costs_stand_for_a_part_of_the_classes_and_keep_the_rare_one():
    costs = Costs.read([[0, 1, 2], [3, 0, 4], [5, 6, 0]], *THREE)
    assert Costs.read(costs, ["a", "c"], [5, 5]).matrix == ((0.0, 2.0), (5.0, 0.0))
    of_two = Costs.read({"missed": 500, "false_alarm": 10}, *TWO)
    assert Costs.read(of_two, TWO[0], [5, 5]) == of_two  # the rarer class of the table, not of these rows


def test_an_alarm_is_a_prediction_of_the_rarer_class():
    assert Costs.read({"missed": 500, "false_alarm": 10}, ["a", "b"], [10, 90]).matrix == ((0.0, 500.0), (10.0, 0.0))


def test_labels_of_any_type_are_found_by_their_text():
    by_label = {False: {True: 3}, True: {False: 4}}
    assert Costs.read(by_label, [False, True], [9, 1]).matrix == ((0.0, 3.0), (4.0, 0.0))
    by_number = {1.0: {0: 3}, 0: {1: 4}}
    assert Costs.read(by_number, [0, 1], [9, 1]).matrix == ((0.0, 4.0), (3.0, 0.0))


@pytest.mark.parametrize(
    ("costs", "table", "message"),
    [
        ({"missed": 500}, TWO, "'false_alarm' is missing"),
        ({}, TWO, "'missed' is missing"),
        ({"mised": 500, "false_alarm": 10}, TWO, "Got the name 'mised'. Did you mean 'missed'"),
        ({"missed": 0, "false_alarm": 10}, TWO, r"'costs\['missed'\]' must be greater than 0"),
        ({"missed": 0, "false_alarm": 0}, TWO, "must be greater than 0"),
        ({"missed": 5, "false_alarm": 0.0}, TWO, "predict the rare class for every row"),
        ({"missed": -5, "false_alarm": 1}, TWO, "finite number.*Got -5"),
        ({"missed": float("nan"), "false_alarm": 1}, TWO, "Got nan"),
        ({"missed": float("inf"), "false_alarm": 1}, TWO, "Got inf"),
        ({"missed": 1e-300, "false_alarm": 1}, TWO, "0 or a finite number from 1e-09 to 1e[+]12. Got 1e-300"),
        ({"missed": 10**400, "false_alarm": 1}, TWO, "finite number"),
        ({"missed": Decimal("sNaN"), "false_alarm": 1}, TWO, "finite number"),
        ({"missed": "500", "false_alarm": 1}, TWO, "Got '500'"),
        ({"missed": True, "false_alarm": 1}, TWO, "Got True"),
        ({"missed": None, "false_alarm": 1}, TWO, "Got None"),
        ({"missed": 5, "false_alarm": 1}, THREE, "for two classes. The table has 3"),
        ({"missed": 5, "false_alarm": 1}, (["a", "b"], [5, 5]), "need a rarer class. Both have 5 rows"),
        ({"no": {"yse": 10}, "yes": {"no": 500}}, TWO, "Got 'yse'. Did you mean 'yes'"),
        ({"no": {"yes": 10}}, TWO, "'yes as no'"),
        ({"no": {"yes": 10}, "yes": 500}, TWO, "Under 'yes' it holds 500"),
        ({"no": {"yes": 10, "no": 20}, "yes": {"no": 500}}, TWO, "must not cost less than the right one"),
        ({"no": {"yes": 0}, "yes": {"no": 500}}, TWO, "Predicting 'yes' costs nothing extra"),
        ([[0, 1, 0], [1, 0, 0], [1, 1, 0]], THREE, "Predicting 'c' costs nothing extra"),
        (np.zeros((2, 2)), TWO, "costs nothing extra"),
        ([[0, 1]], TWO, r"shape \(2, 2\)"),
        ([0, 1], TWO, r"shape \(2, 2\)"),
        ([[0, -1], [2, 0]], TWO, "predicting 'yes' for class 'no' must be 0 or a finite number.*Got -1"),
        (500, TWO, "Got 500"),
        ("missed", TWO, "Got 'missed'"),
    ],
)
def test_costs_that_make_no_sense_are_refused(costs, table, message):
    with pytest.raises(ParameterError, match=message):
        Costs.read(costs, *table)


def test_two_classes_may_be_taken_for_each_other_at_no_cost():
    alike = [[0, 1, 1], [1, 0, 0], [1, 0, 0]]
    assert Costs.read(alike, *THREE).array.tolist() == alike


def test_a_data_frame_is_refused_since_its_order_may_differ():
    pd = pytest.importorskip("pandas")
    with pytest.raises(ParameterError, match="data frame"):
        Costs.read(pd.DataFrame([[0, 1], [2, 0]]), *TWO)


MATRICES = st.lists(st.lists(st.floats(0.5, 100), min_size=3, max_size=3), min_size=3, max_size=3).map(
    lambda rows: [[0.25 if j == k else cost for k, cost in enumerate(row)] for j, row in enumerate(rows)]
)


@given(MATRICES, st.integers(0, 2**32 - 1))
def test_decisions_have_the_least_expected_cost(matrix, seed):
    costs = Costs.read(matrix, *THREE)
    p = np.random.default_rng(seed).dirichlet(np.ones(3))
    expected = [sum(p[j] * matrix[j][k] for j in range(3)) for k in range(3)]
    assert expected[costs.decide(p[None])[0]] == pytest.approx(min(expected))


@given(MATRICES, st.integers(0, 2**32 - 1))
def test_what_decisions_cost_is_the_sum_over_rows(matrix, seed):
    rng = np.random.default_rng(seed)
    true, predicted = rng.integers(0, 3, size=(2, 17))
    costs = Costs.read(matrix, *THREE)
    found = costs.by_class(true, predicted)
    rows = [matrix[j][k] for j, k in zip(true, predicted, strict=True)]
    assert sum(found.values()) == pytest.approx(1000 * np.mean(rows))
    assert found["b"] == pytest.approx(1000 * sum(c for c, j in zip(rows, true, strict=True) if j == 1) / 17)
    answers = costs.of_one_answer(np.bincount(true, minlength=3).tolist())
    for code, label in enumerate("abc"):
        assert answers[label] == pytest.approx(sum(costs.by_class(true, np.full(17, code)).values()))


@given(
    st.lists(st.tuples(st.booleans(), st.sampled_from([0.0, 1e-9, 0.1, 0.25, 0.5, 0.9, 1.0])), min_size=2, max_size=40),
    st.floats(1e-6, 1e9),
    st.floats(1e-6, 1e9),
    st.sampled_from([0, 1]),
)
def test_the_tuned_threshold_is_as_cheap_as_any(rows, missed, false_alarm, code):
    is_class, p = np.array([row[0] for row in rows]), np.array([row[1] for row in rows])
    given = [[0.0, missed], [false_alarm, 0.0]] if code == 0 else [[0.0, false_alarm], [missed, 0.0]]
    costs = Costs.read(given, *TWO)
    threshold = cheapest_threshold(is_class, p, costs, code)
    if is_class.all() or not is_class.any():
        assert threshold == costs.threshold(code)
        return

    def spent(cut):
        return missed * np.sum(is_class & (p < cut)) + false_alarm * np.sum(~is_class & (p >= cut))

    assert spent(threshold) == pytest.approx(min(spent(cut) for cut in [*p, 2.0]))
