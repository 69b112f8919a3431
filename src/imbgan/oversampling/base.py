"""What every over-sampler of this package does: validate, learn, generate, put behind the original rows."""

from abc import abstractmethod
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from numbers import Integral, Real
from typing import TYPE_CHECKING, Any

import numpy as np
from imblearn.over_sampling.base import BaseOverSampler
from imblearn.utils import check_sampling_strategy
from numpy.typing import NDArray

from imbgan._sklearn import check_feature_names, check_n_features, fit_context
from imbgan.exceptions import ParameterError
from imbgan.gan.processes import check_process
from imbgan.random import Streams
from imbgan.tabular import concat, n_rows, take
from imbgan.tabular.labels import label_text, read_labels, take_labels

if TYPE_CHECKING:
    from imbgan.quality import Assessment, Training

# No generated row is ignored altogether: the discriminator's judgment is itself learned from few rows.
LEAST_WEIGHT = 0.05
# Fitted attributes that only training sets.
LEARNED = ("gan_", "generator_", "encoder_", "history_", "events_", "n_iter_")
# Rows kept for `quality_`: as many of a raised class, real and generated, as an assessment looks at, and as many
# of another class as its map shows.
MAX_KEPT = 2000
MAX_KEPT_OTHER = 600


@dataclass(frozen=True)
class _KeptRows:
    """Copies of some rows of the last fit, for ``quality_``."""

    real: tuple[object, NDArray[np.generic]]
    synthetic: tuple[object, NDArray[np.generic]]
    counts: tuple[tuple[object, int, int], ...]  # label, real rows, generated rows; the largest class first


