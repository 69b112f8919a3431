"""``LogOddsPool``: the mean of the log-odds of several classifiers, and the choice of those that are averaged."""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import softmax
from sklearn.base import clone
from sklearn.model_selection import StratifiedKFold
from sklearn.utils.validation import check_is_fitted

from imbgan._sklearn import fit_context
from imbgan.ensemble.base import MetaClassifier, Rows, seed_of
from imbgan.ensemble.scoring import score_probabilities
from imbgan.ensemble.weights import fit_weighted
from imbgan.random import Streams
from imbgan.tabular import take

N_FOLDS = 5
#: A probability of 0 counts as this much, so that one classifier cannot overrule all others.
LEAST = 1e-15

Choices = Mapping[str, Sequence[int]]


def pooled(probabilities: Sequence[NDArray[np.float64]], times: Sequence[int]) -> NDArray[np.float64]:
    r"""Return the logarithmic opinion pool: with two classes, the mean of log-odds as a probability.

    .. math:: p_k = \frac{\prod_m p_{mk}^{w_m}}{\sum_j \prod_m p_{mj}^{w_m}}, \qquad
        \log \frac{p_1}{p_0} = \sum_m w_m \log \frac{p_{m1}}{p_{m0}}

    where classifier m counts :math:`n_m` times, so that :math:`w_m = n_m / \sum_l n_l` (Genest and Zidek, "Combining
    Probability Distributions", Statistical Science 1(1), 1986).

    Parameters
    ----------
    probabilities : sequence of ndarray of shape (n, n_classes)
    times : sequence of int
        How often each of them counts, at least one of them above 0.

    Returns
    -------
    ndarray of shape (n, n_classes), float64
        Rows sum to 1. A single classifier keeps its probabilities.

    Examples
    --------
    >>> pooled([np.array([[0.5, 0.5]]), np.array([[0.1, 0.9]])], [1, 1]).round(2).tolist()
    [[0.25, 0.75]]
    """
    used = [(np.asarray(p, np.float64), n) for p, n in zip(probabilities, times, strict=True) if n]
    if len(used) == 1:
        return used[0][0]
    total = sum(n for _, n in used)
    logs = [n / total * np.log(np.maximum(p, LEAST)) for p, n in used]
    found: NDArray[np.float64] = softmax(np.sum(logs, axis=0), axis=1)
    return found


class LogOddsPool(MetaClassifier):
    """Average the log-odds of several classifiers; which of them are averaged is chosen by cross-validation.

    Parameters
    ----------
    estimator : list of classifiers
        Each with ``predict_proba`` at the natural class shares; whatever learns from the table is part of them, so that
        it learns from the training part of each fold alone.
    choices : mapping of str to sequence of int
        What is chosen among: how often each classifier counts, by name. Of equally good ones the first is taken. With
        fewer than 5 rows of a class nothing is chosen, and the last one is taken.
    random_state : int, RandomState instance or None, default=None
        Seed of the folds.

    Attributes
    ----------
    estimators_ : list of classifiers
        Those that are averaged, fitted to all rows.
    times_ : list of int
        How often each of them counts.
    choice_ : str
        The name of the choice.
    scores_ : dict of str to float
        Mean average precision over 5 folds per choice, of the rarer class, or over all classes but the largest; empty
        where nothing was chosen.
    classes_, class_counts_, natural_counts_, n_features_in_, feature_names_in_
        As of :class:`PriorCorrectedClassifier`.

    Examples
    --------
    >>> from sklearn.datasets import make_classification
    >>> from sklearn.linear_model import LogisticRegression
    >>> from sklearn.naive_bayes import GaussianNB
    >>> X, y = make_classification(n_samples=300, weights=[0.9], random_state=0)
    >>> two = [LogisticRegression(), GaussianNB()]
    >>> pool = LogOddsPool(two, {"linear": [1, 0], "both": [1, 1]}, random_state=0).fit(X, y)
    >>> pool.choice_ in ("linear", "both"), sorted(pool.scores_)
    (True, ['both', 'linear'])
    """

    _fit_only: ClassVar[tuple[str, ...]] = ("estimator",)
    _parameter_constraints = {  # noqa: RUF012 - scikit-learn reads it from the class
        "estimator": [list],
        "choices": [dict],
        "random_state": ["random_state"],
    }

    def __init__(
        self,
        estimator: list[Any],
        choices: Choices,
        random_state: int | np.random.RandomState | None = None,
    ) -> None:
        self.estimator = estimator
        self.choices = choices
        self.random_state = random_state

    @fit_context(prefer_skip_nested_validation=False)
    def fit(self, X: object, y: ArrayLike, sample_weight: ArrayLike | None = None) -> Self:
        """Choose, and fit the classifiers of the choice to all rows.

        Parameters
        ----------
        X : table of shape (n_samples, n_features)
        y : array-like of shape (n_samples,)
        sample_weight : array-like of shape (n_samples,), default=None
            As for :class:`PriorCorrectedClassifier`; the score of folds counts rows alike.

        Returns
        -------
        self

        Raises
        ------
        DataError, DataTypeError, ParameterError
            As :meth:`PriorCorrectedClassifier.fit`.
        """
        rows = self._read_rows(X, y, sample_weight)
        self.scores_: dict[str, float] = {}
        self.choice_: str = list(self.choices)[-1]
        if len(self.choices) > 1 and self.class_counts_.min() >= N_FOLDS:
            self.scores_ = self._by_folds(rows)
            self.choice_ = max(self.scores_, key=self.scores_.__getitem__)
        chosen = [(place, n) for place, n in enumerate(self.choices[self.choice_]) if n]
        self.times_: list[int] = [n for _, n in chosen]
        self.estimators_: list[Any] = [
            _fitted(self.estimator[place], rows.table, rows.labels, rows.weights) for place, _ in chosen
        ]
        return self

    def _by_folds(self, rows: Rows) -> dict[str, float]:
        """Return the mean score over folds, per choice."""
        found: dict[str, list[float]] = {name: [] for name in self.choices}
        seed = seed_of(Streams.from_random_state(self.random_state), "folds")
        folds = StratifiedKFold(N_FOLDS, shuffle=True, random_state=seed)
        for learned, judged in folds.split(rows.codes, rows.codes):
            weights = None if rows.weights is None else rows.weights[learned]
            table, held_out = take(rows.table, learned), take(rows.table, judged)
            single = [
                _fitted(each, table, rows.labels[learned], weights).predict_proba(held_out) for each in self.estimator
            ]
            for name, times in self.choices.items():
                probabilities = pooled(single, times)
                score = score_probabilities("average_precision", rows.codes[judged], probabilities, self.class_counts_)
                found[name].append(score)
        return {name: float(np.mean(values)) for name, values in found.items()}

    def predict_proba(self, X: object) -> NDArray[np.float64]:
        """Return probabilities at the natural class shares, shape (n_samples, n_classes), columns as ``classes_``."""
        check_is_fitted(self, "estimators_")
        table = self._read_new(X)
        return pooled([each.predict_proba(table) for each in self.estimators_], self.times_)


def _fitted(estimator: Any, table: object, labels: NDArray[np.generic], weights: Any) -> Any:  # noqa: ANN401
    copied: Any = clone(estimator)
    fit_weighted(copied, table, labels, weights)
    return copied
