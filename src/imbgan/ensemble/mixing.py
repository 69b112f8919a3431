r"""Average classifiers by the logarithms of their probabilities, all at the natural class shares.

The probabilities of member b are mixed with 5 % of the class shares :math:`\pi_b` that it learned from and corrected to
the natural class shares :math:`\pi`; then their logarithms are averaged (Hinton 2002),

.. math::
    p(k \mid x) \propto \exp\Bigl(\frac{1}{B} \sum_b \log q_b(k \mid x)\Bigr), \qquad
    q_b(k \mid x) \propto \bigl(0.95 \, p_b(k \mid x) + 0.05 \, \pi_{bk}\bigr) \frac{\pi_k}{\pi_{bk}}.
"""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from imbgan.ensemble.prior import correct_prior

# The logarithm of a probability of 0 in one member would overrule all others. Therefore the probabilities of each
# member are mixed with this much of the class shares that it learned from. This keeps the order of rows, even for
# probabilities below the share of a rare class.
DOUBT = 0.05


def log_probabilities(probabilities: ArrayLike, learned: ArrayLike, natural: ArrayLike) -> NDArray[np.float64]:
    """Return the log-probabilities of one member, after mixing in :data:`DOUBT`, at the natural shares.

    Parameters
    ----------
    probabilities : array-like of shape (n, n_classes)
        What the member predicts.
    learned, natural : array-like of shape (n_classes,)
        Positive shares or counts of the classes in its training rows, and in the table.

    Returns
    -------
    ndarray of shape (n, n_classes)
    """
    shares = np.asarray(learned, float) / np.sum(learned)
    return np.log(correct_prior((1 - DOUBT) * np.asarray(probabilities, float) + DOUBT * shares, learned, natural))


def normalize_logs(logs: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return probabilities that sum to 1 in each row from logarithms that lack a constant per row (softmax)."""
    weights = np.exp(logs - logs.max(axis=1, keepdims=True))
    return weights / weights.sum(axis=1, keepdims=True)
