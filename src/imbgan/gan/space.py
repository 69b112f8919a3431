"""What a row is. The step, the loop, the monitor and the model know rows through a space alone."""

from typing import Any, ClassVar, Protocol, Self, runtime_checkable

import numpy as np
from jax import Array
from jaxtyping import Float


@runtime_checkable
class Features(Protocol):
    """The figures in which rows are compared, fitted to the rows of one training."""

    def __call__(self, rows: Float[np.ndarray, "n *row"]) -> Float[np.ndarray, "n features"]:
        """Return the features of rows; the Euclidean distance between two of them says how far rows are apart."""
        ...

    def baseline(
        self, features: Float[np.ndarray, "m features"], n: int, rng: np.random.Generator
    ) -> Float[np.ndarray, "n features"]:
        """Return the features of ``n`` rows that a simple generator makes of rows with these ``features``."""
        ...


@runtime_checkable
class Space(Protocol):
    """What a row is: its shape, how networks' raw output becomes one, and how far two are apart.

    A space is a pytree. What is a leaf flows into the compiled program as data, so that spaces of one shape share a
    program; what is static shapes it. Rows outside the networks have their own shape ``row``; the networks see rows
    of the shape ``padded``, which has few values.
    """

    name: ClassVar[str]  # by which a saved model is found again

    @property
    def shape(self) -> tuple[int, ...]:
        """Shape of one row as the networks see it."""
        ...

    def pad(self, rows: Float[np.ndarray, "n *row"]) -> Float[np.ndarray, "n *padded"]:
        """Return float32 rows as the networks see them."""
        ...

    def trim(self, rows: Float[np.ndarray, "n *padded"]) -> Float[np.ndarray, "n *row"]:
        """Undo :meth:`pad`."""
        ...

    def finish(
        self, raw: Float[Array, "batch *padded"], key: Array, *, training: bool
    ) -> Float[Array, "batch *padded"]:
        """Turn the raw output of a generator into rows; in training gradients must flow through it."""
        ...

    def augment(self, rows: Float[Array, "batch *padded"], key: Array) -> Float[Array, "batch *padded"]:
        """Return rows as the discriminator sees them in training, real and generated ones alike.

        Gradients flow through it. The identity where nothing is to be changed.
        """
        ...

    def features(self, rows: Float[np.ndarray, "n *row"]) -> Features:
        """Fit to all rows of a training what distances are taken in."""
        ...

    def to_document(self) -> dict[str, Any]:
        """Return what :meth:`from_document` needs, in JSON's own types."""
        ...

    @classmethod
    def from_document(cls, document: dict[str, Any]) -> Self:
        """Build the space that :meth:`to_document` described; what is wrong with it raises any builtin error."""
        ...
