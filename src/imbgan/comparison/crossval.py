"""One fold of a comparison: fit on training rows only, judge on test rows that nothing has touched."""

import time
import warnings
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.base import clone

from imbgan._threads import one_thread
from imbgan.comparison.curves import curve_points
from imbgan.comparison.folds import Fold, Indices, n_blocks_of_rarest, split
from imbgan.comparison.metrics import rank_metrics
from imbgan.exceptions import DataError, ImbganError
from imbgan.random import Streams
from imbgan.strategies.sharing import saved_seconds
from imbgan.strategies.strategy import Strategy
from imbgan.strategies.thresholds import threshold_metrics, thresholds
from imbgan.tabular import take
from imbgan.tabular.labels import label_text

# Folds inside the training part that thresholds are tuned on.
INNER_SPLITS = 3

Row = dict[str, Any]
Key = tuple[str, str]


@dataclass(frozen=True)
class Data:
    """What every fold of a comparison reads.

    Parameters
    ----------
    X : table of shape (n, d)
    codes : ndarray of shape (n,), int
        Class codes.
    classes : tuple
        Labels by code.
    blocks : ndarray of shape (n,), int
        Rows that no split parts.
    has_groups : bool
    judged : tuple of int
        Codes of the classes that are judged against the rest.
    """

    X: object
    codes: Indices
    classes: NDArray[np.generic]
    blocks: Indices
    has_groups: bool
    judged: tuple[int, ...]


@dataclass(frozen=True)
class Plan:
    """What is done with every fold.

    Parameters
    ----------
    estimators : mapping of str to classifier
    metrics : tuple of str
    tune_threshold : bool
    seed : int
    """

    estimators: Mapping[str, Any]
    metrics: tuple[str, ...]
    tune_threshold: bool
    seed: int


@dataclass
class _Outcome:
    """What became of one strategy with one estimator in one fold."""

    inner: NDArray[np.float64]  # cross-fitted probabilities of the training rows
    test: NDArray[np.float64] | None = None
    seconds: float = 0.0
    counts: dict[str, float] | None = None
    status: str = "ok"
    reason: str = ""
    warned: set[str] = field(default_factory=set)


def check_tunable(data: Data, folds: Sequence[Fold]) -> None:
    """Refuse folds whose training parts are too small for inner folds; DataError."""
    for fold in folds:
        codes = data.codes[fold.train]
        if len(np.unique(codes)) < len(data.classes) or n_blocks_of_rarest(codes, data.blocks[fold.train]) < 2:
            raise DataError(
                f"To tune thresholds each class needs 2 different rows in every training part. Fold {fold.index} has "
                "fewer; join rare classes, or pass tune_threshold=False."
            )


def run_fold(data: Data, plan: Plan, fold: Fold, strategies: Sequence[Strategy], skip: frozenset[Key]) -> list[Row]:
    """Judge strategies on one fold, with every estimator.

    Parameters
    ----------
    data, plan, fold
    strategies : sequence of Strategy
        One family: within each split they run one after the other.
    skip : frozenset of (str, str)
        Pairs of strategy and estimator that are known already.

    Returns
    -------
    list of dict
        One JSON-able row a pair; see :func:`imbgan.comparison.compare`.
    """
    pairs = [(s, name) for s in strategies for name in plan.estimators if (s.name, name) not in skip]
    shape = (len(fold.train), len(data.classes))
    outcomes: dict[Key, _Outcome] = {(s.name, name): _Outcome(np.full(shape, np.nan)) for s, name in pairs}
    for number, (train, test, is_outer) in enumerate(_splits(data, plan, fold)):
        X_train, y_train, X_test = take(data.X, train), data.classes[data.codes[train]], take(data.X, test)
        # The same seed for all strategies, so that they are paired and can share a generator.
        seed = Streams(plan.seed).integer("fit", fold.index, number)
        for strategy, name in pairs:
            outcome = outcomes[strategy.name, name]
            if outcome.status != "ok":
                continue
            with one_thread(), warnings.catch_warnings(record=True) as caught:
                warnings.simplefilter("always")
                try:
                    p = _fit_predict(outcome, strategy, plan.estimators[name], (X_train, y_train, X_test), seed, data)
                except Exception as error:  # a strategy that fails must not take the others with it
                    outcome.status, outcome.reason = _reason(error)
                    continue
            outcome.warned |= {f"{w.category.__name__}: {w.message}"[:300] for w in caught}
            if is_outer:
                outcome.test = p
            else:
                outcome.inner[np.searchsorted(fold.train, test)] = p
    return [_row(data, plan, fold, key, outcome) for key, outcome in outcomes.items()]


