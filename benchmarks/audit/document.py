"""The tables of ``RESULTS.md`` on what generated rows give away, from the lines alone."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from benchmarks.audit import classifiers, rows, signs, usefulness
from benchmarks.audit.curve import TradeOff, draw, trade_off
from benchmarks.audit.usefulness import LEARNERS, NO_ROWS
from benchmarks.audit.variants import DEFAULT
from benchmarks.quality.markdown import Row, markdown, number, signed
from imbgan import Audit
from imbgan.audit import SOURCES

#: Attacks that have a column of their own.
ALONE = ("nearest", "density_ratio", "columns", "trained")
#: How good rows are, against rare rows that were not learned from.
QUALITY = ("energy_distance", "coverage")
PICTURE = "audit_trade_off"
#: Where the lines are: a file for each of the three modules that measure.
FOLDER = rows.RESULTS.parent

Lines = dict[str, dict[str, dict[str, Any]]]


class Sign(NamedTuple):
    """What was known of the rows of one run, and the AUC of two attacks on them."""

    closeness: float
    is_found: bool
    nearest: float
    trained: float


def report(folder: Path = FOLDER) -> list[str]:
    """Return the lines of Markdown that show what is there; none if nothing is."""
    found: Lines = {}
    for line in rows.read(folder / rows.RESULTS.name):
        found.setdefault(line["variant"], {})[line["table"]] = line
    if DEFAULT not in found:
        return []
    return [
        *_given_away(found),
        *_trade_off(_curve(folder)),
        *_worth(folder),
        *_signs(found, folder),
        *_confidence(folder),
        *_by_table(found),
    ]


def figures(folder: Path = FOLDER) -> dict[str, str]:
    """Return the picture of the trade-off as SVG, by its name; none if nothing is known of it."""
    curve = _curve(folder)
    return {} if curve is None else {PICTURE: draw(curve)}


def _curve(folder: Path) -> TradeOff | None:
    return trade_off(folder / rows.RESULTS.name, folder / usefulness.RESULTS.name)


def _row(label: str, lines: Mapping[str, dict[str, Any]], source: str) -> Row:
    """Return means over tables of single attacks, of the strongest one and of the quality, and the worst run."""
    audits: list[Audit] = [line["audit"] for line in lines.values()]
    worst = [found.worst(source) for found in audits]
    alone = [float(np.mean([found.attack(source, name).auc.mean for found in audits])) for name in ALONE]
    strongest = float(np.mean([each.auc.mean for each in worst]))
    outlying = float(np.mean([found.worst(source, "outlying").auc.mean for found in audits]))
    figures = [*alone, strongest, outlying, max(_worst_run(found, source) for found in audits)]
    named = float(np.mean([each.tpr.mean for each in worst]))
    quality = [float(np.mean([line["quality"][source][name] for line in lines.values()])) for name in QUALITY]
    return [label, str(len(audits)), *(f"{v:.3f}" for v in figures), f"{named:.0%}", *(f"{v:.3f}" for v in quality)]


def _worst_run(found: Audit, source: str) -> float:
    return max(each.highest for each in found.attacks if (each.source, each.group) == (source, "all"))


def _given_away(found: Lines) -> list[str]:
    """Return the attacks on each source, and on each variant of the GAN."""
    every = found[DEFAULT]
    heads = ["tables", *ALONE, "strongest", "strongest, outlying rows", "worst run", "named at 1 %"]
    heads += ["energy distance", "coverage"]
    lines = markdown(["rows of", *heads], [_row(source, every, source) for source in SOURCES])
    variants: list[Row] = []
    for variant, audits in found.items():
        if variant == DEFAULT:
            continue
        shared = {name: line for name, line in every.items() if name in audits}
        if not variants:
            variants.append(_row("the default, on the same tables", shared, "gan"))
        variants.append(_row(variant, audits, "gan"))
    return lines + (markdown(["GAN rows, one thing changed", *heads], variants) if variants else [])


def _trade_off(curve: TradeOff | None) -> list[str]:
    """Return the picture, and its figures with standard errors over tables."""
    if curve is None:
        return []
    lines: list[Row] = []
    for point in sorted(curve.points, key=lambda point: point.auc):
        by_learner = [number(point.by_learner[name]) for name in LEARNERS]
        gain = [signed(point.precision - curve.without), _difference(point.differences), str(point.n_folds)]
        lines.append([point.name, number(point.auc), *by_learner, number(point.precision), *gain])
    learners = [name.replace("_", " ") for name in LEARNERS]
    last = ["mean", f"over {NO_ROWS}", "over the default (standard error over tables)", "folds"]
    title = f"on {', '.join(curve.tables)}; folds but for the last two columns: {curve.n_folds}"
    alt = "What rows give away, and what they are worth in bags"
    return [f"![{alt}](figures/{PICTURE}.svg)", "", *markdown([title, "strongest attack", *learners, *last], lines)]


def _difference(values: Sequence[float]) -> str:
    if not any(values):
        return "–"
    error = float(np.std(values, ddof=1) / np.sqrt(len(values))) if len(values) > 1 else float("nan")
    return f"{signed(float(np.mean(values)))} ({number(error)})"


def _worth(folder: Path) -> list[str]:
    """Return what rows are worth in bags on all tables that all sources were tried on, and the variants on as many."""
    scores = usefulness.read(folder / usefulness.RESULTS.name)
    known = {source: scores[DEFAULT, source] for source in (NO_ROWS, *SOURCES) if (DEFAULT, source) in scores}
    places = sorted(set.intersection(*(set(each) for each in known.values()))) if {NO_ROWS, "gan"} <= set(known) else []
    # One fold of each table, so that all tables count alike.
    places = [place for place in places if place[1] == 0]
    if not places:
        return []
    known |= {
        f"gan, {variant}": each
        for (variant, _), each in scores.items()
        if variant != DEFAULT and set(places) <= set(each)
    }
    lines: list[Row] = []
    for name, each in known.items():
        means = [float(np.mean([each[place][learner] for place in places])) for learner in LEARNERS]
        gains = [
            [float(np.mean([each[place][key] - known[other][place][key] for key in LEARNERS])) for place in places]
            for other in (NO_ROWS, "gan")
        ]
        lines.append([name, *map(number, [*means, float(np.mean(means))]), *map(_difference, gains)])
    learners = [name.replace("_", " ") for name in LEARNERS]
    title = f"average precision in bags, {len(places)} tables, first fold"
    last = [f"over {NO_ROWS} (standard error over tables)", "over gan"]
    return markdown([title, *learners, "mean", *last], lines)


def _signs(found: Lines, folder: Path) -> list[str]:
    """Return closeness beside the attacks on the same rows, and the rank correlations over single runs."""
    groups = {(line["variant"], line["source"]): list[Sign]() for line in signs.read(folder / signs.RESULTS.name)}
    for line in signs.read(folder / signs.RESULTS.name):
        audited = found.get(line["variant"], {}).get(line["table"])
        if audited is not None:
            nearest, trained = (audited["audit"].attack(line["source"], name).runs for name in ("nearest", "trained"))
            groups[line["variant"], line["source"]] += [
                Sign(each["closeness"], each["is_found"], nearest[i], trained[i]) for i, each in enumerate(line["runs"])
            ]
    groups = {key: each for key, each in groups.items() if each}
    lines: list[Row] = []
    for (variant, source), runs in groups.items():
        span = f"{min(run.closeness for run in runs):.2f} to {max(run.closeness for run in runs):.2f}"
        told = f"{sum(run.is_found for run in runs)} of {len(runs)}"
        means = [number(float(np.mean([run[i] for run in runs]))) for i in (2, 3)]
        lines.append([source if variant == DEFAULT else f"{source}, {variant}", span, told, *means])
    if not lines:
        return []
    own = [run for (_, source), runs in groups.items() if source == "gan" for run in runs]
    every = [run for (_, source), runs in groups.items() if source != "bootstrap" for run in runs]
    heads = ["closeness of rows of", "range over runs", "IMB012", "nearest, AUC", "trained, AUC"]
    told = f"GAN rows: {_correlations(own)}. Rows of all sources but copies: {_correlations(every)}."
    return [*markdown(heads, lines), f"Rank correlation of closeness and AUC over runs. {told}", ""]


def _correlations(runs: Sequence[Sign]) -> str:
    from scipy.stats import spearmanr

    values = [run.closeness for run in runs]
    nearest, trained = (float(spearmanr(values, [run[i] for run in runs]).statistic) for i in (2, 3))
    return f"{nearest:.2f} with the nearest distance, {trained:.2f} with the trained attack ({len(runs)} runs)"


def _confidence(folder: Path) -> list[str]:
    """Return what the confidence of classifiers gives away, mean over tables, and the worst run."""
    tables = classifiers.read(folder / classifiers.RESULTS.name)
    if not tables:
        return []
    lines: list[Row] = []
    for name, title in classifiers.LEARNERS.items():
        for arm in classifiers.ARMS:
            found = [table[f"{name}, {arm}"] for table in tables.values()]
            aucs = [float(np.mean([each[attack]["auc"] for each in found])) for attack in classifiers.ATTACKS]
            worst = max(run for each in found for attack in classifiers.ATTACKS for run in each[attack]["runs"])
            named = max(float(np.mean([each[attack]["tpr"] for each in found])) for attack in classifiers.ATTACKS)
            lines.append([f"{title}, {arm}", *map(number, [*aucs, worst]), f"{named:.0%}"])
    title = f"confidence of classifiers, on {', '.join(tables)}"
    return markdown([title, "by itself", "relative to shadow classifiers", "worst run", "named at 1 %"], lines)


def _by_table(found: Lines) -> list[str]:
    lines: list[Row] = []
    for name, line in found[DEFAULT].items():
        means = [number(line["audit"].worst(source).auc.mean) for source in SOURCES]
        lines.append([name, *means, number(_worst_run(line["audit"], "gan"))])
    return markdown(["strongest attack by table", *SOURCES, "GAN, worst run"], lines)
