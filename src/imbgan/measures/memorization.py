"""Whether generated rows are copies of the training rows."""

import numpy as np

from imbgan.measures.distances import Matrix, pairwise_distances


def memorization_rate(generated: Matrix, train: Matrix, held_out: Matrix, *, tolerance: float = 1e-6) -> float:
    r"""Rate at which generated rows lie closer to training rows than chance explains: 0.5 for fresh rows, 1 for copies.

    Take n training rows and m held-out rows from the same distribution. The row that lies nearest to a fresh row is a
    held-out one with probability m / (n + m). If h is the share of generated rows for which it is, the rate is

    .. math:: 1 - \frac{h}{2} \frac{n + m}{m}

    For n = m, this is the share of generated rows that lie nearer to a training row. The formula allows n > m, so that
    copies of every training row count even where few rows are held out.

    Parameters
    ----------
    generated : ndarray of shape (k, width)
    train, held_out : ndarray of shape (n, width), (m, width)
        Each has at least one row.
    tolerance : float, default=1e-6
        Rows whose distance exceeds the smallest one by no more than this count as equally near. Such ties are common in
        tables of categories.

    Returns
    -------
    float
        In [0, 1].
    """
    to_train, to_held_out = pairwise_distances(generated, train), pairwise_distances(generated, held_out)
    nearest = np.minimum(to_train.min(axis=1), to_held_out.min(axis=1))[:, None] + tolerance
    n_train, n_held_out = (to_train <= nearest).sum(axis=1), (to_held_out <= nearest).sum(axis=1)
    share = float(np.mean(n_held_out / (n_train + n_held_out)))
    return max(0.0, 1.0 - share / 2 * (len(train) + len(held_out)) / len(held_out))


def duplicate_rate(rows: Matrix, reference: Matrix, *, tolerance: float = 1e-3) -> float:
    """Share of ``rows`` (n, width) within ``tolerance`` of a row of ``reference`` (m, width), in [0, 1]."""
    return float(np.mean(pairwise_distances(rows, reference).min(axis=1) <= tolerance))
