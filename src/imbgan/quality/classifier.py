"""Whether a classifier tells real from generated rows."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from imbgan.quality.encoding import level_codes, level_groups
from imbgan.quality.results import Measure
from imbgan.quality.rows import Cells, Field
from imbgan.quality.splits import MIN_HALF, NO_BASELINE, Indices, Splits

if TYPE_CHECKING:
    from sklearn.ensemble import HistGradientBoostingClassifier

# Each costs two classifiers and their baseline; the interval is taken from the spread, not from percentiles.
N_SPLITS = 4
# What histogram boosting takes as one categorical column.
MAX_LEVELS = 200
NOTE = "0.5: not told apart; below it, rows that repeat real ones confuse the classifier"


def two_sample_auc(
    fields: Sequence[Field], real: Cells, synthetic: Cells, splits: Splits, rng: np.random.Generator
) -> Measure:
    """ROC AUC of a boosted classifier of real against generated rows, each row judged by a model without it.

    Two folds: as many rows to learn from as to judge, and cheap. The same is done for real against real rows.
    The classifier two-sample test is described by Lopez-Paz and Oquab (2017).

    Parameters
    ----------
    fields : sequence of Field
    real, synthetic : ndarray of shape (n, d), (m, d)
        Cells of one class.
    splits : Splits
        Drawn for n and m.
    rng : numpy.random.Generator
    """
    from sklearn.ensemble import HistGradientBoostingClassifier

    name = "two_sample_auc"
    if splits.peer is None or min(len(real), len(synthetic)) < MIN_HALF:
        return Measure(name, None, note=NO_BASELINE)
    pool = np.concatenate([real, synthetic])
    is_category = np.array([not field.is_number for field in fields])
    for j, field in enumerate(fields):
        # Trees see order alone: places among the values, a missing one last, spare them huge and missing numbers.
        pool[:, j] = (
            np.unique(pool[:, j], return_inverse=True)[1]
            if field.is_number
            else level_codes(pool[:, j], level_groups(pool[:, j], len(field.levels), MAX_LEVELS))
        )
    size = splits.real.shape[1]
    model = HistGradientBoostingClassifier(
        max_iter=30,
        learning_rate=0.2,
        max_leaf_nodes=8,
        min_samples_leaf=min(20, max(2, size // 10)),
        max_bins=MAX_LEVELS,
        categorical_features=is_category,  # pyright: ignore[reportArgumentType] - an incomplete type
        early_stopping=False,  # pyright: ignore[reportArgumentType] - an incomplete type
        random_state=int(rng.integers(2**31)),
    )
    values, baselines = (
        np.array([_auc(model, pool, a, b) for a, b in zip(splits.real[:N_SPLITS], other, strict=False)])
        for other in (splits.synthetic, splits.peer)
    )
    # Of a Mann-Whitney statistic of so many rows; a few splits can agree by chance.
    least = ((2 * size + 1) / (12 * size * size)) ** 0.5
    half = 1.96 * max(float(baselines.std(ddof=1)), least)
    middle = float(baselines.mean())
    return Measure(name, float(values.mean()), middle, max(middle - half, 0.0), min(middle + half, 1.0), NOTE)


def _auc(model: "HistGradientBoostingClassifier", pool: Cells, a: Indices, b: Indices) -> float:
    from sklearn.metrics import roc_auc_score

    X, y = pool[np.concatenate([a, b])], np.repeat([0, 1], [len(a), len(b)])
    # Both samples are in random order already; every second row is one fold.
    fold = np.concatenate([np.arange(len(a)), np.arange(len(b))]) % 2
    aucs: list[float] = []
    for held_out in (0, 1):
        train, test = fold != held_out, fold == held_out
        scores = model.fit(X[train], y[train]).decision_function(X[test])
        # Scores of two models have no common scale: one AUC a fold.
        aucs.append(float(roc_auc_score(y[test], scores)))
    return float(np.mean(aucs))
