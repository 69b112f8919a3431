"""One answer for labels at every entry point: the same types are taken, the same are refused in the same words."""

import datetime as dt
from decimal import Decimal

import numpy as np
import pandas as pd
import polars as pl
import pytest
from sklearn.linear_model import LogisticRegression

from imbgan import GANOverSampler, TabularGAN, compare, ensemble
from imbgan.exceptions import ImbganError
from imbgan.quality import assess, describe
from imbgan.tabular.labels import read_labels

pytestmark = pytest.mark.filterwarnings("ignore::imbgan.ImbganWarning")

QUICK = {
    "max_iter": 10,
    "n_generators": 1,
    "random_state": 0,
    "train_options": {"chunk_size": 10, "generator_hidden": (16,), "discriminator_hidden": (16,), "latent_dim": 8},
}
CODES = np.repeat([0, 1], [40, 12])
RNG = np.random.default_rng(0)
X = RNG.normal(size=(52, 4)) + 2.0 * CODES[:, None]


def compared(y):
    return compare(X, y, estimator=LogisticRegression(), strategies=["smote"], cv=3, tune_threshold=False)


ENTRIES = {
    "fit_resample": lambda y: GANOverSampler(**QUICK).fit_resample(X, y),
    "TabularGAN": lambda y: TabularGAN(**QUICK).fit(X, y),
    "bagging": lambda y: ensemble.GANBaggingClassifier(
        LogisticRegression(), n_estimators=2, generated=0.0, random_state=0
    ).fit(X, y),
    "prior": lambda y: ensemble.PriorCorrectedClassifier(LogisticRegression()).fit(X, y),
    "table sampler": lambda y: ensemble.TableSMOTE(random_state=0).fit_resample(X, y),
    "compare": compared,
    "assess": lambda y: assess((X, y), (X, y)),
    "describe": lambda y: describe(X, y),
}


def column(values):
    cells = np.empty(len(CODES), dtype=object)
    cells[:] = [values[code] for code in CODES]
    return cells


REFUSED = {
    "mixed": column([0, "one"]),
    "bool and int": column([True, 2]),
    "missing": np.where(np.arange(52) == 7, np.nan, CODES),
    "masked": np.ma.array(CODES, mask=np.arange(52) == 7),
    "measurements": np.linspace(0, 1, 52),
    "decimal measurements": column([Decimal("0.5"), Decimal("1.5")]),
    "intervals": pd.cut(CODES, 2),
    "periods": pd.PeriodIndex(["2024-01", "2024-02"], freq="M")[CODES],
    "tuples": column([("a", 1), ("b", 2)]),
    "bytes": column([b"a", b"b"]),
    "set": set(range(52)),
    "generator": range(52).__iter__,
    "one class": np.zeros(52),
    "too few": CODES[:-1],
    "empty": [],
    "nothing": None,
}


def message(entry, y):
    y = y() if callable(y) else y
    with pytest.raises(ImbganError) as caught:
        ENTRIES[entry](y)
    return str(caught.value)


@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_be_a_label_is_refused_in_the_same_words_everywhere(name, monkeypatch):
    monkeypatch.setattr("imbgan.oversampling.learning.train", lambda *_, **__: pytest.fail("Training started."))
    # One class alone can be learned and judged; it cannot be balanced or told from others. Rows without labels can be
    # learned.
    taken = {"one class": {"TabularGAN", "assess", "table sampler"}, "nothing": {"TabularGAN"}}.get(name, set())
    messages = {entry: message(entry, REFUSED[name]) for entry in ENTRIES if entry not in taken}
    assert len({text.replace("y of real", "y") for text in messages.values()}) == 1, messages


ACCEPTED = {
    "object bools": column([False, True]),
    "object ints": column([0, 1]),
    "categorical": pd.Categorical(column(["common", "rare"])),
    "array": pd.array(CODES),
    "index": pd.Index(column(["common", "rare"])),
    "days": column([dt.date(2024, 1, 1), dt.date(2024, 1, 2)]),
    "moments": pd.Series(pd.to_datetime(["2024-01-01", "2025-01-01"])[CODES]),
    "moments of a zone": pd.Series(pd.to_datetime(["2024-01-01", "2025-01-01"])[CODES]).dt.tz_localize("Asia/Tokyo"),
    "decimals": pl.Series([Decimal(code) for code in CODES.tolist()]),
    "polars categories": pl.Series(column(["common", "rare"]).tolist(), dtype=pl.Categorical),
    "polars bools": pl.Series((CODES == 1).tolist()),
}


@pytest.mark.parametrize("entry", ENTRIES)
@pytest.mark.parametrize("name", ACCEPTED)
def test_what_is_a_label_is_taken_everywhere(name, entry):
    ENTRIES[entry](ACCEPTED[name])


@pytest.mark.parametrize("name", ACCEPTED)
def test_resampled_labels_keep_their_container(name):
    y = ACCEPTED[name]
    _, resampled = GANOverSampler(**QUICK).fit_resample(X, y)
    assert type(resampled) is type(y)
    assert resampled.dtype == y.dtype
    labels = read_labels(resampled)
    np.testing.assert_array_equal(labels.codes, [*CODES, *[1] * 28])


@pytest.mark.parametrize("labels", [CODES, CODES.astype(float), CODES.astype(np.float32)])
def test_a_label_has_one_text_everywhere(labels):
    result = compared(labels)
    assert list(result.task.class_counts) == ["0", "1"]
    assert result.task.positive == "1"
    assert all(set(row.class_counts) == {"0", "1"} for row in result.rows)
    assert set(describe(X, labels).class_counts) == {"0", "1"}
    assert set(assess((X, labels), (X, CODES)).class_counts) == {"0", "1"}
