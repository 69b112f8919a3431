"""Open a data set: find its files in a folder, by a pattern, or as one file."""

from collections.abc import Sequence
from pathlib import Path

from imbgan._text import listed
from imbgan.data.formats import Format, format_of, signed_format
from imbgan.data.object_stores import located
from imbgan.data.partitions import keys_in
from imbgan.data.reading import Reading
from imbgan.data.sets import DataFile, DataSet
from imbgan.data.stores import Entry, Store, divided, is_passed_over, is_pattern, pattern_of
from imbgan.exceptions import DataError, ParameterError


def open_data_set(path: str | Path, reading: Reading | None = None, *, store: Store | None = None) -> DataSet:
    r"""Open a table in files without reading its rows.

    Parameters
    ----------
    path : str or Path
        A folder of Parquet, Arrow, CSV, TSV or JSON lines files, also in folders below it, whose names may hold columns
        (``year=2024``); a pattern such as ``"data/part-*.parquet"``; or one file. Files and folders whose name begins
        with ``_`` or ``.`` are passed over.
    reading : Reading, default=None
        How the files are read; ``drop`` leaves columns out.
    store : Store, default=None
        Where the files lie; by default on this machine, or in the object store of an address such as
        ``"s3://bucket/folder"``.

    Returns
    -------
    DataSet

    Raises
    ------
    DataError
        If there is no such file, if no file holds a row, if a file is damaged, or if files differ in their format,
        their columns or the types of these.
    ParameterError
        If a column of ``reading`` is unknown.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> folder = Path(tempfile.mkdtemp())
    >>> for year, text in ((2023, "age,label\n34,a\n"), (2024, "age,label\n51,b\n29,a\n")):
    ...     (folder / f"year={year}").mkdir()
    ...     _ = (folder / f"year={year}" / "part.csv").write_text(text)
    >>> for batch in open_data_set(folder).batches():
    ...     print(batch.file, batch.start, batch.frame.rows())
    0 0 [(34, 'a', 2023)]
    1 0 [(51, 'b', 2024), (29, 'a', 2024)]
    """
    text = str(path)
    found_store, at = located(text)
    store = store or found_store
    reading = reading or Reading()
    kind = store.kind(at)
    if kind == "file":
        entry = store.entry(at)
        root, _, name = at.rpartition("/")
        files = [DataFile(name, at, entry.size, entry.modified, None, {})]
        return DataSet(text, root or ".", store, files, _one_format(store, files, reading), reading)
    root, pattern = (at, "**") if kind == "folder" or not is_pattern(at) else divided(at)
    regex = pattern_of(pattern)
    named = sorted((_below(entry.path, root), entry) for entry in store.listed(root))
    named = [(name, entry) for name, entry in named if regex.fullmatch(name)]
    chosen, passed_over = _tables(store, named, reading)
    if not chosen:
        held = f"only files of other formats, such as {passed_over[0]!r}" if passed_over else "no files"
        raise DataError(
            f"{text!r} holds {held}. A data set is a folder or a pattern of Parquet, Arrow, CSV, TSV or JSON lines "
            "files; name the format if their names do not tell it (--format)."
        )
    files = [DataFile(name, entry.path, entry.size, entry.modified, None, keys_in(name)) for name, entry in chosen]
    found = DataSet(text, root, store, files, _one_format(store, files, reading), reading)
    if passed_over:
        found.notes = (f"Passed over files that are no tables: {listed(passed_over, 5)}.",)
    return found


def _below(path: str, root: str) -> str:
    return path[len(root.rstrip("/")) + 1 :] if root != "." or path.startswith("./") else path


def _tables(
    store: Store, named: Sequence[tuple[str, Entry]], reading: Reading
) -> tuple[list[tuple[str, Entry]], list[str]]:
    """Return the files that are tables, and the names of those that are none."""
    chosen: list[tuple[str, Entry]] = []
    others: list[str] = []
    for name, entry in named:
        if any(map(is_passed_over, name.split("/"))):
            continue
        if reading.format is not None or _named_format(name) is not None or _is_signed(store, name, entry):
            chosen.append((name, entry))
        else:
            others.append(name)
    return chosen, others


def _named_format(name: str) -> Format | None:
    try:
        return format_of(Path(name), None).format
    except ParameterError:
        return None


def _is_signed(store: Store, name: str, entry: Entry) -> bool:
    """Return whether a file without an ending is a table by its first bytes, as programs of Hadoop write them."""
    return "." not in name.rpartition("/")[2] and _signature(store, entry.path) is not None


def _signature(store: Store, path: str) -> Format | None:
    with store.open(path) as file:
        return signed_format(file.read(8))


def _one_format(store: Store, files: Sequence[DataFile], reading: Reading) -> Format:
    """Return the format of all files; DataError if there are several."""
    found: Format | None
    if reading.format is not None:
        found = format_of(Path(files[0].path), reading.format).format
    else:
        formats: dict[str, Format | None] = {
            file.path: _named_format(file.path) or _signature(store, file.path) for file in files
        }
        first, found = next(iter(formats.items()))
        other = next((path for path, each in formats.items() if each != found), None)
        if other is not None:
            raise DataError(
                f"All files of a table must have one format. {first!r} is {found}, and {other!r} is {formats[other]}. "
                "Name the files that belong together with a pattern such as 'folder/part-*.parquet'."
            )
    if found is None:
        found = format_of(Path(files[0].path), None).format  # the error of a name that tells no format
    if found == "excel":
        raise DataError(
            f"{files[0].path!r} is a spreadsheet, which is read as a whole. Export it as CSV or Parquet to read it in "
            "batches."
        )
    return found
