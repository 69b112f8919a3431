"""A trained model: its generators and discriminators as NumPy arrays, from which rows are generated."""

from collections.abc import Mapping
from dataclasses import dataclass

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array
from jaxtyping import Float, Int
from scipy.special import expit

from imbgan.gan.config import TrainConfig
from imbgan.gan.keys import make_key
from imbgan.gan.memory import Sparing, parts_of
from imbgan.gan.networks.families import Discriminator, Generator, Networks
from imbgan.gan.processes import check_process
from imbgan.gan.program import Program
from imbgan.gan.space import Space
from imbgan.gan.step import generate, in_parts

# Blocks are counted in 31 bits.
N_BLOCKS = 2**31


def _generate_block(
    space: Space, generators: Generator, code: Int[Array, ""], seed: Array, block: Array, sparing: bool = False
) -> Float[Array, "block *padded"]:
    """Return block ``block`` of class ``code``; row r comes from member r modulo the number of members."""
    n_members = jax.tree.leaves(generators)[0].shape[0]
    n_each = -(-space.block_rows // n_members)
    codes = jnp.full((n_each,), code, jnp.int32)
    key = jax.random.fold_in(jax.random.fold_in(make_key(seed), code), block)

    def one(arguments: tuple[Generator, Array]) -> Array:
        generator, member = arguments
        own = jax.random.fold_in(key, member)
        return generate(space, generator, codes, own, training=False, n_parts=parts_of(n_each) if sparing else 1)

    rows = jax.lax.map(one, (generators, jnp.arange(n_members)))
    return rows.swapaxes(0, 1).reshape(-1, *rows.shape[2:])[: space.block_rows]


def _judge_block(
    discriminators: Discriminator,
    rows: Float[Array, "block *padded"],
    codes: Int[Array, " block"],
    sparing: bool = False,
) -> Float[Array, "n_members block"]:
    """Return the logits of every member."""
    n_parts = parts_of(len(rows)) if sparing else 1
    return jax.lax.map(lambda discriminator: in_parts(discriminator, n_parts, rows, codes), discriminators)


def _generate_in_parts(
    space: Space, generators: Generator, code: Int[Array, ""], seed: Array, block: Array
) -> Float[Array, "block *padded"]:
    return _generate_block(space, generators, code, seed, block, sparing=True)


def _judge_in_parts(
    discriminators: Discriminator, rows: Float[Array, "block *padded"], codes: Int[Array, " block"]
) -> Float[Array, "n_members block"]:
    return _judge_block(discriminators, rows, codes, sparing=True)


def _one_array(*arguments: object) -> int:
    del arguments
    return 0


_generate = Sparing(Program(_generate_block, _one_array), Program(_generate_in_parts, _one_array), "generating rows")
_judge = Sparing(Program(_judge_block, _one_array), Program(_judge_in_parts, _one_array), "judging rows")


@dataclass(frozen=True)
class GANModel:
    """Trained networks with a leading member axis on every leaf.

    Attributes
    ----------
    config : TrainConfig
    space : Space
        Defines what a row is.
    networks : Networks
        Family and sizes of the networks.
    generator : Generator
        The averaged generators.
    discriminator : Discriminator
    offsets : ndarray of shape (n_members, n_classes)
        The logit at which each discriminator is undecided. It is 0 if the loss defines it so; if logits are defined
        only up to a constant, it is measured after training.
    """

    config: TrainConfig
    space: Space
    networks: Networks
    generator: Generator
    discriminator: Discriminator
    offsets: np.ndarray

    def block(self, code: int, seed: int, block: int) -> Float[np.ndarray, "block *row"]:
        """Return block ``block`` of class ``code``: float32 rows, a pure function of the arguments."""
        check_process()
        arguments = np.int32(code), np.uint32(seed), np.int32(block)
        rows = _generate(self.space, self.generator, *arguments)
        return self.space.trim(np.asarray(rows))

    def rows(self, code: int, seed: int, start: int, stop: int) -> Float[np.ndarray, "n *row"]:
        """Return rows ``start`` to ``stop`` of the endless table of class ``code``, float32."""
        shape = self.space.trim(np.zeros((0, *self.space.shape), np.float32)).shape[1:]
        # Reserved as a whole, so that more rows than memory holds are an error at once.
        rows = np.empty((stop - start, *shape), np.float32)
        if start == stop:
            return rows
        n = self.space.block_rows
        for block in range(start // n, -(-stop // n)):
            begin = block * n
            part = self.block(code, seed, block)[max(start - begin, 0) : stop - begin]
            rows[max(begin - start, 0) :][: len(part)] = part
        return rows

    def member_logits(
        self, rows: Float[np.ndarray, "n *row"], codes: Int[np.ndarray, " n"]
    ) -> Float[np.ndarray, "n_members n"]:
        """Return the logits of each member minus its offset, float32."""
        check_process()
        logits = np.zeros((self.config.n_members, len(rows)), np.float32)
        n = self.space.block_rows
        for start in range(0, len(rows), n):
            part = self.space.pad(rows[start : start + n])
            full = np.zeros((n, *self.space.shape), np.float32)
            full_codes = np.zeros(n, np.int32)
            full[: len(part)], full_codes[: len(part)] = part, codes[start : start + n]
            judged = _judge(self.discriminator, full, full_codes)
            logits[:, start : start + n] = np.asarray(judged)[:, : len(part)]
        return logits - self.offsets[:, codes]

    def score(
        self, rows: Float[np.ndarray, "n *row"], codes: Int[np.ndarray, " n"]
    ) -> tuple[Float[np.ndarray, " n"], Float[np.ndarray, " n"]]:
        """Return the mean logit over members and its sigmoid, the probability of being real; float32."""
        logits = self.member_logits(rows, codes).mean(axis=0)
        return logits, expit(logits)


@dataclass(frozen=True)
class ClassGenerators:
    """Generates and judges rows of any class, with one model for all classes or one model per class.

    Attributes
    ----------
    models : tuple of GANModel
    learned : mapping of int to (int, int)
        Code of each class that was learned -> (position of its model, code of the class in that model).
    seed : int
        Seed of all generated rows.
    """

    models: tuple[GANModel, ...]
    learned: Mapping[int, tuple[int, int]]
    seed: int

    @property
    def n_rows(self) -> int:
        """Number of rows of the endless table of each class."""
        return N_BLOCKS * min((model.space.block_rows for model in self.models), default=1)

    def rows(self, code: int, start: int, stop: int) -> Float[np.ndarray, "n *row"]:
        """Return rows ``start`` to ``stop`` of the endless table of class ``code``, float32."""
        model, local = self.learned[code]
        # Adding the code gives each class its own stream, also if the class has a model of its own.
        return self.models[model].rows(local, (self.seed + code) % 2**32, start, stop)

    def last_rows(self, code: int, n: int) -> Float[np.ndarray, "n *row"] | None:
        """Return the last ``n`` rows of the endless table of class ``code``, which no table reaches.

        None if the class was not learned.
        """
        return self.rows(code, self.n_rows - n, self.n_rows) if code in self.learned else None

    def score(
        self, rows: Float[np.ndarray, "n *row"], codes: Int[np.ndarray, " n"]
    ) -> tuple[Float[np.ndarray, " n"], Float[np.ndarray, " n"]]:
        """Return logits, and probabilities of being real, of rows of the given classes, float32."""
        logits, probabilities = np.zeros(len(rows), np.float32), np.zeros(len(rows), np.float32)
        for index, model in enumerate(self.models):
            local = np.array([self.learned[c][1] if self.learned[c][0] == index else -1 for c in codes.tolist()], int)
            chosen = np.flatnonzero(local >= 0)
            logits[chosen], probabilities[chosen] = model.score(rows[chosen], local[chosen])
        return logits, probabilities
