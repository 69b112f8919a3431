"""Whatever goes wrong is one line on standard error, with the right exit code."""

import json
import shlex
import shutil
import warnings
from pathlib import Path

import polars as pl
import pytest
from rich.text import Text

from imbgan._text import printable
from imbgan.comparison import compare
from imbgan.exceptions import GenerationQualityWarning, IdentifierColumnWarning

TARGET = ("--target", "is_fraud")


@pytest.fixture
def place(folder, tmp_path, monkeypatch):
    """Work in a folder with the table and some bad files."""
    monkeypatch.chdir(tmp_path)
    for name in ("table.csv", "table.parquet"):
        shutil.copy(folder / name, name)
    (tmp_path / "latin.csv").write_bytes("city,y\nZürich,1\nBern,0\n".encode("latin-1"))
    (tmp_path / "ragged.csv").write_text("a,b\n1,2\n1,2,3\n", encoding="utf-8")
    (tmp_path / "empty.csv").touch()
    (tmp_path / "many.csv").write_text("x,y\n" + "".join(f"1,{i}\n" for i in range(10_000)), encoding="utf-8")
    (tmp_path / "same.csv").write_text("x,y\n1,a\n2,a\n", encoding="utf-8")
    (tmp_path / "gaps.csv").write_text("x,y\n1,a\n2,\n3,b\n", encoding="utf-8")
    pl.DataFrame({"a b": [["x"], ["y"]], "y": [0, 1]}).write_parquet(tmp_path / "rare.parquet")
    (tmp_path / "model").mkdir()
    (tmp_path / "link.csv").symlink_to("nowhere.csv")
    return tmp_path


