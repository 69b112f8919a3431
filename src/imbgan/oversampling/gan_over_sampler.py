"""``GANOverSampler``: the over-sampler for tables."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from numbers import Integral, Real
from typing import Any, ClassVar, Self

import numpy as np
from numpy.typing import NDArray
from sklearn.utils.validation import check_is_fitted

from imbgan._sklearn import StrOptions, clone_sharing, fit_context
from imbgan.exceptions import ParameterError
from imbgan.gan.processes import check_process
from imbgan.oversampling.base import LEARNED, MAX_KEPT, BaseGANOverSampler, KeptRows, keep_rows, realism_weights
from imbgan.oversampling.parameters import CONSTRAINTS, check_training
from imbgan.oversampling.sampling_strategy import CLASS_NAMES, rows_by_counts
from imbgan.oversampling.streaming import survey_of
from imbgan.oversampling.tabular_gan import TabularGAN
from imbgan.oversampling.textbook import textbook_parameters
from imbgan.random import Streams
from imbgan.tabular import read_table
from imbgan.tabular.labels import Labels
from imbgan.tabular.leaks import warn_of_leaks
from imbgan.tabular.reservoir import ReservoirSize
from imbgan.tabular.rules import Rule
from imbgan.tabular.schema import Table
from imbgan.tabular.survey import Surveyed


class GANOverSampler(BaseGANOverSampler):
    r"""Over-sample the rare classes of a table with a class-conditional generative adversarial network.

    The network learns all classes together, so that a rare class borrows the structure that it shares with the common
    ones; interpolation between a few rare rows cannot do this. For a few numeric columns with hundreds of rare rows,
    SMOTE is faster and about as good.

    Parameters
    ----------
    sampling_strategy : float, str, dict or callable, default="auto"
        The classes to raise and their numbers of rows, as in imbalanced-learn. A float is the ratio of rare to common
        rows after resampling (two classes only). ``"minority"``, ``"not minority"``, ``"not majority"``, ``"all"`` and
        ``"auto"`` (= ``"not majority"``) raise these classes to the size of the largest one. A dict gives the number of
        rows per class. A callable receives y and returns such a dict.
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
    sampling_strategy_ : dict
        Class label -> number of rows that were generated.
    synthetic_mask_ : ndarray of shape (n_samples_new,), bool
        True for the generated rows of the output.
    sample_weight_ : ndarray of shape (n_samples_new,), float32
        Weights for learners that accept them: 1 for original rows; in [0.05, 1] for generated ones, lower if the
        discriminator finds them less real.
    quality_ : Assessment
        Measures of the generated rows, class by class, computed on first access. :meth:`assess` also accepts held-out
        rows, which are needed to detect memorization.
    gan_ : TabularGAN
        The fitted generator, which can generate further rows and can be saved. Absent if no rows had to be generated.
    generator_, encoder_, history_, events_, n_iter_
        As in :class:`TabularGAN`.
    n_features_in_ : int
        Number of columns of the table.
    feature_names_in_ : ndarray of shape (n_features,)
        Names of the columns, if all names are strings.

    See Also
    --------
    TabularGAN : Generates rows without resampling a table.
    imbgan.compare : Compares strategies on your data.
    imblearn.over_sampling.SMOTE : Interpolates between neighbors.

    Notes
    -----
    Let D(x, c) be the logit of a row x of class c, and z noise. For pairs of a real and a generated row of the same
    class, discriminator and generator minimize

    .. math::
        L_D &= E f(D(G(z, c), c) - D(x, c)) + \gamma (R_1 + R_2), \quad f(t) = \log(1 + e^t) \\
        L_G &= E f(D(x, c) - D(G(z, c), c))

    with the zero-centered penalties :math:`R_1 = \frac{1}{2} E \lVert \nabla_x D(x, c) \rVert^2` on real rows
    and :math:`R_2` on generated ones [1]_. Differences from [1]_ are: all classes are drawn equally
    often, the discriminator is a projection discriminator [2]_, instance noise is used early in training, and
    :math:`\gamma` is constant.

    Generated rows give away something of the rare rows that they were learned from: the more, the fewer these are and
    the more columns there are. :meth:`find_too_close` finds what shows as soon as the rows are there. Before rows of a
    class of few hundred rows leave the house, measure them with :func:`imbgan.audit`.

    References
    ----------
    .. [1] Huang et al., "The GAN is dead; long live the GAN! A Modern GAN Baseline", NeurIPS 2024.
    .. [2] Miyato and Koyama, "cGANs with Projection Discriminator", ICLR 2018.

    Examples
    --------
    >>> from collections import Counter
    >>> from sklearn.datasets import make_classification
    >>> from imbgan import GANOverSampler
    >>> X, y = make_classification(n_samples=300, weights=[0.9], random_state=0)
    >>> X_res, y_res = GANOverSampler(max_iter=200, random_state=0).fit_resample(X, y)
    >>> sorted(Counter(y_res.tolist()).items())
    [(0, 269), (1, 269)]
    """

    _parameter_constraints = {  # noqa: RUF012 - scikit-learn reads it from the class
        # Ranges of numbers depend on the labels and are checked with them; see sampling_strategy.py.
        "sampling_strategy": [Real, Decimal, StrOptions(CLASS_NAMES), Mapping, callable],
        **CONSTRAINTS,
    }

    # The class of the estimator that learns the table; a subclass can replace it.
    _gan_class: ClassVar[type[TabularGAN]] = TabularGAN

    def __init__(
        self,
        *,
        sampling_strategy: float | str | Mapping[Any, int] | Callable[..., Mapping[Any, int]] = "auto",
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
        super().__init__(sampling_strategy=sampling_strategy)  # pyright: ignore[reportArgumentType]
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

    @classmethod
    def textbook(cls, **parameters: Any) -> Self:  # noqa: ANN401 - as __init__ types each
        r"""Return the classical design of a generative adversarial network.

        There is one network per rare class, trained on the rows of this class, scaled to [0, 1]. Generator and
        discriminator have two hidden layers of 256 units with leaky rectifiers; the output is a sigmoid, and the noise
        has length 100. They solve

        .. math::
            \max_D \; E \log D(x) + E \log(1 - D(G(z))), \qquad \max_G \; E \log D(G(z))

        by one update of each in turn, with Adam (2e-4, beta1 0.5) and batches of 64, for 1,000 epochs [1]_. There are
        no penalties, no averaged weights, no schedules and no restarts; failures are reported but not remedied.

        Parameters
        ----------
        **parameters
            Values that replace those of the design. Of ``train_options``, only those that are named are replaced:
            ``textbook(train_options={"latent_dim": 32})`` keeps all others. ``max_iter`` replaces ``n_epochs``.

        References
        ----------
        .. [1] Goodfellow et al., "Generative Adversarial Nets", NeurIPS 2014.
        """
        return cls(**textbook_parameters(parameters))

    @fit_context(prefer_skip_nested_validation=True)
    def fit_stream(self, batches: Iterable[Any], *, size: ReservoirSize | None = None) -> Self:
        """Learn a table that is larger than memory; :meth:`sample_stream` then generates the rows that it lacks.

        Parameters
        ----------
        batches : iterable of (X, y)
            Parts of the table in their order; see :meth:`TabularGAN.fit_stream`.
        size : ReservoirSize, default=None
            How many rows of each class the networks learn from.

        Returns
        -------
        self
            With ``sampling_strategy_``, the number of rows that each class lacks in the whole table, and ``gan_``.

        Raises
        ------
        DataError, DataTypeError, ParameterError
            See the messages; all are raised before training starts.

        Examples
        --------
        >>> from sklearn.datasets import make_classification
        >>> from imbgan import GANOverSampler
        >>> X, y = make_classification(n_samples=300, weights=[0.9], random_state=0)
        >>> parts = ((X[i : i + 100], y[i : i + 100]) for i in range(0, 300, 100))
        >>> sampler = GANOverSampler(max_iter=200, random_state=0).fit_stream(parts)
        >>> [(len(X_new), set(y_new.tolist())) for X_new, y_new in sampler.sample_stream(100)]
        [(100, {1}), (100, {1}), (38, {1})]
        """
        check_process()
        check_training(self.get_params(deep=False))
        if callable(self.sampling_strategy):
            raise ParameterError(
                "'sampling_strategy' cannot be a function for fit_stream, since the labels of all rows are never in "
                "memory together. Pass the number of rows per class, a ratio or a name."
            )
        streams = Streams.from_random_state(self.random_state)
        seed, rules = streams.integer("reservoir"), getattr(self, "rules", None)
        return self._fit_found(survey_of(batches, kinds=self.kinds, seed=seed, size=size, rules=rules), streams)

    @fit_context(prefer_skip_nested_validation=True)
    def fit_surveyed(self, found: Surveyed) -> Self:
        """Learn a table that was surveyed, by this process or by many; see :meth:`fit_stream`.

        Parameters
        ----------
        found : Surveyed
            The result of a :class:`imbgan.tabular.survey.Survey` with the same ``kinds``, and with the seed
            :func:`imbgan.oversampling.streaming.survey_seed` for the same rows as ``fit_stream``.

        Returns
        -------
        self
        """
        check_process()
        check_training(self.get_params(deep=False))
        return self._fit_found(found, Streams.from_random_state(self.random_state))

    def _fit_found(self, found: Surveyed, streams: Streams) -> Self:
        found.labels.check_two_classes()
        wanted = rows_by_counts(self.sampling_strategy, found.labels.classes, found.class_counts)
        self._note_features(found.X)
        self.sampling_strategy_ = {found.labels.classes[code]: n for code, n in wanted.items()}
        raised = {code: n for code, n in wanted.items() if n > 0}
        for name in ("synthetic_mask_", "sample_weight_"):  # of rows that are not in memory
            vars(self).pop(name, None)
        self._forget(learned=not raised)
        if raised:
            classes = found.labels.classes[list(raised)].tolist()
            self.gan_ = gan = self._new_gan()._fit_surveyed(found, classes, streams)  # pyright: ignore[reportPrivateUsage]
            for name in LEARNED:
                setattr(self, name, getattr(gan, name))
            self._kept_rows = self._some_rows(found, raised)
        return self

    def sample_stream(self, batch_size: int = 65_536) -> Iterator[tuple[Any, NDArray[np.generic]]]:
        """Generate the rows that the table of the last :meth:`fit_stream` lacks, batch by batch.

        Parameters
        ----------
        batch_size : int, default=65_536
            Most rows per batch, at least 1; the rows do not depend on it.

        Yields
        ------
        X : container like the batches that were fitted
        y : ndarray of shape (n,)
            Their labels; each batch has rows of one class, and classes come in the order of ``sampling_strategy_``.

        Raises
        ------
        ParameterError
            If ``batch_size`` is none.
        """
        check_is_fitted(self, "sampling_strategy_")
        if isinstance(batch_size, bool) or not isinstance(batch_size, Integral) or batch_size < 1:
            raise ParameterError(f"batch_size must be a whole number of at least 1. Got {batch_size!r}.")
        for label, n in self.sampling_strategy_.items():
            for start in range(0, n, int(batch_size)):
                n_rows = min(int(batch_size), n - start)
                yield self.gan_.sample(n_rows, label=label, start=start), np.full(n_rows, label)

    def _some_rows(self, found: Surveyed, raised: Mapping[int, int]) -> KeptRows:
        """Return the rows for ``quality_``: those of the reservoir, and the first generated ones of each class."""
        labels, n_some = found.labels, {code: min(n, MAX_KEPT) for code, n in raised.items()}
        draw = self.gan_._sample_rows  # pyright: ignore[reportPrivateUsage]
        codes = np.repeat(list(n_some), list(n_some.values()))
        places = np.concatenate([np.arange(n) for n in n_some.values()])
        rows = self.gan_._decode(np.concatenate([draw(n, code) for code, n in n_some.items()]), codes, places)  # pyright: ignore[reportPrivateUsage]
        kept = keep_rows(found.X, labels, rows, codes)
        order = np.argsort(-found.class_counts, kind="stable").tolist()
        counts = {labels.texts[code]: (int(found.class_counts[code]), raised.get(code, 0)) for code in order}
        return replace(kept, counts=counts)

    def _new_gan(self) -> TabularGAN:
        """Return the estimator that learns the table, with the parameters of the sampler."""
        parameters = self.get_params(deep=False)
        del parameters["sampling_strategy"]
        gan = self.gan_ if self.warm_start and hasattr(self, "gan_") else self._gan_class()
        return gan.set_params(**parameters)

    def _read(self, X: object, y: object, labels: Labels) -> Table:
        check_training(self.get_params(deep=False))
        table = read_table(X, self.kinds)
        labels.check_rows(table.n_rows)
        warn_of_leaks(table, labels, y, stacklevel=5)
        return table

    def _learn(self, table: Table, labels: Labels, classes: list[object]) -> TabularGAN:
        """Return an estimator that has learned the table and can generate ``classes``."""
        return self._new_gan().fit(table, labels, classes=classes)

    def _generate(self, table: Table, labels: Labels, wanted: Mapping[int, int]) -> tuple[Any, NDArray[np.float32]]:
        self.gan_ = gan = self._learn(table, labels, labels.classes[list(wanted)].tolist())
        for name in LEARNED:
            setattr(self, name, getattr(gan, name))
        # The same encoded rows are judged and decoded, so that each row is generated once.
        ranges = [(code, 0, n) for code, n in wanted.items()]
        rows, logits = gan._table(ranges, judged=True)  # pyright: ignore[reportPrivateUsage]
        return rows, realism_weights(logits)

    def discriminate(self, X: object, y: object) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Return how real rows look to the discriminator; see :meth:`TabularGAN.discriminate`."""
        check_is_fitted(self, "gan_")
        return self.gan_.discriminate(X, y)

    def __sklearn_tags__(self) -> Any:  # noqa: ANN401 - imbalanced-learn's own, private class of tags
        tags = super().__sklearn_tags__()
        tags.input_tags.allow_nan = True
        tags.input_tags.string = True
        tags.input_tags.categorical = True
        return tags
