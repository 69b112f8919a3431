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

# A copy with a smaller share of its row would cost time and teach nothing.
LEAST_SHARE = 0.01


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
    kept = np.where(soft < LEAST_SHARE, 0.0, soft)
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
