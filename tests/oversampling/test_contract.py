"""What every user of an imbalanced-learn sampler relies on: rows, counts, labels, provenance, weights."""

from collections import Counter

import numpy as np
import pandas as pd
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.preprocessing import label_binarize

from imbgan.oversampling.base import LEAST_WEIGHT, realism_weights

pytestmark = pytest.mark.filterwarnings("ignore::imbgan.GenerationQualityWarning")

STRATEGIES = [
    ("auto", {0: 30, 1: 30, 2: 30}),
    ("minority", {0: 30, 1: 20, 2: 30}),
    ("not minority", {0: 30, 1: 30, 2: 10}),
    ("not majority", {0: 30, 1: 30, 2: 30}),
    ("all", {0: 30, 1: 30, 2: 30}),
    ({2: 25}, {0: 30, 1: 20, 2: 25}),
    ({1: 20, 2: 11}, {0: 30, 1: 20, 2: 11}),
    ({0: 31, 2: 40}, {0: 31, 1: 20, 2: 40}),
    (lambda y: {1: 2 * int(np.sum(y == 1))}, {0: 30, 1: 40, 2: 10}),
]


@pytest.mark.parametrize(("strategy", "expected"), STRATEGIES)
def test_counts_are_exact(strategy, expected, quick_sampler, three_classes):
    X, y = three_classes
    sampler = quick_sampler(sampling_strategy=strategy)
    X_new, y_new = sampler.fit_resample(X, y)
    assert Counter(y_new.tolist()) == expected
    assert len(X_new) == len(y_new)
    made = {label: expected[label] - n for label, n in Counter(y.tolist()).items()}
    assert {label: n for label, n in sampler.sampling_strategy_.items() if n} == {k: n for k, n in made.items() if n}


@pytest.mark.parametrize(("ratio", "n_rare"), [(0.25, 25), (0.333, 33), (1.0, 100)])
def test_ratio_gives_exact_counts(ratio, n_rare, quick_sampler, imbalanced_matrix):
    _, y = quick_sampler(sampling_strategy=ratio).fit_resample(*imbalanced_matrix)
    assert Counter(y.tolist()) == {0: 100, 1: n_rare}


def test_original_rows_come_first_bit_for_bit(quick_sampler, three_classes):
    X, y = three_classes
    order = np.random.default_rng(1).permutation(len(y))
    X, y = X[order], y[order]
    before = X.copy(), y.copy()
    X_new, y_new = quick_sampler().fit_resample(X, y)
    assert X_new[: len(X)].tobytes() == X.tobytes()
    np.testing.assert_array_equal(y_new[: len(y)], y)
    np.testing.assert_array_equal(X, before[0])
    np.testing.assert_array_equal(y, before[1])
    assert np.isfinite(X_new).all()


def test_generated_rows_belong_to_the_class_that_labels_them(quick_sampler):
    # The classes lie far apart in every column; rows drawn like the table would be right in 1 of 6 cells.
    y = np.repeat([0, 1], [100, 20])
    X = np.random.default_rng(0).normal(size=(120, 4)) + np.where(y, 50.0, -50.0)[:, None]
    options = {"generator_learning_rate": 0.01, "discriminator_learning_rate": 0.01}
    X_new, y_new = quick_sampler(max_iter=100, early_stopping=False, train_options=options).fit_resample(X, y)
    assert (y_new[120:] == 1).all()
    assert (X_new[120:] > 0).mean() > 0.75


def test_provenance_and_weights(quick_sampler, three_classes):
    X, y = three_classes
    sampler = quick_sampler()
    X_new, _ = sampler.fit_resample(X, y)
    assert sampler.synthetic_mask_.dtype == bool
    np.testing.assert_array_equal(sampler.synthetic_mask_, np.arange(len(X_new)) >= len(X))
    weights = sampler.sample_weight_
    assert (weights.shape, weights.dtype) == ((len(X_new),), np.float32)
    assert (weights[: len(X)] == 1).all()
    assert (weights >= LEAST_WEIGHT).all()
    assert (weights <= 1).all()


@given(logits=st.lists(st.floats(-50, 50, width=32), min_size=1, max_size=20))
def test_weights_follow_the_density_ratio(logits):
    weights = realism_weights(np.array(logits, np.float32))
    expected = np.clip(np.exp(np.minimum(np.array(logits), 0)), 0.05, 1)
    np.testing.assert_allclose(weights, expected, rtol=1e-5)


def test_nothing_to_generate_trains_nothing(quick_sampler, no_training):
    X, y = np.arange(20.0).reshape(10, 2), np.repeat([0, 1], 5)
    sampler = quick_sampler()
    X_new, y_new = sampler.fit_resample(X, y)
    np.testing.assert_array_equal(X_new, X)
    np.testing.assert_array_equal(y_new, y)
    assert not np.shares_memory(X_new, X)
    assert not np.shares_memory(y_new, y)
    assert not sampler.synthetic_mask_.any()
    assert (sampler.sample_weight_ == 1).all()
    assert not hasattr(sampler, "gan_")


def test_nothing_to_generate_forgets_the_last_fit(quick_sampler, imbalanced_matrix):
    X, y = imbalanced_matrix
    sampler = quick_sampler()
    sampler.fit_resample(X, y)
    sampler.fit_resample(X[:10], np.repeat([0, 1], 5))
    for name in ("gan_", "generator_", "encoder_", "history_", "events_", "n_iter_"):
        assert not hasattr(sampler, name), name


