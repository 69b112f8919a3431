"""The benchmark of speed gives every system the same rows, runs nothing twice, and compares runs of one seed."""

import json
import subprocess
import sys
from types import ModuleType
from typing import ClassVar

import numpy as np
import pytest

from benchmarks.speed import __main__ as command
from benchmarks.speed import document, growth, job, peers, processes, tables
from benchmarks.speed.sections import Settings

pd = pytest.importorskip("pandas")


@pytest.fixture
def small(rng: np.random.Generator) -> tables.Split:
    labels = np.repeat(["common", "rare"], [60, 20])
    table = pd.DataFrame({"x": rng.normal(size=80), "city": rng.choice(["Bern", "Lima"], 80), "label": labels})
    return tables.Split(table, table[:0], ["city"])


def test_mixed_table_has_the_shape_of_adult():
    parts = tables.mixed(32_000, 0)
    X = parts.train.drop(columns="label")
    levels = X[parts.discrete].nunique()
    assert X.shape == (32_000, 14)
    assert len(levels) == 8
    assert (levels.min(), levels.max()) == (2, 42)
    assert (parts.train["label"] == "rare").mean() == pytest.approx(0.24, abs=0.01)
    assert parts.n_wanted == 32_000 - 2 * (parts.train["label"] == "rare").sum()


@pytest.mark.data
@pytest.mark.parametrize("name", tables.NAMES)
def test_rows_to_learn_from_are_10000_and_none_of_them_is_tested_on(name, data_set):
    n = len(data_set(name).X)
    parts = tables.split(name, 0)
    assert (len(parts.train), len(parts.test)) == (10_000, n - 10_000)
    shares = [(part["label"] == "rare").mean() for part in (parts.train, parts.test)]
    assert shares[0] == pytest.approx(shares[1], rel=0.02)
    assert not parts.train.isna().any(axis=None)


