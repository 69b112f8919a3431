"""Fit and generate beside peers: the same tables, at the defaults of each system, every run a process on one core."""

import itertools
import json
import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

from benchmarks.images.records import read_lines
from benchmarks.speed.judging import judge
from benchmarks.speed.records import Record, append, done, short, table
from benchmarks.speed.sections import Section, Settings
from benchmarks.speed.tables import NAMES, Split, mixed, split

JOB = Path(__file__).with_name("job.py")
FILE = "peers.jsonl"
KEY = ("table", "system", "seed")
MIXED = "mixed"
N_MIXED = 100_000
SYSTEMS = {**dict.fromkeys(NAMES, ("imbgan", "ctgan", "tvae")), MIXED: ("imbgan", "smote_nc", "tvae")}
#: The table whose fitted models generate a million rows.
OF_A_MILLION = "adult"
#: Measures of the rare class that the page shows, and their titles.
SHOWN = {
    "energy_distance": "energy distance",
    "columns": "single columns",
    "dependence_difference": "pairs of columns",
    "coverage": "coverage",
    "two_sample_auc": "told apart (AUC)",
    "closeness": "closeness",
}


def runs(tables: Sequence[str], systems: Sequence[str], seeds: Sequence[int]) -> Iterator[tuple[str, str, int]]:
    """Return what to run, systems in turns."""
    for seed, name in itertools.product(seeds, tables):
        yield from ((name, system, seed) for system in SYSTEMS[name] if system in systems)


def run(
    out: Path,
    peer_python: str | None,
    *,
    tables: Sequence[str] = tuple(SYSTEMS),
    systems: Sequence[str] = ("imbgan", "smote_nc", "ctgan", "tvae"),
    seeds: Sequence[int] = (0, 1, 2),
    core: int = 0,
) -> None:
    """Run what has no line yet; without the interpreter of the peers, only what this one can run.

    Parameters
    ----------
    out : Path
        Folder of the lines.
    peer_python : str or None
        Interpreter that has ``ctgan``.
    tables, systems, seeds : sequence
        What to run.
    core : int, default=0
        The position, among the cores of this process, of the one on which jobs run.
    """
    for name, system, seed in runs(tables, systems, seeds):
        is_peer = system in ("ctgan", "tvae")
        if (name, system, seed) in done(out / FILE, KEY) or (is_peer and peer_python is None):
            continue
        python = str(peer_python) if is_peer else sys.executable
        parts = mixed(N_MIXED, seed) if name == MIXED else split(name, seed)
        with tempfile.TemporaryDirectory() as folder:
            record = run_once(python, system, parts, seed, Path(folder), million=name == OF_A_MILLION, core=core)
            if len(parts.test):
                record |= judge(parts, Path(folder) / "rows.csv", seed)
        append(out / FILE, {"table": name, "system": system, "seed": seed, "n_rows": len(parts.train), **record})
        print(f"{name}, {system}, seed {seed}: fit {record['fit_s']:.1f} s ({record['fit_cpu_s']:.1f} s of CPU)")


def run_once(
    python: str, system: str, parts: Split, seed: int, folder: Path, *, million: bool = False, core: int = 0
) -> Record:
    """Run one system in a fresh process that finds no compiled program; end where that fails."""
    job = {
        "system": system,
        "seed": seed,
        "csv": str(folder / "table.csv"),
        "rows": str(folder / "rows.csv"),
        "discrete": parts.discrete,
        "n_wanted": parts.n_wanted,
        "million": million,
        "core": core,
    }
    parts.train.to_csv(job["csv"], index=False)
    (folder / "job.json").write_text(json.dumps(job), encoding="utf-8")
    environment = {name: value for name, value in os.environ.items() if name != "JAX_COMPILATION_CACHE_DIR"}
    environment |= {"JAX_ENABLE_COMPILATION_CACHE": "0", "IMBGAN_CACHE": str(folder / "cache")}
    command = [python, str(JOB), str(folder / "job.json")]
    finished = subprocess.run(command, capture_output=True, text=True, env=environment, check=False)
    if finished.returncode != 0:
        raise SystemExit(f"The run of {system} with {python} failed:\n{finished.stderr[-2000:]}")
    return json.loads(finished.stdout.splitlines()[-1])


def measure(settings: Settings) -> None:
    """Run everything; with ``quick``, one seed of the smallest table."""
    chosen = {"tables": ("mammography",), "seeds": (0,)} if settings.quick else {}
    run(settings.out, settings.peer_python, **chosen)


def write(results: Path, figures: Path) -> list[str]:
    """Return the tables of what fits and generates how fast, and what the rows are worth."""
    del figures
    lines = read_lines(results / FILE)
    return [*_times(lines), *_values(lines), *_million(lines)]


