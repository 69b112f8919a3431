"""The cache of vectors: bounded, shared, and never the vector of another model or text."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from imbgan.text.cache import VectorCache, identity_of


class Counting:
    def __init__(self):
        self.encoded = []

    def __call__(self, texts):
        self.encoded += texts
        return np.array([[len(text), sum(map(ord, text))] for text in texts], np.float32)


def expected(texts):
    return Counting()(texts)


@given(st.lists(st.lists(st.text(max_size=4), min_size=1, max_size=8), min_size=1, max_size=8), st.integers(0, 100))
def test_vectors_are_those_of_the_model_whatever_is_kept(calls, max_bytes):
    cache, encode = VectorCache(max_bytes), Counting()
    for texts in calls:
        np.testing.assert_array_equal(cache.encode(texts, encode, 0), expected(texts))
        assert len(cache) * 8 <= max_bytes


def test_each_text_is_encoded_once():
    cache, encode = VectorCache(), Counting()
    cache.encode(["a", "b", "a"], encode, 0)
    cache.encode(["b", "c"], encode, 0)
    assert encode.encoded == ["a", "b", "c"]


def test_models_do_not_share_vectors():
    cache, encode = VectorCache(), Counting()
    cache.encode(["a"], lambda texts: np.zeros((1, 5), np.float32), 0)
    assert cache.encode(["a"], encode, 1).tolist() == [[1.0, 97.0]]


def test_the_least_recently_used_vectors_go_first():
    cache, encode = VectorCache(max_bytes=16), Counting()
    for text in ("a", "b", "a", "c", "a", "b"):
        cache.encode([text], encode, 0)
    assert encode.encoded == ["a", "b", "c", "b"]


def test_what_is_returned_can_be_changed():
    cache, encode = VectorCache(), Counting()
    for _ in range(2):
        vectors = cache.encode(["a"], encode, 0)
        assert vectors.tolist() == [[1.0, 97.0]]
        vectors[:] = 0.0


def test_without_an_identity_nothing_is_kept():
    cache, encode = VectorCache(), Counting()
    cache.encode(["a", "a"], encode, None)
    assert encode.encoded == ["a", "a"]
    assert len(cache) == 0


def test_threads_can_share_it():
    cache = VectorCache(max_bytes=80)
    texts = [[chr(97 + (i * k) % 26) for k in range(1, 20)] for i in range(200)]
    with ThreadPoolExecutor(8) as pool:
        for words, vectors in zip(texts, pool.map(lambda each: cache.encode(each, Counting(), 0), texts), strict=True):
            np.testing.assert_array_equal(vectors, expected(words))
    assert len(cache) <= 10
    assert cache._n_bytes == 8 * len(cache)


def test_an_object_keeps_its_identity_and_never_gets_that_of_another():
    seen = set()
    for _ in range(500):  # objects that are gone leave their addresses to others
        model = Counting()
        number = identity_of(model)
        assert number == identity_of(model)
        assert number not in seen
        seen.add(number)


@pytest.mark.parametrize("model", [3, "name", ()], ids=repr)
def test_what_cannot_be_watched_has_no_identity(model):
    assert identity_of(model) is None


def test_a_model_whose_vectors_have_another_length_now_is_asked_again():
    cache = VectorCache()
    cache.encode(["a", "b"], lambda texts: np.zeros((len(texts), 5), np.float32), 0)
    assert cache.encode(["a", "c"], Counting(), 0).tolist() == [[1.0, 97.0], [1.0, 99.0]]
