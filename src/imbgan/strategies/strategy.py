"""The type of a strategy, and the resolution of names to strategies."""

import inspect
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import groupby
from typing import Any

from imbgan._text import did_you_mean
from imbgan.exceptions import ParameterError
from imbgan.oversampling.sharing import Sharing
from imbgan.strategies.costs import Costs

Classifier = Any


@dataclass(frozen=True)
class Strategy:
    """A named function that wraps a classifier so that it handles the imbalance.

    Parameters
    ----------
    name : str
    summary : str
        A description of one line, for tables and help.
    make : callable
        Called as ``make(classifier, seed)`` with an unfitted classifier and an integer; returns an unfitted classifier.
        A strategy that resamples or re-weights should return probabilities at the natural class shares, as
        :class:`imbgan.ensemble.PriorCorrectedClassifier` does. If ``make`` has a parameter ``sharing``, it receives the
        :class:`imbgan.strategies.Sharing` of the fold, or None; if it has a parameter ``costs``, it receives the
        :class:`imbgan.strategies.Costs` of the comparison, or None.
    family : str, default=""
        Strategies of one family run one after the other in one process, so that they can share a trained generator.
    title : str, default=""
        A short plain name for pages, such as ``"class weights"``; empty means the name itself.
    candidates : tuple of str, default=()
        Names of the strategies that this one chooses among by cross-validation, the preferred one first, as
        :class:`imbgan.AutoBalancedClassifier` does. A comparison then needs no folds within folds for it: the other
        folds have the scores that the choice needs.
    own_learners : bool, default=False
        Whether the strategy fits learners of its own, whatever the classifier. A comparison then fits it once per fold
        for all classifiers.
    on_texts : bool, default=False
        Whether the strategy takes rows as they are, and makes none between them, so that a classifier can see the texts
        of a table. Other strategies get vectors in their place.
    """

    name: str
    summary: str
    make: Callable[..., Classifier]
    family: str = ""
    title: str = ""
    candidates: tuple[str, ...] = ()
    own_learners: bool = False
    on_texts: bool = False

    def __post_init__(self) -> None:
        if not self.title:
            object.__setattr__(self, "title", self.name)

    def at(self, costs: Costs | None) -> "Strategy":
        """Return the strategy for decisions at these costs."""
        if costs is None or "costs" not in _parameters(self.make):
            return self
        return replace(self, make=partial(self.make, costs=costs))

    def build(self, estimator: Classifier, seed: int, sharing: Sharing | None = None) -> Classifier:
        """Return the unfitted classifier; it uses ``sharing`` if ``make`` accepts it."""
        if "sharing" in _parameters(self.make):
            return self.make(estimator, seed, sharing=sharing)
        return self.make(estimator, seed)


def _parameters(function: Callable[..., object]) -> Mapping[str, object]:
    try:
        return inspect.signature(function).parameters
    except (TypeError, ValueError):  # some functions written in C have no signature
        return {}


def families(strategies: Iterable[Strategy]) -> Iterator[tuple[Strategy, ...]]:
    """Yield the strategies that can share a generator together, and each of the others alone."""
    for family, members in groupby(sorted(strategies, key=lambda s: s.family), key=lambda s: s.family):
        if family:
            yield tuple(members)
        else:
            yield from ((member,) for member in members)


def resolve_strategies(
    strategies: object, known: Mapping[str, Strategy], default: Sequence[str] = ()
) -> dict[str, Strategy]:
    """Return the requested strategies, by name.

    Parameters
    ----------
    strategies : "default", "all", or iterable of str and Strategy, or mapping of str to str, Strategy or callable
        Names of ``known``, own :class:`Strategy` objects, or ``{name: make}``.
    known : mapping of str to Strategy
        The strategies that have names; ``"all"`` means all of them.
    default : sequence of str, default=()
        The names that ``"default"`` stands for.

    Raises
    ------
    ParameterError
        If a name is unknown or repeated, or if an item is no strategy.
    """
    if isinstance(strategies, str):
        groups = {"default": list(default), "all": list(known)}
        strategies = groups.get(strategies, [strategies])
    named: list[tuple[str, object]]
    if isinstance(strategies, Mapping):
        named = [(str(name), item) for name, item in strategies.items()]
    elif isinstance(strategies, Iterable):
        named = [(item.name if isinstance(item, Strategy) else str(item), item) for item in strategies]
    else:
        raise ParameterError(
            "'strategies' must be 'default', 'all', names, Strategy objects or a mapping of names to functions. Got "
            f"{strategies!r}."
        )
    twice = [name for name, n in Counter(name for name, _ in named).items() if n > 1]
    if twice:
        raise ParameterError(
            f"Strategies must have different names. Got {twice[0]!r} more than once; rename one of them."
        )
    return {name: _resolve(name, item, known) for name, item in named}


def _resolve(name: str, item: object, known: Mapping[str, Strategy]) -> Strategy:
    if isinstance(item, Strategy):
        return _called(name, item)
    if callable(item):
        return Strategy(name, (item.__doc__ or "your own strategy").strip().splitlines()[0], item)
    if isinstance(item, str) and item in known:
        return _called(name, known[item])
    hint = did_you_mean(item, known)
    raise ParameterError(f"A strategy must be one of {', '.join(known)}, or your own. Got {item!r}.{hint}")


def _called(name: str, strategy: Strategy) -> Strategy:
    # A name that the caller gave is also the title: it keeps two uses of one strategy apart.
    return strategy if name == strategy.name else replace(strategy, name=name, title=name)
