"""Numbers and dates as people write them, cell by cell: what they mean, what they are not, and how new ones look."""

from datetime import date, datetime

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from imbgan.data import Reading, read_frame, read_source, write_frame
from imbgan.exceptions import DataError, ReadingWarning


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("numbers")


def write(tmp_path, cells, other="q", separator=","):
    path = tmp_path / "t.csv"
    lines = [f'"{cell}"{separator}{other}{i}\n' for i, cell in enumerate(cells)]
    path.write_text(f"x{separator}o\n{''.join(lines)}", encoding="utf-8")
    return path


NUMBERS = {
    "decimal comma": (["34.482,64", "1,5", "999"], [34482.64, 1.5, 999.0]),
    "decimal point": (["34,482.64"], [34482.64]),
    "apostrophe": (["34'482.64", "34\N{RIGHT SINGLE QUOTATION MARK}482.60"], [34482.64, 34482.6]),
    "spaces": (["1 234,5", "2\u00a0345,6", "3\u2009456,7", "4\u202f567,8"], [1234.5, 2345.6, 3456.7, 4567.8]),
    "currency": (["€5168", "€ 12", "13"], [5168, 12, 13]),
    "currency behind": (["5168 €", "1 EUR"], [5168, 1]),
    "code": (["USD 12.50", "CHF 1".replace("CHF", "USD")], [12.5, 1.0]),
    "crowns": (["kr 5,-", "1 200:-"], [5, 1200]),
    "francs without cents": (["CHF 1'200.-", "CHF 12.-"], [1200, 12]),
    "percent": (["1,5 %", "8%"], [1.5, 8.0]),
    "zero percent": (["0", "8%"], [0, 8]),
    "accounting": (["(123)", "5", "-$7", "$-8", "($9.5)"], [-123.0, 5.0, -7.0, -8.0, -9.5]),
    "minus behind": (["123-", "7"], [-123, 7]),
    "plus": (["+5", "-3"], [5, -3]),
    "minus of typography": (["\N{MINUS SIGN}5", "\N{EN DASH}6", "7"], [-5, -6, 7]),
    "exponent": (["1,2E-3", "5,0e2"], [0.0012, 500.0]),
    "full width": (["\uff11\uff12", "\uffe5\uff13"], [12, 3]),
    "India": (["12,34,567", "5"], [1234567, 5]),
    "several groups": (["1.234.567", "5"], [1234567, 5]),
    "leading zero decides": (["0,123", "1,500"], [0.123, 1.5]),
    "four digits decide": (["1234,567", "1,500"], [1234.567, 1.5]),
    "measure": (["5 kg", "7.5 kg"], [5.0, 7.5]),
    "years": (["1 year", "2 years"], [1, 2]),
    "all digits": (["9.007.199.254.740.993", "5"], [9007199254740993, 5]),
}


@pytest.mark.parametrize(("cells", "values"), NUMBERS.values(), ids=NUMBERS)
def test_a_number_means_what_people_mean(tmp_path, cells, values):
    found = read_frame(write(tmp_path, cells)).get_column("x")
    assert found.to_list() == values
    assert found.dtype == (pl.Int64 if all(isinstance(value, int) for value in values) else pl.Float64)


NO_NUMBERS = {
    "codes": ["007", "123"],
    "prefix": ["K-1000", "K-1001"],
    "telephone": ["+41791234567", "5"],
    "companies": ["552 100 554", "552 100 555"],
    "20 digits": ["12.345.678.901.234.567.890", "5"],
    "addresses": ["12 Main", "14 Oak"],
    "days without year": ["5.3.", "31.12."],
    "versions": ["1.2.3", "1.10.3"],
    "two forms": ["1.234,5", "1,234.5"],
    "percent and share": ["50%", "0.5x"],
    "superscript": ["10²", "5"],
    "ranges": ["5-6", "7-8"],
    "clock": ["1:30", "2:15"],
}


@pytest.mark.parametrize("cells", NO_NUMBERS.values(), ids=NO_NUMBERS)
def test_what_only_looks_like_a_number_is_text(tmp_path, cells):
    assert read_frame(write(tmp_path, cells)).get_column("x").to_list() == cells


