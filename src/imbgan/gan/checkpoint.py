"""Saved models: a folder of JSON and safetensors. No code in it is ever executed, and every leaf is checked."""

import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar

import jax
import numpy as np
from safetensors import SafetensorError
from safetensors.numpy import load_file, save_file

from imbgan._files import whole_folder
from imbgan.exceptions import ImbganError, ModelFileError
from imbgan.gan.config import TrainConfig
from imbgan.gan.model import GANModel
from imbgan.gan.networks.families import FAMILIES, Networks
from imbgan.gan.spaces import SPACES

DOCUMENT = "model.json"
WEIGHTS = "weights.safetensors"

# Errors from reading a document that another program wrote or damaged; its sizes may exceed any memory.
BROKEN = (KeyError, TypeError, ValueError, IndexError, AttributeError, OverflowError, MemoryError, RecursionError)

Document = dict[str, Any]
Arrays = dict[str, np.ndarray]
Named = TypeVar("Named")
NETWORKS = ("generator", "discriminator")


def write_folder(path: Path, document: Mapping[str, object], arrays: Mapping[str, np.ndarray]) -> None:
    """Write a new folder, completely or not at all.

    Raises
    ------
    ModelFileError
        If the path exists, or its parent does not, or if the files cannot be written.
    """
    if path.exists():
        raise ModelFileError(f"A model is saved into a new folder. {str(path)!r} exists; remove it or name another.")
    if not path.absolute().parent.is_dir():
        raise ModelFileError(
            f"The folder of a saved model needs a parent. {str(path.parent)!r} does not exist; create it."
        )
    with whole_folder(path) as folder:
        folder.mkdir()
        (folder / DOCUMENT).write_bytes(json.dumps(document, indent=1).encode())
        try:
            save_file({name: np.ascontiguousarray(array) for name, array in arrays.items()}, folder / WEIGHTS)
        except SafetensorError as error:  # such as a full disk, which other writers call an OSError
            raise ModelFileError(f"The model cannot be written to {str(path)!r}: {error}.") from error
        # safetensors creates private files; a saved model should be as readable as any other file.
        (folder / WEIGHTS).chmod((folder / DOCUMENT).stat().st_mode)


def read_folder(path: Path, kind: str, version: int) -> tuple[Document, Arrays]:
    """Read a folder that :func:`write_folder` wrote for a document of this kind and version.

    Raises
    ------
    ModelFileError
        If a file is missing or truncated, or was written by something else.
    """
    for name in (DOCUMENT, WEIGHTS):
        if not (path / name).is_file():
            raise ModelFileError(
                f"A saved model is a folder with {DOCUMENT} and {WEIGHTS}. {str(path / name)!r} is missing."
            )
    try:
        document = json.loads((path / DOCUMENT).read_text(encoding="utf-8"))
    except (ValueError, RecursionError) as error:
        raise ModelFileError(
            f"{str(path / DOCUMENT)!r} is not JSON ({error}): truncated or foreign. Save the model again."
        ) from error
    found = document.get("kind") if isinstance(document, dict) else None
    if found != kind:
        raise ModelFileError(f"{str(path / DOCUMENT)!r} must hold a saved {kind}. Got {found!r}.")
    if document.get("version") != version:
        raise ModelFileError(
            f"{str(path / DOCUMENT)!r} has format version {document.get('version')!r}; this imbgan reads {version}. "
            "Load it with the version that saved it, or fit again."
        )
    try:
        arrays = load_file(path / WEIGHTS)
    except (SafetensorError, OSError, ValueError) as error:
        raise ModelFileError(
            f"{str(path / WEIGHTS)!r} is truncated or foreign ({error}). Save the model again."
        ) from error
    return document, arrays


def model_document(model: GANModel) -> tuple[Document, Arrays]:
    """Return the document and the arrays of a model, for :func:`write_folder`.

    Raises
    ------
    ModelFileError
        If the space or the networks have no name from which they can be built again.
    """
    _check_space(model)
    arrays = {
        f"{name}/{leaf_path(path)}": np.asarray(leaf)
        for name, network in zip(NETWORKS, (model.generator, model.discriminator), strict=True)
        for path, leaf in jax.tree_util.tree_flatten_with_path(network)[0]
    }
    document = {
        "config": _as_json(vars(model.config)),
        "space": {"name": model.space.name, **model.space.to_document()},
        "networks": {"family": _family_of(model), "config": _as_json(vars(model.networks.config))},
    }
    return document, arrays | {"offsets": model.offsets}


def _as_json(fields: Mapping[str, object]) -> Document:
    return {name: list(value) if isinstance(value, tuple) else value for name, value in fields.items()}