CODES = np.repeat([0, 1], [100, 20])
TEXTS = np.array(["common", "rare"], dtype=object)[CODES]
LABELS = {
    "list": CODES.tolist(),
    "list of texts": TEXTS.tolist(),
    "strings": TEXTS.astype(str),
    "objects": TEXTS,
    "bool": CODES.astype(bool),
    "uint8": CODES.astype(np.uint8),
    "float": CODES.astype(float),
    "negative": -CODES,
    "column": CODES[:, None],
    "series": pd.Series(CODES, name="label", index=range(5, 125)),
    "category": pd.Series(TEXTS, name="label", dtype=pd.CategoricalDtype(["rare", "common", "unseen"])),
    "string series": pd.Series(TEXTS, dtype="string"),
    "nullable": pd.Series(CODES, dtype="Int64"),
    "nullable bool": pd.Series(CODES.astype(bool), dtype="boolean"),
    "arrow": pd.Series(TEXTS, dtype="string[pyarrow]"),
    "dates": pd.Series(pd.to_datetime(["2024-01-01", "2025-01-01"])[CODES]),
    "frame": pd.DataFrame({"label": CODES}),
    "polars": pl.Series("label", CODES),
    "polars texts": pl.Series("label", TEXTS.tolist()),
    "polars category": pl.Series("label", TEXTS.tolist(), dtype=pl.Categorical),
    "polars frame": pl.DataFrame({"label": CODES}),
}


def same_kind(first, second):
    if type(first) is not type(second):
        return False
    if isinstance(first, pd.DataFrame):
        return first.columns.equals(second.columns) and first.dtypes.equals(second.dtypes)
    if isinstance(first, pl.DataFrame):
        return first.schema == second.schema
    name = getattr(first, "name", None) == getattr(second, "name", None)
    return name and getattr(first, "dtype", None) == getattr(second, "dtype", None)


@pytest.mark.parametrize("labels", LABELS.values(), ids=LABELS)
@pytest.mark.parametrize("table", ["numpy", "pandas"])
def test_labels_come_back_as_they_went_in(table, labels, quick_sampler, imbalanced_matrix):
    X = imbalanced_matrix[0]
    X = pd.DataFrame(X, index=range(7, 127)) if table == "pandas" else X
    X_new, y_new = quick_sampler().fit_resample(X, labels)
    assert same_kind(y_new, labels)
    values, originals = np.asarray(y_new).ravel(), np.asarray(labels).ravel()
    assert len(values) == len(X_new) == 200
    np.testing.assert_array_equal(values[:120], originals)
    np.testing.assert_array_equal(values[120:], np.repeat(originals[-1:], 80))
    if table == "pandas" and isinstance(y_new, pd.Series | pd.DataFrame):
        assert y_new.index.equals(X_new.index)


def test_every_label_coding_gives_the_same_rows(quick_sampler, imbalanced_matrix):
    X = imbalanced_matrix[0]
    rows = [quick_sampler().fit_resample(X, LABELS[name])[0] for name in ("list", "strings", "bool", "polars")]
    for other in rows[1:]:
        np.testing.assert_array_equal(rows[0], other)


def test_one_vs_rest_labels(quick_sampler, three_classes):
    X, y = three_classes
    coded = label_binarize(y, classes=[0, 1, 2])
    X_new, y_new = quick_sampler().fit_resample(X, y)
    X_coded, y_coded = quick_sampler().fit_resample(X, coded)
    assert y_coded.dtype == coded.dtype
    np.testing.assert_array_equal(X_new, X_coded)
    np.testing.assert_array_equal(label_binarize(y_new, classes=[0, 1, 2]), y_coded)


def test_multi_class_labels_name_their_rows(quick_sampler, three_classes):
    X, y = three_classes
    names = np.array(["a", "b", "c"])[y]
    sampler = quick_sampler()
    X_new, y_new = sampler.fit_resample(X, names)
    assert y_new[60:].tolist() == ["b"] * 10 + ["c"] * 20
    np.testing.assert_array_equal(X_new[60:70], sampler.gan_.sample(10, label="b"))
    np.testing.assert_array_equal(X_new[70:], sampler.gan_.sample(20, label="c"))


def test_fit_alone_checks_and_trains_nothing(quick_sampler, imbalanced_matrix, no_training):
    sampler = quick_sampler().fit(*imbalanced_matrix)
    assert sampler.sampling_strategy_ == {1: 80}
    assert sampler.n_features_in_ == 4


def test_feature_names(quick_sampler, imbalanced_matrix):
    X, y = imbalanced_matrix
    sampler = quick_sampler()
    sampler.fit_resample(pd.DataFrame(X, columns=list("wxyz")), y)
    assert sampler.feature_names_in_.tolist() == list("wxyz")
    assert sampler.get_feature_names_out().tolist() == list("wxyz")
    sampler.fit_resample(X, y)
    assert not hasattr(sampler, "feature_names_in_")
    assert sampler.get_feature_names_out().tolist() == ["x0", "x1", "x2", "x3"]


def test_fitted_attributes_are_those_of_the_model(quick_sampler, imbalanced_matrix):
    sampler = quick_sampler()
    sampler.fit_resample(*imbalanced_matrix)
    for name in ("generator_", "encoder_", "history_", "events_", "n_iter_"):
        assert getattr(sampler, name) is getattr(sampler.gan_, name)
    assert sampler.n_iter_ == 10
    assert sampler.history_["step"].tolist() == [10]


def test_the_index_of_a_table_is_kept_and_that_of_labels_follows(quick_sampler, three_classes):
    X, y = three_classes
    table = pd.DataFrame(X, columns=list("abcd"), index=pd.Index(np.arange(60) * 10 + 5, name="patient"))
    X_new, y_new = quick_sampler().fit_resample(table, pd.Series(y, index=table.index))
    assert X_new.index[:60].equals(table.index)
    assert X_new.index[60:].tolist() == list(range(596, 596 + len(X_new) - 60))
    assert X_new.index.name == "patient"
    assert y_new.index.equals(X_new.index)
