"""The page and its file: which sections it has, that it stands alone, and that no name from outside becomes markup."""

import inspect
import json
import re
from dataclasses import replace
from html.parser import HTMLParser

import pytest

import imbgan
from imbgan.exceptions import DataTypeError, ParameterError
from imbgan.quality.results import Measure
from imbgan.report import render, report, summarize

ALL = [
    "verdict",
    "classes",
    "scores",
    "curves",
    "quality",
    "marginals",
    "dependence",
    "map",
    "training",
    "memorization",
    "settings",
]


class Page(HTMLParser):
    """Tags, attributes and text of a page."""

    def __init__(self, text):
        super().__init__()
        self.tags, self.attributes, self.texts, self.scripts = [], [], [], []
        self.in_script = False
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.in_script = tag == "script"
        self.attributes += [(tag, name, value) for name, value in attrs]

    def handle_endtag(self, tag):
        self.in_script = False

    def handle_data(self, data):
        (self.scripts if self.in_script else self.texts).append(data)

    @property
    def sections(self):
        return [value for tag, name, value in self.attributes if (tag, name) == ("section", "id")]

    @property
    def text(self):
        return " ".join(" ".join(self.texts).split())


def page_of(thing):
    return Page(render(summarize(thing)))


def test_comparison_has_all_sections_verdict_first(comparison):
    assert page_of(comparison).sections == ALL


def test_contents_list_the_sections(comparison):
    page = page_of(comparison)
    links = [value for tag, name, value in page.attributes if (tag, name) == ("a", "href")]
    assert links == [f"#{name}" for name in ALL[1:]]


def test_assessment_has_no_scores(assessment):
    assert page_of(assessment).sections == [name for name in ALL if name not in ("scores", "curves")]


def test_bare_comparison_has_its_verdict(bare):
    page = page_of(bare)
    assert page.sections == ["verdict", "classes"]
    assert "Use logistic regression together with GAN rows, then Tomek." not in page.text
    assert "Use logistic regression together with GAN rows to balance." in page.text


@pytest.mark.parametrize(
    ("missing", "absent"),
    [
        ({"training": None}, "training"),
        ({"map": ()}, "map"),
        ({"classes": (), "diagnostics": ()}, "quality marginals dependence memorization"),
        ({"settings": {}}, "settings"),
    ],
)
def test_what_is_unknown_has_no_section(assessment, missing, absent):
    kept = page_of(replace(assessment, **missing)).sections
    assert set(absent.split()).isdisjoint(kept)
    assert set(page_of(assessment).sections) - set(kept) == set(absent.split())


def test_verdict_of_an_assessment_names_the_worst(assessment):
    assert "told apart in class 1, and 0 more" not in page_of(assessment).text
    assert "Look at these rows before use: told apart in class 1." in page_of(assessment).text
    fine = replace(assessment, diagnostics=())
    assert "No fault was found" in page_of(fine).text
    error = replace(assessment.diagnostics[0], severity="error", name="mode collapse")
    assert "Do not use these rows as they are: mode collapse" in page_of(replace(assessment, diagnostics=(error,))).text
    nothing = replace(assessment, class_counts={"0": (9, 0)})
    assert "No rows were generated." in page_of(nothing).text


def test_no_fault_is_claimed_only_where_one_could_have_been_found(assessment):
    (group,) = assessment.classes
    bare = tuple(
        replace(measure, baseline=None, low=None, high=None) for measure in group.measures if "p_" not in measure.name
    )
    unjudged = replace(assessment, diagnostics=(), classes=(replace(group, measures=bare),))
    text = page_of(unjudged).text
    assert "No fault was found" not in text
    assert "too few rows to say whether the generated ones are good" in text
    few = replace(assessment.diagnostics[0], code="IMB009", name="too few rows", severity="info")
    assert "No fault was found" not in page_of(replace(assessment, diagnostics=(few,))).text
    both = replace(unjudged, classes=(group, replace(group, label="small", measures=bare)))
    assert "No fault was found where one could be seen; too few rows to judge: small." in page_of(both).text


def test_measures_without_a_baseline_are_folded_and_explained_once(assessment):
    text = page_of(assessment).text
    assert text.count("cannot be compared with real rows") == 0  # every measure of the distribution is compared
    (group,) = assessment.classes
    bare = tuple(replace(measure, baseline=None, low=None, high=None) for measure in group.measures)
    twice = replace(assessment, classes=(replace(group, measures=bare), replace(group, label="2", measures=bare)))
    text = page_of(twice).text
    assert text.count("cannot be compared with real rows") == 1
    assert text.count("Without comparison (") == 4  # quality and memorization of two classes


def test_verdict_control_and_seed_can_be_read(comparison):
    text = page_of(comparison).text.replace("\N{NO-BREAK SPACE}", " ")
    for part in ("the difference to the table as it is", "seed 7", "no neighbors of 1", "raises MCC from .31 to .45"):
        assert part in text


def test_settings_can_be_copied(comparison):
    text = render(summarize(comparison))
    block = re.search(r"<pre[^>]*>(.*?)</pre>", text, re.DOTALL)
    assert block is not None
    assert json.loads(Page(f"<p>{block[1]}</p>").text) == comparison.settings


