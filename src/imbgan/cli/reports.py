"""How a result is given: as a page, as text and as JSON."""

from typing import Any

from imbgan.cli.session import Session


def give(run: Session, found: Any, report: str | None, lang: str, *, seed: int, document: object = None) -> None:  # noqa: ANN401 - any result
    """Write the page, if one was asked for, and print the result; ``document`` stands for its JSON."""
    if report is not None:
        from imbgan.report import report as write_report

        write_report(found, report, overwrite=run.common.force, lang=lang)
    run.finish(f"{found}\n\nseed {seed}", found.to_dict() if document is None else document)
