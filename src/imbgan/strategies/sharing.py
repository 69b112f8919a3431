"""What strategies of one fold share: a generator is trained once for all that ask for its rows."""

import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Self, TypeVar

import joblib
from sklearn.base import BaseEstimator

from imbgan.oversampling import GANOverSampler, TabularGAN
from imbgan.tabular.labels import Labels
from imbgan.tabular.schema import Table

T = TypeVar("T")


@dataclass(eq=False)  # two bills of the same amount are two
class Bill:
    """What one trial owes to a sharing.

    Parameters
    ----------
    seconds : float
        What was found ready, and would have to be made if the trial were alone.
    known : set of str
        Keys of what the trial has made or paid for: to use it again is free.
    """

    seconds: float = 0.0
    known: set[str] = field(default_factory=set)


class Sharing:
    """Costly results, each made once for all strategies that ask for it; made for one fold and handed on to samplers.

    Copies share it as well: scikit-learn's ``clone`` and :mod:`copy` hand on the same object. In another process a
    sampler finds an empty one, which costs time and changes no row.

    Parameters
    ----------
    most : int, default=12
        Results that are kept, those that were used last. Generators hold encoders of whole tables. Twelve are those
        that a choice among strategies trains, and those of the fold itself.
    """

    def __init__(self, most: int = 12) -> None:
        self.most = most
        self._made: dict[str, tuple[Any, float]] = {}
        self._bills: list[Bill] = []

    def once(self, key: str, make: Callable[[], T]) -> T:
        """Return what ``make`` returned when it was first called for this key."""
        if key in self._made:
            result, seconds = self._made[key]
            for bill in self._bills:
                bill.seconds += 0.0 if key in bill.known else seconds
        else:
            began = time.perf_counter()
            with self.bill() as nested:
                result = make()
            # As if it had been made without the others.
            seconds = time.perf_counter() - began + nested.seconds
        for bill in self._bills:
            bill.known.add(key)
        self._made.pop(key, None)
        self._made[key] = result, seconds  # a dict keeps its order: used last, dropped last
        while len(self._made) > self.most:
            self._made.pop(next(iter(self._made)))
        return result

    def cost(self, key: str) -> float:
        """Return the seconds that a result takes whose making shares nothing; KeyError if it is not kept."""
        return self._made[key][1]

    @contextmanager
    def bill(self) -> Generator[Bill]:
        """Count what sharing saves within this context. Contexts may lie within one another."""
        bill = Bill()
        self._bills.append(bill)
        try:
            yield bill
        finally:
            self._bills.remove(bill)

    def __deepcopy__(self, memo: object) -> Self:
        return self

    def __reduce__(self) -> tuple[type[Self], tuple[int]]:
        return type(self), (self.most,)


class Sharer(BaseEstimator):
    """An estimator that takes part in a :class:`Sharing`, and whose clones do so as well."""

    _sharing: Sharing | None = None

    def within(self, sharing: Sharing | None) -> Self:
        """Take part in ``sharing``; None leaves it."""
        self._sharing = sharing
        return self

    def __sklearn_clone__(self) -> Self:
        copy: Self = super().__sklearn_clone__()  # pyright: ignore[reportAssignmentType] - the base is not typed
        return copy.within(self._sharing)


class SharedGANOverSampler(Sharer, GANOverSampler):
    """A :class:`imbgan.GANOverSampler` that trains nothing that another one of its :class:`Sharing` has trained.

    A comparison asks several times for rows of one generator: for each estimator, ratio and weighting. As the rows
    are a pure function of table, settings and seed, they are the same ones.
    """

    def _learn(self, table: Table, labels: Labels, classes: list[object]) -> TabularGAN:
        if self._sharing is None:
            return super()._learn(table, labels, classes)
        asked = self.get_params(deep=False)
        for name in ("sampling_strategy", "verbose", "callbacks"):
            del asked[name]
        # With one network for all classes, those that are asked for do not change it.
        key = str(joblib.hash((table, labels.values, asked, None if self.condition == "all" else classes)))
        return self._sharing.once(key, lambda: super(SharedGANOverSampler, self)._learn(table, labels, classes))
