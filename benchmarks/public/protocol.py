"""The protocol: stratified folds, the learners of a publication, and the figures of one repeat.

ConvGeN's: five repeats of five stratified folds; logistic regression, 10 neighbors, random forest and gradient boosting
with the settings of its authors; F1 and Cohen's kappa of what a method predicts, and average precision. F1 is also
given at the threshold that was best on the other folds. CLIMB's: five folds, trees, macro average precision.
"""

import time
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from sklearn.compose import make_column_selector, make_column_transformer
from sklearn.ensemble import GradientBoostingClassifier, RandomForestClassifier
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import average_precision_score, cohen_kappa_score, f1_score
from sklearn.model_selection import StratifiedKFold
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import OrdinalEncoder
from sklearn.tree import DecisionTreeClassifier

from benchmarks.public.methods import OWN, Make, Method
from benchmarks.public.sets import Table
from imbgan._threads import one_thread
from imbgan.learners import make_estimator
from imbgan.strategies import Sharing
from imbgan.strategies.thresholds import threshold_metrics, thresholds

N_SPLITS = 5
METRICS = ("f1", "f1_tuned", "kappa", "average_precision")
Floats = NDArray[np.float64]
Learners = Mapping[str, Callable[[int], Pipeline]]


def _coded(classifier: Any) -> Pipeline:  # noqa: ANN401 - any classifier
    """Return a classifier of categories as codes, as the package hands them out; gaps of numbers become the median."""
    codes = OrdinalEncoder(handle_unknown="use_encoded_value", unknown_value=-1, encoded_missing_value=-1)
    matrix = make_column_transformer(
        (codes, make_column_selector(dtype_include="category")),
        remainder=SimpleImputer(strategy="median", keep_empty_features=True),
    )
    return make_pipeline(matrix, classifier)


#: The learners of ConvGeN, with the settings of its authors; a linear model gets weights of 1 and 1.3.
CONVGEN: Learners = {
    "logistic_regression": lambda seed: _coded(
        LogisticRegression(C=1e5, max_iter=10_000, class_weight={0: 1.0, 1: 1.3})
    ),
    "k_neighbors": lambda seed: _coded(KNeighborsClassifier(10)),
    "random_forest": lambda seed: _coded(RandomForestClassifier(random_state=seed)),
    "gradient_boosting": lambda seed: _coded(GradientBoostingClassifier(random_state=seed)),
}
#: Those of the study: the same, and a tree, which is quick.
STUDY: Learners = {**CONVGEN, "decision_tree": lambda seed: _coded(DecisionTreeClassifier(random_state=seed))}
#: CLIMB's ensembles are made of trees.
CLIMB: Learners = {"decision_tree": lambda seed: make_estimator("decision_tree", seed)}


class Fold(NamedTuple):
    """Rows of one fold."""

    train: NDArray[np.intp]
    test: NDArray[np.intp]


class Predicted(NamedTuple):
    """What a method predicts for the test rows of a fold."""

    classes: NDArray[np.intp]
    probabilities: Floats


def folds_of(y: NDArray[np.intp], repeat: int) -> list[Fold]:
    """Return five stratified folds. Equal rows may part, as they do in the published protocols."""
    folds = StratifiedKFold(N_SPLITS, shuffle=True, random_state=repeat)
    return [Fold(train, test) for train, test in folds.split(y, y)]


def predict(
    make: Make,
    learner: Pipeline | Sequence[Pipeline],
    table: Table,
    fold: Fold,
    *,
    seed: int,
    sharing: Sharing,
    n_members: int,
) -> Predicted:
    """Fit a method on the training rows of a fold and predict the others."""
    X, y = table
    with one_thread(), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        model = make(learner, seed, sharing, n_members)
        model.fit(X.iloc[fold.train].reset_index(drop=True), y[fold.train])
        X_test = X.iloc[fold.test].reset_index(drop=True)
        probabilities = np.zeros((len(fold.test), int(y.max()) + 1))
        probabilities[:, model.classes_] = model.predict_proba(X_test)
        return Predicted(np.asarray(model.predict(X_test)), probabilities)


def score(y: NDArray[np.intp], folds: Sequence[Fold], predicted: Sequence[Predicted]) -> dict[str, float]:
    """Return the means over the folds; with more than two classes, means over the classes, and no tuned threshold."""
    n_classes = int(y.max()) + 1
    found: dict[str, list[float]] = {name: [] for name in METRICS}
    for i, (fold, one) in enumerate(zip(folds, predicted, strict=True)):
        truth = y[fold.test]
        found["kappa"].append(float(cohen_kappa_score(truth, one.classes)))
        if n_classes > 2:
            found["f1"].append(float(f1_score(truth, one.classes, average="macro")))
            found["average_precision"].append(_macro(truth, one.probabilities))
            continue
        p = one.probabilities[:, 1]
        found["f1"].append(float(f1_score(truth, one.classes)))
        found["average_precision"].append(float(average_precision_score(truth, p)))
        others = [j for j in range(len(folds)) if j != i]
        cut = thresholds(
            np.concatenate([y[folds[j].test] == 1 for j in others]),
            np.concatenate([predicted[j].probabilities[:, 1] for j in others]),
            ["f1"],
        )["f1"]
        found["f1_tuned"].append(float(threshold_metrics(truth == 1, p >= cut)["f1"] or 0.0))
    return {name: round(float(np.mean(values)), 5) for name, values in found.items() if values}


def _macro(truth: NDArray[np.intp], probabilities: Floats) -> float:
    present = np.unique(truth)
    return float(np.mean([average_precision_score(truth == code, probabilities[:, code]) for code in present]))


def run_repeat(
    table: Table, repeat: int, methods: Mapping[str, Method], learners: Learners, n_members: int
) -> Iterator[dict[str, Any]]:
    """Yield, for each method, the figures and seconds of its learners over the folds of one repeat.

    A method that fails says why, and stops no other. One that is a classifier of its own has a single learner, "own".
    """
    y = table[1]
    folds = folds_of(y, repeat)
    sharings = [Sharing() for _ in folds]  # generators are trained once for all methods of a fold
    for name, method in methods.items():
        line: dict[str, Any] = {"method": name, "status": "ok", "reason": "", "learners": {}}
        for learner, unfitted in learners_of(method, learners, repeat).items():
            began = time.perf_counter()
            try:
                predicted = [
                    predict(method.make, unfitted, table, fold, seed=repeat, sharing=sharing, n_members=n_members)
                    for fold, sharing in zip(folds, sharings, strict=True)
                ]
            except Exception as error:
                line["status"] = "failed"
                line["reason"] = f"{learner}: {type(error).__name__}: {' '.join(str(error).split())[:200]}"
                break
            seconds = round(time.perf_counter() - began, 3)
            line["learners"][learner] = {**score(y, folds, predicted), "seconds": seconds}
        yield line


def learners_of(method: Method, learners: Learners, seed: int) -> dict[str, Any]:
    """Return the unfitted learners that a method trains; a classifier of its own gets all of them at once."""
    unfitted = {name: make(seed) for name, make in learners.items()}
    if method.has_own_learner:
        return {OWN: list(unfitted.values())}
    return {name: learner for name, learner in unfitted.items() if method.takes(learner)}
