"""The classifier of texts: both ends in one, natural probabilities, no leak, and doing nothing on request."""

import inspect
import pickle

import numpy as np
import pandas as pd
import pytest
from imblearn.over_sampling import RandomOverSampler
from sklearn.base import clone
from sklearn.feature_extraction.text import CountVectorizer, TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV, cross_val_predict
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline
from sklearn.tree import DecisionTreeClassifier

from imbgan import DataError, DataTypeError, EncoderWarning, TextGANClassifier
from imbgan.ensemble.text import DEFAULT_STRATEGY, STRATEGIES, CopiesOfTexts
from imbgan.random import Streams
from imbgan.text import ReducedEncoder, WordEncoder, loading, read_texts

NAMES = ("anna", "bert", "carla", "dan", "eva")
OTHER = [f"see you at {hour} for {what} with {name}" for hour in "0123" for what in ("lunch", "tea") for name in NAMES]
SPAM = [f"win {n} pounds {when}!" for n in range(4) for when in ("now", "today")]
TEXTS, LABELS = np.array(OTHER + SPAM, object), np.repeat(["other", "spam"], [40, 8])


@pytest.fixture(autouse=True)
def no_models(monkeypatch):
    monkeypatch.setattr(loading, "find_spec", lambda name: None)


def test_nothing_is_done_where_that_is_asked_for():
    assert inspect.signature(TextGANClassifier).parameters["strategy"].default == DEFAULT_STRATEGY == "auto"
    found = TextGANClassifier("words", strategy="none").fit(TEXTS, LABELS).predict_proba(TEXTS)
    by_hand = LogisticRegression(max_iter=1000).fit(WordEncoder().fit_transform(TEXTS), LABELS)
    np.testing.assert_allclose(found, by_hand.predict_proba(WordEncoder().fit(TEXTS).transform(TEXTS)), atol=1e-6)


@pytest.mark.parametrize("strategy", STRATEGIES)
@pytest.mark.filterwarnings("ignore::imbgan.EncoderWarning")
@pytest.mark.filterwarnings("ignore::imbgan.GenerationQualityWarning")
@pytest.mark.usefixtures("quick_defaults")
def test_probabilities_are_natural_whatever_is_done(strategy):
    classifier = TextGANClassifier("words", LogisticRegression(C=100.0), strategy, random_state=0).fit(TEXTS, LABELS)
    p = classifier.predict_proba(TEXTS)
    np.testing.assert_allclose(p.sum(axis=1), 1.0)
    assert classifier.classes_.tolist() == ["other", "spam"]
    assert p[:, 1].mean() == pytest.approx(8 / 48, abs=0.05)
    assert p[40:, 1].min() > p[:40, 1].max()
    assert classifier.predict(TEXTS)[[0, -1]].tolist() == ["other", "spam"]
    np.testing.assert_allclose(np.exp(classifier.predict_log_proba(TEXTS)), p)
    assert (classifier.sampler_ is not None) == (strategy == "gan")
    np.testing.assert_array_equal(pickle.loads(pickle.dumps(classifier)).predict_proba(TEXTS), p)
    again = clone(classifier).fit(TEXTS, LABELS)
    np.testing.assert_array_equal(again.predict_proba(TEXTS), p)


@pytest.mark.usefixtures("quick_defaults")
@pytest.mark.filterwarnings("ignore::imbgan.GenerationQualityWarning")
def test_generated_rows_need_dense_vectors():
    with pytest.warns(EncoderWarning, match="no sentence encoder") as found:
        classifier = TextGANClassifier(strategy="gan", random_state=0).fit(TEXTS, LABELS)
    assert found[0].filename == __file__
    assert isinstance(classifier.encoder_, ReducedEncoder)
    assert classifier.sampler_.gan_.sample(2, label="spam").shape[0] == 2


def test_the_encoder_learns_from_training_texts_alone():
    classifier = TextGANClassifier("words").fit(TEXTS, LABELS)
    terms = set(classifier.encoder_.get_feature_names_out())
    assert "jackpot" not in terms
    p = classifier.predict_proba(["win today", "jackpot"])
    np.testing.assert_array_equal(classifier.predict_proba(["win today"]), p[:1])
    SpyingEncoder.fitted_on.clear()
    spying = TextGANClassifier(SpyingEncoder(), strategy="none")
    held_out = cross_val_predict(spying, TEXTS, LABELS, cv=3, method="predict_proba")
    assert held_out.shape == (48, 2)
    assert sorted(SpyingEncoder.fitted_on) == [32, 32, 32]


class SpyingEncoder(CountVectorizer):
    fitted_on: list = []  # noqa: RUF012 - shared by all copies

    def fit(self, texts, y=None):
        assert y is None
        SpyingEncoder.fitted_on.append(len(texts))
        return super().fit(texts)