def test_answer_is_embedded_as_data(hostile):
    (script,) = page_of(hostile).scripts
    assert json.loads(script)["verdict"]["strategy"] == hostile.verdict.strategy
    assert "<" not in script


def test_each_class_has_scores_of_its_own(many_classes):
    assert "Each class with logistic regression" in page_of(many_classes).text
    assert page_of(many_classes).text.count("Class d") >= 5


@pytest.mark.parametrize("thing", ["comparison", "many_classes", "hostile"])
def test_page_stands_alone(thing, request):
    text = render(summarize(request.getfixturevalue(thing)))
    page = Page(text)
    assert not {"link", "img", "iframe", "object", "embed", "base", "form", "use", "image"} & set(page.tags)
    assert [
        v for _, name, v in page.attributes if name in ("src", "href", "xlink:href") and not v.startswith("#")
    ] == []
    assert [name for _, name, _ in page.attributes if name.startswith("on")] == []
    style = re.search(r"<style>(.*?)</style>", text, re.DOTALL)
    assert style is not None
    assert "url(" not in style[1]
    assert "@import" not in style[1]
    assert ("script", "type", "application/json") in page.attributes
    assert page.tags.count("script") == 1


def test_page_is_small(comparison, many_classes):
    assert len(render(summarize(comparison)).encode()) < 300_000
    # Three rare classes and 40 columns.
    assert len(render(summarize(many_classes)).encode()) < 1_000_000


@pytest.mark.parametrize("thing", ["comparison", "many_classes", "hostile", "assessment"])
def test_ids_are_unique_and_figures_have_names(thing, request):
    page = page_of(request.getfixturevalue(thing))
    ids = [value for _, name, value in page.attributes if name == "id"]
    assert len(set(ids)) == len(ids)
    named = [value for tag, name, value in page.attributes if (tag, name) == ("svg", "aria-labelledby")]
    assert named
    assert set(named) <= set(ids)


def test_hostile_names_are_text(hostile):
    page = page_of(hostile)
    for name in (
        "<script>alert(1)</script>",
        "</style><h1>style</h1>",
        '"><img src=x onerror=alert(1)>',
        "]]><b>data</b>",
    ):
        assert name in page.text
    assert "{{ 7 * 7 }}{% raw %}" in page.text
    assert "''" in page.text
    assert page.tags.count("h1") == 1
    assert "\x00" not in page.text


def test_unreadable_names_can_be_written(hostile, tmp_path):
    text = report(hostile, tmp_path / "page.html").read_text(encoding="utf-8")
    assert r"half \ud83d of a pair" in text
    assert "\u202e" not in text


def test_same_summary_same_page(comparison):
    assert render(summarize(comparison)) == render(summarize(comparison))


def test_worst_column_comes_first(assessment):
    group = assessment.classes[0]
    bad = replace(group.columns[4], name="the worst", measures=(Measure("ks", 0.99, 0.05, 0.01, 0.09),))
    group = replace(group, columns=(*group.columns[:4], bad, *group.columns[5:]))
    text = render(summarize(replace(assessment, classes=(group,))))
    section = text[text.index('id="marginals"') :]
    names = re.findall(r"<figcaption><b><bdi>(.*?)</bdi>", section)
    assert names[0] == "the worst"
    assert len(names) == len(group.columns)


def test_report_returns_the_path(comparison, tmp_path):
    path = report(comparison, str(tmp_path / "page.html"))
    assert path == tmp_path / "page.html"
    assert path.read_text(encoding="utf-8") == render(summarize(comparison))
    assert [item.name for item in tmp_path.iterdir()] == ["page.html"]


def test_existing_file_is_kept_unless_told(comparison, assessment, tmp_path):
    path = report(comparison, tmp_path / "page.html")
    before = path.read_bytes()
    with pytest.raises(ParameterError, match="overwrite=True"):
        report(assessment, path)
    assert path.read_bytes() == before
    report(assessment, path, overwrite=True)
    assert path.read_bytes() != before


def test_failure_leaves_nothing_behind(comparison, tmp_path, monkeypatch):
    path = report(comparison, tmp_path / "page.html")
    before = path.read_bytes()
    monkeypatch.setattr("os.replace", lambda *_: (_ for _ in ()).throw(OSError("disk full")))
    with pytest.raises(OSError, match="disk full"):
        report(comparison, path, overwrite=True)
    assert path.read_bytes() == before
    assert len(list(tmp_path.iterdir())) == 1


def test_bad_paths_are_refused(comparison, tmp_path):
    with pytest.raises(ParameterError, match="folder"):
        report(comparison, tmp_path)
    with pytest.raises(ParameterError, match="does not exist"):
        report(comparison, tmp_path / "missing" / "page.html")


def test_other_things_write_no_file(tmp_path):
    with pytest.raises(DataTypeError):
        report(object(), tmp_path / "page.html")
    assert list(tmp_path.iterdir()) == []


def test_package_can_be_called_in_place_of_the_function(comparison, tmp_path):
    # Which of the two the name imbgan.report means depends on what was imported before.
    assert imbgan.report(comparison, tmp_path / "page.html").exists()
    assert inspect.signature(imbgan.report).parameters.keys() == inspect.signature(report).parameters.keys()
