"""The folder of a trained classifier: complete or absent, the same probabilities, and nothing foreign in it."""

import io
import json
import re
import shutil
import warnings
import zipfile

import numpy as np
import polars as pl
import pytest
import skops.io
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer
from sklearn.tree import DecisionTreeClassifier

from imbgan import DeployableClassifier, GANOverSampler
from imbgan.comparison import ESTIMATORS, STRATEGIES, make_estimator
from imbgan.deployment import folder as module
from imbgan.deployment.archive import read_archive, write_archive
from imbgan.ensemble.base import MetaClassifier
from imbgan.exceptions import ImbganWarning, ModelFileError, ParameterError
from imbgan.strategies import DEFAULT_STRATEGIES, Sharing, candidates

FILES = ["README.md", "classifier.json", "classifier.skops"]


def lean(classifier):
    return classifier.lean() if isinstance(classifier, MetaClassifier) else classifier


@pytest.mark.parametrize("name", ESTIMATORS)
def test_every_estimator_gives_the_same_bits_after_loading(name, table):
    X, y = table
    try:
        classifier = make_estimator(name, 0)
    except ImportError as error:
        pytest.skip(str(error))
    if name == "random_forest":
        classifier.set_params(randomforestclassifier__n_estimators=5)
    elif name == "hist_gradient_boosting":
        classifier.set_params(histgradientboostingclassifier__max_iter=10)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        classifier.fit(X, y)
    again = read_archive(write_archive(classifier), "here")
    np.testing.assert_array_equal(again.predict_proba(X), classifier.predict_proba(X))


@pytest.fixture(scope="module")
def sharing():
    return Sharing()


@pytest.mark.parametrize("name", sorted({*DEFAULT_STRATEGIES, "mixture", "gan_mixture", "distilled"} - {"auto"}))
@pytest.mark.filterwarnings("ignore::imbgan.GenerationQualityWarning")
@pytest.mark.filterwarnings("ignore:The student keeps its own fit")
def test_every_strategy_gives_the_same_bits_after_loading(name, table, sharing, monkeypatch):
    monkeypatch.setitem(GANOverSampler.__init__.__kwdefaults__, "max_iter", 20)
    monkeypatch.setattr(candidates, "N_BAGS", 2)
    X, y = table
    estimator = make_pipeline(
        *make_estimator("decision_tree", 0)[:-1], DecisionTreeClassifier(max_depth=3, random_state=0)
    )
    classifier = STRATEGIES[name].build(estimator, 0, sharing).fit(X, y.to_numpy())
    data = write_archive(lean(classifier))
    again = read_archive(data, "here")
    np.testing.assert_array_equal(again.predict_proba(X), classifier.predict_proba(X))
    assert b"oversampling" not in zipfile.ZipFile(io.BytesIO(data)).read("schema.json")


def test_loaded_is_what_was_saved(model, folder, table):
    X, _ = table
    again = DeployableClassifier.load(folder)
    np.testing.assert_array_equal(again.predict_proba(X), model.predict_proba(X))
    np.testing.assert_array_equal(again.predict(X), model.predict(X))
    for name in ("strategy_", "verdict_", "threshold_", "costs_", "expected_", "columns_", "training_", "origin_"):
        assert getattr(again, name) == getattr(model, name), name
    assert again.classes_.dtype == model.classes_.dtype
    assert sorted(path.name for path in folder.iterdir()) == FILES


def test_saving_twice_and_loading_a_loaded_one(folder, table, tmp_path):
    DeployableClassifier.load(folder).save(tmp_path / "again")
    X, _ = table
    first, second = (DeployableClassifier.load(path).predict_proba(X) for path in (folder, tmp_path / "again"))
    np.testing.assert_array_equal(first, second)


@pytest.mark.parametrize(
    "labels", [[0, 1], [0.0, 1.0], [False, True], ["ja", "nein\n"], [np.datetime64("2024"), np.datetime64("2025")]]
)
def test_labels_keep_their_type(labels, table, tmp_path):
    X, y = table
    own = np.array(labels)[(y == "yes").to_numpy().astype(int)]
    costs = {"missed": 3, "false_alarm": 1}
    model = DeployableClassifier(LogisticRegression(), "none", cv=2, costs=costs, random_state=0).fit(X, own)
    model.save(tmp_path / "m")
    again = DeployableClassifier.load(tmp_path / "m")
    assert again.classes_.dtype == model.classes_.dtype
    assert again.costs_ == model.costs_
    np.testing.assert_array_equal(again.predict(X), model.predict(X))


