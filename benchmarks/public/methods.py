"""Methods of this benchmark: from a learner, a seed and the sharing of a fold to a classifier.

Samplers fill the rare class up, and the learner decides without a correction, as in the published figures. Ensembles
decide as they do by themselves: bags, the mixture and taught learners at the natural class shares, the ensembles of
other packages at equal ones.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from imblearn.over_sampling import RandomOverSampler
from numpy.typing import NDArray
from sklearn.base import BaseEstimator, ClassifierMixin, clone
from sklearn.pipeline import Pipeline, make_pipeline

from benchmarks.quality import ensembles, peers
from benchmarks.quality.methods import SharedRows
from imbgan.ensemble import DistilledClassifier, GANBaggingClassifier
from imbgan.ensemble.samplers import LocalGaussianSampler, TableSampler, TableSMOTE
from imbgan.ensemble.weights import weight_parameter
from imbgan.strategies import SharedGANOverSampler, Sharing

Make = Callable[[Any, int, Sharing, int], Any]
#: The learner of a method that is a classifier of its own.
OWN = "own"


@dataclass(frozen=True)
class Method:
    """A way to make a classifier from a learner, a seed, the sharing of a fold and a number of members.

    Parameters
    ----------
    make : callable
    has_own_learner : bool, default=False
        Whether it is a classifier of its own. ``make`` then gets the list of all learners instead of one.
    needs_weights : bool, default=False
        Whether its learner must take weights; other learners have no figures.
    """

    make: Make
    has_own_learner: bool = False
    needs_weights: bool = False

    def takes(self, learner: Pipeline) -> bool:
        """Return whether the method can train a learner."""
        return not self.needs_weights or weight_parameter(learner) is not None


class Resampled(ClassifierMixin, BaseEstimator):
    """A learner that is fitted on what a sampler returns, and decides without a correction."""

    def __init__(self, sampler: Any, learner: Any) -> None:  # noqa: ANN401 - any sampler and classifier
        self.sampler = sampler
        self.learner = learner

    def fit(self, X: object, y: NDArray[np.intp]) -> Self:
        """Fit the learner on the resampled table."""
        self.learner_ = clone(self.learner).fit(*self.sampler.fit_resample(X, y))
        self.classes_ = self.learner_.classes_
        return self

    def predict(self, X: object) -> NDArray[np.intp]:
        """Return the classes that the learner predicts."""
        return self.learner_.predict(X)

    def predict_proba(self, X: object) -> NDArray[np.float64]:
        """Return the probabilities of the learner."""
        return self.learner_.predict_proba(X)


def _sampled(name: str, make_sampler: Callable[[int, Sharing], Any]) -> Make:
    """Return a method whose rows are made once for all learners."""

    def make(learner: Pipeline, seed: int, sharing: Sharing, n_members: int) -> Resampled:
        del n_members
        return Resampled(SharedRows(make_sampler(seed, sharing), f"rows of {name}").within(sharing), learner)

    return make


def _ensemble(make_ensemble: Callable[[Any, int, int], Any]) -> Make:
    def make(learner: Pipeline, seed: int, sharing: Sharing, n_members: int) -> Pipeline:
        del sharing
        return make_pipeline(clone(learner[:-1]), make_ensemble(learner[-1], seed, n_members))

    return make


def _bags(make_sampler: Callable[[int, Sharing], Any] | None) -> Make:
    def make(learner: Pipeline, seed: int, sharing: Sharing, n_members: int) -> GANBaggingClassifier:
        settings: dict[str, Any] = {"n_estimators": n_members, "random_state": seed}
        if make_sampler is None:
            return GANBaggingClassifier(learner, generated=0.0, **settings)
        return GANBaggingClassifier(learner, make_sampler(seed, sharing), **settings)

    return make


def _none(learner: Pipeline, seed: int, sharing: Sharing, n_members: int) -> Pipeline:
    del seed, sharing, n_members
    return learner


def _mixture(learners: Sequence[Pipeline], seed: int, sharing: Sharing, n_members: int) -> GANBaggingClassifier:
    del learners, sharing, n_members
    return GANBaggingClassifier(n_estimators=0, untouched=True, random_state=seed)


def _mixture_of_learners(
    learners: Sequence[Pipeline], seed: int, sharing: Sharing, n_members: int
) -> GANBaggingClassifier:
    del sharing, n_members
    return GANBaggingClassifier(list(learners), n_estimators=0, untouched=True, random_state=seed)


def _mixture_of_self_paced(
    learners: Sequence[Pipeline], seed: int, sharing: Sharing, n_members: int
) -> GANBaggingClassifier:
    around = _ensemble(ensembles.self_paced)
    members = [around(learner, seed, sharing, n_members) for learner in learners]
    return _mixture_of_learners(members, seed, sharing, n_members)


def _distilled(learner: Pipeline, seed: int, sharing: Sharing, n_members: int) -> DistilledClassifier:
    del n_members
    return DistilledClassifier(learner, random_state=seed).within(sharing)


def _gan(seed: int, sharing: Sharing) -> SharedGANOverSampler:
    return SharedGANOverSampler(random_state=seed).within(sharing)


def _local_gaussian(seed: int, sharing: Sharing) -> TableSampler:
    del sharing
    return TableSampler(LocalGaussianSampler(random_state=seed), random_state=seed)


METHODS: dict[str, Method] = {
    "none": Method(_none),
    "random_over": Method(_sampled("random_over", lambda seed, sharing: RandomOverSampler(random_state=seed))),
    "smote": Method(_sampled("smote", lambda seed, sharing: TableSMOTE(random_state=seed))),
    "polynom_fit_smote": Method(
        _sampled(
            "polynom_fit_smote", lambda seed, sharing: peers.SmoteVariants("polynom_fit_SMOTE_star", random_state=seed)
        )
    ),
    "prowsyn": Method(
        _sampled("prowsyn", lambda seed, sharing: peers.SmoteVariants("ProWSyn", random_state=seed)),
    ),
    "local_gaussian": Method(_sampled("local_gaussian", _local_gaussian)),
    "gan": Method(_sampled("gan", _gan)),
    "under_bagging": Method(_ensemble(ensembles.under_bagging)),
    "self_paced_ensemble": Method(_ensemble(ensembles.self_paced)),
    "bags": Method(_bags(None)),
    "local_gaussian_bagging": Method(_bags(_local_gaussian)),
    "gan_bagging": Method(_bags(_gan)),
    "mixture": Method(_mixture, has_own_learner=True),
    "mixture_of_learners": Method(_mixture_of_learners, has_own_learner=True),
    "mixture_of_self_paced": Method(_mixture_of_self_paced, has_own_learner=True),
    "distilled": Method(_distilled, needs_weights=True),
}

#: What others have, and what this package has; ours are tested against theirs. An average of ensembles of others is
#: neither.
THEIRS = (
    "none",
    "random_over",
    "smote",
    "polynom_fit_smote",
    "prowsyn",
    "under_bagging",
    "self_paced_ensemble",
)
OURS = tuple(name for name in METHODS if name not in (*THEIRS, "mixture_of_self_paced"))
