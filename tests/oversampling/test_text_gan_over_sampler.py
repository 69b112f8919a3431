"""The over-sampler of texts: vectors of the originals first, generated ones near texts of their class, no leaks."""

import pickle
import warnings

import numpy as np
import pandas as pd
import polars as pl
import pytest
from sklearn.base import clone
from sklearn.exceptions import NotFittedError
from sklearn.feature_extraction.text import CountVectorizer

from imbgan import DataError, DataTypeError, EncoderWarning, ParameterError, TextGANOverSampler
from imbgan.text import PretrainedEncoder, ReducedEncoder, loading

OTHER = [f"see you at {hour} for lunch with {name}" for hour in range(5) for name in ("anna", "bert", "carla", "dan")]
SPAM = [f"win {n} pounds now!" for n in range(6)]
TEXTS, LABELS = OTHER + SPAM, ["other"] * 20 + ["spam"] * 6
N = len(TEXTS)


def letters(texts):
    """Four numbers per text, in which the classes lie apart."""
    return np.array([[text.count(letter) for letter in "eonw"] for text in texts]) + np.linspace(0, 0.1, 4)


@pytest.fixture
def sampler(quick_sampler):
    """Make a ``TextGANOverSampler`` that trains 10 steps of tiny networks."""
    options = quick_sampler().get_params(deep=False)

    def make(encoder=letters, **parameters):
        quick = {name: options[name] for name in ("max_iter", "n_generators", "random_state", "train_options")}
        return TextGANOverSampler(encoder, **{**quick, **parameters})

    return make


@pytest.fixture(autouse=True)
def no_models(monkeypatch):
    monkeypatch.setattr(loading, "find_spec", lambda name: None)


def test_vectors_of_the_originals_come_first(sampler):
    fitted = sampler()
    vectors, labels = fitted.fit_resample(TEXTS, LABELS)
    assert vectors.dtype == np.float32
    assert vectors.shape == (40, 4)
    np.testing.assert_array_equal(vectors[:N], letters(TEXTS).astype(np.float32))
    assert labels == LABELS + ["spam"] * 14
    assert fitted.synthetic_mask_.tolist() == [False] * N + [True] * 14
    assert fitted.sampling_strategy_ == {"spam": 14}
    assert len(fitted.sample_weight_) == 40
    assert fitted.gan_.sample(3, label="spam").shape == (3, 4)
    assert isinstance(fitted.encoder_, PretrainedEncoder)
    assert fitted.remarks_ == ("Texts were encoded by the pretrained encoder letters.",)
    assert fitted.quality_.classes


@pytest.mark.parametrize(
    ("labels", "container"),
    [
        (np.repeat([0, 1], [20, 6]), np.ndarray),
        (np.repeat([False, True], [20, 6]), np.ndarray),
        (pd.Series(LABELS, index=range(100, 126)), pd.Series),
        (pl.Series(LABELS), pl.Series),
        (LABELS, list),
    ],
    ids=["int", "bool", "pandas", "polars", "list"],
)
def test_labels_of_any_type_come_back_as_they_were(sampler, labels, container):
    _, resampled = sampler().fit_resample(pd.Series(TEXTS), labels)
    assert isinstance(resampled, container)
    assert len(resampled) == 40


def test_the_same_seed_gives_the_same_rows(sampler):
    first, second, other = (sampler(random_state=seed).fit_resample(TEXTS, LABELS)[0] for seed in (1, 1, 2))
    np.testing.assert_array_equal(first, second)
    assert (first[N:] != other[N:]).any()


def test_the_encoder_learns_from_training_texts_alone(sampler):
    fitted = sampler("reduced")
    vectors, _ = fitted.fit_resample(TEXTS, LABELS)
    assert isinstance(fitted.encoder_, ReducedEncoder)
    np.testing.assert_allclose(fitted.encoder_.transform(TEXTS), vectors[:N], atol=1e-6)
    assert not fitted.encoder_.transform(["jackpot casino"]).any()


def test_vectors_of_one_length_keep_it(sampler, rng):
    embedding = rng.normal(size=(26, 8))

    def on_sphere(texts):
        vectors = letters(texts) @ embedding[:4] + embedding[[len(text) % 26 for text in texts]]
        return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)

    vectors, _ = sampler(on_sphere).fit_resample(TEXTS, LABELS)
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1.0, atol=0.02)


def test_a_vector_whose_numbers_look_like_something_else_is_one(sampler):
    def odd(texts):
        """A leak of the target, a constant, whole numbers that are all different, and two values."""
        return np.array([["win" in text, 1.0, i + 1000, i % 2] for i, text in enumerate(texts)], float)

    with warnings.catch_warnings():
        warnings.simplefilter("error")
        vectors, _ = sampler(odd).fit_resample(TEXTS, LABELS)
    assert vectors.dtype == np.float32
    assert np.isfinite(vectors).all()
    assert vectors[26:, 2].max() <= 1025


