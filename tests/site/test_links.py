"""Each link of the built site leads somewhere, and what a reader with ten minutes wants is near."""

import re

import pytest
from tests.site.pages import HTML, loads, pages, read, targets

pytestmark = [pytest.mark.site, pytest.mark.skipif(not HTML.is_dir(), reason="make docs builds the site")]


def name_of(page):
    return page.relative_to(HTML).as_posix()


def test_each_link_within_the_site_leads_to_a_file_and_an_anchor():
    lost = []
    for page in pages():
        for link, target, anchor in targets(page):
            is_there = target.is_file() and target.is_relative_to(HTML)
            if not is_there or (anchor and target.suffix == ".html" and anchor not in read(target).anchors):
                lost.append(f"{name_of(page)}: {link}")
    assert lost == []


def test_nothing_is_loaded_from_another_host():
    elsewhere = [
        f"{name_of(page)}: {address}"
        for page in pages()
        for address in read(page).loaded
        if address.startswith(("http:", "https:", "//"))
    ]
    assert elsewhere == []


def test_what_a_page_loads_is_there():
    assert [
        f"{name_of(page)}: {loaded}" for page in pages() for loaded, file, _ in loads(page) if not file.is_file()
    ] == []


def test_each_page_is_reached_from_the_start_page():
    known, waiting = {HTML / "index.html"}, [HTML / "index.html"]
    while waiting:
        for _, target, _ in targets(waiting.pop()):
            if target.suffix == ".html" and target not in known:
                known.add(target)
                waiting.append(target)
    assert [name_of(page) for page in pages() if page not in known and page.name != "search.html"] == []


def test_pictures_have_alternative_texts():
    assert [f"{name_of(page)}: {picture}" for page in pages() for picture in read(page).silent] == []


def test_each_chinese_page_is_chinese_or_says_that_it_is_not():
    silent = []
    for page in pages():
        if name_of(page).startswith("zh/") and page.name != "search.html":
            text = re.sub(r"<[^>]+>", "", page.read_text(encoding="utf-8").partition('class="bd-article"')[2])
            if "本页没有中文版" not in text and len(re.findall("[\u4e00-\u9fff]", text)) < 10:
                silent.append(name_of(page))
    assert silent == []


NEAR = (
    ("index.html", "install"),
    ("index.html", "first-example"),
    ("index.html", "does-it-help"),
    ("index.html", "when-not-to-use-it"),
    ("benchmarks/quality/RESULTS.html", ""),
    ("explanation/when-not.html", ""),
    ("how-to/compare.html", ""),
    ("how-to/classify.html", ""),
    ("tutorials/text-column.html", ""),
    ("gallery/plot_when_not.html", ""),
    ("reference/api/compare.html", ""),
    ("reference/commands/compare.html", ""),
)
NEAR_IN_CHINESE = (
    ("zh/how-to/compare.html", ""),
    ("zh/how-to/classify.html", ""),
    ("zh/explanation/when-not.html", ""),
    ("zh/benchmarks/quality/RESULTS.html", ""),
    ("zh/reference/glossary.html", ""),
    ("gallery/plot_when_not.html", ""),
)


@pytest.mark.parametrize(("start", "near"), [("index.html", NEAR), ("zh/index.html", NEAR_IN_CHINESE)])
def test_what_matters_is_at_most_two_clicks_from_the_start(start, near):
    first = {(target, anchor) for _, target, anchor in targets(HTML / start)}
    second = {(target, anchor) for page, _ in first if page.suffix == ".html" for _, target, anchor in targets(page)}
    reached = first | second
    assert [place for place in near if (HTML / place[0], place[1]) not in reached] == []
