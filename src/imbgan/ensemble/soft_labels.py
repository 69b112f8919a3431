r"""Teach a classifier with probabilities: soft labels as weighted copies of rows.

A row whose label is k with probability :math:`q_k` is given to the classifier once per class, with the label k and the
weight :math:`f_k q_k`. A classifier that minimizes a weighted loss then minimizes the expected loss under q, as in
knowledge distillation (Hinton, Vinyals and Dean 2015), and takes no other form of labels than the usual one. The
factors :math:`f_k` raise the rare classes; the classifier then estimates :math:`p'_k \propto f_k q_k`, from which
:math:`q_k \propto p'_k / f_k`.
"""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from imbgan.ensemble.prior import correct_prior
from imbgan.tabular import n_rows

Floats = NDArray[np.float64]

# A copy with a smaller share of its row would cost time and teach nothing. Of a class that is rarer than this on
# average, most shares are smaller, and copies from the average on are kept.
LEAST_SHARE = 0.01
# The factors of class shares converge fast; those of a teacher that is sure of everything would be infinite.
N_ROUNDS = 100
MOST_FACTOR = 20.0


class Copies(NamedTuple):
    """Weighted copies of rows.

    Parameters
    ----------
    rows : ndarray of shape (n_copies,), int
        Position of the row of each copy.
    codes : ndarray of shape (n_copies,), int
        Its class.
    weights : ndarray of shape (n_copies,)
        Weights with a mean of 1.
    factors : ndarray of shape (n_classes,)
        By how much the weights of each class were multiplied.
    """

    rows: NDArray[np.intp]
    codes: NDArray[np.intp]
    weights: Floats
    factors: Floats


def weighted_copies(soft: Floats, ratio: float, row_weights: Floats | None = None) -> Copies:
    """Return the copies of rows with soft labels, in which every class has ``ratio`` times the largest class's weight.

    Parameters
    ----------
    soft : ndarray of shape (n, n_classes)
        Probability of each class; rows sum to 1.
    ratio : float
        In [0, 1]. A class that has a greater share keeps it.
    row_weights : ndarray of shape (n,) or None, default=None

    Examples
    --------
    >>> copies = weighted_copies(np.array([[0.75, 0.25], [1.0, 0.0]]), ratio=1.0)
    >>> copies.rows.tolist(), copies.codes.tolist(), copies.factors.tolist()
    ([0, 0, 1], [0, 1, 0], [1.0, 7.0])
    """
    # Shares that are all equal must not fall below their own mean by rounding.
    least = np.minimum(LEAST_SHARE, soft.mean(axis=0) * (1.0 - 1e-9))
    kept = np.where(soft < least, 0.0, soft)
    rows, codes = np.nonzero(kept)
    weights = kept[rows, codes]
    if row_weights is not None:
        weights = weights * row_weights[rows]
    totals = np.bincount(codes, weights, minlength=soft.shape[1])
    wanted = np.maximum(totals, ratio * totals.max())
    # A class that no row may belong to has no copy to raise.
    factors = np.divide(wanted, totals, out=np.ones(len(totals)), where=totals > 0)
    weights = weights * factors[codes]
    return Copies(rows, codes, weights / weights.mean(), factors)


def share_factors(soft: Floats, natural: NDArray[Any], row_weights: Floats | None = None) -> Floats:
    r"""Return factors of the odds with which the mean of probabilities is the natural class shares.

    Averaging logarithms makes a rare class rarer than it is. The factors :math:`g_k` solve

    .. math:: \frac{1}{n} \sum_i \frac{g_k q_{ik}}{\sum_j g_j q_{ij}} = \pi_k,

    by repeated division, as Saerens et al. (2002) correct unknown priors.

    Parameters
    ----------
    soft : ndarray of shape (n, n_classes)
        Probabilities of held-out rows.
    natural : ndarray of shape (n_classes,)
        Counts or shares.
    row_weights : ndarray of shape (n,) or None, default=None

    Returns
    -------
    ndarray of shape (n_classes,)
        From 1, the least one, to 20.

    Examples
    --------
    >>> soft = np.array([[0.99, 0.01], [0.9, 0.1]])
    >>> g = share_factors(soft, np.array([9, 1]))
    >>> (soft * g / (soft * g).sum(axis=1, keepdims=True)).mean(axis=0).round(3).tolist()
    [0.9, 0.1]
    """
    shares = np.asarray(natural, np.float64) / np.sum(natural)
    factors = np.ones(len(shares))
    for _ in range(N_ROUNDS):
        weighted = soft * factors
        means = np.average(weighted / weighted.sum(axis=1, keepdims=True), axis=0, weights=row_weights)
        factors = factors * np.divide(shares, means, out=np.ones(len(shares)), where=means > 0)
        factors = factors / factors.min()
    return np.minimum(factors, MOST_FACTOR)


def pool_sizes(class_counts: NDArray[np.intp], wanted: int) -> NDArray[np.intp]:
    """Return how many rows of each class to generate: half at the shares of the table, half the same for all classes.

    The teacher says what a row is, so a pool needs no true class shares; it must only reach all parts of the table that
    matter. A class of one row is not generated.

    Examples
    --------
    >>> pool_sizes(np.array([2000, 50]), 10_000).tolist()
    [7378, 2622]
    """
    learned = class_counts > 1
    if not learned.any():
        return np.zeros(len(class_counts), np.intp)
    shares = (class_counts / class_counts[learned].sum() + 1 / learned.sum()) / 2 * learned
    return np.rint(shares * wanted).astype(np.intp)


def at_natural_shares(
    student: Any,  # noqa: ANN401 - any classifier
    factors: Floats,
    X: object,
    classes: NDArray[np.generic],
) -> Floats:
    """Return the probabilities of a student without the factors that raised rare classes.

    Parameters
    ----------
    student : classifier
        Fitted on weighted copies.
    factors : ndarray of shape (n_classes,)
    X : table of shape (n, n_features)
    classes : ndarray of shape (n_classes,)
        All labels; one that the student does not know has a probability of 0.

    Returns
    -------
    ndarray of shape (n, n_classes)
    """
    known = np.searchsorted(classes, student.classes_)
    found = np.zeros((n_rows(X), len(classes)))
    found[:, known] = correct_prior(student.predict_proba(X), factors[known], np.ones(len(known)))
    return found
