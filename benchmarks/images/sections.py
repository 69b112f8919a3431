"""The sections of ``RESULTS.md`` as lines of Markdown."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from benchmarks.images.claims import (
    CEILINGS,
    GROUPS,
    RECOMMENDED,
    REFERENCE,
    ROW_LEARNERS,
    THROUGHOUT,
    judge,
    limits,
)
from benchmarks.images.records import METRICS, Line, Results
from benchmarks.images.sets import SETS
from benchmarks.quality.markdown import Row, markdown

#: Balanced accuracy that DeepSMOTE's authors published for Fashion-MNIST with its counts, in per cent.
PUBLISHED = {"SMOTE": 70.6, "BAGAN": 81.5, "GAMO": 83.0, "DeepSMOTE": 83.6}
#: Whose gains over what are shown subset by subset.
PAIRS = {
    "network": (
        *((RECOMMENDED, REFERENCE), (THROUGHOUT, REFERENCE), (RECOMMENDED, "none"), (REFERENCE, "none")),
        *(("gan_fill_augmentation", REFERENCE), ("gan_share_augmentation", "gan_fill_augmentation")),
        ("truth_share_augmentation_logit_adjustment", REFERENCE),
    ),
    **dict.fromkeys(
        ROW_LEARNERS,
        (
            *(("gan_share", "smote"), ("gan_share", "copies"), ("gan_share", "logit_adjustment_post_hoc")),
            ("gan_share", "gan_fill"),
        ),
    ),
}
#: Where else a gain was looked for.
SEARCHED = {
    "network": (
        ("gan_agreed_share_augmentation_logit_adjustment", THROUGHOUT),
        ("gan_unopposed_share_augmentation_logit_adjustment", THROUGHOUT),
        ("gan_10000_share_augmentation_logit_adjustment", THROUGHOUT),
        ("gan_share_augmentation_logit_adjustment_twice", THROUGHOUT),
    ),
    **dict.fromkeys(
        ROW_LEARNERS,
        (
            *(
                ("gan_agreed_share", "gan_share"),
                ("gan_unopposed_share", "gan_share"),
                ("taught_gan_share", "gan_share"),
                ("taught_gan_share", "taught_copies"),
            ),
            *(("taught_copies", "copies"), ("taught_truth", "taught_copies"), ("gan_10000_share", "gan_share")),
            ("gan_share_logit_adjustment_post_hoc", "gan_share"),
            ("gan_share_logit_adjustment_post_hoc", "logit_adjustment_post_hoc"),
            ("gan_share_logit_adjustment_post_hoc", "copies_logit_adjustment_post_hoc"),
        ),
    ),
}
CAPTION = (
    "a row per class, the most frequent one on top. Each has six real images, six of the GAN, six of SMOTE in latents "
    "and six changed copies, which the largest class has none of"
)
LEARNER_WORDS = {
    "network": "convolutional network",
    "lightgbm_components": "LightGBM on components",
    "logistic_components": "logistic regression on components",
    "lightgbm_features": "LightGBM on features",
    "logistic_features": "logistic regression on features",
}


def words(name: str) -> str:
    """Return an arm's name as words."""
    return name.replace("_", " ").replace("gan", "GAN").replace("smote", "SMOTE")


def percent(value: float) -> str:
    """Write an accuracy in per cent."""
    return f"{100 * value:.1f}" if np.isfinite(value) else "–"


def points(value: float, error: float) -> str:
    """Write a difference of accuracies in points, and its standard error."""
    written = f"{100 * value:+.1f}".replace("-", "−")
    return f"{written} ± {100 * error:.1f}" if np.isfinite(error) else written


def runs(results: Results) -> list[str]:
    """Return what was run."""
    rows: list[Row] = []
    for name in results.sets:
        counts = SETS[name].counts
        subsets = {line["subset"] for line in results.lines if line["set"] == name}
        main = results.subsets(name, "network", ["none", REFERENCE, THROUGHOUT])
        hours = sum(line["seconds"] for line in results.lines if line["set"] == name) / 3600
        rows.append(
            [
                name,
                SETS[name].note,
                f"{counts[0]:,} to {counts[-1]:,}",
                str(len(subsets)),
                str(len(main)),
                f"{hours:.2f}",
            ]
        )
    packages = sorted({(package, value) for line in results.lines for package, value in line["versions"].items()})
    header = ["set", "what", "images per class", "subsets", "of these with all main arms", "hours without generators"]
    return [
        *markdown(header, rows, 2),
        f"Versions: {', '.join(f'{package} {value}' for package, value in packages)}.",
        "",
    ]


