"""What a generator of images learns: pixels, or the few numbers per image of an autoencoder.

A recipe names the encoder, the networks and the options of one kind of rows. Walk, loop, monitor and files are the same
for all.
"""

from dataclasses import asdict, dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from imbgan.gan.autoencoder import ImageLatents
from imbgan.gan.networks.families import CONVOLUTIONS, PERCEPTRONS, Family
from imbgan.gan.space import Space
from imbgan.gan.spaces.columns import ColumnSpace
from imbgan.gan.spaces.images import ImageOptions, ImageSpace
from imbgan.image import ImageEncoder, Images
from imbgan.oversampling.parameters import IMAGES, LATENTS, Configuration, OptionTypes
from imbgan.tabular.labels import Labels


@dataclass(frozen=True)
class LatentEncoder:
    """Images as the numbers of an autoencoder, and back; it stands where :class:`imbgan.image.ImageEncoder` does.

    Attributes
    ----------
    images : ImageEncoder
        Size, type and range of the images.
    latents : ImageLatents
        The autoencoder.
    """

    images: ImageEncoder
    latents: ImageLatents

    @property
    def value_range(self) -> tuple[float, float]:
        """The values of black and of white."""
        return self.images.value_range

    def transform(self, images: Images, seed: int = 0) -> NDArray[np.float32]:
        """Return the numbers of images, shape (n, n_latents); nothing is drawn, so the seed does not matter."""
        del seed
        return self.latents.encode(self.images.transform(images))

    def inverse_transform(self, rows: NDArray[np.float32]) -> NDArray[np.generic]:
        """Return the images of these numbers, in the range and of the type of the images that were read."""
        return self.images.inverse_transform(self.latents.decode(rows))

    def read(self, X: object, resize: tuple[int, int] | None = None) -> Images:
        """Read images like those that the encoder was fitted to; DataError for another size or range."""
        return self.images.read(X, resize)

    def to_document(self) -> tuple[dict[str, Any], dict[str, np.ndarray]]:
        """Return the document that :meth:`from_document` reads, and the arrays of the autoencoder."""
        document, _ = self.images.to_document()
        return {**document, "augmentations": asdict(self.latents.space.options)}, self.latents.to_arrays()

    @classmethod
    def from_document(cls, document: dict[str, Any], arrays: dict[str, np.ndarray]) -> Self:
        """Build the encoder that :meth:`to_document` described, after checking the shape of each array."""
        options = ImageOptions.resolve(document["augmentations"])
        images = ImageEncoder.from_document({k: v for k, v in document.items() if k != "augmentations"}, {})
        return cls(images, ImageLatents.from_arrays(ImageSpace.of(images.size, options), arrays))


AnyImageEncoder = ImageEncoder | LatentEncoder


@dataclass(frozen=True)
class Recipe:
    """What the rows are that a generator of images learns, and which networks learn them."""

    options: OptionTypes
    encoder: type[ImageEncoder] | type[LatentEncoder]
    family: Family

    def fit(self, images: Images, labels: Labels, configuration: Configuration, seed: int) -> AnyImageEncoder:
        """Return the encoder of images; an autoencoder is trained on them for as many steps as the networks at most."""
        encoder = ImageEncoder.of(images)
        if self.encoder is ImageEncoder:
            return encoder
        space, n_steps = ImageSpace.of(encoder.size, configuration.rows), configuration.train.max_iter
        rows = encoder.transform(images)
        return LatentEncoder(encoder, ImageLatents.learned(space, rows, labels.codes, seed, n_steps))


DIRECT, LATENT = Recipe(IMAGES, ImageEncoder, CONVOLUTIONS), Recipe(LATENTS, LatentEncoder, PERCEPTRONS)

# The recipes by the value of the parameter.
RECIPES = {"direct": DIRECT, "latent": LATENT}


def space_of(encoder: AnyImageEncoder, options: ImageOptions) -> Space:
    """Return what an encoded image is to the networks."""
    if isinstance(encoder, LatentEncoder):
        return ColumnSpace.of([("number", 1)] * encoder.latents.n_latents)
    return ImageSpace.of(encoder.size, options)


def like(encoder: AnyImageEncoder, images: Images) -> AnyImageEncoder:
    """Return an encoder of these images with the autoencoder, if there is one, of another encoder."""
    found = ImageEncoder.of(images)
    return LatentEncoder(found, encoder.latents) if isinstance(encoder, LatentEncoder) else found


def image_encoder(encoder: AnyImageEncoder) -> ImageEncoder:
    """Return what the images look like."""
    return encoder.images if isinstance(encoder, LatentEncoder) else encoder
