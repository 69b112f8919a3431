"""The command as a process of its own: pipes, signals, speed, terminals."""

import os
import re
import shlex
import signal
import subprocess
import sys

import pytest

from imbgan import __version__

COMMANDS = ["describe", "compare", "resample", "train", "predict", "fit", "generate", "assess"]


POSIX = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such signals for other processes")


def run(*arguments, stdin=None, **variables):
    return subprocess.run(
        [sys.executable, "-m", "imbgan", *map(str, arguments)],
        input=stdin,
        capture_output=True,
        check=False,
        env={**os.environ, **variables},
    )


@pytest.mark.parametrize("arguments", [["--help"], ["compare", "--help"]])
def test_help_loads_nothing_heavy(arguments):
    code = (
        "import sys\nfrom imbgan.cli import main\n"
        f"try: main({arguments})\n"
        "finally: assert not {'jax', 'numpy', 'polars', 'sklearn', 'scipy'} & set(sys.modules), sorted(sys.modules)\n"
    )
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, check=False)
    assert (result.returncode, result.stderr) == (0, b"")


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


@POSIX
@pytest.mark.parametrize(
    ("arguments", "redirection", "message"),
    [
        ("describe - -t y", "<&-", b"Standard input is closed"),
        ("resample {table} -t is_fraud -o -", ">&-", b"Standard output is closed"),
        ("describe {table} -t is_fraud --json -", ">&-", b"Standard output is closed"),
    ],
)
def test_closed_streams_are_one_line(folder, arguments, redirection, message):
    line = arguments.format(table=shlex.quote(str(folder / "table.csv")))
    command = f"{shlex.quote(sys.executable)} -m imbgan {line} {redirection}"
    result = subprocess.run(["sh", "-c", command], stderr=subprocess.PIPE, check=False)
    assert result.returncode in (1, 2)
    assert result.stderr.startswith(b"imbgan: " + message)
    assert result.stderr.count(b"\n") == 1


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="needs a device that is always full")
def test_a_full_disk_is_one_line(folder):
    command = [sys.executable, "-m", "imbgan", "describe", str(folder / "table.csv"), "-t", "is_fraud"]
    with open("/dev/full", "wb") as full:
        result = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, check=False)
    assert result.returncode == 1
    assert result.stderr == b"imbgan: the operating system refused an input or output: No space left on device.\n"


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


# Sends the signal at the moment at which Python begins to load a module.
STOP_AT = """
import os, signal, sys
module = sys.argv.pop(1)
class Finder:
    def find_spec(self, name, path, target=None):
        if name == module:
            sys.meta_path.remove(self)
            os.kill(os.getpid(), signal.SIGINT)
sys.meta_path.insert(0, Finder())
from imbgan.cli import main
main()
"""
LOADED = [
    "imbgan.cli.interruption",
    "imbgan.cli.app",
    "typer.core",
    "polars",
    "numpy.random.mtrand",
    "jaxlib",
]


@POSIX
@pytest.mark.parametrize("module", LOADED)
def test_interrupted_while_a_module_loads(folder, tmp_path, module):
    arguments = ["resample", folder / "table.csv", "-t", "is_fraud", "-o", tmp_path / "o.csv"]
    command = [sys.executable, "-c", STOP_AT, module, *map(str, arguments)]
    result = subprocess.run(command, capture_output=True, check=False)
    assert (result.returncode, result.stdout, result.stderr) == (130, b"", b"imbgan: interrupted\n")
    assert list(tmp_path.iterdir()) == []


@POSIX
@pytest.mark.parametrize(
    ("number", "code", "word"), [(signal.SIGINT, 130, b"interrupted"), (signal.SIGTERM, 143, b"terminated")]
)
def test_stopped_while_waiting_for_input(tmp_path, number, code, word):
    command = [sys.executable, "-m", "imbgan", "describe", "-", "-t", "y", "--json", str(tmp_path / "o.json")]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    # More than a pipe holds: when all is written, the process has begun to read, and it waits for the rest.
    process.stdin.write(b"x,y\n" * 2**18)
    process.stdin.flush()
    process.send_signal(number)
    out, err = process.communicate()
    assert (process.returncode, out, err) == (code, b"", b"imbgan: " + word + b"\n")
    assert list(tmp_path.iterdir()) == []


