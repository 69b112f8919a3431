"""What ``encoder`` means: names, models, functions and transformers."""

import numpy as np
import pytest
from sklearn.base import BaseEstimator, TransformerMixin, clone
from sklearn.decomposition import TruncatedSVD
from sklearn.exceptions import NotFittedError
from sklearn.feature_extraction.text import CountVectorizer, HashingVectorizer, TfidfVectorizer
from sklearn.pipeline import make_pipeline

from imbgan.exceptions import DataError, ParameterError
from imbgan.text import (
    CheckedEncoder,
    PretrainedEncoder,
    ReducedEncoder,
    WordEncoder,
    dense_encoder,
    resolve_encoder,
    title_of,
)
from imbgan.text.loading import AUTO_MODELS

TEXTS = ["win a prize now", "see you at lunch", "win it", "lunch at noon"]
ENGLISH, MULTILINGUAL, STATIC = AUTO_MODELS[0][1], AUTO_MODELS[1][1], AUTO_MODELS[3][1]


class Broken(TransformerMixin, BaseEstimator):
    def __init__(self, value=np.nan, width=2):
        self.value, self.width = value, width

    def fit(self, texts, y=None):
        return self

    def transform(self, texts):
        return np.full((len(texts), self.width), self.value)


@pytest.mark.usefixtures("no_packages")
def test_a_generator_gets_singular_vectors_of_words_unless_characters_were_asked_for():
    assert dense_encoder("auto", TEXTS, stacklevel=None).analyzer == "auto"
    assert dense_encoder("words_and_characters", TEXTS, stacklevel=None).analyzer == "words_and_characters"


@pytest.mark.usefixtures("no_packages")
def test_names_mean_encoders():
    assert isinstance(resolve_encoder("words"), WordEncoder)
    assert resolve_encoder("words_and_characters").analyzer == "words_and_characters"
    assert isinstance(resolve_encoder("reduced"), ReducedEncoder)
    assert resolve_encoder("auto", TEXTS).analyzer == "words_and_characters"
    assert isinstance(resolve_encoder("org/model"), PretrainedEncoder)


def test_auto_takes_a_model_that_is_there(packages):
    calls, hub = packages
    assert isinstance(resolve_encoder("auto", TEXTS), WordEncoder)
    (hub / STATIC).mkdir(parents=True)
    (hub / STATIC / "config.json").write_text('{"model_type": "model2vec"}')
    assert resolve_encoder("auto", TEXTS).model == STATIC
    assert resolve_encoder("auto").model == STATIC
    (hub / ENGLISH).mkdir(parents=True)
    assert resolve_encoder("auto", TEXTS).model == ENGLISH
    assert all(call[0] == "model2vec" or call[2] is True for call in calls)  # never with a network


def test_auto_takes_no_english_model_for_other_scripts(packages):
    _, hub = packages
    (hub / ENGLISH).mkdir(parents=True)
    assert isinstance(resolve_encoder("auto", ["恭喜您中奖"]), WordEncoder)
    (hub / MULTILINGUAL).mkdir(parents=True)
    assert resolve_encoder("auto", ["恭喜您中奖"]).model == MULTILINGUAL


def test_auto_passes_over_a_model_that_cannot_be_loaded(packages, monkeypatch):
    from imbgan.text import loading

    _, hub = packages
    (hub / "org" / "broken").mkdir(parents=True)
    monkeypatch.setattr(loading, "AUTO_MODELS", ((loading.SENTENCES, "org/broken", True),))
    assert isinstance(resolve_encoder("auto", TEXTS), WordEncoder)


@pytest.mark.parametrize(
    "transformer",
    [
        CountVectorizer(),
        HashingVectorizer(n_features=8),
        make_pipeline(TfidfVectorizer(), TruncatedSVD(2, random_state=0)),
    ],
    ids=lambda each: type(each).__name__,
)
def test_any_transformer_works_and_is_copied(transformer):
    encoder = resolve_encoder(transformer)
    assert isinstance(encoder, CheckedEncoder)
    with pytest.raises(NotFittedError):
        encoder.transform(TEXTS)
    fitted = clone(encoder).fit(np.array(TEXTS))
    assert fitted.transform(TEXTS).shape == (4, fitted.n_features_out_)
    assert not hasattr(transformer, "vocabulary_")
    assert fitted.transform(["a word of the test side"]).shape == (1, fitted.n_features_out_)


def test_our_own_encoders_are_cloned():
    own = WordEncoder(min_df=2).fit(TEXTS)
    found = resolve_encoder(own)
    assert isinstance(found, WordEncoder)
    assert found is not own
    assert found.min_df == 2
    assert not hasattr(found, "vectorizer_")


def test_models_and_functions_are_pretrained(model):
    assert resolve_encoder(model).model is model
    assert resolve_encoder(model.encode).fit(TEXTS).n_features_out_ == 3


@pytest.mark.parametrize("wrong", ["word", "Reduced", "", 3, None, WordEncoder, ["words"]], ids=repr)
def test_what_is_no_encoder_is_refused(wrong):
    with pytest.raises(
        ParameterError, match="'encoder' must be one of auto, words, words_and_characters, reduced, a model"
    ):
        resolve_encoder(wrong)


def test_what_a_transformer_returns_is_checked():
    with pytest.raises(DataError, match=r"Broken must return finite numbers\. The vector of text 0"):
        CheckedEncoder(Broken()).fit(TEXTS)
    encoder = CheckedEncoder(Broken(1.0)).fit(TEXTS)
    encoder.transformer_.width = 3
    with pytest.raises(DataError, match="returned 3 numbers per text instead of 2"):
        encoder.transform(TEXTS)


def test_a_sparse_matrix_with_a_missing_number_is_refused():
    class Sparse(Broken):
        def transform(self, texts):
            matrix = HashingVectorizer(n_features=8).transform(texts)
            if len(texts) > 2:
                matrix.data[matrix.indptr[2]] = np.nan
            return matrix

    encoder = CheckedEncoder(Sparse())
    with pytest.raises(DataError, match=r"text 2 holds"):
        encoder.fit(TEXTS[:1]).transform(TEXTS)


@pytest.mark.parametrize(
    ("encoder", "title"),
    [
        (WordEncoder(), "TF-IDF of words and pairs of words"),
        (WordEncoder().fit(["恭喜您中奖"]), "TF-IDF of characters"),
        (WordEncoder(analyzer="words_and_characters"), "TF-IDF of words and characters"),
        (ReducedEncoder(50), "50 singular vectors of TF-IDF"),
        (PretrainedEncoder("org/model"), "the pretrained encoder 'org/model'"),
        (PretrainedEncoder(len), "the pretrained encoder len"),
        (CheckedEncoder(CountVectorizer()), "your encoder CountVectorizer"),
        (CountVectorizer(), "your encoder CountVectorizer"),
    ],
)
def test_titles_say_what_is_taken(encoder, title):
    assert title_of(encoder) == title