def test_the_folder_holds_no_cell_of_a_column_of_names(table, tmp_path):
    X, y = table
    names = [f"Person {i}" for i in range(240)]
    model = DeployableClassifier("logistic_regression", "none", cv=2).fit(X.with_columns(amount=pl.col("amount")), y)
    model.save(tmp_path / "m")
    text = "".join(path.read_bytes().decode("latin-1") for path in (tmp_path / "m").iterdir())
    assert not any(name in text for name in names)


def test_card_says_what_it_is_and_names_are_only_text(table, tmp_path):
    X, y = table
    evil = "<script>alert(1)</script>[x](http://evil) `*_"
    model = DeployableClassifier("logistic_regression", "none", cv=2, random_state=0)
    model.fit(X.rename({"city": evil}), y).save(tmp_path / "m")
    card = (tmp_path / "m" / "README.md").read_text(encoding="utf-8")
    for words in (
        "What it was trained on",
        "240 rows",
        "Class yes: 40 rows",
        "average precision",
        "When not to use it",
    ):
        assert words in card
    # Every sign that means something in Markdown or HTML is preceded by a backslash.
    line = next(line for line in card.splitlines() if "script" in line)
    assert re.search(r"(?<!\\)[<>`*_\[\]()]", line.removeprefix("- ")) is None
    assert f"{model.threshold_:.4g}" in card


class Own(ClassifierMixin, BaseEstimator):
    def fit(self, X, y):
        self.classes_ = np.unique(y)
        return self

    def predict_proba(self, X):
        return np.full((len(X), 2), 0.5)


@pytest.mark.parametrize(
    ("classifier", "name"),
    [
        (Own(), "Own"),
        (make_pipeline(FunctionTransformer(lambda X: X), LogisticRegression()), "lambda"),
        (make_pipeline(FunctionTransformer(print), LogisticRegression()), "print"),
    ],
)
def test_types_outside_the_list_are_not_saved(classifier, name, tmp_path):
    X, y = np.random.default_rng(0).normal(size=(60, 2)), np.arange(60) % 4 == 0
    fitted = classifier if name == "print" else classifier.fit(X, y)
    with pytest.raises(ModelFileError, match=f"{name}.*joblib"):
        write_archive(fitted)


def test_a_failed_save_leaves_nothing(table, tmp_path):
    model = DeployableClassifier(Own(), "none", cv=2).fit(*table)
    with pytest.raises(ModelFileError, match="Own"):
        model.save(tmp_path / "m")
    assert list(tmp_path.iterdir()) == []


def test_types_outside_the_list_are_not_loaded(folder, tmp_path):
    place = tmp_path / "m"
    shutil.copytree(folder, place)
    data = skops.io.dumps(make_pipeline(FunctionTransformer(print)))
    (place / "classifier.skops").write_bytes(data)
    change(place, sha256=module.hashlib.sha256(data).hexdigest())
    with pytest.raises(ModelFileError, match=r"names 'builtins.print'.* It is not loaded"):
        DeployableClassifier.load(place)


def change(place, **fields):
    path = place / "classifier.json"
    document = json.loads(path.read_text(encoding="utf-8")) | fields
    path.write_text(json.dumps(document), encoding="utf-8")


@pytest.mark.parametrize("tree", ["decision_tree", "hist_gradient_boosting", "k_neighbors"])
def test_trees_that_point_outside_are_refused(tree, table):
    X, y = table
    classifier = make_estimator(tree, 0)
    if tree == "hist_gradient_boosting":
        classifier.set_params(histgradientboostingclassifier__max_iter=2)
    last = classifier.fit(X, y)[-1]
    if tree == "decision_tree":
        state = last.tree_.__getstate__()
        state["nodes"]["left_child"][0] = 10**6
        last.tree_.__setstate__(state)
    elif tree == "hist_gradient_boosting":
        last._predictors[0][0].nodes["feature_idx"][0] = 10**6
    else:
        state = list(last._tree.__getstate__())
        state[1] = np.asarray(state[1]).copy()
        state[1][0] = 10**9
        last._tree.__setstate__(tuple(state))
    with pytest.raises(ModelFileError, match="points outside"):
        read_archive(write_archive(classifier), "here")


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"version": 2, "versions": {"imbgan": "9.9"}}, "newer version of imbgan .9.9."),
        ({"version": 0}, "another version"),
        ({"version": None}, "another version"),
        ({"kind": "imbgan.TabularGAN"}, "something else"),
        ({"sha256": "0"}, "does not belong"),
        ({"threshold": "high"}, "incomplete"),
        ({"threshold": True}, "incomplete"),
        ({"rare": 7}, "incomplete"),
        ({"classes": ["no", "maybe"]}, "incomplete"),
        ({"columns": []}, "incomplete"),
        ({"columns": [{"name": "a", "family": "secret", "has_missing": False, "levels": None}] * 4}, "incomplete"),
        ({"class_counts": [1]}, "incomplete"),
        ({"expected": [{}]}, "incomplete"),
        ({"expected": 7}, "incomplete"),
        ({"costs": {"missed": -1, "false_alarm": 1}}, "incomplete"),
        ({"origin": {"file": 3}}, "incomplete"),
        ({"training": None}, "incomplete"),
    ],
)
def test_documents_that_do_not_fit_are_one_line(folder, tmp_path, fields, message):
    place = tmp_path / "m"
    shutil.copytree(folder, place)
    change(place, **fields)
    with pytest.raises(ModelFileError, match=message) as raised:
        DeployableClassifier.load(place)
    assert "\n" not in str(raised.value)