class FakePeer:
    calls: ClassVar[list[tuple[str, object]]] = []

    def __init__(self, **options: object) -> None:
        self.calls.append(("options", options))

    def fit(self, table, discrete) -> None:
        self.calls.append(("fit", (list(table.columns), discrete)))

    def sample(self, n, *condition):
        self.calls.append(("sample", (n, *condition)))
        return pd.DataFrame({"x": 0.0, "city": "Bern", "label": ["rare", "common"] * (n // 2)})


@pytest.mark.global_random  # the peer draws from the global state, which is seeded for it
def test_the_peer_runs_at_its_defaults_conditioned_on_the_label_as_first_column(small, monkeypatch):
    torch, ctgan = ModuleType("torch"), ModuleType("ctgan")
    torch.manual_seed, torch.get_num_threads = (lambda seed: None), (lambda: 1)
    ctgan.CTGAN = FakePeer
    monkeypatch.setattr(FakePeer, "calls", [])
    monkeypatch.setitem(sys.modules, "torch", torch)
    monkeypatch.setitem(sys.modules, "ctgan", ctgan)
    what = {"seed": 0, "n_wanted": 40, "million": False}
    record, rows = job.run("ctgan", small.train, small.discrete, what)
    assert FakePeer.calls[0] == ("options", {})
    assert FakePeer.calls[1] == ("fit", (["label", "x", "city"], ["label", "city"]))
    assert set(FakePeer.calls[2:]) == {("sample", (40, "label", "rare"))}
    assert record["rare_share_of_generated"] == 0.5
    assert len(rows) == 40  # drawn again until there are enough of the class
    assert {"fit_s", "fit_cpu_s", "sample_s", "fit_peak_mib"} <= record.keys()


def test_a_run_starts_without_compiled_programs(small, monkeypatch, tmp_path):
    environments = []

    def run(command, **options):
        environments.append(options["env"])
        return subprocess.CompletedProcess(command, 0, 'noise\n{"fit_s": 1.0}\n', "")

    monkeypatch.setenv("JAX_COMPILATION_CACHE_DIR", str(tmp_path))
    monkeypatch.setattr(peers.subprocess, "run", run)
    assert peers.run_once("python", "imbgan", small, 0, tmp_path) == {"fit_s": 1.0}
    assert "JAX_COMPILATION_CACHE_DIR" not in environments[0]
    assert environments[0]["JAX_ENABLE_COMPILATION_CACHE"] == "0"


def test_a_failed_run_ends_with_what_it_said(small, tmp_path):
    with pytest.raises(SystemExit, match=r"run of nothing .* failed:[\s\S]*KeyError"):
        peers.run_once(sys.executable, "nothing", small, 0, tmp_path)


@pytest.fixture
def fake_runs(monkeypatch, small) -> list[tuple[str, int]]:
    """Runs of known seconds: imbgan needs 1, 2, 3 s for seeds 0, 1, 2, its peers 10 times the square of that."""
    ran: list[tuple[str, int]] = []

    def run_once(python, system, parts, seed, folder, **options):
        ran.append((system, seed))
        seconds = float(seed + 1) if system == "imbgan" else 10.0 * (seed + 1) ** 2
        return {"fit_s": seconds, "fit_cpu_s": seconds / 2, "fit_peak_mib": 500.0}

    monkeypatch.setattr(peers, "run_once", run_once)
    monkeypatch.setattr(peers, "mixed", lambda n, seed: small)
    return ran


def test_systems_take_turns_and_nothing_runs_twice(fake_runs, tmp_path):
    peers.run(tmp_path, "python", tables=[peers.MIXED], seeds=[0, 1])
    expected = [(system, seed) for seed in (0, 1) for system in ("imbgan", "smote_nc", "tvae")]
    assert fake_runs == expected
    peers.run(tmp_path, "python", tables=[peers.MIXED], seeds=[0, 1, 2])
    assert fake_runs == expected + [(system, 2) for system in ("imbgan", "smote_nc", "tvae")]
    ours, _, theirs = [line for line in peers.write(tmp_path, tmp_path) if line.startswith("| `mixed`")]
    assert "80 rows: imbgan" in ours
    # Ratios are of pairs: 10, 20 and 30, whereas the ratio of medians would be 20 with no range.
    assert [cell.strip() for cell in theirs.split("|")[3:7]] == ["40", "20", "20", "20"]


def test_without_the_interpreter_of_the_peers_they_are_left_out(fake_runs, tmp_path):
    peers.run(tmp_path, None, tables=[peers.MIXED], seeds=[0])
    assert fake_runs == [("imbgan", 0), ("smote_nc", 0)]


def test_the_page_is_what_the_lines_and_the_notes_say():
    for file in document.RESULTS.glob("*.jsonl"):
        assert all(json.loads(line) for line in file.read_text(encoding="utf-8").splitlines())
    page = document.FOLDER / "RESULTS.md"
    assert not page.exists() or page.read_text(encoding="utf-8") == document.write()


def test_unusable_arguments_are_refused_before_measuring():
    for arguments in (["run", "--peer-python", "/no"], ["run", "--sections", "nothing"], []):
        with pytest.raises(SystemExit) as raised:
            command.parse(arguments)
        assert raised.value.code == 2


def test_settings_of_a_quick_run_choose_the_smallest_table(monkeypatch, tmp_path):
    chosen = {}
    monkeypatch.setattr(peers, "run", lambda *arguments, **options: chosen.update(options))
    peers.measure(Settings(tmp_path, quick=True))
    assert chosen == {"tables": ("mammography",), "seeds": (0,)}


def test_a_slope_is_that_of_the_largest_sizes():
    assert growth.slope([1, 10, 100, 1000], [5.0, 5.0, 50.0, 500.0]) == 1.0
    assert growth.slope([1, 10], [1.0, 10.0]) is None


def test_every_size_is_measured_once_and_a_failure_is_told(monkeypatch, tmp_path):
    ran: list[tuple[str, int]] = []

    def run(command, **options):
        axis, size = command[-2], int(command[-1])
        ran.append((axis, size))
        if size > 1000:
            return subprocess.CompletedProcess(command, 1, "", "Traceback\nMemoryError: too much\n")
        found = {f"{stage}_cpu_s": size / 1000 for stage in growth.STAGES}
        peaks = {"fit_resample_peak_mib": 100.0 + size, "nothing_peak_mib": 100.0}
        return subprocess.CompletedProcess(command, 0, json.dumps(found | peaks | {"fit_resample_s": 1.0}), "")

    monkeypatch.setattr(processes.subprocess, "run", run)
    monkeypatch.setattr(growth, "SIZES", {"rows": (10, 100, 1000, 10_000)})
    for _ in range(2):
        growth.measure(Settings(tmp_path))
    assert ran == [("rows", size) for size in (10, 100, 1000, 10_000)]
    text = growth.write(tmp_path, tmp_path / "figures")
    assert [line.split("|")[-2].strip() for line in text if line.startswith("| fit |")] == ["1.00"]
    assert "10,000 rows failed: `MemoryError: too much`" in text
    assert (tmp_path / "figures" / "growth-rows.svg").read_text(encoding="utf-8").startswith("<svg")
