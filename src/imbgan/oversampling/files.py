"""Save a ``TabularGAN`` into a folder, and load it."""

from collections.abc import Set
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np

from imbgan.exceptions import ImbganError, ModelFileError
from imbgan.gan.checkpoint import BROKEN, Arrays, Document, model_document, read_folder, read_model, write_folder
from imbgan.gan.config import as_python
from imbgan.gan.model import ClassGenerators
from imbgan.gan.records import Event
from imbgan.gan.spaces.columns import ColumnSpace
from imbgan.oversampling.atoms import AtomShares
from imbgan.tabular import TableEncoder

if TYPE_CHECKING:
    from imbgan.oversampling.tabular_gan import TabularGAN

KIND = "imbgan.TabularGAN"
VERSION = 3
# Text, numbers and booleans. Labels of other types (dates, tuples) have no exact JSON form.
LABEL_KINDS = "biufUO"

GAN = TypeVar("GAN", bound="TabularGAN")


def save(gan: "TabularGAN", path: Path) -> None:
    """Save a fitted model into the new folder ``path``, completely or not at all.

    ``model.json`` holds the parameters, the classes and the description of the columns; ``weights.safetensors`` holds
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
    if gan.encoder_.atoms:
        arrays["atoms/ends"] = gan.atom_shares_.ends
    arrays.update({f"history/{name}": values for name, values in gan.history_.items()})
    document: Document = {
        "kind": KIND,
        "version": VERSION,
        "parameters": _parameters(gan),
        "classes": {"dtype": gan.classes_.dtype.str, "labels": _labels(gan.classes_)},
        "class_counts": gan.class_counts_.tolist(),
        "n_iter": gan.n_iter_,
        "events": [asdict(event) for event in gan.events_],
        "seed": gan.generator_.seed,
        "places": [[code, *place] for code, place in gan.generator_.places.items()],
        "models": [model for model, _ in described],
        "encoder": encoder,
    }
    write_folder(path, document, arrays)


def _parameters(gan: "TabularGAN") -> Document:
    parameters = {name: as_python(value) for name, value in gan.get_params(deep=False).items()}
    seed, kinds, options = parameters["random_state"], parameters["kinds"], parameters["train_options"]
    return parameters | {
        "callbacks": None,
        "random_state": seed if isinstance(seed, int) else None,
        # Keys of JSON objects are text, but positions of columns are numbers.
        "kinds": [[name, kind] for name, kind in kinds.items()] if kinds else None,
        "train_options": {name: as_python(value) for name, value in options.items()} if options else None,
    }


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
    document, arrays = read_folder(path, KIND, VERSION)
    try:
        return _read(cls, document, arrays)
    except ModelFileError:
        raise
    except (*BROKEN, ImbganError) as error:
        raise ModelFileError(
            f"{str(path)!r} is not a complete model ({type(error).__name__}: {error}). Save the model again."
        ) from error


def _read(cls: type[GAN], document: Document, arrays: Arrays) -> GAN:
    _check_owners(arrays, len(document["models"]))
    parameters = dict(document["parameters"])
    kinds = parameters["kinds"]
    parameters["kinds"] = dict(kinds) if kinds else None
    gan = cls(**parameters)
    gan._validate_params()  # pyright: ignore[reportPrivateUsage]
    dtype = np.dtype(str(document["classes"]["dtype"]))
    if dtype.kind not in LABEL_KINDS:
        raise ModelFileError(f"Labels of a saved model must be text, numbers or booleans. Got dtype {dtype}.")
    gan.classes_ = np.array(document["classes"]["labels"], dtype=dtype)
    gan.class_counts_ = np.array(document["class_counts"], dtype=int)
    gan.n_iter_ = int(document["n_iter"])
    gan.events_ = [Event(**event) for event in document["events"]]
    gan.history_ = _under(arrays, "history")
    gan.encoder_ = TableEncoder.from_document(document["encoder"], _under(arrays, "encoder"))
    gan.n_features_in_ = len(gan.encoder_.schema_.columns)
    models = tuple(read_model(model, _under(arrays, f"models/{i}")) for i, model in enumerate(document["models"]))
    places = {int(code): (int(model), int(local)) for code, model, local in document["places"]}
    gan.generator_ = ClassGenerators(models, places, int(document["seed"]))
    ends = arrays.get("atoms/ends", np.empty((len(gan.classes_), 0, 2), np.float32))
    gan.atom_shares_ = AtomShares(gan.encoder_.atoms, ends)
    _check_agreement(gan, _under(arrays, "encoder").keys(), _under(arrays, "atoms").keys())
    return gan


def _check_agreement(gan: "TabularGAN", encoder_leaves: Set[str], atom_leaves: Set[str]) -> None:
    """Raise ModelFileError if the parts, each complete, do not belong to one model."""
    n_classes, generator = len(gan.classes_), gan.generator_
    holds = {
        "class_counts": len(gan.class_counts_) == n_classes,
        "seed": 0 <= generator.seed < 2**32,
        "models": all(
            isinstance(model.space, ColumnSpace) and model.space.spans == gan.encoder_.spans
            for model in generator.models
        ),
        "atoms": gan.atom_shares_.is_valid(n_classes) and atom_leaves == ({"ends"} if gan.encoder_.atoms else set()),
        "encoder": gan.encoder_.to_document()[1].keys() == encoder_leaves,
        "places": bool(generator.places) == (gan.encoder_.width > 0)
        and all(
            0 <= code < n_classes
            and 0 <= model < len(generator.models)
            and 0 <= local < generator.models[model].config.n_classes
            for code, (model, local) in generator.places.items()
        ),
    }
    wrong = [name for name, is_met in holds.items() if not is_met]
    if wrong:
        raise ModelFileError(f"The saved {wrong[0]!r} does not fit the other parts of the model. Save the model again.")


def _check_owners(arrays: Arrays, n_models: int) -> None:
    """Raise ModelFileError for an array that belongs to no part of the model."""
    owners = ("encoder/", "atoms/ends", "history/", *(f"models/{index}/" for index in range(n_models)))
    unknown = sorted(name for name in arrays if not name.startswith(owners))
    if unknown:
        raise ModelFileError(
            f"The saved model has an array {unknown[0]!r} that none of its parts knows. Load it with the version or "
            "the program that saved it, or save the model again."
        )


def _under(arrays: Arrays, prefix: str) -> Arrays:
    return {name.removeprefix(f"{prefix}/"): array for name, array in arrays.items() if name.startswith(f"{prefix}/")}
