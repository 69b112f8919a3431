"""Whether generated rows are copies of the rows that were learned from."""

import numpy as np

from imbgan.measures.distances import Matrix, pairwise_distances


def memorization_rate(fake: Matrix, train: Matrix, held_out: Matrix) -> float:
    """Share of generated rows that are nearer to a training row than to any held-out row; ties count half.

    With as many training as held-out rows a generator that has learned the distribution gives 0.5, one that
    copies gives 1. Samples of different sizes are not comparable, so they are refused.

    Parameters
    ----------
    fake : ndarray of shape (m, width)
    train, held_out : ndarray of shape (n, width)

    Returns
    -------
    float
        In [0, 1].
    """
    if len(train) != len(held_out):
        raise ValueError(
            f"'train' and 'held_out' must have the same number of rows. Got {len(train)} and {len(held_out)}."
        )
    to_train = pairwise_distances(fake, train).min(axis=1)
    to_held_out = pairwise_distances(fake, held_out).min(axis=1)
    return float(np.mean(to_train < to_held_out) + 0.5 * np.mean(to_train == to_held_out))


def duplicate_rate(rows: Matrix, reference: Matrix, *, tolerance: float = 1e-3) -> float:
    """Share of ``rows`` (n, width) within ``tolerance`` of some row of ``reference`` (m, width), in [0, 1]."""
    return float(np.mean(pairwise_distances(rows, reference).min(axis=1) <= tolerance))
