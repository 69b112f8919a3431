"""The files of generated rows: which rows each of them holds, where it lies, and how it is written."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from imbgan.bulk.output_names import OutputNames
from imbgan.bulk.part_folder import PartFolder
from imbgan.bulk.summaries import Summary, identifying, merged, summary_of
from imbgan.data import DataSet
from imbgan.data.formats import TEXT_FORMATS
from imbgan.data.set_writers import FileWriter, writer_like
from imbgan.oversampling.chunks import BLOCK_ROWS

if TYPE_CHECKING:
    import polars as pl

    from imbgan.oversampling import TabularGAN

#: Rows per file. Those of a partitioned data set are in memory until they are divided.
FILE_ROWS, DIVIDED_ROWS = 2**20, 2**18
#: Rows that are generated at a time, so many that all cores have chunks of them; of wide tables as many as have so many
#: cells, which those of a partitioned data set may have in all.
ROWS, CELLS = 2**18, 2**24


@dataclass(frozen=True)
class Segment:
    """Rows ``start`` to ``stop`` of the endless table of a class."""

    code: int
    start: int
    stop: int


@dataclass(frozen=True)
class Stretch:
    """The rows of one file; of one file per folder in a partitioned data set."""

    number: int
    segments: tuple[Segment, ...]

    @property
    def n_rows(self) -> int:
        """Number of rows."""
        return sum(segment.stop - segment.start for segment in self.segments)


def stretches(wanted: Mapping[int, int], n_rows: int) -> Iterator[Stretch]:
    """Yield the rows of all classes, class by class, in stretches of at most ``n_rows`` rows.

    Examples
    --------
    >>> [[(s.code, s.start, s.stop) for s in each.segments] for each in stretches({0: 5, 2: 2}, 3)]
    [[(0, 0, 3)], [(0, 3, 5), (2, 0, 1)], [(2, 1, 2)]]
    """
    number, segments, left = 0, list[Segment](), n_rows
    for code, n in wanted.items():
        start = 0
        while start < n:
            stop = min(n, start + left)
            segments.append(Segment(code, start, stop))
            left -= stop - start
            start = stop
            if not left:
                yield Stretch(number, tuple(segments))
                number, segments, left = number + 1, [], n_rows
    if segments:
        yield Stretch(number, tuple(segments))


class Generation:
    """Writes the generated rows of a data set into its output.

    Parameters
    ----------
    data_set : DataSet
        The original files, whose format, types and folders the new files have.
    gan : TabularGAN
    target : str
    wanted : mapping of int to int
        Number of rows per class code.
    mark : str or None
        Name of a column that is true in all generated rows.
    """

    def __init__(
        self, data_set: DataSet, gan: "TabularGAN", target: str, wanted: Mapping[int, int], mark: str | None
    ) -> None:
        import polars as pl

        self.data_set, self.gan, self.target, self.mark = data_set, gan, target, mark
        columns = {name: dtype for name, dtype in data_set.schema.items() if name not in data_set.values}
        self._columns = columns | ({} if mark is None else {mark: pl.Boolean()})
        self._writer: FileWriter = writer_like(data_set, self._columns)
        # Vectors are as wide as they have numbers.
        self._rows = min(ROWS, max(CELLS // len(gan.encoder_.schema_.columns), BLOCK_ROWS))
        is_text = data_set.format in TEXT_FORMATS
        n_rows = min(DIVIDED_ROWS, self._rows) if data_set.partitions else DIVIDED_ROWS if is_text else FILE_ROWS
        self.stretches = tuple(stretches(wanted, n_rows))
        self._names = OutputNames(data_set)
        self._stem = _free_stem([file.name for file in data_set.files])
        self._identifying = identifying(gan)

    def write(self, stretch: Stretch, part: PartFolder) -> tuple[dict[str, int], Summary]:
        """Write the files of a stretch; return their names with their rows, and the figures of these."""
        found: Summary = {}

        def frames() -> "Iterator[pl.DataFrame]":
            nonlocal found
            for frame in self._frames(stretch):
                found = merged(found, summary_of(frame, self._identifying))
                yield frame

        name = f"{self._stem}-{stretch.number:05d}{self._writer.ending}"
        if not self.data_set.partitions:
            with part.new_file(name) as path:
                self._writer.write(path, (frame.select(list(self._columns)) for frame in frames()))
            return {name: stretch.n_rows}, found
        files: dict[str, int] = {}
        for folder, frame in self._divided(list(frames())):
            with part.new_file(f"{folder}/{name}") as path:
                self._writer.write(path, frame.select(list(self._columns)).iter_slices(self._rows))
            files[f"{folder}/{name}"] = frame.height
        return files, found

    def _frames(self, stretch: Stretch) -> "Iterator[pl.DataFrame]":
        """Yield the rows of a stretch in batches, in the columns and types of the data set."""
        import polars as pl

        for segment in stretch.segments:
            label = self.gan.classes_.tolist()[segment.code]
            for start in range(segment.start, segment.stop, self._rows):
                n = min(self._rows, segment.stop - start)
                X: pl.DataFrame = self.gan.sample(n, label=label, start=start)
                labels = pl.Series(self.target, [label], strict=False).new_from_index(0, n)
                frame = X.with_columns(labels.cast(self.data_set.schema[self.target]))
                frame = frame.select(pl.col(name).cast(dtype) for name, dtype in self.data_set.schema.items())
                yield frame if self.mark is None else frame.with_columns(pl.lit(True).alias(self.mark))

    def _divided(self, frames: "Sequence[pl.DataFrame]") -> "Iterator[tuple[str, pl.DataFrame]]":
        """Yield the rows of each folder, in their order; folders in order of appearance."""
        import polars as pl

        names = list(self.data_set.partitions)
        for frame in pl.concat(frames).partition_by(names, maintain_order=True):
            first = frame.row(0, named=True)
            yield "/".join(self._names.folder(name, first[name]) for name in names), frame


def _free_stem(names: Sequence[str]) -> str:
    """Return the beginning of the names of new files, which no file has."""
    taken = [Path(name).name for name in names]
    stems = ("generated" if number == 1 else f"generated-{number}" for number in range(1, len(names) + 2))
    return next(stem for stem in stems if not any(name.startswith(f"{stem}-") for name in taken))
