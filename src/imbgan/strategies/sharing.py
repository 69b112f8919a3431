"""One generator for all strategies that ask for the same rows."""

import time
from collections import OrderedDict
from collections.abc import Generator
from contextlib import contextmanager

import joblib
import numpy as np
from numpy.typing import NDArray

from imbgan.oversampling import GANOverSampler, TabularGAN


class SharedGANOverSampler(GANOverSampler):
    """A :class:`GANOverSampler` that does not train twice in a row on the same table with the same settings.

    A comparison asks several times for rows of one generator: for each estimator, ratio and weighting. As the rows
    are a pure function of table, settings and seed, they are the same ones. See :func:`remember_generators`.
    """

    def _learn(self, X: object, labels: NDArray[np.generic], classes: list[object]) -> TabularGAN:
        asked = self.get_params(deep=False)
        for name in ("sampling_strategy", "verbose", "callbacks"):
            del asked[name]
        # With one network for all classes, those that are asked for do not change it.
        key = str(joblib.hash((X, labels, asked, None if self.condition == "all" else classes)))
        if key in _remembered.trained:
            _remembered.trained.move_to_end(key)
            learned, seconds = _remembered.trained[key]
            _saved.append(seconds)
            return learned
        began = time.perf_counter()
        learned = super()._learn(X, labels, classes)
        _remembered.trained[key] = (learned, time.perf_counter() - began)
        _remembered.drop_oldest()
        return learned


class _Remembered:
    """Generators that were trained last in this process, with the seconds that each took; the latest used last."""

    def __init__(self) -> None:
        self.trained: OrderedDict[str, tuple[TabularGAN, float]] = OrderedDict()
        # One: generators hold encoders of whole tables, and a fold of a comparison asks for the same one again and
        # again before the next fold begins.
        self.most = 1

    def drop_oldest(self) -> None:
        while len(self.trained) > self.most:
            self.trained.popitem(last=False)


_remembered = _Remembered()
_saved: list[float] = []


@contextmanager
def remember_generators(n: int) -> Generator[None]:
    """Let the last ``n`` generators of :class:`SharedGANOverSampler` be shared within this context and process.

    Outside of it one is kept: callers that go through several folds in turn ask for more. A context within another
    never keeps fewer.
    """
    before = _remembered.most
    _remembered.most = max(before, n)
    try:
        yield
    finally:
        _remembered.most = before
        _remembered.drop_oldest()


def saved_seconds() -> float:
    """Return the seconds of training that sharing has saved since the last call, in this process."""
    seconds = sum(_saved)
    _saved.clear()
    return seconds
