"""The page of an audit: what generated rows give away, source by source and attack by attack."""

from typing import Any

from markupsafe import Markup

from imbgan.audit import ATTACKS, Audit
from imbgan.audit.results import Attack, Interval, Note
from imbgan.audit.views import copied_texts, holds_texts, is_of_images, note_text, rate_names
from imbgan.report.context import Context
from imbgan.report.kit import Figure, Frame, Scale, crosses, dots, drawing, name_node, node, path, x_axis
from imbgan.report.language import Words, catalog, check_language
from imbgan.report.page import compose
from imbgan.report.tables import Cell, Row, Table
from imbgan.report.words import NONE, count, decimals, named, percent, shorten

WIDTH = 520.0
NAME_WIDTH = 150.0
ROW = 26.0
#: From here an attack is drawn in the color of faults.
FAULT = 0.6
TICKS = (0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0)
LIMITS = ("guarantee", "attacker", "networks", "identifiers")


def render_audit(audit: Audit, lang: str = "en") -> str:
    """Return the page of an audit as HTML that needs no other file and runs no script.

    Parameters
    ----------
    audit : Audit
    lang : {"en", "zh"}, default="en"
        The language. Names from outside stay as they are.

    Raises
    ------
    ParameterError
        If ``lang`` is another language.
    """
    check_language(lang)
    words = _ImageWords(lang) if is_of_images(audit) else Words(lang)
    context = Context(words)
    sections: dict[str, Any] = {
        "verdict": _verdict(audit, words),
        "leaks": {
            "figure": context.draw(_figure(audit, words)),
            "table": _strongest(audit, words),
            "outlying": words("audit.outlying", n=audit.n_outlying, n_rare=audit.n_rare),
        },
        "attacks": {
            "table": _attacks(audit, words),
            "heads": context.explain([f"audit.attack.{name}" for name in _names(audit)]),
        },
    }
    if audit.rates:
        sections["rates"] = {
            "table": _rates(audit, words),
            "heads": context.explain([f"audit.rate.{name}" for name in rate_names(audit)]),
        }
    # Images have no columns that identify persons.
    limits = [*LIMITS[:-1]] if is_of_images(audit) else [*LIMITS]
    limits += ["encoders"] if holds_texts(audit) else []
    sections["limits"] = {"sentences": [words(f"audit.limit.{name}") for name in limits]}
    return compose(words("kind.audit"), sections, audit, words)


class _ImageWords(Words):
    """Words about images, where a key has such words."""

    def __call__(self, key: str, **facts: object) -> str:
        """Return the text of a key with its fields filled."""
        return super().__call__(self._of_images(key), **facts)

    def markup(self, key: str, **facts: object) -> Markup:
        """Return the text of a key as HTML, in which the facts are escaped."""
        return super().markup(self._of_images(key), **facts)

    def _of_images(self, key: str) -> str:
        return f"{key}.images" if self.has(f"{key}.images") else key


def _called(source: str, audit: Audit, words: Words) -> str:
    if source in audit.strategies:
        return words.strategy(source)
    return words(f"audit.source.{source}") if words.has(f"audit.source.{source}") else source


def _verdict(audit: Audit, words: Words) -> dict[str, Any]:
    subjects = (*audit.sources, *audit.strategies)
    figures = [
        words(
            "audit.figure",
            source=shorten(_called(name, audit, words), 30),
            auc=decimals(audit.worst(name).auc.mean),
        )
        for name in subjects
    ]
    texts = {name: catalog(words.lang)[f"audit.note.{name}"] for name in {note.name for note in audit.notes}}
    facts = {
        "runs": audit.n_runs,
        "learned": audit.n_learned,
        "unseen": audit.n_unseen,
        "common": audit.n_common,
        "generated": audit.n_generated,
    }
    return {
        "sentence": words("audit.sentence", label=shorten(audit.label, 40), figures=words.listed(figures)),
        "why": [
            *(
                words(
                    "audit.copies",
                    source=shorten(_called(source, audit, words), 30),
                    learned=percent(learned),
                    unseen=percent(unseen),
                )
                for source, learned, unseen in copied_texts(audit)
            ),
            words("audit.why"),
        ],
        "cases": [],
        "table": None,
        "heads": [],
        "notes": [note_text(_told(note, words), texts) for note in audit.notes],
        "facts": [(words(f"audit.fact.{key}"), count(value)) for key, value in facts.items()],
    }


def _told(note: Note, words: Words) -> Note:
    """Return a note whose encoders have the names of the page."""
    encoders = {key: words.encoders(str(value)) for key, value in note.facts.items() if key == "encoder"}
    return Note(note.name, {**note.facts, **encoders})


