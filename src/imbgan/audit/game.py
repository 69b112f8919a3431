"""One run of the game: a part of the rare class is learned from, and attacks say which part it was."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from imbgan._threads import one_thread
from imbgan.audit.attacks import column_scores, distances_to, guesses, rebuilt_rows, scores
from imbgan.audit.sources import generate
from imbgan.audit.table import AuditTable, Look
from imbgan.ensemble.weights import fit_weighted
from imbgan.measures import pairwise_distances, to_others
from imbgan.random import Streams
from imbgan.strategies.strategy import Strategy
from imbgan.tabular import concat, n_rows, take

Array = NDArray[np.float64]
Mask = NDArray[np.bool_]
Tell = Callable[[str], None]

#: What is measured beside scores of membership, and how.
RATES = {
    "near_copy": "a generated row is nearer than nearly all other rare rows are to one another",
    "rebuilt": "lines of generated rows meet so near to the row",
    "guessed": "hidden cells that the most similar generated row tells",
    "copied_text": "texts that stand in a generated row, word for word",
}
#: A row is rebuilt by a point nearer than this quantile of the distances of rare rows to their nearest neighbor.
NEAR = 0.05


@dataclass(frozen=True)
class Plan:
    """What is repeated in every run.

    Parameters
    ----------
    sources : mapping of str to sampler
    strategies : mapping of str to Strategy
        What teaches further classifiers.
    estimator : classifier or None
        The classifier that learns from generated rows; None for no attacks on classifiers.
    n_learned, n_generated : int
        Numbers of rare rows to learn from, and of generated rows.
    """

    sources: Mapping[str, Any]
    strategies: Mapping[str, Strategy]
    estimator: Any
    n_learned: int
    n_generated: int


@dataclass(frozen=True)
class Evidence:
    """What the attacks found about each candidate in one run, for one source; arrays of shape (n,) unless said.

    Parameters
    ----------
    distances : dict of str to ndarray
        See :func:`imbgan.audit.attacks.distances_to`; empty for a classifier.
    scores : dict of str to ndarray
        The score of each attack.
    rates : dict of str to ndarray
        Each of :data:`RATES` that could be measured, as a share in [0, 1].
    warnings : list of str
        What the sampler itself said of its rows.
    lacks_texts : bool
        As in :class:`imbgan.audit.table.Look`.
    """

    distances: dict[str, Array] = field(default_factory=dict[str, Array])
    scores: dict[str, Array] = field(default_factory=dict[str, Array])
    rates: dict[str, Array] = field(default_factory=dict[str, Array])
    warnings: list[str] = field(default_factory=list[str])
    lacks_texts: bool = False


@dataclass(frozen=True)
class Run:
    """One run: who was learned from, shape (n,), and the evidence of each source."""

    member: Mask
    evidence: dict[str, Evidence]


def play(table: AuditTable, plan: Plan, streams: Streams, tell: Tell) -> Run:
    """Learn from a random part of the candidates, and attack each source.

    Parameters
    ----------
    table : AuditTable
    plan : Plan
    streams : Streams
        Those of the run. Splits of different runs are independent, so that what an attacker knows of other runs says
        nothing of this one by itself.
    tell : callable
        Is told what is done next.
    """
    n = len(table.candidates)
    member = np.zeros(n, np.bool_)
    member[streams.generator("split").permutation(n)[: plan.n_learned]] = True
    rows = table.training_rows(member)
    X, y = take(table.X, rows), table.y[rows]
    evidence: dict[str, Evidence] = {}
    for name, sampler in plan.sources.items():
        tell(name)
        generated, warned = generate(sampler, X, y, table.label, plan.n_generated, streams.integer("source", name))
        with one_thread():
            evidence[name] = attack(table.look(generated), warned)
            if plan.estimator is not None:
                confidence = _taught_confidence(table, plan.estimator, (X, y), generated)
                evidence[name].scores["confidence"] = confidence
    for name, strategy in plan.strategies.items():
        tell(name)
        base: Any = table.learner(plan.estimator)
        model: Any = strategy.build(base, streams.integer("strategy", name))
        fit_weighted(model, X, y, None)
        evidence[name] = Evidence(scores={"confidence": _confidence(table, model, take(table.X, table.candidates))})
    return Run(member, evidence)


def attack(look: Look, warned: list[str]) -> Evidence:
    """Return what all attacks without training find in the rows of one source."""
    distances = distances_to(look.sight)
    found = {**scores(look.sight, distances), **column_scores(look.candidate_columns, look.generated_columns)}
    found |= look.text_scores
    found["inference"], guessed = guesses(look.candidate_columns, look.generated_columns)
    near = _radius(distances["rare"])
    rates = {"near_copy": (distances["generated"][:, 0] <= near).astype(float)}
    if look.has_cells:
        rates["guessed"] = guessed
    numbers = look.candidate_numbers
    if numbers.shape[1] >= 2:
        rates["rebuilt"] = _rebuilt(numbers, look.generated_numbers)
    if look.text_scores:
        rates["copied_text"] = look.text_scores["equal_texts"]
    return Evidence(distances, found, rates, warned, look.lacks_texts)


def _radius(nearest: Array) -> float:
    apart = nearest[np.isfinite(nearest) & (nearest > 1e-9)]
    return float(np.quantile(apart, NEAR)) if len(apart) else 0.0


def _rebuilt(candidates: Array, generated: Array) -> Array:
    """Return 1 for each candidate near which lines of generated rows meet, else 0."""
    complete = ~np.isnan(candidates).any(axis=1)
    points = rebuilt_rows(generated[~np.isnan(generated).any(axis=1)])
    found = np.zeros(len(candidates))
    if len(points) and complete.sum() > 1:
        rows = candidates[complete]
        among = to_others(pairwise_distances(rows, rows))
        found[complete] = pairwise_distances(rows, points).min(axis=1) <= _radius(among.min(axis=1))
    return found


def _taught_confidence(table: AuditTable, estimator: Any, train: tuple[Any, Any], generated: object) -> Array:  # noqa: ANN401
    """Return the confidence of a classifier that learned real common rows, and no rare row but generated ones."""
    y = train[1]
    model, X, candidates = table.lesson(estimator, train[0], generated)
    common = np.flatnonzero(y != table.label)
    labels = np.concatenate([y[common], np.full(n_rows(generated), table.label, y.dtype)])
    fit_weighted(model, concat(take(X, common), generated), labels, None)
    return _confidence(table, model, candidates)


def _confidence(table: AuditTable, model: Any, candidates: object) -> Array:  # noqa: ANN401 - any classifier
    """Return the log-odds of the true label of each candidate."""
    place = model.classes_.tolist().index(table.label)
    p = np.clip(model.predict_proba(candidates)[:, place], 1e-9, 1 - 1e-9)
    return np.log(p) - np.log1p(-p)
