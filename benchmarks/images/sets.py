"""The sets of images: long-tailed training subsets, true further images, and images to choose by and to test with."""

import os
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path
from typing import NamedTuple

import numpy as np
import polars as pl
from numpy.typing import NDArray
from sklearn.datasets import load_digits

from benchmarks.images import shapes
from imbgan.random import Streams

#: Subsets from this number on are those that choices are made on; claims use those below.
FIRST_DEVELOPMENT = 100
DEEP_SMOTE = (4000, 2000, 1000, 750, 500, 350, 200, 100, 60, 40)
N_RARE = 3

Pixels = NDArray[np.uint8]
Codes = NDArray[np.intp]


class Part(NamedTuple):
    """Some images, uint8 of shape (n, height, width, channels), and the codes of their classes."""

    X: Pixels
    y: Codes

    def of_class(self, code: int) -> Pixels:
        """Return the images of a class, in order."""
        return self.X[self.y == code]


class Subset(NamedTuple):
    """One training subset, and what is judged by; no image is in two parts."""

    train: Part
    further: Part
    validation: Part
    test: Part

    @property
    def counts(self) -> Codes:
        """Return the number of training images of each class."""
        return np.bincount(self.train.y)

    @property
    def rare(self) -> tuple[int, ...]:
        """Return the codes of the three classes with the fewest images."""
        return tuple(np.argsort(self.counts, kind="stable")[:N_RARE].tolist())

    def largest(self) -> int:
        """Return the number of images of the largest class."""
        return int(self.counts.max())


