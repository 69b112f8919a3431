"""Save a generator into a folder, and load it."""

from collections.abc import Mapping, Set
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np

from imbgan.exceptions import ImbganError, ModelFileError
from imbgan.gan.checkpoint import BROKEN, Arrays, Document, model_document, read_folder, read_model, write_folder
from imbgan.gan.config import as_python
from imbgan.gan.model import ClassGenerators
from imbgan.gan.records import MEASURES, Event
from imbgan.quality.history import History
from imbgan.tabular.rules import rule_from_document

if TYPE_CHECKING:
    from imbgan.oversampling.base_gan import BaseGAN

VERSION = 5
# Text, numbers and booleans. Labels of other types (dates, tuples) have no exact JSON form.
LABEL_KINDS = "biufUO"
# Parameters that are functions or models: code is never saved.
CALLABLES = {"callbacks", "encoder", "features"}
# Parameters that are mappings.
MAPPINGS = ("augmentations", "kinds", "train_options")

GAN = TypeVar("GAN", bound="BaseGAN")


def save(gan: "BaseGAN", path: Path) -> None:
    """Save a fitted model into the new folder ``path``, completely or not at all.

    ``model.json`` holds the parameters, the classes and the description of the rows; ``weights.safetensors`` holds
    every array. Callbacks, and the state from which ``warm_start`` continues, are not saved.

    Raises
    ------
    ModelFileError
        If the path exists, if its parent does not, or if the labels have no JSON form.
    """
    encoder, encoder_arrays = gan.encoder_.to_document()
    described = [model_document(model) for model in gan.generator_.models]
    arrays: Arrays = {f"encoder/{name}": array for name, array in encoder_arrays.items()}
    for index, (_, model_arrays) in enumerate(described):
        arrays.update({f"models/{index}/{name}": array for name, array in model_arrays.items()})
    arrays.update(gan._arrays())  # pyright: ignore[reportPrivateUsage]
    arrays.update({f"history/{name}": values for name, values in gan.history_.items()})
    document: Document = {
        "kind": _kind(type(gan)),
        "version": VERSION,
        "parameters": _parameters(gan),
        "classes": {"dtype": gan.classes_.dtype.str, "labels": _labels(gan.classes_)},
        "is_labeled": gan.is_labeled_,
        "class_counts": gan.class_counts_.tolist(),
        "n_iter": gan.n_iter_,
        "events": [asdict(event) for event in gan.events_],
        "seed": gan.generator_.seed,
        "places": [[code, *learned] for code, learned in gan.generator_.learned.items()],
        "models": [model for model, _ in described],
        "encoder": encoder,
    }
    write_folder(path, document, arrays)


def _kind(cls: type[Any]) -> str:
    """Return what the document says that it is."""
    return f"imbgan.{cls._kind}"


def _parameters(gan: "BaseGAN") -> Document:
    parameters = {name: as_python(value) for name, value in gan.get_params(deep=False).items()}
    seed = parameters["random_state"]
    return parameters | {
        **{name: None for name in CALLABLES & parameters.keys() if not isinstance(parameters[name], str)},
        "random_state": seed if isinstance(seed, int) else None,
        # Keys of JSON objects are text, but positions of columns are numbers.
        **{name: _items(parameters[name]) for name in MAPPINGS if name in parameters},
        **({"rules": [rule.to_document() for rule in parameters["rules"]]} if parameters.get("rules") else {}),
    }


def _items(mapping: Mapping[Any, object] | None) -> list[list[Any]] | None:
    return [[name, as_python(value)] for name, value in mapping.items()] if mapping else None


def _labels(classes: np.ndarray) -> list[Any]:
    labels = classes.tolist()
    if classes.dtype.kind not in LABEL_KINDS or not all(isinstance(label, str | int | float) for label in labels):
        raise ModelFileError(
            f"Labels must be text, numbers or booleans to be saved. Got {labels[0]!r} of dtype "
            f"{classes.dtype}; convert y to text before fit."
        )
    return labels


def load(cls: type[GAN], path: Path) -> GAN:
    """Load a model that :func:`save` wrote. Nothing in the folder is executed.

    Raises
    ------
    ModelFileError
        If a file is missing, truncated or foreign, or if a leaf does not have the shape and dtype of the settings.
    """
    document, arrays = read_folder(path, _kind(cls), VERSION)
    try:
        return _read(cls, document, arrays)
    except ModelFileError:
        raise
    except (*BROKEN, ImbganError) as error:
        raise ModelFileError(
            f"{str(path)!r} is not a complete model ({type(error).__name__}: {error}). Save the model again."
        ) from error


