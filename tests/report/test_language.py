"""Both languages say the same, and a Chinese page holds no English but names."""

import ast
import html
import re
from pathlib import Path
from string import Formatter

import pytest

import imbgan
from imbgan.comparison import ESTIMATORS, METRICS, STRATEGIES, TEXT_STRATEGIES
from imbgan.comparison.results import Note
from imbgan.exceptions import ParameterError
from imbgan.quality.diagnostics import RULES
from imbgan.report import render, report, summarize
from imbgan.report.language import Words
from imbgan.report.languages import en, zh
from imbgan.report.words import WORSE

# Names of methods, packages, parameters and measures, which Chinese courses write in Latin letters.
NAMES = {
    *("GAN", "SMOTE", "ADASYN", "Tomek", "ENN", "ROC", "AUC", "MCC", "G-mean", "F1", "KS", "TV", "V", "JSON"),
    *("imbgan", "LightGBM", "XGBoost", "CatBoost", "max_iter", "random_state", "train_options", "gamma"),
    *("judged_rules", "judge_rules"),
    *("TF-IDF", "no-texts", "without_texts"),
}
OWN_CODE = re.compile(r"IMB\d{3}")


def fields(text):
    return {field for _, field, _, _ in Formatter().parse(text) if field is not None}


def latin(text):
    return {word for word in re.findall(r"[A-Za-z][A-Za-z0-9_-]+|[A-Z]", text) if not OWN_CODE.fullmatch(word)}


def test_languages_have_the_same_keys():
    findings = {key for key in zh.WORDS if key.startswith("finding.IMB")}
    assert set(zh.WORDS) - findings == set(en.WORDS)
    # English pages show the evidence and the advice that the diagnostics give themselves.
    assert findings == {key for rule in RULES for key in (f"finding.{rule.code}", f"finding.{rule.code}.action")}


@pytest.mark.parametrize("key", sorted(en.WORDS))
def test_texts_have_the_same_fields(key):
    assert fields(zh.WORDS[key]) == fields(en.WORDS[key])


def test_everything_with_a_code_name_has_a_plain_name():
    for words in (en.WORDS, zh.WORDS):
        assert [name for name in TEXT_STRATEGIES if f"strategy.{name}" not in words] == []
        assert [name for name in STRATEGIES if f"strategy.{name}" not in words] == []
        assert [name for name in ESTIMATORS if f"estimator.{name}" not in words] == []
        assert [name for name in METRICS if f"metric.{name}.meaning" not in words] == []
        assert [name for name in WORSE if f"measure.{name}.meaning" not in words] == []


def test_chinese_words_hold_no_english_but_names():
    # Fields are filled with names and numbers.
    texts = {key: re.sub(r"{\w+}", "", text) for key, text in zh.WORDS.items() if key != "lang"}
    assert {key: latin(text) - NAMES for key, text in texts.items() if latin(text) - NAMES} == {}
    titles = [text for key, text in zh.WORDS.items() if key.startswith("strategy.")]
    assert len(set(titles)) == len(titles)


@pytest.mark.parametrize("thing", ["comparison", "many_classes", "assessment", "of_texts"])
def test_chinese_page_holds_no_english_but_names(thing, request):
    page = render(summarize(request.getfixturevalue(thing)), "zh")
    assert '<html lang="zh-CN">' in page
    page = re.sub(r"<(style|script)\b.*?</\1>|<(\w+)[^>]* lang=\"en\".*?</\2>", " ", page, flags=re.DOTALL)
    page = html.unescape(re.sub(r"<title>imbgan", "<title>", page))
    texts = re.findall(r">([^<]+)<", page) + re.findall(r'(?:aria-label|data-head)="([^"]*)"', page)
    told = set().union(*map(latin, texts)) - NAMES
    # What the table itself is called, and messages of libraries.
    own = {
        "free",
        "prize",
        "message",
        "win",
        "lunch",
        "class",
        "adasyn",
        *(f"attr{i}" for i in range(1, 41)),
        "level",
        "b",
        "c",
        "d",
        "s",
        "k",
    }
    messages = set(re.findall(r"[A-Za-z]+", "no neighbors of b the column is missing in rows"))
    assert told - own - messages == set()


