"""Associations between pairs of columns."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from imbgan.quality.encoding import level_codes, level_groups
from imbgan.quality.results import Dependence, Measure
from imbgan.quality.rows import Cells, Field
from imbgan.quality.splits import Indices, Splits

# The matrices of a wide table would fill the report, so only its first columns are compared.
MAX_COLUMNS = 100
# Rare levels share the last group, because chance associates them with anything.
MAX_LEVELS = 16


@dataclass(frozen=True)
class _Parts:
    """Columns of pooled rows in a layout in which matrix products give all associations at once."""

    numbers: NDArray[np.intp]  # positions of the numbers among the columns
    categories: NDArray[np.intp]
    values: Cells  # shape=(n, numbers)
    levels: NDArray[np.float64]  # shape=(n, all levels), one-hot
    starts: NDArray[np.intp]  # first level of each category

    @classmethod
    def of(cls, fields: Sequence[Field], cells: Cells) -> "_Parts":
        is_number = np.array([field.is_number for field in fields])
        numbers, categories = np.flatnonzero(is_number), np.flatnonzero(~is_number)
        blocks: list[NDArray[np.float64]] = []
        for j in categories.tolist():
            groups = level_groups(cells[:, j], len(fields[j].levels), MAX_LEVELS)
            blocks.append((level_codes(cells[:, j], groups)[:, None] == np.arange(groups.max() + 1)).astype(float))
        starts = np.cumsum([0, *(block.shape[1] for block in blocks)])[:-1].astype(np.intp)
        levels = np.hstack(blocks) if blocks else np.zeros((len(cells), 0))
        return cls(numbers, categories, cells[:, numbers], levels, starts)


def association(fields: Sequence[Field], cells: Cells) -> NDArray[np.float64]:
    r"""Return the association of each pair of columns.

    Between two numbers it is the Spearman correlation in [-1, 1], with ranks among the present values of each column,
    over rows where both are present. Between two categories it is Cramér's V
    (:math:`\sqrt{\chi^2 / (n \min(r - 1, c - 1))}`), where a missing value is a further level. Between a number
    and a category it is the correlation ratio of the ranks (the root of the share of their variance that the levels
    explain).

    Parameters
    ----------
    fields : sequence of Field
        At most the first 100 columns are compared.
    cells : ndarray of shape (n, d)

    Returns
    -------
    ndarray of shape (d, d)
        Symmetric, with 1 on the diagonal; NaN where a column is constant.
    """
    fields, cells = fields[:MAX_COLUMNS], cells[:, :MAX_COLUMNS]
    return _association(_Parts.of(fields, cells), np.arange(len(cells)))


def _association(parts: _Parts, rows: NDArray[np.intp]) -> NDArray[np.float64]:
    width = len(parts.numbers) + len(parts.categories)
    result = np.full((width, width), np.nan)
    levels = parts.levels[rows]
    with np.errstate(divide="ignore", invalid="ignore"):
        present = ~np.isnan(parts.values[rows])
        ranks = _ranks(parts.values[rows], present)
        result[np.ix_(parts.numbers, parts.numbers)] = _spearman(ranks, present)
        result[np.ix_(parts.categories, parts.categories)] = _cramers_v(levels, parts.starts)
        ratio = _correlation_ratio(ranks, present, levels, parts.starts)
    result[np.ix_(parts.categories, parts.numbers)] = ratio
    result[np.ix_(parts.numbers, parts.categories)] = ratio.T
    result[~np.isfinite(result)] = np.nan
    diagonal = np.diagonal(result)
    np.fill_diagonal(result, np.where(np.isnan(diagonal), np.nan, 1.0))
    return result


def _ranks(values: Cells, present: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Return centered ranks within each column, 0 where missing; the scale [-1, 1] keeps precision."""
    from scipy.stats import rankdata

    ranks = np.zeros(values.shape)
    for j in range(values.shape[1]):
        here = present[:, j]
        ranks[here, j] = rankdata(values[here, j]) * (2.0 / max(int(here.sum()), 1)) - 1.0
    return ranks


