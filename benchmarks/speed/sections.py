"""What a section of ``RESULTS.md`` is: something that is measured, and the lines that tell what was found."""

from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple


class Settings(NamedTuple):
    """What a run may do.

    Parameters
    ----------
    out : Path
        Folder of the lines.
    peer_python : str or None
        Interpreter that has ``ctgan``; None leaves its runs out.
    quick : bool
        Whether the smallest sizes suffice.
    """

    out: Path
    peer_python: str | None = None
    quick: bool = False


class Section(NamedTuple):
    """One section.

    Parameters
    ----------
    title : str
    run : callable
        ``run(settings)`` measures what has no line yet, and appends each line as soon as it is known.
    write : callable
        ``write(results, figures)`` returns the lines of Markdown from the lines in the folder ``results``; plots go to
        the folder ``figures`` as SVG.
    """

    title: str
    run: Callable[[Settings], None]
    write: Callable[[Path, Path], list[str]]
