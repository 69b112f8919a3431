"""Maps from predicted probabilities to observed shares, learned from held-out rows."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.special import expit, log_expit

Array = NDArray[np.float64]
Method = Literal["platt", "beta"]

# Log-odds beyond one in a million carry no further evidence: 0 of 100 votes of a forest do not mean impossible.
CERTAIN = float(np.log(1e6 - 1.0))
# Slopes stay above zero, so that the order of rows is neither lost nor reversed.
MIN_SLOPE = 1e-3


def log_odds(p: Array) -> Array:
    """Return log-odds that are finite and increase from p = 0 to p = 1; beyond :data:`CERTAIN` they grow slowly."""
    p = np.clip(np.asarray(p, np.float64), np.nextafter(0.0, 1.0), np.nextafter(1.0, 0.0))
    plain = np.log(p) - np.log1p(-p)
    beyond = np.maximum(np.abs(plain) - CERTAIN, 0.0)
    return np.sign(plain) * (np.minimum(np.abs(plain), CERTAIN) + np.log1p(beyond))


def smoothed_targets(is_class: NDArray[np.bool_], weights: Array | None = None) -> Array:
    """Return Platt's targets, (n₊ + 1)/(n₊ + 2) for rows of the class and 1/(n₋ + 2) for the rest, shape (n,).

    They are posterior means under a uniform prior after n₊ and n₋ rows, so a few separable rows do not give certainty.
    With weights, n₊ and n₋ are sums of weights.
    """
    weights = np.ones(len(is_class)) if weights is None else weights
    n_class = float(weights[is_class].sum())
    n_rest = float(weights[~is_class].sum())
    return np.where(is_class, (n_class + 1.0) / (n_class + 2.0), 1.0 / (n_rest + 2.0))


@dataclass(frozen=True)
class PlattMap:
    r"""A straight line on the log-odds, :math:`p' = \sigma(a \ln\frac{p}{1 - p} + c)` (Platt 1999).

    Parameters
    ----------
    slope : float
        The slope a, positive.
    intercept : float
        The intercept c.
    """

    slope: float
    intercept: float

    def __call__(self, p: Array) -> Array:
        """Return the calibrated probabilities, shape (n,)."""
        return expit(self.slope * log_odds(p) + self.intercept)


@dataclass(frozen=True)
class BetaMap:
    r"""Beta calibration, :math:`p' = 1 / (1 + 1 / (e^c p^a / (1 - p)^b))` (Kull, Silva Filho and Flach 2017).

    Platt's map treats both ends alike. This one treats them separately, and the identity is the case (1, 1, 0).

    Parameters
    ----------
    a, b : float
        The slopes at both ends, positive.
    c : float
        The intercept.
    """

    a: float
    b: float
    c: float

    def __call__(self, p: Array) -> Array:
        """Return the calibrated probabilities, shape (n,)."""
        return expit(_log_beta(p) @ np.array([self.a, self.b, self.c]))


ProbabilityMap = PlattMap | BetaMap


def learn_platt(p: Array, is_class: NDArray[np.bool_], weights: Array | None = None) -> PlattMap:
    """Learn Platt's map by maximum likelihood of :func:`smoothed_targets`; p and is_class of shape (n,)."""
    features = np.column_stack([log_odds(p), np.ones(len(p))])
    slope, intercept = _logistic(features, is_class, weights, start=(1.0, 0.0))
    return PlattMap(slope, intercept)


def learn_beta(p: Array, is_class: NDArray[np.bool_], weights: Array | None = None) -> BetaMap:
    """Learn beta calibration by maximum likelihood of :func:`smoothed_targets`; p and is_class of shape (n,)."""
    a, b, c = _logistic(_log_beta(p), is_class, weights, start=(1.0, 1.0, 0.0))
    return BetaMap(a, b, c)


def _log_beta(p: Array) -> Array:
    """Return the columns ln p, -ln(1 - p) and 1."""
    z = log_odds(p)
    return np.column_stack([log_expit(z), -log_expit(-z), np.ones(len(z))])


