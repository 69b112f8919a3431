"""``ImageGAN`` learns images of several classes and generates images of any class."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray
from sklearn.utils import Tags

from imbgan._sklearn import fit_context
from imbgan.exceptions import DataError, ParameterError
from imbgan.gan.networks.families import Family
from imbgan.gan.space import Features, Space
from imbgan.gan.spaces.columns import ColumnSpace
from imbgan.gan.spaces.images import ImageOptions, ImageSpace
from imbgan.image import Images, read_images
from imbgan.oversampling.base_gan import BaseGAN
from imbgan.oversampling.image_features import DecodedFeatures, GivenFeatures
from imbgan.oversampling.parameters import IMAGE_CONSTRAINTS, OptionTypes, training_configuration
from imbgan.oversampling.recipes import (
    RECIPES,
    AnyImageEncoder,
    LatentEncoder,
    Recipe,
    image_encoder,
    like,
    space_of,
)
from imbgan.random import Streams
from imbgan.tabular.labels import Labels, read_labels, without_labels


class ImageGAN(BaseGAN):
    r"""Learn images with a class-conditional convolutional generative adversarial network, and generate images.

    All classes are learned together, so that a class of ten images borrows what it shares with the others.

    Do not fill up rare classes alone with generated images: a network may learn that an image is generated, and take
    that for a sign of a rare class. Give every class the same share of them, as :class:`ImageGANOverSampler` does, and
    first try random changes of real images.

    Parameters
    ----------
    random_state : int, RandomState instance or None, default=None
        Seed of all random draws. The same integer gives bit-identical images on the same machine; ``None`` gives other
        images every time.
    recipe : {"direct", "latent"}, default="direct"
        ``"direct"`` learns pixels with convolutional networks. ``"latent"`` learns an autoencoder first, and then its
        48 numbers per image with the networks of tables, in a small part of the time; see the notes.
    condition : {"all", "minority"}, default="all"
        ``"all"`` trains one class-conditional network on all images. ``"minority"`` trains one network per class on the
        images of this class.
    value_range : (float, float) or None, default=None
        The values of black and of white. By default, unsigned integers of 8 and 16 bits have the range of their type,
        floats within [0, 1] or [-1, 1] that range, and other pixels the range of the values that occur.
    resize : (int, int) or None, default=None
        Height and width, 8 to 64 pixels, to which images are resized before they are learned; generated images have
        this size. Larger images need it.
    augmentations : mapping, default=None
        Random changes of real and generated images in training (with ``recipe="latent"``: of the images from which the
        autoencoder learns), by name: the fields of
        :class:`imbgan.gan.spaces.images.ImageOptions`, such as ``{"flip": True, "rotation": 0.0}``. The label of an
        image must survive them. By default, images are shifted by 5.5 % of their sides, turned by 0.1 radians and
        scaled by 8 % at most, and never mirrored.
    features : callable or None, default=None
        Called with images like those of ``fit``, shape (n, height, width[, channels]); returns an array (n, n_features)
        in which quality is measured, such as the output of a pretrained network. By default, a small classifier learns
        the same images. It is not saved with the model.
    loss : {"relativistic", "non_saturating", "minimax", "hinge", "wasserstein"}, default="relativistic"
        Adversarial loss; see :mod:`imbgan.gan.losses` for the formulas.
    max_iter : int, default=3000
        Largest number of generator updates (steps, not epochs). An autoencoder takes as many steps.
    n_epochs : int or None, default=None
        Number of passes over the training images; replaces ``max_iter`` if it is set.
    batch_size : int, default=48
        Number of real images per step, at least 2.
    n_generators : int or "auto", default=1
        Number of generators that are trained together; ``"auto"`` means 3 if the rarest class has fewer than 400
        images, which takes three times as long.
    early_stopping : bool, default=True
        Whether training ends early when the score on held-out images has levelled off. In any case, the best checkpoint
        is used.
    train_options : mapping, default=None
        Further options by name: the fields of :class:`imbgan.gan.config.TrainConfig` and ``MonitorConfig``, and
        :class:`imbgan.gan.networks.convolutions.ConvolutionConfig`, such as ``{"generator_channels": 96}``, or with
        ``recipe="latent"`` :class:`imbgan.gan.networks.perceptrons.PerceptronConfig`.
    warm_start : bool, default=False
        Whether ``fit`` continues from the state of the last ``fit`` for another ``max_iter`` steps. An autoencoder
        stays as it is.
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
        Number of images of each class.
    generator_ : ClassGenerators
        The trained networks.
    encoder_ : ImageEncoder or LatentEncoder
        Size, type and range of the images, and the autoencoder, if there is one.
    history_ : History
        Measures after each chunk of steps, by name. They compare features of a small classifier that was trained on
        the same images, not pixels. With ``recipe="latent"``, "real" images are those that the autoencoder draws of
        them: how far these are from the images themselves, only ``assess_images`` tells.
    events_ : list of Event
        Early stopping, failures that were detected, and restarts.
    n_iter_ : int
        Step of the checkpoint that was kept.

    See Also
    --------
    ImageGANOverSampler : Balances a set of images.
    TabularGAN : The same for tables.

    Notes
    -----
    With ``recipe="latent"`` images have the right outlines but are blurred, without texture. On four subsets of
    Fashion-MNIST with classes of 1,000 to 10 images, a fit took 25 to 80 s where ``"direct"`` took 230 to 480 s, on two
    busy cores. Gradient boosting on principal components learned as much from either: with the same share of them in
    every class, its mean recall was 77.3 %, with changed copies alone 76.2 %. For logistic regression it was 77.4 %
    (``"direct"`` 77.6 %, copies 77.2 %). For a network that changes its images while it trains it was 79.5 %, below the
    79.7 % without generated images (``"direct"`` 80.0 %). ``python -m benchmarks.images run --arms gan_latent_share
    gan_latent_share_augmentation_logit_adjustment`` repeats it.

    Examples
    --------
    >>> from sklearn.datasets import load_digits
    >>> from imbgan import ImageGAN
    >>> digits = load_digits(n_class=3)
    >>> gan = ImageGAN(max_iter=10, random_state=0).fit(digits.images[:24], digits.target[:24])
    >>> gan.sample(5, label=2).shape
    (5, 8, 8)
    """

    _parameter_constraints = IMAGE_CONSTRAINTS
    _kind = "ImageGAN"
    _advice = "Use changed copies of real images (ImageGANOverSampler(generated_share=0)), or train longer (max_iter)."

    def __init__(
        self,
        *,
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

    def __sklearn_tags__(self) -> Tags:
        tags = super().__sklearn_tags__()
        tags.input_tags.two_d_array = False
        tags.input_tags.three_d_array = True
        return tags

    @fit_context(prefer_skip_nested_validation=True)
    def fit(self, X: object, y: object = None, *, classes: Sequence[object] | None = None) -> Self:
        """Learn images.

        Parameters
        ----------
        X : array-like of shape (n, height, width) or (n, height, width, channels)
            Gray or color images of 8 to 64 pixels along each side.
        y : array-like of shape (n,), or Labels, default=None
            Class labels; see :func:`imbgan.tabular.labels.read_labels`. None learns the images as one class.
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

    def _read_rows(self, X: object) -> tuple[Images, int]:
        images = X if isinstance(X, Images) else read_images(X, self.value_range, self.resize)
        return images, len(images)

    def _read(self, X: object, y: object, labels: Labels) -> Images:
        del y
        images, _ = self._read_rows(X)
        labels.check_rows(len(images))
        return images

    @property
    def _recipe(self) -> Recipe:
        return RECIPES[self.recipe]

    @property
    def _option_types(self) -> OptionTypes:
        return self._recipe.options

    @property
    def _encoder_class(self) -> type[AnyImageEncoder]:
        return self._recipe.encoder

    def _fit_encoder(self, data: Images, labels: Labels, streams: Streams) -> AnyImageEncoder:
        if self.warm_start and hasattr(self, "_states"):
            # The autoencoder of the last fit stays: the networks have learned its numbers.
            return like(self.encoder_, data)
        parameters, counts = self.get_params(deep=False), labels.counts.tolist()
        configuration = training_configuration(parameters, counts, self._option_types)
        return self._recipe.fit(data, labels, configuration, streams.integer("autoencoder"))

    def _space(self, encoder: AnyImageEncoder, options: ImageOptions) -> Space:
        return space_of(encoder, options)

    def _features(self, encoder: AnyImageEncoder, rows: np.ndarray, codes: np.ndarray) -> Features | None:
        if self.features is not None:
            return GivenFeatures.fit(self.features, encoder, rows)
        if not isinstance(encoder, LatentEncoder):
            return None
        latents = encoder.latents
        return DecodedFeatures(latents.space.features(latents.decode(rows), codes), latents)

    def _family(self, rows: np.ndarray, codes: np.ndarray, space: Space, train_mask: np.ndarray) -> Family:
        del rows, codes, space, train_mask
        return self._recipe.family

    def _check_like(self, encoder: AnyImageEncoder) -> None:
        if not isinstance(self.encoder_, self._encoder_class):
            raise ParameterError("With warm_start 'recipe' must be that of the last fit. Set warm_start=False.")
        if image_encoder(encoder) != image_encoder(self.encoder_):
            raise DataError("With warm_start images must have the size, type and range of those of the last fit.")

    def _decode(
        self, rows: NDArray[np.float32], codes: NDArray[np.intp], places: NDArray[np.int64]
    ) -> NDArray[np.generic]:
        del codes, places
        return self.encoder_.inverse_transform(rows)

    def _encode_known(self, X: object, y: object) -> tuple[NDArray[np.float32], Labels]:
        images = self.encoder_.read(X, self.resize)
        labels = without_labels(len(images)) if y is None else read_labels(y)
        labels.check_rows(len(images))
        return self.encoder_.transform(images), labels

    def _fits(self, space: Space | None) -> bool:
        expected = space_of(self.encoder_, ImageOptions())
        if isinstance(space, ImageSpace):
            return isinstance(expected, ImageSpace) and space.size == expected.size
        return isinstance(space, ColumnSpace) and isinstance(expected, ColumnSpace) and space.spans == expected.spans
