"""Numbers as people write them: with units, signs between thousands, a decimal comma, or in parentheses."""

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from imbgan._text import shown
from imbgan.data.reading import Form

if TYPE_CHECKING:
    import polars as pl

_WIDE = {chr(code + 0xFEE0): chr(code) for code in range(0x21, 0x7F)}
_SPACES = "\u00a0\u2002\u2003\u2007\u2009\u200a\u202f\u3000"
_APOSTROPHES = "\u2019\u2018\u02bc\u00b4"
_MINUSES = "\u2212\u2013"
#: Characters that stand for others: full-width ones, and those that typography prefers.
_PLAIN = {
    **_WIDE,
    **dict.fromkeys(_SPACES, " "),
    **dict.fromkeys(_APOSTROPHES, "'"),
    **dict.fromkeys(_MINUSES, "-"),
    "\uffe5": "\u00a5",
}
_SHARES = ("%", "\u2030")
#: The backslash is the sign of the yen in Shift JIS.
_CURRENCIES = (
    *("R$", "US$", "A$", "C$", "CA$", "AU$", "NZ$", "HK$", "S$", "NT$", "MX$"),
    *"$\u20ac\u00a3\u00a5\u20b9\u20bd\u20a9\u20ba\u20ab\u20b4\u20aa\u0e3f\u20b1\u20a6\u20bf\u00a2",
    *("kr.", "kr", "z\u0142", "K\u010d", "Ft", "lei", "\u043b\u0432.", "\u043b\u0432", "\u0440\u0443\u0431."),
    *(
        "\u0440\u0443\u0431",
        "\u0440.",
        "SFr.",
        "SFr",
        "Fr.",
        "Fr",
        "Rs.",
        "Rs",
        "DM",
        "\\",
        "\u5186",
        "\u5143",
        "\uc6d0",
    ),
)
_CODES = tuple(
    re.findall(
        "[A-Z]+",
        "AED ARS AUD BGN BRL CAD CHF CLP CNY COP CZK DKK EUR GBP HKD HUF IDR ILS INR ISK JPY KRW MXN MYR NOK NZD PEN "
        "PHP PLN RON RUB SAR SEK SGD THB TRY TWD UAH USD VND ZAR",
    )
)
_MEASURES = (
    *("km/h", "m/s", "mph", "mg", "kg", "g", "lbs", "lb", "oz", "km", "cm", "mm", "m\u00b2", "m2", "m", "ft"),
    *("kWh", "kW", "W", "ml", "l", "h", "min", "s", "ms", "\u00b0C", "\u00b0F", "\u2103", "\u00b0", "GB", "MB", "kB"),
    *("k", "K", "M", "Mio", "Mio.", "Mrd", "Mrd."),
)
#: Signs and names of one currency.
_SAME = {
    **{"\u20ac": "EUR", "\u00a3": "GBP", "z\u0142": "PLN", "K\u010d": "CZK", "Ft": "HUF", "\u20b9": "INR", "Rs": "INR"},
    **{"Fr": "CHF", "SFr": "CHF", "\u5186": "JPY", "\u00a5": "JPY", "\\": "JPY", "\uc6d0": "KRW", "\u20a9": "KRW"},
    **{"US$": "USD", "$": "USD", "\u0440\u0443\u0431": "RUB", "\u0440": "RUB", "\u20bd": "RUB"},
}
#: Units that can stand before the digits, and behind them. K-1000 is a code.
_BEFORE = (*_SHARES, *_CURRENCIES, *_CODES)
_BEHIND = (*_BEFORE, *_MEASURES)


def _alternatives(texts: Sequence[str]) -> str:
    return "|".join(map(re.escape, sorted(texts, key=len, reverse=True)))


#: A cell: parenthesis, sign, unit, sign, digits, exponent, an end without tenths ("5." and "5.-"), unit or word, minus.
CELL = (
    rf"^(?P<open>\()? *(?P<sign>[+-])? *(?P<unit>{_alternatives(_BEFORE)})? *(?P<inner>[+-])? *"
    r"(?P<digits>[0-9](?:[0-9.,' ]*[0-9])?|[.,][0-9]+)(?P<power>[eE][+-]?[0-9]+)?(?:[.,]-{0,2}|:-)?"
    rf"(?: *(?P<last>{_alternatives(_BEHIND)})| +(?P<word>[^\W\d_]{{2,12}}[.]?))? *(?P<trail>-)? *(?P<close>\))?$"
)
#: What looks like a number and is none: codes with leading zeros, telephone numbers, days without a year ("5.3.").
_NO_NUMBER = r"^-?0[0-9]|^[+][0-9 ]{8,}|[0-9][.,][0-9]+[.,]$"
_SIGNS = (".", ",", "'", " ")
#: With as many digits in groups, numbers of equal length are codes, such as those of companies.
_CODE_DIGITS = 9
_MAX_DIGITS = 18
#: Number of different cells from which a rule can be seen.
_ENOUGH = 5


