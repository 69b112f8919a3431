"""What a teacher tells its student: soft labels of the real rows and of generated ones."""

import warnings
from typing import Any, NamedTuple

import numpy as np
from joblib import Parallel, delayed
from numpy.typing import NDArray
from sklearn.base import clone
from sklearn.model_selection import StratifiedKFold

from imbgan._threads import one_thread
from imbgan.ensemble.base import Rows
from imbgan.ensemble.weights import fit_weighted
from imbgan.tabular import take

Floats = NDArray[np.float64]

# Folds in which a classifier without out-of-bag predictions judges rows that it did not learn from.
N_FOLDS = 5


class Lesson(NamedTuple):
    """The soft labels of a teacher.

    Parameters
    ----------
    teacher : classifier
        The fitted teacher.
    held_out : ndarray of shape (n, n_classes)
        Its probabilities of the real rows, from members or copies that did not learn from the row. NaN for a row that
        all members learned from.
    pool : table or None
        Generated rows of all classes.
    labels : ndarray of shape (n_generated, n_classes)
        Its probabilities of these rows.
    """

    teacher: Any
    held_out: Floats
    pool: object
    labels: Floats

    def of_real_rows(self, codes: NDArray[np.intp]) -> Floats:
        """Return the soft labels of the real rows; a row without one gets the mean of its class.

        A class to which the teacher gives no share of any row would be lost: its rows get half of their own label.
        """
        known = np.isfinite(self.held_out).all(axis=1)
        soft = self.held_out.copy()
        for code in np.unique(codes[~known]):
            same = known & (codes == code)
            # A class of which no row was ever held out keeps its own labels.
            soft[~known & (codes == code)] = soft[same].mean(axis=0) if same.any() else np.eye(soft.shape[1])[code]
        for code in np.flatnonzero(soft.sum(axis=0) == 0.0):
            soft[codes == code] = (soft[codes == code] + np.eye(soft.shape[1])[code]) / 2.0
        return soft


def fit_teacher(teacher: Any, rows: Rows, classes: NDArray[np.generic], seed: int) -> tuple[Any, Floats]:  # noqa: ANN401
    """Fit a copy of a teacher; return it and its probabilities of rows that it did not learn from.

    A teacher that draws bags gives its out-of-bag predictions; any other is fitted five more times, on the rows outside
    of each fold.
    """
    fitted: Any = clone(teacher)
    parameters = fitted.get_params(deep=False)
    # Forests without bootstrap samples refuse out-of-bag scores.
    has_bags = "oob_score" in parameters and bool(parameters.get("bootstrap", True))
    if has_bags:
        fitted.set_params(oob_score=True)
    with warnings.catch_warnings():
        # A forest of few trees warns of rows that all of them contain; they get the mean label of their class.
        warnings.filterwarnings("ignore", "Some inputs do not have OOB scores", UserWarning)
        fit_weighted(fitted, rows.table, rows.labels, rows.weights)
    if has_bags:
        found = np.asarray(fitted.oob_decision_function_, np.float64)
        # scikit-learn's forests tell such a row by zeros, and a mixture without bags knows no row out of bag.
        found = np.where(found.sum(axis=1, keepdims=True) > 0.0, found, np.nan)
        if np.isfinite(found).any():
            return fitted, aligned(found, fitted.classes_, classes)
    return fitted, held_out_probabilities(teacher, rows, classes, seed)


def held_out_probabilities(
    classifier: Any,  # noqa: ANN401 - any classifier
    rows: Rows,
    classes: NDArray[np.generic],
    seed: int,
    n_jobs: int | None = None,
) -> Floats:
    """Return the probabilities of each row from a copy that was fitted on the rows of the other folds.

    A class with a single row is unknown to the copy that must judge this row; the row then has 0 for its class. NaN for
    all rows if no class has two rows.
    """
    found = np.full((len(rows.codes), len(classes)), np.nan)
    folds = make_folds(rows.codes, seed)
    calls = (delayed(_predict_fold)(classifier, rows, train, test, classes) for train, test in folds)
    predicted: Any = Parallel(n_jobs=n_jobs)(calls)
    for test, probabilities in predicted:
        found[test] = probabilities
    return found


def make_folds(codes: NDArray[np.intp], seed: int) -> list[tuple[NDArray[np.intp], NDArray[np.intp]]]:
    """Return training and test positions of stratified folds: five, or as many as the rarest class can fill."""
    counts = np.bincount(codes)
    most = int(counts[counts > 1].min()) if (counts > 1).any() else 0
    if most < 2:
        return []
    # Classes of one row would make scikit-learn warn; they go with the largest class.
    strata = np.where(counts[codes] > 1, codes, counts.argmax())
    folds = StratifiedKFold(min(N_FOLDS, most), shuffle=True, random_state=seed)
    return list(folds.split(np.zeros(len(codes)), strata))


def _predict_fold(
    classifier: Any,  # noqa: ANN401 - any classifier
    rows: Rows,
    train: NDArray[np.intp],
    test: NDArray[np.intp],
    classes: NDArray[np.generic],
) -> tuple[NDArray[np.intp], Floats]:
    copied: Any = clone(classifier)
    weights = None if rows.weights is None else rows.weights[train]
    with one_thread():
        fit_weighted(copied, take(rows.table, train), rows.labels[train], weights)
        probabilities = copied.predict_proba(take(rows.table, test))
    return test, aligned(np.asarray(probabilities, np.float64), copied.classes_, classes)


def aligned(probabilities: Floats, known: NDArray[np.generic], classes: NDArray[np.generic]) -> Floats:
    """Return probabilities with one column per class of ``classes``; 0 for a class that is not ``known``."""
    if len(known) == len(classes):
        return probabilities
    found = np.zeros((len(probabilities), len(classes)))
    found[:, np.searchsorted(classes, known)] = probabilities
    return found