class ImageSet(NamedTuple):
    """How a set is made.

    Attributes
    ----------
    counts : tuple of int
        Training images of each class.
    draw : callable
        Takes the number of the subset; returns ``(class, n_classes)`` parts.
    n_further, n_validation, n_test : int
        Images per class of the other parts; of further ones as many as a class lacks to the largest one, plus a third.
    note : str
        What the set is, for the document.
    """

    counts: tuple[int, ...]
    draw: Callable[["ImageSet", int], Subset]
    n_validation: int
    n_test: int
    note: str
    needs_data: bool = False

    def n_further(self, code: int) -> int:
        """Return how many further true images a class gets: enough to fill it up, and for a quarter of all."""
        largest = max(self.counts)
        return max(largest - self.counts[code], -(-largest // 3))


def tail(largest: int, smallest: int, n_classes: int) -> tuple[int, ...]:
    """Return counts that fall exponentially from the largest to the smallest.

    Examples
    --------
    >>> tail(1000, 10, 10)
    (1000, 599, 359, 215, 129, 77, 46, 28, 17, 10)
    """
    shares = np.arange(n_classes) / (n_classes - 1)
    return tuple(int(n) for n in np.round(largest * (smallest / largest) ** shares))


def subset(name: str, number: int) -> Subset:
    """Return a training subset of a set; the same number gives the same images.

    Raises
    ------
    ValueError
        No such set, or the data folder is not named.
    """
    if name not in SETS:
        raise ValueError(f"Sets are {', '.join(SETS)}. Got {name!r}.")
    return SETS[name].draw(SETS[name], number)


@cache
def _fashion() -> tuple[Part, Part]:
    """Return the official training and test part of Fashion-MNIST."""
    folder = os.environ.get("IMBGAN_DATA")
    if not folder:
        raise ValueError("The environment variable IMBGAN_DATA must name the folder that holds fashion_mnist.parquet.")
    frame = pl.read_parquet(Path(folder) / "fashion_mnist.parquet")
    X = np.frombuffer(b"".join(frame["image"]), np.uint8).reshape(-1, 28, 28, 1)
    y = frame["target"].to_numpy().astype(np.intp)
    return Part(X[:60_000], y[:60_000]), Part(X[60_000:], y[60_000:])


@cache
def _digits() -> Part:
    X, y = load_digits(return_X_y=True)
    images = np.asarray(X).reshape(-1, 8, 8, 1)
    return Part(np.round(images * (255 / 16)).astype(np.uint8), np.asarray(y, np.intp))


def _cut(pool: Part, plan: ImageSet, rng: np.random.Generator, test: Part | None = None) -> Subset:
    """Cut the images of each class, in random order: training, validation, test if there is no other, further ones."""
    pieces: list[list[Pixels]] = [[], [], [], []]
    for code, n in enumerate(plan.counts):
        images = rng.permutation(pool.of_class(code))
        ends = np.cumsum([n, plan.n_validation, 0 if test is not None else plan.n_test, plan.n_further(code)])
        for piece, cut in zip(pieces, np.split(images, ends)[:4], strict=True):
            piece.append(cut)
    train, validation, own_test, further = (
        Part(np.concatenate(piece), np.repeat(np.arange(len(piece)), [len(cut) for cut in piece])) for piece in pieces
    )
    return Subset(train, further, validation, test or own_test)


def _from_fashion(*, reverse: bool) -> Callable[[ImageSet, int], Subset]:
    def draw(plan: ImageSet, number: int) -> Subset:
        pool, test = _fashion()
        if reverse:
            pool, test = (Part(part.X, len(plan.counts) - 1 - part.y) for part in (pool, test))
        return _cut(pool, plan, Streams(number).generator("images", "fashion"), test)

    return draw


def _from_digits(plan: ImageSet, number: int) -> Subset:
    return _cut(_digits(), plan, Streams(number).generator("images", "digits"))


def _drawn(names: Sequence[tuple[str, str]], canvas: shapes.Canvas) -> Callable[[ImageSet, int], Subset]:
    def draw(plan: ImageSet, number: int) -> Subset:
        rng = Streams(number).generator("images", "shapes")
        images: list[Pixels] = []
        for code, (shape, texture) in enumerate(names):
            n = plan.counts[code] + plan.n_validation + plan.n_test + plan.n_further(code)
            images.append(shapes.draw(shape, texture, n, canvas, rng))
        codes = np.repeat(np.arange(len(names)), [len(part) for part in images])
        return _cut(Part(np.concatenate(images), codes), plan, rng)

    return draw


def _pairs(n_shapes: int, n_textures: int) -> list[tuple[str, str]]:
    """Return classes of which neighbors, frequent ones and rare ones, share shapes and textures."""
    return [(shape, texture) for texture in shapes.TEXTURES[:n_textures] for shape in shapes.SHAPES[:n_shapes]]


def _fashion_set(counts: tuple[int, ...], note: str, *, reverse: bool) -> ImageSet:
    return ImageSet(counts, _from_fashion(reverse=reverse), 200, 1000, note, needs_data=True)


_COLORED = shapes.Canvas(32, 3, (0.45, 0.7), 0.08)
_GRAY = shapes.Canvas(28, 1, (0.65, 0.85), 0.04)
#: All sets, by name.
SETS = {
    "digits": ImageSet(tail(100, 5, 10), _from_digits, 5, 30, "scikit-learn's digits, 8 x 8"),
    "fashion_reversed": _fashion_set(
        tail(1000, 10, 10), "Fashion-MNIST, last label most frequent: rare pullovers, trousers, T-shirts", reverse=True
    ),
    "fashion_forward": _fashion_set(
        tail(1000, 10, 10), "Fashion-MNIST, first label most frequent: rare sneakers, bags, boots", reverse=False
    ),
    "shapes": ImageSet(
        tail(1000, 10, 10), _drawn(_pairs(5, 2), _COLORED), 50, 200, "drawn colored shapes, 32 x 32 x 3"
    ),
    "fashion_deep_smote": _fashion_set(DEEP_SMOTE, "Fashion-MNIST, the counts of DeepSMOTE", reverse=False),
    "fashion_ratio_10": _fashion_set(tail(1000, 100, 10), "Fashion-MNIST, last label most frequent", reverse=True),
    "many_classes": ImageSet(tail(50, 5, 50), _drawn(_pairs(10, 5), _GRAY), 20, 40, "50 classes of drawn gray shapes"),
}
