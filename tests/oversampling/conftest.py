from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from imbgan import GANOverSampler, TabularGAN

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
