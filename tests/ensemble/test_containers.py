"""Classifiers take every container that a sampler takes: what is masked is missing, a lazy frame is collected."""

import warnings

import numpy as np
import polars as pl
import pyarrow as pa
import pytest
from imblearn.over_sampling import RandomOverSampler
from sklearn.tree import DecisionTreeClassifier

from imbgan import AutoBalancedClassifier, CollectedFrameWarning, GANBaggingClassifier, PriorCorrectedClassifier
from imbgan.ensemble.samplers import TableSampler

RNG = np.random.default_rng(0)
Y = np.repeat(["common", "rare"], [60, 20])
WHOLE = RNG.integers(0, 9, (80, 3)) + 3 * (Y == "rare")[:, None]
# Where the mask lies says nothing; a classifier that looked below it would find the label there.
HIDDEN = np.where(RNG.random((80, 3)) < 0.3, np.where(Y == "rare", -999, 999)[:, None], WHOLE)
CONTAINERS = {
    "masked": np.ma.array(HIDDEN, mask=np.abs(HIDDEN) == 999),
    "matrix": WHOLE.view(np.matrix),
    "lazy": pl.DataFrame(WHOLE, schema=["a", "b", "c"]).lazy(),
    "arrow": pa.table(dict(zip("abc", WHOLE.T, strict=True))),
}
TREE = DecisionTreeClassifier(max_depth=2, random_state=0)
CLASSIFIERS = {
    "prior": PriorCorrectedClassifier(TREE, TableSampler(RandomOverSampler(random_state=0))),
    "calibrated": PriorCorrectedClassifier(TREE, calibration="platt", cv=2),
    "bagging": GANBaggingClassifier(TREE, n_estimators=2, sampler=RandomOverSampler(random_state=0), random_state=0),
    "auto": AutoBalancedClassifier(TREE, ["class_weight"], cv=2, n_repeats=1, random_state=0),
}


def plain_twin(name: str) -> object:
    masked = CONTAINERS["masked"]
    return {
        "masked": np.where(np.ma.getmaskarray(masked), np.nan, masked.data.astype(float)),
        "matrix": WHOLE,
        "lazy": pl.DataFrame(WHOLE, schema=["a", "b", "c"]),
        "arrow": pl.DataFrame(WHOLE, schema=["a", "b", "c"]),
    }[name]


@pytest.mark.filterwarnings("ignore::imbgan.CollectedFrameWarning")
@pytest.mark.parametrize("classifier", CLASSIFIERS)
@pytest.mark.parametrize("name", CONTAINERS)
def test_a_container_is_its_plain_table(name: str, classifier: str) -> None:
    found = CLASSIFIERS[classifier].fit(CONTAINERS[name], Y).predict_proba(CONTAINERS[name])
    expected = CLASSIFIERS[classifier].fit(plain_twin(name), Y).predict_proba(plain_twin(name))
    np.testing.assert_allclose(found, expected)


def test_a_lazy_frame_is_collected_once_per_call() -> None:
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        CLASSIFIERS["prior"].fit(CONTAINERS["lazy"], Y)
    assert [warning.category for warning in caught] == [CollectedFrameWarning]