def plain(cells: "pl.Series") -> "pl.Series":
    """Return cells without spaces at their ends, and with ASCII digits, spaces, apostrophes and minus signs."""
    cells = cells.str.strip_chars()
    if not (cells.str.len_bytes() != cells.str.len_chars()).any():
        return cells
    return cells.str.replace_many(list(_PLAIN), list(_PLAIN.values())).str.strip_chars()


def looks_numeric(cells: "pl.Series") -> "pl.Series":
    """Return which plain cells can be numbers in some form; codes with leading zeros are none."""
    return cells.str.contains(CELL) & ~cells.str.contains(_NO_NUMBER)


def is_code(cells: "pl.Series") -> bool:
    """Return whether all plain cells are codes or telephone numbers, which belong to a column of text."""
    return bool(cells.str.contains(_NO_NUMBER).all())


def mixes_words(cells: "pl.Series") -> bool:
    """Return whether numbers stand before different words, as in addresses; a word and its plural are one."""
    words = cells.str.extract(CELL, 8)
    kinds = sorted(words.drop_nulls().str.to_lowercase().unique())
    is_one = len(kinds) < 2 or (len(kinds) == 2 and kinds[1].startswith(kinds[0]))
    return bool(kinds) and not (is_one and not words.has_nulls())


def decimal_of(form: Form) -> str:
    """Return the decimal sign that a form of numbers implies."""
    if form.kind == "number" or form.thousands not in (".", ","):
        return form.decimal
    return "," if form.thousands == "." else "."


def number_forms(cells: "pl.Series") -> list[Form]:
    """Return the forms in which all plain cells are numbers; more than one if their values depend on it."""
    import polars as pl

    if not looks_numeric(cells).all():
        return []
    parts = pl.DataFrame({"cell": cells.unique(maintain_order=True)}).select(
        pl.col("cell").str.extract_groups(CELL).struct.unnest()
    )
    digits = parts.get_column("digits").unique()
    if mixes_words(cells) or not _agree(parts) or _are_groups(parts, digits):
        return []
    has_many = bool((digits.str.count_matches("[0-9]") > _MAX_DIGITS).any())  # as a float, they would lose digits
    signs = [sign for sign in _SIGNS if digits.str.contains(sign, literal=True).any()]
    return [
        Form("number" if decimal else "integer", decimal or ".", thousands)
        for decimal in ("", ".", ",")
        for thousands in ("", *_SIGNS)
        if {decimal, thousands} - {""} == set(signs) and len(set(signs)) == bool(decimal) + bool(thousands)
        if digits.str.contains(_pattern(decimal, thousands)).all()
        if decimal or not has_many
    ]


def parse_numbers(cells: "pl.Series", form: Form) -> "pl.Series":
    """Return the values of plain cells in this form, as Int64 if all are whole; null where a cell has another form."""
    import polars as pl

    parts = pl.DataFrame({"cell": cells}).select(pl.col("cell").str.extract_groups(CELL).struct.unnest())
    digits = parts.get_column("digits")
    digits = digits.set(~digits.str.contains(_pattern(form.decimal, form.thousands)), None)
    if form.thousands:
        digits = digits.str.replace_all(form.thousands, "", literal=True)
    if form.decimal != ".":
        digits = digits.str.replace(form.decimal, ".", literal=True)
    is_negative = parts.select(
        (pl.col("open").is_not_null() & pl.col("close").is_not_null())
        | (pl.col("sign") == "-").fill_null(False)
        | (pl.col("inner") == "-").fill_null(False)
        | pl.col("trail").is_not_null()
    ).to_series()
    power = parts.get_column("power")
    is_whole = not power.is_not_null().any() and not digits.str.contains(".", literal=True).any()
    if is_whole and not (digits.str.len_chars() > _MAX_DIGITS).any():
        found = digits.cast(pl.Int64, strict=False)
    else:
        found = (digits + power.fill_null("")).cast(pl.Float64, strict=False)
    return pl.select(pl.when(is_negative).then(-found).otherwise(found)).to_series().alias(cells.name)


