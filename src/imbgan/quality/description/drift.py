"""Changes along the order of rows: what a table holds first may differ from what comes later."""

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from imbgan.quality.description.facts import CHANCE, Counts, Facts, TableFinding, is_number, names
from imbgan.tabular.schema import RawColumn

#: Rows are divided into this many parts, from the first to the last.
N_PARTS = 10
#: With fewer rows, parts are too small.
LEAST_ROWS = 200
#: Least share of the variance of ranks that lies between parts.
LEAST_VARIANCE = 0.02
#: Least Cramér's V of levels and parts.
LEAST_V = 0.15
#: Levels beyond this many most frequent ones are counted together.
MAX_LEVELS = 20


def find_drift(facts: Facts) -> Iterator[TableFinding]:
    """Find sorted rows, a changing share of classes, and columns that change along the order of rows.

    Each row is placed by its position among the rows of its class, so that a table that is sorted by class shows no
    drift for this reason alone. Differences between ten parts of a class are tested by ranks (Kruskal and Wallis) or by
    counts of levels (chi-square), with a correction for the number of columns.
    """
    n = len(facts.labels)
    if n < LEAST_ROWS:
        return
    yield from _classes(facts)
    in_order = [column for column in facts.learned if is_number(column) and _is_sorted(column)]
    if in_order:
        listed = [column.name for column in in_order]
        yield TableFinding(
            "sorted rows",
            "info",
            tuple(map(str, listed)),
            (),
            f"The rows are sorted by {names(listed)}.",
            "If later rows are to be predicted from earlier ones, judge on the last rows and not on random folds.",
        )
    parts = _parts_within_classes(facts)
    n_tests = max(1, len(facts.learned))
    sorted_by = {column.name for column in in_order}
    others = [column for column in facts.learned if column.name not in sorted_by]
    strength = {column.name: _strength(facts, column, parts, n_tests) for column in others}
    found = sorted((column for column in others if strength[column.name]), key=lambda column: -strength[column.name])
    if found:
        listed = [column.name for column in found]
        yield TableFinding(
            "drift",
            "warning",
            tuple(map(str, listed)),
            (),
            f"From the first to the last tenth of the rows, {names(listed)} "
            f"{'changes' if len(found) == 1 else 'change'}{_example(facts, found)}.",
            "Random folds mix old and new rows; judge on the last rows if the model will meet rows that come later.",
        )


def _classes(facts: Facts) -> Iterator[TableFinding]:
    codes = facts.labels.codes
    n, n_classes = len(codes), len(facts.labels.classes)
    if int(np.count_nonzero(np.diff(codes))) + 1 <= 2 * n_classes:
        yield TableFinding(
            "sorted classes",
            "info",
            (),
            (),
            "The rows are sorted by class.",
            "Shuffle them before you split them by hand; compare distributes the classes over its folds.",
        )
        return
    parts = np.arange(n) * N_PARTS // n
    p, v = _chi_square(codes, parts)
    if p < CHANCE and v >= LEAST_V:
        first, last = (np.bincount(codes[parts == part], minlength=n_classes) for part in (0, N_PARTS - 1))
        shares = np.stack([first / first.sum(), last / last.sum()])
        code = int(np.abs(shares[1] - shares[0]).argmax()) if n_classes > 2 else facts.rare_classes[0]
        yield TableFinding(
            "class drift",
            "warning",
            (),
            (),
            f"The share of class {facts.label(code)} changes along the rows: {shares[0, code]:.1%} in the first tenth, "
            f"{shares[1, code]:.1%} in the last.",
            "Random folds mix old and new rows; judge on the last rows if the model will meet rows that come later.",
        )


def _is_sorted(column: RawColumn) -> bool:
    present: NDArray[Any] = column.values[~column.missing]
    ups, downs = (int(np.count_nonzero(steps)) for steps in (present[1:] > present[:-1], present[1:] < present[:-1]))
    return min(ups, downs) == 0 and max(ups, downs) >= N_PARTS