def targets(results: Results, likeness: Sequence[Line]) -> list[str]:
    """Return every target that was set before the runs, and whether it is reached."""
    rows: list[Row] = []
    for outcome in judge(results):
        claim = outcome.claim
        is_count = claim.quantity == "subsets ahead"
        measured = f"{outcome.measured:.0%}" if is_count else points(outcome.measured, outcome.standard_error)
        target = f"≥ {claim.target:.0%}" if is_count else f"≥ {points(claim.target, np.nan)}"
        lacking = f"{100 * (claim.target - outcome.measured):.1f}"
        missed = "" if is_count else f", by {lacking if lacking != '0.0' else 'less than 0.1'}"
        what = {"macro": "macro", "rare3": "three rarest", "subsets ahead": "subsets ahead in macro"}[claim.quantity]
        rows.append(
            [
                LEARNER_WORDS[claim.learner],
                f"{words(claim.ours)} over {words(claim.other)}",
                what,
                outcome.group,
                target,
                measured,
                str(outcome.n_subsets),
                "yes" if outcome.is_reached else f"**no**{missed}",
            ]
        )
    header = ["learner", "gain of", "in", "on", "target", "measured", "subsets", "reached"]
    text = markdown(header, rows, 4)
    costs: list[Row] = []
    for limit, middle, worst, n in limits(likeness):
        is_reached = worst <= limit.bound if limit.is_most else worst >= limit.bound
        bound = f"{'≤' if limit.is_most else '≥'} {limit.bound:g}"
        costs.append([limit.what, bound, f"{middle:.4g}", f"{worst:.4g}", str(n), "yes" if is_reached else "**no**"])
    if costs:
        text += markdown(["of a GAN", "target", "median", "worst", "subsets", "reached in all"], costs)
    return text


def headline(results: Results) -> list[str]:
    """Return the share of the ceiling's gain over doing nothing that each arm takes."""
    text: list[str] = []
    for learner, ceiling in CEILINGS.items():
        groups = [
            (group, names)
            for group, names in GROUPS.items()
            if results.share(names, learner, ceiling, ceiling, "macro") is not None
        ]
        arms = list(dict.fromkeys(arm for _, names in groups for name in names for arm in results.arms(name, learner)))
        rows: list[tuple[float, Row]] = []
        for arm in arms:
            cells: list[str] = []
            first = -np.inf
            for _, names in groups:
                shares = [results.share(names, learner, arm, ceiling, metric) for metric in METRICS]
                cells.append(" / ".join("–" if share is None else f"{share:.0%}" for share in shares))
                first = shares[0] if first == -np.inf and shares[0] is not None else first
            if arm != "none":
                rows.append((first, [words(arm), *(cell.replace("-", "−") for cell in cells)]))
        if rows:
            ordered = [row for _, row in sorted(rows, key=lambda row: -row[0])]
            text += [f"**{LEARNER_WORDS[learner]}**, macro / three rarest; the ceiling is {words(ceiling)}.", ""]
            text += markdown(["arm", *(group for group, _ in groups)], ordered)
    return text


def all_arms(results: Results) -> list[str]:
    """Return means over subsets of every arm, set by set."""
    text: list[str] = []
    for name in results.sets:
        learners = [learner for learner in LEARNER_WORDS if results.arms(name, learner)]
        arms = list(dict.fromkeys(arm for learner in learners for arm in results.arms(name, learner)))
        rows: list[Row] = []
        for arm in arms:
            row = [words(arm)]
            for learner in learners:
                subsets = results.subsets(name, learner, [arm])
                means = [
                    results.figures(name, learner, arm, subsets, metric).mean() if subsets else np.nan
                    for metric in METRICS
                ]
                most = len(results.subsets(name, learner, ["none"]))
                few = f" ({len(subsets)})" if subsets and len(subsets) != most else ""
                row.append("–" if not subsets else f"{percent(means[0])} / {percent(means[1])}{few}")
            rows.append(row)
        header = ["macro / three rarest, %", *(LEARNER_WORDS[learner] for learner in learners)]
        n = {len(results.subsets(name, learner, ["none"])) for learner in learners}
        span = " to ".join(map(str, sorted({min(n), max(n)})))
        text += [f"**{name}**: {SETS[name].note}. Means over {span} subsets; fewer in brackets.", ""]
        text += markdown(header, rows)
    return text


