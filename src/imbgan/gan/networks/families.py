"""Families of networks: two networks that play against each other, and the sizes that both are built from."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Protocol, runtime_checkable

from jax import Array
from jaxtyping import Float, Int

from imbgan.gan.networks.layers import Draw
from imbgan.gan.networks.perceptrons import PerceptronConfig, PerceptronDiscriminator, PerceptronGenerator


@runtime_checkable
class Generator(Protocol):
    """Makes raw rows of noise; a pytree of floating-point arrays, and gradients are taken of every leaf.

    A leaf that is not to be learned goes through ``jax.lax.stop_gradient``.
    """

    @property
    def latent_dim(self) -> int:
        """Length of the noise vector; static."""
        ...

    def __call__(
        self, noise: Float[Array, "batch latent_dim"], codes: Int[Array, " batch"]
    ) -> Float[Array, "batch *row"]:
        """Return the raw values of one row per class code."""
        ...


@runtime_checkable
class Discriminator(Protocol):
    """Judges rows; a pytree of arrays like a generator."""

    def __call__(self, rows: Float[Array, "batch *row"], codes: Int[Array, " batch"]) -> Float[Array, " batch"]:
        """Return the logit of each row as a member of its class."""
        ...


# Builds a network from the configuration of its family, the shape of a row as the networks see it, the number of
# classes, and a source of initial values. The shapes of its leaves are the same for all members.
BuildGenerator = Callable[[Any, tuple[int, ...], int, Draw], Generator]
BuildDiscriminator = Callable[[Any, tuple[int, ...], int, Draw], Discriminator]


@dataclass(frozen=True)
class Family:
    """How two networks are built.

    Attributes
    ----------
    config : type
        Dataclass of the sizes; its method ``check`` raises for those out of range.
    generator, discriminator : callable
        See :data:`BuildGenerator`.
    """

    config: type[Any]
    generator: BuildGenerator
    discriminator: BuildDiscriminator


PERCEPTRONS = Family(PerceptronConfig, PerceptronGenerator, PerceptronDiscriminator)

# The families that a saved model may name.
FAMILIES: dict[str, Family] = {"perceptrons": PERCEPTRONS}


@dataclass(frozen=True)
class Networks:
    """The networks of a member: a family, and the sizes that it builds them with."""

    family: Family = PERCEPTRONS
    config: Any = field(default_factory=PerceptronConfig)

    def build(self, shape: tuple[int, ...], n_classes: int, draw: Draw) -> tuple[Generator, Discriminator]:
        """Return both networks before their training, for rows of this shape."""
        arguments = self.config, shape, n_classes, draw
        return self.family.generator(*arguments), self.family.discriminator(*arguments)
