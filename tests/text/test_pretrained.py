"""Pretrained encoders: what they return is checked, nothing is downloaded unasked, clones share model and vectors."""

import json
import pickle
import sys

import numpy as np
import pytest
from scipy.sparse import csr_array
from sklearn.base import clone
from sklearn.exceptions import NotFittedError

from imbgan.exceptions import DataError, ModelFileError, ParameterError
from imbgan.text import PretrainedEncoder

TEXTS = ["banana", "see you", "", "a"]


def lengths(texts):
    return np.array([[len(text), 1.0] for text in texts])


def save(folder, **config):
    folder.mkdir(parents=True)
    (folder / "config.json").write_text(json.dumps(config))
    return str(folder)


@pytest.mark.parametrize("kind", ["object", "function", "method"])
def test_models_of_each_kind_encode(model, kind):
    given = {"object": model, "function": lengths, "method": model.encode}[kind]
    vectors = PretrainedEncoder(given).fit(TEXTS).transform(TEXTS)
    assert vectors.dtype == np.float32
    assert vectors[:, 0].tolist() == [6.0, 7.0, 0.0, 1.0]


def test_tensors_and_lists_are_arrays():
    class Tensor:
        def detach(self):
            return self

        def cpu(self):
            return lengths(["ab"])

    assert PretrainedEncoder(lambda texts: Tensor()).fit(["ab"]).n_features_out_ == 2
    assert PretrainedEncoder(lambda texts: lengths(texts).tolist()).fit_transform(TEXTS).shape == (4, 2)


def test_clones_share_the_model_and_its_vectors(model):
    encoder = PretrainedEncoder(model)
    first = encoder.fit_transform(TEXTS)
    copied = clone(encoder)
    assert copied.model is model
    assert not hasattr(copied, "n_features_out_")
    with pytest.raises(NotFittedError):
        copied.transform(TEXTS)
    np.testing.assert_array_equal(copied.fit(TEXTS[:2]).transform(TEXTS), first)
    assert sorted(model.encoded) == sorted(TEXTS)


def test_a_fitted_encoder_can_be_pickled():
    encoder = PretrainedEncoder(lengths).fit(TEXTS)
    np.testing.assert_array_equal(pickle.loads(pickle.dumps(encoder)).transform(TEXTS), encoder.transform(TEXTS))


@pytest.mark.parametrize(
    ("encode", "message"),
    [
        (lambda texts: csr_array(lengths(texts)), "must return dense vectors.*TruncatedSVD"),
        (lambda texts: lengths(texts)[:, 0], r"of shape \(4, n_features\). It returned the shape \(4,\)"),
        (lambda texts: lengths(texts)[:2], r"It returned the shape \(2, 2\)"),
        (lambda texts: np.empty((len(texts), 0)), r"It returned the shape \(4, 0\)"),
        (lambda texts: 3.0, r"It returned the shape \(1,\)"),
        (lambda texts: lengths(texts) / [[0.0, 1.0]] * 1.0, "must return finite numbers. The vector of text 0"),
        (lambda texts: np.where(lengths(texts) == 7, np.nan, 1.0), r"The vector of text 1 holds"),
        (lambda texts: np.full((len(texts), 2), 1e300), "must return finite numbers"),
        (lambda texts: texts, "must return an array of numbers"),
        (lambda texts: None, "must return an array of numbers|It returned the shape"),
        (lambda texts: [[1.0], [1.0, 2.0]], "must return an array of numbers"),
    ],
    ids=["sparse", "flat", "rows", "no columns", "number", "infinite", "NaN", "too large", "texts", "None", "ragged"],
)
@pytest.mark.filterwarnings("ignore:(divide by zero|invalid value):RuntimeWarning")
def test_what_a_model_returns_is_checked(encode, message):
    with pytest.raises(DataError, match=f"(?s)The encoder <lambda>.*{message}|{message}"):
        PretrainedEncoder(encode).fit(TEXTS)


def test_another_width_than_in_fit_is_refused(model):
    encoder = PretrainedEncoder(model).fit(TEXTS)
    model.width = 2
    with pytest.raises(DataError, match=r"same length as in fit\. It returned 2 numbers per text instead of 3"):
        encoder.transform(["new"])


@pytest.mark.parametrize("wrong", [3, None, dict], ids=repr)
def test_what_is_no_model_is_refused(wrong):
    with pytest.raises(ParameterError, match="'model' must be a folder or a name"):
        PretrainedEncoder(wrong).fit(TEXTS)


