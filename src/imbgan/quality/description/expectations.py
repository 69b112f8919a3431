"""Sentences that say what to expect of generated rows and of comparisons."""

import math
from collections.abc import Mapping, Sequence

from imbgan.quality.description.columns import ColumnDescription
from imbgan.quality.description.facts import names, plural

#: With fewer rows of a class, none can be held out.
FEW_ROWS = 10
#: With fewer rows of a class, a single row changes the score of a fold by whole points.
NOISY_ROWS = 50
#: A class this many times rarer than the largest counts as rare.
RARE_RATIO = 3.0
#: Categories of more levels are encoded in one matrix column (the default of ``max_levels``).
MANY_LEVELS = 64
#: With fewer rows of the rarest class, three generators are trained (``n_generators="auto"``).
ENSEMBLE_ROWS = 400
#: The default number of training steps; early stopping usually needs fewer.
STEPS = 1500


def training_seconds(width: int, n_rarest: int) -> float:
    """Return the approximate seconds of training for 1,500 steps on two CPU cores.

    Compilation takes 3 s. A step takes 0.85 ms plus 9 µs per matrix column, and 1.8 times as long for the three
    generators of a small class. The figures were fitted to measurements of 5 to 120 columns.
    """
    factor = 1.8 if n_rarest < ENSEMBLE_ROWS else 1.0
    return 3.0 + STEPS * factor * (0.85 + 0.009 * width) / 1000.0


def expectations(
    class_counts: Mapping[str, int], ratio: float, columns: Sequence[ColumnDescription], seconds: float
) -> tuple[str, ...]:
    """Return sentences, the most important first."""
    return (
        *_of_classes(class_counts, ratio),
        "Strong learners, such as gradient boosting, rarely gain from resampling; a threshold that is tuned for "
        "your costs often has the same effect. compare measures both on your data.",
        *_of_columns(columns),
        f"Training a generator takes up to about {math.ceil(seconds):d} seconds on two CPU cores; a comparison trains "
        "one for each fold.",
    )


def _of_classes(counts: Mapping[str, int], ratio: float) -> list[str]:
    few = {label: n for label, n in counts.items() if n < FEW_ROWS}
    noisy = {label: n for label, n in counts.items() if FEW_ROWS <= n < NOISY_ROWS}
    sentences: list[str] = []
    alone = [label for label, n in few.items() if n == 1]
    if alone:
        sentences.append(f"{names(alone, 3)} has a single row, from which nothing can be learned. Merge or drop it.")
    if few:
        sentences.append(
            f"{names([f'{label} ({n} rows)' for label, n in few.items()], 3)}: with fewer than {FEW_ROWS} rows, "
            "none can be held out, so nobody can judge generated rows. Collect more rows before you trust any method."
        )
    if noisy:
        sentences.append(
            f"{names([f'{label} ({n} rows)' for label, n in noisy.items()], 3)}: with fewer than {NOISY_ROWS} rows, "
            "most differences between strategies are noise. Look at the intervals, not at the means."
        )
    if ratio < RARE_RATIO:
        sentences.append(
            f"The largest class has only {ratio:.1f} times the rows of the smallest: there is little to balance."
        )
    return sentences


def _of_columns(columns: Sequence[ColumnDescription]) -> list[str]:
    sentences: list[str] = []
    gaps = [column for column in columns if column.missing > 0 and column.kind != "constant"]
    if gaps:
        most = max(gaps, key=lambda column: column.missing)
        sentences.append(
            f"Values are missing in {plural(len(gaps), 'column')} (most: {names([most.name])}, {most.missing:.0%}). "
            "Missing values are learned and generated as well, so you need not fill them in."
        )
    many = [column.name for column in columns if column.kind == "categorical" and column.n_distinct > MANY_LEVELS]
    if many:
        sentences.append(
            f"{names(many)} has more than {MANY_LEVELS} levels; rare levels are learned imprecisely. Group them "
            "if they matter."
        )
    return sentences
