"""The audit of tables with columns of text, and of texts alone: what is handed out is attacked, and copies are told."""

import numpy as np
import pandas as pd
import polars as pl
import pytest
from sklearn.base import BaseEstimator
from sklearn.feature_extraction.text import HashingVectorizer

from imbgan import GANOverSampler, TextGANOverSampler, audit
from imbgan.audit.game import Evidence, Run
from imbgan.audit.judging import judge_attacks
from imbgan.audit.views import copied_texts
from imbgan.exceptions import DataError, ParameterError, TextColumnWarning
from imbgan.random import Streams
from imbgan.report.audit_page import render_audit

# Few steps of small networks give no good rows.
pytestmark = pytest.mark.filterwarnings("ignore::imbgan.GenerationQualityWarning")

QUICK = {"max_iter": 20, "n_generators": 1}
COMMON = ["see", "you", "at", "lunch", "the", "train", "is", "late", "call", "me", "home", "thanks", "bring", "milk"]
RARE = ["win", "a", "free", "prize", "now", "claim", "your", "cash", "today", "urgent", "reply", "to", "stop", "call"]
HOSTILE = '<script>alert(1)</script>\x00\n"'


def texts_of(words, n, seed):
    rng = np.random.default_rng(seed)
    return [" ".join(rng.choice(words, 9)) for _ in range(n)]


def messages(n_rare=40, n_common=80):
    rng = np.random.default_rng(0)
    texts = texts_of(COMMON, n_common, 1) + texts_of(RARE, n_rare, 2)
    y = np.repeat(["ham", "spam"], [n_common, n_rare])
    return pd.DataFrame({"note": texts, "amount": rng.normal(size=len(y)), "hour": rng.normal(size=len(y))}), y


class Planted(BaseEstimator):
    """A sampler of which the tests know what its texts give away; all its other cells are drawn afresh."""

    def __init__(self, kind="fresh", sampling_strategy=None, random_state=0):
        self.kind = kind
        self.sampling_strategy = sampling_strategy
        self.random_state = random_state

    def fit_resample(self, X, y):
        rng = np.random.default_rng(self.random_state)
        ((label, total),) = self.sampling_strategy.items()
        learned = X["note"].to_numpy()[y == label]
        n = total - len(learned)
        copied = learned[rng.integers(len(learned), size=n)].tolist()
        texts = {
            "copy": copied,
            "one word less": [" ".join(text.split()[1:]) for text in copied],
            "fresh": texts_of(RARE, n, self.random_state),
            "none": [None] * n,
        }[self.kind]
        rows = pd.DataFrame({"note": texts, "amount": rng.normal(size=n), "hour": rng.normal(size=n)})
        return pd.concat([X, rows], ignore_index=True), np.concatenate([y, np.full(n, label, y.dtype)])


@pytest.fixture(scope="module")
def planted():
    sources = {kind: Planted(kind) for kind in ("copy", "one word less", "fresh", "none")}
    return audit(*messages(), source=sources, n_runs=3, n_generated=150)


def rate(found, source):
    (own,) = [each for each in found.rates if (each.source, each.name) == (source, "copied_text")]
    return own.learned.mean, own.unseen.mean


def test_copied_texts_are_found_whatever_stands_beside_them(planted):
    assert planted.attack("copy", "equal_texts").auc.mean > 0.95
    learned, unseen = rate(planted, "copy")
    assert learned > 0.95
    assert unseen == 0.0
    assert planted.attack("one word less", "equal_texts").auc.mean == 0.5
    assert planted.attack("one word less", "nearest_text").auc.mean > 0.95
    assert rate(planted, "one word less") == (0.0, 0.0)


def test_fresh_texts_and_none_give_nothing_away(planted):
    for source in ("fresh", "none"):
        found = {each.name: each.auc.mean for each in planted.attacks if (each.source, each.group) == (source, "all")}
        assert len(found) == 12
        # Twenty rows against twenty in three runs: a mean has a standard error of .06.
        assert all(abs(value - 0.5) < 0.2 for value in found.values()), found
        assert found["equal_texts"] == 0.5
    assert planted.attack("none", "nearest_text").auc.mean == 0.5


def test_copies_are_told_in_words(planted):
    assert [source for source, *_ in copied_texts(planted)] == ["copy"]
    told = "Rows of copy hold real texts"
    assert told in " ".join(str(planted).split())
    assert told in planted._repr_html_()
    assert told in render_audit(planted)
    assert "copy 的样本含有真实文本" in render_audit(planted, "zh")
    assert [note.facts["source"] for note in planted.notes if note.name == "no text"] == ["none"]
    assert "none hands out no text" in " ".join(str(planted).split())


@pytest.mark.slow
def test_a_generator_hands_out_no_text_or_copies():
    X, y = messages()
    found = audit(X, y, source=["gan", "smote", "bootstrap"], n_runs=2, sampler_options=QUICK)
    assert {note.facts["source"] for note in found.notes if note.name == "no text"} == {"gan", "smote"}
    assert rate(found, "gan") == rate(found, "smote") == (0.0, 0.0)
    assert rate(found, "bootstrap")[0] > 0.8
    nearest = audit(X, y, source="gan", n_runs=2, sampler_options={**QUICK, "text_output": "nearest"})
    learned, unseen = rate(nearest, "gan")
    assert learned > 0.1
    assert unseen == 0.0
    assert nearest.attack("gan", "equal_texts").auc.mean == pytest.approx(0.5 + learned / 2)


