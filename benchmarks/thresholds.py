"""Measure whether thresholds that are tuned on the other folds are honest.

``python -m benchmarks.thresholds`` draws many small tables from known distributions, tunes a threshold for each test
fold in several ways, and compares the score on the test fold with the score that the same model and threshold have
on a large fresh sample. Their mean difference is the optimism of the way to tune. It prints a Markdown table.
"""

from collections.abc import Callable, Iterator
from itertools import product
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold
from sklearn.neighbors import KNeighborsClassifier
from sklearn.tree import DecisionTreeClassifier

from imbgan.strategies.thresholds import threshold_metrics, thresholds

SIZES, N_COLUMNS, N_FRESH, SHARE, N_TABLES = (400, 1600), 4, 10_000, 0.1, 60
METRICS = ("mcc",)
LEARNERS: dict[str, Callable[[], Any]] = {
    "logistic regression": lambda: LogisticRegression(),
    "15 neighbors": lambda: KNeighborsClassifier(15),
    "tree of 10 leaves": lambda: DecisionTreeClassifier(max_leaf_nodes=10, random_state=0),
}
#: The distance between the means of the classes, in standard deviations.
TABLES = {"noise": 0.0, "weak signal": 1.0, "strong signal": 2.5}

Array = NDArray[np.float64]
Bools = NDArray[np.bool_]


def draw(rng: np.random.Generator, n: int, distance: float) -> tuple[Array, Bools]:
    """Return n rows of two normal classes."""
    y = rng.random(n) < SHARE
    X = rng.normal(size=(n, N_COLUMNS))
    X[:, 0] += distance * y
    return X, y


def probabilities(learner: str, X: Array, y: Bools, *tables: Array) -> list[Array]:
    """Fit a learner, and return its probabilities for each of the other tables."""
    model = LEARNERS[learner]().fit(X, y)
    return [model.predict_proba(table)[:, 1] for table in tables]


def held_out(learner: str, X: Array, y: Bools, n_splits: int, n_used: int) -> tuple[Bools, Array]:
    """Return labels and probabilities of the test parts of the first ``n_used`` folds of a training part."""
    folds = list(StratifiedKFold(n_splits, shuffle=True, random_state=0).split(X, y))[:n_used]
    predicted = [probabilities(learner, X[train], y[train], X[test])[0] for train, test in folds]
    return np.concatenate([y[test] for _, test in folds]), np.concatenate(predicted)


def one_table(learner: str, n_rows: int, distance: float, seed: int) -> Iterator[tuple[str, str, float, float]]:
    """Yield the way to tune, the metric, and the mean scores over the folds on test rows and on fresh rows."""
    rng = np.random.default_rng(seed)
    (X, y), (X_fresh, y_fresh) = draw(rng, n_rows, distance), draw(rng, N_FRESH, distance)
    folds = list(StratifiedKFold(5, shuffle=True, random_state=seed).split(X, y))
    outer = [probabilities(learner, X[train], y[train], X[test], X_fresh) for train, test in folds]
    found: dict[tuple[str, str], list[tuple[float, float]]] = {}
    for i, (train, test) in enumerate(folds):
        others = [j for j in range(len(folds)) if j != i]
        ways = {
            "3 inner folds": held_out(learner, X[train], y[train], 3, 3),
            "1 inner split": held_out(learner, X[train], y[train], 3, 1),
            "the other folds": (
                np.concatenate([y[folds[j][1]] for j in others]),
                np.concatenate([outer[j][0] for j in others]),
            ),
            "the test fold itself": (y[test], outer[i][0]),
        }
        for (way, (truth, p)), metric in product(ways.items(), METRICS):
            cut = thresholds(truth, p, [metric])[metric]
            scores = [
                threshold_metrics(*pair)[metric]
                for pair in ((y[test], outer[i][0] >= cut), (y_fresh, outer[i][1] >= cut))
            ]
            found.setdefault((way, metric), []).append((float(scores[0] or 0.0), float(scores[1] or 0.0)))
    for (way, metric), pairs in found.items():
        yield way, metric, *np.mean(pairs, axis=0).tolist()


def main() -> None:
    """Print the table."""
    print(f"Means over {N_TABLES} tables of {N_COLUMNS} columns, {SHARE:.0%} rare, in 5 folds.\n")
    print("| rows | table | learner | metric | tuned on | on test rows | on fresh rows | optimism ± standard error |")
    print("| --: | :-- | :-- | :-- | :-- | --: | --: | --: |")
    for n_rows, (table, distance), learner in product(SIZES, TABLES.items(), LEARNERS):
        found: dict[tuple[str, str], list[tuple[float, float]]] = {}
        for seed in range(N_TABLES):
            for way, metric, *scores in one_table(learner, n_rows, distance, seed):
                found.setdefault((metric, way), []).append((scores[0], scores[1]))
        for (metric, way), pairs in found.items():
            values = np.array(pairs)
            gaps, means = values[:, 0] - values[:, 1], values.mean(axis=0)
            error = gaps.std(ddof=1) / np.sqrt(len(gaps))
            figures = f"{means[0]:.3f} | {means[1]:.3f} | {gaps.mean():+.3f} ± {error:.3f}"
            print(f"| {n_rows:,} | {table} | {learner} | {metric} | {way} | {figures} |", flush=True)


if __name__ == "__main__":
    main()
