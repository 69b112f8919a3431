import json

import numpy as np
import pytest
from imblearn.over_sampling import RandomOverSampler
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import matthews_corrcoef

from benchmarks.quality import run, scoring, tables
from benchmarks.quality.methods import METHODS, Method, predict, resampled
from imbgan.comparison import make_estimator
from imbgan.ensemble import PriorCorrectedClassifier
from imbgan.strategies import Sharing

CANCER = tables.Case("breast_cancer", "binary", 20)


class TestTables:
    def test_no_table_is_in_both_halves(self):
        assert not set(tables.DEVELOPMENT) & set(tables.VALIDATION)

    @pytest.mark.parametrize("task", ["binary", "native"])
    @pytest.mark.parametrize("fold", [0, 4])
    def test_a_test_row_is_never_trained_on_nor_a_copy_of_it(self, task, fold):
        part = tables.split(tables.Case("iris", task, "natural"), fold)
        train = {tuple(row) for row in part.X_train.to_numpy()}
        assert not train & {tuple(row) for row in part.X_test.to_numpy()}
        assert set(part.y_train) == set(part.y_test)

    def test_thinnings_are_nested_and_judged_on_the_same_rows(self):
        parts = [tables.split(tables.Case("breast_cancer", "binary", n), 1) for n in (20, 50, 100)]
        rare = [{tuple(row) for row in part.X_train[part.y_train == 1].to_numpy()} for part in parts]
        assert [len(rows) for rows in rare] == [20, 50, 100]
        assert rare[0] < rare[1] < rare[2]
        for part in parts[1:]:
            assert part.X_test.equals(parts[0].X_test)
            assert (part.y_test == parts[0].y_test).all()

    def test_folds_of_a_repeat_judge_every_row_once(self):
        case = tables.Case("iris", "native", "natural")
        n_tested = sum(len(tables.split(case, fold).y_test) for fold in range(tables.N_SPLITS))
        assert n_tested == len(tables.codes(case)[1])


class TestPredictions:
    def test_rows_of_a_sampler_are_made_once_and_corrected_as_the_package_does(self):
        made = []

        class Counted(RandomOverSampler):
            def _fit_resample(self, X, y, **parameters):
                made.append(len(y))
                return super()._fit_resample(X, y, **parameters)

        part = tables.split(CANCER, 0)
        method = Method("counted", resampled(lambda seed, sharing: Counted(random_state=seed)))
        found = list(predict(method, part, ("logistic_regression", "decision_tree"), 0, Sharing()))
        assert [prediction.learner for prediction in found] == ["logistic_regression", "decision_tree"]
        assert made == [len(part.y_train)]
        sampler = RandomOverSampler(random_state=0)
        model = PriorCorrectedClassifier(make_estimator("logistic_regression", 0), sampler).fit(
            part.X_train, part.y_train
        )
        np.testing.assert_allclose(found[0].trial.probabilities, model.predict_proba(part.X_test))

    def test_rows_of_one_fold_are_not_taken_for_those_of_another(self):
        sharing = Sharing()
        for fold in (0, 1):
            part = tables.split(CANCER, fold)
            (found,) = predict(METHODS["smote"], part, ("logistic_regression",), 0, sharing)
            (alone,) = predict(METHODS["smote"], part, ("logistic_regression",), 0, Sharing())
            np.testing.assert_array_equal(found.trial.probabilities, alone.trial.probabilities)

    def test_a_learner_without_weights_has_no_line(self):
        found = predict(
            METHODS["class_weight"], tables.split(CANCER, 0), ("k_neighbors", "decision_tree"), 0, Sharing()
        )
        assert [prediction.learner for prediction in found] == ["decision_tree"]

    def test_a_classifier_of_its_own_is_at_natural_shares(self):
        part = tables.split(CANCER, 0)
        (found,) = predict(METHODS["balanced_random_forest"], part, ("mlp",), 0, Sharing())
        assert found.learner == "own"
        weights = scoring.share_weights(part.y_train, part.y_test)
        # It learned from as many rows of each class: uncorrected, this would be about one half too high.
        assert np.average(found.trial.probabilities[:, 1], weights=weights) < 3 * part.y_train.mean()


