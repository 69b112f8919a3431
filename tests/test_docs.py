"""What README and docs tell a reader to type exists: commands, options, imports and links."""

import ast
import importlib
import re
import shlex
from pathlib import Path

import pytest
import typer

from imbgan.cli.app import app
from imbgan.quality.diagnostics import RULES

ROOT = Path(__file__).parent.parent
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *(ROOT / "benchmarks").rglob("*.md")])
COMMANDS = typer.main.get_command(app).commands


def lines_of_code(page):
    text = page.read_text(encoding="utf-8")
    return re.findall(r"^ {4}(imbgan [^`\n]+)$|`(imbgan [^`\n]+)`", text, re.MULTILINE)


def typed_commands():
    for page in PAGES:
        for pair in lines_of_code(page):
            text = re.sub(r"\s+#.*", "", pair[0] or pair[1])
            if "|" not in text.replace(" | ", "|") or " | imbgan" in text:
                yield pytest.param(text, id=f"{page.name}: {text}"[:90])


@pytest.mark.parametrize("text", list(typed_commands()))
def test_commands_and_their_options_exist(text):
    for part in text.split(" | "):
        words = shlex.split(part)
        if words[0] != "imbgan" or len(words) == 1:
            continue
        command = COMMANDS[words[1]]
        known = {name for parameter in command.params for name in (*parameter.opts, *parameter.secondary_opts)}
        assert [word for word in words[2:] if re.match(r"--?[a-z]", word) and word not in known] == []


def test_there_are_commands_to_check():
    assert len(list(typed_commands())) >= 10


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_somewhere(page):
    links = re.findall(r"\]\((?!https?:|#)([^)#\s]+)", page.read_text(encoding="utf-8"))
    assert [link for link in links if not (page.parent / link).exists()] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_imports_of_examples_exist(page):
    for block in re.findall(r"^```python\n(.*?)^```", page.read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE):
        for node in ast.walk(ast.parse(block)):
            if isinstance(node, ast.ImportFrom):
                module = importlib.import_module(node.module)
                assert [alias.name for alias in node.names if not hasattr(module, alias.name)] == []


def test_every_diagnostic_is_documented():
    text = (ROOT / "docs" / "reference" / "diagnostics.md").read_text(encoding="utf-8")
    documented = dict(re.findall(r"^\| (IMB\d{3}) \| ([^|]+?) \|", text, re.MULTILINE))
    assert documented == {rule.code: rule.name for rule in RULES}
