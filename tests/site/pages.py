"""The pages of the built site, read as files: where their links lead, and what can be led to."""

from collections.abc import Iterator
from functools import cache
from html.parser import HTMLParser
from os.path import normpath
from pathlib import Path
from urllib.parse import unquote, urlsplit

from docs.site.contents import BUILD

HTML = BUILD / "html"


class Reader(HTMLParser):
    """Collects links, anchors, what a browser would load, and pictures without alternative texts."""

    def __init__(self) -> None:
        super().__init__()
        self.links: list[str] = []
        self.anchors: set[str] = set()
        self.loaded: list[str] = []
        self.silent: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note the tag."""
        found = {name: value or "" for name, value in attrs}
        self.anchors |= {found[name] for name in ("id", "name") if name in found and (name == "id" or tag == "a")}
        if tag == "a" and "href" in found:
            self.links.append(found["href"])
        elif tag == "link" and found.get("rel") not in ("canonical", "search", "prev", "next", "index"):
            self.loaded.append(found["href"])
        elif tag in ("script", "img", "source", "iframe") and "src" in found:
            self.loaded += [
                found["src"],
                *(part.split()[0] for part in found.get("srcset", "").split(",") if part.strip()),
            ]
            if tag == "img" and not found.get("alt", "").strip():
                self.silent.append(found["src"])


def pages() -> list[Path]:
    """Return all pages of both languages, without files of the theme and what stands for a page that is not there."""
    return sorted(path for path in HTML.rglob("*.html") if "_static" not in path.parts and path.name != "404.html")


@cache
def read(page: Path) -> Reader:
    """Return what stands on a page."""
    reader = Reader()
    reader.feed(page.read_text(encoding="utf-8"))
    return reader


def targets(page: Path) -> Iterator[tuple[str, Path, str]]:
    """Yield each link within the site, the file that it leads to, and its anchor."""
    return _within(page, read(page).links)


def loads(page: Path) -> Iterator[tuple[str, Path, str]]:
    """Yield the same of what a browser loads with the page: pictures of all sizes, styles and scripts."""
    return _within(page, read(page).loaded)


def _within(page: Path, addresses: list[str]) -> Iterator[tuple[str, Path, str]]:
    for address in addresses:
        parts = urlsplit(address)
        if not parts.scheme and not parts.netloc:
            target = Path(normpath(page.parent / unquote(parts.path))) if parts.path else page
            yield address, target / "index.html" if target.is_dir() else target, unquote(parts.fragment)
