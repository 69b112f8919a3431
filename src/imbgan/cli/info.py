"""``imbgan info`` says what an installation consists of: what a report of a fault needs."""

import os
import platform
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from imbgan.cli import options as o
from imbgan.cli.session import session
from imbgan.cli.taking import takes

#: What every installation has, and what extras bring; the names of distributions.
REQUIRED = (
    "imbgan",
    "jax",
    "jaxlib",
    "equinox",
    "optax",
    "numpy",
    "scipy",
    "scikit-learn",
    "imbalanced-learn",
    "polars",
)
OPTIONAL = (
    "pandas",
    "pyarrow",
    "lightgbm",
    "xgboost",
    "xgboost-cpu",
    "catboost",
    "matplotlib",
    "pillow",
    "model2vec",
    "sentence-transformers",
    "ray",
    "tensorboardX",
    "mlflow",
    "mlflow-skinny",
)
#: Variables that change speed or results. Their values are numbers, words, or paths in which the home folder is "~".
VARIABLES = (
    "IMBGAN_CACHE",
    "JAX_PLATFORMS",
    "JAX_COMPILATION_CACHE_DIR",
    "JAX_ENABLE_X64",
    "XLA_FLAGS",
    "OMP_NUM_THREADS",
    "CUDA_VISIBLE_DEVICES",
)


@takes(common=o.common_of)
def info(*, common: o.Common) -> None:
    """Print versions, devices, cores and the cache: what a report of a fault needs. No data are read."""
    with session(common) as run:
        found = _found()
        run.finish(_text(found), found)


def _found() -> dict[str, object]:
    from imbgan._threads import usable_cores
    from imbgan.gan.devices import local_devices

    return {
        "python": f"{platform.python_implementation()} {platform.python_version()}",
        "system": platform.platform(),
        "machine": platform.machine(),
        "cores": {"usable": usable_cores(), "all": os.cpu_count()},
        "devices": local_devices(),
        "packages": {name: found for name in REQUIRED + OPTIONAL if (found := _version(name)) or name in REQUIRED},
        "cache": _cache(),
        "variables": {name: _without_home(os.environ[name]) for name in VARIABLES if name in os.environ},
    }


def _version(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None


def _cache() -> dict[str, object] | None:
    from imbgan.gan.cache import SUFFIX, cache_folder

    folder = cache_folder()
    if folder is None:
        return None
    sizes = [path.stat().st_size for path in folder.glob(f"*{SUFFIX}")]
    return {"folder": _without_home(str(folder)), "programs": len(sizes), "megabytes": round(sum(sizes) / 1e6, 1)}


def _without_home(text: str) -> str:
    """Replace the home folder, whose name is often that of a person."""
    try:
        home = str(Path.home())
    except RuntimeError:
        return text
    return text.replace(home, "~") if len(home) > 1 else text


def _text(found: dict[str, object]) -> str:
    lines: list[str] = []
    for name, value in found.items():
        if isinstance(value, dict):
            lines.append(f"{name}:")
            lines += [f"  {key}: {'not found' if each is None else each}" for key, each in value.items()]
        else:
            shown = ", ".join(map(str, value)) if isinstance(value, list) else value
            lines.append(f"{name}: {'nothing is kept' if shown is None else shown}")
    return "\n".join(lines)
