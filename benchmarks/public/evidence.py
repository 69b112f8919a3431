"""How surely ours are ahead of theirs: one number for each data set, since learners on one set are not independent."""

import numpy as np

from benchmarks.public.methods import OURS, THEIRS
from benchmarks.public.records import Figures
from benchmarks.quality.analysis import Comparison, against_all, rank, table_interval
from benchmarks.quality.markdown import Row, markdown, number, p_value, signed
from benchmarks.quality.records import Results


def ranks(figures: Figures, metric: str, title: str) -> list[str]:
    """Return the mean ranks over the data sets, with Friedman's test and Nemenyi's critical difference."""
    ranking = rank(figures.sets, figures.methods, metric)
    if ranking is None:
        return []
    _, values = figures.sets.aligned(ranking.methods, metric)
    rows = [
        [_words(method), f"{mean:.2f}", number(float(values[:, i].mean()))]
        for i, (method, mean) in enumerate(zip(ranking.methods, ranking.mean_ranks, strict=True))
    ]
    return [
        f"**{title}: mean ranks over the {ranking.n_pairs} data sets**, 1 being best, of means over the learners. "
        f"Friedman's test in the form of Iman and Davenport: p {p_value(ranking.p, '= ')}. Mean ranks further apart "
        f"than {ranking.critical_difference:.2f} differ at the 5 % level (Nemenyi).",
        "",
        *markdown(["method", "mean rank", "mean"], rows),
    ]


def tests(figures: Figures, metric: str, title: str) -> list[str]:
    """Return the gains of each of ours over each of theirs, with Wilcoxon's test and Holm's adjustment."""
    theirs = [method for method in THEIRS if method in figures.methods]
    rows: list[Row] = []
    for ours in (method for method in OURS if method in figures.methods):
        for comparison, p, p_holm in against_all(figures.sets, ours, metric, theirs):
            rows.append(_row(comparison, p, p_holm))
    if not rows:
        return []
    best = [
        _best(figures.sets, [name for name in group if name in figures.methods], metric) for group in (OURS, THEIRS)
    ]
    return [
        f"**{title}: ours against theirs**, means over the learners, one number for each data set; p of Wilcoxon's "
        "signed-rank test, adjusted over the methods of others. Of ours, the best mean is that of "
        f"{_words(best[0])}, of theirs that of {_words(best[1])}; picking the two on these data sets flatters both.",
        "",
        *markdown(["ours", "against", "mean gain", "95 % over data sets", "data sets ahead", "p", "p (Holm)"], rows, 2),
    ]


def at_best_learners(figures: Figures, metric: str, title: str) -> list[str]:
    """Return our mixtures beside the one of others, and each method with the learner that suits it best."""
    mixtures = [name for name in figures.methods if name in OURS and figures.results.is_classifier(name)]
    others = [method for method in figures.methods if method not in mixtures]
    results, learners = figures.at_best_learner(metric)
    rows: list[Row] = []
    for mixture in mixtures:
        for comparison, p, p_holm in against_all(results, mixture, metric, others):
            first, *rest = _row(comparison, p, p_holm)
            mean = number(float(comparison.values[:, 1].mean()))
            with_learner = [rest[0], *(_words(name) for name in [learners.get(comparison.other)] if name)]
            rows.append([first, ", ".join(with_learner), mean, *rest[1:]])
    if not rows:
        return []
    header = ["ours", "against", "its mean", "mean gain", "95 % over data sets", "data sets ahead", "p", "p (Holm)"]
    return [
        "**Mixtures use no single learner**, so here they are beside each method with the learner that gives it the "
        f"highest mean. {title}.",
        "",
        *markdown(header, rows, 2),
    ]


def _row(comparison: Comparison, p: float, p_holm: float) -> list[str]:
    low, high = table_interval(comparison)
    return [
        _words(comparison.ours),
        _words(comparison.other),
        signed(comparison.mean),
        f"{signed(low)} to {signed(high)}",
        f"{int((comparison.gains > 0).sum())} of {len(comparison.gains)}",
        p_value(p),
        p_value(p_holm),
    ]


def _best(results: Results, methods: list[str], metric: str) -> str:
    _, values = results.aligned(methods, metric)
    return methods[int(np.argmax(values.mean(axis=0)))]


def _words(name: str) -> str:
    return name.replace("_", " ")
