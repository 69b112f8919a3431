"""Generators on trial: instead of noise alone, each starts from real rows and is tuned by the same game.

All are drop-in replacements of :class:`imbgan.GANOverSampler`, for numbers encoded as quantiles.
"""

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from itertools import pairwise
from typing import Any, ClassVar, NamedTuple, Self

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array
from jax.scipy.special import ndtr
from numpy.typing import ArrayLike

from imbgan import GANOverSampler, TabularGAN
from imbgan.gan.networks.families import PERCEPTRONS, Family
from imbgan.gan.networks.layers import LEAK, Draw, Linear
from imbgan.gan.networks.perceptrons import PerceptronConfig, PerceptronGenerator
from imbgan.gan.padding import bucket
from imbgan.gan.spaces.columns import ColumnSpace, Spans
from imbgan.measures.distances import pairwise_distances
from imbgan.random import Streams

N_NEIGHBORS = 5
# Rows of a class that a generator can start from; more would slow every step, since Adam visits each parameter.
MAX_ROWS = 512
# A level that no neighbor has gets this weight, so that its logit is finite.
LEAST_SHARE = 1e-3
# Last layers start at this share of the usual scale: at first the output is the start itself.
SMALL_START = 0.02
# Weights of neighbors at the start: softmax of normals this many times as large, about two neighbors at a time.
SHARPNESS = 2.0
# Softplus of this is the share of local noise at the start, 0.05.
QUIET = -3.0
# More chunks than a training has.
NEVER = 10**6


class Bank(NamedTuple):
    """Real rows that a generator starts from. Not learned; floating-point, since gradients are taken of every leaf."""

    rows: Array | np.ndarray  # shape=(n_classes, n_rows, width), padded
    count: Array | np.ndarray  # shape=(n_classes,): rows of each class that are not padding
    neighbors: Array | np.ndarray  # shape=(n_classes, n_rows, 1 + N_NEIGHBORS): each row, then its nearest, by position
    is_number: Array | np.ndarray  # shape=(width,): 1 for a number column


def make_bank(
    rows: np.ndarray, codes: np.ndarray, spans: Spans, train_mask: np.ndarray, classes: Sequence[int], width: int
) -> Bank:
    """Collect the rows ``(n, <= width)`` of some classes that a member trains on, at most ``MAX_ROWS`` of each."""
    # Of all rows, not of the member's: the arrays of all members have one shape, and those of most folds.
    size = bucket(min(max(int(np.sum(codes == code)) for code in classes), MAX_ROWS))
    bank = np.zeros((len(classes), size, width), np.float32)
    count = np.zeros(len(classes), np.float32)
    neighbors = np.zeros((len(classes), size, 1 + N_NEIGHBORS), np.float32)
    for place, code in enumerate(classes):
        positions = Streams(0).generator("bank", int(code)).permutation(np.flatnonzero((codes == code) & train_mask))
        own = rows[positions[:MAX_ROWS]]
        bank[place, : len(own), : own.shape[1]] = own
        count[place] = len(own)
        # The row itself, at distance 0, is the first; fewer rows than neighbors are repeated in turn.
        nearest = np.argsort(pairwise_distances(own, own), axis=1, kind="stable")[:, : 1 + N_NEIGHBORS]
        neighbors[place, : len(own)] = nearest[:, np.arange(1 + N_NEIGHBORS) % nearest.shape[1]]
    kinds = np.concatenate([np.full(n, kind == "number") for kind, n in spans])
    is_number = np.zeros(width, np.float32)
    is_number[: len(kinds)] = kinds
    return Bank(bank, count, neighbors, is_number)


def pick(normal: Array, n: Array | int) -> Array:
    """Turn normal noise into positions below ``n``, all alike likely."""
    # The distribution function of a large normal is 1 in float32.
    return jnp.minimum(jnp.floor(ndtr(normal) * n), n - 1).astype(jnp.int32)


