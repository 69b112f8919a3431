"""A model of sentence-transformers from a local folder, where the package is installed; it is no dependency."""

import socket
import subprocess
import sys

import numpy as np
import pandas as pd
import pytest

from imbgan import DeployableClassifier
from imbgan.exceptions import ModelFileError
from imbgan.text import PretrainedEncoder, script_of
from imbgan.text.loading import find_auto_model

sentence_transformers = pytest.importorskip("sentence_transformers")
transformers = pytest.importorskip("transformers")

WORDS = ["win", "a", "prize", "see", "you", "at", "lunch", "cash", "now", "home"]
TEXTS = ["win a prize now", "see you at lunch", "", "cash at home"]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Save a small encoder of random weights, as its package saves it."""
    path = tmp_path_factory.mktemp("model")
    vocabulary = path / "vocab.txt"
    vocabulary.write_text("\n".join(["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *WORDS]))
    config = transformers.BertConfig(
        vocab_size=15, hidden_size=16, num_hidden_layers=1, num_attention_heads=2, intermediate_size=16
    )
    transformers.set_seed(0)
    transformers.BertModel(config).save_pretrained(path / "bert")
    transformers.BertTokenizerFast(str(vocabulary)).save_pretrained(path / "bert")
    model = sentence_transformers.SentenceTransformer(str(path / "bert"), device="cpu")  # the mean over tokens
    model.save(str(path / "saved"))
    return path / "saved", model


@pytest.fixture
def no_network(monkeypatch):
    tried = []

    def refuse(*args, **kwargs):
        tried.append(args)
        raise OSError("no network")

    monkeypatch.setattr(socket, "create_connection", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    return tried


def test_a_folder_is_encoded_as_the_package_encodes_it_in_silence(folder, capfd, no_network):
    path, model = folder
    capfd.readouterr()
    vectors = PretrainedEncoder(str(path)).fit_transform(TEXTS)
    assert vectors.dtype == np.float32
    np.testing.assert_allclose(vectors, model.encode(TEXTS), atol=1e-5)
    assert capfd.readouterr() == ("", "")
    assert no_network == []
    assert transformers.utils.logging.is_progress_bar_enabled()


def test_nothing_is_downloaded_unasked(no_network, tmp_path, monkeypatch):
    monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path))
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(tmp_path))
    for name in ("org/no-such-model", "all-mpnet-base-v2", str(tmp_path / "nowhere")):
        with pytest.raises(ModelFileError, match="must be a folder, or the name of a model that was downloaded before"):
            PretrainedEncoder(name).fit(TEXTS)
    with pytest.raises(ModelFileError, match=r"cannot be loaded with sentence_transformers: .*[^.]\. Pass a folder"):
        PretrainedEncoder(str(tmp_path)).fit(TEXTS)
    assert find_auto_model(script_of(TEXTS)) is None
    assert no_network == []


def test_a_saved_classifier_encodes_in_another_process(folder, rng, tmp_path):
    path, _ = folder
    y = np.repeat(["no", "yes"], [60, 20])
    notes = [
        " ".join([*rng.choice(WORDS, 5), "prize" if each == "yes" else "lunch", str(i)]) for i, each in enumerate(y)
    ]
    X = pd.DataFrame({"note": notes, "size": rng.normal(size=80)})
    model = DeployableClassifier("logistic_regression", "none", encoder=str(path), random_state=0).fit(X, y)
    model.save(tmp_path / "model")
    X.to_csv(tmp_path / "new.csv", index=False)
    command = [sys.executable, "-m", "imbgan", "predict", "model", "new.csv", "-o", "scores.csv", "--quiet"]
    ended = subprocess.run(command, cwd=tmp_path, check=False, capture_output=True, text=True)
    assert ended.returncode == 0, ended.stderr
    found = pd.read_csv(tmp_path / "scores.csv")["probability_yes"]
    np.testing.assert_allclose(found, model.predict_proba(X)[:, 1], atol=1e-4)
