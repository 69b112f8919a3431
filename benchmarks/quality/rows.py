"""Rows of the tables of ``RESULTS.md``, from the scores."""

from collections.abc import Iterable, Sequence

import numpy as np

from benchmarks.quality.analysis import METHODS, NONE, baselines_of, compare, rank, weigh
from benchmarks.quality.markdown import METRICS, Row, markdown, number, p_value, signed
from benchmarks.quality.records import LEARNERS, OWN, Results

# What methods that were not run everywhere are seen beside.
BESIDE = (NONE, "gan", "gan_bagging")


def ordered(methods: Iterable[str]) -> list[str]:
    """Return known methods in the order of the benchmark, then the others by name."""
    found = set(methods)
    return [method for method in METHODS if method in found] + sorted(found - set(METHODS))


def beside(results: Results, method: str) -> list[Row]:
    """Return the rows of a method that was not run everywhere: its own mean, and others' on the same pairs."""
    rows: list[Row] = []
    learners = ("", "random_forest") if results.is_classifier(method) else ("",)
    for learner in learners:
        found = [
            compare(results, other, method, "average_precision", (learner,) if learner else ()) for other in BESIDE
        ]
        shown = next((each for each in found if each is not None), None)
        if shown is not None:
            name = learner.replace("_", " ") or "mean over learners"
            own = number(float(shown.values[:, 1].mean()))
            others = [number(float(each.values[:, 0].mean())) if each is not None else "–" for each in found]
            rows.append([method, name, str(len(shown.pairs)), own, *others])
    return rows


def means_table(results: Results, methods: Sequence[str], first: str = NONE) -> list[str]:
    """Return means, mean ranks and seconds over the pairs that all methods share, and gains over ``first``."""
    means: dict[str, list[float]] = {}
    for metric in METRICS:
        _, values = results.aligned(methods, metric)
        means[metric] = values.mean(axis=0).tolist() if len(values) else [np.nan] * len(methods)
    ranking = rank(results, methods, "average_precision")
    ranks = dict(zip(ranking.methods, ranking.mean_ranks, strict=True)) if ranking else {}
    best = {metric: min(v) if metric in ("log_loss", "brier") else max(v) for metric, v in means.items()}
    _, values = results.aligned(methods, "average_precision")
    gains = values - values[:, [methods.index(first)]]
    rows: list[Row] = []
    for i, method in enumerate(methods):
        gain = ["–", "–"] if method == first else [signed(gains[:, i].mean()), f"{(gains[:, i] > 0).mean():.0%}"]
        cells = [number(means[m][i], is_bold=means[m][i] == best[m]) for m in METRICS]
        mean_rank = f"{ranks[method]:.1f}" if method in ranks else "–"
        seconds = [_seconds(results.seconds(method).values()), _learner_seconds(results, method)]
        rows.append([method, *cells, *gain, mean_rank, *seconds])
    header = ["method", *METRICS.values(), "gain", "pairs ahead", "mean rank", "s to make rows", "s to fit"]
    return markdown(header, rows)


def _seconds(values: Iterable[float]) -> str:
    kept = list(values)
    return f"{np.median(kept):.2g}" if kept and np.median(kept) < 10 else f"{np.median(kept):.0f}" if kept else "–"


def _learner_seconds(results: Results, method: str) -> str:
    """Return the median, over the runs, of the mean seconds of a learner."""
    return _seconds(value for name in (*LEARNERS, OWN) for value in results.seconds(method, name).values())


def mean_or_gain(results: Results, method: str, metric: str, learner: str = "") -> str:
    """Return the mean of doing nothing, or what another method is ahead of it by."""
    chosen = (learner,) if learner else ()
    if method == NONE:
        _, values = results.aligned([NONE], metric, chosen)
        return number(float(values.mean())) if len(values) else "–"
    comparison = compare(results, method, NONE, metric, chosen)
    return signed(comparison.mean) if comparison else "–"


def evidence_rows(results: Results, ours: str, metric: str) -> list[Row]:
    """Return what is known of one method against each of its baselines."""
    return [
        [
            item.comparison.other,
            str(len(item.comparison.pairs)),
            str(len({case.table for case, _ in item.comparison.pairs})),
            signed(item.comparison.mean),
            f"{signed(item.low)} to {signed(item.high)}",
            f"{item.comparison.ahead:.0%}",
            p_value(item.p),
            p_value(item.p_holm),
            p_value(item.p_tables_holm),
            f"{item.p_worse:.2f} / {item.p_equal:.2f} / {item.p_better:.2f}",
        ]
        for item in weigh(results, ours, metric, baselines_of(ours))
    ]


def case_rows(results: Results, columns: Sequence[str]) -> list[Row]:
    """Return the means over learners of each case, over the learners that the methods which ran on it share."""
    rows: list[Row] = []
    for case in results.cases:
        part = results.where(lambda other, case=case: other == case)
        ran = [method for method in columns if method in part.methods]
        pairs, values = part.aligned(ran, "average_precision") if ran else ([], np.empty((0, 0)))
        means = dict(zip(ran, values.mean(axis=0).tolist(), strict=True)) if pairs else {}
        best = max(means.values(), default=np.nan)
        cells = [number(means[m], is_bold=means[m] == best) if m in means else "–" for m in columns]
        rows.append([case.table, case.kind, *cells])
    return rows


def losses(results: Results, ours: str, other: str, half: str) -> list[str]:
    """Return every case in which ours has the lower average precision, the worst first."""
    comparison = compare(results, ours, other, "average_precision") if ours != other else None
    if comparison is None:
        return []
    by_case = comparison.by_case()
    behind = sorted(((gain, case) for case, gain in by_case.items() if gain < 0.0), key=lambda x: (x[0], x[1].order))
    title = f"**{ours} behind {other}, {half} half**: {len(behind)} of {len(by_case)} cases"
    listed = ", ".join(f"{case.table} ({case.kind}) {signed(gain)}" for gain, case in behind)
    return [title + (f": {listed}." if listed else "."), ""]
