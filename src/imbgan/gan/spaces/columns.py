"""Rows of columns: numbers, and categories as one column per level. The layout is data, not code.

A matrix has number columns, and spans of columns that hold the levels of one category. Widths are padded to a few
sizes, and arrays describe the spans, so that tables of about the same size, and all folds of a cross-validation, share
one compiled program.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array
from jaxtyping import Float, Int

from imbgan.gan.config import check_rules, merged, static
from imbgan.gan.padding import bucket
from imbgan.measures import local_gaussian

# Logits of levels are bounded smoothly. Then exp((bound + Gumbel noise) / temperature) stays finite in float32 without
# subtracting the maximum of each span, and the probability of a level cannot vanish for good. Float32 noise is at most
# 16, and (10 + 16) / 0.3, at the lowest temperature, is still below log(3e38) = 88.
LOGIT_BOUND = 10.0


# The columns of a matrix from left to right: ("number", 1) or ("category", n_levels).
Spans = Sequence[tuple[str, int]]


class Layout(NamedTuple):
    """The columns of a padded matrix of ``width`` columns with ``n_spans`` categories."""

    is_number: Array  # shape=(width,), float32: 1 for a number column
    spans: Array  # shape=(n_spans, width), float32: 1 where the column is a level of the category
    levels: Array  # shape=(n_spans, n_levels), int32: columns of each category, the first repeated as padding


def make_layout(spans: Spans) -> Layout:
    """Return the layout of a matrix with these columns, padded."""
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


def apply_heads(
    layout: Layout,
    raw: Float[Array, "batch width"],
    key: Array,
    *,
    temperature: Array | float,
    sigmoid: bool,
    hard: bool,
) -> Float[Array, "batch width"]:
    r"""Turn the raw output of a generator into rows: numbers, and one (soft) one-hot per category.

    Level k of a category has probability softmax(logits)_k, sampled by the Gumbel-softmax relaxation
    :math:`y_k \propto \exp((l_k + g_k) / \tau)` (Jang 2017, eq. 2). With ``hard``, one-hots
    are exact and have the gradient of the relaxation (straight-through).
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


def harden(rows: Float[np.ndarray, "n width"], spans: Spans) -> Float[np.ndarray, "n width"]:
    """Return rows ``(n, width)`` whose categories are exact one-hots of the highest level."""
    hard = np.array(rows, np.float32)
    start = 0
    for kind, n in spans:
        if kind == "category":
            part = hard[:, start : start + n]
            part[...] = np.arange(n) == part.argmax(axis=1)[:, None]
        start += n
    return hard


def distance_scale(rows: Float[np.ndarray, "n width"], spans: Spans) -> Float[np.ndarray, " width"]:
    """Return a factor per column; scaled numbers have unit variance, and different levels have the distance 1."""
    kinds = np.concatenate([np.full(n, kind == "number") for kind, n in spans])
    spread = rows.std(axis=0)
    return np.where(kinds, 1.0 / np.where(spread > 0, spread, 1.0), 2.0**-0.5).astype(np.float32)


@dataclass(frozen=True)
class ColumnFeatures:
    """Features of column rows: each column is divided by its own unit."""

    scale: np.ndarray  # shape=(width,)

    def __call__(self, rows: Float[np.ndarray, "n width"]) -> Float[np.ndarray, "n width"]:
        """Return the scaled columns."""
        return rows * self.scale


@jax.tree_util.register_dataclass
@dataclass(frozen=True)
class ColumnOptions:
    """Settings that turn the raw output of a generator into numbers and categories.

    Attributes
    ----------
    number_output : {"linear", "sigmoid"}
        Output of number columns; ``"sigmoid"`` for data scaled to [0, 1].
    straight_through : bool
        Whether categories reach the discriminator as exact one-hots (with the gradient of the soft ones).
    temperature : float
        Temperature of the Gumbel softmax of categories, in [0.3, 5].
    """

    number_output: str = static("linear")
    straight_through: bool = static(True)
    temperature: float | Array = 0.5  # an array inside the compiled program

    @classmethod
    def resolve(cls, options: Mapping[str, object]) -> "ColumnOptions":
        """Merge ``options`` into the defaults and check every range.

        Raises
        ------
        ParameterError
            If an option is out of its range.
        """
        config = merged(cls, options)
        check_rules(
            config,
            ("number_output", config.number_output in ("linear", "sigmoid"), "'linear' or 'sigmoid'"),
            ("temperature", bool(0.3 <= config.temperature <= 5), "in [0.3, 5]"),
        )
        return config


