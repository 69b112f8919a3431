"""What the columns of the matrix are, as data: the compiled program does not depend on a table's layout.

A matrix has number columns and spans of columns that are the levels of one category. Widths are padded to a few
sizes and spans are described by arrays, so that tables of about the same size, and all folds of a
cross-validation, share one compiled program.
"""

from collections.abc import Sequence
from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array

# Logits of levels are bounded smoothly: exp((bound + Gumbel noise) / temperature) then stays finite in float32
# without subtracting each span's maximum, and no level's probability vanishes for good. Float32 noise ends at 16,
# and (10 + 16) / 0.3, the lowest temperature, is still below log(3e38) = 88.
LOGIT_BOUND = 10.0


class Layout(NamedTuple):
    """The columns of a padded matrix of ``width`` columns with ``n_spans`` categories."""

    is_number: Array  # shape=(width,), float32: 1 for a number column
    spans: Array  # shape=(n_spans, width), float32: 1 where the column is a level of the category
    levels: Array  # shape=(n_spans, n_levels), int32: columns of each category, the first repeated as padding


def bucket(size: int, smallest: int = 8) -> int:
    """Return the least of smallest * {1, 1.5, 2, 3, 4, 6, 8, ...} that is not below ``size``.

    >>> [bucket(n) for n in (1, 9, 13, 100)]
    [8, 12, 16, 128]
    """
    power = smallest
    while power < size:
        if power * 3 // 2 >= size:
            return power * 3 // 2
        power *= 2
    return power


def make_layout(spans: Sequence[tuple[str, int]]) -> Layout:
    """Describe a matrix whose columns are, from left to right, ``("number", 1)`` or ``("category", n_levels)``."""
    total = sum(n for _, n in spans)
    categories = [n for kind, n in spans if kind == "category"]
    width = bucket(total)
    n_spans = bucket(len(categories), 4) if categories else 0
    n_levels = bucket(max(categories), 4) if categories else 0
    is_number = np.zeros(width, np.float32)
    member = np.zeros((n_spans, width), np.float32)
    levels = np.full((n_spans, n_levels), width - 1, np.int32)
    start, span = 0, 0
    for kind, n in spans:
        if kind == "number":
            is_number[start : start + n] = 1.0
        else:
            member[span, start : start + n] = 1.0
            levels[span] = start
            levels[span, :n] = np.arange(start, start + n)
            span += 1
        start += n
    return Layout(is_number, member, levels)  # pyright: ignore[reportArgumentType]


def pad_columns(rows: np.ndarray, layout: Layout) -> np.ndarray:
    """Return float32 rows of the layout's width; padding columns are 0 in real and generated rows alike."""
    padded = np.zeros((rows.shape[0], layout.is_number.shape[0]), np.float32)
    padded[:, : rows.shape[1]] = rows
    return padded


def apply_heads(
    layout: Layout, raw: Array, key: Array, *, temperature: Array | float, sigmoid: bool, hard: bool
) -> Array:
    r"""Turn the generator's raw output into a row: numbers as they are, one (soft) one-hot per category.

    Level k of a category has probability softmax(logits)_k, sampled by the Gumbel-softmax relaxation
    :math:`y_k \propto \exp((l_k + g_k) / \tau)` (Jang 2017, eq. 2). ``hard`` gives exact one-hots with the
    gradient of the relaxation (straight-through).

    Shapes: raw (batch, width) -> (batch, width).
    """
    numbers = jax.nn.sigmoid(raw) if sigmoid else raw
    if layout.spans.shape[0] == 0:
        return numbers * layout.is_number
    exact = jax.lax.Precision.HIGHEST  # membership products must not be rounded to TF32 on an accelerator
    is_level = layout.spans.sum(axis=0)
    logits = LOGIT_BOUND * jnp.tanh(raw / LOGIT_BOUND)
    weights = jnp.exp((logits + jax.random.gumbel(key, raw.shape, raw.dtype)) / temperature) * is_level
    totals = jnp.matmul(weights, layout.spans.T, precision=exact)
    soft = weights / (jnp.matmul(totals, layout.spans, precision=exact) + (1.0 - is_level))
    if hard:
        fixed = jax.lax.stop_gradient(soft)
        highest = fixed[:, layout.levels].max(axis=-1)
        one_hot = (fixed >= jnp.matmul(highest, layout.spans, precision=exact)) * is_level
        soft = one_hot + (soft - fixed)  # in this order, since (soft + 1) - soft is not exactly 1 in float32
    return numbers * layout.is_number + soft


def harden(rows: np.ndarray, spans: Sequence[tuple[str, int]]) -> np.ndarray:
    """Return rows ``(n, width)`` whose categories are exact one-hots of the highest level."""
    hard = np.array(rows, np.float32)
    start = 0
    for kind, n in spans:
        if kind == "category":
            part = hard[:, start : start + n]
            part[...] = np.arange(n) == part.argmax(axis=1)[:, None]
        start += n
    return hard
