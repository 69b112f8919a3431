"""The base of over-samplers: validate a table, learn it, and append generated rows to the original ones."""

from abc import abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, replace
from numbers import Integral
from typing import TYPE_CHECKING, Any, Self

import numpy as np
from imblearn.over_sampling.base import BaseOverSampler
from numpy.typing import NDArray

from imbgan._sklearn import check_feature_names, check_n_features, fit_context
from imbgan.exceptions import ParameterError
from imbgan.gan.processes import check_process
from imbgan.oversampling.sampling_strategy import rows_to_generate
from imbgan.quality.history import History
from imbgan.random import Streams
from imbgan.tabular import as_given, concat, eager, take
from imbgan.tabular.labels import Labels, read_labels, take_labels

if TYPE_CHECKING:
    from imbgan.quality import Assessment, Diagnostic, Training

# No generated row is ignored completely, since the discriminator itself learns from few rows.
LEAST_WEIGHT = 0.05
# Fitted attributes of the estimator that learned the table; the sampler has them as well.
LEARNED = ("generator_", "encoder_", "history_", "events_", "n_iter_")
# Number of rows that are kept for `quality_`: of a raised class, as many real and generated rows as an assessment
# compares; of another class, as many as its map shows.
MAX_KEPT = 2000
MAX_KEPT_OTHER = 600


@dataclass(frozen=True)
class KeptRows:
    """Copies of some rows of the last fit, for ``quality_``."""

    real: tuple[object, NDArray[np.generic]]
    synthetic: tuple[object, NDArray[np.generic]]
    counts: dict[str, tuple[int, int]]  # label -> number of real and of generated rows; the largest class first


