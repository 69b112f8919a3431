"""How a table is read from a file: what the user chose, and how the text of each column was understood."""

import shlex
import unicodedata
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Self

from imbgan._text import did_you_mean, quoted
from imbgan.exceptions import ParameterError

#: What a column can be read as.
KINDS = ("text", "number", "integer", "boolean", "date", "datetime", "time")
#: Further words for them; "categorical" and "continuous" are the words of ``describe``.
SYNONYMS = {
    "category": "text",
    "categorical": "text",
    "string": "text",
    "continuous": "number",
    "numeric": "number",
    "float": "number",
    "int": "integer",
    "bool": "boolean",
}
DECIMALS = (".", ",")
THOUSANDS = (",", ".", " ", "'", "")
DATE_ORDERS = ("dmy", "mdy", "ymd")
#: Names of delimiters that are hard to type.
_DELIMITERS = {"tab": "\t", r"\t": "\t", "comma": ",", "semicolon": ";", "bar": "|", "pipe": "|", "space": " "}
_THOUSANDS = {
    "none": "",
    "space": " ",
    "comma": ",",
    "point": ".",
    "apostrophe": "'",
    "\N{RIGHT SINGLE QUOTATION MARK}": "'",
}
_DECIMALS = {"comma": ",", "point": "."}
#: Fields of a reading that hold one value.
_ONE_VALUE = (
    *("format", "encoding", "delimiter", "decimal", "thousands", "date_order", "sheet"),
    "drop_missing",
)


@dataclass(frozen=True)
class Form:
    """How the text of one column is read.

    Parameters
    ----------
    kind : str
        One of :data:`KINDS`.
    decimal : str, default="."
        The sign between units and tenths of numbers, ``"."`` or ``","``.
    thousands : str, default=""
        The sign between groups of digits: ``","``, ``"."``, ``" "`` (any space), ``"'"`` (any apostrophe) or ``""``.
    date_order : str, default=""
        The order of day, month and year: "dmy", "mdy" or "ymd"; ``""`` for ISO 8601.
    """

    kind: str
    decimal: str = "."
    thousands: str = ""
    date_order: str = ""

    def __post_init__(self) -> None:
        _check("kind", self.kind, KINDS)
        _check("decimal", self.decimal, DECIMALS)
        _check("thousands", self.thousands, THOUSANDS)
        _check("date_order", self.date_order, ("", *DATE_ORDERS))


@dataclass(frozen=True)
class Reading:
    r"""How a table is read from a file.

    Parameters
    ----------
    format : str, default=None
        The format of the file, such as ``"csv"`` or ``"csv.gz"``; by default its name tells it.
    encoding : str, default="utf-8"
        Encoding of text formats, of those that Python knows. A byte order mark overrides "utf-8".
    delimiter : str, default=None
        The character between the fields of delimited text (or "tab", "semicolon", ...); by default the file tells it.
    decimal : str, default=None
        The sign between units and tenths, ``"."`` or ``","``, in all columns; by default each column tells it.
    thousands : str, default=None
        The sign between groups of three digits: ``","``, ``"."``, ``" "``, ``"'"``, or ``""`` for none; by default each
        column tells it.
    date_order : str, default=None
        The order of day, month and year in dates of digits: "dmy", "mdy" or "ymd"; by default each column tells it.
    sheet : str, default=None
        The sheet of a spreadsheet; by default the first one that holds a table.
    missing : tuple of str, default=()
        Further texts that mean missing, in all columns.
    kinds : mapping of str to str, default={}
        What columns are read as, one of :data:`KINDS` or "categorical" and "continuous"; by default their cells tell
        it.
    drop : tuple of str, default=()
        Columns to drop; each text is the name of a column, or a list of names between commas.
    drop_missing : bool, default=False
        Whether rows without a label are dropped; by default they are an error.
    columns : mapping of str to Form, default={}
        How the text of columns was understood in an earlier file; text in these columns is read in the same way.

    Raises
    ------
    ParameterError
        If a value is none of these.

    Examples
    --------
    >>> Reading(delimiter="tab", decimal=",").delimiter
    '\t'
    """

    format: str | None = None
    encoding: str = "utf-8"
    delimiter: str | None = None
    decimal: str | None = None
    thousands: str | None = None
    date_order: str | None = None
    sheet: str | None = None
    missing: tuple[str, ...] = ()
    kinds: Mapping[str, str] = field(default_factory=dict[str, str])
    drop: tuple[str, ...] = ()
    drop_missing: bool = False
    columns: Mapping[str, Form] = field(default_factory=dict[str, Form])

    def __post_init__(self) -> None:
        chosen = {
            "delimiter": _delimiter(self.delimiter),
            "decimal": _known("decimal", self.decimal, _DECIMALS, DECIMALS),
            "thousands": _known("thousands", self.thousands, _THOUSANDS, THOUSANDS),
            "date_order": _known("date_order", self.date_order, {}, DATE_ORDERS),
            "kinds": {name: kind_of(name, kind) for name, kind in self.kinds.items()},
        }
        for name, value in chosen.items():
            object.__setattr__(self, name, value)
        if self.decimal is not None and self.decimal == self.thousands:
            raise ParameterError(
                f"The decimal sign and the sign between thousands must differ. Got {self.decimal!r} for both "
                "(--decimal, --thousands)."
            )

    def for_other_files(self, *, format: str | None = None) -> Self:
        """Return how further files of the same table are read: each column as in this one, whatever the format."""
        chosen = {name: Form(kind) for name, kind in self.kinds.items()}
        return replace(self, format=format, sheet=None, kinds={}, columns={**chosen, **self.columns})

    def completed_by(self, other: Self) -> Self:
        """Return this reading with the values of another one where nothing was chosen.

        Texts that mean missing and dropped columns are those of both.

        Examples
        --------
        >>> Reading(drop=("id",)).completed_by(Reading(decimal=",", drop=("mail", "id"))).drop
        ('id', 'mail')
        """
        chosen = {name: value for name in _ONE_VALUE if (value := getattr(self, name)) != getattr(Reading, name)}
        return replace(
            other,
            **chosen,
            missing=tuple(dict.fromkeys((*self.missing, *other.missing))),
            drop=tuple(dict.fromkeys((*self.drop, *other.drop))),
            kinds={**other.kinds, **self.kinds},
            columns={**other.columns, **self.columns},
        )

    def as_options(self) -> str:
        """Return what was chosen as options of the command line, such as ``"--decimal , --drop id"``.

        Examples
        --------
        >>> Reading(decimal=",", kinds={"age": "number"}, drop=("id",)).as_options()
        '--decimal , --kind age=number --drop id'
        """
        given = [(name, str(getattr(self, name))) for name in _ONE_VALUE[:-1]]
        words = [(name, text) for name, text in given if text != str(getattr(Reading, name))]
        words += [("missing", text) for text in self.missing]
        words += [("kind", f"{name}={kind}") for name, kind in self.kinds.items()]
        words += [("drop", text) for text in self.drop]
        options = [f"--{name.replace('_', '-')} {shlex.quote(text)}" for name, text in words]
        return " ".join([*options, *["--drop-missing-target"] * self.drop_missing])

    def to_dict(self) -> dict[str, Any]:
        """Return plain values for JSON."""
        from imbgan._plain import to_plain

        return to_plain(self)

    @classmethod
    def from_dict(cls, document: object) -> Self:
        """Rebuild what :meth:`to_dict` returned.

        Raises
        ------
        KeyError, TypeError, ValueError
            If the document is damaged or foreign.
        """
        from imbgan._plain import from_plain

        reading = from_plain(cls, document)
        texts: list[object] = [reading.format, reading.delimiter, reading.encoding, reading.sheet]
        if not all(isinstance(text, str) for text in (*filter(None, texts), *reading.missing, *reading.drop)):
            raise TypeError("A reading is made of texts.")
        if reading.drop_missing not in (True, False):
            raise TypeError(f"drop_missing must be true or false. Got {reading.drop_missing!r}.")
        return reading


