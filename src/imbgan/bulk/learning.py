"""The first part of a resampling: what is learned of a data set, kept so that no later part has to learn it again."""

import warnings
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import reduce
from typing import Any

from imbgan._files import whole_folder
from imbgan._plain import to_plain
from imbgan._text import shown
from imbgan.bulk.options import Options
from imbgan.bulk.part_folder import LEARNED, MODEL, WORK, PartFolder, read_json
from imbgan.bulk.summaries import Summary, identifying, merged, summary_of
from imbgan.bulk.surveying import survey_files
from imbgan.data import DataSet, LabeledBatch
from imbgan.data.labeled import LabeledBatches
from imbgan.engines import Engine
from imbgan.exceptions import ImbganWarning
from imbgan.oversampling import GANOverSampler, TabularGAN
from imbgan.tabular.survey import Survey


@dataclass(frozen=True)
class Learned:
    """What the later parts need.

    Attributes
    ----------
    classes : tuple of label
        Sorted.
    class_counts : tuple of int
        Rows of the whole table.
    wanted : dict of int to int
        Rows to generate, by class code.
    originals : dict
        The figures of all columns.
    remarks : tuple of str
        What the user should know of the generated rows.
    n_missing : int
        Rows that were left out, since they have no label.
    gan : TabularGAN or None
        None if no class lacks rows.
    """

    classes: tuple[Any, ...]
    class_counts: tuple[int, ...]
    wanted: dict[int, int]
    originals: Summary
    remarks: tuple[str, ...]
    n_missing: int
    gan: TabularGAN | None


def learn(data_set: DataSet, options: Options, part: PartFolder, engine: Engine | None, *, verbose: bool) -> Learned:
    """Learn a data set, or load what an interrupted run has learned.

    The rows always come from the saved model, so that a resumed run generates the rows of one that was not interrupted.
    """
    if not (part.work / LEARNED).exists():
        _learn(data_set, options, part, engine, verbose=verbose)
    document: dict[str, Any] = read_json(part.work / LEARNED)
    wanted = {int(code): int(n) for code, n in document["wanted"]}
    return Learned(
        tuple(document["classes"]),
        tuple(document["class_counts"]),
        wanted,
        document["originals"],
        tuple(document["remarks"]),
        document["n_missing"],
        TabularGAN.load(part.work / MODEL) if any(wanted.values()) else None,
    )


def _learn(data_set: DataSet, options: Options, part: PartFolder, engine: Engine | None, *, verbose: bool) -> None:
    sampler = GANOverSampler(
        sampling_strategy=options.sampling_strategy,
        max_iter=options.max_iter,
        random_state=options.seed,
        identifiers=options.identifiers,
        encoder=options.encoder,
        rules=list(options.rules) or None,
        verbose=verbose and engine is None,
    )
    if engine is None:
        batches = data_set.labeled(options.target)
        watched = _Watched(batches, verbose=verbose)
        sampler.fit_stream(watched, size=options.size)
        found, class_counts, n_missing = watched.found, batches.class_counts, batches.n_missing
    else:
        seen = survey_files(data_set, options, engine)
        found, class_counts, n_missing = reduce(merged, seen.figures, {}), seen.class_counts, seen.n_missing
        sampler, told = engine.call(_fitted, sampler, seen.survey)
        for warning in told:
            warnings.warn(warning, stacklevel=4)
    _keep(sampler, found, class_counts, n_missing, part)


def _fitted(sampler: GANOverSampler, survey: Survey) -> tuple[GANOverSampler, list[ImbganWarning]]:
    """Return the fitted sampler, and what it warned of, which another process would keep to itself."""
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        sampler.fit_surveyed(survey.result())
    return sampler, [each.message for each in told if isinstance(each.message, ImbganWarning)]


def _keep(
    sampler: GANOverSampler, found: Summary, class_counts: Mapping[Any, int], n_missing: int, part: PartFolder
) -> None:
    """Write down all that later parts need."""
    wanted = {label: n for label, n in sampler.sampling_strategy_.items() if n}
    if wanted:
        with whole_folder(part.work / MODEL, overwrite=True) as folder:
            sampler.gan_.save(folder)
    # Where nothing was learned, nobody knows which columns identify.
    _forget(found, identifying(sampler.gan_) if wanted else list(found))
    classes = sorted(class_counts, key=lambda label: (str(type(label)), label))  # pyright: ignore[reportArgumentType]
    counts = [class_counts[label] for label in classes]
    remarks = [f"Class {shown(each.label)}: {each.evidence} {each.action}" for each in sampler.find_too_close()]
    document = {
        "classes": classes,
        "class_counts": counts,
        "wanted": [[code, wanted[label]] for code, label in enumerate(classes) if label in wanted],
        "originals": found,
        "remarks": remarks,
        "n_missing": n_missing,
    }
    part.write_json(f"{WORK}/{LEARNED}", to_plain(document))


def _forget(found: Summary, names: Collection[str]) -> None:
    """Keep no value of these columns."""
    for name in names:
        found[name] = {figure: found[name][figure] for figure in ("n", "missing")}


class _Watched:
    """Batches whose figures are collected while they are read."""

    def __init__(self, batches: LabeledBatches, *, verbose: bool) -> None:
        self._batches, self._verbose = batches, verbose
        self.found: Summary = {}

    def __iter__(self) -> Iterator[LabeledBatch]:
        for batch in self._batches.shown(self._verbose):
            yield batch
            self.found = merged(self.found, summary_of(batch.X.with_columns(batch.y)))
