"""A run that is killed (kill -9) leaves nothing that looks whole and is not, and is finished with the same bytes."""

import signal
import subprocess
import sys
from pathlib import Path

import pytest
from tests.bulk.conftest import WRITERS, table
from tests.bulk.test_resampling import contents

from imbgan.bulk import generating

pytestmark = pytest.mark.filterwarnings("ignore::imbgan.ImbganWarning")


def run(*arguments: object) -> subprocess.CompletedProcess[str]:
    script = Path(__file__).with_name("killed.py")
    return subprocess.run([sys.executable, script, *map(str, arguments)], capture_output=True, text=True, check=False)


def source_in(folder: Path) -> Path:
    (folder / "in").mkdir()
    for i, part in enumerate(table(240).iter_slices(80)):
        WRITERS["parquet"](part, folder / "in" / f"part-{i}.parquet")
    return folder / "in"


def check_moments(folder: Path, shares: list[float]) -> None:
    source, whole = source_in(folder), folder / "whole"
    finished = run(source, whole, 0)
    assert finished.returncode == 0, finished.stderr
    n_moments, wanted = int(finished.stdout), contents(whole)
    for number, share in enumerate(shares):
        at = max(1, round(share * n_moments))
        out = folder / f"out-{number}"
        killed = run(source, out, at)
        assert killed.returncode == -signal.SIGKILL, (at, killed.stderr)
        # Either there is no output, or it is complete.
        assert not out.exists() or wanted.items() <= contents(out).items(), at
        for path in out.with_name(f"{out.name}.part").rglob("[!._]*.parquet"):
            assert path.read_bytes() == wanted[path.name], at
        resumed = run(source, out, 0, "resume")
        assert resumed.returncode == 0, (at, resumed.stderr)
        assert contents(out) == wanted, at
        assert not list(folder.glob("*.part")), at


def test_killed_while_it_writes(tmp_path, resampled, monkeypatch):
    """One moment among originals and generated rows; this process finishes the run, and makes one to compare."""
    monkeypatch.setattr(generating, "FILE_ROWS", 60)
    monkeypatch.setattr(generating, "ROWS", 25)
    source = source_in(tmp_path)
    killed = run(source, tmp_path / "out", 50)
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    assert not (tmp_path / "out").exists()
    assert len(list((tmp_path / "out.part").glob("*.parquet"))) in range(1, 6)
    assert contents(resampled(source, resume=True)) == contents(resampled(source, "whole"))


@pytest.mark.slow
def test_twenty_moments(tmp_path):
    check_moments(tmp_path, [(i + 1) / 20.5 for i in range(20)])
