"""Command line: ``python -m benchmarks.images run``, ``look``, ``draw`` and ``write``."""

import argparse
import os
from collections.abc import Sequence
from pathlib import Path

# Before anything loads a numerical library: a run is one core.
os.environ.setdefault("OMP_NUM_THREADS", "1")

MAIN = (
    *("none", "class_weights", "logit_adjustment_post_hoc", "augmentation_logit_adjustment", "smote", "copies"),
    *("gan_fill", "gan_share", "gan_share_augmentation", "gan_share_augmentation_logit_adjustment"),
    *(
        "gan_early_share_augmentation_logit_adjustment",
        "gan_fill_augmentation",
        "truth_fill",
        "truth_share",
        "truth_fill_augmentation",
    ),
    "truth_share_augmentation_logit_adjustment",
)


def parse(arguments: Sequence[str] | None = None) -> argparse.Namespace:
    """Read the command line."""
    from benchmarks.images.sets import SETS

    parser = argparse.ArgumentParser(prog="python -m benchmarks.images", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    run = commands.add_parser("run", help="run what there are no lines for yet, and append it to results/SET.jsonl")
    look = commands.add_parser("look", help="measure what further images are like, into results/likeness.jsonl")
    draw = commands.add_parser("draw", help="draw grids of images into figures/")
    for command in (run, look, draw):
        command.add_argument("--set", nargs="+", choices=tuple(SETS), default=tuple(SETS), help="default: all")
        command.add_argument("--subsets", nargs="+", type=int, help="default: 0 to 4; choices use 100 and on")
        command.add_argument("--cache", type=Path, help="folder of trained generators (default: a temporary one)")
    look.add_argument("--sources", nargs="+", default=("gan", "smote", "copies", "latent_smote"))
    run.add_argument("--arms", nargs="+", help="names, or 'main' for those of the targets (default: all)")
    run.add_argument("--learners", nargs="+", help="default: all")
    run.add_argument("--at-least", type=int, help="rows to which every class is raised")
    run.add_argument("--out", type=Path, help="folder of lines (default: results)")
    run.add_argument("--validation", action="store_true", help="judge by validation images, to choose")
    commands.add_parser("write", help="write RESULTS.md from all lines and the notes")
    train = commands.add_parser("train", help="train one generator; 'run' does this in a process of its own")
    train.add_argument("kind")
    train.add_argument("set", choices=tuple(SETS))
    train.add_argument("subset", type=int)
    train.add_argument("target", type=Path)
    return parser.parse_args(arguments)


def main() -> None:
    """Do what the command line says."""
    options = parse()
    if options.command == "train":
        from benchmarks.images.generators import train

        train(options.kind, options.set, options.subset, options.target)
        return
    from benchmarks.images.generators import scratch
    from benchmarks.images.run import RESULTS

    if options.command == "write":
        from benchmarks.images.document import write

        write(RESULTS, RESULTS.parent / "RESULTS.md")
        return
    options.cache = options.cache or scratch()
    options.subsets = options.subsets or range(5)
    {"run": _run, "look": _look, "draw": _draw}[options.command](options)


def _run(options: argparse.Namespace) -> None:
    from benchmarks.images.arms import NETWORK_ARMS, ROW_ARMS
    from benchmarks.images.learners import LEARNERS
    from benchmarks.images.run import RESULTS, run

    arms = [name for asked in options.arms or () for name in (MAIN if asked == "main" else (asked,))]
    known = {**NETWORK_ARMS, **ROW_ARMS}
    for asked, names, what in ((arms, known, "--arms"), (options.learners, LEARNERS, "--learners")):
        unknown = sorted(set(asked or ()) - set(names))
        if unknown:
            raise SystemExit(f"{what} must be among {', '.join(names)}. Got {unknown[0]!r}.")
    folder = options.out or (RESULTS / "development" if options.validation else RESULTS)
    for name in options.set:
        run(
            name,
            options.subsets,
            folder / f"{name}.jsonl",
            options.cache,
            arms=arms or None,
            learners=options.learners or LEARNERS,
            at_least=options.at_least,
            on_test=not options.validation,
        )


def _look(options: argparse.Namespace) -> None:
    from benchmarks.images import likeness
    from benchmarks.images.document import LIKENESS
    from benchmarks.images.run import RESULTS

    for name in options.set:
        likeness.run(name, options.subsets, RESULTS / LIKENESS, options.cache, options.sources)


def _draw(options: argparse.Namespace) -> None:
    from benchmarks.images import grids
    from benchmarks.images.material import Material
    from benchmarks.images.run import RESULTS

    for name in options.set:
        for number in options.subsets:
            picture = grids.grid(Material(name, number, options.cache), ("gan", "latent_smote", "copies"))
            grids.save(picture, RESULTS.parent / "figures" / f"{name}_{number}.png")


if __name__ == "__main__":
    main()
