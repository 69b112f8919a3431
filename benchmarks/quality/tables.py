"""Data sets as cases: a table, what is rare in it, and how many rare rows a classifier may learn from.

The two halves were fixed before anything was tuned: whatever earlier work on this package had looked at is in the
development half.
"""

import json
import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.datasets import load_breast_cancer, load_digits, load_iris, load_wine

from imbgan.comparison.folds import find_blocks, make_folds
from imbgan.random import Streams

DEVELOPMENT = (
    "adult",
    "breast_cancer",
    "credit_default",
    "creditcard_sample",
    "fraud_oracle",
    "give_me_some_credit",
    "haberman",
    "iris",
    "mammography",
    "oil_spill",
    "stroke",
)
VALIDATION = (
    "abalone19",
    "coil2000_caravan",
    "digits",
    "hcv",
    "kdd99_dedup",
    "nursery",
    "ohlsson_motorcycle",
    "ozone_8hr",
    "page_blocks",
    "polish_bankruptcy_1y",
    "wine",
)
# Rare class against the rest, where the catalogue's class has too few rows to test on, or where there is no catalogue.
RARE = {
    "breast_cancer": 0,
    "digits": 8,
    "hcv": "Cirrhosis",
    "iris": 2,
    "kdd99_dedup": "r2l",
    "nursery": "very_recom",
    "page_blocks": "picture",
    "wine": 2,
}
NATIVE = ("hcv", "iris", "kdd99_dedup", "nursery", "page_blocks", "wine")
BUNDLED = {"breast_cancer": load_breast_cancer, "digits": load_digits, "iris": load_iris, "wine": load_wine}

HALVES = ("development", "validation")
THINNED = (20, 50, 100, 200)
N_SPLITS = 3
# A table is first cut to this many rows, so that folds are quick to make; training and test parts then to these.
MAX_ROWS = 30_000
MAX_COMMON = 2000
MAX_NATURAL = 3000
MAX_TEST = 6000
# Natively, a class with fewer rows than this is left out: it cannot be learned and tested in three folds.
MIN_CLASS = 6


@dataclass(frozen=True)
class Case:
    """A table with a task; ``rare`` is how many rare training rows are kept, or "natural"."""

    table: str
    task: str
    rare: int | str

    @property
    def half(self) -> str:
        """The half of the data sets that the table belongs to."""
        return "development" if self.table in DEVELOPMENT else "validation"


@dataclass(frozen=True)
class Split:
    """What one fold of a case learns from and is judged on; ``X_spare`` holds the rare rows that thinning left out."""

    X_train: pd.DataFrame
    y_train: NDArray[np.intp]
    X_test: pd.DataFrame
    y_test: NDArray[np.intp]
    X_spare: pd.DataFrame = field(default_factory=pd.DataFrame)


def folder() -> Path:
    """Return the folder of the data sets."""
    named = os.environ.get("IMBGAN_DATA")
    if not named:
        raise SystemExit("The environment variable IMBGAN_DATA must name the folder of the data sets; see README.md.")
    return Path(named)


@cache
def read(table: str) -> tuple[pd.DataFrame, pd.Series]:
    """Return features and labels of a data set, cut to ``MAX_ROWS`` rows; every row of the rarest classes stays."""
    if table in BUNDLED:
        X, y = BUNDLED[table](return_X_y=True, as_frame=True)
    else:
        entry = next(e for e in json.loads((folder() / "catalogue.json").read_text()) if e["name"] == table)
        X = pd.read_parquet(folder() / entry["file"])
        y = X.pop(entry["target"])
        RARE.setdefault(table, entry["minority_label"])
    if len(X) > MAX_ROWS:
        rng = Streams(0).generator("rows", table)
        counts = y.value_counts()
        kept = [
            rng.permutation(np.flatnonzero(y == label))[: max(2000, round(MAX_ROWS * n / len(y)))]
            for label, n in counts.items()
        ]
        chosen = np.sort(np.concatenate(kept))
        X, y = X.iloc[chosen], y.iloc[chosen]
    return X.reset_index(drop=True), y.reset_index(drop=True)


def codes(case: Case) -> tuple[pd.DataFrame, NDArray[np.intp]]:
    """Return the table of a case and its classes: 1 is rare in binary tasks, 0 the largest class in native ones."""
    X, y = read(case.table)
    if case.task == "binary":
        # As text, since a label may have been read as another type than the catalogue says.
        return X, (y.astype(str) == str(RARE[case.table])).to_numpy(np.intp)
    counts = y.value_counts()
    order = counts[counts >= MIN_CLASS].index.tolist()
    kept = y.isin(order).to_numpy()
    known = {label: code for code, label in enumerate(order)}
    return X[kept].reset_index(drop=True), y[kept].map(known).to_numpy(np.intp)


def cases(half: str) -> Iterator[Case]:
    """Yield the cases of a half; a thinned one only where the natural fold has a tenth more rare rows than that."""
    for table in DEVELOPMENT if half == "development" else VALIDATION:
        natural = Case(table, "binary", "natural")
        n_rare = int(codes(natural)[1].sum()) * (N_SPLITS - 1) // N_SPLITS
        yield from (Case(table, "binary", n) for n in THINNED if 1.1 * n <= n_rare)
        yield natural
        if table in NATIVE:
            yield Case(table, "native", "natural")


def _cut(positions: NDArray[np.intp], n: int, rng: np.random.Generator) -> NDArray[np.intp]:
    return positions if len(positions) <= n else rng.permutation(positions)[:n]


@cache
def _folds(case: Case, repeat: int) -> tuple[tuple[NDArray[np.intp], NDArray[np.intp]], ...]:
    X, y = codes(case)
    # Equal rows never part: a test row has not been trained on.
    found = make_folds(y, find_blocks(X, None), N_SPLITS, Streams(repeat))
    return tuple((fold.train, fold.test) for fold in found)


def split(case: Case, fold: int) -> Split:
    """Return fold ``fold`` of a case; three folds are one repeat. The test rows of all thinnings are the same."""
    X, y = codes(case)
    whole = Case(case.table, case.task, "natural")
    train, test = _folds(whole, fold // N_SPLITS)[fold % N_SPLITS]
    streams = Streams(fold)
    rng, test_rng = streams.generator("train", case.table), streams.generator("test", case.table)
    parts: list[NDArray[np.intp]] = []
    spare = train[:0]
    for code in range(int(y.max()) + 1):
        positions = rng.permutation(train[y[train] == code])
        if case.rare == "natural":
            limit = max(round(MAX_NATURAL * len(positions) / len(train)), min(len(positions), 20))
        else:
            # A larger thinning keeps the rows of a smaller one.
            limit = int(case.rare) if code == 1 else MAX_COMMON
        parts.append(positions[:limit])
        spare = positions[limit:] if code == 1 else spare
    train = np.sort(np.concatenate(parts))
    rare = test[y[test] != 0]
    common = _cut(test[y[test] == 0], max(MAX_TEST - len(rare), MAX_TEST // 2), test_rng)
    test = np.sort(np.concatenate([rare, common]))
    X_train, X_test, X_spare = (X.iloc[rows].reset_index(drop=True) for rows in (train, test, np.sort(spare)))
    return Split(X_train, y[train], X_test, y[test], X_spare)
