"""Attacks that learn from shadow generators: those of the other runs, of which the attacker knows all."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from imbgan.audit.attacks.scores import TINY
from imbgan.random import Streams

Distances = dict[str, NDArray[np.float64]]
Scores = dict[str, NDArray[np.float64]]

#: Runs that a trained attack needs: one to attack, and one to learn from.
MIN_RUNS = 2
N_TREES = 100
LEAF = 5


def shadow_scores(values: NDArray[np.float64], member: NDArray[np.bool_]) -> NDArray[np.float64]:
    r"""Return how far a value of each candidate lies below the values of generators that had not learned it.

    The score of candidate i in run r is :math:`\overline{v_{s,i}} - v_{r,i}`, with the mean over the other runs s in
    which i was not learned (over all other runs, if it was always learned): a value that is calibrated by how hard the
    row is (Watson et al. 2022), as in the likelihood-ratio attack (Carlini et al. 2022).

    Parameters
    ----------
    values : ndarray of shape (n_runs, n)
        What is small for learned rows, such as the logarithm of the distance to the nearest generated row.
    member : ndarray of shape (n_runs, n)
        Which candidates were learned from. What is known of run r is not used for its own scores.

    Returns
    -------
    ndarray of shape (n_runs, n)

    Examples
    --------
    >>> import numpy as np
    >>> member = np.array([[True, False], [False, True]])
    >>> shadow_scores(np.array([[1.0, 5.0], [3.0, 4.0]]), member).tolist()
    [[2.0, -1.0], [-2.0, 1.0]]
    """
    return np.stack([_expected(values, member, [r]) - values[r] for r in range(len(values))])


def trained_scores(
    distances: Sequence[Distances], scores: Sequence[Scores], member: NDArray[np.bool_], streams: Streams
) -> NDArray[np.float64]:
    """Return the probability of membership by classifiers that learned from all other runs.

    For each run, a random forest and a logistic regression learn from the candidates of the other runs, where the
    attacker knows which of them were learned from. They see the distances to the nearest generated rows, to the nearest
    common row and to the nearest other candidate, the scores of all attacks without training, and the distances as
    calibrated by :func:`shadow_scores`. The result is the mean of the two probabilities.

    Parameters
    ----------
    distances, scores : sequence of dict, one per run
        What :func:`distances_to` and :func:`scores` returned.
    member : ndarray of shape (n_runs, n)
        Which candidates were learned from.
    streams : Streams
        For the trees.

    Returns
    -------
    ndarray of shape (n_runs, n)
    """
    runs = range(len(member))
    plain = np.stack([_features(d, s) for d, s in zip(distances, scores, strict=True)])
    logs = np.log(np.stack([np.column_stack([d["generated"], d["five"]]) for d in distances]) + TINY)
    return np.stack([_attacked(r, plain, logs, member, streams.integer("trees", r)) for r in runs])


def _attacked(
    run: int, plain: NDArray[np.float64], logs: NDArray[np.float64], member: NDArray[np.bool_], seed: int
) -> NDArray[np.float64]:
    from sklearn.ensemble import RandomForestClassifier
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    others = [s for s in range(len(member)) if s != run]

    def seen(s: int) -> NDArray[np.float64]:
        # Neither the run itself nor the attacked one tells what distance is usual.
        return np.column_stack([plain[s], logs[s] - _expected(logs, member, sorted({run, s}))])

    X, y = np.concatenate([seen(s) for s in others]), np.concatenate([member[s] for s in others])
    forest = RandomForestClassifier(N_TREES, min_samples_leaf=LEAF, random_state=seed, n_jobs=1)
    linear = make_pipeline(StandardScaler(), LogisticRegression(C=0.1, max_iter=1000))
    found = [model.fit(X, y).predict_proba(seen(run))[:, 1] for model in (forest, linear)]
    return np.mean(found, axis=0)


def _features(d: Distances, found: Scores) -> NDArray[np.float64]:
    logs = [np.log(part + TINY) for part in (d["generated"], d["five"], d["common"], d["rare"])]
    ratios = np.log(d["rare"] + TINY) - np.log(d["generated"][:, 0] + TINY)
    return np.column_stack([*logs, ratios, *found.values()])


def _expected(logs: NDArray[np.float64], member: NDArray[np.bool_], without: Sequence[int]) -> NDArray[np.float64]:
    """Return the mean of ``logs`` (n_runs, n, ...) over runs that had not learned the candidate, shape (n, ...)."""
    kept = np.setdiff1d(np.arange(len(logs)), without)
    if not len(kept):
        return np.zeros(logs.shape[1:])
    out = ~member[kept]
    out[:, ~out.any(axis=0)] = True
    weights = (out / out.sum(axis=0)).reshape(*out.shape, *[1] * (logs.ndim - 2))
    return (weights * logs[kept]).sum(axis=0)
