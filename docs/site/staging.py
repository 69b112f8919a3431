"""Gathers the source of one language of the site: pages of the repository, and pages that the package tells."""

import re
import shutil
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from zipfile import ZipFile

from docs.site import reference
from docs.site.contents import BENCHMARKS, CHINESE, DOCS, EXAMPLES, PUBLISHED_RESULTS, ROOT, SECTIONS, Section
from docs.site.links import Target, place, rewrite
from docs.site.notebooks import page_of

PAGES = (".md", ".ipynb")
# Pages of inner folders that the index of a section names.
_INNER = ("api/index", "api/parts", "commands/index")
_DARK = re.compile(r"@media \(prefers-color-scheme: dark\)\s*\{(?:[^{}]*\{[^{}]*\})*[^{}]*\}")
_ENGLISH_ONLY = "本页没有中文版，以下是英文原文。"
_PAGES_OF_CODE = {
    **{name: f"reference/api/{name}.rst" for name in reference.imbgan.__all__ if name[0].isupper()},
    **{f"{name}()": f"reference/api/{name}.rst" for name in reference.imbgan.__all__ if name[0].islower()},
    **{f"imbgan {name}": f"reference/commands/{name}.md" for name in reference.COMMANDS},
}


class Staging:
    """The source of the site in one language.

    Parameters
    ----------
    language : {"en", "zh"}
        In Chinese, a page without a Chinese version is the English one, and says so.
    folder : Path
        Folder to fill; what it held before goes.
    anew : bool, default=False
        Whether the gallery starts without its kept results, so that all examples run.
    """

    def __init__(self, language: str, folder: Path, *, anew: bool = False) -> None:
        self.language = language
        self.folder = folder
        self.anew = anew
        self._waiting: list[Path] = []
        self._staged: set[str] = set()

    def fill(self) -> None:
        """Write all pages, and whatever they lead to."""
        shutil.rmtree(self.folder, ignore_errors=True)
        self._write_reference()
        if self.language == "en" and not self.anew and PUBLISHED_RESULTS.is_dir():
            _restore_gallery(self.folder / "gallery")
        self._waiting = [*self._roots()]
        while self._waiting:
            self._stage(self._waiting.pop())
        for section in SECTIONS:
            self._write(f"{section.folder}/index.md", self._index(section))
        self._append(
            "index.md",
            [
                *(f"{section.folder}/index" for section in SECTIONS),
                *(["gallery/index"] if self.language == "en" else []),
                "benchmarks/README",
                *sorted(page.stem for page in self.folder.glob("*.md") if page.stem != "index"),
            ],
        )
        self._append_benchmarks()

    def _append_benchmarks(self) -> None:
        """Let the page of each benchmark lead to its results, and the first page to all of them."""
        results = "结果" if self.language == "zh" else "Results"
        pages = self._pages_in("benchmarks")
        others = sorted({page.partition("/")[0] for page in pages} - {*BENCHMARKS})
        for name in (*BENCHMARKS, *others):
            notes = sorted(page.partition("/")[2] for page in pages if page.startswith(f"{name}/notes/"))
            self._append(f"benchmarks/{name}/README.md", [f"{results} <RESULTS>", *notes])
        names = [f"{name}/README" for name in (*BENCHMARKS, *others)]
        self._append(
            "benchmarks/README.md", [*names, *(f"/examples/{name}" for name in sorted(self._pages_in("examples")))]
        )

    def _roots(self) -> Iterator[Path]:
        for page in sorted(page for suffix in PAGES for page in DOCS.rglob(f"*{suffix}")):
            if PUBLISHED_RESULTS not in page.parents:
                yield page
        yield from sorted(
            [*ROOT.glob("benchmarks/**/README.md"), *ROOT.glob("benchmarks/*/RESULTS.md"), ROOT / "CHANGELOG.md"]
        )

    def _stage(self, path: Path) -> None:
        """Bring one file of the repository to its place, unless its version in the wanted language takes it."""
        here = place(path)
        if here in self._staged or self._has_better(path):
            return
        self._staged.add(here)
        target = self.folder / here
        target.parent.mkdir(parents=True, exist_ok=True)
        if path.suffix == ".svg":
            # The reader chooses light or dark on the page; what a picture asks the system for would be another answer.
            target.write_text(_DARK.sub("", path.read_text(encoding="utf-8")), encoding="utf-8")
            return
        if path.suffix not in PAGES:
            shutil.copy(path, target)
            return
        text = page_of(path, target.parent) if path.suffix == ".ipynb" else path.read_text(encoding="utf-8")
        text = rewrite(text, path, here, partial(self._lead, path), _PAGES_OF_CODE)
        if not text.startswith("# "):
            text = f"# {path.stem.capitalize()}\n\n{text}"
        target.write_text(text if path.stem.endswith(CHINESE) else self._english(text), encoding="utf-8")

    def _english(self, text: str) -> str:
        """Return an English page, which on the Chinese site says below its title that it is one."""
        if self.language == "en":
            return text
        title, _, rest = text.partition("\n")
        line, _, after = rest.partition("\n")
        if line.startswith("==="):
            title, rest = f"{title}\n{line}", after
        return f"{title}\n\n{_ENGLISH_ONLY}\n\n{rest}"

    def _has_better(self, path: Path) -> bool:
        if path.suffix not in PAGES:
            return False
        is_chinese = path.stem.endswith(CHINESE)
        if self.language == "en":
            return is_chinese
        return not is_chinese and _sibling(path, CHINESE).exists()

    def _lead(self, page: Path, path: Path, fragment: str) -> Target | None:
        """Return where a link from a page to a file leads, and let the file come to the site."""
        if path == EXAMPLES:
            is_there = self.language == "en"
            return Target("gallery/index.rst") if is_there else Target("../gallery/index.html", is_elsewhere=True)
        if path.parent == DOCS and path.name in [section.folder for section in SECTIONS]:
            return Target(f"{path.name}/index.md")
        path = path / "README.md" if path.is_dir() else path
        here = place(path)
        built = f"../{Path(here).with_suffix('.html')}"
        if path.parent == EXAMPLES and path.suffix == ".py":
            return Target(here) if self.language == "en" else Target(built, fragment, is_elsewhere=True)
        if not path.is_file() or not path.is_relative_to(ROOT):
            return None
        if self.language == "en" and path.stem.endswith(CHINESE):
            return Target(f"zh/{Path(here).with_suffix('.html')}", fragment, is_elsewhere=True)
        if self._has_better(path):
            # Headings of a translated page have other names; only a Chinese page means the English one by this link.
            return Target(built, fragment, is_elsewhere=True) if page.stem.endswith(CHINESE) else Target(here)
        self._waiting.append(path)
        return Target(here, fragment)

    def _write_reference(self) -> None:
        for here, text in reference.pages():
            self._write(here, self._english(text))

    def _index(self, section: Section) -> str:
        """Return the page of a section: all its pages under the headings of their groups."""
        there = [page for page in self._pages_in(section.folder) if "/" not in page or page in _INNER]
        # On the Chinese site, what is there in English alone comes last.
        foreign = {page for page in there if _ENGLISH_ONLY in self._text(section.folder, page)}
        left = [page for page in sorted(there) if page != "index"]
        lines, tree = [f"# {section.title(self.language)}", ""], []
        for group in section.groups:
            pages = sorted([page for page in group.members if page in left], key=foreign.__contains__)
            left = [page for page in left if page not in pages]
            if pages:
                lines += [f"## {group.heading(self.language)}", "", *self._links(section.folder, pages), ""]
                tree += pages
        if left:
            lines += [f"## {'其他' if self.language == 'zh' else 'More'}", "", *self._links(section.folder, left), ""]
        return "\n".join([*lines, "```{toctree}", ":hidden:", "", *tree, *left, "```", ""])

    def _links(self, folder: str, pages: list[str]) -> list[str]:
        lines = []
        for page in pages:
            path, text = self._path(folder, page), self._text(folder, page)
            title = text.partition("\n")[0].removeprefix("# ")
            lines.append(f"- [{title}]({page}{path.suffix}){'（英文）' if _ENGLISH_ONLY in text else ''}")
        return lines

    def _path(self, folder: str, page: str) -> Path:
        found = (self.folder / folder).glob(f"{page}.*")
        return next(path for path in found if path.suffix in (".md", ".rst"))

    def _text(self, folder: str, page: str) -> str:
        return self._path(folder, page).read_text(encoding="utf-8")

    def _pages_in(self, folder: str) -> list[str]:
        start = self.folder / folder
        own = [
            page.relative_to(start).with_suffix("").as_posix()
            for page in start.rglob("*.*")
            if page.suffix in (".md", ".rst")
        ]
        return [page for page in own if page != "README"]

    def _append(self, page: str, pages: list[str]) -> None:
        path = self.folder / page
        tree = "\n".join(["", "```{toctree}", ":hidden:", "", *pages, "```", ""])
        path.write_text(path.read_text(encoding="utf-8") + tree, encoding="utf-8")

    def _write(self, here: str, text: str) -> None:
        path = self.folder / here
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


def _restore_gallery(folder: Path) -> None:
    """Bring back what examples made, so that only changed ones run, and pack what their pages offer."""
    shutil.copytree(PUBLISHED_RESULTS, folder)
    for notebook in folder.glob("*.ipynb"):
        example = EXAMPLES / f"{notebook.stem}.py"
        if example.exists():
            with ZipFile(folder / f"{notebook.stem}.zip", "w") as packed:
                packed.write(notebook, notebook.name)
                packed.write(example, example.name)


def _sibling(path: Path, mark: str) -> Path:
    """Return the same page in the other language: with the mark of Chinese pages, or without."""
    return path.with_name(f"{path.stem.removesuffix(CHINESE)}{mark}{path.suffix}")
