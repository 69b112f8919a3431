import importlib.util
import itertools
import json
import subprocess
import sys
from pathlib import Path
from types import ModuleType
from typing import ClassVar

import numpy as np
import pytest

pd = pytest.importorskip("pandas")

SCRIPT = Path(__file__).parents[2] / "benchmarks" / "speed.py"


@pytest.fixture
def speed() -> ModuleType:
    spec = importlib.util.spec_from_file_location("speed", SCRIPT)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def small_table(rng: np.random.Generator):
    labels = np.repeat(["common", "rare"], [60, 20])
    city = rng.choice(["Bern", "Lima"], 80)
    return pd.DataFrame({"x": rng.normal(size=80), "city": city, "label": labels})


def test_numbers_table_is_2000_by_20_with_a_tenth_rare(speed):
    table = speed.numbers_table()
    assert table.drop(columns="label").shape == (2000, 20)
    assert (table["label"] == "rare").mean() == pytest.approx(0.1, abs=0.005)
    assert not table.isna().any(axis=None)


def test_mixed_table_has_the_shape_of_adult(speed, monkeypatch):
    monkeypatch.delenv("IMBGAN_DATA", raising=False)
    table = speed.mixed_table()
    X = table.drop(columns="label")
    levels = X.select_dtypes(exclude="number").nunique()
    assert X.shape == (32_000, 14)
    assert len(levels) == 8
    assert (levels.min(), levels.max()) == (2, 42)
    assert (table["label"] == "rare").mean() == pytest.approx(0.24, abs=0.01)


@pytest.mark.data
def test_mixed_table_is_adult_where_the_data_sets_are(speed, data_set):
    real = data_set("adult")
    table = speed.mixed_table()
    assert list(table.columns) == [*real.X.columns, "label"]
    assert len(table) == 32_000
    assert not table.isna().any(axis=None)
    assert (table["label"] == "rare").mean() == pytest.approx(0.24, abs=0.01)


def test_scaling_recovers_a_planted_set_up_and_time_per_epoch(speed):
    start_s = 20.0  # of the process, paid once

    def fit_s(n_epochs: int) -> float:
        return 7.0 + 0.4 * n_epochs

    for n_epochs in (2, 10, 300):
        assert speed.scaled_fit(start_s + fit_s(1), fit_s(1), fit_s(n_epochs), n_epochs) == pytest.approx(
            start_s + fit_s(300)
        )


class FakeSampler:
    """Compiles one program of its own in the first fit, as the real sampler does, but a small one."""

    history_: ClassVar = {"step": np.array([100, 200])}

    def __init__(self, random_state: int) -> None:
        import jax

        self.program = jax.jit(lambda x: x * 2 + random_state)
        self.drawn: list[tuple[int, str]] = []
        self.gan_ = self

    def fit_resample(self, X, y) -> None:
        assert "label" not in X.columns
        self.program(y.to_numpy() == "rare").block_until_ready()

    def sample(self, n: int, *, label: str) -> None:
        self.drawn.append((n, label))


def test_what_is_compiled_is_counted_for_each_fit(speed, small_table, monkeypatch):
    import imbgan

    sampler = FakeSampler(7)
    monkeypatch.setattr(imbgan, "GANOverSampler", lambda random_state: sampler, raising=False)
    record = speed.measure_imbgan(small_table, 40, 7)
    assert (record["first_compilations"], record["again_compilations"]) == (1, 0)
    assert record["steps"] == 200
    assert sampler.drawn == [(40, "rare"), (10_000, "rare")]


