"""``ImageGANOverSampler``: originals first, exact numbers, the same share of generated images in every class."""

import pickle
import warnings

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from imblearn.pipeline import Pipeline
from sklearn.base import clone
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import FunctionTransformer

from imbgan import DataError, DataTypeError, FillingWarning, ImageGANOverSampler, ParameterError
from imbgan.oversampling.image_counts import count_new_images
from imbgan.tabular.labels import read_labels

pytestmark = pytest.mark.filterwarnings("ignore::imbgan.GenerationQualityWarning")


@pytest.fixture(scope="module")
def resampled(photos, quick_images):
    sampler = ImageGANOverSampler(**quick_images)
    with warnings.catch_warnings():
        warnings.simplefilter("error", FillingWarning)  # the default must not warn
        return (sampler, *sampler.fit_resample(*photos))


def counts(y):
    return dict(zip(*(part.tolist() for part in np.unique(y, return_counts=True)), strict=True))


def test_originals_come_first_unchanged_and_every_class_has_the_same_share(resampled, photos):
    sampler, X_res, y_res = resampled
    X, y = photos
    np.testing.assert_array_equal(X_res[:47], X)
    np.testing.assert_array_equal(y_res[:47], y)
    assert X_res.dtype == X.dtype
    assert y_res.dtype == y.dtype
    assert counts(y_res) == dict.fromkeys(("common", "rare", "rarest"), 40)
    assert counts(y_res[sampler.synthetic_mask_]) == dict.fromkeys(("common", "rare", "rarest"), 10)
    assert sampler.sampling_strategy_ == {"common": 10, "rare": 28, "rarest": 35}
    assert sampler.classes_.tolist() == ["common", "rare", "rarest"]
    assert sampler.real_class_counts_.tolist() == [30, 12, 5]
    assert len(sampler.sample_weight_) == len(X_res)
    assert (sampler.sample_weight_[~sampler.synthetic_mask_] == 1).all()


def test_copies_are_changed_images_of_their_sources(resampled, photos):
    sampler, X_res, y_res = resampled
    source = sampler.source_index_
    np.testing.assert_array_equal(source[:47], np.arange(47))
    np.testing.assert_array_equal(source == -1, sampler.synthetic_mask_)
    is_copy = ~sampler.synthetic_mask_ & (np.arange(len(X_res)) >= 47)
    np.testing.assert_array_equal(y_res[is_copy], y_res[source[is_copy]])
    # Images of one class are copied equally often.
    times = np.bincount(source[is_copy], minlength=47)[photos[1] == "rarest"]
    assert np.ptp(times) <= 1
    distance = np.abs(X_res[is_copy].astype(float) - X_res[source[is_copy]]).mean()
    other = np.abs(X_res[is_copy].astype(float) - X_res[np.roll(source[is_copy], 7)]).mean()
    assert 0 < distance < other


def test_one_seed_gives_the_same_images(resampled, photos):
    sampler, X_res, y_res = resampled
    again = clone(sampler)
    X_again, y_again = again.fit_resample(*photos)
    np.testing.assert_array_equal(X_again, X_res)
    np.testing.assert_array_equal(y_again, y_res)
    np.testing.assert_array_equal(again.source_index_, sampler.source_index_)
    first, second = (ImageGANOverSampler(generated_share=0, random_state=s).fit_resample(*photos)[0] for s in (0, 1))
    assert (first != second).any()


def test_generated_images_are_those_of_the_generator(resampled, image_gan):
    sampler, X_res, y_res = resampled
    images = sampler.gan_.sample(10, label="rare")
    np.testing.assert_array_equal(X_res[sampler.synthetic_mask_ & (y_res == "rare")], images)
    np.testing.assert_array_equal(image_gan.sample(10, label="rare"), images)  # of the same settings


