"""Methods by name: from a classifier to a classifier that does something about the rare class."""

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, Self

import numpy as np
from imblearn.ensemble import BalancedRandomForestClassifier, EasyEnsembleClassifier
from numpy.typing import NDArray
from sklearn.base import BaseEstimator, clone
from sklearn.pipeline import make_pipeline

from benchmarks.quality import peers
from benchmarks.quality.tables import Split
from imbgan.comparison import TablePreprocessor, make_estimator
from imbgan.ensemble import GANBaggingClassifier, PriorCorrectedClassifier
from imbgan.ensemble.prior import correct_prior, weight_parameter
from imbgan.ensemble.samplers import LocalGaussianSampler, TableSampler, TableSMOTE
from imbgan.strategies import STRATEGIES, AutoBalancedClassifier
from imbgan.strategies.auto import DEFAULT_CANDIDATES

LEARNERS = ("logistic_regression", "k_neighbors", "decision_tree", "random_forest", "lightgbm", "mlp")
OWN = "own"

Make = Callable[[Any, int], Any]


@dataclass(frozen=True)
class Method:
    """A named method; ``has_own_learner`` says that it is a classifier of its own."""

    name: str
    make: Make
    has_own_learner: bool = False


class Prediction(NamedTuple):
    """Probabilities of the test rows (n_test, n_classes), and the seconds that the learner took."""

    learner: str
    p: NDArray[np.float64]
    seconds: float
    sampler_seconds: float | None = None
    n_repeated: int | None = None  # rows that a peer could not make, so that real ones were repeated instead


class _Made(NamedTuple):
    """What a sampler made of the training rows."""

    X: Any
    y: NDArray[np.intp]
    weights: NDArray[np.float64] | None
    seconds: float
    n_repeated: int | None


def aligned(p: NDArray[np.float64], classes: NDArray[np.generic], n_classes: int) -> NDArray[np.float64]:
    """Return probabilities with one column for each class of the task, also those that training did not have."""
    full = np.zeros((len(p), n_classes))
    full[:, np.asarray(classes, np.intp)] = p
    return full


def predict(method: Method, split: Split, learners: Sequence[str], seed: int) -> Iterator[Prediction]:
    """Fit every learner by the method and predict the test rows.

    Rows of a sampler are made once and shared by the learners.
    """
    n_classes = int(max(split.y_train.max(), split.y_test.max())) + 1
    made: _Made | None = None
    for learner in (OWN,) if method.has_own_learner else learners:
        estimator = None if method.has_own_learner else make_estimator(learner, seed)
        classifier = method.make(estimator, seed)
        if not isinstance(classifier, PriorCorrectedClassifier):
            began = time.perf_counter()
            classifier.fit(split.X_train, split.y_train)
            seconds = time.perf_counter() - began
            p, known = classifier.predict_proba(split.X_test), classifier.classes_
            yield Prediction(learner, aligned(p, known, n_classes), seconds)
            continue
        if made is None:
            made = _resample(classifier, split)
        X, y, weights, sampler_seconds, n_repeated = made
        if weights is not None and weight_parameter(classifier.estimator) is None:
            continue  # a learner that takes no weights has no line
        began = time.perf_counter()
        fitted = clone(classifier.estimator)
        fitted.fit(X, y, **({} if weights is None else {weight_parameter(fitted): weights}))
        seconds = time.perf_counter() - began
        natural, learned = (
            np.bincount(codes, w)[fitted.classes_] for codes, w in ((split.y_train, None), (y, weights))
        )
        p = correct_prior(fitted.predict_proba(split.X_test), learned, natural)
        yield Prediction(learner, aligned(p, fitted.classes_, n_classes), seconds, sampler_seconds, n_repeated)


def _resample(classifier: PriorCorrectedClassifier, split: Split) -> _Made:
    """Make the rows that every learner is fitted on."""
    X, y, sampler = split.X_train, split.y_train, None
    began = time.perf_counter()
    if classifier.sampler is not None:
        sampler = clone(classifier.sampler)
        X, y = sampler.fit_resample(X, y)
        y = np.asarray(y)
    seconds = time.perf_counter() - began
    weights = sampler.sample_weight_ if classifier.sample_weight == "sampler" else None
    if classifier.sample_weight == "balanced":
        weights = (len(y) / (len(np.unique(y)) * np.bincount(y)))[y]
    return _Made(X, y, weights, seconds, getattr(sampler, "n_repeated_", None))


