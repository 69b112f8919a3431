"""Splits into training and test rows without leaks between them."""

import warnings
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components
from sklearn.model_selection import StratifiedGroupKFold, StratifiedKFold

from imbgan.exceptions import DataError, ParameterError
from imbgan.random import Streams
from imbgan.tabular import read_table
from imbgan.tabular.equality import row_codes, value_codes

Indices = NDArray[np.intp]

DEFAULT_SPLITS, DEFAULT_REPEATS = 5, 2
# Equal rows that make up more of the table than this are no copies but an atom of the distribution, such as the row of
# zeros. If they stayed together, they would fill half a fold, and the other folds would have none of them.
ATOM_SHARE = 0.1


@dataclass(frozen=True)
class Fold:
    """One split of the rows.

    Parameters
    ----------
    index, repeat : int
        Number of the split, counted through all repeats, and number of the repeat.
    train, test : ndarray of int
        Positions of the rows; those of ``train`` increase.
    peers : tuple of int
        Indices of the folds whose test rows are all training rows of this one. Their predictions of these rows come
        from models that have not seen the rows, so thresholds can be tuned on them.
    """

    index: int
    repeat: int
    train: Indices
    test: Indices
    peers: tuple[int, ...] = ()


@dataclass(frozen=True)
class Blocks:
    """Groups of rows that every split must keep on one side.

    Parameters
    ----------
    ids : ndarray of shape (n,), int
        The block of each row.
    n_duplicates : int
        Number of rows whose features equal those of an earlier row.
    has_groups : bool
        Whether the caller passed groups.
    """

    ids: Indices
    n_duplicates: int
    has_groups: bool


def find_blocks(X: object, groups: ArrayLike | None) -> Blocks:
    """Join the rows of one group, and rows with the same features: a copy in the training part reveals a test row.

    Equal rows that make up over 10 % of the table are distributed like any others.

    Parameters
    ----------
    X : table of shape (n, d)
    groups : array-like of shape (n,) or None

    Raises
    ------
    DataError
        If ``groups`` has another length than ``X``.
    """
    copies = same_rows(X)
    n_copies = int(copies.max()) + 1
    n_duplicates = len(copies) - n_copies
    copies = _without_atoms(copies)
    n_copies = int(copies.max()) + 1
    if groups is None:
        return Blocks(copies, n_duplicates, has_groups=False)
    names = np.asarray(groups)
    if names.shape != copies.shape:
        raise DataError(f"groups must hold one entry per row of X, {len(copies)}. Got the shape {names.shape}.")
    _, codes = np.unique(names.astype(str) if names.dtype == object else names, return_inverse=True)
    # A graph whose vertices are distinct rows and groups, and whose edges are the rows of the table.
    size = n_copies + int(codes.max()) + 1
    edges = coo_array((np.ones(len(copies)), (copies, n_copies + codes)), shape=(size, size))
    _, components = connected_components(edges, directed=False)
    return Blocks(components[copies].astype(np.intp), n_duplicates, has_groups=True)


def _without_atoms(copies: Indices) -> Indices:
    """Give each row of an atom its own number."""
    is_atom = (np.bincount(copies) > ATOM_SHARE * len(copies))[copies]
    numbers = np.where(is_atom, len(copies) + np.arange(len(copies)), copies)
    return np.unique(numbers, return_inverse=True)[1].astype(np.intp)


def same_rows(X: object) -> Indices:
    """Return a number for each row, shape (n,); rows with the same features have the same number."""
    table = read_table(X)
    return row_codes([value_codes(column) for column in table.columns], table.n_rows)


def split(codes: Indices, blocks: Indices, *, n_splits: int, seed: int, has_groups: bool) -> Iterator[tuple[Any, Any]]:
    """Yield stratified (train, test) positions that keep blocks together.

    Parameters
    ----------
    codes : ndarray of shape (n,), int
        Class codes from 0.
    blocks : ndarray of shape (n,), int
    n_splits, seed : int
    has_groups : bool
        Whether blocks may be large, so that their rows must be counted. Otherwise whole blocks are distributed,
        which is faster.
    """
    if has_groups:
        splitter = StratifiedGroupKFold(n_splits, shuffle=True, random_state=seed)
        yield from splitter.split(np.zeros(len(codes)), codes, blocks)
        return
    names, first, members = np.unique(blocks, return_index=True, return_inverse=True)
    # A block is stratified by the rarest class in it.
    rarity = np.argsort(np.argsort(-np.bincount(codes), kind="stable"))
    rarest = np.zeros(len(names), np.intp)
    np.maximum.at(rarest, members, rarity[codes])
    splitter = StratifiedKFold(n_splits, shuffle=True, random_state=seed)
    for _, test in splitter.split(first, rarest):
        is_test = np.isin(members, test)
        yield np.flatnonzero(~is_test), np.flatnonzero(is_test)


def n_blocks_of_rarest(codes: Indices, blocks: Indices) -> int:
    """Return the number of blocks of the class that has the fewest blocks."""
    pairs = np.unique(np.column_stack([codes, blocks]), axis=0)
    return int(np.bincount(pairs[:, 0]).min())