def _logistic(
    features: Array, is_class: NDArray[np.bool_], weights: Array | None, start: Sequence[float]
) -> list[float]:
    """Return the coefficients of a logistic regression on rows with weights; all but the last are kept positive."""
    targets = smoothed_targets(is_class, weights)

    def loss(coefficients: Array) -> tuple[float, Array]:
        z = features @ coefficients
        losses, errors = -(targets * log_expit(z) + (1.0 - targets) * log_expit(-z)), expit(z) - targets
        if weights is None:
            return float(losses.mean()), features.T @ errors / len(z)
        return float(np.average(losses, weights=weights)), features.T @ (weights * errors) / weights.sum()

    bounds = [(MIN_SLOPE, None)] * (len(start) - 1) + [(None, None)]
    # The loss is a mean in which rare rows count little; the default stopping rule would stop far too early.
    found = minimize(loss, start, jac=True, method="L-BFGS-B", bounds=bounds, options={"ftol": 1e-14, "gtol": 1e-9})
    return [float(coefficient) for coefficient in found.x]


_LEARNERS: Mapping[str, Callable[[Array, NDArray[np.bool_], Array | None], ProbabilityMap]] = {
    "platt": learn_platt,
    "beta": learn_beta,
}
METHODS: tuple[str, ...] = tuple(_LEARNERS)


@dataclass(frozen=True)
class Calibrator:
    """Calibrates the probabilities of all classes.

    With two classes, one map is applied to the probability of the second class, and the first class gets the rest.
    With more, each class has its own map, learned against the rest, and each row is divided by its sum.

    Parameters
    ----------
    maps : tuple of PlattMap or BetaMap
        One map for two classes, otherwise one map per class.
    """

    maps: tuple[ProbabilityMap, ...]

    def __call__(self, probabilities: Array) -> Array:
        """Return calibrated probabilities of the same shape (n, n_classes); rows sum to 1.

        With two classes, the order of rows is kept strictly.
        """
        if len(self.maps) == 1:
            second = self.maps[0](probabilities[:, 1])
            return np.column_stack([1.0 - second, second])
        each = np.column_stack([calibrate(probabilities[:, code]) for code, calibrate in enumerate(self.maps)])
        return each / each.sum(axis=1, keepdims=True)


def learn_calibrator(
    method: str, probabilities: Array, codes: NDArray[np.integer], weights: Array | None = None
) -> Calibrator:
    """Learn a calibrator from held-out rows.

    Parameters
    ----------
    method : {"platt", "beta"}
    probabilities : ndarray of shape (n, n_classes)
        Probabilities of held-out rows, at the natural class shares.
    codes : ndarray of shape (n,), int
        The class of each row, from 0; every class occurs.
    weights : ndarray of shape (n,), default=None
        Positive weights of the rows; a weight of k counts a row k times.

    Returns
    -------
    Calibrator

    References
    ----------
    Platt, "Probabilistic Outputs for Support Vector Machines and Comparisons to Regularized Likelihood Methods",
    Advances in Large Margin Classifiers, 1999. Kull, Silva Filho and Flach, "Beta Calibration: a Well-Founded and
    Easily Implemented Improvement on Logistic Calibration for Binary Classifiers", AISTATS 2017.

    The isotonic map (Zadrozny and Elkan 2002) was measured beside them and left out: its ties cost .017 in average
    precision, with no lower log-loss (benchmarks/quality/RESULTS.md, ablation "calibration").

    Examples
    --------
    >>> overconfident = np.array([[0.99, 0.01]] * 90 + [[0.01, 0.99]] * 10)
    >>> codes = np.repeat([0, 1, 0, 1], [80, 10, 2, 8])
    >>> learn_calibrator("platt", overconfident, codes)(overconfident)[[0, -1], 1].round(1).tolist()
    [0.1, 0.8]
    """
    learn = _LEARNERS[method]
    n_classes = probabilities.shape[1]
    judged = [1] if n_classes == 2 else range(n_classes)
    return Calibrator(tuple(learn(probabilities[:, code], codes == code, weights) for code in judged))
