"""Links of a page lead to where its target stands on the site."""

import os
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from docs.site.contents import CHINESE, DOCS, EXAMPLES, ROOT

_FENCE = re.compile(r"^\s*(```+|~~~+)")
_LINK = re.compile(r"(!?)\[((?:[^\[\]]|\[[^\]]*\])*)\]\(([^)\s]+)\)")
# What holds no code that could lead somewhere: links, and headings.
_APART = re.compile(rf"{_LINK.pattern}|^#+ .*$", re.MULTILINE)
_CODE = re.compile(r"(?<!`)`([A-Za-z_]+(?: [a-z]+)?(?:\(\))?)`(?!`)")
# Chinese has no space between words, so that the end of a line is none.
_CHINESE_BREAK = re.compile(
    r"(?<=[\u3001-\u303f\u4e00-\u9fff\uff01-\uff5e])\n(?=[\u3001-\u303f\u4e00-\u9fff\uff01-\uff5e])"
    r"|(?<=\S)\n(?=[\uff01-\uff5e])"
)
_PERCENT = re.compile(r"(?<=\d) (?=%)")
_OTHER_LANGUAGE = re.compile(r"^\[(中文|English)\]\([^)]+\)$")


@dataclass(frozen=True)
class Target:
    """Where a link leads: a place in the source of the site, or a built page of the other language."""

    place: str
    fragment: str = ""
    is_elsewhere: bool = False


def place(path: Path) -> str:
    """Return where a file of the repository stands in the source of the site.

    Pages of ``docs/`` lose that folder, an example becomes the page that it makes, and a Chinese page takes the place
    of its English sibling.
    """
    if path.parent == EXAMPLES and path.suffix == ".py":
        return f"gallery/{path.stem}.rst"
    if path.is_dir():
        path = path / "README.md"
    base = DOCS if path.is_relative_to(DOCS) else ROOT
    staged = path.relative_to(base).as_posix().replace(f"{CHINESE}.md", ".md").replace(f"{CHINESE}.ipynb", ".ipynb")
    return f"{staged.removesuffix('.ipynb')}.md" if staged.endswith(".ipynb") else staged


def rewrite(
    text: str, page: Path, here: str, lead: Callable[[Path, str], Target | None], pages_of: dict[str, str]
) -> str:
    """Return the text of a page whose links lead to places on the site.

    Parameters
    ----------
    text : str
        Markdown.
    page : Path
        The file that holds it; links are relative to it.
    here : str
        Where the page stands on the site.
    lead : callable
        Told of each file of the repository that a link leads to, and of what follows ``#``; returns the target on the
        site. Where it has none, the words of the link stay.
    pages_of : dict of str to str
        Code, such as ``GANOverSampler`` or ``imbgan fit``, and its page: the first place of each on a page leads there.
    """
    folder = Path(here).parent.as_posix()
    left = dict(pages_of)

    def link(match: re.Match[str]) -> str:
        picture, words, address = match.groups()
        words = _LINK.sub(link, words)  # a picture that leads somewhere
        target, _, fragment = address.partition("#")
        if not target or re.match(r"[a-z0-9]+:", target):
            return f"{picture}[{words}]({address})"
        found = lead(Path(os.path.normpath(page.parent / target)), fragment)
        if found is None:
            return words
        moved = f"{os.path.relpath(found.place, folder)}{'#' if found.fragment else ''}{found.fragment}"
        return f'<a href="{moved}">{words}</a>' if found.is_elsewhere else f"{picture}[{words}]({moved})"

    def code(match: re.Match[str]) -> str:
        target = left.pop(match[1], None)
        return match[0] if target is None or target == here else f"[{match[0]}]({os.path.relpath(target, folder)})"

    def prose(part: str) -> str:
        part = _PERCENT.sub("\u00a0", _CHINESE_BREAK.sub("", part))
        words, start = [], 0
        for match in _APART.finditer(part):
            words += [_CODE.sub(code, part[start : match.start()]), _LINK.sub(link, match[0])]
            start = match.end()
        return "".join([*words, _CODE.sub(code, part[start:])])

    return "".join(part if is_code else prose(part) for is_code, part in _parts(text))


def _parts(text: str) -> Iterator[tuple[bool, str]]:
    """Yield blocks of code, and the prose between them without lines that only lead to the other language."""
    lines, fence = [], ""
    for line in text.splitlines(keepends=True):
        mark = _FENCE.match(line)
        indented = not fence and line.startswith("    ")
        if (mark and not fence) or indented:
            yield False, "".join(lines)
            lines = []
        if fence or not _OTHER_LANGUAGE.match(line):
            lines.append(line)
        if indented:
            yield True, lines.pop()
        elif mark and not fence:
            fence = mark[1]
        elif mark and mark[1].startswith(fence):
            yield True, "".join(lines)
            lines, fence = [], ""
    yield bool(fence), "".join(lines)
