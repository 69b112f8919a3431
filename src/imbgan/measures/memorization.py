"""Whether generated rows are copies of the rows that were learned from."""

import numpy as np

from imbgan.measures.distances import Matrix, pairwise_distances


def memorization_rate(fake: Matrix, train: Matrix, held_out: Matrix, *, tolerance: float = 1e-6) -> float:
    r"""How much rarer than by chance a held-out row is the nearest one: 0.5 for fresh rows, 1 for copies.

    Of n training and m held-out rows of one distribution, a held-out one is nearest to a generated row with
    probability m / (n + m). With h the share of generated rows where it is so, the rate is

    .. math:: 1 - \frac{h}{2} \frac{n + m}{m}

    For n = m it is the share of generated rows that are nearer to a training row. Samples of different sizes
    let copies of any training row count, where few rows are held out.

    Parameters
    ----------
    fake : ndarray of shape (k, width)
    train, held_out : ndarray of shape (n, width), (m, width)
        At least one row each.
    tolerance : float, default=1e-6
        Rows no farther than this behind the nearest count as equally near, as happens in tables of few levels.

    Returns
    -------
    float
        In [0, 1].
    """
    to_train, to_held_out = pairwise_distances(fake, train), pairwise_distances(fake, held_out)
    nearest = np.minimum(to_train.min(axis=1), to_held_out.min(axis=1))[:, None] + tolerance
    n_train, n_held_out = (to_train <= nearest).sum(axis=1), (to_held_out <= nearest).sum(axis=1)
    share = float(np.mean(n_held_out / (n_train + n_held_out)))
    return max(0.0, 1.0 - share / 2 * (len(train) + len(held_out)) / len(held_out))


def duplicate_rate(rows: Matrix, reference: Matrix, *, tolerance: float = 1e-3) -> float:
    """Share of ``rows`` (n, width) within ``tolerance`` of a row of ``reference`` (m, width), in [0, 1]."""
    return float(np.mean(pairwise_distances(rows, reference).min(axis=1) <= tolerance))
