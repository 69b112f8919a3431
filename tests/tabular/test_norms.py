"""Rows of one length stay on their sphere, and other tables stay as they are."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from imblearn.over_sampling import SMOTE
from sklearn.metrics import average_precision_score
from sklearn.neighbors import KNeighborsClassifier

from imbgan.ensemble import TableSMOTE
from imbgan.tabular import TableEncoder
from imbgan.tabular.norms import LEAST_COLUMNS, TOLERANCE, Norms
from imbgan.tabular.statistics import TableStatistics

pd = pytest.importorskip("pandas")


def sphere(seed, n=80, width=24, length=1.0, dtype=np.float64):
    rows = np.random.default_rng(seed).normal(size=(n, width))
    return (length * rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(dtype)


def fitted(X, **parameters):
    return TableEncoder(**parameters).fit(X, np.arange(len(X)) % 2, n_classes=2)


def decoded(encoder, seed=1, n=60):
    """Rows of a generator that has not learned that the length is fixed."""
    return encoder.inverse_transform(np.random.default_rng(seed).normal(size=(n, encoder.width)))


@given(seed=st.integers(0, 2**31), width=st.integers(LEAST_COLUMNS, 40), length=st.sampled_from([1.0, 0.02, 300.0]))
def test_decoded_rows_have_the_norm_of_the_learned_ones(seed, width, length):
    X = sphere(seed, width=width, length=length)
    norms = np.linalg.norm(decoded(fitted(X), seed), axis=1)
    # A value that is cut to the range of its column takes a little of the length.
    assert np.median(norms) == pytest.approx(length, rel=0.01)
    assert norms.max() <= length * (1 + TOLERANCE) * (1 + 1e-9)


@pytest.mark.parametrize("numbers", ["quantile", "minmax"])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_learned_rows_come_back_to_the_last_digit(numbers, dtype):
    X = sphere(0, dtype=dtype)
    encoder = fitted(X, numbers=numbers)
    back = encoder.inverse_transform(encoder.transform(X, seed=0))
    assert back.dtype == X.dtype
    np.testing.assert_allclose(back, X, rtol=0, atol=0 if numbers == "quantile" else 1e-6)


def test_rounded_embeddings_keep_their_decimals_and_range():
    X = sphere(0, n=200, width=64).round(3)
    rows = decoded(fitted(X))
    np.testing.assert_array_equal(rows, rows.round(3))
    assert (rows >= X.min(axis=0)).all()
    assert (rows <= X.max(axis=0)).all()
    assert np.median(np.linalg.norm(rows, axis=1)) == pytest.approx(1.0, abs=0.02)


def test_columns_of_other_kinds_stand_beside_an_embedding():
    X = pd.DataFrame(sphere(0)).rename(columns=str).assign(city=["a", "b"] * 40, count=[1, 5, 9, 2] * 20)
    rows = decoded(fitted(X))
    embedding = rows[[str(j) for j in range(24)]].to_numpy()
    assert np.median(np.linalg.norm(embedding, axis=1)) == pytest.approx(1.0, abs=0.01)
    assert set(rows["city"]) <= {"a", "b"}
    assert rows["count"].dtype == X["count"].dtype


@pytest.mark.parametrize("constant", [0.0, 0.6])
def test_a_constant_stays_and_the_other_columns_make_up_the_length(constant):
    X = np.column_stack([sphere(0, length=(1 - constant**2) ** 0.5), np.full(80, constant)])
    rows = decoded(fitted(X))
    assert (rows[:, -1] == constant).all()
    assert np.median(np.linalg.norm(rows, axis=1)) == pytest.approx(1.0, abs=0.01)


@pytest.mark.parametrize(
    "change",
    [
        lambda X: X * np.random.default_rng(1).uniform(0.9, 1.1, (len(X), 1)),
        lambda X: np.column_stack([X, np.random.default_rng(1).normal(size=len(X))]),
        lambda X: X[:, : LEAST_COLUMNS - 1] / np.linalg.norm(X[:, : LEAST_COLUMNS - 1], axis=1, keepdims=True),
        lambda X: np.where(np.arange(X.size).reshape(X.shape) == 5, np.nan, X),
        lambda X: np.zeros_like(X),
        lambda X: 1e200 * X,
    ],
    ids=["several lengths", "a number beside", "few columns", "a missing cell", "zeros", "huge"],
)
def test_other_tables_are_left_alone(change, monkeypatch):
    encoder = fitted(change(sphere(0)))
    monkeypatch.setattr("imbgan.tabular.encoder.keep_norm", lambda *arguments: pytest.fail("rows were stretched"))
    encoder.inverse_transform(np.zeros((3, encoder.width)))


def test_statistics_of_parts_are_those_of_the_whole():
    X = sphere(0)
    y = np.zeros(80, int)
    parts = TableStatistics(1).update(X[:30], y[:30]).merge(TableStatistics(1).update(X[30:], y[30:]))
    assert parts.norms == TableStatistics(1).update(X, y).norms
    [norms] = parts.norms.values()
    assert Norms().merge(norms) == norms
    assert not norms.merge(Norms(0.5, 0.5)).is_one


def test_a_saved_encoder_keeps_the_norm_and_older_ones_have_none():
    encoder = fitted(sphere(0))
    document, arrays = encoder.to_document()
    np.testing.assert_array_equal(decoded(TableEncoder.from_document(document, arrays)), decoded(encoder))
    del document["norms"]
    norms = np.linalg.norm(decoded(TableEncoder.from_document(document, arrays)), axis=1)
    assert abs(norms - 1).max() > 0.1


def test_interpolated_embeddings_no_longer_crowd():
    """Nearest neighbors hardly lose by SMOTE's rows on the sphere, and a lot by those within it."""
    rng = np.random.default_rng(0)
    centers = sphere(1, n=2, width=100)

    def draw(n, center):
        rows = 0.25 * center + rng.normal(size=(n, 100)) / 10
        return rows / np.linalg.norm(rows, axis=1, keepdims=True)

    X = np.concatenate([draw(1000, centers[0]), draw(40, centers[1])])
    test = np.concatenate([draw(1000, centers[0]), draw(300, centers[1])])
    y, truth = np.repeat([0, 1], [1000, 40]), np.repeat([0, 1], [1000, 300])

    def precision(sampler):
        model = KNeighborsClassifier(15, weights="distance").fit(*sampler.fit_resample(X, y))
        return average_precision_score(truth, model.predict_proba(test)[:, 1])

    ours, plain = (precision(sampler(sampling_strategy={1: 400}, random_state=0)) for sampler in (TableSMOTE, SMOTE))
    assert ours > plain + 0.03
