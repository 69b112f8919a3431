"""The summary: what it takes, and that nothing is lost on its way through JSON."""

import json
import math
from dataclasses import replace

import pytest

from imbgan import GANOverSampler
from imbgan.exceptions import DataError, DataTypeError
from imbgan.report import Summary, render, summarize


@pytest.mark.parametrize("thing", ["comparison", "many_classes", "hostile", "assessment", "bare"])
def test_json_keeps_everything(thing, request):
    summary = summarize(request.getfixturevalue(thing))
    again = Summary.from_json(summary.to_json())
    assert again == summary
    assert render(again) == render(summary)


def test_summary_of_a_summary_is_itself(comparison):
    summary = summarize(comparison)
    assert summarize(summary) is summary


def test_numbers_that_json_lacks_become_none(comparison):
    first, *others = comparison.scores
    odd = replace(comparison, scores=(replace(first, mean=math.nan, gain=math.inf), *others))
    summary = summarize(odd)
    assert summary.scores[0].mean is None
    assert "NaN" not in summary.to_json()
    assert "nan" not in render(summary).lower().replace("finance", "")


def test_subjects_differ(comparison, assessment):
    assert summarize(comparison).subject == "comparison"
    assert summarize(assessment).subject == "assessment"


class Sampler:
    """Anything that has generated rows, as far as a report is concerned."""

    def __init__(self, quality):
        self.quality_ = quality

    def get_params(self, deep=True):
        return {"random_state": 5, "callbacks": print}


def test_sampler_is_reported_with_its_parameters(assessment):
    summary = summarize(Sampler(assessment))
    assert summary.subject == "sampler"
    assert summary.assessment == assessment
    assert summary.settings["sampler"] == "Sampler"
    # A function's text holds its address, which differs with every process.
    assert summary.settings["parameters"] == {"random_state": 5}


@pytest.mark.parametrize("thing", [None, 3, "verdict", {}, Sampler(None)], ids=lambda thing: type(thing).__name__)
def test_other_things_are_refused(thing):
    with pytest.raises(DataTypeError, match=r"Comparison.*Assessment.*sampler.*Got " + type(thing).__name__):
        summarize(thing)


def test_sampler_before_fit_is_refused():
    with pytest.raises(DataTypeError, match="Got GANOverSampler"):
        summarize(GANOverSampler())


@pytest.mark.parametrize("text", ["", "no JSON", "[]", "{}", '{"subject": "comparison"}', "3", '"text"', "null"])
def test_other_text_is_refused(text):
    with pytest.raises(DataError, match=r"Summary\.to_json"):
        Summary.from_json(text)


def test_damaged_summary_is_refused(comparison):
    document = json.loads(summarize(comparison).to_json())
    del document["scores"][0]["mean"]
    with pytest.raises(DataError, match="mean"):
        Summary.from_json(json.dumps(document))
