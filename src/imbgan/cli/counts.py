"""Numbers of rows per class, as they are typed: ``--counts fraud=200,default=50``."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

import typer

from imbgan._text import aligned, quoted, shown
from imbgan.cli import checks
from imbgan.exceptions import ParameterError

if TYPE_CHECKING:
    import polars as pl

    from imbgan.oversampling import ImageGAN, TabularGAN

Class = TypeVar("Class")

#: A label may hold commas and equals signs: a number ends at the end of the text, or at a comma.
_ENTRY = re.compile(r"(.+?)=\s*(\d{1,12})\s*(?:,|$)")
_EXAMPLE = "such as --counts fraud=200,default=50"


Ratio = Annotated[
    float | None,
    typer.Option(
        "--ratio",
        metavar="R",
        help="Ratio of rare to common rows, for two classes only; by default all classes are balanced.",
        parser=checks.above_zero("--ratio", 1.0),
    ),
]
CountsToGenerate = Annotated[
    list[str] | None,
    typer.Option(
        "--counts",
        metavar="LABEL=N,...",
        help="Number of rows or images of each class, in place of --label and -n.",
    ),
]
CountsAfterwards = Annotated[
    list[str] | None,
    typer.Option(
        "--counts",
        metavar="LABEL=N,...",
        help="Number of rows or images that these classes have in OUT, in place of --ratio; others stay as they are.",
    ),
]


Label = Annotated[
    str | None,
    typer.Option(
        *("--label", "-l"),
        metavar="L",
        help="Class of the rows or images; by default all classes, with the shares that they had in what was learned.",
    ),
]
Number = Annotated[
    int | None,
    typer.Option("-n", "--rows", metavar="N", help="Number of rows or images.", parser=checks.whole("-n", 1, 10**9)),
]
Start = Annotated[
    int,
    typer.Option(
        "--start",
        metavar="I",
        help="Start at this row of the endless table of each class, or at this image.",
        parser=checks.whole("--start", 0, 10**12),
    ),
]


@dataclass(frozen=True)
class Wanted:
    """Which generated rows are asked for: those of a class, of several, or of all with their shares of the table."""

    label: str | None
    n: int | None
    counts: Mapping[str, int]
    start: int

    def of_classes(self, gan: "TabularGAN | ImageGAN") -> dict[Any, int]:
        """Return the number of rows to generate by label; no class has none, unless all do."""
        from imbgan.cli.folders import label_of
        from imbgan.oversampling.requests import rows_at_shares

        classes = gan.classes_.tolist()
        if self.counts:
            return counts_among(self.counts, classes)
        assert self.n is not None
        if self.label is not None:
            return {label_of(self.label, classes): self.n}
        if self.start and len(classes) > 1:
            raise ParameterError("--start counts the rows of each class. Add --label, or --counts in place of -n.")
        shares = rows_at_shares(self.n, gan.class_counts_).tolist()
        return {label: n for label, n in zip(classes, shares, strict=True) if n}


@dataclass(frozen=True)
class Amount:
    """How many rows a resampled table has: a ratio of rare to common ones, numbers per class, or balance."""

    ratio: float | None
    counts: Mapping[str, int]

    def among(self, classes: Sequence[object]) -> Any:  # noqa: ANN401 - a sampling_strategy
        """Return the strategy of the sampler for these classes."""
        if self.counts:
            return counts_among(self.counts, classes)
        return "auto" if self.ratio is None else self.ratio

    def of_type(self, dtype: "pl.DataType") -> dict[Any, int]:
        """Return the numbers by label, for classes that are not known yet.

        Raises
        ------
        ParameterError
            If a text is no value of this data type.
        """
        import polars as pl

        texts = pl.Series(list(self.counts), dtype=pl.String).str.strip_chars()
        unnamed = f"--counts cannot name values of the target, whose type is {dtype}. Convert the target to text."
        if dtype.is_nested():  # older polars makes a list of the text
            raise ParameterError(unnamed)
        try:
            if dtype == pl.Boolean:
                known = {"true": True, "false": False}
                labels = texts.str.to_lowercase().replace_strict(known, default=None, return_dtype=pl.Boolean)
            elif dtype == pl.Date:
                labels = texts.str.to_date("%Y-%m-%d", strict=False)
            else:
                labels = texts.cast(dtype, strict=False)
        except pl.exceptions.PolarsError as error:
            raise ParameterError(unnamed) from error
        if labels.has_nulls():
            wrong = texts.filter(labels.is_null())[0]
            raise ParameterError(f"--counts must name values of the target, whose type is {dtype}. Got {wrong!r}.")
        return _each_once(zip(labels.to_list(), self.counts.values(), strict=True))


def amount_of(*, ratio: Ratio = None, counts: CountsAfterwards = None) -> Amount:
    """Return how many rows a resampled table has, from the options of a command."""
    if counts and ratio is not None:
        raise ParameterError("--ratio and --counts both say how many rows the classes have. Leave one of them out.")
    return Amount(ratio, parse_counts(counts or ()))


def wanted_of(*, label: Label = None, n: Number = None, counts: CountsToGenerate = None, start: Start = 0) -> Wanted:
    """Return which generated rows are asked for, from the options of a command."""
    if counts and (label is not None or n is not None):
        raise ParameterError("--counts has a number for each class. Leave --label and -n out.")
    if not counts and n is None:
        raise ParameterError("Say how many rows: -n N, or --counts with a number for each class.")
    return Wanted(label, n, parse_counts(counts or ()), start)


def parse_counts(texts: Sequence[str]) -> dict[str, int]:
    """Return the numbers by the text of their labels.

    Raises
    ------
    ParameterError
        If a text is no list of labels with numbers, or names a label twice.
    """
    counts: dict[str, int] = {}
    for text in texts:
        found = list(_ENTRY.finditer(text))
        if not found or "".join(each[0] for each in found) != text:
            raise ParameterError(
                f"--counts takes a label and a whole number of rows, 0 or more, each, {_EXAMPLE}. Got {quoted(text)}."
            )
        counts = _each_once([*counts.items(), *((each[1], int(each[2])) for each in found)])
    return counts


def _each_once(pairs: Iterable[tuple[Class, int]]) -> dict[Class, int]:
    found: dict[Class, int] = {}
    for label, n in pairs:
        if label in found:
            raise ParameterError(f"--counts must name each class once. Got {quoted(label)} again.")
        found[label] = n
    return found


def counts_among(counts: Mapping[str, int], classes: Sequence[object]) -> dict[object, int]:
    """Return the numbers by label.

    Raises
    ------
    ParameterError
        If a class is unknown; the message lists the classes and a near miss.
    """
    from imbgan.cli.folders import label_of

    # Spaces around a label may be its own.
    own = set(map(str, classes))
    texts = ((text if text in own else text.strip(), n) for text, n in counts.items())
    return _each_once((label_of(text, classes, "--counts"), n) for text, n in texts)


def outcome(
    gan: "TabularGAN | ImageGAN", numbers: Mapping[Any, int], wanted: Wanted, output: str, unit: str
) -> tuple[str, dict[str, Any]]:
    """Return what was generated, as text and as a document; a unit is a row or an image."""
    from imbgan.tabular.labels import label_text

    texts = {label_text(label): n for label, n in numbers.items()}
    total = sum(texts.values())
    document: dict[str, Any] = {"output": output, f"n_{unit}s": total, "start": wanted.start}
    if len(texts) == 1:
        (label,) = texts
        whose = f" of class {shown(label)}" if gan.is_labeled_ else ""
        document |= {"label": label} if gan.is_labeled_ else {}
        return f"{total} {unit}s{whose}, from {unit} {wanted.start}: {output}", document
    table = aligned([("class", f"{unit}s"), *((shown(label), n) for label, n in texts.items())])
    return f"{table}\n{total} {unit}s: {output}", {"class_counts": texts, **document}
