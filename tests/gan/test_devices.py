"""Where programs run: the placement of members and rows on devices, and the agreement of 1, 2 and 8 of them."""

import json
import os
import subprocess
import sys
import threading
from dataclasses import dataclass, field
from pathlib import Path

import jax
import numpy as np
import pytest

from imbgan import ParameterError, TabularGAN, _threads, on_devices
from imbgan.gan import devices
from imbgan.gan.devices import LEAST_ROWS, ROWS_SHARE, Placement, has_room, place
from imbgan.oversampling import chunks

SIZES = {"generator_hidden": (16, 16), "discriminator_hidden": (16, 16), "latent_dim": 8, "embedding_dim": 4}


@dataclass(frozen=True)
class Device:
    """A device that is not there."""

    id: int
    platform: str = "gpu"
    device_kind: str = "none"
    limit: int | None = field(default=None, compare=False)

    def memory_stats(self):
        return None if self.limit is None else {"bytes_limit": self.limit}


def grid_of(n_devices, least_rows, n_members, batch_size):
    token = devices._chosen.set(devices._Choice(tuple(map(Device, range(n_devices))), least_rows))
    try:
        placement = place(n_members, batch_size)
    finally:
        devices._chosen.reset(token)
    assert len(placement.devices) == placement.n_member_parts * placement.n_row_parts
    return placement.n_member_parts, placement.n_row_parts


@pytest.mark.parametrize(
    ("n_devices", "n_members", "batch_size", "grid"),
    [
        (1, 3, 96, (1, 1)),
        (2, 1, 96, (1, 2)),
        (8, 1, 96, (1, 8)),
        (8, 1, 100, (1, 5)),  # the batch is cut evenly
        (8, 1, 7, (1, 7)),
        (3, 3, 96, (3, 1)),
        (2, 3, 96, (1, 2)),
        (8, 3, 96, (3, 2)),
        (2, 4, 96, (2, 1)),
        (8, 2, 96, (2, 4)),
    ],
)
def test_members_are_spread_first_and_devices_that_are_left_share_the_rows(n_devices, n_members, batch_size, grid):
    assert grid_of(n_devices, 1, n_members, batch_size) == grid


@pytest.mark.parametrize(
    ("n_members", "batch_size", "grid"),
    [(1, 96, (1, 1)), (1, 4 * LEAST_ROWS, (1, 4)), (3, 96, (3, 1)), (3, 2 * LEAST_ROWS, (3, 2))],
)
def test_unless_devices_are_asked_for_a_small_batch_is_not_cut(n_members, batch_size, grid):
    assert grid_of(8, LEAST_ROWS, n_members, batch_size) == grid


def test_accelerators_run_members_side_by_side_and_processors_on_threads():
    one_gpu, two_gpus = Placement((Device(0),)), Placement((Device(0), Device(1)), 2)
    one_cpu, two_cpus = Placement((Device(0, "cpu"),)), Placement((Device(0, "cpu"), Device(1, "cpu")), 2)
    assert [p.is_side_by_side for p in (one_gpu, two_gpus, one_cpu, two_cpus)] == [True, True, False, False]
    assert [p.has_threads for p in (one_gpu, two_gpus, one_cpu, two_cpus)] == [False, False, True, False]
    assert not one_gpu.sparing().is_side_by_side


def test_rows_go_to_the_device_where_they_fit():
    limit = 1000
    assert has_room([Device(0)], 10**15)  # which tells no limit
    assert has_room([Device(0, limit=limit)], int(ROWS_SHARE * limit))
    assert not has_room([Device(0, limit=10 * limit), Device(1, limit=limit)], limit)


def test_rows_that_fit_nowhere_stay_on_the_host():
    rows = np.ones((100, 2), np.float32)
    assert Placement((Device(0, limit=100),)).send(rows) is rows


@pytest.mark.parametrize("wrong", [0, -1, 10_000, True, [], [None], ["cpu"]])
def test_devices_that_are_not_there_are_refused(wrong):
    with pytest.raises(ParameterError, match="on_devices needs"), on_devices(wrong):
        pass


def test_the_same_device_twice_is_refused():
    with pytest.raises(ParameterError, match="all different"), on_devices(jax.devices()[:1] * 2):
        pass


def test_the_choice_ends_with_its_block():
    with on_devices(1):
        assert jax.config.values["jax_default_device"] == jax.devices()[0]
        assert devices._chosen.get() is not None
    assert jax.config.values["jax_default_device"] is None
    assert devices._chosen.get() is None


