"""The two-sample AUC: how well a classifier distinguishes real from generated rows."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

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
# Trees, and their leaves: all splits of a classifier together use at most 30 * 7 = 210 columns.
N_TREES, N_LEAVES = 30, 8
# Of more columns, those that tell most apart alone are given to the trees.
MAX_COLUMNS = 256
NOTE = "at 0.5 the rows cannot be distinguished; below 0.5, rows that repeat real ones confuse the classifier"


def two_sample_auc(
    fields: Sequence[Field], real: Cells, synthetic: Cells, splits: Splits, rng: np.random.Generator
) -> Measure:
    """Return the ROC AUC of a boosted classifier of real against generated rows, cross-fitted.

    There are two folds, so that training and judging use equally many rows at low cost. Of many columns, each fold
    gives the 256 most telling ones to the trees, which could not use more. The baseline does the same with
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
        max_iter=N_TREES,
        learning_rate=0.2,
        max_leaf_nodes=N_LEAVES,
        min_samples_leaf=min(20, max(2, size // 10)),
        max_bins=MAX_LEVELS,
        early_stopping=False,  # pyright: ignore[reportArgumentType] - an incomplete type
        random_state=int(rng.integers(2**31)),
    )
    values, baselines = (
        np.array([_auc(model, pool, is_category, a, b) for a, b in zip(splits.real[:N_SPLITS], other, strict=False)])
        for other in (splits.synthetic, splits.peer)
    )
    # The standard deviation of a Mann-Whitney statistic is a lower bound, since few splits can agree by chance.
    least = ((2 * size + 1) / (12 * size * size)) ** 0.5
    half = 1.96 * max(float(baselines.std(ddof=1)), least)
    middle = float(baselines.mean())
    return Measure(name, float(values.mean()), middle, max(middle - half, 0.0), min(middle + half, 1.0), NOTE)


def _auc(
    model: "HistGradientBoostingClassifier", pool: Cells, is_category: NDArray[np.bool_], a: Indices, b: Indices
) -> float:
    from sklearn.metrics import roc_auc_score

    X, y = pool[np.concatenate([a, b])], np.repeat([0, 1], [len(a), len(b)])
    # Both samples are already in random order, so rows alternate between the two folds.
    fold = np.concatenate([np.arange(len(a)), np.arange(len(b))]) % 2
    aucs: list[float] = []
    for held_out in (0, 1):
        train, test = fold != held_out, fold == held_out
        used = telling_columns(X[train], y[train])
        model.set_params(categorical_features=is_category[used])
        scores = model.fit(X[train][:, used], y[train]).decision_function(X[test][:, used])
        # Scores of two models have no common scale, hence one AUC per fold.
        aucs.append(float(roc_auc_score(y[test], scores)))
    return float(np.mean(aucs))


def telling_columns(X: Cells, y: NDArray[np.integer]) -> NDArray[np.intp]:
    """Return, in their order, the 256 columns whose means or spreads differ most between the samples 0 and 1.

    With at most 256 columns, all of them. The choice belongs to the classifier: it sees training rows alone.
    """
    if X.shape[1] <= MAX_COLUMNS:
        return np.arange(X.shape[1])
    spread = X.std(axis=0)
    scaled = (X - X.mean(axis=0)) / np.where(spread > 0, spread, 1.0)
    gaps = [np.abs(part[y == 1].mean(axis=0) - part[y == 0].mean(axis=0)) for part in (scaled, scaled**2)]
    return np.sort(np.argsort(-np.maximum(*gaps), kind="stable")[:MAX_COLUMNS])
