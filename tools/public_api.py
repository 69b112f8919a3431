"""Write what users can call, one line each, into ``tests/public_api.txt``; a test compares it with the package.

``python tools/public_api.py`` renews the file. A line that changes or goes is a decision: see
``docs/reference/stability.md``.
"""

import inspect
from collections.abc import Iterator
from pathlib import Path

import typer

import imbgan
from imbgan.cli.app import app

FILE = Path(__file__).resolve().parent.parent / "tests" / "public_api.txt"


def lines() -> Iterator[str]:
    """Yield public names with parameters and defaults, methods and properties, and the commands with their options."""
    for name in sorted(imbgan.__all__):
        found = getattr(imbgan, name)
        if not inspect.isclass(found):
            yield f"{name}{_signature(found)}"
            continue
        bases = [base.__name__ for base in found.__mro__[1:] if issubclass(base, Exception)]
        yield f"class {name}{f' is a {bases[0]}' if bases else _signature(found)}"
        if not bases:
            yield from _members(name, found)
    commands = typer.main.get_command(app).commands  # type: ignore[attr-defined]
    for name, command in sorted(commands.items()):
        options = [
            f"{'/'.join([*each.opts, *each.secondary_opts])}{'' if each.required else f'={each.default!r}'}"
            for each in command.params
        ]
        yield f"imbgan {name} {' '.join(sorted(options))}"


def _members(name: str, kind: type) -> Iterator[str]:
    for member in sorted(dir(kind)):
        # Methods that scikit-learn makes, such as routing of metadata, are its own.
        home = next((base for base in kind.__mro__ if member in vars(base)), kind)
        if member.startswith("_") or not home.__module__.startswith("imbgan"):
            continue
        value = inspect.getattr_static(home, member)
        if isinstance(value, staticmethod | classmethod) or inspect.isfunction(value):
            yield f"{name}.{member}{_signature(getattr(kind, member))}"
        elif isinstance(value, property):
            yield f"{name}.{member}"


def _signature(found: object) -> str:
    """Return the parameters with defaults; annotations may become clearer without a decision."""
    parts: list[str] = []
    is_keyword = False
    try:
        parameters = inspect.signature(found).parameters.values()  # type: ignore[arg-type]
    except ValueError:
        return "(...)"
    for each in parameters:
        if each.kind is each.KEYWORD_ONLY and not is_keyword:
            parts.append("*")
        is_keyword = is_keyword or each.kind in (each.KEYWORD_ONLY, each.VAR_POSITIONAL)
        stars = {each.VAR_POSITIONAL: "*", each.VAR_KEYWORD: "**"}.get(each.kind, "")
        default = "" if each.default is each.empty else f"={_plain(each.default)}"
        parts.append(f"{stars}{each.name}{default}")
    return f"({', '.join(parts)})"


def _plain(value: object) -> str:
    """Return a default without the address of an object."""
    return getattr(value, "__qualname__", "<function>") if callable(value) else repr(value).split(" at 0x")[0]


if __name__ == "__main__":
    FILE.write_text("\n".join(lines()) + "\n", encoding="utf-8")
