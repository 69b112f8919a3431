"""What generated vectors do to learners, and how long they take: ``python -m benchmarks.vectors``.

Two sets that need no download: images of digits as 64 pixels (scikit-learn), and spectra of 256 wavelengths that are
made here. 30 rare rows and all common ones are learned from, and rare rows are added up to 30 % of the common ones.
``components`` encodes a vector as a block: principal components with the rest of the variance as noise of the rare
class's own size.
"""

import argparse
import time
import warnings
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from sklearn.datasets import load_digits
from sklearn.decomposition import PCA
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import average_precision_score
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from imbgan import GANOverSampler, assess
from imbgan.ensemble import TableSMOTE

Matrix = NDArray[np.float64]
N_RARE, RATIO, N_COMPONENTS = 30, 0.3, 40
LEARNERS: dict[str, Callable[[], Any]] = {
    "nearest neighbors": lambda: KNeighborsClassifier(15, weights="distance"),
    "linear": lambda: make_pipeline(StandardScaler(), LogisticRegression(max_iter=2000)),
    "trees": lambda: HistGradientBoostingClassifier(random_state=0),
}


class Draw(NamedTuple):
    """Training rows with few rare ones (label 1), and test rows."""

    X: Matrix
    y: NDArray[np.intp]
    X_test: Matrix
    y_test: NDArray[np.intp]


def digits(seed: int) -> Draw:
    """Eights among the other digits."""
    data: Any = load_digits()
    X, y = data.data, (data.target == 8).astype(np.intp)
    order = np.random.default_rng(seed).permutation(len(y))
    train, test = order[:1200], order[1200:]
    kept = np.concatenate([train[y[train] == 0], train[y[train] == 1][:N_RARE]])
    return Draw(X[kept], y[kept], X[test], y[test])


def spectra(seed: int) -> Draw:
    """Make sums of three peaks over a sloping ground; rare ones have a shoulder between the second and the third."""
    rng = np.random.default_rng(seed)
    parts = [_spectra(rng, n, is_rare=rare) for n, rare in ((1500, False), (N_RARE, True), (1500, False), (150, True))]
    y, y_test = (np.repeat([0, 1], counts) for counts in ((1500, N_RARE), (1500, 150)))
    return Draw(np.concatenate(parts[:2]), y, np.concatenate(parts[2:]), y_test)


def _spectra(rng: np.random.Generator, n: int, *, is_rare: bool) -> Matrix:
    w = np.linspace(0.0, 1.0, 256)
    peaks = [(0.2, 1.0, 0.03), (0.45, 0.7, 0.05), (0.7, 1.2, 0.04), *([(0.53, 0.35, 0.03)] if is_rare else [])]
    rows = 0.2 * rng.normal(size=(n, 1)) + 0.3 * rng.normal(size=(n, 1)) * w
    for center, height, width in peaks:
        at = center + 0.008 * rng.normal(size=(n, 1))
        spread = width * np.exp(0.1 * rng.normal(size=(n, 1)))
        rows += height * np.exp(0.25 * rng.normal(size=(n, 1))) * np.exp(-0.5 * ((w - at) / spread) ** 2)
    return rows + 0.03 * rng.normal(size=rows.shape)


def arms(draw: Draw, seed: int) -> Iterator[tuple[str, Matrix, float]]:
    """Yield the name of each arm, its generated rare rows and the seconds that they took."""
    n = round(RATIO * int((draw.y == 0).sum()))
    yield "untouched", draw.X[:0], 0.0
    for name, sampler in (
        ("SMOTE", TableSMOTE(sampling_strategy={1: n}, random_state=seed)),
        ("GAN", GANOverSampler(sampling_strategy={1: n}, random_state=seed)),
    ):
        began = time.perf_counter()
        rows: Any = sampler.fit_resample(draw.X, draw.y)[0]
        yield name, rows[len(draw.X) :], time.perf_counter() - began
    began = time.perf_counter()
    yield "GAN, components", _of_components(draw, n, seed), time.perf_counter() - began


def _of_components(draw: Draw, n: int, seed: int) -> Matrix:
    """Generate whitened principal components, and add the rest of the variance as noise."""
    pca = PCA(min(draw.X.shape[1], len(draw.X) - 1)).fit(draw.X)
    scores = pca.transform(draw.X)
    scale = scores[:, :N_COMPONENTS].std(axis=0)
    sampler = GANOverSampler(sampling_strategy={1: n}, random_state=seed)
    rows: Any = sampler.fit_resample(scores[:, :N_COMPONENTS] / scale, draw.y)[0]
    kept = rows[len(draw.X) :] * scale
    # The sizes of few rows are uncertain; those of all rows stand in for 20 further ones.
    share = N_RARE / (N_RARE + 20)
    own, common = scores[draw.y == 1, N_COMPONENTS:].var(axis=0), scores[:, N_COMPONENTS:].var(axis=0)
    noise = np.random.default_rng(seed).normal(size=(len(kept), len(own))) * np.sqrt(share * own + (1 - share) * common)
    return pca.inverse_transform(np.hstack([kept, noise]))


def neighbor_share(draw: Draw, rows: Matrix) -> tuple[float, float, float]:
    """Return the share of neighbor places that generated rows take, and the interval of real rows."""
    real, ones = draw.X[draw.y == 1], np.ones(len(rows), np.intp)
    kinds: dict[str | int, str] = dict.fromkeys(range(rows.shape[1]), "continuous")
    measure = assess((real, draw.y[draw.y == 1]), (rows, ones), kinds=kinds).classes[0].measure("neighbor_share")
    return measure.value or 0.0, measure.low or 0.0, measure.high or 0.0


def main() -> None:
    """Run all draws and print a table of medians."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.vectors", description=__doc__)
    parser.add_argument("--draws", type=int, default=5)
    n_draws = parser.parse_args().draws
    warnings.simplefilter("ignore")
    print("| set | rows | nearest neighbors | linear | trees | neighbor share (real rows) | seconds |")
    print("| :-- | :-- | --: | --: | --: | --: | --: |")
    for name, make in (("digits", digits), ("spectra", spectra)):
        found: dict[str, list[list[float]]] = {}
        for seed in range(n_draws):
            draw = make(seed)
            for arm, rows, seconds in arms(draw, seed):
                X, y = np.concatenate([draw.X, rows]), np.concatenate([draw.y, np.ones(len(rows), np.intp)])
                scores = [
                    float(average_precision_score(draw.y_test, learner().fit(X, y).predict_proba(draw.X_test)[:, 1]))
                    for learner in LEARNERS.values()
                ]
                shares = neighbor_share(draw, rows) if len(rows) else (np.nan,) * 3
                found.setdefault(arm, []).append([*scores, *shares, seconds])
        for arm, lines in found.items():
            m = np.median(lines, axis=0)
            share = "" if np.isnan(m[3]) else f"{m[3]:.2f} ({m[4]:.2f} to {m[5]:.2f})"
            print(f"| {name} | {arm} | {m[0]:.3f} | {m[1]:.3f} | {m[2]:.3f} | {share} | {m[6]:.1f} |", flush=True)


if __name__ == "__main__":
    main()
