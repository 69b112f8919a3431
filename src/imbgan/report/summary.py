"""The content of a page: one plain tree of dataclasses with a JSON round trip."""

import json
from dataclasses import dataclass
from typing import Any, Literal, Self

from imbgan._plain import from_plain, to_json, to_plain
from imbgan.comparison.results import Comparison, Curve, Score, StrategyRun, Task, Verdict
from imbgan.exceptions import DataError, DataTypeError
from imbgan.quality.assessment import Assessment


@dataclass(frozen=True)
class Summary:
    """Everything that a page shows, and nothing else.

    Parameters
    ----------
    subject : {"comparison", "assessment", "sampler"}
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
    """

    subject: Literal["comparison", "assessment", "sampler"]
    task: Task | None
    verdict: Verdict | None
    scores: tuple[Score, ...]
    curves: tuple[Curve, ...]
    runs: tuple[StrategyRun, ...]
    assessment: Assessment | None
    settings: dict[str, Any]

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
    """Return the summary of a comparison, an assessment or a fitted sampler.

    Parameters
    ----------
    thing : Comparison, Assessment, Summary, or estimator with the attribute ``quality_``
        A summary is returned as it is.

    Returns
    -------
    Summary
        Holds only values that JSON knows; NaN becomes None.

    Raises
    ------
    DataTypeError
        If ``thing`` is of another type, or is a sampler that has not generated any rows.
    """
    if isinstance(thing, Summary):
        return thing
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
        )
    elif isinstance(thing, Assessment):
        summary = Summary("assessment", None, None, (), (), (), thing, thing.settings)
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
    if isinstance(quality, Assessment):
        return quality
    raise DataTypeError(
        "A report needs a Comparison (from compare), an Assessment (from assess), an Audit (from audit), or a fitted "
        f"sampler that has generated rows (it then has the attribute quality_). Got {type(thing).__name__}{reason}."
    )


def _parameters(estimator: Any) -> dict[str, Any]:  # noqa: ANN401 - any estimator
    """Return the parameters except functions, whose text would differ between processes."""
    if not hasattr(estimator, "get_params"):
        return {}
    return {name: value for name, value in estimator.get_params(deep=False).items() if not callable(value)}
