"""Resample a data set: learn it, copy its files, and write generated rows beside them."""

import hashlib
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from imbgan._progress import counting
from imbgan.bulk.generating import Generation
from imbgan.bulk.learning import Learned, learn
from imbgan.bulk.options import Options
from imbgan.bulk.part_folder import MANIFEST, PartFolder
from imbgan.bulk.summaries import Summary, merged, presented
from imbgan.data import DataFile, DataSet, open_data_set
from imbgan.data.set_writers import rewrite
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
        The folder to create.
    options : Options
    resume : bool, default=False
        Whether to finish what an interrupted run left; without one, everything is done.
    overwrite : bool, default=False
        Whether to replace an output of imbgan, and what an interrupted run left.
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
        If the output exists, lies within the input, or belongs to other input or options.
    """
    output = Path(output).resolve()
    _check_apart(data_set, output)
    if options.mark in data_set.schema:
        raise ParameterError(f"--mark must name a new column. The table has a column {options.mark!r}.")
    part = PartFolder(output)
    facts = options.facts(data_set)
    if resume and (manifest := part.finished(facts)) is not None:
        return _outcome(output, manifest)
    with part.opened(facts, resume=resume, overwrite=overwrite):
        manifest = part.manifest
        if manifest is None:
            learned = _learn(data_set, options, part, verbose=verbose)
            manifest = _fill(data_set, options, part, learned, facts, verbose=verbose)
        part.finish(overwrite=overwrite)
    return _outcome(output, manifest)


def _check_apart(data_set: DataSet, output: Path) -> None:
    root = Path(data_set.root).resolve()
    is_folder = Path(data_set.path).is_dir() or Path(data_set.path).resolve() != output
    if output == root or (is_folder and output.is_relative_to(root) and len(data_set.files) > 1):
        raise ParameterError(
            f"OUT must not lie in the folder of IN, {str(root)!r}: its files would be read as a part of IN. Name "
            "another folder."
        )


def _learn(data_set: DataSet, options: Options, part: PartFolder, *, verbose: bool) -> Learned:
    """Learn the data set; if that fails, nothing is left, since nothing is worth keeping."""
    try:
        return learn(data_set, options, part, verbose=verbose)
    except BaseException:
        part.discard_unlearned()
        raise


def _fill(
    data_set: DataSet, options: Options, part: PartFolder, learned: Learned, facts: dict[str, Any], *, verbose: bool
) -> dict[str, Any]:
    """Write all files and the manifest."""
    if not options.only_generated:
        write_originals(data_set, options, part, verbose=verbose)
    generated, found = _write_generated(data_set, options, part, learned, verbose=verbose)
    if open_data_set(data_set.path, data_set.given, store=data_set.store).fingerprint != data_set.fingerprint:
        raise DataError(
            f"The files of {data_set.path!r} have changed while they were read, so that the output would mix both. "
            f"Delete {str(part.folder)!r}, and run the command again."
        )
    before = {label_text(label): n for label, n in zip(learned.classes, learned.class_counts, strict=True)}
    lacking = {label_text(learned.classes[code]): n for code, n in learned.wanted.items()}
    kept = dict.fromkeys(before, 0) if options.only_generated else before
    originals = [] if options.only_generated else [_record(part, file.name) for file in data_set.files]
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


def _record(part: PartFolder, name: str) -> dict[str, Any]:
    return {"name": name, **part.done[f"original {name}"]}


def write_originals(data_set: DataSet, options: Options, part: PartFolder, *, verbose: bool) -> None:
    """Copy the original files, or write them again where they change."""
    rewrites = options.rewrites(data_set)
    left = [file for file in data_set.files if f"original {file.name}" not in part.done]
    _check_room(part, left)
    with counting("Copying", data_set.size, "MB", shown=verbose) as advance:
        advance(data_set.size - sum(file.size for file in left))
        for file in left:
            with part.new_file(file.name) as path:
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
            part.record(f"original {file.name}", bytes=size, **({} if n_rows is None else {"rows": n_rows}))
            advance(file.size)


def _copy(data_set: DataSet, file: DataFile, path: Path) -> None:
    """Copy a file byte for byte."""
    if Path(file.path).is_file():  # the system copies without a detour through this process
        shutil.copyfile(file.path, path)
        return
    with data_set.store.open(file.path) as source, path.open("wb") as target:
        shutil.copyfileobj(source, target, _BLOCK)


def _check_room(part: PartFolder, files: Sequence[DataFile]) -> None:
    """Raise DataError if the files alone are more than the disk holds."""
    needed, free = sum(file.size for file in files), shutil.disk_usage(part.folder).free
    if needed > free:
        raise DataError(
            f"The copies of the files take {needed / 1e9:.1f} GB, and {str(part.folder)!r} has room for "
            f"{free / 1e9:.1f} GB. Make room and run the same command with --resume, or write generated rows alone "
            "(--only-generated)."
        )


def _write_generated(
    data_set: DataSet, options: Options, part: PartFolder, learned: Learned, *, verbose: bool
) -> tuple[list[dict[str, Any]], Summary]:
    """Write the generated rows; return the files and the figures of their columns."""
    files: list[dict[str, Any]] = []
    found: Summary = {}
    if learned.gan is None:
        return files, found
    generation = Generation(data_set, learned.gan, options.target, learned.wanted, options.mark)
    with counting("Generating", sum(learned.wanted.values()), "rows", shown=verbose) as advance:
        for stretch in generation.stretches:
            name = f"generated {stretch.number}"
            if name not in part.done:
                written, figures = generation.write(stretch, part)
                records = [_described(part, each, n) for each, n in written.items()]
                part.record(name, files=records, columns=figures)
            files += part.done[name]["files"]
            found = merged(found, part.done[name]["columns"])
            advance(stretch.n_rows)
    return files, found


def _described(part: PartFolder, name: str, n_rows: int) -> dict[str, Any]:
    """Return what the manifest tells of a generated file."""
    path = part.folder / name
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    return {"name": name, "rows": n_rows, "bytes": path.stat().st_size, "sha256": digest}


def _outcome(output: Path, manifest: dict[str, Any]) -> Outcome:
    counts, n_rows = manifest["class_counts"], manifest["n_rows"]
    order = sorted(counts["before"], key=lambda name: -counts["before"][name])
    return Outcome(
        output,
        sum(n_rows.values()),
        n_rows["generated"],
        {name: counts["before"][name] for name in order},
        {name: counts["after"][name] for name in order},
        manifest["seed"],
        tuple(manifest["remarks"]),
        manifest["n_missing"],
    )
