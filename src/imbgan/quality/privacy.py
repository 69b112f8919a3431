"""Measures of what generated rows reveal about real ones: copies, closeness, memorization, membership."""

import numpy as np
from numpy.typing import NDArray

from imbgan.measures import gaussian_kernel, memorization_rate, pairwise_distances, to_others
from imbgan.quality.results import Measure
from imbgan.quality.splits import MIN_HALF, N_SPLITS, NO_BASELINE, Indices, Splits, summarize

Matrix = NDArray[np.float64]
NO_HOLDOUT = "this measure needs real rows that were not used in training; pass them as 'holdout'"
FEW_HELD_OUT = "there are too few held-out rows"
BY_SYMMETRY = "the baseline of fresh rows is known: of n rows, each is nearest with the same probability"
NOT_A_PROOF = "one simple attack measures this risk, so 0.5 does not prove privacy"

# Width of the kernels of the attack, relative to the usual distance to the nearest real row. It is so narrow that a
# copy of a row outweighs the neighbors of this row.
KERNEL_WIDTH = 1 / 3
# On a line, a row is the nearest one of none, one or two others, with a standard deviation of 0.7.
LEAST_DEVIATION = 0.5
# Distances that differ by less are equal.
EQUAL = 1e-6


def copies(numbers: NDArray[np.intp], splits: Splits) -> tuple[Measure, Measure]:
    """Return ``duplicate_rate`` and ``copy_rate``.

    Parameters
    ----------
    numbers : ndarray of shape (n + m,)
        Equal rows have equal numbers; the real rows come first.
    splits : Splits
        Splits for n and m rows.
    """
    real, synthetic = numbers[: splits.n_real], numbers[splits.n_real :]

    def figures(a: Indices, b: Indices) -> NDArray[np.float64]:
        rows: list[tuple[float, float]] = []
        for first, second in zip(numbers[a], numbers[b], strict=True):
            _, place, counts = np.unique(second, return_inverse=True, return_counts=True)
            rows.append((float((counts[place] > 1).mean()), float(np.isin(second, first).mean())))
        return np.array(rows)

    duplicates, copied = splits.measures(("duplicate_rate", "copy_rate"), figures)
    share = float(np.isin(synthetic, real).mean())
    note = f"{share:.1%} of {len(synthetic)} generated rows equal one of {len(real)} real rows"
    note = note if copied.baseline is not None else f"{note}; {copied.note}"
    return duplicates, Measure("copy_rate", copied.value, copied.baseline, copied.low, copied.high, note)


def closeness(real: Matrix, synthetic: Matrix) -> Measure:
    r"""Return how often generated rows lie nearer to a real row than all other real rows do, relative to fresh rows.

    .. math::
        \frac{1}{m} \sum_{j=1}^{m} \sum_{i=1}^{n} \frac{1}{1 + t_{ij}} \, [d(x_i, g_j) \le r_i],
        \qquad r_i = \min_{k \ne i} d(x_i, x_k),

    where :math:`t_{ij}` is the number of real rows at the same distance if :math:`d(x_i, g_j) = r_i`, and 0 otherwise.
    A fresh row and the n - 1 other real rows are exchangeable. So each of them is the nearest one of a real row with
    the probability 1 / n, whatever the distribution is, and the expected value is 1. Rows between neighbors, as SMOTE
    makes them, and rows drawn around learned ones have 1.5 to 4; poor rows have less than 1. No held-out rows are
    needed.

    Parameters
    ----------
    real, synthetic : ndarray of shape (n, width), (m, width)
        Encoded rows of one class, n >= 2 and m >= 1. The real rows are those that were learned from.

    Returns
    -------
    Measure
        ``"closeness"``. The ends of the interval lie two standard errors from 1, each of which is :math:`\sigma
        \sqrt{1/n + 1/m}`. :math:`\sigma` is the standard deviation of how many real rows a real row is nearest to.
    """
    n, m = len(real), len(synthetic)
    among = to_others(pairwise_distances(real, real))
    radius = among.min(axis=1, keepdims=True)
    n_tied = (among <= radius + EQUAL).sum(axis=1, keepdims=True)
    between = pairwise_distances(real, synthetic)
    is_tied = np.abs(between - radius) <= EQUAL
    first = np.where(is_tied, 1.0 / (1.0 + n_tied), between < radius)
    value = float(first.mean() * n)
    if n < 2 * MIN_HALF or m < MIN_HALF:
        return Measure("closeness", value, note=NO_BASELINE)
    n_nearest = ((among <= radius + EQUAL) / n_tied).sum(axis=0)
    error = max(float(n_nearest.std(ddof=1)), LEAST_DEVIATION) * float(np.sqrt(1.0 / n + 1.0 / m))
    return Measure("closeness", value, 1.0, max(1.0 - 2.0 * error, 0.0), 1.0 + 2.0 * error, BY_SYMMETRY)


