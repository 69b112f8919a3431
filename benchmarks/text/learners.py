"""The learners: one linear classifier per encoder, a linear support vector machine, LightGBM, and nearest neighbors."""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

import numpy as np
from lightgbm import LGBMClassifier
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import average_precision_score, roc_auc_score
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import LinearSVC

#: Strength of the linear learner per encoder; it and STANDARDIZED were chosen on draws 100 to 102 of sms_spam,
#: chinese_reviews and film_reviews, with nothing else done.
STRENGTHS: Mapping[str, float] = MappingProxyType(
    {"words": 10.0, "words_and_characters": 10.0, "reduced": 1.0, "static": 0.01, "sentence": 0.01}
)
#: Encoders whose numbers are standardized for linear learners and nearest neighbors.
STANDARDIZED = ("static", "sentence")

Maker = Callable[[str, int, str | None], Any]


def linear(encoder: str, seed: int = 0, class_weight: str | None = None) -> Any:  # noqa: ANN401 - or a pipeline
    """Return logistic regression with the penalty that suits an encoder."""
    model = LogisticRegression(C=STRENGTHS[encoder], max_iter=2000, random_state=seed, class_weight=class_weight)
    return make_pipeline(StandardScaler(), model) if encoder in STANDARDIZED else model


def _svm(encoder: str, seed: int, class_weight: str | None) -> LinearSVC:
    del encoder
    return LinearSVC(random_state=seed, class_weight=class_weight)


def _lightgbm(encoder: str, seed: int, class_weight: str | None) -> LGBMClassifier:
    del encoder
    return LGBMClassifier(random_state=seed, n_jobs=1, verbose=-1, class_weight=class_weight)


def _neighbors(encoder: str, seed: int, class_weight: str | None) -> Any:  # noqa: ANN401 - or a pipeline
    del seed, class_weight
    model = KNeighborsClassifier(15, weights="distance")
    return make_pipeline(StandardScaler(), model) if encoder in STANDARDIZED else model


LEARNERS: Mapping[str, Maker] = MappingProxyType(
    {"linear": linear, "svm": _svm, "neighbors": _neighbors, "lightgbm": _lightgbm}
)


def rare_scores(classifier: Any, X: Any) -> NDArray[np.float64]:  # noqa: ANN401 - any classifier, a sparse or dense matrix
    """Return how likely rows are rare, on any scale that keeps their order."""
    if hasattr(classifier, "decision_function"):
        return np.asarray(classifier.decision_function(X), np.float64)
    return np.asarray(classifier.predict_proba(X)[:, 1], np.float64)


def judge(is_rare: NDArray[np.bool_], scores: NDArray[np.float64]) -> dict[str, float]:
    """Return average precision and the area under the ROC curve."""
    return {
        "average_precision": round(float(average_precision_score(is_rare, scores)), 5),
        "roc_auc": round(float(roc_auc_score(is_rare, scores)), 5),
    }
