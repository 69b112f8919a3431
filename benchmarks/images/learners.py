"""The learners, and how an arm uses them."""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

import numpy as np
from lightgbm import LGBMClassifier
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import balanced_accuracy_score

from benchmarks.images import network
from benchmarks.images.arms import NETWORK_ARMS, ROW_ARMS, SHARE, Arm, images_of, rows_of
from benchmarks.images.material import Material
from benchmarks.images.network import Floats, Network, Recipe
from benchmarks.images.sets import Codes, Part

NETWORK = "network"
DIVISORS = (1.0, 2.0, 4.0, 8.0, 16.0)


def _boosting(seed: int, class_weight: str | None) -> Any:  # noqa: ANN401 - any classifier
    return LGBMClassifier(
        n_estimators=100,
        num_leaves=15,
        min_child_samples=5,
        class_weight=class_weight,
        random_state=seed,
        n_jobs=1,
        verbosity=-1,
    )


def _logistic(seed: int, class_weight: str | None) -> Any:  # noqa: ANN401 - any classifier
    return LogisticRegression(max_iter=300, class_weight=class_weight, random_state=seed)


class RowLearner(NamedTuple):
    """A learner of rows, and what a row is.

    Attributes
    ----------
    view : {"components", "features"}
    build : callable
        Takes a seed and ``"balanced"`` or None; returns a classifier.
    divisors : tuple of float
        Rows are divided by one of them, the one with the best macro accuracy on validation images, for every arm
        anew: the strength of a penalty that suits real rows does not suit others.
    """

    view: str
    build: Callable[[int, str | None], Any]
    divisors: tuple[float, ...] = (1.0,)


#: By name; the network is the other learner.
ROW_LEARNERS: Mapping[str, RowLearner] = MappingProxyType(
    {
        "logistic_components": RowLearner("components", _logistic, DIVISORS),
        "lightgbm_components": RowLearner("components", _boosting),
        "logistic_features": RowLearner("features", _logistic, DIVISORS),
        "lightgbm_features": RowLearner("features", _boosting),
    }
)
LEARNERS = (NETWORK, *ROW_LEARNERS)


def arms_of(learner: str) -> Mapping[str, Arm]:
    """Return the arms that fit a learner."""
    if learner == NETWORK:
        return NETWORK_ARMS
    view = ROW_LEARNERS[learner].view
    return {name: arm for name, arm in ROW_ARMS.items() if view == "features" or not name.startswith("feature_")}


class Scores(NamedTuple):
    """Scores of test or validation images, one column per class: the highest one is predicted."""

    values: NDArray[np.floating]
    n_rows: int
    divisor: float = 1.0


def scores(material: Material, learner: str, arm: Arm, X: NDArray[np.uint8], at_least: int) -> Scores:
    """Train a learner as an arm says, and return its scores of images."""
    if learner == NETWORK:
        part = images_of(material, arm, at_least)
        return Scores(_adjusted(material, arm, _network(material, arm, part).logits(X)), len(part.y))
    kind, validation = ROW_LEARNERS[learner], material.subset.validation
    rows, known = rows_of(material, arm, kind.view, at_least), material.rows_of(kind.view, validation.X)
    frequency = draw_with(material, arm, rows.y) if arm.as_real else None
    weights = None if frequency is None else frequency / frequency.mean()
    best, best_found = -1.0, None
    for divisor in kind.divisors:
        model = kind.build(material.number, "balanced" if arm.prior == "weights" else None)
        model.fit(rows.X / np.float32(divisor), rows.y, weights)
        if len(kind.divisors) > 1:
            predicted = _adjusted(material, arm, _logs(model, known / np.float32(divisor))).argmax(axis=1)
            macro = float(balanced_accuracy_score(validation.y, predicted))
        else:
            macro = 0.0
        if macro > best:
            best, best_found = macro, (model, divisor)
    assert best_found is not None
    model, divisor = best_found
    found = _logs(model, material.rows_of(kind.view, X) / np.float32(divisor))
    return Scores(_adjusted(material, arm, found), len(rows.y), divisor)


def _logs(model: Any, rows: Floats) -> NDArray[np.floating]:  # noqa: ANN401 - any classifier
    return np.log(model.predict_proba(rows) + 1e-12)


def _adjusted(material: Material, arm: Arm, values: NDArray[np.floating]) -> NDArray[np.floating]:
    counts = material.subset.counts
    return values - np.log(counts / counts.sum()) if arm.prior == "post_hoc" else values


def _network(material: Material, arm: Arm, part: Part) -> Network:
    if arm == Arm(augment=True):
        return material.augmenting
    if arm == Arm(prior="loss", augment=True):
        return material.teacher
    if arm in (Arm(), Arm(prior="post_hoc")):
        return material.plain
    counts = material.subset.counts
    inverse, is_real = 1.0 / counts, np.arange(len(part.y)) < counts.sum()
    return network.fit(
        part.X,
        part.y,
        material.n_classes,
        Recipe(augment=arm.augment, mixup=arm.mixup),
        seed=material.number,
        draw_with=draw_with(material, arm, part.y),
        end_with=is_real.astype(np.float64) if arm.ends_real else None,
        adjustment=np.log(counts / counts.sum()) if arm.prior == "loss" else None,
        class_weights=inverse / inverse.mean() if arm.prior in ("weights", "deferred") else None,
        deferred=arm.prior == "deferred",
    )


def draw_with(material: Material, arm: Arm, y: Codes) -> NDArray[np.float64] | None:
    """Return how often a network draws each image relative to others; None if all are drawn alike.

    Parameters
    ----------
    material : Material
    arm : Arm
    y : ndarray of shape (n,), int
        Classes of the training images of the arm, real ones first.
    """
    if arm.prior != "sampling" and not arm.as_real and arm.with_copies:
        return None
    counts, own = material.subset.counts, np.bincount(y, minlength=material.n_classes)
    frequency = np.asarray(counts if arm.as_real else np.ones(len(counts)), np.float64)
    if arm.with_copies:
        return (frequency / own)[y]
    is_real = np.arange(len(y)) < counts.sum()
    within = np.where(is_real, (1.0 - SHARE) / counts[y], SHARE / (own - counts)[y])
    return np.asarray(within * frequency[y], np.float64)
