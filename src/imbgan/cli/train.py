"""``imbgan train`` makes the classifier that a comparison recommends, and saves it in a folder."""

import shlex
import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NamedTuple

import typer

from imbgan.cli import checks
from imbgan.cli import options as o
from imbgan.cli.compare import Groups, Jobs
from imbgan.cli.costs import Stakes, stakes_of
from imbgan.cli.names import ESTIMATORS, STRATEGIES, TEXT_STRATEGIES
from imbgan.cli.reading import reading_of
from imbgan.cli.samples import is_data_set, sample
from imbgan.cli.session import Session, session
from imbgan.cli.tables import load
from imbgan.cli.taking import takes, without
from imbgan.cli.texts import OfTexts, texts_of
from imbgan.data.readers import STANDARD_STREAM
from imbgan.data.reading import Reading
from imbgan.exceptions import ParameterError

if TYPE_CHECKING:
    import numpy as np
    import polars as pl

    from imbgan.deployment import Recommendation
    from imbgan.deployment.origin import Origin

#: Metrics for which a threshold can be tuned.
TUNABLE = ("f1", "mcc", "g_mean", "balanced_accuracy", "recall_at_fpr")
#: The strategy for a data set. Its sample holds all rare rows and few common ones, so there is little left to balance.
UNTOUCHED = "none"
#: Classifiers that strategies are meant for, where they differ from the default one.
DEFAULTS: dict[str | None, str] = {"distilled": "readable_tree"}

Target = Annotated[
    str | None,
    typer.Option("--target", "-t", metavar="COL", help="Column of the class labels; with --from, that of the verdict."),
]
Model = Annotated[
    str,
    typer.Option(
        "--output",
        "-o",
        metavar="MODEL",
        help="Folder to create.",
        parser=checks.filled("--output", "the path of a folder"),
    ),
]
Verdict = Annotated[
    str | None,
    typer.Option(
        "--from",
        metavar="JSON",
        help="What imbgan compare --json wrote: its recommended strategy and estimator, its costs, alerts, groups, and "
        "its options for reading the table are used.",
        parser=checks.filled("--from", "the path of a file"),
    ),
]
StrategyName = Annotated[
    str | None,
    typer.Option(
        "--strategy",
        metavar="NAME",
        help=f"How the rare classes are treated; by default auto, which chooses, and {UNTOUCHED} for a table in "
        "several files. "
        "Names: "
        f"{', '.join((*STRATEGIES, *TEXT_STRATEGIES))}.",
        parser=checks.name("--strategy", (*STRATEGIES, *TEXT_STRATEGIES)),
        autocompletion=checks.complete((*STRATEGIES, *TEXT_STRATEGIES)),
    ),
]
EstimatorName = Annotated[
    str | None,
    typer.Option(
        "--estimator",
        "-e",
        metavar="NAME",
        help="Classifier; by default hist_gradient_boosting, and readable_tree with --strategy distilled. Names: "
        f"{', '.join(ESTIMATORS)}.",
        parser=checks.name("--estimator", ESTIMATORS),
        autocompletion=checks.complete(ESTIMATORS),
    ),
]
Metric = Annotated[
    str | None,
    typer.Option(
        "--metric",
        metavar="NAME",
        help="With two classes, the threshold is tuned for this metric, by default f1, unless costs or alerts are "
        f"given. Names: {', '.join(TUNABLE)}.",
        parser=checks.name("--metric", TUNABLE),
        autocompletion=checks.complete(TUNABLE),
    ),
]
Folds = Annotated[
    int,
    typer.Option(
        "--folds",
        metavar="N",
        help="Number of folds on which the threshold is tuned.",
        parser=checks.whole("--folds", 2, 1000),
    ),
]
Weight = Annotated[
    str | None,
    typer.Option(
        "--weight", metavar="COL", help="Column of the weights of rows: a row with the weight 3 counts 3 times."
    ),
]


