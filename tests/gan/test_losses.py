import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.special import expit, log_expit

from imbgan.gan.losses import LOSSES, Loss

# The formulas of the papers with probabilities, where the code has logits; float64.
REFERENCES = {
    "minimax": (
        lambda real, fake: -log_expit(real).mean() - log_expit(-fake).mean(),
        lambda real, fake: log_expit(-fake).mean(),
    ),
    "non_saturating": (
        lambda real, fake: -log_expit(real).mean() - log_expit(-fake).mean(),
        lambda real, fake: -log_expit(fake).mean(),
    ),
    "hinge": (
        lambda real, fake: np.maximum(0, 1 - real).mean() + np.maximum(0, 1 + fake).mean(),
        lambda real, fake: -fake.mean(),
    ),
    "wasserstein": (
        lambda real, fake: fake.mean() - real.mean(),
        lambda real, fake: -fake.mean(),
    ),
    "relativistic": (
        lambda real, fake: -log_expit(real - fake).mean(),
        lambda real, fake: -log_expit(fake - real).mean(),
    ),
}
SIDES = ("discriminator", "generator")
# One length, so that each loss compiles once.
logit_arrays = arrays(np.float32, 8, elements=st.floats(-30, 30, width=32))
cases = pytest.mark.parametrize(("name", "side"), [(name, side) for name in LOSSES for side in (0, 1)])


def loss_of(name):
    """Return a loss that takes NumPy's arrays."""
    discriminator, generator, is_absolute = LOSSES[name]
    return Loss(
        lambda real, fake: discriminator(jnp.asarray(real), jnp.asarray(fake)),
        lambda real, fake: generator(jnp.asarray(real), jnp.asarray(fake)),
        is_absolute,
    )


def test_every_loss_has_a_reference():
    assert set(REFERENCES) == set(LOSSES)


@cases
@settings(max_examples=25)
@given(real=logit_arrays, fake=logit_arrays)
def test_loss_is_the_formula_of_its_paper(name, side, real, fake):
    expected = REFERENCES[name][side](real.astype(np.float64), fake.astype(np.float64))
    actual = getattr(loss_of(name), SIDES[side])(real, fake)
    assert float(actual) == pytest.approx(expected, rel=1e-5, abs=1e-5)


@cases
@settings(max_examples=10)
@given(real=logit_arrays, fake=logit_arrays)
def test_gradient_is_the_finite_difference_of_the_formula(name, side, real, fake):
    real, fake = (_away_from_kinks(x) for x in (real, fake))
    reference = REFERENCES[name][side]
    gradients = jax.grad(getattr(loss_of(name), SIDES[side]), argnums=(0, 1))(real, fake)
    for argument, gradient in enumerate(gradients):
        for i in range(len(real)):
            shifted = []
            for step in (1e-4, -1e-4):
                point = [real.astype(np.float64), fake.astype(np.float64)]
                point[argument][i] += step
                shifted.append(reference(*point))
            difference = (shifted[0] - shifted[1]) / 2e-4
            assert float(gradient[i]) == pytest.approx(difference, abs=1e-5)


def _away_from_kinks(logits):
    """Move logits off the corners of the hinge at -1 and 1."""
    return np.where(np.abs(np.abs(logits) - 1) < 0.01, np.float32(0.5), logits)


@settings(max_examples=25)
@given(fake=arrays(np.float32, 8, elements=st.floats(-10, 10, width=32)))
def test_minimax_and_non_saturating_generators_pull_the_same_way(fake):
    real = np.zeros_like(fake)
    saturating = np.asarray(jax.grad(loss_of("minimax").generator, argnums=1)(real, fake))
    non_saturating = np.asarray(jax.grad(loss_of("non_saturating").generator, argnums=1)(real, fake))
    assert (saturating < 0).all()
    assert (non_saturating < 0).all()
    # They agree where D(G(z)) = 1/2; elsewhere they differ by the odds D / (1 - D).
    odds = expit(fake.astype(np.float64)) / expit(-fake.astype(np.float64))
    np.testing.assert_allclose(saturating, odds * non_saturating, rtol=1e-3)


@settings(max_examples=25)
@given(real=logit_arrays, fake=logit_arrays, shift=st.floats(-5, 5, width=32))
def test_relativistic_loss_is_symmetric_and_blind_to_a_constant(real, fake, shift):
    loss = loss_of("relativistic")
    assert float(loss.discriminator(real, fake)) == float(loss.generator(fake, real))
    moved = float(loss.discriminator(real + np.float32(shift), fake + np.float32(shift)))
    assert moved == pytest.approx(float(loss.discriminator(real, fake)), abs=1e-4)


@pytest.mark.parametrize("name", LOSSES)
def test_is_absolute_says_whether_a_constant_matters(name):
    real, fake = np.linspace(-1, 2, 8, dtype=np.float32), np.linspace(-2, 1, 8, dtype=np.float32)
    loss = loss_of(name).discriminator
    changes = abs(float(loss(real + 3, fake + 3)) - float(loss(real, fake))) > 1e-3
    assert changes == loss_of(name).is_absolute
