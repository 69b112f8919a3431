"""Histograms of one column: shares of real and of generated values."""

from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from imbgan.quality.results import Histogram
from imbgan.quality.rows import Cells, Field
from imbgan.tabular.schema import TIME_FAMILIES
from imbgan.tabular.ticks import text_of_time

# More bins cannot be distinguished in a small figure.
MAX_BINS = 20
# Bins between these percentiles have equal widths; values beyond them fall into the first and the last bin.
INNER = (0.5, 99.5)


def histogram(field: Field, real: Cells, synthetic: Cells) -> Histogram:
    """Count the present values of one column, shape (n,) and (m,)."""
    real, synthetic = real[~np.isnan(real)], synthetic[~np.isnan(synthetic)]
    return _of_numbers(field, real, synthetic) if field.is_number else _of_levels(field, real, synthetic)


def _of_numbers(field: Field, real: Cells, synthetic: Cells) -> Histogram:
    both = np.concatenate([real, synthetic])
    values = np.unique(both)
    if not len(values):
        return Histogram((), None, (), ())
    if len(values) <= MAX_BINS:
        # One bin per value, which ends halfway to the next value.
        middles = (values[1:] + values[:-1]) / 2
        margin = (values[-1] - values[0]) / (2 * max(len(values) - 1, 1)) or 0.5
        edges = np.concatenate([[values[0] - margin], middles, [values[-1] + margin]])
        labels = _texts(field, values)
    else:
        low, high = np.percentile(both, INNER)
        if low == high:
            low, high = values[0], values[-1]
        edges = np.linspace(low, high, MAX_BINS + 1)
        ends = _texts(field, edges)
        labels = [f"{left} to {right}" for left, right in pairwise(ends)]
        labels[0], labels[-1] = f"up to {ends[1]}", f"from {ends[-2]}"
    shares = [_shares(np.clip(cells, edges[0], edges[-1]), edges) for cells in (real, synthetic)]
    return Histogram(tuple(labels), tuple(edges.tolist()), shares[0], shares[1])


def _shares(cells: Cells, edges: NDArray[np.float64]) -> tuple[float, ...]:
    counts = np.histogram(cells, edges)[0]
    return tuple((counts / max(int(counts.sum()), 1)).tolist())


def _of_levels(field: Field, real: Cells, synthetic: Cells) -> Histogram:
    n_levels = len(field.levels)
    if not n_levels:
        return Histogram((), None, (), ())
    shares = [
        np.bincount(cells.astype(np.intp), minlength=n_levels) / max(len(cells), 1) for cells in (real, synthetic)
    ]
    order = np.argsort(-(shares[0] + shares[1]), kind="stable")
    kept, rest = (order, order[:0]) if n_levels <= MAX_BINS else (order[: MAX_BINS - 1], order[MAX_BINS - 1 :])
    labels = [field.levels[i] for i in kept] + ([f"{len(rest)} other levels"] if len(rest) else [])
    columns = [[*share[kept].tolist(), *([float(share[rest].sum())] if len(rest) else [])] for share in shares]
    return Histogram(tuple(labels), None, tuple(columns[0]), tuple(columns[1]))


def _texts(field: Field, values: NDArray[np.float64]) -> list[str]:
    """Return texts of numbers, dates and times."""
    if field.family in TIME_FAMILIES:
        return _times(field.family, values)
    if field.family == "int" and np.mod(values, 1).max() == 0:
        return [f"{value:.0f}" for value in values]
    return [f"{value:.4g}" for value in values]


def _times(family: str, values: NDArray[np.float64]) -> list[str]:
    if family == "timedelta":
        return [f"{value / 3.6e12:.4g} h" for value in values]
    if family == "time":
        return [text_of_time(np.timedelta64(round(value), "ns")) for value in values.tolist()]
    moments = values.astype(np.int64).astype("datetime64[ns]")
    unit = "D" if np.ptp(values) > 3 * 86400e9 else "s"
    return np.datetime_as_string(moments.astype(f"datetime64[{unit}]")).tolist()
