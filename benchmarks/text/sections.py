"""The tables of ``RESULTS.md``."""

from collections.abc import Callable, Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from benchmarks.text.arms import ARMS, GENERATING
from benchmarks.text.claims import BASELINE, RECOMMENDED, SINGLE, judge
from benchmarks.text.learners import LEARNERS
from benchmarks.text.recommended import AUTO, MEANS
from benchmarks.text.records import Gain, Line, Results, Way, gain
from benchmarks.text.texts import FIRST_DEVELOPMENT, SETS

#: Packages whose versions matter.
SHOWN = ("imbgan", "scikit-learn", "imbalanced-learn", "lightgbm", "jax", "numpy")
ARM_TITLES = {
    "none": "as it is",
    "class_weight": "class weights",
    "smote": "SMOTE",
    "local_gaussian": "local Gaussian",
    "gan": "GAN rows",
    "bags": "bags of real rows",
    "gan_bags": "bags, half with GAN rows",
    "augmentation": "changed copies",
    "oracle": "true further texts",
}
#: Rules of ``crowding.py``; the first row has average precision, the others differences to it.
RULE_TITLES = {
    "none": "none",
    "twice": "as many as rare texts",
    "three_times": "twice as many as rare texts",
    "first_40": "the first 40",
    "first_100": "the first 100",
    "first_200": "the first 200",
    "all": "all, to 600 rare rows",
    "no_hubs": "all without hubs",
}


def table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    """Return a Markdown table, the first column left-aligned, and an empty line."""
    lines = [header, (":--", *["--:"] * (len(header) - 1)), *rows]
    return [f"| {' | '.join(line)} |" for line in lines] + [""]


def signed(found: Gain | None) -> str:
    """Return a difference with the half width of its interval, for example ``+.021 ± .008``."""
    if found is None:
        return "-"
    mean = _with_sign(found.mean)
    return mean if np.isnan(found.half_width) else f"{mean} ± {plain(found.half_width)}"


def _with_sign(value: float) -> str:
    return f"{value:+.3f}".replace("0.", ".", 1)


def plain(value: float | None) -> str:
    """Return a figure of three digits without the leading zero."""
    return "-" if value is None else f"{value:.3f}".removeprefix("0")


def runs(results: Results) -> list[str]:
    """Return what was run: sets, languages, texts, and draws per number of rare texts."""
    rows: list[list[str]] = []
    for name in results.sets:
        counts = next(line["counts"] for line in results.lines if line["set"] == name)
        draws = ", ".join(
            f"{n}: {len(results.draws(name, n, RECOMMENDED))} / {_n_with_all_arms(results, name, n)}"
            for n in results.rare
        )
        test = f"{counts['test']:,} ({counts['test_rare']})"
        rows.append([name, SETS[name].what, SETS[name].language, test, str(counts["further"]), draws])
    header = ("set", "what", "language", "test texts (rare)", "further rare texts", "draws: untouched / with GAN rows")
    found = {f"{name} {value}" for line in results.lines for name, value in line["versions"].items() if name in SHOWN}
    versions = sorted(found)
    return [*table(header, rows), f"Versions: {', '.join(versions)}.", ""]


def _n_with_all_arms(results: Results, name: str, rare: int) -> int:
    return len(results.draws(name, rare, Way("sentence", "gan", "lightgbm"), Way("sentence", "gan_bags")))


def targets(results: Results) -> list[str]:
    """Return each target beside what was measured."""
    rows = [
        [
            each.target,
            each.where,
            f"at least {_with_sign(each.bound)}",
            signed(each.measured),
            "yes" if each.is_reached else "no",
        ]
        for each in judge(results)
    ]
    return table(("target", "where", "bound", "measured", "reached"), rows)


def untouched(results: Results) -> list[str]:
    """Return average precision of every untouched model, per set."""
    body: list[str] = []
    ways = [Way(encoder, "none", learner) for encoder in SINGLE for learner in LEARNERS]
    ways += [Way(encoder) for encoder in (*MEANS, AUTO)]
    for rare in results.rare:
        known = [way for way in ways if way in results.ways(rare)]
        body += [f"### {rare} rare texts", ""]
        body += _per_set(results, rare, known, lambda name, way, n=rare: plain(results.mean(name, n, way)))
    return body


def over_words(results: Results) -> list[str]:
    """Return differences to the untouched linear model on words, per set and over all sets."""
    body: list[str] = []
    ways = [
        *[Way("words", arm, learner) for arm in ("none", "class_weight") for learner in ("linear", "svm")][1:],
        *[Way("words_and_characters", "none", learner) for learner in ("linear", "svm")],
        *[Way(name) for name in ("reduced", "static", "sentence", *MEANS, AUTO)],
    ]
    for rare in results.rare:
        known = [way for way in ways if way in results.ways(rare)]
        rows = [
            [
                _title(way),
                *[signed(results.gain([name], rare, way, BASELINE)) for name in results.sets],
                signed(results.gain(results.sets, rare, way, BASELINE)),
            ]
            for way in known
        ]
        body += [f"### {rare} rare texts", "", *table(("model", *results.sets, "all sets"), rows)]
    return body


