"""The built site in a real browser, served from this machine, and its links read as files."""

import functools
import http.server
import re
import shutil
import threading
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urldefrag, urlsplit

import pytest

from docs.site.contents import BUILD

HTML = BUILD / "html"
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
PAGES = (
    sorted(page.relative_to(HTML).as_posix() for page in HTML.rglob("*.html") if "_static" not in page.parts)
    if HTML.is_dir()
    else []
)
# One of each kind of page; all pages are read as files.
KINDS = [
    "index.html",
    "zh/index.html",
    "how-to/compare.html",
    "zh/how-to/compare.html",
    "explanation/losses.html",
    "reference/index.html",
    "reference/api/GANOverSampler.html",
    "reference/commands/compare.html",
    "reference/glossary.html",
    "zh/reference/glossary.html",
    "gallery/index.html",
    "gallery/plot_textbook.html",
    "benchmarks/quality/RESULTS.html",
    "zh/explanation/losses.html",
    "CHANGELOG.html",
]
pytestmark = [pytest.mark.site, pytest.mark.skipif(not HTML.is_dir(), reason="make docs builds the site")]


class Reader(HTMLParser):
    """Collects what a page leads to, its anchors, and pictures without alternative texts."""

    def __init__(self, page: Path):
        super().__init__()
        self.links, self.anchors, self.silent = [], set(), []
        self.feed(page.read_text(encoding="utf-8"))

    def handle_starttag(self, tag, attrs):
        found = dict(attrs)
        if found.get("id"):
            self.anchors.add(found["id"])
        if tag == "a" and found.get("href"):
            self.links.append(found["href"])
        if tag in ("img", "script", "link") and found.get("src" if tag != "link" else "href"):
            self.links.append(found["src" if tag != "link" else "href"])
        if tag == "img" and not (found.get("alt") or "").strip():
            self.silent.append(found.get("src"))


@pytest.fixture(scope="module")
def readers():
    return {page: Reader(HTML / page) for page in PAGES}


def inner(page, link):
    """Return the page of the site, or the file, and the anchor that a link leads to; None for another site."""
    parts = urlsplit(link)
    if parts.scheme or parts.netloc:
        return None
    address, anchor = urldefrag(link)
    path = unquote(urlsplit(address).path)  # a digest may follow "?"
    target = (HTML / page).parent / path if path else HTML / page
    return target.resolve(), unquote(anchor)


def test_each_link_and_anchor_leads_somewhere(readers):
    dead = []
    for page, reader in readers.items():
        for link in reader.links:
            found = inner(page, link)
            if found is None or link.startswith("#"):
                continue
            target, anchor = found
            name = target.relative_to(HTML.resolve()).as_posix() if target.is_relative_to(HTML.resolve()) else ""
            lacks_anchor = anchor and name in readers and anchor not in readers[name].anchors
            if not target.exists() or lacks_anchor:
                dead.append(f"{page} -> {link}")
    assert dead == []


def test_nothing_is_loaded_from_elsewhere(readers):
    loaded = re.compile(
        r"<(?:script|img|iframe|source)[^>]*\ssrc=\"(?:https?:)?//|<link[^>]*rel=\"stylesheet\"[^>]*href=\"(?:https?:)?//"
    )
    assert [page for page in PAGES if loaded.search((HTML / page).read_text(encoding="utf-8"))] == []


def test_pictures_have_alternative_texts(readers):
    assert {page: reader.silent for page, reader in readers.items() if reader.silent} == {}


def test_each_chinese_page_is_chinese_or_says_that_it_is_not():
    silent = []
    for page in PAGES:
        if page.startswith("zh/") and page.split("/")[-1] not in ("genindex.html", "search.html", "py-modindex.html"):
            body = (HTML / page).read_text(encoding="utf-8").partition('class="bd-article"')[2]
            text = re.sub(r"<[^>]+>", "", body)
            if "本页没有中文版" not in text and len(re.findall("[\u4e00-\u9fff]", text)) < 10:
                silent.append(page)
    assert silent == []


