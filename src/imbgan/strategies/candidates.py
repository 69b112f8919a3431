"""The strategies for a rare class, by name, except the choice among them."""

from collections import Counter
from collections.abc import Callable
from typing import Any

import numpy as np
from imblearn.over_sampling import ADASYN, BorderlineSMOTE, RandomOverSampler
from imblearn.pipeline import Pipeline
from imblearn.under_sampling import EditedNearestNeighbours, RandomUnderSampler, TomekLinks
from numpy.typing import NDArray
from sklearn.base import clone

from imbgan.ensemble import (
    DistilledClassifier,
    GANBaggingClassifier,
    PriorCorrectedClassifier,
    TableSampler,
    TableSMOTE,
)
from imbgan.ensemble.samplers import LocalGaussianSampler
from imbgan.exceptions import ParameterError
from imbgan.oversampling.sharing import SharedGANOverSampler, Sharing
from imbgan.strategies.strategy import Classifier, Strategy


class ReachRatio:
    """A ``sampling_strategy`` that raises each smaller class to a share of the largest one."""

    def __init__(self, ratio: float) -> None:
        self.ratio = ratio

    def __call__(self, y: NDArray[np.generic]) -> dict[Any, int]:
        """Return the target number of rows of each class that has fewer."""
        counts = Counter(np.asarray(y).tolist())
        wanted = round(self.ratio * max(counts.values()))
        targets = {label: wanted for label, n in counts.items() if n < wanted}
        if not targets:
            raise ParameterError(
                f"A ratio of {self.ratio:g} to the largest class must be above the present one. The smallest class has "
                f"{min(counts.values())} of {max(counts.values())} rows already; use a greater ratio."
            )
        return targets

    def __repr__(self) -> str:
        return f"ReachRatio({self.ratio:g})"


# Where there are texts, whoever calls a strategy has encoded them; see `strategies.texts`. Hence encoder=None below.
MakeSampler = Callable[[int, Sharing | None], Any]


def _resampled(make_sampler: MakeSampler, sample_weight: str | None = None) -> Callable[..., Classifier]:
    def make(estimator: Classifier, seed: int, sharing: Sharing | None = None) -> Classifier:
        sampler = make_sampler(seed, sharing)
        return PriorCorrectedClassifier(estimator, sampler, sample_weight=sample_weight, encoder=None)

    return make


def _in_matrix(make_sampler: Callable[[int], Any]) -> Callable[..., Classifier]:
    return _resampled(lambda seed, sharing: TableSampler(make_sampler(seed), random_state=seed))


def _shared_gan(seed: int, sharing: Sharing | None) -> SharedGANOverSampler:
    # Generated rows stay inside; fresh identifiers would tell the classifier which rows were generated.
    return SharedGANOverSampler(random_state=seed, identifiers="keep").within(sharing)


def _gan(ratio: float | None = None) -> MakeSampler:
    strategy: Any = "auto" if ratio is None else ReachRatio(ratio)
    return lambda seed, sharing: _shared_gan(seed, sharing).set_params(sampling_strategy=strategy)


def _then_cleaned(make_sampler: MakeSampler, cleaner: Any) -> Callable[..., Classifier]:  # noqa: ANN401
    # All classes are cleaned, as in imbalanced-learn's SMOTETomek and SMOTEENN.
    def make(seed: int, sharing: Sharing | None) -> Pipeline:
        cleaning = TableSampler(clone(cleaner), random_state=seed)
        return Pipeline([("sampler", make_sampler(seed, sharing)), ("cleaner", cleaning)])

    return _resampled(make)


def _smote(seed: int, sharing: Sharing | None) -> TableSMOTE:
    del sharing
    return TableSMOTE(random_state=seed)


def _gan_bagging(estimator: Classifier, seed: int, sharing: Sharing | None = None) -> Classifier:
    sampler = _shared_gan(seed, sharing)
    return GANBaggingClassifier(estimator, sampler, encoder=None, random_state=seed)


#: Bags of the mixture with bags for each of its learners, half of them with generated rows.
N_BAGS = 8


def _gan_mixture(estimator: Classifier, seed: int, sharing: Sharing | None = None) -> Classifier:
    del estimator
    sampler = _shared_gan(seed, sharing)
    return GANBaggingClassifier(None, sampler, n_estimators=N_BAGS, untouched=True, encoder=None, random_state=seed)


