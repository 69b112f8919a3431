"""Small files as people have them, with what a reader should find in them.

Each file has a target of two classes, so that commands can use it as well.
"""

import io
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime

import polars as pl
import xlsxwriter

N_ROWS = 24


@dataclass(frozen=True)
class PeoplesFile:
    """A file, and what it holds.

    Parameters
    ----------
    name : str
        Name of the file.
    data : bytes
    target : str
        Column of the class labels.
    kinds : dict of str to str
        What each column should be read as, as in ``Reading.kinds``.
    first : dict of str to object
        Values of the first row.
    warnings : tuple of str
        Patterns of the warnings, one for each.
    notes : tuple of str
        Patterns of the notes.
    options : dict of str to object
        How the file is read, as parameters of ``Reading``.
    """

    name: str
    data: bytes
    target: str
    kinds: dict[str, str]
    first: dict[str, object]
    warnings: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    options: dict[str, object] = field(default_factory=dict)

    @property
    def command_line(self) -> list[str]:
        """The options of the command line that say the same as ``options``."""
        return [part for name, value in self.options.items() for part in (f"--{name.replace('_', '-')}", str(value))]


def table(header: str, row: Callable[[int], str], *, end: str = "\n", n_rows: int = N_ROWS) -> str:
    """Return a header and rows as text."""
    return end.join([header, *map(row, range(n_rows))]) + end


def is_rare(i: int) -> bool:
    """Return whether a row belongs to the rare class, which has every fourth row."""
    return i % 4 == 3


def german(value: float, digits: int = 2) -> str:
    """Return a number as it is written in Germany, such as 34.482,64."""
    return f"{value:,.{digits}f}".translate(str.maketrans(",.", ".,"))


def amount(i: int) -> float:
    """Return the amount of a row: 34482.64 in the first, below a thousand in others, never a whole number."""
    return 34482.64 if i == 0 else round(912.35 * (i % 5 + 1) + 0.05 * i, 2)


MONTHS_DE = ["Jan.", "Feb.", "März", "Apr.", "Mai", "Juni", "Juli", "Aug.", "Sep.", "Okt.", "Nov.", "Dez."]
MONTHS_FR = ["janv.", "févr.", "mars", "avril", "mai", "juin", "juil.", "août", "sept.", "oct.", "nov.", "déc."]
MONTHS_EN = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]


def german_shop() -> PeoplesFile:
    text = table(
        "Kundennr;Bestelldatum;Umsatz;Rabatt;Gekündigt",
        lambda i: (
            f"K-{1000 + 7 * i};{i + 1:02d}.03.2024;{german(amount(i))} €;{german(i / 4, 1)} %;"
            f"{'ja' if is_rare(i) else 'nein'}"
        ),
        end="\r\n",
    )
    return PeoplesFile(
        "kunden.csv",
        text.encode("cp1252"),
        "Gekündigt",
        {"Kundennr": "text", "Bestelldatum": "date", "Umsatz": "number", "Rabatt": "number", "Gekündigt": "text"},
        {"Bestelldatum": date(2024, 3, 1), "Umsatz": 34482.64, "Rabatt": 0.0},
        options={"encoding": "cp1252"},
    )


def german_excel_csv() -> PeoplesFile:
    """Excel in German writes sep=, a byte order mark, and whole thousands with points."""
    text = "\ufeffsep=;\r\n" + table(
        "Filiale;Einwohner;Fläche;Klasse",
        lambda i: f"Ort {i};{german(12345 + 999 * i, 0)};{german(1.5 + i, 2)};{'A' if is_rare(i) else 'B'}",
        end="\r\n",
    )
    return PeoplesFile(
        "filialen.csv",
        text.encode(),
        "Klasse",
        {"Filiale": "text", "Einwohner": "integer", "Fläche": "number", "Klasse": "text"},
        {"Einwohner": 12345, "Fläche": 1.5},
        warnings=(r"'Einwohner' has two readings: '12\.345' is 12345 or 12\.345.*as in column 'Fläche'.*--decimal",),
    )


