"""A classifier that is a taught tree tells its rules: in a terminal, in its card, on a page, also after loading."""

import copy
import json
import re

import numpy as np
import polars as pl
import pytest
from sklearn.pipeline import make_pipeline
from sklearn.tree import DecisionTreeClassifier

from imbgan import DeployableClassifier, DistilledClassifier
from imbgan.comparison import make_estimator
from imbgan.deployment import summary
from imbgan.deployment.figures import Decider
from imbgan.ensemble import PriorCorrectedClassifier
from imbgan.learners import TablePreprocessor
from imbgan.report import render, report, summarize
from imbgan.rules import RuleSet
from imbgan.strategies import Strategy
from imbgan.tabular.labels import label_text

NASTY = "<b>*a* | [x](y)\n# `z`"


def distilled(student, seed):
    """A quick teacher, and no generated rows."""
    return DistilledClassifier(student, make_estimator("logistic_regression", 0), n_rows=0, random_state=seed)


def train(X, y, strategy=distilled, estimator="readable_tree", **settings):
    return DeployableClassifier(estimator, Strategy("distilled", "", strategy), cv=2, random_state=0, **settings).fit(
        X, y
    )


pytestmark = pytest.mark.filterwarnings("ignore:The student keeps its own fit")


@pytest.fixture(scope="module")
def tree(table):
    return train(*table)


@pytest.fixture(scope="module")
def card(tree, tmp_path_factory):
    path = tmp_path_factory.mktemp("tree") / "model"
    tree.save(path)
    return (path / "README.md").read_text(encoding="utf-8")


def card_of(model, path):
    model.save(path)
    return (path / "README.md").read_text(encoding="utf-8")


def test_rules_survive_the_folder_with_the_name_of_the_target(tree, tmp_path):
    tree.save(tmp_path / "m")
    again = DeployableClassifier.load(tmp_path / "m")
    assert isinstance(again.rules_, RuleSet)
    assert again.rules_ == tree.rules_
    assert again.rules_.target == "fraud"
    assert again.rules_.as_json() == tree.rules_.as_json()
    assert summary(again) == summary(tree)
    assert (
        card_of(again, tmp_path / "again").split("## Its rules")[1]
        == card_of(tree, tmp_path / "b").split("## Its rules")[1]
    )
    assert again.facts() == tree.facts()
    assert RuleSet.from_json(json.dumps(again.facts()["rules"])) == tree.rules_


def test_the_rules_say_what_the_classifier_predicts(tree, table):
    X, _ = table
    scope = {}
    exec(tree.rules_.as_python(), scope)
    told = [scope["predict"](row) for row in X.iter_rows(named=True)]
    np.testing.assert_allclose([[p[label] for label in tree.classes_.tolist()] for p in told], tree.predict_proba(X))


def test_a_terminal_shows_the_first_rules_and_how_many_lead_to_the_rare_class(tree, table):
    X, _ = table
    text = summary(tree)
    n = len(tree.rules_.rules)
    assert n > 5
    assert len(re.findall(r"(?m)^ *\d+\. ", text)) == 5
    assert f"Further rules: {n - 5}." in text
    # Rows of the first rules, and no others, are predicted to be of the rare class.
    k = int(re.search(r"The first (\d*)", text)[1] or 1)
    p = tree.predict_proba(X)[:, 1]
    lowest, highest = (tree.rules_.rules[place].probabilities[1] for place in (k - 1, k))
    assert (tree.predict(X)[p >= lowest] == "yes").all()
    assert (tree.predict(X)[p <= highest] == "no").all()


@pytest.mark.parametrize(("threshold", "told"), [(1.5, "No rule leads"), (0.0, "All rules lead")])
def test_decisions_that_no_rule_or_every_rule_leads_to(tree, threshold, told):
    other = copy.copy(tree)
    other.set_decider(Decider(1, threshold))
    assert f"{told} to the decision yes." in summary(other)


def test_the_card_tells_every_rule_with_its_decision(tree, card):
    section = card.split("## Its rules")[1].split("\n## ")[0]
    lines = re.findall(r"(?m)^\d+\. (.*)$", section)
    assert len(lines) == len(tree.rules_.rules)
    decided = tree.decide(np.array([rule.probabilities for rule in tree.rules_.rules]))
    for line, rule, label in zip(lines, tree.rules_.rules, decided, strict=True):
        assert line.endswith(f"Decision: {label_text(label)}.")
        assert f"in the table {rule.n_rows} row" in line


def test_names_and_levels_mean_nothing_in_the_card(table, tmp_path):
    X, y = table
    own = X.rename({"amount": NASTY}).with_columns(pl.col("city").replace("Bern", NASTY))
    section = card_of(train(own, y), tmp_path / "m").split("## Its rules")[1].split("\n## ")[0]
    assert re.sub(r"\\.", "", section).count("<") == 0
    for char in "<>*|[]`_#":
        assert re.search(rf"(?<!\\){re.escape(char)}", section) is None, char
    assert len(re.findall(r"(?m)^\d+\. ", section)) >= 5


def test_a_card_tells_at_most_32_rules(tmp_path):
    rng = np.random.default_rng(0)
    X = pl.DataFrame({"x": rng.normal(size=600), "z": rng.normal(size=600)})
    y = rng.random(600) < 0.3
    large = make_pipeline(TablePreprocessor(numbers="raw"), DecisionTreeClassifier(max_leaf_nodes=40, random_state=0))
    model = train(X, y, estimator=large)
    assert len(model.rules_.rules) == 40
    section = card_of(model, tmp_path / "m").split("## Its rules")[1].split("\n## ")[0]
    assert len(re.findall(r"(?m)^\d+\. ", section)) == 32
    assert "8 further rules are not told here." in section


def test_more_than_two_classes(table, tmp_path):
    X, _ = table
    y = np.array(["a", "b", "c"])[np.digitize(X["amount"].to_numpy(), [2.0, 4.0])]
    model = train(X, y)
    assert "lead" not in summary(model)
    section = card_of(model, tmp_path / "m").split("## Its rules")[1]
    assert {"Decision: a.", "Decision: b.", "Decision: c."} <= set(re.findall(r"Decision: \w\.", section))


def test_other_classifiers_have_no_rules(model, folder, table):
    assert model.rules_ is None
    assert model.facts()["rules"] is None
    assert "Further rules" not in summary(model)
    assert "## Its rules" not in (folder / "README.md").read_text(encoding="utf-8")
    assert not hasattr(DeployableClassifier(), "rules_")
    # Probabilities of a classifier around a tree are not those of its rules.
    around = train(*table, lambda student, seed: PriorCorrectedClassifier(distilled(student, seed)))
    assert around.rules_ is None


def test_a_trained_tree_has_a_page(tree, tmp_path):
    told = summarize(tree)
    assert (told.rules, told.settings["classifier"]) == (tree.rules_, "DeployableClassifier")
    assert told.teaching.is_taught == tree.estimator_.is_taught_
    tree.save(tmp_path / "m")
    path = report(DeployableClassifier.load(tmp_path / "m"), tmp_path / "tree.html", lang="zh")
    assert "条规则给出 fraud 为 yes 的概率" in path.read_text(encoding="utf-8")
    assert "fraud is yes" in render(told)
