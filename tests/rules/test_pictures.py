"""The drawing and the fragment show every leaf, escape all text and stay within their width."""

import re
from html.parser import HTMLParser
from xml.etree import ElementTree as ET

import pandas as pd
import pytest
from rich.cells import cell_len
from sklearn.pipeline import make_pipeline
from sklearn.tree import DecisionTreeClassifier
from tests.rules.tables import fitted, rules_of

from imbgan.learners import TablePreprocessor
from imbgan.rules import read_rules
from imbgan.rules.sentences import percent
from imbgan.rules.words import ENGLISH

SVG = "{http://www.w3.org/2000/svg}"


class Reader(HTMLParser):
    """Collects tags and texts, and finds out whether tags are closed in order."""

    def __init__(self):
        super().__init__()
        self.open, self.tags, self.texts, self.ids = [], [], [], []

    def handle_starttag(self, tag, attrs):
        self.open.append(tag)
        self.tags.append(tag)
        self.ids += [value for name, value in attrs if name == "id"]

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.texts.append(data)


@pytest.fixture(scope="module")
def rules():
    pipeline, X, y = fitted(0)
    return read_rules(pipeline, X, y, X_held_out=X, y_held_out=y, target="<script>alert('target')</script>")


@pytest.mark.parametrize("width", [360.0, 640.0])
def test_the_drawing_has_one_bar_per_leaf_and_stays_within_its_width(rules, width):
    root = ET.fromstring(rules.as_svg(width=width))
    bars = root.findall(f"{SVG}rect[@class='bar']")
    shares = [each.text for each in root.iter(f"{SVG}tspan") if each.get("class") == "share"]
    assert sorted(shares) == sorted(percent(rule.probabilities[rules.rare]) for rule in rules.rules)
    assert len(bars) == len(rules.rules)
    # The longest bar is that of the first rule; all stand in proportion to it.
    sizes = sorted((float(bar.get("width")) for bar in bars), reverse=True)
    expected = [64 * rule.probabilities[rules.rare] / rules.rules[0].probabilities[rules.rare] for rule in rules.rules]
    assert sizes == pytest.approx(expected, abs=0.06)
    height = float(root.get("viewBox").split()[3])
    for text in root.findall(f"{SVG}text"):
        assert float(text.get("x")) + 6.9 * cell_len(text.text or "") <= width
        assert 0 < float(text.get("y")) < height
    baselines = [float(text.get("y")) for text in root.findall(f"{SVG}text")]
    assert len(set(baselines)) == len(baselines)


def test_the_outline_of_the_drawing_is_the_tree(rules):
    """Each path leaves the dot of the parent and ends at the dot of the child."""
    root = ET.fromstring(rules.as_svg())
    dots = {(float(dot.get("cx")), float(dot.get("cy"))) for dot in root.findall(f"{SVG}circle")}
    paths = [re.findall(r"[\d.]+", path.get("d")) for path in root.findall(f"{SVG}path")]
    assert (len(dots), len(paths)) == (len(rules.nodes), len(rules.nodes) - 1)
    for path in paths:
        start = float(path[0]), float(path[1])
        end = float(path[-1]), float(path[2]) + 4
        assert {start, end} <= dots


def test_names_and_levels_are_text_in_drawing_and_fragment(rules):
    page = rules.as_html()
    reader = Reader()
    reader.feed(page)
    assert reader.open == []
    assert {"script", "b>of"}.isdisjoint(reader.tags)
    assert "<script" not in page
    assert "alert('target')" in "".join(reader.texts)
    assert len(set(reader.ids)) == len(reader.ids)
    assert reader.tags.count("tr") == len(rules.rules) + 1
    assert page.count('data-head="Rows"') == len(rules.rules)
    assert rules._repr_html_() == page


def test_two_fragments_on_one_page_share_no_id(rules):
    ids = [set(re.findall(r' id="([^"]+)"', rules.as_html(ident=ident))) for ident in ("one", "two")]
    assert ids[0]
    assert ids[0].isdisjoint(ids[1])


def test_without_held_out_rows_there_is_no_column_of_them():
    rules, _, _ = rules_of(1)
    assert "held-out" not in rules.as_html()


def test_all_words_come_from_the_mapping(rng):
    # Names and levels hold no letter, and neither do the words: whatever letter is left was written elsewhere.
    frame = pd.DataFrame(
        {"1": rng.integers(0, 9, 300), "2": rng.choice(["3", "4", "5", None], 300), "6": rng.random(300)}
    )
    frame["7"], frame["8"] = frame["6"] > 0.5, pd.Timestamp("2024-01-01") + pd.to_timedelta(rng.random(300), unit="D")
    y = rng.integers(0, 2, 300)
    pipeline = make_pipeline(TablePreprocessor(numbers="raw"), DecisionTreeClassifier(max_depth=8, random_state=0))
    rules = read_rules(pipeline.fit(frame, y), frame, y, X_held_out=frame, y_held_out=y)
    silent = {key: re.sub(r"[A-Za-z]+(?![^{]*})", "学", text) for key, text in ENGLISH.items()}
    for view in (rules.as_text, rules.as_html, rules.as_svg):
        text = re.sub(r"<style>.*?</style>|<[^>]*>|&\w+;", "", view(silent), flags=re.DOTALL)
        assert re.findall("[A-Za-z]+", text) == []
        assert "学" in text
