"""Speed beside the installed ``ctgan`` package: the same job on the same tables, in turns.

The job is to balance a table: fit at the defaults, draw the rows that the rare class lacks. Every run is a
process of its own that starts with no compiled program. ``benchmarks/README.md`` explains the figures.
"""

import argparse
import itertools
import json
import os
import platform
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Collection, Sequence
from datetime import UTC, datetime
from importlib.metadata import version
from operator import itemgetter
from pathlib import Path
from typing import TYPE_CHECKING

# The interpreter of the peer runs this file too, and has neither rich nor imbgan: only the standard library.
if TYPE_CHECKING:
    import pandas as pd

Record = dict[str, object]
LABEL, RARE, COMMON = "label", "rare", "common"
SCALING_ROWS = 10_000
PEER_EPOCHS = 300  # the default of ctgan
PEER_HINT = (
    "ctgan is skipped: name its interpreter with --peer-python. To make one: "
    "python -m venv .venv-ctgan; .venv-ctgan/bin/pip install torch==2.13.0 ctgan"
)
TITLE = (
    "{table} ({data}), {n_rows:,} x {n_columns}, {n_wanted:,} rows wanted; "
    "median (min..max) of {runs} runs on {cpu_count} CPUs, load before a run at most {load:.1f}"
)
LINES = {
    "first_s": "fit and generate, compile included (s)",
    "again_s": "the same again in one process (s)",
    "first_compilations": "programs compiled, first",
    "again_compilations": "programs compiled, again",
    "generate_s": "generate the wanted rows (s)",
    "rows_per_second": "10,000 rows: rows per second",
    "peak_mib": "peak memory (MiB)",
    "import_s": "import (s)",
}


def numbers_table() -> "pd.DataFrame":
    """Return 2,000 rows of 20 continuous columns, 10 % rare."""
    import pandas as pd
    from sklearn.datasets import make_classification

    X, y = make_classification(2000, 20, n_informative=5, weights=[0.9], flip_y=0, random_state=0)
    table = pd.DataFrame(X, columns=[f"x{i}" for i in range(20)])
    return table.assign(**{LABEL: [RARE if value else COMMON for value in y]})


def mixed_table(n_rows: int = 32_000) -> "pd.DataFrame":
    """Return rows of Adult where ``IMBGAN_DATA`` holds it, otherwise of a table of its shape, 24 % rare."""
    import pandas as pd

    source = Path(os.environ.get("IMBGAN_DATA", "")) / "adult.parquet"
    if not source.is_file():
        return _like_adult(n_rows)
    table = pd.read_parquet(source).sample(n_rows, random_state=0)
    income = table.pop("income")
    # Missing becomes a level, as in the original file, since not every peer takes missing values.
    filled = {c: table[c].astype(object).fillna("?") for c in table if table[c].dtype == "category"}
    return table.assign(**filled, **{LABEL: [RARE if value == ">50K" else COMMON for value in income]})


def _like_adult(n_rows: int) -> "pd.DataFrame":
    import numpy as np
    import pandas as pd

    rng = np.random.default_rng(0)
    # As in Adult: 6 columns of integers, some heavy-tailed or mostly zero; 8 categories of 2 to 42 levels.
    rare = rng.random(n_rows) < 0.24
    gains, losses = rng.lognormal(8.5, 1.0, n_rows), rng.normal(1900, 300, n_rows)
    columns = {
        "age": np.clip(rng.gamma(8.0, 5.0 + rare), 17, 90).astype(int),
        "weight": rng.lognormal(12.0, 0.5, n_rows).astype(int),
        "schooling": np.clip(rng.normal(9.5 + 2.0 * rare, 2.5), 1, 16).astype(int),
        "gain": np.where(rng.random(n_rows) < 0.04 + 0.17 * rare, gains, 0).astype(int),
        "loss": np.where(rng.random(n_rows) < 0.03 + 0.07 * rare, losses, 0).astype(int),
        "hours": np.clip(rng.normal(39 + 6.0 * rare, 12), 1, 99).astype(int),
    }
    for n_levels in (9, 16, 7, 15, 6, 5, 2, 42):
        common = 1.0 / np.arange(1, n_levels + 1)  # a few frequent levels and a long tail
        weights = (common, common * rng.uniform(0.3, 3.0, n_levels))
        codes = [rng.choice(n_levels, n_rows, p=w / w.sum()) for w in weights]
        columns[f"category{n_levels}"] = np.char.add("level ", np.where(rare, codes[1], codes[0]).astype(str))
    return pd.DataFrame(columns).assign(**{LABEL: np.where(rare, RARE, COMMON)})


TABLES = {"numbers": numbers_table, "mixed": mixed_table}


