"""``RESULTS.md``: every number from the lines in ``results/``, the sentences that interpret them from ``notes/``."""

from pathlib import Path

from benchmarks.images.records import read_lines
from benchmarks.text import sections
from benchmarks.text.records import Results, read

NOTES = Path(__file__).parent / "notes"
PLACES = (
    "summary",
    "targets",
    "over-words",
    "untouched",
    "chosen",
    "arms",
    "arms-by-set",
    "crowding",
    "choices",
    "not-run",
)


def write(results_dir: Path, target: Path, notes: Path = NOTES) -> None:
    """Write the document.

    Parameters
    ----------
    results_dir : Path
        Holds one file ``<set>.jsonl`` for each set that was run, and the same of ``crowding`` in a folder of this name.
    target : Path
        The Markdown file.
    notes : Path
        ``summary.md`` stands at the head of the document, any other at the head of its section.

    Raises
    ------
    ValueError
        No lines, or a note of no section.
    """
    results = Results(read(results_dir))
    if not results.lines:
        raise ValueError(f"{results_dir} must hold lines of runs. Run `python -m benchmarks.text run` first.")
    fewer = [line for file in sorted((results_dir / "crowding").glob("*.jsonl")) for line in read_lines(file)]
    words = {file.stem: file.read_text(encoding="utf-8").strip() for file in sorted(notes.glob("*.md"))}
    unknown = sorted(set(words) - set(PLACES))
    if unknown:
        raise ValueError(f"Notes must be named {', '.join(PLACES)}. Got {', '.join(unknown)}.")
    bodies = {
        "targets": ("Targets", sections.targets(results)),
        "over-words": ("Beside the untouched linear model on words", sections.over_words(results)),
        "untouched": ("Nothing done: average precision by encoder and learner", sections.untouched(results)),
        "chosen": ("What the choice by folds took", sections.chosen(results)),
        "arms": ("What is done about the rare texts, over all sets", sections.arms(results)),
        "arms-by-set": ("The same, set by set", sections.arms_by_set(results)),
        "crowding": (
            "Do generated rows crowd among the neighbors?",
            [*sections.crowding(results), *sections.fewer_rows(fewer)],
        ),
        "choices": ("Choices", []),
        "not-run": ("What was not run", []),
    }
    text = ["# Texts: does anything beat doing nothing where one class has few?", ""]
    text += ["<!-- Written by `python -m benchmarks.text write` from results/*.jsonl and notes/*.md. -->", ""]
    text += [words["summary"], ""] if "summary" in words else []
    text += sections.runs(results)
    for place, (title, body) in bodies.items():
        if body or place in words:
            text += [f"## {title}", "", *([words[place], ""] if place in words else []), *body]
    target.write_text("\n".join(text).rstrip() + "\n", encoding="utf-8")
