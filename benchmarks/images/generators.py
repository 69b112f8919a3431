"""Trained generators: one per training subset, kept in a scratch folder so that all arms share its images."""

import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.images.sets import SETS, Part, subset
from imbgan import ImageGAN

#: Further generators than the default one: settings of ``ImageGAN`` by name.
GANS: dict[str, dict[str, Any]] = {
    "gan": {},
    "gan_latent": {"recipe": "latent"},
    # To know what patience would bring.
    "gan_10000": {"max_iter": 10_000, "early_stopping": False},
}
N_TIMED = 1_000


def scratch() -> Path:
    """Return the folder of trained generators if the command line names none."""
    return Path(tempfile.gettempdir()) / "imbgan-benchmark-images"


def needed(name: str, code: int) -> int:
    """Return how many generated images of a class the arms use: as many as there are true ones in their place."""
    return SETS[name].n_further(code)


def train(kind: str, name: str, number: int, target: Path) -> None:
    """Learn a subset, generate what the arms need, and write images and costs; run in a process of its own.

    The process tells the peak memory of a fit and of nothing else.
    """
    part = subset(name, number).train
    began = time.perf_counter()
    gan = ImageGAN(random_state=number, **GANS[kind]).fit(part.X, part.y)
    fitted = time.perf_counter()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    gan.sample(8, label=0)  # compiles
    generating = time.perf_counter()
    pools = [np.asarray(gan.sample(needed(name, code), label=code)) for code in range(len(SETS[name].counts))]
    n, seconds = sum(map(len, pools)), time.perf_counter() - generating
    realness = [gan.discriminate(pool, np.full(len(pool), code))[0] for code, pool in enumerate(pools)]
    cost = {
        "seconds": round(fitted - began, 1),
        "steps": int(gan.n_iter_),
        "steps_run": int(gan.history_["step"][-1]) if "step" in gan.history_ else None,
        "seconds_per_1000": round(seconds * N_TIMED / n, 2),
        "peak_mib": round(peak / (1024**2 if sys.platform == "darwin" else 1024)),
    }
    target.mkdir(parents=True, exist_ok=True)
    codes = np.repeat(np.arange(len(pools)), list(map(len, pools)))
    np.savez(target / "images.npz", X=np.concatenate(pools), y=codes, realness=np.concatenate(realness))
    # Written last: it says that the images are complete.
    unfinished = target / "cost.json.part"
    unfinished.write_text(json.dumps(cost), encoding="utf-8")
    unfinished.replace(target / "cost.json")


def generated(kind: str, name: str, number: int, cache: Path) -> tuple[Part, dict[str, Any]]:
    """Return the images of a generator, class by class, and what it cost; trained first where there is none yet."""
    target = cache / f"{name}-{number}" / kind
    if not (target / "cost.json").exists():
        command = [sys.executable, "-m", "benchmarks.images", "train", kind, name, str(number), str(target)]
        subprocess.run(command, check=True, env=dict(os.environ))
    with np.load(target / "images.npz") as arrays:
        part = Part(arrays["X"], arrays["y"])
    return part, json.loads((target / "cost.json").read_text(encoding="utf-8"))


def realness(kind: str, name: str, number: int, cache: Path) -> NDArray[np.float32]:
    """Return the logits with which the discriminator of a trained generator takes each of its images for real."""
    with np.load(cache / f"{name}-{number}" / kind / "images.npz") as arrays:
        return np.asarray(arrays["realness"], np.float32)
