"""Clone, pickle, parallel workers, pipelines, grid search, metadata routing."""

import numpy as np
import pandas as pd
import pytest
import sklearn
from imblearn.pipeline import make_pipeline
from joblib import Parallel, delayed
from sklearn.base import clone
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV
from sklearn.preprocessing import StandardScaler

from imbgan import GANOverSampler

pytestmark = pytest.mark.filterwarnings("ignore::imbgan.GenerationQualityWarning")


def test_clone_takes_parameters_and_leaves_what_was_learned(quick_sampler, imbalanced_matrix):
    sampler = quick_sampler(max_levels=9)
    rows = sampler.fit_resample(*imbalanced_matrix)[0]
    copy = clone(sampler)
    assert copy.get_params() == sampler.get_params()
    assert not hasattr(copy, "gan_")
    np.testing.assert_array_equal(copy.fit_resample(*imbalanced_matrix)[0], rows)


def test_refit_is_a_fresh_fit(quick_sampler, imbalanced_matrix):
    sampler = quick_sampler()
    first = sampler.fit_resample(*imbalanced_matrix)[0]
    sampler.fit_resample(imbalanced_matrix[0] * 5, imbalanced_matrix[1])
    np.testing.assert_array_equal(sampler.fit_resample(*imbalanced_matrix)[0], first)


@pytest.mark.parametrize("library", ["pickle", "cloudpickle"])
def test_pickled_sampler_draws_and_judges_the_same(library, quick_sampler, imbalanced_matrix):
    library = pytest.importorskip(library)
    sampler = quick_sampler()
    sampler.fit_resample(*imbalanced_matrix)
    copy = library.loads(library.dumps(sampler))
    np.testing.assert_array_equal(copy.gan_.sample(30, label=1), sampler.gan_.sample(30, label=1))
    np.testing.assert_array_equal(copy.discriminate(*imbalanced_matrix), sampler.discriminate(*imbalanced_matrix))
    np.testing.assert_array_equal(copy.sample_weight_, sampler.sample_weight_)
    assert copy.events_ == sampler.events_


def test_workers_draw_stretches_of_one_table(quick_gan, imbalanced_matrix):
    gan = quick_gan().fit(*imbalanced_matrix)
    parts = Parallel(n_jobs=2)(delayed(gan.sample)(10, label=1, start=start) for start in (0, 10))
    np.testing.assert_array_equal(np.vstack(parts), gan.sample(20, label=1))


def test_pipeline_resamples_in_fit_only(quick_sampler, imbalanced_matrix):
    X, y = imbalanced_matrix
    seen = []

    class Classifier(LogisticRegression):
        def fit(self, X, y, **parameters):
            seen.append(len(y))
            return super().fit(X, y, **parameters)

    pipeline = make_pipeline(StandardScaler(), quick_sampler(), Classifier()).fit(X, y)
    assert seen == [200]
    assert pipeline.predict(X).shape == (120,)


def test_grid_search_over_parameters_of_the_sampler(quick_sampler, imbalanced_matrix):
    pipeline = make_pipeline(quick_sampler(), LogisticRegression())
    grid = {"ganoversampler__sampling_strategy": [0.5, 1.0], "ganoversampler__loss": ["relativistic"]}
    search = GridSearchCV(pipeline, grid, cv=2, scoring="average_precision", error_score="raise")
    search.fit(*imbalanced_matrix)
    assert np.isfinite(search.cv_results_["mean_test_score"]).all()
    assert hasattr(search.best_estimator_[0], "gan_")


def test_metadata_routing_does_not_disturb(quick_sampler, imbalanced_matrix):
    X, y = imbalanced_matrix
    classifier = LogisticRegression()
    with sklearn.config_context(enable_metadata_routing=True):
        classifier.set_fit_request(sample_weight=False)
        pipeline = make_pipeline(quick_sampler(), classifier).fit(X, y)
        assert quick_sampler().get_metadata_routing() is not None
        rows = quick_sampler().fit_resample(X, y)[0]
    np.testing.assert_array_equal(pipeline[0].gan_.sample(80, label=1), rows[120:])


def test_pandas_output_setting_does_not_disturb(quick_sampler, imbalanced_matrix):
    X, y = imbalanced_matrix
    with sklearn.config_context(transform_output="pandas"):
        X_new, _ = quick_sampler().fit_resample(pd.DataFrame(X, columns=list("abcd")), y)
    assert list(X_new.columns) == list("abcd")


def test_weights_reach_a_learner(quick_sampler, imbalanced_matrix):
    sampler = quick_sampler()
    X, y = sampler.fit_resample(*imbalanced_matrix)
    assert LogisticRegression().fit(X, y, sample_weight=sampler.sample_weight_).score(X, y) > 0.5


def test_repr_names_what_was_set():
    assert repr(GANOverSampler(loss="hinge")) == "GANOverSampler(loss='hinge')"
