"""What a folder of images holds, before anything is learned."""

from dataclasses import asdict, dataclass
from typing import Any

from imbgan._text import aligned, shown
from imbgan.image.folder import ImageFolder
from imbgan.image.names import count

#: Up to this ratio of the largest class to the rarest, nothing is imbalanced.
_BALANCED = 1.5
#: A class of fewer images is said to be too rare to judge a classifier on.
_FEW = 20


@dataclass(frozen=True)
class FolderDescription:
    """A folder of images in figures.

    Attributes
    ----------
    n_images : int
    height, width : int
        After resizing.
    channels : int
        1 for gray images, 3 for images in color.
    class_counts : dict of str to int
        Number of images of each class.
    skipped : dict of str to str
        Files that were left out, and why.
    remarks : tuple of str
        What was changed or left out, and what may be wrong.
    advice : tuple of str
        What to expect of over-sampling.
    """

    n_images: int
    height: int
    width: int
    channels: int
    class_counts: dict[str, int]
    skipped: dict[str, str]
    remarks: tuple[str, ...]
    advice: tuple[str, ...]

    def to_dict(self) -> dict[str, Any]:
        """Return plain data, which JSON can hold."""
        return {**asdict(self), "remarks": list(self.remarks), "advice": list(self.advice)}

    def __str__(self) -> str:
        look = "gray" if self.channels == 1 else "in color"
        rows = [("class", "images", "share")]
        rows += [(shown(label), f"{n:,}", f"{n / self.n_images:.1%}") for label, n in self.class_counts.items()]
        head = f"{count(self.n_images)}, {self.width} x {self.height} pixels, {look}"
        parts = [head, aligned(rows)]
        for title, lines in (("Remarks", self.remarks), ("What to expect", self.advice)):
            if lines:
                parts.append("\n".join([title, *(f"- {line}" for line in lines)]))
        return "\n\n".join(parts)


def describe_folder(folder: ImageFolder) -> FolderDescription:
    """Describe the images of a folder.

    Parameters
    ----------
    folder : ImageFolder
        What :func:`imbgan.image.read_folder` returned.

    Returns
    -------
    FolderDescription
        ``print`` shows it as text.
    """
    height, width = folder.pixels.shape[1:3]
    return FolderDescription(
        n_images=len(folder),
        height=height,
        width=width,
        channels=1 if folder.pixels.ndim == 3 else 3,
        class_counts=folder.counts,
        skipped={each.path.as_posix(): each.reason for each in folder.skipped},
        remarks=folder.remarks,
        advice=_advice(folder.counts),
    )


def _advice(counts: dict[str, int]) -> tuple[str, ...]:
    largest, rarest = max(counts.values()), min(counts.values())
    if len(counts) < 2:
        return ("There is one class only: nothing to tell it from.",)
    if largest <= _BALANCED * rarest:
        return ("The classes are about equally frequent: there is nothing to balance.",)
    lines = [
        f"The largest class has {largest / rarest:.3g} times as many images as the rarest one, which has {rarest:,}.",
        "A network that learns images should change them at random while it trains and adjust its logits by the class "
        "counts first. Gradient boosting gains most from copies and generated images, linear models from a correction "
        "of class shares.",
    ]
    if rarest < _FEW:
        lines.append(f"A class of fewer than {_FEW} images is too small to judge a classifier on it.")
    return tuple(lines)
