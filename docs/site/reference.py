"""Pages of the reference that the package itself tells: one per public name, and one per command."""

import importlib
import inspect
import re
from collections.abc import Iterator, Mapping
from enum import Enum
from types import ModuleType

import typer

import imbgan
from docs.site.contents import ERRORS, NAMES, PARTS, Group
from imbgan.cli.app import app

COMMANDS = typer.main.get_command(app).commands  # type: ignore[attr-defined]
EXIT_CODES = {
    0: "success",
    1: "failed: the message says what must hold, what was received, and what to do",
    2: "wrong use: an unknown option, a value out of range, a column that the table does not have",
    130: "interrupted by the keyboard; nothing half-written is left behind",
    143: "terminated",
}

# Values of options that name none themselves, as the help of the command line calls them.
_KINDS = {str: "TEXT", int: "N", float: "NUMBER"}


def pages() -> Iterator[tuple[str, str]]:
    """Yield where each page stands in the source of the site, and its text."""
    yield "reference/api/index.md", page_of_names()
    yield "reference/api/parts.rst", page_of_parts()
    for name in sorted(imbgan.__all__):
        yield f"reference/api/{name}.rst", page_of_name(name)
    yield "reference/commands/index.md", page_of_commands()
    for name in COMMANDS:
        yield f"reference/commands/{name}.md", page_of_command(name)


def groups_of_names() -> list[Group]:
    """Return the groups of all public names; each name is in one of them."""
    named = [name for group in NAMES for name in group.members]
    others = [name for name in sorted(imbgan.__all__) if name not in named]
    errors = [name for name in others if _is_error(name)]
    forgotten = [name for name in others if name not in errors]
    gone = [name for name in named if name not in imbgan.__all__]
    if forgotten or gone:
        raise ValueError(
            f"docs/site/contents.py must name each public name once: {forgotten} are missing, {gone} are not public"
        )
    return [*NAMES, Group(ERRORS.english, ERRORS.chinese, tuple(errors))]


def page_of_name(name: str) -> str:
    """Return the page of a public name in reStructuredText; autodoc fills it from the docstrings."""
    found = getattr(imbgan, name)
    is_class = inspect.isclass(found)
    options = ("   :members:\n" + ("" if _is_error(name) else "   :inherited-members:\n")) if is_class else ""
    directive = "autoexception" if _is_error(name) else "autoclass" if is_class else "autofunction"
    return f"{name}\n{'=' * len(name)}\n\n.. currentmodule:: imbgan\n\n.. {directive}:: {name}\n{options}"


def page_of_names() -> str:
    """Return the page that lists all public names, each with the first sentence of its docstring."""
    lines = ["# Public names", "", "What a release promises of them stands under [stability](../stability.md).", ""]
    for group in groups_of_names():
        lines += [f"## {group.english}", "", "| name | what it is |", "|---|---|"]
        for name in group.members:
            found = getattr(imbgan, name)
            # A package that can be called holds a function of its name.
            summary = (inspect.getdoc(getattr(found, name, found)) or "").split("\n\n")[0].replace("\n", " ")
            lines.append(f"| [`{name}`]({name}.rst) | {_plain(summary)} |")
        lines.append("")
    return "\n".join([*lines, *_tree([name for group in groups_of_names() for name in group.members])])


def page_of_parts() -> str:
    """Return the page of what the docstrings of public names lead to, in reStructuredText."""
    title = "Parts behind the public names"
    lines = [
        title,
        "=" * len(title),
        "",
        "Docstrings of public names lead here. These parts are experimental: a release may change them.",
        "",
    ]
    for group in PARTS:
        lines += [group.english, "-" * len(group.english), ""]
        for path in group.members:
            lines += [*_part(path, find(path)), ""]
    return "\n".join(lines)


def find(path: str) -> object:
    """Return what a dotted path names: a module, or what one holds."""
    module, _, name = path.rpartition(".")
    found = getattr(importlib.import_module(module), name, None)
    return importlib.import_module(path) if found is None else found


