"""Distances by which training is judged, on a processor and as an accelerator computes them."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.spatial.distance import cdist

from imbgan.gan import distances as module
from imbgan.gan.distances import distances, on_accelerator
from imbgan.measures import duplicate_rate, memorization_rate


def sample(seed, n, width=5):
    return np.random.default_rng(seed).normal(size=(n, width)).astype(np.float32)


@settings(max_examples=20)
@given(n=st.integers(1, 70), m=st.integers(1, 12), offset=st.sampled_from([0.0, 100.0]), seed=st.integers(0, 99))
def test_both_ways_give_the_distances_of_scipy(n, m, offset, seed):
    x, y = sample(seed, n) + np.float32(offset), sample(seed + 1, m) + np.float32(offset)
    for found in (distances(x, y), on_accelerator(x, y)):
        assert found.shape == (n, m)
        np.testing.assert_allclose(found, cdist(x, y), rtol=1e-5, atol=1e-5)


def test_an_accelerator_sees_copies_far_from_the_origin():
    """Squares of float32 numbers near 100 differ by 0.001 from each other, which is more than the tolerances below."""
    train, held_out = sample(0, 64) + np.float32(100), sample(1, 64) + np.float32(100)
    copies = train[::2]
    assert duplicate_rate(on_accelerator(copies, train)) == 1.0
    assert duplicate_rate(on_accelerator(held_out, train)) == 0.0
    assert memorization_rate(on_accelerator(copies, train), on_accelerator(copies, held_out)) == 1.0


def test_training_is_judged_alike_on_an_accelerator(run, config_of, monkeypatch):
    here = run(config_of(max_iter=40))
    monkeypatch.setattr(module, "platform", lambda: "gpu")
    there = run(config_of(max_iter=40))
    assert there.n_iter == here.n_iter
    for name, value in here.quality.as_dict().items():
        assert there.quality.as_dict()[name] == pytest.approx(value, rel=1e-4, nan_ok=True)
