"""Bad input: each message says what must hold, what came, and where; nothing is trained before."""

from decimal import Decimal

import numpy as np
import pandas as pd
import polars as pl
import pytest
from sklearn.exceptions import NotFittedError

from imbgan import DataError, DataTypeError, GANOverSampler, ParameterError, TabularGAN

pytestmark = pytest.mark.usefixtures("no_training")
RNG = np.random.default_rng(0)
X = RNG.normal(size=(30, 3))
Y = np.repeat([0, 1], [22, 8])
FRAME = pd.DataFrame(X, columns=["age", "income", "height"])


def with_value(value, row, column):
    changed = X.astype(object if isinstance(value, list | dict) else float)
    changed[row, column] = value
    return changed


def frame_with_value(value, row, column):
    return pd.DataFrame(with_value(value, row, FRAME.columns.get_loc(column)), columns=FRAME.columns)


TABLES = {
    "infinite": (with_value(np.inf, 7, 2), DataError, r"Column 2 holds 1 infinite values \(first at row 7\)"),
    "infinite by name": (frame_with_value(-np.inf, 4, "income"), DataError, "'income' holds 1 inf.*row 4"),
    "no rows": (X[:0], DataError, r"0 sample\(s\)|Got 0 and 30"),
    "no columns": (X[:, :0], DataError, r"0 feature\(s\)"),
    "no list rows": ([], DataError, r"0 sample\(s\)|Got 0 and 30"),
    "ragged": ([*X[:-1].tolist(), [0.0]], DataError, "row 0 has 3 cells and row 29 has 1 cells"),
    "repeated names": (FRAME.set_axis(["a", "b", "a"], axis=1), DataError, "must be unique, but 'a'"),
    "nested": (frame_with_value([1, 2], 3, "income"), DataTypeError, "'income' holds a list at row 3"),
    "nested dict": (frame_with_value({}, 5, "age"), DataTypeError, "'age' holds a dict at row 5"),
    "one dimension": (X[:, 0], DataError, "Expected 2D array, got 1D array"),
    "three dimensions": (X[:, :, None], DataError, "Expected 2D array"),
    "complex": (X + 1j, DataError, "Complex data not supported"),
    "nothing": (None, DataTypeError, "got NoneType"),
    "text": ("a table", DataTypeError, "got str"),
    "too many rows": (np.vstack([X, X]), DataError, "same number of rows. Got 60 and 30"),
    "too many frame rows": (pd.concat([FRAME, FRAME]), DataError, "same number of rows. Got 60 and 30"),
}


@pytest.mark.parametrize("name", TABLES)
@pytest.mark.parametrize("estimator", [GANOverSampler, TabularGAN])
def test_bad_table(estimator, name):
    table, error, message = TABLES[name]
    model = estimator()
    with pytest.raises(error, match=message):
        (model.fit_resample if estimator is GANOverSampler else model.fit)(table, Y)
    assert [attribute for attribute in vars(model) if attribute in ("generator_", "gan_", "synthetic_mask_")] == []


TEXTS = np.array(["no", "yes"], dtype=object)[Y]
TEXTS_WITH_HOLE = [*TEXTS[:-2], None, "yes"]
MISSING_LABELS = {
    "NaN": np.r_[Y[:-2].astype(float), np.nan, 1.0],
    "None": np.array(TEXTS_WITH_HOLE, dtype=object),
    "list": TEXTS_WITH_HOLE,
    "NaN among texts": [*TEXTS[:-2], float("nan"), "yes"],
    "nullable": pd.Series([*Y[:-2], pd.NA, 1], dtype="Int64"),
    "category": pd.Series(TEXTS_WITH_HOLE, dtype="category"),
    "string": pd.Series(TEXTS_WITH_HOLE, dtype="string"),
    "NaT": pd.Series([pd.Timestamp("2024-01-01")] * 28 + [pd.NaT, pd.Timestamp("2025-01-01")]),
    "polars": pl.Series(TEXTS_WITH_HOLE),
    "polars numbers": pl.Series([*Y[:-2].tolist(), None, 1]),
}


@pytest.mark.parametrize("labels", MISSING_LABELS.values(), ids=MISSING_LABELS)
@pytest.mark.parametrize("estimator", [GANOverSampler, TabularGAN])
def test_missing_label(estimator, labels):
    model = estimator()
    with pytest.raises(DataError, match=r"must have a label. Got 1 missing in y \(NaN; first at row 28\)"):
        (model.fit_resample if estimator is GANOverSampler else model.fit)(X, labels)


LABELS = {
    "none": (None, "requires y to be passed"),
    "too few": (Y[:-1], "same number of rows. Got 30 and 29"),
    "one class": (np.zeros(30), "at least 2 classes"),
    "measurements": (np.linspace(0, 1, 30), "Unknown label type: continuous"),
    "several": (RNG.integers(0, 2, size=(30, 3)), "Multilabel and multioutput targets are not supported"),
    "one row": (np.r_[Y[:-1], 2], "Class 2 has 1 sample; at least 2.*RandomOverSampler.*sampling_strategy"),
    "one row by name": (np.array(["a"] * 29 + ["<script>"]), "Class '<script>' has 1 sample"),
}


