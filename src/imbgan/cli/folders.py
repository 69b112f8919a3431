"""Model folders of the command line: a saved generator, its target column, and the style of the file it learned."""

import json
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from imbgan._files import whole_folder
from imbgan._text import did_you_mean, listed
from imbgan.data.templates import Template
from imbgan.data.writers import possible_name, write_bytes
from imbgan.exceptions import ModelFileError, ParameterError

if TYPE_CHECKING:
    import polars as pl

    from imbgan.oversampling import ImageGAN, TabularGAN
    from imbgan.tabular.schema import DType

TARGET = "target.json"
MODEL = "model.json"
STYLE = "style.json"
CLASSIFIER = "classifier.json"
#: What the document of a generator of images says that it is.
IMAGES = "imbgan.ImageGAN"


@dataclass(frozen=True)
class TargetColumn:
    """Where labels go in a table: a column's name, place and data type."""

    name: str
    place: int
    dtype: "DType"

    @classmethod
    def of(cls, labels: "pl.Series", place: int) -> Self:
        """Describe the column of these labels."""
        from imbgan.tabular.containers.polars import read_column

        return cls(labels.name, place, read_column(labels).dtype)

    def put_into(self, rows: "pl.DataFrame", labels: Sequence[object]) -> "pl.DataFrame":
        """Return generated rows with their labels in their column."""
        import polars as pl

        from imbgan.tabular.containers.polars import native_type

        column = pl.Series(self.name, labels).cast(native_type(self.dtype))
        return rows.insert_column(min(self.place, rows.width), column)

    def write(self, path: Path) -> None:
        """Write the description as JSON."""
        from imbgan.tabular.document import write_dtype

        document = {"name": self.name, "place": self.place, "dtype": write_dtype(self.dtype)}
        write_bytes(json.dumps(document, indent=1).encode(), path)

    @classmethod
    def read(cls, path: Path) -> Self:
        """Read what :meth:`write` wrote.

        Raises
        ------
        ModelFileError
            If the file is missing or damaged.
        """
        from imbgan.tabular.containers.polars import native_type
        from imbgan.tabular.document import read_dtype

        try:
            fields: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
            dtype = read_dtype(fields["dtype"])
            native_type(dtype)  # an unknown one is refused now, not when the rows are drawn
            place = int(fields["place"])
            if place < 0:
                raise ValueError(f"the place {place} is negative")
            return cls(str(fields["name"]), place, dtype)
        except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
            raise ModelFileError(
                f"{str(path)!r}, which names the target column, is missing or damaged. Fit the model with imbgan fit."
            ) from error


def check_model_place(path: str, *, overwrite: bool) -> None:
    """Raise an error if a folder exists, unless it is a model that may be overwritten.

    Raises
    ------
    ParameterError
        If the folder exists, or if its parent does not.
    """
    with possible_name(path):
        _check_model_place(path, Path(path), overwrite=overwrite)


def _check_model_place(path: str, folder: Path, *, overwrite: bool) -> None:
    if folder.exists() and not (overwrite and (folder / MODEL).is_file()):
        advice = (
            "Name another folder." if overwrite else "Name another folder, or overwrite a saved model with --force."
        )
        what = "exists and is no saved model" if overwrite else "exists"
        raise ParameterError(f"{path!r} {what}. {advice}")
    if not folder.absolute().parent.is_dir():
        raise ParameterError(f"The folder {str(folder.parent)!r} does not exist. Create it first.")


def save_model(
    gan: "TabularGAN | ImageGAN",
    target: TargetColumn | None,
    path: str,
    *,
    overwrite: bool,
    template: Template | None = None,
) -> None:
    """Save a generator with its target column, if it learned a table, and the style of its file.

    The folder is written completely or not at all.
    """
    check_model_place(path, overwrite=overwrite)
    # What a link points to is replaced, not the link.
    with whole_folder(Path(os.path.realpath(path)), overwrite=overwrite) as folder:
        gan.save(folder)
        if target is not None:
            target.write(folder / TARGET)
        if template is not None:
            write_bytes(json.dumps(template.to_dict(), indent=1).encode(), folder / STYLE)


def learned_images(path: str) -> bool:
    """Return whether a folder holds a generator of images; damaged ones are left to :func:`load_model`."""
    try:
        document: Any = json.loads((Path(path) / MODEL).read_text(encoding="utf-8"))
        return document["kind"] == IMAGES
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return False


def load_model(path: str) -> tuple["TabularGAN", TargetColumn | None, Template | None]:
    """Load a model that :func:`save_model` saved.

    There is no target if rows without labels were learned, and no template if their table was no delimited file.

    Raises
    ------
    ModelFileError
        If a file is missing, truncated or foreign.
    """
    from imbgan.oversampling import TabularGAN

    if (Path(path) / CLASSIFIER).is_file():
        raise ModelFileError(f"{path!r} holds a trained classifier, not a generator. Use imbgan predict.")
    gan = TabularGAN.load(path)
    target = TargetColumn.read(Path(path) / TARGET) if gan.is_labeled_ else None
    return gan, target, _read_template(Path(path) / STYLE)


def _read_template(path: Path) -> Template | None:
    if not path.exists():
        return None
    try:
        return Template.from_dict(json.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError, KeyError, TypeError, AttributeError, LookupError, RecursionError) as error:
        raise ModelFileError(
            f"{str(path)!r}, which tells the style of the original file, is damaged. Delete it to write plain CSV, or "
            "fit the model again with imbgan fit."
        ) from error


def label_of(text: str, classes: Sequence[object], option: str = "--label") -> object:
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
    raise ParameterError(f"{option} must be one of the classes: {listed(names)}. Got {text!r}.{hint}")
