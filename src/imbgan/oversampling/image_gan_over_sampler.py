"""``ImageGANOverSampler``: the over-sampler for images."""

import warnings
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from numbers import Real
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.utils.validation import check_is_fitted

from imbgan._sklearn import Interval, StrOptions
from imbgan.exceptions import FillingWarning
from imbgan.gan.spaces.images import ImageOptions
from imbgan.image import ImageEncoder, Images, augment, read_images, scaled
from imbgan.oversampling.base import LEARNED, BaseGANOverSampler, KeptRows, keep_rows, realism_weights
from imbgan.oversampling.image_counts import MAX_SHARE, NewImages, count_new_images
from imbgan.oversampling.image_gan import ImageGAN
from imbgan.oversampling.image_quality import assess_images, find_too_close_images
from imbgan.oversampling.parameters import IMAGE_CONSTRAINTS, check_training
from imbgan.oversampling.recipes import RECIPES
from imbgan.oversampling.sampling_strategy import CLASS_NAMES
from imbgan.quality import Assessment, Diagnostic
from imbgan.random import Streams
from imbgan.tabular.labels import Labels

# What the sampler has and the generator does not.
_OWN = ("sampling_strategy", "generated_share")


class ImageGANOverSampler(BaseGANOverSampler):
    r"""Over-sample the rare classes of images with randomly changed copies and generated images.

    Every class, the largest one too, gets the same share of generated images, so that a network cannot take the traces
    of a generator for a sign of a rare class. What a rare class lacks beyond this share are changed copies of its real
    images.

    Parameters
    ----------
    sampling_strategy : float, str, dict or callable, default="auto"
        The classes to raise, as in imbalanced-learn. Names of classes, and a ratio of rare to common images (two
        classes only), are about real images and their copies, to which ``generated_share`` adds generated ones in every
        class. The numbers of a dict count all images of a class. A callable receives y and returns such a dict.
    generated_share : float in [0, 0.5] or None, default=0.25
        The share of generated images among all images of each class. 0 makes copies only, and trains nothing. None
        fills the rare classes with generated images alone, as samplers of tables do. A network that learns from the
        result can be worse than without it, so that this warns.
    random_state : int, RandomState instance or None, default=None
        Seed of all random draws. The same integer gives bit-identical images on the same machine; ``None`` gives other
        images every time.
    recipe, condition, value_range, resize, augmentations, features, loss
        As for :class:`ImageGAN`. ``augmentations`` are also the changes of copies. With ``resize``, all images of the
        output have the new size.
    max_iter, n_epochs, batch_size, n_generators, early_stopping, train_options, warm_start, callbacks, verbose
        As for :class:`ImageGAN`.

    Attributes
    ----------
    sampling_strategy_ : dict
        Class label -> number of images that were added.
    classes_ : ndarray of shape (n_classes,)
        Distinct labels, sorted.
    real_class_counts_ : ndarray of shape (n_classes,), int
        Number of real images of each class, in the order of ``classes_``. Logit adjustment, or whatever corrects the
        class shares, must use these numbers and not those of the output [1]_.
    synthetic_mask_ : ndarray of shape (n_images_new,), bool
        True for generated images.
    source_index_ : ndarray of shape (n_images_new,), int
        For an original image its own position, for a copy that of its original, for a generated image -1. Use it to
        keep an image and its copies on one side of a split.
    sample_weight_ : ndarray of shape (n_images_new,), float32
        Weights for learners that accept them: 1 for originals and copies; in [0.05, 1] for generated images, lower if
        the discriminator finds them less real.
    quality_ : Assessment
        Measures of the generated images, class by class, in the features of a small classifier.
    gan_ : ImageGAN
        The fitted generator. Absent if no images had to be generated.
    generator_, encoder_, history_, events_, n_iter_
        As in :class:`ImageGAN`.

    See Also
    --------
    ImageGAN : Generates images without resampling.

    Notes
    -----
    What it brings depends on the classifier; ``benchmarks/images/RESULTS.md`` has the figures. Gradient boosting on
    principal components gains most: on Fashion-MNIST with classes of 1,000 to 10 images its mean recall rises by 11
    points, by 9 with changed copies alone and by 4 with SMOTE. Linear models gain as much from a correction of class
    shares.

    With 100 images in the rarest class changed copies are as good (``generated_share=0``), in seconds.

    A network that changes its images at random while it trains needs no generated ones. Adjust its logits in training
    by :math:`\log n_c` [1]_, with the real numbers :math:`n_c`, and draw each class as often as its real images are
    frequent. If it is to learn generated images, give it no copies, which it would change a second time
    (``sampling_strategy={}`` raises no class and adds the same share to each), and let it see real images alone
    (``~synthetic_mask_``) in the last two thirds of its steps: then it lost at most 0.6 points of mean recall.
    Generated images to the end added 0.4 points on Fashion-MNIST with 1,000 to 10 images, and cost 0.5 to 3 on other
    sets; filling rare classes alone (``generated_share=None``) cost 3 to 16.

    References
    ----------
    .. [1] Menon et al., "Long-Tail Learning via Logit Adjustment", ICLR 2021.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn.datasets import load_digits
    >>> from imbgan import ImageGANOverSampler
    >>> digits = load_digits(n_class=3)
    >>> keep = np.concatenate([np.flatnonzero(digits.target == digit)[:n] for digit, n in enumerate((39, 12, 9))])
    >>> sampler = ImageGANOverSampler(max_iter=10, random_state=0)
    >>> X_res, y_res = sampler.fit_resample(digits.images[keep], digits.target[keep])
    >>> np.bincount(y_res).tolist(), np.bincount(y_res[sampler.synthetic_mask_]).tolist()
    ([52, 52, 52], [13, 13, 13])
    """

    _parameter_constraints = {  # noqa: RUF012 - scikit-learn reads it from the class
        "sampling_strategy": [Real, Decimal, StrOptions(CLASS_NAMES), Mapping, callable],
        "generated_share": [Interval(Real, 0, MAX_SHARE, closed="both"), None],
        **IMAGE_CONSTRAINTS,
    }

    def __init__(
        self,
        *,
        sampling_strategy: float | str | Mapping[Any, int] | Callable[..., Mapping[Any, int]] = "auto",
        generated_share: float | None = 0.25,
        random_state: int | np.random.RandomState | None = None,
        recipe: str = "direct",
        condition: str = "all",
        value_range: tuple[float, float] | None = None,
        resize: tuple[int, int] | None = None,
        augmentations: Mapping[str, Any] | None = None,
        features: Callable[[Any], Any] | None = None,
        loss: str = "relativistic",
        max_iter: int = 3000,
        n_epochs: int | None = None,
        batch_size: int = 48,
        n_generators: int | str = 1,
        early_stopping: bool = True,
        train_options: Mapping[str, Any] | None = None,
        warm_start: bool = False,
        callbacks: Sequence[Any] | None = None,
        verbose: int | bool = False,
    ) -> None:
        super().__init__(sampling_strategy=sampling_strategy)  # pyright: ignore[reportArgumentType]
        self.generated_share = generated_share
        self.random_state = random_state
        self.recipe = recipe
        self.condition = condition
        self.value_range = value_range
        self.resize = resize
        self.augmentations = augmentations
        self.features = features
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

    def _hold(self, X: object) -> Images:
        check_training(self.get_params(deep=False), RECIPES[self.recipe].options)
        return read_images(X, self.value_range, self.resize)

    def _as_given(self, resampled: object, X: object) -> object:
        del X
        return resampled

    def _read(self, X: object, y: object, labels: Labels) -> Images:
        del y
        assert isinstance(X, Images)
        labels.check_rows(len(X))
        return X

    def _note_features(self, X: object) -> None:
        del X  # pixels have no names

    def _wanted(self, labels: Labels) -> dict[int, int]:
        self._new_images = count_new_images(self.sampling_strategy, self.generated_share, labels)
        return {code: self._new_images.total(code) for code in range(len(labels.classes))}

    def _learn(self, images: Images, labels: Labels, classes: list[object]) -> ImageGAN:
        """Return an estimator that has learned the images and can generate ``classes``."""
        parameters = {name: value for name, value in self.get_params(deep=False).items() if name not in _OWN}
        gan = self.gan_ if self.warm_start and hasattr(self, "gan_") else ImageGAN()
        return gan.set_params(**parameters).fit(images, labels, classes=classes)

    def _generate(self, table: Images, labels: Labels, wanted: Mapping[int, int]) -> tuple[Any, NDArray[np.float32]]:
        """Return generated images, class by class, and their weights."""
        self.gan_ = gan = self._learn(table, labels, labels.classes[list(wanted)].tolist())
        for name in LEARNED:
            setattr(self, name, getattr(gan, name))
        images = np.concatenate([gan._sample_rows(n, code) for code, n in wanted.items()])  # pyright: ignore[reportPrivateUsage]
        logits, _ = gan._score_rows(images, np.repeat(list(wanted), list(wanted.values())))  # pyright: ignore[reportPrivateUsage]
        return gan.encoder_.inverse_transform(images), realism_weights(logits)

    def _copy(self, images: Images, sources: NDArray[np.intp], streams: Streams) -> NDArray[np.generic]:
        """Return randomly changed copies of the images at these positions."""
        changes = vars(ImageOptions.resolve(dict(self.augmentations or {})))
        chosen = Images(images.pixels[sources], images.has_channels, images.value_range)
        copies = augment(scaled(chosen), streams.generator("copies"), **changes)
        return ImageEncoder.of(images).inverse_transform(copies)

    def _fit_resample(
        self, X: object, table: Images, labels: Labels, wanted: Mapping[int, int]
    ) -> tuple[Any, NDArray[np.intp]]:
        """Return the originals, then the copies, then the generated images; and the codes of all new ones."""
        del X, wanted
        new = self._new_images
        self.classes_, self.real_class_counts_ = labels.classes, labels.counts
        # One seed for copies and generator, also if it comes from a RandomState, which moves with each draw.
        streams = Streams.from_random_state(self.random_state)
        sources = _sources(labels, new, streams)
        self._forget(learned=not new.generated)
        originals = table.pixels if table.has_channels else table.pixels[..., 0]
        parts = [originals, self._copy(table, sources, streams)] if len(sources) else [originals]
        codes = np.repeat(np.array(list(new.generated), np.intp), list(new.generated.values()))
        weights = np.ones(len(labels) + len(sources) + len(codes), np.float32)
        if new.generated:
            if self.generated_share is None:
                warnings.warn(FILLING, FillingWarning, stacklevel=4)
            generated, weights[len(labels) + len(sources) :] = self._generate(table, labels, new.generated)
            self._kept_rows = keep_rows(originals, labels, generated, codes)
            parts.append(generated)
        self.sample_weight_ = weights
        self.synthetic_mask_ = np.arange(len(weights)) >= len(labels) + len(sources)
        self.source_index_ = np.concatenate([np.arange(len(labels)), sources, np.full(len(codes), -1)])
        return np.concatenate(parts), np.concatenate([labels.codes[sources], codes])

    def _assess_rows(self, kept: KeptRows, holdout: tuple[object, object] | None, seed: int) -> Assessment:
        return assess_images(
            kept.real,
            kept.synthetic,
            holdout=holdout,
            features=self.features,
            value_range=self.gan_.encoder_.value_range,
            random_state=seed,
        )

    def find_too_close(self) -> tuple[Diagnostic, ...]:
        """Return the classes whose generated images lie too close to learned ones, in the features of ``quality_``.

        Returns
        -------
        tuple of Diagnostic
            Findings IMB012; empty where none was found, or where no images were generated.
        """
        kept: KeptRows | None = vars(self).get("_kept_rows")
        if kept is None:
            return ()
        known = self.gan_.encoder_.value_range
        return find_too_close_images(kept.real, kept.synthetic, features=self.features, value_range=known)

    def discriminate(self, X: object, y: object) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Return how real images look to the discriminator; see :meth:`ImageGAN.discriminate`."""
        check_is_fitted(self, "gan_")
        return self.gan_.discriminate(X, y)

    def __sklearn_tags__(self) -> Any:  # noqa: ANN401 - imbalanced-learn's own, private class of tags
        tags = super().__sklearn_tags__()
        tags.input_tags.two_d_array = False
        tags.input_tags.three_d_array = True
        return tags


FILLING = (
    "generated_share=None fills the rare classes with generated images alone. A network can take the traces of the "
    "generator for a sign of a rare class: on Fashion-MNIST, one that augments and adjusts its logits lost 3 points of "
    "mean recall, and 8 on the rarest classes. Set generated_share=0.25, which gives every class the same share, and "
    "correct class shares by real_class_counts_."
)


def _sources(labels: Labels, new: NewImages, streams: Streams) -> NDArray[np.intp]:
    """Return the positions of the images that are copied: those of one class equally often, in random order."""
    parts: list[NDArray[np.intp]] = []
    for code, n in new.copies.items():
        own = streams.generator("sources", code).permutation(np.flatnonzero(labels.codes == code))
        parts.append(np.resize(own, n))
    return np.concatenate(parts) if parts else np.empty(0, np.intp)
