"""Tables in many files, and tables that are larger than memory, on the command line."""

import os
import time
from collections.abc import Mapping
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from imbgan._text import aligned, shown
from imbgan.cli.counts import Amount
from imbgan.cli.options import Common
from imbgan.cli.samples import is_data_set, is_in_files, open_table
from imbgan.cli.session import Session
from imbgan.cli.texts import OfTexts, TextOutput
from imbgan.data.formats import format_of
from imbgan.data.object_stores import is_address
from imbgan.data.readers import STANDARD_STREAM
from imbgan.data.reading import Reading
from imbgan.exceptions import ParameterError

if TYPE_CHECKING:
    from imbgan.data import DataSet
    from imbgan.tabular.rules import Rule

PANEL = "Tables larger than memory"

Stream = Annotated[
    bool,
    typer.Option(
        "--stream",
        help="Read IN in batches, so that it can be larger than memory, and write a folder. Folders and patterns such "
        "as 'part-*.parquet' always are, and single files of more than 1 GiB if OUT names no table.",
        rich_help_panel=PANEL,
    ),
]


def reads_batches(path: str, target: str | None, *, stream: bool = False, output: str | None = None) -> bool:
    """Return whether a table is read in batches: a folder or pattern of files, or one large file.

    Parameters
    ----------
    path : str
    target : str or None
        An empty folder is one of tables if a target is named, and one of images otherwise.
    stream : bool, default=False
        Whether the user wants it.
    output : str, default=None
        Where the result goes, if it is a table: a name that tells a format is that of one file.
    """
    if path == STANDARD_STREAM:
        return False
    if is_in_files(path) or is_address(path):
        return True
    if os.path.isdir(path):
        return target is not None and not os.listdir(path)
    return stream or (is_data_set(path) and (output is None or not _is_table(output)))


def _is_table(path: str) -> bool:
    try:
        format_of(Path(path), None)
    except ParameterError:
        return path == STANDARD_STREAM
    return True


@dataclass(frozen=True)
class Asked:
    """What is said about a data set and its generated rows."""

    table: str
    target: str
    output: str
    reading: Reading
    texts: OfTexts
    common: Common
    identifiers: str

    def encoder(self, data_set: "DataSet") -> tuple[object, str]:
        """Return what encodes columns of text, and the same in words."""
        if self.texts.output is not TextOutput.missing:
            raise ParameterError(
                "--text-output nearest is for tables that are read as a whole: files of generated rows are made by a "
                "saved model, which holds no real texts."
            )
        given = {name: value for name, value in self.texts.given.items() if value is not None}
        first = next(iter(data_set.labeled(self.target))).X
        return self.texts.encoders(first, self.target), repr(given) if given else "auto"


def refuse_set_options(given: Mapping[str, bool], table: str) -> None:
    """Raise ParameterError for options of data sets that are used with one table."""
    names = [f"--{name.replace('_', '-')}" for name, value in given.items() if value]
    if names:
        raise ParameterError(
            f"{', '.join(names)} {'is' if len(names) == 1 else 'are'} only for tables that are read in batches: a "
            f"folder or pattern of files, or one file with --stream. {table!r} is read as a whole."
        )


def resample_data_set(
    run: Session,
    asked: Asked,
    *,
    amount: Amount,
    mark: str | None,
    max_iter: int,
    seed: int,
    resume: bool,
    only_generated: bool,
    engine: Any,  # noqa: ANN401 - see engine_of
    rules: "list[Rule]",
) -> None:
    """Balance a data set: write its files and generated ones into a new folder."""
    from imbgan.bulk import Options, resample_files
    from imbgan.bulk.part_folder import check_output_folder
    from imbgan.exceptions import GenerationQualityWarning

    began = time.perf_counter()
    if not resume and not is_address(asked.output):
        check_output_folder(Path(asked.output), overwrite=asked.common.force)
    data_set = open_table(run, asked.table, asked.reading)
    encoder, encoder_text = asked.encoder(data_set)
    options = Options(
        asked.target,
        ratio=amount.ratio,
        counts=amount.of_type(data_set.schema[asked.target]),
        max_iter=max_iter,
        identifiers=asked.identifiers,
        seed=seed,
        mark=mark,
        only_generated=only_generated,
        encoder=encoder,
        encoder_text=encoder_text,
        rules=rules,
    )
    with nullcontext() if engine == "local" else engine as entered:
        found = resample_files(
            data_set,
            asked.output,
            options,
            resume=resume,
            overwrite=asked.common.force,
            engine=entered,
            verbose=run.shows_progress,
        )
    if found.n_missing:
        run.note(f"{found.n_missing} rows have no label and were dropped.")
    for remark in found.remarks:
        run.warn(remark, GenerationQualityWarning)
    rows = [("class", "before", "after"), *((shown(name), n, found.after[name]) for name, n in found.before.items())]
    run.finish(
        f"{aligned(rows)}\n{found.n_rows} rows, {found.n_generated} of them generated with seed {seed}; _imbgan.json "
        f"tells what each file holds: {asked.output}",
        {
            "output": asked.output,
            "n_rows": found.n_rows,
            "n_generated": found.n_generated,
            "dropped": list(data_set.reading.drop),
            "class_counts": {"before": found.before, "after": found.after},
            "seed": seed,
            "seconds": round(time.perf_counter() - began, 1),
        },
    )


def fit_data_set(run: Session, asked: Asked, *, max_iter: int, seed: int, rules: "list[Rule]") -> None:
    """Learn a data set, and save the generator."""
    from imbgan.cli.folders import TargetColumn, check_model_place, save_model
    from imbgan.oversampling import TabularGAN
    from imbgan.tabular.labels import label_text

    began = time.perf_counter()
    check_model_place(asked.output, overwrite=asked.common.force)
    data_set = open_table(run, asked.table, asked.reading)
    encoder, _ = asked.encoder(data_set)
    batches = data_set.labeled(asked.target)
    gan = TabularGAN(
        max_iter=max_iter,
        random_state=seed,
        identifiers=asked.identifiers,
        encoder=encoder,
        rules=rules,
        verbose=run.shows_progress,
    )
    gan.fit_stream(batches.shown(run.shows_progress))
    if batches.n_missing:
        run.note(f"{batches.n_missing} rows have no label and were dropped.")
    counts = {label_text(label): n for label, n in sorted(batches.class_counts.items(), key=lambda item: -item[1])}
    labels = next(iter(data_set.labeled(asked.target))).y
    place = data_set.columns.index(asked.target)
    save_model(gan, TargetColumn.of(labels, place), asked.output, overwrite=asked.common.force)
    tell_fit(run, asked, gan.n_iter_, counts, data_set.reading, seed=seed, began=began)


def tell_fit(
    run: Session, asked: Asked, n_iter: int, counts: Mapping[str, int], reading: Reading, *, seed: int, began: float
) -> None:
    """Print what was learned: the rows of each class, from the largest on."""
    rows = [("class", "rows"), *((shown(name), n) for name, n in counts.items())]
    run.finish(
        f"{aligned(rows)}\nlearned with seed {seed}, {n_iter} steps: {asked.output}",
        {
            "output": asked.output,
            "class_counts": counts,
            "n_iter": n_iter,
            "dropped": list(reading.drop),
            "seed": seed,
            "seconds": round(time.perf_counter() - began, 1),
        },
    )
