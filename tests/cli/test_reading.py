"""Commands read files as people have them, say what was read in an unexpected way, and write in the same style."""

import json
import re
import shlex

import pytest
from tests.data.people import FILES

TRAIN = ("--max-iter", "20")


def place(tmp_path, name):
    file = FILES[name]
    (tmp_path / file.name).write_bytes(file.data)
    return file, tmp_path / file.name


@pytest.mark.parametrize("name", ["german_shop", "us_thousands", "two_headers", "excel_report", "parquet_called_csv"])
def test_messages_are_lines_of_standard_error(imbgan, tmp_path, name):
    file, path = place(tmp_path, name)
    result = imbgan("describe", path, "--target", file.target, *file.command_line, "--json", "-", "--quiet")
    assert result.code == 0
    warnings = [line for line in result.err.splitlines() if line.startswith("imbgan: warning: ")]
    assert len(warnings) == len(file.warnings)
    for line, pattern in zip(warnings, file.warnings, strict=True):
        assert re.search(pattern, line)
    kinds = {column["name"]: column["kind"] for column in result.json["columns"]}
    expected = {"number": "continuous", "integer": "integer", "date": "datetime"}
    for column, kind in file.kinds.items():
        if column != file.target and kind in expected:
            assert kinds[column] == expected[kind]
    result = imbgan("describe", path, "--target", file.target, *file.command_line)
    for pattern in file.notes:
        assert re.search(pattern, result.err)


def test_dropped_columns_need_no_decision(imbgan, tmp_path):
    _, path = place(tmp_path, "ambiguous_dates")
    result = imbgan("describe", path, "--target", "label", "--drop", "day")
    assert (result.code, result.err) == (0, "Dropped columns: day\n")


def test_a_warning_ends_with_the_option_that_ends_it(imbgan, tmp_path):
    _, path = place(tmp_path, "us_thousands")
    first = imbgan("describe", path, "--target", "label", "--quiet")
    option = re.search(r"--decimal \S+", first.err)[0]
    assert imbgan("describe", path, "--target", "label", "--quiet", *shlex.split(option)).err == ""
    _, path = place(tmp_path, "one_bad_cell")
    first = imbgan("describe", path, "--target", "label", "--quiet")
    option = re.search(r"\((--missing .*)\)", first.err)[1]
    assert imbgan("describe", path, "--target", "label", "--quiet", *shlex.split(option)).err == ""


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ("--decimal ;", "--decimal must be one of '.', ','"),
        ("--thousands x", "--thousands must be one of"),
        ("--date-order ddmm", "--date-order must be one of"),
        ("--delimiter ab", "--delimiter must be one character"),
        ("--decimal , --thousands ,", "must differ"),
        ("--sheet Tabelle1", None),
        ("--kind price=prise", "Got 'prise' for column 'price'"),
        ("--kind prize=number", "Did you mean 'price'"),
        ("--kind price=number", "'ask agent' in line 19"),
    ],
)
def test_options_that_make_no_sense_are_one_line(imbgan, tmp_path, options, message):
    _, path = place(tmp_path, "one_bad_cell")
    result = imbgan("describe", path, "--target", "label", "--quiet", *shlex.split(options))
    if message is None:  # a sheet of no spreadsheet is nothing to stop for
        assert result.code == 0
        return
    assert result.code in (1, 2)
    assert message in result.err
    assert result.err.count("\n") == 1


def test_generated_rows_are_written_as_the_file_that_was_learned(imbgan, tmp_path):
    file, path = place(tmp_path, "german_shop")
    options = ("--target", file.target, *file.command_line, "--drop", "Kundennr")
    assert imbgan("fit", path, *options, "-o", tmp_path / "model", *TRAIN).code == 0
    result = imbgan("generate", tmp_path / "model", "--label", "ja", "-n", 5, "-o", tmp_path / "rows.csv")
    assert result.code == 0
    header, *rows = (tmp_path / "rows.csv").read_bytes().decode("cp1252").split("\r\n")
    assert header == "Bestelldatum;Umsatz;Rabatt;Gekündigt"
    assert rows[-1] == ""
    assert len(rows) == 6
    for row in rows[:-1]:
        assert re.fullmatch(r"\d\d\.03\.2024;[\d.]+,\d\d €;\d+,\d %;ja", row)
    assert imbgan("generate", tmp_path / "model", "--label", "ja", "-n", 5, "-o", tmp_path / "rows.parquet").code == 0
    style = tmp_path / "model" / "style.json"
    style.write_text(json.dumps(json.loads(style.read_text(encoding="utf-8")) | {"head": None}), encoding="utf-8")
    result = imbgan("generate", tmp_path / "model", "--label", "ja", "-n", 5, "-o", "-")
    assert result.code == 1
    assert "the style of the original file, is damaged" in result.err
