"""The page of a tree's rules: every rule is told, in both languages, with its teacher, and no name becomes markup."""

import html
import json
import re
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from imblearn.over_sampling import RandomOverSampler
from sklearn.linear_model import LogisticRegression
from sklearn.tree import DecisionTreeClassifier
from tests.report.test_language import NAMES, latin
from tests.report.test_page import Page, page_of
from tests.rules.tables import NASTY

from imbgan import DistilledClassifier
from imbgan.exceptions import DataTypeError
from imbgan.report import Summary, render, report, summarize
from imbgan.report.languages import rules as texts
from imbgan.report.summary import Teaching
from imbgan.rules import RuleSet, read_rules
from imbgan.rules.sentences import percent


@pytest.fixture(scope="module")
def table():
    rng = np.random.default_rng(0)
    X = pd.DataFrame({"age": rng.integers(20, 90, 900), "smokes": rng.random(900) < 0.4})
    # A logistic regression is the best teacher that there is.
    log_odds = 0.08 * (X["age"] - 80) + X["smokes"] - 1
    y = (rng.logistic(size=900) < log_odds).astype(int).rename("stroke")
    return X, y


@pytest.fixture(scope="module")
def model(table):
    return DistilledClassifier(
        teacher=LogisticRegression(), sampler=RandomOverSampler(), n_rows=400, max_leaf_nodes=6, oob_score=True,
        random_state=0,
    ).fit(*table)  # fmt: skip


def text_of(thing, lang="en"):
    page = Page(render(summarize(thing), lang))
    return page.text.replace("\N{NO-BREAK SPACE}", " ")


def test_json_keeps_everything(judged, model):
    for thing in (judged, model, model.rules_):
        summary = summarize(thing)
        again = Summary.from_json(summary.to_json())
        assert summary.subject == "rules"
        assert again == summary
        assert again.rules == (thing if isinstance(thing, RuleSet) else thing.rules_)
        for lang in ("en", "zh"):
            assert render(again, lang) == render(summary, lang)


def test_sections(judged, model):
    assert page_of(judged).sections == ["verdict", "rules"]
    assert page_of(model).sections == ["verdict", "rules", "settings"]


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_every_rule_is_told_in_the_table_and_in_the_drawing(model, lang):
    page = render(summarize(model), lang)
    rules = model.rules_.rules
    assert len(rules) > 2
    assert re.findall(r"<span>([\d.<> %;&glt]+)<span class=\"gauge\"", page) == [
        html.escape(percent(rule.probabilities[1])) for rule in rules
    ]
    assert page.count('class="share"') == len(rules)
    counts = [int(n) for n in re.findall(r'<td class="n" data-head="[^"]*">([\d,]+)</td>', page)]
    assert counts == [n for rule in rules for n in (rule.n_rows, rule.class_counts[1])]


def test_the_first_sentence_says_how_many_and_about_which_class(model, judged):
    n, p = len(model.rules_.rules), [rule.probabilities[1] for rule in model.rules_.rules]
    said = f"{n} rules say how probable it is that stroke is 1: from {percent(min(p))} to {percent(max(p))}."
    assert said in text_of(model)
    assert f"{n} 条规则给出 stroke 为 1 的概率" in text_of(model, "zh")
    assert "12 rules say how probable it is that <script>alert(1)</script> is " in text_of(judged)


def test_a_tree_without_a_split_says_so():
    tree = DecisionTreeClassifier(random_state=0).fit([[0.0], [1.0]], [1, 1])
    rules = read_rules(tree, [[0.0], [1.0]], [1, 1])
    assert "The tree does not divide the rows" in text_of(rules)
    assert "没有划分样本" in text_of(rules, "zh")


def test_the_teacher_is_told_with_its_figures(model):
    told = summarize(model).teaching
    assert told == Teaching(
        model.is_taught_, model.teacher_score_, model.own_score_, model.oob_score_, model.agreement_
    )
    for lang in ("en", "zh"):
        text = text_of(model, lang)
        for figure in (model.teacher_score_, model.own_score_, model.oob_score_):
            assert f"{figure:.3f}".removeprefix("0") in text
        assert f"{100 * model.agreement_:.0f} %" in text


