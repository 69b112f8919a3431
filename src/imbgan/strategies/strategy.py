"""What a strategy is, and how strategies are asked for."""

import inspect
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from imbgan._text import did_you_mean
from imbgan.exceptions import ParameterError
from imbgan.strategies.sharing import Sharing

Classifier = Any


@dataclass(frozen=True)
class Strategy:
    """A named way from a classifier to a classifier that was trained otherwise.

    Parameters
    ----------
    name : str
    summary : str
        One line for tables and help.
    make : callable
        From an unfitted classifier and an integer seed to an unfitted classifier. What resamples or re-weights should
        return probabilities at the natural class shares, as :class:`imbgan.ensemble.PriorCorrectedClassifier` does. If
        it has a parameter ``sharing``, it receives the :class:`imbgan.strategies.Sharing` of the fold, or None.
    family : str, default=""
        Strategies of one family run one after the other in one process, so that they can share a trained generator.
    """

    name: str
    summary: str
    make: Callable[..., Classifier]
    family: str = ""

    def build(self, estimator: Classifier, seed: int, sharing: Sharing | None = None) -> Classifier:
        """Return the unfitted classifier, taking part in ``sharing`` if it can."""
        if "sharing" in _parameters(self.make):
            return self.make(estimator, seed, sharing=sharing)
        return self.make(estimator, seed)


def _parameters(function: Callable[..., object]) -> Mapping[str, object]:
    try:
        return inspect.signature(function).parameters
    except (TypeError, ValueError):  # some that are written in C have none
        return {}


def resolve_strategies(
    strategies: object, known: Mapping[str, Strategy], default: Sequence[str] = ()
) -> dict[str, Strategy]:
    """Return the strategies that are asked for, by name.

    Parameters
    ----------
    strategies : "default", "all", or iterable of str and Strategy, or mapping of str to str, Strategy or callable
        Names of ``known``, own :class:`Strategy` objects, or ``{name: make}``.
    known : mapping of str to Strategy
        What names stand for; ``"all"`` means all of it.
    default : sequence of str, default=()
        What ``"default"`` means.

    Raises
    ------
    ParameterError
        An unknown or repeated name, or something that is no strategy.
    """
    if isinstance(strategies, str):
        groups = {"default": list(default), "all": list(known)}
        strategies = groups.get(strategies, [strategies])
    named: list[tuple[str, object]]
    if isinstance(strategies, Mapping):
        named = [(str(name), made) for name, made in strategies.items()]
    elif isinstance(strategies, Iterable):
        named = [(item.name if isinstance(item, Strategy) else str(item), item) for item in strategies]
    else:
        raise ParameterError(
            "'strategies' must be 'default', 'all', names, Strategy objects or a mapping of names to functions. Got "
            f"{strategies!r}."
        )
    twice = [name for name, n in Counter(name for name, _ in named).items() if n > 1]
    if twice:
        raise ParameterError(f"Each strategy must have a name of its own. Got {twice[0]!r} more than once; rename one.")
    return {name: _resolve(name, item, known) for name, item in named}


def _resolve(name: str, item: object, known: Mapping[str, Strategy]) -> Strategy:
    if isinstance(item, Strategy):
        return replace(item, name=name)
    if callable(item):
        return Strategy(name, (item.__doc__ or "your own").strip().splitlines()[0], item)
    if isinstance(item, str) and item in known:
        return replace(known[item], name=name)
    hint = did_you_mean(item, known)
    raise ParameterError(f"A strategy must be one of {', '.join(known)}, or your own. Got {item!r}.{hint}")
