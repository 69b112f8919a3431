"""What can be checked of the prose: the words of the glossary, "per" instead of the distributive "a", no idle names."""

import ast
import io
import re
import tokenize
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
GLOSSARY = ROOT / "docs" / "reference" / "glossary.md"
SOURCES = sorted((ROOT / "src").rglob("*.py"))
TEMPLATES = sorted((ROOT / "src").rglob("*.html"))
GENERATED = {ROOT / "benchmarks" / "quality" / "RESULTS.md"}  # made of the notes, which are checked
PAGES = sorted(
    {
        *ROOT.glob("*.md"),
        *(ROOT / "docs").rglob("*.md"),
        *(ROOT / "benchmarks").rglob("*.md"),
    }
    - GENERATED
    - {GLOSSARY}
)

# (file, word of the glossary) -> why it stands there all the same.
ALLOWED = {
    ("benchmarks/speed/", "epoch"): "ctgan counts epochs",
    ("oversampling/gan_over_sampler.py", "epoch"): "the parameter n_epochs, and the recipe of 2014",
    ("oversampling/tabular_gan.py", "epoch"): "the parameter n_epochs",
    ("oversampling/image_gan.py", "epoch"): "the parameter n_epochs",
    ("README.md", "minority class"): "the words that people search for",
    ("src/imbgan/bulk/", "dataset"): "the class DataSet, a table in files",
    ("src/imbgan/data/", "dataset"): "the class DataSet",
    ("deployment/data_sets.py", "dataset"): "the class DataSet",
}

# A number, one or two words that are no prepositions or verbs, "a", and something that is counted.
BETWEEN = (
    "about|after|against|among|and|are|around|as|at|be|become|becomes|before|behind|beside|between|both|but|by|can|for|from|gets|"
    "gives|has|have|holds|if|in|inside|into|is|it|keeps|like|makes|may|must|needs|no|nor|not|of|off|on|one|only|or|out|over|"
    "per|share|so|such|takes|than|that|there|to|under|until|was|were|what|when|where|which|while|with|within|without"
)
COUNTED = (
    "arm|bag|batch|block|case|category|cell|chunk|class|column|core|entry|estimator|feature|file|fold|group|label|layer|"
    "learner|level|library|line|matrix|member|metric|name|network|page|pair|record|repeat|row|run|sample|second|series|"
    "side|space|split|step|strategy|table|task|test|trial|value|word"
)
DISTRIBUTIVE = re.compile(
    r"\b(?:one|two|three|four|five|six|n|an?|\d[\d,.]*|most|least|rows?|values?)\s+"
    rf"(?:(?!(?:{BETWEEN})\b)[\w'-]+\s+){{0,2}}an?\s+(?:rare |matrix |further )?(?:{COUNTED})\b",
    re.IGNORECASE,
)

# Everyday words that tell nothing of a variable.
IDLE_NAMES = {"thing", "things", "stuff", "said", "gone", "made", "foo", "tmp"}
ALLOWED_NAMES = {("report", "thing"): "what a report is made of has three types; the parameter is public"}


def prose_of_code(path: Path) -> Iterator[tuple[int, str]]:
    """Yield comments, and strings that hold a space: docstrings and messages. Code in them is dropped."""
    text = path.read_text(encoding="utf-8")
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type == tokenize.COMMENT:
            yield token.start[0], without_code(token.string)
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and " " in node.value.strip():
            yield node.lineno, without_code(node.value)


def without_code(text: str) -> str:
    """Drop quoted code and names, doctests, and the head of a numpydoc entry ("real, fake : ndarray")."""
    text = re.sub(r"```.*?```|``.*?``|`[^`\n]*`|'\w+'", " ", text, flags=re.DOTALL)
    text = re.sub(r"^\s*(?:>>>|\.\.\. ).*$", " ", text, flags=re.MULTILINE)
    return re.sub(r"^\s*[*\w][\w*, ]* : ", " ", text, flags=re.MULTILINE)


def prose_of_page(path: Path) -> Iterator[tuple[int, str]]:
    """Yield the text of a page as one piece, without its code and links' targets."""
    text = re.sub(r"^ {4,}.*$|\]\([^)]*\)|<[^>]*>", " ", path.read_text(encoding="utf-8"), flags=re.MULTILINE)
    yield 1, without_code(text)


