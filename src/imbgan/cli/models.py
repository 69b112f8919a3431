"""``imbgan fit`` and ``imbgan generate``: save a generator in a folder, and use it."""

import time
from dataclasses import asdict
from typing import Annotated

import typer

from imbgan._text import listed
from imbgan.cli import checks
from imbgan.cli import options as o
from imbgan.cli.conditions import Where
from imbgan.cli.counts import Wanted, outcome, wanted_of
from imbgan.cli.data_sets import Asked, Stream, fit_data_set, reads_batches, refuse_set_options, tell_fit
from imbgan.cli.folders import learned_images
from imbgan.cli.image_commands import fit_folder, generate_images
from imbgan.cli.images import OfImages, images_of, is_folder, refuse_table_options
from imbgan.cli.reading import reading_of
from imbgan.cli.rules import Rules, rules_of, rules_of_batches
from imbgan.cli.session import Session, session
from imbgan.cli.tables import counts_of, load, required
from imbgan.cli.taking import takes, without
from imbgan.cli.texts import OfTexts, texts_of
from imbgan.data.reading import Reading


@takes(reading=reading_of, texts=without(texts_of, "text_output", "no_texts"), images=images_of, common=o.common_of)
def fit(
    *,
    table: o.TableOrFolder,
    target: o.Target = None,
    output: Annotated[
        str,
        typer.Option(
            *("--output", "-o"),
            metavar="MODEL",
            help="Folder to create.",
            parser=checks.filled("--output", "the path of a folder"),
        ),
    ],
    max_iter: o.MaxIter = None,
    identifiers: o.Identifiers = o.OfIdentifiers.fresh,
    rules: Rules = None,
    seed: o.Seed = 0,
    stream: Stream = False,
    reading: Reading,
    texts: OfTexts,
    images: OfImages,
    common: o.Common,
) -> None:
    """Learn the rows of a table, or the images of a folder, and save the generator in a folder.

    A folder or pattern of table files is one table, which may be larger than memory.
    """
    in_batches = reads_batches(table, target, stream=stream)
    if not in_batches and is_folder(table):
        others = {"target": target, "identifiers": o.changed(identifiers), "stream": stream, "rules": rules}
        refuse_table_options(table, reading, common, **others, **texts.given)
        fit_folder(table, output, images, common, max_iter=max_iter, seed=seed)
        return
    with session(common) as run:
        images.refuse(table)
        if not in_batches:
            refuse_set_options({"stream": stream}, table)
        asked = Asked(table, required(target, table, "fit"), output, reading, texts, common, identifiers.value)
        steps = max_iter or o.STEPS
        if in_batches:
            fit_data_set(run, asked, max_iter=steps, seed=seed, rules=rules_of_batches(rules))
        else:
            _fit_table(run, asked, rules=rules, max_iter=steps, seed=seed)


def _fit_table(run: Session, asked: Asked, *, rules: str | None, max_iter: int, seed: int) -> None:
    """Learn a table, and save the generator."""
    from imbgan.cli.folders import TargetColumn, check_model_place, save_model
    from imbgan.data import Original, Template
    from imbgan.oversampling import TabularGAN

    check_model_place(asked.output, overwrite=asked.common.force)
    loaded = load(run, asked.table, asked.target, asked.reading)
    X, y = loaded.X, loaded.y
    began = time.perf_counter()
    gan = TabularGAN(
        max_iter=max_iter,
        random_state=seed,
        rules=rules_of(run, rules, X, y),
        identifiers=asked.identifiers,
        encoder=asked.texts.encoders(X, asked.target),
        verbose=run.shows_progress,
    ).fit(X, y)
    place = [name for name in loaded.columns if name in X.columns or name == asked.target].index(asked.target)
    template = Template.of(loaded.original) if isinstance(loaded.original, Original) else None
    save_model(gan, TargetColumn.of(y, place), asked.output, overwrite=asked.common.force, template=template)
    tell_fit(run, asked, gan.n_iter_, counts_of(y), loaded.reading, seed=seed, began=began)


@takes(wanted=wanted_of, common=o.common_of)
def generate(
    *,
    model: Annotated[
        str,
        typer.Argument(
            metavar="MODEL",
            help="Folder that fit created.",
            show_default=False,
            parser=checks.filled("MODEL", "the path of a folder"),
        ),
    ],
    wanted: Wanted,
    where: Where = None,
    output: o.Output,
    output_format: o.OutputFormat = None,
    common: o.Common,
) -> None:
    """Generate rows or images. They are the same every time; --start gives other ones."""
    if learned_images(model):
        refuse_table_options(model, None, common, output_format=output_format, where=where)
        generate_images(model, wanted, output, common)
        return
    with session(common, places=[output]) as run:
        from imbgan.cli.conditions import conditions_among
        from imbgan.cli.folders import load_model
        from imbgan.data import check_output, write_frame
        from imbgan.tabular.labels import label_text

        check_output(output, format=output_format, overwrite=common.force)
        gan, target, template = load_model(model)
        if gan.text_columns_:
            run.note(f"Generated rows hold no text in {listed(gan.text_columns_)}.")
        numbers = wanted.of_classes(gan)
        conditions = conditions_among(where, gan) if where else None
        found = gan.sample(numbers, start=wanted.start, where=conditions)
        frame = found if target is None else target.put_into(*found)
        with run.output():
            original = None if template is None else template.original()
            write_frame(frame, output, format=output_format, overwrite=common.force, original=original)
        text, document = outcome(gan, numbers, wanted, output, "row")
        if conditions is not None:
            text = f"{gan.conditions_}\n{text}"
            document["conditions"] = [
                asdict(each) | {"label": label_text(each.label), "probability": each.probability}
                for each in gan.conditions_.classes
            ]
        run.finish(text, document)
