"""Decide whether a column identifies persons or rows, from its statistics.

The values decide; the name of a column only lowers the share of different values that is needed. Both kinds of error
cost: a measurement that is taken for an identifier is lost to the model, and an identifier that is taken for a category
puts real persons into generated rows.
"""

import re
import warnings
from collections.abc import Hashable, Mapping, Sequence
from typing import cast

import numpy as np

from imbgan._text import quoted
from imbgan.exceptions import IdentifierColumnWarning
from imbgan.tabular.identifiers.patterns import (
    DATE,
    MEASURE,
    PLAIN_INTEGER,
    Pattern,
    hint_of,
    is_luhn,
    is_person,
    is_uuid,
    pattern_of,
)
from imbgan.tabular.schema import RawColumn, Table
from imbgan.tabular.statistics import ColumnStatistics, LevelStatistics, NumberStatistics, TableStatistics

#: With fewer rows, values can all differ by chance.
FEW_ROWS = 20
#: With fewer rows, repetition says little about categories of many levels, unless these are whole sentences.
FEW_ROWS_OF_LEVELS = 100
FEW_ROWS_OF_NUMBERS = 100
#: Zero in the memory of uint64.
SHIFTED_ZERO = -(2**63)
#: A category of at most this many levels stays one, unless its values have the pattern of personal data.
FEW_LEVELS = 20
#: Number of levels that are matched with patterns.
MAX_LOOKED_AT = 2000
#: Nearly all.
MOST = 0.9
#: Number of columns that a warning names.
MAX_NAMED = 20
#: Free text has at least this many words on average.
WORDS_OF_TEXT = 4.0
#: Codes of so many digits, all different, identify.
LONG_NUMBER = 8
#: Longer ones need not be spread over all numbers of their length.
VERY_LONG_NUMBER = 10

# Kana, Chinese characters, Thai, Lao, Khmer and Burmese.
_WITHOUT_SPACES = re.compile("[\u3040-\u30ff\u3400-\u9fff\u0e00-\u0eff\u1780-\u17ff\u1000-\u109f]")
_HAS_DIGIT = re.compile(r"\d")

NAMES: dict[Pattern, str] = {
    "email": "e-mail addresses",
    "uuid": "UUIDs",
    "hex": "hexadecimal keys",
    "iban": "IBANs",
    "card": "card numbers",
    "phone": "telephone numbers",
    "ip": "IP addresses",
    "mac": "MAC addresses",
    "url": "web addresses",
}
FREE_TEXT = "free text"
ROW_NUMBERS = "row numbers"


def what_identifies(column: ColumnStatistics) -> str | None:
    """Return what the values of an identifying column are, such as "e-mail addresses"; None for other columns.

    Parameters
    ----------
    column : ColumnStatistics
        (Merged) statistics of the column; the answer does not depend on how the rows were divided.
    """
    if isinstance(column.data, LevelStatistics):
        return _of_levels(column, column.data) if column.family == "level" else None
    is_whole = column.family == "int" or (column.family == "float" and column.data.decimals == 0)
    return _of_numbers(column, column.data) if is_whole else None


def identifiers_of(table: Table) -> dict[Hashable, str]:
    """Return the columns of a table that identify and what their values are; columns of a chosen kind never do."""
    columns = tuple(column for column in table.columns if column.name not in table.kinds)
    if not columns:
        return {}
    part = Table(columns, table.container, table.n_rows)
    statistics = TableStatistics(1).update(part, np.zeros(table.n_rows, np.int64))
    found = {column.name: what_identifies(column) for column in statistics.columns}
    return {name: what for name, what in found.items() if what is not None}


def identifiers_text(found: Mapping[Hashable, str], told: str = "") -> str:
    """Return a warning about columns that identify or hold free text; ``told`` is what happens to them."""
    texts = [quoted(name) for name, what in found.items() if what == FREE_TEXT]
    others = [f"{quoted(name)} ({what})" for name, what in found.items() if what != FREE_TEXT]
    parts: list[str] = []
    if others:
        parts.append(f"Columns that look like identifiers: {_first(others)}.")
    if texts:
        parts.append(f"Columns that hold free text: {_first(texts)}.")
    parts += [told] if told else []
    if others:
        them = "identifiers" if texts else "them"
        parts.append(f"Drop {them} before a classifier is trained: a classifier learns row numbers from {them}.")
    if texts:
        parts.append(
            "A classifier needs text as vectors: compare encodes it, and so do the classifiers of imbgan (encoder=)."
        )
    return " ".join(parts)


