"""Sources of generated rows, by name, and how rows are asked from any of them."""

import warnings
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import numpy as np
from imblearn.over_sampling import RandomOverSampler
from numpy.typing import NDArray
from sklearn.base import BaseEstimator, clone

from imbgan._text import did_you_mean, listed
from imbgan.ensemble import TableSampler, TableSMOTE
from imbgan.ensemble.samplers import LocalGaussianSampler
from imbgan.exceptions import (
    DataError,
    FillingWarning,
    GenerationQualityWarning,
    IdentifierColumnWarning,
    ParameterError,
    TextColumnWarning,
)
from imbgan.oversampling import GANOverSampler
from imbgan.random import Streams
from imbgan.tabular import TableEncoder, concat, eager, n_rows, read_table, take
from imbgan.tabular.labels import read_labels

#: The sources that have names, and what each does.
SOURCES = {
    "gan": "GANOverSampler with its defaults",
    "smote": "SMOTE, SMOTE-N or SMOTE-NC, depending on the columns",
    "local_gaussian": "rows drawn from normal distributions around rare neighbors",
    "bootstrap": "rare rows repeated at random: copies, the ceiling of every attack",
    "independent": "each column drawn by itself: the floor, as nothing ties the cells of a row together",
}


#: The quantiles of a number that independent columns keep.
SHARES = np.linspace(0.0, 1.0, 11)


class IndependentColumnsSampler(BaseEstimator):
    """Over-sample each class with rows whose columns are drawn independently of one another.

    Numbers keep the deciles of their class, and are drawn evenly between these, so that single values are not repeated;
    levels are drawn with their shares. Rows of this kind tell a few figures per column, and hardly anything of single
    rows.

    Parameters
    ----------
    sampling_strategy : dict of label to int
        Number of rows of each class after resampling.
    random_state : int, default=0
    """

    def __init__(self, *, sampling_strategy: Mapping[Any, int] | None = None, random_state: int = 0) -> None:
        self.sampling_strategy = sampling_strategy
        self.random_state = random_state

    def fit_resample(self, X: object, y: object) -> tuple[object, NDArray[np.generic]]:
        """Return the rows of ``X``, unchanged, and the drawn ones after them, with their labels."""
        labels, held, streams = read_labels(y), eager(X), Streams(self.random_state)
        encoder = TableEncoder(numbers="minmax").fit(read_table(held), labels.codes, n_classes=len(labels.classes))
        encoded = encoder.transform(held, streams.integer("encode"))
        parts: list[NDArray[np.floating]] = []
        codes = [labels.codes]
        for code, label in enumerate(labels.classes.tolist()):
            n = (self.sampling_strategy or {}).get(label, 0) - int(labels.counts[code])
            if n > 0:
                parts.append(_shuffled(encoded[labels.codes == code], encoder.spans, n, streams, code))
                codes.append(np.full(n, code))
        if not parts:
            return held, labels.values
        return concat(held, encoder.inverse_transform(np.concatenate(parts))), labels.classes[np.concatenate(codes)]


def _shuffled(
    rows: NDArray[np.floating], spans: Iterable[tuple[str, int]], n: int, streams: Streams, code: int
) -> NDArray[np.float32]:
    parts: list[NDArray[np.floating]] = []
    start = 0
    for j, (kind, width) in enumerate(spans):
        rng, part = streams.generator("column", code, j), rows[:, start : start + width]
        # Between observed numbers, not at them.
        if kind == "number":
            drawn = np.interp(rng.random(n), SHARES, np.quantile(part, SHARES))[:, None]
        else:
            drawn = part[rng.integers(len(part), size=n)]
        parts.append(drawn)
        start += width
    return np.hstack(parts).astype(np.float32) if parts else np.empty((n, 0), np.float32)


#: What makes the sampler of each source.
SAMPLERS: Mapping[str, Callable[[], Any]] = {
    "gan": GANOverSampler,
    "smote": TableSMOTE,
    "local_gaussian": lambda: TableSampler(LocalGaussianSampler()),
    "bootstrap": lambda: TableSampler(RandomOverSampler()),
    "independent": IndependentColumnsSampler,
}