def test_copies_are_texts_of_the_rare_class_and_fill_it():
    encoder = WordEncoder().fit(TEXTS)
    sampler = CopiesOfTexts(read_texts(TEXTS), encoder, Streams(0))
    matrix = encoder.transform(TEXTS)
    vectors, labels = sampler.fit_resample(matrix, LABELS)
    assert (vectors[:48] != matrix).nnz == 0
    assert labels[48:].tolist() == ["spam"] * 32
    words = encoder.get_feature_names_out()[np.unique(vectors[48:].nonzero()[1])]
    known = {word for text in SPAM for word in text.replace("!", " !").split()}
    assert {word for term in words for word in term.split()} <= known
    dense, _ = CopiesOfTexts(read_texts(TEXTS), ReducedEncoder().fit(TEXTS), Streams(0)).fit_resample(
        ReducedEncoder().fit_transform(TEXTS), LABELS
    )
    assert dense.shape[0] == 80
    same, _ = sampler.fit_resample(matrix[:8], LABELS[:8])
    assert same.shape[0] == 8


@pytest.mark.parametrize(
    "labels",
    [np.repeat([0, 1], [40, 8]), np.repeat([True, False], [40, 8]), pd.Series(LABELS), LABELS.tolist()],
    ids=str,
)
def test_labels_of_any_type(labels):
    classifier = TextGANClassifier("words", DecisionTreeClassifier(random_state=0)).fit(pd.Series(TEXTS), labels)
    assert classifier.predict(TEXTS.tolist()).tolist() == list(labels)
    assert classifier.score(TEXTS, labels) == 1.0


def test_a_sampler_of_vectors_and_any_estimator_can_be_given():
    sampler = RandomOverSampler(random_state=0)
    classifier = TextGANClassifier("reduced", KNeighborsClassifier(3), sampler).fit(TEXTS, LABELS)
    assert classifier.sampler_.sampling_strategy_ == {"spam": 32}
    assert classifier.score(TEXTS, LABELS) > 0.9
    assert not hasattr(sampler, "sampling_strategy_")


def test_weights_count_a_text_as_often():
    doubled = TextGANClassifier(ReducedEncoder(), strategy="none").fit(TEXTS, LABELS, sample_weight=np.full(48, 2.0))
    p = doubled.predict_proba(TEXTS)
    vectors = ReducedEncoder().fit_transform(TEXTS)
    by_hand = LogisticRegression(max_iter=1000).fit(vectors, LABELS, sample_weight=np.full(48, 2.0))
    np.testing.assert_allclose(p, by_hand.predict_proba(vectors), atol=1e-4)


@pytest.mark.parametrize("strategy", ["none", "copies"])
def test_a_text_of_weight_0_is_left_out(strategy):
    weights = np.ones(48)
    weights[[0, 5, 41]] = 0.0
    kept = weights > 0
    weighted = TextGANClassifier("words", None, strategy, random_state=0).fit(TEXTS, LABELS, weights)
    smaller = TextGANClassifier("words", None, strategy, random_state=0).fit(TEXTS[kept], LABELS[kept])
    assert set(weighted.encoder_.get_feature_names_out()) == set(smaller.encoder_.get_feature_names_out())
    np.testing.assert_allclose(weighted.predict_proba(TEXTS), smaller.predict_proba(TEXTS), atol=1e-4)


def test_a_generator_gets_no_sparse_matrix():
    with pytest.raises(DataError, match="must return dense vectors"):
        TextGANClassifier(CountVectorizer(), strategy="gan").fit(TEXTS, LABELS)


def test_a_search_can_choose_the_encoder():
    search = GridSearchCV(
        TextGANClassifier(),
        {"encoder": ["words", make_pipeline(TfidfVectorizer())], "strategy": ["none", "copies"]},
        cv=2,
    ).fit(TEXTS, LABELS)
    assert len(search.cv_results_["params"]) == 4
    assert np.isfinite(search.cv_results_["mean_test_score"]).all()


def test_remarks_say_what_was_taken():
    classifier = TextGANClassifier().fit([*TEXTS, None], [*LABELS, "other"])
    assert classifier.remarks_[0] == "Texts were encoded by TF-IDF of words and characters."
    assert classifier.remarks_[1].startswith("1 of 49 texts is missing")
    assert classifier.predict_proba([None, "", "unknown"]).shape == (3, 2)


@pytest.mark.parametrize(
    ("texts", "labels", "error", "message"),
    [
        (TEXTS[:-1], LABELS, DataError, "47.*48|48.*47"),
        (TEXTS, np.repeat("a", 48), DataError, "two classes|2 classes"),
        ([*TEXTS[:-1], b"x"], LABELS, DataTypeError, "decode them first"),
        ([], [], DataError, "at least one text"),
    ],
    ids=["rows", "one class", "bytes", "empty"],
)
def test_bad_input_is_refused(texts, labels, error, message):
    with pytest.raises(error, match=message):
        TextGANClassifier("words").fit(texts, labels)


@pytest.mark.parametrize("wrong", [{"strategy": "smoted"}, {"estimator": 3}, {"random_state": "x"}], ids=str)
def test_parameters_are_checked(wrong):
    with pytest.raises(ValueError, match="must be"):
        TextGANClassifier("words", **wrong).fit(TEXTS, LABELS)


def test_another_width_at_predict_time_is_refused():
    class Model:
        width = 4

        def encode(self, texts):
            return np.array([[len(text) % k for k in range(1, self.width + 1)] for text in texts])

    classifier = TextGANClassifier(Model(), strategy="none").fit(TEXTS, LABELS)
    classifier.encoder_.model.width = 3
    with pytest.raises(DataError, match="returned 3 numbers per text instead of 4"):
        classifier.predict(["new"])