@takes(stakes=stakes_of, reading=reading_of, texts=without(texts_of, "text_output", "no_texts"), common=o.common_of)
def train(
    *,
    table: o.Table,
    output: Model,
    target: Target = None,
    verdict: Verdict = None,
    strategy: StrategyName = None,
    estimator: EstimatorName = None,
    metric: Metric = None,
    stakes: Stakes,
    weight: Weight = None,
    groups: Groups = None,
    folds: Folds = 5,
    jobs: Jobs = 1,
    seed: o.Seed = 0,
    reading: Reading,
    texts: OfTexts,
    common: o.Common,
) -> None:
    """Train a classifier for new rows, tune its threshold, and save it with what to expect of it."""
    with session(common) as run:
        from imbgan.deployment import DeployableClassifier, Recommendation, check_folder, joined, summary

        check_folder(Path(output), overwrite=common.force)
        advice = None if verdict is None else Recommendation.load(verdict, estimator=estimator, strategy=strategy)
        target = target or (advice.target if advice else None)
        if not target:
            raise ParameterError("--target must name the column of the class labels.")
        if advice is not None:
            reading, groups = _as_compared(run, advice, reading, groups)
        rows = _read(run, table, target, reading, weight=weight, groups=groups, seed=seed)
        if rows.is_sample:
            strategy = strategy or (advice.strategy if advice else UNTOUCHED)
        at_stake = stakes.among(rows.y.unique().drop_nulls().to_list())
        if advice is not None:
            for note in advice.departures(rows.X, rows.y):
                if not rows.is_sample:  # a sample has fewer rows than the table
                    run.note(note)
            compared: dict[str, Any] = {"costs": advice.costs, "alerts": advice.alerts}
            at_stake = {name: compared[name] if given is None else given for name, given in at_stake.items()}
            metric = metric or advice.metric
        encoder = texts.encoders(rows.X, target, [strategy or ""])
        if advice is not None and advice.encoders and not any(texts.given.values()):
            encoder = advice.encoders
        began = time.perf_counter()
        model = DeployableClassifier(
            advice.estimator if advice else estimator or DEFAULTS.get(strategy, "hist_gradient_boosting"),
            strategy or (advice.strategy if advice else "auto"),
            metric=metric or "f1",
            encoder=encoder,
            cv=folds,
            n_jobs=jobs,
            random_state=seed,
            verbose=run.shows_progress,
            **at_stake,
        )
        model.fit(rows.X, rows.y, rows.weights, groups=rows.groups, class_totals=rows.class_totals)
        if advice is not None:
            model.expected_ = joined(advice.figures, model.expected_)
        model.origin_ = _origin(table, target, rows, weight=weight, groups=groups)
        model.save(output, overwrite=common.force)
        run.finish(
            f"{summary(model)}\ntrained with seed {seed}: {output}",
            {"output": output, **model.facts(), "seed": seed, "seconds": round(time.perf_counter() - began, 1)},
        )


class _Rows(NamedTuple):
    """What is learned from, and how it was read."""

    X: "pl.DataFrame"
    y: "pl.Series"
    weights: "np.ndarray | None"
    groups: "np.ndarray | None"
    class_totals: "dict[object, int] | None"
    reading: Reading
    is_sample: bool


def _as_compared(
    run: Session, advice: "Recommendation", reading: Reading, groups: str | None
) -> tuple[Reading, str | None]:
    """Return how the table of a comparison is read, and the column of its groups, unless others were chosen."""
    options = [advice.reading.as_options()]
    if groups is None and advice.groups is not None:
        groups = advice.groups
        options.append(f"--groups {shlex.quote(groups)}")
    if as_compared := " ".join(filter(None, options)):
        run.note(f"The table is read as it was compared: {as_compared}")
    return reading.completed_by(advice.reading), groups


def _read(
    run: Session, table: str, target: str, reading: Reading, *, weight: str | None, groups: str | None, seed: int
) -> _Rows:
    """Read a table, or a sample of a data set, and set the columns of weights and groups apart."""
    is_sample = is_data_set(table)
    if is_sample and weight is not None:
        raise ParameterError("--weight needs a table in memory: rows of a sample already stand for several.")
    loaded = sample(run, table, target, reading, seed=seed) if is_sample else load(run, table, target, reading)
    rows, weights = _taken(loaded.X, weight)
    rows, group_of = _taken(rows, groups)
    return _Rows(rows, loaded.y, weights, group_of, loaded.class_totals, loaded.reading, is_sample)


def _taken(rows: "pl.DataFrame", name: str | None) -> "tuple[pl.DataFrame, np.ndarray | None]":
    """Return the rows without a column, and the values of this column."""
    from imbgan.data import take_column

    if name is None:
        return rows, None
    others, column = take_column(rows, name)
    return others, column.to_numpy()


def _origin(table: str, target: str, rows: _Rows, *, weight: str | None, groups: str | None) -> "Origin":
    """Return what the classifier was trained on, so that other files are read in the same way."""
    from imbgan.deployment.origin import Origin, sha256_of
    from imbgan.tabular.containers.polars import read_column

    return Origin(
        file="" if table == STANDARD_STREAM else Path(table).name,
        sha256="" if table == STANDARD_STREAM or rows.is_sample else sha256_of(Path(table)),
        target=target,
        dtype=read_column(rows.y).dtype,
        reading=rows.reading,
        weight=weight,
        groups=groups,
    )
