"""Several encoders at once: the mean of log-odds of ``imbgan.TextGANClassifier``, on the encoders of the benchmark."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from benchmarks.text.encoders import Encoder
from benchmarks.text.texts import Draw
from imbgan.ensemble.pool import LogOddsPool
from imbgan.ensemble.text_pool import text_pool

#: Encoders whose log-odds are averaged, words first, by the name of the mean.
MEANS: Mapping[str, tuple[str, ...]] = {
    "words + static": ("words", "static"),
    "words + sentence": ("words", "sentence"),
    "words + static + sentence": ("words", "static", "sentence"),
}
AUTO = "auto"
#: What ``auto`` chooses among, by what :func:`imbgan.ensemble.text_pool.choices_of` calls it.
CHOICES: Mapping[str, str] = {
    "words": "words",
    "words twice and vectors": "words twice + static + sentence",
    "words and vectors": "words + static + sentence",
}

Makers = Mapping[str, Callable[[], Encoder]]


def fitted_pool(name: str, draw: Draw, makers: Makers, seed: int) -> LogOddsPool:
    """Return the classifier of a mean, or of the choice among means, fitted to the training texts of a draw.

    Parameters
    ----------
    name : str
        One of :data:`MEANS`, or :data:`AUTO`.
    draw : Draw
    makers : mapping of str to callable
        Of :func:`benchmarks.text.encoders.encoders`.
    seed : int
        Seed of learners and folds.
    """
    members = MEANS["words + static + sentence" if name == AUTO else name]
    pool = text_pool([{0: makers[each]()} for each in members], 1, seed)
    if name != AUTO:
        pool.set_params(choices={name: [1] * len(members)})
    return pool.fit(as_table(draw.train.values), draw.train.is_rare)


def as_table(values: Sequence[str]) -> list[list[Any]]:
    """Return texts as a table of one column."""
    return [[value] for value in values]
