"""``TabularGAN`` learns a table and generates rows of any class."""

from collections.abc import Mapping, Sequence
from numbers import Integral
from pathlib import Path
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray
from sklearn.base import BaseEstimator
from sklearn.utils import Tags
from sklearn.utils.validation import check_is_fitted

from imbgan._sklearn import fit_context
from imbgan.exceptions import DataError, ParameterError
from imbgan.gan.model import N_ROWS
from imbgan.gan.networks.families import PERCEPTRONS, Family
from imbgan.gan.processes import check_process
from imbgan.gan.space import Space
from imbgan.gan.state import TrainState
from imbgan.oversampling.atoms import AtomShares
from imbgan.oversampling.files import load, save
from imbgan.oversampling.learning import EncodedTable, history, learn, warn_if_poor
from imbgan.oversampling.parameters import CONSTRAINTS, check_training
from imbgan.random import Streams
from imbgan.tabular import TableEncoder, read_table
from imbgan.tabular.labels import code_of, read_labels
from imbgan.tabular.leaks import warn_of_leaks


class TabularGAN(BaseEstimator):
    r"""Learn the rows of a table with a class-conditional generative adversarial network, and generate rows.

    Use it to generate rows without resampling a table; inside a pipeline, use :class:`GANOverSampler`.

    Parameters
    ----------
    random_state : int, RandomState instance or None, default=None
        Seed of all random draws. The same integer gives bit-identical rows on the same machine; ``None`` gives other
        rows every time.
    condition : {"all", "minority"}, default="all"
        ``"all"`` trains one class-conditional network on all rows, so that rare classes borrow from common ones.
        ``"minority"`` trains one network per class on the rows of this class, which is the classical design.
    kinds : mapping of column name (or position) to str, default=None
        Overrides the inferred kinds of columns: ``"continuous"``, ``"integer"``, ``"boolean"``, ``"categorical"``,
        ``"datetime"``, ``"timedelta"``, ``"time"``, ``"constant"`` or
        ``"identifier"``.
    numbers : {"quantile", "minmax"}, default="quantile"
        Encoding of numbers: class-balanced quantiles mapped to a normal distribution, or values scaled to [0, 1].
    max_levels : int, default=64
        Categories with more levels are encoded in one column, instead of one column per level.
    identifiers : {"fresh", "missing", "keep"}, default="fresh"
        What generated rows hold in columns that identify persons or rows (numbers and codes of which each row has its
        own, e-mail addresses, telephone numbers, names, free text). They are not learned: ``"fresh"`` gives values of
        the same shape that no row of the table has, ``"missing"`` leaves the cells without a value. ``"keep"`` learns
        them like all other columns, so that generated rows hold values of real persons. A column that ``kinds`` names
        is learned as this kind; the kind ``"identifier"`` marks a column that was not recognized.
    loss : {"relativistic", "non_saturating", "minimax", "hinge", "wasserstein"}, default="relativistic"
        Adversarial loss; see :mod:`imbgan.gan.losses` for the formulas.
    max_iter : int, default=1500
        Largest number of generator updates (steps, not epochs).
    n_epochs : int or None, default=None
        Number of passes over the training rows; replaces ``max_iter`` if it is set.
    batch_size : int, default=96
        Number of real rows per step, at least 2.
    n_generators : int or "auto", default="auto"
        Number of generators that are trained together. Each holds out other rows, by which it is judged, and generated
        rows come from all generators in turn. ``"auto"`` means 3 if the rarest class has fewer than 400 rows, and 1
        otherwise.
    early_stopping : bool, default=True
        Whether training ends early when the score on held-out rows has levelled off, which takes about 500 steps for
        many tables. In any case, the best checkpoint is used.
    train_options : mapping, default=None
        Further options by name: the fields of :class:`imbgan.gan.config.TrainConfig` and ``MonitorConfig``,
        :class:`imbgan.gan.networks.perceptrons.PerceptronConfig` and
        :class:`imbgan.gan.spaces.columns.ColumnOptions`, such as
        ``{"gamma": 10.0, "generator_hidden": (256, 256)}``.
    warm_start : bool, default=False
        Whether ``fit`` continues from the state of the last ``fit`` for another ``max_iter`` steps.
    callbacks : list of callable, default=None
        Functions that receive a :class:`imbgan.gan.records.ChunkSummary` after every chunk; a true return value stops
        training.
    verbose : int or bool, default=False
        Whether a progress line is shown.

    Attributes
    ----------
    classes_ : ndarray of shape (n_classes,)
        Distinct labels, sorted.
    class_counts_ : ndarray of shape (n_classes,), int
        Number of rows of each class.
    generator_ : ClassGenerators
        The trained networks.
    encoder_ : TableEncoder
        The fitted encoder.
    atom_shares_ : AtomShares
        How often values that dominate a number, such as the zeros of counts, occur in generated rows of each class:
        as often as in real ones.
    history_ : dict of str to ndarray of shape (n_chunks,)
        Measures after each chunk of steps, by name.
    events_ : list of Event
        Early stopping, failures that were detected, and restarts.
    n_iter_ : int
        Step of the checkpoint that was kept.
    n_features_in_ : int
        Number of columns of the table.

    See Also
    --------
    GANOverSampler : The imbalanced-learn sampler.

    Notes
    -----
    Rows are addressable: row i of class c is a pure function of the fitted model, c and i. The first 10,000 of a
    million rows are the rows of ``sample(10_000)``, and any worker can generate any range of rows.

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from imbgan import TabularGAN
    >>> X, y = load_iris(return_X_y=True, as_frame=True)
    >>> gan = TabularGAN(max_iter=500, random_state=0).fit(X, y)
    >>> gan.sample(3, label=1).shape
    (3, 4)
    >>> logit, probability = gan.discriminate(X, y)
    >>> bool(0.4 < probability.mean() < 0.6)
    True
    """

    _parameter_constraints = CONSTRAINTS

    def __init__(
        self,
        *,
        random_state: int | np.random.RandomState | None = None,
        condition: str = "all",
        kinds: Mapping[str | int, str] | None = None,
        numbers: str = "quantile",
        max_levels: int = 64,
        identifiers: str = "fresh",
        loss: str = "relativistic",
        max_iter: int = 1500,
        n_epochs: int | None = None,
        batch_size: int = 96,
        n_generators: int | str = "auto",
        early_stopping: bool = True,
        train_options: Mapping[str, Any] | None = None,
        warm_start: bool = False,
        callbacks: Sequence[Any] | None = None,
        verbose: int | bool = False,
    ) -> None:
        self.random_state = random_state
        self.condition = condition
        self.kinds = kinds
        self.numbers = numbers
        self.max_levels = max_levels
        self.identifiers = identifiers
        self.loss = loss
        self.max_iter = max_iter
        self.n_epochs = n_epochs
        self.batch_size = batch_size
        self.n_generators = n_generators
        self.early_stopping = early_stopping
        self.train_options = train_options
        self.warm_start = warm_start
        self.callbacks = callbacks
        self.verbose = verbose

    def __sklearn_tags__(self) -> Tags:
        tags = super().__sklearn_tags__()
        tags.target_tags.required = True
        tags.input_tags.sparse = True
        tags.input_tags.allow_nan = True
        tags.input_tags.string = True
        return tags

    @fit_context(prefer_skip_nested_validation=True)
    def fit(self, X: object, y: object, *, classes: Sequence[object] | None = None) -> Self:
        """Learn the rows of a table.

        Parameters
        ----------
        X : DataFrame, array-like or sparse matrix of shape (n_samples, n_features)
            The table; missing values are learned as well. A :class:`imbgan.tabular.schema.Table` that was read
            with the same ``kinds`` is not read again.
        y : array-like of shape (n_samples,), or Labels
            Class labels; see :func:`imbgan.tabular.labels.read_labels`.
        classes : sequence of labels, default=None
            Classes that will be generated. With ``condition="minority"``, only these classes get a network, and the
            default is every class but the largest; otherwise the default is every class.

        Returns
        -------
        self

        Raises
        ------
        DataError, DataTypeError, ParameterError
            See the messages; all are raised before training starts.
        """
        check_process()
        check_training(self.get_params(deep=False))
        labels = read_labels(y)
        table = read_table(X, self.kinds)
        labels.check_rows(table.n_rows)
        if labels is not y:
            # A caller that has read the labels, such as the sampler, has raised this warning already.
            warn_of_leaks(table, labels, y, stacklevel=3)
        classes_, codes, counts = labels.classes, labels.codes, labels.counts
        wanted = self._wanted(classes_, counts, classes)
        streams = Streams.from_random_state(self.random_state)
        encoder = TableEncoder(
            numbers=self.numbers,  # pyright: ignore[reportArgumentType]
            max_levels=self.max_levels,
            identifiers=self.identifiers,  # pyright: ignore[reportArgumentType]
        )
        encoder.fit(table, codes, n_classes=len(classes_), kinds=self.kinds)
        previous: dict[int, TrainState] = {}
        if self.warm_start and hasattr(self, "_states"):
            self._check_same(classes_, encoder)
            encoder, previous = self.encoder_, self._states
        rows = encoder.transform(table, streams.integer("encoder"))
        encoded = EncodedTable(rows, codes, counts, encoder.spans, labels.texts)
        generator, results = learn(encoded, wanted, self.get_params(deep=False), streams, previous, self._family)
        shares = AtomShares.measured(encoder.atoms, rows, codes, len(classes_), generator.last_rows)
        # All attributes are set at the end, so that an interrupted fit keeps those of the last one.
        self.classes_, self.class_counts_, self.encoder_, self.generator_ = (
            classes_,
            counts,
            encoder,
            generator,
        )
        self.atom_shares_ = shares
        self.n_features_in_ = len(encoder.schema_.columns)
        self.events_ = [event for result in results.values() for event in result.events]
        self.history_ = history(list(results.values()))
        self.n_iter_ = max((result.n_iter for result in results.values()), default=0)
        if self.warm_start:
            self._states = {code: result.state for code, result in results.items()}
        warn_if_poor(results, stacklevel=3)
        return self

    def _family(self, rows: np.ndarray, codes: np.ndarray, space: Space, train_mask: np.ndarray) -> Family:
        """Return the network family of a member that trains on the rows of the mask; subclasses can override it."""
        del rows, codes, space, train_mask
        return PERCEPTRONS

    def _wanted(
        self, classes_: NDArray[np.generic], counts: NDArray[np.intp], wanted: Sequence[object] | None
    ) -> list[int]:
        """Return the codes of the classes that will be generated; raise DataError for a class of one row."""
        if wanted is not None:
            codes = sorted(code_of(label, classes_.tolist()) for label in wanted)
        else:
            largest = int(np.argmax(counts))
            every = self.condition == "all" or len(classes_) == 1
            codes = [code for code in range(len(classes_)) if every or code != largest]
        for code in codes:
            if counts[code] < 2:
                raise DataError(
                    f"Class {classes_[code].item()!r} has 1 sample; at least 2 are needed to learn a "
                    "class. Use imblearn's RandomOverSampler for it, or leave it out of sampling_strategy."
                )
        return codes

    def _check_same(self, classes_: NDArray[np.generic], encoder: TableEncoder) -> None:
        """Raise DataError if the last fit, from which training would continue, had other classes or columns."""
        if classes_.tolist() != self.classes_.tolist():
            raise DataError(f"With warm_start y must hold the classes of the last fit. Got {classes_.tolist()[:10]}.")
        if encoder.spans != self.encoder_.spans:
            raise DataError("With warm_start the table must have the columns and levels of the last fit.")

    def sample(self, n: int, *, label: object, start: int = 0) -> Any:  # noqa: ANN401 - the fitted container
        """Generate rows of one class, without rejection.

        Parameters
        ----------
        n : int
            Number of rows, at least 0.
        label : object
            One of ``classes_``.
        start : int, default=0
            Position of the first row in the endless table of the class: ``sample(n)`` is ``sample(n - k)``
            followed by ``sample(k, start=n - k)``.

        Returns
        -------
        X : container like the one fitted, of shape (n, n_features)

        Raises
        ------
        ParameterError
            If the label is unknown, or its class was not learned.
        """
        check_is_fitted(self, "generator_")
        for name, value in (("n", n), ("start", start)):
            if isinstance(value, bool) or not isinstance(value, Integral) or value < 0:
                raise ParameterError(f"The {name!r} parameter of sample must be an int of at least 0. Got {value!r}.")
        if start + n > N_ROWS:
            raise ParameterError(
                f"The table of a class has {N_ROWS} rows. Got start={start} and n={n}, which lead beyond its end."
            )
        code = code_of(label, self.classes_.tolist())
        places = np.arange(int(start), int(start) + int(n))
        return self._decode(self._sample_matrix(int(n), code, int(start)), np.full(int(n), code), places)

    def _decode(self, matrix: NDArray[np.float32], codes: NDArray[np.intp], places: NDArray[np.int64]) -> Any:  # noqa: ANN401 - the fitted container
        """Return encoded rows as a table, given the class of each row and its place in the table of its class."""
        # The tables of all classes share one sequence of identifiers, in turn.
        rows = places * len(self.classes_) + codes
        return self.encoder_.inverse_transform(matrix, rows=rows, seed=self.generator_.seed)

    def _sample_matrix(self, n: int, code: int, start: int = 0) -> NDArray[np.float32]:
        """Generate encoded rows of one class."""
        if self.encoder_.width == 0:
            return np.zeros((n, 0), np.float32)
        if code not in self.generator_.places:
            raise ParameterError(
                f"Class {self.classes_[code].item()!r} was not learned, since condition='minority' learns each class "
                "separately. Name it in fit(..., classes=[...])."
            )
        return self.atom_shares_.apply(self.generator_.rows(code, start, start + n), code)

    def discriminate(self, X: object, y: object) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        r"""Return how real rows look to the discriminator, given their class.

        Parameters
        ----------
        X : container of shape (n_samples, n_features)
            Rows with the columns of fit. A level, or a missing value, that did not occur in fit is taken as unknown: it
            has no level, and a number gets a drawn place. Identifiers may hold any value.
        y : array-like of shape (n_samples,)
            Labels that occurred in fit.

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
            If columns differ from those of fit.
        """
        check_is_fitted(self, "generator_")
        check_process()
        self.encoder_.check(X)
        labels = read_labels(y)
        table = read_table(X, self.encoder_.kinds)
        labels.check_rows(table.n_rows)
        known = self.classes_.tolist()
        codes = np.array([code_of(label, known) for label in labels.classes.tolist()], int)[labels.codes]
        # The encoding is random; with a fixed seed, the score of a row is reproducible.
        return self._score_matrix(self.encoder_.transform(table, seed=0, may_be_unknown=True), codes)

    def _score_matrix(self, rows: np.ndarray, codes: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        if self.encoder_.width == 0:
            return np.zeros(len(rows), np.float32), np.full(len(rows), 0.5, np.float32)
        missing = sorted(set(codes.tolist()) - set(self.generator_.places))
        if missing:
            label = self.classes_[missing[0]].item()
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
