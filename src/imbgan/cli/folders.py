"""Model folders of the command line: a saved generator, and a description of the target column."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from imbgan._files import whole_folder
from imbgan._text import did_you_mean, listed
from imbgan.data.writers import write_bytes
from imbgan.exceptions import ModelFileError, ParameterError

if TYPE_CHECKING:
    import polars as pl

    from imbgan.oversampling import TabularGAN

TARGET = "target.json"
MODEL = "model.json"
#: Data types of polars that labels can have, by name; an Enum has its categories as well.
LABEL_TYPES = (
    *("Int8", "Int16", "Int32", "Int64", "UInt8", "UInt16", "UInt32", "UInt64", "Float32", "Float64"),
    *("Boolean", "String", "Categorical", "Enum"),
)


@dataclass(frozen=True)
class TargetColumn:
    """The target column: its name, its position in the table, and its data type."""

    name: str
    place: int
    dtype: str
    categories: tuple[str, ...] = ()

    @classmethod
    def of(cls, labels: "pl.Series", place: int) -> Self:
        """Return the target column of these labels."""
        categories = getattr(labels.dtype, "categories", None) if type(labels.dtype).__name__ == "Enum" else None
        return cls(labels.name, place, type(labels.dtype).__name__, tuple(categories) if categories is not None else ())

    def put_into(self, rows: "pl.DataFrame", label: object) -> "pl.DataFrame":
        """Return generated rows with their label in the target column."""
        import polars as pl

        if self.dtype not in LABEL_TYPES:
            raise ModelFileError(
                f"{TARGET!r} names an unknown data type of labels, {self.dtype!r}. Fit the model again."
            )
        dtype = pl.Enum(self.categories) if self.dtype == "Enum" else getattr(pl, self.dtype)
        column = pl.Series(self.name, [label] * rows.height, dtype=dtype)
        return rows.insert_column(min(self.place, rows.width), column)


def check_model_place(path: str, *, overwrite: bool) -> None:
    """Raise an error if a folder exists, unless it is a model that may be overwritten.

    Raises
    ------
    ParameterError
        If the folder exists, or if its parent does not.
    """
    folder = Path(path)
    if folder.exists() and not (overwrite and (folder / MODEL).is_file()):
        advice = (
            "Name another folder." if overwrite else "Name another folder, or overwrite a saved model with --force."
        )
        what = "exists and is no saved model" if overwrite else "exists"
        raise ParameterError(f"{path!r} {what}. {advice}")
    if not folder.absolute().parent.is_dir():
        raise ParameterError(f"The folder {str(folder.parent)!r} does not exist. Create it first.")


def save_model(gan: "TabularGAN", target: TargetColumn, path: str, *, overwrite: bool) -> None:
    """Save a generator with its target column, completely or not at all."""
    check_model_place(path, overwrite=overwrite)
    with whole_folder(Path(path), overwrite=overwrite) as folder:
        gan.save(folder)
        write_bytes(json.dumps(asdict(target), indent=1).encode(), folder / TARGET)


def load_model(path: str) -> tuple["TabularGAN", TargetColumn]:
    """Load a model that :func:`save_model` saved.

    Raises
    ------
    ModelFileError
        If a file is missing, truncated or foreign.
    """
    from imbgan.oversampling import TabularGAN

    gan = TabularGAN.load(path)
    try:
        fields: dict[str, Any] = json.loads((Path(path) / TARGET).read_text(encoding="utf-8"))
        target = TargetColumn(
            str(fields["name"]), int(fields["place"]), str(fields["dtype"]), tuple(map(str, fields["categories"]))
        )
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ModelFileError(
            f"{str(Path(path) / TARGET)!r}, which names the target column, is missing or damaged. Fit the model with "
            "imbgan fit."
        ) from error
    return gan, target


def label_of(text: str, classes: Sequence[object]) -> object:
    """Return the class whose text this is.

    Raises
    ------
    ParameterError
        If no class has this text; the message lists the classes and a near miss.
    """
    forms = [{str(label), f"{label:g}" if isinstance(label, float) else str(label)} for label in classes]
    for wanted, known in ((text, forms), (text.casefold(), [{form.casefold() for form in each} for each in forms])):
        found = [label for label, each in zip(classes, known, strict=True) if wanted in each]
        if len(found) == 1:
            return found[0]
    names = [str(label) for label in classes]
    hint = did_you_mean(text, names)
    raise ParameterError(f"--label must be one of the classes: {listed(names)}. Got {text!r}.{hint}")