def _parts_within_classes(facts: Facts) -> Counts:
    parts = np.zeros(len(facts.labels), np.intp)
    for code, n in enumerate(facts.labels.counts.tolist()):
        parts[facts.labels.codes == code] = np.arange(n) * N_PARTS // max(n, 1)
    return parts


def _strength(facts: Facts, column: RawColumn, parts: Counts, n_tests: int) -> float:
    """Return how much a column changes, from 0 to 1; 0 if chance explains it or if it is little."""
    values = facts.values[column.name]
    if is_number(column):
        ranks, present = _ranks_within_classes(facts, values)
        p, variance = _kruskal_wallis(ranks, parts[present])
        return float(np.sqrt(variance)) if p < CHANCE / n_tests and variance >= LEAST_VARIANCE else 0.0
    counts = np.bincount(values)
    rank = np.empty(len(counts), np.intp)
    rank[np.argsort(-counts, kind="stable")] = np.arange(len(counts))
    p, v = _chi_square(np.minimum(rank, MAX_LEVELS)[values], parts)
    return v if p < CHANCE / n_tests and v >= LEAST_V else 0.0


def _ranks_within_classes(facts: Facts, values: Counts) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Return the rank of each present cell among those of its class, in (0, 1), and which cells are present."""
    ranks, present = np.zeros(len(values)), values > 0
    for code in range(len(facts.labels.classes)):
        chosen = (facts.labels.codes == code) & present
        counts = np.bincount(values[chosen], minlength=1)
        if chosen.any():
            ranks[chosen] = ((np.cumsum(counts) - counts / 2) / counts.sum())[values[chosen]]
    return ranks[present], present


def _kruskal_wallis(ranks: NDArray[np.float64], parts: Counts) -> tuple[float, float]:
    """Return the probability of the test by Kruskal and Wallis, and the share of variance between parts."""
    from scipy.stats import chi2

    n, spread = len(ranks), float(ranks.var())
    sizes = np.bincount(parts, minlength=N_PARTS)
    if n < LEAST_ROWS or spread == 0:
        return 1.0, 0.0
    means = np.bincount(parts, ranks, N_PARTS) / np.maximum(sizes, 1)
    share = float((sizes * (means - ranks.mean()) ** 2).sum() / (n * spread))
    degrees = int(np.count_nonzero(sizes)) - 1
    # The share that independent parts have on average is subtracted.
    return float(chi2.sf(share * (n - 1), degrees)), max(0.0, share - degrees / n)


def _chi_square(levels: Counts, parts: Counts) -> tuple[float, float]:
    """Return the probability of the chi-square test of independence, and Cramér's V without its bias."""
    from scipy.stats import chi2

    n, n_levels = len(levels), int(levels.max()) + 1
    table = np.bincount(levels * N_PARTS + parts, minlength=n_levels * N_PARTS).reshape(n_levels, N_PARTS)
    table = table[table.sum(axis=1) > 0][:, table.sum(axis=0) > 0].astype(float)
    degrees = (table.shape[0] - 1) * (table.shape[1] - 1)
    if degrees == 0:
        return 1.0, 0.0
    expected = np.outer(table.sum(axis=1), table.sum(axis=0)) / n
    statistic = float(((table - expected) ** 2 / expected).sum())
    v = np.sqrt(max(0.0, statistic - degrees) / n / (min(table.shape) - 1))
    return float(chi2.sf(statistic, degrees)), float(v)


def _example(facts: Facts, found: list[RawColumn]) -> str:
    """Return the medians of the first number among the columns in the first and the last tenth of the rows."""
    column = next((column for column in found if column.family in ("int", "float")), None)
    if column is None:
        return ""
    cells, size = column.as_float64(), len(facts.labels) // N_PARTS
    ends = [part[~np.isnan(part)] for part in (cells[:size], cells[-size:])]
    if not all(map(len, ends)):
        return ""
    first, last = (float(np.median(part)) for part in ends)
    return f" (median of {names([column.name])}: {first:.4g}, then {last:.4g})" if first != last else ""
