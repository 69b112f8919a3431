"""The trial of one strategy: a fit on one training part, and predictions for the test rows."""

import time
import warnings
from dataclasses import dataclass, replace
from typing import Any

import joblib
import numpy as np
from numpy.typing import NDArray

from imbgan._threads import one_thread
from imbgan.ensemble.weights import fit_weighted
from imbgan.exceptions import ForkedProcessError, ImbganError
from imbgan.oversampling.sharing import Sharing
from imbgan.strategies.strategy import Classifier, Strategy

# Reasons and warnings are cut to this many characters.
LONGEST = 300


@dataclass(frozen=True)
class Split:
    """The rows that a trial is fitted on, and the rows that it predicts.

    Parameters
    ----------
    X_train, X_test : table
    y_train : ndarray of shape (n_train,)
        Labels.
    classes : ndarray of shape (n_classes,)
        All labels, sorted; some may have no rows here.
    weights : ndarray of shape (n_train,) or None, default=None
        Weights of the training rows.
    """

    X_train: object
    y_train: NDArray[np.generic]
    X_test: object
    classes: NDArray[np.generic]
    weights: NDArray[np.float64] | None = None


@dataclass(frozen=True)
class Trial:
    """The outcome of one strategy on one split.

    Parameters
    ----------
    classifier : classifier or None
        The fitted classifier; None if the trial failed.
    probabilities : ndarray of shape (n_test, n_classes)
        Probabilities at the natural class shares; 0 for a class without training rows. Without rows if the trial
        failed.
    counts : ndarray of shape (n_classes,)
        Number of training rows of each class, or the sum of their weights; for bags, the mean.
    seconds : float
        Duration of the fit, as if nothing had been shared.
    spent : float
        Duration of the fit itself; 0 where the trial was there from another classifier.
    error : Exception or None
        Why there are no probabilities.
    warnings : tuple of str
        Distinct warnings, sorted, as ``"Category: text"``.
    """

    classifier: Classifier | None
    probabilities: NDArray[np.float64]
    counts: NDArray[np.float64]
    seconds: float
    spent: float
    error: Exception | None
    warnings: tuple[str, ...]

    @property
    def status(self) -> str:
        """``"ok"``, ``"not applicable"`` (to this table or with this classifier) or ``"failed"``."""
        if self.error is None:
            return "ok"
        return "not applicable" if isinstance(self.error, ImbganError | ValueError | ImportError) else "failed"

    @property
    def reason(self) -> str:
        """Why the status is not "ok", in one line; otherwise empty."""
        if self.error is None:
            return ""
        text = " ".join(str(self.error).split())[:LONGEST]
        return text if self.status == "not applicable" else f"{type(self.error).__name__}: {text}"


def run_trial(strategy: Strategy, estimator: Classifier, split: Split, *, seed: int, sharing: Sharing) -> Trial:
    """Fit a strategy on the training part of a split and predict the test rows; a failure is recorded, not raised.

    A strategy with learners of its own is fitted once per split and seed, and its trial is that of every classifier.

    Parameters
    ----------
    strategy : Strategy
    estimator : classifier or None
        An unfitted classifier. The trial may fit this object itself, so pass a copy. None for strategies that do
        not need one.
    split : Split
    seed : int
        All strategies of a split should get the same seed, which pairs them and lets them share generators.
    sharing : Sharing
        The sharing of this split.

    Returns
    -------
    Trial

    Raises
    ------
    ForkedProcessError
        If a generator was needed in a process that was forked after JAX had started.
    """
    if not strategy.own_learners:
        return _run(strategy, estimator, split, seed, sharing)
    ran: list[Trial] = []

    def run() -> Trial:
        ran.append(_run(strategy, estimator, split, seed, sharing))
        return ran[0]

    trial = sharing.once(f"trial {strategy.name} {joblib.hash((seed, split))}", run)
    return trial if ran or trial.error is not None else replace(trial, spent=0.0)


def _run(strategy: Strategy, estimator: Classifier, split: Split, seed: int, sharing: Sharing) -> Trial:
    nothing = np.empty((0, len(split.classes)))
    classifier, probabilities, counts, failure = None, nothing, nothing.sum(axis=0), None
    seconds, spent = float("nan"), float("nan")
    # On one thread, sums have the same order of terms whatever the number of processes.
    with one_thread(), warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            unfitted = strategy.build(estimator, seed, sharing)
            with sharing.bill() as bill:
                began = time.perf_counter()
                fit_weighted(unfitted, split.X_train, split.y_train, split.weights)
                spent = time.perf_counter() - began
            probabilities, counts = _predict(unfitted, split)
            classifier, seconds = unfitted, spent + bill.seconds
        except ForkedProcessError:  # says nothing about the strategy, and would change who wins
            raise
        except Exception as error:  # a strategy that fails must not stop the others
            failure = error
    texts = sorted({f"{warning.category.__name__}: {warning.message}"[:LONGEST] for warning in caught})
    return Trial(classifier, probabilities, counts, seconds, spent, failure, tuple(texts))


def _predict(classifier: Any, split: Split) -> tuple[NDArray[np.float64], NDArray[np.float64]]:  # noqa: ANN401
    """Return probabilities of the test rows, and the number of training rows of each class, by class code."""
    known = np.asarray(classifier.classes_)
    predicted = np.asarray(classifier.predict_proba(split.X_test), np.float64)
    learned = getattr(classifier, "training_counts_", None)
    if learned is None:
        learned = np.bincount(np.searchsorted(known, split.y_train), split.weights)
    places = np.searchsorted(split.classes, known)
    probabilities, counts = np.zeros((len(predicted), len(split.classes))), np.zeros(len(split.classes))
    probabilities[:, places] = predicted
    counts[places] = learned
    return probabilities, counts
