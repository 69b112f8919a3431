"""Show an audit on one screen: text for terminals, a fragment of HTML for notebooks."""

import textwrap
from collections.abc import Mapping

from imbgan._html import templates
from imbgan._text import aligned, printable, shown, writable
from imbgan.audit.game import RATES
from imbgan.audit.results import Attack, Audit, Interval, Note

WIDTH = 80
MAX_NAME = 16
HEADINGS = ("source", "strongest attack", "AUC", "interval", "worst run", "at 1 %", "outlying")
CAPTION = (
    "AUC: 0.5 is a guess, 1 names every learned row. At 1 %: share of learned rows named when 1 % of unseen rows are "
    "named wrongly. Outlying: highest AUC among the rows farthest from their class. Measured with these attacks; "
    "others may find more."
)
RATE_CAPTION = "In brackets: the same of rows that were not learned from."
RATE_CAPTIONS = {
    "near_copy": "Near copy: a generated row lies nearer than nearly all other rare rows are to one another.",
    "rebuilt": "Rebuilt: lines of generated rows meet there.",
    "guessed": "Guessed: hidden cells.",
    "copied_text": "Copied text: it stands in a generated row, word for word.",
}

#: The notes that say that rows are images.
IMAGE_NOTES = ("images", "image features")
#: Those that say that there are texts.
TEXT_NOTES = ("texts", "text vectors")
#: The notes, in English.
NOTES = {
    "images": "Rows are images. Attacks compared them by {n} principal components of pixels, which stand for cells.",
    "image features": "Rows are images. Attacks compared them by {n} numbers made of the given features.",
    "texts": "Texts in {columns} were compared word for word, and by vectors ({encoder}).",
    "text vectors": (
        "Rows are texts alone. Sources hand out their vectors ({encoder}), compared by {n} principal components; those "
        "that hand out texts, word for word as well."
    ),
    "no text": "{source} hands out no text. Attacks on it compared the other columns.",
    "cut rare": "Of {n} rare rows, {used} drawn at random were used.",
    "cut common": "Of {n} other rows, {used} drawn at random were used.",
    "few unseen": (
        "With {n} unseen rows per run, 1 % false alarms are less than one row: the rate is that of no false alarm, and "
        "rough."
    ),
    "few learned": "With {n} learned rows per run, the figure of one run is rough; look at the intervals.",
    "no lines": "Rows were not rebuilt from lines, which takes two columns of measured numbers with few missing cells.",
    "warned": "In {n} of {n_runs} runs, {source} warned of the quality of its own rows.",
}


def is_of_images(audit: Audit) -> bool:
    """Return whether the rows of an audit are images."""
    return any(note.name in IMAGE_NOTES for note in audit.notes)


def holds_texts(audit: Audit) -> bool:
    """Return whether the rows of an audit hold texts."""
    return any(note.name in TEXT_NOTES for note in audit.notes)


def note_text(note: Note, texts: Mapping[str, str] = NOTES) -> str:
    """Return a note as one sentence."""
    facts = {key: shown(fact) if isinstance(fact, str) else f"{fact:,}" for key, fact in note.facts.items()}
    return texts[note.name].format_map(facts)


def sentence(audit: Audit) -> str:
    """Return the result of an audit in one sentence."""
    subjects = (*audit.sources, *audit.strategies)
    worst = {name: audit.worst(name) for name in subjects}
    parts = [f"{shown(name, MAX_NAME)} {number(found.auc.mean)}" for name, found in worst.items()]
    return (
        f"The strongest of these attacks tells learned {_noun(audit)} of class {shown(audit.label)!r} from unseen ones "
        f"(AUC): {', '.join(parts)}."
    )


def copied_texts(audit: Audit) -> list[tuple[str, float, float]]:
    """Return the sources whose rows hold texts of learned rows, with the share of learned and of unseen rows."""
    rates = [rate for rate in audit.rates if rate.name == "copied_text"]
    shares = [(rate.source, rate.learned.mean or 0.0, rate.unseen.mean or 0.0) for rate in rates]
    return [each for each in shares if each[1] > each[2]]


def copies_sentence(source: str, learned: float, unseen: float) -> str:
    """Return what a source gives away that hands out real texts."""
    return (
        f"Rows of {shown(source, MAX_NAME)} hold real texts: for {_share(learned)} of the learned rows, the text "
        "stands in a generated row "
        f"word for word ({_share(unseen)} of unseen rows). Who has these rows has these texts."
    )


