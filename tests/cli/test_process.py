"""The command as a process of its own: pipes, signals, speed, terminals."""

import os
import re
import signal
import subprocess
import sys
import time

import pytest

from imbgan import __version__

COMMANDS = ["describe", "compare", "resample", "fit", "generate", "assess"]


def run(*arguments, stdin=None, **variables):
    return subprocess.run(
        [sys.executable, "-m", "imbgan", *map(str, arguments)],
        input=stdin,
        capture_output=True,
        check=False,
        env={**os.environ, **variables},
    )


def test_help_is_quick_and_loads_nothing_heavy():
    code = (
        "import sys\nfrom imbgan.cli import main\n"
        "try: main(['--help'])\n"
        "finally: assert not {'jax', 'numpy', 'polars', 'sklearn', 'scipy'} & set(sys.modules), sorted(sys.modules)\n"
    )
    seconds = []
    for _ in range(3):
        began = time.perf_counter()
        result = subprocess.run([sys.executable, "-c", code], capture_output=True, check=False)
        seconds.append(time.perf_counter() - began)
        assert (result.returncode, result.stderr) == (0, b"")
    # The best of three: the others may share the cores with other tests.
    assert min(seconds) < 1.0


def test_version_and_no_arguments():
    assert run("--version").stdout.decode().strip() == f"imbgan {__version__}"
    result = run()
    assert result.returncode == 0
    assert all(command in result.stdout.decode() for command in COMMANDS)


def test_pipe_in_and_json_out(folder):
    result = run("describe", "-", "-t", "is_fraud", "--json", "-", stdin=(folder / "table.csv").read_bytes())
    assert result.returncode == 0
    assert result.stdout.startswith(b"{")
    assert b"What to expect" in result.stderr


def test_reader_that_leaves_is_no_error(folder):
    command = [sys.executable, "-m", "imbgan", "describe", str(folder / "table.csv"), "-t", "is_fraud"]
    reader, writer = os.pipe()
    os.close(reader)
    result = subprocess.run(command, stdout=writer, stderr=subprocess.PIPE, check=False)
    os.close(writer)
    assert result.stderr == b""
    assert result.returncode == 1


def test_interrupted_while_writing_leaves_nothing(folder, tmp_path):
    # A true signal at the worst moment: the temporary file is written and not yet renamed.
    code = (
        "import os, signal, sys\nfrom imbgan.cli import main\n"
        "os.fsync = lambda _: os.kill(os.getpid(), signal.SIGINT)\n"
        "main(sys.argv[1:])\n"
    )
    arguments = ["describe", folder / "table.csv", "-t", "is_fraud", "--json", tmp_path / "d.json"]
    result = subprocess.run([sys.executable, "-c", code, *map(str, arguments)], capture_output=True, check=False)
    assert result.returncode == 130
    assert result.stderr == b"imbgan: interrupted\n"
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGINT for other processes")
def test_interrupted_while_waiting_for_input(tmp_path):
    command = [sys.executable, "-m", "imbgan", "resample", "-", "-t", "y", "-o", str(tmp_path / "o.csv")]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    # Whenever the signal comes after Python has started, loading or waiting, the end is the same.
    time.sleep(1.0)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=60)
    assert process.returncode == 130
    assert (out, err) == (b"", b"imbgan: interrupted\n")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("columns", ["40", "80", "200"])
def test_help_fits_terminals(columns):
    text = run("resample", "--help", COLUMNS=columns).stdout.decode()
    for option in ("--target", "--drop-missing-target", "--output-format"):
        assert option in text
    assert max(map(len, text.splitlines())) <= max(int(columns), 52)
    assert "imbgan resample train.csv" in " ".join(text.split())


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_shows_an_example(imbgan, command):
    result = imbgan(command, "--help")
    assert result.code == 0
    assert f"Example: imbgan {command} " in " ".join(result.out.split())


def test_no_color_is_respected():
    colored = run("--help", FORCE_COLOR="1", TERM="xterm-256color")
    plain = run("--help", NO_COLOR="1", FORCE_COLOR="1", TERM="xterm-256color")
    color = re.compile(rb"\x1b\[(\d+;)*3[0-7]m")
    assert color.search(colored.stdout)
    assert not color.search(plain.stdout)


def test_shell_completion_knows_the_commands():
    result = run(_IMBGAN_COMPLETE="complete_bash", COMP_WORDS="imbgan re", COMP_CWORD="1")
    assert result.stdout.decode().split() == ["resample"]


def test_text_that_a_terminal_cannot_show_is_escaped(folder, tmp_path):
    (tmp_path / "t.csv").write_text("Größe,y\n1,日\n2,b\n", encoding="utf-8")
    result = run("describe", tmp_path / "t.csv", "-t", "y", PYTHONIOENCODING="ascii")
    assert result.returncode == 0
    assert rb"\u65e5" in result.stdout
