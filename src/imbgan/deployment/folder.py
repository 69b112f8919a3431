"""The folder of a trained classifier: JSON, a skops archive and a model card."""

import hashlib
import importlib.metadata
import json
import os
import platform
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar, cast

import numpy as np

from imbgan._files import whole_folder, write_whole
from imbgan._plain import from_plain, to_json, to_plain
from imbgan.data.writers import possible_name
from imbgan.deployment.archive import parts, read_archive, write_archive
from imbgan.deployment.card import write_card
from imbgan.deployment.columns import LearnedColumns
from imbgan.deployment.figures import Decider, Figure
from imbgan.deployment.origin import Origin, Training
from imbgan.ensemble.base import lean_of
from imbgan.exceptions import ImbganError, ModelFileError, ParameterError
from imbgan.strategies import Strategy
from imbgan.strategies.costs import Costs
from imbgan.tabular.labels import label_text

if TYPE_CHECKING:
    from imbgan.deployment.classifier import DeployableClassifier

KIND, VERSION = "imbgan.DeployableClassifier", 1
DOCUMENT, ARCHIVE, CARD = "classifier.json", "classifier.skops", "README.md"
#: Packages whose versions can change a prediction.
_PACKAGES = ("imbgan", "numpy", "scipy", "scikit-learn", "skops")
_LEARNERS = ("lightgbm", "xgboost", "catboost")

Model = TypeVar("Model", bound="DeployableClassifier")


def check_folder(path: Path, *, overwrite: bool) -> None:
    """Raise ParameterError if a classifier cannot be saved here.

    An existing folder is replaced only if it holds a classifier, so that a mistyped name cannot destroy other files.
    """
    with possible_name(path):
        if path.exists() and not (overwrite and (path / DOCUMENT).is_file()):
            if overwrite:
                raise ParameterError(f"{str(path)!r} exists and holds no trained classifier. Name another folder.")
            raise ParameterError(
                f"{str(path)!r} exists. Name another folder, or replace a trained classifier (overwrite=True, --force)."
            )
        if not path.absolute().parent.is_dir():
            raise ParameterError(f"The folder {str(path.parent)!r} does not exist. Create it first.")
        if not os.access(path.absolute().parent, os.W_OK):
            raise ParameterError(f"Nothing can be written into the folder {str(path.parent)!r}. Name another.")


def save_folder(model: "DeployableClassifier", path: Path, *, overwrite: bool) -> None:
    """Save a fitted classifier; see :meth:`DeployableClassifier.save`."""
    check_folder(path, overwrite=overwrite)
    data = write_archive(lean_of(model.estimator_))
    document = _document(model, data)
    try:
        # What a link points to is replaced, not the link.
        with whole_folder(Path(os.path.realpath(path)), overwrite=overwrite) as folder:
            folder.mkdir()
            write_whole(folder / DOCUMENT, to_json(document).encode())
            write_whole(folder / ARCHIVE, data)
            write_whole(folder / CARD, write_card(model, document).encode())
    except OSError as error:
        raise ModelFileError(f"{str(path)!r} cannot be written: {error.strerror or error}.") from error


def _document(model: "DeployableClassifier", archive: bytes) -> dict[str, Any]:
    strategy: Any = model.strategy
    alerts: Any = model.alerts
    origin = model.origin_
    return {
        "kind": KIND,
        "version": VERSION,
        "created": datetime.now(UTC).isoformat(timespec="seconds"),
        "estimator": model.estimator if isinstance(model.estimator, str) else " ".join(repr(model.estimator).split()),
        "asked_strategy": strategy.name if isinstance(strategy, Strategy) else strategy,
        "strategy": model.strategy_,
        "verdict": model.verdict_,
        "classes": [label_text(label) for label in model.classes_],
        "class_counts": model.class_counts_.tolist(),
        "natural_counts": model.natural_counts_.tolist(),
        "sampled_counts": None if model.sampled_counts_ is None else model.sampled_counts_.tolist(),
        "training_counts": np.asarray(model.training_counts_).tolist(),
        "metric": model.metric,
        "rare": model.rare_code_,
        "threshold": model.threshold_,
        "costs": None if model.costs_ is None else model.costs_.to_plain(),
        "alerts": list(alerts) if isinstance(alerts, tuple | list) else alerts,
        "expected": to_plain(model.expected_),
        "training": to_plain(model.training_),
        **model.columns_.to_plain(),
        "origin": None if origin is None else origin.to_plain(),
        "versions": {"python": platform.python_version(), **_versions(model.estimator_)},
        "sha256": hashlib.sha256(archive).hexdigest(),
    }


def _versions(classifier: object) -> dict[str, str]:
    """Return the versions of the packages that the classifier needs."""
    modules = {type(part).__module__.partition(".")[0] for part in parts(classifier)}
    packages = (*_PACKAGES, *(name for name in _LEARNERS if name in modules))
    return {package: importlib.metadata.version(package) for package in packages}


