"""Write folders of images, one folder per class, with a manifest that tells where each image comes from."""

import contextlib
import csv
import io
import os
import shutil
from collections import Counter
from collections.abc import Generator
from dataclasses import dataclass, field
from pathlib import Path, PurePath
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from imbgan._files import folded, whole_folder
from imbgan.exceptions import DataError, ImbganError, ParameterError
from imbgan.image.folder import ImageFolder
from imbgan.image.manifest import HEADER, MANIFEST, is_written_by_us
from imbgan.image.names import check_class_name, few
from imbgan.image.png import png

Kind = Literal["original", "augmented", "generated"]


@dataclass
class FolderWriter:
    """Puts images into a new folder; see :func:`new_folder`.

    Attributes
    ----------
    folder : Path
        Where the files lie until the folder is complete.
    rows : list of tuple
        The rows of the manifest.
    """

    folder: Path
    rows: list[tuple[object, ...]] = field(default_factory=list)
    _classes: dict[str, str] = field(default_factory=dict)
    _taken: set[str] = field(default_factory=set)
    _numbers: dict[str, int] = field(default_factory=dict)

    def add_original(self, file: Path, path: Path, label: str) -> None:
        """Copy a file byte for byte to ``path``, which is relative to the folder and begins with the class."""
        check_class_name(path.parts[0])
        target = self.folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        try:
            shutil.copy2(file, target)
        except FileNotFoundError:
            raise DataError(f"{str(file)!r} has vanished since it was read. Nothing was written.") from None
        self._taken.update(folded(each.as_posix()) for each in (path, *path.parents))
        self._note(path, label, "original")

    def add_copy(self, pixels: NDArray[np.uint8], label: str, source: Path) -> None:
        """Write a changed copy of the original ``source`` as PNG."""
        number = self._numbers[label] = self._numbers.get(label, -1) + 1
        self._note(self._write(pixels, label, "augmented", number), label, "augmented", source.as_posix())

    def add_generated(self, pixels: NDArray[np.uint8], label: str, *, seed: int, place: int) -> None:
        """Write a generated image as PNG; ``seed`` is that of the model, ``place`` that in its table of the class."""
        path = self._write(pixels, label, "generated", place)
        self._note(path, label, "generated", "", seed, place)

    def finish(self) -> None:
        """Write the manifest."""
        text = io.StringIO()
        csv.writer(text, lineterminator="\n").writerows([HEADER, *self.rows])
        (self.folder / MANIFEST).write_bytes(text.getvalue().encode())

    def _write(self, pixels: NDArray[np.uint8], label: str, kind: Kind, number: int) -> PurePath:
        """Write an image under a name that no other image has, on any file system; originals come before."""
        check_class_name(label)
        other = self._classes.setdefault(folded(label), label)
        if other != label:
            raise DataError(
                f"The names of the classes {few([other, label])} differ in case only, or in how accents are stored. "
                "Some systems take them for one folder; rename one of them."
            )
        path, extra = PurePath(label, f"{kind}-{number:07d}.png"), 1
        while folded(path.as_posix()) in self._taken:
            extra += 1
            path = PurePath(label, f"{kind}-{number:07d}-{extra}.png")
        self._taken.add(folded(path.as_posix()))
        target = self.folder / path
        target.parent.mkdir(exist_ok=True)
        target.write_bytes(png(pixels if pixels.ndim == 3 else pixels[..., None]))
        return path

    def _note(self, path: PurePath, label: str, kind: Kind, source: str = "", *model: int) -> None:
        seed, place = model or ("", "")
        self.rows.append((path.as_posix(), label, kind, source, seed, place))


@contextlib.contextmanager
def new_folder(path: str | Path, *, overwrite: bool = False) -> Generator[FolderWriter]:
    """Yield a writer of a folder that appears under its name when the context ends.

    A failure or an interruption leaves no folder. ``manifest.csv`` in it has one row per image: its path, its label,
    whether it is ``original``, ``augmented`` or ``generated``, the original that was changed, and the seed of the model
    with the place of a generated image among those of its class.

    Raises
    ------
    DataError
        If the folder cannot be written.
    ParameterError
        In the same cases as :func:`check_new_folder`.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> import numpy as np
    >>> path = Path(tempfile.mkdtemp()) / "balanced"
    >>> with new_folder(path) as writer:
    ...     writer.add_generated(np.zeros((8, 8), np.uint8), "night", seed=0, place=7)
    >>> print((path / "manifest.csv").read_text().strip())
    path,label,kind,source,seed,place
    night/generated-0000007.png,night,generated,,0,7
    """
    check_new_folder(path, overwrite=overwrite)
    try:
        # What a link points to is replaced, not the link.
        with whole_folder(Path(os.path.realpath(path)), overwrite=overwrite) as fresh:
            fresh.mkdir()
            writer = FolderWriter(fresh)
            yield writer
            writer.finish()
    except OSError as error:
        if isinstance(error, ImbganError):
            raise
        raise DataError(f"{str(path)!r} cannot be written: {error.strerror or error}.") from error