def resolve_sources(
    source: object,
    known: Mapping[str, Callable[[], Any]] = SAMPLERS,
    own: Callable[[Any], Any] = lambda sampler: sampler,
) -> dict[str, Any]:
    """Return samplers by name.

    Parameters
    ----------
    source : str, sampler, iterable of str, or mapping of str to str or sampler
        Names among ``known``, or samplers of one's own: objects with ``fit_resample(X, y)``, which returns the original
        rows first, and the parameter ``sampling_strategy``.
    known : mapping of str to callable
        What makes a sampler, by name.
    own : callable
        Called with each sampler that has no name, returns the one to use.

    Raises
    ------
    ParameterError
        If a name is unknown or repeated, or if an object is no such sampler.
    """
    if isinstance(source, str):
        given: list[tuple[str, object]] = [(source, source)]
    elif isinstance(source, Mapping):
        given = [(str(name), item) for name, item in source.items()]
    elif hasattr(source, "fit_resample"):
        given = [(type(source).__name__, source)]
    elif isinstance(source, Iterable):
        given = [(item if isinstance(item, str) else type(item).__name__, item) for item in source]
    else:
        given = [(repr(source), source)]
    if not given:
        raise ParameterError(
            f"'source' must name at least one source of rows, such as {listed(list(known))}. Got none."
        )
    names = [name for name, _ in given]
    if len(set(names)) < len(names):
        raise ParameterError(
            f"Sources must have different names. Got {listed(names)}; pass a mapping of names to samplers."
        )
    return {name: _resolved(item, known) if isinstance(item, str) else own(_checked(item)) for name, item in given}


def _resolved(name: str, known: Mapping[str, Callable[[], Any]]) -> Any:  # noqa: ANN401 - any sampler
    if name not in known:
        raise ParameterError(
            f"A source must be one of {', '.join(known)}, or your own sampler. Got {name!r}.{did_you_mean(name, known)}"
        )
    return known[name]()


def _checked(item: object) -> Any:  # noqa: ANN401 - any sampler
    parameters = getattr(item, "get_params", dict)()
    if not hasattr(item, "fit_resample") or "sampling_strategy" not in parameters:
        raise ParameterError(
            "A source of your own must be a sampler: an object with fit_resample(X, y) and the parameter "
            f"sampling_strategy. Got {item!r}."
        )
    return item


def generate(
    sampler: Any,  # noqa: ANN401 - any sampler
    X: object,
    y: NDArray[np.generic],
    label: object,
    n: int,
    seed: int,
) -> tuple[object, list[str]]:
    """Return ``n`` generated rows of the class ``label``, and the quality warnings of the sampler.

    Parameters
    ----------
    sampler : sampler
        It is cloned; ``sampling_strategy`` and ``random_state`` are set.
    X, y : table and labels
        What it learns from.
    label : object
    n : int
        At least 1.
    seed : int

    Raises
    ------
    DataError
        If the sampler returns fewer rows of the class, or none of the original rows first.
    """
    sampler = clone(sampler)
    n_learned = int((y == label).sum())
    sampler.set_params(sampling_strategy={label: n_learned + n})
    states = [name for name in sampler.get_params() if name == "random_state" or name.endswith("__random_state")]
    sampler.set_params(**dict.fromkeys(states, seed))
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        resampled, labels = sampler.fit_resample(X, y)
    told: list[str] = []
    for each in caught:
        if issubclass(each.category, GenerationQualityWarning):
            told.append(str(each.message))
        # Whether rows suit a classifier that learns them is no matter of an audit.
        elif not issubclass(each.category, IdentifierColumnWarning | FillingWarning | TextColumnWarning):
            warnings.warn(each.message, each.category, stacklevel=2)
    new = len(y) + np.flatnonzero(np.asarray(read_labels(labels).values)[len(y) :] == label)
    if n_rows(resampled) < len(y) or len(new) < n:
        raise DataError(
            f"A source must return the original rows first and at least {n} generated rows of the class after them. "
            f"{type(sampler).__name__} returned {n_rows(resampled)} rows for {len(y)}, {len(new)} of them generated; "
            "check its sampling_strategy."
        )
    return take(resampled, new[:n]), told