def _check_space(model: GANModel) -> None:
    if SPACES.get(model.space.name) is not type(model.space):
        raise ModelFileError(
            f"A saved model names its space, and {type(model.space).__name__} is not known by its name. Add it to "
            "imbgan.gan.spaces.SPACES, in every process that saves or loads such a model."
        )


def _family_of(model: GANModel) -> str:
    """Return the name of the family that builds networks exactly like those of the model."""
    networks = model.generator, model.discriminator
    for name, family in FAMILIES.items():
        # The networks are compared, not their builders: the structure of a pytree has its classes and static fields.
        if type(model.networks.config) is family.config:
            built = replace(model.networks, family=family).build(model.space.shape, model.config.n_classes, no_memory)
            if jax.tree.structure(built) == jax.tree.structure(networks):
                return name
    raise ModelFileError(
        f"A saved model names the family of its networks, and {type(networks[0]).__name__} and "
        f"{type(networks[1]).__name__} are of none. Add a family that builds both from its config alone to "
        "imbgan.gan.networks.families.FAMILIES, in every process that saves or loads such a model."
    )


def read_model(document: Document, arrays: Mapping[str, np.ndarray]) -> GANModel:
    """Build the model that :func:`model_document` described, after checking path, shape and dtype of each leaf.

    Raises
    ------
    ModelFileError
        If a setting or a leaf is invalid, or if a leaf, a space or a network family is not known.
    """
    try:
        config = TrainConfig(**_from_json(document["config"]))
        config.check()
        space_document, networks_document = dict(document["space"]), document["networks"]
        space_name, family_name = space_document.pop("name"), networks_document["family"]
        space_class = _named(SPACES, space_name, "space")
        family = _named(FAMILIES, family_name, "network family")
        space = space_class.from_document(space_document)
        networks = Networks(family, family.config(**_from_json(networks_document["config"])))
        networks.config.check()
        skeletons = networks.build(space.shape, config.n_classes, no_memory)
    except ModelFileError:
        raise
    except (*BROKEN, ImbganError) as error:
        raise ModelFileError(f"The settings of a saved model cannot be read: {error}. Save the model again.") from error
    leaves = {"offsets": ((config.n_members, config.n_classes), np.dtype(np.float32))}
    for name, skeleton in zip(NETWORKS, skeletons, strict=True):
        for path, leaf in jax.tree_util.tree_flatten_with_path(skeleton)[0]:
            leaves[f"{name}/{leaf_path(path)}"] = (config.n_members, *leaf.shape), leaf.dtype
    check_leaves(arrays, leaves)
    generator, discriminator = (
        jax.tree_util.tree_map_with_path(lambda path, _, name=name: arrays[f"{name}/{leaf_path(path)}"], skeleton)
        for name, skeleton in zip(NETWORKS, skeletons, strict=True)
    )
    return GANModel(config, space, networks, generator, discriminator, arrays["offsets"])


def _from_json(document: Document) -> Document:
    return {name: tuple(value) if isinstance(value, list) else value for name, value in document.items()}


def _named(known: Mapping[str, Named], name: object, what: str) -> Named:
    if not isinstance(name, str) or name not in known:
        raise ModelFileError(
            f"The saved model has the {what} {name!r}; this imbgan knows {', '.join(map(repr, known))}. Load it with "
            "the version or the program that saved it."
        )
    return known[name]


def no_memory(shape: tuple[int, ...], scale: float) -> np.ndarray:
    """Return an array of any shape that needs no memory, since settings are not trusted until leaves are checked."""
    del scale
    return np.broadcast_to(np.float32(0), shape)


def check_leaves(
    arrays: Mapping[str, np.ndarray], expected: Mapping[str, tuple[tuple[int, ...], np.dtype[Any]]]
) -> None:
    """Raise ModelFileError for a leaf that is missing or unknown, or has another shape or dtype."""
    for path, (shape, dtype) in expected.items():
        if path not in arrays:
            raise ModelFileError(
                f"Loading {WEIGHTS!r}: leaf {path} is missing. The file is truncated or foreign; save the model again."
            )
        array = arrays[path]
        if array.shape != shape or array.dtype != dtype:
            raise ModelFileError(
                f"Loading {WEIGHTS!r}: leaf {path} must have shape {shape} and dtype {dtype} by its settings, but has "
                f"{array.shape} and {array.dtype}. {DOCUMENT} and {WEIGHTS} are not of one model; save it again."
            )
    unknown = sorted(arrays.keys() - expected.keys())
    if unknown:
        raise ModelFileError(
            f"Loading {WEIGHTS!r}: leaf {unknown[0]!r} is not part of the model that the settings describe. Another "
            "program or version saved it; load it there, or save the model again."
        )


def leaf_path(path: tuple[Any, ...]) -> str:
    """Return the name of a leaf of networks in a saved model."""
    return "/".join(str(getattr(key, "name", getattr(key, "idx", key))) for key in path)