def german_months() -> PeoplesFile:
    text = table(
        "Datum\tMenge\tok",
        lambda i: f"{i + 1}. {MONTHS_DE[i % 12]} 2023\t{german(1000.5 * (i + 1), 1)}\t{'n' if is_rare(i) else 'j'}",
    )
    return PeoplesFile(
        "mengen.tsv",
        text.encode(),
        "ok",
        {"Datum": "date", "Menge": "number", "ok": "text"},
        {"Datum": date(2023, 1, 1), "Menge": 1000.5},
    )


def swiss_bank() -> PeoplesFile:
    text = table(
        "Konto,Saldo,Zins,Status",
        lambda i: f"{i + 1:06d},CHF {34482.64 + i:,.2f},{1 + i / 8:.3f},{'zu' if is_rare(i) else 'offen'}".replace(
            "34,", "34\N{RIGHT SINGLE QUOTATION MARK}"
        ),
    )
    return PeoplesFile(
        "konten.csv",
        text.encode(),
        "Status",
        {"Konto": "text", "Saldo": "number", "Zins": "number", "Status": "text"},
        {"Konto": "000001", "Saldo": 34482.64, "Zins": 1.0},
    )


def french_sales() -> PeoplesFile:
    def number(value: float) -> str:
        return f"{value:,.2f}".replace(",", "\u202f").replace(".", ",")

    text = table(
        "Date;Montant;Remise;Client perdu",
        lambda i: (
            f"{i + 1} {MONTHS_FR[i % 12]} 2022;{number(amount(i))}\u00a0€;{i},5 %;{'oui' if is_rare(i) else 'non'}"
        ),
    )
    return PeoplesFile(
        "ventes.csv",
        text.encode(),
        "Client perdu",
        {"Date": "date", "Montant": "number", "Remise": "number", "Client perdu": "text"},
        {"Date": date(2022, 1, 1), "Montant": 34482.64, "Remise": 0.5},
    )


def polish_utf16() -> PeoplesFile:
    def number(value: float) -> str:
        return f"{value:,.2f}".replace(",", "\u00a0").replace(".", ",")

    text = table(
        "Data;Kwota;Rata",
        lambda i: f"{i % 28 + 1}.12.2021;{number(amount(i))} zł;{'spóźniona' if is_rare(i) else 'w terminie'}",
        end="\r\n",
    )
    return PeoplesFile(
        "raty.csv",
        text.encode("utf-16"),
        "Rata",
        {"Data": "date", "Kwota": "number", "Rata": "text"},
        {"Data": date(2021, 12, 1), "Kwota": 34482.64},
    )


def us_accounting() -> PeoplesFile:
    def money(i: int) -> str:
        return f'"$({amount(i):,.2f})"' if i % 5 == 1 else f'"${amount(i):,.2f}"'

    text = table(
        "Invoice Date,Balance,Paid %,Churn",
        lambda i: f"3/{i + 1}/2024,{money(i)},{4 * i}%,{'Yes' if is_rare(i) else 'No'}",
        end="\r\n",
    ).replace("$(", "($")
    return PeoplesFile(
        "balances.csv",
        text.encode(),
        "Churn",
        {"Invoice Date": "date", "Balance": "number", "Paid %": "integer", "Churn": "text"},
        {"Invoice Date": date(2024, 3, 1), "Balance": 34482.64, "Paid %": 0},
    )


def us_thousands() -> PeoplesFile:
    text = table(
        "city,population,label",
        lambda i: f'City {i % 3},"{12345 + 1111 * i:,}",{int(is_rare(i))}',
    )
    return PeoplesFile(
        "cities.csv",
        text.encode(),
        "label",
        {"city": "text", "population": "integer", "label": "integer"},
        {"population": 12345},
        warnings=(r"'population' has two readings: '12,345' is 12345 or 12\.345, '13,456' is .*--decimal \.",),
    )


