"""Sharing within one fold: a generator is trained once for all strategies that need its rows."""

import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Self, TypeVar

import joblib
from sklearn.base import BaseEstimator

from imbgan.image import Images
from imbgan.oversampling.gan_over_sampler import GANOverSampler
from imbgan.oversampling.image_gan import ImageGAN
from imbgan.oversampling.image_gan_over_sampler import ImageGANOverSampler
from imbgan.oversampling.tabular_gan import TabularGAN
from imbgan.tabular.labels import Labels
from imbgan.tabular.schema import Table

T = TypeVar("T")


@dataclass(eq=False)  # bills with equal amounts are still different bills
class Bill:
    """The time that one trial saved by sharing.

    Parameters
    ----------
    seconds : float
        Duration of the results that the trial used but did not compute.
    known : set of str
        Keys of the results that the trial has computed or been billed for; using them again costs nothing.
    """

    seconds: float = 0.0
    known: set[str] = field(default_factory=set)


class Sharing:
    """Costly results of one fold, each computed once for all strategies that need it.

    Samplers hold the object, and copies of them hold the same one: scikit-learn's ``clone`` and :mod:`copy` do not copy
    it. In another process a sampler has an empty sharing, which costs time and changes no row.

    Parameters
    ----------
    most : int, default=12
        How many of the most recently used results are kept, since generators hold encoders of whole tables. Twelve are
        enough for a choice among strategies and for the fold itself.
    """

    def __init__(self, most: int = 12) -> None:
        self.most = most
        self._made: dict[str, tuple[Any, float]] = {}
        self._bills: list[Bill] = []

    def once(self, key: str, make: Callable[[], T]) -> T:
        """Return the result of ``make()``, which is computed only on the first call for this key."""
        if key in self._made:
            result, seconds = self._made[key]
            for bill in self._bills:
                bill.seconds += 0.0 if key in bill.known else seconds
        else:
            began = time.perf_counter()
            with self.bill() as nested:
                result = make()
            # The duration is that of computing the result without any sharing.
            seconds = time.perf_counter() - began + nested.seconds
        for bill in self._bills:
            bill.known.add(key)
        self._made.pop(key, None)
        self._made[key] = result, seconds  # moved to the end: the dict is ordered by last use
        while len(self._made) > self.most:
            self._made.pop(next(iter(self._made)))
        return result

    def cost(self, key: str) -> float:
        """Return the seconds that computing a result takes without sharing; KeyError if it is not kept."""
        return self._made[key][1]

    @contextmanager
    def bill(self) -> Generator[Bill]:
        """Count the time that sharing saves within this context. Contexts can be nested."""
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
    """An estimator that uses a :class:`Sharing`, and whose clones use the same one."""

    _sharing: Sharing | None = None

    def within(self, sharing: Sharing | None) -> Self:
        """Use ``sharing`` from now on; None means no sharing."""
        self._sharing = sharing
        return self

    def __sklearn_clone__(self) -> Self:
        copy: Self = super().__sklearn_clone__()  # pyright: ignore[reportAssignmentType] - the base is not typed
        return copy.within(self._sharing)


class SharedGANOverSampler(Sharer, GANOverSampler):
    """A :class:`imbgan.GANOverSampler` that reuses a generator that its :class:`Sharing` already holds.

    A comparison needs rows of one generator several times: for each estimator, ratio and weighting. Rows are a pure
    function of table, settings and seed, so reuse changes none of them.
    """

    def _learn(self, table: Table, labels: Labels, classes: list[object]) -> TabularGAN:
        if self._sharing is None:
            return super()._learn(table, labels, classes)
        key = _key(self, table, labels, classes)
        return self._sharing.once(key, lambda: super(SharedGANOverSampler, self)._learn(table, labels, classes))


class SharedImageGANOverSampler(Sharer, ImageGANOverSampler):
    """The same for :class:`imbgan.ImageGANOverSampler`."""

    def _learn(self, images: Images, labels: Labels, classes: list[object]) -> ImageGAN:
        if self._sharing is None:
            return super()._learn(images, labels, classes)
        key = _key(self, images, labels, classes)
        return self._sharing.once(key, lambda: super(SharedImageGANOverSampler, self)._learn(images, labels, classes))


def _key(sampler: Any, data: object, labels: Labels, classes: list[object]) -> str:  # noqa: ANN401 - either sampler
    """Return what a generator depends on, as a hash."""
    asked = sampler.get_params(deep=False)
    without = ("sampling_strategy", "generated_share", "verbose", "callbacks")
    settings = {name: value for name, value in asked.items() if name not in without}
    # One network for all classes does not depend on the classes that are generated.
    return str(joblib.hash((data, labels.values, settings, None if sampler.condition == "all" else classes)))