def test_without_a_share_nothing_is_trained(photos):
    sampler = ImageGANOverSampler(generated_share=0.0, random_state=0)
    _, y_res = sampler.fit_resample(*photos)
    assert counts(y_res) == dict.fromkeys(("common", "rare", "rarest"), 30)
    assert not sampler.synthetic_mask_.any()
    assert not hasattr(sampler, "gan_")
    with pytest.raises(AttributeError, match="no rows were generated"):
        sampler.quality_  # noqa: B018 - it raises


def test_filling_with_generated_images_alone_warns(photos, quick_images):
    sampler = ImageGANOverSampler(generated_share=None, **quick_images)
    with pytest.warns(FillingWarning, match=r"generated_share=0\.25"):
        _, y_res = sampler.fit_resample(*photos)
    assert counts(y_res) == dict.fromkeys(("common", "rare", "rarest"), 30)
    assert counts(y_res[sampler.synthetic_mask_]) == {"rare": 18, "rarest": 25}


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16, np.int32, np.float32, np.float64])
def test_type_and_range_stay(photos, dtype):
    X, y = photos
    X = X.astype(dtype) / (255 if np.dtype(dtype).kind == "f" else 1)
    X = X.astype(dtype)[..., 0]
    X_res, _ = ImageGANOverSampler(generated_share=0.0).fit_resample(X, y)
    assert X_res.dtype == X.dtype
    assert X_res.shape[1:] == X.shape[1:]
    assert X_res.min() >= 0
    assert X_res.max() <= (1 if np.dtype(dtype).kind == "f" else 65535 if dtype == np.uint16 else 255)


def test_larger_images_are_resized_with_all_others():
    X = np.random.default_rng(0).integers(0, 256, (20, 90, 70), dtype=np.uint8)
    y = np.repeat([0, 1], [14, 6])
    X_res, y_res = ImageGANOverSampler(resize=(9, 8), generated_share=0.0, random_state=0).fit_resample(X, y)
    assert X_res.shape == (28, 9, 8)
    assert y_res.sum() == 14


@settings(max_examples=100, deadline=None)
@given(st.lists(st.integers(2, 500), min_size=2, max_size=6), st.floats(0, 0.5))
def test_real_images_are_balanced_and_the_share_is_the_same(sizes, share):
    labels = read_labels(np.repeat(np.arange(len(sizes)), sizes))
    new = count_new_images("auto", share, labels)
    for code, n in enumerate(sizes):
        assert n + new.copies.get(code, 0) == max(sizes)
        generated = new.generated.get(code, 0)
        assert abs(generated / (max(sizes) + generated) - share) <= 1 / max(sizes)
        assert generated == new.generated.get(0, 0)


@settings(max_examples=100, deadline=None)
@given(st.integers(2, 200), st.integers(0, 300), st.floats(0, 0.5))
def test_numbers_of_a_dict_are_exact_or_refused_with_the_least_one(n, added, share):
    labels = read_labels(np.repeat([0, 1], [400, n]))
    try:
        new = count_new_images({1: n + added}, share, labels)
    except ParameterError as error:
        least = int(str(error).split("at least ")[1].split()[0])
        assert least > n + added
        assert count_new_images({1: least}, share, labels).total(1) == least - n
        return
    assert new.total(1) == added
    assert abs(new.generated.get(1, 0) / (n + added) - share) <= 0.5 / (n + added) + 1e-6
    assert new.copies.get(0, 0) == 0  # what the dict does not name gets its share only
    assert abs(new.generated.get(0, 0) / (400 + new.generated.get(0, 0)) - share) <= 1 / 400


