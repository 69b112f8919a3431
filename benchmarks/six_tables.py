"""Write docs/examples/six-tables.md from the verdicts of ``imbgan compare`` on six public tables.

``python -m benchmarks.six_tables commands OUT`` prints the commands that make the verdicts, and
``python -m benchmarks.six_tables write OUT`` writes the page from their JSON files. Each table has a run of all folds,
``OUT/NAME.json``, and one with the budget that the command line has by default, ``OUT/NAME-budget.json``.
"""

import argparse
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from imbgan._text import round_duration
from imbgan.comparison import Comparison
from imbgan.comparison.results import Score
from imbgan.comparison.wording import digits_for, number, signed

PAGE = Path(__file__).parent.parent / "docs" / "examples" / "six-tables.md"
BEGIN, END = "<!-- written by benchmarks/six_tables.py -->", "<!-- end of what benchmarks/six_tables.py writes -->"
METRIC = "average_precision"


class Example(NamedTuple):
    """One table: its file, its target, its heading, and the number of repeats of the run of all folds."""

    file: str
    target: str
    heading: str
    repeats: int


EXAMPLES = (
    Example("oil_spill", "target", "oil spills in radar images", 2),
    Example("stroke", "stroke", "strokes among patients", 2),
    Example("mammography", "target", "calcifications in mammograms", 2),
    Example("creditcard_sample", "Class", "card fraud", 1),
    Example("credit_default", "default", "default on a credit card", 1),
    Example("fraud_oracle", "FraudFound_P", "fraud in car insurance", 1),
)


def commands(out: str) -> Iterator[str]:
    """Yield the commands of all runs."""
    for example in EXAMPLES:
        start = f"imbgan compare $IMBGAN_DATA/{example.file}.parquet --target {example.target}"
        yield f"{start} --budget none --repeats {example.repeats} --jobs 2 --json {out}/{example.file}.json"
        yield f"{start} --json {out}/{example.file}-budget.json"


def page_part(found: Sequence[tuple[Example, Comparison, Comparison]]) -> str:
    """Return the generated part of the page."""
    lines = ["The commands are", "", *(f"    {command}" for command in commands("verdicts")), ""]
    lines += [*_overview(found), ""]
    for example, whole, _ in found:
        lines += [*_section(example, whole), ""]
    return "\n".join([*lines, *_counts([whole for _, whole, _ in found])])


def _overview(found: Sequence[tuple[Example, Comparison, Comparison]]) -> Iterator[str]:
    yield "| table | all folds | time | with the default budget | folds | time | why it ended |"
    yield "|---|---|--:|---|--:|--:|---|"
    for example, whole, budgeted in found:
        record = budgeted.settings["budget"]
        n_folds = len({row.fold for row in budgeted.rows})
        times = [round_duration(each.settings["seconds"]) for each in (whole, budgeted)]
        names = [f"`{each.verdict.strategy}` with {each.verdict.estimator}" for each in (whole, budgeted)]
        yield f"| {example.file} | {names[0]} | {times[0]} | {names[1]} | {n_folds} | {times[1]} | {record['ended']} |"


def _section(example: Example, whole: Comparison) -> Iterator[str]:
    task = whole.task
    rare = task.class_counts[task.positive or ""]
    n_folds, time = len({row.fold for row in whole.rows}), round_duration(whole.settings["seconds"])
    yield f"## {example.file}: {example.heading}"
    yield ""
    size = f"{task.n_rows:,} rows, {task.n_columns} columns, {rare:,} rare rows ({100 * rare / task.n_rows:.1f} %)"
    yield f"{size}; {n_folds} folds; {time}."
    yield ""
    yield f"> {whole.verdict.sentence}"
    yield ""
    yield from (f"- {note}" for note in whole.verdict.notes)
    yield ""
    yield from _table(whole)


def _table(whole: Comparison) -> Iterator[str]:
    scores = {(s.estimator, s.strategy, s.metric): s for s in whole.scores if s.label is None}
    estimators = sorted({run.estimator for run in whole.runs}, reverse=True)
    heads = [f"{name}: average precision | gain (95 % interval) | ROC AUC" for name in estimators]
    yield f"| strategy | {' | '.join(heads)} |"
    yield f"|---|{'--:|' * 3 * len(estimators)}"
    for strategy in whole.settings["strategies"]:
        cells: list[str] = []
        for estimator in estimators:
            first, second = scores.get((estimator, strategy, METRIC)), scores.get((estimator, strategy, "roc_auc"))
            auc = "–" if second is None else number(second.mean)
            cells += (
                ["–", "–", auc] if first is None else [number(first.mean, digits_for(first.mean)), _gain(first), auc]
            )
        yield f"| `{strategy}` | {' | '.join(cells)} |"


def _gain(score: Score) -> str:
    if score.gain is None:
        return "control"
    if score.gain_low is None or score.gain_high is None:
        return signed(score.gain).replace("-", "−")
    text = f"{signed(score.gain)} ({signed(score.gain_low, 2)} to {signed(score.gain_high, 2)})"
    return text.replace("-", "−")


def _counts(verdicts: Sequence[Comparison]) -> Iterator[str]:
    """Count what these verdicts have in common."""
    gains = [
        s for each in verdicts for s in each.scores if s.label is None and s.metric == METRIC and s.gain is not None
    ]
    better = sum(s.is_significant and (s.gain or 0.0) > 0.0 for s in gains)
    worse = sum(s.is_significant and (s.gain or 0.0) < 0.0 for s in gains)
    best: Counter[str] = Counter()
    for each in verdicts:
        for estimator in {run.estimator for run in each.runs}:
            of_pair = [s for s in each.scores if s.label is None and s.metric == METRIC and s.estimator == estimator]
            best[max(of_pair, key=lambda s: s.mean).strategy] += 1
    yield (
        f"Of the {len(gains)} differences to the control, {better} are significantly positive after adjustment for the "
        f"strategies of a learner, and {worse} significantly negative. The best mean is that of "
        + ", ".join(f"`{name}` ({n} times)" for name, n in best.most_common())
        + "."
    )


def main() -> None:
    """Print the commands, or write the page."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("what", choices=["commands", "write"])
    parser.add_argument("out")
    asked = parser.parse_args()
    if asked.what == "commands":
        print("\n".join(commands(asked.out)))
        return
    folder = Path(asked.out)
    found = [
        (example, *(Comparison.load(folder / f"{example.file}{end}.json") for end in ("", "-budget")))
        for example in EXAMPLES
    ]
    text = PAGE.read_text(encoding="utf-8")
    part = f"{BEGIN}\n\n{page_part(found)}\n\n{END}"
    PAGE.write_text(re.sub(f"{BEGIN}.*{END}", lambda _: part, text, flags=re.DOTALL), encoding="utf-8")


if __name__ == "__main__":
    main()
