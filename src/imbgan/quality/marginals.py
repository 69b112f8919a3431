"""Measures of single columns: real against generated values."""

import math
import warnings
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from imbgan.quality.histograms import histogram
from imbgan.quality.results import ColumnQuality, Measure
from imbgan.quality.rows import Cells, Field
from imbgan.quality.splits import Indices, Splits

# If all values came from one distribution, a level as frequent as one that counts as lost or new would be absent on one
# side with this probability. It is far below 5 %, because there are many levels.
CHANCE = 1e-4


def column_qualities(fields: Sequence[Field], real: Cells, synthetic: Cells, splits: Splits) -> list[ColumnQuality]:
    """Judge every column of one class.

    Parameters
    ----------
    fields : sequence of Field
    real, synthetic : ndarray of shape (n, d), (m, d)
        Rows of one class.
    splits : Splits
        Splits for n and m rows.
    """
    pool = np.concatenate([real, synthetic])
    return [_column(field, pool[:, j], splits) for j, field in enumerate(fields)]


def _column(field: Field, cells: Cells, splits: Splits) -> ColumnQuality:
    real, synthetic = cells[: splits.n_real], cells[splits.n_real :]
    measures = _number(cells, splits) if field.is_number else _category(cells, len(field.levels), splits)
    is_missing = np.isnan(cells)
    missing = splits.measure(
        "missing_rate", lambda a, b: np.abs(is_missing[a].mean(axis=1) - is_missing[b].mean(axis=1))
    )
    lost, new = ((), ()) if field.is_number else _unshared_levels(field, real, synthetic)
    return ColumnQuality(
        field.name,
        "number" if field.is_number else "category",
        (*measures, missing),
        histogram(field, real, synthetic),
        float(np.isnan(real).mean()),
        float(np.isnan(synthetic).mean()),
        lost,
        new,
    )


def _number(cells: Cells, splits: Splits) -> tuple[Measure, ...]:
    def figures(a: Indices, b: Indices) -> NDArray[np.float64]:
        first, second = cells[a], cells[b]
        with warnings.catch_warnings():
            # NumPy warns if a half has no values; the result NaN is right.
            warnings.simplefilter("ignore", RuntimeWarning)
            low, high = np.nanmin(first, axis=1), np.nanmax(first, axis=1)
            least, most = np.nanmin(second, axis=1), np.nanmax(second, axis=1)
            width = high - low
            gap = np.maximum(least - low, 0) + np.maximum(high - most, 0)
            covered = np.where(width > 0, np.maximum(1 - gap / width, 0), np.where(gap > 0, 0.0, 1.0))
            outside = (second < low[:, None]) | (second > high[:, None])
            share = outside.sum(axis=1) / (~np.isnan(second)).sum(axis=1)
        empty = np.isnan(low) | np.isnan(least)
        return np.stack([_ks(cells, a, b, splits), np.where(empty, np.nan, covered), share], axis=1)

    return splits.measures(("ks", "range_coverage", "out_of_range"), figures)


def _ks(cells: Cells, a: Indices, b: Indices, splits: Splits) -> NDArray[np.float64]:
    """Return the Kolmogorov-Smirnov statistic of each pair of samples."""
    order = np.argsort(cells, kind="stable")
    order = order[: int((~np.isnan(cells)).sum())]  # missing cells are sorted to the end
    if not len(order):
        return np.full(len(a), np.nan)
    values = cells[order]
    is_last = np.append(values[1:] != values[:-1], True)
    shares: list[NDArray[np.float64]] = []
    for indices in (a, b):
        counts = np.cumsum(splits.membership(indices)[:, order], axis=1, dtype=np.float64)
        shares.append(counts[:, is_last] / np.where(counts[:, -1:] > 0, counts[:, -1:], np.nan))
    return np.abs(shares[0] - shares[1]).max(axis=1)


def _category(cells: Cells, n_levels: int, splits: Splits) -> tuple[Measure, ...]:
    codes = np.where(np.isnan(cells), n_levels, cells).astype(np.intp)

    def counts(indices: Indices) -> NDArray[np.float64]:
        # Counts of each split occupy their own part of one long array; those of missing cells, at the end, are dropped.
        offset = np.arange(len(indices))[:, None] * (n_levels + 1)
        flat = np.bincount((codes[indices] + offset).ravel(), minlength=len(indices) * (n_levels + 1))
        return flat.reshape(len(indices), -1)[:, :n_levels].astype(np.float64)

    def figures(a: Indices, b: Indices) -> NDArray[np.float64]:
        first, second = counts(a), counts(b)
        n_first, n_second = (np.where(n > 0, n, np.nan) for n in (first.sum(axis=1), second.sum(axis=1)))
        variation = 0.5 * np.abs(first / n_first[:, None] - second / n_second[:, None]).sum(axis=1)
        n_known = (first > 0).sum(axis=1)
        covered = ((first > 0) & (second > 0)).sum(axis=1) / np.where(n_known > 0, n_known, np.nan)
        new = np.where(first > 0, 0.0, second).sum(axis=1) / n_second
        return np.stack([variation, covered, new], axis=1)

    return splits.measures(("total_variation", "level_coverage", "new_levels"), figures)


def _unshared_levels(field: Field, real: Cells, synthetic: Cells) -> tuple[tuple[str, ...], tuple[str, ...]]:
    r"""Return levels that only real rows have, and levels that only generated rows have, if chance does not explain it.

    If n real and m generated values were one sample that is divided at random, all c values of a level would be real
    with a probability of at most :math:`(n / (n + m))^c`.
    """
    n_levels = len(field.levels)
    counts = [np.bincount(cells[~np.isnan(cells)].astype(np.intp), minlength=n_levels) for cells in (real, synthetic)]
    n_real, n_synthetic = (max(int(count.sum()), 1) for count in counts)
    found: list[tuple[str, ...]] = []
    for own, other, n_own, n_other in ((*counts, n_real, n_synthetic), (*counts[::-1], n_synthetic, n_real)):
        needed = math.log(1 / CHANCE) / math.log1p(n_other / n_own)
        found.append(tuple(field.levels[i] for i in np.flatnonzero((other == 0) & (own >= needed))))
    return found[0], found[1]
