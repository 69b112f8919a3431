"""Measure which decisions cost least on rows that were not learned from.

``IMBGAN_DATA=... python -m benchmarks.costs`` cross-validates classifiers on real data sets of two classes, decides in
three ways at several ratios of costs, and prints what each way costs: a Markdown table of the geometric means of the
cost, divided by the cost of the cheaper rule without a classifier (an alarm for every row, or for none).
"""

import warnings
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray
from sklearn.model_selection import StratifiedKFold, train_test_split

from benchmarks.quality.tables import Case, codes
from imbgan.comparison import make_estimator
from imbgan.strategies import CANDIDATES, Costs
from imbgan.strategies.thresholds import cheapest_threshold
from imbgan.tabular import take

TABLES = ("haberman", "oil_spill", "mammography", "stroke", "credit_default", "ozone_8hr")
MAX_ROWS = 2000
LEARNERS = ("logistic_regression", "hist_gradient_boosting", "decision_tree")
STRATEGIES = ("none", "bagging")
#: What a missed row costs, if a false alarm costs 1.
RATIOS = (3, 10, 30, 100)
WAYS = ("the most probable class", "Bayes' threshold", "a tuned threshold")

Array = NDArray[np.float64]


def predicted(table: str, learner: str, strategy: str) -> tuple[NDArray[np.intp], list[NDArray[np.intp]], Array]:
    """Return class codes, the test rows of five folds, and the probability of the rare class for each row."""
    X, y = codes(Case(table, "binary", "natural"))
    if len(y) > MAX_ROWS:
        kept = train_test_split(np.arange(len(y)), train_size=MAX_ROWS, stratify=y, random_state=0)[0]
        X, y = X.iloc[kept].reset_index(drop=True), y[kept]
    folds = list(StratifiedKFold(5, shuffle=True, random_state=0).split(y, y))
    p = np.empty(len(y))
    for train, test in folds:
        model = CANDIDATES[strategy].build(make_estimator(learner), 0).fit(take(X, train), y[train])
        p[test] = model.predict_proba(take(X, test))[:, 1]
    return y, [test for _, test in folds], p


def spent(y: NDArray[np.intp], folds: list[NDArray[np.intp]], p: Array, ratio: int) -> dict[str, float]:
    """Return what each way to decide costs on the test rows, relative to the cheaper rule without a classifier."""
    costs = Costs.read([[0, 1], [ratio, 0]], [0, 1], np.bincount(y).tolist())
    total = dict.fromkeys(WAYS, 0.0)
    for test in folds:
        others = np.setdiff1d(np.arange(len(y)), test)  # of which the other models have seen none
        cuts = (0.5, costs.threshold(1), cheapest_threshold(y[others] == 1, p[others], costs, 1))
        for way, cut in zip(WAYS, cuts, strict=True):
            total[way] += len(test) * sum(costs.by_class(y[test], (p[test] >= cut).astype(np.intp)).values())
    rule = len(y) * min(costs.of_one_answer(np.bincount(y).tolist()).values())
    return {way: cost / rule for way, cost in total.items()}


def rows() -> Iterator[tuple[str, str, dict[str, Array]]]:
    """Yield learner, strategy, and the relative costs of each way over all tables and ratios."""
    for learner in LEARNERS:
        for strategy in STRATEGIES:
            found = [
                spent(*results, ratio)
                for results in (predicted(table, learner, strategy) for table in TABLES)
                for ratio in RATIOS
            ]
            yield learner, strategy, {way: np.array([each[way] for each in found]) for way in WAYS}


def main() -> None:
    """Print the table."""
    warnings.simplefilter("ignore")
    print(f"Tables: {', '.join(TABLES)}; at most {MAX_ROWS:,} rows. A missed row costs {RATIOS} false alarms.\n")
    print(f"| learner | strategy | {' | '.join(WAYS)} | tuned is cheaper than Bayes' |")
    print("| :-- | :-- | --: | --: | --: | --: |")
    for learner, strategy, found in rows():
        means = " | ".join(f"{np.exp(np.log(found[way]).mean()):.2f}" for way in WAYS)
        wins = np.mean(np.sign(found[WAYS[1]] - found[WAYS[2]]) / 2 + 0.5)
        print(f"| `{learner}` | `{strategy}` | {means} | {wins:.0%} |", flush=True)


if __name__ == "__main__":
    main()
