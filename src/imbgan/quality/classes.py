"""All measures of the generated rows of one class."""

from collections.abc import Sequence

import numpy as np

from imbgan.quality.classifier import two_sample_auc
from imbgan.quality.dependence import dependence
from imbgan.quality.encoding import encode, row_numbers
from imbgan.quality.geometry import geometry
from imbgan.quality.marginals import column_qualities
from imbgan.quality.privacy import closeness, copies, membership_auc, memorization
from imbgan.quality.results import ClassQuality, Measure
from imbgan.quality.rows import Cells, Field
from imbgan.quality.splits import Splits
from imbgan.random import Streams

# Maximum number of rows per class and table: halves of 1,000 rows show a difference of 0.06 in any marginal.
MAX_ROWS = 2000
# The same for distances, whose cost is quadratic, and for classifiers, which are slow.
MAX_DISTANCE_ROWS = 1000
# Names of measures in the order in which they are shown.
MEASURES = (
    "energy_distance",
    "energy_p_value",
    "mmd",
    "mmd_p_value",
    "density",
    "coverage",
    "spread",
    "nearest_distance",
    "neighbor_share",
    "dependence_difference",
    "largest_dependence_difference",
    "two_sample_auc",
    "duplicate_rate",
    "copy_rate",
    "near_copy_rate",
    "closeness",
    "memorization",
    "membership_auc",
)


def class_quality(
    label: str,
    fields: Sequence[Field],
    real: Cells,
    synthetic: Cells,
    holdout: Cells,
    streams: Streams,
    *,
    by_column: bool = True,
) -> ClassQuality:
    """Judge the generated rows of one class.

    Parameters
    ----------
    label : str
    fields : sequence of Field
    real, synthetic, holdout : ndarray of shape (n, d), (m, d), (h, d)
        Cells of the class; h can be 0.
    streams : Streams
        Streams of this class alone, so that a further class changes no measure.
    by_column : bool, default=True
        Whether columns are judged by themselves and in pairs; those of features have no meaning of their own.
    """
    counts = len(real), len(synthetic), len(holdout)
    real, synthetic, holdout = (
        _some(cells, MAX_ROWS, streams.generator("rows", role))
        for role, cells in (("real", real), ("synthetic", synthetic), ("holdout", holdout))
    )
    splits = Splits.draw(len(real), len(synthetic), streams.generator("splits"))
    associations, of_pairs = dependence(fields, real, synthetic, splits) if by_column else (None, ())
    numbers = np.concatenate(row_numbers([real, synthetic]))
    found = {measure.name: measure for measure in (*of_pairs, *copies(numbers, splits))}
    if min(len(real), len(synthetic)) >= 2:
        found |= {measure.name: measure for measure in _distances(fields, real, synthetic, holdout, streams)}
    note = "fewer than two rows" if min(len(real), len(synthetic)) < 2 else "columns are not judged by themselves"
    absent = {name: Measure(name, None, note=note) for name in MEASURES}
    return ClassQuality(
        label,
        *counts,
        tuple((absent | found)[name] for name in MEASURES),
        tuple(column_qualities(fields, real, synthetic, splits)) if by_column else (),
        associations,
    )


def _distances(
    fields: Sequence[Field], real: Cells, synthetic: Cells, holdout: Cells, streams: Streams
) -> tuple[Measure, ...]:
    """Return the measures of encoded rows."""
    real, synthetic, holdout = (cells[:MAX_DISTANCE_ROWS] for cells in (real, synthetic, holdout))
    splits = Splits.draw(len(real), len(synthetic), streams.generator("distance splits"))
    trained, generated, held_out = encode(fields, real, [real, synthetic, holdout])
    return (
        *geometry(trained, generated, splits, streams.generator("permutations")),
        two_sample_auc(fields, real, synthetic, splits, streams.generator("classifier")),
        closeness(trained, generated),
        memorization(trained, generated, held_out, streams.generator("memorization")),
        membership_auc(trained, generated, held_out, streams.generator("membership")),
    )


def _some(cells: Cells, n: int, rng: np.random.Generator) -> Cells:
    """Return at most ``n`` rows in random order, so that the first rows are always a random sample."""
    return cells[rng.permutation(len(cells))[:n]]
