"""``compare_images`` answers whether any strategy is worth it on one set of images."""

from collections.abc import Mapping
from typing import Any

from numpy.typing import ArrayLike

from imbgan.comparison.compare import compare
from imbgan.comparison.results import Comparison
from imbgan.image import read_images, scaled
from imbgan.learners.estimators import DEFAULT_ESTIMATORS, ESTIMATORS, make_image_estimator, resolve_estimators
from imbgan.strategies import resolve_strategies
from imbgan.strategies.images import DEFAULT_IMAGE_STRATEGIES, image_strategies


def compare_images(
    X: object,
    y: ArrayLike,
    *,
    estimator: Any = None,  # noqa: ANN401 - classifiers of any library
    strategies: Any = "default",  # noqa: ANN401 - see resolve_strategies
    value_range: tuple[float, float] | None = None,
    resize: tuple[int, int] | None = None,
    sampler_options: Mapping[str, Any] | None = None,
    **options: Any,  # noqa: ANN401 - those of compare
) -> Comparison:
    """Compare strategies for rare classes of images, without leaks.

    It is :func:`imbgan.compare` for images: every strategy is fitted on the same training parts and judged on real
    images that no generator has seen. Equal images stay on one side of every split.

    Parameters
    ----------
    X : array-like of shape (n, height, width) or (n, height, width, channels)
        Gray or color images of 8 to 64 pixels along each side.
    y : array-like of shape (n,)
        Class labels.
    estimator : classifier, name, mapping of names to classifiers, or sequence of names; default=None
        As in :func:`imbgan.compare`. A name of :data:`imbgan.comparison.ESTIMATORS` stands for this classifier on 64
        principal components; the default is a logistic regression and a histogram gradient boosting. A classifier of
        yours receives float32 rows of height x width x channels pixels in [-1, 1].
    strategies : "default", "all", or sequence or mapping; default="default"
        Names of :func:`imbgan.strategies.images.image_strategies`, or your own; see :func:`imbgan.compare`.
    value_range : (float, float), default=None
        The values of black and of white; see :class:`imbgan.ImageGAN`.
    resize : (int, int), default=None
        Height and width to which images are resized first.
    sampler_options : mapping, default=None
        Parameters of :class:`imbgan.ImageGANOverSampler`, such as ``{"augmentations": {"flip": True}}``.
    **options
        Further parameters of :func:`imbgan.compare`: ``metrics``, ``cv``, ``groups``, ``budget`` and the rest.

    Returns
    -------
    Comparison

    Raises
    ------
    DataError, DataTypeError, ParameterError
        See :func:`imbgan.compare` and :class:`imbgan.ImageGAN`.

    Notes
    -----
    Copies are of no use to a network that changes its images at random while it trains. Compare such an ``estimator``
    with ``strategies=["image_gan"]`` and ``sampler_options={"sampling_strategy": {}}``: then a quarter of each class is
    generated, and no image is copied.

    Examples
    --------
    >>> from sklearn.datasets import load_digits
    >>> from imbgan import compare_images
    >>> digits = load_digits()
    >>> found = compare_images(
    ...     digits.images[:300], digits.target[:300] == 8, estimator="logistic_regression", strategies=["copies"],
    ...     cv=3, random_state=0,
    ... )
    >>> [run.strategy for run in found.runs]
    ['none', 'copies']
    """
    images = read_images(X, value_range, resize)
    shape = images.pixels.shape[1:]
    rows = scaled(images).reshape(len(images), -1)
    known = image_strategies((shape[0], shape[1], shape[2]), dict(sampler_options or {}))
    chosen = resolve_strategies(strategies, known, DEFAULT_IMAGE_STRATEGIES)

    def on_components(given: Any) -> Any:  # noqa: ANN401 - a name or a classifier
        if not isinstance(given, str) or given not in ESTIMATORS:
            return given
        return make_image_estimator(given, max(1, len(rows) // 2), rows.shape[1])

    given = DEFAULT_ESTIMATORS if estimator is None else (estimator,) if isinstance(estimator, str) else estimator
    if isinstance(given, Mapping):
        given = {name: on_components(each) for name, each in given.items()}
    elif isinstance(given, list | tuple):
        given = {name: on_components(each) for each in given for name in resolve_estimators([each], 0)}
    return compare(rows, y, estimator=given, strategies=chosen, **options)
