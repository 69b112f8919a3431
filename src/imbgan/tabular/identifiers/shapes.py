"""Shapes of identifiers: what fresh values look like, and how value number i is made.

A shape holds nothing of a person: a prefix that no value of the table has, or the number after the largest. Fresh
values therefore differ from all values of the table by construction. Value i is a pure function of the shape, a seed
and i, and all values are different.
"""

from dataclasses import asdict, dataclass, fields
from hashlib import blake2b
from typing import ClassVar, cast
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from imbgan.tabular.identifiers.patterns import luhn_digit
from imbgan.tabular.scalars import Json

#: The alphabets of a mask, by the character that stands for them.
ALPHABETS = {"9": "0123456789", "A": "ABCDEFGHIJKLMNOPQRSTUVWXYZ", "a": "abcdefghijklmnopqrstuvwxyz"}
#: More values than any table of a model has.
ENDLESS = 2**62

Numbers = NDArray[np.int64]


@dataclass(frozen=True)
class NumberShape:
    """Whole numbers from ``start`` upwards to ``high``, then from ``below`` downwards to ``low``.

    Parameters
    ----------
    start, high : int
        The first number, and the largest that the type of the column holds.
    below, low : int
        The numbers that follow if these are used up.
    is_card : bool
        Whether numbers get a further digit, which is not the check digit of card numbers.
    """

    kind: ClassVar[str] = "number"
    start: int
    high: int
    below: int
    low: int
    is_card: bool = False

    @property
    def room(self) -> int:
        """Number of different values."""
        above = (self.high - 9) // 10 - self.start if self.is_card else self.high - self.start
        return max(0, above + 1) + (0 if self.is_card else max(0, self.below - self.low + 1))

    def values(self, rows: Numbers, seed: int) -> NDArray[np.generic]:
        """Return values number ``rows`` (n,) as int64."""
        del seed
        if self.is_card:
            texts = [str(self.start + row) for row in rows.tolist()]
            return np.array([int(text + _wrong_digit(text)) for text in texts], np.int64)
        above = max(0, self.high - self.start + 1)
        return np.where(rows < above, self.start + np.minimum(rows, above), self.below - (rows - above)).astype(
            np.int64
        )


@dataclass(frozen=True)
class CountedShape:
    """A text with a number: prefix, number with leading zeros up to ``width`` digits, suffix."""

    kind: ClassVar[str] = "counted"
    prefix: str
    suffix: str = ""
    width: int = 0
    start: int = 1

    room: ClassVar[int] = ENDLESS

    def values(self, rows: Numbers, seed: int) -> NDArray[np.generic]:
        """Return values number ``rows`` (n,) as objects."""
        del seed
        return _objects([f"{self.prefix}{self.start + row:0{self.width}d}{self.suffix}" for row in rows.tolist()])


@dataclass(frozen=True)
class MaskShape:
    """A text of fixed characters and of characters that count, such as "000-00-0017".

    Parameters
    ----------
    prefix : str
        The beginning of all values, which no value of the table has.
    mask : str
        The characters that follow: "9", "A" and "a" stand for a digit and for letters, and each other character, and
        each character after a backslash, for itself. If all values are used up, further digits are appended.
    is_card : bool
        Whether the last digit is a wrong check digit of card numbers.
    """

    kind: ClassVar[str] = "mask"
    prefix: str
    mask: str
    is_card: bool = False

    room: ClassVar[int] = ENDLESS

    def values(self, rows: Numbers, seed: int) -> NDArray[np.generic]:
        """Return values number ``rows`` (n,) as objects."""
        del seed
        return _objects([self._value(row) for row in rows.tolist()])

    def _value(self, row: int) -> str:
        characters = read_mask(self.mask)
        places = [place for place, (_, alphabet) in enumerate(characters) if alphabet]
        text = [character for character, _ in characters]
        for place in reversed(places[: len(places) - self.is_card]):
            alphabet = characters[place][1]
            row, code = divmod(row, len(alphabet))
            text[place] = alphabet[code]
        if self.is_card:
            before = "".join(char for char in self.prefix + "".join(text[: places[-1]]) if char.isdigit())
            text[places[-1]] = _wrong_digit(before)
        return self.prefix + "".join(text) + (str(row) if row else "")


