"""Methods by name: from a classifier to a classifier that does something about the rare class."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, NamedTuple

import joblib
import numpy as np
from imblearn.ensemble import BalancedRandomForestClassifier, EasyEnsembleClassifier
from numpy.typing import NDArray
from sklearn.base import clone

from benchmarks.quality import peers, tables
from benchmarks.quality.ensembles import AtNaturalShares, around, rusboost, self_paced, under_bagging
from benchmarks.quality.tree_generators import ARFSampler, ForestDiffusionSampler
from imbgan.comparison import make_estimator
from imbgan.ensemble import GANBaggingClassifier, PriorCorrectedClassifier
from imbgan.ensemble.samplers import LocalGaussianSampler, TableSampler, TableSMOTE
from imbgan.ensemble.weights import weight_parameter
from imbgan.oversampling.sharing import Sharer
from imbgan.strategies import STRATEGIES, AutoBalancedClassifier, Sharing, Split, Strategy, Trial, run_trial
from imbgan.strategies.auto import DEFAULT_CANDIDATES

LEARNERS = ("logistic_regression", "k_neighbors", "decision_tree", "random_forest", "lightgbm", "mlp")
OWN = "own"

Make = Callable[..., Any]


@dataclass(frozen=True)
class Method:
    """A named method, made as a strategy is; ``has_own_learner`` says that it is a classifier of its own.

    An oracle gets the rare rows that thinning left out, as ``spare``.
    """

    name: str
    make: Make
    has_own_learner: bool = False
    is_oracle: bool = False


class Prediction(NamedTuple):
    """One learner by one method, and the seconds that the learner took without its sampler."""

    learner: str
    trial: Trial
    seconds: float
    sampler_seconds: float | None = None
    n_repeated: int | None = None  # rows that a peer could not make, so that real ones were repeated instead


class SharedRows(Sharer):
    """A sampler whose rows are made once for all learners of a method; some take minutes.

    Parameters
    ----------
    sampler : sampler
    key : str
        Name of the method; its rows of one table are kept under it in the sharing of the fold.
    sampling_strategy : as in imbalanced-learn, or None, default=None
        None keeps that of the sampler.
    """

    def __init__(self, sampler: Any, key: str, sampling_strategy: Any = None) -> None:  # noqa: ANN401 - any sampler
        self.sampler = sampler
        self.key = key
        self.sampling_strategy = sampling_strategy

    def fit_resample(self, X: object, y: object) -> tuple[Any, NDArray[np.generic]]:
        """Return what the sampler returned when it was first asked."""
        sharing = self._sharing or Sharing()
        key = f"{self.key} {joblib.hash((X, y, self.sampling_strategy))}"
        self.sampler_, X_made, y_made = sharing.once(key, lambda: self._make(X, y))
        self.seconds_ = sharing.cost(key)
        return X_made, y_made

    def _make(self, X: object, y: object) -> tuple[Any, Any, NDArray[np.generic]]:
        sampler = clone(self.sampler)
        if self.sampling_strategy is not None:
            sampler.set_params(sampling_strategy=self.sampling_strategy)
        return (sampler, *sampler.fit_resample(X, y))

    @property
    def sample_weight_(self) -> NDArray[np.float64]:
        """Weights that the sampler gave; AttributeError if it gives none."""
        return self.sampler_.sample_weight_


def predict(
    method: Method, split: tables.Split, learners: Sequence[str], seed: int, sharing: Sharing
) -> Iterator[Prediction]:
    """Try a method with every learner; rows of its sampler are made once."""
    n_classes = int(max(split.y_train.max(), split.y_test.max())) + 1
    part = Split(split.X_train, split.y_train, split.X_test, np.arange(n_classes))

    def make(estimator: Any, seed: int, sharing: Sharing) -> Any:  # noqa: ANN401 - any classifier
        known = partial(method.make, spare=split.X_spare) if method.is_oracle else method.make
        classifier = Strategy(method.name, "", known).build(estimator, seed, sharing)
        if isinstance(classifier, PriorCorrectedClassifier) and classifier.sampler is not None:
            rows = SharedRows(classifier.sampler, f"rows of {method.name}").within(sharing)
            classifier.set_params(sampler=rows)
        return classifier

    strategy = Strategy(method.name, "", make)
    for learner in (OWN,) if method.has_own_learner else learners:
        estimator = None if method.has_own_learner else make_estimator(learner, seed)
        if _lacks_weights(make(estimator, seed, sharing)):
            continue  # a learner that takes no weights has no line
        trial = run_trial(strategy, estimator, part, seed=seed, sharing=sharing)
        rows = getattr(trial.classifier, "sampler_", None)
        if isinstance(rows, SharedRows):
            n_repeated = getattr(rows.sampler_, "n_repeated_", None)
            yield Prediction(learner, trial, trial.seconds - rows.seconds_, rows.seconds_, n_repeated)
        else:
            yield Prediction(learner, trial, trial.seconds)


def _lacks_weights(classifier: Any) -> bool:  # noqa: ANN401 - any classifier
    if isinstance(classifier, AtNaturalShares):
        return classifier.lacks_weights
    needs = isinstance(classifier, PriorCorrectedClassifier) and classifier.sample_weight is not None
    return needs and weight_parameter(classifier.estimator) is None


def resampled(make_sampler: Callable[..., Any], sample_weight: str | None = None) -> Make:
    """Return a method that fits on what a sampler returns; the sampler is made from a seed and the sharing."""

    def make(estimator: Any, seed: int, sharing: Sharing | None = None) -> PriorCorrectedClassifier:  # noqa: ANN401
        sampler = make_sampler(seed, sharing)
        return PriorCorrectedClassifier(estimator, sampler, sample_weight=sample_weight)

    return make


def _own(make: Callable[[int], Any]) -> Make:
    return lambda estimator, seed: AtNaturalShares(make(seed))


def _bagging(make_sampler: Callable[[int], Any] | None) -> Make:
    """Return the bags of GANBaggingClassifier with rows of another sampler, or none."""
    if make_sampler is None:
        return lambda estimator, seed: GANBaggingClassifier(estimator, generated=0.0, random_state=seed)
    return lambda estimator, seed: GANBaggingClassifier(estimator, make_sampler(seed), random_state=seed)


def _slow_bagging(name: str, make_sampler: Callable[[int], Any]) -> Method:
    """Return the same bags with rows that take long, made once for all learners."""

    def make(estimator: Any, seed: int, sharing: Sharing | None = None) -> GANBaggingClassifier:  # noqa: ANN401
        rows = SharedRows(make_sampler(seed), f"rows of {name}").within(sharing)
        return GANBaggingClassifier(estimator, rows, random_state=seed)

    return Method(name, make)


def _smote_variant(name: str) -> Make:
    return resampled(lambda seed, sharing: peers.SmoteVariants(name, random_state=seed))


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
        Method("under_bagging", around(under_bagging)),
        Method("self_paced_ensemble", around(self_paced)),
        Method("rusboost", around(rusboost, needs_weights=True)),
        *(Method(name, STRATEGIES[name].make) for name in ("gan", "gan_0.1", "gan_0.3", "gan_weighted")),
        Method("gan_bagging", STRATEGIES["gan_bagging"].make),
        Method("bags", _bagging(None)),
        Method("smote_bagging", _bagging(lambda seed: TableSMOTE(random_state=seed))),
        Method(
            "local_gaussian_bagging",
            _bagging(lambda seed: TableSampler(LocalGaussianSampler(random_state=seed), random_state=seed)),
        ),
        Method("mixture", STRATEGIES["mixture"].make, has_own_learner=True),
        Method("auto", STRATEGIES["auto"].make),
        Method("auto_without_gan", _auto_without_gan),
    )
}

#: Generators of other packages: a fit takes a minute or more.
SLOW_METHODS: dict[str, Method] = {
    method.name: method
    for method in (
        Method("ctgan", resampled(lambda seed, sharing: peers.CTGANSampler(random_state=seed))),
        Method("tvae", resampled(lambda seed, sharing: peers.TVAESampler(random_state=seed))),
        Method("ctdgan", resampled(lambda seed, sharing: peers.CTDGANSampler(random_state=seed))),
        _slow_bagging("arf_bagging", lambda seed: ARFSampler(random_state=seed)),
        _slow_bagging("forest_diffusion_bagging", lambda seed: ForestDiffusionSampler(random_state=seed)),
    )
}
