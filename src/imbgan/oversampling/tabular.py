"""``GANOverSampler``: the over-sampler for tables."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, ClassVar, Self

import numpy as np
from imblearn.over_sampling.base import BaseOverSampler
from numpy.typing import ArrayLike, NDArray
from sklearn.utils.validation import check_is_fitted

from imbgan.oversampling.base import BaseGANOverSampler, realism_weights
from imbgan.oversampling.parameters import CONSTRAINTS
from imbgan.oversampling.tabular_gan import TabularGAN
from imbgan.tabular import read_table


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
        Seed of everything; the same integer gives bit-identical output on one machine. ``None`` differs every
        time.
    condition, kinds, numbers, max_levels, loss, max_iter, n_epochs, batch_size, n_generators
        As in :class:`TabularGAN`.
    early_stopping, train_options, warm_start, callbacks, verbose
        As in :class:`TabularGAN`.

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
        **BaseOverSampler._parameter_constraints,
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

    def _check_table(self, X: object) -> None:
        read_table(X, self.kinds)

    def _learn(self, X: object, labels: NDArray[np.generic], classes: list[object]) -> TabularGAN:
        """Return what was learned of the table, able to draw ``classes``."""
        parameters = self.get_params(deep=False)
        del parameters["sampling_strategy"]
        gan = self.gan_ if self.warm_start and hasattr(self, "gan_") else self._gan_class()
        return gan.set_params(**parameters).fit(X, labels, classes=classes)

    def _generate(
        self, X: object, labels: NDArray[np.generic], wanted: Mapping[Any, int]
    ) -> tuple[Any, NDArray[np.float32]]:
        self.gan_ = gan = self._learn(X, labels, list(wanted))
        for name in ("generator_", "encoder_", "history_", "events_", "n_iter_"):
            setattr(self, name, getattr(gan, name))
        # One encoded matrix is judged and decoded, so that each row is drawn once.
        draw, judge = gan._sample_matrix, gan._score_matrix  # pyright: ignore[reportPrivateUsage]
        rows = np.concatenate([draw(n, label=label) for label, n in wanted.items()])
        known = self.gan_.classes_.tolist()
        codes = np.repeat([known.index(label) for label in wanted], list(wanted.values()))
        logits, _ = judge(rows, codes)
        return self.gan_.encoder_.inverse_transform(rows), realism_weights(logits)

    def score_samples(self, X: object, y: ArrayLike) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Ask the discriminator how real rows look; see :meth:`TabularGAN.score_samples`."""
        check_is_fitted(self, "gan_")
        return self.gan_.score_samples(X, y)

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
