"""``recipe="latent"``: the numbers of an autoencoder are learned, and images of the same kind come out."""

import json

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.datasets import load_digits
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import balanced_accuracy_score

from imbgan import DataError, ImageGAN, ImageGANOverSampler, ModelFileError, ParameterError
from imbgan.gan.spaces.columns import ColumnSpace
from imbgan.random import Streams

pytestmark = pytest.mark.filterwarnings("ignore::imbgan.GenerationQualityWarning")

SMALL = {
    "recipe": "latent",
    "max_iter": 20,
    "batch_size": 16,
    "random_state": 0,
    "train_options": {"chunk_size": 20, "generator_hidden": [16], "discriminator_hidden": [16], "latent_dim": 8},
}


@pytest.fixture(scope="module")
def fitted(photos):
    return ImageGAN(**SMALL).fit(*photos)


def test_images_are_like_those_of_fit(fitted, photos):
    X, _ = photos
    images = fitted.sample(7, label="rare")
    assert images.shape == (7, *X.shape[1:])
    assert images.dtype == X.dtype
    assert fitted.sample(0, label="common").shape == (0, *X.shape[1:])
    assert fitted.history_["step"].tolist() == [20]
    # What the networks learn are numbers, not pixels.
    assert isinstance(fitted.generator_.models[0].space, ColumnSpace)
    assert fitted.discriminate(*photos)[0].shape == (47,)


@pytest.mark.parametrize("value_range", [None, (-3.0, 5.0)])
@pytest.mark.slow
def test_range_and_type_stay(photos, value_range):
    X, y = photos
    X = (X[..., 0] / 255).astype(np.float32)
    images = ImageGAN(**SMALL, value_range=value_range).fit(X, y).sample(300, label="rare")
    low, high = value_range or (0.0, 1.0)
    assert images.shape == (300, 10, 9)
    assert images.dtype == np.float32
    assert low <= images.min() <= images.max() <= high


def test_one_seed_gives_the_same_images_and_rows_are_addressable(photos):
    X, y = photos
    gan = ImageGAN(**SMALL).fit(X / 255, y)
    whole = gan.sample(300, label="rare")
    np.testing.assert_array_equal(clone(gan).fit(X / 255, y).sample(300, label="rare"), whole)
    np.testing.assert_array_equal(gan.sample(20, label="rare", start=250), whole[250:270])
    assert (whole[0] != whole[1]).any()
    other = clone(gan).set_params(random_state=1).fit(X / 255, y)
    assert (
        other.encoder_.transform(other.encoder_.read(X / 255)) != gan.encoder_.transform(gan.encoder_.read(X / 255))
    ).any()


@pytest.mark.slow
def test_asking_for_a_further_class_changes_no_other_image(fitted, photos):
    one = clone(fitted).fit(*photos, classes=["rare"])
    np.testing.assert_array_equal(one.sample(5, label="rare"), fitted.sample(5, label="rare"))


def test_a_saved_model_draws_the_same_images(fitted, photos, tmp_path):
    fitted.save(tmp_path / "model")
    loaded = ImageGAN.load(tmp_path / "model")
    assert loaded.get_params() == fitted.get_params()
    np.testing.assert_array_equal(loaded.sample(5, label="rare"), fitted.sample(5, label="rare"))
    np.testing.assert_array_equal(loaded.discriminate(*photos), fitted.discriminate(*photos))


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda document: document["encoder"].update(size=[12, 9, 3]), "leaf encoder/0/weight must have shape"),
        (lambda document: document["encoder"].update(augmentations={"shift": 9}), "'shift' option must be in"),
        (lambda document: document["encoder"].pop("augmentations"), "not a complete model"),
        (lambda document: document["parameters"].update(recipe="direct"), "not a complete model|does not fit"),
        (lambda document: document["models"][0]["space"].update(spans=[["number", 1]] * 47), "'models' does not fit"),
    ],
    ids=["size", "augmentations", "no augmentations", "recipe", "space"],
)
def test_a_damaged_model_is_refused(fitted, tmp_path, change, words):
    fitted.save(tmp_path / "model")
    document = json.loads((tmp_path / "model" / "model.json").read_text(encoding="utf-8"))
    change(document)
    (tmp_path / "model" / "model.json").write_text(json.dumps(document), encoding="utf-8")
    with pytest.raises(ModelFileError, match=words):
        ImageGAN.load(tmp_path / "model")


