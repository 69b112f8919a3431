"""What README and docs tell a reader to type exists: commands, options, imports and links."""

import ast
import builtins
import importlib
import re
import shlex
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import polars as pl
import pytest
import typer
from PIL import Image
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline

from imbgan.audit import ATTACKS, IMAGE_SOURCES, SOURCES
from imbgan.cli.app import app
from imbgan.comparison import STRATEGIES, TablePreprocessor
from imbgan.quality.diagnostics import RULES

ROOT = Path(__file__).parent.parent
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *(ROOT / "benchmarks").rglob("*.md")])
COMMANDS = typer.main.get_command(app).commands


def python_blocks(page):
    return re.findall(r"^```python\n(.*?)^```", page.read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE)


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
        known = {"--help"}.union(*((*parameter.opts, *parameter.secondary_opts) for parameter in command.params))
        assert [word for word in words[2:] if re.match(r"--?[a-z]", word) and word not in known] == []


def test_there_are_commands_to_check():
    assert len(list(typed_commands())) >= 10


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_somewhere(page):
    links = re.findall(r"\]\((?!https?:|#)([^)#\s]+)", page.read_text(encoding="utf-8"))
    assert [link for link in links if not (page.parent / link).exists()] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_imports_of_examples_exist(page):
    for block in python_blocks(page):
        for node in ast.walk(ast.parse(block)):
            if isinstance(node, ast.ImportFrom):
                module = importlib.import_module(node.module)
                assert [alias.name for alias in node.names if not hasattr(module, alias.name)] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_names_of_examples_are_made_or_told_on_the_page(page):
    nodes = [node for block in python_blocks(page) for node in ast.walk(ast.parse(block))]
    made = {node.id for node in nodes if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}
    made |= {node.name for node in nodes if isinstance(node, ast.FunctionDef | ast.ClassDef)}
    made |= {node.arg for node in nodes if isinstance(node, ast.arg)}
    imports = [alias for node in nodes if isinstance(node, ast.Import | ast.ImportFrom) for alias in node.names]
    made |= {alias.asname or alias.name.split(".")[0] for alias in imports}
    used = {node.id for node in nodes if isinstance(node, ast.Name)} - made - set(dir(builtins))
    prose = re.sub(r"^```.*?^```", "", page.read_text(encoding="utf-8"), flags=re.DOTALL | re.MULTILINE)
    assert {name for name in used if f"`{name}`" not in prose} == set()


@pytest.fixture
def table(rng):
    """400 rows of numbers and categories with missing values, 24 of them of the class "yes"."""
    y = np.repeat(["no", "yes"], [376, 24])
    is_rare = y == "yes"
    amount = rng.lognormal(size=400) + 2.0 * is_rare
    X = pd.DataFrame(
        {
            "amount": np.where(rng.random(400) < 0.05, np.nan, amount),
            "visits": rng.poisson(3.0 + 2.0 * is_rare),
            "channel": np.where(rng.random(400) < 0.3 + 0.4 * is_rare, "web", "shop"),
        }
    )
    return X, pd.Series(y, name="fraud")


