"""Scores at tuned thresholds: the threshold of a fold is tuned on the predictions of other folds.

A fold's peers are the folds whose test rows it may train on. Their models have not seen these rows either, so their
predictions are held out, there are as many of them as training rows, and they come at no cost. No prediction for a row
of the fold itself enters. Its labels do so only through the rows that the peers' models were trained on, which
``benchmarks/thresholds.py`` measures to be without effect.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from imbgan.comparison.fold_results import FoldResult, unpack
from imbgan.comparison.folds import Fold
from imbgan.comparison.plan import Data, Plan
from imbgan.comparison.tuning import tuned_scores


def judge(rows: Sequence[FoldResult], data: Data, plan: Plan, folds: Sequence[Fold]) -> list[FoldResult]:
    """Return the results with all scores that the finished folds allow, and without predictions.

    Parameters
    ----------
    rows : sequence of FoldResult
        Results as :func:`imbgan.comparison.crossval.run_fold` gives them, of any subset of the folds.
    data, plan
    folds : sequence of Fold

    Returns
    -------
    list of FoldResult
        In the same order. A score at a tuned threshold is None as long as no peer has a result.
    """
    by_index = {fold.index: fold for fold in folds}
    by_pair: dict[tuple[str, str], dict[int, FoldResult]] = {}
    for row in rows:
        if row.status == "ok":
            by_pair.setdefault((row.strategy, row.estimator), {})[row.fold] = row
    judged: list[FoldResult] = []
    for row in rows:
        if row.status == "ok" and plan.tune_threshold and by_index[row.fold].peers:
            of_pair = by_pair[row.strategy, row.estimator]
            peers = [of_pair[index] for index in by_index[row.fold].peers if index in of_pair]
            row = replace(row, scores=_tuned(row, peers, data, plan, by_index))
        judged.append(replace(row, predictions=""))
    return judged


def _tuned(
    row: FoldResult, peers: Sequence[FoldResult], data: Data, plan: Plan, folds: Mapping[int, Fold]
) -> dict[str, dict[str, float | None]]:
    """Return the scores of one result with those at thresholds that are tuned on its peers."""
    if not peers:
        return row.scores
    known = np.concatenate([data.codes[folds[peer.fold].test] for peer in peers])
    p_known = np.concatenate([unpack(peer.predictions, len(data.judged)) for peer in peers])
    p = unpack(row.predictions, len(data.judged))
    return {**row.scores, **tuned_scores(data, plan, known, p_known, data.codes[folds[row.fold].test], p)}
