"""Choose the shape of the fresh values of a column that identifies."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import product

import numpy as np

from imbgan._text import printable
from imbgan.exceptions import DataError
from imbgan.tabular.identifiers.evidence import NAMES, looked_at
from imbgan.tabular.identifiers.patterns import HEX, IPV4, MAC, UUID_TEXT, is_uuid
from imbgan.tabular.identifiers.shapes import (
    ALPHABETS,
    AddressShape,
    CountedShape,
    MaskShape,
    NumberShape,
    RandomShape,
    Shape,
    read_mask,
)
from imbgan.tabular.schema import DType, column_label
from imbgan.tabular.statistics import ColumnStatistics, LevelStatistics, NumberStatistics

#: A type of the column that holds fewer further numbers is too narrow.
LEAST_ROOM = 2**14
#: A telephone number keeps what all of them share if so many digits are left.
LEAST_DIGITS = 4
#: Longer names of columns do not become values.
LONGEST_NAME = 40
#: Nor do numbers of more digits.
LONGEST_NUMBER = 15
#: The letters that are tried first.
_FIRST = {ALPHABETS["A"]: "X", ALPHABETS["a"]: "x"}
_CODE = re.compile(r"(.*?)(\d{1,18})(\D*)", re.DOTALL)
_TYPE = re.compile(r"(u?int|float)(8|16|32|64)")
_PRECISION = re.compile(r"decimal\d*\((?:precision=)?(\d+)")
_FLOATS = {16: 2**11, 32: 2**24, 64: 2**53}


def choose_shape(column: ColumnStatistics, what: str) -> Shape | None:
    """Return the shape of fresh values for a column, or None if only missing cells fit its type.

    Parameters
    ----------
    column : ColumnStatistics
    what : str
        What identifies; see :func:`imbgan.tabular.identifiers.evidence.what_identifies`.

    Raises
    ------
    DataError
        If the type of a column of numbers is too narrow for further numbers.
    """
    if isinstance(column.data, NumberStatistics):
        return _number(column, column.data, what)
    if column.dtype.categories is not None:
        return None  # its type holds these categories only
    return _text(column, column.data, what)


def _number(column: ColumnStatistics, data: NumberStatistics, what: str) -> Shape:
    bounds = data.bounds
    low, high = (int(np.floor(bounds[0])), int(np.ceil(bounds[1]))) if bounds else (0, 0)
    least, largest = _limits(column)
    is_card = what == NAMES["card"]
    start = high + 1
    if is_card:
        start = _rounded_up(high // 10)
    elif high - low > 100 * data.n_present:
        # The next number may be somebody's as well, and would show the largest one.
        beyond = (10 ** len(str(abs(high))), _rounded_up(high))
        start = next((number for number in beyond if number > high and number + LEAST_ROOM < largest), start)
    shape = NumberShape(start, largest, low - 1, least, is_card)
    if shape.room < LEAST_ROOM:
        raise DataError(
            f"{column_label(column.name)} looks like an identifier ({what}), but its data type {column.dtype.text} has "
            f"room for {shape.room} further numbers only. Convert it to a wider type such as int64, drop it, or learn "
            "it with identifiers='keep'."
        )
    return shape


def _rounded_up(number: int) -> int:
    """Return the next number of two digits and zeros."""
    unit = 10 ** max(0, len(str(abs(number))) - 2)
    return (number // unit + 1) * unit


def _limits(column: ColumnStatistics) -> tuple[int, int]:
    """Return the least and the largest whole number that the type of a column holds exactly."""
    dtype: DType = column.dtype
    text = (dtype.cells if dtype.cells else dtype.text).lower()
    text = text.replace("double", "float64").replace("halffloat", "float16").replace("float[", "float32")
    if dtype.is_unsigned_64:
        return -(2**63), 2**63 - 1  # shifted in memory
    if found := _PRECISION.match(dtype.text.lower()):
        limit = min(10 ** max(0, int(found[1]) - dtype.scale), 2**53)
        return -limit + 1, limit - 1
    found = _TYPE.search(text)
    if found is None or found[1] == "float":
        is_float = column.family == "float" or found is not None
        limit = _FLOATS[int(found[2])] if found else 2**53 if is_float else 2**63
        return -limit + 1, limit - 1
    bits = int(found[2])
    return (0, 2**bits - 1) if found[1] == "uint" else (-(2 ** (bits - 1)), 2 ** (bits - 1) - 1)


def _text(column: ColumnStatistics, data: LevelStatistics, what: str) -> Shape:
    keys = data.counts
    if any(not isinstance(key, str) and is_uuid(key[1]) for key in keys):
        return RandomShape("UUID")
    texts = sorted(key for key in keys if isinstance(key, str))
    some = looked_at(texts)
    if what in (NAMES["uuid"], NAMES["hex"]):
        regex, form = (UUID_TEXT, "uuid") if what == NAMES["uuid"] else (HEX, "hex")
        example = next(text for text in some if regex.fullmatch(text))
        return RandomShape(form, 32 if form == "uuid" else len(example), example != example.lower())
    if what == NAMES["email"]:
        return CountedShape(_unused(texts, ["person", "someone", "user"]), "@example.com")
    if what == NAMES["url"]:
        return CountedShape(_unused(texts, ["https://example.com/", "https://example.org/"]))
    if what in (NAMES["ip"], NAMES["mac"]):
        address = _address(texts)
        if address is not None and address.room >= LEAST_ROOM:
            return address
    elif what not in (NAMES["phone"], NAMES["card"], NAMES["iban"]):
        counted = _counted(texts)
        if counted is not None:
            return _beyond(counted, data)
    masked = _masked(texts, some, what)
    # A beginning that none of some texts has can be that of others; numbers that begin with zeros belong to nobody.
    if masked is not None and (not data.is_sampled or what in (NAMES["phone"], NAMES["card"], NAMES["iban"])):
        return masked
    name = printable(column.name) if isinstance(column.name, str) else ""
    names = [name] if 0 < len(name) <= LONGEST_NAME else []
    return _beyond(CountedShape(_unused(texts, [f"{text} " for text in (*names, "value")])), data)


def _beyond(shape: CountedShape, data: LevelStatistics) -> CountedShape:
    """Return a shape whose texts are longer than all texts of the column, if not all of them are known."""
    n_digits = data.longest - len(shape.prefix) - len(shape.suffix)
    if not data.is_sampled or not 0 <= n_digits < LONGEST_NUMBER:
        return shape
    return replace(shape, start=max(shape.start, 10**n_digits))


def _address(texts: Sequence[str]) -> Shape | None:
    """Return addresses of a block that no text is in; None if there is none."""
    own = [int.from_bytes(bytes(map(int, text.split("."))), "big") for text in texts if IPV4.fullmatch(text)]
    if own:
        return AddressShape("IPv4", max(0, max(own) - (240 << 24)) + 1)
    lowered = [text.casefold().replace("-", ":") for text in texts]
    form, begin, n = ("MAC", "02:{:02x}:", 256) if MAC.fullmatch(texts[0]) else ("IPv6", "2001:db8:{:x}:", 2**16)
    free = (group for group in range(n) if not _is_begun(lowered, begin.format(group)))
    group = next(free, None)
    return None if group is None else AddressShape(form, group)


def _counted(texts: Sequence[str]) -> CountedShape | None:
    """Return the shape of codes that share all but one number, such as "CUST-000123"."""
    parts = [found.groups() for found in map(_CODE.fullmatch, texts) if found]
    frames = Counter((prefix, suffix) for prefix, _, suffix in parts)
    if not frames:
        return None
    (prefix, suffix), count = max(frames.items(), key=lambda item: (item[1], item[0]))
    if 2 * count < len(texts):
        return None
    numbers = [number for before, number, after in parts if (before, after) == (prefix, suffix)]
    widths = Counter(map(len, numbers))
    is_padded = any(number.startswith("0") and len(number) > 1 for number in numbers)
    largest = max(map(int, numbers))
    if len(widths) == 1 and len(numbers[0]) >= 8 and largest > 1000 * len(numbers):
        return None  # sparse numbers, of which the next one may be somebody's
    width = max(widths, key=lambda width: (widths[width], width)) if is_padded else 0
    return CountedShape(prefix, suffix, width, largest + 1)


def _masked(texts: Sequence[str], some: Sequence[str], what: str) -> Shape | None:
    """Return the shape of texts that share the places of digits and letters, such as telephone numbers."""
    masks = Counter(map(_mask_of, some))
    mask, count = max(masks.items(), key=lambda item: (item[1], item[0]))
    kinds = read_mask(mask)
    has_pattern = what in (NAMES["phone"], NAMES["card"], NAMES["iban"])
    is_code = 2 * count >= len(some) and not any(alphabet == ALPHABETS["a"] for _, alphabet in kinds)
    if not (has_pattern or is_code):
        return None
    alike = zip(*(text for text in some if _mask_of(text) == mask), strict=True)
    # What all texts share, such as the code of a country, stays.
    characters = [(chars[0], "") if len(set(chars)) == 1 else kind for kind, chars in zip(kinds, alike, strict=True)]
    if what == NAMES["phone"] and sum(bool(alphabet) for _, alphabet in characters) < LEAST_DIGITS:
        n_code = re.match(r"\+?\d{0,3}", "".join(char for char, _ in characters))
        characters = [*characters[: n_code.end() if n_code else 0], *kinds[n_code.end() if n_code else 0 :]]
    is_iban, is_card = what == NAMES["iban"], what == NAMES["card"]
    if is_iban:
        country = max(Counter(text[:2] for text in some).items(), key=lambda item: (item[1], item[0]))[0]
        # 00 is never the right check of an IBAN.
        characters[:4] = [(char, "") for char in f"{country}00"]
    prefix = _free_prefix(characters, texts, least=0 if is_iban else 1)
    if prefix is None or (is_card and not any(alphabet for _, alphabet in characters[len(prefix) :])):
        return None
    rest = "".join(_symbol(alphabet) or _escaped(char) for char, alphabet in characters[len(prefix) :])
    return MaskShape(prefix, rest, is_card)


def _mask_of(text: str) -> str:
    kinds = (next((symbol for symbol, chars in ALPHABETS.items() if char in chars), "") for char in text)
    return "".join(kind or _escaped(char) for kind, char in zip(kinds, text, strict=True))


def _symbol(alphabet: str) -> str:
    return next((symbol for symbol, chars in ALPHABETS.items() if chars == alphabet), "")


def _escaped(char: str) -> str:
    return f"\\{char}" if char in ALPHABETS or char == "\\" else char


def _free_prefix(characters: Sequence[tuple[str, str]], texts: Sequence[str], *, least: int) -> str | None:
    """Return the beginning of a text with the given characters that no text has: zeros, if possible.

    Numbers that begin with zeros belong to nobody: no telephone, card or social security number does.
    """
    places = [place for place, (_, alphabet) in enumerate(characters) if alphabet]
    if len(places) < 2:
        return None

    def prefixes(size: int) -> Iterable[str]:
        end = places[size - 1] + 1 if size else places[0]
        options = [_FIRST.get(alphabet, "") + alphabet if alphabet else char for char, alphabet in characters[:end]]
        return map("".join, product(*options))

    for size in range(least, min(4, len(places) - 1) + 1):
        zeros = next(iter(prefixes(size)))
        if not _is_begun(texts, zeros):
            return zeros
    for size in range(max(least, 1), len(places)):
        candidates = iter(prefixes(size))
        length = len(next(iter(prefixes(size))))
        taken = {text[:length] for text in texts}
        # Among one more candidate than there are texts, one is free.
        for _, candidate in zip(range(len(taken) + 1), candidates, strict=False):
            if candidate not in taken:
                return candidate
    return None


def _unused(texts: Sequence[str], candidates: Sequence[str]) -> str:
    """Return the first candidate that no text begins with; the last one with a number if all are taken."""
    lowered = [text.casefold() for text in texts]
    numbered = (f"{candidates[-1].rstrip(' /')}-{number}-" for number in range(1, len(texts) + 2))
    return next(prefix for prefix in (*candidates, *numbered) if not _is_begun(lowered, prefix.casefold()))


def _is_begun(texts: Sequence[str], prefix: str) -> bool:
    return any(text.startswith(prefix) for text in texts)
