"""What is done about the few rare texts: an arm gives training rows, or fits a learner on them in its own way."""

import time
from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.spatial.distance import cdist

from benchmarks.text.encoders import SPARSE, Encoder
from benchmarks.text.learners import LEARNERS, rare_scores
from benchmarks.text.texts import N_COMMON, Draw
from imbgan.ensemble import GANBaggingClassifier, TableSampler, TableSMOTE
from imbgan.ensemble.samplers import LocalGaussianSampler
from imbgan.measures import neighbor_share
from imbgan.oversampling.sharing import SharedGANOverSampler, Sharing
from imbgan.random import Streams
from imbgan.text import changed_texts

#: To which share of the other class the rare one is raised, and the number of bags, half of them with generated rows.
RATIO, N_BAGS = 0.3, 8
N_RARE = round(RATIO * N_COMMON)
#: Neighbors that count for hubness.
K = 10

GENERATING = ("smote", "local_gaussian", "gan")
#: Arms per encoder; rows between sparse vectors of words are not generated.
ARMS = ("none", "class_weight", "smote", "local_gaussian", "gan", "bags", "gan_bags", "augmentation", "oracle")
ARMS_OF: Mapping[str, tuple[str, ...]] = {
    "words": ("none", "class_weight", "bags", "augmentation", "oracle"),
    "words_and_characters": ("none", "class_weight"),
}
#: Arms that learners have no place for, or for which their time is not spent.
LEFT_OUT: Mapping[str, tuple[str, ...]] = {
    "neighbors": ("class_weight", "bags", "gan_bags"),
    "svm": ("bags", "gan_bags"),
}


class Rows(NamedTuple):
    """Training rows, their labels, and test rows."""

    X: Any
    y: NDArray[np.intp]
    X_test: Any


class Cell:
    """One draw in the vectors of one encoder, with all that its arms share: vectors, and one trained generator.

    Parameters
    ----------
    name : str
        A set.
    number : int
        The draw, and the seed of everything.
    draw : Draw
    encoder_name : str
    make_encoder : callable
        Returns an encoder that has learned nothing yet.
    """

    def __init__(self, name: str, number: int, draw: Draw, encoder_name: str, make_encoder: Any) -> None:  # noqa: ANN401
        self.name, self.number, self.draw, self.encoder_name = name, number, draw, encoder_name
        self._make_encoder = make_encoder
        self._sharing = Sharing()
        self.seconds: dict[str, float] = {}

    @cached_property
    def rows(self) -> Rows:
        """The training rows as they are."""
        return self._encoded([])

    def arms(self, learner: str) -> list[str]:
        """Return the arms that a learner has here."""
        known = ARMS_OF.get(self.encoder_name, ARMS)
        return [arm for arm in known if arm not in LEFT_OUT.get(learner, ())]

    def scores(self, learner: str, arm: str) -> NDArray[np.float64]:
        """Fit a learner on an arm's rows and return the scores of test rows."""
        weight = "balanced" if arm == "class_weight" else None
        estimator = LEARNERS[learner](self.encoder_name, self.number, weight)
        if arm in ("bags", "gan_bags"):
            sampler = self._gan() if arm == "gan_bags" else None
            generated = 0.5 if arm == "gan_bags" else 0.0
            estimator = GANBaggingClassifier(
                estimator,
                sampler,
                n_estimators=N_BAGS,
                generated=generated,
                ratio=RATIO,
                random_state=self.number,
            )
        rows = self.resampled(arm)
        return rare_scores(estimator.fit(rows.X, rows.y), rows.X_test)

    def resampled(self, arm: str) -> Rows:
        """Return the training rows of an arm; the same object each time."""
        if arm not in self._resampled:
            began = time.perf_counter()
            self._resampled[arm] = self._resample(arm)
            self.seconds[arm] = time.perf_counter() - began
        return self._resampled[arm]

    def crowding(self, arm: str) -> float | None:
        """Return the share of neighbor places that further rows take beside as many true ones of the test; or None.

        True rows would take half of them on average.
        """
        n_own = len(self.rows.y)
        if arm not in (*GENERATING, "oracle") or self.encoder_name in SPARSE:
            return None
        rows = self.resampled(arm)
        added, true = rows.X[n_own:], rows.X_test[self.draw.test.is_rare]
        n = min(len(added), len(true))
        if n <= K:
            return None
        both = np.concatenate([true[:n], added[:n]])
        return round(neighbor_share(cdist(both, both), np.arange(2 * n) >= n, K), 4)

    @cached_property
    def _resampled(self) -> dict[str, Rows]:
        return {}

    def _resample(self, arm: str) -> Rows:
        if arm in GENERATING:
            rows = self.rows
            X, y = self._sampler(arm).fit_resample(rows.X, rows.y)
            return Rows(np.asarray(X, np.float32), np.asarray(y), rows.X_test)
        n_lacking = N_RARE - int(self.draw.train.is_rare.sum())
        if arm == "oracle":
            return self._encoded(self.draw.further[:n_lacking])
        if arm == "augmentation":
            rare = [text for text, is_rare in zip(*self.draw.train, strict=True) if is_rare]
            in_turn = [rare[place % len(rare)] for place in range(n_lacking)]
            return self._encoded(changed_texts(in_turn, Streams(self.number)).tolist())
        return self.rows

    def _sampler(self, arm: str) -> Any:  # noqa: ANN401 - any sampler
        target = {1: N_RARE}
        if arm == "smote":
            return TableSMOTE(sampling_strategy=target, random_state=self.number)
        if arm == "local_gaussian":
            sampler = LocalGaussianSampler(sampling_strategy=target, random_state=self.number)
            return TableSampler(sampler, random_state=self.number)
        return self._gan().set_params(sampling_strategy=target)

    def _gan(self) -> SharedGANOverSampler:
        """Return a sampler that trains its generator once for all arms and learners of this cell."""
        kinds: dict[str | int, str] = dict.fromkeys(range(self.rows.X.shape[1]), "continuous")
        return SharedGANOverSampler(random_state=self.number, kinds=kinds).within(self._sharing)

    def _encoded(self, added: Sequence[str]) -> Rows:
        """Return vectors of the training texts and further rare ones; the encoder learns from all of them."""
        texts = [*self.draw.train.values, *added]
        encoder: Encoder = self._make_encoder().fit(texts)
        y = np.concatenate([self.draw.train.is_rare, np.ones(len(added), bool)]).astype(np.intp)
        return Rows(encoder.transform(texts), y, encoder.transform(self.draw.test.values))