class BaseGANOverSampler(BaseOverSampler):
    """The base of over-samplers; a subclass defines how rows are learned and generated.

    Unlike the base of imbalanced-learn, it passes the original table to the subclass, so that a DataFrame keeps its
    dtypes, which conversion to an array would lose.
    """

    # Declared here because the base is not typed.
    sampling_strategy_: Any
    # Set by subclasses.
    random_state: int | np.random.RandomState | None
    history_: History
    events_: list[Any]
    n_iter_: int

    @abstractmethod
    def _read(self, X: object, y: object, labels: Labels) -> Any:  # noqa: ANN401 - what a subclass learns from
        """Read ``X`` once; raise if it cannot be learned or has another number of rows than ``y``, warn of leaks."""

    def _hold(self, X: object) -> Any:  # noqa: ANN401 - as ``X``
        """Return ``X`` with its rows in memory, so that it can be used more than once."""
        return eager(X)

    def _as_given(self, resampled: object, X: object) -> object:
        """Return rows that were built from ``_hold(X)`` in the container of ``X``."""
        return as_given(resampled, X)

    def _note_features(self, X: object) -> None:
        """Set the attributes that describe the columns of ``X``."""
        check_feature_names(self, X, reset=True)
        check_n_features(self, X, reset=True)

    def _wanted(self, labels: Labels) -> dict[int, int]:
        """Return the number of new rows by class code."""
        return rows_to_generate(self.sampling_strategy, labels)

    @abstractmethod
    def _generate(self, table: Any, labels: Labels, wanted: Mapping[int, int]) -> tuple[Any, NDArray[np.float32]]:  # noqa: ANN401 - see _read
        """Learn the table; return generated rows, class by class in the order of ``wanted``, and their weights."""

    def _check(self, X: object, y: object, unknown: Mapping[str, object]) -> tuple[Any, Labels, dict[int, int]]:
        """Read table and labels, find how many rows to generate per class, and set attributes that describe them."""
        if unknown:
            raise ParameterError(
                f"{type(self).__name__} takes X and y only. Got {', '.join(map(repr, unknown))}, which it cannot "
                "use, since all rows are learned equally. Pass weights to the classifier instead."
            )
        labels = read_labels(y, one_vs_rest=True)
        table = self._read(X, y, labels)
        labels.check_two_classes()
        self._note_features(X)
        wanted = self._wanted(labels)
        self.sampling_strategy_ = {labels.classes[code]: n for code, n in wanted.items()}
        return table, labels, {code: n for code, n in wanted.items() if n > 0}

    @fit_context(prefer_skip_nested_validation=True)
    def fit(self, X: object, y: object, **params: object) -> Self:
        """Check a table, and find how many rows its classes lack; only ``fit_resample`` learns it.

        Parameters
        ----------
        X, y
            As in :meth:`fit_resample`.
        **params : dict
            As in :meth:`fit_resample`.

        Returns
        -------
        self
        """
        self._check(self._hold(X), y, params)
        return self

    @fit_context(prefer_skip_nested_validation=True)
    def fit_resample(self, X: object, y: object, **params: object) -> tuple[Any, Any]:
        """Balance a table.

        Parameters
        ----------
        X : DataFrame, array-like or sparse matrix of shape (n_samples, n_features)
            The table.
        y : array-like of shape (n_samples,), (n_samples, 1), or one-vs-rest (n_samples, n_classes)
            Class labels; see :func:`imbgan.tabular.labels.read_labels`.
        **params : dict
            Part of imbalanced-learn's signature. Any parameter, such as ``sample_weight``, raises an error.

        Returns
        -------
        X_resampled : same container as X, of shape (n_samples_new, n_features)
            The original rows, unchanged, followed by the generated ones. The index of a pandas table stays, and goes on
            with fresh labels: whole numbers after the greatest one, texts as "generated 0" and so on, and missing
            labels for all other kinds, such as dates.
        y_resampled : same container as y
            Their labels; a Series has the index of ``X_resampled``.

        Raises
        ------
        DataError, DataTypeError, ParameterError
            If the table, the labels or a parameter is invalid. All errors are raised before training starts.
        """
        check_process()
        held = self._hold(X)
        table, labels, wanted = self._check(held, y, params)
        X_resampled, new_codes = self._fit_resample(held, table, labels, wanted)
        # Labels are copied from original rows, which keeps every dtype, container and one-vs-rest coding.
        first = np.unique(labels.codes, return_index=True)[1]
        y_resampled = take_labels(y, np.concatenate([np.arange(len(labels)), first[new_codes]]))
        return self._as_given(X_resampled, X), _aligned(y_resampled, X_resampled)

    def _fit_resample(  # pyright: ignore[reportIncompatibleMethodOverride] - the base is not typed
        self,
        X: object,
        table: Any,  # noqa: ANN401 - see _read
        labels: Labels,
        wanted: Mapping[int, int],
    ) -> tuple[Any, NDArray[np.intp]]:
        """Return the original rows followed by the generated ones, and the class codes of the generated ones."""
        n_original, n_new = len(labels), sum(wanted.values())
        self.synthetic_mask_ = np.arange(n_original + n_new) >= n_original
        self.sample_weight_ = np.ones(n_original + n_new, np.float32)
        self._forget(learned=n_new == 0)
        if n_new == 0:
            return take(X, np.arange(n_original)), np.empty(0, np.intp)
        rows, self.sample_weight_[n_original:] = self._generate(table, labels, wanted)
        new_codes = np.repeat(list(wanted), list(wanted.values()))
        self._kept_rows = keep_rows(X, labels, rows, new_codes)
        return concat(X, rows), new_codes

    def _forget(self, *, learned: bool) -> None:
        """Forget the rows and the assessment of the previous fit and, if nothing is learned, what it learned."""
        for name in ("_kept_rows", "_assessment", *(("gan_", *LEARNED) if learned else ())):
            vars(self).pop(name, None)

    @property
    def quality_(self) -> "Assessment":
        """The assessment of the generated rows of the last ``fit_resample``; see :func:`imbgan.quality.assess`.

        It is computed on first access, which takes about a second per class, and then kept. For this purpose, the
        sampler holds copies of at most 2,000 real and 2,000 generated rows of each raised class. They are not pickled,
        so that a saved sampler contains no real rows.

        Raises
        ------
        AttributeError
            Before ``fit_resample``, if no rows were generated, or after unpickling a sampler whose assessment had
            not been computed.
        """
        if "_assessment" not in vars(self):
            self._assessment = self.assess()
        return self._assessment

    def assess(self, *, holdout: tuple[object, object] | None = None) -> "Assessment":
        """Assess the generated rows of the last ``fit_resample``; see :func:`imbgan.quality.assess`.

        Parameters
        ----------
        holdout : (X, y), optional
            Real rows that ``fit_resample`` has not seen; memorization and membership risk need them.

        Returns
        -------
        Assessment
            The assessment, with the history of training.

        Raises
        ------
        AttributeError
            In the same cases as ``quality_``.
        """
        kept: KeptRows | None = vars(self).get("_kept_rows")
        if kept is None:
            raise AttributeError(f"{type(self).__name__} has no 'quality_': {self._why_no_quality()}")
        seed = int(self.random_state) if isinstance(self.random_state, Integral) else 0
        found = self._assess_rows(kept, holdout, seed)
        return replace(found, class_counts=kept.counts, training=self._training())

    def _assess_rows(self, kept: "KeptRows", holdout: tuple[object, object] | None, seed: int) -> "Assessment":
        from imbgan.quality import assess

        kinds = getattr(self, "kinds", None)
        return assess(kept.real, kept.synthetic, holdout=holdout, kinds=kinds, random_state=seed)

    def find_too_close(self) -> "tuple[Diagnostic, ...]":
        """Return the classes of the last ``fit_resample`` whose generated rows lie too close to learned ones.

        It takes a moment, and no held-out rows; see :func:`imbgan.quality.find_too_close`. Rows that only teach a
        classifier may lie there; before they leave the house, measure them with :func:`imbgan.audit`.

        Returns
        -------
        tuple of Diagnostic
            Findings IMB012; empty where none was found, or where no rows were generated.
        """
        from imbgan.quality import find_too_close

        kept: KeptRows | None = vars(self).get("_kept_rows")
        if kept is None:
            return ()
        return find_too_close(kept.real, kept.synthetic, kinds=getattr(self, "kinds", None))

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
        state: Mapping[str, Any] = super().__getstate__()  # pyright: ignore[reportAssignmentType]
        kept = {name: value for name, value in state.items() if name != "_kept_rows"}
        if "_assessment" in kept:
            # Its pictures are real images.
            kept["_assessment"] = replace(kept["_assessment"], pictures=())
        return kept


