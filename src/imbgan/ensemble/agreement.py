"""How closely the probabilities of one classifier follow those of another, and which of two is better."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

# No probability counts as more certain than this: one wrong certainty would decide alone.
_CERTAIN = 1e-6


def agreement(first: Floats, second: Floats, largest: int) -> float:
    """Return the squared correlation of log-odds, as a mean over all classes but the largest.

    Parameters
    ----------
    first, second : ndarray of shape (n, n_classes)
        Probabilities of the same rows; rows with NaN are left out.
    largest : int
        The class that is left out.

    Returns
    -------
    float
        In [0, 1]. 0 if there are fewer than two rows, or if one of both says the same of all rows.

    Examples
    --------
    >>> p = np.array([[0.9, 0.1], [0.6, 0.4], [0.2, 0.8]])
    >>> round(agreement(p, p, largest=0), 6), agreement(p, np.full((3, 2), 0.5), largest=0)
    (1.0, 0.0)
    """
    known = np.isfinite(first).all(axis=1) & np.isfinite(second).all(axis=1)
    codes = [code for code in range(first.shape[1]) if code != largest]
    return float(np.mean([_squared_correlation(first[known, code], second[known, code]) for code in codes]))


def compare_paired(scores: Sequence[Sequence[float]]) -> tuple[float, float, bool]:
    """Return the mean scores of two classifiers, and whether the second is ahead by more than one standard error.

    Parameters
    ----------
    scores : sequence of pairs of float
        Their scores per fold. A fold in which one of both has none is left out; without any other, means are NaN.

    Examples
    --------
    >>> compare_paired([(0.5, 0.6), (0.4, 0.6), (float("nan"), 0.1)])
    (0.45, 0.6, True)
    """
    pairs = np.array(scores, np.float64).reshape(-1, 2)
    pairs = pairs[np.isfinite(pairs).all(axis=1)]
    if not len(pairs):
        return float("nan"), float("nan"), False
    first, second = pairs.mean(axis=0).tolist()
    lead = pairs[:, 1] - pairs[:, 0]
    return first, second, len(lead) > 1 and bool(lead.mean() > lead.std(ddof=1) / np.sqrt(len(lead)))


def _squared_correlation(first: Floats, second: Floats) -> float:
    a, b = _log_odds(first), _log_odds(second)
    if len(a) < 2 or np.ptp(a) == 0.0 or np.ptp(b) == 0.0:
        return 0.0
    return float(np.corrcoef(a, b)[0, 1] ** 2)


def _log_odds(p: Floats) -> Floats:
    safe = np.clip(p, _CERTAIN, 1 - _CERTAIN)
    return np.log(safe / (1 - safe))