def _distilled(estimator: Classifier, seed: int, sharing: Sharing | None = None) -> Classifier:
    return DistilledClassifier(estimator, encoder=None, random_state=seed).within(sharing)


_TOMEK = TomekLinks(sampling_strategy="all")
_ENN = EditedNearestNeighbours(sampling_strategy="all")

#: All strategies except ``auto``, which chooses among them.
CANDIDATES: dict[str, Strategy] = {
    strategy.name: strategy
    for strategy in (
        Strategy(
            "none", "the table as it is", lambda estimator, seed: estimator, title="the table as it is", on_texts=True
        ),
        Strategy(
            "class_weight",
            "rows with weights that give all classes the same total weight",
            lambda estimator, seed: PriorCorrectedClassifier(estimator, sample_weight="balanced", encoder=None),
            title="class weights",
            on_texts=True,
        ),
        Strategy(
            "random_over",
            "rare rows repeated at random",
            _in_matrix(lambda seed: RandomOverSampler(random_state=seed)),
            title="rare rows repeated",
        ),
        Strategy(
            "random_under",
            "common rows removed at random",
            _in_matrix(lambda seed: RandomUnderSampler(random_state=seed)),
            title="common rows removed",
        ),
        Strategy("smote", "SMOTE, SMOTE-N or SMOTE-NC, depending on the columns", _resampled(_smote), title="SMOTE"),
        Strategy(
            "borderline_smote",
            "SMOTE near the border of the classes",
            _in_matrix(lambda seed: BorderlineSMOTE(random_state=seed)),
            title="borderline SMOTE",
        ),
        Strategy(
            "adasyn",
            "SMOTE with more rows where the rare class is harder to learn",
            _in_matrix(lambda seed: ADASYN(random_state=seed)),
            title="ADASYN",
        ),
        Strategy(
            "smote_tomek",
            "SMOTE, then Tomek links removed",
            _then_cleaned(_smote, _TOMEK),
            title="SMOTE, then Tomek",
        ),
        Strategy(
            "smote_enn",
            "SMOTE, then rows removed that their neighbors contradict",
            _then_cleaned(_smote, _ENN),
            title="SMOTE, then ENN",
        ),
        Strategy(
            "local_gaussian",
            "rows drawn from normal distributions around rare neighbors",
            _in_matrix(lambda seed: LocalGaussianSampler(random_state=seed)),
            title="local-Gaussian SMOTE",
        ),
        Strategy("gan", "generated rows up to full balance", _resampled(_gan()), "gan", title="GAN rows to balance"),
        Strategy(
            "gan_0.1",
            "generated rows up to 10 % of the largest class",
            _resampled(_gan(0.1)),
            "gan",
            title="GAN rows to 10 %",
        ),
        Strategy(
            "gan_0.3",
            "generated rows up to 30 % of the largest class",
            _resampled(_gan(0.3)),
            "gan",
            title="GAN rows to 30 %",
        ),
        Strategy(
            "gan_tomek",
            "generated rows, then Tomek links removed",
            _then_cleaned(_gan(), _TOMEK),
            "gan",
            title="GAN rows, then Tomek",
        ),
        Strategy(
            "gan_weighted",
            "generated rows, weighted by how real they look",
            _resampled(_gan(), sample_weight="sampler"),
            "gan",
            title="weighted GAN rows",
        ),
        Strategy(
            "bagging",
            "an average over bags of real rows in which the largest class is reduced",
            lambda estimator, seed: GANBaggingClassifier(estimator, generated=0.0, encoder=None, random_state=seed),
            title="bags of real rows",
            on_texts=True,
        ),
        Strategy(
            "gan_bagging",
            "an average over bags of real rows and bags that also hold generated rows",
            _gan_bagging,
            "gan",
            title="bags with GAN rows",
        ),
        Strategy(
            "mixture",
            "an average of four kinds of learners on the table as it is, whatever the classifier",
            lambda estimator, seed: GANBaggingClassifier(
                n_estimators=0, untouched=True, encoder=None, random_state=seed
            ),
            title="mixture of learners",
            own_learners=True,
        ),
        Strategy(
            "gan_mixture",
            "the mixture, with bags of real rows and bags with generated rows beside it",
            _gan_mixture,
            "gan",
            title="mixture with GAN bags",
            own_learners=True,
        ),
        Strategy(
            "distilled",
            "the classifier taught by the mixture, on generated rows with its probabilities as labels",
            _distilled,
            title="taught by the mixture",
        ),
    )
}
