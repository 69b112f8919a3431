"""``resample`` balances a data set on a Ray cluster."""

from pathlib import Path
from typing import Any

from imbgan.bulk import Options, Outcome, resample_files
from imbgan.data import Reading, open_data_set
from imbgan.engines import resolve_engine


def resample(
    path: str | Path,
    output: str | Path,
    *,
    target: str,
    engine: Any = "ray",  # noqa: ANN401 - see resolve_engine
    reading: Reading | None = None,
    resume: bool = False,
    overwrite: bool = False,
    verbose: bool = False,
    **options: Any,  # noqa: ANN401 - those of Options
) -> Outcome:
    """Balance a data set with the processes of a cluster: write its files, and files of generated rows beside them.

    Each section of a file, of about a million rows, is read by one worker, which counts its classes, collects
    statistics and keeps a reservoir of its rows; these are merged by a tree. One worker trains, on a GPU where the
    cluster has one. Then each worker copies files, and makes and writes its own stretches of the generated rows. Every
    file of the output has the same bytes for any number of workers, and without a cluster.

    Parameters
    ----------
    path : str or Path
        A folder, a pattern or a file; or an address in an object store, such as ``"s3://bucket/folder"``. All machines
        must see it at this path.
    output : str or Path
        The folder to create, on a file system that all machines share, or an address in an object store.
    target : str
        The column of the labels.
    engine : "ray", "local" or Engine, default="ray"
        See :func:`imbgan.compare`.
    reading : Reading, default=None
        How the files are read.
    resume, overwrite, verbose : bool, default=False
        See :func:`imbgan.bulk.resample_files`.
    **options
        Further fields of :class:`imbgan.bulk.Options`, such as ``ratio``, ``max_iter`` and ``seed``.

    Returns
    -------
    Outcome

    Raises
    ------
    DataError, DataTypeError, ParameterError
        See :func:`imbgan.bulk.resample_files`.
    EngineError
        If the cluster cannot be reached, or lost a part of the work too often.
    """
    asked = Options(target, **options)
    chosen = resolve_engine(engine)
    data_set = open_data_set(path, reading)
    with chosen as entered:
        return resample_files(
            data_set, output, asked, resume=resume, overwrite=overwrite, engine=entered, verbose=verbose
        )