def arms(results: Results) -> list[str]:
    """Return differences of arms to the same learner in the same vectors as they are, over all sets."""
    body: list[str] = []
    for rare in results.rare:
        learners = list(LEARNERS)
        rows: list[list[str]] = []
        for encoder in SINGLE:
            for arm in ARMS[1:]:
                gains = [
                    results.gain(results.sets, rare, Way(encoder, arm, learner), Way(encoder, "none", learner))
                    for learner in learners
                ]
                if any(gains):
                    rows.append([f"{encoder.replace('_', ' ')}, {ARM_TITLES[arm]}", *map(signed, gains)])
        if rows:
            body += [f"### {rare} rare texts", "", *table(("vectors, arm", *learners), rows)]
    return body


def arms_by_set(results: Results) -> list[str]:
    """Return the same set by set."""
    body: list[str] = []
    for rare in results.rare:
        for learner in LEARNERS:
            rows: list[list[str]] = []
            for encoder in SINGLE:
                for arm in ARMS[1:]:
                    ours, none = Way(encoder, arm, learner), Way(encoder, "none", learner)
                    gains = [results.gain([name], rare, ours, none) for name in results.sets]
                    if any(gains):
                        rows.append([f"{encoder.replace('_', ' ')}, {ARM_TITLES[arm]}", *map(signed, gains)])
            if rows:
                header = ("vectors, arm", *results.sets)
                body += [f"### {rare} rare texts, {learner}", "", *table(header, rows)]
    return body


def crowding(results: Results) -> list[str]:
    """Return the share of neighbor places that further rows take from true ones, as means over draws."""
    rows: list[list[str]] = []
    for encoder in SINGLE:
        for arm in (*GENERATING, "oracle"):
            for rare in results.rare:
                cells = [_mean_share(results.lines, name, rare, encoder, arm) for name in results.sets]
                if any(cell is not None for cell in cells):
                    rows.append(
                        [f"{encoder.replace('_', ' ')}, {ARM_TITLES[arm]}, {rare} rare texts", *map(plain, cells)]
                    )
    return table(("rows", *results.sets), rows)


def fewer_rows(lines: Sequence[Line]) -> list[str]:
    """Return what each rule that keeps a part of the generated rows brings, over all sets, on draws of both kinds."""
    body: list[str] = []
    for kind, is_kind in (("choosing", True), ("confirming", False)):
        for rare in sorted({line["rare"] for line in lines}):
            part = [line for line in lines if (line["rare"], line["draw"] >= FIRST_DEVELOPMENT) == (rare, is_kind)]
            if part:
                draws = ", ".join(map(str, sorted({line["draw"] for line in part})))
                sets = len({line["set"] for line in part})
                title = f"### Singular vectors, {rare} rare texts: {kind} draws {draws} of {sets} sets"
                body += [title, "", *_rules(part)]
    return body


def _rules(lines: Sequence[Line]) -> list[str]:
    learners = list(lines[0]["learners"])
    found = {(line["set"], line["draw"], line["rule"]): line for line in lines}
    sets = [name for name in SETS if any(line["set"] == name for line in lines)]
    draws = sorted({line["draw"] for line in lines})

    def figures(rule: str, learner: str) -> list[NDArray[np.float64]]:
        return [
            np.array([found[name, n, rule]["learners"][learner] for n in draws if (name, n, rule) in found])
            for name in sets
        ]

    rows: list[list[str]] = []
    for rule, title in RULE_TITLES.items():
        kept = [line["kept"] for line in lines if line["rule"] == rule]
        cells: list[str] = []
        for learner in learners:
            none, ours = figures("none", learner), figures(rule, learner)
            if rule == "none":
                cells.append(plain(float(np.mean([part.mean() for part in none]))))
            else:
                cells.append(signed(gain([mine - its for mine, its in zip(ours, none, strict=True)])))
        rows.append([title, f"{np.mean(kept):.0f}", *cells])
    return table(("generated rows kept", "rows", *learners), rows)


def _mean_share(lines: Sequence[Line], name: str, rare: int, encoder: str, arm: str) -> float | None:
    found = {
        line["draw"]: line["neighbor_share"]
        for line in lines
        if (line["set"], line["rare"], line["encoder"], line["arm"]) == (name, rare, encoder, arm)
        and line["neighbor_share"] is not None
    }
    return float(np.mean(list(found.values()))) if found else None


def chosen(results: Results) -> list[str]:
    """Return how often the choice by folds took what."""
    names = list(dict.fromkeys(line["chosen"] for line in results.lines if line["encoder"] == AUTO))
    rows = [
        [f"{name}, {rare} rare texts", *[str(_n_chosen(results, name, rare, each)) for each in names]]
        for name in results.sets
        for rare in results.rare
    ]
    return table(("set", *names), rows) if names else []


def _n_chosen(results: Results, name: str, rare: int, what: str) -> int:
    return sum(
        line["encoder"] == AUTO and (line["set"], line["rare"], line["chosen"]) == (name, rare, what)
        for line in results.lines
    )


def _title(way: Way) -> str:
    if way.encoder not in SINGLE:
        return way.encoder
    title = f"{way.encoder.replace('_', ' ')}, {way.learner}"
    return title if way.arm == "none" else f"{title}, {ARM_TITLES[way.arm]}"


def _per_set(results: Results, rare: int, ways: Sequence[Way], cell: Callable[[str, Way], str]) -> list[str]:
    rows: list[list[str]] = []
    for way in ways:
        means = [results.mean(name, rare, way) for name in results.sets]
        known = [mean for mean in means if mean is not None]
        overall = plain(float(np.mean(known))) if len(known) == len(means) else "-"
        rows.append([_title(way), *[cell(name, way) for name in results.sets], overall])
    return table(("model", *results.sets, "mean"), rows)