FAILS = {
    "no such file": ("describe tabel.csv -t y", 1, "Did you mean 'table.csv'"),
    "wrong encoding": ("describe latin.csv -t y", 1, "line 2: byte 8 (fc) is not utf-8"),
    "ragged rows": ("describe ragged.csv -t a", 1, "line 3: expected 2 fields"),
    "empty file": ("describe empty.csv -t a", 1, "is empty"),
    "folder": ("describe . -t a", 1, "link.csv' is a link to 'nowhere.csv', which does not exist. Mend the link"),
    "unknown target": ("describe table.csv -t is_frod", 2, "Did you mean 'is_fraud'"),
    "unknown column to cast": ("describe table.csv -t is_fraud --cast ctiy=text", 2, "Did you mean 'city'"),
    "unknown type to cast to": ("describe table.csv -t is_fraud --cast city=txt", 2, "Did you mean 'text'"),
    "no type to cast to": ("describe table.csv -t is_fraud --cast city", 2, "--kind age=number"),
    "value that the type cannot hold": ("fit table.csv -t is_fraud --cast city=number -o m", 1, "120 of 120 values"),
    "type that cannot be learned": ("describe rare.parquet -t y", 1, "--drop 'a b', or --kind 'a b=text'"),
    "unknown column to drop": ("describe table.csv -t is_fraud --drop ctiy", 2, "Did you mean 'city'"),
    "one value": ("resample same.csv -t y -o o.csv", 1, "It has one value, 'a', in all 2 rows"),
    "10,000 values": ("compare many.csv -t y", 1, "10000 distinct values in 10000 rows"),
    "measurements": ("fit table.csv -t amount --drop-missing-target -o m", 1, "It holds measurements"),
    "missing labels": ("resample gaps.csv -t y -o o.csv", 1, "--drop-missing-target"),
    "output exists": ("resample table.csv -t is_fraud -o same.csv", 2, "--force"),
    "JSON exists": ("describe table.csv -t is_fraud --json same.csv", 2, "--force"),
    "report exists": ("compare table.csv -t is_fraud --report same.csv", 2, "--force"),
    "unknown output format": ("resample table.csv -t is_fraud -o o.numbers", 2, "does not tell its format"),
    "no folder for output": ("resample table.csv -t is_fraud -o none/o.csv", 2, "Create it first"),
    "two outputs to one pipe": ("resample table.csv -t is_fraud -o - --json -", 2, "Only one output"),
    "marked column exists": ("resample table.csv -t is_fraud -o o.csv --mark city", 2, "--mark must name a new column"),
    "ratio too low": ("resample table.csv -t is_fraud -o o.csv --ratio 0.1", 2, "above the present ratio"),
    "unknown estimator": ("compare table.csv -t is_fraud -e lightgbn", 2, "Did you mean 'lightgbm'"),
    "unknown strategy": ("compare table.csv -t is_fraud --strategies smoke", 2, "Did you mean 'smote'"),
    "unknown language": ("compare table.csv -t is_fraud --report r.html --lang zh-CN", 2, "--lang"),
    "language without a page": ("assess table.csv same.csv -t is_fraud --lang zh", 2, "Name the page with --report"),
    "no model": ("generate model -l a -n 1 -o o.csv", 1, "is missing"),
    "no column to compare": ("assess table.csv same.csv -t is_fraud", 1, "no column 'code'"),
    "two tables from one pipe": ("assess - - -t y", 2, "Only one table"),
    "link to nothing": ("describe link.csv -t y", 1, "is a link to 'nowhere.csv', which does not exist"),
    "name too long to read": (f"describe {'a' * 300}.csv -t y", 1, "cannot be read: File name too long"),
    "name too long to write": (f"resample table.csv -t is_fraud -o {'a' * 300}.csv", 2, "File name too long"),
    "name too long for a model": (f"fit table.csv -t is_fraud -o {'a' * 300}", 2, "File name too long"),
    "two outputs to one file": ("resample table.csv -t is_fraud -o o.csv --json ./o.csv", 2, "Only one output"),
    "results and JSON in one file": ("compare table.csv -t is_fraud --results r --json ./r", 2, "Only one output"),
    "no strategy": ("compare table.csv -t is_fraud --strategies ,", 2, "--strategies must name at least one"),
    "no process": ("compare table.csv -t is_fraud -j 0 --results r", 2, "--jobs must be a whole number from 1 to"),
    "cost of missed rows alone": ("compare table.csv -t is_fraud --cost-missed 5", 2, "needs --cost-alarm as well"),
    "costs of both kinds": ("compare table.csv -t is_fraud --cost-alarm 5 --cost a=b=1", 2, "but not both"),
    "cost of nothing": ("compare table.csv -t is_fraud --cost-missed 5 --cost-alarm 0", 2, "--cost-alarm must be"),
    "cost without amount": ("compare table.csv -t is_fraud --cost True=False", 2, "--cost ok=fraud=10. Got 'True=Fa"),
    "cost of an unknown class": ("compare table.csv -t is_fraud --cost Tru=False=1", 2, "Did you mean 'True'"),
    "cost twice": ("compare table.csv -t is_fraud --cost True=False=1 --cost True=False=2", 2, "once. Got 'True=Fal"),
    "alerts beyond the rows": ("compare table.csv -t is_fraud --alerts 121", 2, "more than the table's 120 rows"),
    "rows without alerts": ("compare table.csv -t is_fraud --per 100", 2, "--per needs --alerts"),
    "no folder for results": ("compare table.csv -t is_fraud --results none/r.jsonl", 2, "Create it first"),
    "missing option": ("describe table.csv", 2, "Missing option '--target'"),
    "missing argument": ("resample -t y -o o.csv", 2, "Missing argument 'IN'"),
    "unknown option": ("describe table.csv --taget y", 2, "--target"),
    "unknown command": ("resampel table.csv", 2, "resampel"),
    "no rows": ("generate model -l a -n 0 -o o.csv", 2, "-n must be a whole number from 1 to 1,000,000,000. Got '0'"),
    "start below zero": ("generate model -l a -n 1 --start -1 -o o.csv", 2, "--start must be a whole number from 0"),
    "too many processes": ("compare table.csv -t is_fraud -j 99999", 2, "Got '99999'"),
    "jobs that are no number": ("compare table.csv -t is_fraud -j two", 2, "or -1 for one process per core"),
    "no folds": ("compare table.csv -t is_fraud --folds nan", 2, "--folds must be a whole number from 2 to 1,000"),
    "no repeats": ("compare table.csv -t is_fraud --repeats 0", 2, "--repeats must be a whole number from 1 to 1,000"),
    "no steps": ("fit table.csv -t is_fraud -o m --max-iter 1e3", 2, "--max-iter must be a whole number from 1"),
    "seed below zero": ("fit table.csv -t is_fraud -o m --seed -1", 2, "--seed must be a whole number from 0"),
    "ratio of nothing": ("resample table.csv -t is_fraud -o o.csv --ratio nan", 2, "--ratio must be a number greater"),
    "no alerts": ("compare table.csv -t is_fraud --alerts 0", 2, "--alerts must be a whole number from 1"),
    "cost that is no number": ("compare table.csv -t is_fraud --cost-missed inf --cost-alarm 1", 2, "Got 'inf'"),
    "no name of an output": ("resample table.csv -t is_fraud -o ''", 2, "--output must be the path of a file, or -"),
    "no name of a model": ("fit table.csv -t is_fraud -o ' '", 2, "--output must be the path of a folder. Got the bl"),
    "no name of a report": ("compare table.csv -t is_fraud --report ''", 2, "--report must be the path of a file"),
    "no name of a table": ("describe '' -t y", 2, "IN must be the path of a table or of a folder of images, or -"),
    "unknown metric": ("compare table.csv -t is_fraud --metrics mcc,roc", 2, "Did you mean 'roc_auc'"),
    "unknown control": ("compare table.csv -t is_fraud --control nine", 2, "Did you mean 'none'"),
    "all and more": ("compare table.csv -t is_fraud --strategies none,all", 2, "must be all alone, or a list"),
}


@pytest.mark.parametrize(("line", "code", "message"), FAILS.values(), ids=FAILS)
def test_error_is_one_line_and_nothing_is_written(imbgan, place, line, code, message):
    before = sorted(place.rglob("*"))
    result = imbgan(*shlex.split(line))
    assert result.code == code
    assert result.err.startswith("imbgan: ")
    assert result.err.count("\n") == 1
    assert message in result.err
    assert result.out == ""
    assert sorted(place.rglob("*")) == before