def are_plain(cells: "pl.Series") -> bool:
    """Return whether nothing but digits, a sign and a minus sign is in these cells, as programs write numbers."""
    return bool(cells.drop_nulls().str.contains(r"^-?[0-9.,]+$").all())


def speaks_of_thousands(cells: "pl.Series", sign: str) -> bool:
    """Return whether the sign divides thousands in all likelihood.

    Amounts of money have no three decimals. Of five different numbers with three decimals, beside smaller numbers with
    none, some would have fewer decimals.
    """
    if are_amounts(cells):
        return True
    distinct = cells.drop_nulls().unique()
    has_sign = distinct.str.contains(sign, literal=True)
    others = distinct.filter(~has_sign).str.count_matches("[0-9]")
    return int(has_sign.sum()) >= _ENOUGH and len(others) > 0 and bool((others <= 3).all())


def are_amounts(cells: "pl.Series") -> bool:
    """Return whether plain cells are amounts of money, which have no three decimals."""
    units = cells.drop_nulls().str.extract_groups(CELL).struct.unnest().select("unit", "last")
    found = {unit for column in units.get_columns() for unit in column.drop_nulls().unique()}
    return bool(found) and found <= {*_CURRENCIES, *_CODES}


def disagreement(cells: "pl.Series") -> str:
    """Return why plain cells that all look like numbers are not one column of numbers; "" if they are codes."""
    import polars as pl

    parts = pl.DataFrame({"cell": cells.unique(maintain_order=True)}).select(
        pl.col("cell"), pl.col("cell").str.extract_groups(CELL).struct.unnest()
    )
    units = parts.with_columns(unit=pl.coalesce("unit", "last").fill_null("")).unique("unit", maintain_order=True)
    if units.height > 1 and not _agree(parts):
        one, two = units.get_column("cell")[:2]
        return f"{shown(one)!r} and {shown(two)!r} have different units"
    return ""


def _pattern(decimal: str, thousands: str) -> str:
    """Return what the digits of a number look like; groups have three digits, or two before the last, as in India."""
    sign = re.escape(thousands)
    groups = rf"|[1-9][0-9]{{0,2}}(?:{sign}[0-9]{{3}})+|[1-9][0-9]?(?:{sign}[0-9]{{2}})+{sign}[0-9]{{3}}"
    whole = rf"(?:0|[1-9][0-9]*{groups if thousands else ''})"
    tenths = rf"(?:{re.escape(decimal)}[0-9]+)" if decimal else ""
    return rf"^(?:{whole}{tenths}?|{tenths})$" if tenths else rf"^{whole}$"


def _agree(parts: "pl.DataFrame") -> bool:
    """Return whether all cells have one unit, and whether signs and parentheses are used once."""
    import polars as pl

    units = parts.select(unit=pl.coalesce("unit", "last")).to_series()
    kinds = units.drop_nulls().str.strip_chars_end(".").replace(_SAME).unique().to_list()
    is_twice = parts.select(
        (pl.col("unit").is_not_null() & pl.col("last").is_not_null())
        | (pl.col("open").is_null() != pl.col("close").is_null())
        | (pl.sum_horizontal(pl.col("open", "sign", "inner", "trail").is_not_null().cast(int)) > 1)
    ).to_series()
    if is_twice.any() or len({kind.casefold() for kind in kinds}) > 1:
        return False
    # 8 beside 8 % can be eight or 800 percent; an amount without its currency is the same amount.
    if kinds and kinds[0] not in (*_CURRENCIES, *_CODES):
        return bool((units.is_not_null() | (parts.get_column("digits").str.contains(r"^[0.,]+$"))).all())
    return True


def _are_groups(parts: "pl.DataFrame", digits: "pl.Series") -> bool:
    """Return whether these are codes in groups of digits, such as 552 100 554."""
    lengths = digits.str.len_chars().unique()
    n_digits = int(digits.str.count_matches("[0-9]").max() or 0)  # pyright: ignore[reportArgumentType]
    has_more = parts.select("unit", "last", "sign", "inner", "trail", "open").null_count().sum_horizontal()[0]
    is_bare = has_more == 6 * parts.height
    is_grouped = bool(digits.str.contains(r"^[0-9]{1,3}( [0-9]{3})+$").all())
    return is_grouped and is_bare and len(digits) > 1 and len(lengths) == 1 and n_digits >= _CODE_DIGITS
