"""The batches of a data set, split into features and labels."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

from imbgan._progress import counting
from imbgan.data.target import check_class_counts, is_missing, unknown_column
from imbgan.exceptions import DataError, ParameterError

if TYPE_CHECKING:
    import numpy as np
    import polars as pl
    from numpy.typing import NDArray

    from imbgan.data.sections import Section
    from imbgan.data.sets import DataSet


class LabeledBatch(NamedTuple):
    """Features and labels of some rows of a data set, and where these lie.

    Attributes
    ----------
    X : polars.DataFrame
    y : polars.Series
    file : int
        Number of the file.
    rows : ndarray of int64 of shape (n,)
        Numbers of the rows in this file, in increasing order; some are absent where rows without a label are dropped.
    place : str
        Where the rows lie, for messages.
    """

    X: "pl.DataFrame"
    y: "pl.Series"
    file: int
    rows: "NDArray[np.int64]"
    place: str


class LabeledBatches:
    """The batches of a data set with their labels; each iteration reads the files once.

    Parameters
    ----------
    data_set : DataSet
    target : str
        The column of the labels. Rows without a label are an error, unless the reading of the data set drops them.
    sections : sequence of Section, default=None
        What is read; by default all.

    Attributes
    ----------
    class_counts : dict of label to int
        Rows of each class, in order of appearance; complete after an iteration.
    n_missing : int
        Rows that were dropped, since they have no label; complete after an iteration.

    Raises
    ------
    DataError
        If the data set has no other column than the target.
    ParameterError
        If the data set has no such column.
    """

    def __init__(self, data_set: "DataSet", target: str, sections: "Sequence[Section] | None" = None) -> None:
        if target not in data_set.schema:
            if target in data_set.reading.drop:
                raise ParameterError(f"The target {target!r} cannot be dropped. Name another target, or keep it.")
            raise ParameterError(unknown_column(target, data_set.columns))
        if len(data_set.columns) < 2:
            raise DataError(f"The table must have other columns than the target {target!r}. Got none.")
        self.data_set, self.target, self.sections = data_set, target, sections
        self.class_counts: dict[object, int] = {}
        self.n_missing = 0

    def __iter__(self) -> Iterator[LabeledBatch]:
        """Yield the batches in their order.

        Raises
        ------
        DataError
            If a file cannot be read, if a label is missing, or if the target holds measurements, a single class, or
            more values than classes can be.
        """
        counts: dict[object, int] = {}
        self.class_counts, self.n_missing = counts, 0
        is_part = self.sections is not None
        labels = None
        for batch in self.data_set.batches(sections=self.sections):
            place = f"{self.data_set.files[batch.file].path!r}, rows from {batch.start} (from 0)"
            rows = self._with_label(batch.frame.get_column(self.target), place, batch.start)
            if not len(rows):
                continue
            frame = batch.frame if len(rows) == batch.frame.height else batch.frame[rows]
            labels = frame.get_column(self.target)
            for label, n in labels.value_counts().iter_rows():
                counts[label] = counts.get(label, 0) + n
            check_class_counts(labels, counts, is_complete=False)
            yield LabeledBatch(frame.drop(self.target), labels, batch.file, batch.start + rows, place)
        if labels is None and is_part:
            return
        if labels is None:
            raise DataError(f"The target {self.target!r} is missing in all rows. Choose another column.")
        if not is_part:
            check_class_counts(labels, counts, is_complete=True)

    def shown(self, verbose: bool) -> Iterator[LabeledBatch]:
        """Yield the batches, and show how many rows were read."""
        with counting("Reading", self.data_set.n_rows, "rows", shown=verbose) as advance:
            for batch in self:
                yield batch
                advance(batch.X.height)

    def _with_label(self, labels: "pl.Series", place: str, start: int) -> "NDArray[np.int64]":
        """Return the rows that have a label."""
        import numpy as np

        missing = is_missing(labels)
        n_missing = int(missing.sum())
        if n_missing and not self.data_set.reading.drop_missing:
            raise DataError(
                f"{place}: every row must have a label. The target {self.target!r} is missing in {n_missing} of these "
                f"{len(labels)} rows (first: row {start + int(missing.arg_max() or 0)}). Fill them in, or drop them "
                "(drop_missing=True, --drop-missing-target)."
            )
        self.n_missing += n_missing
        return np.flatnonzero(~missing.to_numpy()).astype(np.int64)
