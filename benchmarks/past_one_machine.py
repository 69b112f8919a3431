"""What resampling on a Ray cluster takes with 1 and 2 workers, part by part, beside one process without Ray.

python -m benchmarks.past_one_machine --rows 1000000 --workers 1 2
python -m benchmarks.past_one_machine --rows 2000000 --files 1 --sections
"""

import argparse
import hashlib
import pickle
import tempfile
import time
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from benchmarks.scale.table import BLOCK, TARGET, block
from imbgan.bulk import Options, surveying
from imbgan.data import open_data_set
from imbgan.distributed import resample
from imbgan.engines import LocalEngine, RayEngine
from imbgan.engines.ray import connect


class Timed:
    """An engine that notes how long each part took, in their order: reading, learning, copying, generating."""

    def __init__(self, engine: Any) -> None:  # noqa: ANN401 - any engine
        self.engine, self.seconds = engine, list[float]()
        self.n_workers = engine.n_workers

    def __enter__(self) -> "Timed":
        self.engine.__enter__()
        return self

    def __exit__(self, *error: Any) -> None:  # noqa: ANN401
        self.engine.__exit__(*error)

    def _note(self, began: float) -> None:
        self.seconds.append(time.perf_counter() - began)

    def reduce(self, *arguments: Any, **settings: Any) -> Any:  # noqa: ANN401
        """Read."""
        began = time.perf_counter()
        try:
            return self.engine.reduce(*arguments, **settings)
        finally:
            self._note(began)

    def call(self, *arguments: Any) -> Any:  # noqa: ANN401
        """Learn."""
        began = time.perf_counter()
        try:
            return self.engine.call(*arguments)
        finally:
            self._note(began)

    def map(self, *arguments: Any, **settings: Any) -> Iterator[Any]:  # noqa: ANN401
        """Copy, and later generate."""
        began = time.perf_counter()
        yield from self.engine.map(*arguments, **settings)
        self._note(began)


def digest(folder: Path) -> str:
    """Return a hash of all files."""
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return hashlib.sha256(b"".join(hashlib.sha256(path.read_bytes()).digest() for path in files)).hexdigest()[:12]


def write_table(folder: Path, *, n_blocks: int, n_files: int) -> list[Path]:
    """Write a table as files, with a row group per block."""
    files = [folder / f"part-{number:05d}.parquet" for number in range(n_files)]
    for number, file in enumerate(files):
        with pq.ParquetWriter(file, block(0, n_rows=1).schema) as writer:
            for each in range(number * n_blocks // n_files, (number + 1) * n_blocks // n_files):
                writer.write_table(block(each))
    return files


def print_sections(source: Path) -> None:
    """Print the processor time of reading two sections, of sending what was seen of one, and of merging both."""
    data_set, options = open_data_set(source), Options(TARGET)
    began, seen = time.process_time(), list[surveying.Seen]()
    for section in data_set.sections(surveying.SECTION_ROWS)[:2]:
        seen.append(surveying.survey_section(data_set, options, section))
        now = time.process_time()
        print(f"reading {section.n_rows:,} rows: {now - began:.1f} s")
        began = now
    sent = pickle.dumps(seen[1], protocol=5)
    seen[1] = pickle.loads(sent)
    now = time.process_time()
    surveying.merged(*seen)
    print(f"sending what was seen: {now - began:.1f} s, {len(sent) / 1e6:.0f} MB")
    print(f"merging two: {time.process_time() - now:.1f} s")


def main() -> None:
    """Print a line per engine."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.past_one_machine", description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--files", type=int, help="by default one per 125,000 rows")
    parser.add_argument("--sections", action="store_true", help="only what reading and merging sections of files takes")
    parser.add_argument("--workers", type=int, nargs="+", default=[1, 2])
    parser.add_argument("--max-iter", type=int, default=1500)
    parser.add_argument("--ratio", type=float, default=0.5)
    asked = parser.parse_args()
    warnings.simplefilter("ignore")
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "in"
        source.mkdir()
        n_blocks = max(1, asked.rows // BLOCK)
        files = write_table(source, n_blocks=n_blocks, n_files=asked.files or n_blocks)
        size = sum(file.stat().st_size for file in files) / 1e6
        print(f"{n_blocks * BLOCK:,} rows, {size:,.0f} MB in {len(files)} files")
        if asked.sections:
            print_sections(source)
            return
        print(f"{'engine':12}{'reading':>10}{'learning':>10}{'copying':>10}{'generating':>12}{'all':>8}  files")
        for n_workers in [0, *asked.workers]:
            engine: Any = Timed(LocalEngine() if n_workers == 0 else RayEngine(cpus=max(asked.workers) / n_workers))
            output = Path(folder) / f"out-{n_workers}"
            if n_workers:
                connect("local", num_cpus=max(asked.workers))
            began = time.perf_counter()
            resample(source, output, target=TARGET, engine=engine, ratio=asked.ratio, max_iter=asked.max_iter)
            whole = time.perf_counter() - began
            if n_workers:
                import ray

                ray.shutdown()
            reading, learning, copying, generating = engine.seconds
            name = f"ray, {n_workers}" if n_workers else "local, 1"
            print(
                f"{name:12}{reading:9.1f}s{learning:9.1f}s{copying:9.1f}s{generating:11.1f}s{whole:7.1f}s  "
                f"{digest(output)}",
                flush=True,
            )


if __name__ == "__main__":
    main()