class BankGenerator(PerceptronGenerator):
    """A generator that starts from rows of a bank; a subclass says how."""

    bank: Bank

    def __init__(
        self, config: PerceptronConfig, n_classes: int, draw: Draw, *, bank: Bank, n_in: int, n_out: int
    ) -> None:
        def draw_small(shape: tuple[int, ...], scale: float) -> np.ndarray:
            return draw(shape, SMALL_START * scale)

        self.bank = bank
        self.latent_dim = config.latent_dim
        self.embedding = draw((n_classes, config.embedding_dim), 1.0)
        sizes = (n_in + config.latent_dim + config.embedding_dim, *config.generator_hidden)
        hidden = [Linear(a, b, draw) for a, b in pairwise(sizes)]
        self.layers = (*hidden, Linear(sizes[-1], n_out, draw_small))

    def neighborhood(self, noise: Array, place: Array) -> Array:
        """Return rows of the bank, each with its neighbors: (batch, 1 + N_NEIGHBORS, width)."""
        bank = jax.lax.stop_gradient(self.bank)
        anchor = pick(noise[:, 0], bank.count[place])
        # Positions are exact in float32, but the running average of a float rounds.
        nearest = jnp.round(bank.neighbors[place, anchor]).astype(jnp.int32)
        return bank.rows[place[:, None], nearest]

    def change(self, start: Array, noise: Array, codes: Array) -> Array:
        """Return what the layers make of the start, the noise and the class."""
        hidden = jnp.concatenate([start, noise, jnp.asarray(self.embedding)[codes]], axis=1)
        for layer in self.layers[:-1]:
            hidden = jax.nn.leaky_relu(layer(hidden), LEAK)
        return self.layers[-1](hidden)

    def as_raw(self, rows: Array) -> Array:
        """Return raw values whose heads give ``rows``: numbers as they are, logarithms of levels' shares."""
        is_number = jax.lax.stop_gradient(jnp.asarray(self.bank.is_number))
        return jnp.where(is_number > 0, rows, jnp.log(jnp.maximum(rows, 0.0) + LEAST_SHARE))


class AnchoredGenerator(BankGenerator):
    """See :class:`AnchoredGAN`."""

    def __init__(
        self, config: PerceptronConfig, shape: tuple[int, ...], n_classes: int, draw: Draw, *, bank: Bank
    ) -> None:
        (width,), n_members = shape, 1 + N_NEIGHBORS
        super().__init__(config, n_classes, draw, bank=bank, n_in=n_members * width, n_out=n_members + 2 * width)

    def mixture(self, noise: Array, codes: Array) -> tuple[Array, Array, Array, Array]:
        """Return neighborhoods, their convex weights, the share of local noise, and the residual."""
        n, n_members = codes.shape[0], 1 + N_NEIGHBORS
        near = self.neighborhood(noise, codes)
        out = self.change(near.reshape(n, -1), noise, codes)
        weights = jax.nn.softmax(SHARPNESS * noise[:, 1 : 1 + n_members] + out[:, :n_members], axis=1)
        share, residual = jnp.split(out[:, n_members:], 2, axis=1)
        return near, weights, jax.nn.softplus(QUIET + share), residual

    def __call__(self, noise: Array, codes: Array) -> Array:
        """Shapes: noise (batch, latent_dim), codes (batch,) -> (batch, width)."""
        near, weights, share, residual = self.mixture(noise, codes)
        row = (weights[:, :, None] * near).sum(axis=1)
        n_members = near.shape[1]
        local = noise[:, 1 + n_members : 1 + 2 * n_members, None] * (near - near.mean(axis=1, keepdims=True))
        raw = self.as_raw(row)
        is_number = jax.lax.stop_gradient(jnp.asarray(self.bank.is_number))
        return raw + jnp.where(is_number > 0, share * local.sum(axis=1) * n_members**-0.5, residual)


class SmoteInputGenerator(BankGenerator):
    """See :class:`SmoteInputGAN`."""

    def __init__(
        self, config: PerceptronConfig, shape: tuple[int, ...], n_classes: int, draw: Draw, *, bank: Bank
    ) -> None:
        (width,) = shape
        super().__init__(config, n_classes, draw, bank=bank, n_in=width, n_out=width)

    def start(self, noise: Array, codes: Array) -> Array:
        """Return SMOTE rows of the classes."""
        near = self.neighborhood(noise, codes)
        other = near[jnp.arange(len(near)), 1 + pick(noise[:, 1], N_NEIGHBORS)]
        return near[:, 0] + ndtr(noise[:, 2])[:, None] * (other - near[:, 0])

    def __call__(self, noise: Array, codes: Array) -> Array:
        """Shapes: noise (batch, latent_dim), codes (batch,) -> (batch, width)."""
        start = self.start(noise, codes)
        return self.as_raw(start) + self.change(start, noise, codes)


