"""``audit`` as a whole: planted samplers, containers, bad input, the two forms of its result."""

import json
from html.parser import HTMLParser

import numpy as np
import pandas as pd
import polars as pl
import pytest
from imblearn.over_sampling import SMOTE
from sklearn.base import BaseEstimator
from sklearn.linear_model import LogisticRegression
from sklearn.tree import DecisionTreeClassifier

import imbgan
from imbgan import Audit, audit
from imbgan.audit.views import note_text
from imbgan.exceptions import DataError, ParameterError

HOSTILE = '<script>alert(1)</script>"\n\x1b[31m'


class Planted(BaseEstimator):
    """A sampler of which the tests know what it gives away."""

    def __init__(self, kind="fresh", sampling_strategy=None, random_state=0):
        self.kind = kind
        self.sampling_strategy = sampling_strategy
        self.random_state = random_state

    def fit_resample(self, X, y):
        rng = np.random.default_rng(self.random_state)
        ((label, total),) = self.sampling_strategy.items()
        learned = X[y == label]
        n = total - len(learned)
        copied = learned[rng.integers(len(learned), size=n)]
        fresh = rng.normal(1.0, size=(n, X.shape[1]))
        rows = {
            "copy": copied,
            "near copy": copied + 0.02 * rng.normal(size=copied.shape),
            "one tenth copied": np.where(rng.random((n, 1)) < 0.1, copied, fresh),
            "fresh": fresh,
            "too few": fresh[: n // 2],
        }[self.kind]
        return np.concatenate([X, rows]), np.concatenate([y, np.full(len(rows), label, y.dtype)])


def rare_and_common(n_rare=120, n_common=300, width=4, seed=0):
    rng = np.random.default_rng(seed)
    X = np.concatenate([rng.normal(size=(n_common, width)), rng.normal(1.0, size=(n_rare, width))])
    return X, np.repeat(["no", "yes"], [n_common, n_rare])


@pytest.fixture(scope="module")
def planted():
    kinds = ("copy", "near copy", "one tenth copied", "fresh")
    return audit(*rare_and_common(), source={kind: Planted(kind) for kind in kinds}, n_runs=5, n_generated=800)


def test_the_sampler_of_the_caller_is_not_changed():
    class Kinds(Planted):
        def __init__(self, kinds=None, kind="fresh", sampling_strategy=None, random_state=0):
            super().__init__(kind, sampling_strategy, random_state)
            self.kinds = kinds

    sampler = Kinds()
    audit(*rare_and_common(40, 60), source=sampler, n_runs=2, kinds={0: "continuous"})
    assert sampler.get_params() == Kinds().get_params()


def test_a_sampler_that_copies_is_caught(planted):
    assert planted.worst("copy").auc.mean == 1.0
    assert planted.attack("near copy", "nearest").auc.mean > 0.97
    assert planted.worst("one tenth copied").auc.mean > 0.8
    assert planted.attack("copy", "nearest").tpr.mean == 1.0


def test_fresh_rows_come_out_near_one_half(planted):
    # 60 against 60 rows in five runs: each mean has a standard error of .024, and there are ten attacks.
    found = {each.name: each.auc.mean for each in planted.attacks if (each.source, each.group) == ("fresh", "all")}
    assert len(found) == 10
    assert all(abs(value - 0.5) < 0.09 for value in found.values()), found
    assert planted.attack("fresh", "nearest").tpr.mean < 0.08


def test_rates_of_learned_and_unseen_rows_differ_only_where_rows_are_copied(planted):
    rates = {(rate.source, rate.name): (rate.learned.mean, rate.unseen.mean) for rate in planted.rates}
    assert rates["copy", "near_copy"][0] == rates["copy", "guessed"][0] == 1.0
    assert rates["copy", "near_copy"][1] < 0.1
    learned, unseen = rates["fresh", "guessed"]
    assert abs(learned - unseen) < 0.05


def test_smote_gives_nearly_everything_away_and_its_rows_are_rebuilt_from_lines():
    found = audit(*rare_and_common(width=5), source=SMOTE(), n_runs=3, n_learned=40, n_generated=1500)
    assert found.sources == ("SMOTE",)
    assert found.worst().auc.mean > 0.95
    (rebuilt,) = [rate for rate in found.rates if rate.name == "rebuilt"]
    assert rebuilt.learned.mean > 0.7
    assert rebuilt.unseen.mean < 0.1


def test_named_floor_and_ceiling_hold_what_they_promise():
    found = audit(*rare_and_common(), source=["bootstrap", "independent"], n_runs=4, n_generated=800)
    assert found.worst("bootstrap").auc.mean == 1.0
    # Columns alone tell a little, such as their bounds.
    assert found.attack("independent", "nearest").auc.mean < 0.65
    assert found.worst("independent").auc.mean < 0.75


def test_outlying_rows_have_figures_of_their_own(planted):
    assert planted.n_outlying == 12
    assert planted.attack("copy", "nearest", "outlying").auc.mean == 1.0
    assert planted.attack("copy", "nearest", "typical").auc.mean == 1.0
    with pytest.raises(KeyError):
        planted.attack("copy", "no such attack")
    with pytest.raises(KeyError):
        planted.worst("no such source")


def test_a_classifier_that_learns_by_heart_is_caught_by_its_confidence():
    X, y = rare_and_common(width=2)
    found = audit(
        X, y, source=["independent"], strategies=["none"], estimator=DecisionTreeClassifier(random_state=0), n_runs=3
    )
    assert found.strategies == ("none",)
    assert found.worst("none").auc.mean > 0.6
    assert found.attack("none", "confidence").auc.mean > found.attack("independent", "confidence").auc.mean
    assert {each.name for each in found.attacks if each.source == "none"} == {"confidence", "shadow_confidence"}


def test_the_same_seed_gives_the_same_figures_and_other_sources_change_nothing():
    X, y = rare_and_common(60, 150)
    both = audit(X, y, source={"a": Planted("near copy"), "b": Planted()}, n_runs=2, random_state=3)
    assert both == audit(X, y, source={"a": Planted("near copy"), "b": Planted()}, n_runs=2, random_state=3)
    alone = audit(X, y, source={"a": Planted("near copy")}, n_runs=2, random_state=3)
    assert alone.attacks == tuple(each for each in both.attacks if each.source == "a")


@pytest.mark.filterwarnings("ignore::imbgan.GenerationQualityWarning")
def test_mixed_tables_of_any_container_are_audited(mixed_table):
    X, y = mixed_table
    X, y = pd.concat([X] * 2, ignore_index=True), pd.concat([y] * 2, ignore_index=True)
    rng = np.random.default_rng(0)
    X["amount"] = X["amount"] + rng.random(len(X))
    sources = ["smote", "local_gaussian", "bootstrap", "independent"]
    found = audit(X, y, source=sources, n_runs=2)
    assert (found.label, found.n_rare, found.n_learned) == ("rare", 30, 15)
    assert found.worst("bootstrap").auc.mean > 0.9
    same = audit(pl.from_pandas(X), y.to_numpy(), source=["bootstrap"], n_runs=2)
    assert same.attack("bootstrap", "nearest") == found.attack("bootstrap", "nearest")


@pytest.mark.filterwarnings("ignore::imbgan.GenerationQualityWarning")
def test_a_generator_that_has_learned_hardly_anything_repeats_no_rows():
    # Where the encoder alone repeats values of rare rows, columns tell them with an AUC of .9, whatever was learned.
    X, y = rare_and_common(60, 120)
    found = audit(X, y, source={"quick": imbgan.GANOverSampler(max_iter=20)}, n_runs=3)
    assert found.n_generated == 90
    assert found.attack("quick", "columns").auc.mean < 0.7
    assert found.worst("quick").auc.mean < 0.75


def test_equal_rows_are_one_candidate_and_never_part():
    X, y = rare_and_common(40, 100)
    X[-20:] = X[-40:-20]
    found = audit(X, y, source=["bootstrap"], n_runs=2)
    assert (found.n_rare, found.n_learned, found.n_unseen) == (20, 10, 10)
    assert found.attack("bootstrap", "nearest").auc.mean == 1.0


def test_few_rows_are_audited_with_wide_intervals_and_a_note():
    X, y = rare_and_common(20, 60)
    found = audit(X, y, source={"fresh": Planted()}, n_runs=3)
    figures = found.attack("fresh", "nearest").auc
    assert figures.low < 0.5 < figures.high
    assert {note.name for note in found.notes} == {"few unseen", "few learned"}
    assert "Note" in str(found)


def test_large_classes_are_cut_and_this_is_told(monkeypatch):
    from imbgan.audit import table

    monkeypatch.setattr(table, "MAX_RARE", 50)
    monkeypatch.setattr(table, "MAX_COMMON", 90)
    found = audit(*rare_and_common(), source=["independent"], n_runs=2)
    assert (found.n_rare, found.n_common) == (50, 90)
    assert any("50 drawn at random" in note_text(note) for note in found.notes)


@pytest.mark.parametrize(
    ("change", "error", "words"),
    [
        ({"source": "smot"}, ParameterError, "Did you mean 'smote'"),
        ({"source": []}, ParameterError, "at least one source"),
        ({"source": 3}, ParameterError, "sampler"),
        ({"source": ["smote", "smote"]}, ParameterError, "different names"),
        ({"source": LogisticRegression()}, ParameterError, "fit_resample"),
        ({"source": {"x": Planted("too few")}}, DataError, "original rows first"),
        ({"label": "ye"}, ParameterError, "Did you mean 'yes'"),
        ({"n_runs": 1}, ParameterError, "at least 2"),
        ({"n_learned": 3}, ParameterError, "from 5 to"),
        ({"n_learned": 118}, ParameterError, "from 5 to"),
        ({"n_generated": 0}, ParameterError, "at least 1"),
        ({"strategies": ["none"]}, ParameterError, "estimator"),
        ({"strategies": ["smote"], "estimator": LogisticRegression()}, ParameterError, "different names"),
    ],
)
def test_wrong_use_is_told(change, error, words):
    options = {"source": ["smote"], "n_runs": 2, **change}
    with pytest.raises(error, match=words):
        audit(*rare_and_common(), **options)


def test_too_few_rare_rows_and_a_single_class_are_refused():
    X, y = rare_and_common(19, 60)
    with pytest.raises(DataError, match=r"at least 20 different rows.*has 19"):
        audit(X, y)
    with pytest.raises(DataError, match="two classes"):
        audit(X, np.zeros(len(X), int))


def test_round_trip_through_json(planted):
    assert Audit.from_dict(json.loads(json.dumps(planted.to_dict()))) == planted


def test_text_fits_a_terminal_and_promises_nothing(planted):
    text = str(planted)
    assert max(map(len, text.splitlines())) <= 80
    assert "with these attacks" in " ".join(text.split()).lower()
    for word in ("private", "anonymous", "safe", "secure", "guarantee"):
        assert word not in text.lower()


def test_hostile_names_are_escaped():
    X, y = rare_and_common(40, 80)
    labels = np.where(y == "yes", HOSTILE, "no")
    found = audit(X, labels, source={HOSTILE: Planted()}, n_runs=2)
    assert "\x1b" not in str(found)
    page = found._repr_html_()
    tags = []
    parser = HTMLParser()
    parser.handle_starttag = lambda tag, attrs: tags.append(tag)
    parser.feed(page)
    assert "script" not in tags
    assert "\x1b" not in page