def _splits(data: Data, plan: Plan, fold: Fold) -> Iterator[tuple[Indices, Indices, bool]]:
    """Yield the inner splits of the training part, if thresholds are tuned, and then the fold itself."""
    rows = fold.train
    if plan.tune_threshold:
        codes, blocks = data.codes[rows], data.blocks[rows]
        seed = Streams(plan.seed).integer("inner folds", fold.index)
        n_splits = min(INNER_SPLITS, n_blocks_of_rarest(codes, blocks))
        inner = split(codes, blocks, n_splits=n_splits, seed=seed, has_groups=data.has_groups)
        yield from ((rows[train], rows[test], False) for train, test in inner)
    yield rows, fold.test, True


def _fit_predict(
    outcome: _Outcome,
    strategy: Strategy,
    estimator: Any,  # noqa: ANN401 - any classifier
    parts: tuple[object, NDArray[np.generic], object],
    seed: int,
    data: Data,
) -> NDArray[np.float64]:
    """Return probabilities of the rows to predict, columns by class code; note time and rows in ``outcome``."""
    X_train, y_train, X_test = parts
    classifier = strategy.make(clone(estimator), seed)
    saved_seconds()
    began = time.perf_counter()
    classifier.fit(X_train, y_train)
    # What sharing a generator saved would have to be spent on its own.
    outcome.seconds = time.perf_counter() - began + saved_seconds()
    known = np.asarray(classifier.classes_)
    said = np.asarray(classifier.predict_proba(X_test), np.float64)
    counts = getattr(classifier, "training_counts_", None)
    if counts is None:
        counts = np.unique(y_train, return_counts=True)[1]
    outcome.counts = {label_text(label): round(float(n), 6) for label, n in zip(known.tolist(), counts, strict=True)}
    p = np.zeros((len(said), len(data.classes)))
    p[:, np.searchsorted(data.classes, known)] = said
    return p


def _reason(error: Exception) -> tuple[str, str]:
    """Tell a table that a strategy cannot take from a failure."""
    text = " ".join(str(error).split())[:300]
    if isinstance(error, ImbganError | ValueError | ImportError):
        return "not applicable", text
    return "failed", f"{type(error).__name__}: {text}"


def _row(data: Data, plan: Plan, fold: Fold, key: Key, outcome: _Outcome) -> Row:
    strategy, estimator = key
    row: Row = {
        "fold": fold.index,
        "repeat": fold.repeat,
        "strategy": strategy,
        "estimator": estimator,
        "status": outcome.status,
        "reason": outcome.reason,
        "n_train": len(fold.train),
        "n_test": len(fold.test),
        "seconds": outcome.seconds,
        "class_counts": outcome.counts,
        "scores": {},
        "default_scores": {},
        "curves": {},
        "warnings": sorted(outcome.warned),
    }
    if outcome.status == "ok" and outcome.test is not None:
        row |= _judge(data, plan, fold, outcome.inner, outcome.test)
    return row


def _judge(
    data: Data, plan: Plan, fold: Fold, inner: NDArray[np.float64], test: NDArray[np.float64]
) -> dict[str, dict[str, Any]]:
    scores: dict[str, dict[str, float | None]] = {name: {} for name in plan.metrics}
    default_scores: dict[str, dict[str, float | None]] = {}
    curves: dict[str, Any] = {}
    train_codes, test_codes = data.codes[fold.train], data.codes[fold.test]
    chosen = test.argmax(axis=1)
    for code in data.judged:
        label, is_class = label_text(data.classes[code]), test_codes == code
        found = rank_metrics(is_class, test[:, code])
        plain = threshold_metrics(is_class, chosen == code)
        cuts = thresholds(train_codes == code, inner[:, code], plan.metrics) if plan.tune_threshold else {}
        for name, cut in cuts.items():
            found[name] = threshold_metrics(is_class, test[:, code] >= cut)[name]
        for name in plan.metrics:
            scores[name][label] = found[name] if name in found else plain[name]
        for name, value in plain.items():
            default_scores.setdefault(name, {})[label] = value
        curves[label] = curve_points(is_class, test[:, code])
    return {"scores": scores, "default_scores": default_scores, "curves": curves}
