"""Several encoders at once: the mean of log-odds of linear learners on the texts as they are, and a choice by folds."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.metrics import average_precision_score
from sklearn.model_selection import StratifiedKFold

from benchmarks.text.encoders import Encoder
from benchmarks.text.learners import linear, rare_scores
from benchmarks.text.texts import Draw, Texts

#: Encoders whose log-odds are averaged, by the name of the mean.
MEANS: Mapping[str, tuple[str, ...]] = {
    "words + static": ("words", "static"),
    "words + sentence": ("words", "sentence"),
    "words + static + sentence": ("words", "static", "sentence"),
}
#: Words by a learner with class weights.
WEIGHTED = "weighted words"
#: What the choice by folds chooses among: what was best on draws 100 to 102 of all sets.
CHOICES: Mapping[str, tuple[str, ...]] = {
    "words": (WEIGHTED,),
    "words twice + static + sentence": (WEIGHTED, WEIGHTED, "static", "sentence"),
    "words + static + sentence": (WEIGHTED, "static", "sentence"),
}
N_FOLDS = 5
AUTO = "auto"

Makers = Mapping[str, Callable[[], Encoder]]
Scores = NDArray[np.float64]


class Means:
    """Scores of each mean of encoders on one draw.

    Parameters
    ----------
    draw : Draw
    makers : mapping of str to callable
        Of :func:`benchmarks.text.encoders.encoders`.
    number : int
        Seed of learners and folds.
    """

    def __init__(self, draw: Draw, makers: Makers, number: int) -> None:
        self._draw, self._makers, self._number = draw, makers, number
        self._found: dict[str, Scores] = {}
        self.chosen = ""

    def scores(self, name: str) -> Scores:
        """Return the scores of test texts of one mean, or of the choice."""
        if name == AUTO:
            self.chosen = max(self.by_folds(), key=self.by_folds().__getitem__)
            return self._mean(CHOICES[self.chosen])
        return self._mean(MEANS[name])

    def by_folds(self) -> dict[str, float]:
        """Return the mean average precision over folds of the training texts, per choice."""
        if not hasattr(self, "_by_folds"):
            self._by_folds = by_folds(self._draw.train, self._makers, self._number)
        return self._by_folds

    def _mean(self, names: Sequence[str]) -> Scores:
        for name in names:
            if name not in self._found:
                train, test = self._draw.train, self._draw.test
                self._found[name] = log_odds(self._makers, name, train, test.values, self._number)
        return np.mean([self._found[name] for name in names], axis=0)


def log_odds(makers: Makers, name: str, train: Texts, values: Sequence[str], seed: int) -> Scores:
    """Return the log-odds of texts by a linear learner in the vectors of one encoder."""
    is_weighted = name == WEIGHTED
    kind = "words" if is_weighted else name
    encoder = makers[kind]().fit(train.values)
    learner: Any = linear(kind, seed, "balanced" if is_weighted else None)
    learner.fit(encoder.transform(train.values), train.is_rare)
    return rare_scores(learner, encoder.transform(values))


def by_folds(train: Texts, makers: Makers, seed: int) -> dict[str, float]:
    """Return the mean average precision over folds, per choice; encoders learn inside the folds."""
    found: dict[str, list[float]] = {name: [] for name in CHOICES}
    folds = StratifiedKFold(N_FOLDS, shuffle=True, random_state=seed)
    for learned, judged in folds.split(train.is_rare, train.is_rare):
        part = Texts([train.values[place] for place in learned], train.is_rare[learned])
        values = [train.values[place] for place in judged]
        single = {
            name: log_odds(makers, name, part, values, seed)
            for name in dict.fromkeys(each for names in CHOICES.values() for each in names)
        }
        for name, names in CHOICES.items():
            mean = np.mean([single[each] for each in names], axis=0)
            found[name].append(float(average_precision_score(train.is_rare[judged], mean)))
    return {name: float(np.mean(values)) for name, values in found.items()}
