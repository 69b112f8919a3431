"""How sentences and tables write numbers and names, and the words of notes."""

import math
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from imbgan._text import shown
from imbgan.comparison.metrics import METRICS

if TYPE_CHECKING:
    from imbgan.comparison.results import Note

#: The pieces that the notes of a verdict are composed of. Each language of the page has the same keys and fields.
NOTES: Mapping[str, str] = {
    "costs of control": "Per 1,000 rows, the decisions of {estimator} with {control} cost {cost}",
    "costs of strategy": (
        "Per 1,000 rows, the decisions of {estimator} with {strategy} cost {cost}, and {before} with {control}"
    ),
    "costs, saved": (
        "; predicting {label} for every row, the cheapest rule without a classifier, would cost {rule}, which is "
        "{saved} more."
    ),
    "costs, lost": "; predicting {label} for every row costs {rule}, so the classifier gains nothing at these costs.",
    "other keeps": (
        "With {estimator} ({metric} {score}): {control}; no strategy has a significant gain of more than {margin}."
    ),
    "other uses": "With {estimator} ({metric} {score}): use {strategy}, {control_score} with {control}.",
    "threshold": "With {control}, a tuned threshold alone raises {metric} from {default} to {tuned}",
    "threshold, untuned": "; without tuning, the best strategy reaches {untuned} ({strategy})",
    "threshold, no more": "; with both, no strategy adds more than {margin} to that",
    "threshold, more": "; with both, the best adds to that ({best}: {gain}",
    "threshold, unsure": "; with both, no strategy adds significantly to that ({best}: {gain}",
    "interval": ", 95 % interval {low} to {high}",
    "close": ")",
    "end": ".",
    "texts alone": (
        "Texts are encoded inside of each training part by {columns}. Generated rows are vectors, not sentences."
    ),
    "texts": "Texts are encoded inside of each training part: {columns}. Generated rows are vectors, not sentences.",
    "same model": "{strategies}: with {estimators}, this is the same model as {control}, and stands there once.",
    "luck": (
        "{strategy} is the best of {n_strategies} strategies on these rows: the best of many looks better than it is, "
        "so expect a somewhat smaller gain on other rows."
    ),
    "few rows": (
        "A test fold holds about {n_rows} rows of class {label}: with so few, differences between strategies are "
        "mostly noise. More rows of this class would help more than more strategies."
    ),
    "not judged": "{estimator} cannot be judged: {control} has no score with it ({reason}).",
    "failed": "{strategy} failed: {reason}.",
    "failed with": "{strategy} failed with {estimators}: {reason}.",
    "not applicable": "{strategy} was not applicable: {reason}.",
    "not applicable with": "{strategy} was not applicable with {estimators}: {reason}.",
    "no reason": "no reason was given",
    "not run": "it was not run",
    "no rows": "no test fold had rows of the class and other rows",
    "auto chose": (
        "{strategy} chose for each fold by the others: {counts} folds. It takes a strategy that is ahead of doing "
        "nothing by more than one standard error; this verdict asks for a gain that is significant and matters, so the "
        "two can differ."
    ),
    "settled": (
        "The comparison ended early, after {seconds} and {n} of {n_folds} folds: with all folds, the verdict would "
        "stay the same with a probability of at least 95 %."
    ),
    "spent": "The budget of {budget} was spent after {n} of {n_folds} folds. More time makes the intervals narrower.",
    "interrupted": (
        "The comparison was interrupted after {seconds} and {n} of {n_folds} folds; this is the verdict so far."
    ),
    "replayed": "The comparison ran the {n} of {n_folds} folds of an earlier one again.",
    "no time": "{strategies}: there was no time for this in the budget. A larger budget, or more processes, make room.",
    "fewer folds": (
        "Run on fewer folds than {control}: {counts}. Their gains are differences on the folds that both have; "
        "means of different folds cannot be compared."
    ),
    "warned": "{strategy} warned in {n} of {n_folds} folds: {text} ({kind}).",
}


def note_text(note: "Note", words: Mapping[str, str] = NOTES, call: Callable[[str, str], str] | None = None) -> str:
    """Return a note as one sentence.

    Parameters
    ----------
    note : Note
    words : mapping of str to str, default=NOTES
        The pieces of one language.
    call : callable, optional
        Called as ``call(field, value)`` for each fact; returns what the sentence calls it. By default, strategies,
        estimators and metrics keep the names that parameters take.
    """
    facts = {field: (call or _called)(field, value) for field, value in note.facts.items()}
    return "".join(words[piece] for piece in note.pieces).format_map(facts)


def _called(field: str, value: str) -> str:
    if field == "control":
        return unsampled(value)
    return METRICS[value].title if field == "metric" else value


def number(value: float | None, digits: int = 3) -> str:
    """Return a score, such as ``.412`` or ``12,345``; a dash if there is none."""
    if value is None or not math.isfinite(value):
        return "-"
    text = f"{abs(value):,.{digits}f}".removeprefix("0" if digits else "")
    is_zero = not text.strip("0.")
    return f"-{text}" if value < 0 and not is_zero else text


def amount(value: float) -> str:
    """Return an amount of money, such as ``4,321``, ``43.21`` or ``0.432``."""
    return f"{value:,.{digits_for(value)}f}"


def signed(value: float | None, digits: int = 3) -> str:
    """Return a difference, such as ``+.051`` or ``-.004``."""
    text = number(value, digits)
    return text if text.startswith("-") or not text.strip("0.") else f"+{text}"


def digits_for(value: float) -> int:
    """Return the number of decimals that a value of this size needs: three, more if it is small, fewer from 10 on."""
    if not value or not math.isfinite(value):
        return 3
    size = math.floor(math.log10(abs(value)))
    return min(6, max(3, 2 - size)) if size < 1 else max(0, 3 - size)


def percent(probability: float) -> str:
    """Return a probability in percent; it is never written as 0 % or 100 %."""
    if probability > 0.99:
        return "over 99 %"
    if probability < 0.01:
        return "under 1 %"
    return f"{100 * probability:.0f} %"


def duration(seconds: float | None) -> str:
    """Return seconds with about two digits, such as ``0.24 s``, ``6.1 s`` or ``12 min``."""
    if seconds is None or not math.isfinite(seconds):
        return "-"
    if seconds >= 600:
        return f"{seconds / 60:.0f} min"
    return f"{seconds:.2f} s" if seconds < 1 else f"{seconds:.1f} s" if seconds < 10 else f"{seconds:.0f} s"


def margin(metric: str, rope: float) -> str:
    """Return the largest difference that does not matter in practice, which for losses is relative."""
    return number(rope, 2 if rope >= 0.01 else 3) if METRICS[metric].higher_is_better else f"{100 * rope:.2g} %"


def unsampled(control: str) -> str:
    """Return the control as the object of a sentence."""
    return "no resampling" if control == "none" else shown(control)
