"""``audit_images`` measures what generated images give away of the images that were learned from."""

from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from imbgan.audit.game import Plan
from imbgan.audit.image_sources import IMAGE_SOURCES, RowsOfImages, image_samplers
from imbgan.audit.results import Audit, Note
from imbgan.audit.running import check_subjects, resolve_sizes, run_audit
from imbgan.audit.sources import resolve_sources
from imbgan.audit.table import View, read_audit_table
from imbgan.image import ImageEncoder, read_images, scaled
from imbgan.learners.estimators import make_image_estimator
from imbgan.oversampling.image_features import GivenFeatures
from imbgan.random import Streams
from imbgan.strategies import resolve_strategies
from imbgan.strategies.images import image_strategies
from imbgan.strategies.strategy import Strategy

Rows = NDArray[np.float32]

#: Attackers compare images by at most this many numbers. With 64 components, attacks on three sets of images found
#: less, since those of little variance are mostly noise; in the pixels themselves they found as much.
MOST_NUMBERS = 32
#: Decimals of these numbers: coarser than what rounding makes of equal images, finer than one step of one pixel.
DECIMALS = 6
#: Components with a smaller share of the variance are rounding errors.
LEAST_SHARE = 1e-7


def audit_images(
    X: object,
    y: ArrayLike,
    *,
    source: object = tuple(IMAGE_SOURCES),
    label: Hashable | None = None,
    estimator: Any = None,  # noqa: ANN401 - any classifier
    strategies: Iterable[str | Strategy] | str = (),
    n_runs: int = 6,
    n_learned: int | None = None,
    n_generated: int | None = None,
    value_range: tuple[float, float] | None = None,
    resize: tuple[int, int] | None = None,
    features: Callable[[Any], Any] | None = None,
    sampler_options: Mapping[str, Any] | None = None,
    random_state: int | np.random.RandomState | None = 0,
    verbose: bool = False,
) -> Audit:
    """Measure with attacks what generated images give away of the real images that they were learned from.

    It is :func:`imbgan.audit` for images. The attacks compare images by 32 principal components of their pixels, or of
    the ``features`` that you give. Whoever looks at two images, or has a network that was trained for faces, may see
    more.

    Parameters
    ----------
    X : array-like of shape (n, height, width) or (n, height, width, channels)
        Gray or color images of 8 to 64 pixels along each side. Of a rare class of more than 2,000 images, and of more
        than 10,000 others, a random part is used.
    y : array-like of shape (n,)
        Class labels.
    source : str, sampler, iterable of str, or mapping of str to str or sampler, default=all named sources
        Where images come from: ``"image_gan"`` (generated images of :class:`imbgan.ImageGANOverSampler`, without
        copies), ``"copies"`` (randomly changed copies), ``"smote"`` (between rows of pixels), ``"bootstrap"``
        (unchanged copies, the ceiling), ``"independent"`` (each pixel by itself, the floor), or samplers of images of
        your own, which return the original images first and have the parameter ``sampling_strategy``. They are given
        images of the type of ``X``.
    label : hashable, default=None
        The class to audit; by default the rarest one.
    estimator : classifier or str, default=None
        As for :func:`imbgan.audit`. A name of :data:`imbgan.learners.ESTIMATORS` stands for this classifier on 64
        principal components. A classifier of yours receives float32 rows of height x width x channels pixels in
        [-1, 1].
    strategies : iterable of str or Strategy, default=()
        Strategies of :func:`imbgan.compare_images` whose classifiers are attacked. They need ``estimator``.
    n_runs, n_learned, n_generated
        As for :func:`imbgan.audit`. Each run trains a generator for ``"image_gan"``.
    value_range : (float, float), default=None
        The values of black and of white; see :class:`imbgan.ImageGAN`.
    resize : (int, int), default=None
        Height and width to which images are resized first.
    features : callable, default=None
        Called with images of the type of ``X``; returns an array (n, n_features), such as the output of a pretrained
        network. Of more than 32 features, 32 principal components are compared.
    sampler_options : mapping, default=None
        Parameters of :class:`imbgan.ImageGANOverSampler` for named sources and strategies, such as
        ``{"recipe": "latent"}``.
    random_state : int, RandomState instance or None, default=0
        Seed of splits, samplers and attacks.
    verbose : bool, default=False
        Whether a progress bar is shown.

    Returns
    -------
    Audit

    Raises
    ------
    DataError
        If the rare class has fewer than 20 different images, if there is one class only, or if a sampler or
        ``features`` does not return what it should.
    DataTypeError
        If pixels are not real numbers.
    ParameterError
        If a source, strategy or label is unknown, or if a number is out of range.

    Notes
    -----
    Equal images count as one. What the rates of :func:`imbgan.audit` say of hidden cells makes no sense of components
    and is left out. Lines of images stay lines in components of pixels, but not in features, where images are not
    rebuilt.

    Examples
    --------
    >>> from sklearn.datasets import load_digits
    >>> from imbgan import audit_images
    >>> digits = load_digits()
    >>> found = audit_images(digits.images[:500], digits.target[:500], label=8, source=["bootstrap"], n_runs=2)
    >>> found.attack("bootstrap", "nearest").auc.mean
    1.0
    """
    streams = Streams.from_random_state(random_state)
    images = read_images(X, value_range, resize)
    encoder, options = ImageEncoder.of(images), dict(sampler_options or {})
    named = image_samplers(encoder, options)
    sources = resolve_sources(source, named, own=lambda sampler: RowsOfImages(sampler, encoder))
    taught = resolve_strategies(strategies, image_strategies(encoder.size, options))
    check_subjects(n_runs, estimator, sources, taught)
    seed = streams.integer("components")
    rows = scaled(images).reshape(len(images), -1)
    table = read_audit_table(rows, y, label, lambda held: _view(np.asarray(held), encoder, features, seed), streams)
    if isinstance(estimator, str):
        n_least = len(table.common) + 1
        estimator = make_image_estimator(estimator, n_least, rows.shape[1], streams.integer("estimator"))
    plan = Plan(sources, taught, estimator, *resolve_sizes(n_learned, n_generated, table))
    return run_audit(table, plan, n_runs, streams, verbose=verbose)


