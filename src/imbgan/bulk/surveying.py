"""The survey of a data set by several processes: one section of a file each, merged by a tree."""

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from imbgan.bulk.options import Options
from imbgan.bulk.summaries import Summary, summary_of
from imbgan.data import DataSet
from imbgan.data.sections import Section
from imbgan.data.target import check_class_counts
from imbgan.engines import Engine
from imbgan.oversampling.streaming import survey_seed
from imbgan.tabular.survey import Survey

if TYPE_CHECKING:
    import polars as pl

#: Most rows of a section, unless one row group has more. With fewer rows, more of a section would be in its reservoir,
#: so that merging would take longer than reading.
SECTION_ROWS = 2**20


@dataclass
class Seen:
    """What a process has seen of some neighboring sections.

    Attributes
    ----------
    survey : Survey
    class_counts : Counter of label
    n_missing : int
        Rows without a label, which are left out.
    figures : list of dict
        The figures of the columns of each batch, in order: sums of fractions depend on it.
    labels : polars.Series or None
        Some labels.
    """

    survey: Survey
    class_counts: Counter[object] = field(default_factory=Counter[object])
    n_missing: int = 0
    figures: list[Summary] = field(default_factory=list[Summary])
    labels: "pl.Series | None" = None


def survey_files(data_set: DataSet, options: Options, engine: Engine) -> Seen:
    """Return what the processes of an engine see of all files.

    Raises
    ------
    DataError, DataTypeError, ParameterError
        As :class:`imbgan.data.labeled.LabeledBatches` and :meth:`Survey.update` do.
    """
    data_set.labeled(options.target)  # a wrong target is found before the files are read
    seen = engine.reduce(survey_section, data_set.sections(SECTION_ROWS), merged, shared=(data_set, options))
    if seen.labels is not None:
        check_class_counts(seen.labels, seen.class_counts, is_complete=True)
    return seen


def survey_section(data_set: DataSet, options: Options, section: Section) -> Seen:
    """Return what one process sees of a section."""
    seen = Seen(Survey(seed=survey_seed(options.seed), size=options.size, rules=options.rules))
    batches = data_set.labeled(options.target, sections=[section])
    for batch in batches:
        seen.survey.update(batch.X, batch.y, file=batch.file, rows=batch.rows, place=batch.place)
        seen.figures.append(summary_of(batch.X.with_columns(batch.y)))
        seen.labels = batch.y.head(1)
    seen.class_counts.update(batches.class_counts)
    seen.n_missing = batches.n_missing
    return seen


def merged(first: Seen, second: Seen) -> Seen:
    """Return what was seen of both, which are neighbors; they are used up."""
    first.survey.merge(second.survey)
    return Seen(
        first.survey,
        first.class_counts + second.class_counts,
        first.n_missing + second.n_missing,
        first.figures + second.figures,
        first.labels if second.labels is None else second.labels,
    )
