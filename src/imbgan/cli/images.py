"""Folders of images on the command line: their options, how they are read, and what is said about tables instead."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Annotated, Any, NamedTuple

import typer

from imbgan.cli import checks
from imbgan.cli.options import Common
from imbgan.cli.session import Session, session
from imbgan.data.reading import Reading
from imbgan.exceptions import ParameterError

if TYPE_CHECKING:
    from imbgan.image import ImageFolder

PANEL = "Folders of images"
#: What a generator of images learns, the default first; ``imbgan.oversampling``, which loads JAX, has the same ones.
RECIPES = ("direct", "latent")
#: Sides in pixels that images can have; ``imbgan.image``, which loads NumPy, has the same ones.
MIN_SIDE, MAX_SIDE = 8, 64


class Size(NamedTuple):
    """Height and width in pixels."""

    height: int
    width: int


def _size(text: str) -> Size:
    """Return the size that a text such as ``"32x32"`` tells."""
    parts = text.lower().replace("×", "x").split("x")
    if len(parts) not in (1, 2) or not all(part.strip().isascii() and part.strip().isdigit() for part in parts):
        raise checks.WrongValue(f"--resize must be a width and a height, such as 32x32. Got {text!r}.")
    width, height = int(parts[0]), int(parts[-1])
    if not all(MIN_SIDE <= side <= MAX_SIDE for side in (width, height)):
        raise checks.WrongValue(
            f"--resize must be {MIN_SIDE} to {MAX_SIDE} pixels along each side, such as 32x32. Got {text!r}."
        )
    return Size(height, width)


Resize = Annotated[
    Size | None,
    typer.Option(
        "--resize",
        metavar="WxH",
        parser=_size,
        help="Resize images to this width and height in pixels, such as 32x32.",
        rich_help_panel=PANEL,
    ),
]
SkipUnreadable = Annotated[
    bool,
    typer.Option(
        "--skip-unreadable",
        help="Leave out files that are damaged, animated or of another format.",
        rich_help_panel=PANEL,
    ),
]
Flip = Annotated[
    bool,
    typer.Option("--flip", help="Left and right mean the same: images may be mirrored.", rich_help_panel=PANEL),
]
Recipe = Annotated[
    str,
    typer.Option(
        "--recipe",
        metavar="NAME",
        help=f"{' or '.join(RECIPES)}: pixels, or the few numbers per image of an autoencoder, which takes a seventh "
        "of the time and draws blurred images.",
        parser=checks.name("--recipe", RECIPES),
        autocompletion=checks.complete(RECIPES),
        rich_help_panel=PANEL,
    ),
]
#: Fields of a reading whose options are not called like them.
_OPTIONS = {"kinds": "kind", "drop_missing": "drop-missing-target"}


@dataclass(frozen=True)
class OfImages:
    """How a folder of images is read, and how its images may be changed."""

    size: Size | None = None
    skip_unreadable: bool = False
    flip: bool = False
    recipe: str = RECIPES[0]

    @property
    def augmentations(self) -> dict[str, bool] | None:
        """The random changes that were chosen, as the estimators take them."""
        return {"flip": True} if self.flip else None

    @property
    def generator(self) -> dict[str, Any]:
        """How images are learned, as parameters of the estimators."""
        return {"augmentations": self.augmentations, "recipe": self.recipe}

    def refuse(self, table: str, **others: object) -> None:
        """Raise an error if options of images, also ``others``, are used with a table.

        Raises
        ------
        ParameterError
            It names the options.
        """
        own = {
            "resize": self.size,
            "skip-unreadable": self.skip_unreadable,
            "flip": self.flip,
            "recipe": self.recipe != RECIPES[0],
        }
        _refuse({**own, **others}, f"only for folders of images. {table!r} is none")


def images_of(
    *,
    resize: Resize = None,
    skip_unreadable: SkipUnreadable = False,
    flip: Flip = False,
    recipe: Recipe = RECIPES[0],
) -> OfImages:
    """Return what is said about images, from the options of a command."""
    return OfImages(resize, skip_unreadable, flip, recipe)


def is_folder(path: str) -> bool:
    """Return whether the input of a command is a folder of images and not a table."""
    from imbgan.image import is_image_folder  # loads NumPy, which --help must not

    return is_image_folder(path)


def refuse_table_options(path: str, reading: Reading | None, common: Common, **others: object) -> None:
    """Raise an error if options of tables are used with images; ``others`` are further ones, by name.

    Raises
    ------
    ParameterError
        It names the options.
    """
    given = {
        _OPTIONS.get(each.name, each.name): getattr(reading, each.name) != getattr(Reading(), each.name)
        for each in fields(Reading)
        if reading is not None
    }
    with session(common):
        _refuse({**others, **given}, f"only for tables. {path!r} holds images")


def _refuse(given: Mapping[str, object], why: str) -> None:
    names = [f"--{name.replace('_', '-')}" for name, value in given.items() if value is not None and value is not False]
    if names:
        hint = " The labels of images are the names of their folders." if "--target" in names else ""
        raise ParameterError(f"{', '.join(names)} {'is' if len(names) == 1 else 'are'} {why}.{hint}")


def read(run: Session, path: str, images: OfImages) -> "ImageFolder":
    """Read a folder of images, and tell what was changed or may be wrong."""
    from imbgan.image import read_folder

    folder = read_folder(path, resize=images.size, skip_unreadable=images.skip_unreadable, verbose=run.shows_progress)
    for remark in folder.remarks:
        run.note(remark)
    return folder
