"""``imbgan audit`` does what the function does, and tells wrong use by one line."""

import json

import numpy as np
import polars as pl
import pytest

from imbgan import Audit, audit


@pytest.fixture
def path(tmp_path):
    rng = np.random.default_rng(0)
    X = np.concatenate([rng.normal(size=(80, 3)), rng.normal(1.0, size=(40, 3))]).round(3)
    frame = pl.DataFrame(X, schema=["a", "b", "c"]).with_columns(fraud=pl.Series(["no"] * 80 + ["yes"] * 40))
    frame.write_csv(tmp_path / "t.csv")
    return tmp_path / "t.csv"


def test_command_does_what_the_function_does(imbgan, path, tmp_path):
    page = tmp_path / "audit.html"
    arguments = ("--source", "smote,bootstrap", "--runs", 2, "--learned", 15, "--seed", 3)
    result = imbgan("audit", path, "-t", "fraud", *arguments, "--report", page, "--json", tmp_path / "a.json")
    assert result.code == 0
    found = Audit.from_dict(json.loads((tmp_path / "a.json").read_text()))
    frame = pl.read_csv(path)
    expected = audit(
        frame.drop("fraud"), frame["fraud"], source=["smote", "bootstrap"], n_runs=2, n_learned=15, random_state=3
    )
    assert found == expected
    assert str(expected) in result.out
    assert result.out.rstrip().endswith("seed 3")
    assert "SMOTE" in page.read_text(encoding="utf-8")


def test_classifiers_are_attacked_by_name(imbgan, path):
    arguments = ("--source", "independent", "--runs", 2, "--estimator", "decision_tree", "--strategies", "none")
    result = imbgan("audit", path, "-t", "fraud", *arguments, "--json", "-")
    assert result.code == 0
    assert result.json["strategies"] == ["none"]
    assert {each["name"] for each in result.json["attacks"] if each["source"] == "none"} == {
        "confidence",
        "shadow_confidence",
    }


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--source", "smot"), "Did you mean 'smote'"),
        (("--runs", "1"), "--runs must be a whole number from 2"),
        (("--label", "maybe"), "must be a class of y"),
        (("--strategies", "none"), "estimator"),
        (("--lang", "zh"), "--report"),
        (("--source", "image_gan"), "one of gan, smote, local_gaussian, bootstrap, independent"),
        (("--flip", "--max-iter", "9"), "--flip, --max-iter are only for folders of images"),
    ],
)
def test_wrong_use_is_one_line(imbgan, path, arguments, words):
    result = imbgan("audit", path, "-t", "fraud", *arguments)
    assert result.code == 2
    assert words in result.err
    assert result.err.count("\n") == 1
