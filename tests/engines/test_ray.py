"""A Ray cluster of several processes gives the same figures as this process, also when one of them is killed."""

import os
import signal
import socket
import subprocess
import sys

import numpy as np
import polars as pl
import pytest
from sklearn.base import clone
from sklearn.datasets import make_classification
from sklearn.naive_bayes import GaussianNB

from imbgan import AutoBalancedClassifier
from imbgan.bulk import Options, surveying
from imbgan.comparison import Strategy, compare
from imbgan.data import open_data_set
from imbgan.engines import LocalEngine, RayEngine
from imbgan.engines.ray import connect
from imbgan.exceptions import EngineError, ImbganWarning, ParameterError
from imbgan.tabular.reservoir import ReservoirSize

ray = pytest.importorskip("ray")


@pytest.fixture(scope="module")
def cluster():
    connect("local", num_cpus=2, include_dashboard=False)
    yield
    ray.shutdown()


@pytest.fixture(scope="module")
def table():
    return make_classification(300, n_informative=4, weights=[0.85], flip_y=0.05, random_state=0)


def dying(marker):
    """Return a strategy whose process is killed when it is first made in another process than this one."""
    home = os.getpid()

    def make(estimator, seed):
        if os.getpid() != home and not marker.exists():
            marker.touch()
            os.kill(os.getpid(), signal.SIGKILL)
        return estimator

    return Strategy("dying", "a worker that is killed once", make)


def figures(found):
    rows = [(s.strategy, s.estimator, s.metric, s.label, s.mean, s.std, s.gain, s.p_value) for s in found.scores]
    return rows, [(run.strategy, run.estimator, run.status, run.class_counts) for run in found.runs]


