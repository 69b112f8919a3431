"""``TabularGAN`` learns a table and generates rows of any class."""

import warnings
from collections.abc import Hashable, Iterable, Mapping, Sequence
from functools import partial
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray
from sklearn.utils import Tags
from sklearn.utils.validation import check_is_fitted

from imbgan._sklearn import clone_sharing, fit_context
from imbgan._threads import in_threads
from imbgan.exceptions import DataError, GenerationQualityWarning
from imbgan.gan.checkpoint import Arrays
from imbgan.gan.devices import thread_context
from imbgan.gan.model import ClassGenerators
from imbgan.gan.networks.families import PERCEPTRONS, Family
from imbgan.gan.processes import check_process
from imbgan.gan.space import Space
from imbgan.gan.spaces.columns import ColumnOptions, ColumnSpace
from imbgan.oversampling.atoms import AtomShares
from imbgan.oversampling.base_gan import BaseGAN, Lesson, Range
from imbgan.oversampling.chunks import Chunk, chunks_of
from imbgan.oversampling.conditional import CANDIDATES_PER_ROW, rows_that_meet
from imbgan.oversampling.parameters import CONSTRAINTS, TABLES, OptionTypes
from imbgan.oversampling.streaming import survey_of
from imbgan.oversampling.text_columns import TextColumns
from imbgan.random import Streams
from imbgan.tabular import TableEncoder, read_table
from imbgan.tabular.conditions import read_conditions
from imbgan.tabular.labels import Labels, read_labels, without_labels
from imbgan.tabular.leaks import warn_of_leaks
from imbgan.tabular.parts import Parts
from imbgan.tabular.reservoir import ReservoirSize
from imbgan.tabular.rules import Rule, RuledEncoder
from imbgan.tabular.schema import Decoded, Table
from imbgan.tabular.survey import Surveyed
from imbgan.tabular.vectors import cell_names


