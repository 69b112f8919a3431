"""Write the page to a file."""

import os
from pathlib import Path

from imbgan._files import write_whole
from imbgan.audit import Audit
from imbgan.exceptions import ParameterError
from imbgan.report.audit_page import render_audit
from imbgan.report.language import check_language
from imbgan.report.page import render
from imbgan.report.summary import summarize


def report(thing: object, path: str | os.PathLike[str], *, overwrite: bool = False, lang: str = "en") -> Path:
    """Write one self-contained HTML page that shows a comparison, an assessment, an audit, rows or rules.

    The page needs no network and runs no script; it can be mailed, printed, and read on a phone.

    Parameters
    ----------
    thing : Comparison, Assessment, Audit, RuleSet, Summary, or estimator with the attribute ``quality_`` or ``rules_``
        What :func:`imbgan.compare`, :func:`imbgan.assess` or :func:`imbgan.audit` returned, a sampler that has
        generated rows, or the rules of a tree: those of a :class:`imbgan.DistilledClassifier`, of its ``judged_rules``,
        or of :func:`imbgan.rules.read_rules`.
    path : str or path-like
        The file to write; its folder must exist.
    overwrite : bool, default=False
        Whether an existing file may be replaced.
    lang : {"en", "zh"}, default="en"
        The language of the page: English or Chinese.

    Returns
    -------
    Path
        The file that was written.

    Raises
    ------
    DataTypeError
        If ``thing`` is of another type, is a sampler that has not generated any rows, or is a classifier without rules.
    ParameterError
        If ``path`` exists and may not be replaced, is a folder, or lies in a folder that does not exist;
        if ``lang`` is another language.
    """
    path = Path(path)
    _check(path, overwrite)
    check_language(lang)
    text = render_audit(thing, lang) if isinstance(thing, Audit) else render(summarize(thing), lang)
    write_whole(path, text.encode("utf-8"))
    return path


def _check(path: Path, overwrite: bool) -> None:
    if path.is_dir():
        raise ParameterError(f"path must name a file. {str(path)!r} is a folder; add a name such as 'report.html'.")
    if not path.parent.is_dir():
        raise ParameterError(f"path must lie in an existing folder. {str(path.parent)!r} does not exist; create it.")
    if path.exists() and not overwrite:
        raise ParameterError(f"path must not exist yet. {str(path)!r} exists; pass overwrite=True to replace it.")
