"""What ``assess``, ``compare`` and ``audit`` do with folders of images."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import typer

from imbgan.cli.images import OfImages, read
from imbgan.cli.interruption import stopped_by
from imbgan.cli.options import IMAGE_STEPS, Common, language
from imbgan.cli.session import Session, check_distinct, session
from imbgan.exceptions import DataError

if TYPE_CHECKING:
    import numpy as np

#: Folds of a comparison for which nothing else was asked: each fold trains a generator, which takes minutes.
N_FOLDS, N_REPEATS = 3, 1


def assess_folder(
    real: str,
    synthetic: str,
    images: OfImages,
    common: Common,
    *,
    holdout: str | None,
    report: str | None,
    lang: str | None,
    seed: int,
) -> None:
    """Measure the generated images of a folder."""
    with session(common, places=[report]) as run:
        from dataclasses import replace

        from imbgan.oversampling import assess_images
        from imbgan.report import report as write_report

        spoken = language(lang, report)
        folder = read(run, real, images)
        found = assess_images(
            (folder.pixels, folder.labels),
            _generated(run, synthetic, images),
            holdout=None if holdout is None else _pair(run, holdout, images),
            random_state=seed,
        )
        if report is not None:
            write_report(found, report, overwrite=common.force, lang=spoken)
        # The pictures are for the page; as text they would bury the figures.
        run.finish(f"{found}\n\nseed {seed}", replace(found, pictures=()).to_dict())


def _pair(run: Session, path: str, images: OfImages) -> "tuple[np.ndarray, np.ndarray]":
    folder = read(run, path, images)
    return folder.pixels, folder.labels


def _generated(run: Session, path: str, images: OfImages) -> "tuple[np.ndarray, np.ndarray]":
    """Return the generated images of a folder: those that its manifest names, or all if it has none."""
    from imbgan.image import generated_files

    folder = read(run, path, images)
    named = generated_files(path)
    if named is None:
        return folder.pixels, folder.labels
    chosen = [i for i, file in enumerate(folder.paths) if file.as_posix() in named]
    if not chosen:
        raise DataError(f"{path!r} holds no generated images: its manifest.csv names none.")
    return folder.pixels[chosen], folder.labels[chosen]


def compare_folder(
    path: str,
    images: OfImages,
    common: Common,
    *,
    cv: tuple[int | None, int | None],
    max_iter: int | None,
    report: str | None,
    lang: str | None,
    results: str | None,
    strategies: Sequence[str],
    read_options: Callable[[list[str]], dict[str, Any]],
    **options: Any,  # noqa: ANN401 - those of compare
) -> None:
    """Compare strategies on the images of a folder; ``read_options`` makes options of ``compare`` from its classes."""
    with session(common, places=[report]) as run:
        from imbgan.comparison import compare_images
        from imbgan.data import check_place
        from imbgan.report import report as write_report

        spoken = language(lang, report)
        if results is not None:
            check_place(results, overwrite=True)
            check_distinct([place for place in (results, report, common.json) if place is not None])
        folder = read(run, path, images)
        folder.check_learnable()
        read_as = read_options(list(folder.counts))
        folds, repeats = cv
        is_timed = read_as["budget"] is not None
        found = compare_images(
            folder.pixels,
            folder.labels,
            strategies=strategies[0] if strategies in (["default"], ["all"]) else strategies,
            sampler_options={**images.generator, "max_iter": max_iter or IMAGE_STEPS},
            cv=(folds or (None if is_timed else N_FOLDS), repeats or (2 if is_timed else N_REPEATS)),
            path=results,
            verbose=not common.quiet,
            **read_as,
            **options,
        )
        if report is not None:
            write_report(found, report, overwrite=common.force, lang=spoken)
        run.finish(f"{found}\n\nseed {options['random_state']}", found.to_dict())
        if (found.settings.get("budget") or {}).get("ended") == "interrupted":
            raise typer.Exit(128 + stopped_by())


def audit_folder(
    path: str,
    images: OfImages,
    common: Common,
    *,
    max_iter: int | None,
    report: str | None,
    lang: str | None,
    **options: Any,  # noqa: ANN401 - those of audit_images
) -> None:
    """Attack images that are learned from those of a folder."""
    with session(common, places=[report]) as run:
        from imbgan.audit import audit_images
        from imbgan.report import report as write_report

        spoken = language(lang, report)
        folder = read(run, path, images)
        folder.check_learnable()
        found = audit_images(
            folder.pixels,
            folder.labels,
            sampler_options={**images.generator, "max_iter": max_iter or IMAGE_STEPS},
            verbose=run.shows_progress,
            **options,
        )
        if report is not None:
            write_report(found, report, overwrite=common.force, lang=spoken)
        run.finish(f"{found}\n\nseed {options['random_state']}", found.to_dict())