def _names(audit: Audit) -> list[str]:
    present = {each.name for each in audit.attacks}
    return [name for name in ATTACKS if name in present]


def _interval(interval: Interval) -> Cell:
    small = () if interval.low is None else (f"{decimals(interval.low)} – {decimals(interval.high)}",)
    return Cell(decimals(interval.mean), small)


def _highest(audit: Audit, source: str) -> Attack:
    found = [each for each in audit.attacks if (each.source, each.group) == (source, "all")]
    return max(found, key=lambda each: each.highest)


def _strongest(audit: Audit, words: Words) -> Table:
    rows: list[Row] = []
    for source in (*audit.sources, *audit.strategies):
        worst = audit.worst(source)
        cells = (
            Cell(words(f"audit.attack.{worst.name}")),
            _interval(worst.auc),
            Cell(decimals(_highest(audit, source).highest)),
            Cell(percent(worst.tpr.mean)),
            Cell(decimals(_worst_mean(audit, source, "outlying"))),
            Cell(decimals(_worst_mean(audit, source, "typical"))),
        )
        rows.append(Row(Cell(shorten(_called(source, audit, words), 40)), cells))
    heads = ("source", "attack", "auc", "worst", "tpr", "outlying", "typical")
    return Table(words("section.leaks"), [words(f"audit.head.{head}") for head in heads], rows, texts=(1,))


def _worst_mean(audit: Audit, source: str, group: Any) -> float | None:  # noqa: ANN401 - one of Group
    try:
        return audit.worst(source, group).auc.mean
    except KeyError:
        return None


def _attacks(audit: Audit, words: Words) -> Table:
    means = {(each.source, each.name): each.auc.mean for each in audit.attacks if each.group == "all"}
    subjects = (*audit.sources, *audit.strategies)
    rows = [
        Row(
            Cell(words(f"audit.attack.{name}")),
            tuple(_shaded(means.get((source, name)), audit.worst(source).name == name) for source in subjects),
        )
        for name in _names(audit)
    ]
    heads = [words("audit.attack"), *(shorten(_called(source, audit, words), 24) for source in subjects)]
    return Table(words("section.attacks"), heads, rows)


def _shaded(value: float | None, is_strongest: bool) -> Cell:
    kind = "worse" if value is not None and value > FAULT else ""
    return Cell(decimals(value), kind=f"{kind} value".strip() if is_strongest else kind)


def _rates(audit: Audit, words: Words) -> Table:
    found = {(rate.source, rate.name): rate for rate in audit.rates}
    rows: list[Row] = []
    for name in rate_names(audit):
        cells: list[Cell] = []
        for source in audit.sources:
            rate = found.get((source, name))
            small = () if rate is None else (words("audit.unseen", share=percent(rate.unseen.mean)),)
            cells.append(Cell(NONE if rate is None else percent(rate.learned.mean), small))
        rows.append(Row(Cell(words(f"audit.rate.{name}")), tuple(cells)))
    heads = [words("audit.rate"), *(shorten(_called(source, audit, words), 24) for source in audit.sources)]
    return Table(words("section.rates"), heads, rows)


def _figure(audit: Audit, words: Words) -> Figure:
    """Draw the strongest attack on each source: its mean, its interval, and the worst run."""
    subjects = (*audit.sources, *audit.strategies)
    lowest = min((audit.worst(name).auc.low or 0.5 for name in subjects), default=0.5)
    ticks = [tick for tick in TICKS if tick >= 0.5 or lowest < 0.5]
    frame = Frame(NAME_WIDTH, 6.0, WIDTH - 16.0, 10.0 + ROW * len(subjects))
    scale = Scale(ticks[0], 1.0, frame.left, frame.right)
    root = drawing()
    x_axis(root, scale, ticks, frame, words("audit.axis"))
    node(root, "path", d=f"M{scale(0.5):.2f} {frame.top}V{frame.bottom}", class_="zero")
    texts: list[str] = []
    for i, source in enumerate(subjects):
        worst, y = audit.worst(source), frame.top + ROW * (i + 0.5) + 2.0
        called = _called(source, audit, words)
        name_node(root, called, 22, x=0, y=y + 4)
        mean = worst.auc.mean or 0.5
        if worst.auc.low is not None and worst.auc.high is not None:
            path(root, [(scale(worst.auc.low), y), (scale(worst.auc.high), y)], class_="interval")
        dots(root, [(scale(mean), y)], class_=f"dot {'worse' if mean > FAULT else 'better'}")
        crosses(root, [(scale(_highest(audit, source).highest), y)], 7.0, class_="cross")
        texts.append(f"{named(called)} {decimals(mean)}")
    return Figure(words("audit.axis"), words("semicolon").join(texts), WIDTH, frame.bottom + 36.0, root)
