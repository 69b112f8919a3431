"""Files for people and services around the project are well-formed, and name what exists."""

import re
import tomllib
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parent.parent
GITHUB = ROOT / ".github"
FILES = [
    *GITHUB.rglob("*.yml"),
    ROOT / ".pre-commit-config.yaml",
    ROOT / "CITATION.cff",
]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]


def read(path):
    return yaml.safe_load(path.read_text(encoding="utf-8"))


def texts(found):
    if isinstance(found, dict):
        found = list(found.values())
    if isinstance(found, list):
        return [text for each in found for text in texts(each)]
    return [found] if isinstance(found, str) else []


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_files_are_yaml_and_their_make_targets_exist(path):
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    commands = [text for text in texts(read(path)) if text.startswith(("make ", ".ci/"))]
    for command in commands:
        words = command.split()
        assert words[1] in targets if words[0] == "make" else (ROOT / words[0]).is_file()


def test_workflows_may_read_only_and_publish_without_a_password():
    for path in (GITHUB / "workflows").glob("*.yml"):
        found = read(path)
        assert found["permissions"] == {"contents": "read"}
        text = path.read_text(encoding="utf-8")
        assert "secrets." not in text
        assert text.count("persist-credentials: false") == text.count("actions/checkout@")
        for job in found["jobs"].values():
            assert set(job.get("permissions", {})) <= {"id-token"}


def test_pre_commit_runs_what_make_check_runs():
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    checked = re.search(r"^check: ([a-z ]+)", makefile, re.MULTILINE).group(1).split()
    hooks = read(ROOT / ".pre-commit-config.yaml")["repos"][0]["hooks"]
    assert [hook["entry"].removeprefix("make ") for hook in hooks] == checked


def test_forms_ask_for_info_and_have_fields_with_names():
    forms = [path for path in (GITHUB / "ISSUE_TEMPLATE").glob("*.yml") if path.name != "config.yml"]
    for path in forms:
        form = read(path)
        names = [field["id"] for field in form["body"]]
        assert len(set(names)) == len(names)
        assert any("imbgan info" in text for text in texts(form))


def test_citation_and_package_agree():
    found = read(ROOT / "CITATION.cff")
    assert (found["version"], found["license"]) == (PROJECT["version"], PROJECT["license"])
    assert {"cff-version", "message", "title", "authors"} <= set(found)
