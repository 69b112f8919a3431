"""A student that is taught: by whom, on which rows, with which labels, and whether it is better for it."""

import warnings

import numpy as np
import pandas as pd
import pytest
from imblearn.combine import SMOTEENN
from imblearn.over_sampling import SMOTE, RandomOverSampler
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.datasets import make_classification
from sklearn.ensemble import BaggingClassifier, ExtraTreesClassifier, RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import average_precision_score, roc_auc_score
from sklearn.naive_bayes import GaussianNB
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.tree import DecisionTreeClassifier
from sklearn.utils.estimator_checks import parametrize_with_checks

from imbgan import DistilledClassifier, GANBaggingClassifier, GANOverSampler, ImbganWarning
from imbgan.ensemble import TableSMOTE
from imbgan.ensemble.lesson import Lesson
from imbgan.ensemble.soft_labels import weighted_copies
from imbgan.exceptions import DataError, ParameterError
from imbgan.learners.estimators import readable_tree
from imbgan.strategies import Sharing

QUICK_GAN = GANOverSampler(max_iter=40, n_generators=1, train_options={"chunk_size": 20})
QUICK_TEACHER = GANBaggingClassifier(["logistic_regression"], generated=0.0, n_estimators=4)
DRAWN = {
    f"check_sample_weight_equivalence_on_{kind}_data": "the bags of the teacher are drawn by weight"
    for kind in ("dense", "sparse")
}


@pytest.fixture
def three_folds(monkeypatch):
    """Held-out rows come from three folds, which are quicker than five."""
    monkeypatch.setattr("imbgan.ensemble.lesson.N_FOLDS", 3)


@pytest.mark.global_random
@pytest.mark.usefixtures("three_folds")
@pytest.mark.filterwarnings("ignore:The student keeps its own fit")
@parametrize_with_checks(
    [
        DistilledClassifier(teacher=QUICK_TEACHER, sampler=RandomOverSampler(), n_rows=200),
        DistilledClassifier(LogisticRegression(), GaussianNB(), n_rows=0, oob_score=True),
    ],
    expected_failed_checks=lambda _: DRAWN,
)
def test_scikit_learns_checks(estimator, check):
    check(estimator)


@pytest.fixture(scope="module")
def table():
    return make_classification(
        n_samples=800, n_features=6, n_informative=4, weights=[0.92], class_sep=0.8, random_state=1
    )


def make(**parameters):
    settings = {"teacher": QUICK_TEACHER, "sampler": SMOTE(k_neighbors=2), "n_rows": 600, "random_state": 0}
    return DistilledClassifier(**{**settings, **parameters})


class Probe(ClassifierMixin, BaseEstimator):
    """Remembers what it was given."""

    def fit(self, X, y, sample_weight=None):
        self.X_, self.y_, self.weights_ = X, np.asarray(y), sample_weight
        self.classes_ = np.unique(self.y_)
        return self

    def predict_proba(self, X):
        return np.tile(np.full(len(self.classes_), 1 / len(self.classes_)), (len(X), 1))


class Opinion(ClassifierMixin, BaseEstimator):
    """A teacher that knows the first column to be the log-odds."""

    def fit(self, X, y):
        self.classes_ = np.unique(y)
        return self

    def predict_proba(self, X):
        p = 1 / (1 + np.exp(-np.asarray(X)[:, 0]))
        return np.column_stack([1 - p, p])


def test_the_student_sees_real_and_generated_rows_with_the_labels_of_the_teacher(table):
    X, y = table
    model = make(estimator=Probe(), teacher=Opinion(), ratio=0.0).fit(X, y)
    seen = model.estimator_
    p = 1 / (1 + np.exp(-seen.X_[:, 0]))
    expected = np.where(seen.y_ == 1, p, 1 - p)
    np.testing.assert_allclose(seen.weights_ / seen.weights_.sum(), expected / expected.sum(), rtol=1e-6)
    rows = np.unique(seen.X_, axis=0)
    real = {tuple(row) for row in X}
    assert real <= {tuple(row) for row in rows}
    assert len(rows) - len(real) == pytest.approx(600, abs=2)


