"""``Comparison``: what :func:`imbgan.comparison.compare` returns."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from imbgan._files import write_whole
from imbgan._plain import from_plain, to_json, to_plain
from imbgan.comparison.results import Curve, Score, StrategyRun, Task, Verdict
from imbgan.comparison.views import as_html, as_rows, as_text
from imbgan.exceptions import DataError, ParameterError

if TYPE_CHECKING:
    from imbgan.quality.assessment import Assessment

KIND = "imbgan.Comparison"
VERSION = 1


@dataclass(frozen=True)
class Comparison:
    """Whether resampling is worth it on one table, and the figures behind that.

    Parameters
    ----------
    task : Task
        The table.
    verdict : Verdict
        The answer.
    scores : tuple of Score
        One an estimator, strategy, metric and label.
    curves : tuple of Curve
        Precision-recall, ROC and reliability, averaged over folds.
    runs : tuple of StrategyRun
        How each strategy went with each estimator.
    assessment : Assessment or None
        Of the rows that the GAN generates, the first test fold being the hold-out; None if it was not compared.
    settings : dict
        What is needed to run it again: seed, folds, metrics, control, strategies, estimators, versions.
    rows : tuple of dict
        One a fold, strategy and estimator, as in the results file.
    """

    task: Task
    verdict: Verdict
    scores: tuple[Score, ...]
    curves: tuple[Curve, ...]
    runs: tuple[StrategyRun, ...]
    assessment: "Assessment | None"
    settings: dict[str, Any]
    rows: tuple[dict[str, Any], ...]

    def to_dict(self) -> dict[str, Any]:
        """Return everything as plain JSON values."""
        return {
            "kind": KIND,
            "version": VERSION,
            "task": to_plain(self.task),
            "verdict": to_plain(self.verdict),
            "scores": to_plain(self.scores),
            "curves": to_plain(self.curves),
            "runs": to_plain(self.runs),
            "assessment": None if self.assessment is None else self.assessment.to_dict(),
            "settings": to_plain(self.settings),
            "rows": to_plain(self.rows),
        }

    @classmethod
    def from_dict(cls, document: Mapping[str, Any]) -> "Comparison":
        """Rebuild a comparison from what :meth:`to_dict` returned.

        Raises
        ------
        DataError
            If it is something else, or not whole.
        """
        try:
            if (document["kind"], document["version"]) != (KIND, VERSION):
                raise ValueError(f"kind must be {KIND!r} and version {VERSION}")
            return cls(
                task=from_plain(Task, document["task"]),
                verdict=from_plain(Verdict, document["verdict"]),
                scores=tuple(from_plain(Score, score) for score in document["scores"]),
                curves=tuple(from_plain(Curve, curve) for curve in document["curves"]),
                runs=tuple(from_plain(StrategyRun, run) for run in document["runs"]),
                assessment=_assessment(document["assessment"]),
                settings=dict(document["settings"]),
                rows=tuple(dict(row) for row in document["rows"]),
            )
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise DataError(f"Not a whole comparison ({type(error).__name__}: {error}). Save it anew.") from error

    def save(self, path: str | Path, *, overwrite: bool = False) -> None:
        """Write everything into one JSON file, whole or not at all.

        Parameters
        ----------
        path : path-like
        overwrite : bool, default=False
            Replace an existing file.

        Raises
        ------
        ParameterError
            If the path exists and may not be overwritten.
        OSError
            If the file cannot be written.
        """
        target = Path(path)
        if target.exists() and not overwrite:
            raise ParameterError(f"{str(target)!r} exists already. Name another path, or pass overwrite=True.")
        write_whole(target, to_json(self.to_dict()).encode("utf-8"))

    @classmethod
    def load(cls, path: str | Path) -> "Comparison":
        """Read what :meth:`save` wrote.

        Raises
        ------
        DataError
            If the file is not a comparison, or not whole.
        OSError
            If it cannot be read.
        """
        try:
            return cls.from_dict(json.loads(Path(path).read_text(encoding="utf-8")))
        except ValueError as error:  # of the decoding, of JSON, or of from_dict
            raise DataError(f"{str(path)!r} cannot be read: {error}") from error

    def table(self) -> list[dict[str, Any]]:
        """Return one dict an estimator and strategy, for ``pd.DataFrame(comparison.table())``.

        Returns
        -------
        list of dict
            ``estimator``, ``strategy``, ``status``; the mean of each metric under its name; ``gain``, ``gain_low``,
            ``gain_high``, ``p_holm``, ``p_worse``, ``p_equal`` and ``p_better`` of the metric that decides, and the
            ``seconds`` of a fit. None where there is no value.
        """
        return as_rows(self)

    def __str__(self) -> str:
        return as_text(self)

    def _repr_html_(self) -> str:
        return as_html(self)


def _assessment(document: Mapping[str, Any] | None) -> "Assessment | None":
    if document is None:
        return None
    from imbgan.quality.assessment import Assessment

    return Assessment.from_dict(document)