def _spearman(ranks: NDArray[np.float64], present: NDArray[np.bool_]) -> NDArray[np.float64]:
    mask = present.astype(float)
    n = mask.T @ mask
    mean = ranks.T @ mask / n  # [i, j]: mean of column i over rows where j is present as well
    variance = (ranks**2).T @ mask / n - mean**2
    covariance = ranks.T @ ranks / n - mean * mean.T
    correlation = covariance / np.sqrt(variance * variance.T)
    return np.where((variance > 1e-12) & (variance.T > 1e-12), np.clip(correlation, -1.0, 1.0), np.nan)


def _cramers_v(levels: NDArray[np.float64], starts: NDArray[np.intp]) -> NDArray[np.float64]:
    if not len(starts):
        return np.zeros((0, 0))
    share = levels.T @ levels / len(levels)
    single = np.diagonal(share)
    ratio = np.where(share > 0, share**2 / np.outer(single, single), 0.0)
    phi = np.add.reduceat(np.add.reduceat(ratio, starts, axis=0), starts, axis=1) - 1.0
    n_levels = np.add.reduceat(single > 0, starts, dtype=np.intp)
    return np.sqrt(np.clip(phi / (np.minimum.outer(n_levels, n_levels) - 1), 0.0, 1.0))


def _correlation_ratio(
    ranks: NDArray[np.float64], present: NDArray[np.bool_], levels: NDArray[np.float64], starts: NDArray[np.intp]
) -> NDArray[np.float64]:
    """Return an array of shape (categories, numbers)."""
    if not len(starts) or not ranks.shape[1]:
        return np.zeros((len(starts), ranks.shape[1]))
    counts, sums = levels.T @ present.astype(float), levels.T @ ranks
    n = np.maximum(present.sum(axis=0), 1)
    mean = ranks.sum(axis=0) / n
    total = (ranks**2).sum(axis=0) / n - mean**2
    parts = np.where(counts > 0, sums**2 / counts, 0.0)
    between = np.add.reduceat(parts, starts, axis=0) / n - mean**2
    used = np.add.reduceat(counts > 0, starts, axis=0, dtype=np.intp)
    return np.where((used > 1) & (total > 1e-12), np.sqrt(np.clip(between / total, 0.0, 1.0)), np.nan)


def dependence(
    fields: Sequence[Field], real: Cells, synthetic: Cells, splits: Splits
) -> tuple[Dependence | None, tuple[Measure, ...]]:
    """Return the associations in real and in generated rows, and measures of their difference over the splits.

    The parameters are those of :func:`imbgan.quality.marginals.column_qualities`. With fewer than two columns, the
    associations are None and the measures have no value.
    """
    fields, pool = fields[:MAX_COLUMNS], np.concatenate([real, synthetic])[:, :MAX_COLUMNS]
    names = ("dependence_difference", "largest_dependence_difference")
    if len(fields) < 2:
        return None, tuple(Measure(name, None, note="fewer than two columns") for name in names)
    parts = _Parts.of(fields, pool)
    above = np.triu_indices(len(fields), 1)

    def figures(a: Indices, b: Indices) -> NDArray[np.float64]:
        rows: list[tuple[float, float]] = []
        for first, second in zip(a, b, strict=True):
            gaps = np.abs(_association(parts, first) - _association(parts, second))[above]
            gaps = gaps[~np.isnan(gaps)]
            rows.append((float(gaps.mean()), float(gaps.max())) if len(gaps) else (np.nan, np.nan))
        return np.array(rows)

    measures = splits.measures(names, figures)
    tables = [_association(parts, rows) for rows in np.split(np.arange(len(pool)), [len(real)])]
    return Dependence(tuple(field.name for field in fields), _plain(tables[0]), _plain(tables[1])), measures


def _plain(matrix: NDArray[np.float64]) -> tuple[tuple[float | None, ...], ...]:
    return tuple(tuple(None if np.isnan(value) else float(value) for value in row) for row in matrix.tolist())
