"""Train generators on encoded rows: one network for all classes, or one network per class."""

import warnings
from collections.abc import Callable, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from imbgan.exceptions import GenerationQualityWarning
from imbgan.gan.config import WORSE_THAN_BASELINE
from imbgan.gan.loop import train
from imbgan.gan.model import ClassGenerators
from imbgan.gan.networks.families import Family, Networks
from imbgan.gan.records import MEASURES, ChunkSummary, OnChunk, Result
from imbgan.gan.space import Features, Space
from imbgan.gan.state import TrainState
from imbgan.oversampling.parameters import Configuration, OptionTypes, training_configuration
from imbgan.oversampling.progress import ProgressLine
from imbgan.quality.history import History
from imbgan.random import Streams

# Called as `choose(rows, codes, space, train_mask)` for each member; returns the family of its networks.
ChooseFamily = Callable[[np.ndarray, np.ndarray, Space, np.ndarray], Family]


@dataclass(frozen=True)
class EncodedRows:
    """Rows in the form that the networks learn from."""

    rows: np.ndarray  # shape=(n, *row), float32
    codes: np.ndarray  # shape=(n,), class codes
    counts: np.ndarray  # shape=(n_classes,), number of rows of each class
    space: Space | None  # what a row is; None if all rows are alike, so that there is nothing to learn
    names: tuple[str, ...]  # labels of the classes as text
    largest: int  # code of the largest class, of which a part may stand here


@dataclass(frozen=True)
class Plan:
    """How an estimator trains its networks."""

    parameters: Mapping[str, Any]  # of the estimator
    option_types: OptionTypes  # what its `train_options` can name
    choose_family: ChooseFamily
    features: Features | None = None  # what distances are taken in; None means the features of the space

    def configuration(self, counts: np.ndarray) -> Configuration:
        """Return the configuration for classes of these sizes."""
        return training_configuration(self.parameters, counts.tolist(), self.option_types)


def learn(
    encoded: EncodedRows, wanted: Sequence[int], plan: Plan, streams: Streams, previous: Mapping[int, TrainState]
) -> tuple[ClassGenerators, dict[int, Result]]:
    """Train one network for all classes, or one per class, according to the parameter ``condition``.

    Parameters
    ----------
    encoded : EncodedRows
    wanted : sequence of int
        Codes of the classes that will be generated; with ``"minority"``, each of them gets its own network.
    plan : Plan
    streams : Streams
    previous : mapping of int to TrainState
        States from which training continues, by the first class of their network.

    Returns
    -------
    ClassGenerators, dict of int to Result
        Results by the first class of their network, in the order of training.
    """
    # Training is judged by all classes but the largest, whichever will be generated. So generating one more class
    # changes neither training nor any other row.
    largest = encoded.largest
    rare = [c for c, n in enumerate(encoded.counts) if n >= 2 and c != largest] or [largest]
    groups = [(list(range(len(encoded.counts))), rare, streams)]
    if plan.parameters["condition"] == "minority":
        groups = [([code], [code], Streams(streams.integer("class", code))) for code in wanted]
    results: dict[int, Result] = {}
    learned: dict[int, tuple[int, int]] = {}
    for group, watched, part in groups:
        if encoded.space is None:
            break
        learned.update({code: (len(results), local) for local, code in enumerate(group)})
        resume = previous.get(group[0])
        results[group[0]] = _train_group(encoded, encoded.space, group, watched, plan, part, resume)
    models = tuple(result.model for result in results.values())
    return ClassGenerators(models, learned, streams.integer("sampling")), results


def _train_group(
    encoded: EncodedRows,
    space: Space,
    group: list[int],
    watched: list[int],
    plan: Plan,
    streams: Streams,
    resume: TrainState | None,
) -> Result:
    chosen = np.flatnonzero(np.isin(encoded.codes, group))
    local = np.searchsorted(group, encoded.codes[chosen])
    rows = encoded.rows[chosen]
    config, watch, sizes, _ = plan.configuration(encoded.counts[group])
    parameters = plan.parameters
    if resume is not None:
        config = config.extended(int(resume.step[0]))
    title = f"Training {encoded.names[group[0]][:20]}" if len(group) < len(encoded.counts) else "Training"
    with ProgressLine(title, config.max_iter) if parameters["verbose"] else nullcontext() as line:
        observers: list[OnChunk] = [*([line] if line is not None else []), *(parameters["callbacks"] or [])]

        def networks_of(train_mask: np.ndarray) -> Networks:
            return Networks(plan.choose_family(rows, local, space, train_mask), sizes)

        def on_chunk(summary: ChunkSummary) -> bool:
            # Every observer gets every summary, even after another one has requested a stop.
            answers = [bool(observer(summary)) for observer in observers]
            return any(answers)

        result = train(
            config,
            watch,
            space,
            rows,
            local,
            monitored=np.searchsorted(group, watched).tolist(),
            streams=streams,
            resume=resume,
            on_chunk=on_chunk,
            names=[repr(encoded.names[code]) for code in group],
            networks=networks_of,
            features=plan.features,
        )
    if line is not None:
        line.finish(result)
    return result


def history(results: Sequence[Result]) -> History:
    """Return the measures after each chunk: by name, one array of shape (n_chunks,)."""
    summaries = [summary for result in results for summary in result.summaries]
    records = [{**asdict(summary), **summary.quality.as_dict()} for summary in summaries]
    names = MEASURES if records else ()
    events = [event for result in results for event in result.events]
    n_iter = max((result.n_iter for result in results), default=0)
    return History({name: np.array([record[name] for record in records]) for name in names}, events, n_iter)


def warn_if_poor(results: Mapping[int, Result], advice: str, *, stacklevel: int) -> None:
    """Warn if a generator is worse than the local-Gaussian baseline on the same held-out rows; add ``advice``."""
    for result in results.values():
        score, baseline = result.quality.score, result.baseline.score
        # Without held-out rows the baseline always wins, since its rows lie close to the training rows.
        if not result.is_held_out or score <= WORSE_THAN_BASELINE * baseline:
            continue
        reason = f" after {result.failure}" if result.failure else ""
        warnings.warn(
            f"The generated rows are worse than those of a local-Gaussian SMOTE{reason}: distance to real rows "
            f"{score:.3g} against {baseline:.3g}, where 1 is as close as other real rows are (held-out rows). {advice}",
            GenerationQualityWarning,
            stacklevel=stacklevel,
        )
