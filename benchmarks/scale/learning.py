"""Is a classifier better from all rows than from a sample in memory? Average precision of LightGBM, arm by arm."""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray
from sklearn.metrics import average_precision_score, roc_auc_score

from benchmarks.scale.table import RARE, TARGET

#: Common rows of a sample, and of a bag.
COMMON = 100_000
#: Bags, each of all rare rows and of common rows that no other bag has.
BAGS = 5
#: Rare rows per common one where rows are generated.
RATIO = 0.3
#: Settings of LightGBM. With its defaults, leaves of few rare rows among very many rows make its steps too long.
SETTINGS: Mapping[str, Mapping[str, Any]] = {
    "defaults": {},
    "careful": {"learning_rate": 0.05, "n_estimators": 200, "min_sum_hessian_in_leaf": 5.0},
}
Matrix = NDArray[np.float32]


@dataclass(frozen=True)
class Rows:
    """Training rows of one draw: the files that hold them, and the seed of everything random."""

    files: Sequence[Path]
    seed: int

    def frames(self) -> Iterator[pl.DataFrame]:
        """Yield the rows file by file."""
        return (pl.read_parquet(file) for file in self.files)


def encode(frame: pl.DataFrame) -> Matrix:
    """Return 19 numbers per row: codes of levels, which are sorted by frequency, days, and hours of the day."""
    levels = [pl.col(name).str.slice(1).cast(pl.Float32) for name in ("channel", "country", "product", "merchant")]
    moment = pl.col("moment").dt
    hour = (moment.hour().cast(pl.Float32) + moment.minute().cast(pl.Float32) / 60).alias("moment")
    others = (pl.col("opened").to_physical(), hour)
    encoded = frame.drop("id", TARGET, strict=False).with_columns(*levels, *others)
    return encoded.select(pl.all().cast(pl.Float32)).to_numpy()


def labels_of(frame: pl.DataFrame) -> NDArray[np.bool_]:
    """Return which rows are rare."""
    return (frame.get_column(TARGET) == RARE).to_numpy()


def fit(X: Matrix, y: NDArray[np.bool_], seed: int, settings: Mapping[str, Any]) -> Callable[[Matrix], NDArray[Any]]:
    """Return the function of a LightGBM classifier that scores rows."""
    from lightgbm import LGBMClassifier

    model = LGBMClassifier(random_state=seed, n_jobs=1, verbose=-1, **settings).fit(X, y)
    return lambda rows: np.asarray(model.predict_proba(rows))[:, 1]


def all_rows(rows: Rows) -> Iterator[tuple[Matrix, NDArray[np.bool_]]]:
    """Yield all rows, untouched."""
    parts = [(encode(frame), labels_of(frame)) for frame in rows.frames()]
    yield np.concatenate([X for X, _ in parts]), np.concatenate([y for _, y in parts])


def sampled(rows: Rows) -> pl.DataFrame:
    """Return the rows of imbgan's reservoir: all rare ones (at most 200,000), and 100,000 common ones."""
    from imbgan.tabular.reservoir import ReservoirSize
    from imbgan.tabular.survey import Survey

    survey = Survey(seed=rows.seed, size=ReservoirSize(of_largest=COMMON))
    for number, frame in enumerate(rows.frames()):
        for start in range(0, frame.height, 2**16):
            part = frame[start : start + 2**16]
            survey.update(
                part.drop(TARGET), part.get_column(TARGET), file=number, rows=np.arange(start, start + part.height)
            )
    found = survey.result()
    assert isinstance(found.X, pl.DataFrame)
    return found.X.with_columns(pl.Series(TARGET, found.labels.values.tolist()))


def reservoir(rows: Rows) -> Iterator[tuple[Matrix, NDArray[np.bool_]]]:
    """Yield the sample."""
    frame = sampled(rows)
    yield encode(frame), labels_of(frame)


def with_gan_rows(rows: Rows) -> Iterator[tuple[Matrix, NDArray[np.bool_]]]:
    """Yield the sample with generated rare rows, until there are three for ten common ones."""
    from imbgan import GANOverSampler

    frame = sampled(rows)
    y = labels_of(frame)
    if y.sum() >= RATIO * (~y).sum():
        return  # as many rare rows as that are there already
    sampler = GANOverSampler(sampling_strategy=RATIO, random_state=rows.seed)
    X, labels = sampler.fit_resample(frame.drop("id", TARGET), frame.get_column(TARGET))
    yield encode(X), (labels == RARE).to_numpy()


def bags(rows: Rows) -> Iterator[tuple[Matrix, NDArray[np.bool_]]]:
    """Yield bags of all rare rows and disjoint common ones."""
    rng = np.random.default_rng(rows.seed)
    rare: list[Matrix] = []
    common: list[list[Matrix]] = [[] for _ in range(BAGS)]
    per_file = -(-COMMON // len(rows.files))
    for frame in rows.frames():
        X, y = encode(frame), labels_of(frame)
        rare.append(X[y])
        others = rng.permutation(np.flatnonzero(~y))[: BAGS * per_file]
        for bag, chosen in zip(common, np.array_split(others, BAGS), strict=True):
            bag.append(X[chosen])
    for bag in common:
        both, n = np.concatenate([*rare, *bag]), sum(map(len, rare))
        yield both, np.arange(len(both)) < n


ARMS: Mapping[str, Callable[[Rows], Iterator[tuple[Matrix, NDArray[np.bool_]]]]] = {
    "reservoir": reservoir,
    "reservoir with GAN rows": with_gan_rows,
    "bags": bags,
    "all rows": all_rows,
}


def judge(rows: Rows, arm: str, setting: str, test: tuple[Matrix, NDArray[np.bool_]]) -> dict[str, Any] | None:
    """Train one arm and return how well it ranks the test rows; None if there is nothing to train."""
    began = time.perf_counter()
    X_test, y_test = test
    scores: list[NDArray[np.float64]] = []
    n_rare = n_rows = 0
    for X, y in ARMS[arm](rows):
        p = np.clip(fit(X, y, rows.seed, SETTINGS[setting])(X_test), 1e-9, 1 - 1e-9)
        scores.append(np.log(p / (1 - p)))
        n_rare, n_rows = int(y.sum()), n_rows + len(y)
    if not scores:
        return None
    score = np.mean(scores, axis=0)
    return {
        "average_precision": round(float(average_precision_score(y_test, score)), 5),
        "roc_auc": round(float(roc_auc_score(y_test, score)), 5),
        "rare_rows": n_rare,
        "rows_learned": n_rows,
        "seconds": round(time.perf_counter() - began, 1),
    }
