"""What a user waits for: whole processes, the first on a machine and the next, and a fit in a warm process.

Jobs take turns, and with ``--beside`` two versions of the package do, so that other load on the machine affects all of
them alike. ``benchmarks/README.md`` explains the figures.
"""

import argparse
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path

Record = dict[str, object]
SOURCE = Path(__file__).resolve().parents[1] / "src"
JOBS = {
    "first": "`imbgan resample`, 1,000 x 20, the first on a machine",
    "next": "`imbgan resample`, 1,000 x 20, afterwards",
    "fit": "warm fit, 2,000 x 20, three members",
}
# The second fit of a process, on a table whose rare class trains three members.
FIT = """
import json, sys, time
import pandas as pd
from imbgan import GANOverSampler
table = pd.read_csv(sys.argv[1])
X, y = table.drop(columns="label"), table["label"]
for seed in (0, int(sys.argv[2])):
    sampler = GANOverSampler(random_state=seed)
    wall, cpu = time.perf_counter(), time.process_time()
    sampler.fit_resample(X, y)
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
print(json.dumps({"wall_s": wall, "cpu_s": cpu, "steps": int(sampler.history_["step"][-1])}))
"""


def write_table(path: Path, n_rows: int) -> Path:
    """Write rows of 20 continuous columns, a tenth of them rare."""
    import pandas as pd
    from sklearn.datasets import make_classification

    X, y = make_classification(n_rows, 20, n_informative=5, weights=[0.9], flip_y=0, random_state=0)
    table = pd.DataFrame(X, columns=[f"x{i}" for i in range(20)])
    table.assign(label=["rare" if value else "common" for value in y]).to_csv(path, index=False)
    return path


def environment(source: Path, cache: Path) -> dict[str, str]:
    """Return the environment of a user of the package in ``source`` whose caches are in ``cache``."""
    own = {name: value for name, value in os.environ.items() if not name.startswith("JAX_")}
    return own | {"PYTHONPATH": str(source), "IMBGAN_CACHE": str(cache)}


def run_process(command: Sequence[str], variables: Mapping[str, str]) -> tuple[Record, str]:
    """Run a process to its end; return its wall and CPU seconds, and what it printed."""
    before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    done = subprocess.run(command, env=dict(variables), capture_output=True, text=True, check=False)
    wall_s, after = time.perf_counter() - began, resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode != 0:
        raise SystemExit(f"{' '.join(command)[:200]} failed:\n{done.stderr[-2000:]}")
    cpu_s = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return {"wall_s": wall_s, "cpu_s": cpu_s}, done.stdout


def measure(sources: Mapping[str, Path], repeats: int, out: Path) -> list[Record]:
    """Run all jobs of all versions in turns; append each record to ``out`` as soon as it is there."""
    records: list[Record] = []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        small, large = (write_table(folder / f"{n}.csv", n) for n in (1000, 2000))
        for repeat in range(repeats):
            for version, source in sources.items():
                variables = environment(source, folder / f"{version}{repeat}")
                resample = [sys.executable, "-m", "imbgan", "resample", str(small), "--target", "label", "--force"]
                resample += ["-o", str(folder / "out.csv"), "--seed", str(repeat)]
                for job in JOBS:
                    load = os.getloadavg()[0]
                    if job == "fit":
                        _, printed = run_process(
                            [sys.executable, "-W", "ignore", "-c", FIT, str(large), str(repeat + 1)], variables
                        )
                        figures = json.loads(printed.splitlines()[-1])
                    else:
                        figures, _ = run_process(resample, variables)
                    record = {"job": job, "version": version, "repeat": repeat, "load": load, **figures}
                    records.append(record)
                    print(f"{version}, {job}: {record['wall_s']:.1f} s", file=sys.stderr)
                    with out.open("a") as lines:
                        print(json.dumps(record), file=lines)
    return records


def cell(values: Collection[float]) -> str:
    """Return ``median (min..max)``."""
    median, *ends = (f"{x:.3g}" for x in (statistics.median(values), min(values), max(values)))
    return f"{median} ({'..'.join(ends)})" if len(values) > 1 else median


def markdown(records: Sequence[Record]) -> str:
    """Return one row for each job: wall and CPU seconds of each version, and ratios of the runs of one repeat."""

    def values(job: str, version: str, key: str) -> list[float]:
        return [float(str(r[key])) for r in records if r["job"] == job and r["version"] == version]

    versions = list(dict.fromkeys(str(r["version"]) for r in records))
    header = ["job", *(f"{version}, {unit}" for version in versions for unit in ("s", "CPU s"))]
    header += [f"{versions[1]} / {versions[0]}, {unit}" for unit in ("s", "CPU s") if len(versions) > 1]
    rows = [header, [":--", *("--:" for _ in header[1:])]]
    for job, title in JOBS.items():
        row = [title]
        row += [cell(values(job, version, key)) for version in versions for key in ("wall_s", "cpu_s")]
        if len(versions) > 1:
            pairs = [(values(job, versions[0], key), values(job, versions[1], key)) for key in ("wall_s", "cpu_s")]
            row += [cell([b / a for a, b in zip(ours, theirs, strict=True)]) for ours, theirs in pairs]
        rows.append(row)
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure, then print a table in Markdown."""
    parser = argparse.ArgumentParser(description="Measure what a user waits for.")
    parser.add_argument("--repeats", type=int, default=3, help="runs of each job (3)")
    parser.add_argument("--beside", type=Path, metavar="SRC", help="the src folder of another version, run in turns")
    parser.add_argument("--out", type=Path, default=Path(os.devnull), metavar="FILE", help="append JSON lines")
    options = parser.parse_args(arguments)
    if options.repeats < 1:
        parser.error("--repeats must be at least 1.")
    if options.beside is not None and not (options.beside / "imbgan").is_dir():
        parser.error(f"--beside must name a folder that holds imbgan. Got {str(options.beside)!r}.")
    sources = {"now": SOURCE} | ({} if options.beside is None else {"before": options.beside.resolve()})
    records = measure(sources, options.repeats, options.out)
    load = max(float(str(record["load"])) for record in records)
    print(
        f"Median (min..max) of {options.repeats} runs on {os.cpu_count()} CPUs, load before a run at most {load:.1f}:\n"
    )
    print(markdown(records))


if __name__ == "__main__":
    main()
