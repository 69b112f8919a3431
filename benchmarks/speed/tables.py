"""The tables on which systems are compared: parts of public data sets to learn from and to test on."""

import json
import os
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd

from benchmarks.speed.job import COMMON, LABEL, RARE

N_ROWS = 10_000
NAMES = ("adult", "credit_default", "mammography")


class Split(NamedTuple):
    """Rows to learn from and rows to test on, with the column ``label``, and which columns are discrete."""

    train: pd.DataFrame
    test: pd.DataFrame
    discrete: list[str]

    @property
    def n_wanted(self) -> int:
        """Number of rows that the rare class lacks."""
        return len(self.train) - 2 * int((self.train[LABEL] == RARE).sum())


def data_set(name: str) -> pd.DataFrame:
    """Return a data set of ``IMBGAN_DATA`` with the column ``label``; missing levels are levels of their own."""
    folder = Path(os.environ.get("IMBGAN_DATA", ""))
    entry = next(each for each in json.loads((folder / "catalogue.json").read_text()) if each["name"] == name)
    table = pd.read_parquet(folder / entry["file"])
    rare = table.pop(entry["target"]) == entry["minority_label"]
    for column in table.columns:
        if not pd.api.types.is_numeric_dtype(table[column]):
            table[column] = table[column].astype(object).fillna("?").astype(str)
    return table.assign(**{LABEL: np.where(rare, RARE, COMMON)})


def split(name: str, seed: int, n_rows: int = N_ROWS) -> Split:
    """Return ``n_rows`` rows of a data set to learn from, with its shares of classes, and all others to test on."""
    from sklearn.model_selection import train_test_split

    table = data_set(name)
    train, test = train_test_split(table, train_size=n_rows, stratify=table[LABEL], random_state=seed)
    discrete = [c for c in table.columns.drop(LABEL) if not pd.api.types.is_numeric_dtype(table[c])]
    return Split(train.reset_index(drop=True), test.reset_index(drop=True), discrete)


def mixed(n_rows: int, seed: int) -> Split:
    """Return invented rows of the shape of Adult, 24 % rare; nothing is left to test on."""
    rng = np.random.default_rng(seed)
    # As in Adult: 6 columns of integers, some heavy-tailed or mostly zero; 8 categories of 2 to 42 levels.
    rare = rng.random(n_rows) < 0.24
    gains, losses = rng.lognormal(8.5, 1.0, n_rows), rng.normal(1900, 300, n_rows)
    columns = {
        "age": np.clip(rng.gamma(8.0, 5.0 + rare), 17, 90).astype(int),
        "weight": rng.lognormal(12.0, 0.5, n_rows).astype(int),
        "schooling": np.clip(rng.normal(9.5 + 2.0 * rare, 2.5), 1, 16).astype(int),
        "gain": np.where(rng.random(n_rows) < 0.04 + 0.17 * rare, gains, 0).astype(int),
        "loss": np.where(rng.random(n_rows) < 0.03 + 0.07 * rare, losses, 0).astype(int),
        "hours": np.clip(rng.normal(39 + 6.0 * rare, 12), 1, 99).astype(int),
    }
    discrete: list[str] = []
    for n_levels in (9, 16, 7, 15, 6, 5, 2, 42):
        common = 1.0 / np.arange(1, n_levels + 1)  # a few frequent levels and a long tail
        weights = (common, common * rng.uniform(0.3, 3.0, n_levels))
        codes = [rng.choice(n_levels, n_rows, p=w / w.sum()) for w in weights]
        discrete.append(f"category{n_levels}")
        columns[discrete[-1]] = np.char.add("level ", np.where(rare, codes[1], codes[0]).astype(str))
    table = pd.DataFrame(columns).assign(**{LABEL: np.where(rare, RARE, COMMON)})
    return Split(table, table[:0], discrete)