def us_timestamps() -> PeoplesFile:
    text = table(
        "When,Amount,Fraud",
        lambda i: f"Mar {i + 1}, 2024 {i % 12 + 1}:05 {'PM' if i % 2 else 'AM'},{amount(i)},{is_rare(i)}".replace(
            "Mar", '"Mar'
        ).replace("M,", 'M",'),
    )
    return PeoplesFile(
        "payments.csv",
        text.encode(),
        "Fraud",
        {"When": "datetime", "Amount": "number", "Fraud": "boolean"},
        {"When": datetime(2024, 3, 1, 1, 5), "Amount": 34482.64},
    )


def british_signed() -> PeoplesFile:
    text = table(
        "ref,booked,change,late",
        lambda i: (
            f"GB{i:04d},{i % 28 + 1:02d}-{MONTHS_EN[i % 12]}-23,{(i - 7) * 1.5:+.1f},{'y' if is_rare(i) else 'n'}"
        ),
    )
    return PeoplesFile(
        "changes.csv",
        text.encode(),
        "late",
        {"ref": "text", "booked": "date", "change": "number", "late": "text"},
        {"booked": date(2023, 1, 1), "change": -10.5},
    )


def ambiguous_dates() -> PeoplesFile:
    text = table("day,x,label", lambda i: f"0{i % 9 + 1}/0{i % 7 + 1}/2024,{i}.25,{'bad' if is_rare(i) else 'good'}")
    return PeoplesFile(
        "days.csv",
        text.encode(),
        "label",
        {"day": "text", "x": "number", "label": "text"},
        {"day": "01/01/2024", "x": 0.25},
        warnings=(
            r"'day' has two readings: '02/02/2024'|'day' has two readings: .*--date-order dmy or --date-order mdy",
        ),
    )


def ambiguous_dates_decided() -> PeoplesFile:
    plain = ambiguous_dates()
    return PeoplesFile(
        "days-mdy.csv",
        plain.data,
        "label",
        {"day": "date", "x": "number", "label": "text"},
        {"day": date(2024, 1, 1), "x": 0.25},
        options={"date_order": "mdy"},
    )


def one_file_two_dates() -> PeoplesFile:
    """The order of the second column of dates is that of the first one."""
    text = table(
        "opened,closed,label",
        lambda i: f"{i + 1:02d}/05/2023,0{i % 9 + 1}/06/2024,{'bad' if is_rare(i) else 'good'}",
    )
    return PeoplesFile(
        "accounts.csv",
        text.encode(),
        "label",
        {"opened": "date", "closed": "date", "label": "text"},
        {"opened": date(2023, 5, 1), "closed": date(2024, 6, 1)},
        warnings=(r"'closed' has two readings: .*as in column 'opened'.*--date-order",),
    )


def japanese() -> PeoplesFile:
    wide = {code: code + 0xFEE0 for code in range(ord("0"), ord("9") + 1)}  # full-width
    text = table(
        "日付,金額,人数,解約",
        lambda i: (
            f'2024年3月{i + 1}日,"¥{34482 + 17 * i:,}",{str(i + 8).translate(wide)},'
            f"{'はい' if is_rare(i) else 'いいえ'}"
        ),
        end="\r\n",
    )
    return PeoplesFile(
        "顧客.csv",
        text.encode("shift_jis"),
        "解約",
        {"日付": "date", "金額": "integer", "人数": "integer", "解約": "text"},
        {"日付": date(2024, 3, 1), "金額": 34482, "人数": 8},
        warnings=(r"'金額' has two readings: '.*34,482' is 34482 or 34\.482",),
        options={"encoding": "shift_jis"},
    )


