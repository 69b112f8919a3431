"""Examples of the gallery: what each must have, the two fastest of them, and the function that fetches real tables."""

import ast
import hashlib
import os
import re
import runpy
import subprocess
import sys
from types import SimpleNamespace
from urllib.error import URLError

import matplotlib.pyplot as plt
import numpy as np
import pytest

from docs.site.contents import EXAMPLES, PUBLISHED_RESULTS, ROOT
from examples import real_data

SCRIPTS = sorted(EXAMPLES.glob("plot_*.py"))


def test_the_gallery_has_examples():
    assert len(SCRIPTS) >= 15


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda script: script.stem)
def test_an_example_has_a_title_pictures_and_a_conclusion(script):
    text = script.read_text(encoding="utf-8")
    title, line, blank = ast.get_docstring(ast.parse(text)).splitlines()[:3]
    assert line == "=" * len(title)
    assert not blank
    assert "title(" in text or "title=" in text or "suptitle" in text
    assert "What to take away" in text


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda script: script.stem)
def test_an_example_fetches_nothing(script):
    names = {node.id for node in ast.walk(ast.parse(script.read_text(encoding="utf-8"))) if isinstance(node, ast.Name)}
    assert [name for name in names if name.startswith("fetch")] == []


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda script: script.stem)
def test_kept_results_belong_to_the_example_and_name_no_machine(script):
    page = (PUBLISHED_RESULTS / f"{script.stem}.rst").read_text(encoding="utf-8")
    made_from = (PUBLISHED_RESULTS / f"{script.name}.md5").read_text(encoding="utf-8")
    # sphinx-gallery's own check; an example that was changed is run by make docs, which renews its results.
    assert made_from == hashlib.md5(script.read_bytes(), usedforsecurity=False).hexdigest()
    assert not re.search(r"[/\\](home|root|tmp|Users)[/\\]|site-packages", page)
    pictures = re.findall(r"image-sg:: /gallery/(\S+)", page)
    assert pictures
    assert [picture for picture in pictures if not (PUBLISHED_RESULTS / picture).is_file()] == []


@pytest.mark.parametrize("name", ["plot_texts", "plot_readable_tree"])
def test_a_quick_example_runs(name):
    environment = {**os.environ, "MPLBACKEND": "agg", "PYTHONWARNINGS": "ignore"}
    subprocess.run(
        [sys.executable, EXAMPLES / f"{name}.py"], env=environment, cwd=ROOT, check=True, capture_output=True
    )


def test_the_example_of_ray_says_in_words_that_ray_is_missing(monkeypatch, capsys):
    monkeypatch.setattr(plt, "show", lambda: None)
    monkeypatch.setitem(sys.modules, "ray", None)
    runpy.run_path(str(EXAMPLES / "plot_ray.py"))
    plt.close("all")
    assert "Ray is not installed" in capsys.readouterr().out


def test_a_set_is_fetched_by_name_with_its_licence(monkeypatch, capsys):
    found = SimpleNamespace(data=np.zeros((3, 2)), target=np.array([1, -1, -1]))
    monkeypatch.setattr(real_data, "fetch_datasets", lambda filter_data: {filter_data[0]: found})
    X, y = real_data.fetch("abalone_19")
    assert X.shape == (3, 2)
    assert list(y) == [1, -1, -1]
    assert "CC BY 4.0" in capsys.readouterr().out


def test_the_number_of_a_set_must_be_that_of_its_name(monkeypatch):
    other = SimpleNamespace(details={"name": "iris"}, data=None, target=None)
    monkeypatch.setattr(real_data, "fetch_openml", lambda **_: other)
    with pytest.raises(ValueError, match="OpenML 310 must be 'mammography', but is 'iris'"):
        real_data.fetch("mammography")


def test_an_unknown_set_is_an_error_with_a_near_name(monkeypatch, capsys):
    with pytest.raises(ValueError, match="Did you mean 'mammography'"):
        real_data.fetch("mamography")
    monkeypatch.setattr(sys, "argv", ["real_data.py", "mamography"])
    with pytest.raises(SystemExit, match="Did you mean 'mammography'"):
        runpy.run_path(str(ROOT / "examples" / "real_data.py"), run_name="__main__")


def test_a_set_that_cannot_be_fetched_is_said_in_a_sentence(monkeypatch):
    def offline(**_):
        raise URLError("no name server")

    monkeypatch.setattr(sys, "argv", ["real_data.py", "mammography"])
    monkeypatch.setattr("sklearn.datasets.fetch_openml", offline)
    with pytest.raises(SystemExit, match=r"could not be fetched, which needs a network: .*no name server"):
        runpy.run_path(str(ROOT / "examples" / "real_data.py"), run_name="__main__")