class TranslationGenerator(SmoteInputGenerator):
    """See :class:`TranslationGAN`; the bank holds the largest class alone."""

    def start(self, noise: Array, codes: Array) -> Array:
        """Return rows of the largest class, whatever the class asked for."""
        return self.neighborhood(noise, jnp.zeros_like(codes))[:, 0]


class _BankGAN(TabularGAN):
    """A TabularGAN whose generator starts from rows of the table."""

    _generator: ClassVar[type[BankGenerator]]
    _largest_alone: ClassVar[bool] = False

    def fit(self, X: object, y: ArrayLike, *, classes: Sequence[object] | None = None) -> Self:
        """Learn the rows of a table; see :meth:`TabularGAN.fit`."""
        # A generator that starts next to real rows looks like one that memorized them, and no restart cures it.
        self.train_options = {"n_suspicions": NEVER, **(self.train_options or {})}
        return super().fit(X, y, classes=classes)

    def _family(self, rows: np.ndarray, codes: np.ndarray, space: ColumnSpace, train_mask: np.ndarray) -> Family:
        sizes = np.bincount(codes)
        classes = [int(sizes.argmax())] if self._largest_alone else list(range(len(sizes)))
        bank_of = partial(make_bank, rows, codes, space.spans, train_mask, classes)

        def generator(
            config: PerceptronConfig, shape: tuple[int, ...], n_classes: int, draw: Draw
        ) -> PerceptronGenerator:
            build: Any = self._generator
            return build(config, shape, n_classes, draw, bank=bank_of(*shape))

        return replace(PERCEPTRONS, generator=generator)


class _Anchored(_BankGAN):
    _generator = AnchoredGenerator


class _SmoteInput(_BankGAN):
    _generator = SmoteInputGenerator


class _Translation(_BankGAN):
    _generator = TranslationGenerator
    _largest_alone = True


class _VariantSampler(GANOverSampler):
    """A GANOverSampler with another generator."""

    @classmethod
    def untrained(cls, **parameters: Any) -> Self:  # noqa: ANN401 - as __init__ types each
        """Return the control of the kill test: the generator as it starts, moved by a single step of Adam."""
        return cls(**{"max_iter": 1, **parameters})


class AnchoredGAN(_VariantSampler):
    r"""Convex combinations of neighbors and local noise, both tuned by the game.

    An anchor of the class is drawn at random; N holds it and its 5 nearest rows of the class in the encoded table,
    with mean m.

    .. math:: x = \sum_j a_j(z, N) x_j + s(z, N) \frac{1}{\sqrt{6}} \sum_j \epsilon_j (x_j - m)

    The weights a are a softmax, so non-negative with sum 1; :math:`s \ge 0` is a share for each column; the noise has
    the local covariance, as in the local-Gaussian baseline (Sakho et al. 2024), which keeps columns correlated where
    a deviation for each column would not. Logits of levels are :math:`\log(\sum_j a_j x_j + 0.001)` and a learned
    residual. At the start a is a softmax of noise alone and s is 0.05: about SMOTE (Chawla et al. 2002).

    The idea is that a generator that cannot leave the neighborhoods of real rows needs to learn only how to mix them.
    """

    _gan_class = _Anchored


class SmoteInputGAN(_VariantSampler):
    r"""SMOTE rows, moved by the game.

    .. math:: x = \tilde x + f(\tilde x, z, c), \quad \tilde x = x_i + \lambda (x_j - x_i), \; \lambda \sim U(0, 1)

    with :math:`x_j` one of the 5 nearest rows of class c to a random row :math:`x_i` (Chawla et al. 2002), and f a
    network whose last layer starts at nearly 0. Levels: the residual is added to the logarithms of their shares.
    """

    _gan_class = _SmoteInput


class TranslationGAN(_VariantSampler):
    r"""Rows of the largest class, moved into the class asked for.

    .. math:: x = x_i + f(x_i, z, c), \quad x_i \text{ of the largest class}

    Unpaired translation with the adversarial loss alone: f starts at nearly 0, which tethers a row to its source
    only as long as the discriminator does not ask for more; there is no cycle and no penalty on f.
    """

    _gan_class = _Translation