class TabularGAN(BaseGAN):
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
        ``"datetime"``, ``"timedelta"``, ``"time"``, ``"constant"``, ``"identifier"``, ``"text"`` or ``"vector"``. A key
        may be a pattern, such as ``{"emb_*": "vector"}`` for columns of numbers that are one embedding or one spectrum
        together; a column whose cells are lists of numbers is one without being named. If all rows of a vector have one
        Euclidean norm, generated ones have it as well.
    rules : list of rules, default=None
        What holds in every row, and shall hold in every generated one: :func:`imbgan.less`, :func:`imbgan.adds_up`,
        :func:`imbgan.between`, :func:`imbgan.unique` and :func:`imbgan.only_together`. Columns that rules determine
        are learned in another form, so that nothing is rejected. A table that breaks a rule itself is an error.
    numbers : {"quantile", "minmax"}, default="quantile"
        Encoding of numbers: class-balanced quantiles mapped to a normal distribution, or values scaled to [0, 1].
    max_levels : int, default=64
        Categories with more levels are encoded in one column, instead of one column per level.
    identifiers : {"fresh", "missing", "keep"}, default="fresh"
        What generated rows hold in columns that identify persons or rows (numbers and codes of which each row has its
        own, e-mail addresses, telephone numbers, names). They are not learned: ``"fresh"`` gives values of
        the same shape that no row of the table has, ``"missing"`` leaves the cells without a value. ``"keep"`` learns
        them like all other columns, so that generated rows hold values of real persons. A column that ``kinds`` names
        is learned as this kind; the kind ``"identifier"`` marks a column that was not recognized.
    encoder : encoder, mapping of column name to encoder, or None, default="auto"
        How columns of free text become the vectors that are learned; see :func:`imbgan.text.resolve_encoder`. By
        default the columns are those that hold free text and those of kind ``"text"``; a mapping names them. ``"auto"``
        is a sentence encoder that is installed, or else 100 singular vectors of TF-IDF. None treats free text as an
        identifier.
    text_output : {"missing", "nearest"}, default="missing"
        What generated rows hold in columns of text, since no sentence is written: nothing, or the real text of the same
        class whose vector is nearest, which is a copy of a real text. A model that was saved or pickled holds no real
        texts, and generates none.
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
        Distinct labels, sorted; ``["all rows"]`` after a fit without labels.
    is_labeled_ : bool
        Whether ``fit`` had labels.
    class_counts_ : ndarray of shape (n_classes,), int
        Number of rows of each class.
    generator_ : ClassGenerators
        The trained networks.
    encoder_ : TableEncoder, or RuledEncoder with rules
        The fitted encoder.
    atom_shares_ : AtomShares
        How often values that dominate a number, such as the zeros of counts, occur in generated rows of each class:
        as often as in real ones.
    conditions_ : Conditions
        What the last ``sample(..., where=...)`` did: rows that were looked at, kept and moved, class by class.
    history_ : History
        Measures after each chunk of steps, by name.
    events_ : list of Event
        Early stopping, failures that were detected, and restarts.
    n_iter_ : int
        Step of the checkpoint that was kept.
    n_features_in_ : int
        Number of columns of the table.
    text_columns_ : tuple of column names
        The columns of text, which were learned as vectors.

    See Also
    --------
    GANOverSampler : The imbalanced-learn sampler.

    Notes
    -----
    Rows are addressable: row i of class c is a pure function of the fitted model, c and i. The first 10,000 of a
    million rows are the rows of ``sample(10_000)``, and any worker can generate any range of rows.

    In rows that ``discriminate`` judges, a level, or a missing value, that did not occur in ``fit`` is taken as
    unknown: it has no level, and a number gets a drawn place. Identifiers may hold any value.

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from imbgan import TabularGAN
    >>> X, y = load_iris(return_X_y=True, as_frame=True)
    >>> gan = TabularGAN(max_iter=200, random_state=0).fit(X, y)
    >>> gan.sample(3, label=1).shape
    (3, 4)
    >>> logit, probability = gan.discriminate(X, y)
    >>> bool(0.4 < probability.mean() < 0.6)
    True
    """

    _parameter_constraints = CONSTRAINTS
    _kind = "TabularGAN"
    _advice = "Use imblearn's SMOTE or class weights instead, or train longer (max_iter)."
    _own_arrays = ("atoms/ends",)

    def __init__(
        self,
        *,
        random_state: int | np.random.RandomState | None = None,
        condition: str = "all",
        kinds: Mapping[str | int, str] | None = None,
        rules: Sequence[Rule] | None = None,
        numbers: str = "quantile",
        max_levels: int = 64,
        identifiers: str = "fresh",
        encoder: Any = "auto",  # noqa: ANN401 - see text_columns
        text_output: str = "missing",
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
        self.rules = rules
        self.numbers = numbers
        self.max_levels = max_levels
        self.identifiers = identifiers
        self.encoder = encoder
        self.text_output = text_output
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

    def __sklearn_clone__(self) -> Self:
        return clone_sharing(self, "encoder")  # a copy of a model would be large, and unknown to the cache

    @property
    def text_columns_(self) -> tuple[Hashable, ...]:
        """The columns of text."""
        return self._texts.names

    def __sklearn_tags__(self) -> Tags:
        tags = super().__sklearn_tags__()
        tags.input_tags.sparse = True
        tags.input_tags.allow_nan = True
        tags.input_tags.string = True
        return tags

    @fit_context(prefer_skip_nested_validation=True)
    def fit(self, X: object, y: object = None, *, classes: Sequence[object] | None = None) -> Self:
        """Learn the rows of a table.

        Parameters
        ----------
        X : DataFrame, array-like or sparse matrix of shape (n_samples, n_features)
            The table; missing values are learned as well. A :class:`imbgan.tabular.schema.Table` that was read
            with the same ``kinds`` is not read again.
        y : array-like of shape (n_samples,), or Labels, default=None
            Class labels; see :func:`imbgan.tabular.labels.read_labels`. None learns the rows as one class.
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
        return self._fit(X, y, classes)

    @fit_context(prefer_skip_nested_validation=True)
    def fit_stream(
        self,
        batches: Iterable[Any],
        *,
        classes: Sequence[object] | None = None,
        size: ReservoirSize | None = None,
    ) -> Self:
        """Learn the rows of a table that is larger than memory.

        The table is read once. Class counts and the encoding come from all rows; the networks learn a reservoir, a
        random sample of each class: by default all rare rows up to 200,000 of a class, and 100,000 of the largest
        class. A table that fits into the reservoir gives the same model as :meth:`fit`, and nothing depends on how the
        rows are divided into batches.

        Parameters
        ----------
        batches : iterable of (X, y)
            Parts of the table in their order, each as for :meth:`fit`; or ``open_data_set(path).labeled(target)``, the
            batches of files. A label may first appear in the last batch. If every y is None, the rows are learned as
            one class.
        classes : sequence of labels, default=None
            As for :meth:`fit`.
        size : ReservoirSize, default=None
            How many rows the reservoir keeps.

        Returns
        -------
        self

        Raises
        ------
        DataError, DataTypeError, ParameterError
            See the messages; they name the rows. All are raised before training starts.

        Examples
        --------
        >>> from sklearn.datasets import load_iris
        >>> from imbgan import TabularGAN
        >>> X, y = load_iris(return_X_y=True)
        >>> parts = ((X[i : i + 30], y[i : i + 30]) for i in range(0, 150, 30))
        >>> gan = TabularGAN(max_iter=200, random_state=0).fit_stream(parts)
        >>> gan.class_counts_.tolist()
        [50, 50, 50]
        """
        check_process()
        self._plan()  # wrong parameters are found before the table is read
        streams = Streams.from_random_state(self.random_state)
        seed = streams.integer("reservoir")
        found = survey_of(batches, kinds=self.kinds, seed=seed, size=size, rules=self.rules)
        return self._fit_surveyed(found, classes, streams)

    @fit_context(prefer_skip_nested_validation=True)
    def fit_surveyed(self, found: Surveyed, *, classes: Sequence[object] | None = None) -> Self:
        """Learn a table that was surveyed, by this process or by many; see :meth:`fit_stream`.

        Parameters
        ----------
        found : Surveyed
            The result of a :class:`imbgan.tabular.survey.Survey` with the same ``kinds``, and with the seed
            :func:`imbgan.oversampling.streaming.survey_seed` for the same rows as ``fit_stream``.
        classes : sequence of labels, default=None

        Returns
        -------
        self
        """
        return self._fit_surveyed(found, classes, Streams.from_random_state(self.random_state))

    def _fit_surveyed(self, found: Surveyed, classes: Sequence[object] | None, streams: Streams) -> Self:
        y = found.labels.values if found.labels.are_given else None
        if found.is_whole:
            return self._fit(found.X, y, classes, streams)
        check_process()
        plan = self._plan()
        wanted = self._wanted(found.labels.classes, found.class_counts, classes)
        table = self._read(found.X, y, found.labels)
        statistics_of = partial(found.statistics_for, keeps_identifiers=self.identifiers == "keep")
        encoder = self._new_encoder()
        if isinstance(encoder, RuledEncoder):
            encoder.fit_by(lambda derived, named: statistics_of(derived, sampled=named), table, kinds=self.kinds)
        else:
            encoder.fit_statistics(statistics_of(table))
        return self._train(Lesson(table, found.labels, found.class_counts, encoder, wanted), plan, streams)

    def _read_rows(self, X: object) -> tuple[Table, int]:
        table = read_table(X, self.kinds)
        return table, table.n_rows

    def _read(self, X: object, y: object, labels: Labels) -> Table:
        table = read_table(X, self.kinds)
        labels.check_rows(table.n_rows)
        # The sampler has read the labels already, and stands between this method and the caller.
        stacklevel = 10 if labels is y else 5
        self._texts = TextColumns.fit(table, labels, self.encoder, self.text_output, stacklevel=stacklevel)
        table = self._texts.vectorized(table)
        if labels is not y:
            # A caller that has read the labels, such as the sampler, has raised this warning already.
            warn_of_leaks(table, labels, y, stacklevel=5)
        return table

    @property
    def _option_types(self) -> OptionTypes:
        return TABLES

    @property
    def _encoder_class(self) -> type[TableEncoder | RuledEncoder]:
        return RuledEncoder if self.rules else TableEncoder

    def _fit_encoder(self, data: Table, labels: Labels, streams: Streams) -> TableEncoder | RuledEncoder:
        del streams
        return self._new_encoder().fit(data, labels.codes, n_classes=len(labels.classes), kinds=self.kinds)

    def _new_encoder(self) -> TableEncoder | RuledEncoder:
        encoder = TableEncoder(
            numbers=self.numbers,  # pyright: ignore[reportArgumentType]
            max_levels=self.max_levels,
            identifiers=self.identifiers,  # pyright: ignore[reportArgumentType]
        )
        return RuledEncoder(encoder, self.rules) if self.rules else encoder

    def _space(self, encoder: TableEncoder | RuledEncoder, options: ColumnOptions) -> ColumnSpace | None:
        # A table of constant columns needs no network, since its rows are known.
        return ColumnSpace.of(encoder.spans, options) if encoder.spans else None

    def _complete(
        self, encoder: TableEncoder | RuledEncoder, rows: np.ndarray, codes: np.ndarray, generator: ClassGenerators
    ) -> dict[str, Any]:
        n_classes = int(codes.max()) + 1
        shares = AtomShares.measured(encoder.atoms, rows, codes, n_classes, generator.last_rows)
        return {"atom_shares_": shares, "n_features_in_": len(cell_names(encoder.schema_.names))}

    def _family(self, rows: np.ndarray, codes: np.ndarray, space: Space, train_mask: np.ndarray) -> Family:
        del rows, codes, space, train_mask
        return PERCEPTRONS

    def _check_like(self, encoder: TableEncoder | RuledEncoder) -> None:
        if encoder.spans != self.encoder_.spans:
            raise DataError("With warm_start the table must have the columns and levels of the last fit.")

    def sample(
        self,
        n: int | Mapping[Any, int],
        *,
        label: object = None,
        start: int = 0,
        where: Mapping[Any, object] | None = None,
    ) -> Any:  # noqa: ANN401 - the fitted container
        """Generate rows, of which each meets all conditions if there are any.

        Parameters
        ----------
        n : int or mapping of label to int
            Number of rows, at least 0; or the number of rows of each class, such as ``{"fraud": 200, "default": 50}``.
        label : object, default=None
            One of ``classes_``. By default, ``n`` rows have the class shares of ``fit``, rounded by largest remainders:
            few rows may hold none of a rare class.
        start : int, default=0
            Position of the first row in the endless table of each class: ``sample(n, label=l)`` is ``sample(n - k,
            label=l)`` followed by ``sample(k, label=l, start=n - k)``. The same holds of rows with one ``where``.
        where : mapping of column to value, (low, high), or list, set or array of these, default=None
            What cells must be, such as ``{"area": "rural", "age": (18, 25)}``. A pair is a closed interval of numbers,
            dates or times, with None for an open end; None as a value stands for a missing cell. Dates and times can
            be texts, and a date without a time of day stands for the whole day. Rows of the endless
            table that meet all conditions are kept. Where they are rarer than one of 200, the conditioned cells of
            the rows nearest to the conditions are changed ("moved"); ``conditions_`` tells how many.

        Returns
        -------
        X : container like the one fitted
            Class after class, in the order of ``classes_``; a pandas table has a RangeIndex.
        y : ndarray of shape (n_rows,)
            Their labels; not returned for one ``label``, and by a model that learned rows without labels.

        Raises
        ------
        ParameterError
            If a label is unknown, or its class was not learned, if a number is below 0, or if a condition names an
            unknown column or level, or can be met by no row.

        Warns
        -----
        GenerationQualityWarning
            If rows were moved.

        Examples
        --------
        >>> from sklearn.datasets import load_iris
        >>> from imbgan import TabularGAN
        >>> X, y = load_iris(return_X_y=True, as_frame=True)
        >>> gan = TabularGAN(max_iter=200, random_state=0).fit(X, y)
        >>> rows = gan.sample(20, label=1, where={"petal width (cm)": (1.0, 1.3)})
        >>> bool(rows["petal width (cm)"].between(1.0, 1.3).all())
        True
        """
        if where is None:
            return super().sample(n, label=label, start=start)
        check_is_fitted(self, "generator_")
        conditions = read_conditions(where, self.encoder_.cells)
        ranges = self._ranges(n, label, start, self.generator_.n_rows // CANDIDATES_PER_ROW)
        columns, codes, self.conditions_ = rows_that_meet(
            conditions,
            ranges,
            self._sample_rows,
            self._parts,
            self.classes_.tolist(),
            Streams(self.generator_.seed),
        )
        if self.conditions_.n_moved:
            warnings.warn(
                f"{self.conditions_.n_moved} of {len(codes)} rows were moved: fewer than one of {CANDIDATES_PER_ROW} "
                "generated rows meets the conditions, so that cells of others were changed. They fit the rest of their "
                "row less well; see conditions_, or ask for less.",
                GenerationQualityWarning,
                stacklevel=2,
            )
        rows = self.encoder_.write(columns, len(codes), self._texts.texts_for(codes))
        return self._with_labels(rows, codes, label)

    def _decode(self, rows: NDArray[np.float32], codes: NDArray[np.intp], places: NDArray[np.int64]) -> Any:  # noqa: ANN401 - the fitted container
        parts = self._parts(rows, codes, places)
        return self.encoder_.write(parts, len(rows), self._texts.texts_for(codes))

    def _parts(self, rows: NDArray[np.float32], codes: NDArray[np.intp], places: NDArray[np.int64]) -> list[Decoded]:
        # The tables of all classes share one sequence of identifiers, in turn.
        numbers = places * len(self.classes_) + codes
        return self.encoder_.decode(rows, rows=numbers, seed=self.generator_.seed)

    def _table(self, ranges: Sequence[Range], *, judged: bool = False) -> tuple[Any, NDArray[np.float32]]:
        # Encoded rows are wide, so that only a chunk of them is there at a time. Chunks do not depend on one another.
        n_rows = sum(stop - start for _, start, stop in ranges)
        # More rows than memory holds are an error at once.
        codes_of_rows = np.repeat([code for code, *_ in ranges], [stop - start for _, start, stop in ranges])
        parts, logits = Parts(n_rows), np.empty(n_rows if judged else 0, np.float32)

        def make(chunk: Chunk) -> None:
            rows = self._sample_rows(chunk.stop - chunk.start, chunk.code, chunk.start)
            codes = np.full(len(rows), chunk.code)
            if judged:
                logits[chunk.place : chunk.place + len(rows)] = self._score_rows(rows, codes)[0]
            parts.put(chunk.place, self._parts(rows, codes, np.arange(chunk.start, chunk.stop)))

        in_context = thread_context()

        def make_there(chunk: Chunk) -> None:
            with in_context():
                make(chunk)

        chunks = chunks_of(ranges, self.encoder_.width)
        # The first one compiles and reserves, and shows a diverged generator.
        make(chunks[0])
        in_threads(make_there, chunks[1:])
        return self.encoder_.write(parts.columns, n_rows, self._texts.texts_for(codes_of_rows)), logits

    def _sample_rows(self, n: int, code: int, start: int = 0) -> NDArray[np.float32]:
        if self.encoder_.width == 0:
            return np.zeros((n, 0), np.float32)
        return self.atom_shares_.apply(super()._sample_rows(n, code, start), code)

    def _encode_known(self, X: object, y: object) -> tuple[NDArray[np.float32], Labels]:
        self.encoder_.check(X)
        table = read_table(X, self.encoder_.kinds)
        labels = without_labels(table.n_rows) if y is None else read_labels(y)
        table = self._texts.vectorized(table)
        labels.check_rows(table.n_rows)
        # The encoding is random; with a fixed seed, the score of a row is reproducible.
        return self.encoder_.transform(table, seed=0, may_be_unknown=True), labels

    def _score_rows(self, rows: np.ndarray, codes: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        if self.encoder_.width == 0:
            return np.zeros(len(rows), np.float32), np.full(len(rows), 0.5, np.float32)
        return super()._score_rows(rows, codes)

    def _arrays(self) -> Arrays:
        return {"atoms/ends": self.atom_shares_.ends} if self.encoder_.atoms else {}

    def _restore(self, arrays: Arrays) -> bool:
        self.n_features_in_ = len(cell_names(self.encoder_.schema_.names))
        self._texts = TextColumns.saved(self.encoder_.schema_, self.text_output)
        ends = arrays.get("atoms/ends", np.empty((len(self.classes_), 0, 2), np.float32))
        self.atom_shares_ = AtomShares(self.encoder_.atoms, ends)
        is_valid = self.atom_shares_.is_valid(len(self.classes_))
        return is_valid and arrays.keys() == ({"atoms/ends"} if self.encoder_.atoms else set())

    def _fits(self, space: Space | None) -> bool:
        spans = space.spans if isinstance(space, ColumnSpace) else ()
        return (space is None or isinstance(space, ColumnSpace)) and spans == self.encoder_.spans