def test_a_class_is_told_to_be_made_an_object(model):
    with pytest.raises(ParameterError, match="pass an instance of it"):
        PretrainedEncoder(type(model)).fit(TEXTS)


def test_a_folder_is_loaded_with_the_package_that_saved_it(packages, tmp_path):
    calls, _ = packages
    static = save(tmp_path / "static", model_type="model2vec")
    sentences = save(tmp_path / "sentences", model_type="bert")
    assert PretrainedEncoder(static).fit_transform(TEXTS).shape == (4, 3)
    PretrainedEncoder(tmp_path / "sentences").fit(TEXTS)
    modules = tmp_path / "modules"
    save(modules, normalize=True)
    (modules / "modules.json").write_text('[{"type": "sentence_transformers.models.StaticEmbedding"}]')
    PretrainedEncoder(modules).fit(TEXTS)
    assert calls.pop() == ("model2vec", str(modules))
    assert calls == [("model2vec", static), ("sentence_transformers", sentences, True)]


def test_a_folder_that_was_saved_again_is_loaded_again(packages, tmp_path):
    calls, _ = packages
    folder = save(tmp_path / "static", model_type="model2vec")
    PretrainedEncoder(folder).fit(TEXTS)
    import os

    os.utime(tmp_path / "static" / "config.json", ns=(1, 2**62))
    PretrainedEncoder(folder).fit(TEXTS)
    assert len(calls) == 2


def test_a_name_is_looked_for_on_this_machine_alone(packages):
    calls, hub = packages
    PretrainedEncoder(save(hub / "static", model_type="model2vec")).fit(TEXTS)
    clone(PretrainedEncoder(str(hub / "static"))).fit(TEXTS)
    assert len(calls) == 1  # loaded once
    calls.clear()
    with pytest.raises(ModelFileError, match=r"PretrainedEncoder\('org/model', allow_download=True\)"):
        PretrainedEncoder("org/model").fit(TEXTS)
    assert calls == []
    folder = save(hub / "org" / "model", model_type="bert")
    PretrainedEncoder("org/model").fit(TEXTS)
    assert calls == [("sentence_transformers", folder, True)]
    short = save(hub / "sentence-transformers" / "tiny", model_type="bert")
    PretrainedEncoder("tiny").fit(TEXTS)
    assert calls[-1] == ("sentence_transformers", short, True)


def test_a_model_is_downloaded_only_if_asked(packages):
    calls, _ = packages
    PretrainedEncoder("org/model", allow_download=True).fit(TEXTS)
    assert calls == [("sentence_transformers", "org/model", False)]
    with pytest.raises(ModelFileError, match="must be a folder"):
        PretrainedEncoder("./no/such/folder", allow_download=True).fit(TEXTS)


def test_a_model_that_cannot_be_loaded_is_told_on_one_line(packages, tmp_path):
    with pytest.raises(ModelFileError, match=r"cannot be loaded with sentence_transformers: weights are missing\."):
        PretrainedEncoder(save(tmp_path / "broken")).fit(TEXTS)


@pytest.mark.usefixtures("no_packages")
def test_missing_packages_are_named(tmp_path):
    with pytest.raises(ImportError, match=r"pip install 'imbgan\[text\]'"):
        PretrainedEncoder(save(tmp_path / "static", architectures=["StaticModel"])).fit(TEXTS)
    with pytest.raises(ImportError, match="pip install sentence-transformers"):
        PretrainedEncoder(save(tmp_path / "sentences")).fit(TEXTS)
    with pytest.raises(ModelFileError, match="downloaded before"):
        PretrainedEncoder("org/model").fit(TEXTS)


@pytest.mark.slow
def test_a_real_static_model_encodes(tmp_path):
    model2vec = pytest.importorskip("model2vec")
    tokenizers = pytest.importorskip("tokenizers")
    words = {"[UNK]": 0, "win": 1, "lunch": 2}
    tokenizer = tokenizers.Tokenizer(tokenizers.models.WordLevel(words, unk_token="[UNK]"))
    tokenizer.pre_tokenizer = tokenizers.pre_tokenizers.Whitespace()
    model = model2vec.StaticModel(np.eye(3, dtype=np.float32), tokenizer, normalize=True)
    model.save_pretrained(tmp_path / "model")
    assert "model2vec" in sys.modules
    vectors = PretrainedEncoder(str(tmp_path / "model")).fit_transform(["win", "lunch", "win lunch"])
    np.testing.assert_allclose(vectors[:, 1:], [[1, 0], [0, 1], [0.5**0.5] * 2], atol=1e-6)
