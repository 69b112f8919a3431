"""Run what ``learning`` compares: draws of 1, 10 and 50 million rows, arm by arm."""

from collections.abc import Sequence
from pathlib import Path

import polars as pl

from benchmarks.scale.learning import Rows, encode, judge, labels_of
from benchmarks.scale.memory import MILLION, folder_of
from benchmarks.scale.records import RESULTS, append, read

FILE = RESULTS / "learning.jsonl"


def run(
    folder: Path, largest: int, millions: Sequence[int], draws: Sequence[int], ways: Sequence[tuple[str, str]]
) -> None:
    """Run each way, an arm with a setting, that has no line yet.

    Draw d of n million rows has the files d * n to (d + 1) * n - 1 of the table.
    """
    test = pl.concat([pl.read_parquet(file) for file in sorted((folder / "test").glob("*.parquet"))])
    judged = encode(test), labels_of(test)
    files = sorted(folder_of(folder, largest).glob("*.parquet"))
    known = {(line["rows"], line["draw"], line["arm"], line["setting"]) for line in read(FILE)}
    cells = [(n, draw, arm, setting) for n in millions for draw in draws for arm, setting in ways]
    for n, draw, arm, setting in cells:
        chosen = files[draw * n : (draw + 1) * n]
        if len(chosen) < n or (n * MILLION, draw, arm, setting) in known:
            continue
        found = judge(Rows(chosen, draw), arm, setting, judged)
        if found is not None:
            append(FILE, {"rows": n * MILLION, "draw": draw, "arm": arm, "setting": setting, **found})
            print(f"{n} million, draw {draw}, {arm}, {setting}: {found['average_precision']:.3f}", flush=True)