DATES = {
    "dots": (["31.12.2024", "1.2.2024"], [date(2024, 12, 31), date(2024, 2, 1)]),
    "dots are never month first": (["01.02.2024"], [date(2024, 2, 1)]),
    "day first": (["31/12/2024", "01/02/2024"], [date(2024, 12, 31), date(2024, 2, 1)]),
    "month first": (["12/31/2024", "01/02/2024"], [date(2024, 12, 31), date(2024, 1, 2)]),
    "year first": (["2024/3/5", "2024/12/31"], [date(2024, 3, 5), date(2024, 12, 31)]),
    "one meaning": (["01/01/2024", "02/02/2024"], [date(2024, 1, 1), date(2024, 2, 2)]),
    "two digits": (["31.12.99", "01.02.05"], [date(1999, 12, 31), date(2005, 2, 1)]),
    "English": (["5 March 2024", "March 5, 2024", "5th Mar. 2024"], [date(2024, 3, 5)] * 3),
    "German": (["5. März 2024", "6. Dez. 2023", "7 Mai 2022"], [date(2024, 3, 5), date(2023, 12, 6), date(2022, 5, 7)]),
    "French": (["1er août 2023", "5 févr. 2024"], [date(2023, 8, 1), date(2024, 2, 5)]),
    "Spanish": (["5 de marzo de 2024"], [date(2024, 3, 5)]),
    "Polish": (["14 stycznia 2024"], [date(2024, 1, 14)]),
    "Oracle": (["05-MAR-24"], [date(2024, 3, 5)]),
    "weekday": (["Tue, 5 Mar 2024", "Mittwoch, 6. März 2024"], [date(2024, 3, 5), date(2024, 3, 6)]),
    "Japanese": (["2024年3月5日", "２０２４年３月６日"], [date(2024, 3, 5), date(2024, 3, 6)]),
    "minutes": (["31.12.2024 23:59", "01.01.2024"], [datetime(2024, 12, 31, 23, 59), datetime(2024, 1, 1)]),
    "halves": (
        ["3/25/2024 2:30 PM", "3/25/2024 12:05 am"],
        [datetime(2024, 3, 25, 14, 30), datetime(2024, 3, 25, 0, 5)],
    ),
    "no date of a database": (["0000-00-00", "2024-03-05"], [None, date(2024, 3, 5)]),
}


@pytest.mark.parametrize(("cells", "values"), DATES.values(), ids=DATES)
def test_a_date_means_what_people_mean(tmp_path, cells, values):
    assert read_frame(write(tmp_path, cells)).get_column("x").to_list() == values


@pytest.mark.parametrize(
    "cells",
    [
        ["31.02.2024", "01.02.2024"],
        ["32/01/2024"],
        ["13/13/2024"],
        ["1.2.10", "1.3.11"],
        ["31.12.2024 25:00"],
        ["31.12/2024"],
        ["Apartment 12, 2024"],
        ["5 Foo 2024"],
        ["13:30 PM"],
    ],
)
def test_what_only_looks_like_a_date_is_text(tmp_path, cells):
    assert read_frame(write(tmp_path, cells)).get_column("x").to_list() == cells


TWO_READINGS = {
    "thousands": (["1,234", "5,678"], {}, [1234, 5678], r"'1,234' is 1234 or 1\.234, '5,678' is .*--decimal \. says"),
    "decimals": (["1,234", "5,678"], {"decimal": ","}, [1.234, 5.678], None),
    "decided thousands": (["1,234", "5,678"], {"thousands": ","}, [1234, 5678], None),
    "money": (["€5.000", "€7.250"], {}, [5000, 7250], r"'€5\.000' is 5000 or 5,"),
    "day": (["01/02/2024"], {}, ["01/02/2024"], r"'01/02/2024' is 2024-02-01 or 2024-01-02\. It stays text"),
    "decided day": (["01/02/2024"], {"date_order": "dmy"}, [date(2024, 2, 1)], None),
    "decided month": (["01/02/2024"], {"date_order": "mdy"}, [date(2024, 1, 2)], None),
    "three readings": (["03-04-05"], {}, ["03-04-05"], "has three readings"),
    "decided year": (["03-04-05"], {"date_order": "ymd"}, [date(2003, 4, 5)], None),
}


@pytest.mark.parametrize(("cells", "options", "values", "warning"), TWO_READINGS.values(), ids=TWO_READINGS)
def test_two_readings_are_said_and_decided_by_options(tmp_path, cells, options, values, warning):
    path = write(tmp_path, cells)
    if warning is None:
        assert read_frame(path, Reading(**options)).get_column("x").to_list() == values
        return
    with pytest.warns(ReadingWarning, match=warning):
        assert read_frame(path, Reading(**options)).get_column("x").to_list() == values
    assert read_frame(path, Reading(**options, drop=("x",))).get_column("x").to_list() == values


def test_what_a_file_shows_elsewhere_decides(tmp_path):
    path = tmp_path / "t.csv"
    path.write_text("a;b;c\n1.234;1,5;01/02/2024\n5.678;2,5;03/04/2024\n", encoding="utf-8")
    with pytest.warns(ReadingWarning, match="as in column 'b'") as caught:
        frame = read_frame(path)
    assert len(caught) == 2
    assert frame.row(0) == (1234, 1.5, date(2024, 2, 1))
    path.write_text("a;b\n1.234;1.5\n5.678;2.5\n", encoding="utf-8")
    with pytest.warns(ReadingWarning, match=r"'1\.234' is 1\.234 or 1234"):
        assert read_frame(path).get_column("a").to_list() == [1.234, 5.678]