class BaseGANOverSampler(BaseOverSampler):
    """Template of the over-samplers: a subclass says how rows are learned and generated.

    Differs from imbalanced-learn's base in that the table reaches the subclass as it came: a DataFrame keeps
    its dtypes, which a detour through one array would lose.
    """

    # The base, which is not typed, seems to set None.
    sampling_strategy_: Any
    # Set by subclasses.
    random_state: int | np.random.RandomState | None
    history_: dict[str, NDArray[np.generic]]
    events_: list[Any]
    n_iter_: int

    @abstractmethod
    def _generate(
        self, X: object, labels: NDArray[np.generic], wanted: Mapping[Any, int]
    ) -> tuple[Any, NDArray[np.float32]]:
        """Learn ``X``; return new rows, class by class in the order of ``wanted``, and their weights."""

    @abstractmethod
    def _check_table(self, X: object) -> None:
        """Raise for a table that cannot be learned."""

    def _check_X_y(
        self, X: object, y: object, accept_sparse: object = None
    ) -> tuple[object, NDArray[np.generic], bool]:
        del accept_sparse  # imbalanced-learn's signature; sparse tables of all formats are accepted
        labels = read_labels(y, one_vs_rest=True)
        self._check_table(X)
        labels.check_rows(n_rows(X))
        labels.check_two_classes()
        check_feature_names(self, X, reset=True)
        check_n_features(self, X, reset=True)
        return X, labels.values, False

    @fit_context(prefer_skip_nested_validation=True)
    def fit_resample(self, X: object, y: object, **params: object) -> tuple[Any, Any]:
        """Balance a table.

        Parameters
        ----------
        X : DataFrame, array-like or sparse matrix of shape (n_samples, n_features)
            The table.
        y : array-like of shape (n_samples,), (n_samples, 1), or one-vs-rest (n_samples, n_classes)
            Class labels.
        **params : dict
            Accepted for metadata routing; none is used.

        Returns
        -------
        X_resampled : same container as X, of shape (n_samples_new, n_features)
            The original rows, first and unchanged, then the generated ones.
        y_resampled : same container as y
            Their labels.

        Raises
        ------
        DataError, DataTypeError, ParameterError
            See the messages; all are raised before training starts.
        """
        check_process()
        _, labels, _ = self._check_X_y(X, y)
        strategy = self.sampling_strategy
        strategy = strategy(labels) if callable(strategy) else strategy
        _check_targets(strategy, Counter(labels.tolist()))
        self.sampling_strategy_ = check_sampling_strategy(strategy, labels, self._sampling_type)
        X_resampled, resampled = self._fit_resample(X, labels)
        # Labels are copied from rows that have them, which keeps any dtype, container and one-vs-rest coding.
        first = dict(zip(labels[::-1].tolist(), range(len(labels) - 1, -1, -1), strict=True))
        sources = [*range(len(labels)), *(first[label] for label in resampled[len(labels) :].tolist())]
        return X_resampled, _aligned(take_labels(y, np.array(sources)), X_resampled)

    def _fit_resample(  # pyright: ignore[reportIncompatibleMethodOverride] - the base is not typed
        self, X: object, y: NDArray[np.generic], **params: object
    ) -> tuple[Any, NDArray[np.generic]]:
        """Return the original rows and behind them the generated ones, with their labels."""
        del params
        wanted = {label: int(n) for label, n in self.sampling_strategy_.items() if n > 0}
        n_original, n_new = len(y), sum(wanted.values())
        self.synthetic_mask_ = np.arange(n_original + n_new) >= n_original
        self.sample_weight_ = np.ones(n_original + n_new, np.float32)
        # Of an earlier table.
        for name in ("_kept_rows", "_assessment"):
            vars(self).pop(name, None)
        if n_new == 0:
            # Nothing is learned, so nothing of an earlier table may remain.
            for name in LEARNED:
                vars(self).pop(name, None)
            return take(X, np.arange(n_original)), y
        rows, self.sample_weight_[n_original:] = self._generate(X, y, wanted)
        labels = np.repeat(np.array(list(wanted), dtype=y.dtype), list(wanted.values()))
        self._kept_rows = _keep_rows(X, y, rows, labels)
        return concat(X, rows), np.concatenate([y, labels])

    @property
    def quality_(self) -> "Assessment":
        """How good the generated rows of the last ``fit_resample`` are; see :func:`imbgan.quality.assess`.

        Computed when first asked for, which takes about a second a class, and then kept. For this, copies of at
        most 2,000 real and 2,000 generated rows of each raised class stay with the sampler; they are not
        pickled, so that a saved sampler holds no real rows.

        Raises
        ------
        AttributeError
            Before ``fit_resample``, when nothing was generated, or after unpickling a sampler whose quality had
            not been asked for.
        """
        if "_assessment" not in vars(self):
            self._assessment = self.assess()
        return self._assessment

    def assess(self, *, holdout: tuple[object, object] | None = None) -> "Assessment":
        """Judge the generated rows of the last ``fit_resample``; see :func:`imbgan.quality.assess`.

        Parameters
        ----------
        holdout : (X, y), optional
            Real rows that ``fit_resample`` has not seen; memorization and membership risk need them.

        Returns
        -------
        Assessment
            With the history of the training.

        Raises
        ------
        AttributeError
            As for ``quality_``.
        """
        from imbgan.quality import assess

        kept: _KeptRows | None = vars(self).get("_kept_rows")
        if kept is None:
            raise AttributeError(f"{type(self).__name__} has no 'quality_': {self._why_no_quality()}")
        seed = int(self.random_state) if isinstance(self.random_state, Integral) else 0
        kinds = getattr(self, "kinds", None)
        found = assess(kept.real, kept.synthetic, holdout=holdout, kinds=kinds, random_state=seed)
        counts = {label_text(label): (n_real, n_new) for label, n_real, n_new in kept.counts}
        return replace(found, class_counts=counts, training=self._training())

    def _why_no_quality(self) -> str:
        if not hasattr(self, "synthetic_mask_"):
            return "call fit_resample(X, y) first."
        if not self.synthetic_mask_.any():
            return "no rows were generated, since no class was below its target."
        return (
            "the rows that it compares are not saved with the sampler. Call fit_resample again, or read quality_ "
            "before saving."
        )

    def _training(self) -> "Training | None":
        from imbgan.quality import Training, TrainingEvent

        if not hasattr(self, "history_"):
            return None
        return Training(
            {name: tuple(_finite(float(value)) for value in values) for name, values in self.history_.items()},
            tuple(TrainingEvent(event.step, event.name, event.detail) for event in self.events_),
            self.n_iter_,
        )

    def __getstate__(self) -> Any:  # noqa: ANN401 - as scikit-learn's own
        state: Mapping[str, object] = super().__getstate__()  # pyright: ignore[reportAssignmentType]
        return {name: value for name, value in state.items() if name != "_kept_rows"}


