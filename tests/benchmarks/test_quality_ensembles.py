import sys
from contextlib import nullcontext

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from imblearn.over_sampling import RandomOverSampler
from sklearn.datasets import make_classification
from sklearn.linear_model import LogisticRegression
from sklearn.naive_bayes import GaussianNB
from sklearn.tree import DecisionTreeClassifier

from benchmarks.quality import peers, scoring, tables, tree_generators
from benchmarks.quality.ensembles import N_MEMBERS, SelfPacedEnsemble, under_bagging
from benchmarks.quality.methods import METHODS, SLOW_METHODS, SharedRows, predict
from imbgan.ensemble import GANBaggingClassifier
from imbgan.strategies import Sharing

CANCER = tables.Case("breast_cancer", "binary", 20)


class TestEnsembles:
    @pytest.mark.parametrize("name", ["under_bagging", "rusboost"])
    def test_probabilities_are_at_natural_shares(self, name):
        part = tables.split(CANCER, 0)
        (found,) = predict(METHODS[name], part, ("decision_tree",), 0, Sharing())
        assert found.trial.error is None
        weights = scoring.share_weights(part.y_train, part.y_test)
        # Its members learn from as many rows of each class: uncorrected, the mean would be about one half too high.
        assert np.average(found.trial.probabilities[:, 1], weights=weights) < 4 * part.y_train.mean()

    def test_boosting_has_no_line_for_a_learner_without_weights(self):
        found = predict(METHODS["rusboost"], tables.split(CANCER, 0), ("k_neighbors", "decision_tree"), 0, Sharing())
        assert [prediction.learner for prediction in found] == ["decision_tree"]

    def test_learners_that_take_gaps_may_have_them(self):
        part = tables.split(CANCER, 0)
        X = part.X_train.copy()
        X.iloc[::3, 0] = np.nan
        gaps = tables.Split(X, part.y_train, part.X_test, part.y_test)
        (found,) = predict(METHODS["rusboost"], gaps, ("lightgbm",), 0, Sharing())
        assert found.trial.error is None

    def test_there_are_as_many_members_as_bags(self):
        assert GANBaggingClassifier(LogisticRegression()).n_estimators == N_MEMBERS
        X, y = make_classification(200, weights=[0.9], random_state=0)
        assert len(under_bagging(DecisionTreeClassifier(), 0).fit(X, y).estimators_) == N_MEMBERS

    def test_without_its_package_a_method_is_not_applicable(self, monkeypatch):
        monkeypatch.setitem(sys.modules, "imbens", None)
        monkeypatch.setitem(sys.modules, "imbens.ensemble", None)
        (found,) = predict(METHODS["self_paced_ensemble"], tables.split(CANCER, 0), ("decision_tree",), 0, Sharing())
        assert found.trial.status == "not applicable"

    def test_self_paced_members_learn_from_as_many_rows_of_each_class(self):
        pytest.importorskip("imbens", reason="in the environment of the benchmark alone")
        seen = []

        class Recorder(DecisionTreeClassifier):
            def fit(self, X, y, sample_weight=None):
                seen.append(np.bincount(y))
                return super().fit(X, y)

        X, y = make_classification(1000, weights=[0.95], random_state=0)
        SelfPacedEnsemble(Recorder(), 5).fit(X, y)
        assert len(seen) == 5
        for counts in seen:
            assert counts[1] == y.sum()
            # Each bin of hardness is rounded by itself.
            assert abs(counts[0] - counts[1]) <= 5


class TestSlowBags:
    def test_rows_are_made_once_for_all_learners_and_in_the_number_that_bags_want(self):
        made = []

        class Counted(RandomOverSampler):
            def _fit_resample(self, X, y, **parameters):
                made.append(self.sampling_strategy)
                return super()._fit_resample(X, y, **parameters)

        part, sharing = tables.split(CANCER, 0), Sharing()
        for learner in (GaussianNB(), DecisionTreeClassifier()):
            rows = SharedRows(Counted(random_state=0), "rows").within(sharing)
            model = GANBaggingClassifier(learner, rows, random_state=0).fit(part.X_train, part.y_train)
        assert made == [model.sampler_.sampling_strategy]
        # Half of the bags are raised to 0.3 rows per common one.
        common, rare = np.bincount(part.y_train)
        assert made[0] == {1: rare + 8 * (round(0.3 * common) - rare)}

    def test_both_generators_of_trees_are_methods(self):
        assert {"arf_bagging", "forest_diffusion_bagging"} <= set(SLOW_METHODS)


class TestTreeGenerators:
    def test_each_class_has_a_model_of_its_own_rows(self, monkeypatch):
        monkeypatch.setattr(peers, "alone", lambda seed: nullcontext())

        class Repeats(tree_generators._ClassByClass):
            def _learn_and_draw(self, frame, discrete, n):
                drawn = frame.sample(n, replace=True, random_state=0, ignore_index=True)
                drawn.loc[0, "x0"] = np.nan  # a row that did not come out well
                return drawn

        X = pd.DataFrame({"a": np.arange(60.0), "b": pd.Categorical(["u", "v", "w"] * 20)})
        y = np.repeat([0, 1, 2], [40, 15, 5])
        sampler = Repeats()
        X_new, y_new = sampler.fit_resample(X, y)
        assert np.bincount(y_new).tolist() == [40, 40, 40]
        for label, low, high in ((1, 40, 54), (2, 55, 59)):
            assert X_new["a"][60:][y_new[60:] == label].between(low, high).all()
        assert sampler.n_repeated_ == 2

    @given(st.integers(0, 25), st.integers(0, 25))
    def test_no_place_of_a_category_ends_like_another(self, n_numbers, n_categories):
        frame = pd.DataFrame(
            {f"x{i}": np.arange(3.0) if i < n_numbers else ["a", "b", "a"] for i in range(n_numbers + n_categories)},
            index=range(3),
        )
        discrete = frame.columns[n_numbers:].tolist()
        matrix, places, levels = tree_generators._columns_for_diffusion(frame, discrete)
        # The package looks for "1_" in the names of dummy columns such as "11_0".
        names = [f"{place}_" for place in places]
        assert not any(one in other for one in names for other in names if one != other)
        assert matrix.shape == (3, max(places, default=n_numbers - 1) + 1)
        np.testing.assert_array_equal(matrix[:, :n_numbers], frame.iloc[:, :n_numbers].to_numpy(float))
        for name, place, found in zip(discrete, places, levels, strict=True):
            assert found[matrix[:, place].astype(int)].tolist() == frame[name].tolist()

    @pytest.mark.slow
    @pytest.mark.parametrize("name", ["arfpy", "ForestDiffusion"])
    def test_rows_lie_where_their_class_lies(self, name):
        pytest.importorskip(name, reason="in the environment of the benchmark alone")
        rng = np.random.default_rng(0)
        y = np.repeat([0, 1], [300, 60])
        X = pd.DataFrame({"a": rng.normal(4.0 * y), "b": rng.normal(size=360)})
        X["c"] = np.where(rng.random(360) < np.where(y == 1, 0.9, 0.1), "often", "seldom")
        kind = tree_generators.ARFSampler if name == "arfpy" else tree_generators.ForestDiffusionSampler
        X_new, y_new = kind().fit_resample(X, y)
        made = X_new[360:]
        assert (y_new[360:] == 1).all()
        assert made["a"].mean() == pytest.approx(X["a"][y == 1].mean(), abs=0.4)
        assert (made["c"] == "often").mean() > 0.75
