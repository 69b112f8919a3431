"""Whether generated rows are copies of the training rows."""

import numpy as np

from imbgan.measures.distances import Matrix


def memorization_rate(to_train: Matrix, to_held_out: Matrix, *, tolerance: float = 1e-6) -> float:
    r"""Rate at which generated rows lie closer to training rows than chance explains: 0.5 for fresh rows, 1 for copies.

    Take n training rows and m held-out rows from the same distribution. The row that lies nearest to a fresh row is a
    held-out one with probability m / (n + m). If h is the share of generated rows for which it is, the rate is

    .. math:: 1 - \frac{h}{2} \frac{n + m}{m}

    For n = m, this is the share of generated rows that lie nearer to a training row. The formula allows n > m, so that
    copies of every training row count even where few rows are held out.

    Parameters
    ----------
    to_train, to_held_out : ndarray of shape (k, n), (k, m)
        Distances from generated rows to training and to held-out rows; there is at least one row of each.
    tolerance : float, default=1e-6
        Rows whose distance exceeds the smallest one by no more than this count as equally near. Such ties are common in
        tables of categories.

    Returns
    -------
    float
        In [0, 1].
    """
    n, m = to_train.shape[1], to_held_out.shape[1]
    nearest = np.minimum(to_train.min(axis=1), to_held_out.min(axis=1))[:, None] + tolerance
    n_train, n_held_out = (to_train <= nearest).sum(axis=1), (to_held_out <= nearest).sum(axis=1)
    share = float(np.mean(n_held_out / (n_train + n_held_out)))
    return max(0.0, 1.0 - share / 2 * (n + m) / m)


def duplicate_rate(distances: Matrix, *, tolerance: float = 1e-3) -> float:
    """Share of rows within ``tolerance`` of a reference row, in [0, 1], from the distances (rows, reference rows)."""
    return float(np.mean(distances.min(axis=1) <= tolerance))