def test_columns_that_contradict_each_other_are_said_once(tmp_path):
    path = tmp_path / "t.csv"
    path.write_text('latitude,"answers"\n47.38,"1,2"\n47.39,"2,3"\n', encoding="utf-8")
    with pytest.warns(
        ReadingWarning, match=r"different decimal signs: '\.' in 'latitude' and ',' in 'answers'"
    ) as caught:
        assert read_frame(path).row(0) == (47.38, 1.2)
    assert len(caught) == 1
    assert read_frame(path, Reading(kinds={"answers": "text"})).row(0) == (47.38, "1,2")


def test_three_decimals_of_a_program_are_no_riddle(tmp_path):
    assert read_frame(write(tmp_path, ["1.234", "5.678"])).get_column("x").to_list() == [1.234, 5.678]


def test_forms_that_do_not_fit_together_are_shown(tmp_path):
    with pytest.warns(ReadingWarning, match="'1.5' and '3,5' are numbers in different forms"):
        read_frame(write(tmp_path, ["1.5", "2.5", "3,5", "4.5", "5.5", "6.5"]))
    with pytest.warns(ReadingWarning, match="'13/05/2024' and '05/14/2024' are dates in different forms"):
        read_frame(write(tmp_path, ["13/05/2024", "05/14/2024", *(f"{day}/05/2024" for day in range(15, 20))]))


@pytest.mark.parametrize(
    ("cells", "kind", "values"),
    [
        (["5 €", "6,5 €"], "number", [5.0, 6.5]),
        (["5 €", "6 €"], "integer", [5, 6]),
        (["$5", "€6"], "number", [5.0, 6.0]),
        (["007", "12"], "number", [7.0, 12.0]),
        (["13/02/2024", "-"], "date", [date(2024, 2, 13), None]),
        (["20240305"], "date", [date(2024, 3, 5)]),
        (["31.12.2024"], "datetime", [datetime(2024, 12, 31)]),
        (["yes", "NA"], "boolean", [True, None]),
    ],
)
def test_a_kind_is_read_in_any_form(tmp_path, cells, kind, values):
    assert read_frame(write(tmp_path, cells), Reading(kinds={"x": kind})).get_column("x").to_list() == values


@pytest.mark.parametrize(
    ("cells", "kind", "message"),
    [
        (["5 €", "six"], "number", r"1 of 2 values have no such form \(first: 'six' in line 3\)"),
        (["13/02/2024", "x"], "date", r"\(first: 'x' in line 3\)"),
        (["01/02/2024"], "date", r"several orders of day and month.*--date-order"),
        (["5,5 €", "6 €"], "integer", r"first: '5\.5' in line 2"),
    ],
)
def test_a_cell_that_is_not_of_the_kind_is_named(tmp_path, cells, kind, message):
    with pytest.raises(DataError, match=message):
        read_frame(write(tmp_path, cells), Reading(kinds={"x": kind}))


def test_further_texts_that_mean_missing(tmp_path):
    path = write(tmp_path, ["5", "unknown", "-999"])
    found = read_frame(path, Reading(missing=("unknown", "-999"))).get_column("x")
    assert found.to_list() == [5, None, None]


def test_lines_are_those_of_the_file(tmp_path):
    path = tmp_path / "t.csv"
    rows = "".join(f'{i};"two\nlines"\n' for i in range(9))
    path.write_text(f"sep=;\n\nx;o\n{rows}oops;b\n", encoding="utf-8")
    with pytest.warns(ReadingWarning, match="'oops' in line 22 is none"):
        read_frame(path)
    path.write_text("sep=;\na;b\n1;2\n3\n", encoding="utf-8")
    with pytest.raises(DataError, match="line 4: expected 2 fields"):
        read_frame(path)


