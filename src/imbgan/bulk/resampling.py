"""Resample a data set: learn it, copy its files, and write generated rows beside them."""

import shutil
from dataclasses import dataclass
from functools import reduce
from pathlib import Path
from typing import Any

from imbgan._progress import counting
from imbgan.bulk.generating import Generation, Stretch
from imbgan.bulk.learning import Learned, learn
from imbgan.bulk.options import Options
from imbgan.bulk.output_names import OutputNames
from imbgan.bulk.part_folder import MANIFEST, PartFolder
from imbgan.bulk.store_folder import StoreFolder
from imbgan.bulk.summaries import Summary, merged, presented
from imbgan.data import DataFile, DataSet, open_data_set
from imbgan.data.apart import check_apart
from imbgan.data.object_stores import is_address, located
from imbgan.data.set_writers import rewrite
from imbgan.data.stores import LocalStore
from imbgan.engines import Engine, LocalEngine
from imbgan.exceptions import DataError, ParameterError
from imbgan.tabular.labels import label_text

_VERSION = 1
_BLOCK = 2**20


@dataclass(frozen=True)
class Outcome:
    """What was written.

    Attributes
    ----------
    output : Path
    n_rows, n_generated : int
    before, after : dict of str to int
        Rows of each class by label, the largest class first.
    seed : int
    remarks : tuple of str
        What the user should know of the generated rows.
    n_missing : int
        Rows that were left out, since they have no label.
    """

    output: Path
    n_rows: int
    n_generated: int
    before: dict[str, int]
    after: dict[str, int]
    seed: int
    remarks: tuple[str, ...]
    n_missing: int


def resample_files(
    data_set: DataSet,
    output: str | Path,
    options: Options,
    *,
    resume: bool = False,
    overwrite: bool = False,
    engine: Engine | None = None,
    verbose: bool = False,
) -> Outcome:
    """Balance a data set: write its files, and files of generated rows, as a new data set.

    Original files are copied byte for byte, unless columns are added or dropped. Generated rows come in files of the
    same format, in the folders of their partitions. ``_imbgan.json`` tells what the output holds. It is built in
    ``OUT.part``, which is renamed when it is complete. What is complete in it stays after an interruption, and
    ``resume`` goes on from there; the result equals that of an uninterrupted run byte for byte.

    Parameters
    ----------
    data_set : DataSet
    output : str or Path
        The folder to create, also in an object store (``"s3://bucket/folder"``): there the files lie in their places at
        once, and the output is whole when ``_imbgan.json`` is there.
    options : Options
    resume : bool, default=False
        Whether to finish what an interrupted run left; without one, everything is done.
    overwrite : bool, default=False
        Whether to replace an output of imbgan, and what an interrupted run left.
    engine : Engine, default=None
        Has been entered; its processes read, learn and write. None means this process. It changes no byte of the
        output.
    verbose : bool, default=False
        Whether progress is shown.

    Returns
    -------
    Outcome

    Raises
    ------
    DataError
        If the files cannot be read, learned or written.
    ParameterError
        If the output exists, lies within the input or holds it, or belongs to other input or options.
    """
    check_apart(data_set, str(output))
    part = _part_of(output)
    if options.mark in data_set.schema:
        raise ParameterError(f"--mark must name a new column. The table has a column {options.mark!r}.")
    for name in data_set.partitions:
        if name in data_set.reading.drop:
            raise ParameterError(
                f"The column {name!r} stands in the names of folders, which stay, so that it cannot be dropped. "
                "Keep it, or move the files."
            )
    facts = options.facts(data_set)
    if resume and (manifest := part.finished(facts)) is not None:
        return _outcome(part, manifest)
    with part.opened(facts, resume=resume, overwrite=overwrite):
        manifest = part.manifest
        if manifest is None or not all(_holds(part, files) for files in manifest["files"].values()):
            learned = _learn(data_set, options, part, engine, verbose=verbose)
            manifest = _fill(data_set, options, part, learned, facts, engine or LocalEngine(), verbose=verbose)
        part.finish(overwrite=overwrite)
    return _outcome(part, manifest)


def _part_of(output: str | Path) -> PartFolder:
    """Return the folder in which an output grows, here or in an object store."""
    text = str(output)
    return StoreFolder(text, *located(text)) if is_address(text) else PartFolder(Path(output).resolve())


def _learn(data_set: DataSet, options: Options, part: PartFolder, engine: Engine | None, *, verbose: bool) -> Learned:
    """Learn the data set; if that fails, nothing is left, since nothing is worth keeping."""
    try:
        return learn(data_set, options, part, engine, verbose=verbose)
    except BaseException:
        part.discard_unlearned()
        raise