def differences(results: Results, wanted: Mapping[str, Sequence[tuple[str, str]]] = PAIRS) -> list[str]:
    """Return paired gains with standard errors over subsets."""
    rows: list[Row] = []
    for learner, pairs in wanted.items():
        for ours, other in pairs:
            for group, names in GROUPS.items():
                found = [results.pair(names, learner, ours, other, metric) for metric in METRICS]
                macro, rare = found
                if macro is None or rare is None:
                    continue
                rows.append(
                    [
                        LEARNER_WORDS[learner],
                        f"{words(ours)} over {words(other)}",
                        group,
                        points(macro.mean, macro.standard_error),
                        points(rare.mean, rare.standard_error),
                        f"{macro.n_ahead} of {len(macro.gains)}",
                    ]
                )
    header = ["learner", "gain of", "on", "macro, points", "three rarest, points", "subsets ahead in macro"]
    return markdown(header, rows, 3) if rows else []


def published(results: Results) -> list[str]:
    """Return our figures on DeepSMOTE's counts beside those that its authors published."""
    name, learner = "fashion_deep_smote", "network"
    rows: list[tuple[float, Row]] = [
        (value, [f"published: {arm}", f"{value:.1f}", "–"]) for arm, value in PUBLISHED.items()
    ]
    for arm in results.arms(name, learner):
        subsets = results.subsets(name, learner, [arm])
        macro = 100 * float(results.figures(name, learner, arm, subsets, "macro").mean())
        rows.append((macro, [words(arm), f"{macro:.1f}", str(len(subsets))]))
    if len(rows) == len(PUBLISHED):
        return []
    return markdown(["arm, convolutional network", "balanced accuracy, %", "subsets"], [row for _, row in sorted(rows)])


def likeness(lines: Sequence[Line]) -> list[str]:
    """Return diversity, distances to learned images, the attack, and costs of each source."""
    by_source: dict[tuple[str, str], list[Line]] = defaultdict(list)
    for line in lines:
        by_source[line["set"], line["source"]].append(line)
    rows: list[Row] = []
    for name in SETS:
        for (found, source), own in by_source.items():
            if found != name:
                continue
            classes = [each for line in own for each in line["classes"]]
            few = [each for each in classes if each["n_real"] <= np.quantile([c["n_real"] for c in classes], 0.3)]
            rows.append([name, words(source), str(len(own)), *_ratios(classes), *_ratios(few), *_costs(own)])
    header = ["set", "images of", "subsets", "diversity", "nearest", "attack", "rarest: diversity", "nearest", "attack"]
    return markdown([*header, "seconds", "per 1,000", "peak MiB", "steps kept"], rows, 2) if rows else []


def _ratios(classes: Sequence[Line]) -> list[str]:
    each = [float(np.mean([line[key] for line in classes])) for key in ("diversity", "nearest", "attack")]
    return [f"{value:.2f}" for value in each]


def _costs(lines: Sequence[Line]) -> list[str]:
    found: list[str] = []
    for key, written in (("seconds", ".0f"), ("seconds_per_1000", ".1f"), ("peak_mib", ".0f"), ("steps", ".0f")):
        values = [line["cost"][key] for line in lines if line["cost"].get(key) is not None]
        found.append(format(float(np.mean(values)), written) if values else "–")
    return found


def pictures(folder: Path) -> list[str]:
    """Return the grids that lie in a folder."""
    text: list[str] = []
    for file in sorted(folder.glob("*.png")):
        name = file.stem.replace("_", " ")
        text += [f"**{name}**: {CAPTION}.", ""]
        text += [f"![{name}](figures/{file.name})", ""]
    return text
