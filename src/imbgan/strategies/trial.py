"""The trial of one strategy: fitted on one training part, asked about the test rows."""

import time
import warnings
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from imbgan._threads import one_thread
from imbgan.exceptions import ImbganError
from imbgan.strategies.sharing import Sharing
from imbgan.strategies.strategy import Classifier, Strategy

# Longer reasons and warnings are cut to this many characters.
LONGEST = 300


@dataclass(frozen=True)
class Split:
    """What a trial learns from and what it is asked about.

    Parameters
    ----------
    X_train, X_test : table
    y_train : ndarray of shape (n_train,)
        Labels.
    classes : ndarray of shape (n_classes,)
        All labels, sorted; some may have no row here.
    """

    X_train: object
    y_train: NDArray[np.generic]
    X_test: object
    classes: NDArray[np.generic]


@dataclass(frozen=True)
class Trial:
    """What became of one strategy on one split.

    Parameters
    ----------
    classifier : classifier or None
        Fitted; None where fitting failed.
    probabilities : ndarray of shape (n_test, n_classes)
        At the natural class shares; a class without a training row has 0. Without rows where the trial failed.
    counts : ndarray of shape (n_classes,)
        Rows, or sums of weights, that it was fitted on; of bags the mean.
    seconds : float
        Of the fit, as if nothing had been shared.
    error : Exception or None
        Why there are no probabilities.
    warnings : tuple of str
        What was warned of, sorted, each once: ``"Category: text"``.
    """

    classifier: Classifier | None
    probabilities: NDArray[np.float64]
    counts: NDArray[np.float64]
    seconds: float
    error: Exception | None
    warnings: tuple[str, ...]

    @property
    def status(self) -> str:
        """``"ok"``; ``"not applicable"`` to this table or with this classifier; or ``"failed"``."""
        if self.error is None:
            return "ok"
        return "not applicable" if isinstance(self.error, ImbganError | ValueError | ImportError) else "failed"

    @property
    def reason(self) -> str:
        """Why it is not "ok", in one line; else empty."""
        if self.error is None:
            return ""
        text = " ".join(str(self.error).split())[:LONGEST]
        return text if self.status == "not applicable" else f"{type(self.error).__name__}: {text}"


def run_trial(strategy: Strategy, estimator: Classifier, split: Split, *, seed: int, sharing: Sharing) -> Trial:
    """Fit a strategy on the training part of a split and ask it about the test rows; a failure is part of the answer.

    Parameters
    ----------
    strategy : Strategy
    estimator : classifier or None
        Unfitted; it may be fitted itself, so hand over a copy. None for strategies that bring their own.
    split : Split
    seed : int
        The same one for all strategies of a split pairs them, and lets them share generators.
    sharing : Sharing
        Made for this split.

    Returns
    -------
    Trial
    """
    nothing = np.empty((0, len(split.classes)))
    classifier, probabilities, counts, seconds, failure = None, nothing, nothing.sum(axis=0), float("nan"), None
    # One thread: sums are added in the same order whatever the number of processes.
    with one_thread(), warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            unfitted = strategy.build(estimator, seed, sharing)
            with sharing.bill() as bill:
                began = time.perf_counter()
                unfitted.fit(split.X_train, split.y_train)
                seconds = time.perf_counter() - began
            probabilities, counts = _ask(unfitted, split)
            classifier, seconds = unfitted, seconds + bill.seconds
        except Exception as error:  # a strategy that fails must not take the others with it
            failure = error
    texts = sorted({f"{warning.category.__name__}: {warning.message}"[:LONGEST] for warning in caught})
    return Trial(classifier, probabilities, counts, seconds, failure, tuple(texts))


def _ask(classifier: Any, split: Split) -> tuple[NDArray[np.float64], NDArray[np.float64]]:  # noqa: ANN401
    """Return probabilities of the test rows, and the rows of each class that were learned from, by class code."""
    known = np.asarray(classifier.classes_)
    said = np.asarray(classifier.predict_proba(split.X_test), np.float64)
    learned = getattr(classifier, "training_counts_", None)
    if learned is None:
        learned = np.unique(split.y_train, return_counts=True)[1]
    places = np.searchsorted(split.classes, known)
    probabilities, counts = np.zeros((len(said), len(split.classes))), np.zeros(len(split.classes))
    probabilities[:, places] = said
    counts[places] = learned
    return probabilities, counts
