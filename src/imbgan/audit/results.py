"""The results of an audit: plain data with a JSON round trip."""

from dataclasses import dataclass
from typing import Any, Literal, Self

from imbgan._plain import from_plain, to_plain

Group = Literal["all", "outlying", "typical"]


@dataclass(frozen=True)
class Interval:
    """A mean over runs, with the 95 % interval of Student's t; low and high are None where there is a single run."""

    mean: float | None
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True)
class Attack:
    """One attack on the rows of one source, or on a classifier, and on one group of candidates.

    Parameters
    ----------
    source : str
        Name of the source of rows, or of the strategy of a classifier.
    name : str
        The attack; see :data:`imbgan.audit.ATTACKS`.
    group : {"all", "outlying", "typical"}
        All candidates; the tenth of them that lies farthest from its class; the others.
    auc : Interval
        ROC AUC: the probability that a learned row scores higher than an unseen one of the same group. 0.5 is a guess.
    tpr : Interval
        Share of the learned rows that are named when 1 % of the unseen ones are named wrongly.
    runs : tuple of float or None
        The ROC AUC of each run; None where the group has no learned, or no unseen, row.
    """

    source: str
    name: str
    group: Group
    auc: Interval
    tpr: Interval
    runs: tuple[float | None, ...]

    @property
    def highest(self) -> float:
        """The ROC AUC of the worst run; NaN if there is none."""
        return max((value for value in self.runs if value is not None), default=float("nan"))


@dataclass(frozen=True)
class Rate:
    """What could be rebuilt or guessed of learned rows, beside the same of unseen rows.

    Parameters
    ----------
    source : str
    name : {"near_copy", "rebuilt", "guessed"}
        See :data:`imbgan.audit.RATES`.
    learned, unseen : Interval
        Shares in [0, 1]. What is as frequent among unseen rows is no consequence of having been learned from.
    """

    source: str
    name: str
    learned: Interval
    unseen: Interval


@dataclass(frozen=True)
class Note:
    """What could not be measured, or what limits the figures.

    Parameters
    ----------
    name : str
        One of :data:`imbgan.audit.views.NOTES`.
    facts : dict of str to int or str
        The fields of its text.
    """

    name: str
    facts: dict[str, int | str]


@dataclass(frozen=True)
class Audit:
    """What generated rows, and classifiers taught by them, gave away; the result of :func:`imbgan.audit`.

    Parameters
    ----------
    label : str
        The rare class.
    n_rare, n_learned, n_unseen, n_outlying : int
        Different rare rows; those that a run learned from; the others; those of the group "outlying".
    n_common, n_generated, n_runs : int
        Rows of other classes, generated rows per source and run, runs.
    sources, strategies : tuple of str
        Sources of rows, and strategies whose classifiers were attacked.
    attacks : tuple of Attack
    rates : tuple of Rate
    notes : tuple of Note
    settings : dict of str to Any
        Seed, limits, versions.

    Examples
    --------
    >>> import numpy as np
    >>> from imbgan import audit
    >>> rng = np.random.default_rng(0)
    >>> X = np.concatenate([rng.normal(size=(300, 4)), rng.normal(1.5, size=(60, 4))])
    >>> found = audit(X, np.repeat([0, 1], [300, 60]), source="bootstrap", n_runs=2, random_state=0)
    >>> found.n_learned, found.worst("bootstrap").auc.mean > 0.9
    (30, True)
    """

    label: str
    n_rare: int
    n_learned: int
    n_unseen: int
    n_outlying: int
    n_common: int
    n_generated: int
    n_runs: int
    sources: tuple[str, ...]
    strategies: tuple[str, ...]
    attacks: tuple[Attack, ...]
    rates: tuple[Rate, ...]
    notes: tuple[Note, ...]
    settings: dict[str, Any]

    def attack(self, source: str, name: str, group: Group = "all") -> Attack:
        """Return one attack; KeyError if there is none of this name."""
        for each in self.attacks:
            if (each.source, each.name, each.group) == (source, name, group):
                return each
        raise KeyError((source, name, group))

    def worst(self, source: str | None = None, group: Group = "all") -> Attack:
        """Return the attack with the highest mean ROC AUC on a source (by default on any).

        The highest of several figures is too high by chance: ten attacks on rows that give nothing away reached 0.52 on
        average, where a class has a hundred rows and there are six runs.

        Raises
        ------
        KeyError
            If nothing was measured on it.
        """
        found = [
            each
            for each in self.attacks
            if each.group == group and (source is None or each.source == source) and each.auc.mean is not None
        ]
        if not found:
            raise KeyError((source, group))
        return max(found, key=lambda each: each.auc.mean or 0.0)

    def to_dict(self) -> dict[str, Any]:
        """Return plain values for JSON."""
        return to_plain(self)

    @classmethod
    def from_dict(cls, value: object) -> Self:
        """Rebuild an audit from the result of :meth:`to_dict`.

        Raises
        ------
        KeyError, TypeError, ValueError
            If a field is missing or malformed.
        """
        return from_plain(cls, value)

    def __str__(self) -> str:
        from imbgan.audit.views import text_view

        return text_view(self)

    def _repr_html_(self) -> str:
        from imbgan.audit.views import html_view

        return html_view(self)
