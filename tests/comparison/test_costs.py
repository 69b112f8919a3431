"""A comparison in the user's currency: costs decide, whatever form they have, and belong to a comparison's identity."""

import numpy as np
import pytest
from sklearn.datasets import make_classification
from sklearn.linear_model import LogisticRegression
from sklearn.naive_bayes import GaussianNB

from imbgan.comparison import STRATEGIES, Comparison, compare
from imbgan.exceptions import ParameterError
from imbgan.strategies import Costs

COSTS = {"missed": 50, "false_alarm": 3}


@pytest.fixture(scope="module")
def table():
    return make_classification(n_samples=500, weights=[0.9], class_sep=0.8, random_state=3)


def run(table, **parameters):
    settings = {"estimator": LogisticRegression(), "strategies": ["none", "class_weight"], "cv": 3, "random_state": 0}
    return compare(*table, **{**settings, **parameters})


@pytest.fixture(scope="module")
def found(table):
    return run(table, costs=COSTS, alerts=(20, 400))


def test_costs_decide_and_come_back(found):
    assert found.verdict.choices[0].metric == "cost"
    assert found.settings["costs"] == {"missed": 50.0, "false_alarm": 3.0}
    assert found.settings["alerts"] == [20, 400]
    assert Comparison.from_dict(found.to_dict()) == found


def test_gain_is_money_saved_per_1000_rows(found):
    by_name = {score.strategy: score for score in found.scores if score.metric == "cost"}
    other = by_name["class_weight"]
    assert other.gain == pytest.approx(by_name["none"].mean - other.mean)
    assert {score.label for score in by_name.values()} == {None}


def test_a_note_compares_with_the_cheapest_rule_without_a_classifier(found):
    control = next(score for score in found.scores if (score.strategy, score.metric) == ("none", "cost"))
    share = found.task.class_counts["1"] / 500
    assert found.verdict.strategy == "none"
    rule = 1000 * (1 - share) * 3  # an alarm for every row; no alarm at all would cost 1000 * share * 50
    assert rule < 1000 * share * 50
    assert found.verdict.notes[0] == (
        f"Per 1,000 rows, the decisions of LogisticRegression with no resampling cost {control.mean:,.0f}; predicting "
        f"'1' for every row, the cheapest rule without a classifier, would cost {rule:,.0f}, which is "
        f"{rule - control.mean:,.1f} more."
    )


def test_a_classifier_that_a_rule_can_replace_is_named(rng):
    X, y = rng.normal(size=(300, 2)), (np.arange(300) % 10 == 0).astype(int)
    found = run((X, y), strategies=["none"], costs={"missed": 1, "false_alarm": 5})
    assert "predicting '0' for every row costs 100.0, so the classifier gains nothing" in found.verdict.notes[0]


def test_missed_rows_and_false_alarms_add_up(found):
    for row in found.rows:
        spent = row.scores["cost"]
        # Multiples of what one row of a test fold costs.
        n_missed, n_alarms = (spent[label] * row.n_test / 1000 / cost for label, cost in (("1", 50), ("0", 3)))
        assert n_missed == pytest.approx(round(n_missed))
        assert n_alarms == pytest.approx(round(n_alarms))
    means = [sum(row.scores["cost"].values()) for row in found.rows if row.strategy == "none"]
    assert next(score.mean for score in found.scores if score.metric == "cost") == pytest.approx(np.mean(means))


def test_cheaper_decisions_than_those_of_the_most_probable_class(found):
    for row in found.rows:
        assert sum(row.scores["cost"].values()) < sum(row.default_scores["cost"].values())


def test_all_forms_of_costs_give_the_same_scores(table, found):
    for form in ({0: {1: 3}, 1: {0: 50}}, [[0, 3], [50, 0]]):
        assert run(table, costs=form, alerts=(20, 400)).scores == found.scores


def test_another_metric_decides_if_it_is_named_first(table):
    found = run(table, costs=COSTS, metrics=["roc_auc"], tune_threshold=False)
    assert found.verdict.choices[0].metric == "roc_auc"
    assert found.settings["metrics"] == ["roc_auc", "cost"]


def test_alerts_decide_where_there_are_no_costs(table):
    n_rare = int(table[1].sum())
    for alerts, metric in ((n_rare, "recall_at_alerts"), (n_rare - 1, "precision_at_alerts")):
        found = run(table, alerts=alerts, tune_threshold=False)
        assert found.verdict.choices[0].metric == metric
        assert found.settings["alerts"] == [alerts, 500]


def test_recall_and_precision_of_alerts_agree_on_what_is_better(found):
    gains = {s.metric: s.gain for s in found.scores if s.strategy == "class_weight" and "alerts" in s.metric}
    rare, alerts = found.task.class_counts["1"], 20 * 500 / 400
    assert gains["recall_at_alerts"] * rare == pytest.approx(gains["precision_at_alerts"] * alerts, rel=0.1)


def test_strategies_that_decide_themselves_get_the_costs(table):
    seen = []

    def mine(estimator, seed, costs=None):
        seen.append(costs.matrix)
        return estimator

    run(table, strategies={"mine": mine}, costs=COSTS, tune_threshold=False)
    assert set(seen) == {((0.0, 3.0), (50.0, 0.0))}
    chosen = STRATEGIES["auto"].at(Costs.read(COSTS, [0, 1], [9, 1])).build(LogisticRegression(), 0)
    assert chosen.costs.labels == ("0", "1")


def test_the_classes_share_the_cost_of_a_table_of_several(rng):
    codes = np.repeat([0, 1, 2], [200, 60, 40])
    X = rng.normal(size=(300, 2)) + codes[:, None]
    costs = {"a": {"b": 1, "c": 2}, "b": {"a": 5, "c": 1}, "c": {"a": 20, "b": 10}}
    found = run((X, np.array(list("abc"))[codes]), estimator=GaussianNB(), costs=costs)
    of_control = {s.label: s.mean for s in found.scores if (s.strategy, s.metric) == ("none", "cost")}
    assert of_control[None] == pytest.approx(sum(of_control[label] for label in "abc"))
    assert of_control[None] < 1000 * (60 * 5 + 40 * 20) / 300  # what predicting "a" for every row costs


def test_a_results_file_of_other_costs_is_refused(table, tmp_path):
    path = tmp_path / "results.jsonl"
    run(table, costs=COSTS, tune_threshold=False, path=path)
    with pytest.raises(ParameterError, match="costs differ"):
        run(table, costs={**COSTS, "missed": 60}, tune_threshold=False, path=path)
    with pytest.raises(ParameterError, match="alerts differ"):
        run(table, costs=COSTS, alerts=3, metrics=["cost"], tune_threshold=False, path=path)


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"costs": {"missed": -1, "false_alarm": 3}}, "finite number"),
        ({"alerts": 501}, "more than the table's 500 rows"),
        ({"metrics": ["cost"]}, "'cost' needs 'costs'"),
    ],
)
def test_bad_settings_are_refused_before_anything_runs(table, parameters, message, tmp_path):
    with pytest.raises(ParameterError, match=message):
        run(table, path=tmp_path / "results.jsonl", **parameters)
    assert not any(tmp_path.iterdir())
