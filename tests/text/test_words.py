"""TF-IDF and its singular vectors: what is counted, what is equal, and nothing learned from the test side."""

import pickle

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.base import clone
from sklearn.exceptions import NotFittedError
from sklearn.pipeline import make_pipeline

from imbgan.exceptions import DataError
from imbgan.text import ReducedEncoder, WordEncoder
from imbgan.text.words import normalized, token_pattern

TEXTS = ["win a prize now", "see you at lunch", "win £100!", "lunch at noon?", "are you there"]
BOTH = "words_and_characters"
ENCODERS = [WordEncoder(), WordEncoder(analyzer=BOTH), ReducedEncoder(3)]


def dense(matrix):
    return matrix.toarray() if hasattr(matrix, "toarray") else matrix


def terms(texts, **parameters):
    return set(WordEncoder(**parameters).fit(texts).get_feature_names_out())


def test_words_signs_and_pairs_are_counted():
    assert terms(["Win £9 now!"]) == {"win", "£", "9", "now", "!", "win £", "£ 9", "9 now", "now !"}


def test_words_of_scripts_with_combining_marks_stay_whole():
    assert {"नमस्ते", "दुनिया"} <= terms(["नमस्ते दुनिया"])
    assert {"می\u200cخواهم"} <= terms(["من می\u200cخواهم"])


def test_composed_letters_case_and_width_make_no_other_word():
    assert terms(["CAFE\u0301 \uff26ree"]) == terms(["café free"])


@given(st.text(max_size=20))
def test_the_normal_form_is_one(text):
    assert normalized(normalized(text)) == normalized(text)


def test_the_pattern_has_no_gap_and_no_space():
    import re

    assert re.findall(token_pattern(), "don't 👍👍 a_b") == ["don", "'", "t", "👍", "👍", "a_b"]


@pytest.mark.parametrize(
    ("texts", "analyzer", "expected"),
    [
        (TEXTS, "auto", "words"),
        (["恭喜您中奖", "晚上见"], "auto", "characters"),
        (TEXTS, "characters", "characters"),
        (["恭喜您中奖", "晚上见"], "words", "words"),
        (TEXTS, BOTH, BOTH),
        (["恭喜您中奖", "晚上见"], BOTH, "characters"),
    ],
)
def test_characters_are_counted_where_words_are_not_separated(texts, analyzer, expected):
    encoder = WordEncoder(analyzer=analyzer).fit(texts)
    assert encoder.analyzer_ == expected
    if expected == "characters" and analyzer == "auto":
        assert {"恭", "恭喜", "恭喜您"} <= set(encoder.get_feature_names_out())


def test_words_and_characters_stand_side_by_side_with_half_of_the_weight_each():
    encoder = WordEncoder(analyzer=BOTH).fit(TEXTS)
    names = encoder.get_feature_names_out()
    matrix = dense(encoder.transform(TEXTS))
    for kind in ("words", "characters"):
        own = np.array([name.startswith(f"{kind}__") for name in names])
        alone = dense(WordEncoder(analyzer=kind).fit_transform(TEXTS))
        np.testing.assert_allclose(matrix[:, own], alone / 2**0.5)


def test_rows_have_length_one_or_zero():
    matrix = dense(WordEncoder().fit(TEXTS).transform([*TEXTS, "unknown words", ""]))
    np.testing.assert_allclose(np.linalg.norm(matrix, axis=1), [1.0] * 5 + [0.0] * 2)
    both = dense(WordEncoder(analyzer=BOTH).fit(TEXTS).transform([*TEXTS, "", "zzz"]))
    np.testing.assert_allclose(np.linalg.norm(both, axis=1), [1.0] * 5 + [0.0] * 2)
    reduced = ReducedEncoder(3).fit(TEXTS).transform([*TEXTS, "unknown words"])
    np.testing.assert_allclose(np.linalg.norm(reduced, axis=1), [1.0] * 5 + [0.0], atol=1e-6)
    assert reduced.dtype == np.float32
    assert reduced.shape == (6, 3)


