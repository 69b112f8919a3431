"""A budget of time: how it is written, and which units of a comparison it is spent on."""

import math
import re
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from numbers import Real
from typing import Any

from imbgan._text import quoted
from imbgan.comparison.durations import Durations
from imbgan.comparison.units import Unit
from imbgan.exceptions import ParameterError

_UNITS = {"s": 1.0, "sec": 1.0, "second": 1.0, "m": 60.0, "min": 60.0, "minute": 60.0, "h": 3600.0, "hour": 3600.0}
_PART = re.compile(r"(\d+(?:\.\d*)?|\.\d+)\s*([a-z]+)")
# The control and its rivals need two folds before there is an interval.
FOLDS_OF_AN_INTERVAL = 2


def read_budget(budget: object) -> float | None:
    """Return a budget in seconds; None if there is none.

    Parameters
    ----------
    budget : float, str, timedelta or None
        A number of seconds, or text such as ``"90s"``, ``"2min"``, ``"1.5 hours"`` or ``"1h30m"``.

    Raises
    ------
    ParameterError
        If it is something else, is not finite, or is no time at all.
    """
    if budget is None:
        return None
    if isinstance(budget, timedelta):
        seconds = budget.total_seconds()
    elif isinstance(budget, str):
        seconds = _seconds_in(budget)
    else:
        number: Any = budget
        seconds = float(number) if not isinstance(number, bool) and isinstance(number, Real) else math.nan
    if not (math.isfinite(seconds) and seconds > 0.0):
        raise ParameterError(
            "'budget' must be a time above zero: a number of seconds, or text such as '90s', '2min' or '1h30m'. Got "
            f"{quoted(budget)}."
        )
    return seconds


def _seconds_in(text: str) -> float:
    """Return the seconds that a text names; NaN if it names none."""
    compact = text.strip().lower()
    try:
        return float(compact)
    except ValueError:
        pass
    parts = _PART.findall(compact)
    names = [name if name in _UNITS else name.removesuffix("s") for _, name in parts]
    if not parts or _PART.sub("", compact).strip() or not set(names) <= set(_UNITS):
        return math.nan
    return sum(float(number) * _UNITS[name] for (number, _), name in zip(parts, names, strict=True))


@dataclass
class Dealer:
    """Deals the units that are worth their time: fold by fold, and the cheapest family of a fold first.

    joblib asks for the next unit from threads of its own, as soon as a process is free.

    Parameters
    ----------
    units : list of Unit
        The units that are not dealt yet, fold by fold.
    durations : Durations
    estimators : sequence of str
    control : str
        The strategy that is run on the first folds even if there is no time, so that there always is a verdict.
    deadline : float or None
        When the budget is spent, on ``clock``; None means that all units are dealt, in their order.
    clock : callable
        Returns seconds.
    """

    units: list[Unit]
    durations: Durations
    estimators: Sequence[str]
    control: str
    deadline: float | None = None
    clock: Callable[[], float] = time.perf_counter
    is_stopped: bool = False
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def __iter__(self) -> Iterator[Unit]:
        return self

    def __next__(self) -> Unit:
        with self._lock:
            unit = None if self.is_stopped else self._next()
            if unit is None:
                raise StopIteration
            self.units.remove(unit)
            return unit

    def _next(self) -> Unit | None:
        if self.deadline is None:
            return next(iter(self.units), None)
        left = self.deadline - self.clock()
        # Sorting is stable, so families of equal cost keep their order.
        for unit in sorted(self.units, key=lambda unit: (unit.fold.index, self.seconds(unit))):
            if self._is_needed(unit) or self.seconds(unit) <= left:
                return unit
        return None

    def _is_needed(self, unit: Unit) -> bool:
        return unit.fold.index < FOLDS_OF_AN_INTERVAL and any(
            strategy.name == self.control for strategy in unit.strategies
        )

    def seconds(self, unit: Unit) -> float:
        """Return how long a unit is expected to take."""
        return self.durations.expected(unit.strategies, self.estimators, unit.skip)

    def seconds_left(self, running: Iterable[Unit] = ()) -> float:
        """Return how long all units that are not finished are expected to take one after the other."""
        with self._lock:
            waiting = list(self.units)
        return sum(self.seconds(unit) for unit in (*waiting, *running))

    def stop(self) -> None:
        """Deal no further unit."""
        with self._lock:
            self.is_stopped = True


def replayed(budget: object) -> Mapping[str, Sequence[int]] | None:
    """Return the folds of each strategy that an earlier comparison ran, if ``budget`` is its record."""
    record: Any = budget
    if isinstance(record, Mapping):
        folds: Any = record.get("folds")
        if not isinstance(folds, Mapping):
            raise ParameterError(
                "A mapping as 'budget' must be the record of an earlier comparison, its settings['budget']."
            )
        return folds
    return None
