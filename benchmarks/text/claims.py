"""The targets that were set before the runs, as data, and whether the runs reach them."""

from typing import NamedTuple

from benchmarks.text.encoders import ENCODERS
from benchmarks.text.recommended import AUTO
from benchmarks.text.records import Gain, Results, Way

#: What may be recommended for texts, and the model to beat.
RECOMMENDED = Way(AUTO)
BASELINE = Way("words")
#: The encoders of one model.
SINGLE = ENCODERS
LEAST_GAIN, MOST_LOSS = 0.02, 0.005
FEWEST = 20
GENERATED_IN = ("reduced", "static", "sentence")


class Outcome(NamedTuple):
    """A target, what was measured, and whether it is reached; ``where`` names the sets or vectors."""

    target: str
    where: str
    measured: Gain
    bound: float
    is_reached: bool


def best_untouched(results: Results, name: str, rare: int, besides: Way) -> Way | None:
    """Return the single untouched model with the greatest mean average precision on the draws that ``besides`` has."""
    needed = set(results.draws(name, rare, besides))
    found: dict[Way, float] = {}
    for way in results.ways(rare) if needed else ():
        if way.encoder in SINGLE and way.arm == "none" and needed <= set(results.draws(name, rare, way)):
            found[way] = float(results.values(name, rare, way, sorted(needed)).mean())
    return max(found, key=found.__getitem__) if found else None


def judge(results: Results, recommended: Way = RECOMMENDED) -> list[Outcome]:
    """Return the outcome of each target that there are lines for."""
    return [*_over_words(results, recommended), *_over_best(results, recommended), *_over_smote(results)]


def _over_words(results: Results, recommended: Way) -> list[Outcome]:
    found = results.gain(results.sets, FEWEST, recommended, BASELINE)
    target = f"recommended over the untouched linear model on words, {FEWEST} rare texts"
    return [Outcome(target, "all sets", found, LEAST_GAIN, found.mean >= LEAST_GAIN)] if found else []


def _over_best(results: Results, recommended: Way) -> list[Outcome]:
    outcomes: list[Outcome] = []
    for rare in results.rare:
        for name in results.sets:
            best = best_untouched(results, name, rare, recommended)
            found = results.gain([name], rare, recommended, best) if best else None
            if best and found:
                target = f"recommended over the best untouched model, {rare} rare texts"
                where = f"{name} (best: {best.encoder}, {best.learner})"
                outcomes.append(Outcome(target, where, found, -MOST_LOSS, found.mean >= -MOST_LOSS))
    return outcomes


def _over_smote(results: Results) -> list[Outcome]:
    outcomes: list[Outcome] = []
    for rare in results.rare:
        for encoder in GENERATED_IN:
            for learner in ("linear", "lightgbm"):
                gan, smote = Way(encoder, "gan", learner), Way(encoder, "smote", learner)
                found = results.gain(results.sets, rare, gan, smote)
                if found:
                    target = f"GAN rows over SMOTE's, {learner}, {rare} rare texts"
                    outcomes.append(Outcome(target, encoder, found, 0.0, found.mean > 0.0))
    return outcomes
