"""How surely one method is ahead of another over many tables, and which targets are reached."""

import math
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from benchmarks.quality.records import HIGHER_IS_BETTER, MEAN, Case, Pair, Results
from imbgan.comparison.statistics import holm

ROPE = 0.01
N_POSTERIOR = 2000
N_BOOTSTRAP = 2000
# A method takes part in means and ranks over all if it has this share of the pairs that doing nothing has.
ENOUGH = 0.9
NONE = "none"
CLASS_WEIGHT = "class_weight"
SMOTE_FAMILY = (
    "smote",
    "borderline_smote",
    "adasyn",
    "smote_tomek",
    "smote_enn",
    "local_gaussian",
    "polynom_fit_smote",
    "prowsyn",
)
# What ours are compared with; Holm's adjustment counts all of them that were run.
BASELINES = (
    NONE,
    "tuned_threshold",
    CLASS_WEIGHT,
    "random_over",
    "random_under",
    *SMOTE_FAMILY,
    "balanced_random_forest",
    "easy_ensemble",
    "under_bagging",
    "self_paced_ensemble",
    "rusboost",
    "ctgan",
    "tvae",
    "ctdgan",
    "bags",
    "smote_bagging",
    "local_gaussian_bagging",
    "arf_bagging",
    "forest_diffusion_bagging",
)
OURS = ("gan", "gan_0.1", "gan_0.3", "gan_weighted", "gan_bagging", "auto", "auto_without_gan")
METHODS = (*BASELINES, *OURS)


def baselines_of(ours: str) -> tuple[str, ...]:
    """Return what one of our methods is tested against; the selector also against itself without the GAN."""
    return (*BASELINES, "auto_without_gan") if ours == "auto" else BASELINES


@dataclass(frozen=True)
class Comparison:
    """Two methods over the pairs that both have; positive gains mean that ours is better.

    Parameters
    ----------
    ours, other, metric : str
    pairs : tuple of (Case, str)
    values : ndarray of shape (n_pairs, 2), float64
        Of ours and of the other.
    """

    ours: str
    other: str
    metric: str
    pairs: tuple[Pair, ...]
    values: NDArray[np.float64]

    @property
    def gains(self) -> NDArray[np.float64]:
        """Return what ours is ahead by in each pair."""
        difference = self.values[:, 0] - self.values[:, 1]
        return difference if HIGHER_IS_BETTER[self.metric] else -difference

    @property
    def mean(self) -> float:
        """Return the mean gain."""
        return float(self.gains.mean())

    @property
    def ahead(self) -> float:
        """Return the share of pairs in which ours is strictly better."""
        return float((self.gains > 0).mean())

    def by_table(self) -> NDArray[np.float64]:
        """Return one gain for each (table, learner): cases of one table are not independent."""
        parts: dict[tuple[str, str], list[float]] = defaultdict(list)
        for (case, learner), gain in zip(self.pairs, self.gains.tolist(), strict=True):
            parts[case.table, learner].append(gain)
        return np.array([np.mean(gains) for gains in parts.values()])

    def by_case(self) -> dict[Case, float]:
        """Return the mean gain over the learners of each case."""
        parts: dict[Case, list[float]] = defaultdict(list)
        for (case, _), gain in zip(self.pairs, self.gains.tolist(), strict=True):
            parts[case].append(gain)
        return {case: float(np.mean(gains)) for case, gains in parts.items()}


def compare(results: Results, ours: str, other: str, metric: str, learners: Sequence[str] = ()) -> Comparison | None:
    """Pair two methods; None where they share nothing.

    A method that is a classifier itself is compared with the mean of ours over the learners, or with the one learner
    that is asked for.
    """
    if results.is_classifier(other) and not results.is_classifier(ours):
        pairs, values = results.against_classifier(ours, other, metric, learners[0] if learners else MEAN)
    else:
        pairs, values = results.aligned([ours, other], metric, learners)
    return Comparison(ours, other, metric, tuple(pairs), values) if pairs else None


