"""Saved models: a folder of JSON and safetensors. Nothing in it is ever executed; every leaf is checked."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, TypeVar

import jax
import numpy as np
from safetensors import SafetensorError
from safetensors.numpy import load_file, save_file

from imbgan._files import whole_folder
from imbgan.exceptions import ImbganError, ModelFileError
from imbgan.gan.config import TrainConfig
from imbgan.gan.heads import make_layout
from imbgan.gan.model import GANModel
from imbgan.gan.networks import Discriminator, Generator

DOCUMENT = "model.json"
WEIGHTS = "weights.safetensors"

Document = dict[str, Any]
Arrays = dict[str, np.ndarray]
Network = TypeVar("Network", Generator, Discriminator)


def write_folder(path: Path, document: Mapping[str, object], arrays: Mapping[str, np.ndarray]) -> None:
    """Write a new folder, whole or not at all.

    Raises
    ------
    ModelFileError
        The path exists, or its parent does not.
    """
    if path.exists():
        raise ModelFileError(f"A model is saved into a new folder. {str(path)!r} exists; remove it or name another.")
    if not path.absolute().parent.is_dir():
        raise ModelFileError(
            f"The folder of a saved model needs a parent. {str(path.parent)!r} does not exist; make it."
        )
    with whole_folder(path) as folder:
        folder.mkdir()
        (folder / DOCUMENT).write_text(json.dumps(document, indent=1), encoding="utf-8")
        save_file({name: np.ascontiguousarray(array) for name, array in arrays.items()}, folder / WEIGHTS)
        # safetensors makes private files; a saved model is readable like any other.
        (folder / WEIGHTS).chmod((folder / DOCUMENT).stat().st_mode)


def read_folder(path: Path, kind: str, version: int) -> tuple[Document, Arrays]:
    """Read a folder that :func:`write_folder` wrote for a document of this kind and version.

    Raises
    ------
    ModelFileError
        A file is missing, truncated, or of something else.
    """
    for name in (DOCUMENT, WEIGHTS):
        if not (path / name).is_file():
            raise ModelFileError(
                f"A saved model is a folder with {DOCUMENT} and {WEIGHTS}. {str(path / name)!r} is missing."
            )
    try:
        document = json.loads((path / DOCUMENT).read_text(encoding="utf-8"))
    except ValueError as error:
        raise ModelFileError(
            f"{str(path / DOCUMENT)!r} is not JSON ({error}): truncated or foreign. Save it anew."
        ) from error
    found = document.get("kind") if isinstance(document, dict) else None
    if found != kind:
        raise ModelFileError(f"{str(path / DOCUMENT)!r} must hold a saved {kind}. Got {found!r}.")
    if document.get("version") != version:
        raise ModelFileError(
            f"{str(path / DOCUMENT)!r} has format version {document.get('version')!r}; this imbgan reads {version}. "
            "Load it with the version that saved it, or fit anew."
        )
    try:
        arrays = load_file(path / WEIGHTS)
    except (SafetensorError, OSError, ValueError) as error:
        raise ModelFileError(f"{str(path / WEIGHTS)!r} is truncated or foreign ({error}). Save it anew.") from error
    return document, arrays


def model_document(model: GANModel) -> tuple[Document, Arrays]:
    """Return what a model is, for :func:`write_folder`."""
    networks = {"generator": model.generator, "discriminator": model.discriminator}
    arrays = {
        f"{name}/{_path(path)}": np.asarray(leaf)
        for name, network in networks.items()
        for path, leaf in jax.tree_util.tree_flatten_with_path(network)[0]
    }
    config = {name: list(value) if isinstance(value, tuple) else value for name, value in vars(model.config).items()}
    return {"config": config, "spans": [list(span) for span in model.spans]}, arrays | {"offsets": model.offsets}


def read_model(document: Document, arrays: Mapping[str, np.ndarray]) -> GANModel:
    """Build the model that :func:`model_document` described, checking path, shape and dtype of each leaf.

    Raises
    ------
    ModelFileError
        A setting or a leaf is not what it must be.
    """
    try:
        fields: dict[str, Any] = {
            name: tuple(v) if isinstance(v, list) else v for name, v in document["config"].items()
        }
        # Where it was trained does not matter for where it is used.
        fields["parallel_members"] = jax.default_backend() != "cpu"
        config = TrainConfig(**fields)
        config.check()
        spans = tuple((str(kind), int(n)) for kind, n in document["spans"])
        width = make_layout(spans).is_number.shape[0]
        skeleton = Generator(config, width, _no_memory), Discriminator(config, width, _no_memory)
    except (KeyError, TypeError, ValueError, AttributeError, ImbganError) as error:
        raise ModelFileError(f"The settings of a saved model cannot be read: {error}. Save it anew.") from error
    generator = _fill(skeleton[0], "generator", config.n_members, arrays)
    discriminator = _fill(skeleton[1], "discriminator", config.n_members, arrays)
    offsets = _leaf(arrays, "offsets", (config.n_members, config.n_classes), np.dtype(np.float32))
    return GANModel(config, spans, generator, discriminator, offsets)


def _no_memory(shape: tuple[int, ...], scale: float) -> np.ndarray:
    """Return an array of any shape without its memory: settings are not trusted before the leaves are checked."""
    del scale
    return np.broadcast_to(np.float32(0), shape)


def _fill(skeleton: Network, name: str, n_members: int, arrays: Mapping[str, np.ndarray]) -> Network:
    leaves, structure = jax.tree_util.tree_flatten_with_path(skeleton)
    filled = [_leaf(arrays, f"{name}/{_path(path)}", (n_members, *leaf.shape), leaf.dtype) for path, leaf in leaves]
    return jax.tree_util.tree_unflatten(structure, filled)


def _leaf(arrays: Mapping[str, np.ndarray], path: str, shape: tuple[int, ...], dtype: np.dtype) -> np.ndarray:
    if path not in arrays:
        raise ModelFileError(
            f"Loading {WEIGHTS!r}: leaf {path} is missing. The file is truncated or foreign; save it anew."
        )
    array = arrays[path]
    if array.shape != shape or array.dtype != dtype:
        raise ModelFileError(
            f"Loading {WEIGHTS!r}: leaf {path} must have shape {shape} and dtype {dtype} by its settings, but has "
            f"{array.shape} and {array.dtype}. {DOCUMENT} and {WEIGHTS} are not of one model; save it anew."
        )
    return array


def _path(path: tuple[Any, ...]) -> str:
    return "/".join(str(getattr(key, "name", getattr(key, "idx", key))) for key in path)
