"""The built site in a real browser, served as it will be: Debian's Chromium through Playwright."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer

import pytest
from tests.site.pages import HTML, loads, pages

pytestmark = [pytest.mark.site, pytest.mark.skipif(not HTML.is_dir(), reason="make docs builds the site")]
# Milliseconds after which what is waited for is taken for missing; a busy machine may take its time.
PATIENCE = 120_000
GIVEN_UP = "net::ERR_ABORTED"
PICTURES = (".png", ".svg")
PHONE = {"width": 390, "height": 844}
DESK = {"width": 1280, "height": 900}
# What sticks out of the window, but for what lies in a box of its own that scrolls, such as a table. The theme lets the
# whole article scroll too, so that the page itself is never too wide: boxes are looked for below it.
STICKS_OUT = """() => [...document.querySelectorAll('main *')].filter(one => {
    const box = one.getBoundingClientRect();
    if (!box.width || !box.height || box.right <= innerWidth + 1) return false;
    for (let around = one.parentElement; !around.matches('main, .bd-article-container'); around = around.parentElement)
        if (['auto', 'scroll'].includes(getComputedStyle(around).overflowX)) return false;
    return true;
}).map(one => `${one.tagName} ${one.className} ${one.textContent.slice(0, 40)}`)"""
SCROLLS = "[...document.querySelectorAll('.bd-article-container')].some(one => one.scrollWidth > one.clientWidth + 1)"
# What a reader would not be told who hears a page instead of seeing it, or moves through it by its headings.
SILENT = """() => {
    const faults = [], named = one => (one.ariaLabel || one.title || one.textContent).trim();
    const headings = [...document.querySelectorAll('article h1, article h2, article h3, article h4, article h5')];
    const levels = headings.map(one => Number(one.tagName[1]));
    if (levels.length && levels.filter(level => level === 1).length !== 1) faults.push('has not one title');
    levels.forEach((level, place) => { if (place && level > levels[place - 1] + 1)
        faults.push(`skips a level before ${headings[place].textContent}`); });
    for (const one of document.querySelectorAll('article th, summary, article a[href], button'))
        if (!named(one) && !one.querySelector('img[alt]')) faults.push(`has no name for ${one.outerHTML.slice(0, 80)}`);
    for (const one of document.querySelectorAll('article img'))
        if (one.alt.trim().length < 8) faults.push(`says only ${one.alt} of ${one.src}`);
    const language = location.pathname.includes('/zh/') ? 'zh-CN' : 'en';
    if (document.documentElement.lang !== language) faults.push(`is in ${document.documentElement.lang}`);
    return faults;
}"""
BACKGROUND = "getComputedStyle(document.body).backgroundColor"


class Quiet(SimpleHTTPRequestHandler):
    """Serves files over one connection, without a line per request."""

    protocol_version = "HTTP/1.1"

    def handle(self) -> None:
        """Answer until the browser closes the connection."""
        with suppress(ConnectionError):
            super().handle()

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:
        """Answer with the page of the site, as its host would."""
        page = (HTML / "404.html").read_bytes()
        self.send_response(code)
        self.send_header("Content-Type", "text/html")
        self.send_header("Content-Length", str(len(page)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(page)

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@pytest.fixture(scope="module")
def site() -> Iterator[str]:
    """The address of the site on this machine; it does not stand at the root of its host."""
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(HTML.parent))) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/{HTML.name}/"
        server.shutdown()
        thread.join()


@contextmanager
def opened(browser, site, **options) -> Iterator[tuple[object, list[str]]]:
    """Yield a page of the browser and what went wrong on it: errors, failed requests, requests to other hosts."""
    trouble: list[str] = []
    context = browser.new_context(**options)
    context.set_default_timeout(PATIENCE)
    page = context.new_page()
    page.on("console", lambda note: note.type in ("warning", "error") and trouble.append(f"console: {note.text}"))
    page.on("pageerror", lambda error: trouble.append(f"error: {error}"))
    # What is still on its way when the next page is opened is given up.
    page.on("requestfailed", lambda asked: asked.failure == GIVEN_UP or trouble.append(f"failed: {asked.url}"))
    page.on("response", lambda answer: answer.status >= 400 and trouble.append(f"{answer.status}: {answer.url}"))
    page.on("request", lambda asked: asked.url.startswith((site, "data:")) or trouble.append(f"asked: {asked.url}"))
    try:
        yield page, trouble
    finally:
        context.close()


def test_pages_open_without_errors_fit_on_a_phone_and_can_be_heard(browser, site):
    faults = []
    with opened(browser, site, viewport=PHONE) as (page, trouble):
        for path in pages():
            name = path.relative_to(HTML).as_posix()
            page.goto(site + name)
            faults += [f"{name}: {each}" for each in trouble]
            trouble.clear()
            width = page.evaluate("document.documentElement.scrollWidth")
            faults += [f"{name} is {width} pixels wide"] if width > PHONE["width"] else []
            scrolls = page.evaluate(SCROLLS)
            faults += [f"{name}: the article scrolls sideways"] if scrolls else []
            faults += [f"{name}: {each} sticks out" for each in page.evaluate(STICKS_OUT)]
            faults += [f"{name} {each}" for each in page.evaluate(SILENT)]
            empty = page.evaluate(
                "[...document.images].filter(one => one.complete && !one.naturalWidth).map(one => one.src)"
            )
            faults += [f"{name}: {each} is no picture" for each in empty]
    assert faults == []


@pytest.mark.parametrize(
    ("start", "words", "found"),
    [
        ("index.html", "class imbalance", "explanation/what-imbalance-does.html"),
        ("index.html", "GANOverSampler", "reference/api/GANOverSampler.html"),
        ("index.html", "SMOTE", "explanation/comparison.html"),
        ("index.html", "mode collapse", "gallery/plot_mode_collapse.html"),
        ("index.html", "threshold", "explanation/thresholds.html"),
        ("zh/index.html", "类别不平衡", "zh/explanation/what-imbalance-does.html"),
        ("zh/index.html", "阈值", "zh/explanation/thresholds.html"),
        ("zh/index.html", "欺诈", "zh/how-to/costs.html"),
        ("zh/index.html", "少数类", "zh/explanation/comparison.html"),
    ],
)
def test_search_finds_what_explains_the_words_among_the_first(browser, site, start, words, found):
    with opened(browser, site, viewport=DESK) as (page, trouble):
        page.goto(site + start)
        page.keyboard.press("Control+k")
        page.keyboard.type(words)
        page.keyboard.press("Enter")
        page.wait_for_url("**/search.html?*")
        # The list grows while pages are read; then the number of hits stands above it.
        page.wait_for_function("document.querySelector('#search-results .search-summary')?.textContent.match(/[0-9]/)")
        hits = page.locator("#search-results li > a").evaluate_all("all => all.map(one => one.href)")
        led_to = list(dict.fromkeys(hit.split("?")[0].split("#")[0].removeprefix(site) for hit in hits))
        assert found in led_to[:5]
        assert [place for place in led_to if not (HTML / place).is_file()] == []
        assert trouble == []


@pytest.mark.parametrize("start", ["index.html", "zh/index.html"])
def test_dark_mode_follows_the_system_and_switches(browser, site, start):
    with opened(browser, site, viewport=DESK, color_scheme="light") as (page, _):
        page.goto(site + start)
        light = page.evaluate(BACKGROUND)
    with opened(browser, site, viewport=DESK, color_scheme="dark") as (page, _):
        page.goto(site + start)
        dark = page.evaluate(BACKGROUND)
        assert dark != light
        seen = set()
        for mode in ("light", "dark", "auto"):
            page.locator("button.theme-switch-button:visible").click()
            page.locator(f"button.theme-change-button[data-mode={mode}]:visible").click()
            seen.add((page.evaluate("document.documentElement.dataset.mode"), page.evaluate(BACKGROUND)))
    assert seen == {("auto", dark), ("light", light), ("dark", dark)}


@pytest.mark.parametrize(
    ("start", "words"),
    [
        ("index.html", ("Install", "First example", "Does it help?", "When not to use it")),
        ("zh/index.html", ("安装", "第一个例子", "有用吗", "什么时候不该用")),
    ],
)
@pytest.mark.parametrize("viewport", [PHONE, DESK], ids=["phone", "desk"])
def test_the_start_page_leads_to_its_sections(browser, site, start, words, viewport):
    with opened(browser, site, viewport=viewport) as (page, trouble):
        for each in words:
            page.goto(site + start)
            page.locator("article").get_by_role("link", name=each).first.click()
            heading = page.locator("article").get_by_role("heading", level=2).filter(has_text=each)
            assert 0 <= heading.bounding_box()["y"] < viewport["height"] / 2
        assert trouble == []


@pytest.mark.parametrize("name", ["index", "how-to/compare", "reference/glossary", "explanation/architecture"])
def test_each_page_leads_to_its_sibling_in_the_other_language(browser, site, name):
    with opened(browser, site, viewport=DESK) as (page, trouble):
        page.goto(f"{site}{name}.html")
        page.get_by_role("link", name="中文", exact=True).first.click()
        page.wait_for_url(f"**/zh/{name}.html")
        assert page.locator("html").get_attribute("lang").startswith("zh")
        page.get_by_role("link", name="English", exact=True).first.click()
        page.wait_for_url(f"{site}{name}.html")
        assert trouble == []


def test_an_address_that_does_not_exist_leads_to_the_start(browser, site):
    with opened(browser, site, viewport=DESK) as (page, _):
        page.goto(f"{site}how-to/of-old/page.html")
        for words, start in (("start page", site), ("首页", f"{site}zh/")):
            page.wait_for_function(f"[...document.links].some(one => one.href === '{start}')")
            assert page.get_by_role("link", name=words).get_attribute("href") == start[start.index("/", 8) :]


def test_a_wide_table_is_reached_with_the_keyboard(browser, site):
    with opened(browser, site, viewport=PHONE) as (page, _):
        page.goto(f"{site}explanation/comparison.html")
        assert page.locator("article table").first.get_attribute("tabindex") == "0"


def test_no_page_is_heavy():
    heavy = {
        page.name: size
        for page in pages()
        if (
            size := page.stat().st_size
            + sum(file.stat().st_size for _, file, _ in loads(page) if file.suffix in PICTURES)
        )
        > 2_000_000
    }
    assert heavy == {}


@pytest.mark.parametrize("start", ["", "zh/"])
def test_what_the_benchmark_found_prints_on_two_pages(browser, site, start):
    with opened(browser, site) as (page, _):
        page.goto(f"{site}{start}explanation/what-the-benchmark-found.html")
        edges = dict.fromkeys(("top", "bottom", "left", "right"), "18mm")
        assert page.pdf(format="A4", margin=edges).count(b"/Type /Page\n") == 2
