"""Compiled programs are kept for the next process: in a folder of the user alone, and nothing else changes."""

import json
import os
import subprocess
import sys
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from jax.experimental.compilation_cache.compilation_cache import reset_cache

from imbgan.gan import cache as cache_module
from imbgan.gan import program
from imbgan.gan.cache import cache_folder, read_entry, write_entry
from imbgan.gan.program import Program

ROWS = np.arange(6, dtype=np.float32).reshape(2, 3)


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A cache of our own, and none that the user has set."""
    monkeypatch.setenv("IMBGAN_CACHE", str(tmp_path))
    names = ("jax_compilation_cache_dir", "jax_enable_compilation_cache")
    before = {name: jax.config.values[name] for name in names}
    for name, value in zip(names, (None, True), strict=True):
        jax.config.update(name, value)
    reset_cache()  # JAX opens a cache once, and keeps it when the setting changes
    yield tmp_path / "programs"
    for name, value in before.items():
        jax.config.update(name, value)
    reset_cache()


class Pair(NamedTuple):
    total: object
    scaled: object


Pair.__module__ = "imbgan.tests"  # as a class of the package


def make_program():
    """Return a program as another process has it, and the list of its traces."""
    traces = []

    def twice(rows, factor):
        traces.append(1)
        return Pair(rows.sum(), factor * rows)

    return Program(twice, lambda rows, factor: Pair(0, 0)), traces


def run(program=None, rows=ROWS, factor=2.0):
    return (program or make_program()[0])(rows, factor)


def entries(folder):
    return sorted(folder.glob("*.program"))


def test_the_next_process_neither_traces_nor_compiles(folder, count_compilations):
    first = run()
    assert len(entries(folder)) == 1
    program, traces = make_program()
    with count_compilations() as compiled:
        second = run(program)
        run(program)
    assert (compiled, traces) == ([], [])
    assert isinstance(second, Pair)
    for one, other in zip(first, second, strict=True):
        np.testing.assert_array_equal(one, other)
    np.testing.assert_array_equal(second.scaled, 2 * ROWS)


def test_other_numbers_share_a_program_and_other_types_do_not(folder):
    for factor in (2.0, 3.5, -1.0):
        np.testing.assert_array_equal(run(factor=factor).scaled, factor * ROWS)
    assert len(entries(folder)) == 1
    run(rows=ROWS[:1])
    run(rows=ROWS.astype(np.int32))
    run(factor=np.float32(2.0))
    assert len(entries(folder)) == 4


def test_settings_of_jax_that_change_a_program_give_another_one(folder):
    run()
    with jax.default_matmul_precision("highest"):
        run()
    assert len(entries(folder)) == 2


@dataclass(frozen=True)
class Foreign:
    rows: object


jax.tree_util.register_dataclass(Foreign, ["rows"], [])


def test_code_of_users_is_not_kept(folder):
    program = Program(lambda own: own.rows + 1, lambda own: 0)
    np.testing.assert_array_equal(program(Foreign(ROWS)), ROWS + 1)
    assert entries(folder) == []


@pytest.mark.parametrize(
    "damage",
    [
        lambda data: b"",
        lambda data: data[: len(data) // 2],
        lambda data: b"garbage" * 100,
        lambda data: data[:-1] + b"?",
    ],
    ids=["empty", "truncated", "garbage", "changed"],
)
def test_a_damaged_entry_costs_a_compilation_and_is_replaced(damage, folder, count_compilations):
    run()
    (path,) = entries(folder)
    whole = path.read_bytes()
    path.write_bytes(damage(whole))
    with count_compilations() as compiled:
        np.testing.assert_array_equal(run().scaled, 2 * ROWS)
    assert len(compiled) == 1
    with count_compilations() as compiled:
        run()
    assert compiled == []


def test_an_entry_that_is_whole_but_no_program_costs_a_compilation(folder):
    run()
    (path,) = entries(folder)
    write_entry(folder, path.stem, b"no program")
    np.testing.assert_array_equal(run().scaled, 2 * ROWS)


def test_the_folder_is_the_users_alone(folder):
    run()
    assert folder.stat().st_mode & 0o777 == 0o700


@pytest.mark.parametrize("mode", [0o755, 0o770, 0o702])
def test_a_folder_that_others_have_access_to_is_neither_used_nor_changed(mode, folder):
    folder.mkdir()
    folder.chmod(mode)
    np.testing.assert_array_equal(run().scaled, 2 * ROWS)
    assert cache_folder() is None
    assert (folder.stat().st_mode & 0o777, entries(folder)) == (mode, [])


def test_where_a_system_tells_no_instruction_sets_each_machine_has_its_own_programs(monkeypatch):
    def missing(*_, **__):
        raise FileNotFoundError

    keys = set()
    for machine in ("one", "other"):
        monkeypatch.setattr(program.platform, "node", lambda machine=machine: machine)
        with monkeypatch.context() as macos:
            macos.setattr(program.Path, "read_text", missing)
            keys.add(program._processor())
    assert len(keys) == 2


def test_a_folder_of_another_user_is_not_used(folder, monkeypatch):
    run()
    monkeypatch.setattr(os, "getuid", lambda: folder.stat().st_uid + 1)
    assert cache_folder() is None


def test_a_link_in_place_of_the_folder_is_not_used(folder, tmp_path):
    (tmp_path / "elsewhere").mkdir(mode=0o700)
    folder.symlink_to(tmp_path / "elsewhere")
    assert cache_folder() is None


def test_where_no_owner_is_known_every_folder_shows_all_bits_and_is_used(folder, monkeypatch):
    folder.mkdir(mode=0o777)
    folder.chmod(0o777)
    assert cache_folder() is None
    monkeypatch.delattr(os, "getuid")  # as on Windows
    assert cache_folder() == folder


@pytest.mark.parametrize("value", ["off", "OFF", ""])
def test_it_can_be_turned_off(value, folder, monkeypatch):
    monkeypatch.setenv("IMBGAN_CACHE", value)
    np.testing.assert_array_equal(run().scaled, 2 * ROWS)
    assert not folder.exists()


def test_where_nothing_can_be_written_nothing_is_kept(folder, tmp_path, monkeypatch):
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("IMBGAN_CACHE", str(tmp_path / "file" / "cache"))
    assert cache_folder() is None
    np.testing.assert_array_equal(run().scaled, 2 * ROWS)


def test_a_full_disk_keeps_nothing_and_fails_nothing(folder, monkeypatch):
    def full(path, data):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(cache_module, "write_whole", full)
    np.testing.assert_array_equal(run().scaled, 2 * ROWS)
    assert entries(folder) == []


def test_by_default_it_lies_in_the_cache_folder_of_the_user(tmp_path, monkeypatch):
    monkeypatch.delenv("IMBGAN_CACHE")
    monkeypatch.setattr(cache_module, "user_cache_path", lambda name, **options: tmp_path / name)
    assert cache_folder() == tmp_path / "imbgan" / "programs"


def test_without_a_home_nothing_is_kept(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("IMBGAN_CACHE")
    monkeypatch.setattr(cache_module, "user_cache_path", lambda name, **options: Path("~") / name)
    assert cache_folder() is None
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("setting", [("jax_enable_compilation_cache", False), ("jax_compilation_cache_dir", "theirs")])
def test_what_the_user_has_set_decides(setting, folder, tmp_path):
    name, value = setting
    jax.config.update(name, str(tmp_path / value) if isinstance(value, str) else value)
    np.testing.assert_array_equal(run().scaled, 2 * ROWS)
    assert not folder.exists()


def test_programs_and_settings_of_the_user_are_left_alone(folder):
    before = dict(jax.config.values.items())
    theirs, stop = [], threading.Event()

    def user():
        size = 1
        while size < 30 and not (stop.is_set() and theirs):
            jax.jit(lambda x: x + 1)(jnp.ones(size))
            theirs.append(dict(jax.config.values))
            size += 1

    thread = threading.Thread(target=user)
    thread.start()
    for width in range(1, 6):
        run(rows=ROWS[:, :1] * np.ones(width, np.float32))
    stop.set()
    thread.join()
    jax.jit(lambda x: x * 3)(jnp.ones(7))
    assert [path.name.split("-")[0] for path in entries(folder)] == ["twice"] * 5
    assert all(seen == before for seen in [*theirs, dict(jax.config.values)])


def test_entries_that_nobody_uses_make_room(folder, monkeypatch):
    monkeypatch.setattr(cache_module, "MAX_ENTRIES", 3)
    folder = cache_folder()
    for age, key in enumerate("abc"):
        write_entry(folder, key, key.encode())
        os.utime(folder / f"{key}.program", (1000 + age, 1000 + age))
    assert read_entry(folder, "a") == b"a"  # used now
    write_entry(folder, "d", b"d")
    assert [path.stem for path in entries(folder)] == ["a", "c", "d"]


SCRIPT = """
import json, sys
import jax, numpy as np
from imbgan import TabularGAN
compiled = []
jax.monitoring.register_event_duration_secs_listener(
    lambda event, seconds, **_: compiled.append(1) if event == "/jax/core/compile/backend_compile_duration" else None
)
rng = np.random.default_rng(0)
X, y = rng.normal(size=(60, 3)), np.repeat([0, 1], [45, 15])
gan = TabularGAN(max_iter=10, random_state=0).fit(X, y)
print(json.dumps([len(compiled), gan.sample(3, label=1).tolist()]))
"""


@pytest.mark.slow
def test_three_processes_and_one_compilation_of_each_program(tmp_path):
    def process(cache):
        names = ("JAX_COMPILATION_CACHE_DIR", "JAX_ENABLE_COMPILATION_CACHE")
        environment = {name: value for name, value in os.environ.items() if name not in names}
        command = [sys.executable, "-W", "ignore", "-c", SCRIPT]
        done = subprocess.run(
            command, env=environment | {"IMBGAN_CACHE": cache}, capture_output=True, text=True, check=True
        )
        assert done.stderr == ""
        return json.loads(done.stdout)

    without, first, second = (process(cache) for cache in ("off", str(tmp_path), str(tmp_path)))
    assert (first[0], second[0]) == (3, 0)
    assert without[1] == first[1] == second[1]
    assert len(list(Path(tmp_path).rglob("*.program"))) == 3
