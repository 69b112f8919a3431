"""The loop knows a row through its space alone: pictures of 4 x 4 x 1, with networks of their own, train in it."""

from dataclasses import dataclass
from typing import Any, ClassVar

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import pytest

from imbgan.exceptions import ModelFileError
from imbgan.gan import step as step_module
from imbgan.gan.checkpoint import model_document, read_model
from imbgan.gan.keys import make_key
from imbgan.gan.networks.families import FAMILIES, Family, Networks
from imbgan.gan.networks.layers import Linear
from imbgan.gan.sources import Batch
from imbgan.gan.space import Space
from imbgan.gan.spaces import SPACES
from imbgan.gan.step import Progress, discriminator_loss, generate, update_discriminator, update_generator

SHAPE = (4, 4, 1)


class FlatFeatures:
    """Pixels in a line."""

    def __call__(self, rows):
        return rows.reshape(len(rows), -1)


@jax.tree_util.register_dataclass
@dataclass(frozen=True)
class PictureSpace:
    """Pictures of 3 x 4 gray values in [-1, 1], padded with a row of zeros; augmented by mirror, gain and shift."""

    gain: float = 1.0
    shift: float = 0.0

    name: ClassVar[str] = "pictures"
    shape: ClassVar[tuple[int, ...]] = SHAPE
    block_rows: ClassVar[int] = 512

    def pad(self, rows):
        return np.pad(rows, ((0, 0), (0, 1), (0, 0), (0, 0))).astype(np.float32)

    def trim(self, rows):
        return rows[:, :3]

    def finish(self, raw, key, *, training):
        del key, training
        return jnp.tanh(raw) * (jnp.arange(4) < 3)[:, None, None]

    def augment(self, rows, key):
        mirrored = jax.random.bernoulli(key, 0.5, (rows.shape[0], 1, 1, 1))
        return self.gain * jnp.where(mirrored, rows[:, :, ::-1], rows) + self.shift

    def features(self, rows, codes):
        assert rows.shape[1:] == (3, 4, 1)
        assert len(codes) == len(rows)
        return FlatFeatures()

    def baseline(self, rows, n, rng):
        return rows[rng.integers(len(rows), size=n)]

    def to_document(self):
        return {"gain": self.gain, "shift": self.shift}

    @classmethod
    def from_document(cls, document):
        return cls(**document)


@dataclass(frozen=True)
class PixelConfig:
    latent_dim: int = 5

    def check(self):
        assert self.latent_dim >= 1


class PixelGenerator(eqx.Module):
    layer: Linear
    classes: Any
    latent_dim: int = eqx.field(static=True)

    def __init__(self, config, shape, n_classes, draw):
        assert shape == SHAPE
        self.latent_dim = config.latent_dim
        self.layer = Linear(config.latent_dim, 16, draw)
        self.classes = draw((n_classes, *shape), 0.1)

    def __call__(self, noise, codes):
        return self.layer(noise).reshape(-1, *SHAPE) + jnp.asarray(self.classes)[codes]


class PixelDiscriminator(eqx.Module):
    layer: Linear
    output: Linear
    classes: Any

    def __init__(self, config, shape, n_classes, draw):
        self.layer, self.output = Linear(16, 8, draw), Linear(8, 1, draw)
        self.classes = draw((n_classes, 8), 0.1)

    def __call__(self, rows, codes):
        hidden = jax.nn.softplus(self.layer(rows.reshape(len(rows), -1)))
        return self.output(hidden)[:, 0] + (jnp.asarray(self.classes)[codes] * hidden).sum(axis=1)


PIXELS = Family(PixelConfig, PixelGenerator, PixelDiscriminator)


@dataclass(frozen=True)
class Pictures:
    rows: np.ndarray
    codes: np.ndarray
    space: Space


@pytest.fixture(scope="module")
def pictures():
    """Common pictures are dark above, rare ones dark below."""
    rng = np.random.default_rng(0)
    codes = np.repeat([0, 1], [80, 30])
    rows = 0.2 * rng.normal(size=(110, 3, 4, 1)) + 0.5
    rows[codes == 0, 0] -= 1.0
    rows[codes == 1, 2] -= 1.0
    return Pictures(np.clip(rows, -1, 1).astype(np.float32), codes, PictureSpace())


@pytest.fixture(scope="module")
def trained(pictures, run, config_of):
    rates = {"generator_learning_rate": 5e-3, "discriminator_learning_rate": 5e-3}
    config = config_of(n_members=2, max_iter=1200, chunk_size=400, penalties=("r1", "gp"), **rates)
    return run(config, problem=pictures, networks=lambda mask: Networks(PIXELS, PixelConfig()))


def test_pictures_are_trained_monitored_and_drawn(trained, pictures):
    assert [summary.step for summary in trained.summaries] == [400, 800, 1200]
    for summary in trained.summaries:
        assert np.isfinite([summary.quality.score, summary.discriminator_loss, summary.penalty]).all()
    rows = trained.model.rows(1, 0, 0, 2000)
    assert rows.shape == (2000, 3, 4, 1)
    assert trained.model.rows(1, 0, 5, 5).shape == (0, 3, 4, 1)
    # It has learned what is dark where.
    assert rows[:, 2].mean() < rows[:, 0].mean() - 0.3
    logits, probabilities = trained.model.score(pictures.rows, pictures.codes)
    assert logits.shape == probabilities.shape == (110,)