@cache  # every word is looked for in every file
def prose(path: Path) -> tuple[tuple[str, str], ...]:
    """Return (place, text) of a file, each text on one line."""
    pieces = prose_of_code(path) if path.suffix == ".py" else prose_of_page(path)
    return tuple(
        (f"{path.relative_to(ROOT)}:{line}", " ".join(text.replace("#", " ").split())) for line, text in pieces
    )


def struck_words() -> list[str]:
    return re.findall(r"~~(.+?)~~", GLOSSARY.read_text(encoding="utf-8").split("\n## ", 1)[1])


def pattern_of(word: str) -> re.Pattern[str]:
    return re.compile(rf"(?<![\w.-]){re.escape(word).replace(' ', ' +')}(?:s|es)?(?![\w-])", re.IGNORECASE)


def is_allowed(place: str, word: str) -> bool:
    return any(file in place and word == name for file, name in ALLOWED)


@pytest.mark.parametrize("word", struck_words())
def test_words_that_the_glossary_strikes_out_are_not_used(word):
    pattern = pattern_of(word)
    places = (*SOURCES, *TEMPLATES, *PAGES)
    used = [(place, text) for path in places for place, text in prose(path) if pattern.search(text)]
    assert [place for place, _ in used if not is_allowed(place, word)] == []


def test_allowed_words_are_still_needed():
    texts = [piece for path in (*SOURCES, *PAGES) for piece in prose(path)]
    idle = [(f, w) for f, w in ALLOWED if not any(f in place and pattern_of(w).search(text) for place, text in texts)]
    assert idle == []


def test_glossary_is_a_table_of_terms_with_both_languages():
    rows = re.findall(r"^\| (\*\*.+?) \| (.+?) \| (.*?) ?\|$", GLOSSARY.read_text(encoding="utf-8"), re.MULTILINE)
    assert len(rows) >= 50
    for term, meaning, _ in rows:
        english, chinese = term.split("<br>")
        assert re.search(r"[\u4e00-\u9fff]", chinese), english
        assert meaning.endswith((".", "...")) or "`" in meaning, english
    terms = [term for row in rows for term in re.findall(r"\*\*(.+?)\*\*", row[0])]
    assert len(terms) == len(set(terms))
    assert not set(terms) & set(struck_words())


def test_the_chinese_glossary_explains_the_same_terms_in_the_same_words():
    def rows(page: Path, pattern: str) -> list[list[tuple[str, ...]]]:
        parts = page.read_text(encoding="utf-8").split("\n## ")[1:]
        return [re.findall(pattern, part, re.MULTILINE) for part in parts]

    english = rows(GLOSSARY, r"^\| (\*\*.+?)<br>(.+?) \|")
    chinese = rows(GLOSSARY.with_name("glossary.zh-CN.md"), r"^\| \*\*(.+)\*\* \| (.+?) \| .*。 \|$")
    assert [[(term, word.replace("*", "")) for word, term in part] for part in english] == chinese
    assert sum(map(len, chinese)) >= 50


def test_glossary_is_linked():
    for name, mark in (("README.md", ""), ("README.zh-CN.md", ".zh-CN"), ("CONTRIBUTING.md", "")):
        assert f"docs/reference/glossary{mark}.md" in (ROOT / name).read_text(encoding="utf-8"), name


def test_per_instead_of_the_distributive_a():
    found = [
        (place, match.group())
        for path in (*SOURCES, *TEMPLATES, *PAGES)
        for place, text in prose(path)
        for match in DISTRIBUTIVE.finditer(text)
    ]
    assert found == []


@pytest.mark.parametrize(
    ("text", "is_found"),
    [
        ("one network a class", True),
        ("at most 2,000 a class and side", True),
        ("one matrix column a level", True),
        ("four common rows a rare row", True),
        ("one network per class", False),
        ("one column of a table", False),
        ("two rows that share a fold", False),
    ],
)
def test_pattern_finds_the_distributive_a(text, is_found):
    assert bool(DISTRIBUTIVE.search(text)) == is_found


def test_no_variable_has_an_idle_name():
    idle = []
    for path in SOURCES:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            name = node.arg if isinstance(node, ast.arg) else node.id if isinstance(node, ast.Name) else ""
            if name in IDLE_NAMES and not any(room in path.parts and name == kept for room, kept in ALLOWED_NAMES):
                idle.append(f"{path.relative_to(ROOT)}:{node.lineno}: {name}")
    assert idle == []
