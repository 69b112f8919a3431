"""The code in the READMEs runs as it stands, and both show the same code."""

import re
from pathlib import Path

import pytest
from sklearn.metrics import average_precision_score

ROOT = Path(__file__).parent.parent


def blocks(name: str) -> list[str]:
    return re.findall(r"^```python\n(.*?)^```", (ROOT / name).read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE)


def without_comments(code: str) -> str:
    return re.sub(r" +#.*", "", code)


def test_english_and_chinese_show_the_same_code():
    english, chinese = ([without_comments(code) for code in blocks(f"README{tag}.md")] for tag in ("", ".zh-CN"))
    assert len(english) >= 2
    assert chinese == english


@pytest.mark.global_random  # cross_val_score and the forest are free to use what they like
@pytest.mark.filterwarnings("ignore::imbgan.GenerationQualityWarning")
@pytest.mark.usefixtures("quick_defaults")
def test_code_of_the_readme_runs(tmp_path, monkeypatch, capsys):
    runs_and_keeps_its_promises(tmp_path, monkeypatch, capsys)


@pytest.mark.slow
@pytest.mark.global_random
def test_code_of_the_readme_runs_with_all_steps(tmp_path, monkeypatch, capsys):
    runs_and_keeps_its_promises(tmp_path, monkeypatch, capsys)


def runs_and_keeps_its_promises(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    names: dict[str, object] = {}
    for code in blocks("README.md"):
        exec(compile(code, "README.md", "exec"), names)
    without, with_rows, verdict, *_ = capsys.readouterr().out.splitlines()
    assert 0.5 < float(without) <= 1.0
    assert 0.5 < float(with_rows) <= 1.0
    risk, y = names["risk"], names["y"]
    assert 0.5 < average_precision_score(y == 0, risk) <= 1.0
    assert abs(risk.mean() - (y == 0).mean()) < 0.05  # at the natural class shares
    assert verdict.startswith(("No resampling", "Use "))
    assert verdict.split(":")[0] in (tmp_path / "verdict.html").read_text(encoding="utf-8")
    assert (tmp_path / "rare-tumors" / "model.json").is_file()