def make_folds(codes: Indices, blocks: Blocks, cv: object, streams: Streams) -> tuple[Fold, ...]:
    """Return the outer folds.

    Parameters
    ----------
    codes : ndarray of shape (n,), int
        Class codes from 0.
    blocks : Blocks
    cv : int, (int or None, int), splitter, iterable of (train, test) or None
        A number of folds; numbers of folds and repeats; or the caller's own splits. A splitter receives the blocks as
        ``groups``, and rows that equal a test row are removed from its training parts. None means 5 folds, repeated
        twice, or fewer folds where the rarest class has fewer different rows.
    streams : Streams

    Raises
    ------
    DataError
        If a class has too few rows.
    ParameterError
        If ``cv`` is something else, or if own folds divide a group or share rows.
    """
    if is_counted(cv):
        n_splits, n_repeats = _sizes(cv, n_blocks_of_rarest(codes, blocks.ids))
        return tuple(
            Fold(repeat * n_splits + i, repeat, train, test, _others(repeat * n_splits, n_splits, i))
            for repeat in range(n_repeats)
            for i, (train, test) in enumerate(
                split(
                    codes,
                    blocks.ids,
                    n_splits=n_splits,
                    seed=streams.integer("folds", repeat),
                    has_groups=blocks.has_groups,
                )
            )
        )
    return _own_folds(codes, blocks, cv)


def _others(first: int, n_splits: int, i: int) -> tuple[int, ...]:
    """Return the indices of the other folds of the same repeat, which starts at ``first``."""
    return tuple(first + j for j in range(n_splits) if j != i)


def is_counted(cv: object) -> bool:
    """Return whether ``cv`` gives a number of folds rather than the folds themselves."""
    if cv is None or isinstance(cv, int | np.integer):
        return True
    if not isinstance(cv, tuple) or len(cv) != 2:
        return False
    n_splits, n_repeats = cv
    return isinstance(n_repeats, int | np.integer) and (n_splits is None or isinstance(n_splits, int | np.integer))


def _sizes(cv: Any, n_rarest: int) -> tuple[int, int]:  # noqa: ANN401 - see make_folds
    if n_rarest < 2:
        raise DataError(
            "Each class needs at least 2 different rows (or groups), one for training and one for testing. The rarest "
            f"class has {n_rarest}; join it with another class, or drop it."
        )
    n_splits, n_repeats = cv if isinstance(cv, tuple) else (cv, DEFAULT_REPEATS if cv is None else 1)
    if n_splits is None:
        n_splits = min(DEFAULT_SPLITS, n_rarest)
    if n_splits < 2 or n_repeats < 1:
        raise ParameterError(f"'cv' must ask for at least 2 folds and 1 repeat. Got {cv!r}.")
    if n_splits > n_rarest:
        raise ParameterError(
            f"'cv' must ask for at most as many folds as the rarest class has different rows (or groups), {n_rarest}. "
            f"Got {n_splits}."
        )
    return int(n_splits), int(n_repeats)


def _own_folds(codes: Indices, blocks: Blocks, cv: Any) -> tuple[Fold, ...]:  # noqa: ANN401 - any splitter
    if hasattr(cv, "split") and not isinstance(cv, str):
        with warnings.catch_warnings():
            # Most splitters ignore groups and warn; the folds are checked below.
            warnings.filterwarnings("ignore", message="The groups parameter is ignored")
            pairs: Sequence[Any] = list(cv.split(np.zeros((len(codes), 1)), codes, blocks.ids))
    elif hasattr(cv, "__iter__") and not isinstance(cv, str):
        pairs = list(cv)
    else:
        raise ParameterError(
            "'cv' must be a number of folds, a pair of folds and repeats, a splitter or pairs of positions. Got "
            f"{cv!r}."
        )
    folds: list[Fold] = []
    for i, (train, test) in enumerate(pairs):
        train, test = np.sort(np.asarray(train, np.intp)), np.asarray(test, np.intp)
        owner = blocks.ids if blocks.has_groups else np.arange(len(codes))
        shared = np.intersect1d(owner[train], owner[test])
        if len(shared):
            raise ParameterError(
                f"'cv' must keep training and test rows apart. In fold {i} they share {len(shared)} "
                f"{'groups' if blocks.has_groups else 'rows'}; use a splitter that takes groups, such as "
                "StratifiedGroupKFold, or omit cv."
            )
        # The caller's test rows stay as they are; their copies are removed from the training part.
        folds.append(Fold(i, 0, train[~np.isin(blocks.ids[train], blocks.ids[test])], test))
    if not folds:
        raise ParameterError("'cv' must give at least one fold. Got none.")
    return tuple(replace(fold, peers=_peers(fold, folds, len(codes))) for fold in folds)


def _peers(fold: Fold, folds: Sequence[Fold], n_rows: int) -> tuple[int, ...]:
    """Return the peers of one of the caller's own folds, which may overlap, or follow one another in time."""
    is_training = np.zeros(n_rows, bool)
    is_training[fold.train] = True
    return tuple(other.index for other in folds if other is not fold and is_training[other.test].all())