@pytest.mark.parametrize(
    ("cells", "value", "cell"),
    [
        (["34.482,64 €", "1,50 €"], 1234567.5, "1.234.567,50 €"),
        (["34.482,64 €", "1,50 €"], -0.25, "-0,25 €"),
        (["€5168", "€-12"], -5, "€-5"),
        (["$1,200.00", "($5.50)"], -1234.5, "($1,234.50)"),
        (["(5)", "(6)"], 7, "7"),
        (["123-", "7"], -8, "8-"),
        (["+5", "-3"], 7, "+7"),
        (["1\u00a0234,5", "2,5"], 9876543.5, "9\u00a0876\u00a0543,5"),
        (["12 345", "6789"], 4321, "4321"),
        (["12 345", "6789"], 54321, "54 321"),
        (["12,34,567.5", "5.0"], 98765432.5, "9,87,65,432.5"),
        (["CHF 1'200.-", "CHF 12.-"], 3400, "CHF 3'400.-"),
        (["8%", "12%"], 9, "9%"),
        (["1,2E-3", "5,0E-2"], 0.5, "5,0E-1"),
        (["\uff11\uff12", "\uff13"], 45, "\uff14\uff15"),
        (["31.12.2024", "01.02.2024"], date(2025, 3, 4), "04.03.2025"),
        (["31/12/24", "1/2/24"], date(2025, 3, 4), "4/3/25"),
        (["5. März 2024", "6. Dez. 2023"], date(2025, 10, 4), "4. Okt. 2025"),
        (["March 5, 2024", "June 6, 2024"], date(2025, 10, 4), "October 4, 2025"),
        (["05-MAR-24", "06-DEC-24"], date(2025, 10, 4), "04-OCT-25"),
        (["Tue, 5 Mar 2024", "Wed, 6 Mar 2024"], date(2025, 10, 4), "Sat, 4 Oct 2025"),
        (["2024年3月5日", "2024年12月31日"], date(2025, 10, 4), "2025年10月4日"),
        (["3/25/2024 2:30 PM", "3/26/2024 2:35 PM"], datetime(2025, 10, 4, 0, 5), "10/4/2025 12:05 AM"),
        (["31.12.2024 23:59:01", "01.01.2024 00:00:00"], datetime(2025, 10, 4, 1, 2, 3), "04.10.2025 01:02:03"),
    ],
)
def test_a_new_value_looks_like_those_of_its_column(tmp_path, cells, value, cell):
    frame, original = read_source(write(tmp_path, cells))[:2]
    new = pl.DataFrame({"x": [value], "o": ["new"]}, schema=frame.schema)
    write_frame(pl.concat([frame, new]), tmp_path / "o.csv", original=original)
    last = (tmp_path / "o.csv").read_text(encoding="utf-8").splitlines()[-1]
    assert last == f'"{cell}",new'
    assert read_frame(tmp_path / "o.csv").get_column("x")[-1] == value


SIGNS = st.sampled_from([(",", "."), (".", ","), (",", " "), (",", "\u202f"), (".", "'"), (",", ""), (".", "")])
AROUND = st.sampled_from(
    [("", ""), ("", " €"), ("€", ""), ("$ ", ""), ("CHF ", ""), ("", "%"), ("", " kg"), ("", "\u00a0zł")]
)


@given(
    st.lists(st.integers(-(10**9), 10**9), min_size=1, max_size=8),
    SIGNS,
    AROUND,
    st.sampled_from(["before", "behind", "accounting"]),
)
def test_numbers_of_any_country_come_back(folder, cents, signs, around, negative):
    decimal, thousands = signs
    values = [0.5, *(cent / 100 for cent in cents)]  # a leading zero shows the decimal sign

    def cell(value):
        text = f"{abs(value):,.2f}".translate(str.maketrans({",": thousands, ".": decimal}))
        text = f"{around[0]}{text}{around[1]}"
        if value >= 0:
            return text
        return {"before": f"-{text}", "behind": f"{text}-", "accounting": f"({text})"}[negative]

    path = write(folder, map(cell, values))
    source = read_source(path)
    assert source.frame.get_column("x").to_list() == values
    write_frame(pl.concat([source.frame, source.frame]), folder / "o.csv", original=source.original, overwrite=True)
    lines = (folder / "o.csv").read_text(encoding="utf-8").splitlines()
    assert lines[len(values) + 1 :] == lines[1 : len(values) + 1]


@given(
    st.lists(st.dates(date(1970, 1, 1), date(2067, 12, 31)), min_size=1, max_size=8),
    st.sampled_from(["%d.%m.%Y", "%d/%m/%Y", "%m/%d/%Y", "%Y/%m/%d", "%d-%m-%Y", "%d.%m.%y", "%d %B %Y", "%b %d, %Y"]),
)
def test_dates_of_any_country_come_back(folder, dates, shape):
    values = [date(2024, 12, 31), date(2024, 1, 31), *dates]  # a 31st shows the order
    path = write(folder, (value.strftime(shape) for value in values))
    source = read_source(path)
    assert source.frame.get_column("x").to_list() == values
    write_frame(pl.concat([source.frame, source.frame]), folder / "o.csv", original=source.original, overwrite=True)
    lines = (folder / "o.csv").read_text(encoding="utf-8").splitlines()
    assert lines[len(values) + 1 :] == lines[1 : len(values) + 1]
