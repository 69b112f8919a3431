"""``sampler.quality_``: computed when asked for, kept, and never pickled with real rows."""

import copy
import json
import pickle
from dataclasses import replace

import numpy as np
import pytest
from imblearn.over_sampling import SMOTE
from sklearn.base import clone

from imbgan.quality import Assessment, assess

pytestmark = pytest.mark.filterwarnings("ignore::imbgan.GenerationQualityWarning")


@pytest.fixture
def fitted(quick_sampler, imbalanced_matrix):
    sampler = quick_sampler()
    sampler.fit_resample(*imbalanced_matrix)
    return sampler


@pytest.fixture
def counted(monkeypatch):
    """Count the calls of ``assess``."""
    calls: list[object] = []

    def counting(*arguments, **parameters):
        calls.append(arguments)
        return assess(*arguments, **parameters)

    monkeypatch.setattr("imbgan.quality.assess", counting)
    return calls


def test_quality_is_that_of_the_raised_class(fitted):
    found = fitted.quality_
    assert found.class_counts == {"0": (100, 0), "1": (20, 80)}
    assert [(quality.label, quality.n_real, quality.n_synthetic) for quality in found.classes] == [("1", 20, 80)]
    assert [(points.group, points.label) for points in found.map] == [("other", "0"), ("real", "1"), ("synthetic", "1")]
    assert found.settings["seed"] == fitted.random_state


def test_quality_is_that_of_assess_on_the_same_rows(quick_sampler, three_classes):
    X, y = three_classes
    sampler = quick_sampler()
    X_new, y_new = sampler.fit_resample(X, y)
    made = sampler.synthetic_mask_
    expected = assess((X, y), (X_new[made], y_new[made]))
    found = sampler.quality_
    assert found.class_counts == expected.class_counts
    for quality, other in zip(found.classes, expected.classes, strict=True):
        assert quality.label == other.label
        assert quality.columns[0].histogram == other.columns[0].histogram


def test_rows_beside_learned_ones_are_found_without_an_assessment(quick_sampler, rng, counted, monkeypatch):
    X, y = rng.normal(size=(400, 3)), np.repeat([0, 1], [300, 100])
    sampler = quick_sampler()
    assert sampler.find_too_close() == ()
    rows = SMOTE(random_state=0).fit_resample(X, y)[0][len(y) :]
    monkeypatch.setattr(type(sampler), "_generate", lambda *about: (rows, np.ones(len(rows), np.float32)))
    sampler.fit_resample(X, y)
    found = sampler.find_too_close()
    assert [(each.code, each.label) for each in found] == [("IMB012", "1")]
    assert counted == []
    assert found == tuple(each for each in sampler.quality_.diagnostics if each.code == "IMB012")
    assert pickle.loads(pickle.dumps(sampler)).find_too_close() == ()


def test_training_comes_along(fitted):
    training = fitted.quality_.training
    assert training.n_iter == fitted.n_iter_
    assert training.history["step"] == tuple(fitted.history_["step"])
    assert len(training.events) == len(fitted.events_)


def test_quality_comes_back_from_json(fitted):
    # Too few rows to hold some out: figures of the monitor are NaN, which JSON does not know.
    assert np.isnan(fitted.history_["coverage_ratio"]).any()
    text = json.dumps(fitted.quality_.to_dict(), allow_nan=False)
    assert Assessment.from_dict(json.loads(text)) == fitted.quality_


def test_quality_is_computed_once_and_only_when_asked_for(quick_sampler, imbalanced_matrix, counted):
    sampler = quick_sampler()
    sampler.fit_resample(*imbalanced_matrix)
    assert counted == []
    assert sampler.quality_ is sampler.quality_
    assert len(counted) == 1
    sampler.fit_resample(*imbalanced_matrix)
    assert isinstance(sampler.quality_, Assessment)
    assert len(counted) == 2


def test_there_is_none_before_fit(quick_sampler, fitted):
    assert not hasattr(quick_sampler(), "quality_")
    assert not hasattr(clone(fitted), "quality_")
    with pytest.raises(AttributeError, match="call fit_resample"):
        _ = quick_sampler().quality_


def test_there_is_none_where_nothing_was_generated(fitted, imbalanced_matrix):
    fitted.set_params(sampling_strategy={1: 20}).fit_resample(*imbalanced_matrix)
    assert not hasattr(fitted, "quality_")
    with pytest.raises(AttributeError, match="no rows were generated"):
        _ = fitted.quality_


@pytest.mark.parametrize("copied", [copy.deepcopy, lambda sampler: pickle.loads(pickle.dumps(sampler))])
def test_real_rows_are_not_pickled(fitted, copied):
    again = copied(fitted)
    with pytest.raises(AttributeError, match="Call fit_resample again"):
        _ = again.quality_
    found = fitted.quality_  # and the original has them still
    assert copied(fitted).quality_ == found


def test_pickle_holds_no_cell_of_a_real_row(quick_sampler):
    # A long text that would be found in a pickle as it is; the encoder knows levels, but not which rows hold them.
    X = np.random.default_rng(0).normal(size=(60, 2))
    y = np.repeat([0, 1], [45, 15])
    sampler = quick_sampler()
    sampler.fit_resample(X, y)
    before = len(pickle.dumps(sampler))
    sampler._kept_rows = replace(sampler._kept_rows, real=(np.zeros((10_000, 2)), np.zeros(10_000)))
    assert len(pickle.dumps(sampler)) == before


def test_kept_rows_are_bounded_copies(quick_sampler, monkeypatch):
    monkeypatch.setattr("imbgan.oversampling.base.MAX_KEPT", 12)
    monkeypatch.setattr("imbgan.oversampling.base.MAX_KEPT_OTHER", 7)
    X, y = np.random.default_rng(0).normal(size=(60, 2)), np.repeat([0, 1], [45, 15])
    sampler = quick_sampler()
    sampler.fit_resample(X, y)
    X[:] = 99.0  # the caller's table changes afterwards
    found = sampler.quality_
    assert found.class_counts == {"0": (45, 0), "1": (15, 30)}
    assert (found.classes[0].n_real, found.classes[0].n_synthetic) == (12, 12)
    assert sorted(len(points.x) for points in found.map) == [7, 12, 12]
    assert max(found.classes[0].columns[0].histogram.edges) < 99


def test_frames_kinds_and_missing_values(quick_sampler, mixed_table):
    X, y = mixed_table
    sampler = quick_sampler(kinds={"visits": "categorical"})
    sampler.fit_resample(X, y)
    kinds = {column.name: column.kind for column in sampler.quality_.classes[0].columns}
    assert kinds["visits"] == "category"
    assert kinds["opened"] == "number"