def test_the_score_of_a_picture_is_that_of_its_padded_form(trained, pictures):
    code = jnp.asarray(pictures.codes, jnp.int32)
    padded = jnp.asarray(pictures.space.pad(pictures.rows))
    judge = jax.jit(lambda network, rows, codes: network(rows, codes))
    expected = [
        judge(jax.tree.map(lambda leaf, m=m: leaf[m], trained.model.discriminator), padded, code) for m in range(2)
    ]
    logits = trained.model.member_logits(pictures.rows, pictures.codes) + trained.model.offsets[:, pictures.codes]
    np.testing.assert_allclose(logits, expected, rtol=1e-4, atol=1e-4)


@pytest.fixture(scope="module")
def discriminator():
    rng = np.random.default_rng(1)

    def draw(shape, scale):
        return jnp.asarray((scale or 0.5) * rng.normal(size=shape), jnp.float32)

    return PixelDiscriminator(PixelConfig(), SHAPE, 2, draw)


def test_penalties_of_a_discriminator_of_pictures_are_its_gradients_by_hand(discriminator, config_of):
    rng = np.random.default_rng(0)
    real, fake = (rng.normal(size=(6, *SHAPE)).astype(np.float32) for _ in range(2))
    codes = np.array([0, 1, 0, 1, 1, 0])
    weight, bias = (np.asarray(leaf, np.float64) for leaf in (discriminator.layer.weight, discriminator.layer.bias))
    head = np.asarray(discriminator.output.weight, np.float64)[0] + np.asarray(discriminator.classes, np.float64)[codes]

    def squared_norms(rows):
        # D is head . softplus(Wx + b), so its gradient is W' (head * sigmoid(Wx + b)).
        slopes = head / (1 + np.exp(-(rows.reshape(6, -1) @ weight.T + bias)))
        return ((slopes @ weight) ** 2).sum(axis=1)

    config = config_of(penalties=("r1", "r2"))
    batch = Batch(jnp.asarray(real), jnp.asarray(codes, jnp.int32))
    _, (penalty, _, _) = discriminator_loss(
        discriminator, config, batch, jnp.asarray(fake), jnp.float32(1.0), make_key(np.uint32(0))
    )
    expected = 0.5 * squared_norms(real).mean() + 0.5 * squared_norms(fake).mean()
    assert float(penalty) == pytest.approx(expected, rel=1e-4)


@pytest.fixture
def step_of(trained, pictures, config_of):
    """Return a function from an update and a space to what the update gives after the training."""
    config = config_of(instance_noise=0.0, penalties=())
    state = jax.tree.map(lambda leaf: jnp.asarray(leaf[0]), trained.state)
    batch = Batch(jnp.asarray(pictures.space.pad(pictures.rows[-8:])), jnp.ones(8, jnp.int32))

    def take(update, space):
        # A new function, so that no program compiled without a spy is taken.
        compiled = jax.jit(lambda *arguments: update(*arguments))
        fake, pullback = jax.vjp(
            lambda generator: generate(space, generator, batch.codes, make_key(np.uint32(1)), training=True),
            state.generator,
        )
        rows = (fake, pullback) if update is update_generator else (fake,)
        at = Progress(jnp.float32(0.0), jnp.float32(0.0))
        return batch, compiled(config, space, state, batch, *rows, make_key(np.uint32(0)), at)

    return take


def test_the_discriminator_sees_real_and_generated_rows_augmented_alike(step_of, monkeypatch):
    def spy(discriminator, config, batch, fake, gamma, key):
        del config, gamma, key
        return discriminator.output.bias.sum(), (batch.rows, fake, fake)

    monkeypatch.setattr(step_module, "discriminator_loss", spy)
    batch, (_, _, (real, fake, _)) = step_of(update_discriminator, PictureSpace(shift=100.0))
    unmirrored = np.sort(np.asarray(batch.rows), axis=2)
    np.testing.assert_allclose(np.sort(np.asarray(real), axis=2), unmirrored + 100.0, rtol=1e-5)
    assert (np.abs(np.asarray(fake) - 100.0) < 1.001).all()


def test_gradients_of_the_generator_flow_through_the_augmentation(step_of):
    def gradients(gain):
        _, (state, _) = step_of(update_generator, PictureSpace(gain=gain))
        # With Adam's b1 = 0 the first moment is the gradient itself.
        return [np.asarray(leaf) for leaf in jax.tree.leaves(state.generator_optimizer.mu)]

    assert all(np.abs(leaf).max() > 0 for leaf in gradients(1.0))
    assert all((leaf == 0).all() for leaf in gradients(0.0))


def test_a_space_without_a_name_is_not_saved(trained):
    with pytest.raises(ModelFileError, match=r"PictureSpace is not known by its name.*SPACES"):
        model_document(trained.model)


def test_networks_of_no_family_are_not_saved(trained, monkeypatch):
    monkeypatch.setitem(SPACES, "pictures", PictureSpace)
    with pytest.raises(ModelFileError, match=r"PixelGenerator and PixelDiscriminator are of none.*FAMILIES"):
        model_document(trained.model)


def test_a_named_space_and_family_are_saved_and_come_back_exactly(trained, monkeypatch):
    monkeypatch.setitem(SPACES, "pictures", PictureSpace)
    monkeypatch.setitem(FAMILIES, "pixels", PIXELS)
    document, arrays = model_document(trained.model)
    assert (document["space"]["name"], document["networks"]["family"]) == ("pictures", "pixels")
    loaded = read_model(document, arrays)
    np.testing.assert_array_equal(loaded.rows(1, 0, 0, 100), trained.model.rows(1, 0, 0, 100))
    monkeypatch.undo()
    with pytest.raises(ModelFileError, match=r"space 'pictures'; this imbgan knows 'columns'"):
        read_model(document, arrays)
    monkeypatch.setitem(SPACES, "pictures", PictureSpace)
    with pytest.raises(ModelFileError, match=r"network family 'pixels'; this imbgan knows 'perceptrons'"):
        read_model(document, arrays)
