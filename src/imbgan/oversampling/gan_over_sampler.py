"""``GANOverSampler``: the over-sampler for tables."""

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from numbers import Real
from typing import Any, ClassVar, Self

import numpy as np
from numpy.typing import NDArray
from sklearn.utils.validation import check_is_fitted

from imbgan._sklearn import StrOptions
from imbgan.oversampling.base import LEARNED, BaseGANOverSampler, realism_weights
from imbgan.oversampling.parameters import CONSTRAINTS
from imbgan.oversampling.sampling_strategy import CLASS_NAMES
from imbgan.oversampling.tabular_gan import TabularGAN
from imbgan.tabular import read_table
from imbgan.tabular.labels import Labels
from imbgan.tabular.leaks import warn_of_leaks
from imbgan.tabular.schema import Table


class GANOverSampler(BaseGANOverSampler):
    r"""Over-sample the rare classes of a table with a class-conditional generative adversarial network.

    The network learns all classes together, so that a rare class borrows the structure it shares with the
    common ones; this is what interpolation between a few rare rows cannot do. For a few numeric columns with
    hundreds of rare rows SMOTE is quicker and about as good.

    Parameters
    ----------
    sampling_strategy : float, str, dict or callable, default="auto"
        Which classes are raised to how many rows, as in imbalanced-learn: a float is the wanted ratio of rare
        to common rows (two classes); ``"minority"``, ``"not minority"``, ``"not majority"``, ``"all"`` and
        ``"auto"`` (= ``"not majority"``) raise these classes to the size of the largest; a dict gives the
        wanted rows per class; a callable takes y and returns such a dict.
    random_state : int, RandomState instance or None, default=None
        Seed of everything; the same integer gives bit-identical rows on one machine. ``None`` differs every
        time.
    condition : {"all", "minority"}, default="all"
        ``"all"`` trains one network on all rows that knows the class, so that rare classes borrow from common
        ones; ``"minority"`` trains one network per class on the rows of that class, the classical design.
    kinds : mapping of column name (or position) to str, default=None
        Overrides what is inferred: ``"continuous"``, ``"integer"``, ``"boolean"``, ``"categorical"``,
        ``"datetime"``, ``"timedelta"``, ``"time"`` or ``"constant"``.
    numbers : {"quantile", "minmax"}, default="quantile"
        Encoding of numbers: class-balanced quantiles mapped to a normal, or scaled to [0, 1].
    max_levels : int, default=64
        Categories with more levels are laid out on one column instead of one column a level.
    loss : {"relativistic", "non_saturating", "minimax", "hinge", "wasserstein"}, default="relativistic"
        Adversarial loss; see :mod:`imbgan.gan.losses` for the formulas.
    max_iter : int, default=1500
        Generator updates (steps, not epochs).
    n_epochs : int or None, default=None
        Passes over the training rows; replaces ``max_iter`` where given.
    batch_size : int, default=128
        Real rows a step, at least 2.
    n_generators : int or "auto", default="auto"
        Generators trained together, each holding out other rows to be judged by; rows come from them in turn.
        ``"auto"`` takes 3 where the rarest class has fewer than 400 rows, else 1.
    early_stopping : bool, default=True
        Stop when the score on held-out rows no longer improves. The best checkpoint is restored either way.
    train_options : mapping, default=None
        Further options by name, the fields of :class:`imbgan.gan.config.TrainConfig` and ``MonitorConfig``,
        :class:`imbgan.gan.networks.perceptrons.PerceptronConfig` and
        :class:`imbgan.gan.spaces.columns.ColumnOptions`, such as
        ``{"gamma": 10.0, "generator_hidden": (256, 256)}``.
    warm_start : bool, default=False
        Go on from the state that the last ``fit`` ended in, for another ``max_iter`` steps.
    callbacks : list of callable, default=None
        Each receives a :class:`imbgan.gan.records.ChunkSummary` after every chunk; a true return value stops
        training.
    verbose : int or bool, default=False
        Show a progress line.

    Attributes
    ----------
    sampling_strategy_ : dict
        Class label -> number of rows that were generated.
    synthetic_mask_ : ndarray of shape (n_samples_new,), bool
        True for the generated rows of the output.
    sample_weight_ : ndarray of shape (n_samples_new,), float32
        Weights for learners that take them: 1 for original rows, in [0.05, 1] for generated ones, less where
        the discriminator finds them less real.
    quality_ : Assessment
        How good the generated rows are, class by class; computed when first asked for. :meth:`assess` does the same
        with held-out rows, which tell about memorization.
    gan_ : TabularGAN
        What was learned; draws further rows, saves itself. Absent when there was nothing to generate.
    generator_, encoder_, history_, events_, n_iter_
        As in :class:`TabularGAN`.
    n_features_in_ : int
        Columns of the table.
    feature_names_in_ : ndarray of shape (n_features_in_,)
        Their names, where all are strings.

    See Also
    --------
    TabularGAN : The same without a sampler's interface, for rows alone.
    imbgan.compare : Whether it is worth it, on your data.
    imblearn.over_sampling.SMOTE : Interpolates between neighbors.

    Notes
    -----
    Discriminator and generator minimize, with logits D(x, c) of a row x of class c, noise z and pairs of one
    class,

    .. math::
        L_D &= E f(D(G(z, c), c) - D(x, c)) + \gamma (R_1 + R_2), \quad f(t) = \log(1 + e^t) \\
        L_G &= E f(D(x, c) - D(G(z, c), c))

    with the zero-centered penalties :math:`R_1 = \frac{1}{2} E \lVert \nabla_x D(x, c) \rVert^2` on real rows
    and :math:`R_2` on generated ones [1]_. Differs from [1]_ in: classes drawn alike, a projection
    discriminator [2]_, instance noise early in training, :math:`\gamma` constant.

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
    >>> X_res, y_res = GANOverSampler(max_iter=500, random_state=0).fit_resample(X, y)
    >>> sorted(Counter(y_res.tolist()).items())
    [(0, 269), (1, 269)]
    """

    _parameter_constraints = {  # noqa: RUF012 - scikit-learn reads it from the class
        # The ranges of numbers are checked with the labels; see sampling_strategy.py.
        "sampling_strategy": [Real, Decimal, StrOptions(CLASS_NAMES), Mapping, callable],
        **CONSTRAINTS,
    }

    # What learns the table; a subclass may take another.
    _gan_class: ClassVar[type[TabularGAN]] = TabularGAN

    def __init__(
        self,
        *,
        sampling_strategy: float | str | Mapping[Any, int] | Callable[..., Mapping[Any, int]] = "auto",
        random_state: int | np.random.RandomState | None = None,
        condition: str = "all",
        kinds: Mapping[str | int, str] | None = None,
        numbers: str = "quantile",
        max_levels: int = 64,
        loss: str = "relativistic",
        max_iter: int = 1500,
        n_epochs: int | None = None,
        batch_size: int = 128,
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
        self.numbers = numbers
        self.max_levels = max_levels
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

    @classmethod
    def textbook(cls, **parameters: Any) -> Self:  # noqa: ANN401 - as __init__ types each
        r"""Return the classical design of a generative adversarial network.

        One network per rare class, trained on its rows alone, scaled to [0, 1]: two hidden layers of 256 with
        leaky rectifiers on both sides, a sigmoid output, noise of length 100, and the game

        .. math::
            \max_D \; E \log D(x) + E \log(1 - D(G(z))), \qquad \max_G \; E \log D(G(z))

        played by one update of each in turn, with Adam (2e-4, beta1 0.5), batches of 64, for 1,000 epochs
        [1]_. No penalties, no averaging of weights, no schedules, no restarts: training is watched, not
        rescued.

        Parameters
        ----------
        **parameters
            Override any parameter of :class:`GANOverSampler`.

        References
        ----------
        .. [1] Goodfellow et al., "Generative Adversarial Nets", NeurIPS 2014.
        """
        return cls(**{**TEXTBOOK, **parameters})

    def _read(self, X: object, y: object, labels: Labels) -> Table:
        table = read_table(X, self.kinds)
        labels.check_rows(table.n_rows)
        warn_of_leaks(table, labels, y, stacklevel=5)
        return table

    def _learn(self, table: Table, labels: Labels, classes: list[object]) -> TabularGAN:
        """Return what was learned of the table, able to draw ``classes``."""
        parameters = self.get_params(deep=False)
        del parameters["sampling_strategy"]
        gan = self.gan_ if self.warm_start and hasattr(self, "gan_") else self._gan_class()
        return gan.set_params(**parameters).fit(table, labels, classes=classes)

    def _generate(self, table: Table, labels: Labels, wanted: Mapping[int, int]) -> tuple[Any, NDArray[np.float32]]:
        self.gan_ = gan = self._learn(table, labels, labels.classes[list(wanted)].tolist())
        for name in LEARNED:
            setattr(self, name, getattr(gan, name))
        # One encoded matrix is judged and decoded, so that each row is drawn once.
        draw, judge = gan._sample_matrix, gan._score_matrix  # pyright: ignore[reportPrivateUsage]
        rows = np.concatenate([draw(n, code) for code, n in wanted.items()])
        logits, _ = judge(rows, np.repeat(list(wanted), list(wanted.values())))
        return gan.encoder_.inverse_transform(rows), realism_weights(logits)

    def discriminate(self, X: object, y: object) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Ask the discriminator how real rows look; see :meth:`TabularGAN.discriminate`."""
        check_is_fitted(self, "gan_")
        return self.gan_.discriminate(X, y)

    def __sklearn_tags__(self) -> Any:  # noqa: ANN401 - imbalanced-learn's own, private class of tags
        tags = super().__sklearn_tags__()
        tags.input_tags.allow_nan = True
        tags.input_tags.string = True
        tags.input_tags.categorical = True
        return tags


TEXTBOOK: dict[str, Any] = {
    "condition": "minority",
    "numbers": "minmax",
    "loss": "non_saturating",
    "batch_size": 64,
    "n_epochs": 1000,
    "n_generators": 1,
    "early_stopping": False,
    "train_options": {
        "penalties": (),
        "generator_hidden": (256, 256),
        "discriminator_hidden": (256, 256),
        "latent_dim": 100,
        "number_output": "sigmoid",
        "generator_learning_rate": 2e-4,
        "discriminator_learning_rate": 2e-4,
        "final_learning_rate": 1.0,
        "adam_b1": 0.5,
        "adam_b2": 0.999,
        "ema_half_life": 1e-3,
        "instance_noise": 0.0,
        "max_restarts": 0,
    },
}