def test_strategies_are_those_of_imbalanced_learn(photos):
    X, y = photos
    for strategy, expected in (
        ("minority", {"common": 40, "rare": 16, "rarest": 40}),
        ("all", {"common": 40, "rare": 40, "rarest": 40}),
        ({"rarest": 20}, {"common": 40, "rare": 16, "rarest": 20}),
        (lambda y: {"rare": 20}, {"common": 40, "rare": 20, "rarest": 7}),
    ):
        sampler = ImageGANOverSampler(sampling_strategy=strategy).fit(X, y)
        assert {label: n + sampler.sampling_strategy_[label] for label, n in counts(y).items()} == expected
    sampler = ImageGANOverSampler(sampling_strategy={}).fit(X, y)  # raises no class, and adds the share to each
    assert sampler.sampling_strategy_ == {"common": 10, "rare": 4, "rarest": 2}
    two = y != "rare"
    sampler = ImageGANOverSampler(sampling_strategy=0.5, generated_share=0.2).fit(X[two], y[two])
    assert sampler.sampling_strategy_ == {"common": 8, "rarest": 14}  # 15 real and copied, and a fifth generated


def test_it_works_in_a_pipeline(photos):
    X, y = photos
    flat = FunctionTransformer(lambda images: images.reshape(len(images), -1))
    pipeline = Pipeline(
        [("sampler", ImageGANOverSampler(generated_share=0.0)), ("flat", flat), ("lr", LogisticRegression())]
    )
    assert pipeline.fit(X, y).score(X, y) > 0.9


def test_features_of_the_caller_judge_training_and_quality(photos, quick_images):
    shapes = set()

    def means(images):
        shapes.add((images.shape[1:], str(images.dtype)))
        return images.reshape(len(images), -1, 3).mean(axis=1)

    sampler = ImageGANOverSampler(features=means, **quick_images)
    sampler.fit_resample(*photos)
    assert shapes == {((10, 9, 3), "uint8")}
    assert [quality.label for quality in sampler.quality_.classes] == ["rarest", "rare", "common"]
    assert sampler.quality_.classes[0].columns == ()
    assert len(sampler.quality_.pictures) == 3
    sampler.features = sampler.gan_.features = None  # functions of a test cannot be pickled
    assert pickle.loads(pickle.dumps(sampler)).quality_.pictures == ()  # which hold real images
    with pytest.raises(DataError, match=r"'features' must return finite numbers of shape \(n, n_features\)"):
        ImageGANOverSampler(features=lambda images: images.mean(), **quick_images).fit_resample(*photos)


@pytest.mark.parametrize(
    ("change", "error", "message"),
    [
        (lambda X, y: (X[:5], y), DataError, "same number of rows"),
        (lambda X, y: (X, np.full(47, "common")), DataError, "at least 2 classes"),
        (lambda X, y: (X.reshape(47, -1), y), DataError, "array of shape"),
        (lambda X, y: (X[:, :4], y), DataError, "8 to 64 pixels"),
        (lambda X, y: (np.where(X.max() == X, np.nan, X / 255), y), DataError, "must be finite"),
        (lambda X, y: (X.astype(str), y), DataTypeError, "integers or floats"),
    ],
)
def test_wrong_images_are_refused(photos, change, error, message, quick_images):
    with pytest.raises(error, match=message):
        ImageGANOverSampler(**quick_images).fit_resample(*change(*photos))


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"generated_share": 0.6}, "generated_share"),
        ({"generated_share": -0.1}, "generated_share"),
        ({"features": 3}, "features"),
        ({"augmentations": {"flipp": True}}, "Did you mean 'flip'"),
        ({"sampling_strategy": {"rarest": 6}}, "at least 7 images of class 'rarest'"),
    ],
)
def test_wrong_parameters_are_refused(photos, parameters, message, quick_images):
    with pytest.raises((ValueError, ParameterError), match=message):
        ImageGANOverSampler(**{**quick_images, **parameters}).fit_resample(*photos)


def test_a_class_of_one_image_is_named(photos, quick_images):
    X, y = photos
    keep = np.concatenate([np.flatnonzero(y != "rarest"), np.flatnonzero(y == "rarest")[:1]])
    with pytest.raises(DataError, match="'rarest' has 1 sample"):
        ImageGANOverSampler(**quick_images).fit_resample(X[keep], y[keep])
    _, y_res = ImageGANOverSampler(generated_share=0.0).fit_resample(X[keep], y[keep])  # copies need no generator
    assert counts(y_res)["rarest"] == 30