def mixed_missing() -> PeoplesFile:
    marks = ["-", ".", "n/a", "NULL", "?", "--", "#N/A", "NA", ""]
    text = table(
        "age,income,since,label",
        lambda i: (
            f"{marks[i] if i < 9 else i},{marks[8 - i] if i < 9 else 100.5 * i},"
            f"{marks[i] if i < 9 else f'2020-01-{i:02d}'},{'b' if is_rare(i) else 'a'}"
        ),
    )
    return PeoplesFile(
        "survey.csv",
        text.encode(),
        "label",
        {"age": "integer", "income": "number", "since": "date", "label": "text"},
        {"age": None, "income": None, "since": None},
    )


def one_bad_cell() -> PeoplesFile:
    text = table(
        "price,rooms,label",
        lambda i: f"{'ask agent' if i == 17 else f'€{5168 + i}'},{i % 5 + 1},{'sold' if is_rare(i) else 'open'}",
    )
    return PeoplesFile(
        "flats.csv",
        text.encode(),
        "label",
        {"price": "text", "rooms": "integer", "label": "text"},
        {"price": "€5168"},
        warnings=(
            r"'price' stays text: 23 of 24 cells are numbers, 'ask agent' in line 19 is none.*--missing 'ask agent'",
        ),
    )


def total_row() -> PeoplesFile:
    rows = table(
        "Monat;Umsatz;Kosten;Plan",
        lambda i: (
            f"{i % 28 + 1:02d}.01.2024;{german(amount(i))};{german(amount(i) / 2)};"
            f"{'verfehlt' if is_rare(i) else 'erreicht'}"
        ),
    )
    return PeoplesFile(
        "plan.csv",
        (rows + "Summe;123.456,78;61.728,39;erreicht\n").encode(),
        "Plan",
        {"Monat": "text", "Umsatz": "number", "Kosten": "number", "Plan": "text"},
        {"Umsatz": 34482.64},
        warnings=(r"'Monat' stays text: 24 of 25 cells are dates, 'Summe' in line 26 is none",),
    )


def named_total() -> PeoplesFile:
    rows = table("shop,visits,label", lambda i: f"{'North' if i % 3 else 'South'},{i},{'x' if is_rare(i) else 'y'}")
    return PeoplesFile(
        "shops.csv",
        (rows + "Total:,276,y\n").encode(),
        "label",
        {"shop": "text", "visits": "integer", "label": "text"},
        {"visits": 0},
        warnings=(r"The last row, line 26, looks like a total: 'Total:' in 'shop'",),
    )


def text_called_excel() -> PeoplesFile:
    text = table("x\tlabel", lambda i: f"{i},5\t{'b' if is_rare(i) else 'a'}")
    return PeoplesFile(
        "export.xls",
        text.encode(),
        "label",
        {"x": "number", "label": "text"},
        {"x": 0.5},
        notes=("'.*export.xls' is text, whatever its name says",),
    )


def two_headers() -> PeoplesFile:
    rows = table("weight,height,label", lambda i: f"{50 + i}.5,{150 + i},{'ill' if is_rare(i) else 'well'}")
    header, rest = rows.split("\n", 1)
    return PeoplesFile(
        "patients.csv",
        f"{header}\n(kg),(cm),-\n{rest}".encode(),
        "label",
        {"weight": "text", "height": "text", "label": "text"},
        {"weight": "(kg)"},
        warnings=(
            r"Line 2 keeps 2 columns from being read as numbers: '\(kg\)' in 'weight', '\(cm\)' in 'height'.*Delete it",
        ),
    )


def codes_and_telephones() -> PeoplesFile:
    """What looks like numbers and is none: leading zeros, telephone and company numbers, identifiers of 20 digits."""
    text = table(
        "zip;phone;siren;long;hit",
        lambda i: f"{(i * 997) % 9999:05d};+4179123{4500 + i};552 100 {500 + i};{10**19 + i};{int(is_rare(i))}",
    )
    return PeoplesFile(
        "codes.csv",
        text.encode(),
        "hit",
        {"zip": "text", "phone": "text", "siren": "text", "long": "text", "hit": "integer"},
        {"zip": "00000", "phone": "+41791234500", "siren": "552 100 500"},
    )


