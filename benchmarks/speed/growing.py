"""One size of one axis: what a table of this size costs, stage by stage; run in a process of its own."""

import json
import sys
import warnings
from typing import Any

import numpy as np
import pandas as pd

from benchmarks.speed.job import Record, Stopwatch

#: Every fit trains for as many steps, whatever the table.
STEPS = 100
N_ROWS, N_GENERATED = 9_000, 10_000


def rows(n: int) -> tuple[pd.DataFrame, np.ndarray]:
    """Return n rows of 6 numbers and 4 categories of 10 levels, a tenth of them rare."""
    rng = np.random.default_rng(0)
    y = (np.arange(n) % 10 == 0).astype(int)
    numbers = {f"x{i}": rng.normal(size=n) + 0.3 * y for i in range(6)}
    texts = np.array([f"level {i}" for i in range(10)], dtype=object)
    levels = {f"c{i}": texts[rng.integers(10, size=n)] for i in range(4)}
    return pd.DataFrame({**numbers, **levels}), y


def columns(n: int) -> tuple[np.ndarray, np.ndarray]:
    """Return 1,000 rows of n numbers, a fifth of them rare."""
    rng = np.random.default_rng(0)
    y = (np.arange(1000) % 5 == 0).astype(int)
    return rng.normal(size=(1000, n)) + 0.1 * y[:, None], y


def classes(n: int) -> tuple[pd.DataFrame, np.ndarray]:
    """Return 9,000 rows of n classes, half of them of class 0."""
    table, _ = rows(N_ROWS)
    y = np.where(np.arange(N_ROWS) % 2 == 0, 0, 1 + np.arange(N_ROWS) // 2 % (n - 1))
    return table, y


def levels(n: int) -> tuple[pd.DataFrame, np.ndarray]:
    """Return 300,000 rows with a category of n levels, a tenth of them rare."""
    rng = np.random.default_rng(0)
    size = 300_000
    texts = np.array([f"city {i}" for i in range(n)], dtype=object)
    table = pd.DataFrame({"x": rng.normal(size=size), "city": texts[rng.permutation(size) % n]})
    return table, (np.arange(size) % 10 == 0).astype(int)


TABLES = {"rows": rows, "columns": columns, "classes": classes, "levels": levels}


def measure(axis: str, size: int) -> Record:
    """Return seconds, CPU seconds and peaks of each stage."""
    from imbgan import GANOverSampler, TabularGAN

    warnings.simplefilter("ignore")
    X, y = TABLES[axis](size)
    kinds: Any = {"city": "categorical"} if axis == "levels" else None
    options: Any = {"max_iter": STEPS, "early_stopping": False, "n_generators": 1, "random_state": 0, "kinds": kinds}
    # Rows to generate: as many as there are where rows grow, and a fixed number elsewhere.
    n_new = size if axis == "rows" else N_GENERATED
    counts = np.bincount(y)
    wanted = {c: int(counts[c]) + n_new // (len(counts) - 1) for c in range(1, len(counts))}
    watch = Stopwatch()
    watch.time("nothing", lambda: None)
    gan = TabularGAN(**options)
    watch.time("fit", lambda: gan.fit(X, y))
    watch.time("generate", lambda: gan.sample(n_new, label=1))
    sampler = GANOverSampler(sampling_strategy=wanted, **options)
    watch.time("fit_resample", lambda: sampler.fit_resample(X, y))
    watch.time("assess", lambda: sampler.quality_)
    return watch.record


if __name__ == "__main__":
    print(json.dumps(measure(sys.argv[1], int(sys.argv[2]))))