@jax.tree_util.register_dataclass
@dataclass(frozen=True)
class ColumnSpace:
    """Rows of numbers and categories, padded with columns of 0."""

    layout: Layout
    options: ColumnOptions

    name: ClassVar[str] = "columns"
    block_rows: ClassVar[int] = 1024

    @classmethod
    def of(cls, spans: Spans, options: ColumnOptions | None = None) -> "ColumnSpace":
        """Return the space of a matrix with these columns; there must be at least one."""
        return cls(make_layout(spans), options or ColumnOptions())

    @property
    def shape(self) -> tuple[int]:
        """The padded width."""
        return (self.layout.is_number.shape[0],)

    @property
    def spans(self) -> tuple[tuple[str, int], ...]:
        """The columns without padding, from left to right, derived from the layout."""
        is_number, members, levels = map(np.asarray, self.layout)
        spans: dict[int, tuple[str, int]] = dict.fromkeys(np.flatnonzero(is_number).tolist(), ("number", 1))
        for own, member in zip(levels, members, strict=True):
            if member.any():
                spans[int(own[0])] = ("category", int(member.sum()))
        return tuple(spans[start] for start in sorted(spans))

    @property
    def width(self) -> int:
        """Number of columns without padding."""
        return sum(n for _, n in self.spans)

    def pad(self, rows: Float[np.ndarray, "n width"]) -> Float[np.ndarray, "n padded"]:
        """Return float32 rows of the padded width; padding is 0 in real and in generated rows."""
        padded = np.zeros((rows.shape[0], *self.shape), np.float32)
        padded[:, : rows.shape[1]] = rows
        return padded

    def trim(self, rows: Float[np.ndarray, "n padded"]) -> Float[np.ndarray, "n width"]:
        """Return the rows without padding."""
        return rows[:, : self.width]

    def finish(self, raw: Float[Array, "batch padded"], key: Array, *, training: bool) -> Float[Array, "batch padded"]:
        """Apply the heads; one-hots are exact when generating, and in training with ``straight_through``."""
        options = self.options
        sigmoid, hard = options.number_output == "sigmoid", options.straight_through or not training
        return apply_heads(self.layout, raw, key, temperature=options.temperature, sigmoid=sigmoid, hard=hard)

    def augment(self, rows: Float[Array, "batch padded"], key: Array) -> Float[Array, "batch padded"]:
        """Return the rows unchanged, since no random change keeps the meaning of columns."""
        del key
        return rows

    def features(self, rows: Float[np.ndarray, "n width"], codes: Int[np.ndarray, " n"]) -> ColumnFeatures:
        """Return scaled columns: numbers have unit variance, and different levels have the distance 1."""
        del codes
        return ColumnFeatures(distance_scale(rows, self.spans))

    def baseline(
        self, rows: Float[np.ndarray, "m width"], n: int, rng: np.random.Generator
    ) -> Float[np.ndarray, "n width"]:
        """Return rows of the local-Gaussian generator, with exact one-hots."""
        return harden(local_gaussian(rows, n, rng), self.spans)

    def to_document(self) -> dict[str, Any]:
        """Return columns and options."""
        return {"spans": [list(span) for span in self.spans], "options": vars(self.options).copy()}

    @classmethod
    def from_document(cls, document: dict[str, Any]) -> "ColumnSpace":
        """Build the space that :meth:`to_document` described."""
        spans = tuple((str(kind), int(n)) for kind, n in document["spans"])
        unknown = {kind for kind, _ in spans} - {"number", "category"}
        if not spans or unknown or min(n for _, n in spans) < 1:
            raise ValueError(f"columns must be numbers and categories of at least one level, got {unknown or spans}")
        return cls.of(spans, ColumnOptions.resolve(document["options"]))