def wilcoxon(gains: NDArray[np.float64]) -> float:
    """Return the two-sided p-value of the signed-rank test; 1 where nothing differs (Wilcoxon 1945)."""
    return float(stats.wilcoxon(gains).pvalue) if np.any(gains != 0.0) else 1.0


def bayesian_signed_rank(gains: NDArray[np.float64], rope: float, seed: int = 0) -> tuple[float, float, float]:
    r"""Bayesian signed-rank test (Benavoli et al. 2014; 2017).

    The gains and one pseudo-observation at 0 of weight :math:`s = 1/2` carry Dirichlet weights :math:`w`. A draw votes
    for the region that holds most of :math:`\sum_{ij} w_i w_j [(z_i + z_j) / 2 \in \text{region}]`.

    Parameters
    ----------
    gains : ndarray of shape (n,)
    rope : float
        Half the width of the region of practical equivalence.
    seed : int, default=0

    Returns
    -------
    tuple of float
        Probabilities of worse, equal and better.
    """
    z = np.concatenate([[0.0], gains])
    mean = (z[:, None] + z[None, :]) / 2.0
    weights = np.random.default_rng(seed).dirichlet([0.5, *np.ones(len(gains))], N_POSTERIOR)
    worse, better = (
        ((weights @ region.astype(np.float64)) * weights).sum(axis=1) for region in (mean < -rope, mean > rope)
    )
    masses = np.stack([worse, 1.0 - worse - better, better])
    # Equal masses share a vote, as when nothing differs at all.
    wins = masses >= masses.max(axis=0) - 1e-12
    votes = (wins / wins.sum(axis=0)).mean(axis=1).tolist()
    return votes[0], votes[1], votes[2]


def table_interval(comparison: Comparison, seed: int = 0) -> tuple[float, float]:
    """Return the 95 % bootstrap interval of the mean gain, tables being drawn with all their pairs."""
    tables = sorted({case.table for case, _ in comparison.pairs})
    place = {table: i for i, table in enumerate(tables)}
    rows = np.array([place[case.table] for case, _ in comparison.pairs])
    sums, counts = np.bincount(rows, comparison.gains), np.bincount(rows)
    drawn = np.random.default_rng(seed).integers(len(tables), size=(N_BOOTSTRAP, len(tables)))
    means = sums[drawn].sum(axis=1) / counts[drawn].sum(axis=1)
    low, high = np.quantile(means, [0.025, 0.975]).tolist()
    return low, high


@dataclass(frozen=True)
class Evidence:
    """What a comparison says: mean gain with its interval, and how sure it is.

    Parameters
    ----------
    comparison : Comparison
    low, high : float
        95 % bootstrap interval over tables.
    p, p_holm : float
        Wilcoxon's, and adjusted over the baselines of one method and metric.
    p_tables_holm : float
        The same over one number for each (table, learner).
    p_worse, p_equal, p_better : float
        Bayesian signed-rank test over all pairs.
    """

    comparison: Comparison
    low: float
    high: float
    p: float
    p_holm: float
    p_tables_holm: float
    p_worse: float
    p_equal: float
    p_better: float


def against_all(
    results: Results, ours: str, metric: str, baselines: Sequence[str]
) -> list[tuple[Comparison, float, float]]:
    """Compare one method with every baseline that was run.

    Returns
    -------
    list of (Comparison, float, float)
        With Wilcoxon's p-value, as it is and adjusted over these baselines.
    """
    found = [compare(results, ours, other, metric) for other in baselines if other != ours]
    comparisons = [comparison for comparison in found if comparison is not None]
    p_values = [wilcoxon(comparison.gains) for comparison in comparisons]
    return list(zip(comparisons, p_values, holm(p_values).tolist(), strict=True))


