"""The oracle's share: how much generated rows bring of what true further rows would bring.

With A(m) the mean average precision of a method, the share of bags with generated rows is (A(bags) - A(nothing)) /
(A(oracle) - A(nothing)), where the oracle is the same bags with true further rows of the rare class. The share of the
rows alone puts the same bags without generated rows in the place of nothing.
"""

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from benchmarks.quality.markdown import Row, markdown, number, signed
from benchmarks.quality.records import LEARNERS, Pair, Results

GROUP = "oracle"
NOTHING, NO_ROWS, TRUE_ROWS = "nothing", "bags without generated rows", "bags with true further rows"
GAN_ROWS, LOCAL_GAUSSIAN_ROWS = "bags with GAN rows", "bags with local-Gaussian rows"
ARMS = (NOTHING, NO_ROWS, GAN_ROWS, LOCAL_GAUSSIAN_ROWS, TRUE_ROWS)
METRICS = {"average_precision": "average precision", "roc_auc": "ROC AUC", "log_loss": "log-loss"}
#: The least share of the oracle's gain in average precision that was asked for before the run, by half.
TARGETS = {"development": 0.75, "validation": 0.6}
N_BOOTSTRAP = 2000

Floats = NDArray[np.float64]


def report(results: Results) -> list[str]:
    """Return the lines of one half: means and shares of the arms, then the shares by learner and by table."""
    arms = [arm for arm in ARMS if arm in results.methods]
    if NOTHING not in arms or TRUE_ROWS not in arms:
        return []
    return [
        *_means(results, arms),
        *_shares_by(results, arms, "learner", lambda pair: pair[1].replace("_", " ")),
        *_shares_by(results, arms, "table", lambda pair: pair[0].table),
        *_target(results),
    ]


def share(values: Floats, start: int, arm: int, oracle: int) -> float:
    """Return the share of the oracle's gain over ``start`` that an arm has; NaN where the oracle gains nothing.

    Parameters
    ----------
    values : ndarray of shape (n_pairs, n_arms), float64
        Average precision.
    start, arm, oracle : int
        Columns.
    """
    means = values.mean(axis=0)
    whole = float(means[oracle] - means[start])
    return float(means[arm] - means[start]) / whole if whole > 0.0 else np.nan


def interval(pairs: Sequence[Pair], values: Floats, start: int, arm: int, oracle: int) -> tuple[float, float]:
    """Return the 95 % bootstrap interval of a share, tables being drawn with all their pairs."""
    names = [case.table for case, _ in pairs]
    rows = {table: np.flatnonzero([name == table for name in names]) for table in dict.fromkeys(names)}
    tables, rng = list(rows), np.random.default_rng(0)
    drawn = rng.integers(len(tables), size=(N_BOOTSTRAP, len(tables)))
    found = [share(values[np.concatenate([rows[tables[i]] for i in draw])], start, arm, oracle) for draw in drawn]
    low, high = np.nanquantile(found, [0.025, 0.975]).tolist()
    return low, high


def _means(results: Results, arms: Sequence[str]) -> list[str]:
    columns = {metric: results.aligned(arms, metric) for metric in METRICS}
    pairs, precision = columns["average_precision"]
    oracle = arms.index(TRUE_ROWS)
    rows: list[Row] = []
    for i, arm in enumerate(arms):
        cells = [arm, *(number(float(values[:, i].mean())) for _, values in columns.values())]
        cells += ["–" if i == 0 else signed(float((precision[:, i] - precision[:, 0]).mean()))]
        for start in (NOTHING, NO_ROWS):
            is_between = start in arms and arm not in (NOTHING, NO_ROWS if start == NO_ROWS else "", TRUE_ROWS)
            if not is_between:
                cells.append("100%" if arm == TRUE_ROWS and start in arms else "–")
                continue
            places = arms.index(start), i, oracle
            low, high = interval(pairs, precision, *places)
            cells.append(f"{_percent(share(precision, *places))} ({_percent(low)} to {_percent(high)})")
        rows.append(cells)
    header = [f"{len(pairs)} pairs", *METRICS.values(), f"gain over {NOTHING}"]
    return markdown([*header, "share of the oracle's gain", "share of what rows alone can bring"], rows)


def _shares_by(results: Results, arms: Sequence[str], what: str, key: Callable[[Pair], str]) -> list[str]:
    pairs, precision = results.aligned(arms, "average_precision")
    between = [i for i, arm in enumerate(arms) if arm not in (NOTHING, TRUE_ROWS)]
    oracle = arms.index(TRUE_ROWS)
    names = [key(pair) for pair in pairs]
    rows: list[Row] = []
    for name in sorted(set(names), key=lambda name: (_place(name), name)):
        chosen = precision[np.array([other == name for other in names])]
        whole = float((chosen[:, oracle] - chosen[:, 0]).mean())
        shares = [_percent(share(chosen, 0, i, oracle)) for i in between]
        rows.append([name, number(float(chosen[:, 0].mean())), signed(whole), *shares])
    return markdown([f"share by {what}", NOTHING, "oracle's gain", *(arms[i] for i in between)], rows)


def _target(results: Results) -> list[str]:
    half = results.cases[0].half
    _, precision = results.aligned([NOTHING, GAN_ROWS, TRUE_ROWS], "average_precision")
    if not len(precision):
        return []
    found = share(precision, 0, 1, 2)
    verdict = "reached" if found >= TARGETS[half] else "missed"
    return [
        f"Target, set before the run: {GAN_ROWS} bring at least {TARGETS[half]:.0%} of the oracle's gain in average "
        f"precision. Measured: {_percent(found)}, **{verdict}**.",
        "",
    ]


def _place(name: str) -> int:
    known = [learner.replace("_", " ") for learner in LEARNERS]
    return known.index(name) if name in known else len(known)


def _percent(value: float) -> str:
    return f"{value:.0%}".replace("-", "−") if np.isfinite(value) else "–"