@dataclass(frozen=True)
class RandomShape:
    """A random key: a UUID (version 4) as text or as an object, or hexadecimal digits.

    Two of n keys of 96 bits or more are equal with a probability of at most n**2 / 2**97.
    """

    kind: ClassVar[str] = "random"
    form: str  # "UUID" for objects, "uuid" for text, "hex"
    length: int = 32
    is_upper: bool = False

    room: ClassVar[int] = ENDLESS

    def values(self, rows: Numbers, seed: int) -> NDArray[np.generic]:
        """Return values number ``rows`` (n,) as objects."""
        texts = [_hex(seed, row)[: self.length] for row in rows.tolist()]
        if self.form == "hex":
            return _objects([text.upper() if self.is_upper else text for text in texts])
        keys = [UUID(hex=text, version=4) for text in texts]
        return _objects(keys if self.form == "UUID" else [str(k).upper() if self.is_upper else str(k) for k in keys])


@dataclass(frozen=True)
class AddressShape:
    """An address of a computer that belongs to nobody.

    These are the addresses of 240.0.0.0/4 (RFC 1112), of 2001:db8::/32 (RFC 3849), and the MAC addresses that are
    administered locally.

    Parameters
    ----------
    form : {"IPv4", "IPv6", "MAC"}
    start : int
        For IPv4 the first address in its block; otherwise the group after the beginning, which no value of the table
        has.
    """

    kind: ClassVar[str] = "address"
    form: str
    start: int

    @property
    def room(self) -> int:
        """Number of different values."""
        return {"IPv4": 2**28 - self.start, "IPv6": 2**48}.get(self.form, 2**32)

    def values(self, rows: Numbers, seed: int) -> NDArray[np.generic]:
        """Return values number ``rows`` (n,) as objects."""
        del seed
        if self.form == "IPv6":
            groups = [":".join(f"{row >> shift & 0xFFFF:x}" for shift in (32, 16, 0)) for row in rows.tolist()]
            return _objects([f"2001:db8:{self.start:x}::{group}" for group in groups])
        if self.form == "MAC":
            octets = [":".join(f"{row >> shift & 255:02x}" for shift in (24, 16, 8, 0)) for row in rows.tolist()]
            return _objects([f"02:{self.start:02x}:{octet}" for octet in octets])
        numbers = [(240 << 24) + self.start + row for row in rows.tolist()]
        return _objects([".".join(str(number >> shift & 255) for shift in (24, 16, 8, 0)) for number in numbers])


Shape = NumberShape | CountedShape | MaskShape | RandomShape | AddressShape
_SHAPES: dict[str, type[Shape]] = {
    shape.kind: shape for shape in (NumberShape, CountedShape, MaskShape, RandomShape, AddressShape)
}


def write_shape(shape: Shape) -> list[Json]:
    """Return a shape as JSON."""
    return [shape.kind, *cast("list[Json]", list(asdict(shape).values()))]


def read_shape(document: Json) -> Shape:
    """Rebuild a shape; ValueError if a field has another type than :func:`write_shape` wrote."""
    kind, *values = cast("list[Json]", document)
    shape = _SHAPES.get(str(kind))
    if shape is None or len(values) != len(fields(shape)):
        raise ValueError(f"the shape {kind!r} of an identifier is unknown")
    for field, value in zip(fields(shape), values, strict=True):
        if type(value).__name__ != (field.type if isinstance(field.type, str) else field.type.__name__):
            raise ValueError(f"the {field.name} of the shape of an identifier is {value!r}")
    return shape(*cast("list[str]", values))  # pyright: ignore[reportArgumentType]


def read_mask(mask: str) -> list[tuple[str, str]]:
    """Return each character of a mask with its alphabet, which is empty for a character that stands for itself."""
    found: list[tuple[str, str]] = []
    is_escaped = False
    for char in mask:
        if char == "\\" and not is_escaped:
            is_escaped = True
            continue
        found.append((char, "" if is_escaped else ALPHABETS.get(char, "")))
        is_escaped = False
    return found


def _hex(seed: int, row: int) -> str:
    """Return 128 random hexadecimal digits, a pure function of seed and row."""
    return blake2b(f"{seed}/{row}".encode()).hexdigest()


def _wrong_digit(digits: str) -> str:
    return str((luhn_digit(digits) + 1) % 10)


def _objects(values: list[str] | list[UUID]) -> NDArray[np.generic]:
    return np.fromiter(values, dtype=object, count=len(values))
