"""What can be known as soon as rows are there: whether the warning of IMB012 goes with what attacks find.

The rows are those of the first runs of the audits, generated again, so that each figure stands beside the attacks on
the same rows.
"""

import json
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any
from unittest.mock import patch

from benchmarks.audit import rows, variants
from benchmarks.quality.run import append, read_keys
from imbgan.audit import game
from imbgan.audit.game import Evidence, Plan, play
from imbgan.audit.table import Look, read_audit_table
from imbgan.quality import ClassQuality
from imbgan.quality.classes import MAX_DISTANCE_ROWS
from imbgan.quality.diagnostics import TOO_CLOSE, diagnose
from imbgan.quality.privacy import closeness
from imbgan.random import Streams

N_RUNS = 3
RESULTS = Path(__file__).parent / "results" / "signs.jsonl"


def read(path: Path = RESULTS) -> Iterator[dict[str, Any]]:
    """Yield one line per table, variant and source."""
    for text in path.read_text(encoding="utf-8").splitlines() if path.exists() else ():
        yield json.loads(text)


def run(tables: Sequence[str], variant: str, path: Path = RESULTS) -> None:
    """Measure what there is no line for yet."""
    path.parent.mkdir(parents=True, exist_ok=True)
    done = read_keys(path, lambda line: (line["table"], line["variant"]))
    for name in tables:
        if (name, variant) not in done:
            began = time.perf_counter()
            for source, found in measure(name, variant).items():
                append(path, {"table": name, "variant": variant, "source": source, "runs": found})
            print(f"{name}, {variant}: {time.perf_counter() - began:.0f} s", flush=True)


def measure(name: str, variant: str) -> Mapping[str, list[dict[str, Any]]]:
    """Return closeness and whether it was a finding, for each source and run."""
    X, y = rows.table(name)
    streams = Streams(0)
    table = read_audit_table(X, y, None, None, streams)
    n_learned = variants.N_LEARNED.get(variant, rows.N_LEARNED)
    samplers = variants.samplers(variant)
    plan = Plan(samplers, {}, None, n_learned, len(table.common) - n_learned)
    found: dict[str, list[dict[str, Any]]] = {source: [] for source in samplers}
    looks: list[Look] = []

    def look(seen: Look, warned: list[str]) -> Evidence:
        looks.append(seen)
        return Evidence(warnings=warned)

    with variants.changed(variant), patch.object(game, "attack", look):
        for r in range(N_RUNS):
            looks.clear()
            member = play(table, plan, Streams(streams.integer("run", r)), lambda _: None).member
            for source, seen in zip(samplers, looks, strict=True):
                sight = seen.sight
                value = closeness(sight.candidates[member], sight.generated[:MAX_DISTANCE_ROWS])
                quality = ClassQuality("rare", n_learned, len(sight.generated), 0, (value,), (), None)
                is_found = any(each.code == TOO_CLOSE for each in diagnose([quality]))
                found[source].append(rows.rounded({"closeness": value.value, "is_found": is_found}))
    return found