@pytest.mark.parametrize("encoder", ["auto", "words"])
def test_words_are_replaced_by_singular_vectors_with_a_warning(sampler, encoder):
    fitted = sampler(encoder)
    with pytest.warns(EncoderWarning, match="singular vectors of TF-IDF are learned instead") as found:
        fitted.fit_resample(TEXTS, LABELS)
    assert found[0].filename == __file__
    assert isinstance(fitted.encoder_, ReducedEncoder)
    assert fitted.remarks_[0] == "Texts were encoded by 100 singular vectors of TF-IDF."


def test_reduced_vectors_that_were_asked_for_give_no_warning(sampler):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        sampler("reduced").fit(TEXTS, LABELS)


def test_nearest_texts_are_those_of_the_class(sampler):
    fitted = sampler()
    vectors, _ = fitted.fit_resample(TEXTS, LABELS)
    for i in range(N, 40):
        found = fitted.nearest_texts(i, k=3)
        distances = np.linalg.norm(letters(SPAM) - vectors[i], axis=1)
        assert [each.position - 20 for each in found] == np.argsort(distances, kind="stable")[:3].tolist()
        np.testing.assert_allclose([each.distance for each in found], np.sort(distances)[:3], atol=1e-5)
        assert all(each.text == TEXTS[each.position] for each in found)
    assert len(fitted.nearest_texts(N, k=99)) == 6


@pytest.mark.parametrize(("i", "k"), [(0, 1), (40, 1), (-1, 1), (30.5, 1), (30, 0), (30, "2")])
def test_only_generated_rows_have_nearest_texts(sampler, i, k):
    fitted = sampler()
    with pytest.raises(NotFittedError):
        fitted.nearest_texts(N)
    fitted.fit_resample(TEXTS, LABELS)
    with pytest.raises(ParameterError, match=r"position of a generated row, from 26 to 39|a number of texts"):
        fitted.nearest_texts(i, k)


def test_nothing_to_generate_is_no_error(sampler):
    fitted = sampler(sampling_strategy={"spam": 6})
    vectors, labels = fitted.fit_resample(TEXTS, LABELS)
    assert vectors.shape == (N, 4)
    assert labels == LABELS
    assert not hasattr(fitted, "gan_")
    with pytest.raises(ParameterError, match="but none was generated"):
        fitted.nearest_texts(N)


def test_a_saved_sampler_holds_no_texts(sampler):
    fitted = sampler()
    fitted.fit_resample(TEXTS, LABELS)
    saved = pickle.dumps(fitted)
    assert b"pounds now" not in saved
    loaded = pickle.loads(saved)
    np.testing.assert_array_equal(loaded.encoder_.transform(TEXTS), letters(TEXTS).astype(np.float32))
    with pytest.raises(DataError, match="not saved with the sampler"):
        loaded.nearest_texts(N)


def test_clones_share_the_model_but_nothing_that_was_learned(sampler):
    class Model:
        def encode(self, texts):
            return letters(texts)

    model = Model()
    fitted = sampler(model)
    fitted.fit_resample(TEXTS, LABELS)
    copied = clone(fitted)
    assert copied.encoder is model
    assert not hasattr(copied, "encoder_")
    assert copied.get_params() == fitted.get_params()


@pytest.mark.usefixtures("no_training")
@pytest.mark.parametrize(
    ("texts", "labels", "parameters", "error", "message"),
    [
        (TEXTS[:-1], LABELS, {}, DataError, "25.*26|26.*25"),
        (TEXTS, ["a"] * N, {}, DataError, "two classes|2 classes"),
        ([*TEXTS[:-1], 7], LABELS, {}, DataTypeError, "Number 25 is 7"),
        ([" "] * N, LABELS, {}, DataError, "all blank"),
        (TEXTS, LABELS, {"encoder": CountVectorizer()}, DataError, "must return dense vectors"),
        (TEXTS, LABELS, {"encoder": lambda texts: np.full((len(texts), 2), np.nan)}, DataError, "finite numbers"),
        (TEXTS, LABELS, {"encoder": "word"}, ParameterError, "Did you mean 'words'"),
        (TEXTS, LABELS, {"max_iter": 0}, ValueError, "max_iter"),
        (TEXTS, LABELS, {"train_options": {"no": 1}}, ParameterError, "no"),
    ],
    ids=["rows", "one class", "number", "blank", "sparse", "NaN", "name", "steps", "option"],
)
def test_bad_input_is_refused_before_training(sampler, texts, labels, parameters, error, message):
    with pytest.raises(error, match=message):
        sampler(**parameters).fit_resample(texts, labels)


def test_weights_are_refused(sampler):
    with pytest.raises(ParameterError, match="sample_weight"):
        sampler().fit_resample(TEXTS, LABELS, sample_weight=np.ones(N))
