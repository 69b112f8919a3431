"""Planted failures must be detected, named and, within bounds, acted upon."""

import jax
import numpy as np
import pytest

from imbgan.gan import loop
from imbgan.gan.config import MonitorConfig, TrainConfig
from imbgan.gan.loop import train
from imbgan.gan.monitor import Failure
from imbgan.gan.networks.families import Networks
from imbgan.gan.networks.perceptrons import PerceptronConfig
from imbgan.gan.spaces.columns import ColumnSpace
from imbgan.random import Streams

# The textbook game out of balance: the generator runs after the one spot a slow discriminator likes best.
COLLAPSING = {
    "loss": "non_saturating",
    "penalties": (),
    "batch_size": 64,
    "generator_learning_rate": 1e-2,
    "discriminator_learning_rate": 5e-5,
    "final_learning_rate": 1.0,
    "adam_b1": 0.5,
    "adam_b2": 0.999,
    "ema_half_life": 1e-3,
    "instance_noise": 0.0,
    "max_iter": 1000,
}
SIZES = PerceptronConfig(generator_hidden=(64, 64), discriminator_hidden=(64, 64), latent_dim=16)


def ring():
    angles = np.arange(8) * np.pi / 4
    return 2 * np.c_[np.cos(angles), np.sin(angles)]


def grid():
    return np.stack(np.meshgrid(*[2.0 * np.arange(-2, 3)] * 2), axis=-1).reshape(-1, 2)


def n_modes_reached(rows, centers):
    """Modes that have at least 20 % of their fair share of rows within three deviations."""
    near = np.linalg.norm(rows[:, None] - centers, axis=2) <= 0.3
    return int((near.mean(axis=0) * len(centers) >= 0.2).sum())


def names(result):
    return [event.name for event in result.events]


# Which way such a training goes depends on the last bits, and these on the number of cores. With some seeds it leaves
# the spot again and again and comes back.
@pytest.mark.parametrize("seed", [0, 3, 4])
@pytest.mark.parametrize("modes", [ring, grid])
def test_textbook_loss_that_collapses_is_found_out(modes, seed):
    rng, centers = np.random.default_rng(0), modes()
    rows = centers[rng.integers(len(centers), size=1000)] + 0.1 * rng.normal(size=(1000, 2))
    result = train(
        TrainConfig.resolve(COLLAPSING, class_counts=[1000], n_members=1),
        MonitorConfig(early_stopping=False, max_restarts=0),
        ColumnSpace.of((("number", 1),) * 2),
        rows.astype(np.float32),
        np.zeros(1000, int),
        monitored=[0],
        streams=Streams(seed),
        networks=lambda mask: Networks(config=SIZES),
    )
    assert n_modes_reached(rows, centers) == len(centers)
    assert n_modes_reached(result.model.rows(0, 0, 0, 1000), centers) < len(centers) / 2  # it did collapse
    assert names(result) == ["mode collapse"]
    assert result.failure == "mode collapse"
    assert "class 0" in result.events[0].detail


def test_a_degenerate_generator_is_found_out_and_restarted_within_bounds(run, config_of, new_state):
    """A generator that ignores its noise and can hardly learn."""
    config = config_of(max_iter=200, generator_learning_rate=1e-12)
    silent = jax.tree.map(np.zeros_like, new_state(config).generator)
    start = run(config_of(max_iter=10)).state
    silent = jax.tree.map(lambda leaf: leaf[None], silent)
    silent.layers[-1].bias[0, 2:5] = (12.0, -12.0, -12.0)  # always the same level, too
    start = start._replace(generator=silent, averaged=silent)
    watch = MonitorConfig(early_stopping=False, max_restarts=2, n_suspicions=2)
    result = run(config, resume=start, watch=watch)
    assert names(result).count("mode collapse") == 3
    assert names(result).count("restart") == 2
    assert result.failure == "mode collapse"


@pytest.mark.parametrize(
    ("looks", "n_looks", "failure"),
    [
        ("-ccc--", 4, "mode collapse"),
        ("cc-c-ccc", 7, "mode collapse"),
        ("ccmc", 3, "memorization"),
        ("c-c-c-c-", 8, None),
        ("cc--cc", 6, None),
    ],
    ids=["three in a row", "again and again", "two kinds", "every other", "forgotten"],
)
def test_suspicions_add_up_and_a_clear_chunk_takes_one_back(run, config_of, monkeypatch, looks, n_looks, failure):
    kinds = {"c": Failure("mode collapse", "few rows"), "m": Failure("memorization", "copies"), "-": None}
    planted = iter(looks)
    monkeypatch.setattr(loop, "name_failure", lambda *_: kinds[next(planted)])
    watch = MonitorConfig(early_stopping=False, max_restarts=0, n_suspicions=3)
    result = run(config_of(max_iter=10 * len(looks)), watch=watch)
    assert (len(result.summaries), result.failure) == (n_looks, failure)


def test_divergence_is_found_out_and_restarted_within_bounds(run, config_of):
    config = config_of(max_iter=100, discriminator_learning_rate=1e20)
    result = run(config, watch=MonitorConfig(max_restarts=1))
    assert names(result) == ["divergence", "restart", "divergence"]
    assert result.failure == "divergence"


def test_a_healthy_run_names_no_failure(run, config_of):
    result = run(config_of(max_iter=1000))
    assert result.events == []
    assert result.failure is None