def test_texts_alone_are_audited_as_vectors_in_any_container():
    X, y = messages()
    options = {"source": ["bootstrap", "independent"], "n_runs": 2}
    found = audit(X["note"].tolist(), y, **options)
    assert found.worst("bootstrap").auc.mean > 0.95
    assert found.attack("independent", "nearest").auc.mean < 0.8
    assert not [each for each in found.rates if each.name in ("copied_text", "guessed")]
    assert "Rows are texts alone" in " ".join(str(found).split())
    for held in (pl.Series(X["note"]), X[["note"]]):
        assert audit(held, y, **options).attacks == found.attacks


@pytest.mark.slow
def test_samplers_of_texts_are_sources():
    X, y = messages()
    sources = {"vectors": TextGANOverSampler(**QUICK), "copies": GANOverSampler(text_output="nearest", **QUICK)}
    found = audit(X["note"].tolist(), y, source=sources, n_runs=2)
    assert found.worst("vectors").auc.mean < 0.9
    assert copied_texts(found)[0][0] == "copies"
    assert sources["vectors"].get_params()["encoder"] == "auto"


class CopiedVectors(BaseEstimator):
    """A sampler of texts that repeats the vectors of learned ones."""

    def __init__(self, encoder=None, sampling_strategy=None):
        self.encoder = encoder
        self.sampling_strategy = sampling_strategy

    def fit_resample(self, X, y):
        ((label, total),) = self.sampling_strategy.items()
        rows = np.flatnonzero(y == label)
        rows = np.r_[np.arange(len(y)), np.resize(rows, total - len(rows))]
        return self.encoder(X)[rows], y[rows]


def test_a_sampler_of_ones_own_gets_texts_and_returns_vectors_of_the_encoder_of_the_audit():
    X, y = messages()
    texts = X["note"].tolist()
    hashed = HashingVectorizer(n_features=32)

    def encode(found):
        return hashed.transform(found).toarray()

    found = audit(texts, y, source={"copies": CopiedVectors(encode)}, n_runs=2, encoder=encode)
    assert found.worst("copies").auc.mean > 0.95
    with pytest.raises(DataError, match="must use the encoder of the audit"):
        audit(texts, y, source=CopiedVectors(lambda found: -encode(found)), n_runs=2, encoder=encode)
    with pytest.raises(ParameterError, match="learns texts alone"):
        audit(X, y, source=TextGANOverSampler(), n_runs=2)


def test_vectors_in_place_of_the_texts_of_a_table_are_refused():
    class Vectors(Planted):
        def fit_resample(self, X, y):
            rows, labels = super().fit_resample(X, y)
            return rows.assign(note=[[0.0, 1.0]] * len(rows)), labels

    with pytest.raises(DataError, match="must hand out texts, or no cell, in the column 'note'"):
        audit(*messages(), source=Vectors(), n_runs=2)


@pytest.mark.parametrize("alone", [False, True])
def test_classifiers_of_texts_are_attacked(alone):
    X, y = messages()
    X = X["note"].tolist() if alone else X
    options = {"estimator": "logistic_regression", "strategies": ["none", "words"]}
    found = audit(X, y, source=["independent", "bootstrap"], n_runs=2, **options)
    for source in ("independent", "bootstrap", "none", "words"):
        assert 0.0 < found.attack(source, "shadow_confidence").auc.mean < 1.0


def test_a_classifier_that_is_surer_of_unseen_rows_is_caught_all_the_same():
    """The more of a text's words are known, the less each weighs, as their weights have length one."""
    rng = np.random.default_rng(0)
    members = rng.random((4, 80)) < 0.5

    def judged(gap):
        hard = rng.normal(size=80)  # a row is as hard for all classifiers
        runs = [
            Run(member, {"x": Evidence(scores={"confidence": hard + gap * member + rng.normal(size=80)})})
            for member in members
        ]
        found = judge_attacks(runs, np.arange(80) < 10, Streams(0))
        return next(each.auc.mean for each in found if (each.name, each.group) == ("shadow_confidence", "all"))

    assert judged(-2.0) > 0.8
    assert judged(2.0) > 0.8
    assert abs(judged(0.0) - 0.5) < 0.12


def test_hostile_missing_and_blank_texts_are_texts():
    X, y = messages()
    X["note"] = pd.Series(
        [*X["note"][:80], HOSTILE, HOSTILE + "\x00", None, " ", "\ud800", *X["note"][85:]], dtype=object
    )
    with pytest.warns(TextColumnWarning):
        found = audit(X, y, source={"copy": Planted("copy"), HOSTILE: Planted("none")}, n_runs=2)
    assert found.n_rare == 40
    page = render_audit(found)
    assert "\x00" not in page
    assert "<script>alert" not in page


def test_equal_texts_tell_nothing():
    X, y = messages()
    X["note"] = "the same text in each row"
    with pytest.warns(TextColumnWarning, match="All 120 texts are equal"):
        found = audit(X, y, source="bootstrap", n_runs=2, encoder={"note": "auto"})
    assert found.attack("bootstrap", "equal_texts").auc.mean == 0.5
    assert found.attack("bootstrap", "nearest").auc.mean > 0.95


def test_columns_are_chosen_or_left_out():
    X, y = messages()
    X["mood"] = np.where(np.arange(len(X)) % 2, "good", "bad")
    found = audit(
        X, y, source="bootstrap", n_runs=2, encoder={"mood": "words", "note": HashingVectorizer(n_features=32)}
    )
    assert set(found.settings["texts"]) == {"note", "mood"}
    without = audit(X, y, source="bootstrap", n_runs=2, encoder=None)
    assert "texts" not in without.settings
    assert not [each for each in without.attacks if each.name == "equal_texts"]
