"""The base of generators: learn the rows of all classes, and generate rows of any class.

A subclass says what it reads, how this becomes rows of float32 and comes back, and which space and networks it has.
"""

from abc import abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, ClassVar, NamedTuple, Self

import numpy as np
from numpy.typing import NDArray
from sklearn.base import BaseEstimator
from sklearn.utils import Tags
from sklearn.utils.validation import check_is_fitted

from imbgan.exceptions import DataError, ParameterError
from imbgan.gan.checkpoint import Arrays
from imbgan.gan.model import ClassGenerators
from imbgan.gan.networks.families import Family
from imbgan.gan.processes import check_process
from imbgan.gan.records import Event
from imbgan.gan.space import Features, Space
from imbgan.gan.state import TrainState
from imbgan.oversampling.files import load, save
from imbgan.oversampling.learning import EncodedRows, Plan, history, learn, warn_if_poor
from imbgan.oversampling.parameters import OptionTypes, check_training
from imbgan.oversampling.requests import Range, requested_ranges
from imbgan.quality.history import History
from imbgan.random import Streams
from imbgan.tabular.labels import Labels, code_of, read_labels, without_labels


class Lesson(NamedTuple):
    """What networks learn from.

    Attributes
    ----------
    data : object
        The rows, as :meth:`BaseGAN._read` returns them.
    labels : Labels
        Their labels.
    class_counts : ndarray of int of shape (n_classes,)
        Sizes of the classes; more than there are rows if these are a part of a larger table.
    encoder : object
    wanted : list of int
        Codes of the classes that will be generated.
    """

    data: Any
    labels: Labels
    class_counts: NDArray[np.intp]
    encoder: Any
    wanted: list[int]


