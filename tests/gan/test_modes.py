"""The default recipe reaches all modes of the ring of 8 and of the grid of 25 Gaussians."""

import numpy as np
import pytest

from imbgan.oversampling.tabular_gan import TabularGAN

pytestmark = pytest.mark.slow

# Set before any run: a mode counts as covered when at least this share of its fair number of rows lies
# within three deviations of its center.
FAIR_SHARE = 0.2


def ring():
    angles = np.arange(8) * np.pi / 4
    return 2 * np.c_[np.cos(angles), np.sin(angles)], 0.1


def grid():
    return np.stack(np.meshgrid(*[2.0 * np.arange(-2, 3)] * 2), axis=-1).reshape(-1, 2), 0.1


def mode_shares(rows, centers, deviation):
    """Share of each mode's fair number of rows that lies within three deviations of its center."""
    distances = np.linalg.norm(rows[:, None] - centers, axis=2)
    return (distances <= 3 * deviation).mean(axis=0) * len(centers)


@pytest.mark.parametrize("n_common", [0, 3000], ids=["alone", "beside a common class"])
@pytest.mark.parametrize("modes", [ring, grid])
def test_the_default_recipe_covers_all_modes(modes, n_common, rng):
    centers, deviation = modes()
    rare = centers[rng.integers(len(centers), size=1000)] + deviation * rng.normal(size=(1000, 2))
    common = rng.normal(scale=3, size=(n_common, 2))
    X, y = np.concatenate([common, rare]), np.repeat([0, 1], [n_common, 1000])
    assert (mode_shares(rare, centers, deviation) >= FAIR_SHARE).all()
    n_missing = []
    for seed in range(3):
        gan = TabularGAN(random_state=seed).fit(X, y, classes=[1])
        shares = mode_shares(np.asarray(gan.sample(5000, label=1)), centers, deviation)
        n_missing.append(int((shares < FAIR_SHARE).sum()))
    # Among 25 modes beside a common class, the share of one mode is close to the limit with some seeds.
    assert np.median(n_missing) == 0, n_missing
    assert max(n_missing) <= 1, n_missing