@pytest.mark.usefixtures("quick_defaults")
@pytest.mark.filterwarnings("ignore::imbgan.GenerationQualityWarning")
@pytest.mark.parametrize("name", ["classify", "distill", "hybrids", "train"])
def test_code_of_how_to_pages_runs(name, table, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    X, y = table
    learner = make_pipeline(TablePreprocessor(), LogisticRegression(max_iter=1000))
    names = {"X": X, "y": y, "learner": learner}
    for block in python_blocks(ROOT / "docs" / "how-to" / f"{name}.md"):
        exec(compile(block, f"{name}.md", "exec"), names)
    fitted = {key: value for key, value in names.items() if hasattr(value, "estimator") and hasattr(value, "classes_")}
    assert fitted
    for key, classifier in fitted.items():
        p = classifier.predict_proba(X)
        assert np.isfinite(p).all(), key
        # At natural class shares, whatever the classifier learned from.
        assert p[:, 1].mean() < 0.25, key


START_STRATEGIES = ("none", "class_weight", "smote", "gan", "gan_bagging")


def means_of_strategies(text):
    """Return the printed mean of each strategy, for one learner after the other."""
    found = re.findall(rf"^ *({'|'.join(START_STRATEGIES)}) +(\.\d+) ", text, re.MULTILINE)
    return {(place // len(START_STRATEGIES), name): float(mean) for place, (name, mean) in enumerate(found)}


@pytest.mark.usefixtures("quick_defaults")
@pytest.mark.filterwarnings("ignore::imbgan.GenerationQualityWarning")
def test_code_of_the_start_page_runs(capsys):
    (block,) = python_blocks(ROOT / "docs" / "index.md")
    exec(compile(block.replace("strategies=strategies", "strategies=strategies, cv=2"), "index.md", "exec"), {})
    printed = capsys.readouterr().out
    assert printed.startswith("No resampling: with linear ")
    assert len(means_of_strategies(printed)) == 10


@pytest.mark.slow
def test_the_start_pages_show_what_their_code_prints():
    pages = [ROOT / "docs" / name for name in ("index.md", "index.zh-CN.md")]
    # In a process of its own, whose compiled programs are those of a user.
    command = [sys.executable, "-c", *python_blocks(pages[0])]
    output = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    printed = means_of_strategies(output)
    assert len(printed) == 10
    for text in (output, *(page.read_text(encoding="utf-8") for page in pages)):
        shown = means_of_strategies(text)
        assert sorted(shown) == sorted(printed)
        for key, mean in shown.items():
            margin = 0.03 if "gan" in key[1] else 0.0005  # generated rows differ between processors
            assert printed[key] == pytest.approx(mean, abs=margin), key
        assert re.search(r"^ *No resampling: with linear ", text, re.MULTILINE)
        assert re.search(r"^ *- With tree \([\w .]+\): use gan_bagging, ", text, re.MULTILINE)


@pytest.mark.usefixtures("quick_defaults")
@pytest.mark.filterwarnings("ignore::imbgan.GenerationQualityWarning")
def test_code_of_the_page_on_rules_runs_and_no_row_breaks_one(capsys):
    names = {}
    for block in python_blocks(ROOT / "docs" / "how-to" / "rules.md"):
        exec(compile(block, "rules.md", "exec"), names)
    broken, found = capsys.readouterr().out.splitlines()
    assert broken == "[0, 0, 0, 0, 0]"
    assert "less('start', 'end')" in found
    assert "adds_up(['net', 'tax'], 'gross')" in found
    assert "only_together('city', 'country')" in found


@pytest.mark.parametrize("page", ["rules.md", "rules.zh-CN.md"])
def test_the_page_on_rules_has_the_figure_of_its_benchmark(page):
    results = (ROOT / "benchmarks" / "rules" / "RESULTS.md").read_text(encoding="utf-8")
    (share,) = re.findall(r"^\| `orders`: `less\('ordered', 'shipped'\)` \| ([\d.]+) ", results, re.MULTILINE)
    text = (ROOT / "docs" / "how-to" / page).read_text(encoding="utf-8")
    assert re.search(rf"\D{float(share):.0f} %", text)


def test_the_page_on_imbalance_shows_what_its_code_prints(capsys):
    page = ROOT / "docs" / "explanation" / "what-imbalance-does.md"
    (block,) = python_blocks(page)
    exec(compile(block, page.name, "exec"), {})
    printed = [[float(word) for word in line.split()] for line in capsys.readouterr().out.splitlines()]
    for each in (page, page.with_name("what-imbalance-does.zh-CN.md")):
        lines = re.findall(r"^\| [\d,]+ \|.*\|$", each.read_text(encoding="utf-8"), re.MULTILINE)
        told = [[float(cell.replace(",", "")) for cell in line.strip("|").split("|")] for line in lines]
        np.testing.assert_allclose(told, printed, rtol=0, atol=0.011)  # a last digit may differ between processors


def test_code_of_the_page_on_audits_runs_and_its_attacks_are_told(table, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    X, y = table
    page = ROOT / "docs" / "how-to" / "audit.md"
    names = {"X": X, "y": y}
    for block in python_blocks(page):
        exec(compile(block, "audit.md", "exec"), names)
    assert "independent" in capsys.readouterr().out
    assert (tmp_path / "audit.html").is_file()
    text = page.read_text(encoding="utf-8")
    assert [name for name in (*ATTACKS, *SOURCES, *IMAGE_SOURCES) if f"`{name}`" not in text] == []


@pytest.mark.usefixtures("quick_defaults")
@pytest.mark.filterwarnings("ignore::imbgan.GenerationQualityWarning")
def test_code_of_the_page_on_images_runs(rng, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for label, n in (("boot", 6), ("sandal", 9), ("shoe", 12)):
        (tmp_path / "photos" / label).mkdir(parents=True)
        for i in range(n):
            pixels = rng.integers(0, 256, (8, 8)).astype(np.uint8)
            Image.fromarray(pixels).save(tmp_path / "photos" / label / f"{i:03d}.png")
    names = {}
    for block in python_blocks(ROOT / "docs" / "how-to" / "images.md"):
        exec(compile(block, "images.md", "exec"), names)
    rows = (tmp_path / "balanced" / "manifest.csv").read_text(encoding="utf-8").splitlines()
    assert len(rows) == 1 + len(names["pixels"])
    assert names["sampler"].real_class_counts_.tolist() == [6, 9, 12]


@pytest.mark.usefixtures("quick_defaults")
@pytest.mark.filterwarnings("ignore::imbgan.GenerationQualityWarning")
@pytest.mark.parametrize("is_whole", [False, pytest.param(True, marks=pytest.mark.slow)])
def test_code_of_the_tutorial_on_images_runs(is_whole, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setitem(HistGradientBoostingClassifier.__init__.__kwdefaults__, "max_iter", 5)
    page, names = ROOT / "docs" / "tutorials" / "long-tailed-images.md", {}
    for block in python_blocks(page):
        if is_whole or "compare_images" not in block:  # the comparison trains a generator per fold
            exec(compile(block, page.name, "exec"), names)
    assert np.bincount(names["y_new"]).tolist() == [133] * 10
    assert {path.name for path in tmp_path.iterdir()} >= {"digits.png", "digits.html"}
    assert not is_whole or {run.strategy for run in names["verdict"].runs} == {"none", "copies", "image_gan"}
    # What the page shows of numbers that do not depend on training.
    numbers = [line for line in capsys.readouterr().out.splitlines() if re.match(r"[(\[]\d", line)]
    assert len(numbers) == 3
    assert [line for line in numbers if f"    {line}\n" not in page.read_text(encoding="utf-8")] == []


@pytest.mark.usefixtures("quick_defaults")
@pytest.mark.filterwarnings("ignore::imbgan.GenerationQualityWarning", "ignore:Columns of text:UserWarning")
def test_code_of_the_tutorial_on_a_column_of_text_runs(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    page, names = ROOT / "docs" / "tutorials" / "text-column.md", {}
    for block in python_blocks(page):
        exec(compile(block, page.name, "exec"), names)
    assert names["X_more"]["note"].null_count() == 51
    assert names["verdict"].verdict.strategy == "none"
    notes = names["claims"]["note"].to_list()
    assert not any(note in (tmp_path / "no-texts.html").read_text(encoding="utf-8") for note in notes[:200])
    # What the page shows of what does not depend on a generator.
    shown = [line for line in capsys.readouterr().out.splitlines() if re.match(r"My |'\w+' is in|\['|none |51 ", line)]
    assert len(shown) == 6
    figures = page.read_text(encoding="utf-8")
    assert [line for line in shown if not line.startswith("none") and f"    {line}\n" not in figures] == []
    assert re.match(r"none +\.540 ", shown[1])


def test_code_of_the_page_on_texts_runs(rng, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    words = {"spam": ["win", "free", "prize", "cash", "claim"], "ham": ["see", "lunch", "home", "late", "thanks"]}
    labels = ["spam"] * 80 + ["ham"] * 960
    texts = [" ".join([*rng.choice(words[label], 4), str(i)]) for i, label in enumerate(labels)]
    pl.DataFrame({"text": texts, "label": labels}).write_parquet("messages.parquet")
    blocks = python_blocks(ROOT / "docs" / "how-to" / "texts.md")
    names = {}
    exec(compile(blocks[-1], "texts.md", "exec"), names)
    table = names["make_table"]("messages.parquet")
    assert table["label"].value_counts().sort("count").rows() == [("spam", 60), ("ham", 940)]
    part = table.group_by("label", maintain_order=True).head(40)
    names |= {"X": part.drop("label"), "y": part["label"]}
    monkeypatch.setattr(sys.modules["imbgan.comparison.compare"], "DEFAULT_TEXT_STRATEGIES", ("none", "words"))
    for block in blocks[:-1]:
        exec(compile(block, "texts.md", "exec"), names)
    assert not any(text in (tmp_path / "verdict.html").read_text(encoding="utf-8") for text in part["message"])
    assert {term.text for term in names["verdict"].words.columns[0].rare_terms} & set(words["ham"] + words["spam"])


CHINESE = sorted((ROOT / "docs").rglob("*.zh-CN.md"))


@pytest.mark.parametrize("page", CHINESE, ids=lambda page: page.name)
def test_chinese_pages_show_the_same_code(page):
    english, chinese = (
        [re.sub(r" +#.*", "", block) for block in python_blocks(each)]
        for each in (page.with_name(page.name.replace(".zh-CN", "")), page)
    )
    assert chinese == english
    comments = [comment for block in python_blocks(page) for comment in re.findall(r" #(.*)", block)]
    assert [comment for comment in comments if not re.search("[\u4e00-\u9fff]", comment)] == []


@pytest.mark.slow
def test_code_of_the_page_on_costs_runs_and_prints_what_it_shows(capsys):
    page = ROOT / "docs" / "how-to" / "costs.md"
    names = {}
    for block in python_blocks(page):
        exec(compile(block, "costs.md", "exec"), names)
    printed = capsys.readouterr().out
    text = page.read_text(encoding="utf-8")
    shown = re.findall(r"^ {4}((?:No resampling|[a-z_]+ +[\d,]+ ).*)$", text, re.MULTILINE)
    assert len(shown) >= 4
    for line in shown:  # the seconds differ
        assert re.sub(r"[\d.]+ s$", "", line).strip() in printed


@pytest.mark.parametrize("name", ["compare", "compare.zh-CN"])
def test_every_strategy_is_documented(name):
    text = (ROOT / "docs" / "how-to" / f"{name}.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| (`[^|]+) \|", text, re.MULTILINE)
    assert sorted(re.findall(r"`([^`]+)`", " ".join(rows))) == sorted(STRATEGIES)


def test_every_diagnostic_is_documented():
    text = (ROOT / "docs" / "reference" / "diagnostics.md").read_text(encoding="utf-8")
    documented = dict(re.findall(r"^\| (IMB\d{3}) \| ([^|]+?) \|", text, re.MULTILINE))
    assert documented == {rule.code: rule.name for rule in RULES}
