"""Findings about cells and rows: infinite values, duplicates, columns without information."""

from collections.abc import Hashable, Iterator

import numpy as np

from imbgan.quality.description.facts import Counts, Facts, TableFinding, names, plural
from imbgan.tabular.equality import row_codes

#: From this share of missing cells on, a column is nearly empty.
NEARLY_EMPTY = 0.95
#: Number of rows that show a finding.
SHOWN_ROWS = 5


def find_infinite(facts: Facts) -> Iterator[TableFinding]:
    """Find infinite values, which cannot be learned."""
    if not facts.infinite:
        return
    places = [
        f"{names([name])} ({plural(len(rows), 'cell')}, first in row {rows[0]})"
        for name, rows in list(facts.infinite.items())[:SHOWN_ROWS]
    ]
    more = f" and {len(facts.infinite) - SHOWN_ROWS} more columns" if len(facts.infinite) > SHOWN_ROWS else ""
    rows = np.unique(np.concatenate([rows[:SHOWN_ROWS] for rows in facts.infinite.values()]))[:SHOWN_ROWS]
    yield TableFinding(
        "infinite values",
        "error",
        tuple(map(str, facts.infinite)),
        tuple(rows.tolist()),
        f"Values are infinite in {', '.join(places)}{more}.",
        "Replace them by numbers or by missing cells, or drop the columns: every other command refuses them.",
    )


def find_identifiers(facts: Facts) -> Iterator[TableFinding]:
    """Find columns that identify persons or rows."""
    found = facts.identifiers
    if found:
        them = "it" if len(found) == 1 else "them"
        listed = ", ".join(f"{names([name])} ({what})" for name, what in found.items())
        yield TableFinding(
            "identifiers",
            "warning",
            tuple(map(str, found)),
            (),
            f"{'This column looks like an identifier' if len(found) == 1 else 'These columns look like identifiers'}: "
            f"{listed}.",
            f"Drop {them}: a classifier learns row numbers from {them}. Generated rows get fresh values there.",
        )


def count_equal_rows(facts: Facts) -> tuple[Counts, int]:
    """Return a number for each row, equal for equal features but identifiers, and how many numbers there are."""
    values = [codes for name, codes in facts.values.items() if name in _compared(facts)]
    groups = row_codes(values, len(facts.labels))
    return groups, int(groups.max()) + 1


def _compared(facts: Facts) -> set[Hashable]:
    """Return the columns in which rows are compared: all but the identifiers, if there are others."""
    return facts.values.keys() - facts.identifiers.keys() or set(facts.values)


def find_equal_rows(facts: Facts, groups: Counts, n_contradictions: int) -> Iterator[TableFinding]:
    """Find duplicates, and equal features with different classes."""
    n = len(groups)
    first = np.unique(groups, return_index=True)[1][groups]
    without = " apart from the identifiers" if len(_compared(facts)) < len(facts.values) else ""
    if n_contradictions:
        codes = facts.labels.codes
        later = np.flatnonzero(codes != codes[first])
        # One row of each group of equal rows.
        later = later[np.sort(np.unique(groups[later], return_index=True)[1])][:SHOWN_ROWS]
        pairs = ", ".join(f"{first[row]} and {row}" for row in later.tolist())
        # Rows of a sample have other numbers in the table.
        example = f" (rows {pairs})" if facts.whole is None else ""
        yield TableFinding(
            "contradictions",
            "warning",
            (),
            tuple(int(row) for pair in zip(first[later], later, strict=True) for row in pair),
            f"Equal features{without} carry different classes {plural(n_contradictions, 'time')}{example}.",
            "No learner can distinguish them: look for a column that is missing, or for wrong labels.",
        )
    n_duplicates = int(np.count_nonzero(first != np.arange(n)))
    if n_duplicates:
        yield TableFinding(
            "duplicates",
            "info",
            (),
            tuple(np.flatnonzero(first != np.arange(n))[:SHOWN_ROWS].tolist()),
            f"In {plural(n_duplicates, 'row')} the features{without} equal those of an earlier row.",
            "Duplicates in training and test rows inflate every score; compare keeps them in one fold.",
        )


def find_empty(facts: Facts) -> Iterator[TableFinding]:
    """Find columns that hold one value, or hardly any."""
    varying = {column.name for column in facts.learned}
    texts = {column.name: column for column in facts.texts}
    known = {*varying, *facts.identifiers, *texts}
    constant = [column.name for column in facts.table.columns if column.name not in known]
    if constant:
        yield TableFinding(
            "constant columns",
            "info",
            tuple(map(str, constant)),
            (),
            f"{names(constant)} {'has' if len(constant) == 1 else 'have'} one value only.",
            "Drop such columns: they contain no information.",
        )
    shares = {column.name: facts.missing[column.name] for column in (*facts.learned, *texts.values())}
    empty = [name for name, share in shares.items() if share >= NEARLY_EMPTY]
    if empty:
        most = max(shares[name] for name in empty)
        yield TableFinding(
            "nearly empty columns",
            "info",
            tuple(map(str, empty)),
            (),
            f"{names(empty)} {'is' if len(empty) == 1 else 'are'} missing in nearly all rows (up to {most:.1%}).",
            "Drop such columns, unless it matters whether they are missing.",
        )