def test_a_comparison_is_equal_bit_for_bit_though_a_worker_is_killed(cluster, table, tmp_path):
    marker = tmp_path / "killed"
    settings = {
        "estimator": GaussianNB(),
        "strategies": ["none", "random_over", dying(marker)],
        "cv": 2,
        "random_state": 0,
    }
    expected = compare(*table, **settings)
    assert not marker.exists()
    found = compare(*table, **settings, engine="ray", path=tmp_path / "results.jsonl")
    assert marker.exists()
    assert figures(found) == figures(expected)
    # The journal of one engine is that of every other.
    lines = (tmp_path / "results.jsonl").read_text().splitlines(keepends=True)
    (tmp_path / "results.jsonl").write_text("".join(lines[: len(lines) // 2]))
    assert figures(compare(*table, **settings, path=tmp_path / "results.jsonl")) == figures(expected)


@pytest.mark.slow
def test_a_worker_that_is_killed_while_it_reads_costs_no_row_and_counts_none_twice(cluster, tmp_path, monkeypatch):
    frame = pl.DataFrame(
        {"amount": np.arange(900) / 7, "label": ["rare" if i % 9 == 0 else "common" for i in range(900)]}
    )
    for number, part in enumerate(frame.iter_slices(300)):
        part.write_parquet(tmp_path / f"{number}.parquet")
    data_set, options = open_data_set(tmp_path), Options("label", size=ReservoirSize(per_class=60, of_largest=50))
    expected = surveying.survey_files(data_set, options, LocalEngine())
    marker, read = tmp_path / "_killed", surveying.survey_section

    def dying(data_set, options, section):
        def killed(frame):
            marker.touch()
            os.kill(os.getpid(), signal.SIGKILL)

        # In the process of the worker: when rows were read, and before their figures are known.
        if not marker.exists():
            read.__globals__["summary_of"] = killed
        return read(data_set, options, section)

    monkeypatch.setattr(surveying, "survey_section", dying)
    with RayEngine() as engine:
        found = surveying.survey_files(data_set, options, engine)
    assert marker.exists()
    assert found.class_counts == expected.class_counts == {"common": 800, "rare": 100}
    assert found.figures == expected.figures
    rows, wanted = found.survey.result(), expected.survey.result()
    assert rows.X.equals(wanted.X)
    assert rows.labels.values.tolist() == wanted.labels.values.tolist()


@pytest.mark.slow
def test_a_choice_is_equal_bit_for_bit(cluster, table):
    choice = AutoBalancedClassifier(GaussianNB(), ["class_weight", "random_over"], cv=2, random_state=0)
    here, there = choice.fit(*table), clone(choice).set_params(engine="ray").fit(*table)
    for name, values in here.cv_results_.items():
        if name != "mean_fit_time":
            np.testing.assert_array_equal(there.cv_results_[name], values, name)
    assert there.verdict_ == here.verdict_


@pytest.mark.slow
def test_a_connection_that_exists_is_used_and_left(cluster, tmp_path):
    with RayEngine() as engine:
        assert (engine.n_workers(None), engine.n_workers(-2), engine.n_workers(7)) == (2, 1, 2)
        assert RayEngine(cpus=2).n_workers(None) == RayEngine(gpus=1).n_workers(None) == 1
    assert ray.is_initialized()
    with RayEngine(cpus=3) as engine, pytest.warns(ImbganWarning, match="has 3 CPUs and 0 GPUs"):
        engine._task(ray, figures)
    with pytest.raises(ParameterError, match="is connected to the Ray cluster"), RayEngine("10.0.0.1:6379"):
        pass


@pytest.mark.slow
def test_on_this_machine_alone_nothing_waits_for_another(cluster):
    with RayEngine(gpus=64) as engine:
        engine._is_alone = True  # as if it had started the cluster
        with pytest.raises(ParameterError, match="This machine lacks 1 CPUs and 64 GPUs"):
            list(engine.map(abs, [1]))


@pytest.mark.parametrize(
    ("given", "variable", "expected"),
    [
        (None, None, "local"),
        (None, "", "local"),
        (None, "auto", "auto"),
        ("auto", None, "auto"),
        ("local", "auto", "local"),
    ],
)
def test_only_a_cluster_that_is_named_is_joined(monkeypatch, given, variable, expected):
    monkeypatch.delenv("RAY_ADDRESS", raising=False)
    if variable is not None:
        monkeypatch.setenv("RAY_ADDRESS", variable)
    addresses = []
    monkeypatch.setattr(ray, "init", lambda address, **_: addresses.append(address))
    assert connect(given) == (expected == "local")
    assert addresses == [expected]


@pytest.mark.slow
def test_another_program_has_a_cluster_of_its_own(cluster):
    code = (
        "from imbgan.engines import RayEngine\nimport ray\n"
        "with RayEngine({}):\n    print(ray.get_runtime_context().gcs_address)"
    )
    here = ray.get_runtime_context().gcs_address
    for given, is_same in (("", False), ("'auto'", True)):
        run = subprocess.run(
            [sys.executable, "-c", code.format(given)], capture_output=True, text=True, check=True, timeout=120
        )
        assert (run.stdout.split()[-1] == here) == is_same


def test_an_address_at_which_nothing_listens_is_an_error_at_once(monkeypatch):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        address = f"127.0.0.1:{taken.getsockname()[1]}"
    for given in (address, f"ray://{address}", "no-such-host.invalid:6379"):
        with pytest.raises(EngineError, match="No Ray cluster answers at"):
            connect(given)
    monkeypatch.setenv("RAY_ADDRESS", address)
    with pytest.raises(EngineError, match="No Ray cluster answers at"):
        connect()


@pytest.mark.slow
def test_errors_arrive_as_they_were_raised_and_what_runs_is_cancelled(cluster):
    def part(number):
        if number:
            raise ZeroDivisionError("part 1")
        return number

    with RayEngine() as engine, pytest.raises(ZeroDivisionError, match=r"^part 1$"):
        list(engine.map(part, range(9)))


@pytest.mark.slow
def test_a_part_whose_workers_all_die_is_an_error(cluster):
    def part(number):
        os.kill(os.getpid(), signal.SIGKILL)

    with RayEngine() as engine, pytest.raises(EngineError, match="lost, also after it ran again 4 times"):
        list(engine.map(part, [0]))