def measure_imbgan(table: "pd.DataFrame", n_wanted: int, seed: int) -> Record:
    """Balance the table twice with ``GANOverSampler()``, then draw rows."""
    began = time.perf_counter()
    import jax

    from imbgan import GANOverSampler

    record: Record = {"import_s": time.perf_counter() - began}
    compilations: list[str] = []

    def listen(event: str, duration_secs: float, **_: str | int) -> None:
        del duration_secs
        if event == "/jax/core/compile/backend_compile_duration":
            compilations.append(event)

    jax.monitoring.register_event_duration_secs_listener(listen)
    X, y = table.drop(columns=LABEL), table[LABEL]
    sampler = GANOverSampler(random_state=seed)
    for name in ("first", "again"):
        compilations.clear()
        fit_s = seconds_of(lambda: sampler.fit_resample(X, y))
        record |= {f"{name}_s": fit_s, f"{name}_compilations": len(compilations)}
    record["generate_s"] = seconds_of(lambda: sampler.gan_.sample(n_wanted, label=RARE))
    scaling_s = seconds_of(lambda: sampler.gan_.sample(SCALING_ROWS, label=RARE))
    n_steps = int(sampler.gan_.history_["step"][-1])
    return record | {"rows_per_second": SCALING_ROWS / scaling_s, "steps": n_steps}


def measure_ctgan(table: "pd.DataFrame", n_wanted: int, seed: int, n_epochs: int) -> Record:
    """Fit ``CTGAN()`` and draw rows; with fewer epochs, first fit one epoch twice, from cold and warm."""
    began = time.perf_counter()
    import numpy as np
    import torch
    from ctgan import CTGAN
    from pandas.api.types import is_numeric_dtype

    record: Record = {"import_s": time.perf_counter() - began, "epochs": n_epochs}
    torch.manual_seed(seed)
    np.random.seed(seed)  # noqa: NPY002 - the peer draws from the global state
    # It conditions on a label rightly only where the label is the first of the discrete columns.
    table = table.reindex(columns=[LABEL, *table.columns.drop(LABEL)])
    discrete = [column for column in table.columns if not is_numeric_dtype(table[column])]
    is_scaled = n_epochs != PEER_EPOCHS
    one_s = [seconds_of(lambda: CTGAN(epochs=1).fit(table, discrete)) for _ in range(2 * is_scaled)]
    model = CTGAN(epochs=n_epochs) if is_scaled else CTGAN()
    fit_s = seconds_of(lambda: model.fit(table, discrete))
    generate_s = seconds_of(lambda: model.sample(n_wanted, LABEL, RARE))
    record |= {"fit_s": fit_s, "generate_s": generate_s, "first_s": fit_s + generate_s}
    record["fit_one_epoch_s"] = one_s
    if is_scaled and fit_s > one_s[1]:  # otherwise noise hides the epochs, and nothing can be scaled
        record["scaled_s"] = scaled_fit(*one_s, fit_s, n_epochs) + generate_s
    scaling_s = seconds_of(lambda: model.sample(SCALING_ROWS, LABEL, RARE))
    rare_share = float((model.sample(SCALING_ROWS, LABEL, RARE)[LABEL] == RARE).mean())
    return record | {"rows_per_second": SCALING_ROWS / scaling_s, "rare_share_of_generated": rare_share}


def seconds_of(work: Callable[[], object]) -> float:
    """Return how long ``work`` takes."""
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def scaled_fit(cold_s: float, warm_s: float, fit_s: float, n_epochs: int) -> float:
    """Return the seconds of 300 epochs from those of 1, cold and warm, and of ``n_epochs``, warm."""
    return cold_s + (PEER_EPOCHS - 1) * (fit_s - warm_s) / (n_epochs - 1)


def run_child(system: str, csv: str, n_wanted: int, seed: int, n_epochs: int) -> None:
    """Measure one system and print its record as the last line."""
    import pandas as pd

    table = pd.read_csv(csv, keep_default_na=False)
    options = {"n_epochs": n_epochs} if system == "ctgan" else {}
    record = {"imbgan": measure_imbgan, "ctgan": measure_ctgan}[system](table, n_wanted, seed, **options)
    names = (system, "jax" if system == "imbgan" else "torch", "numpy", "pandas")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    record["peak_mib"] = peak / (2**20 if sys.platform == "darwin" else 2**10)  # bytes on macOS, KiB on Linux
    record |= {"versions": {name: version(name) for name in names}, "cpu_s": time.process_time()}
    print(json.dumps(record | {"platform": platform.platform()}))


def run_once(python: str, system: str, csv: Path, *numbers: int) -> Record:
    """Measure one system in a fresh process that finds no compiled program; end where that fails."""
    environment = {name: value for name, value in os.environ.items() if name != "JAX_COMPILATION_CACHE_DIR"}
    environment["JAX_ENABLE_COMPILATION_CACHE"] = "0"
    command = [python, str(Path(__file__).resolve()), "--child", system, str(csv), *map(str, numbers)]
    done = subprocess.run(command, capture_output=True, text=True, env=environment, check=False)
    if done.returncode != 0:
        raise SystemExit(f"The run of {system} with {python} failed:\n{done.stderr[-2000:]}")
    return json.loads(done.stdout.splitlines()[-1])


