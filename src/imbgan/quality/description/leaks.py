"""Columns that alone tell the class: they usually hold what is known only after the label."""

from collections.abc import Collection, Hashable, Iterator

import numpy as np

from imbgan.quality.description.facts import CHANCE, Counts, Facts, TableFinding, is_number, names, plural
from imbgan.tabular.leaks import target_leaks
from imbgan.tabular.schema import RawColumn

#: From this area under the ROC curve on, a single column nearly tells the class.
NEAR_PERFECT = 0.99
#: With fewer rows of a class, a column can separate it by chance.
LEAST_ROWS = 5
LEAST_ROWS_OF_CLASS = 10
#: Number of classes, the rarest ones, in which constant columns are sought.
MAX_CLASSES = 3


def find_leaks(facts: Facts, target: Hashable | None) -> Iterator[TableFinding]:
    """Find columns that equal the target one to one, columns that separate a class, and missingness that does."""
    exact = target_leaks(facts.table, facts.labels, target)
    if exact:
        yield TableFinding(
            "leak",
            "error",
            tuple(map(str, exact)),
            (),
            f"The target can be read off {names(exact)}: each class has one value there, and no other class has it.",
            "Drop it, unless it is known before the label is: otherwise every score is worth nothing.",
        )
    columns = [column for column in (*facts.learned, *facts.texts) if column.name not in exact]
    found = {column.name: _separation(facts, column) for column in columns}
    near = {name: part for name, part in found.items() if part is not None}
    if near:
        (first, (area, code, by_missing)), *_ = near.items()
        how = "whether it is missing" if by_missing else "it alone"
        word = "tells" if area == 1 else "nearly always tells"
        more = f" So do {names([name for name in near if name != first])}." if len(near) > 1 else ""
        yield TableFinding(
            "near leak",
            "warning",
            tuple(map(str, near)),
            (),
            f"{names([first])}: {how} {word} class {facts.label(code)} from the other rows (ROC AUC {area:.3f}).{more}",
            "Check that it is known before the label is; drop it if not, since every score would be too good.",
        )


def find_constant_in_class(facts: Facts, known: Collection[str]) -> Iterator[TableFinding]:
    """Find columns with one value in a class, where other rows differ and chance does not explain it.

    Columns that are ``known`` to tell the class are left out.
    """
    columns = [column for column in facts.learned if str(column.name) not in known]
    for code in facts.rare_classes[:MAX_CLASSES]:
        n = int(facts.labels.counts[code])
        if n < LEAST_ROWS_OF_CLASS:
            continue
        found = [column.name for column in columns if _is_constant(facts, column, code, n)]
        if found:
            yield TableFinding(
                "constant in a class",
                "info",
                tuple(map(str, found)),
                (),
                f"In all {plural(n, 'row')} of class {facts.label(code)}, {names(found)} "
                f"{'has' if len(found) == 1 else 'have'} one value only; in other rows "
                f"{'it varies' if len(found) == 1 else 'they vary'}.",
                "Generated rows of the class will have this value as well. Check that it is not filled in later.",
            )


def _is_constant(facts: Facts, column: RawColumn, code: int, n: int) -> bool:
    own, total = facts.counts_of(column, code), facts.counts_of(column)
    value = int(own.argmax())
    n_others = len(facts.labels) - n
    share = (int(total[value]) - n) / n_others
    n_tests = len(facts.learned) * len(facts.rare_classes)
    return int(own[value]) == n and share < 1 and share**n < CHANCE / n_tests


def _separation(facts: Facts, column: RawColumn) -> tuple[float, int, bool] | None:
    """Return the area under the ROC curve, the class, and whether missing cells tell it; None if it is not perfect."""
    total = facts.counts_of(column)
    n = len(facts.labels)
    for code in facts.rare_classes:
        n_class = int(facts.labels.counts[code])
        if min(n_class, n - n_class) < LEAST_ROWS:
            continue
        own = facts.counts_of(column, code)
        gap = own[0] / n_class - (total[0] - own[0]) / (n - n_class)
        by_missing = 0.5 + abs(float(gap)) / 2
        if by_missing >= NEAR_PERFECT:
            return by_missing, code, True
        n_present, n_own = int(total[1:].sum()), int(own[1:].sum())
        if 2 * n_present < n or min(n_own, n_present - n_own) < LEAST_ROWS:
            continue
        # Of values that hardly repeat, other rows tell nothing.
        area = _area_of_levels(own[1:], total[1:]) if 2 * len(total) < n_present else 0.5
        if is_number(column):
            ordered = _area(own[1:], total[1:] - own[1:])
            area = max(area, ordered, 1 - ordered)
        if area >= NEAR_PERFECT:
            return area, code, False
    return None


def _area(own: Counts, others: Counts) -> float:
    """Return the area under the ROC curve of scores that increase from value to value."""
    below = np.cumsum(others) - others / 2
    return float((own * below).sum() / (own.sum() * others.sum()))


def _area_of_levels(own: Counts, total: Counts) -> float:
    """Return the area if each row is scored by the share of the class among the other rows of its level."""
    prior = own.sum() / total.sum()
    others = total - own
    # A row does not judge itself, so that levels of one row tell nothing.
    inside = (own - 1 + prior) / np.maximum(total, 1)
    outside = (own + prior) / np.maximum(total, 1)
    scores = np.concatenate([inside, outside])
    values, place = np.unique(scores, return_inverse=True)
    own_at = np.bincount(place[: len(own)], own, len(values))
    others_at = np.bincount(place[len(own) :], others, len(values))
    below = np.cumsum(others_at) - others_at / 2
    return float((own_at * below).sum() / (own.sum() * others.sum()))