def load_folder(cls: type[Model], path: Path) -> Model:
    """Load a classifier; see :meth:`DeployableClassifier.load`."""
    document = _read_document(path)
    place = repr(str(path / ARCHIVE))
    try:
        data = (path / ARCHIVE).read_bytes()
    except OSError as error:
        raise ModelFileError(f"{place} cannot be read: {error.strerror}. Train the classifier again.") from error
    if hashlib.sha256(data).hexdigest() != document.get("sha256"):
        raise ModelFileError(
            f"{place} does not belong to {DOCUMENT} beside it, or is damaged. Copy the whole folder again, or train "
            "the classifier again."
        )
    classifier = read_archive(data, place)
    try:
        return _rebuild(cls, document, classifier)
    except (ImbganError, KeyError, TypeError, ValueError, AttributeError, IndexError) as error:
        raise ModelFileError(
            f"{str(path / DOCUMENT)!r} is incomplete ({type(error).__name__}: {error}). Train the classifier again."
        ) from error


def _read_document(path: Path) -> Mapping[str, Any]:
    place = repr(str(path))
    try:
        document: Any = json.loads((path / DOCUMENT).read_text(encoding="utf-8"))
    except (FileNotFoundError, NotADirectoryError):
        if not path.is_dir():
            what = "is not a folder" if path.exists() else "does not exist"
            raise ModelFileError(f"{place} {what}. Name the folder that imbgan train created.") from None
        if (path / "model.json").is_file():
            raise ModelFileError(
                f"{place} holds a generator, not a classifier. Use imbgan generate, or name the folder that imbgan "
                "train created."
            ) from None
        raise ModelFileError(f"{place} holds no {DOCUMENT}. Name the folder that imbgan train created.") from None
    except (OSError, ValueError, RecursionError) as error:
        reason = getattr(error, "strerror", None) or "it is no JSON text"
        raise ModelFileError(
            f"{str(path / DOCUMENT)!r} cannot be read: {reason}. Copy the folder again, or train the classifier again."
        ) from error
    if not isinstance(document, dict) or cast("dict[str, Any]", document).get("kind") != KIND:
        raise ModelFileError(f"{str(path / DOCUMENT)!r} describes something else than a trained classifier.")
    found = cast("dict[str, Any]", document)
    version = found.get("version")
    if version != VERSION:
        is_newer = isinstance(version, int) and version > VERSION
        by = f"a newer version of imbgan ({_version_in(found)})" if is_newer else "another version of imbgan"
        advice = "Install that version" if is_newer else "Install the version that wrote it"
        raise ModelFileError(
            f"{place} was written by {by}: its format is {version!r}, and this one reads {VERSION}. {advice}, or train "
            "the classifier again."
        )
    return found


def _version_in(document: Mapping[str, Any]) -> str:
    versions = document.get("versions")
    return str(cast("dict[str, Any]", versions).get("imbgan", "unknown")) if isinstance(versions, dict) else "unknown"


def _rebuild(cls: type[Model], document: Mapping[str, Any], classifier: Any) -> Model:  # noqa: ANN401
    alerts = document["alerts"]
    model = cls(
        str(document["estimator"]),
        str(document["asked_strategy"]),
        metric=document["metric"],
        costs=document["costs"],
        alerts=tuple(alerts) if isinstance(alerts, list) else alerts,
    )
    model.estimator_ = classifier
    model.strategy_, model.verdict_ = str(document["strategy"]), str(document["verdict"])
    model.classes_ = np.asarray(classifier.classes_)
    model.class_counts_ = np.array(document["class_counts"], np.intp)
    model.natural_counts_ = np.array(document["natural_counts"])
    model.training_counts_ = np.array(document["training_counts"])
    sampled = document.get("sampled_counts")  # earlier versions learned from whole tables only
    model.sampled_counts_ = None if sampled is None else np.array(sampled, np.intp)
    n_classes = len(model.classes_)
    if [label_text(label) for label in model.classes_] != document["classes"]:
        raise ValueError("its classes are not those of the classifier")
    counted = (model.class_counts_, model.natural_counts_, model.training_counts_, model.sampled_counts_)
    if any(len(counts) != n_classes for counts in counted if counts is not None):
        raise ValueError("the numbers of rows are not those of the classes")
    costs = document["costs"]
    read = None if costs is None else Costs.read(costs, model.classes_.tolist(), model.class_counts_.tolist())
    model.set_decider(_decider(document, n_classes, read))
    model.expected_ = tuple(from_plain(Figure, figure) for figure in document["expected"])
    model.training_ = from_plain(Training, document["training"])
    model.columns_ = LearnedColumns.from_plain(document)
    names = model.columns_.names
    if len(names) != model.training_.n_columns:
        raise ValueError("its columns are not those of the table")
    vars(model)["n_features_in_"] = len(names)
    if all(isinstance(name, str) for name in names):
        vars(model)["feature_names_in_"] = np.array(names, object)
    origin = document["origin"]
    model.origin_ = None if origin is None else Origin.from_plain(origin)
    return model


def _decider(document: Mapping[str, Any], n_classes: int, costs: Costs | None) -> Decider:
    rare, threshold = document["rare"], document["threshold"]
    if rare is not None and (rare not in (0, 1) or n_classes != 2):
        raise ValueError(f"the rarer class {rare!r} is none of two")
    if threshold is not None and (isinstance(threshold, bool) or not isinstance(threshold, int | float)):
        raise TypeError(f"the threshold {threshold!r} is no number")
    return Decider(rare, None if threshold is None else float(threshold), costs)