def two_currencies() -> PeoplesFile:
    text = table("price,label", lambda i: f"{'$' if i % 2 else '€'}{10 + i},{'x' if is_rare(i) else 'y'}")
    return PeoplesFile(
        "prices.csv",
        text.encode(),
        "label",
        {"price": "text", "label": "text"},
        {"price": "€10"},
        warnings=(r"'price' stays text: '€10' and '\$11' have different units",),
    )


def indian() -> PeoplesFile:
    text = table("salary,label", lambda i: f'"₹{12 + i},34,567.50",{"x" if is_rare(i) else "y"}')
    return PeoplesFile(
        "salaries.csv", text.encode(), "label", {"salary": "number", "label": "text"}, {"salary": 1234567.5}
    )


def json_with_texts() -> PeoplesFile:
    text = "".join(
        f'{{"price": "{10 + i}.50 EUR", "code": "{700 + i}", "day": "2024-02-{i + 1:02d}", '
        f'"label": "{"x" if is_rare(i) else "y"}"}}\n'
        for i in range(N_ROWS)
    )
    return PeoplesFile(
        "prices.jsonl",
        text.encode(),
        "label",
        {"price": "number", "code": "text", "day": "date", "label": "text"},
        {"price": 10.5, "code": "700", "day": date(2024, 2, 1)},
    )


def excel_report() -> PeoplesFile:
    """A workbook with a cover sheet, a title above the header, texts that are numbers, and mixed cells."""
    sink = io.BytesIO()
    with xlsxwriter.Workbook(sink, {"in_memory": True}) as book:
        book.add_worksheet("Cover").write(0, 0, "Confidential")
        sheet = book.add_worksheet("Data")
        day = book.add_format({"num_format": "dd.mm.yyyy"})
        sheet.write(0, 0, "Report of March")
        sheet.write_row(2, 0, ["Account", "Opened", "Balance", "Fee", "Visits", "Churn"])
        for i in range(N_ROWS):
            sheet.write_row(i + 3, 0, [f"{i:04d}"])
            sheet.write_datetime(i + 3, 1, datetime(2024, 3, i + 1), day)
            sheet.write_row(i + 3, 2, [amount(i), f"{german(amount(i))} €", "n/a" if i == 5 else i % 7, is_rare(i)])
    return PeoplesFile(
        "report.xlsx",
        sink.getvalue(),
        "Churn",
        {
            "Account": "text",
            "Opened": "date",
            "Balance": "number",
            "Fee": "number",
            "Visits": "integer",
            "Churn": "boolean",
        },
        {"Account": "0000", "Opened": date(2024, 3, 1), "Balance": 34482.64, "Fee": 34482.64, "Visits": 0},
        notes=("Read the sheet 'Data', one of 'Cover', 'Data'; --sheet names another", "Took row 3 .* as the header"),
    )


def parquet_called_csv() -> PeoplesFile:
    sink = io.BytesIO()
    pl.DataFrame(
        {"x": [i / 4 for i in range(N_ROWS)], "label": ["b" if is_rare(i) else "a" for i in range(N_ROWS)]}
    ).write_parquet(sink)
    return PeoplesFile(
        "download.csv",
        sink.getvalue(),
        "label",
        {"x": "number", "label": "text"},
        {"x": 0.0},
        notes=("'.*download.csv' is a Parquet file, whatever its name says",),
    )


FILES = {
    make.__name__: make()
    for make in (
        german_shop,
        german_excel_csv,
        german_months,
        swiss_bank,
        french_sales,
        polish_utf16,
        us_accounting,
        us_thousands,
        us_timestamps,
        british_signed,
        ambiguous_dates,
        ambiguous_dates_decided,
        one_file_two_dates,
        japanese,
        mixed_missing,
        one_bad_cell,
        total_row,
        named_total,
        text_called_excel,
        two_headers,
        codes_and_telephones,
        two_currencies,
        indian,
        json_with_texts,
        excel_report,
        parquet_called_csv,
    )
}