class NewCounts(NamedTuple):
    """Numbers of images of one class."""

    original: int
    augmented: int
    generated: int


def write_resampled(
    path: str | Path,
    root: str | Path,
    folder: ImageFolder,
    pixels: NDArray[np.uint8],
    labels: NDArray[np.str_],
    source_index: NDArray[np.intp],
    *,
    seed: int | None = None,
    overwrite: bool = False,
) -> dict[str, NewCounts]:
    """Write what a sampler made of a folder of images: originals byte for byte, new images as PNG, and a manifest.

    Parameters
    ----------
    path : str or Path
        Folder to create.
    root : str or Path
        Folder that was read.
    folder : ImageFolder
        What :func:`imbgan.image.read_folder` read from it.
    pixels : ndarray of shape (n_images_new, height, width[, 3]), uint8
        Originals, then new images, as :meth:`imbgan.ImageGANOverSampler.fit_resample` returns them.
    labels : ndarray of shape (n_images_new,), str
    source_index : ndarray of shape (n_images_new,), int
        The position of the original of each copy; -1 for generated images, which count from 0 in each class.
    seed : int, default=None
        That of the fitted model, ``sampler.gan_.generator_.seed``; needed if there are generated images.
    overwrite : bool, default=False
        Whether a folder that imbgan wrote may be replaced.

    Returns
    -------
    dict of str to NewCounts
        Numbers of original, augmented and generated images of each class.

    Raises
    ------
    DataError, ParameterError
        In the same cases as :func:`new_folder` and :func:`check_new_folder`.
    """
    check_new_folder(path, overwrite=overwrite, source=root)
    copies, generated = Counter[str](), Counter[str]()
    with new_folder(path, overwrite=overwrite) as writer:
        for file, label in zip(folder.paths, folder.labels.tolist(), strict=True):
            writer.add_original(Path(root) / file, file, label)
        for i in range(len(folder), len(pixels)):
            image, label, source = pixels[i], str(labels[i]), int(source_index[i])
            if source >= 0:
                writer.add_copy(image, label, folder.paths[source])
                copies[label] += 1
            else:
                if seed is None:
                    raise ParameterError("'seed' must be that of the model, since there are generated images.")
                writer.add_generated(image, label, seed=seed, place=generated[label])
                generated[label] += 1
    return {label: NewCounts(n, copies[label], generated[label]) for label, n in folder.counts.items()}


def check_new_folder(path: str | Path, *, overwrite: bool = False, source: str | Path | None = None) -> None:
    """Raise an error if a folder of images cannot be written to this path.

    Parameters
    ----------
    path : str or Path
    overwrite : bool, default=False
        Whether a folder that :func:`new_folder` wrote may be replaced. No other folder is.
    source : str or Path, default=None
        The folder that is read; neither may lie in the other.

    Raises
    ------
    ParameterError
        If the path exists, lies in a folder that does not exist, or in ``source``.
    """
    place = Path(path)
    if str(path) == "-":
        raise ParameterError("Images are written into a folder, not to standard output. Name a folder that is to be.")
    try:
        exists, parent = _exists(place), place.absolute().parent
        is_ours, has_parent = is_written_by_us(place), parent.is_dir()
        real, read = (Path(os.path.realpath(each)) for each in (place, source or place))
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise ParameterError(f"No folder can be called {str(path)!r}: {reason}. Choose another name.") from error
    if source is not None and (real.is_relative_to(read) or read.is_relative_to(real)):
        raise ParameterError(
            f"The output must not lie in the folder that is read, or hold it. Got {str(path)!r} for {str(source)!r}. "
            "Name a folder beside it."
        )
    if exists and not (overwrite and is_ours):
        raise ParameterError(
            f"{str(path)!r} exists and was not written by imbgan. Name another folder."
            if overwrite or not is_ours
            else f"{str(path)!r} exists. Name another folder, or have it replaced (overwrite=True, --force)."
        )
    if not has_parent:
        raise ParameterError(f"The folder {str(place.parent)!r} does not exist. Create it first.")
    if not os.access(parent, os.W_OK):
        raise ParameterError(f"Nothing can be written into the folder {str(place.parent)!r}. Name another.")


def _exists(place: Path) -> bool:
    try:
        place.lstat()
    except (FileNotFoundError, NotADirectoryError):
        return False
    return True