@pytest.mark.filterwarnings("ignore::imbgan.GenerationQualityWarning")
def test_the_choice_holds_in_threads_too(monkeypatch):
    monkeypatch.setattr(_threads.os, "sched_getaffinity", lambda process: {0, 1}, raising=False)
    monkeypatch.setattr(chunks, "CHUNK_CELLS", 1)  # one block of 1,024 rows per chunk
    rng = np.random.default_rng(0)
    X, y = rng.normal(size=(60, 2)), np.repeat([0, 1], [40, 20])
    gan = TabularGAN(max_iter=1, n_generators=1, random_state=0, train_options={"chunk_size": 10, **SIZES}).fit(X, y)
    seen = []

    def sample_rows(self, *arguments, usual=TabularGAN._sample_rows):
        seen.append((threading.current_thread(), devices._chosen.get(), jax.config.values["jax_default_device"]))
        return usual(self, *arguments)

    monkeypatch.setattr(TabularGAN, "_sample_rows", sample_rows)
    with on_devices(np.int64(1)):
        gan.sample(3000, label=1)
    threads, choices, named = zip(*seen, strict=True)
    assert threads[0] is not threads[1]
    assert set(choices) == {devices._Choice((jax.devices()[0],), 1)}
    assert set(named) == {jax.devices()[0]}


# Eight devices must be forced before JAX starts.
SCRIPT = """
import json
import sys
import jax
import numpy as np
from imbgan import TabularGAN, on_devices
from imbgan.gan.chunk import run_chunk
from imbgan.gan.devices import place
from imbgan.gan.sources import make_batches
from imbgan.gan.state import init_members
from imbgan.random import Streams
from imbgan.gan.config import TrainConfig
from imbgan.gan.networks.families import Networks
from imbgan.gan.networks.perceptrons import PerceptronConfig

sys.path.insert(0, sys.argv[2])
from conftest import SIZES, make_problem

assert len(jax.devices()) == 8
problem = make_problem()
config = TrainConfig.resolve({"batch_size": 32, "chunk_size": 10}, class_counts=[200, 40], n_members=2)
masks = [np.arange(240) % 2 != member for member in range(2)]
networks = [Networks(config=PerceptronConfig.resolve(SIZES, loss="relativistic"))] * 2


def chunk():
    placement = place(2, 32)
    source = make_batches(problem.padded, problem.codes, masks, 2, 0.0, placement.send)
    state = init_members(config, problem.space.shape, Streams(0), networks)
    state, info = run_chunk(config, problem.space, source, state, placement)
    used = {device.id for leaf in jax.tree.leaves(state) for device in getattr(leaf, "devices", set)()}
    return [used, *(np.asarray(leaf) for leaf in jax.tree.leaves((state, info)))]


found, rows = {}, {}
for name in ("default", 1, 2, 8):
    if name == "default":
        found[name] = chunk()
        continue
    with on_devices(name):
        found[name] = chunk()
        if name in json.loads(sys.argv[1]):
            gan = TabularGAN(n_generators=2, max_iter=20, random_state=0, train_options={"chunk_size": 10, **SIZES})
            rows[name] = gan.fit(problem.rows, problem.codes).sample(100, label=1).tolist()
apart = {
    name: max(float(np.abs(a - b).max()) for a, b in zip(leaves[1:], found["default"][1:], strict=True))
    for name, leaves in found.items()
}
print(json.dumps([apart, {name: sorted(leaves[0]) for name, leaves in found.items()}, rows]))
"""


def run_script(fits: list[int], **environment: str) -> list[dict[str, object]]:
    flags = f"{os.environ.get('XLA_FLAGS', '')} --xla_force_host_platform_device_count=8"
    command = [sys.executable, "-W", "ignore", "-c", SCRIPT, json.dumps(fits), str(Path(__file__).parent)]
    own = os.environ | {"XLA_FLAGS": flags, "PYTHONPATH": os.pathsep.join(sys.path)} | environment
    done = subprocess.run(command, env=own, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-3000:]
    return json.loads(done.stdout)


def test_one_two_and_eight_devices_agree_and_are_used_only_if_asked_for():
    apart, used, _ = run_script([])
    assert used["default"] == []  # NumPy arrays, as from threads
    assert used["2"] == [0, 1]
    assert used["8"] == list(range(8))
    assert apart["1"] == 0
    # Ten steps of Adam: programs for other parts of the batch round otherwise.
    assert apart["2"] < 5e-3
    assert apart["8"] < 5e-3


@pytest.mark.slow  # which runs programs with all optimizations
def test_members_on_devices_of_their_own_agree_to_the_last_bit_and_fits_do_so_too(tmp_path):
    cached = {"IMBGAN_CACHE": str(tmp_path), "JAX_COMPILATION_CACHE_DIR": ""}
    first, second = (run_script([1, 2], **cached) for _ in range(2))
    assert first == second  # compiled, and loaded
    assert len(list(tmp_path.rglob("train_together*.program"))) == 3
    apart, _, rows = first
    assert apart["2"] == 0
    assert apart["8"] < 1e-4
    assert rows["1"] == rows["2"]
