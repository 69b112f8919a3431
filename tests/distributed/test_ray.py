"""A Ray cluster of real processes writes the same bytes, whoever is killed."""

import os
import signal
import subprocess
import sys

import polars as pl
import pytest

from imbgan.bulk import resampling
from imbgan.distributed import resample
from imbgan.engines import RayEngine
from imbgan.engines.ray import connect

ray = pytest.importorskip("ray")
pytestmark = [
    pytest.mark.slow,
    pytest.mark.filterwarnings("ignore::imbgan.exceptions.ImbganWarning"),
    pytest.mark.usefixtures("divided"),
]

N_CPUS = 7


@pytest.fixture(scope="module")
def cluster():
    connect("local", num_cpus=N_CPUS, include_dashboard=False)
    yield
    ray.shutdown()


@pytest.mark.parametrize("n_workers", [1, 2, 7])
def test_the_number_of_workers_changes_no_byte(cluster, source, options, expected, contents, tmp_path, n_workers):
    engine = RayEngine(cpus=N_CPUS / n_workers)
    outcome = resample(source, tmp_path / "out", target="label", engine=engine, **options)
    assert contents(tmp_path / "out") == expected
    found = pl.read_parquet(tmp_path / "out" / "*.parquet")
    assert found.height == outcome.n_rows
    assert dict(found.get_column("label").value_counts().iter_rows()) == outcome.after
    assert found.get_column("id").n_unique() == found.height


def test_a_killed_worker_costs_no_row(cluster, source, options, expected, contents, tmp_path, monkeypatch):
    def dying(name, write):
        def written(*arguments):
            # In the process of the worker: when the file is written, and before anybody knows.
            if not marker.exists():
                marker.touch()
                write(*arguments)
                os.kill(os.getpid(), signal.SIGKILL)
            return write(*arguments)

        marker = tmp_path / f"killed in {name}"
        monkeypatch.setattr(resampling, name, written)
        return marker

    # Once while files are copied, and once while rows are generated.
    markers = [dying(name, getattr(resampling, name)) for name in ("_write_original", "_write_stretch")]
    resample(source, tmp_path / "out", target="label", engine=RayEngine(cpus=N_CPUS / 2), **options)
    assert all(marker.exists() for marker in markers)
    assert contents(tmp_path / "out") == expected


KILLED = """
import os, signal, sys, warnings
from imbgan.bulk import generating, part_folder, surveying
from imbgan.distributed import resample
from imbgan.engines import RayEngine
from imbgan.tabular.reservoir import ReservoirSize
warnings.simplefilter("ignore")
generating.FILE_ROWS, surveying.SECTION_ROWS = 300, 4000
def record(folder, name, record=part_folder.PartFolder.record, **facts):
    record(folder, name, **facts)
    if name == "generated 1":
        os.kill(os.getpid(), signal.SIGKILL)
part_folder.PartFolder.record = record
resample(*sys.argv[1:3], target="label", engine=RayEngine("local"), **eval(sys.argv[3]))
"""


def test_a_killed_driver_leaves_nothing_that_looks_whole_and_is_resumed(source, options, expected, contents, tmp_path):
    output = tmp_path / "out"
    command = [sys.executable, "-c", KILLED, str(source), str(output), repr(options)]
    result = subprocess.run(command, capture_output=True, check=False, env=os.environ)
    assert result.returncode == -signal.SIGKILL, result.stderr.decode()
    assert not output.exists()
    assert (tmp_path / "out.part").exists()
    assert not (tmp_path / "out.part" / "_imbgan.json").exists()
    # Here, without a cluster.
    resample(source, output, target="label", engine="local", resume=True, **options)
    assert contents(output) == expected
    assert not (tmp_path / "out.part").exists()
