"""The lowest versions that are tested are those that pyproject.toml allows."""

import re
import tomllib
from pathlib import Path

ROOT = Path(__file__).parent.parent
#: Extras that no user of a processor needs.
NOT_TRIED = {"cuda", "bench", "dev", "docs"}


def _bounds(requirements):
    found = (re.match(r"([\w.-]+)(?:\[.*\])?>=([\d.]+)", requirement) for requirement in requirements)
    return {match[1]: match[2] for match in found if match}


def _parts(version):
    numbers = [int(part) for part in version.split(".")]
    return numbers + [0] * (3 - len(numbers))


def test_lowest_versions_are_the_bounds_of_the_dependencies():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    bounds = _bounds(project["dependencies"])
    for name, requirements in project["optional-dependencies"].items():
        if name not in NOT_TRIED:
            bounds |= _bounds(requirements)
    bounds["xgboost-cpu"] = bounds["xgboost"]  # the same module, which the extra `dev` asks for
    lines = (ROOT / "tools" / "lowest.txt").read_text(encoding="utf-8").splitlines()
    pinned = dict(line.split("==") for line in lines if line and not line.startswith("#"))
    assert {name: _parts(version) for name, version in pinned.items()} == {
        name: _parts(version) for name, version in bounds.items()
    }
