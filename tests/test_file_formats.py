"""The page on file formats names the files, fields and versions that the code writes."""

import csv
import json
import re
from pathlib import Path

import numpy as np
import pandas as pd
import polars as pl
import pytest

from imbgan import DeployableClassifier, ImageGAN, TabularGAN, compare, report
from imbgan.bulk import Options, resample_files
from imbgan.cli.folders import STYLE, TARGET
from imbgan.comparison.results import KIND as COMPARISON
from imbgan.comparison.results import VERSION as COMPARISON_VERSION
from imbgan.data import open_data_set
from imbgan.deployment.folder import KIND, VERSION
from imbgan.gan.cache import SUBFOLDER, SUFFIX
from imbgan.image.writing import new_folder
from imbgan.oversampling.files import CALLABLES
from imbgan.oversampling.files import VERSION as MODEL_VERSION

PAGE = Path(__file__).parent.parent / "docs" / "reference" / "files.md"


def sections() -> dict[str, str]:
    """Return the text below each heading."""
    head, *parts = PAGE.read_text(encoding="utf-8").split("\n## ")
    return {"": head} | dict(part.split("\n", 1) for part in parts)


def first_cells(heading: str, table: int = 0) -> list[str]:
    """Return the names in the first column of a table."""
    tables = re.findall(r"(?:^\|.*\n)+", sections()[heading] + "\n", re.MULTILINE)
    rows = tables[table].splitlines()[2:]
    return [name for row in rows for name in re.findall(r"`([^`]+)`", row.split("|")[1])]


def versions() -> dict[str, str]:
    """Return the kind of each format, and its version."""
    rows = re.findall(r"^\| \[.*\]\(#.*\) \|.*\| `(.*)` \| (\d+) \|$", sections()[""], re.MULTILINE)
    return dict(rows)


@pytest.fixture(scope="module")
def table():
    rng = np.random.default_rng(0)
    y = np.repeat(["no", "yes"], [60, 20])
    return pd.DataFrame({"a": rng.normal(size=80) + (y == "yes"), "b": rng.normal(size=80)}), pd.Series(y, name="fraud")


@pytest.mark.filterwarnings("ignore::imbgan.GenerationQualityWarning")
def test_a_saved_generator(table, tmp_path):
    options = {"chunk_size": 10, "generator_hidden": (16,), "discriminator_hidden": (16,), "latent_dim": 8}
    TabularGAN(max_iter=10, n_generators=1, random_state=0, train_options=options).fit(*table).save(tmp_path / "model")
    document = json.loads((tmp_path / "model" / "model.json").read_text(encoding="utf-8"))
    assert versions()[document["kind"]] == versions()[f"imbgan.{ImageGAN._kind}"] == str(document["version"])
    assert document["version"] == MODEL_VERSION
    assert first_cells("Generator", 1) == list(document)
    written = {path.name for path in (tmp_path / "model").iterdir()}
    assert set(first_cells("Generator")) == written | {TARGET, STYLE}
    assert [name for name in CALLABLES if f"`{name}`" not in sections()["Generator"]] == []


def test_a_trained_classifier(table, tmp_path):
    model = DeployableClassifier("logistic_regression", "class_weight", random_state=0).fit(*table)
    model.save(tmp_path / "model")
    document = json.loads((tmp_path / "model" / "classifier.json").read_text(encoding="utf-8"))
    assert (document["kind"], document["version"]) == (KIND, VERSION)
    assert versions()[KIND] == str(VERSION)
    assert sorted(first_cells("Trained classifier", 1)) == sorted(document)
    assert sorted(first_cells("Trained classifier")) == sorted(path.name for path in (tmp_path / "model").iterdir())


def test_a_comparison_its_results_and_its_report(table, tmp_path):
    settings = {"estimator": "logistic_regression", "strategies": ["class_weight"], "cv": 2, "random_state": 0}
    verdict = compare(*table, path=tmp_path / "results.jsonl", **settings)
    document = verdict.to_dict()
    assert (document["kind"], document["version"]) == (COMPARISON, COMPARISON_VERSION)
    assert versions()[COMPARISON] == str(COMPARISON_VERSION)
    assert first_cells("Comparison") == list(document)
    head, *rows = map(json.loads, (tmp_path / "results.jsonl").read_text(encoding="utf-8").splitlines())
    assert versions()[head["format"]] == str(head["version"])
    assert sorted(first_cells("Results of folds")) == sorted(head)
    assert len(rows) == 4  # two folds, with and without weights
    assert all(row["predictions"] for row in rows)
    assert not any(row["predictions"] for row in document["rows"])
    page = report(verdict, tmp_path / "page.html").read_text(encoding="utf-8")
    (held,) = re.findall(r'<script type="application/json" id="results">(.*?)</script>', page, re.DOTALL)
    assert sorted(json.loads(held)) == ["settings", "task", "verdict"]


def test_an_output_for_a_data_set_of_files(table, tmp_path):
    X, y = table
    (tmp_path / "in").mkdir()
    pl.from_pandas(X).with_columns(fraud=pl.Series(y)).write_parquet(tmp_path / "in" / "part.parquet")
    # Each class has the wanted rows already, so that nothing is learned.
    resample_files(open_data_set(tmp_path / "in"), tmp_path / "out", Options("fraud", counts={"yes": 20}))
    document = json.loads((tmp_path / "out" / "_imbgan.json").read_text(encoding="utf-8"))
    assert first_cells("Output for a data set of files") == list(document)
    (version,) = re.findall(r"`_imbgan.json` \| \| (\d+) \|", sections()[""])
    assert version == str(document["version"])


def test_an_output_for_a_folder_of_images(tmp_path):
    with new_folder(tmp_path / "out") as writer:
        writer.add_generated(np.zeros((8, 8), np.uint8), "night", seed=0, place=7)
    with (tmp_path / "out" / "manifest.csv").open(encoding="utf-8", newline="") as file:
        header = next(csv.reader(file))
    assert first_cells("Output for a folder of images") == header


def test_the_compilation_cache():
    assert f"`{SUBFOLDER}/*{SUFFIX}`" in sections()["Compilation cache"]
