"""The top of the page: what to do, why, and what it means in cases."""

from dataclasses import replace

import pytest

from imbgan.comparison.results import Curve, Score
from imbgan.report import render, summarize
from imbgan.report.context import Context
from imbgan.report.decision import break_even, decision
from imbgan.report.language import Words


def top(comparison):
    return decision(summarize(comparison), Context(Words()))


def with_choice(comparison, **changes):
    choices = tuple(replace(choice, **changes) for choice in comparison.verdict.choices[:1])
    return replace(comparison, verdict=replace(comparison.verdict, choices=choices))


def curve(recall, precision):
    return Curve("e", "s", "1", tuple(recall), tuple(precision), (), (), (), (), ())


def test_a_gain_is_advised_in_plain_names(comparison):
    section = top(comparison)
    assert section["sentence"] == "Use logistic regression together with GAN rows to balance."
    assert (
        "average precision is .671 instead of .612 with the table as it is (+.059, 95\xa0% interval"
        in section["why"][0]
    )
    assert "97\xa0%" in section["why"][1]


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({}, "may be luck (+.059 average precision, 95\xa0% interval +.031 to +.087)"),
        ({"gain": None}, "No other strategy was compared"),
        ({"gain_low": None}, "A single test fold cannot distinguish"),
        ({"gain": -0.01}, "No other strategy has a better mean"),
    ],
)
def test_doing_nothing_is_an_advice_with_its_reason(comparison, changes, reason):
    scores = tuple(replace(score, p_holm=0.5) if score.gain is not None else score for score in comparison.scores)
    kept = with_choice(replace(comparison, scores=scores), strategy="none", score=0.612, **changes)
    section = top(kept)
    assert section["sentence"] == "Leave the table as it is, and train logistic regression on it."
    assert reason in section["why"][0]


def test_a_significant_gain_that_is_too_small_is_told(comparison):
    scores = tuple(replace(score, p_holm=0.001) if score.gain is not None else score for score in comparison.scores)
    kept = with_choice(replace(comparison, scores=scores), strategy="none")
    assert "too small to matter" in top(kept)["why"][0]


def test_cases_are_told_for_the_rare_class(comparison):
    text, further = top(comparison)["cases"]
    assert further.startswith("With gradient boosting: Of 100 rows of class 1")
    assert text.startswith("Of 100 rows of class 1, when as many rows are flagged as the class has: ")
    assert "found with GAN rows to balance instead of" in text
    assert text.endswith("with the table as it is; the difference is larger than luck explains.")
    scores = tuple(replace(score, p_holm=0.5) if score.gain is not None else score for score in comparison.scores)
    text = top(replace(comparison, scores=scores))["cases"][0]
    assert text.endswith("the difference may be luck.")


def test_cases_use_the_alerts_and_costs_of_the_user(comparison):
    def score(metric, strategy, mean, p_holm):
        gain = None if strategy == "none" else 0.1
        return Score("logistic_regression", strategy, metric, None, mean, 0.1, 10, gain, 0.0, 0.2, p_holm, p_holm)

    further = (
        score("recall_at_alerts", "none", 0.54, None), score("recall_at_alerts", "gan", 0.611, 0.3),
        score("cost", "none", 12345.6, None), score("cost", "gan", 9000.0, 0.001),
    )  # fmt: skip
    settings = {**comparison.settings, "alerts": [50, 1000]}
    alerts, costs, _ = top(replace(comparison, scores=comparison.scores + further, settings=settings))["cases"]
    assert alerts == (
        "Of 100 rows of class 1, when 50 of 1,000 rows are looked at: 61 found with GAN rows to balance instead of 54 "
        "with the table as it is; the difference may be luck."
    )
    assert costs.startswith("Wrong decisions cost 9,000 per 1,000 rows with GAN rows to balance instead of 12,346")


def test_more_classes_are_told_one_by_one(many_classes):
    assert [text[: len("Of 100 rows of class b")] for text in top(many_classes)["cases"]] == [
        f"Of 100 rows of class {label}" for label in "bcd"
    ]


def test_nothing_is_told_of_what_is_unknown(bare, comparison):
    assert top(bare)["cases"] == []
    unknown = tuple(replace(curve, precision=(float("nan"),) * 51) for curve in comparison.curves)
    assert top(replace(comparison, curves=unknown))["cases"] == []


def test_damaged_titles_of_strategies_do_no_harm(comparison):
    for titles in (3, ["gan"], {"gan": None, "none": 7}):
        page = render(summarize(replace(comparison, settings={**comparison.settings, "titles": titles})))
        assert "logistic regression" in page


@pytest.mark.parametrize(
    ("recall", "precision", "found"),
    [
        ((0.0, 0.5, 1.0), (1.0, 1.0, 1.0), 1.0),  # perfect
        ((0.0, 0.5, 1.0), (1.0, 0.5, 0.1), 0.5),
        ((0.0, 1.0), (1.0, 0.0), 0.5),  # between two points
        ((0.0, 0.5, 1.0), (0.02, 0.02, 0.02), 0.02),  # guessing finds the share of the class
    ],
)
def test_break_even_is_where_precision_equals_recall(recall, precision, found):
    assert break_even(curve(recall, precision)) == pytest.approx(found)


def test_every_head_is_explained_once(comparison):
    context = Context(Words())
    section = decision(summarize(comparison), context)
    told = [head for head, _ in section["heads"]]
    assert {"Advice", "Average precision", "Largest gain", "Matters", "One fit"} <= set(told)
    again = [head for head, _ in context.explain(["head.advice", "head.p", "metric.average_precision"], control="x")]
    assert again == ["p"]
