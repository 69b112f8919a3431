"""What a comparison recommends, as the settings of a classifier."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from imbgan._text import did_you_mean, listed
from imbgan.comparison import Comparison
from imbgan.data.reading import Reading
from imbgan.deployment.figures import TUNABLE, Figure, figures_of
from imbgan.deployment.preparation import known_strategies
from imbgan.exceptions import DataError, ParameterError
from imbgan.learners.estimators import ESTIMATORS
from imbgan.tabular.labels import label_text

if TYPE_CHECKING:
    import polars as pl


@dataclass(frozen=True)
class Recommendation:
    """The settings that a comparison recommends.

    Parameters
    ----------
    estimator, strategy : str
        Names.
    metric : str or None
        The deciding metric, if a threshold can be tuned for it.
    costs : mapping or None
    alerts : (int, int) or None
    target : str
        Name of the target; empty if it is unknown.
    class_counts : mapping of str to int
    n_rows, n_columns : int
    figures : tuple of Figure
        What the comparison measured for this estimator and strategy.
    reading : Reading
        How the compared table was read.
    groups : str or None
        Column of the groups whose rows stayed together.
    encoders : mapping of column name to name of an encoder
        The columns of text.
    """

    estimator: str
    strategy: str
    metric: str | None
    costs: Mapping[str, Any] | None
    alerts: tuple[int, int] | None
    target: str
    class_counts: Mapping[str, int]
    n_rows: int
    n_columns: int
    figures: tuple[Figure, ...]
    reading: Reading
    groups: str | None
    encoders: Mapping[str, str]

    @classmethod
    def load(cls, path: str | Path, *, estimator: str | None = None, strategy: str | None = None) -> Self:
        """Read the JSON file of a comparison.

        Parameters
        ----------
        path : path-like
        estimator, strategy : str, default=None
            Override the recommended names.

        Raises
        ------
        DataError
            If the file is not a comparison, or is incomplete.
        ParameterError
            If it recommends an estimator or a strategy that has no name.
        """
        try:
            found = Comparison.load(path)
        except OSError as error:
            raise DataError(f"{str(path)!r} cannot be read: {error.strerror or error}.") from error
        try:
            return cls._of(found, estimator or found.verdict.estimator, strategy)
        except (KeyError, TypeError, ValueError) as error:
            if isinstance(error, ParameterError):
                raise
            raise DataError(
                f"{str(path)!r} is not a complete comparison ({type(error).__name__}: {error}). Compare again."
            ) from error

    @classmethod
    def _of(cls, found: Comparison, estimator: str, strategy: str | None) -> Self:
        chosen = {choice.estimator: choice.strategy for choice in found.verdict.choices}
        strategy = strategy or chosen.get(estimator, found.verdict.strategy)
        if not estimator:
            raise ParameterError("The comparison has no verdict. Name an estimator and a strategy, or compare again.")
        strategies = known_strategies(found.settings.get("encoders") or {})
        for what, name, known in (("estimator", estimator, ESTIMATORS), ("strategy", strategy, strategies)):
            if name not in known:
                raise ParameterError(
                    f"The comparison recommends the {what} {name!r}, which has no name here. Name another one "
                    f"(--{what}: {', '.join(known)}), or train in Python with imbgan.DeployableClassifier."
                    f"{did_you_mean(name, known)}"
                )
        settings, metric = found.settings, str(found.settings["metrics"][0])
        alerts, groups = settings.get("alerts"), settings.get("groups")
        if not isinstance(groups, str | None):
            raise TypeError(f"the column of groups is {groups!r}")
        encoders: Mapping[str, str | None] = settings.get("encoders") or {}
        unnamed = [name for name, encoder in encoders.items() if not isinstance(encoder, str)]
        if unnamed:
            raise ParameterError(
                f"The comparison encoded {listed(unnamed)} by an object, which has no name here. Train in Python with "
                "imbgan.DeployableClassifier(encoder=...)."
            )
        return cls(
            estimator=estimator,
            strategy=strategy,
            metric=metric if metric in TUNABLE else None,
            costs=settings.get("costs"),
            alerts=None if alerts is None else (int(alerts[0]), int(alerts[1])),
            target=found.task.target,
            class_counts=found.task.class_counts,
            n_rows=found.task.n_rows,
            n_columns=found.task.n_columns,
            figures=figures_of(found, estimator, strategy),
            reading=Reading() if settings.get("reading") is None else Reading.from_dict(settings["reading"]),
            groups=groups,
            encoders={name: str(encoder) for name, encoder in encoders.items()},
        )

    def departures(self, X: "pl.DataFrame", y: "pl.Series") -> Iterator[str]:
        """Yield how a table departs from the one that was compared on.

        Raises
        ------
        ParameterError
            If it has other classes.
        """
        labels = sorted({label_text(label) for label in y.unique().to_list()})
        if labels != sorted(self.class_counts):
            raise ParameterError(
                f"The comparison is about the classes {listed(sorted(self.class_counts))}, and the table has "
                f"{listed(labels)}. Compare on this table first."
            )
        n_rows, n_columns = X.height, X.width
        if (n_rows, n_columns) != (self.n_rows, self.n_columns):
            yield (
                f"The comparison was made on {self.n_rows:,} rows and {self.n_columns} columns, and this table has "
                f"{n_rows:,} and {n_columns}. The figures from the comparison are those of the compared table."
            )
