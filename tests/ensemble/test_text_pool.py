"""The mean of log-odds: its formula, its choice by folds, and what the classifier of texts makes of it."""

import pickle

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.special import expit, logit
from sklearn.base import clone
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import average_precision_score
from sklearn.model_selection import StratifiedKFold
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from imbgan import ParameterError, TextGANClassifier
from imbgan.ensemble.pool import pooled
from imbgan.text import ReducedEncoder, WordEncoder, loading

RNG = np.random.default_rng(0)
WORDS = ("lunch", "train", "evening", "home", "call", "meet", "station", "prize", "cash", "win")


@pytest.fixture(autouse=True)
def no_models(monkeypatch):
    monkeypatch.setattr(loading, "find_spec", lambda name: None)


def planted(n=160, n_rare=24, seed=0):
    """Rare texts use some words more often, and no word tells them for sure."""
    rng = np.random.default_rng(seed)
    is_rare = np.arange(n) < n_rare
    shares = np.where(is_rare[:, None], np.linspace(1.0, 3.0, 10), np.linspace(2.0, 1.0, 10))
    texts = [" ".join(rng.choice(WORDS, 6, p=share / share.sum())) + f" {i}" for i, share in enumerate(shares)]
    return np.array(texts, object), is_rare


def letters(texts):
    return np.array([[text.count(letter) for letter in "acehilmnprstw"] for text in texts], float)


@given(arrays(float, (2, 5), elements=st.floats(1e-6, 1 - 1e-6)), st.integers(1, 3), st.integers(1, 3))
def test_with_two_classes_the_mean_of_log_odds_is_returned(p, n, m):
    found = pooled([np.column_stack([1 - each, each]) for each in p], [n, m])
    np.testing.assert_allclose(found.sum(axis=1), 1.0)
    np.testing.assert_allclose(found[:, 1], expit((n * logit(p[0]) + m * logit(p[1])) / (n + m)), rtol=1e-6)


def by_hand(texts, is_rare, judged, seed):
    """Return log-odds of words with class weights, and of vectors, as the benchmark learns them."""
    found = []
    for encoder, make in (
        (
            WordEncoder(),
            lambda: LogisticRegression(C=10.0, max_iter=2000, tol=1e-9, class_weight="balanced", random_state=seed),
        ),
        (None, lambda: make_pipeline(StandardScaler(), LogisticRegression(C=0.01, max_iter=2000, random_state=seed))),
    ):
        encode = letters if encoder is None else encoder.fit(texts).transform
        found.append(make().fit(encode(texts), is_rare).decision_function(encode(judged)))
    return found


def test_order_and_choice_are_those_of_the_benchmark():
    texts, is_rare = planted()
    classifier = TextGANClassifier(["words", letters], random_state=0).fit(texts, is_rare)
    times = {"words": (1, 0), "words twice and vectors": (2, 1), "words and vectors": (1, 1)}
    seed = classifier.classifier_.random_state
    from imbgan.ensemble.base import seed_of
    from imbgan.random import Streams

    folds = StratifiedKFold(5, shuffle=True, random_state=seed_of(Streams.from_random_state(seed), "folds"))
    scores = {name: [] for name in times}
    for learned, judged in folds.split(is_rare, is_rare):
        single = by_hand(texts[learned], is_rare[learned], texts[judged], seed)
        for name, weights in times.items():
            mean = np.average(single, axis=0, weights=weights)
            scores[name].append(average_precision_score(is_rare[judged], mean))
    means = {name: np.mean(each) for name, each in scores.items()}
    assert classifier.classifier_.scores_ == pytest.approx(
        means, abs=5e-3
    )  # solvers stop early, at slightly different places
    assert classifier.choice_ == max(means, key=means.get)
    fresh, _ = planted(seed=1)
    single = by_hand(texts, is_rare, fresh, seed)
    mean = np.average(single, axis=0, weights=times[classifier.choice_])
    found = logit(classifier.predict_proba(fresh)[:, 1])
    assert np.ptp(found - mean) < 0.02  # but for the constant of the class shares


def test_a_vector_that_tells_the_classes_is_averaged():
    texts, is_rare = planted()
    known = dict(zip(texts, is_rare, strict=True))
    oracle = TextGANClassifier(["words", lambda given: np.array([[float(known.get(t, 0))] for t in given])])
    assert oracle.fit(texts, is_rare).choice_ != "words"
    assert "your encoder" not in oracle.remarks_[0]
    assert "average precision by cross-validation" in oracle.remarks_[1]


def test_fits_are_equal_for_equal_seeds_and_survive_a_copy():
    texts, is_rare = planted()
    classifier = TextGANClassifier(["words", ReducedEncoder(5)], random_state=3).fit(texts, is_rare)
    p = classifier.predict_proba(texts)
    np.testing.assert_allclose(p.sum(axis=1), 1.0)
    assert p[:, 1].mean() == pytest.approx(is_rare.mean(), abs=0.05)
    np.testing.assert_array_equal(clone(classifier).fit(texts, is_rare).predict_proba(texts), p)
    np.testing.assert_array_equal(pickle.loads(pickle.dumps(classifier)).predict_proba(texts), p)


def test_three_classes_and_too_few_texts_for_folds():
    texts, is_rare = planted()
    labels = np.where(is_rare, "a", np.where(np.arange(160) < 156, "b", "c"))
    classifier = TextGANClassifier(letters).fit(texts, labels)
    assert classifier.choice_ == "words and vectors"
    assert list(classifier.members_.values()) == [1, 1]
    assert classifier.predict_proba(texts[:5]).shape == (5, 3)


def test_weights_of_0_leave_texts_out_and_equal_ones_keep_the_shares():
    texts, is_rare = planted()
    kept = np.arange(160) % 4 > 0
    one = TextGANClassifier(random_state=0).fit(texts, is_rare, kept.astype(float)).predict_proba(texts)
    two = TextGANClassifier(random_state=0).fit(texts[kept], is_rare[kept]).predict_proba(texts)
    np.testing.assert_allclose(one, two, atol=1e-6)


def test_a_model_is_shared_and_encodes_each_text_once():
    seen = []

    class Model:
        def encode(self, texts):
            seen.extend(texts)
            return letters(texts)

        def __deepcopy__(self, memo):
            raise AssertionError("a model must not be copied")

    texts, is_rare = planted()
    clone(TextGANClassifier(["words", Model()])).fit(texts, is_rare)
    assert len(seen) == len(set(seen)) == 160


def test_several_encoders_need_the_mean():
    texts, is_rare = planted()
    with pytest.raises(ParameterError, match="'encoder' must be"):
        TextGANClassifier(["words", letters], strategy="none").fit(texts, is_rare)
