import importlib.util
import json
import sys
from pathlib import Path

import pytest

pytest.importorskip("pandas")
SCRIPT = Path(__file__).parents[2] / "benchmarks" / "startup.py"


@pytest.fixture
def startup():
    spec = importlib.util.spec_from_file_location("startup", SCRIPT)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def processes(startup, monkeypatch):
    """Processes of known seconds: 8 for the first of a cache and 4 afterwards, twice that for the old version."""
    seen, started = set(), []

    def run_process(command, variables):
        seconds = 1.0 if "-c" in command else 4.0 if variables["IMBGAN_CACHE"] in seen else 8.0
        seen.add(variables["IMBGAN_CACHE"])
        seconds *= 2 if "old" in variables["PYTHONPATH"] else 1
        started.append(variables)
        figures = {"wall_s": seconds, "cpu_s": 2 * seconds}
        return figures, json.dumps(figures | {"steps": 500})

    monkeypatch.setattr(startup, "run_process", run_process)
    return started


def test_versions_take_turns_and_each_run_starts_without_compiled_programs(
    startup, processes, tmp_path, capsys, monkeypatch
):
    monkeypatch.setenv("JAX_COMPILATION_CACHE_DIR", str(tmp_path))
    (tmp_path / "old" / "imbgan").mkdir(parents=True)
    out = tmp_path / "runs.jsonl"
    startup.main(["--repeats", "2", "--beside", str(tmp_path / "old"), "--out", str(out)])
    records = [json.loads(line) for line in out.read_text().splitlines()]
    turns = [(record["version"], record["job"]) for record in records]
    assert turns == [(version, job) for version in ("now", "before") for job in ("first", "next", "fit")] * 2
    assert len({variables["IMBGAN_CACHE"] for variables in processes}) == 4
    assert all("JAX_COMPILATION_CACHE_DIR" not in variables for variables in processes)
    rows = [line.split(" | ") for line in capsys.readouterr().out.splitlines() if line.startswith("| ")]
    assert rows[0][1:] == [
        "now, s",
        "now, CPU s",
        "before, s",
        "before, CPU s",
        "before / now, s",
        "before / now, CPU s |",
    ]
    assert rows[2][1] == "8 (8..8)"
    assert rows[3][3] == "8 (8..8)"
    assert rows[4][5] == "2 (2..2)"


def test_a_failed_process_ends_with_what_it_said(startup):
    with pytest.raises(SystemExit, match="no such table"):
        startup.run_process([sys.executable, "-c", "raise SystemExit('no such table')"], {})


@pytest.mark.parametrize("arguments", [["--repeats", "0"], ["--beside", "/nowhere"]])
def test_unusable_arguments_are_refused(startup, arguments):
    with pytest.raises(SystemExit) as raised:
        startup.main(arguments)
    assert raised.value.code == 2