def sizes(audit: Audit) -> str:
    """Return how much was learned from and generated, in one sentence."""
    return (
        f"{audit.n_runs} runs; each learned from {audit.n_learned:,} of {audit.n_rare:,} different rare {_noun(audit)} "
        f"and {audit.n_common:,} others; {audit.n_generated:,} generated {_noun(audit)} per source."
    )


def _noun(audit: Audit) -> str:
    return "images" if is_of_images(audit) else "rows"


def number(value: float | None) -> str:
    """Return a figure with two decimals, or a dash."""
    return "-" if value is None else f"{value:.2f}"


def range_of(interval: Interval) -> str:
    """Return the interval as text, or a dash."""
    return "-" if interval.low is None else f"{number(interval.low)}-{number(interval.high)}"


def rows_of(audit: Audit) -> list[tuple[str, ...]]:
    """Return one line per source and strategy."""
    lines: list[tuple[str, ...]] = []
    for name in (*audit.sources, *audit.strategies):
        found = audit.worst(name)
        lines.append(
            (
                shown(name, MAX_NAME),
                found.name.replace("_", " "),
                number(found.auc.mean),
                range_of(found.auc),
                number(highest_run(audit, name).highest),
                number(found.tpr.mean),
                number(audit.worst(name, "outlying").auc.mean),
            )
        )
    return lines


def highest_run(audit: Audit, source: str) -> Attack:
    """Return the attack with the highest ROC AUC in a single run."""
    found = [each for each in audit.attacks if each.source == source and each.group == "all"]
    return max(found, key=lambda each: each.highest)


def rate_names(audit: Audit) -> list[str]:
    """Return the names of the rates that were measured on any source."""
    return [name for name in RATES if any(rate.name == name for rate in audit.rates)]


def rate_rows(audit: Audit) -> list[tuple[str, ...]]:
    """Return the headings, and one line per source: what was rebuilt or guessed of learned rows, and of unseen ones."""
    names = rate_names(audit)
    lines = [("source", *(name.replace("_", " ") for name in names))]
    for source in audit.sources:
        cells: list[str] = []
        for name in names:
            rate = next((each for each in audit.rates if (each.source, each.name) == (source, name)), None)
            cells.append("-" if rate is None else f"{_share(rate.learned.mean)} ({_share(rate.unseen.mean)})")
        lines.append((shown(source, MAX_NAME), *cells))
    return lines


def rate_caption(audit: Audit) -> str:
    """Return what the rates mean that were measured."""
    return " ".join([RATE_CAPTION, *(RATE_CAPTIONS[name] for name in rate_names(audit))])


def _share(value: float | None) -> str:
    return "-" if value is None else f"{value:.0%}"


def text_view(audit: Audit) -> str:
    """Return the result within 80 columns."""
    paragraphs = [sentence(audit), *(copies_sentence(*each) for each in copied_texts(audit)), sizes(audit)]
    lines = [line for text in paragraphs for line in textwrap.wrap(printable(text), WIDTH)]
    lines += ["", aligned([HEADINGS, *rows_of(audit)], left=(0, 1), gap=1), *textwrap.wrap(CAPTION, WIDTH)]
    if audit.rates:
        lines += ["", aligned(rate_rows(audit)), *textwrap.wrap(rate_caption(audit), WIDTH)]
    lines += [line for note in audit.notes for line in textwrap.wrap(printable(f"Note: {note_text(note)}"), WIDTH)]
    return "\n".join(lines)


def html_view(audit: Audit) -> str:
    """Return the same as a fragment of HTML in which all text is escaped."""
    tables: list[tuple[tuple[str, ...], list[tuple[str, ...]], str]] = [(HEADINGS, rows_of(audit), CAPTION)]
    if audit.rates:
        headings, *lines = rate_rows(audit)
        tables.append((headings, lines, rate_caption(audit)))
    template = templates("imbgan.audit").get_template("audit.html")
    return writable(
        template.render(
            sentence=" ".join([sentence(audit), *(copies_sentence(*each) for each in copied_texts(audit))]),
            sizes=sizes(audit),
            tables=tables,
            notes=[note_text(note) for note in audit.notes],
        )
    )
