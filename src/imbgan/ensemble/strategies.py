"""What can be done about a rare class, by name."""

import time
from collections import Counter, OrderedDict
from collections.abc import Callable, Generator, Iterable, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

import joblib
import numpy as np
from imblearn.over_sampling import ADASYN, BorderlineSMOTE, RandomOverSampler
from imblearn.pipeline import Pipeline
from imblearn.under_sampling import EditedNearestNeighbours, RandomUnderSampler, TomekLinks
from numpy.typing import NDArray
from sklearn.base import clone

from imbgan._messages import did_you_mean
from imbgan.ensemble.bagging import GANBaggingClassifier
from imbgan.ensemble.prior import PriorCorrectedClassifier
from imbgan.ensemble.samplers import LocalGaussianSampler, TableSampler, TableSMOTE
from imbgan.exceptions import ParameterError
from imbgan.oversampling import GANOverSampler, TabularGAN

Classifier = Any


@dataclass(frozen=True)
class Strategy:
    """A named way from a classifier to a classifier that was trained otherwise.

    Parameters
    ----------
    name : str
    summary : str
        One line for tables and help.
    make : callable
        From an unfitted classifier and an integer seed to an unfitted classifier. What resamples or re-weights should
        return probabilities at the natural class shares, as :class:`imbgan.ensemble.PriorCorrectedClassifier` does.
    family : str, default=""
        Strategies of one family run one after the other in one process, so that they can share a trained generator.
    """

    name: str
    summary: str
    make: Callable[[Classifier, int], Classifier]
    family: str = ""


class ReachRatio:
    """A ``sampling_strategy``: raise each class to a share of the largest one, where it has fewer rows."""

    def __init__(self, ratio: float) -> None:
        self.ratio = ratio

    def __call__(self, y: NDArray[np.generic]) -> dict[Any, int]:
        """Return the wanted rows of each class that has fewer."""
        counts = Counter(np.asarray(y).tolist())
        wanted = round(self.ratio * max(counts.values()))
        targets = {label: wanted for label, n in counts.items() if n < wanted}
        if not targets:
            raise ParameterError(
                f"A ratio of {self.ratio:g} to the largest class must be above the present one. The smallest class has "
                f"{min(counts.values())} of {max(counts.values())} rows already; ask for more."
            )
        return targets

    def __repr__(self) -> str:
        return f"ReachRatio({self.ratio:g})"


class SharedGANOverSampler(GANOverSampler):
    """A :class:`GANOverSampler` that does not train twice in a row on the same table with the same settings.

    A comparison asks several times for rows of one generator: for each estimator, ratio and weighting. As the rows
    are a pure function of table, settings and seed, they are the same ones. See :func:`remember_generators`.
    """

    def _learn(self, X: object, labels: NDArray[np.generic], classes: list[object]) -> TabularGAN:
        asked = self.get_params(deep=False)
        for name in ("sampling_strategy", "verbose", "callbacks"):
            del asked[name]
        # With one network for all classes, those that are asked for do not change it.
        key = str(joblib.hash((X, labels, asked, None if self.condition == "all" else classes)))
        if key in _remembered.trained:
            _remembered.trained.move_to_end(key)
            learned, seconds = _remembered.trained[key]
            _saved.append(seconds)
            return learned
        began = time.perf_counter()
        learned = super()._learn(X, labels, classes)
        _remembered.trained[key] = (learned, time.perf_counter() - began)
        _remembered.drop_oldest()
        return learned


class _Remembered:
    """Generators that were trained last in this process, with the seconds that each took; the latest used last."""

    def __init__(self) -> None:
        self.trained: OrderedDict[str, tuple[TabularGAN, float]] = OrderedDict()
        # One: generators hold encoders of whole tables, and a fold of a comparison asks for the same one again and
        # again before the next fold begins.
        self.most = 1

    def drop_oldest(self) -> None:
        while len(self.trained) > self.most:
            self.trained.popitem(last=False)


_remembered = _Remembered()
_saved: list[float] = []


@contextmanager
def remember_generators(n: int) -> Generator[None]:
    """Let the last ``n`` generators of :class:`SharedGANOverSampler` be shared within this context and process.

    Outside of it one is kept: callers that go through several folds in turn ask for more. A context within another
    never keeps fewer.
    """
    before = _remembered.most
    _remembered.most = max(before, n)
    try:
        yield
    finally:
        _remembered.most = before
        _remembered.drop_oldest()


def saved_seconds() -> float:
    """Return the seconds of training that sharing has saved since the last call, in this process."""
    seconds = sum(_saved)
    _saved.clear()
    return seconds


def _resampled(make_sampler: Callable[[int], Any], sample_weight: str | None = None) -> Callable[..., Classifier]:
    def make(estimator: Classifier, seed: int) -> Classifier:
        return PriorCorrectedClassifier(estimator, make_sampler(seed), sample_weight=sample_weight)

    return make


def _in_matrix(make_sampler: Callable[[int], Any]) -> Callable[..., Classifier]:
    return _resampled(lambda seed: TableSampler(make_sampler(seed), random_state=seed))


def _gan(ratio: float | None = None) -> Callable[[int], GANOverSampler]:
    strategy: Any = "auto" if ratio is None else ReachRatio(ratio)
    return lambda seed: SharedGANOverSampler(sampling_strategy=strategy, random_state=seed)


