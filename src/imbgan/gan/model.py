"""A trained generator and discriminator, as NumPy arrays: what is kept, saved, and drawn from."""

from dataclasses import dataclass

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array
from scipy.special import expit

from imbgan.gan.config import TrainConfig
from imbgan.gan.heads import Layout, make_layout, pad_columns
from imbgan.gan.networks import Discriminator, Generator
from imbgan.gan.processes import check_process
from imbgan.gan.state import make_key
from imbgan.gan.step import generate

# Rows are generated and judged in blocks of this many: one compiled program whatever the number asked for.
BLOCK_ROWS = 1024


@jax.jit
def _generate_block(
    config: TrainConfig, layout: Layout, generators: Generator, label: Array, seed: Array, block: Array
) -> Array:
    """Return block ``block`` of class ``label``; row r comes from member r modulo the number of members."""
    n_each = -(-BLOCK_ROWS // config.n_members)
    labels = jnp.full((n_each,), label, jnp.int32)
    key = jax.random.fold_in(jax.random.fold_in(make_key(seed), label), block)

    def one(arguments: tuple[Generator, Array]) -> Array:
        generator, member = arguments
        return generate(config, layout, generator, labels, jax.random.fold_in(key, member), hard=True)

    rows = jax.lax.map(one, (generators, jnp.arange(config.n_members)))
    return rows.swapaxes(0, 1).reshape(-1, rows.shape[-1])[:BLOCK_ROWS]


@jax.jit
def _judge_block(discriminators: Discriminator, rows: Array, labels: Array) -> Array:
    """Return logits ``(n_members, block)``."""
    return jax.lax.map(lambda discriminator: discriminator(rows, labels), discriminators)


@dataclass(frozen=True)
class GANModel:
    """Trained networks with a leading member axis on every leaf.

    Attributes
    ----------
    config : TrainConfig
    spans : tuple of (str, int)
        Columns of the matrix, see :func:`imbgan.gan.heads.make_layout`.
    generator : Generator
        Averaged weights.
    discriminator : Discriminator
    offsets : ndarray of shape (n_members, n_classes)
        Logit at which the discriminator cannot tell; 0 where the loss fixes it, measured after training where the
        logit is defined up to a constant.
    """

    config: TrainConfig
    spans: tuple[tuple[str, int], ...]
    generator: Generator
    discriminator: Discriminator
    offsets: np.ndarray

    @property
    def width(self) -> int:
        """Columns of the matrix without padding."""
        return sum(n for _, n in self.spans)

    def block(self, label: int, seed: int, block: int) -> np.ndarray:
        """Return block ``block`` of class ``label``, float32 of shape (BLOCK_ROWS, width): a pure function of these."""
        check_process()
        layout = make_layout(self.spans)
        arguments = np.int32(label), np.uint32(seed), np.int32(block)
        rows = _generate_block(self.config, layout, self.generator, *arguments)  # pyright: ignore[reportArgumentType]
        return np.asarray(rows)[:, : self.width]

    def rows(self, label: int, seed: int, start: int, stop: int) -> np.ndarray:
        """Return rows ``start`` to ``stop`` of the endless table of class ``label``, float32."""
        first = start // BLOCK_ROWS
        blocks = [self.block(label, seed, block) for block in range(first, -(-stop // BLOCK_ROWS))]
        rows = np.concatenate(blocks) if blocks else np.zeros((0, self.width), np.float32)
        return rows[start - first * BLOCK_ROWS : stop - first * BLOCK_ROWS]

    def member_logits(self, rows: np.ndarray, labels: np.ndarray) -> np.ndarray:
        """Return each member's logits less the offset, float32 of shape (n_members, n)."""
        check_process()
        layout = make_layout(self.spans)
        logits = np.zeros((self.config.n_members, len(rows)), np.float32)
        for start in range(0, len(rows), BLOCK_ROWS):
            part = pad_columns(rows[start : start + BLOCK_ROWS], layout)
            full = np.zeros((BLOCK_ROWS, part.shape[1]), np.float32)
            codes = np.zeros(BLOCK_ROWS, np.int32)
            full[: len(part)], codes[: len(part)] = part, labels[start : start + BLOCK_ROWS]
            judged = _judge_block(self.discriminator, full, codes)  # pyright: ignore[reportArgumentType]
            logits[:, start : start + BLOCK_ROWS] = np.asarray(judged)[:, : len(part)]
        return logits - self.offsets[:, labels]

    def score(self, rows: np.ndarray, labels: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return the mean logit over members and its sigmoid, the probability of being real; float32 (n,) each."""
        logits = self.member_logits(rows, labels).mean(axis=0)
        return logits, expit(logits)
