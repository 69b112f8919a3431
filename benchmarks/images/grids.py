"""Grids of images to be looked at: real ones, and those of several sources, class by class."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from benchmarks.images.material import Material

N_EACH, GAP, SCALE = 6, 4, 2
MOST_CLASSES = 10


def grid(material: Material, sources: Sequence[str]) -> NDArray[np.uint8]:
    """Return one picture: a row per class, real images on the left, then those of each source.

    Parameters
    ----------
    material : Material
    sources : sequence of str

    Returns
    -------
    ndarray of shape (height, width, channels), uint8
    """
    parts = [material.subset.train, *(material.pool(source) for source in sources)]
    codes = np.linspace(0, material.n_classes - 1, min(MOST_CLASSES, material.n_classes)).astype(int)
    rows: list[NDArray[np.uint8]] = []
    for code in codes.tolist():
        blocks: list[NDArray[np.uint8]] = []
        for part in parts:
            images = part.of_class(code)[:N_EACH]
            # A class that lacks no images has no copies.
            blank = np.full((N_EACH - len(images), *material.subset.train.X.shape[1:]), 255, np.uint8)
            blocks.append(np.concatenate([*images, *blank], axis=1))
            blocks.append(np.full((blocks[0].shape[0], GAP, blocks[0].shape[2]), 255, np.uint8))
        rows.append(np.concatenate(blocks[:-1], axis=1))
    return np.concatenate(rows)


def save(picture: NDArray[np.uint8], path: Path) -> None:
    """Write a picture as a PNG of at most 150 kB: 32 tones or colors, gray ones twice as large."""
    scale = SCALE if picture.shape[2] == 1 else 1
    large = picture.repeat(scale, axis=0).repeat(scale, axis=1)
    image = Image.fromarray(large[..., 0] if large.shape[2] == 1 else large)
    path.parent.mkdir(parents=True, exist_ok=True)
    image.quantize(32, dither=Image.Dither.NONE).save(path, optimize=True)
