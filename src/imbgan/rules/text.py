"""Rules as text for a terminal of 80 columns."""

from imbgan._text import shown
from imbgan.rules.results import Rule, RuleSet
from imbgan.rules.sentences import Words, outcome_text, percent, rows_text, sentence

WIDTH = 80


def text_view(rules: RuleSet, words: Words, most: int | None = None) -> str:
    """Return a title and, for each of the first rules, a sentence and a line of details."""
    n = len(rules.rules)
    title = words["title of one" if n == 1 else "title"].format(n=n, outcome=outcome_text(rules, words))
    told = rules.rules[:most]
    margin = len(str(n)) + 2
    blocks = [_block(f"{place}.", rule, rules, words, margin) for place, rule in enumerate(told, 1)]
    blocks += [words["further"].format(n=n - len(told))] if len(told) < n else []
    return "\n\n".join(["\n".join(_wrapped(title, "", "")), *blocks])


def _block(number: str, rule: Rule, rules: RuleSet, words: Words, margin: int) -> str:
    condition, share = sentence(rule, rules, words)
    space = " " * margin
    lines = _wrapped(condition, f"{number:>{margin - 1}} ", space)
    lines += _wrapped(share, space, space)
    lines += _wrapped(details_text(rule, rules, words), space, space)
    return "\n".join(lines)


def details_text(rule: Rule, rules: RuleSet, words: Words) -> str:
    """Return the probability that the tree gives, and the rows of the table, such as ``33 of 0, 8 of 1``."""
    counts = [
        words["count"].format(n=f"{n:,}", label=shown(label))
        for label, n in zip(rules.labels, rule.class_counts, strict=True)
        if n
    ]
    return words["details"].format(
        p=percent(rule.probabilities[rules.rare]),
        rows=rows_text(rule.n_rows, words),
        counts=words["comma"].join(counts) or "–",
    )


def _wrapped(text: str, first: str, others: str) -> list[str]:
    return [f"{first if place == 0 else others}{line}" for place, line in enumerate(wrapped(text, WIDTH - len(first)))]


def wrapped(text: str, width: int) -> list[str]:
    """Break text into lines of at most this width in a terminal, where a Chinese character is two columns wide.

    Examples
    --------
    >>> wrapped("stroke in 23 % of 41 rows", 13)
    ['stroke in', '23 % of 41', 'rows']
    """
    from rich.cells import cell_len, chop_cells

    lines: list[str] = []
    # A percent sign stays with its number.
    for word in text.replace(" %", "\N{NO-BREAK SPACE}%").split(" "):
        for piece in chop_cells(word, width) if word else []:
            longer = f"{lines[-1]} {piece}" if lines else piece
            if lines and cell_len(longer) <= width:
                lines[-1] = longer
            else:
                lines.append(piece)
    return [line.replace("\N{NO-BREAK SPACE}%", " %") for line in lines]
