"""``RESULTS.md``: every number from the lines in ``results/``, the sentences that interpret them from ``notes/``."""

from pathlib import Path

from benchmarks.images import sections
from benchmarks.images.records import Results, read, read_lines

NOTES = Path(__file__).parent / "notes"
LIKENESS = "likeness.jsonl"
PLACES = (
    "summary",
    "targets",
    "headline",
    "arms",
    "differences",
    "searched",
    "published",
    "likeness",
    "pictures",
    "not-run",
)


def write(results_dir: Path, target: Path, notes: Path = NOTES) -> None:
    """Write the document.

    Parameters
    ----------
    results_dir : Path
        Holds one file ``<set>.jsonl`` for each set that was run, and ``likeness.jsonl``.
    target : Path
        The Markdown file; its pictures lie in ``figures`` beside it.
    notes : Path
        ``summary.md`` stands at the head of the document, any other at the head of its section.

    Raises
    ------
    ValueError
        No lines, or a note of no section.
    """
    results = Results(read(results_dir))
    if not results.lines:
        raise ValueError(
            f"{results_dir} must hold lines of runs on test images. Run `python -m benchmarks.images run` first."
        )
    words = {file.stem: file.read_text(encoding="utf-8").strip() for file in sorted(notes.glob("*.md"))}
    unknown = sorted(set(words) - set(PLACES))
    if unknown:
        raise ValueError(f"Notes must be named {', '.join(PLACES)}. Got {', '.join(unknown)}.")
    likeness = read_lines(results_dir / LIKENESS)
    bodies = {
        "targets": ("Targets", sections.targets(results, likeness)),
        "headline": ("How much of what true images would bring", sections.headline(results)),
        "arms": ("All arms", sections.all_arms(results)),
        "differences": ("Differences, subset by subset", sections.differences(results)),
        "searched": ("Where else a gain was looked for", sections.differences(results, sections.SEARCHED)),
        "published": ("Beside DeepSMOTE's published figures", sections.published(results)),
        "likeness": ("What further images are like, what they cost and give away", sections.likeness(likeness)),
        "pictures": ("Pictures", sections.pictures(target.parent / "figures")),
        "not-run": ("What was not run", []),
    }
    text = ["# Images: what helps on long-tailed sets, and what generated images add", ""]
    text += ["<!-- Written by `python -m benchmarks.images write` from results/*.jsonl and notes/*.md. -->", ""]
    text += [words["summary"], ""] if "summary" in words else []
    text += sections.runs(results)
    for place, (title, body) in bodies.items():
        if body or place in words:
            text += [f"## {title}", "", *([words[place], ""] if place in words else []), *body]
    target.write_text("\n".join(text).rstrip() + "\n", encoding="utf-8")