def test_a_student_without_real_rows_sees_none(table):
    X, y = table
    model = make(estimator=Probe(), real_rows=False).fit(X, y)
    assert not {tuple(row) for row in X} & {tuple(row) for row in model.estimator_.X_}


def test_real_rows_are_labelled_by_members_that_did_not_learn_from_them(rng):
    # Labels by chance: a teacher that has seen a row knows its label, one that has not knows nothing.
    X, y = rng.normal(size=(400, 3)), (np.arange(400) < 60).astype(int)
    teacher = GANBaggingClassifier(KNeighborsClassifier(1), generated=0.0, n_estimators=10)
    seen = make(estimator=Probe(), teacher=teacher, n_rows=0, ratio=0.0).fit(X, y).estimator_
    positive = {tuple(row): w for row, label, w in zip(seen.X_, seen.y_, seen.weights_, strict=True) if label == 1}
    taught = np.array([positive.get(tuple(row), 0.0) for row in X])
    assert roc_auc_score(y, taught) < 0.65


def test_forests_teach_with_and_without_bootstrap_samples(table):
    X, y = table
    for forest in (
        ExtraTreesClassifier(20),
        RandomForestClassifier(3),
        BaggingClassifier(GaussianNB(), bootstrap=False),
    ):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ImbganWarning)
            p = make(teacher=forest).fit(X, y).predict_proba(X)
        assert np.isfinite(p).all()
        np.testing.assert_allclose(p.sum(axis=1), 1.0)


def test_a_sampler_that_removes_rows_is_refused(table):
    with pytest.raises(ParameterError, match="SMOTEENN does not; use an over-sampler"):
        make(sampler=SMOTEENN()).fit(*table)


@pytest.mark.parametrize(
    "teacher",
    [KNeighborsClassifier(1), GANBaggingClassifier([KNeighborsClassifier(1)], n_estimators=0, untouched=True)],
    ids=["a classifier", "a mixture"],
)
def test_a_teacher_without_bags_is_cross_validated(rng, teacher):
    X, y = rng.normal(size=(300, 3)), (np.arange(300) < 60).astype(int)
    seen = make(estimator=Probe(), teacher=teacher, n_rows=0, ratio=0.0).fit(X, y).estimator_
    positive = {tuple(row): w for row, label, w in zip(seen.X_, seen.y_, seen.weights_, strict=True) if label == 1}
    taught = np.array([positive.get(tuple(row), 0.0) for row in X])
    assert roc_auc_score(y, taught) < 0.65


def test_probabilities_are_those_at_the_natural_shares(table):
    X, y = table
    for ratio in (0.0, 1.0):
        teacher = GANBaggingClassifier(RandomForestClassifier(30), generated=0.0, n_estimators=4)
        p = make(teacher=teacher, ratio=ratio).fit(X, y).predict_proba(X)[:, 1]
        assert p.mean() == pytest.approx(y.mean(), abs=0.05)


def test_a_taught_tree_is_better_than_the_same_tree():
    gains = []
    for seed in range(3):
        X, y = make_classification(
            n_samples=6000, n_features=8, n_informative=5, weights=[0.95], class_sep=0.8, random_state=seed
        )
        train = np.arange(len(y)) < 1000
        tree = DecisionTreeClassifier(max_leaf_nodes=32, random_state=0)
        teacher = GANBaggingClassifier(
            make_pipeline(StandardScaler(), RandomForestClassifier(40)), generated=0.0, n_estimators=4
        )
        taught = make(teacher=teacher, n_rows=3000)
        scores = [
            average_precision_score(y[~train], model.fit(X[train], y[train]).predict_proba(X[~train])[:, 1])
            for model in (taught, tree)
        ]
        assert taught.is_taught_
        gains.append(scores[0] - scores[1])
    assert np.mean(gains) > 0.05


