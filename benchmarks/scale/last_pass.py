"""The last pass of a resampling beside a plain copy through PyArrow, in one run.

    python -m benchmarks.scale.last_pass FOLDER --rows 2000000

It makes a table of 20 mixed columns in four files, and prints the median of three runs of each party, in turn: a copy
that reads and writes every row group with PyArrow, the copies of ``imbgan resample``, the files that it writes again
with ``--mark``, and the generated rows.
"""

import argparse
import shutil
import statistics
import time
import warnings
from collections.abc import Callable
from pathlib import Path

import numpy as np
import polars as pl
import pyarrow.parquet as pq

from imbgan.bulk.generating import Generation
from imbgan.bulk.options import Options
from imbgan.bulk.part_folder import PartFolder
from imbgan.bulk.resampling import write_originals
from imbgan.data import DataSet, open_data_set
from imbgan.engines import LocalEngine
from imbgan.oversampling import TabularGAN

N_FILES = 4


def make(folder: Path, n_rows: int) -> None:
    """Write a table of 12 numbers, 5 categories, a date, a boolean and a label, of which 2 % are rare."""
    folder.mkdir(parents=True)
    for number in range(N_FILES):
        rng, n = np.random.default_rng(number), n_rows // N_FILES
        columns: dict[str, object] = {f"number_{i}": rng.normal(size=n).round(4) for i in range(8)}
        columns |= {f"count_{i}": rng.poisson(3 * i + 1, size=n) for i in range(4)}
        columns |= {f"level_{i}": rng.choice([f"level {j}" for j in range(4 + 5 * i)], size=n) for i in range(5)}
        columns["day"] = np.datetime64("2024-01-01") + rng.integers(0, 365, size=n)
        columns["flag"] = rng.random(n) < 0.3
        columns["label"] = np.where(rng.random(n) < 0.02, "rare", "common")
        pl.DataFrame(columns).write_parquet(folder / f"part-{number}.parquet", row_group_size=2**18)


def copy(source: Path, target: Path) -> None:
    """Read and write all files with PyArrow, row group by row group."""
    target.mkdir()
    for path in sorted(source.glob("*.parquet")):
        file = pq.ParquetFile(path)
        with pq.ParquetWriter(target / path.name, file.schema_arrow, compression="zstd") as writer:
            for group in range(file.num_row_groups):
                writer.write_table(file.read_row_group(group))


def originals(data_set: DataSet, target: Path, mark: str | None) -> None:
    """Write the original files as ``imbgan resample`` does."""
    part, options = PartFolder(target), Options("label", mark=mark)
    with part.opened(options.facts(data_set), resume=False, overwrite=True):
        write_originals(data_set, options, part, LocalEngine(), verbose=False)


def generated(data_set: DataSet, gan: TabularGAN, n_rows: int, target: Path) -> None:
    """Write generated rows as ``imbgan resample`` does."""
    part, options = PartFolder(target), Options("label")
    with part.opened(options.facts(data_set), resume=False, overwrite=True):
        generation = Generation(data_set, gan, "label", {1: n_rows}, None)
        for stretch in generation.stretches:
            generation.write(stretch, part)


def main() -> None:
    """Measure all parties in turn, and print medians in rows per second."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--rows", type=int, default=2_000_000)
    arguments = parser.parse_args()
    warnings.simplefilter("ignore")
    source, target, n_new = arguments.folder / "in", arguments.folder / "out", arguments.rows // 10
    shutil.rmtree(arguments.folder, ignore_errors=True)
    make(source, arguments.rows)
    data_set = open_data_set(source)
    gan = TabularGAN(max_iter=20, n_generators=1, random_state=0).fit_stream(data_set.labeled("label"))
    parties: dict[str, tuple[int, Callable[[], None]]] = {
        "copy through PyArrow": (arguments.rows, lambda: copy(source, target)),
        "original files": (arguments.rows, lambda: originals(data_set, target, None)),
        "original files with --mark": (arguments.rows, lambda: originals(data_set, target, "new")),
        "generated files": (n_new, lambda: generated(data_set, gan, n_new, target)),
    }
    seconds: dict[str, list[float]] = {name: [] for name in parties}
    for _ in range(3):
        for name, (_, act) in parties.items():
            for left in (target, target.with_name("out.part")):
                shutil.rmtree(left, ignore_errors=True)
            began = time.perf_counter()
            act()
            seconds[name].append(time.perf_counter() - began)
    for name, (n_rows, _) in parties.items():
        median = statistics.median(seconds[name])
        print(f"{name:28} {median:7.2f} s  {n_rows / median:12,.0f} rows per second")


if __name__ == "__main__":
    main()