@dataclass(frozen=True)
class _Components:
    """Principal components of what ``look`` makes of rows of pixels."""

    look: Callable[[Rows], NDArray[np.floating]]
    mean: NDArray[np.float64]
    axes: NDArray[np.float64]

    def __call__(self, rows: object) -> NDArray[np.float64]:
        """Return the components of rows, shape (n, n_axes); equal rows have equal ones."""
        pixels = np.ascontiguousarray(rows, np.float32)
        as_bytes = pixels.view(np.dtype((np.void, pixels.itemsize * pixels.shape[1]))).reshape(-1)
        _, first, place = np.unique(as_bytes, return_index=True, return_inverse=True)
        found = (self.look(pixels[first]).astype(np.float64) - self.mean) @ self.axes
        return found.round(DECIMALS)[place.reshape(-1)]


def _view(rows: Rows, encoder: ImageEncoder, features: Callable[[Any], Any] | None, seed: int) -> View:
    """Return how attackers compare images, fitted to all rows of an audit without their labels."""
    tensor = rows.reshape(len(rows), *encoder.size)
    given = None if features is None else GivenFeatures.fit(features, encoder, tensor)
    look = partial(_numbers, given=given, size=encoder.size)
    mean, axes = _axes(look(rows), seed)
    return View(
        of=_Components(look, mean, axes),
        kinds=dict.fromkeys(range(axes.shape[1]), "continuous"),
        has_cells=False,
        is_linear=features is None,
        notes=(Note("images" if features is None else "image features", {"n": axes.shape[1]}),),
    )


def _numbers(rows: Rows, given: GivenFeatures | None, size: tuple[int, int, int]) -> NDArray[np.floating]:
    """Return the features of rows of pixels, or the pixels if there are no features."""
    return rows if given is None else given(rows.reshape(len(rows), *size))


def _axes(found: NDArray[np.floating], seed: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the mean of rows, shape (d,), and the directions of their largest variance, shape (d, n_axes)."""
    from sklearn.decomposition import PCA

    fitted: Any = PCA(min(MOST_NUMBERS, *found.shape), random_state=seed).fit(found)
    variance = fitted.explained_variance_
    n_axes = max(1, int((variance > LEAST_SHARE * variance.sum()).sum()))
    return fitted.mean_.astype(np.float64), fitted.components_[:n_axes].T.astype(np.float64)
