import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from imbgan import GANOverSampler, GenerationQualityWarning, ImageGAN, TabularGAN

# Small networks and few steps: what these tests claim does not depend on how good the rows are. The shapes
# are the same everywhere, so that most tests share their compiled programs.
QUICK: dict[str, Any] = {
    "max_iter": 10,
    "n_generators": 1,
    "random_state": 0,
    "train_options": {
        "chunk_size": 10,
        "generator_hidden": (16,),
        "discriminator_hidden": (16,),
        "latent_dim": 8,
    },
}


def _merged(parameters: dict[str, Any]) -> dict[str, Any]:
    options = {**QUICK["train_options"], **(parameters.get("train_options") or {})}
    return {**QUICK, **parameters, "train_options": options}


@pytest.fixture
def quick_sampler() -> Callable[..., GANOverSampler]:
    """Make a ``GANOverSampler`` that trains 10 steps of tiny networks unless told otherwise."""
    return lambda **parameters: GANOverSampler(**_merged(parameters))


@pytest.fixture
def quick_gan() -> Callable[..., TabularGAN]:
    """Make a ``TabularGAN`` that trains 10 steps of tiny networks unless told otherwise."""
    return lambda **parameters: TabularGAN(**_merged(parameters))


@pytest.fixture
def three_classes(rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """60 rows of 4 continuous columns in the classes 0, 1, 2 of 30, 20 and 10 rows."""
    y = np.repeat([0, 1, 2], [30, 20, 10])
    return rng.normal(size=(60, 4)) + y[:, None], y


@pytest.fixture
def no_training(monkeypatch: pytest.MonkeyPatch) -> None:
    """Fail the test as soon as training starts: bad input must be refused before anything is compiled."""

    def train(*arguments: object, **parameters: object) -> None:
        pytest.fail("Training started.", pytrace=False)

    monkeypatch.setattr("imbgan.oversampling.learning.train", train)


# The same for images; one set of photos, so that the tests of images share their compiled programs as well.
QUICK_IMAGES: dict[str, Any] = {
    "max_iter": 10,
    "batch_size": 16,
    "random_state": 0,
    "train_options": {"chunk_size": 10, "generator_channels": 12, "discriminator_channels": 4, "latent_dim": 8},
}


@pytest.fixture(scope="session")
def quick_images() -> dict[str, Any]:
    """Return parameters with which estimators of images train 10 steps of small networks."""
    return QUICK_IMAGES


@pytest.fixture(scope="session")
def photos() -> tuple[np.ndarray, np.ndarray]:
    """Color images of bytes, shuffled: 30 of one class, 12 of another, 5 of a third."""
    rng = np.random.default_rng(0)
    y = np.repeat(["common", "rare", "rarest"], [30, 12, 5])
    X = rng.integers(0, 100, (47, 10, 9, 3)).astype(np.uint8)
    X[y == "rare", 3:6] += 120
    X[y == "rarest", :3] += 150
    order = rng.permutation(47)
    return X[order], y[order]


@pytest.fixture(scope="session")
def image_gan(photos: tuple[np.ndarray, np.ndarray]) -> ImageGAN:
    """A generator that has learned the photos; tests only read it."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", GenerationQualityWarning)
        return ImageGAN(**QUICK_IMAGES).fit(*photos)