def python(code):
    return subprocess.run([sys.executable, "-c", code], capture_output=True, check=False)


@POSIX
def test_interruption_that_python_would_only_report_is_not_lost():
    # As in the callbacks of compiled libraries, an exception in a destructor ends there.
    result = python(
        "import os, signal, sys, threading\n"
        "import imbgan.cli.app\n"
        "from imbgan.cli import main\n"
        "class Last:\n    def __del__(self): os.kill(os.getpid(), signal.SIGINT)\n"
        "def run(_):\n    Last()\n    threading.Event().wait()\n"
        "imbgan.cli.app.run = run\n"
        "main()\n"
    )
    assert (result.returncode, result.stderr) == (130, b"imbgan: interrupted\n")


@POSIX
def test_interruption_that_a_library_turns_into_another_error_is_one(folder):
    result = python(
        "import os, signal\n"
        "import imbgan.data\n"
        "from imbgan.cli import main\n"
        "def read(*_, **__):\n"
        "    try: os.kill(os.getpid(), signal.SIGINT)\n"
        "    except BaseException: raise ImportError('half loaded') from None\n"
        "imbgan.data.read_source = read\n"
        f"main(['describe', {str(folder / 'table.csv')!r}, '-t', 'is_fraud'])\n"
    )
    assert (result.returncode, result.stderr) == (130, b"imbgan: interrupted\n")


@POSIX
def test_processes_that_are_started_shielded_never_see_ctrl_c():
    result = python(
        "import os, signal, subprocess, sys\n"
        "from imbgan._signals import shielded\n"
        "send = 'import os, signal; os.kill(os.getpid(), signal.SIGINT)'\n"
        "try:\n"
        "    with shielded():\n"
        "        os.kill(os.getpid(), signal.SIGINT)\n"
        "        print(subprocess.run([sys.executable, '-c', send]).returncode, flush=True)\n"
        "except KeyboardInterrupt:\n"
        "    print('after')\n"
    )
    assert (result.stdout, result.stderr) == (b"0\nafter\n", b"")


@POSIX
def test_what_the_caller_ignores_stays_ignored(folder):
    result = python(
        "import os, signal\n"
        "signal.signal(signal.SIGINT, signal.SIG_IGN)  # as nohup does\n"
        "import imbgan.quality\n"
        "from imbgan.cli import main\n"
        "imbgan.quality.describe = lambda *_: os.kill(os.getpid(), signal.SIGINT) or exit(7)\n"
        f"main(['describe', {str(folder / 'table.csv')!r}, '-t', 'is_fraud'])\n"
    )
    assert (result.returncode, result.stderr) == (7, b"")


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


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("-e xg", ["xgboost"]),
        ("--strategies gan_b", ["gan_bagging"]),
        ("--strategies none,gan_b", ["none,gan_bagging"]),
        ("--metrics roc_auc,ro", []),
    ],
)
def test_shell_completion_knows_names(words, expected):
    line = f"imbgan compare t.csv {words}"
    result = run(_IMBGAN_COMPLETE="complete_bash", COMP_WORDS=line, COMP_CWORD="4")
    assert result.stdout.decode().split() == expected


def test_text_that_a_terminal_cannot_show_is_escaped(folder, tmp_path):
    (tmp_path / "t.csv").write_text("Größe,y\n1,日\n2,b\n", encoding="utf-8")
    result = run("describe", tmp_path / "t.csv", "-t", "y", PYTHONIOENCODING="ascii")
    assert result.returncode == 0
    assert rb"\u65e5" in result.stdout
