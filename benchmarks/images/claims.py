"""The targets that were set before the runs, as data, and whether the runs reach them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from benchmarks.images.records import Line, Results

#: Sets whose subsets are judged together, by what they are called.
GROUPS = {
    "Fashion-MNIST, ratio 100": ("fashion_reversed", "fashion_forward"),
    "digits": ("digits",),
    "colored shapes": ("shapes",),
    "Fashion-MNIST, DeepSMOTE's counts": ("fashion_deep_smote",),
    "Fashion-MNIST, ratio 10": ("fashion_ratio_10",),
    "50 classes": ("many_classes",),
}
ROW_LEARNERS = ("lightgbm_components", "logistic_components", "lightgbm_features", "logistic_features")
REFERENCE = "augmentation_logit_adjustment"
#: Generated images in the first part of the training alone; and, to compare, from its beginning to its end.
RECOMMENDED = "gan_early_share_augmentation_logit_adjustment"
THROUGHOUT = "gan_share_augmentation_logit_adjustment"
#: What stands for all that further images could bring.
CEILINGS = dict.fromkeys(("network", *ROW_LEARNERS), "truth_fill")

Quantity = Literal["macro", "rare3", "subsets ahead"]


@dataclass(frozen=True)
class Claim:
    """One target for one learner: the least mean gain over subsets, or the least share of subsets that are ahead."""

    learner: str
    ours: str
    other: str
    quantity: Quantity
    target: float


def _claims() -> Iterator[Claim]:
    for learner in ROW_LEARNERS:
        for other, macro, rare in (("smote", 0.04, 0.10), ("copies", 0.005, 0.03)):
            yield Claim(learner, "gan_share", other, "macro", macro)
            yield Claim(learner, "gan_share", other, "rare3", rare)
            yield Claim(learner, "gan_share", other, "subsets ahead", 0.8)
    for ours in (RECOMMENDED, THROUGHOUT):
        yield Claim("network", ours, REFERENCE, "macro", -0.005)
        yield Claim("network", ours, "none", "macro", 0.05)
        yield Claim("network", ours, "none", "rare3", 0.18)


CLAIMS = tuple(_claims())


@dataclass(frozen=True)
class Outcome:
    """A target beside what was measured in a group of sets."""

    claim: Claim
    group: str
    measured: float
    standard_error: float
    n_subsets: int

    @property
    def is_reached(self) -> bool:
        """Return whether the target is reached."""
        return self.measured >= self.claim.target


def judge(results: Results) -> list[Outcome]:
    """Return the outcome of every claim in every group of sets that has lines for it."""
    outcomes: list[Outcome] = []
    for claim in CLAIMS:
        metric = "macro" if claim.quantity == "subsets ahead" else claim.quantity
        for group, names in GROUPS.items():
            pair = results.pair(names, claim.learner, claim.ours, claim.other, metric)
            if pair is None:
                continue
            n = len(pair.gains)
            is_count = claim.quantity == "subsets ahead"
            measured = pair.n_ahead / n if is_count else pair.mean
            outcomes.append(Outcome(claim, group, measured, float("nan") if is_count else pair.standard_error, n))
    return outcomes


@dataclass(frozen=True)
class Limit:
    """A target for generators: the most that something may cost, or the least that it must be."""

    what: str
    sets: tuple[str, ...]
    key: str
    bound: float
    is_most: bool = True


FASHION = ("fashion_reversed", "fashion_forward")
LIMITS = (
    Limit("seconds to learn 2,480 images of 28 x 28", FASHION, "seconds", 180.0),
    Limit("seconds for 1,000 generated images", FASHION, "seconds_per_1000", 5.0),
    Limit("peak memory of a fit, MiB", FASHION, "peak_mib", 1536.0),
    Limit("seconds to learn 2,480 images of 32 x 32 x 3", ("shapes",), "seconds", 360.0),
    Limit("lowest diversity of a class, relative to unseen images", FASHION, "diversity", 0.8, is_most=False),
    Limit("lowest distance to the nearest learned image, likewise", FASHION, "nearest", 0.8, is_most=False),
)


def limits(lines: Sequence[Line]) -> list[tuple[Limit, float, float, int]]:
    """Return each limit with the middle and the worst figure over subsets, and their number; of GAN images alone.

    Parameters
    ----------
    lines : sequence of mapping
        Of ``likeness.jsonl``.
    """
    found: list[tuple[Limit, float, float, int]] = []
    for limit in LIMITS:
        own = [line for line in lines if line["source"] == "gan" and line["set"] in limit.sets]
        figures = [figure for line in own if (figure := _figure(line, limit.key)) is not None]
        if figures:
            worst = max(figures) if limit.is_most else min(figures)
            found.append((limit, float(np.median(figures)), worst, len(figures)))
    return found


def _figure(line: Line, key: str) -> float | None:
    if key in ("diversity", "nearest"):
        return min(each[key] for each in line["classes"])
    value = line["cost"].get(key)
    return None if value is None else float(value)