def test_encoders_are_told_in_the_language_of_the_page():
    columns = (
        "note by TF-IDF of words and pairs of words, 故事 by TF-IDF of characters, x by 50 singular vectors of TF-IDF"
    )
    told = Words("zh").note(Note(("texts",), {"columns": columns}))
    assert "note：词和词对的 TF-IDF, 故事：字符的 TF-IDF, x：50 个 TF-IDF 奇异向量" in told
    alone = Note(("texts alone",), {"columns": "TF-IDF of characters"})
    assert "文本在每个训练部分之内编码：字符的 TF-IDF。" in Words("zh").note(alone)
    assert "part by TF-IDF of characters." in Words("en").note(alone)
    assert columns in Words("en").note(Note(("texts",), {"columns": columns}))


def test_strategies_of_the_user_keep_their_names():
    words = Words("zh", {"smote": "our smote", "gan": STRATEGIES["gan"].title, "mine": "our rule"})
    assert [words.strategy(name) for name in ("smote", "gan", "mine", "none", "other")] == [
        "our smote", zh.WORDS["strategy.gan"], "our rule", zh.WORDS["strategy.none"], "other",
    ]  # fmt: skip


def test_notes_are_told_in_the_words_of_the_page():
    note = Note(("failed with",), {"strategy": "gan_0.3", "estimators": "mlp, mine", "reason": "no reason was given"})
    assert Words("en").note(note) == "GAN rows to 30 % failed with neural network, mine: no reason was given."
    assert Words("zh").note(note) == "“GAN 样本至 30 %”在神经网络、mine上失败：没有给出原因。"


def test_lists_in_notes_are_told_in_the_words_of_the_page():
    note = Note(("auto chose",), {"strategy": "auto", "counts": "none (7/10), gan_0.3 (3/10)"})
    assert "the table as it is (7/10), GAN rows to 30 % (3/10)" in Words("en").note(note)
    assert "原始表 (7/10)、GAN 样本至 30 % (3/10)" in Words("zh").note(note)
    assert "GAN rows to balance, mine:" in Words("en").note(Note(("no time",), {"strategies": "gan, mine"}))


def test_facts_of_a_note_are_no_fields():
    note = Note(("warned",), {"strategy": "{kind}", "n": "1", "n_folds": "3", "text": "{x} {0}", "kind": "UserWarning"})
    assert Words().note(note) == "{kind} warned in 1 of 3 folds: {x} {0} (UserWarning)."


def messages_of(source):
    """Return the details of failures and events that the source writes, with 1 for each number or name."""
    tree = ast.parse(source.read_text(encoding="utf-8"))
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            text = "".join(part.value if isinstance(part, ast.Constant) else "1" for part in node.values)
            # Parts that are put into other messages are no messages of their own.
            yield text.replace("1: ", "class x: ").replace("class x: 1", "")
        elif isinstance(node, ast.Constant) and node.value == "a callback requested it":
            yield node.value


def test_details_of_training_have_chinese_words():
    gan = Path(imbgan.__file__).parent / "gan"
    texts = {text for name in ("loop.py", "monitor.py") for text in messages_of(gan / name)}
    whole = {text for text in texts if " " in text and not text.startswith(("memorization rate", "class 1"))}
    assert len(whole) >= 6
    assert sorted(text for text in whole if not Words("zh").event(text)) == []
    assert Words("zh").event("something else happened") == ""
    assert Words("en").event("something else happened") == "something else happened"


def test_another_language_is_refused_before_anything_is_written(assessment, tmp_path):
    with pytest.raises(ParameterError, match=r"lang must be one of en, zh\. Got 'zh-CN'"):
        report(assessment, tmp_path / "page.html", lang="zh-CN")
    assert list(tmp_path.iterdir()) == []
