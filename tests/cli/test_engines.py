"""The command line on other engines than the processes of this machine."""

import json
import os
import subprocess
import sys

import pytest

from imbgan.cli import main


def command(folder, *arguments):
    return ["compare", str(folder / "table.csv"), "-t", "is_fraud", "-e", "logistic_regression", *arguments]


def test_an_address_needs_an_engine_that_has_one(folder, capsys):
    with pytest.raises(SystemExit):
        main(command(folder, "--address", "10.0.0.1:6379"))
    assert "Add --engine ray" in capsys.readouterr().err


@pytest.mark.slow
def test_ray_gives_the_same_figures_and_is_shut_down(folder, tmp_path):
    pytest.importorskip("ray")
    options = ["--strategies", "none,class_weight", "--folds", "3", "--repeats", "1"]
    found = []
    for engine in (["--engine", "ray", "--address", "local"], []):
        arguments = command(folder, *options, *engine, "--json", str(tmp_path / f"{len(found)}.json"), "-q")
        result = subprocess.run([sys.executable, "-m", "imbgan", *arguments], capture_output=True, check=False)
        assert (result.returncode, result.stderr) == (0, b"")
        found.append(json.loads((tmp_path / f"{len(found)}.json").read_text())["scores"])
    assert found[0] == found[1]


@pytest.mark.slow
def test_ctrl_c_ends_a_comparison_on_ray_and_its_processes(folder, tmp_path):
    pytest.importorskip("ray")
    psutil = pytest.importorskip("psutil")
    code = (
        "import os, signal, sys\n"
        "from imbgan.cli import main\n"
        "from imbgan.engines import ray\n"
        "def interrupted(result=ray._result):\n"
        "    def wait(*arguments):\n"
        "        os.kill(os.getpid(), signal.SIGINT)\n"
        "        return result(*arguments)\n"
        "    return wait\n"
        "ray._result = interrupted()\n"
        f"main({command(folder, '--engine', 'ray', '--address', 'local', '--budget', 'none', '-q')!r})\n"
    )
    marker = {"IMBGAN_TEST": str(tmp_path)}
    result = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, check=False, env={**os.environ, **marker}
    )
    assert (result.returncode, result.stderr) == (130, b"imbgan: interrupted\n")

    def is_left(process):
        try:
            return process.environ().get("IMBGAN_TEST") == str(tmp_path)
        except psutil.Error:
            return False

    left = [process for process in psutil.process_iter() if is_left(process)]
    assert psutil.wait_procs(left, timeout=60)[1] == []


def test_one_table_is_resampled_here(folder, tmp_path, capsys):
    arguments = ["resample", str(folder / "table.csv"), "-t", "is_fraud", "-o", str(tmp_path / "out.csv")]
    with pytest.raises(SystemExit):
        main([*arguments, "--engine", "ray"])
    assert "--engine is only for tables that are read in batches" in capsys.readouterr().err