@pytest.mark.parametrize(
    ("teaching", "told", "untold"),
    [
        (Teaching(True, 0.25, 0.17, None, None), "is .250, and that of the tree without them .170", "log-odds"),
        (Teaching(False, 0.2, 0.3, 0.29, 0.5), "keeps its own fit", "somewhat too high"),
        (Teaching(False, 0.2, 0.3, 0.29, 0.5), "precision .300 instead of .200", "taught this tree"),
        (Teaching(True, 0.25, 0.17, 0.26, 0.81), "81 % of the variance of the teacher's", "own fit"),
        (Teaching(True, 0.25, 0.17, 0.26, 0.81), "somewhat too high", "own fit"),
        (Teaching(True, None, None, None, None), "too few rows to measure", "precision"),
    ],
)  # fmt: skip
def test_what_is_said_of_a_teacher(model, teaching, told, untold):
    text = text_of(replace(summarize(model), teaching=teaching))
    assert told in text
    assert untold not in text


def test_counts_of_learned_rows_come_with_a_warning_and_held_out_rows_with_intervals(model, table):
    X, y = table
    assert "overstate how often a rule is right" in text_of(model)
    held_out = model.judged_rules(X[:300], y[:300])
    text = text_of(held_out)
    assert "overstate" not in text
    assert "held-out rows 300" in text
    low, high = held_out.rules[0].interval
    assert f"{percent(low)} to {percent(high)}" in text


def test_a_classifier_that_wraps_a_taught_one_is_told_like_it(model):
    class Wrapper:
        rules_, estimator_ = model.rules_, model

    assert summarize(Wrapper()).teaching == summarize(model).teaching
    assert summarize(model.rules_).teaching is None


def test_hostile_names_are_text_and_the_page_stands_alone(judged):
    text = render(summarize(judged))
    page = Page(text)
    assert page.tags.count("script") == 1  # the results, as data
    assert {"img", "link", "iframe", "b>"} & set(page.tags) == set()
    assert page.tags.count("h1") == 1
    ids = [value for _, name, value in page.attributes if name == "id"]
    assert len(ids) == len(set(ids))
    assert [name for _, name, _ in page.attributes if name.startswith("on")] == []
    assert "url(" not in text
    assert any(level in page.text for level in NASTY if "<script" in level)


def test_a_chinese_page_holds_no_english_but_names(model):
    page = render(summarize(model), "zh")
    page = re.sub(r"<(style|script)\b.*?</\1>|<(\w+)[^>]* lang=\"en\".*?</\2>", " ", page, flags=re.DOTALL)
    page = html.unescape(re.sub(r"<title>imbgan", "<title>", page))
    told = re.findall(r">([^<]+)<", page) + re.findall(r'(?:aria-label|data-head)="([^"]*)"', page)
    own = {"age", "smokes", "stroke"}
    assert set().union(*map(latin, told)) - NAMES - own == set()


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_every_text_is_used(lang, model, judged):
    words = {"en": texts.ENGLISH, "zh": texts.CHINESE}[lang]
    summary = summarize(model)
    told = [Teaching(t, *f) for t in (True, False) for f in ((0.2, 0.1, 0.1, 0.2), (None, None, None, None))]
    one = read_rules(DecisionTreeClassifier(random_state=0).fit([[0.0], [1.0]], [1, 1]), [[0.0], [1.0]], [1, 1])
    whole = " ".join(text_of(each, lang) for each in (judged, one, *(replace(summary, teaching=t) for t in told)))
    for key, text in words.items():
        for piece in re.split(r"{\w+}", text):
            assert piece.strip() in whole, key


def test_report_writes_it(model, table, tmp_path):
    path = report(model.judged_rules(*table), tmp_path / "tree.html", lang="zh")
    assert path.read_text(encoding="utf-8") == render(summarize(model.judged_rules(*table)), "zh")


def test_a_classifier_without_rules_is_refused_with_the_reason(table):
    other = DistilledClassifier(LogisticRegression(), LogisticRegression(), RandomOverSampler(), 100, random_state=0)
    with pytest.raises(DataTypeError, match=r"rules_\).*Got DistilledClassifier\.$"):
        summarize(other)
    with pytest.raises(DataTypeError, match="whose rules_ is None: it is no readable tree"):
        summarize(other.fit(*table))


def test_results_on_the_page_are_the_rules(judged):
    (script,) = page_of(judged).scripts
    assert RuleSet.from_json(json.dumps(json.loads(script)["rules"])) == judged
