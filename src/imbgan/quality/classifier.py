"""The two-sample AUC: how well a classifier distinguishes real from generated rows."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from imbgan.quality.encoding import level_codes, level_groups
from imbgan.quality.results import Measure
from imbgan.quality.rows import Cells, Field
from imbgan.quality.splits import MIN_HALF, NO_BASELINE, Indices, Splits

if TYPE_CHECKING:
    from sklearn.ensemble import HistGradientBoostingClassifier

# Each split needs two classifiers and their baseline, so there are few, and the interval comes from their spread.
N_SPLITS = 4
# The largest number of levels that histogram boosting accepts in one categorical column.
MAX_LEVELS = 200
NOTE = "at 0.5 the rows cannot be distinguished; below 0.5, rows that repeat real ones confuse the classifier"


def two_sample_auc(
    fields: Sequence[Field], real: Cells, synthetic: Cells, splits: Splits, rng: np.random.Generator
) -> Measure:
    """Return the ROC AUC of a boosted classifier of real against generated rows, cross-fitted.

    There are two folds, so that training and judging use equally many rows at low cost. The baseline does the same with
    real against real rows. Lopez-Paz and Oquab (2017) describe the classifier two-sample test.

    Parameters
    ----------
    fields : sequence of Field
    real, synthetic : ndarray of shape (n, d), (m, d)
        Cells of one class.
    splits : Splits
        Splits for n and m rows.
    rng : numpy.random.Generator
    """
    from sklearn.ensemble import HistGradientBoostingClassifier

    name = "two_sample_auc"
    if splits.peer is None or min(len(real), len(synthetic)) < MIN_HALF:
        return Measure(name, None, note=NO_BASELINE)
    pool = np.concatenate([real, synthetic])
    is_category = np.array([not field.is_number for field in fields])
    for j, field in enumerate(fields):
        # Trees use only the order of values, so ranks replace them. This avoids huge and missing numbers.
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
    # The standard deviation of a Mann-Whitney statistic is a lower bound, since few splits can agree by chance.
    least = ((2 * size + 1) / (12 * size * size)) ** 0.5
    half = 1.96 * max(float(baselines.std(ddof=1)), least)
    middle = float(baselines.mean())
    return Measure(name, float(values.mean()), middle, max(middle - half, 0.0), min(middle + half, 1.0), NOTE)


def _auc(model: "HistGradientBoostingClassifier", pool: Cells, a: Indices, b: Indices) -> float:
    from sklearn.metrics import roc_auc_score

    X, y = pool[np.concatenate([a, b])], np.repeat([0, 1], [len(a), len(b)])
    # Both samples are already in random order, so rows alternate between the two folds.
    fold = np.concatenate([np.arange(len(a)), np.arange(len(b))]) % 2
    aucs: list[float] = []
    for held_out in (0, 1):
        train, test = fold != held_out, fold == held_out
        scores = model.fit(X[train], y[train]).decision_function(X[test])
        # Scores of two models have no common scale, hence one AUC per fold.
        aucs.append(float(roc_auc_score(y[test], scores)))
    return float(np.mean(aucs))
