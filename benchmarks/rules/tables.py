"""Tables with rules: one real, three made; each is cut into a training part and a test part."""

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from imbgan import adds_up, between, less, only_together, unique
from imbgan.tabular.rules import Rule

N_ROWS, N_RARE = 2000, 200
LABEL, RARE, COMMON = "label", "rare", "common"


@dataclass(frozen=True)
class Ruled:
    """A table, its labels as the last column, and the rules that all rows obey."""

    name: str
    table: pd.DataFrame
    rules: tuple[Rule, ...]

    def parts(self, seed: int) -> tuple[pd.DataFrame, pd.DataFrame]:
        """Return two halves with equal shares of both classes."""
        rng = np.random.default_rng(seed)
        half = np.zeros(len(self.table), bool)
        for label in (RARE, COMMON):
            own = rng.permutation(np.flatnonzero(self.table[LABEL] == label))
            half[own[: len(own) // 2]] = True
        return self.table[half].reset_index(drop=True), self.table[~half].reset_index(drop=True)


def _labels(score: Any, rng: np.random.Generator) -> Any:  # noqa: ANN401 - an array
    """Return "rare" for the rows of the highest noisy scores."""
    noisy = (score - score.mean()) / score.std() + rng.normal(0.0, 0.7, len(score))
    return np.where(np.argsort(np.argsort(-noisy)) < 2 * N_RARE, RARE, COMMON)


def orders() -> Ruled:
    """Orders: a shipment is not before the order, and amounts add up."""
    rng = np.random.default_rng(1)
    n = 2 * N_ROWS
    start = pd.Timestamp("2024-01-01") + pd.to_timedelta(rng.integers(0, 365, n), unit="D")
    days = rng.poisson(3.0, n)
    net = np.round(rng.gamma(2.0, 60.0, n), 2)
    tax = np.round(net * rng.choice([0.07, 0.19], n), 2)
    freight = np.round(rng.choice([0.0, 4.9, 9.9], n, p=[0.3, 0.5, 0.2]) + (days == 0) * 12.0, 2)
    table = pd.DataFrame(
        {
            "ordered": start,
            "shipped": start + pd.to_timedelta(days, unit="D"),
            "net": net,
            "tax": tax,
            "freight": freight,
            "total": np.round(net + tax + freight, 2),
            "items": rng.poisson(net / 40.0) + 1,
            LABEL: _labels(net / 60.0 - days, rng),
        }
    )
    return Ruled("orders", table, (less("ordered", "shipped"), adds_up(["net", "tax", "freight"], "total")))


def places() -> Ruled:
    """Return customers: each city lies in one country, and each country has one currency."""
    rng = np.random.default_rng(2)
    n = 2 * N_ROWS
    city = np.minimum(rng.geometric(0.06, n) - 1, 39)
    country = city % 12
    table = pd.DataFrame(
        {
            "city": [f"city {i:02d}" for i in city],
            "country": [f"country {i:02d}" for i in country],
            "currency": [f"currency {i % 7}" for i in country],
            "visits": rng.poisson(2.0 + country / 3.0),
            "spent": np.round(rng.gamma(2.0, 20.0, n) * (1.0 + country / 12.0), 2),
        }
    )
    table[LABEL] = _labels((country % 4) + table["spent"].to_numpy() / 40.0, rng)
    return Ruled("places", table, (only_together("city", "country", "currency"),))


def persons() -> Ruled:
    """Persons: ages within bounds, years of work below the age, and an id of one's own."""
    rng = np.random.default_rng(3)
    n = 2 * N_ROWS
    age = np.clip(rng.normal(45.0, 16.0, n).round(), 18, 99).astype(int)
    worked = np.floor((age - 16) * rng.beta(3.0, 2.0, n)).astype(int)
    table = pd.DataFrame(
        {
            "id": rng.permutation(n) + 100_000,
            "age": age,
            "years_worked": worked,
            "income": np.round(rng.lognormal(3.4 + worked / 60.0, 0.5, n), 1),
            "region": rng.choice(["north", "east", "south", "west"], n),
        }
    )
    table[LABEL] = _labels(worked / 10.0 - np.abs(age - 50) / 10.0, rng)
    return Ruled("persons", table, (between("age", 18, 99), less("years_worked", "age", strict=True), unique(["id"])))


def nursery_table() -> pd.DataFrame:
    """Return all 12,960 applications."""
    return pd.read_parquet(Path(os.environ["IMBGAN_DATA"]) / "nursery.parquet").astype(str)


def nursery() -> Ruled:
    """Applications for a nursery school: the recommendation is a function of all other columns."""
    found = nursery_table()
    rng = np.random.default_rng(4)
    label = np.where(found["has_nurs"] == "very_crit", RARE, COMMON)
    rare, common = (rng.permutation(np.flatnonzero(label == each)) for each in (RARE, COMMON))
    rows = np.sort(np.concatenate([rare[: 2 * N_RARE], common[: 2 * (N_ROWS - N_RARE)]]))
    table = found.drop(columns="has_nurs").assign(**{LABEL: label}).iloc[rows].reset_index(drop=True)
    return Ruled("nursery", table, (only_together("health", "class"),))


TABLES = {each.__name__: each for each in (orders, places, persons, nursery)}

#: The day from which those of peers count, which know no dates.
FIRST_DAY = pd.Timestamp("2024-01-01")


def with_days(table: pd.DataFrame) -> pd.DataFrame:
    """Return the table with numbers of days in place of dates."""
    dates = [name for name in table.columns if table[name].dtype.kind == "M"]
    return table.assign(**{str(name): (table[name] - FIRST_DAY).dt.days for name in dates})


def with_dates(rows: pd.DataFrame, like: pd.DataFrame) -> pd.DataFrame:
    """Return rows of :func:`with_days` with dates again, in the types of the table."""
    dates = [name for name in like.columns if like[name].dtype.kind == "M"]
    days = {str(name): FIRST_DAY + pd.to_timedelta(rows[name].round(), unit="D") for name in dates}
    return rows.assign(**days).astype(like.dtypes.to_dict())[list(like.columns)]