def _then_cleaned(make_sampler: Callable[[int], Any], cleaner: Any) -> Callable[..., Classifier]:  # noqa: ANN401
    # Cleaning all classes, as imbalanced-learn's SMOTETomek and SMOTEENN do.
    def make(seed: int) -> Pipeline:
        return Pipeline([("sampler", make_sampler(seed)), ("cleaner", TableSampler(clone(cleaner), random_state=seed))])

    return _resampled(make)


def _smote(seed: int) -> TableSMOTE:
    return TableSMOTE(random_state=seed)


_TOMEK = TomekLinks(sampling_strategy="all")
_ENN = EditedNearestNeighbours(sampling_strategy="all")

STRATEGIES: dict[str, Strategy] = {
    strategy.name: strategy
    for strategy in (
        Strategy("none", "the table as it is", lambda estimator, seed: estimator),
        Strategy(
            "class_weight",
            "rows weighted so that all classes weigh the same",
            lambda estimator, seed: PriorCorrectedClassifier(estimator, sample_weight="balanced"),
        ),
        Strategy(
            "random_over",
            "rare rows repeated at random",
            _in_matrix(lambda seed: RandomOverSampler(random_state=seed)),
        ),
        Strategy(
            "random_under",
            "common rows left out at random",
            _in_matrix(lambda seed: RandomUnderSampler(random_state=seed)),
        ),
        Strategy("smote", "SMOTE, SMOTE-N or SMOTE-NC, as the columns ask", _resampled(_smote)),
        Strategy(
            "borderline_smote",
            "SMOTE near the border of the classes",
            _in_matrix(lambda seed: BorderlineSMOTE(random_state=seed)),
        ),
        Strategy(
            "adasyn",
            "SMOTE with more rows where the rare class is harder to learn",
            _in_matrix(lambda seed: ADASYN(random_state=seed)),
        ),
        Strategy("smote_tomek", "SMOTE, then Tomek links removed", _then_cleaned(_smote, _TOMEK)),
        Strategy("smote_enn", "SMOTE, then rows removed that their neighbors contradict", _then_cleaned(_smote, _ENN)),
        Strategy(
            "local_gaussian",
            "rows drawn from normal distributions around rare neighbors",
            _in_matrix(lambda seed: LocalGaussianSampler(random_state=seed)),
        ),
        Strategy("gan", "rows of a generative adversarial network up to balance", _resampled(_gan()), "gan"),
        Strategy("gan_0.1", "rows of the same network up to 10 % of the largest class", _resampled(_gan(0.1)), "gan"),
        Strategy("gan_0.3", "rows of the same network up to 30 % of the largest class", _resampled(_gan(0.3)), "gan"),
        Strategy("gan_tomek", "rows of this network, then Tomek links removed", _then_cleaned(_gan(), _TOMEK), "gan"),
        Strategy(
            "gan_weighted",
            "rows of the same network, weighted by how real they look",
            _resampled(_gan(), sample_weight="sampler"),
            "gan",
        ),
        Strategy(
            "bagging",
            "bags of natural rows in which the largest class is cut, averaged",
            lambda estimator, seed: GANBaggingClassifier(estimator, generated=0.0, random_state=seed),
        ),
        Strategy(
            "gan_bagging",
            "bags of natural rows and bags with rows of the same network, averaged",
            lambda estimator, seed: GANBaggingClassifier(
                estimator, SharedGANOverSampler(random_state=seed), random_state=seed
            ),
            "gan",
        ),
    )
}


def resolve_strategies(
    strategies: object, known: Mapping[str, Strategy] = STRATEGIES, default: Sequence[str] = ()
) -> dict[str, Strategy]:
    """Return the strategies that are asked for, by name.

    Parameters
    ----------
    strategies : "default", "all", or iterable of str and Strategy, or mapping of str to str, Strategy or callable
        Names of ``known``, own :class:`Strategy` objects, or ``{name: make}``.
    known : mapping of str to Strategy, default=STRATEGIES
        What names stand for; ``"all"`` means all of it.
    default : sequence of str, default=()
        What ``"default"`` means.

    Raises
    ------
    ParameterError
        An unknown or repeated name, or something that is no strategy.
    """
    if isinstance(strategies, str):
        groups = {"default": list(default), "all": list(known)}
        strategies = groups.get(strategies, [strategies])
    named: list[tuple[str, object]]
    if isinstance(strategies, Mapping):
        named = [(str(name), made) for name, made in strategies.items()]
    elif isinstance(strategies, Iterable):
        named = [(item.name if isinstance(item, Strategy) else str(item), item) for item in strategies]
    else:
        raise ParameterError(
            "'strategies' must be 'default', 'all', names, Strategy objects or a mapping of names to functions. Got "
            f"{strategies!r}."
        )
    twice = [name for name, n in Counter(name for name, _ in named).items() if n > 1]
    if twice:
        raise ParameterError(f"Each strategy must have a name of its own. Got {twice[0]!r} more than once; rename one.")
    return {name: _resolve(name, item, known) for name, item in named}


def _resolve(name: str, item: object, known: Mapping[str, Strategy]) -> Strategy:
    if isinstance(item, Strategy):
        return replace(item, name=name)
    if callable(item):
        return Strategy(name, (item.__doc__ or "your own").strip().splitlines()[0], item)
    if isinstance(item, str) and item in known:
        return replace(known[item], name=name)
    hint = did_you_mean(item, known)
    raise ParameterError(f"A strategy must be one of {', '.join(known)}, or your own. Got {item!r}.{hint}")