def _part(path: str, found: object) -> list[str]:
    if isinstance(found, ModuleType):
        # What follows belongs to no module.
        return [f".. automodule:: {path}", "   :members:", "", ".. py:currentmodule:: None"]
    if isinstance(found, Mapping | tuple):
        names = ", ".join(f'``"{name}"``' for name in found)
        return [f".. py:data:: {path}", "", f"   The names are {names}."]
    return [f".. {'autoclass' if inspect.isclass(found) else 'autofunction'}:: {path}"]


def page_of_commands() -> str:
    """Return the page that lists the commands and the exit codes."""
    lines = ["# Commands", "", "| command | what it does |", "|---|---|"]
    for name, command in COMMANDS.items():
        lines.append(f"| [`imbgan {name}`]({name}.md) | {_plain((command.help or '').splitlines()[0])} |")
    lines += ["", "## Exit codes", "", "| code | meaning |", "|---|---|"]
    lines += [f"| {code} | {meaning} |" for code, meaning in EXIT_CODES.items()]
    return "\n".join([*lines, "", *_tree(list(COMMANDS))])


def page_of_command(name: str) -> str:
    """Return the page of a command: its help, and a table of each group of options."""
    command = COMMANDS[name]
    shown = [each for each in command.params if not each.hidden]
    arguments = [each for each in shown if each.param_type_name == "argument"]
    usage = " ".join(["imbgan", name, *(each.metavar or each.name.upper() for each in arguments), "[OPTIONS]"])
    lines = [f"# imbgan {name}", "", _plain(command.help or ""), "", f"    {usage}", ""]
    if command.epilog:
        lines += [_plain(command.epilog.replace("Example: ", "Example:\n\n    ")), ""]
    panels: dict[str, list[str]] = {}
    for each in shown:
        panel = "Arguments" if each in arguments else each.rich_help_panel or "Options"
        panels.setdefault(panel, []).append(_row(each))
    for panel, rows in panels.items():
        head = ("name", "what it means") if panel == "Arguments" else ("name", "value", "what it means")
        lines += [f"## {panel}", "", f"| {' | '.join(head)} |", f"|{'---|' * len(head)}", *rows, ""]
    return "\n".join(lines)


def _row(parameter: typer.core.TyperArgument | typer.core.TyperOption) -> str:
    """Return one line of the table of options: names, values, help with the default."""
    is_argument = parameter.param_type_name == "argument"
    metavar = parameter.metavar or ""
    names = [metavar or str(parameter.name)] if is_argument else [*parameter.opts, *parameter.secondary_opts]
    annotation = parameter.type_descriptor.annotation
    values = metavar
    if inspect.isclass(annotation) and issubclass(annotation, Enum):
        values = ", ".join(f"`{each.value}`" for each in annotation)
    elif not getattr(parameter, "is_flag", False) and inspect.isclass(annotation):
        values = metavar or _KINDS.get(annotation, annotation.__name__)
    shown = parameter.show_default
    default = shown if isinstance(shown, str) else parameter.default if shown else None
    default = default.value if isinstance(default, Enum) else default
    words = [_plain(parameter.help or "").replace("|", "\\|")]
    if parameter.required:
        words.append("*Required.*")
    elif default not in (None, False, (), [], "") and not callable(default):
        words.append(f"Default: {_plain(str(default))}.")
    bounds = [
        f"{word} {value}"
        for word, value in (("at least", parameter.min), ("at most", parameter.max))
        if value is not None
    ]
    words += [f"It is {', '.join(bounds)}."] if bounds else []
    shown_values = [] if is_argument else [values.replace("|", "\\|")]
    return f"| {' | '.join([', '.join(f'`{each}`' for each in names), *shown_values, ' '.join(words)])} |"


def _plain(text: str) -> str:
    """Return the text of a help or docstring in Markdown, in which references are names in code."""
    text = re.sub(r":(?:func|class|meth|mod|exc):`~?([^`]+)`", r"`\1`", text)
    return text.replace("``", "`").replace("*", "\\*").replace("<", "&lt;").replace("[", "\\[")


def _tree(pages: list[str]) -> list[str]:
    return ["```{toctree}", ":hidden:", "", *pages, "```", ""]


def _is_error(name: str) -> bool:
    found = getattr(imbgan, name)
    return inspect.isclass(found) and issubclass(found, BaseException)
