"""Network families: pairs of a generator and a discriminator, with the sizes from which both are built."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Protocol, runtime_checkable

from jax import Array
from jaxtyping import Float, Int

from imbgan.gan.networks.convolutions import ConvolutionConfig, ConvolutionDiscriminator, ConvolutionGenerator
from imbgan.gan.networks.layers import Draw
from imbgan.gan.networks.perceptrons import PerceptronConfig, PerceptronDiscriminator, PerceptronGenerator


@runtime_checkable
class Generator(Protocol):
    """Turns noise into raw rows; a pytree of floating-point arrays, all of which are trained.

    A leaf that must not be trained goes through ``jax.lax.stop_gradient``.
    """

    @property
    def latent_dim(self) -> int:
        """Length of the noise vector, a static field."""
        ...

    def __call__(
        self, noise: Float[Array, "batch latent_dim"], codes: Int[Array, " batch"]
    ) -> Float[Array, "batch *row"]:
        """Return the raw values of one row per class code."""
        ...


@runtime_checkable
class Discriminator(Protocol):
    """Judges rows; a pytree of arrays, like a generator."""

    def __call__(self, rows: Float[Array, "batch *row"], codes: Int[Array, " batch"]) -> Float[Array, " batch"]:
        """Return the logit of each row, which judges how real it is for its class."""
        ...


# Builds a network from the configuration of its family, the padded shape of a row, the number of classes, and a source
# of initial values. The shapes of its leaves are the same for all members.
BuildGenerator = Callable[[Any, tuple[int, ...], int, Draw], Generator]
BuildDiscriminator = Callable[[Any, tuple[int, ...], int, Draw], Discriminator]


@dataclass(frozen=True)
class Family:
    """Builders of two networks, and the class of their configuration.

    Attributes
    ----------
    config : type
        Dataclass of the sizes; its method ``check`` raises ParameterError for a size out of range.
    generator, discriminator : callable
        See :data:`BuildGenerator`.
    """

    config: type[Any]
    generator: BuildGenerator
    discriminator: BuildDiscriminator


PERCEPTRONS = Family(PerceptronConfig, PerceptronGenerator, PerceptronDiscriminator)
CONVOLUTIONS = Family(ConvolutionConfig, ConvolutionGenerator, ConvolutionDiscriminator)

# The families that saved models can name.
FAMILIES: dict[str, Family] = {"perceptrons": PERCEPTRONS, "convolutions": CONVOLUTIONS}


@dataclass(frozen=True)
class Networks:
    """The networks of a member: a family, and a configuration with their sizes."""

    family: Family = PERCEPTRONS
    config: Any = field(default_factory=PerceptronConfig)

    def build(self, shape: tuple[int, ...], n_classes: int, draw: Draw) -> tuple[Generator, Discriminator]:
        """Return both networks with initial values, for rows of this shape."""
        arguments = self.config, shape, n_classes, draw
        return self.family.generator(*arguments), self.family.discriminator(*arguments)
