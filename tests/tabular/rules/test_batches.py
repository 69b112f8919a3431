"""Rules of a table that is never in memory as a whole: learned from a reservoir, checked in every row."""

from typing import Any

import numpy as np
import pandas as pd
import pytest

from imbgan import GANOverSampler, TabularGAN, adds_up, between, less, only_together, unique
from imbgan.exceptions import DataError, ParameterError
from imbgan.tabular.reservoir import ReservoirSize
from imbgan.tabular.survey import Survey

pytestmark = pytest.mark.filterwarnings("ignore::imbgan.exceptions.GenerationQualityWarning")  # five steps
SMALL = ReservoirSize(per_class=60, of_largest=60)
RULES = [
    less("start", "end"),
    less("low", "high", strict=True),
    adds_up(["net", "tax"], "gross"),
    between("gross", 0, 600),
    between("net", 1, None),
    only_together("city", "country"),
    unique(["id"]),
]


def orders(n: int = 600) -> tuple[pd.DataFrame, np.ndarray]:
    rng = np.random.default_rng(0)
    start = pd.Timestamp("2024-01-01") + pd.to_timedelta(rng.integers(0, 300, n), unit="D")
    place = rng.integers(0, 8, n)
    net, tax = rng.integers(1, 500, n), rng.integers(1, 90, n)
    low = np.round(rng.gamma(2, size=n), 2)
    frame = pd.DataFrame(
        {
            "id": rng.permutation(n) + 1000,
            "start": start,
            "end": start + pd.to_timedelta(rng.integers(0, 30, n), unit="D"),
            "low": low,
            "high": np.round(low + 0.01 + rng.gamma(2, size=n), 2),
            "city": np.array(list("abcdefgh"))[place],
            "country": np.array(["France", "Italy"])[place % 2],
            "net": net,
            "tax": tax,
            "gross": net + tax,
            "other": rng.normal(size=n).round(3),
        }
    )
    return frame, np.where(np.arange(n) % 5 == 0, "late", "in time")


def parts(X: pd.DataFrame, y: Any, size: int = 150) -> list[tuple[pd.DataFrame, Any]]:
    return [(X.iloc[i : i + size], y[i : i + size]) for i in range(0, len(X), size)]


def test_rows_obey_rules_that_were_learned_from_a_part_of_the_table() -> None:
    X, y = orders()
    gan = TabularGAN(rules=RULES, max_iter=5, random_state=0).fit_stream(parts(X, y), size=SMALL)
    rows = gan.sample(1000, label="late")
    assert [int(rule.broken(rows).sum()) for rule in RULES] == [0] * len(RULES)
    assert not only_together("city", "country").like(X).broken(rows).any()
    assert not set(rows["id"]) & set(X["id"])  # also of those that the reservoir does not hold
    assert list(rows.dtypes) == list(X.dtypes)
    assert rows["other"].between(X["other"].min(), X["other"].max()).all()


def test_the_sampler_keeps_rules_as_well() -> None:
    X, y = orders()
    sampler = GANOverSampler(rules=RULES, max_iter=5, random_state=0).fit_stream(parts(X, y), size=SMALL)
    rows = pd.concat([found for found, _ in sampler.sample_stream(100)])
    assert len(rows) == 360
    assert not any(rule.broken(rows).any() for rule in RULES)


def test_columns_without_rules_are_learned_as_without_them() -> None:
    X, y = orders()
    codecs = []
    for rules in (None, [less("start", "end")]):
        gan = TabularGAN(rules=rules, max_iter=5, random_state=0)
        gan.fit_stream(parts(X.drop(columns="id"), y), size=SMALL)
        codecs.append(next(cell.codec for cell in gan.encoder_.cells if cell.column.name == "other"))
    assert str(codecs[0].to_document()) == str(codecs[1].to_document())


def test_a_row_that_breaks_a_rule_is_named_with_its_batch() -> None:
    X, y = orders()
    X.loc[400, "end"] = pd.Timestamp("2020-01-01")
    with pytest.raises(DataError, match=r"from 300 .*1 of 150 rows break less\('start', 'end'\).* row 100"):
        TabularGAN(rules=RULES).fit_stream(parts(X, y), size=SMALL)


@pytest.mark.parametrize(
    ("rules", "said"),
    [
        ([less("start", "ends")], "Did you mean 'end'"),
        ([less("low", "high"), less("high", "low")], "in a circle"),
        ([adds_up(["net", "tax"], "gross"), only_together("net", "tax"), between("gross", 0, 560)], "cannot be kept"),
    ],
)
def test_rules_that_cannot_be_are_errors(rules: Any, said: str) -> None:
    X, y = orders()
    y = y[X["gross"] <= 560]
    X = X[X["gross"] <= 560].drop(columns="id")
    with pytest.raises(ParameterError, match=said):
        TabularGAN(rules=rules).fit_stream(parts(X, y), size=SMALL)


def test_surveys_of_parts_check_their_own_rows() -> None:
    X, y = orders(100)
    whole, first, second = (Survey(rules=RULES, size=SMALL) for _ in range(3))
    whole.update(X, y)
    first.update(X[:50], y[:50], file=0)
    second.update(X[50:], y[50:], file=1)
    first.merge(second)
    assert first.result().class_counts.tolist() == whole.result().class_counts.tolist()