def keep_rows(X: object, labels: Labels, rows: object, new_codes: NDArray[np.intp]) -> KeptRows:
    """Copy random rows of each class; the choice is always the same for the same table."""
    rng = Streams(0).generator("kept rows")

    def some(codes: NDArray[np.intp], code: int, limit: int) -> NDArray[np.intp]:
        return np.sort(rng.permutation(np.flatnonzero(codes == code))[:limit])

    raised = list(dict.fromkeys(new_codes.tolist()))
    n_new = np.bincount(new_codes, minlength=len(labels.classes))
    order = _by_size(labels)
    real = np.concatenate([some(labels.codes, code, MAX_KEPT if code in raised else MAX_KEPT_OTHER) for code in order])
    new = np.concatenate([some(new_codes, code, MAX_KEPT) for code in raised])
    counts = {labels.texts[code]: (int(labels.counts[code]), int(n_new[code])) for code in order}
    return KeptRows((take(X, real), labels.values[real]), (take(rows, new), labels.classes[new_codes[new]]), counts)


def _by_size(labels: Labels) -> list[int]:
    """Return the class codes, the largest class first; equal classes in order of appearance."""
    first = np.unique(labels.codes, return_index=True)[1]
    return np.lexsort((first, -labels.counts)).tolist()


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
    r"""Return the weights of generated rows, :math:`\min(1, e^{D(x)})`, at least 0.05.

    :math:`e^{D(x)}` estimates the ratio of the densities of real and generated rows at x, so that rows where real ones
    are rarer get less weight.
    """
    return np.clip(np.exp(np.minimum(logits, 0.0)), LEAST_WEIGHT, 1.0).astype(np.float32)
