"""Spaces define what a row is. The step, the loop, the monitor and the model know rows only through a space."""

from typing import Any, ClassVar, Protocol, Self, runtime_checkable

import numpy as np
from jax import Array
from jaxtyping import Float, Int


@runtime_checkable
class Features(Protocol):
    """The features by which rows are compared, fitted to the rows of one training."""

    def __call__(self, rows: Float[np.ndarray, "n *row"]) -> Float[np.ndarray, "n features"]:
        """Return the features of rows; distances between rows are Euclidean distances between their features."""
        ...


@runtime_checkable
class Space(Protocol):
    """Defines what a row is: its shape, how raw output of a generator becomes a row, and how rows are compared.

    A space is a pytree. Its leaves are inputs to the compiled program, so that spaces of the same shape share a
    program; its static fields are part of the program. Outside the networks, rows have the shape ``row``. The networks
    see rows of the shape ``padded``, which takes few different values.
    """

    name: ClassVar[str]  # stored in saved models
    block_rows: ClassVar[int]  # rows that are generated and judged at once, so that one program serves any number

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
        """Turn the raw output of a generator into rows; gradients must flow through it in training."""
        ...

    def augment(self, rows: Float[Array, "batch *padded"], key: Array) -> Float[Array, "batch *padded"]:
        """Return randomly changed rows for the discriminator; it is applied to real and generated rows in training.

        Gradients must flow through it. It may be the identity.
        """
        ...

    def features(self, rows: Float[np.ndarray, "n *row"], codes: Int[np.ndarray, " n"]) -> Features:
        """Return the features of this training, fitted to all its rows and their classes."""
        ...

    def baseline(
        self, rows: Float[np.ndarray, "m *row"], n: int, rng: np.random.Generator
    ) -> Float[np.ndarray, "n *row"]:
        """Return ``n`` rows of a simple generator that was fitted to ``rows``."""
        ...

    def to_document(self) -> dict[str, Any]:
        """Return the document that :meth:`from_document` reads, in types of JSON."""
        ...

    @classmethod
    def from_document(cls, document: dict[str, Any]) -> Self:
        """Build the space that :meth:`to_document` described; an invalid document raises any builtin error."""
        ...