def measure(options: argparse.Namespace) -> list[Record]:
    """Run imbgan and ctgan in turns on every table; keep each record as soon as it is there."""
    pythons = {"imbgan": sys.executable} | ({"ctgan": options.peer_python} if options.peer_python else {})
    cpus = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    records: list[Record] = []
    with tempfile.TemporaryDirectory() as folder:
        for name in options.tables:
            table, csv = TABLES[name](), Path(folder) / f"{name}.csv"
            table.to_csv(csv, index=False)
            n_wanted = len(table) - 2 * list(table[LABEL]).count(RARE)
            data = "Adult" if "education" in table else "synthetic"
            shape = {"n_rows": len(table), "n_columns": table.shape[1] - 1, "n_wanted": n_wanted}
            for seed, (system, python) in itertools.product(range(options.repeats), pythons.items()):
                record: Record = {"table": name, "data": data, **shape, "system": system, "seed": seed}
                record |= {"cpu_count": cpus, "load": os.getloadavg()[0], "began": str(datetime.now(UTC))}
                record |= run_once(python, system, csv, n_wanted, seed, options.peer_epochs)
                records.append(record)
                print(f"{name}, seed {seed}, {system}: {record['first_s']:.1f} s", file=sys.stderr)
                with options.out.open("a") as out:
                    print(json.dumps(record), file=out)
    return records


def cell(values: Collection[float]) -> str:
    """Return ``median (min..max)``, one value as it is, or a dash where nothing was measured."""
    if not values:
        return "-"
    figures = (statistics.median(values), min(values), max(values))
    median, *ends = (f"{x:,.0f}" if x >= 100 else f"{x:.3g}" for x in figures)
    return f"{median} ({'..'.join(ends)})" if len(values) > 1 else median


def summary(records: Sequence[Record]) -> list[list[str]]:
    """Return a header and one row a measure; ratios are those of pairs, the runs of one seed."""

    def values(system: str, key: str) -> dict[object, float]:
        return {r["seed"]: float(str(r[key])) for r in records if r["system"] == system and key in r}

    def beside(key: str, theirs: dict[object, float]) -> list[str]:
        pairs = [(ours[seed], theirs[seed]) for seed in ours if seed in theirs]
        return [cell(theirs.values()), cell([a / b if key == "rows_per_second" else b / a for a, b in pairs])]

    epochs = {r["epochs"] for r in records if "epochs" in r}
    scaled = values("ctgan", "scaled_s")
    header = ["", "imbgan", *(f"ctgan, {n} epochs" for n in epochs), *("imbgan better by" for _ in epochs)]
    header += [f"ctgan, scaled to {PEER_EPOCHS} epochs", "imbgan better by (scaled)"] if scaled else []
    rows = [header]
    for key, title in LINES.items():
        ours = values("imbgan", key)
        measured = beside(key, values("ctgan", key)) if epochs else []
        projected = beside(key, scaled if key == "first_s" else {}) if scaled else []
        rows.append([title, cell(ours.values()), *measured, *projected])
    return rows


def markdown(title: str, rows: Sequence[Sequence[str]]) -> str:
    """Return the table as Markdown."""
    lines = [" | ".join(row) for row in (rows[0], [":--", *("--:" for _ in rows[0][1:])], *rows[1:])]
    return "\n".join([f"**{title}**", "", *(f"| {line} |" for line in lines), ""])


def parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    """Read the command line; refuse what would fail only after minutes."""
    parser = argparse.ArgumentParser(description="Measure the speed of imbgan beside ctgan.")
    parser.add_argument("--tables", nargs="+", choices=TABLES, default=list(TABLES))
    parser.add_argument("--repeats", type=int, default=3, help="runs of each system (3)")
    parser.add_argument("--peer-python", metavar="PATH", help="interpreter that has ctgan")
    parser.add_argument("--peer-epochs", type=int, default=PEER_EPOCHS, metavar="N", help="default: 300")
    parser.add_argument("--out", type=Path, default=os.devnull, metavar="FILE", help="append JSON lines")
    parser.add_argument("--markdown", action="store_true", help="also print Markdown")
    options = parser.parse_args(arguments)
    if options.repeats < 1 or not 2 <= options.peer_epochs <= PEER_EPOCHS:
        parser.error(f"--repeats must be at least 1, and --peer-epochs from 2 to {PEER_EPOCHS}.")
    if options.peer_python and shutil.which(options.peer_python) is None:
        parser.error(f"--peer-python must name an interpreter. Got {options.peer_python!r}.")
    return options


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure, then print one table for each data table."""
    options = parse(arguments)
    from rich.console import Console
    from rich.table import Table

    if not options.peer_python:
        print(PEER_HINT, file=sys.stderr)
    for _, group in itertools.groupby(measure(options), key=itemgetter("table")):
        chosen = list(group)
        surroundings = {"runs": options.repeats, "load": max(float(str(r["load"])) for r in chosen)}
        title, (header, *rows) = TITLE.format(**(chosen[0] | surroundings)), summary(chosen)
        table = Table(*header, title=title)
        for row in rows:
            table.add_row(*row)
        Console(width=None if sys.stdout.isatty() else 180).print(table)
        if options.markdown:
            print(markdown(title, [header, *rows]))


if __name__ == "__main__":
    if sys.argv[1:2] == ["--child"]:
        run_child(sys.argv[2], sys.argv[3], *[int(number) for number in sys.argv[4:]])
    else:
        main()
