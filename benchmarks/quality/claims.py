"""The targets that were set before the runs, as data, and whether the runs reach them."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import numpy as np

from benchmarks.quality.analysis import (
    CLASS_WEIGHT,
    NONE,
    Comparison,
    against_all,
    baselines_of,
    best_of_smote_family,
    compare,
    complete_methods,
    rank,
)
from benchmarks.quality.records import LEARNERS, Results

BEST_SMOTE = "best of the SMOTE family"
ALL_METHODS = "all methods"

# What is measured, and in words.
Quantity = Literal["mean gain", "pairs ahead", "cases ahead", "p (Holm)", "seconds", "place", "worst learner"]
AT_MOST = ("p (Holm)", "seconds", "place")


@dataclass(frozen=True)
class Claim:
    """One target.

    Parameters
    ----------
    ours, other : str
        Methods; the other may be :data:`BEST_SMOTE`.
    quantity : str
        Mean gain; share of pairs, or of cases by their means over the learners, in which ours is ahead; Holm's p;
        median ratio of the seconds to make rows; place by mean rank; lowest mean gain of any learner.
    target : float
        The least that is asked for; the most, for a p-value, seconds and a place.
    metric : str, default="average_precision"
    few_rare : bool, default=False
        Only on the cases with 20 to 200 rare training rows.
    learner : str, default=""
        Only with this one.
    """

    ours: str
    other: str
    quantity: Quantity
    target: float
    metric: str = "average_precision"
    few_rare: bool = False
    learner: str = ""


def _claims() -> Iterator[Claim]:
    yield Claim("gan", BEST_SMOTE, "mean gain", 0.04)
    yield Claim("gan", BEST_SMOTE, "mean gain", 0.04, "roc_auc")
    yield Claim("gan", BEST_SMOTE, "pairs ahead", 0.75)
    yield Claim("gan", BEST_SMOTE, "p (Holm)", 0.001)
    yield Claim("gan", "ctgan", "mean gain", 0.06)
    yield Claim("gan", "ctgan", "seconds", 0.1)
    for other in (NONE, CLASS_WEIGHT):
        yield Claim("gan_bagging", other, "mean gain", 0.05, few_rare=True)
        yield Claim("gan_bagging", other, "mean gain", 0.07, "roc_auc", few_rare=True)
        yield Claim("gan_bagging", other, "cases ahead", 0.9, "log_loss", few_rare=True)
    yield Claim("gan_bagging", "bags", "mean gain", 0.025, few_rare=True)
    yield Claim("gan_bagging", "bags", "mean gain", 0.05, "roc_auc", few_rare=True)
    for other in ("smote_bagging", "local_gaussian_bagging", "balanced_random_forest", "easy_ensemble"):
        yield Claim("gan_bagging", other, "mean gain", 0.0, few_rare=True)
        yield Claim("gan_bagging", other, "p (Holm)", 0.01, few_rare=True)
    yield Claim("gan_bagging", "self_paced_ensemble", "mean gain", 0.02, few_rare=True)
    yield Claim("gan_bagging", "self_paced_ensemble", "mean gain", 0.0, "roc_auc", few_rare=True)
    yield Claim("gan_bagging", "self_paced_ensemble", "pairs ahead", 0.75, few_rare=True)
    for learner in ("lightgbm", "random_forest"):
        yield Claim("gan_bagging", NONE, "mean gain", 0.02, few_rare=True, learner=learner)
        yield Claim("gan_bagging", NONE, "mean gain", 0.03, "roc_auc", few_rare=True, learner=learner)
    yield Claim("auto", ALL_METHODS, "place", 1)
    yield Claim("auto", NONE, "worst learner", -0.005)
    yield Claim("auto", "auto_without_gan", "mean gain", 0.0)
    yield Claim("auto", "auto_without_gan", "p (Holm)", 0.05)


CLAIMS = tuple(_claims())


@dataclass(frozen=True)
class Outcome:
    """A target beside what was measured; ``measured`` is None where it was not run.

    Parameters
    ----------
    claim : Claim
    other : str
        The method that was compared with: for the best of a family, its name.
    measured : float or None
    n_pairs : int
    """

    claim: Claim
    other: str
    measured: float | None
    n_pairs: int = 0

    @property
    def reached(self) -> bool | None:
        """Return whether the target is reached; None where it was not run."""
        if self.measured is None:
            return None
        if self.claim.quantity in AT_MOST:
            return self.measured <= self.claim.target
        if self.claim.quantity == "mean gain" and self.claim.target == 0.0:
            return self.measured > 0.0
        return self.measured >= self.claim.target


def judge(results: Results) -> list[Outcome]:
    """Return the outcome of every claim on the main runs of one half."""
    parts = {False: results, True: results.with_few_rare()}
    best = {few: best_of_smote_family(part) for few, part in parts.items()}
    outcomes: list[Outcome] = []
    for claim in CLAIMS:
        part = parts[claim.few_rare]
        other = (best[claim.few_rare] or claim.other) if claim.other == BEST_SMOTE else claim.other
        if claim.quantity == "place":
            outcomes.append(_place(part, claim))
            continue
        comparison = compare(part, claim.ours, other, claim.metric, (claim.learner,) if claim.learner else ())
        if comparison is None:
            outcomes.append(Outcome(claim, other, None))
            continue
        outcomes.append(Outcome(claim, other, _measure(part, claim, comparison), len(comparison.pairs)))
    return outcomes


def _place(part: Results, claim: Claim) -> Outcome:
    """Return the place of a method among all that were run on nearly all pairs that it was run on."""
    own = {case for case, _ in part.pairs(claim.ours)}
    part = part.with_fallback(NONE).where(lambda case: case in own)
    ranking = rank(part, complete_methods(part), claim.metric)
    if ranking is None or claim.ours not in ranking.methods:
        return Outcome(claim, claim.other, None)
    return Outcome(claim, claim.other, float(ranking.methods.index(claim.ours) + 1), ranking.n_pairs)


def _measure(part: Results, claim: Claim, comparison: Comparison) -> float | None:
    match claim.quantity:
        case "mean gain":
            return comparison.mean
        case "pairs ahead":
            return comparison.ahead
        case "cases ahead":
            return float(np.mean([gain > 0.0 for gain in comparison.by_case().values()]))
        case "seconds":
            return _ratio_of_seconds(part, claim.ours, comparison.other)
        case "worst learner":
            found = [compare(part, claim.ours, comparison.other, claim.metric, (name,)) for name in LEARNERS]
            return min(each.mean for each in found if each is not None)
        case _:
            items = against_all(part, claim.ours, claim.metric, baselines_of(claim.ours))
            p = next(p_holm for item, _, p_holm in items if item.other == comparison.other)
            # A difference to the wrong side is no evidence for the claim, however sure.
            return p if comparison.mean > 0.0 else 1.0


def _ratio_of_seconds(part: Results, ours: str, other: str) -> float | None:
    """Return the median ratio of the seconds to make rows, over the runs of both."""
    mine, theirs = part.seconds(ours), part.seconds(other)
    ratios = [mine[run] / theirs[run] for run in mine if theirs.get(run)]
    return float(np.median(ratios)) if ratios else None
