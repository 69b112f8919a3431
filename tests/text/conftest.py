import sys
from types import ModuleType

import numpy as np
import pytest

from imbgan.text import VECTORS, loading


class Model:
    """A model with the interface of both packages, which counts what it encodes."""

    def __init__(self, source="", width=3):
        self.source, self.width, self.encoded = source, width, []

    def encode(self, texts):
        assert isinstance(texts, list)
        self.encoded += texts
        return np.array([[len(text), text.count("a"), i] for text in texts for i in [1]], np.float64)[:, : self.width]


@pytest.fixture(autouse=True)
def no_vectors_and_models_of_other_tests():
    VECTORS.clear()
    loading._load.cache_clear()
    loading._download.cache_clear()


@pytest.fixture
def model():
    return Model()


@pytest.fixture
def packages(monkeypatch, tmp_path):
    """Both packages and the hub as fakes; returns what they were asked for, and the folder of downloaded models."""
    calls = []
    hub = tmp_path / "hub"
    hub.mkdir()

    class StaticModel:
        @staticmethod
        def from_pretrained(source):
            calls.append(("model2vec", source))
            return Model(source)

    def sentence_transformer(source, local_files_only):
        calls.append(("sentence_transformers", source, local_files_only))
        if source.endswith("broken"):
            raise RuntimeError("weights are\nmissing")
        return Model(source)

    def snapshot_download(name, local_files_only):
        assert local_files_only
        if not (hub / name).is_dir():
            raise FileNotFoundError(name)
        return str(hub / name)

    for name, content in {
        "model2vec": {"StaticModel": StaticModel},
        "sentence_transformers": {"SentenceTransformer": sentence_transformer},
        "huggingface_hub": {"snapshot_download": snapshot_download},
    }.items():
        module = ModuleType(name)
        vars(module).update(content)
        monkeypatch.setitem(sys.modules, name, module)
    monkeypatch.setattr(loading, "find_spec", lambda name: sys.modules.get(name))
    return calls, hub


@pytest.fixture
def no_packages(monkeypatch):
    for name in ("model2vec", "sentence_transformers", "huggingface_hub"):
        monkeypatch.setitem(sys.modules, name, None)
    monkeypatch.setattr(loading, "find_spec", lambda name: None)