def _fill(
    data_set: DataSet,
    options: Options,
    part: PartFolder,
    learned: Learned,
    facts: dict[str, Any],
    engine: Engine,
    *,
    verbose: bool,
) -> dict[str, Any]:
    """Write all files and the manifest."""
    if not options.only_generated:
        write_originals(data_set, options, part, engine, verbose=verbose)
    generated, found = _write_generated(data_set, options, part, learned, engine, verbose=verbose)
    if open_data_set(data_set.path, data_set.given, store=data_set.store).fingerprint != data_set.fingerprint:
        raise DataError(
            f"The files of {data_set.path!r} have changed while they were read, so that the output would mix both. "
            f"Delete {str(part.folder)!r}, and run the command again."
        )
    before = {label_text(label): n for label, n in zip(learned.classes, learned.class_counts, strict=True)}
    lacking = {label_text(learned.classes[code]): n for code, n in learned.wanted.items()}
    kept = dict.fromkeys(before, 0) if options.only_generated else before
    names = OutputNames(data_set)
    originals = [] if options.only_generated else [_record(part, names, file) for file in data_set.files]
    manifest = {
        "version": _VERSION,
        "complete": True,
        "facts": facts,
        "target": options.target,
        "seed": options.seed,
        "remarks": list(learned.remarks),
        "n_missing": learned.n_missing,
        "class_counts": {"before": before, "after": {name: n + lacking.get(name, 0) for name, n in kept.items()}},
        "n_rows": {"originals": sum(kept.values()), "generated": sum(lacking.values())},
        "files": {"originals": originals, "generated": generated},
        "columns": {"originals": presented(learned.originals), "generated": presented(found)},
    }
    part.write_json(MANIFEST, manifest)
    return manifest


def _record(part: PartFolder, names: OutputNames, file: DataFile) -> dict[str, Any]:
    return {"name": names.of(file.name), **part.done[f"original {file.name}"]}


def write_originals(data_set: DataSet, options: Options, part: PartFolder, engine: Engine, *, verbose: bool) -> None:
    """Copy the original files, or write them again where they change."""
    names = OutputNames(data_set)
    left = [file for file in data_set.files if not _is_written(part, names, file)]
    part.check_room(sum(file.size for file in left))
    with counting("Copying", data_set.size, "MB", shown=verbose) as advance:
        advance(data_set.size - sum(file.size for file in left))
        for file, facts in engine.map(_write_original, left, shared=(data_set, options, part, names)):
            part.check_holds(names.of(file.name))
            part.record(f"original {file.name}", **facts)
            advance(file.size)


def _is_written(part: PartFolder, names: OutputNames, file: DataFile) -> bool:
    found = part.done.get(f"original {file.name}")
    return found is not None and part.holds(names.of(file.name), found["bytes"])


def _write_original(
    data_set: DataSet, options: Options, part: PartFolder, names: OutputNames, file: DataFile
) -> tuple[DataFile, dict[str, int]]:
    """Write an original file; return it with its bytes, and with its rows if they are known."""
    rewrites = options.rewrites(data_set)
    with part.new_file(names.of(file.name)) as path:
        if rewrites:
            n_rows: int | None = rewrite(data_set, options.target, file, path, options.mark)
        else:
            n_rows = file.n_rows
            _copy(data_set, file, path)
        size = path.stat().st_size
    if not rewrites and size != file.size:
        raise DataError(
            f"{file.path!r} had {file.size} bytes when it was opened and has {size} now. Delete "
            f"{str(part.folder)!r}, and run the command again."
        )
    return file, {"bytes": size, **({} if n_rows is None else {"rows": n_rows})}


def _copy(data_set: DataSet, file: DataFile, path: Path) -> None:
    """Copy a file byte for byte."""
    if isinstance(data_set.store, LocalStore):  # the system copies without a detour through this process
        shutil.copyfile(file.path, path)
        return
    with data_set.store.open(file.path) as source, path.open("wb") as target:
        shutil.copyfileobj(source, target, _BLOCK)


def _write_generated(
    data_set: DataSet, options: Options, part: PartFolder, learned: Learned, engine: Engine, *, verbose: bool
) -> tuple[list[dict[str, Any]], Summary]:
    """Write the generated rows; return the files and the figures of their columns."""
    if learned.gan is None:
        return [], {}
    generation = Generation(data_set, learned.gan, options.target, learned.wanted, options.mark)
    left = [
        stretch for stretch in generation.stretches if not _holds(part, part.done.get(_name(stretch), {}).get("files"))
    ]
    with counting("Generating", sum(learned.wanted.values()), "rows", shown=verbose) as advance:
        advance(sum(learned.wanted.values()) - sum(stretch.n_rows for stretch in left))
        for stretch, files, figures in engine.map(_write_stretch, left, shared=(generation, part)):
            for file in files:
                part.check_holds(file["name"])
            part.record(_name(stretch), files=files, columns=figures)
            advance(stretch.n_rows)
    records = [part.done[_name(stretch)] for stretch in generation.stretches]
    return [file for record in records for file in record["files"]], reduce(
        merged, (record["columns"] for record in records), {}
    )


def _holds(part: PartFolder, files: list[dict[str, Any]] | None) -> bool:
    """Return whether all of these files are there; False if there is nothing of them."""
    return files is not None and all(part.holds(file["name"], file["bytes"]) for file in files)


def _name(stretch: Stretch) -> str:
    return f"generated {stretch.number}"


def _write_stretch(
    generation: Generation, part: PartFolder, stretch: Stretch
) -> tuple[Stretch, list[dict[str, Any]], Summary]:
    written, figures = generation.write(stretch, part)
    return stretch, [{"name": name, "rows": n, **part.described(name)} for name, n in written.items()], figures


def _outcome(part: PartFolder, manifest: dict[str, Any]) -> Outcome:
    counts, n_rows = manifest["class_counts"], manifest["n_rows"]
    order = sorted(counts["before"], key=lambda name: -counts["before"][name])
    return Outcome(
        part.output,
        sum(n_rows.values()),
        n_rows["generated"],
        {name: counts["before"][name] for name in order},
        {name: counts["after"][name] for name in order},
        manifest["seed"],
        tuple(manifest["remarks"]),
        manifest["n_missing"],
    )
