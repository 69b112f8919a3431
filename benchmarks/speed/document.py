"""``RESULTS.md``: every number from the lines in ``results/``, the sentences that interpret them from ``notes/``."""

from pathlib import Path

from benchmarks.speed import growth, peers, step
from benchmarks.speed.sections import Section, Settings

FOLDER = Path(__file__).parent
RESULTS, FIGURES, NOTES = FOLDER / "results", FOLDER / "figures", FOLDER / "notes"
#: The sections by name, in the order of the page; notes have the same names.
SECTIONS: dict[str, Section] = {"growth": growth.SECTION, "peers": peers.SECTION, "step": step.SECTION}
HEAD = [
    "# Speed: what takes how long, and how it grows",
    "",
    "Written by `python -m benchmarks.speed write` from the lines in `results/` and the sentences in `notes/`;",
    "[how it was measured](README.md).",
    "",
]


def run(names: list[str], settings: Settings) -> None:
    """Measure the sections that are named."""
    for name in names:
        SECTIONS[name].run(settings)


def write(results: Path = RESULTS, figures: Path = FIGURES, notes: Path = NOTES) -> str:
    """Return the page, and draw the plots."""
    lines = [*HEAD]
    for name, section in SECTIONS.items():
        note = notes / f"{name}.md"
        lines += [f"## {section.title}", ""]
        lines += [note.read_text(encoding="utf-8").strip(), ""] if note.exists() else []
        lines += section.write(results, figures) or ["Nothing was measured.", ""]
    return "\n".join(lines).rstrip() + "\n"