@pytest.mark.parametrize(("labels", "message"), LABELS.values(), ids=LABELS)
def test_bad_labels(labels, message):
    with pytest.raises(ValueError, match=message):
        GANOverSampler().fit_resample(X, labels)


@pytest.mark.parametrize(
    ("labels", "message"),
    [
        (Y[:-1], "same number of rows. Got 30 and 29"),
        (np.linspace(0, 1, 30), "Unknown label type: continuous"),
        (np.c_[Y, Y], r"one label per row. Got an array of shape \(30, 2\)"),
        (3, "one label per row: .* Got int"),
        (np.array(3), r"one label per row. Got an array of shape \(\)"),
        (np.r_[Y[:-1], 2], "Class 2 has 1 sample; at least 2"),
    ],
)
def test_bad_labels_of_the_model(labels, message):
    with pytest.raises((DataError, DataTypeError), match=message):
        TabularGAN().fit(X, labels)


@pytest.mark.parametrize(
    ("strategy", "message"),
    [
        ({0: 10}, "Class 0 has 22 rows and 10 are requested"),
        ({1: 7}, "Class 1 has 8 rows and 7 are requested"),
        (lambda y: {1: 7}, "Class 1 has 8 rows and 7 are requested"),
        ({1: -5}, "Class 1 has 8 rows and -5 are requested"),
        ({1: 15.5}, "must give an int for each class. Got 15.5 for class 1"),
        ({1: "15"}, "must give an int for each class. Got '15' for class 1"),
        ({"1": 15}, "must name classes that y has: 0, 1. Got '1'"),
        (0.36, r"above the present ratio.*0.364.*Class 1 has 8 rows. Got 0.36"),
        (0, "above 0 and at most 1. Got 0;"),
        (-0.5, "above 0 and at most 1. Got -0.5"),
        (1.01, "above 0 and at most 1. Got 1.01"),
        (float("nan"), "above 0 and at most 1. Got nan"),
        (float("inf"), "above 0 and at most 1. Got inf"),
        (True, "above 0 and at most 1. Got True"),
        (Decimal("NaN"), "above 0 and at most 1. Got Decimal"),
        (lambda y: 1.5, "above 0 and at most 1. Got 1.5"),
        (0.3, r"above the present ratio.*0.364.*Class 1 has 8 rows. Got 0.3"),
    ],
)
def test_target_out_of_reach(strategy, message):
    with pytest.raises(ParameterError, match=message):
        GANOverSampler(sampling_strategy=strategy).fit_resample(X, Y)


@pytest.mark.parametrize(
    "classes", [[], (), np.array([], int), "1", b"1"], ids=["list", "tuple", "array", "text", "bytes"]
)
def test_no_classes_to_generate(classes):
    with pytest.raises(ParameterError, match="'classes' must be a list of labels that y has"):
        TabularGAN().fit(X, Y, classes=classes)


def test_ratio_for_several_classes():
    with pytest.raises(ValueError, match="float only when the type of target is binary"):
        GANOverSampler(sampling_strategy=0.5).fit_resample(X, np.repeat([0, 1, 2], 10))


@pytest.mark.parametrize(
    ("kinds", "error", "message"),
    [
        ({"incme": "integer"}, ParameterError, "lacks: 'incme'. Did you mean 'income'"),
        ({"income": "numeric"}, ParameterError, r"kinds\['income'\] must be one of"),
        ({"income": "datetime"}, DataTypeError, "Column 'income' cannot be of kind 'datetime'"),
        ({"income": "constant"}, ParameterError, "Column 'income' cannot be of kind 'constant'"),
    ],
)
def test_bad_kinds(kinds, error, message):
    with pytest.raises(error, match=message):
        GANOverSampler(kinds=kinds).fit_resample(FRAME, Y)


def test_unknown_class_to_learn():
    with pytest.raises(ParameterError, match=r"one of the classes seen in fit: 0, 1\. Got 5"):
        TabularGAN().fit(X, Y, classes=[5])


@pytest.mark.parametrize(
    "use",
    [
        lambda: TabularGAN().sample(1, label=0),
        lambda: TabularGAN().discriminate(X, Y),
        lambda: TabularGAN().save("never-written"),
        lambda: GANOverSampler().discriminate(X, Y),
    ],
    ids=["sample", "score", "save", "sampler score"],
)
def test_use_before_fit(use):
    with pytest.raises(NotFittedError):
        use()


@pytest.mark.parametrize("method", ["fit", "fit_resample"])
def test_what_the_sampler_does_not_use_is_refused(method):
    with pytest.raises(
        ParameterError, match=r"takes X and y only. Got 'sample_weight'.*Pass weights to the classifier"
    ):
        getattr(GANOverSampler(), method)(X, Y, sample_weight=np.ones(30))