def test_debug_shows_the_traceback_and_keeps_the_exit_code(imbgan, place):
    result = imbgan("describe", "table.csv", "-t", "y", "--debug")
    assert result.code == 2
    assert "Traceback" in result.err
    assert result.err.splitlines()[-1].startswith("imbgan: The table has no column 'y'")


def test_unexpected_error_names_its_type_and_the_way_to_more(imbgan, place, monkeypatch):
    def fail(*_):
        raise RuntimeError("first line\nsecond \x1b[31mline")

    monkeypatch.setattr("imbgan.quality.describe", fail)
    result = imbgan("describe", "table.csv", *TARGET)
    assert result.code == 1
    expected = r"imbgan: RuntimeError: first line second \x1b[31mline (run again with --debug for the traceback)"
    assert result.err == f"{expected}\n"


def test_interruption_is_one_line(imbgan, place, monkeypatch):
    def interrupt(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr("imbgan.quality.describe", interrupt)
    result = imbgan("describe", "table.csv", *TARGET, "--json", "d.json")
    assert result == (130, "", "imbgan: interrupted\n")
    assert not (place / "d.json").exists()


@pytest.mark.parametrize("verbose", [False, True])
def test_warnings_are_one_line_each_and_shown_once(imbgan, place, monkeypatch, verbose):
    def warn(*_):
        for _ in range(3):
            warnings.warn("worse\nthan \x1b[31mSMOTE", GenerationQualityWarning, stacklevel=1)
            warnings.warn("of another package", FutureWarning, stacklevel=1)
        warnings.warn("a number", IdentifierColumnWarning, stacklevel=1)
        print("a library prints")
        raise ValueError("enough")

    monkeypatch.setattr("imbgan.quality.describe", warn)
    result = imbgan("describe", "table.csv", *TARGET, "--quiet", *["--verbose"] * verbose)
    lines = [r"imbgan: warning: worse than \x1b[31mSMOTE", "imbgan: warning: a number"]
    if verbose:
        lines.insert(1, "imbgan: warning: FutureWarning: of another package")
    assert result.err.splitlines()[: len(lines)] == lines
    assert result.out == ""  # what a library prints does not get among the data


HOSTILE = ["[red]name[/red]", "\x1b[31mred", "a\nb", "[/]", "\u202egnp.exe", "<script>", "\x07"]


def test_hostile_names_show_as_text(imbgan, tmp_path):
    frame = pl.DataFrame({name: ["[bold]x", "\x1b[0m"] * 10 for name in HOSTILE} | {"y": ["[red]a", "\x1bb"] * 10})
    frame.write_parquet(tmp_path / "t.parquet")
    result = imbgan("describe", tmp_path / "t.parquet", "-t", "y")
    assert result.code == 0
    assert all(char.isprintable() or char == "\n" for char in result.out)
    for text in ("[red]name[/red]", r"\x1b[31mred", r"a\nb", r"\u202egnp.exe", "<script>", "[red]a"):
        assert text in result.out
    result = imbgan("describe", tmp_path / "t.parquet", "-t", "\x1b[31mrde")
    assert result.code == 2
    assert "\x1b" not in result.err
    assert "Did you mean '\\x1b[31mred'" in result.err


def test_printable_leaves_text_and_line_ends():
    assert printable("Zürich 日本 α\n– ±") == "Zürich 日本 α\n– ±"
    assert Text.from_ansi(printable("\x1b[31mred")).plain == r"\x1b[31mred"


def test_an_interrupted_comparison_that_has_a_verdict_prints_it_and_says_so(imbgan, place, monkeypatch):
    def interrupted(*args, **settings):
        found = compare(*args, **settings)
        found.settings["budget"]["ended"] = "interrupted"
        return found

    monkeypatch.setattr("imbgan.comparison.compare", interrupted)
    result = imbgan("compare", "table.csv", *TARGET, "-e", "decision_tree", "--strategies", "none", "--json", "v.json")
    assert result.code == 130
    assert json.loads(Path("v.json").read_text(encoding="utf-8"))["verdict"]["strategy"] == "none"
    assert "one fit" in result.out


def test_an_interrupted_comparison_says_how_to_go_on(imbgan, place, monkeypatch):
    def interrupt(*_, **__):
        raise KeyboardInterrupt

    monkeypatch.setattr("imbgan.comparison.compare", interrupt)
    result = imbgan("compare", "table.csv", *TARGET, "--results", "rows.jsonl")
    assert result.code == 130
    assert result.err == "imbgan: interrupted\n"  # no fold was done
    Path("rows.jsonl").write_text("")
    result = imbgan("compare", "table.csv", *TARGET, "--results", "rows.jsonl")
    assert "rows.jsonl keeps the folds that are done" in result.err
    assert result.err.endswith("imbgan: interrupted\n")


@pytest.mark.parametrize("command", ["compare", "audit"])
def test_steps_of_commands_that_choose_them_for_tables_are_said_to_be_for_images(imbgan, command):
    shown = " ".join(imbgan(command, "--help").out.replace("│", " ").split())
    assert "For folders of images: maximum number of training steps" in shown
    assert "default: (3000)" in shown