class BaseGAN(BaseEstimator):
    """The base of generators; each kind of data is a subclass."""

    # The name in saved models, and the arrays in them that only this kind of data has.
    _kind: ClassVar[str]
    _own_arrays: ClassVar[tuple[str, ...]] = ()
    # What to do about poor generated rows.
    _advice: ClassVar[str]

    # Set by subclasses.
    random_state: int | np.random.RandomState | None
    condition: str
    warm_start: bool
    # Set by `fit`.
    encoder_: Any
    generator_: ClassGenerators
    classes_: NDArray[np.generic]
    is_labeled_: bool
    class_counts_: NDArray[np.intp]
    events_: list[Event]
    history_: History
    n_iter_: int
    n_features_in_: int

    @property
    @abstractmethod
    def _option_types(self) -> OptionTypes:
        """The dataclasses whose fields are options, such as those that `train_options` can name."""

    @property
    @abstractmethod
    def _encoder_class(self) -> type[Any]:
        """What turns rows that were read into those of the networks and back; it has `from_document`."""

    @abstractmethod
    def _read_rows(self, X: object) -> tuple[Any, int]:
        """Return ``X`` in the form in which it is not read again, and its number of rows."""

    @abstractmethod
    def _read(self, X: object, y: object, labels: Labels) -> Any:  # noqa: ANN401 - what a subclass learns from
        """Read ``X`` once; raise if it cannot be learned or has another number of rows than ``labels``."""

    @abstractmethod
    def _fit_encoder(self, data: Any, labels: Labels, streams: Streams) -> Any:  # noqa: ANN401 - of `_encoder_class`
        """Return the encoder of what was read."""

    @abstractmethod
    def _space(self, encoder: Any, options: Any) -> Space | None:  # noqa: ANN401 - of the subclass
        """Return the space of encoded rows; None if all of them are alike, so that there is nothing to learn."""

    @abstractmethod
    def _decode(self, rows: NDArray[np.float32], codes: NDArray[np.intp], places: NDArray[np.int64]) -> Any:  # noqa: ANN401
        """Return encoded rows in the form of ``X``; ``places`` are those in the endless table of each class."""

    @abstractmethod
    def _encode_known(self, X: object, y: object) -> tuple[NDArray[np.float32], Labels]:
        """Return rows like those of the last fit, encoded, and their labels."""

    @abstractmethod
    def _check_like(self, encoder: Any) -> None:  # noqa: ANN401
        """Raise DataError if rows of this encoder cannot continue the last fit."""

    @abstractmethod
    def _family(self, rows: np.ndarray, codes: np.ndarray, space: Space, train_mask: np.ndarray) -> Family:
        """Return the network family of a member that trains on the rows of the mask; subclasses can override it."""

    def _features(self, encoder: Any, rows: np.ndarray, codes: np.ndarray) -> Features | None:  # noqa: ANN401
        """Return what distances between rows are taken in; None means the features of the space."""
        del encoder, rows, codes

    def _complete(
        self,
        encoder: Any,  # noqa: ANN401
        rows: np.ndarray,
        codes: np.ndarray,
        generator: ClassGenerators,
    ) -> dict[str, Any]:
        """Return the fitted attributes that only this kind of data has; called before any other is set."""
        del encoder, rows, codes, generator
        return {}

    def __sklearn_tags__(self) -> Tags:
        tags = super().__sklearn_tags__()
        tags.target_tags.required = False
        return tags

    def _fit(self, X: object, y: object, classes: Sequence[object] | None, streams: Streams | None = None) -> Self:
        """Learn the rows of all classes; see the subclass."""
        check_process()
        plan = self._plan()
        if y is None:
            rows, n_rows = self._read_rows(X)
            labels = without_labels(n_rows)
        else:
            rows, labels = X, read_labels(y)
        data = self._read(rows, y, labels)
        wanted = self._wanted(labels.classes, labels.counts, classes)
        streams = streams or Streams.from_random_state(self.random_state)
        encoder = self._fit_encoder(data, labels, streams)
        return self._train(Lesson(data, labels, labels.counts, encoder, wanted), plan, streams)

    def _plan(self) -> Plan:
        plan = Plan(self.get_params(deep=False), self._option_types, self._family)
        check_training(plan.parameters, plan.option_types)
        return plan

    def _train(self, lesson: "Lesson", plan: Plan, streams: Streams) -> Self:
        """Train the networks, and set the fitted attributes."""
        data, labels, class_counts, encoder, wanted = lesson
        previous: dict[int, TrainState] = {}
        if self.warm_start and hasattr(self, "_states"):
            self._check_same(labels, encoder)
            encoder, previous = self.encoder_, self._states
        rows = encoder.transform(data, streams.integer("encoder"))
        space = self._space(encoder, plan.configuration(labels.counts).rows)
        plan = replace(plan, features=self._features(encoder, rows, labels.codes))
        largest = int(np.argmax(class_counts))
        encoded = EncodedRows(rows, labels.codes, labels.counts, space, labels.texts, largest)
        generator, results = learn(encoded, wanted, plan, streams, previous)
        own = self._complete(encoder, rows, labels.codes, generator)
        # All attributes are set at the end, so that an interrupted fit keeps those of the last one.
        self.classes_, self.class_counts_, self.encoder_, self.generator_ = (
            labels.classes,
            class_counts,
            encoder,
            generator,
        )
        self.is_labeled_ = labels.are_given
        for name, value in own.items():
            setattr(self, name, value)
        self.events_ = [event for result in results.values() for event in result.events]
        self.history_ = history(list(results.values()))
        self.n_iter_ = max((result.n_iter for result in results.values()), default=0)
        if self.warm_start:
            self._states = {code: result.state for code, result in results.items()}
        warn_if_poor(results, self._advice, stacklevel=6)
        return self

    def _wanted(
        self, classes: NDArray[np.generic], counts: NDArray[np.intp], wanted: Sequence[object] | None
    ) -> list[int]:
        """Return the codes of the classes that will be generated.

        Raises
        ------
        DataError
            If a class has one row.
        ParameterError
            If ``wanted`` is no list of labels.
        """
        if wanted is not None:
            if isinstance(wanted, str | bytes) or not len(wanted):
                raise ParameterError(f"'classes' must be a list of labels that y has, at least one. Got {wanted!r}.")
            codes = sorted(code_of(label, classes.tolist()) for label in wanted)
        else:
            largest = int(np.argmax(counts))
            every = self.condition == "all" or len(classes) == 1
            codes = [code for code in range(len(classes)) if every or code != largest]
        for code in codes:
            if counts[code] < 2:
                raise DataError(
                    f"Class {classes.tolist()[code]!r} has 1 sample; at least 2 are needed to learn a "
                    "class. Use imblearn's RandomOverSampler for it, or leave it out of sampling_strategy."
                )
        return codes

    def _check_same(self, labels: Labels, encoder: Any) -> None:  # noqa: ANN401
        """Raise DataError if the last fit, from which training would continue, had other classes or rows."""
        if labels.classes.tolist() != self.classes_.tolist():
            raise DataError(
                f"With warm_start y must hold the classes of the last fit. Got {labels.classes.tolist()[:10]}."
            )
        self._check_like(encoder)

    def sample(self, n: int | Mapping[Any, int], *, label: object = None, start: int = 0) -> Any:  # noqa: ANN401
        """Generate rows, without rejection.

        Parameters
        ----------
        n : int or mapping of label to int
            Number of rows, at least 0; or the number of rows of each class, such as ``{"fraud": 200, "default": 50}``.
        label : object, default=None
            One of ``classes_``. By default, ``n`` rows have the class shares of ``fit``, rounded by largest remainders:
            few rows may hold none of a rare class.
        start : int, default=0
            Position of the first row in the endless table of each class: ``sample(n, label=l)`` is ``sample(n - k,
            label=l)`` followed by ``sample(k, label=l, start=n - k)``.

        Returns
        -------
        X : container like the one fitted
            Class after class, in the order of ``classes_``.
        y : ndarray of shape (n_rows,)
            Their labels; not returned for one ``label``, and by a model that learned rows without labels.

        Raises
        ------
        ParameterError
            If a label is unknown, or its class was not learned, or if a number is below 0.
        """
        check_is_fitted(self, "generator_")
        ranges = self._ranges(n, label, start, self.generator_.n_rows)
        rows = self._table(ranges)[0]
        codes = np.repeat([code for code, *_ in ranges], [stop - first for _, first, stop in ranges])
        return self._with_labels(rows, codes, label)

    def _ranges(self, n: object, label: object, start: object, limit: int) -> list[Range]:
        """Return which rows the arguments of :meth:`sample` ask for."""
        return requested_ranges(n, label, start, self.classes_.tolist(), self.class_counts_, limit)

    def _with_labels(self, rows: Any, codes: NDArray[np.intp], label: object) -> Any:  # noqa: ANN401 - as `sample`
        """Return what :meth:`sample` returns: rows, with their labels if these can differ."""
        if label is not None or not self.is_labeled_:
            return rows
        return rows, self.classes_[codes]

    def _table(self, ranges: Sequence[Range], *, judged: bool = False) -> tuple[Any, NDArray[np.float32]]:
        """Return generated rows in the form of ``X``, range after range, and their logits if they shall be judged."""
        rows = np.concatenate([self._sample_rows(stop - start, code, start) for code, start, stop in ranges])
        codes = np.concatenate([np.full(stop - start, code) for code, start, stop in ranges])
        places = np.concatenate([np.arange(start, stop) for _, start, stop in ranges])
        logits = self._score_rows(rows, codes)[0] if judged else np.empty(0, np.float32)
        return self._decode(rows, codes, places), logits

    def _sample_rows(self, n: int, code: int, start: int = 0) -> NDArray[np.float32]:
        """Generate encoded rows of one class."""
        if code not in self.generator_.learned:
            raise ParameterError(
                f"Class {self.classes_.tolist()[code]!r} was not learned, since condition='minority' learns each class "
                "separately. Name it in fit(..., classes=[...])."
            )
        return self.generator_.rows(code, start, start + n)

    def discriminate(self, X: object, y: object = None) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        r"""Return how real rows look to the discriminator, given their class.

        Parameters
        ----------
        X : container of n_samples rows
            Rows like those of fit.
        y : array-like of shape (n_samples,), default=None
            Labels that occurred in fit; None for a model that learned rows without labels.

        Returns
        -------
        logit : ndarray of shape (n_samples,), float32
            Mean logit over generators; at 0, real and generated rows cannot be distinguished. Logits of the
            relativistic and Wasserstein losses are defined only up to a constant, which is determined per class after
            training.
        probability : ndarray of shape (n_samples,), float32
            :math:`\sigma(\mathrm{logit})`, the probability of being real if both are equally frequent.

        Raises
        ------
        DataError
            If the rows are not like those of fit, or if labels are missing, or given where none were learned.
        """
        check_is_fitted(self, "generator_")
        check_process()
        if (y is not None) != self.is_labeled_:
            rule = "y must hold the labels of the rows" if self.is_labeled_ else "y must be None"
            raise DataError(f"{rule}, as in fit. Got {'labels' if y is not None else None}.")
        rows, labels = self._encode_known(X, y)
        known = self.classes_.tolist()
        codes = np.array([code_of(label, known) for label in labels.classes.tolist()], int)[labels.codes]
        return self._score_rows(rows, codes)

    def _score_rows(self, rows: np.ndarray, codes: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        missing = sorted(set(codes.tolist()) - set(self.generator_.learned))
        if missing:
            label = self.classes_.tolist()[missing[0]]
            raise ParameterError(f"Class {label!r} was not learned; only rows of learned classes can be judged.")
        return self.generator_.score(rows, codes)

    def save(self, path: str | Path) -> None:
        """Save the fitted model as a folder; see :func:`imbgan.oversampling.files.save`."""
        check_is_fitted(self, "generator_")
        save(self, Path(path))

    @classmethod
    def load(cls, path: str | Path) -> Self:
        """Load a saved model without executing anything; see :func:`imbgan.oversampling.files.load`."""
        return load(cls, Path(path))

    def _arrays(self) -> Arrays:
        """Return the arrays of a saved model that only this kind of data has, by name."""
        return {}

    @abstractmethod
    def _fits(self, space: Space | None) -> bool:
        """Return whether a space, or none, belongs to `encoder_`."""

    def _restore(self, arrays: Arrays) -> bool:
        """Set what only this kind of data has, from its arrays; return whether they fit the other parts."""
        return not arrays
