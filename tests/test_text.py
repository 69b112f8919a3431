"""Names from outside stay text, and tables line up, whatever the names hold."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from imbgan._text import aligned, cut, did_you_mean, listed, one_line, printable, quoted, shown, writable

HOSTILE = [
    "\x1b[31mred",
    "a\nb",
    "a\r\tb",
    "\u202egnp.exe",
    "\u2066x",
    "\ud800",
    "\x07",
    "\x9b31m",
    "\u200b",
    "\u2028",
    "\ufeff",
]
ANY = st.text(st.characters(), max_size=80)


@pytest.mark.parametrize("name", HOSTILE)
@pytest.mark.parametrize("function", [shown, one_line, quoted])
def test_hostile_names_are_printable_on_one_line(function, name):
    assert function(name).isprintable()
    function(name).encode()  # halves of surrogate pairs cannot be


@pytest.mark.parametrize("name", ["Zürich", "日本", "α – ±", "a b", "{{ 7 }}", "<b>", "%s"])
def test_ordinary_names_stay_as_they_are(name):
    assert printable(name) == shown(name) == one_line(name) == writable(name) == name


@given(ANY, st.integers(4, 40))
def test_shown_is_visible_and_fits(name, longest):
    text = shown(name, longest)
    assert text.strip()
    assert text.isprintable()
    assert cell_len(text) <= longest


def test_blank_names_are_seen():
    assert [shown(""), shown("  ")] == ["''", "'  '"]


def test_cut_counts_columns_of_a_terminal():
    assert cut("日本日本日本", 12) == "日本日本日本"
    assert cut("日本日本日本", 11) == "日本日本..."
    assert cut("abcdef", 5) == "ab..."


def test_what_html_holds_stays_and_the_rest_is_seen():
    assert writable("a\n\tb\xa0c\u3000") == "a\n\tb\xa0c\u3000"
    assert writable("\x00\ud800\u202e") == r"\x00\ud800\u202e"


@given(st.lists(st.tuples(ANY, st.integers()), min_size=1, max_size=5))
def test_columns_line_up_in_a_terminal(rows):
    lines = aligned([("name", "n"), *((shown(name), n) for name, n in rows)]).split("\n")
    assert len(lines) == len(rows) + 1
    assert len({cell_len(line) for line in lines}) == 1


def test_left_columns_and_gap():
    table = [("a", "bb", "c"), ("日本", 1, "x")]
    assert aligned(table, left={0, 2}, gap=1) == "a    bb c\n日本  1 x"
    assert aligned([("only",)]) == "only"


def test_lists_and_near_misses_are_short_whatever_the_names():
    long = "x" * 10_000
    assert len(listed([long] * 50)) < 1100
    assert listed(["a", "b", "c"], 2) == "'a', 'b', ..."
    assert len(did_you_mean(long, [long + "y"])) < 130
    assert did_you_mean("Lable", ["x", " label"]) == " Did you mean ' label'?"
    assert did_you_mean("nothing", []) == ""
