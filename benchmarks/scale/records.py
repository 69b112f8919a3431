"""JSON lines of what was measured: appended as they come, and read back."""

import importlib.metadata
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

Line = dict[str, Any]
RESULTS = Path(__file__).parent / "results"
_PACKAGES = ("imbgan", "jax", "lightgbm", "numpy", "polars", "pyarrow", "scikit-learn")


def versions() -> dict[str, str]:
    """Return the versions of the packages that matter."""
    return {name: importlib.metadata.version(name) for name in _PACKAGES}


def append(file: Path, line: Mapping[str, Any]) -> None:
    """Add a line."""
    file.parent.mkdir(exist_ok=True)
    with file.open("a", encoding="utf-8") as lines:
        lines.write(json.dumps({**line, "versions": versions()}) + "\n")


def read(file: Path) -> list[Line]:
    """Return all lines; none if there is no such file."""
    if not file.exists():
        return []
    return [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines() if line]
