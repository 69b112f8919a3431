"""Whether a release could be cut now: what ``make release-check`` runs.

Builds the wheel and the source archive, checks their metadata and contents, installs the wheel alone into an empty
environment of each Python that is found, with the newest and, on the oldest Python, with the lowest versions that
``pyproject.toml`` allows (``lowest.txt``), and runs ``smoke.py`` in each. Size, packages and time of import are
compared with those of the last release, which ``--record`` writes. It needs the package registries and some minutes.
"""

import argparse
import json
import os
import re
import shutil
import statistics
import subprocess
import sys
import tarfile
import tomllib
import zipfile
from collections.abc import Iterator, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
WORK = ROOT / ".cache" / "release"
RECORD = ROOT / "tools" / "release.json"
LOWEST = ROOT / "tools" / "lowest.txt"
TOOLS = ("build", "twine", "validate-pyproject", "packaging")
#: Extras that the smoke test uses beside the package alone.
EXTRAS = "lightgbm,parquet,plot,demo"
N_IMPORTS = 5


def main() -> None:
    """Check everything; end with status 1 and the first thing that is wrong."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--record", action="store_true", help="keep the figures as those of the last release")
    options = parser.parse_args()
    shutil.rmtree(WORK, ignore_errors=True)
    WORK.mkdir(parents=True)
    wheel, archive = build()
    check_contents(wheel, archive)
    figures: dict[str, dict[str, float]] = {}
    pythons = list(interpreters())
    for name, python in pythons:
        figures[name] = try_out(name, python, wheel, [])
    name, python = pythons[0]
    try_out(f"{name}, lowest versions", python, wheel, ["-c", str(LOWEST)], extras=EXTRAS)
    try_out(f"{name}, newest versions with extras", python, wheel, [], extras=EXTRAS)
    sizes = {"wheel": round(wheel.stat().st_size / 1e6, 3), "archive": round(archive.stat().st_size / 1e6, 3)}
    compare({"version": version(), "megabytes": sizes, "environments": figures}, record=options.record)


def run(*command: object, **settings: object) -> str:
    """Return what a command prints; if it fails, end with all of it."""
    arguments = [str(part) for part in command]
    done = subprocess.run(arguments, capture_output=True, text=True, **settings)  # type: ignore[call-overload]
    if done.returncode:
        sys.exit(f"Failed: {' '.join(arguments)}\n{done.stdout}{done.stderr}")
    return done.stdout


def environment(name: str, python: str) -> Path:
    """Return the interpreter of a new virtual environment."""
    folder = WORK / re.sub(r"\W+", "-", name)
    run(python, "-m", "venv", folder)
    return folder / ("Scripts" if os.name == "nt" else "bin") / "python"


def install(python: Path, *what: str) -> None:
    """Install with pip, quietly."""
    run(python, "-m", "pip", "install", "-q", "--disable-pip-version-check", "--no-input", *what)


def build() -> tuple[Path, Path]:
    """Return the wheel and the source archive of the commit that is checked out, with checked metadata."""
    tools = environment("tools", sys.executable)
    install(tools, "-c", str(ROOT / "constraints.txt"), *TOOLS)
    run(tools, "-m", "validate_pyproject", ROOT / "pyproject.toml")
    run(tools, "-m", "build", "--outdir", WORK / "dist", ROOT)
    (wheel,), (archive,) = (WORK / "dist").glob("*.whl"), (WORK / "dist").glob("*.tar.gz")
    run(tools, "-m", "twine", "check", "--strict", wheel, archive)
    print(f"Built: {wheel.name}, {archive.name}; metadata are valid")
    return wheel, archive


def check_contents(wheel: Path, archive: Path) -> None:
    """End with an error unless the files hold the package, its types and its license, and nothing else."""
    with zipfile.ZipFile(wheel) as opened:
        names = opened.namelist()
    expected = {path.relative_to(ROOT / "src").as_posix() for path in (ROOT / "src").rglob("*") if path.is_file()}
    expected = {name for name in expected if "__pycache__" not in name}
    found = {name for name in names if ".dist-info/" not in name}
    if found != expected:
        sys.exit(f"The wheel differs from src/: {sorted(found ^ expected)[:10]}")
    if not any(name.endswith("LICENSE") for name in names):
        sys.exit("The wheel lacks the license.")
    with tarfile.open(archive) as opened:
        inside = {name.partition("/")[2] for name in opened.getnames()}
    for needed in (
        "pyproject.toml",
        "README.md",
        "LICENSE",
        "CHANGELOG.md",
        "tests/conftest.py",
        "docs",
        "src/imbgan/py.typed",
    ):
        if needed not in inside and not any(name.startswith(f"{needed}/") for name in inside):
            sys.exit(f"The source archive lacks {needed}.")
    print(f"Contents: {len(found)} files in the wheel, {len(inside)} in the archive")


def interpreters() -> Iterator[tuple[str, str]]:
    """Yield the name and the path of each Python from 3.11 on that is found, the oldest first."""
    homes = sorted(Path.home().glob(".pyenv/versions/*/bin"))
    for minor in range(11, 20):
        name = f"python3.{minor}"
        paths = [shutil.which(name), *(str(home / name) for home in homes)]
        usable = [path for path in paths if path and Path(path).exists() and _answers(path)]
        if usable:
            yield f"Python 3.{minor}", usable[0]


def _answers(path: str) -> bool:
    return subprocess.run([path, "-c", "import venv, ensurepip"], capture_output=True).returncode == 0


def try_out(name: str, python: str, wheel: Path, settings: Sequence[str], extras: str = "") -> dict[str, float]:
    """Install the wheel, run the smoke test, and return the figures of the environment."""
    own = environment(name, python)
    before = _megabytes(own.parent.parent)
    install(own, *settings, f"{wheel}[{extras}]" if extras else str(wheel))
    packages = json.loads(run(own, "-m", "pip", "list", "--format", "json", "--disable-pip-version-check"))
    outside = WORK / "elsewhere"
    outside.mkdir(exist_ok=True)
    variables = {key: value for key, value in os.environ.items() if not key.startswith(("PYTHON", "IMBGAN"))}
    variables |= {"IMBGAN_CACHE": str(WORK / "programs"), "PYTHONUTF8": "1"}
    told = run(own, ROOT / "tools" / "smoke.py", cwd=outside, env=variables)
    code = "import time; t = time.perf_counter(); import imbgan; print(time.perf_counter() - t)"
    seconds = [float(run(own, "-c", code, cwd=outside, env=variables)) for _ in range(N_IMPORTS)]
    found = {
        "packages": len(packages) - 1,  # pip itself
        "megabytes": round(_megabytes(own.parent.parent) - before, 1),
        "import_milliseconds": round(1e3 * statistics.median(seconds), 1),
    }
    print(f"\n{name}: {json.dumps(found)}\n{told}", end="")
    return found


def _megabytes(folder: Path) -> float:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file() and not path.is_symlink()) / 1e6


def version() -> str:
    """Return the version of the project, which pyproject.toml and the package must agree on."""
    declared = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
    if f'__version__ = "{declared}"' not in (ROOT / "src" / "imbgan" / "__init__.py").read_text(encoding="utf-8"):
        sys.exit(f"pyproject.toml says {declared}, imbgan.__version__ something else.")
    return declared


def compare(figures: dict[str, object], *, record: bool) -> None:
    """Print the figures beside those of the last release."""
    last = json.loads(RECORD.read_text(encoding="utf-8")) if RECORD.exists() else None
    print(f"\nNow:  {json.dumps(figures)}")
    print(f"Last: {json.dumps(last)}" if last else "There is no release to compare with.")
    if record:
        RECORD.write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
