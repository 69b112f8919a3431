r"""Adversarial losses: pure functions from logits to a scalar that is minimized.

Logits are :math:`D(\cdot)` of shape ``(batch,)``, before any sigmoid. Real and generated rows at the same position
belong to the same class, so the relativistic loss pairs rows of one class. Differences from the papers are marked.
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import NamedTuple

import jax
from jax import Array
from jaxtyping import Float

Logits = Float[Array, " batch"]
Scalar = Float[Array, ""]


class Loss(NamedTuple):
    """The two sides of an adversarial game."""

    discriminator: Callable[[Logits, Logits], Scalar]
    generator: Callable[[Logits, Logits], Scalar]
    # Whether a logit of 0 means "undecided"; logits of pairing and Wasserstein losses are defined up to a constant.
    is_absolute: bool


def bce_discriminator(real_logits: Logits, fake_logits: Logits) -> Scalar:
    r"""Binary cross-entropy, :math:`-E \log \sigma(D(x)) - E \log (1 - \sigma(D(G(z))))` (Goodfellow 2014, eq. 1)."""
    return jax.nn.softplus(-real_logits).mean() + jax.nn.softplus(fake_logits).mean()


def minimax_generator(real_logits: Logits, fake_logits: Logits) -> Scalar:
    r"""Saturating generator loss, :math:`E \log (1 - \sigma(D(G(z))))` (Goodfellow 2014, eq. 1)."""
    del real_logits
    return -jax.nn.softplus(fake_logits).mean()


def non_saturating_generator(real_logits: Logits, fake_logits: Logits) -> Scalar:
    r"""Non-saturating generator loss, :math:`-E \log \sigma(D(G(z)))` (Goodfellow 2014, section 3)."""
    del real_logits
    return jax.nn.softplus(-fake_logits).mean()


def hinge_discriminator(real_logits: Logits, fake_logits: Logits) -> Scalar:
    r"""Hinge loss, :math:`E \max(0, 1 - D(x)) + E \max(0, 1 + D(G(z)))` (Lim and Ye 2017, "Geometric GAN")."""
    return jax.nn.relu(1.0 - real_logits).mean() + jax.nn.relu(1.0 + fake_logits).mean()


def wasserstein_discriminator(real_logits: Logits, fake_logits: Logits) -> Scalar:
    r"""Critic loss, :math:`E D(G(z)) - E D(x)` (Arjovsky 2017, eq. 2, negated)."""
    return fake_logits.mean() - real_logits.mean()


def mean_generator(real_logits: Logits, fake_logits: Logits) -> Scalar:
    r"""Return the generator side of the hinge and Wasserstein games, :math:`-E D(G(z))`."""
    del real_logits
    return -fake_logits.mean()


def relativistic_discriminator(real_logits: Logits, fake_logits: Logits) -> Scalar:
    r"""Relativistic pairing loss, :math:`E f(D(G(z)) - D(x))` with :math:`f(t) = \log(1 + e^t)` (R3GAN 2024)."""
    return jax.nn.softplus(fake_logits - real_logits).mean()


def relativistic_generator(real_logits: Logits, fake_logits: Logits) -> Scalar:
    r"""Pairing loss with the roles exchanged, :math:`E f(D(x) - D(G(z)))`."""
    return jax.nn.softplus(real_logits - fake_logits).mean()


LOSSES: Mapping[str, Loss] = MappingProxyType(
    {
        "minimax": Loss(bce_discriminator, minimax_generator, is_absolute=True),
        "non_saturating": Loss(bce_discriminator, non_saturating_generator, is_absolute=True),
        "hinge": Loss(hinge_discriminator, mean_generator, is_absolute=True),
        "wasserstein": Loss(wasserstein_discriminator, mean_generator, is_absolute=False),
        "relativistic": Loss(relativistic_discriminator, relativistic_generator, is_absolute=False),
    }
)