def weigh(results: Results, ours: str, metric: str, baselines: Sequence[str]) -> list[Evidence]:
    """Return all evidence on one method against every baseline that was run."""
    found = against_all(results, ours, metric, baselines)
    p_tables = holm([wilcoxon(comparison.by_table()) for comparison, *_ in found]).tolist()
    evidence: list[Evidence] = []
    for (comparison, p, p_holm), p_table in zip(found, p_tables, strict=True):
        # A hundredth is a lot for a loss of 0.1: there the region is a share of the other's mean.
        rope = ROPE if HIGHER_IS_BETTER[metric] else ROPE * float(comparison.values[:, 1].mean())
        posterior = bayesian_signed_rank(comparison.gains, rope)
        evidence.append(Evidence(comparison, *table_interval(comparison), p, p_holm, p_table, *posterior))
    return evidence


def complete_methods(results: Results, metric: str = "average_precision") -> list[str]:
    """Return the methods that have nearly all the pairs of doing nothing, in the order of :data:`METHODS`."""
    reference = results.pairs(NONE, metric)
    known = [m for m in METHODS if m in results.methods] + sorted(set(results.methods) - set(METHODS))
    return [m for m in known if reference and len(results.pairs(m, metric) & reference) >= ENOUGH * len(reference)]


@dataclass(frozen=True)
class Ranking:
    """Mean ranks over pairs, 1 being best, and Friedman's test of all methods being alike.

    Parameters
    ----------
    methods : tuple of str
        Best first.
    mean_ranks : tuple of float
    n_pairs : int
    f_statistic, p : float
        Iman and Davenport's F and its p-value.
    critical_difference : float
        Mean ranks further apart than this differ at the 5 % level (Nemenyi).
    """

    methods: tuple[str, ...]
    mean_ranks: tuple[float, ...]
    n_pairs: int
    f_statistic: float
    p: float
    critical_difference: float


def rank(results: Results, methods: Sequence[str], metric: str) -> Ranking | None:
    """Rank methods over the pairs that all of them have; None for fewer than three methods or two pairs.

    Friedman (1937) with the F of Iman and Davenport (1980), Nemenyi's critical difference as in Demšar (2006).
    """
    if len(methods) < 3:
        return None
    _, values = results.aligned(methods, metric)
    n, k = values.shape
    if n < 2:
        return None
    ranks = stats.rankdata(-values if HIGHER_IS_BETTER[metric] else values, axis=1)
    means = ranks.mean(axis=0)
    spread = float(((ranks - (k + 1) / 2.0) ** 2).sum())
    # With ties, as in scipy.stats.friedmanchisquare.
    chi2 = n**2 * (k - 1) * float(((means - (k + 1) / 2.0) ** 2).sum()) / spread if spread else 0.0
    rest = n * (k - 1) - chi2
    f_statistic = (n - 1) * chi2 / rest if rest > 1e-9 else math.inf
    p = float(stats.f.sf(f_statistic, k - 1, (k - 1) * (n - 1)))
    q = float(stats.studentized_range.ppf(0.95, k, np.inf)) / math.sqrt(2.0)
    order = np.argsort(means, kind="stable")
    return Ranking(
        tuple(methods[i] for i in order),
        tuple(float(means[i]) for i in order),
        n,
        f_statistic,
        p,
        q * math.sqrt(k * (k + 1) / (6.0 * n)),
    )


def best_of_smote_family(results: Results, metric: str = "average_precision") -> str | None:
    """Return the SMOTE-family method with the best mean; where one cannot be applied, it counts as doing nothing."""
    filled = results.with_fallback(NONE)
    complete = complete_methods(filled, metric)
    # One that was not run everywhere could be best only for having been spared.
    family = [m for m in SMOTE_FAMILY if m in complete] or [m for m in SMOTE_FAMILY if m in results.methods]
    if not family:
        return None
    _, values = filled.aligned(family, metric)
    return family[int(values.mean(axis=0).argmax())] if len(values) else family[0]
