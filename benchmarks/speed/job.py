"""One system on one table: fit at the defaults, generate; run in a process of its own by the interpreter of the system.

The interpreter of a peer has neither imbgan nor this repository's packages: only the standard library, NumPy, pandas
and the peer are imported here.
"""

import json
import os
import platform
import resource
import sys
import time
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path
from typing import Any

Record = dict[str, Any]
LABEL, RARE, COMMON = "label", "rare", "common"
MILLION = 1_000_000


class Stopwatch:
    """Adds wall and CPU seconds, and the peak of resident memory, to a record."""

    def __init__(self) -> None:
        self.record: Record = {}

    def time(self, name: str, work: Callable[[], Any]) -> Any:  # noqa: ANN401 - handed on
        """Do the work; keep ``NAME_s``, ``NAME_cpu_s`` and ``NAME_peak_mib``, the peak of the process so far."""
        wall, cpu = time.perf_counter(), time.process_time()
        result = work()
        self.record[f"{name}_s"] = time.perf_counter() - wall
        self.record[f"{name}_cpu_s"] = time.process_time() - cpu
        self.record[f"{name}_peak_mib"] = peak_mib()
        return result


def peak_mib() -> float:
    """Return the largest resident size of this process so far."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / (2**20 if sys.platform == "darwin" else 2**10)  # bytes on macOS, KiB on Linux


def run_imbgan(table: Any, discrete: list[str], job: Record) -> tuple[Record, Any]:  # noqa: ANN401 - a DataFrame
    """Balance the table with ``GANOverSampler()``, then generate rows from the fitted model."""
    del discrete
    watch = Stopwatch()

    def load() -> Any:  # noqa: ANN401 - a class
        from imbgan import GANOverSampler

        return GANOverSampler

    sampler = watch.time("import", load)(random_state=job["seed"])
    X, y = table.drop(columns=LABEL), table[LABEL]
    watch.time("fit", lambda: sampler.fit_resample(X, y))
    watch.record["steps"] = int(sampler.gan_.history_["step"][-1])
    rows = watch.time("sample", lambda: sampler.gan_.sample(job["n_wanted"], label=RARE))
    if job["million"]:
        watch.time("million_of_class", lambda: sampler.gan_.sample(MILLION, label=RARE))
    return watch.record, rows


def run_deep(system: str, table: Any, discrete: list[str], job: Record) -> tuple[Record, Any]:  # noqa: ANN401
    """Fit a generator of the package ``ctgan`` at its defaults, then generate rows."""
    watch = Stopwatch()

    def load() -> tuple[Any, Any]:
        import ctgan
        import torch

        torch.manual_seed(job["seed"])
        return getattr(ctgan, system), torch

    kind, torch = watch.time("import", load)
    import numpy as np

    np.random.seed(job["seed"])  # noqa: NPY002 - the peer draws from the global state
    watch.record["threads"] = torch.get_num_threads()
    # CTGAN conditions on a label rightly only where the label is the first of the discrete columns.
    table = table.reindex(columns=[LABEL, *table.columns.drop(LABEL)])
    model = kind(epochs=job["epochs"]) if "epochs" in job else kind()
    watch.time("fit", lambda: model.fit(table, [LABEL, *discrete]))
    wanted = (LABEL, RARE) if system == "CTGAN" else ()
    rows = watch.time("sample", lambda: model.sample(job["n_wanted"], *wanted))
    watch.record["rare_share_of_generated"] = float((rows[LABEL] == RARE).mean())
    rows = _rare_rows(model, rows, job["n_wanted"], wanted)
    if job["million"]:
        watch.time("million", lambda: model.sample(MILLION))
        if wanted:
            watch.time("million_of_class", lambda: model.sample(MILLION, *wanted))
    return watch.record, rows.drop(columns=LABEL)


def _rare_rows(model: Any, rows: Any, n_wanted: int, wanted: tuple[str, ...], rounds: int = 50) -> Any:  # noqa: ANN401
    """Draw until there are enough rows of the rare class, which neither peer guarantees; not part of any time."""
    import pandas as pd

    parts = [rows[rows[LABEL] == RARE]]
    for _ in range(rounds):
        if sum(map(len, parts)) >= n_wanted:
            break
        more = model.sample(n_wanted, *wanted)
        parts.append(more[more[LABEL] == RARE])
    return pd.concat(parts, ignore_index=True)[:n_wanted]


def run_smote_nc(table: Any, discrete: list[str], job: Record) -> tuple[Record, Any]:  # noqa: ANN401 - a DataFrame
    """Balance the table with SMOTE-NC of imbalanced-learn, or SMOTE where no column is discrete."""
    watch = Stopwatch()

    def load() -> tuple[Any, Any]:
        from imblearn.over_sampling import SMOTE, SMOTENC

        return SMOTE, SMOTENC

    smote, smote_nc = watch.time("import", load)
    X, y = table.drop(columns=LABEL), table[LABEL]
    sampler = smote_nc(discrete, random_state=job["seed"]) if discrete else smote(random_state=job["seed"])
    X_new, _ = watch.time("fit", lambda: sampler.fit_resample(X, y))
    return watch.record, X_new.iloc[len(X) :]


def run(system: str, table: Any, discrete: list[str], job: Record) -> tuple[Record, Any]:  # noqa: ANN401
    """Return the record of one system, and the generated rows of the rare class."""
    if system == "imbgan":
        return run_imbgan(table, discrete, job)
    if system == "smote_nc":
        return run_smote_nc(table, discrete, job)
    return run_deep({"ctgan": "CTGAN", "tvae": "TVAE"}[system], table, discrete, job)


def main(path: str) -> None:
    """Do the job that a JSON file describes; print its record as the last line."""
    job: Record = json.loads(Path(path).read_text(encoding="utf-8"))
    if hasattr(os, "sched_setaffinity"):
        # One core: CPU seconds then are what a machine without other work takes, whatever else runs.
        os.sched_setaffinity(0, {sorted(os.sched_getaffinity(0))[job["core"]]})
    import pandas as pd

    kinds = dict.fromkeys([*job["discrete"], LABEL], str)
    table = pd.read_csv(job["csv"], keep_default_na=False, dtype=kinds)
    record, rows = run(job["system"], table, job["discrete"], job)
    names = {"imbgan": ("imbgan", "jax"), "smote_nc": ("imbalanced-learn", "scikit-learn")}
    for name in (*names.get(job["system"], ("ctgan", "torch")), "numpy", "pandas"):
        record.setdefault("versions", {})[name] = version(name)
    rows.to_csv(job["rows"], index=False)
    print(json.dumps(record | {"peak_mib": peak_mib(), "platform": platform.platform()}))


if __name__ == "__main__":
    main(sys.argv[1])