@pytest.mark.parametrize(
    ("start", "targets"),
    [
        (
            "index.html",
            ["how-to/compare.html", "explanation/when-not.html", "how-to/classify.html", "gallery/plot_textbook.html"],
        ),
        ("zh/index.html", ["zh/how-to/compare.html", "zh/explanation/when-not.html", "zh/how-to/classify.html"]),
    ],
)
def test_what_a_reader_needs_is_two_clicks_away(readers, start, targets):
    def clicks(page):
        found = (inner(page, link) for link in readers[page].links)
        names = {target.relative_to(HTML.resolve()).as_posix() for target, _ in filter(None, found) if target.is_file()}
        return names & set(readers)

    near = clicks(start)
    assert set(targets) <= near.union(*(clicks(page) for page in near))


@pytest.fixture(scope="module")
def address():
    """Serve the site on a free port of this machine."""
    handler = functools.partial(http.server.SimpleHTTPRequestHandler, directory=str(HTML))
    http.server.SimpleHTTPRequestHandler.log_message = lambda *_: None
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


@pytest.fixture(scope="module")
def browser():
    path = next(filter(None, map(shutil.which, BROWSERS)), None)
    if path is None:
        pytest.skip(f"none of these browsers is installed: {', '.join(BROWSERS)}")
    api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    with api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"], timeout=0)
        yield browser
        browser.close()


@pytest.fixture
def opened(browser, address):
    """Return a page of a browser that collects errors, failed requests, and requests to other hosts."""
    trouble = []
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    context.set_default_timeout(0)  # no clock: a busy machine may take its time
    page = context.new_page()
    page.on("console", lambda message: message.type == "error" and trouble.append(f"console: {message.text}"))
    page.on("pageerror", lambda error: trouble.append(f"error: {error}"))
    page.on("requestfailed", lambda request: trouble.append(f"failed: {request.url}"))
    page.on("request", lambda request: request.url.startswith((address, "data:")) or trouble.append(request.url))
    page.on(
        "response", lambda response: response.status >= 400 and trouble.append(f"{response.status}: {response.url}")
    )
    yield page
    assert trouble == []
    context.close()


@pytest.mark.parametrize("name", KINDS)
def test_a_page_loads_without_errors_and_fits_a_phone(opened, address, name):
    opened.goto(f"{address}/{name}", wait_until="load")
    opened.set_viewport_size({"width": 390, "height": 844})
    assert opened.evaluate("document.documentElement.scrollWidth") <= 390


@pytest.mark.parametrize(
    ("start", "query", "expected"),
    [
        ("search.html", "class imbalance", "what-imbalance-does"),
        ("search.html", "GANOverSampler", "GANOverSampler"),
        ("zh/search.html", "类别不平衡", "index.html"),
        ("zh/search.html", "过采样", "how-to"),
    ],
)
def test_search_finds_pages(opened, address, start, query, expected):
    opened.goto(f"{address}/{start}?q={query}", wait_until="load")
    opened.wait_for_function("document.querySelectorAll('#search-results ul.search li a').length > 0")
    titles = "[...document.querySelectorAll('#search-results ul.search li a')]"
    opened.wait_for_function(f"expected => {titles}.some(link => link.href.includes(expected))", arg=expected)


def test_dark_mode_switches(opened, address):
    opened.goto(f"{address}/index.html", wait_until="load")
    seen = set()
    for _ in range(3):  # automatic, light, dark
        seen.add(opened.evaluate("document.documentElement.dataset.theme"))
        opened.locator("button.theme-switch-button").first.click()
        choices = opened.locator("[data-mode]:not(html)")
        for place in range(choices.count()):
            if choices.nth(place).is_visible() and choices.nth(place).get_attribute("data-mode") == "dark":
                choices.nth(place).click()
    assert "dark" in seen


def test_the_language_switch_leads_to_the_same_page(opened, address):
    opened.goto(f"{address}/how-to/compare.html", wait_until="load")
    opened.locator("a[hreflang=zh]").first.click()
    opened.wait_for_url("**/zh/how-to/compare.html")
    opened.locator("a[hreflang=en]").first.click()
    opened.wait_for_url("**/how-to/compare.html")