def _check_targets(strategy: object, present: Mapping[object, int]) -> None:
    """Refuse targets that over-sampling cannot reach, naming the class and its rows."""
    if isinstance(strategy, Real) and len(present) == 2:
        (_, n_common), (label, n_rare) = sorted(present.items(), key=lambda item: -item[1])
        if int(n_common * float(strategy) - n_rare) <= 0:
            raise ParameterError(
                f"'sampling_strategy' must be above the present ratio of rare to common rows, "
                f"{n_rare / n_common:.3g}: over-sampling removes none. Class {label!r} has {n_rare} rows. "
                f"Got {strategy!r}."
            )
    if not isinstance(strategy, Mapping):
        return
    for label, target in strategy.items():
        if label not in present:
            shown = ", ".join(map(repr, list(present)[:10]))
            raise ParameterError(f"'sampling_strategy' must name classes that y has: {shown}. Got {label!r}.")
        if not isinstance(target, Integral):
            raise ParameterError(f"'sampling_strategy' must give an int a class. Got {target!r} for class {label!r}.")
        if target < present[label]:
            raise ParameterError(
                f"'sampling_strategy' must ask for at least the present rows of each class: over-sampling "
                f"removes none. Class {label!r} has {present[label]} rows and {target} are asked. Ask for "
                "more, or leave it out."
            )


def _keep_rows(X: object, y: NDArray[np.generic], rows: object, labels: NDArray[np.generic]) -> _KeptRows:
    """Copy a random part of each class; always the same rows of the same table."""
    rng = Streams(0).generator("kept rows")

    def some(of: NDArray[np.generic], label: object, limit: int) -> NDArray[np.intp]:
        places = np.flatnonzero(of == label)
        return np.sort(rng.permutation(places)[:limit])

    n_real, n_new = Counter(y.tolist()), Counter(labels.tolist())
    order = sorted(n_real, key=lambda label: -n_real[label])
    real = np.concatenate([some(y, label, MAX_KEPT if label in n_new else MAX_KEPT_OTHER) for label in order])
    new = np.concatenate([some(labels, label, MAX_KEPT) for label in n_new])
    counts = tuple((label, n_real[label], n_new.get(label, 0)) for label in order)
    return _KeptRows((take(X, real), y[real]), (take(rows, new), labels[new]), counts)


def _finite(value: float) -> float | None:
    return value if np.isfinite(value) else None


def _aligned(y: Any, X: Any) -> object:  # noqa: ANN401 - containers of any library
    """Give a pandas target the index of the pandas table, as imbalanced-learn does."""
    if hasattr(y, "index") and hasattr(y, "reset_index"):
        y = y.reset_index(drop=True)
        if hasattr(X, "index") and hasattr(X, "iloc"):
            y.index = X.index
    return y


def realism_weights(logits: NDArray[np.float32]) -> NDArray[np.float32]:
    r"""Weights of generated rows, :math:`\min(1, e^{D(x)})`, at least 0.05.

    :math:`e^{D(x)}` estimates the density of real over that of generated rows at x, so that rows in places
    where real ones are rarer count less.
    """
    return np.clip(np.exp(np.minimum(logits, 0.0)), LEAST_WEIGHT, 1.0).astype(np.float32)
