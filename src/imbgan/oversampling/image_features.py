"""The features of images that an estimator compares: those that its user gives, or those of a small classifier."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from imbgan.exceptions import DataError
from imbgan.gan.autoencoder import ImageLatents
from imbgan.gan.space import Features
from imbgan.oversampling.recipes import AnyImageEncoder

# A function of the user gets at most this many images at once.
BLOCK = 512


@dataclass(frozen=True)
class GivenFeatures:
    """A function of the user as features of encoded images, each divided by its standard deviation over real ones."""

    function: Callable[[Any], Any]
    encoder: AnyImageEncoder
    scale: NDArray[np.float32]

    @classmethod
    def fit(
        cls, function: Callable[[Any], Any], encoder: AnyImageEncoder, rows: NDArray[np.float32]
    ) -> "GivenFeatures":
        """Return the features of a function, scaled by these encoded images."""
        spread = cls(function, encoder, np.ones(1, np.float32))(rows).std(axis=0)
        return cls(function, encoder, (1.0 / np.where(spread > 0, spread, 1.0)).astype(np.float32))

    def __call__(self, rows: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return the scaled features, shape (n, n_features).

        Raises
        ------
        DataError
            If the function returns anything but one row of finite numbers per image.
        """
        blocks = [self._block(rows[start : start + BLOCK]) for start in range(0, len(rows), BLOCK)]
        return np.concatenate(blocks) * self.scale

    def _block(self, rows: NDArray[np.float32]) -> NDArray[np.float32]:
        found = np.asarray(self.function(self.encoder.inverse_transform(rows)))
        is_matrix = found.ndim == 2 and len(found) == len(rows) and found.shape[1] and found.dtype.kind in "uif"
        if not is_matrix or not np.isfinite(found).all():
            got = f"an array of shape {found.shape} and dtype {found.dtype}" if not is_matrix else "numbers not finite"
            raise DataError(
                f"'features' must return finite numbers of shape (n, n_features) for n images. Got {got} for "
                f"{len(rows)} images."
            )
        return found.astype(np.float32)


@dataclass(frozen=True)
class DecodedFeatures:
    """Features of images, for rows that are the numbers of an autoencoder."""

    look: Features
    latents: ImageLatents

    def __call__(self, rows: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return the features of the images that belong to these numbers, shape (n, n_features)."""
        return self.look(self.latents.decode(rows))
