"""The page in a real browser: Debian's Chromium through Playwright."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from imbgan.report import report

SECTIONS = [
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
PHONE = {"width": 360, "height": 740}
# Sees what a script of the page would do, before the page loads.
WATCH = "window.alert = () => { window.alerted = true; };"


@contextmanager
def opened(browser, path: Path, **options) -> Iterator[object]:
    """Open a page; fail if it asks for anything, prints an error, or opens a dialog."""
    trouble: list[str] = []
    context = browser.new_context(offline=True, **options)
    context.set_default_timeout(0)  # no clock: a busy machine may take its time
    page = context.new_page()
    page.add_init_script(WATCH)
    page.on("console", lambda message: trouble.append(f"console: {message.text}"))
    page.on("pageerror", lambda error: trouble.append(f"error: {error}"))
    page.on("dialog", lambda dialog: (trouble.append(f"dialog: {dialog.message}"), dialog.dismiss()))
    page.on("request", lambda request: trouble.append(f"request: {request.url}"))
    page.goto(path.as_uri())
    try:
        yield page
        assert not page.evaluate("window.alerted === true")
        assert trouble == [f"request: {path.as_uri()}"]
    finally:
        context.close()


@pytest.fixture
def page_file(comparison, tmp_path):
    return report(comparison, tmp_path / "page.html")


@pytest.fixture
def hostile_file(hostile, tmp_path):
    return report(hostile, tmp_path / "hostile.html")


def test_sections_are_there_and_the_verdict_comes_first(browser, page_file):
    with opened(browser, page_file) as page:
        assert page.locator("section").evaluate_all("all => all.map(one => one.id)") == SECTIONS
        assert page.get_by_role("heading", level=1).inner_text().startswith("Use logistic regression")
        assert page.get_by_role("heading", level=1).bounding_box()["y"] < 200
        page.get_by_role("link", name="Training").click()
        assert page.url.endswith("#training")


def test_every_figure_has_a_name_and_a_size(browser, page_file):
    with opened(browser, page_file) as page:
        page.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true; })")
        figures = page.locator("svg:not([aria-hidden])")
        assert figures.count() > 40
        assert page.get_by_role("img").count() == figures.count()
        names = figures.evaluate_all(
            "all => all.map(s => document.getElementById(s.getAttribute('aria-labelledby')).textContent)"
        )
        assert all(name.strip() for name in names)
        assert page.get_by_role("img", name="Gain in average precision over the table as it is").count() == 2
        assert figures.evaluate_all("all => all.every(s => s.getBoundingClientRect().width > 50)")


@pytest.mark.parametrize("factor", [1.0, 1e6])
def test_drawn_text_stays_within_its_figure(browser, comparison, factor, tmp_path):
    # Costs have large numbers.
    scores = [
        replace(score, gain_low=factor * score.gain_low, gain_high=factor * score.gain_high) if score.gain else score
        for score in comparison.scores
    ]
    page_file = report(replace(comparison, scores=tuple(scores)), tmp_path / "page.html")
    outside = """all => all.flatMap(s => {
        const frame = s.getBoundingClientRect();
        return [...s.querySelectorAll('text')].filter(t => {
            const box = t.getBoundingClientRect();
            return box.left < frame.left - 2 || box.right > frame.right + 2 || box.bottom > frame.bottom + 2;
        }).map(t => t.textContent);
    })"""
    with opened(browser, page_file) as page:
        page.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true; })")
        assert page.locator("svg.figure").evaluate_all(outside) == []


def test_hostile_names_show_as_text(browser, hostile_file):
    with opened(browser, hostile_file) as page:
        page.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true; })")
        assert page.locator("#marginals bdi", has_text="<script>alert(1)</script>").first.is_visible()
        assert page.locator("svg text", has_text="<script>alert(1)").first.is_visible()
        assert page.locator("h1").count() == 1
        assert page.locator("img").count() == 0
        assert page.locator("script").count() == 1
        assert page.locator("#marginals").get_by_text("{{ 7 * 7 }}{% raw %}").first.is_visible()


@pytest.mark.parametrize("thing", ["comparison", "hostile", "assessment", "judged"])
def test_phone_needs_no_sideways_scrolling(browser, thing, request, tmp_path):
    path = report(request.getfixturevalue(thing), tmp_path / "page.html")
    with opened(browser, path, viewport=PHONE) as page:
        page.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true; })")
        assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_rules_are_cards_on_a_phone_and_the_tree_stays_within_its_drawing(browser, judged, lang, tmp_path):
    path = report(judged, tmp_path / "tree.html", lang=lang)
    outside = """s => [...s.querySelectorAll('text')].filter(t => {
        const frame = s.getBoundingClientRect(), box = t.getBoundingClientRect();
        return box.left < frame.left - 2 || box.right > frame.right + 2 || box.bottom > frame.bottom + 2;
    }).map(t => t.textContent)"""
    for width in (390, 1280):
        with opened(browser, path, viewport={"width": width, "height": 844}) as page:
            tree = page.locator("svg.imbgan-tree")
            assert not tree.is_visible()
            page.locator("#rules summary").click()
            assert tree.is_visible()
            assert tree.evaluate(outside) == []
            assert page.get_by_role("heading", level=1).bounding_box()["y"] < 200
            card = page.locator("#rules tbody tr").first.evaluate("e => getComputedStyle(e).display")
            assert card == ("block" if width == 390 else "table-row")


def test_dark_mode_changes_the_colors(browser, page_file):
    def colors(scheme):
        with opened(browser, page_file, color_scheme=scheme) as page:
            return page.evaluate(
                "[getComputedStyle(document.body).backgroundColor, getComputedStyle(document.body).color,"
                " getComputedStyle(document.querySelector('svg text.name')).fill]"
            )

    light, dark = colors("light"), colors("dark")
    assert all(a != b for a, b in zip(light, dark, strict=True))
    # Text is drawn in the color of the page's text.
    assert [light[1], dark[1]] == [light[2], dark[2]]


def test_the_tree_has_the_colors_of_its_page(browser, judged, tmp_path):
    path = report(judged, tmp_path / "tree.html")
    for scheme in ("light", "dark"):
        with opened(browser, path, color_scheme=scheme) as page:
            page.locator("#rules summary").click()
            colors = page.evaluate(
                "[getComputedStyle(document.body).backgroundColor, getComputedStyle(document.body).color,"
                " getComputedStyle(document.querySelector('svg.imbgan-tree .paper')).fill,"
                " getComputedStyle(document.querySelector('svg.imbgan-tree text')).fill]"
            )
        assert colors[:2] == colors[2:]


def test_print_shows_what_is_folded(browser, page_file):
    with opened(browser, page_file) as page:
        folded = page.get_by_text("These settings repeat the run.").locator("xpath=../dl")
        assert not folded.is_visible()
        page.emulate_media(media="print")
        assert folded.is_visible()
        assert not page.locator("nav").is_visible()
        assert not page.locator("pre").is_visible()  # no page of JSON


@pytest.mark.parametrize("thing", ["comparison", "many_classes"])
def test_phone_shows_rows_as_cards(browser, thing, request, tmp_path):
    path = report(request.getfixturevalue(thing), tmp_path / "page.html")
    with opened(browser, path, viewport={"width": 390, "height": 844}) as page:
        page.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true; })")
        cut = "all => all.filter(e => e.scrollWidth > e.clientWidth + 1).map(e => e.textContent.slice(0, 40))"
        assert page.locator(".wide").evaluate_all(cut) == []
        label = "e => getComputedStyle(e, '::before').content"
        first = page.locator("#scores tbody tr").first.locator("td").first
        assert first.evaluate(label) == '"Average precision"'


def test_nothing_runs_even_if_it_were_written(browser, page_file):
    # The page's own policy is a second wall behind the escaping.
    planted = page_file.read_text(encoding="utf-8").replace("</main>", "<script>alert(1)</script></main>")
    page_file.write_text(planted, encoding="utf-8")
    with pytest.raises(AssertionError, match="Content Security Policy"), opened(browser, page_file) as page:
        assert not page.evaluate("window.alerted === true")
