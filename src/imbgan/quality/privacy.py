"""What generated rows give away of real ones: copies, memorization, membership."""

import numpy as np
from numpy.typing import NDArray

from imbgan.measures import gaussian_kernel, memorization_rate, pairwise_distances
from imbgan.quality.results import Measure
from imbgan.quality.splits import MIN_HALF, N_SPLITS, Indices, Splits, summarize

Matrix = NDArray[np.float64]
NO_HOLDOUT = "needs real rows that were not trained on (holdout)"
FEW_HELD_OUT = "too few held-out rows"
NOT_A_PROOF = "a risk, measured by one simple attack: 0.5 does not prove privacy"

# Of the kernels of the attack, as a part of the usual distance to the nearest real row: narrow enough that one copy
# of a row outweighs its neighbors.
KERNEL_WIDTH = 1 / 3


def copies(numbers: NDArray[np.intp], splits: Splits) -> tuple[Measure, Measure]:
    """Return ``duplicate_rate`` and ``copy_rate``.

    Parameters
    ----------
    numbers : ndarray of shape (n + m,)
        Equal rows have equal numbers; the real rows come first.
    splits : Splits
        Drawn for n and m.
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


def memorization(real: Matrix, synthetic: Matrix, holdout: Matrix, rng: np.random.Generator) -> Measure:
    """How much nearer generated rows are to training than to held-out rows; 0.5 for fresh rows, 1 for copies.

    See :func:`imbgan.measures.memorization_rate`. The baseline puts held-out rows in the place of generated
    ones. Parameters are encoded rows of one class.
    """
    name, n = "memorization", len(holdout)
    if n < 2:
        return Measure(name, None, note=NO_HOLDOUT if n == 0 else FEW_HELD_OUT)
    size = min(n // 2, len(synthetic))
    if size < MIN_HALF:
        return Measure(name, memorization_rate(synthetic, real, holdout), note=f"{FEW_HELD_OUT} for a baseline")
    values, baselines = np.zeros(N_SPLITS), np.zeros(N_SPLITS)
    for i in range(N_SPLITS):
        order = rng.permutation(n)
        judge, fresh = holdout[order[:size]], holdout[order[size : 2 * size]]
        drawn = synthetic[rng.permutation(len(synthetic))[:size]]
        values[i], baselines[i] = memorization_rate(drawn, real, judge), memorization_rate(fresh, real, judge)
    return summarize(name, values, baselines)


def membership_auc(real: Matrix, synthetic: Matrix, holdout: Matrix, rng: np.random.Generator) -> Measure:
    r"""ROC AUC of a simple attack that tells training rows from held-out ones.

    A row's score is its log density among the generated rows less that among other real rows (a part of the
    held-out ones), by Gaussian kernels as wide as real rows are apart: rows that the generator has learned by
    heart stand out. The idea of the density ratio is that of van Breugel et al. (2023, "DOMIAS"). The baseline
    puts held-out rows in the place of training rows.
    """
    name, n = "membership_auc", len(holdout)
    size = min(n // 3, len(real))
    if size < MIN_HALF:
        return Measure(name, None, note=NO_HOLDOUT if n == 0 else f"{FEW_HELD_OUT}: {3 * MIN_HALF} are needed")
    every = np.concatenate([real, holdout])
    within = pairwise_distances(every, every)
    np.fill_diagonal(within, np.inf)
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
    """Return the log density of each row up to a constant; rows far from everything have the least there is."""
    return np.log(np.maximum(kernel.mean(axis=1), np.finfo(np.float64).tiny))


def _auc(first: NDArray[np.float64], second: NDArray[np.float64]) -> float:
    """Return the probability that a score of ``first`` is above one of ``second``; ties count half."""
    from scipy.stats import mannwhitneyu

    return float(mannwhitneyu(first, second).statistic / (len(first) * len(second)))
