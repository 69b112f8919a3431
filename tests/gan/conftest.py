from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace
from typing import NamedTuple

import jax
import numpy as np
import pytest

from imbgan.gan.config import MonitorConfig, TrainConfig
from imbgan.gan.loop import train
from imbgan.gan.networks.families import Networks
from imbgan.gan.networks.perceptrons import PerceptronConfig
from imbgan.gan.records import Result
from imbgan.gan.spaces.columns import ColumnSpace
from imbgan.gan.state import TrainState, init_members
from imbgan.random import Streams

# JAX reports each program that its backend compiles under this name.
COMPILE_EVENT = "/jax/core/compile/backend_compile_duration"
_compilations: list[str] = []


def _note_compilation(event: str, duration: float, **details: object) -> None:
    del duration
    if event == COMPILE_EVENT:
        _compilations.append(str(details.get("fun_name", event)))


# A listener cannot be taken away through JAX's public interface, so there is one for the whole session.
jax.monitoring.register_event_duration_secs_listener(_note_compilation)


@pytest.fixture
def count_compilations() -> Callable[[], AbstractContextManager[list[str]]]:
    """Return a context manager whose list names, after the block, the programs compiled inside it."""

    @contextmanager
    def counting() -> Iterator[list[str]]:
        inside: list[str] = []
        before = len(_compilations)
        yield inside
        inside.extend(_compilations[before:])

    return counting


class Problem(NamedTuple):
    """A small table: two numbers and a category of three levels, two classes."""

    rows: np.ndarray
    codes: np.ndarray
    space: ColumnSpace

    @property
    def padded(self) -> np.ndarray:
        return self.space.pad(self.rows)


SPANS = (("number", 1), ("number", 1), ("category", 3))
# One set of shapes for nearly all tests, so that they share compiled programs.
SMALL = {"batch_size": 32, "chunk_size": 10, "max_iter": 20}
SIZES = {"generator_hidden": (16, 16), "discriminator_hidden": (16, 16), "latent_dim": 8, "embedding_dim": 4}


def make_problem(n_common: int = 200, n_rare: int = 40, seed: int = 0) -> Problem:
    rng = np.random.default_rng(seed)
    codes = np.repeat([0, 1], [n_common, n_rare])
    numbers = rng.normal(size=(len(codes), 2)) + 1.5 * codes[:, None]
    levels = np.eye(3)[rng.integers(0, 3, len(codes))]
    return Problem(np.hstack([numbers, levels]).astype(np.float32), codes, ColumnSpace.of(SPANS))


@pytest.fixture(scope="session")
def problem() -> Problem:
    return make_problem()


@pytest.fixture(scope="session")
def problem_of() -> Callable[..., Problem]:
    return make_problem


@pytest.fixture(scope="session")
def config_of() -> Callable[..., TrainConfig]:
    """Return a function from options to a small resolved configuration."""

    def configure(*, n_members: int = 1, **options: object) -> TrainConfig:
        return TrainConfig.resolve({**SMALL, **options}, class_counts=[200, 40], n_members=n_members)

    return configure


@pytest.fixture(scope="session")
def networks_of() -> Callable[..., Networks]:
    """Return a function from sizes to small perceptrons."""

    def choose(loss: str = "relativistic", **sizes: object) -> Networks:
        return Networks(config=PerceptronConfig.resolve({**SIZES, **sizes}, loss=loss))

    return choose


@pytest.fixture(scope="session")
def run(problem: Problem, networks_of: Callable[..., Networks]) -> Callable[..., Result]:
    """Return a function that trains on the small problem."""

    def run_training(config: TrainConfig, seed: int = 0, **options: object) -> Result:
        data = options.pop("problem", problem)
        watch = options.pop("watch", MonitorConfig(early_stopping=False, max_restarts=0))
        monitored = options.pop("monitored", [1])
        networks = options.pop("networks", lambda mask: networks_of(config.loss))
        space = options.pop("space", data.space)
        return train(
            config,
            watch,
            space,
            data.rows,
            data.codes,
            monitored=monitored,
            networks=networks,
            streams=Streams(seed),
            **options,
        )

    return run_training


@pytest.fixture(scope="session")
def new_state(problem: Problem, networks_of: Callable[..., Networks]) -> Callable[..., TrainState]:
    """Return a function from a configuration to the state of one member before the first step."""

    def make_state(config: TrainConfig, seed: int = 0, **sizes: object) -> TrainState:
        networks = networks_of(config.loss, **sizes)
        members = init_members(replace(config, n_members=1), problem.space.shape, Streams(seed), [networks])
        return jax.tree.map(lambda leaf: leaf[0], members)

    return make_state