@pytest.mark.parametrize("name", ["classifier.json", "classifier.skops"])
@pytest.mark.parametrize("damage", ["cut", "empty", "garbage", "absent", "folder"])
def test_damaged_files_are_one_line(folder, tmp_path, name, damage):
    place = tmp_path / "m"
    shutil.copytree(folder, place)
    path = place / name
    data = path.read_bytes()
    path.unlink()
    if damage == "folder":
        path.mkdir()
    elif damage != "absent":
        path.write_bytes({"cut": data[: len(data) // 2], "empty": b"", "garbage": b"\xff\x00" * 99}[damage])
    with pytest.raises(ModelFileError) as raised:
        DeployableClassifier.load(place)
    assert "\n" not in str(raised.value)


@pytest.mark.parametrize("cut", [0, 10, -40])
def test_archives_with_a_matching_hash_are_still_checked(folder, tmp_path, cut):
    place = tmp_path / "m"
    shutil.copytree(folder, place)
    data = (place / "classifier.skops").read_bytes()[:cut]
    (place / "classifier.skops").write_bytes(data)
    change(place, sha256=module.hashlib.sha256(data).hexdigest())
    with pytest.raises(ModelFileError, match="damaged or foreign"):
        DeployableClassifier.load(place)


def test_foreign_places_are_told_apart(tmp_path):
    (tmp_path / "empty").mkdir()
    (tmp_path / "generator").mkdir()
    (tmp_path / "generator" / "model.json").write_text("{}", encoding="utf-8")
    (tmp_path / "file").write_text("x", encoding="utf-8")
    for name, message in (
        ("none", "does not exist"),
        ("empty", "holds no classifier.json"),
        ("generator", "holds a generator"),
        ("file", "is not a folder"),
    ):
        with pytest.raises(ModelFileError, match=message):
            DeployableClassifier.load(tmp_path / name)


def test_only_classifiers_are_replaced(model, tmp_path):
    (tmp_path / "photos").mkdir()
    with pytest.raises(ParameterError, match="holds no trained classifier"):
        model.save(tmp_path / "photos", overwrite=True)
    with pytest.raises(ParameterError, match="Create it first"):
        model.save(tmp_path / "no" / "m")
    model.save(tmp_path / "m")
    with pytest.raises(ParameterError, match="exists"):
        model.save(tmp_path / "m")
    model.save(tmp_path / "m", overwrite=True)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["m", "photos"]


def test_a_full_disk_leaves_the_old_classifier(model, tmp_path, monkeypatch):
    model.save(tmp_path / "m")
    before = (tmp_path / "m" / "classifier.json").read_bytes()

    def fail(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(module, "write_card", fail)
    with pytest.raises(ModelFileError, match="No space left"):
        model.save(tmp_path / "m", overwrite=True)
    assert (tmp_path / "m" / "classifier.json").read_bytes() == before
    assert [path.name for path in tmp_path.iterdir()] == ["m"]


def test_another_version_of_scikit_learn_is_told(table, monkeypatch):
    classifier = LogisticRegression().fit(np.arange(6).reshape(6, 1), np.arange(6) % 2)
    monkeypatch.setattr("sklearn.base.__version__", "1.2.0")
    data = write_archive(classifier)
    monkeypatch.undo()
    with pytest.warns(ImbganWarning, match=r"written with scikit-learn 1.2.0"):
        read_archive(data, "here")