class FakeCTGAN:
    calls: ClassVar[list[tuple[str, object]]] = []

    def __init__(self, epochs: int | None = None) -> None:
        self.calls.append(("epochs", epochs))

    def fit(self, table, discrete) -> None:
        self.calls.append(("fit", (list(table.columns), discrete)))

    def sample(self, n, condition_column, condition_value):
        self.calls.append(("sample", (n, condition_column, condition_value)))
        return pd.DataFrame({"label": ["rare", "common"] * (n // 2)})


@pytest.fixture
def fake_ctgan(monkeypatch) -> list[tuple[str, object]]:
    torch, ctgan = ModuleType("torch"), ModuleType("ctgan")
    torch.manual_seed = lambda seed: None
    ctgan.CTGAN = FakeCTGAN
    monkeypatch.setattr(FakeCTGAN, "calls", [])
    monkeypatch.setitem(sys.modules, "torch", torch)
    monkeypatch.setitem(sys.modules, "ctgan", ctgan)
    return FakeCTGAN.calls


@pytest.mark.global_random  # the peer draws from the global state, which is seeded for it
def test_the_peer_is_conditioned_on_the_label_as_first_discrete_column(speed, small_table, fake_ctgan):
    record = speed.measure_ctgan(small_table, 40, 0, 300)
    assert ("fit", (["label", "x", "city"], ["label", "city"])) in fake_ctgan
    assert ("sample", (40, "label", "rare")) in fake_ctgan
    assert [value for name, value in fake_ctgan if name == "epochs"] == [None]  # its own default
    assert record["rare_share_of_generated"] == 0.5
    assert "scaled_s" not in record


@pytest.mark.global_random
def test_fewer_epochs_of_the_peer_are_measured_beside_one(speed, small_table, fake_ctgan, monkeypatch):
    seconds = iter([0.5, 0.1, 1.0, 0.2, 0.2])  # one epoch from cold, one warm, then ten; twice drawing rows
    monkeypatch.setattr(speed, "seconds_of", lambda work: (work(), next(seconds))[1])
    record = speed.measure_ctgan(small_table, 40, 0, 10)
    assert [value for name, value in fake_ctgan if name == "epochs"] == [1, 1, 10]
    assert record["fit_one_epoch_s"] == [0.5, 0.1]
    assert record["scaled_s"] == pytest.approx(0.5 + 299 * 0.1 + 0.2)


@pytest.mark.global_random
def test_epochs_that_drown_in_noise_are_not_scaled(speed, small_table, fake_ctgan, monkeypatch):
    seconds = iter([30.0, 28.0, 27.0, 0.1, 0.1])  # one epoch from cold, one warm, then ten: no slower
    monkeypatch.setattr(speed, "seconds_of", lambda work: (work(), next(seconds))[1])
    assert "scaled_s" not in speed.measure_ctgan(small_table, 40, 0, 10)


def test_a_run_starts_without_compiled_programs(speed, monkeypatch, tmp_path):
    environments = []

    def run(command, **options):
        environments.append(options["env"])
        return subprocess.CompletedProcess(command, 0, 'noise\n{"first_s": 1.0}\n', "")

    monkeypatch.setenv("JAX_COMPILATION_CACHE_DIR", str(tmp_path))
    monkeypatch.setattr(speed.subprocess, "run", run)
    assert speed.run_once("python", "imbgan", tmp_path / "t.csv", 1, 0, 300) == {"first_s": 1.0}
    assert "JAX_COMPILATION_CACHE_DIR" not in environments[0]
    assert environments[0]["JAX_ENABLE_COMPILATION_CACHE"] == "0"


def test_a_failed_run_ends_with_what_it_said(speed, tmp_path):
    with pytest.raises(SystemExit, match=r"run of imbgan .* failed:[\s\S]*FileNotFoundError"):
        speed.run_once(sys.executable, "imbgan", tmp_path / "absent.csv", 1, 0, 300)


@pytest.fixture
def fake_runs(speed, monkeypatch, small_table):
    """Runs of known seconds: imbgan needs 1, 2, 3 s for seeds 0, 1, 2, ctgan 10 times the square of that."""

    def run_once(python, system, csv, n_wanted, seed, n_epochs):
        seconds = float(seed + 1)
        if system == "imbgan":
            return {"first_s": seconds, "rows_per_second": 100.0, "peak_mib": 500.0}
        return {"first_s": 10 * seconds**2, "rows_per_second": 20.0, "peak_mib": 250.0, "epochs": n_epochs}

    monkeypatch.setattr(speed, "run_once", run_once)
    monkeypatch.setattr(speed, "TABLES", {"numbers": lambda: small_table})


def test_systems_take_turns_and_every_run_is_kept(speed, fake_runs, tmp_path, capsys):
    out = tmp_path / "runs.jsonl"
    speed.main(["--tables", "numbers", "--peer-python", sys.executable, "--out", str(out), "--markdown"])
    records = [json.loads(line) for line in out.read_text().splitlines()]
    turns = [(record["seed"], record["system"]) for record in records]
    assert turns == list(itertools.product(range(3), ("imbgan", "ctgan")))
    assert {record["n_wanted"] for record in records} == {40}
    printed = capsys.readouterr().out
    # Ratios are of pairs: 10, 20 and 30, whereas the ratio of medians would be 20 with no range.
    fit = next(line for line in printed.splitlines() if line.startswith("| fit and generate"))
    assert [text.strip() for text in fit.split("|")[2:5]] == ["2 (1..3)", "40 (10..90)", "20 (10..30)"]


def test_a_rate_is_better_the_higher_it_is(speed, fake_runs, tmp_path):
    out = tmp_path / "runs.jsonl"
    speed.main(["--tables", "numbers", "--peer-python", sys.executable, "--out", str(out), "--repeats", "1"])
    header, *rows = speed.summary([json.loads(line) for line in out.read_text().splitlines()])
    better = {row[0]: row[header.index("imbgan better by")] for row in rows}
    assert better["10,000 rows: rows per second"] == "5"
    assert better["peak memory (MiB)"] == "0.5"


def test_scaled_seconds_stand_in_columns_of_their_own(speed):
    records = [
        {"system": "imbgan", "seed": 0, "first_s": 2.0},
        {"system": "ctgan", "seed": 0, "first_s": 9.0, "scaled_s": 250.0, "epochs": 10},
    ]
    header, *rows = speed.summary(records)
    assert header[2:] == [
        "ctgan, 10 epochs",
        "imbgan better by",
        "ctgan, scaled to 300 epochs",
        "imbgan better by (scaled)",
    ]
    assert rows[0][1:] == ["2", "9", "4.5", "250", "125"]
    assert all(len(row) == len(header) for row in rows)
    assert all(row[4:] == ["-", "-"] for row in rows[1:])


def test_without_a_peer_one_line_says_how_to_make_it(speed, fake_runs, capsys):
    speed.main(["--tables", "numbers", "--repeats", "1"])
    captured = capsys.readouterr()
    hints = [line for line in captured.err.splitlines() if "ctgan" in line]
    assert len(hints) == 1
    assert "python -m venv .venv-ctgan" in hints[0]
    assert "torch==2.13.0 ctgan" in hints[0]
    assert "ctgan" not in captured.out


@pytest.mark.parametrize(
    "arguments",
    [["--repeats", "0"], ["--peer-epochs", "1"], ["--peer-epochs", "301"], ["--peer-python", "/no"]],
)
def test_unusable_arguments_are_refused_before_measuring(speed, arguments):
    with pytest.raises(SystemExit) as raised:
        speed.parse(arguments)
    assert raised.value.code == 2
