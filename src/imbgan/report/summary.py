"""The content of a page: one plain tree of dataclasses with a JSON round trip."""

import json
from dataclasses import dataclass
from typing import Any, Literal, Self

from imbgan._plain import from_plain, to_json, to_plain
from imbgan.comparison.results import Comparison, Curve, Score, StrategyRun, Task, Verdict
from imbgan.comparison.word_model import WordModel
from imbgan.exceptions import DataError, DataTypeError
from imbgan.quality.assessment import Assessment
from imbgan.rules import RuleSet


@dataclass(frozen=True)
class Teaching:
    """Who taught a tree, and whether it is better for it; see :class:`imbgan.DistilledClassifier`.

    Parameters
    ----------
    is_taught : bool
        Whether the tree learned from a teacher; False if its own fit was better.
    teacher_score, own_score : float or None
        Average precision of the teacher, and of the tree alone, on held-out rows.
    oob_score : float or None
        Average precision of the taught tree for rows that it did not learn from.
    agreement : float or None
        Share of the variance of the teacher's log-odds that the tree follows there, in [0, 1].
    """

    is_taught: bool
    teacher_score: float | None
    own_score: float | None
    oob_score: float | None
    agreement: float | None


@dataclass(frozen=True)
class Summary:
    """Everything that a page shows, and nothing else.

    Parameters
    ----------
    subject : {"comparison", "assessment", "sampler", "rules"}
        What was summarized.
    task : Task or None
        The table that strategies were compared on.
    verdict : Verdict or None
    scores : tuple of Score
    curves : tuple of Curve
    runs : tuple of StrategyRun
        These three are empty unless strategies were compared.
    assessment : Assessment or None
        The generated rows.
    settings : dict of str to Any
        Whatever is needed to repeat the run: seed, sizes, versions.
    rules : RuleSet or None, default=None
        The rules of a tree.
    teaching : Teaching or None, default=None
        Who taught the tree.
    words : WordModel or None, default=None
        What a linear classifier on words says about columns of text.
    """

    subject: Literal["comparison", "assessment", "sampler", "rules"]
    task: Task | None
    verdict: Verdict | None
    scores: tuple[Score, ...]
    curves: tuple[Curve, ...]
    runs: tuple[StrategyRun, ...]
    assessment: Assessment | None
    settings: dict[str, Any]
    rules: RuleSet | None = None
    teaching: Teaching | None = None
    words: WordModel | None = None

    def to_json(self) -> str:
        """Return the summary as JSON text."""
        return to_json(self)

    @classmethod
    def from_json(cls, text: str) -> Self:
        """Rebuild the summary that :meth:`to_json` wrote.

        Raises
        ------
        DataError
            If ``text`` was not written by :meth:`to_json`.
        """
        try:
            return from_plain(cls, json.loads(text))
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            raise DataError(
                f"A summary must have been written by Summary.to_json(). Reading this one failed: {error!r}."
            ) from error


def summarize(thing: object) -> Summary:
    """Return the summary of a comparison, an assessment, a fitted sampler or the rules of a tree.

    Parameters
    ----------
    thing : Comparison, Assessment, RuleSet, Summary, or estimator with the attribute ``quality_`` or ``rules_``
        A summary is returned as it is.

    Returns
    -------
    Summary
        Holds only values that JSON knows; NaN becomes None.

    Raises
    ------
    DataTypeError
        If ``thing`` is of another type, is a sampler that has not generated any rows, or is a classifier without rules.
    """
    if isinstance(thing, Summary):
        return thing
    rules = thing if isinstance(thing, RuleSet) else getattr(thing, "rules_", None)
    if isinstance(thing, Comparison):
        summary = Summary(
            "comparison",
            thing.task,
            thing.verdict,
            thing.scores,
            thing.curves,
            thing.runs,
            thing.assessment,
            thing.settings,
            words=thing.words,
        )
    elif isinstance(thing, Assessment):
        summary = Summary("assessment", None, None, (), (), (), thing, thing.settings)
    elif isinstance(rules, RuleSet):
        settings = {} if rules is thing else {"classifier": type(thing).__name__, "parameters": _parameters(thing)}
        summary = Summary("rules", None, None, (), (), (), None, settings, rules, _teaching(thing))
    else:
        quality = _quality(thing)
        settings = {"sampler": type(thing).__name__, "parameters": _parameters(thing), **quality.settings}
        summary = Summary("sampler", None, None, (), (), (), quality, settings)
    return from_plain(Summary, to_plain(summary))


def _quality(thing: object) -> Assessment:
    reason = ""
    try:
        quality = getattr(thing, "quality_")  # noqa: B009 - no type declares the attribute
    except AttributeError as error:
        quality = None
        if hasattr(type(thing), "quality_"):
            reason = f": {error}"
        elif hasattr(thing, "rules_"):
            reason = ", whose rules_ is None: it is no readable tree"
    if isinstance(quality, Assessment):
        return quality
    raise DataTypeError(
        "A report needs a Comparison (from compare), an Assessment (from assess), an Audit (from audit), a RuleSet, a "
        "fitted classifier with rules (it then has the attribute rules_), or a fitted sampler that has generated rows "
        f"(it then has the attribute quality_). Got {type(thing).__name__}{reason}."
    )


def _teaching(thing: object) -> Teaching | None:
    """Return who taught a classifier, or the one that it wraps; None if nobody did."""
    taught = thing if hasattr(thing, "is_taught_") else getattr(thing, "estimator_", None)
    if not hasattr(taught, "is_taught_"):
        return None
    keys = ("is_taught_", "teacher_score_", "own_score_", "oob_score_", "agreement_")
    figures: list[Any] = [getattr(taught, key, None) for key in keys]
    return Teaching(*figures)


def _parameters(estimator: Any) -> dict[str, Any]:  # noqa: ANN401 - any estimator
    """Return the parameters except functions, whose text would differ between processes."""
    if not hasattr(estimator, "get_params"):
        return {}
    return {name: value for name, value in estimator.get_params(deep=False).items() if not callable(value)}
