"""Show a description on one screen: text for terminals, a fragment of HTML for notebooks."""

import textwrap
from typing import TYPE_CHECKING

from imbgan._html import templates
from imbgan._text import aligned, printable, shown, writable
from imbgan.quality.description.columns import ColumnDescription
from imbgan.quality.description.facts import plural

if TYPE_CHECKING:
    from imbgan.quality.description.describe import Description

#: Number of classes, and of columns, that the text of a description lists.
SHOWN_ROWS = 60
WIDTH = 80
VALUES_WIDTH = 26
NO_FINDINGS = "Nothing was found that ruins projects."
COLUMN_HEADINGS = ("column", "kind", "distinct", "missing", "values")
CLASS_HEADINGS = ("class", "rows", "share")


def text_view(description: "Description", *, next_step: str | None = None) -> str:
    """Return classes, columns, findings, expectations and the next step, within 80 columns except for the next step."""
    wrap = textwrap.TextWrapper(WIDTH, initial_indent="- ", subsequent_indent="  ", break_on_hyphens=False).fill
    findings = [wrap(printable(f"{each.evidence} {each.action}")) for each in description.findings]
    found = "\n".join(["What to mend or to know", *(findings or [f"- {NO_FINDINGS}"])])
    expected = "\n".join(["What to expect", *map(wrap, description.expectations)])
    sample = _sample(description)
    classes = aligned([CLASS_HEADINGS, *_classes(description)[:SHOWN_ROWS]], left={0})
    columns = aligned([COLUMN_HEADINGS, *map(_column, description.columns[:SHOWN_ROWS])], left={0, 1, 4})
    return "\n\n".join(
        [
            _title(description),
            f"{classes}{_more(len(description.class_counts))}\n{_ratio(description)}",
            columns + _more(len(description.columns)),
            *(
                [textwrap.fill(printable(sample), WIDTH, break_on_hyphens=False)]
                if (sample := _sample(description))
                else []
            ),
            found,
            *([f"Rules that every row obeys\n{printable(code)}"] if (code := code_of_rules(description)) else []),
            expected,
            f"Next:\n{printable(code_of_next_step(description) if next_step is None else next_step)}",
        ]
    )


def html_view(description: "Description") -> str:
    """Return the same as a fragment of HTML in which all text is escaped."""
    template = templates("imbgan.quality").get_template("description.html")
    return writable(
        template.render(
            title=_title(description),
            ratio=_ratio(description),
            sample=_sample(description),
            classes=_classes(description)[:SHOWN_ROWS],
            columns=[*map(_column, description.columns[:SHOWN_ROWS])],
            class_headings=CLASS_HEADINGS,
            column_headings=COLUMN_HEADINGS,
            more_classes=_more(len(description.class_counts)),
            more_columns=_more(len(description.columns)),
            findings=description.findings,
            no_findings=NO_FINDINGS,
            expectations=description.expectations,
            rules=code_of_rules(description),
            next_step=code_of_next_step(description),
        )
    )


def code_of_next_step(description: "Description") -> str:
    """Return lines of Python that compare strategies on the table without the columns to drop."""
    lines = [f"X = X.drop(columns={list(description.to_drop)!r})"] if description.to_drop else []
    return "\n".join(["from imbgan import compare", *lines, "print(compare(X, y))"])


def code_of_rules(description: "Description") -> str:
    """Return Python that passes the rules that were found to a generator; an empty text if there are none."""
    if not description.rules:
        return ""
    names = sorted({rule.kind for rule in description.rules})
    lines = "".join(f"    {rule!r},\n" for rule in description.rules)
    return f"from imbgan import GANOverSampler, {', '.join(names)}\nGANOverSampler(rules=[\n{lines}])"


def _title(description: "Description") -> str:
    return (
        f"{plural(description.n_rows, 'row')}, {plural(len(description.columns), 'column')}, "
        f"{len(description.class_counts):,} classes"
    )


def _ratio(description: "Description") -> str:
    return f"{description.imbalance_ratio:.1f} rows of the largest class per row of the smallest"


def _sample(description: "Description") -> str:
    """Return what was counted in all rows, and what was sought in a sample."""
    if description.sampled_counts is None:
        return ""
    rows = _listed([f"{n:,} of {shown(label, 30)}" for label, n in description.sampled_counts.items()])
    return (
        "Classes, kinds, ranges, missing cells and identifiers are those of all rows. Everything else, such as leaks, "
        f"duplicates and the distinct values of numbers with a fraction, was sought in a sample ({rows})."
    )


def _listed(counts: list[str], most: int = 6) -> str:
    """Return counts for a sentence, the first ones if there are many."""
    return ", ".join(counts[:most]) + (f" and {len(counts) - most} more classes" if len(counts) > most else "")


def _more(n: int) -> str:
    return f"\n... and {n - SHOWN_ROWS} more" if n > SHOWN_ROWS else ""


def _classes(description: "Description") -> list[tuple[str, str, str]]:
    n_rows = description.n_rows
    return [(shown(label, 30), str(n), f"{100 * n / n_rows:.1f} %") for label, n in description.class_counts.items()]


def _column(column: ColumnDescription) -> tuple[str, str, str, str, str]:
    missing = f"{100 * column.missing:.1f} %"
    return shown(column.name, 20), column.kind, str(column.n_distinct), missing, _values(column)


def _values(column: ColumnDescription) -> str:
    if column.text is not None:
        return shown(column.text.short, VALUES_WIDTH)
    if column.is_identifier:
        return shown(column.identifies, VALUES_WIDTH)
    if column.low is not None:
        low, high = (f"{v:.6g}" if isinstance(v, float) else str(v) for v in (column.low, column.high))
        return shown(low if low == high else f"{low} to {high}", VALUES_WIDTH)
    return shown(", ".join(f"{level} {share:.0%}" for level, share in column.levels.items()), VALUES_WIDTH)