def names_in(texts: Sequence[str], columns: Sequence[str]) -> list[str]:
    """Return the names in texts that hold one name or several names between commas.

    A name may hold commas itself: the longest name of a column is taken first. Names of no column are returned as they
    are.

    Examples
    --------
    >>> names_in(["a, b", "c"], ["a", "b", "c", "d"])
    ['a', 'b', 'c']
    >>> names_in(["Name, first,id"], ["Name, first", "id"])
    ['Name, first', 'id']
    """
    names = [name for text in texts for name in _split_names(text, set(columns))]
    return list(dict.fromkeys(names))


def _split_names(text: str, known: Collection[str]) -> list[str]:
    parts = text.split(",")
    if text in known or len(parts) == 1 or not any(part.strip() in known for part in parts):
        return [text]
    names: list[str] = []
    while parts:
        spellings = [(n, form) for n in range(len(parts), 0, -1) for form in _spellings(",".join(parts[:n]))]
        n, name = next((found for found in spellings if found[1] in known), (1, parts[0].strip()))
        names += [name] if name or name in known else []
        del parts[:n]
    return names


def _spellings(text: str) -> tuple[str, str]:
    return text, text.strip()


def _check(name: str, value: object, known: Sequence[str]) -> None:
    if value not in known:
        raise ParameterError(f"{name} must be one of {', '.join(map(repr, known))}. Got {quoted(value)}.")


def _known(name: str, value: str | None, words: Mapping[str, str], known: Sequence[str]) -> str | None:
    if value is None:
        return None
    text = str(value).lower()
    text = words.get(text, text)
    if len(text) == 1 and text.isspace():
        text = " "
    if text not in known:
        option = f"--{name.replace('_', '-')}"
        shown = ", ".join(repr(each) if each else "none" for each in known)
        raise ParameterError(f"{option} must be one of {shown}. Got {quoted(value)}.{did_you_mean(value, known)}")
    return text


def kind_of(name: str, kind: str) -> str:
    """Return one of :data:`KINDS`, or raise ParameterError for a word that is none."""
    text = str(kind).lower()
    text = SYNONYMS.get(text, text)
    if text not in KINDS:
        raise ParameterError(
            f"A column can be read as {', '.join(KINDS)}. Got {kind!r} for column {name!r}."
            f"{did_you_mean(kind, (*KINDS, *SYNONYMS))}"
        )
    return text


def _delimiter(value: str | None) -> str | None:
    if value is None:
        return None
    text = _DELIMITERS.get(str(value).lower(), str(value))
    if len(text) != 1 or text in '"\r\n' or unicodedata.category(text) == "Cs" or not text.isascii():
        raise ParameterError(
            f"--delimiter must be one character other than a quote or line end, or one of {', '.join(_DELIMITERS)}. "
            f"Got {quoted(value)}."
        )
    return text
