"""What the code assumes of the operating system, read from the source: nothing that Windows or macOS lack."""

import ast
import functools
from pathlib import Path

import pytest

import imbgan

SOURCE = Path(imbgan.__file__).parent
#: The source of each module.
FILES = {path.relative_to(SOURCE).as_posix(): path.read_text(encoding="utf-8") for path in SOURCE.rglob("*.py")}
#: Modules of the standard library that only POSIX systems have.
POSIX = {"crypt", "fcntl", "grp", "nis", "posix", "pty", "pwd", "resource", "spwd", "syslog", "termios", "tty"}
#: Functions that Windows lacks. The code may use them where it asks first whether they are there.
LACKING = {"fork", "forkpty", "getuid", "geteuid", "getgid", "mkfifo", "setsid", "killpg", "getpgid", "nice", "uname"}


@functools.cache
def calls(source):
    return [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call)]


def name_of(call):
    function = call.func
    return function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")


def mode_of(call):
    """Return the mode of a call of open, which stands second for the function and first for the method."""
    place = 1 if isinstance(call.func, ast.Name) else 0
    given = [keyword.value for keyword in call.keywords if keyword.arg == "mode"] + call.args[place : place + 1]
    if not given:
        return "r"
    return given[0].value if isinstance(given[0], ast.Constant) else "w"  # any mode


def is_text(call):
    name = name_of(call)
    if name in ("read_text", "write_text"):
        return isinstance(call.func, ast.Attribute)
    if name != "open" or any(isinstance(argument, ast.Starred) for argument in call.args):
        return False
    owner = call.func.value if isinstance(call.func, ast.Attribute) else None
    is_other = (isinstance(owner, ast.Name) and owner.id in ("os", "pillow")) or getattr(owner, "attr", "") == "store"
    takes_no_mode = isinstance(owner, ast.Name) and owner.id in ("self", "store")
    return not is_other and not takes_no_mode and "b" not in str(mode_of(call))


def unencoded(source):
    """Return the lines of calls that read or write text in whatever encoding the system has."""
    found = []
    for call in calls(source):
        keywords = {keyword.arg for keyword in call.keywords}
        has_place = name_of(call) == "read_text" and call.args  # its first argument is the encoding
        if is_text(call) and "encoding" not in keywords and not has_place:
            found.append(call.lineno)
    return found


def untranslated(source):
    """Return the lines of calls that write text with the line ends of the system."""
    found = []
    for call in calls(source):
        keywords = {keyword.arg for keyword in call.keywords}
        writes = name_of(call) == "write_text" or (name_of(call) == "open" and set(str(mode_of(call))) & set("wax+"))
        if is_text(call) and writes and "newline" not in keywords:
            found.append(call.lineno)
    return found


@pytest.mark.parametrize("check", [unencoded, untranslated])
def test_text_is_written_alike_everywhere(check):
    found = {name: check(source) for name, source in FILES.items()}
    assert {name: lines for name, lines in found.items() if lines} == {}


def test_the_scan_sees_what_it_looks_for():
    assert unencoded("a.open()\nopen(b)\na.read_text()\nopen(b, 'rb')\na.read_text('utf-8')\nx.open('w')") == [
        1,
        2,
        3,
        6,
    ]
    assert untranslated("a.open('w')\na.write_text('x', encoding='u')\na.open('wb')\na.open('a', newline='')") == [1, 2]
    assert imported_at_once("import fcntl\nfrom pwd import x\ndef f():\n    import resource\n") == {"fcntl", "pwd"}


def imported_at_once(source):
    """Return the modules that are imported when a module is, and not only when a function is called."""
    found, waiting = set(), list(ast.parse(source).body)
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.Import):
            found |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            found.add((node.module or "").split(".")[0])
        elif not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Try):
            waiting += ast.iter_child_nodes(node)
    return found


def test_no_module_needs_a_module_that_only_posix_has():
    found = {name: imported_at_once(source) & POSIX for name, source in FILES.items()}
    assert {name: modules for name, modules in found.items() if modules} == {}


def test_functions_that_windows_lacks_are_asked_for_first():
    for file, source in FILES.items():
        for name in LACKING:
            assert f"os.{name}(" not in source or f'hasattr(os, "{name}")' in source, (file, name)


def test_files_take_the_place_of_others_and_folders_a_free_one():
    # Windows renames nothing onto what exists; os.replace does, but moves no folder onto another one anywhere.
    assert {name for name, source in FILES.items() if "os.rename(" in source} == {"_files.py", "bulk/part_folder.py"}
