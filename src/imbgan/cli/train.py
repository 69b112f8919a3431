"""``imbgan train`` makes the classifier that a comparison recommends, and saves it in a folder."""

import shlex
import time
from typing import Annotated

import typer

from imbgan.cli import checks
from imbgan.cli import options as o
from imbgan.cli.compare import Groups, Jobs
from imbgan.cli.costs import CostAlarm, CostMissed, CostPairs, NAlerts, Per, alerts_of, costs_of
from imbgan.cli.names import ESTIMATORS, STRATEGIES, TEXT_STRATEGIES
from imbgan.cli.reading import reading_of
from imbgan.cli.samples import is_data_set, sample
from imbgan.cli.session import session
from imbgan.cli.tables import load
from imbgan.cli.taking import takes, without
from imbgan.cli.texts import OfTexts, texts_of
from imbgan.data.reading import Reading

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


@takes(reading=reading_of, texts=without(texts_of, "text_output", "no_texts"), common=o.common_of)
def train(
    table: o.Table,
    output: Model,
    reading: Reading,
    texts: OfTexts,
    common: o.Common,
    target: Target = None,
    verdict: Verdict = None,
    strategy: StrategyName = None,
    estimator: EstimatorName = None,
    metric: Metric = None,
    cost_missed: CostMissed = None,
    cost_alarm: CostAlarm = None,
    cost: CostPairs = None,
    alerts: NAlerts = None,
    per: Per = None,
    weight: Weight = None,
    groups: Groups = None,
    folds: Folds = 5,
    jobs: Jobs = 1,
    seed: o.Seed = 0,
) -> None:
    """Train a classifier for new rows, tune its threshold, and save it with what to expect of it."""
    with session(common) as run:
        from pathlib import Path

        from imbgan.data import take_column
        from imbgan.deployment import DeployableClassifier, Recommendation, check_folder, joined, summary
        from imbgan.deployment.origin import Origin, sha256_of
        from imbgan.exceptions import ParameterError
        from imbgan.tabular.containers.polars import read_column

        check_folder(Path(output), overwrite=common.force)
        advice = None if verdict is None else Recommendation.load(verdict, estimator=estimator, strategy=strategy)
        target = target or (advice.target if advice else None)
        if not target:
            raise ParameterError("--target must name the column of the class labels.")
        if advice is not None:
            reading = reading.completed_by(advice.reading)
            options = [advice.reading.as_options()]
            if groups is None and advice.groups is not None:
                groups = advice.groups
                options.append(f"--groups {shlex.quote(groups)}")
            if as_compared := " ".join(filter(None, options)):
                run.note(f"The table is read as it was compared: {as_compared}")
        is_sample = is_data_set(table)
        if is_sample:
            if weight is not None:
                raise ParameterError("--weight needs a table in memory: rows of a sample already stand for several.")
            loaded = sample(run, table, target, reading, seed=seed)
            strategy = strategy or (advice.strategy if advice else UNTOUCHED)
        else:
            loaded = load(run, table, target, reading)
        rows, weights, group_of = loaded.X, None, None
        if weight is not None:
            rows, weights = take_column(rows, weight)
        if groups is not None:
            rows, group_of = take_column(rows, groups)
        costs = costs_of(cost_missed, cost_alarm, cost, loaded.y.unique().drop_nulls().to_list())
        budget = alerts_of(alerts, per)
        if advice is not None:
            for note in advice.departures(rows, loaded.y):
                if not is_sample:  # the sample has fewer rows than the table
                    run.note(note)
            costs = advice.costs if costs is None else costs
            budget = advice.alerts if budget is None else budget
            metric = metric or advice.metric
        encoder = texts.encoders(rows, target, [strategy or ""])
        if advice is not None and advice.encoders and not any(texts.given.values()):
            encoder = advice.encoders
        began = time.perf_counter()
        model = DeployableClassifier(
            advice.estimator if advice else estimator or DEFAULTS.get(strategy, "hist_gradient_boosting"),
            strategy or (advice.strategy if advice else "auto"),
            metric=metric or "f1",
            costs=costs,
            alerts=budget,
            encoder=encoder,
            cv=folds,
            n_jobs=jobs,
            random_state=seed,
            verbose=run.shows_progress,
        )
        model.fit(
            rows,
            loaded.y,
            None if weights is None else weights.to_numpy(),
            groups=None if group_of is None else group_of.to_numpy(),
            class_totals=loaded.class_totals,
        )
        if advice is not None:
            model.expected_ = joined(advice.figures, model.expected_)
        model.origin_ = Origin(
            file="" if table == "-" else Path(table).name,
            sha256="" if table == "-" or is_sample else sha256_of(Path(table)),
            target=target,
            dtype=read_column(loaded.y).dtype,
            reading=loaded.reading,
            weight=weight,
            groups=groups,
        )
        model.save(output, overwrite=common.force)
        run.finish(
            f"{summary(model)}\ntrained with seed {seed}: {output}",
            {"output": output, **model.facts(), "seed": seed, "seconds": round(time.perf_counter() - began, 1)},
        )