def memorization(real: Matrix, synthetic: Matrix, holdout: Matrix, rng: np.random.Generator) -> Measure:
    """Return how much nearer generated rows lie to training than to held-out rows: 0.5 for fresh rows, 1 for copies.

    See :func:`imbgan.measures.memorization_rate`. For the baseline, held-out rows replace generated ones. The
    parameters are encoded rows of one class.
    """
    name, n = "memorization", len(holdout)
    if n < 2:
        return Measure(name, None, note=NO_HOLDOUT if n == 0 else FEW_HELD_OUT)
    size = min(n // 2, len(synthetic))
    to_real, to_holdout = pairwise_distances(synthetic, real), pairwise_distances(synthetic, holdout)
    if size < MIN_HALF:
        return Measure(name, memorization_rate(to_real, to_holdout), note=f"{FEW_HELD_OUT} for a baseline")
    holdout_to_real, among = pairwise_distances(holdout, real), pairwise_distances(holdout, holdout)
    values, baselines = np.zeros(N_SPLITS), np.zeros(N_SPLITS)
    for i in range(N_SPLITS):
        order = rng.permutation(n)
        judge, fresh = order[:size], order[size : 2 * size]
        drawn = rng.permutation(len(synthetic))[:size]
        values[i] = memorization_rate(to_real[drawn], to_holdout[np.ix_(drawn, judge)])
        baselines[i] = memorization_rate(holdout_to_real[fresh], among[np.ix_(fresh, judge)])
    return summarize(name, values, baselines)


def membership_auc(real: Matrix, synthetic: Matrix, holdout: Matrix, rng: np.random.Generator) -> Measure:
    r"""Return the ROC AUC of a simple attack that distinguishes training rows from held-out ones.

    The score of a row is its log density among generated rows minus that among other real rows (a part of the held-out
    ones), with narrow Gaussian kernels. Rows that the generator has memorized have high scores. The density ratio is
    the idea of van Breugel et al. (2023, "DOMIAS"). For the baseline, held-out rows replace training rows.
    """
    name, n = "membership_auc", len(holdout)
    size = min(n // 3, len(real))
    if size < MIN_HALF:
        return Measure(name, None, note=NO_HOLDOUT if n == 0 else f"{FEW_HELD_OUT}; {3 * MIN_HALF} are needed")
    every = np.concatenate([real, holdout])
    within = to_others(pairwise_distances(every, every))
    nearest = within.min(axis=1)
    width = KERNEL_WIDTH * float(np.median(nearest[nearest > 1e-9])) if (nearest > 1e-9).any() else 1.0
    near_real = gaussian_kernel(within, width)
    near_synthetic = _log_mean(gaussian_kernel(pairwise_distances(every, synthetic), width))
    values, baselines = np.zeros(N_SPLITS), np.zeros(N_SPLITS)
    for i in range(N_SPLITS):
        order = len(real) + rng.permutation(n)
        reference, outside, peers = order[:size], order[size : 2 * size], order[2 * size : 3 * size]
        inside = rng.permutation(len(real))[:size]
        score = near_synthetic - _log_mean(near_real[:, reference])
        values[i], baselines[i] = _auc(score[inside], score[outside]), _auc(score[peers], score[outside])
    return summarize(name, values, baselines, NOT_A_PROOF)


def _log_mean(kernel: NDArray[np.floating]) -> NDArray[np.float64]:
    """Return the log density of each row up to a constant; it is bounded below for rows far from all others."""
    return np.log(np.maximum(kernel.mean(axis=1), np.finfo(np.float64).tiny))


def _auc(first: NDArray[np.float64], second: NDArray[np.float64]) -> float:
    """Return the probability that a score of ``first`` is above one of ``second``; ties count half."""
    from scipy.stats import mannwhitneyu

    return float(mannwhitneyu(first, second).statistic / (len(first) * len(second)))
