"""From the evidence of all runs to figures with intervals."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from imbgan.audit.attacks import COLUMNS, SCORES, TEXTS, trained_scores
from imbgan.audit.attacks.scores import TINY
from imbgan.audit.attacks.trained import MIN_RUNS, shadow_scores
from imbgan.audit.game import RATES, Run
from imbgan.audit.results import Attack, Group, Interval, Rate
from imbgan.measures import pairwise_distances, to_others
from imbgan.random import Streams

Array = NDArray[np.float64]
Mask = NDArray[np.bool_]

#: The attacks, and what each does.
ATTACKS = {
    **SCORES,
    **COLUMNS,
    **TEXTS,
    "inference": "error of hidden cells that are guessed from the most similar generated row",
    "shadow": "distance to the nearest generated row, relative to that of generators that had not learned the row",
    "trained": "classifiers that learned all of the above from the other runs",
    "confidence": "how sure a classifier is of the true label",
    "shadow_confidence": "the same, relative to classifiers that had not learned the row",
}
FALSE_ALARMS = 0.01
#: Scores of other runs that are no better than this below a guess may point anywhere by chance.
MARGIN = 0.05
#: Share of the candidates that form the group "outlying", and the least number of them.
OUTLYING = 0.1
MIN_OUTLYING = 10


def judge_attacks(runs: Sequence[Run], outlying: Mask, streams: Streams) -> tuple[Attack, ...]:
    """Return the figures of every attack on every source and group.

    Parameters
    ----------
    runs : sequence of Run
    outlying : ndarray of shape (n,)
        The candidates of the group "outlying".
    streams : Streams
        For the trained attack.
    """
    member = np.stack([run.member for run in runs])
    groups: dict[Group, Mask] = {"all": np.ones_like(outlying), "outlying": outlying, "typical": ~outlying}
    found: list[Attack] = []
    for source in runs[0].evidence:
        for name, scores in _all_scores(runs, source, member, streams).items():
            for group, rows in groups.items():
                pairs = [(s[m & rows], s[~m & rows]) for s, m in zip(scores, member, strict=True)]
                auc, tpr = [_auc(*pair) for pair in pairs], [_true_positive_rate(*pair) for pair in pairs]
                found.append(Attack(source, name, group, interval(auc), interval(tpr), tuple(auc)))
    return tuple(found)


def judge_rates(runs: Sequence[Run]) -> tuple[Rate, ...]:
    """Return what was rebuilt or guessed of learned and of unseen rows."""
    found: list[Rate] = []
    for source, evidence in runs[0].evidence.items():
        for name in RATES:
            if name in evidence.rates:
                shares = [(run.evidence[source].rates[name], run.member) for run in runs]
                learned = interval([float(share[member].mean()) for share, member in shares])
                unseen = interval([float(share[~member].mean()) for share, member in shares])
                found.append(Rate(source, name, learned, unseen))
    return tuple(found)


def find_outlying(candidates: Array) -> Mask:
    """Return which candidates lie farthest from their class, by the mean distance to five others, shape (n,)."""
    distances = to_others(pairwise_distances(candidates, candidates))
    far = np.sort(distances, axis=1)[:, :5].mean(axis=1)
    n = max(round(OUTLYING * len(far)), min(MIN_OUTLYING, len(far) // 2))
    found = np.zeros(len(far), np.bool_)
    found[np.argsort(-far, kind="stable")[:n]] = True
    return found


def interval(values: Sequence[float | None]) -> Interval:
    """Return the mean of the values that are not None, with the 95 % interval of Student's t, within [0, 1]."""
    from scipy.stats import t

    known = np.array([value for value in values if value is not None])
    if not len(known):
        return Interval(None)
    mean = float(known.mean())
    if len(known) == 1:
        return Interval(mean)
    margin = float(t.ppf(0.975, len(known) - 1) * known.std(ddof=1) / np.sqrt(len(known)))
    return Interval(mean, max(mean - margin, 0.0), min(mean + margin, 1.0))


def _all_scores(runs: Sequence[Run], source: str, member: Mask, streams: Streams) -> dict[str, Array]:
    """Return the score of each candidate in each run, shape (n_runs, n), for each attack."""
    evidence = [run.evidence[source] for run in runs]
    found = {name: np.stack([each.scores[name] for each in evidence]) for name in evidence[0].scores}
    if len(runs) < MIN_RUNS:
        return found
    if evidence[0].distances:
        distances = [each.distances for each in evidence]
        plain = [{name: s for name, s in each.scores.items() if name != "confidence"} for each in evidence]
        found["shadow"] = shadow_scores(np.stack([np.log(d["generated"][:, 0] + TINY) for d in distances]), member)
        found["trained"] = trained_scores(distances, plain, member, Streams(streams.integer("trained", source)))
    if "confidence" in found:
        found["shadow_confidence"] = _oriented(shadow_scores(-found["confidence"], member), member)
    return {name: found[name] for name in ATTACKS if name in found}


def _oriented(scores: Array, member: Mask) -> Array:
    """Return scores of shape (n_runs, n), turned round in runs where those of all other runs point the other way.

    The weights of a text's words have length one. A learned text has more known words, so that each weighs less, and a
    classifier is less sure of it than of an unseen text; an attacker sees this on classifiers of his own.
    """
    areas = np.array([_auc(s[m], s[~m]) or 0.5 for s, m in zip(scores, member, strict=True)])
    others = (areas.sum() - areas) / (len(areas) - 1)
    return np.where(others < 0.5 - MARGIN, -1.0, 1.0)[:, None] * scores


def _auc(learned: Array, unseen: Array) -> float | None:
    """Return the probability that a score of ``learned`` is above one of ``unseen``; ties count half."""
    from scipy.stats import mannwhitneyu

    if not len(learned) or not len(unseen):
        return None
    return float(mannwhitneyu(learned, unseen).statistic / (len(learned) * len(unseen)))


def _true_positive_rate(learned: Array, unseen: Array) -> float | None:
    """Return the share of learned rows above a threshold that at most 1 % of the unseen ones exceed."""
    if not len(learned) or not len(unseen):
        return None
    n_wrong = int(FALSE_ALARMS * len(unseen) + 1e-9)
    # Equal scores are named together or not at all.
    threshold = np.sort(unseen)[len(unseen) - 1 - n_wrong]
    return float((learned > threshold).mean())
