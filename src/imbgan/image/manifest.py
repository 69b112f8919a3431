"""The manifest of a folder of images that was written by imbgan: what each image is."""

import csv
from collections import Counter
from pathlib import Path

MANIFEST = "manifest.csv"
#: The kind of images that a generator made.
GENERATED = "generated"
HEADER = ("path", "label", "kind", "source", "seed", "place")


def is_written_by_us(folder: Path) -> bool:
    """Return whether a folder holds a manifest of ours."""
    return read_kinds(folder) is not None


def read_kinds(folder: Path) -> Counter[str] | None:
    """Return how many images of each kind a manifest names; None if the folder has no manifest of ours."""
    rows = _read(folder)
    return None if rows is None else Counter(row[2] for row in rows)


def generated_files(folder: str | Path) -> set[str] | None:
    """Return the paths of the generated images, as the manifest writes them; None without a manifest of ours."""
    rows = _read(Path(folder))
    return None if rows is None else {row[0] for row in rows if row[2] == GENERATED}


def _read(folder: Path) -> list[list[str]] | None:
    try:
        with (folder / MANIFEST).open(encoding="utf-8", newline="") as file:
            rows = csv.reader(file)
            if next(rows, None) != list(HEADER):
                return None
            return [row for row in rows if len(row) == len(HEADER)]
    except (OSError, ValueError, csv.Error):
        return None