@pytest.mark.slow
def test_training_continues_with_warm_start_in_the_same_numbers(photos):
    X, y = photos
    gan = ImageGAN(**SMALL, warm_start=True).fit(X, y)
    first, latents = gan.sample(3, label="rare"), gan.encoder_.latents
    gan.fit(X, y)
    assert gan.encoder_.latents is latents
    assert gan.history_["step"].tolist() == [40]
    assert (gan.sample(3, label="rare") != first).any()
    with pytest.raises(DataError, match="size, type and range of those of the last fit"):
        gan.fit(X.astype(float), y)
    with pytest.raises(ParameterError, match="'recipe' must be that of the last fit"):
        gan.set_params(recipe="direct", train_options=None).fit(X, y)


@pytest.mark.slow
def test_one_network_per_class(photos):
    gan = ImageGAN(**SMALL, condition="minority").fit(*photos)
    assert len(gan.sample(2, label="rare")) == 2
    with pytest.raises(ParameterError, match="'common' was not learned"):
        gan.sample(1, label="common")


def test_features_of_the_user_see_images(photos):
    X, _ = photos
    seen = []

    def look(images):
        seen.append((images.shape[1:], images.dtype))
        return images.reshape(len(images), -1)[:, :20].astype(float)

    gan = ImageGAN(**SMALL, features=look).fit(*photos)
    assert set(seen) == {(X.shape[1:], X.dtype)}
    assert np.isfinite(gan.history_["score"]).all()


@pytest.mark.parametrize(
    ("parameters", "words"),
    [
        ({"recipe": "pixels"}, "'recipe' parameter .* must be a str among"),
        ({"train_options": {"generator_channels": 12}}, "Got 'generator_channels'"),
        ({"train_options": {"number_output": "sigmoid"}}, "Got 'number_output'"),
        ({"train_options": {"flip": True}}, "Got 'flip'"),
        ({"augmentations": {"rotate": 1.0}}, "Got 'rotate'. Did you mean 'rotation'"),
        ({"augmentations": {"shift": 2.0}}, "'shift' option must be in"),
    ],
    ids=["recipe", "other networks", "columns", "other parameter", "name", "range"],
)
@pytest.mark.parametrize("kind", [ImageGAN, ImageGANOverSampler])
def test_wrong_parameters_are_named_before_images_are_read(kind, parameters, words):
    with pytest.raises(ValueError, match=words):
        kind(**{"recipe": "latent", **parameters}).fit("no images", ["no labels"])


def test_augmentations_are_those_of_the_autoencoder(photos):
    gan = ImageGAN(**SMALL, augmentations={"cutout": 0.1, "shift": 0.2}).fit(*photos)
    options = gan.encoder_.latents.space.options
    assert (options.cutout, options.shift, options.rotation) == (0.1, 0.2, 0.1)


@pytest.mark.slow
def test_the_over_sampler_gives_every_class_the_same_share(photos):
    X, y = photos
    sampler = ImageGANOverSampler(**SMALL)
    X_res, y_res = sampler.fit_resample(X, y)
    np.testing.assert_array_equal(X_res[:47], X)
    assert X_res.dtype == X.dtype
    assert np.unique(y_res, return_counts=True)[1].tolist() == [40, 40, 40]
    assert np.unique(y_res[sampler.synthetic_mask_], return_counts=True)[1].tolist() == [10, 10, 10]
    again, _ = clone(sampler).fit_resample(X, y)
    np.testing.assert_array_equal(again, X_res)
    assert [each.label for each in sampler.quality_.classes] == ["rarest", "rare", "common"]


@pytest.mark.slow
def test_generated_digits_teach_a_classifier():
    """A classifier that has seen generated digits alone recognizes real ones, and so it does those of a rare class."""
    digits = load_digits()
    order = Streams(0).generator("digits").permutation(len(digits.target))
    X, y = digits.images[order], digits.target[order]
    kept = np.concatenate([np.flatnonzero(y[:1200] == c)[: 15 if c == 8 else 100] for c in range(10)])
    gan = ImageGAN(recipe="latent", random_state=0, max_iter=1500).fit(X[kept], y[kept])
    generated = np.concatenate([gan.sample(100, label=label) for label in range(10)])
    model = LogisticRegression(max_iter=2000).fit(generated.reshape(1000, -1) / 16, np.repeat(range(10), 100))
    found = model.predict(X[1200:].reshape(-1, 64) / 16)
    assert balanced_accuracy_score(y[1200:], found) > 0.8
    assert (found[y[1200:] == 8] == 8).mean() > 0.5
