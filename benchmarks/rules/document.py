"""The page of the benchmark."""

from collections.abc import Iterable, Sequence
from pathlib import Path
from statistics import mean, median
from typing import Any

from benchmarks.images.records import Line, read_lines
from benchmarks.speed.records import short, table

SYSTEMS = {
    "gan": "GAN without rules",
    "gan_rules": "GAN with rules",
    "smote_nc": "SMOTE(-NC)",
    "local_gaussian": "local Gaussian",
    "ctgan": "CTGAN",
}


def write(lines: Path, page: Path) -> None:
    """Write the page from the lines of all runs."""
    runs = list(read_lines(lines))
    names = list(dict.fromkeys(run["table"] for run in runs))
    text = [
        "# Rules of a table: how often generators break them, and what keeping them costs",
        "",
        "Medians of the runs of each generator (three seeds; CTGAN one). 1,000 rare rows are generated from 200 rare "
        "and 1,800 common ones.",
        "",
        "## Broken rules, % of generated rows",
        "",
        *table(["table: rule", *SYSTEMS.values()], _broken(runs, names)),
        "SMOTE interpolates between two rows, which keeps orders, and sums up to rounding. No rule names the function "
        "of the nursery; a rule on two of its nine columns prevents a part of the wrong rows.",
        "",
        "## Quality of the rare rows",
        "",
        "Energy distance of the generated rows to the real rare rows without the id, an unbiased figure that may be "
        "below 0 (less is better; the last column is that of two halves of real rows), and average precision of "
        "boosted trees on test rows, with the generated rows among the training rows (the last column: without any).",
        "",
        *table(["table: measure", *SYSTEMS.values(), "real rows alone"], _quality(runs, names)),
        _price(runs),
    ]
    page.write_text("\n".join(text).rstrip() + "\n", encoding="utf-8")


def _broken(runs: Sequence[Line], names: list[str]) -> Iterable[list[str]]:
    for name in names:
        rules = next(run for run in runs if run["table"] == name)["broken"]
        for rule in rules:
            yield [
                f"`{name}`: `{rule}`",
                *(_cell(runs, name, s, lambda r, k=rule: 100 * r["broken"][k]) for s in SYSTEMS),
            ]
        if name == "nursery":
            yield [
                "`nursery`: the class of the same application (no rule names it)",
                *(_cell(runs, name, system, lambda run: 100 * run["wrong_class"]) for system in SYSTEMS),
            ]


def _price(runs: Sequence[Line]) -> str:
    """Return what rules cost: the differences between runs of one table and seed."""
    scores = {(run["table"], run["seed"], run["system"]): run["ap"] for run in runs}
    changes = [
        scores[name, seed, "gan_rules"] - without
        for (name, seed, system), without in scores.items()
        if system == "gan" and (name, seed, "gan_rules") in scores
    ]
    return (
        f"Rules change average precision by {min(changes):+.3f} to {max(changes):+.3f} in {len(changes)} pairs of "
        f"runs with one table and seed, by {mean(changes):+.3f} on average. How long generators take, the "
        "[benchmark of speed](../speed/RESULTS.md) says."
    )


def _quality(runs: Sequence[Line], names: list[str]) -> Iterable[list[str]]:
    for name in names:
        distances = [_cell(runs, name, s, lambda r: r["energy"]) for s in SYSTEMS]
        yield [f"`{name}`: energy distance", *distances, _cell(runs, name, "gan", lambda r: r["energy_real"])]
        gains = [_cell(runs, name, s, lambda r: r["ap"]) for s in SYSTEMS]
        yield [f"`{name}`: average precision", *gains, _cell(runs, name, "gan", lambda r: r["ap_without"])]


def _cell(runs: Sequence[Line], name: str, system: str, of: Any) -> str:  # noqa: ANN401 - a function of a run
    found = [of(run) for run in runs if run["table"] == name and run["system"] == system]
    return short(median(found)) if found else "-"
