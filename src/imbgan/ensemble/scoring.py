"""Score predictions of held-out rows; of two classes, the rarer one is the positive one."""

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.metrics import average_precision_score, get_scorer, get_scorer_names, roc_auc_score

from imbgan._text import did_you_mean
from imbgan.exceptions import ParameterError

Scoring = str | Callable[[Any, Any, Any], float]

_ONE_AGAINST_REST: dict[str, Callable[..., Any]] = {
    "average_precision": average_precision_score,
    "roc_auc": roc_auc_score,
}


class _Predictions(ClassifierMixin, BaseEstimator):
    """Given probabilities in the form of a fitted classifier, as scikit-learn's scorers expect it."""

    def __init__(self, probabilities: NDArray[np.float64]) -> None:
        self.probabilities = probabilities
        self.classes_ = np.arange(probabilities.shape[1])

    def predict_proba(self, X: object) -> NDArray[np.float64]:
        return self.probabilities

    def predict(self, X: object) -> NDArray[np.intp]:
        return self.probabilities.argmax(axis=1)


def check_scoring_name(scoring: Scoring) -> None:
    """Raise ParameterError for a name that scikit-learn does not know."""
    if isinstance(scoring, str) and scoring not in get_scorer_names():
        hint = did_you_mean(scoring, get_scorer_names())
        raise ParameterError(
            "'scoring' must be the name of a scorer of scikit-learn (sklearn.metrics.get_scorer_names()) or a callable "
            f"of classifier, X and y. Got {scoring!r}.{hint}"
        )


def score_probabilities(
    scoring: str, codes: NDArray[np.intp], probabilities: NDArray[np.float64], counts: NDArray[np.intp]
) -> float:
    """Return the score of probabilities by a scorer of scikit-learn; higher is better.

    Labels may have any type. Of two classes, the rarer one counts as the positive one.

    Parameters
    ----------
    scoring : str
        ``"average_precision"`` and ``"roc_auc"`` are means over all classes but the largest, each one against the
        rest, as far as they have a row here; NaN if none has.
    codes : ndarray of shape (n,), int
        The true class of each row.
    probabilities : ndarray of shape (n, n_classes)
    counts : ndarray of shape (n_classes,), int
        Number of rows of each class in the whole table, which determines the largest class.
    """
    largest = int(np.argmax(counts))
    if scoring in _ONE_AGAINST_REST:
        metric = _ONE_AGAINST_REST[scoring]
        judged = [code for code in range(len(counts)) if code != largest and (codes == code).any()]
        scores = [metric(codes == code, probabilities[:, code]) for code in judged]
        return float(np.mean(scores)) if scores else float("nan")
    if len(counts) == 2 and largest == 1:
        codes, probabilities = 1 - codes, probabilities[:, ::-1]
    return float(get_scorer(scoring)(_Predictions(probabilities), None, codes))
