"""LightGBM ends the process on tables of polars and Arrow with anything but numbers: no path hands it one."""

import numpy as np
import polars as pl
import pytest
from sklearn.calibration import CalibratedClassifierCV
from sklearn.ensemble import VotingClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline

from imbgan import (
    AutoBalancedClassifier,
    DeployableClassifier,
    DistilledClassifier,
    GANBaggingClassifier,
    PriorCorrectedClassifier,
    audit,
    compare,
)
from imbgan.ensemble import TableSMOTE
from imbgan.exceptions import DataTypeError
from imbgan.learners.preparation import TablePreprocessor
from imbgan.learners.refusing import refuse_unreadable

pytestmark = pytest.mark.filterwarnings("ignore::imbgan.ImbganWarning")

lightgbm = pytest.importorskip("lightgbm")


class Watched(lightgbm.LGBMClassifier):
    """A LightGBM that fails as a test where it would end the process."""

    def fit(self, X, y, sample_weight=None):
        refuse(X)
        return super().fit(X, y, sample_weight=sample_weight)

    def predict_proba(self, X, **options):
        refuse(X)
        return super().predict_proba(X, **options)


def refuse(X):
    schema = getattr(X, "schema", {})
    types = list(schema.types) if hasattr(schema, "types") else list(schema.values())
    if any(str(kind) not in ("Float64", "double") for kind in types):
        pytest.fail(f"LightGBM got {types}")


N = 90
Y = np.repeat(["no", "yes"], [70, 20])
NUMBERS = pl.DataFrame({"a": np.random.default_rng(0).normal(size=N), "b": np.arange(N) % 7 / 1.0})
OTHERS = {
    "text": [f"see you at {i} for lunch on the train" for i in range(N)],
    "short": pl.Series(["x", "y", "z"] * 30),
    "categorical": pl.Series(["x", "y", "z"] * 30, dtype=pl.Categorical),
    "date": pl.Series(np.arange(N)).cast(pl.Date),
    "vector": pl.Series(np.zeros((N, 2))),
    "null": pl.Series([None] * N),
}
CONTAINERS = {"polars": lambda X: X, "arrow": lambda X: X.to_arrow()}


def small(**options):
    return Watched(n_estimators=3, min_child_samples=2, verbose=-1, n_jobs=1, **options)


@pytest.mark.parametrize("container", CONTAINERS)
@pytest.mark.parametrize("kind", OTHERS)
def test_each_type_that_it_does_not_read_is_named(kind, container):
    X = CONTAINERS[container](NUMBERS.with_columns(pl.Series("other", OTHERS[kind])))
    for estimator in (small(), VotingClassifier([("a", small())]), CalibratedClassifierCV(small())):
        with pytest.raises(DataTypeError, match=r"LightGBM reads numbers alone .* other"):
            refuse_unreadable(estimator, X)
    refuse_unreadable(LogisticRegression(), X)
    refuse_unreadable(make_pipeline(TablePreprocessor(), small()), X)
    refuse_unreadable(small(), NUMBERS.with_columns(pl.Series("other", OTHERS[kind])).to_pandas())
    refuse_unreadable(
        small(), CONTAINERS[container](NUMBERS.with_columns(c=pl.col("a") > 0, d=pl.col("b").cast(pl.Int8)))
    )


@pytest.mark.parametrize("container", CONTAINERS)
def test_classifiers_refuse_short_texts_and_take_numbers(container):
    X = CONTAINERS[container](NUMBERS.with_columns(short=OTHERS["short"]))
    numbers = CONTAINERS[container](NUMBERS)
    for make in (
        lambda: PriorCorrectedClassifier(small(), sample_weight="balanced"),
        lambda: PriorCorrectedClassifier(small(), TableSMOTE()),
        lambda: GANBaggingClassifier(small(), generated=0.0, n_estimators=2),
        lambda: AutoBalancedClassifier(small(), ["class_weight"], n_repeats=1),
        lambda: DistilledClassifier(small(), small(), n_rows=0),
    ):
        with pytest.raises(DataTypeError, match="LightGBM reads numbers alone"):
            make().fit(X, Y)
        fitted = make().fit(numbers, Y)
        assert fitted.predict_proba(numbers).shape == (N, 2)
        with pytest.raises(DataTypeError, match=r"a \(\w*(S|s)tring"):
            fitted.predict_proba(CONTAINERS[container](NUMBERS.with_columns(pl.col("a").cast(pl.String))))


@pytest.mark.parametrize("container", CONTAINERS)
def test_texts_become_vectors_or_an_error(container):
    X = CONTAINERS[container](NUMBERS.with_columns(note=pl.Series(OTHERS["text"])))
    models = [
        PriorCorrectedClassifier(small()),
        GANBaggingClassifier([small(), LogisticRegression()], generated=0.0, n_estimators=2),
        DistilledClassifier(small(), small(), TableSMOTE(), n_rows=30),
        AutoBalancedClassifier(small(), ["smote"], n_repeats=1),
        DeployableClassifier(small(), "smote"),
    ]
    for model in models if container == "polars" else models[:2]:
        assert model.fit(X, Y).predict_proba(X).shape == (N, 2)
    with pytest.raises(DataTypeError, match="LightGBM reads numbers alone"):
        PriorCorrectedClassifier(small(), encoder=None).fit(X, Y)


def test_a_comparison_prepares_and_an_audit_refuses():
    X = NUMBERS.with_columns(short=OTHERS["short"])
    assert compare(X, Y, estimator=small(), strategies=["class_weight"], cv=3).scores
    for strategies in (["none"], ["class_weight"]):
        with pytest.raises(DataTypeError, match="LightGBM reads numbers alone"):
            audit(X, Y, source="bootstrap", estimator=small(), strategies=strategies, n_runs=2, n_learned=10)


def test_a_classifier_to_take_away_refuses_a_column_without_a_type():
    model = DeployableClassifier(small(), "none").fit(NUMBERS, Y)
    one = pl.DataFrame({"a": [None], "b": [1.0]})
    with pytest.raises(DataTypeError, match=r"a \(Null\)"):
        model.predict_proba(one)
    assert model.predict_proba(one.cast(pl.Float64)).shape == (1, 2)
