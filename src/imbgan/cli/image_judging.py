"""What ``assess``, ``compare`` and ``audit`` do with folders of images."""

from typing import TYPE_CHECKING, Any

from imbgan.cli.comparisons import Asked
from imbgan.cli.images import OfImages, read
from imbgan.cli.options import IMAGE_STEPS, Common, language
from imbgan.cli.reports import give
from imbgan.cli.session import Session, session
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

        spoken = language(lang, report)
        folder = read(run, real, images)
        found = assess_images(
            (folder.pixels, folder.labels),
            _generated(run, synthetic, images),
            holdout=None if holdout is None else _pair(run, holdout, images),
            random_state=seed,
        )
        # The pictures are for the page; as text they would bury the figures.
        give(run, found, report, spoken, seed=seed, document=replace(found, pictures=()).to_dict())


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
    asked: Asked,
    images: OfImages,
    common: Common,
    *,
    max_iter: int | None,
    **options: Any,  # noqa: ANN401 - those of compare
) -> None:
    """Compare strategies on the images of a folder."""
    with session(common, places=[asked.report]) as run:
        from imbgan.comparison import compare_images

        asked.check_places(run)
        folder = read(run, asked.table, images)
        folder.check_learnable()
        stakes, budget = asked.stakes.among(list(folder.counts)), asked.budget_or(None)
        n_folds, n_repeats = (N_FOLDS, N_REPEATS) if budget is None else (None, 2)
        with asked.kept(run):
            found = compare_images(
                folder.pixels,
                folder.labels,
                strategies=asked.chosen,
                sampler_options={**images.generator, "max_iter": max_iter or IMAGE_STEPS},
                cv=(asked.folds or n_folds, asked.repeats or n_repeats),
                budget=budget,
                path=asked.results,
                verbose=not common.quiet,
                **stakes,
                **options,
            )
        asked.give(run, found)


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
        give(run, found, report, spoken, seed=options["random_state"])