def _first(names: Sequence[str]) -> str:
    more = f" and {len(names) - MAX_NAMED} more" if len(names) > MAX_NAMED else ""
    return f"{', '.join(names[:MAX_NAMED])}{more}"


def warn_of_identifiers(table: Table, *, stacklevel: int) -> None:
    """Warn about the columns of a table that identify persons or rows, before classifiers learn from them."""
    found = identifiers_of(table)
    if found:
        warnings.warn(identifiers_text(found), IdentifierColumnWarning, stacklevel=stacklevel + 1)


def n_words(text: str) -> float:
    """Return the number of words; where no spaces separate them, two characters count as one."""
    return max(len(text.split()), len(_WITHOUT_SPACES.findall(text)) / 2)


def looked_at(levels: Sequence[str]) -> Sequence[str]:
    """Return at most about 2,000 of the sorted levels, evenly spread."""
    return levels[:: -(-len(levels) // MAX_LOOKED_AT)] if levels else levels


def may_be_free_text(column: RawColumn) -> bool:
    """Return whether any value has enough words for free text; far quicker than :func:`what_identifies`."""
    if column.family != "level":
        return False
    present = set(column.values[~column.missing].tolist())
    return any(isinstance(value, str) and n_words(value) >= WORDS_OF_TEXT for value in present)


def _of_levels(column: ColumnStatistics, data: LevelStatistics) -> str | None:
    counts = {key: int(count.sum()) for key, count in data.counts.items()}
    levels = [key if isinstance(key, str) else key[1] for key in counts]
    if levels and all(map(is_uuid, levels)):
        return NAMES["uuid"]
    if levels and all(isinstance(level, int) and not isinstance(level, bool) for level in levels):
        return _of_numbers(column, _whole(cast("list[int]", levels), list(counts.values())))
    texts = sorted(level for level in levels if isinstance(level, str))
    if not texts or 2 * len(texts) < len(counts):
        return None
    some = looked_at(texts)
    pattern = _commonest([pattern_of(text) for text in some])
    if pattern == "ip" and len(texts) <= FEW_LEVELS:
        pattern = None  # numbers of versions are written alike
    if pattern and pattern != "url":
        return NAMES[pattern]
    if _share(some, DATE.fullmatch) > MOST:
        return None
    if _share(some, PLAIN_INTEGER.fullmatch) > MOST:
        plain = [text for text in texts if PLAIN_INTEGER.fullmatch(text)]
        return _of_numbers(column, _whole([int(text) for text in plain], [counts[text] for text in plain]))
    if _share(some, MEASURE.fullmatch) > MOST:
        return None
    n, n_once = sum(counts.values()), sum(count == 1 for count in counts.values())
    return _of_repetition(column, some, n=n, n_levels=len(counts), n_once=n_once, pattern=pattern)


def _whole(values: Sequence[int], counts: Sequence[int]) -> NumberStatistics:
    """Return the statistics of whole numbers of at most 18 digits that occur ``counts`` times."""
    short = [(value, count) for value, count in zip(values, counts, strict=True) if abs(value) < 10**18]
    numbers = np.array([value for value, _ in short], np.int64).repeat([count for _, count in short])
    return NumberStatistics(1).update(numbers, np.zeros(len(numbers), bool), np.zeros(len(numbers), np.int64))


def _of_repetition(
    column: ColumnStatistics, some: Sequence[str], *, n: int, n_levels: int, n_once: int, pattern: Pattern | None
) -> str | None:
    """Judge text without the pattern of personal data by how often values repeat."""
    hint = hint_of(column.name)
    are_persons = _share(some, is_person) > 0.8
    is_unique = n >= FEW_ROWS and n_levels == n
    are_texts = float(np.mean([n_words(text) for text in some])) >= WORDS_OF_TEXT and hint != "person"
    n_least = FEW_ROWS if are_texts else FEW_ROWS_OF_LEVELS
    is_rare = n >= n_least and (2 * n_once >= n or (2 * n_once > n_levels and n_levels >= 0.3 * n))
    is_hinted = (
        hint == "person"
        or (hint == "key" and (n_levels >= MOST * n or (are_persons and n_levels >= 0.2 * n)))
        or (hint == "owner" and (are_persons or _share(some, _HAS_DIGIT.search) > MOST))
    )
    is_named = are_persons and n_levels > 50 and n_levels >= 0.2 * n
    if not (is_unique or (n_levels > FEW_LEVELS and (is_rare or is_hinted or is_named))):
        return None
    if pattern:
        return NAMES[pattern]
    if are_texts:
        return FREE_TEXT
    if are_persons:
        return "names"
    if is_unique:
        return "texts, all different"
    return "texts that hardly repeat" if is_rare else "texts of persons or rows"


def _of_numbers(column: ColumnStatistics, data: NumberStatistics) -> str | None:
    n, n_distinct = data.n_present, data.distinct.n_distinct
    if n < FEW_ROWS or data.bounds is None:
        return None
    some = np.concatenate([sketch.values[:: max(1, len(sketch.values) // 500)] for sketch in data.sketches if sketch])
    texts = [str(int(value)) for value in some.tolist()]
    if _are_cards(texts):
        return NAMES["card"]
    if _are_dates(texts) or _are_times(data):
        return None
    hint = hint_of(column.name) if hint_of(column.name) != "owner" else ""
    # A few rows can hold neighboring numbers by chance or by choice, such as ages; numbers of rows start at 0 or 1.
    is_counter = data.bounds[0] in (0, 1) or (data.bounds[0] == SHIFTED_ZERO and column.dtype.is_unsigned_64)
    if data.has_few_equals and (n >= FEW_ROWS_OF_NUMBERS or is_counter or hint):
        return ROW_NUMBERS
    is_unique = n_distinct >= 0.98 * n
    if n_distinct > FEW_LEVELS and (hint == "person" or (hint == "key" and n_distinct >= MOST * n)):
        return "numbers of persons or rows"
    if is_unique and _are_codes(data, texts):
        return "numbers, all different"
    return None


def _commonest(patterns: Sequence[Pattern | None]) -> Pattern | None:
    """Return the commonest pattern if at least half of the values have any."""
    found: list[Pattern] = [pattern for pattern in patterns if pattern is not None]
    return max(sorted(set(found)), key=found.count) if found and 2 * len(found) >= len(patterns) else None


def _share(texts: Sequence[str], test: object) -> float:
    return sum(bool(cast("type", test)(text.strip())) for text in texts) / len(texts)


def _are_cards(texts: Sequence[str]) -> bool:
    return all(13 <= len(text) <= 19 for text in texts) and sum(map(is_luhn, texts)) >= MOST * len(texts)


def _are_dates(texts: Sequence[str]) -> bool:
    """Return whether whole numbers are dates such as 20240131, or months such as 202401."""
    return all(
        len(text) in (6, 8)
        and text[:2] in ("18", "19", "20", "21")
        and "01" <= text[4:6] <= "12"
        and (text[6:] or "01") <= "31"
        for text in texts
    )


def _are_times(data: NumberStatistics) -> bool:
    """Return whether whole numbers can be seconds (or their thousandths, ...) since 1970, from 1990 to 2050."""
    low, high = cast("tuple[float, float]", data.bounds)
    is_dense = high - low < 10 * data.n_present
    return not is_dense and any(6.3e8 * unit <= low and high <= 2.53e9 * unit for unit in (1, 1e3, 1e6, 1e9))


def _are_codes(data: NumberStatistics, texts: Sequence[str]) -> bool:
    """Return whether long numbers are codes: all of as many digits, spread over these, and not rounded."""
    low, high = cast("tuple[float, float]", data.bounds)
    decade = 10.0 ** (len(texts[0]) - 1)
    is_alike = low >= decade and high < 10 * decade
    is_spread = high - low >= 4.5 * decade or len(texts[0]) >= VERY_LONG_NUMBER
    n_round = sum(text.endswith("0") for text in texts)
    return len(texts[0]) >= LONG_NUMBER and is_alike and is_spread and 2 * n_round < len(texts)