class TestRuns:
    METHODS = (METHODS["none"], METHODS["random_over"])

    def test_what_has_a_line_is_not_run_again(self, tmp_path, capsys):
        path = tmp_path / "lines.jsonl"
        for _ in range(2):
            run.run("main", [CANCER], range(2), self.METHODS, path, learners=("decision_tree",))
        lines = [json.loads(line) for line in path.read_text().splitlines()]
        assert len({run.key_of(line) for line in lines}) == len(lines) == 4
        assert capsys.readouterr().out.count("\n") == 2
        # A line that was cut off in the middle is run again, and nothing else is.
        path.write_text("".join(json.dumps(line) + "\n" for line in lines[:3]) + json.dumps(lines[3])[:50])
        run.run("main", [CANCER], range(2), self.METHODS, path, learners=("decision_tree",))
        again = [json.loads(line) for line in path.read_text().splitlines()]
        assert again[:3] == lines[:3]
        assert [run.key_of(line) for line in again] == [run.key_of(line) for line in lines]

    def test_a_line_has_versions_seed_seconds_and_all_figures(self):
        line = run.measure("main", CANCER, 0, METHODS["random_over"], ("decision_tree",), seed=3, sharing=Sharing())
        assert line["status"] == "ok"
        assert line["seed"] == 3
        assert {"imbgan", "scikit-learn", "numpy"} <= set(line["versions"])
        assert set(line["learners"]["decision_tree"]) == {*scoring.METRICS, "seconds"}
        assert line["sampler_seconds"] >= 0
        assert (line["counts"]["train_rare"], line["counts"]["columns"]) == (20, 30)

    @pytest.mark.parametrize(("error", "status"), [(ValueError, "not applicable"), (ZeroDivisionError, "failed")])
    def test_a_method_that_fails_says_why_and_stops_nothing(self, error, status):
        class Failing(LogisticRegression):
            def fit(self, X, y, sample_weight=None):
                raise error("not on this table")

        method = Method("failing", lambda estimator, seed: Failing())
        line = run.measure("main", CANCER, 0, method, ("mlp",), seed=0, sharing=Sharing())
        assert line["status"] == status
        assert "not on this table" in line["reason"]


class TestScoring:
    def test_weights_give_test_classes_their_training_shares(self):
        y_train, y_test = np.repeat([0, 1, 2], [90, 9, 1]), np.repeat([0, 1, 2], [10, 10, 5])
        weights = scoring.share_weights(y_train, y_test)
        assert weights.mean() == pytest.approx(1.0)
        shares = np.bincount(y_test, weights) / weights.sum()
        np.testing.assert_allclose(shares, [0.9, 0.09, 0.01])

    def test_weighted_figures_are_those_of_rows_repeated_as_often(self):
        rng = np.random.default_rng(0)
        y, p = rng.integers(0, 2, 200), rng.random(200)
        times = np.where(y == 0, 3, 1)
        y_train = np.repeat([0, 1], [3 * (y == 0).sum(), (y == 1).sum()])
        weighted = scoring.score(y_train, y, np.column_stack([1 - p, p]))
        p_again, y_again = np.repeat(p, times), np.repeat(y, times)
        repeated = scoring.score(y_again, y_again, np.column_stack([1 - p_again, p_again]))
        for name in ("average_precision", "roc_auc", "log_loss", "brier", "mcc_default"):
            assert weighted[name] == pytest.approx(repeated[name]), name

    def test_the_mcc_agrees_with_scikit_learn_and_the_best_cut_is_the_best(self):
        rng = np.random.default_rng(1)
        is_class = rng.random(300) < 0.2
        p = np.round(np.clip(0.2 * is_class + rng.random(300) * 0.6, 0, 1), 2)
        weights = rng.random(300)
        found = scoring.weighted_mcc(is_class, p > 0.4, weights)
        assert found == pytest.approx(matthews_corrcoef(is_class, p > 0.4, sample_weight=weights))
        best = max(scoring.weighted_mcc(is_class, p >= cut, weights) for cut in np.unique(p))
        at_best = scoring.weighted_mcc(is_class, p >= scoring.best_cut(is_class, p, weights), weights)
        assert at_best == pytest.approx(best)

    def test_a_threshold_is_tuned_on_rows_that_it_does_not_judge(self):
        # Noise: a threshold tuned on the judged rows themselves would give an MCC above 0 on average.
        found = []
        for seed in range(40):
            rng = np.random.default_rng(seed)
            is_class = rng.random(60) < 0.3
            found.append(scoring.tuned_mcc(is_class, rng.random(60), np.ones(60)))
        assert abs(np.mean(found)) < 2.5 * np.std(found) / 40**0.5
