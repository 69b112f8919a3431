"""What ``resample``, ``fit``, ``generate`` and ``describe`` do with folders of images."""

import shlex
import time
from collections.abc import Sequence
from pathlib import Path

from imbgan._text import aligned, round_duration, shown
from imbgan.cli.counts import Amount, Wanted, outcome
from imbgan.cli.images import OfImages, read
from imbgan.cli.options import IMAGE_STEPS, Common
from imbgan.cli.session import check_distinct, session

#: Images that are generated and written at a time.
_BLOCK = 1024


def resample_folder(
    path: str,
    output: str,
    images: OfImages,
    common: Common,
    *,
    amount: Amount,
    generated_share: float,
    max_iter: int | None,
    seed: int,
) -> None:
    """Write the images of a folder, changed copies and generated images into a new folder."""
    with session(common) as run:
        from imbgan.exceptions import GenerationQualityWarning
        from imbgan.image import write_resampled
        from imbgan.oversampling import ImageGANOverSampler

        _check_output(output, path, common)
        folder = read(run, path, images)
        folder.check_learnable()
        began = time.perf_counter()
        sampler = ImageGANOverSampler(
            sampling_strategy=amount.among(list(folder.counts)),
            generated_share=generated_share,
            **images.generator,
            random_state=seed,
            verbose=run.shows_progress,
            max_iter=max_iter or IMAGE_STEPS,
        )
        pixels, labels = sampler.fit_resample(folder.pixels, folder.labels)
        n_generated = int(sampler.synthetic_mask_.sum())
        new_seed = sampler.gan_.generator_.seed if n_generated else None
        counts = write_resampled(
            output, path, folder, pixels, labels, sampler.source_index_, seed=new_seed, overwrite=common.force
        )
        for found in sampler.find_too_close():
            run.warn(f"Class {shown(found.label)}: {found.evidence} {found.action}", GenerationQualityWarning)
        if folder.is_resized:
            height, width = folder.pixels.shape[1:3]
            run.note(
                f"Original files keep their size; new images have {width} x {height} pixels. Resize all alike before "
                "you train, since otherwise sharpness tells new images from others."
            )
        rows: list[Sequence[object]] = [("class", "before", "copies", "generated", "after")]
        rows += [(shown(label), n.original, n.augmented, n.generated, sum(n)) for label, n in counts.items()]
        run.finish(
            f"{aligned(rows)}\n{len(pixels)} images, seed {seed}; manifest.csv tells what each one is: {output}",
            {
                "output": output,
                "n_images": len(pixels),
                "n_augmented": sum(n.augmented for n in counts.values()),
                "n_generated": n_generated,
                "class_counts": {"before": folder.counts, "after": {label: sum(n) for label, n in counts.items()}},
                **_as_read(folder.skipped, folder.remarks),
                "seed": seed,
                "seconds": round(time.perf_counter() - began, 1),
            },
        )


def fit_folder(path: str, output: str, images: OfImages, common: Common, *, max_iter: int | None, seed: int) -> None:
    """Learn the images of a folder and save the generator."""
    with session(common) as run:
        from imbgan.cli.folders import check_model_place, save_model
        from imbgan.oversampling import ImageGAN

        check_model_place(output, overwrite=common.force)
        folder = read(run, path, images)
        folder.check_learnable()
        began = time.perf_counter()
        gan = ImageGAN(
            **images.generator,
            random_state=seed,
            verbose=run.shows_progress,
            max_iter=max_iter or IMAGE_STEPS,
        ).fit(folder.pixels, folder.labels)
        save_model(gan, None, output, overwrite=common.force)
        rows = [("class", "images"), *((shown(label), n) for label, n in folder.counts.items())]
        seconds = time.perf_counter() - began
        run.finish(
            f"{aligned(rows)}\nlearned with seed {seed}, {gan.n_iter_} steps, in {round_duration(seconds)}: {output}",
            {
                "output": output,
                "class_counts": folder.counts,
                "n_iter": gan.n_iter_,
                **_as_read(folder.skipped, folder.remarks),
                "seed": seed,
                "seconds": round(seconds, 1),
            },
        )


def generate_images(model: str, wanted: Wanted, output: str, common: Common) -> None:
    """Write generated images into a new folder, one folder per class."""
    with session(common) as run:
        from imbgan.image import as_bytes, new_folder
        from imbgan.oversampling import ImageGAN

        _check_output(output, model, common)
        gan = ImageGAN.load(model)
        numbers, start = wanted.of_classes(gan), wanted.start
        for label, n in numbers.items():
            gan.sample(0, label=label, start=start + n)  # a place beyond the end is refused before anything is written
        with new_folder(output, overwrite=common.force) as writer:
            for label, n in numbers.items():
                for first in range(start, start + n, _BLOCK):
                    block = gan.sample(min(_BLOCK, start + n - first), label=label, start=first)
                    for i, pixels in enumerate(as_bytes(block, gan.encoder_.value_range)):
                        writer.add_generated(pixels, str(label), seed=gan.generator_.seed, place=first + i)
        run.finish(*outcome(gan, numbers, wanted, output, "image"))


def describe_folder(path: str, images: OfImages, common: Common) -> None:
    """Show what a folder of images holds."""
    with session(common) as run:
        from imbgan.image import describe_folder as describe
        from imbgan.image import read_folder

        folder = read_folder(
            path, resize=images.size, skip_unreadable=images.skip_unreadable, verbose=run.shows_progress
        )
        found = describe(folder)
        command = None if folder.obstacle else _resample_command(path, images)
        last = folder.obstacle if command is None else f"Next: {command}"
        run.finish(f"{found}\n\n{last}", {**found.to_dict(), "next": command})


def _check_output(output: str, source: str, common: Common) -> None:
    """Raise an error if the folder cannot be written, before anything is learned."""
    from imbgan.image import check_new_folder

    check_new_folder(output, overwrite=common.force, source=source)
    check_distinct([output, *([] if common.json is None else [common.json])])


def _resample_command(path: str, images: OfImages) -> str:
    """Return the command that balances a folder, quoted for a shell."""
    words = ["imbgan", "resample", path, "-o", f"{Path(path).name or 'images'}-balanced"]
    if images.size is not None:
        words += ["--resize", f"{images.size.width}x{images.size.height}"]
    return shlex.join([*words, *(["--skip-unreadable"] if images.skip_unreadable else [])])


def _as_read(skipped: Sequence[tuple[Path, str]], remarks: Sequence[str]) -> dict[str, object]:
    return {"skipped": {path.as_posix(): reason for path, reason in skipped}, "remarks": list(remarks)}