def test_a_student_that_is_better_than_its_teacher_keeps_its_own_fit(rng):
    # A sharp rule, which a tree finds and a linear teacher cannot.
    X = rng.uniform(-1, 1, size=(1500, 2))
    y = ((np.abs(X[:, 0]) < 0.2) & (np.abs(X[:, 1]) < 0.4)).astype(int)
    model = make()
    with pytest.warns(ImbganWarning, match="keeps its own fit, which is better"):
        model.fit(X, y)
    assert not model.is_taught_
    assert model.own_score_ > model.teacher_score_ + 0.3
    own = readable_tree(model.estimator_[-1].random_state).fit(X, y)
    np.testing.assert_allclose(model.predict_proba(X), own.predict_proba(X))


@pytest.mark.usefixtures("three_folds")
def test_the_default_teacher_is_the_mixture_and_is_fitted_once_in_a_sharing(table, monkeypatch):
    X, y = table
    sharing = Sharing()
    model = DistilledClassifier(sampler=QUICK_GAN, n_rows=300, random_state=0).within(sharing)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ImbganWarning)
        model.fit(X, y)
    assert len(model.teacher_.estimators_) == 4
    assert model.estimator_[-1].get_n_leaves() <= 32
    again = DistilledClassifier(GaussianNB(), sampler=QUICK_GAN, n_rows=300, random_state=0).within(sharing)
    monkeypatch.setattr(GANBaggingClassifier, "fit", lambda *args: pytest.fail("the teacher was fitted again"))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ImbganWarning)
        assert again.fit(X, y).teacher_ is model.teacher_


def test_without_a_sampler_rows_are_local_gaussian_or_of_a_gan_if_no_real_row_is_seen(table, quick_defaults):
    X, y = table
    labels = np.where(np.arange(len(y)) == 5, 2, y)  # a class of one row
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ImbganWarning)
        for real_rows, kind in ((True, "TableSampler"), (False, "SharedGANOverSampler")):
            sharing = Sharing()
            model = DistilledClassifier(teacher=QUICK_TEACHER, n_rows=300, real_rows=real_rows, random_state=0)
            assert type(model._make_sampler(0, sharing)).__name__ == kind
            p = model.within(sharing).fit(X, labels).predict_proba(X)
            np.testing.assert_allclose(p.sum(axis=1), 1.0)


def test_every_leaf_of_the_tree_holds_a_real_row(table):
    X, y = table
    model = make(max_leaf_nodes=64).fit(X, y)
    tree = model.estimator_[-1]
    leaves = np.flatnonzero(tree.tree_.children_left == -1)
    assert set(tree.apply(X)) == set(leaves.tolist())


def test_rules_say_what_the_student_says(table):
    X, y = table
    model = make(max_leaf_nodes=12).fit(X[:500], y[:500])
    assert model.rules_ is not None
    scope = {}
    exec(model.rules_.as_python(), scope)
    p = model.predict_proba(X)
    said = [scope["predict"](dict(enumerate(row))) for row in X.tolist()]
    np.testing.assert_allclose([[each[0], each[1]] for each in said], p, rtol=1e-9)
    assert sum(rule.n_rows for rule in model.rules_.rules) == 500
    judged = model.judged_rules(X[500:], y[500:])
    assert sum(sum(rule.held_out_counts) for rule in judged.rules) == len(X) - 500
    assert sum(rule.held_out_counts[1] for rule in judged.rules) == y[500:].sum()
    for rule in judged.rules:
        n, k = sum(rule.held_out_counts), rule.held_out_counts[1]
        assert rule.interval is None if n == 0 else rule.interval[0] <= k / n <= rule.interval[1]


@pytest.mark.filterwarnings("ignore:The student keeps its own fit")
def test_a_student_that_is_no_tree_has_no_rules(table):
    X, y = table
    model = make(estimator=LogisticRegression()).fit(X, y)
    assert model.rules_ is None
    with pytest.raises(ParameterError, match="Only a tree has rules"):
        model.judged_rules(X, y)