def _medians(lines: Sequence[Record], name: str, system: str, key: str) -> float | None:
    found = [line[key] for line in lines if line["table"] == name and line["system"] == system and key in line]
    return statistics.median(found) if found else None


def _ratio(lines: Sequence[Record], name: str, system: str, key: str) -> float | None:
    """Return the median, over seeds, of the seconds of a system over those of imbgan with the same seed."""
    ours, theirs = (
        {line["seed"]: line[key] for line in lines if line["table"] == name and line["system"] == who and key in line}
        for who in ("imbgan", system)
    )
    both = [theirs[seed] / ours[seed] for seed in ours if seed in theirs]
    return statistics.median(both) if both else None


def _times(lines: Sequence[Record]) -> list[str]:
    rows: list[list[str]] = []
    for name, systems in SYSTEMS.items():
        for system in systems:
            runs_of = [line for line in lines if line["table"] == name and line["system"] == system]
            if not runs_of:
                continue
            times = [_medians(lines, name, system, key) for key in ("fit_s", "fit_cpu_s")]
            ratios = [_ratio(lines, name, system, key) for key in ("fit_s", "fit_cpu_s")]
            rows.append(
                [
                    f"`{name}`, {runs_of[0]['n_rows']:,} rows: {system}",
                    str(len(runs_of)),
                    *map(short, times),
                    *(["1", "1"] if system == "imbgan" else map(short, ratios)),
                    short(_medians(lines, name, system, "fit_peak_mib")),
                ]
            )
    header = ("fit", "runs", "s", "CPU s", "slower than imbgan, s", "slower than imbgan, CPU s", "peak MiB")
    return table(header, rows) if rows else []


def _values(lines: Sequence[Record]) -> list[str]:
    """Return what generated rows are worth: quality of the rare class, and average precision downstream."""
    rows: list[list[str]] = []
    for name in NAMES:
        for system in SYSTEMS[name]:
            known = [r for r in lines if r["table"] == name and r["system"] == system and r.get("n_generated")]
            if not known:
                continue
            cells = [_of_runs(known, "quality", measure, 0) for measure in SHOWN]
            gains = [_gain(known, learner) for learner in ("lightgbm", "logistic")]
            rows.append([f"`{name}`: {system}", str(len(known)), *cells, *gains])
        fresh = [r for r in lines if r["table"] == name and r["system"] == "imbgan" and r.get("n_generated")]
        if fresh:
            cells = [_of_runs(fresh, "quality", measure, 1) for measure in SHOWN]
            base = [_of_runs(fresh, "average_precision_without", each) for each in ("lightgbm", "logistic")]
            rows.append([f"`{name}`: real rows", str(len(fresh)), *cells, *base])
    header = ("rare class", "runs", *SHOWN.values(), "LightGBM", "logistic regression")
    return table(header, rows) if rows else []


def _of_runs(lines: Sequence[Record], part: str, name: str, place: int | None = None) -> str:
    found = [line[part][name] if place is None else line[part][name][place] for line in lines if name in line[part]]
    known = [value for value in found if value is not None]
    return short(statistics.median(known)) if known else "-"


def _gain(lines: Sequence[Record], learner: str) -> str:
    """Return average precision with generated rows, and the gain over the real rows alone."""
    with_rows = statistics.mean(line["average_precision"][learner] for line in lines)
    without = statistics.mean(line["average_precision_without"][learner] for line in lines)
    return f"{with_rows:.3f} ({with_rows - without:+.3f})"


def _million(lines: Sequence[Record]) -> list[str]:
    rows: list[list[str]] = []
    for system in SYSTEMS[OF_A_MILLION]:
        for key, title in (("million_of_class", "of the rare class"), ("million", "of any class")):
            times = [_medians(lines, OF_A_MILLION, system, f"{key}_{unit}") for unit in ("s", "cpu_s")]
            if times[0] is None:
                continue
            ours = [_medians(lines, OF_A_MILLION, "imbgan", f"million_of_class_{unit}") for unit in ("s", "cpu_s")]
            ratios = [theirs / own for theirs, own in zip(times, ours, strict=True) if theirs and own]
            peak = _medians(lines, OF_A_MILLION, system, f"{key}_peak_mib")
            rows.append([f"{system}, {title}", *map(short, times), *map(short, ratios), short(peak)])
    header = ("1,000,000 rows", "s", "CPU s", "slower than imbgan, s", "slower than imbgan, CPU s", "peak MiB")
    return table(header, rows) if rows else []


SECTION = Section("Beside other generators", measure, write)