@pytest.mark.parametrize("encoder", ENCODERS, ids=lambda each: type(each).__name__)
def test_transformers_keep_the_contract(encoder):
    copied = clone(encoder)
    assert copied is not encoder
    assert copied.get_params() == encoder.get_params()
    with pytest.raises(NotFittedError):
        copied.transform(TEXTS)
    vectors = dense(copied.fit(TEXTS, y=[0] * 5).transform(TEXTS))
    np.testing.assert_array_equal(dense(clone(encoder).fit_transform(TEXTS)), vectors)
    np.testing.assert_array_equal(dense(pickle.loads(pickle.dumps(copied)).transform(TEXTS)), vectors)
    np.testing.assert_array_equal(dense(make_pipeline(clone(encoder)).fit_transform(TEXTS, None)), vectors)


@pytest.mark.parametrize("encoder", ENCODERS, ids=lambda each: type(each).__name__)
def test_nothing_is_learned_from_texts_that_are_encoded_later(encoder):
    fitted = clone(encoder).fit(TEXTS)
    before = dense(fitted.transform(TEXTS))
    if getattr(fitted, "analyzer_", "") != BOTH:  # runs of two letters occur everywhere
        assert not dense(fitted.transform(["jackpot casino"])).any()  # words that only the test side has
    alone = dense(fitted.transform(["win a jackpot"]))
    np.testing.assert_allclose(dense(fitted.transform(["win a jackpot", "casino", *TEXTS]))[:1], alone, atol=1e-6)
    np.testing.assert_array_equal(dense(fitted.transform(TEXTS)), before)


@pytest.mark.parametrize("encoder", ENCODERS, ids=lambda each: type(each).__name__)
@pytest.mark.parametrize("texts", [["a"], ["!"], ["a", "a"], ["\u200b", "b"], ["x", None, ""], ["\u00a8"]], ids=repr)
def test_few_and_odd_texts_are_encoded(encoder, texts):
    vectors = dense(clone(encoder).fit_transform(texts))
    assert len(vectors) == len(texts)
    assert vectors.shape[1] >= 1
    assert np.isfinite(vectors).all()


@given(st.lists(st.text(max_size=12), min_size=1, max_size=5))
def test_any_texts_are_encoded_or_refused(texts):
    for encoder in ENCODERS:
        try:
            vectors = dense(clone(encoder).fit_transform(texts))
        except DataError:
            assert not any(text.strip() for text in texts)
            continue
        assert np.isfinite(vectors).all()


def test_terms_of_few_texts_can_be_left_out():
    assert terms(["win now", "win later"], min_df=2) == {"win"}
    assert terms(["win now", "come later"], min_df=2)  # none is left, so that all are kept


def test_components_are_as_many_as_texts_and_terms_allow():
    assert ReducedEncoder().fit_transform(TEXTS).shape == (5, 5)
    assert ReducedEncoder(2).fit_transform(TEXTS).shape == (5, 2)


@pytest.mark.parametrize("n", [20, 150])
def test_components_are_singular_vectors(n, rng):
    texts = [" ".join(rng.choice([f"w{i}" for i in range(300)], 8)) for _ in range(n)]
    encoder = ReducedEncoder(10).fit(texts)
    matrix = encoder.words_.transform(texts).toarray()
    values = np.linalg.svd(matrix, compute_uv=False)
    assert encoder.components_.shape == (10, matrix.shape[1])
    np.testing.assert_allclose(np.linalg.norm(matrix @ encoder.components_.T, axis=0), values[:10], rtol=1e-6)
    np.testing.assert_allclose(encoder.components_ @ encoder.components_.T, np.eye(10), atol=1e-8)


def test_repeated_texts_leave_few_components():
    assert ReducedEncoder().fit_transform(["win now", "see you"] * 120).shape == (240, 2)
    assert ReducedEncoder().fit_transform([f"word{i}" for i in range(150)]).shape[0] == 150


def test_remarks_of_fit_are_kept():
    for encoder in ENCODERS:
        (remark,) = clone(encoder).fit([*TEXTS, None]).remarks_
        assert remark.startswith("1 of 6 texts is missing")


@pytest.mark.parametrize("wrong", [WordEncoder(analyzer="letters"), WordEncoder(min_df=0), ReducedEncoder(0)], ids=repr)
def test_parameters_are_checked(wrong):
    with pytest.raises(ValueError, match="must be"):
        wrong.fit(TEXTS)