def _read(cls: type[GAN], document: Document, arrays: Arrays) -> GAN:
    _check_owners(arrays, len(document["models"]), cls._own_arrays)  # pyright: ignore[reportPrivateUsage]
    parameters = dict(document["parameters"])
    for name in MAPPINGS:
        if name in parameters:
            parameters[name] = dict(parameters[name]) if parameters[name] else None
    if parameters.get("rules"):
        parameters["rules"] = [rule_from_document(rule) for rule in parameters["rules"]]
    gan = cls(**parameters)
    gan._validate_params()  # pyright: ignore[reportPrivateUsage]
    dtype = np.dtype(str(document["classes"]["dtype"]))
    if dtype.kind not in LABEL_KINDS:
        raise ModelFileError(f"Labels of a saved model must be text, numbers or booleans. Got dtype {dtype}.")
    gan.classes_ = np.array(document["classes"]["labels"], dtype=dtype)
    gan.is_labeled_ = bool(document["is_labeled"])
    gan.class_counts_ = np.array(document["class_counts"], dtype=int)
    gan.n_iter_ = int(document["n_iter"])
    gan.events_ = [Event(**event) for event in document["events"]]
    measures = _under(arrays, "history")  # safetensors sorts its names
    shown = {name: measures[name] for name in MEASURES if name in measures}
    gan.history_ = History(shown | measures, gan.events_, gan.n_iter_)
    encoder_class = gan._encoder_class  # pyright: ignore[reportPrivateUsage]
    gan.encoder_ = encoder_class.from_document(document["encoder"], _under(arrays, "encoder"))
    models = tuple(read_model(model, _under(arrays, f"models/{i}")) for i, model in enumerate(document["models"]))
    learned = {int(code): (int(model), int(local)) for code, model, local in document["places"]}
    gan.generator_ = ClassGenerators(models, learned, int(document["seed"]))
    own = {name: arrays[name] for name in gan._own_arrays if name in arrays}  # pyright: ignore[reportPrivateUsage]
    _check_agreement(gan, _under(arrays, "encoder").keys(), own)
    return gan


def _check_agreement(gan: "BaseGAN", encoder_leaves: Set[str], own: Arrays) -> None:
    """Raise ModelFileError if the parts, each complete, do not belong to one model; restore what is the kind's own."""
    n_classes, generator = len(gan.classes_), gan.generator_
    holds = {
        "class_counts": len(gan.class_counts_) == n_classes,
        "seed": 0 <= generator.seed < 2**32,
        "models": all(gan._fits(model.space) for model in generator.models),  # pyright: ignore[reportPrivateUsage]
        "arrays": gan._restore(own),  # pyright: ignore[reportPrivateUsage]
        "encoder": gan.encoder_.to_document()[1].keys() == encoder_leaves,
        "places": bool(generator.learned) != gan._fits(None)  # pyright: ignore[reportPrivateUsage]
        and all(
            0 <= code < n_classes
            and 0 <= model < len(generator.models)
            and 0 <= local < generator.models[model].config.n_classes
            for code, (model, local) in generator.learned.items()
        ),
    }
    wrong = [name for name, is_met in holds.items() if not is_met]
    if wrong:
        raise ModelFileError(f"The saved {wrong[0]!r} does not fit the other parts of the model. Save the model again.")


def _check_owners(arrays: Arrays, n_models: int, own: tuple[str, ...]) -> None:
    """Raise ModelFileError for an array that belongs to no part of the model."""
    owners = ("encoder/", "history/", *(f"models/{index}/" for index in range(n_models)))
    unknown = sorted(name for name in arrays if name not in own and not name.startswith(owners))
    if unknown:
        raise ModelFileError(
            f"The saved model has an array {unknown[0]!r} that none of its parts knows. Load it with the version or "
            "the program that saved it, or save the model again."
        )


def _under(arrays: Arrays, prefix: str) -> Arrays:
    return {name.removeprefix(f"{prefix}/"): array for name, array in arrays.items() if name.startswith(f"{prefix}/")}
