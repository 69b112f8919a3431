"""What an accelerator gives beside the processor of the same machine."""

import os

import jax
import numpy as np
import pytest

from imbgan import TabularGAN
from imbgan.gan.chunk import run_chunk
from imbgan.gan.devices import place
from imbgan.gan.distances import distances
from imbgan.gan.sources import make_batches
from imbgan.gan.state import init_members
from imbgan.measures import pairwise_distances
from imbgan.random import Streams

pytestmark = [
    pytest.mark.gpu,
    pytest.mark.skipif(jax.default_backend() == "cpu", reason="JAX has no accelerator here"),
]


def chunk_of(problem, config, networks, device):
    masks = [np.arange(len(problem.codes)) % 2 != member for member in range(2)]
    with jax.default_device(device):
        placement = place(config.n_members, config.batch_size)
        source = make_batches(problem.padded, problem.codes, masks, 2, 0.0, placement.send)
        states = init_members(config, problem.space.shape, Streams(0), [networks] * 2)
        return jax.device_get(run_chunk(config, problem.space, source, states, placement))


@pytest.mark.parametrize(
    ("precision", "tolerance"),
    # Products of TF32 numbers have eleven bits of mantissa instead of 24. Adam divides each gradient by its size, so
    # that a gradient near 0 can change its sign: then a weight is two steps of 0.001 apart after each step.
    [("highest", 5e-3), ("default", 2e-2)],
)
def test_ten_steps_on_the_accelerator_are_those_of_the_processor(precision, tolerance, problem, config_of, networks_of):
    config = config_of(n_members=2, max_iter=1000, chunk_size=10)
    with jax.default_matmul_precision(precision):
        found = chunk_of(problem, config, networks_of(), jax.devices()[0])
        expected = chunk_of(problem, config, networks_of(), jax.devices("cpu")[0])
    for name in ("generator", "discriminator", "averaged"):
        for leaf, other in zip(*(jax.tree.leaves(getattr(each[0], name)) for each in (found, expected)), strict=True):
            np.testing.assert_allclose(leaf, other, atol=tolerance)
    np.testing.assert_allclose(found[1].discriminator_loss, expected[1].discriminator_loss, rtol=0.05)


def test_distances_of_the_accelerator_are_those_of_the_processor():
    rng = np.random.default_rng(0)
    x, y = (rng.normal(size=(n, 30)).astype(np.float32) + np.float32(100) for n in (300, 70))
    found = distances(np.concatenate([x, y[:1]]), y)
    np.testing.assert_allclose(found[:-1], pairwise_distances(x, y), rtol=1e-5)
    assert found[-1, 0] == 0


@pytest.fixture(scope="module")
def fitted():
    rng = np.random.default_rng(0)
    y = np.repeat([0, 1], [900, 100])
    X = rng.normal(size=(1000, 4)) + 2.0 * y[:, None]
    return X, y, TabularGAN(max_iter=600, n_generators=1, random_state=0).fit(X, y)


def test_a_fit_learns_where_a_class_lies(fitted):
    X, y, gan = fitted
    rows = gan.sample(2000, label=1)
    # A standard error of 100 rows is a tenth of the spread; an untrained generator is two spreads away.
    np.testing.assert_allclose(rows.mean(axis=0), X[y == 1].mean(axis=0), atol=0.4)
    assert (rows.std(axis=0) > 0.5).all()


def test_rows_are_a_pure_function_of_their_place(fitted):
    _, _, gan = fitted
    rows = gan.sample(3000, label=1)
    np.testing.assert_array_equal(gan.sample(3000, label=1), rows)
    np.testing.assert_array_equal(gan.sample(500, label=1, start=1500), rows[1500:2000])


# XLA's sums on a GPU add in an order that changes from run to run, and 600 steps of two networks that learn against
# each other make two fits of such a difference.
@pytest.mark.skipif(
    "--xla_gpu_deterministic_ops=true" not in os.environ.get("XLA_FLAGS", ""),
    reason="sums have a fixed order only with XLA_FLAGS=--xla_gpu_deterministic_ops=true",
)
def test_the_same_seed_gives_the_same_fit(fitted):
    X, y, gan = fitted
    again = TabularGAN(max_iter=600, n_generators=1, random_state=0).fit(X, y)
    np.testing.assert_allclose(again.sample(200, label=1), gan.sample(200, label=1), atol=1e-3)


@pytest.mark.filterwarnings("ignore::imbgan.exceptions.GenerationQualityWarning")  # twenty steps teach little
def test_the_processor_can_be_asked_for(fitted):
    X, y, _ = fitted
    with jax.default_device(jax.devices("cpu")[0]):
        gan = TabularGAN(max_iter=20, n_generators=2, random_state=0).fit(X, y)
        rows = gan.sample(10, label=1)
    assert np.isfinite(rows).all()
