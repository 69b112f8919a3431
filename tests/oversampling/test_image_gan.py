"""``ImageGAN``: images in, images of the same kind out; saved and loaded without a change."""

import json

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.datasets import load_digits
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import balanced_accuracy_score

from imbgan import DataError, ImageGAN, ModelFileError, ParameterError, TabularGAN
from imbgan.gan.spaces import images
from imbgan.image import arrays
from imbgan.oversampling.parameters import IMAGES, training_configuration
from imbgan.random import Streams

pytestmark = pytest.mark.filterwarnings("ignore::imbgan.GenerationQualityWarning")


def test_images_are_like_those_of_fit(image_gan, photos):
    X, _ = photos
    images = image_gan.sample(7, label="rare")
    assert images.shape == (7, *X.shape[1:])
    assert images.dtype == X.dtype
    assert image_gan.sample(0, label="common").shape == (0, *X.shape[1:])
    assert image_gan.classes_.tolist() == ["common", "rare", "rarest"]
    assert image_gan.class_counts_.tolist() == [30, 12, 5]
    assert image_gan.history_["step"].tolist() == [10]


def test_one_seed_gives_the_same_images_and_rows_are_addressable(image_gan, photos):
    again = clone(image_gan).fit(*photos)
    np.testing.assert_array_equal(again.sample(300, label="rare"), whole := image_gan.sample(300, label="rare"))
    np.testing.assert_array_equal(image_gan.sample(20, label="rare", start=250), whole[250:270])
    assert (whole[0] != whole[1]).any()
    n_rows = image_gan.generator_.n_rows
    assert len(image_gan.sample(1, label="rare", start=n_rows - 1)) == 1
    with pytest.raises(ParameterError, match="beyond its end"):
        image_gan.sample(1, label="rare", start=n_rows)


def test_asking_for_a_further_class_changes_no_other_image(image_gan, photos):
    one = clone(image_gan).fit(*photos, classes=["rare"])
    np.testing.assert_array_equal(one.sample(5, label="rare"), image_gan.sample(5, label="rare"))


def test_real_images_are_judged(image_gan, photos):
    logits, probabilities = image_gan.discriminate(*photos)
    assert logits.shape == probabilities.shape == (47,)
    np.testing.assert_allclose(probabilities, 1 / (1 + np.exp(-logits)), rtol=1e-4)
    with pytest.raises(DataError, match=r"shape \(10, 9, 3\) of those of fit"):
        image_gan.discriminate(np.zeros((1, 9, 9, 3), np.uint8), ["rare"])


def test_a_saved_model_draws_the_same_images(image_gan, photos, tmp_path):
    image_gan.save(tmp_path / "model")
    loaded = ImageGAN.load(tmp_path / "model")
    assert loaded.get_params() == image_gan.get_params()
    np.testing.assert_array_equal(loaded.sample(5, label="rare"), image_gan.sample(5, label="rare"))
    np.testing.assert_array_equal(loaded.discriminate(*photos), image_gan.discriminate(*photos))
    with pytest.raises(ModelFileError, match=r"saved imbgan.TabularGAN. Got 'imbgan.ImageGAN'"):
        TabularGAN.load(tmp_path / "model")
    document = json.loads((tmp_path / "model" / "model.json").read_text(encoding="utf-8"))
    document["encoder"]["size"] = [12, 9, 3]
    (tmp_path / "model" / "model.json").write_text(json.dumps(document), encoding="utf-8")
    with pytest.raises(ModelFileError, match="'models' does not fit"):
        ImageGAN.load(tmp_path / "model")


def test_training_continues_with_warm_start(photos, quick_images):
    X, y = photos
    gan = ImageGAN(**quick_images, warm_start=True).fit(X, y)
    first = gan.sample(3, label="rare")
    gan.fit(X, y)
    assert gan.history_["step"].tolist() == [20]
    assert (gan.sample(3, label="rare") != first).any()
    with pytest.raises(DataError, match="size, type and range of those of the last fit"):
        gan.fit(X.astype(float), y)


@pytest.mark.slow
def test_one_network_per_class(photos, quick_images):
    gan = ImageGAN(**quick_images, condition="minority").fit(*photos)
    assert len(gan.sample(2, label="rare")) == 2
    with pytest.raises(ParameterError, match="'common' was not learned"):
        gan.sample(1, label="common")


@pytest.mark.parametrize(
    ("parameters", "words"),
    [
        ({"augmentations": {"rotate": 1.0}}, r"'augmentations' must hold .* Got 'rotate'. Did you mean 'rotation'"),
        ({"augmentations": {"flip": 1}}, "'flip' option must be a bool"),
        ({"augmentations": {"shift": 2.0}}, "'shift' option must be in"),
        ({"train_options": {"flip": True}}, "'train_options' must hold options by their names. Got 'flip'"),
        ({"train_options": {"generator_hidden": (3,)}}, "Got 'generator_hidden'"),
        ({"max_iter": 0}, "max_iter"),
    ],
    ids=["name", "type", "range", "other parameter", "other networks", "constraint"],
)
def test_wrong_parameters_are_named_before_images_are_read(parameters, words):
    with pytest.raises(ValueError, match=words):
        ImageGAN(**parameters).fit("no images", ["no labels"])


def test_the_usual_settings_of_a_loss_hold_for_images_as_well():
    configured = {
        loss: training_configuration(ImageGAN(loss=loss).get_params(deep=False), [30, 12], IMAGES).train
        for loss in ("relativistic", "wasserstein", "hinge")
    }
    assert (configured["relativistic"].gamma, configured["relativistic"].penalties) == (0.5, ("r1", "r2"))
    assert (configured["wasserstein"].gamma, configured["wasserstein"].penalties) == (10.0, ("gp",))
    assert configured["hinge"].penalties == ()
    own = ImageGAN(loss="wasserstein", train_options={"gamma": 3.0}).get_params(deep=False)
    assert training_configuration(own, [30, 12], IMAGES).train.gamma == 3.0


def test_arrays_and_spaces_know_the_same_longest_side():
    assert arrays.MAX_SIDE == images.MAX_SIDE


def test_images_and_labels_must_agree(photos, quick_images):
    X, y = photos
    with pytest.raises(DataError, match="the same number of rows"):
        ImageGAN(**quick_images).fit(X, y[:-1])
    kept = np.append(np.flatnonzero(y == "common"), np.flatnonzero(y == "rare")[:1])
    with pytest.raises(DataError, match="has 1 sample"):
        ImageGAN(**quick_images).fit(X[kept], y[kept])


@pytest.mark.slow
def test_generated_digits_teach_a_classifier():
    """A classifier that has seen generated digits alone recognizes real ones, and so it does those of a rare class."""
    digits = load_digits()
    order = Streams(0).generator("digits").permutation(len(digits.target))
    X, y = digits.images[order], digits.target[order]
    kept = np.concatenate([np.flatnonzero(y[:1200] == c)[: 15 if c == 8 else 100] for c in range(10)])
    gan = ImageGAN(random_state=0, max_iter=1500).fit(X[kept], y[kept])
    generated = np.concatenate([gan.sample(100, label=label) for label in range(10)])
    model = LogisticRegression(max_iter=2000).fit(generated.reshape(1000, -1) / 16, np.repeat(range(10), 100))
    found = model.predict(X[1200:].reshape(-1, 64) / 16)
    assert balanced_accuracy_score(y[1200:], found) > 0.8
    assert (found[y[1200:] == 8] == 8).mean() > 0.5