def test_tables_and_labels_stay_as_they_are():
    rng = np.random.default_rng(0)
    X = pd.DataFrame({"job": rng.choice(["a", "b", "c"], 300), "age": rng.integers(18, 90, 300)})
    X.loc[::17, "job"] = None
    y = np.where((X["job"] == "a") & (X["age"] > 60), "yes", np.where(rng.random(300) < 0.1, "maybe", "no"))
    teacher = GANBaggingClassifier(["logistic_regression"], generated=0.0, n_estimators=3)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ImbganWarning)
        model = make(teacher=teacher, sampler=TableSMOTE()).fit(X, y)
    assert model.classes_.tolist() == ["maybe", "no", "yes"]
    np.testing.assert_allclose(model.predict_proba(X).sum(axis=1), 1.0)
    assert set(model.predict(X)) <= {"maybe", "no", "yes"}


def test_agreement_is_measured_on_rows_that_the_student_has_not_seen(rng):
    X, y = rng.normal(size=(400, 3)), (np.arange(400) < 60).astype(int)
    parameters = {"teacher": QUICK_TEACHER, "n_rows": 0, "oob_score": True, "random_state": 0}
    honest = DistilledClassifier(KNeighborsClassifier(1), **parameters)
    with pytest.raises(ParameterError, match="sample_weight"):
        honest.fit(X, y)
    tree = DistilledClassifier(DecisionTreeClassifier(), **parameters).fit(X, y)
    assert tree.oob_score_ < 0.35
    follower = DistilledClassifier(LogisticRegression(), **parameters).fit(X, y)
    assert follower.agreement_ > max(tree.agreement_, 0.4)


def test_a_class_of_one_row_is_neither_generated_nor_lost(table):
    X, y = table
    labels = np.where(np.arange(len(y)) == 5, 2, y)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ImbganWarning)
        model = make(oob_score=True).fit(X, labels)
    p = model.predict_proba(X)
    assert p.shape == (len(X), 3)
    np.testing.assert_allclose(p.sum(axis=1), 1.0)


def test_the_seed_decides(table):
    X, y = table
    a, b, c = (make(random_state=seed).fit(X, y).predict_proba(X) for seed in (1, 1, 2))
    np.testing.assert_array_equal(a, b)
    assert not np.array_equal(a, c)


def test_a_lean_copy_predicts_alike_without_teacher(table):
    X, y = table
    model = make().fit(X, y)
    lean = model.lean()
    assert lean.teacher_ is None
    np.testing.assert_array_equal(lean.predict_proba(X), model.predict_proba(X))


@pytest.mark.parametrize(
    ("parameters", "match"),
    [
        ({"real_rows": False, "n_rows": 0}, "needs generated ones: 'n_rows' must be above 0"),
        ({"sampler": make_pipeline}, "sampler"),
        ({"max_leaf_nodes": 1}, "max_leaf_nodes"),
        ({"estimator": KNeighborsClassifier()}, "sample_weight"),
    ],
)
def test_what_cannot_be_is_refused(table, parameters, match):
    with pytest.raises((ParameterError, ValueError), match=match):
        make(**parameters).fit(*table)


def test_one_class_is_refused():
    with pytest.raises(DataError, match="at least 2 classes"):
        make().fit(np.zeros((5, 2)), np.zeros(5, int))


def test_a_class_that_the_teacher_never_names_keeps_half_of_its_own_label():
    held_out = np.tile([1.0, 0.0], (10, 1))
    codes = (np.arange(10) < 2).astype(int)
    soft = Lesson(None, held_out, None, np.empty((0, 2))).of_real_rows(codes)
    np.testing.assert_allclose(soft[codes == 1], 0.5)
    np.testing.assert_allclose(soft[codes == 0], [[1.0, 0.0]] * 8)
    assert set(weighted_copies(soft, 0.3).codes.tolist()) == {0, 1}
