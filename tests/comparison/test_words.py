"""What a linear classifier on words says, and where its terms stand in texts."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import fisher_exact
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression

from imbgan import compare
from imbgan.comparison.marking import SHOWN, shown_text
from imbgan.comparison.plan import Data
from imbgan.comparison.results import Comparison
from imbgan.comparison.words import LEAST_TEXTS, MAX_ROWS, _rows, _telling, fit_word_model
from imbgan.text.words import normalized, token_pattern

FILLERS = ["the", "of", "a", "we", "they", "have", "been", "there", "it", "was", "now", "then"]


def data_of(X, y):
    codes = np.unique(y, return_inverse=True)[1]
    judged = (int(np.argmin(np.bincount(codes))),)
    return Data(X, codes, np.unique(y), np.arange(len(y)), False, judged)


def planted(n=200, n_rare=30, seed=0):
    """Texts of fillers; a rare one holds one of two words of its own, and the others hold a third one."""
    rng = np.random.default_rng(seed)
    own = [rng.choice(["Jackpot", "PRIZE"]) if i < n_rare else "lunch" for i in range(n)]
    texts = [" ".join([*rng.choice(FILLERS, 6), own[i], *rng.choice(FILLERS, 3)]) for i in range(n)]
    return texts, np.array(["rare"] * n_rare + ["common"] * (n - n_rare))


def marked(shown):
    return {(shown.text[mark.start : mark.end], mark.is_rare) for mark in shown.marks}


def test_planted_words_weigh_most_and_are_marked():
    texts, y = planted()
    model = fit_word_model(data_of([[text] for text in texts], y), [0], 0, names=False)
    (column,) = model.columns
    assert (model.label, model.n_rows, column.name, column.unit) == ("rare", 200, "", "words")
    assert {term.text for term in column.rare_terms[:2]} == {"jackpot", "prize"}
    assert column.other_terms[0].text == "lunch"
    counts = {term.text: (term.n_rare, term.n_others) for term in (*column.rare_terms, *column.other_terms)}
    assert counts["lunch"] == (0, 170)
    assert counts["prize"] == (sum("PRIZE" in text for text in texts), 0)
    assert all(n_rare + n_others >= LEAST_TEXTS for n_rare, n_others in counts.values())
    for text in column.rare_texts:
        assert {word for word, is_rare in marked(text) if is_rare} & {"Jackpot", "PRIZE"} or any(
            "Jackpot" in word or "PRIZE" in word for word, _ in marked(text)
        )
    assert [text.probability for text in column.rare_texts] == sorted(
        (text.probability for text in column.rare_texts), reverse=True
    )
    assert max(text.probability for text in column.other_texts) < min(text.probability for text in column.rare_texts)


def test_coefficients_are_those_of_scikit_learn_on_the_same_words():
    texts, y = planted(n=120)
    (column,) = fit_word_model(data_of([[text] for text in texts], y), [0], 0).columns
    words = TfidfVectorizer(
        preprocessor=normalized, token_pattern=token_pattern(), ngram_range=(1, 2), sublinear_tf=True
    )
    referee = LogisticRegression(max_iter=1000).fit(10.0 * words.fit_transform(texts), y == "rare")
    expected = dict(zip(words.get_feature_names_out(), referee.coef_[0], strict=True))
    assert column.rare_terms
    assert column.other_terms
    for term in (*column.rare_terms, *column.other_terms):
        assert term.coefficient == pytest.approx(expected[term.text], abs=1e-3)


def test_words_that_chance_explains_are_not_listed(rng):
    """150 fillers and their pairs weigh as much as a word that tells half of the rare texts."""
    fillers = [f"filler{i}" for i in range(150)]
    y = np.array(["rare"] * 60 + ["common"] * 940)
    texts = [" ".join(rng.choice(fillers, 8)) for _ in y]
    assert fit_word_model(data_of([[text] for text in texts], y), [0], 0).columns[0].rare_terms == ()
    tells = rng.random(len(y)) < np.where(y == "rare", 0.5, 0.05)
    texts = [f"{text} {'lawyer' if told else 'visit'}" for text, told in zip(texts, tells, strict=True)]
    (column,) = fit_word_model(data_of([[text] for text in texts], y), [0], 0).columns
    assert [term.text for term in column.rare_terms] == ["lawyer"]
    assert [term.text for term in column.other_terms] == ["visit"]
    assert all(text.marks for text in column.rare_texts)


def test_terms_are_telling_in_the_direction_of_their_shares():
    n_rare, n_all = np.array([20, 0, 1, 1, 10]), np.array([20, 300, 20, 1, 40])
    p = [fisher_exact([[k, n - k], [50 - k, 950 - n + k]]).pvalue for k, n in zip(n_rare, n_all, strict=True)]
    assert (np.array(p) < 0.01).tolist() == [True, True, False, False, True]
    assert _telling(n_rare, n_all, 50, 1000).tolist() == [1, -1, 0, 0, 1]
    assert _telling(np.array([1]), np.array([1]), 50, 1000).tolist() == [0]


def test_terms_of_a_table_are_judged_beside_its_numbers():
    texts, y = planted()
    X = [[float(label == "rare"), text, text[:3]] for text, label in zip(texts, y, strict=True)]
    with_number = fit_word_model(data_of(X, y), [1], 0).columns[0]
    alone = fit_word_model(data_of([[row[1]] for row in X], y), [0], 0).columns[0]
    assert with_number.name == "1"
    assert 0 < with_number.rare_terms[0].coefficient < alone.rare_terms[0].coefficient


def test_of_many_rows_all_rare_ones_are_learned():
    is_rare = np.zeros(3 * MAX_ROWS, bool)
    is_rare[::100] = True
    rows = _rows(is_rare)
    assert len(rows) == len(set(rows.tolist())) == MAX_ROWS
    assert is_rare[rows].sum() == is_rare.sum()
    np.testing.assert_array_equal(_rows(is_rare[:50]), np.arange(50))


def test_a_comparison_carries_the_words_and_can_leave_the_texts_out():
    texts, y = planted(n=90)
    found = compare(texts, y, strategies=["words"], cv=(3, 1), random_state=0)
    assert Comparison.from_dict(found.to_dict()) == found
    assert found.words.columns[0].rare_texts
    bare = found.without_texts()
    assert bare.words.columns[0].rare_terms == found.words.columns[0].rare_terms
    assert not any(text in str(bare.to_dict()) for text in texts)
    earlier = {key: value for key, value in found.to_dict().items() if key != "words"}
    assert Comparison.from_dict(earlier).words is None
    assert Comparison.from_dict(earlier).without_texts().words is None


def test_equal_texts_are_shown_once_and_blank_ones_never():
    texts = ["win a prize now", "win a prize now", "win a big prize", " ", None] * 6 + ["see you at lunch", ""] * 40
    y = ["rare"] * 30 + ["common"] * 80
    (column,) = fit_word_model(data_of([[text] for text in texts], y), [0], 0).columns
    assert sorted(text.text for text in column.rare_texts) == ["win a big prize", "win a prize now"]
    assert [text.text for text in column.other_texts] == ["see you at lunch"]


def test_nothing_is_said_where_nothing_can_be_fitted():
    assert fit_word_model(data_of([[" "]] * 20, ["a"] * 5 + ["b"] * 15), [0], 0) is None


TEXTS = st.text(st.sampled_from("ab é\u0301ÀＷ奖中 \n\t<&>\u202e\u200dאşß½!"), max_size=700)


@given(
    TEXTS, st.dictionaries(st.sampled_from(["a", "b", "奖", "中奖", "a b", "!", "ss"]), st.floats(-3, 3)), st.booleans()
)
def test_marks_lie_in_order_within_a_text_that_is_cut(text, terms, by_word):
    terms = {term: value for term, value in terms.items() if value}
    shown = shown_text(text, terms, 0.5, by_word=by_word)
    assert shown == shown_text(text, terms, 0.5, by_word=by_word)
    places = [place for mark in shown.marks for place in (mark.start, mark.end)]
    assert places == sorted(places)
    assert all(mark.start < mark.end <= len(shown.text) for mark in shown.marks)
    whole = " ".join(text.split())
    assert shown.text.strip("…") in whole
    if len(whole) <= SHOWN:
        assert shown.text == whole
    # A letter keeps the marks that belong to it.
    assert not shown.text.startswith(("…\u0301", "…\u200d"))


@pytest.mark.parametrize(
    ("text", "terms", "by_word", "expected"),
    [
        ("Cafe\u0301 FREE", {"café": 1.0}, True, {("Cafe\u0301", True)}),
        ("ＦＲＥＥ entry", {"free entry": 1.0}, True, {("ＦＲＥＥ entry", True)}),
        ("freedom is free", {"free": 1.0}, True, {("free", True)}),
        ("恭喜您中奖了", {"中奖": 1.0, "您": -0.5}, False, {("中奖", True), ("您", False)}),
        ("a b", {"a": 1.0, "a b": -2.0}, True, {("a b", False)}),
        ("زبان خوب", {"خوب": 1.0}, True, {("خوب", True)}),
        ("wait… now", {".": 1.0}, True, {("…", True)}),
    ],
)
def test_terms_are_found_in_the_form_of_the_text(text, terms, by_word, expected):
    assert marked(shown_text(text, terms, 0.5, by_word=by_word)) == expected


def test_a_long_text_is_cut_where_it_is_marked():
    text = "so it goes " * 500 + "free prize " + "and on " * 500
    shown = shown_text(text, {"free prize": 1.0}, 0.5, by_word=True)
    assert marked(shown) == {("free prize", True)}
    assert len(shown.text) <= SHOWN + 2
    assert (shown.text[0], shown.text[-1]) == ("…", "…")
