"""Bags: the rows that one member of an ensemble learns from, drawn class by class, with or without generated rows."""

import warnings
from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from sklearn.base import clone

from imbgan.ensemble.base import Rows
from imbgan.exceptions import ParameterError
from imbgan.random import Streams
from imbgan.tabular import n_rows

Positions = NDArray[np.intp]


class Bag(NamedTuple):
    """The rows that one member learns from.

    Parameters
    ----------
    table : table
        The real rows, or the real rows followed by generated ones.
    rows : ndarray of shape (n,), int
        Positions in this table.
    labels : ndarray of shape (n,)
    out_of_bag : ndarray of shape (m,), int
        Positions of the real rows that are not in the bag.
    """

    table: object
    rows: Positions
    labels: NDArray[np.generic]
    out_of_bag: Positions


class Extended(NamedTuple):
    """A table followed by generated rows.

    Parameters
    ----------
    table : table
    labels : ndarray of shape (n + n_generated,)
    parts : list of ndarray of int
        Positions of the generated rows of each bag that has some; no row is in two parts.
    """

    table: object
    labels: NDArray[np.generic]
    parts: list[Positions]


def bag_sizes(class_counts: Positions, natural_counts: NDArray[Any]) -> Positions:
    """Return the number of real rows of each class in a bag: as many rows as the table, at the natural shares."""
    if natural_counts is class_counts:
        return class_counts
    shares = natural_counts / natural_counts.sum()
    return np.maximum(np.rint(class_counts.sum() * shares), 1).astype(np.intp)


def cut(counts: Positions, most: float | None) -> Positions:
    """Return how many rows of each class to draw; of the largest, at most ``most`` times as many as of all others."""
    if most is None:
        return counts
    sizes, largest = counts.copy(), counts.argmax()
    sizes[largest] = min(counts[largest], int(most * (counts.sum() - counts[largest])))
    return sizes


def lacking_rows(class_counts: Positions, sizes: Positions, ratio: float) -> Positions:
    """Return how many generated rows of each class a bag needs, so that it has ``ratio`` times the largest class.

    A class of one row is not raised, because nothing can be learned from it.
    """
    return np.maximum(round(ratio * sizes.max()) - sizes, 0) * (class_counts > 1)


def ready(sampler: Any, seed: int) -> Any:  # noqa: ANN401 - any sampler
    """Return a copy of a sampler, with this seed if it has none.

    Raises
    ------
    ParameterError
        If the sampler has no ``sampling_strategy``.
    """
    copied: Any = clone(sampler)
    parameters = copied.get_params()
    if "sampling_strategy" not in parameters:
        raise ParameterError(
            "'sampler' must have the parameter 'sampling_strategy', which sets the number of rows of each class. "
            f"{type(copied).__name__} has none; use an over-sampler such as imbgan.GANOverSampler."
        )
    if "random_state" in parameters and parameters["random_state"] is None:
        copied.set_params(random_state=seed)
    return copied


def extend(sampler: Any, rows: Rows, classes: NDArray[np.generic], n_bags: int) -> Extended:  # noqa: ANN401 - any sampler
    """Return the table with the rows that a sampler generates for all bags together, which are dealt to the bags.

    Raises
    ------
    ParameterError
        If the sampler does not return the original rows first.
    """
    with warnings.catch_warnings():
        # imbalanced-learn warns if all bags together have more rows of a rare class than of the largest one.
        warnings.filterwarnings("ignore", "After over-sampling, the number of samples", UserWarning)
        table, resampled_labels = sampler.fit_resample(rows.table, rows.labels)
    labels, n = np.asarray(resampled_labels), len(rows.labels)
    if n_rows(table) != len(labels) or len(labels) < n or not np.array_equal(labels[:n], rows.labels):
        raise ParameterError(
            "'sampler' must return the original rows first, in their order, and then the generated rows. "
            f"{type(sampler).__name__} does not; use an over-sampler without cleaning or under-sampling."
        )
    per_class = [n + np.flatnonzero(labels[n:] == label) for label in classes]
    shares = [np.array_split(places, n_bags) for places in per_class]
    return Extended(table, labels, [np.concatenate(parts) for parts in zip(*shares, strict=True)])


def draw_bags(
    rows: Rows, sizes: Positions, cut_sizes: Positions, extended: Extended, n_without: int, streams: Streams
) -> Iterator[Bag]:
    """Yield the bags without generated rows, and then one per part of the generated rows.

    Bag i draws each class separately, with replacement, from its own stream, so that no bag loses a class or changes
    another bag. Rows are drawn with probabilities proportional to their weights.

    Parameters
    ----------
    rows : Rows
    sizes, cut_sizes : ndarray of shape (n_classes,), int
        Number of real rows of each class in bags with generated rows, and in bags without.
    extended : Extended
    n_without : int
        Number of bags without generated rows.
    streams : Streams
    """
    places = [np.flatnonzero(rows.codes == code) for code in range(len(sizes))]
    weights = rows.weights
    chances = [None if weights is None else weights[place] / weights[place].sum() for place in places]
    for i in range(n_without + len(extended.parts)):
        natural = i < n_without
        rng = streams.generator("bag", i)
        numbers = cut_sizes if natural else sizes
        drawn = np.concatenate(
            [rng.choice(place, size, p=p) for place, size, p in zip(places, numbers, chances, strict=True)]
        )
        positions = drawn if natural else np.concatenate([drawn, extended.parts[i - n_without]])
        out_of_bag = np.setdiff1d(np.arange(len(rows.labels)), drawn)
        yield Bag(rows.table if natural else extended.table, positions, extended.labels[positions], out_of_bag)
