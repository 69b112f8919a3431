"""The result of one strategy with one estimator on one test fold, as a line of the results file holds it."""

import base64
import zlib
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class FoldCurve:
    """Curves of one test fold for one class against the rest, so that folds can be averaged.

    Parameters
    ----------
    precision : tuple of float
        For each recall of a fixed grid, the greatest precision at this recall or a higher one.
    tpr : tuple of float
        The ROC curve on a fixed grid of false-positive rates, by linear interpolation.
    counts : tuple of int
        Number of rows in each bin of the predicted probability.
    predicted, observed : tuple of float
        For each bin, the sum of the probabilities and the number of rows of the class.
    """

    precision: tuple[float, ...]
    tpr: tuple[float, ...]
    counts: tuple[int, ...]
    predicted: tuple[float, ...]
    observed: tuple[float, ...]


@dataclass(frozen=True)
class FoldResult:
    """One strategy with one estimator on one test fold.

    Parameters
    ----------
    fold, repeat : int
        Numbers of the fold and of its repeat.
    strategy, estimator : str
        Names.
    status : str
        ``"ok"``, ``"not applicable"`` or ``"failed"``.
    n_train, n_test : int
        Number of rows in each part.
    reason : str
        Why the status is not "ok"; otherwise empty.
    seconds : float or None
        Duration of the fit, including resampling, as if nothing had been shared; None if the status is not "ok".
    spent : float or None
        Duration of the fit itself, which is shorter where another strategy had already made what it needs.
    class_counts : dict of str to float or None
        Number of training rows of each class; see :class:`StrategyRun`.
    scores : dict of str to dict of str to float or None
        Metric -> label -> value, at the tuned threshold if thresholds are tuned. None where a value is not defined, or
        not yet, because no other fold has been run on whose predictions a threshold could be tuned.
    default_scores : dict of str to dict of str to float or None
        The same for predictions of the most probable class, for metrics that judge decisions.
    curves : dict of str to FoldCurve or None
        Label -> curves; None if all test rows belong to the class, or none does.
    warnings : tuple of str
        Distinct warnings as ``"Category: text"``.
    chosen : str
        The strategy that a strategy with candidates has chosen; empty for all others.
    predictions : str
        Probabilities of the test rows (see :func:`pack`), from which thresholds of other folds are tuned. Empty once
        all scores are known.
    """

    fold: int
    repeat: int
    strategy: str
    estimator: str
    status: str
    n_train: int
    n_test: int
    reason: str = ""
    seconds: float | None = None
    spent: float | None = None
    class_counts: dict[str, float] | None = None
    scores: dict[str, dict[str, float | None]] = field(default_factory=dict[str, dict[str, float | None]])
    default_scores: dict[str, dict[str, float | None]] = field(default_factory=dict[str, dict[str, float | None]])
    curves: dict[str, FoldCurve | None] = field(default_factory=dict[str, FoldCurve | None])
    warnings: tuple[str, ...] = ()
    chosen: str = ""
    predictions: str = ""


def pack(probabilities: NDArray[np.floating]) -> str:
    """Return probabilities as text: base64 of deflated little-endian float32, about five characters per number."""
    return base64.b64encode(zlib.compress(probabilities.astype("<f4").tobytes(), 1)).decode("ascii")


def unpack(text: str, n_columns: int) -> NDArray[np.float64]:
    """Return what :func:`pack` was given, shape (n, n_columns), rounded to float32."""
    return np.frombuffer(zlib.decompress(base64.b64decode(text)), "<f4").reshape(-1, n_columns).astype(np.float64)
