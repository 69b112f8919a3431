"""``compare_images``: strategies for images on the same folds, judged on real images only."""

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.datasets import load_digits
from sklearn.decomposition import PCA
from sklearn.linear_model import LogisticRegression
from sklearn.naive_bayes import GaussianNB
from sklearn.pipeline import make_pipeline

from imbgan import DataError, ParameterError, compare_images
from imbgan.oversampling.sharing import SharedImageGANOverSampler, Sharing
from imbgan.strategies.images import RowsOfPixels, image_strategies


def pixels(images):
    """Features that need no training."""
    return images.reshape(len(images), -1).astype(float)


SMALL = {
    "max_iter": 10,
    "features": pixels,
    "batch_size": 16,
    "train_options": {"chunk_size": 10, "generator_channels": 12, "discriminator_channels": 4, "latent_dim": 8},
}

pytestmark = pytest.mark.filterwarnings("ignore::imbgan.GenerationQualityWarning", "ignore::imbgan.FillingWarning")


@pytest.fixture(scope="module")
def digits():
    """36 zeros, 18 ones and 9 twos; the program of all of them is that of a fold."""
    X, y = load_digits(return_X_y=True)
    keep = np.concatenate([np.flatnonzero(y == label)[:n] for label, n in enumerate((36, 18, 9))])
    return X[keep].reshape(-1, 8, 8), y[keep]


def test_every_strategy_is_tried_on_every_fold(digits):
    found = compare_images(
        *digits, estimator="logistic_regression", strategies="all", cv=3, random_state=0, sampler_options=SMALL
    )
    assert {run.strategy for run in found.runs} == set(image_strategies((8, 8, 1)))
    assert {(run.status, run.reason) for run in found.runs} == {("ok", "")}
    assert found.task.n_rows == 63


def test_one_generator_serves_all_learners_of_a_fold(digits, monkeypatch):
    X, y = digits
    sharing, rows = Sharing(), X.reshape(len(X), -1)
    sampler = RowsOfPixels(SharedImageGANOverSampler(random_state=0, **SMALL), (8, 8, 1)).within(sharing)
    first = clone(sampler).fit_resample(rows, y)
    monkeypatch.setattr("imbgan.oversampling.image_gan.ImageGAN.fit", lambda *_, **__: pytest.fail("trained again"))
    more = clone(sampler)
    more.sampler.generated_share = 0.5
    second = more.fit_resample(rows, y)
    np.testing.assert_array_equal(first[0][:63], rows)
    assert first[0].shape[1] == second[0].shape[1] == 64
    assert np.bincount(first[1]).tolist() == [48, 48, 48]
    assert np.bincount(second[1]).tolist() == [72, 72, 72]


def test_classifiers_of_the_caller_get_scaled_pixels(digits):
    seen = []

    class Spy(LogisticRegression):
        def fit(self, X, y, sample_weight=None):
            seen.append((X.shape[1], X.dtype, float(X.min()), float(X.max())))
            return super().fit(X, y, sample_weight)

    compare_images(*digits, estimator=Spy(), strategies=["copies"], cv=3, random_state=0)
    assert {(width, dtype) for width, dtype, _, _ in seen} == {(64, np.dtype(np.float32))}
    assert {(low, high) for _, _, low, high in seen} == {(-1.0, 1.0)}


def test_learners_of_a_list_keep_their_names_and_a_share_alone_copies_nothing(digits):
    learners = [make_pipeline(PCA(3), LogisticRegression()), make_pipeline(PCA(3), GaussianNB()), "decision_tree"]
    found = compare_images(*digits, estimator=learners, strategies=["copies"], cv=3, random_state=0)
    assert {run.estimator for run in found.runs} == {"LogisticRegression", "GaussianNB", "decision_tree"}
    strategy = image_strategies((8, 8, 1), {**SMALL, "sampling_strategy": {}})["image_gan"]
    X, y = digits
    fitted = strategy.build(GaussianNB(), 0).fit((X / 8 - 1).reshape(len(X), -1), y)
    assert fitted.training_counts_.tolist() == [48, 24, 12]


def test_wrong_names_are_refused(digits):
    with pytest.raises(ParameterError, match="Did you mean 'image_gan'"):
        compare_images(*digits, strategies=["image_gann"])
    with pytest.raises(ParameterError, match="logistic_regression"):
        compare_images(*digits, estimator="logistic_regresion")
    for fixed in ("generated_share", "random_state"):
        with pytest.raises(ParameterError, match=f"'sampler_options' must not hold '{fixed}'"):
            compare_images(*digits, sampler_options={fixed: 0})
    with pytest.raises(DataError, match="array of shape"):
        compare_images(digits[0].reshape(-1, 64), digits[1])