def resampled(make_sampler: Callable[[int], Any], sample_weight: str | None = None) -> Make:
    """Return a method that fits on what a sampler returns."""
    return lambda estimator, seed: PriorCorrectedClassifier(estimator, make_sampler(seed), sample_weight=sample_weight)


class _AtNaturalShares(BaseEstimator):
    """A classifier that balances by itself, with its odds corrected to the shares of the table."""

    def __init__(self, estimator: Any) -> None:  # noqa: ANN401 - any classifier
        self.estimator = estimator

    def fit(self, X: object, y: NDArray[np.intp]) -> Self:
        """Fit the classifier behind the preparation that all learners have."""
        self.pipeline_ = make_pipeline(TablePreprocessor(), clone(self.estimator)).fit(X, y)
        self.classes_, self.counts_ = np.unique(y, return_counts=True)
        return self

    def predict_proba(self, X: object) -> NDArray[np.float64]:
        """Return probabilities at the natural class shares."""
        return correct_prior(self.pipeline_.predict_proba(X), np.ones(len(self.counts_)), self.counts_)


def _own(make: Callable[[int], Any]) -> Make:
    return lambda estimator, seed: _AtNaturalShares(make(seed))


def _bagging(make_sampler: Callable[[int], Any] | None) -> Make:
    """Return the bags of GANBaggingClassifier with rows of another sampler, or none."""
    if make_sampler is None:
        return lambda estimator, seed: GANBaggingClassifier(estimator, generated=0.0, random_state=seed)
    return lambda estimator, seed: GANBaggingClassifier(estimator, make_sampler(seed), random_state=seed)


def _smote_variant(name: str) -> Make:
    return resampled(lambda seed: peers.SmoteVariants(name, random_state=seed))


def _auto_without_gan(estimator: Any, seed: int) -> AutoBalancedClassifier:  # noqa: ANN401 - any classifier
    names = [name for name in DEFAULT_CANDIDATES if not name.startswith("gan")]
    return AutoBalancedClassifier(estimator, names, random_state=seed)


#: The methods of the main runs in the order in which they run; those that share a generator follow one another.
METHODS: dict[str, Method] = {
    method.name: method
    for method in (
        *(Method(name, STRATEGIES[name].make) for name in ("none", "class_weight", "random_over", "random_under")),
        *(Method(name, STRATEGIES[name].make) for name in ("smote", "borderline_smote", "adasyn")),
        *(Method(name, STRATEGIES[name].make) for name in ("smote_tomek", "smote_enn", "local_gaussian")),
        Method("polynom_fit_smote", _smote_variant("polynom_fit_SMOTE_star")),
        Method("prowsyn", _smote_variant("ProWSyn")),
        Method(
            "balanced_random_forest",
            _own(lambda seed: BalancedRandomForestClassifier(200, random_state=seed)),
            has_own_learner=True,
        ),
        Method("easy_ensemble", _own(lambda seed: EasyEnsembleClassifier(random_state=seed)), has_own_learner=True),
        *(Method(name, STRATEGIES[name].make) for name in ("gan", "gan_0.1", "gan_0.3", "gan_weighted")),
        Method("gan_bagging", STRATEGIES["gan_bagging"].make),
        Method("bags", _bagging(None)),
        Method("smote_bagging", _bagging(lambda seed: TableSMOTE(random_state=seed))),
        Method(
            "local_gaussian_bagging",
            _bagging(lambda seed: TableSampler(LocalGaussianSampler(random_state=seed), random_state=seed)),
        ),
        Method("auto", STRATEGIES["auto"].make),
        Method("auto_without_gan", _auto_without_gan),
    )
}

#: Generators of other packages: a fit takes a minute or more.
SLOW_METHODS: dict[str, Method] = {
    method.name: method
    for method in (
        Method("ctgan", resampled(lambda seed: peers.CTGANSampler(random_state=seed))),
        Method("tvae", resampled(lambda seed: peers.TVAESampler(random_state=seed))),
        Method("ctdgan", resampled(lambda seed: peers.CTDGANSampler(random_state=seed))),
    )
}
