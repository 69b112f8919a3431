"""Numbered findings about the generated rows of a class.

A measure shows a fault if it is far outside the range of two samples of real rows of the same sizes, and also large
enough to matter. A finding that another finding explains is omitted: if all rows come from one mode, every marginal is
shifted and a classifier distinguishes them as well.

=======  ==================  =================================================================
code     name                raised when
=======  ==================  =================================================================
IMB001   mode collapse       generated rows lie near few real ones, crowd, or repeat
IMB002   copied rows         generated rows equal real ones, or nearly so
IMB003   broken dependence   associations between columns differ from real rows
IMB004   out of range        values lie beyond the real range, or levels are new
IMB005   shifted marginal    the distribution of one column differs
IMB006   told apart          a classifier distinguishes the rows for no other reason
IMB007   membership risk     an attack distinguishes training rows from others
IMB008   missing rate        values are missing more or less often
IMB009   too few rows        there are too few rows for a judgment (not a fault)
IMB010   levels lost         levels that real rows have are never generated
IMB011   real identifiers    generated rows hold e-mail addresses, names, ... of real rows
IMB012   too close           generated rows lie beside real ones more often than fresh rows do
IMB013   crowding            generated rows are the nearest neighbors of nearly all rows
IMB014   off the steps       values lie between the steps that real ones keep
IMB015   heaps missed        real rows repeat one another, and generated ones do so less often
=======  ==================  =================================================================
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from imbgan.quality.results import ClassQuality, ColumnQuality, Diagnostic, Measure, Severity

# A fault exceeds the baseline by this many times the distance from its mean to the end of its 95 % interval, which is
# about four standard deviations of one split. The margin is wide because there are many columns and classes.
MARGIN = 2.0
# It also exceeds it by this many rows of a half, since 20 splits of a small sample underestimate its variation.
LEAST_ROWS = 5
# Smaller differences between real and generated rows do not matter to a learner.
LEAST_SHIFT = 0.10  # Kolmogorov-Smirnov statistic, total variation
LEAST_MISSING = 0.02
LEAST_OUTSIDE = 0.02  # share of values out of range
LEAST_HEAP = 0.10  # share of rows
LEAST_OFF_STEPS = 0.02  # share of rows
LEAST_PAIR = 0.20  # largest difference of an association
LEAST_PAIRS = 0.08  # mean difference of associations
LEAST_COPIES = 0.02  # share of rows
LEAST_NEAR_COPIES = 0.10
LEAST_DUPLICATES = 0.05
LEAST_CLOSENESS = 0.4  # above the 1 of fresh rows
LEAST_NEIGHBORS = 0.2  # above the share of 0.5 that real rows take
LEAST_MEMORIZATION = 0.10  # above the 0.5 of fresh rows
LEAST_MEMBERSHIP = 0.08
LEAST_AUC = 0.20
# Coverage relative to that of real rows: if a quarter of the class has no generated row nearby, a mode is lost.
LOST_COVERAGE = 0.75
BAD_COVERAGE = 0.6
# Rows with less density cover little because they lie far from all real ones, which is not mode collapse.
DECENT_DENSITY = 0.5
# Rows with half the distances of real ones have lost most of their variance.
LOST_SPREAD = 0.5
# From these values on, a finding is an error instead of a warning.
BAD_SHIFT = 0.35
BAD_PAIR = 0.5
BAD_SHARE = 0.25
# The code of rows from which learned rows can be told.
TOO_CLOSE = "IMB012"
# Halves of 15 rows show only gross faults.
FEW_ROWS = 30


@dataclass(frozen=True)
class Finding:
    """The result of a rule; the registry adds code, name and class."""

    severity: Severity
    evidence: str
    action: str
    column: str = ""


@dataclass(frozen=True)
class Rule:
    """A diagnostic: the function that finds it, and the diagnostics that explain it if they are found as well."""

    code: str
    name: str
    find: Callable[[ClassQuality], Iterable[Finding]]
    explained_by: tuple[str, ...] = ()


def diagnose(classes: Sequence[ClassQuality]) -> tuple[Diagnostic, ...]:
    """Return the findings about all classes, most severe first, then by code."""
    found = [diagnostic for quality in classes for diagnostic in _of_class(quality)]
    order: list[Severity] = ["error", "warning", "info"]
    return tuple(sorted(found, key=lambda diagnostic: (order.index(diagnostic.severity), diagnostic.code)))


def _of_class(quality: ClassQuality) -> list[Diagnostic]:
    found = [(rule, finding) for rule in RULES for finding in rule.find(quality)]

    def is_explained(rule: Rule, finding: Finding) -> bool:
        # A finding about a column is explained by one about that column or about whole rows.
        return any(
            other.code in rule.explained_by and (not finding.column or cause.column in ("", finding.column))
            for other, cause in found
        )

    return [
        Diagnostic(
            rule.code, rule.name, finding.severity, quality.label, finding.column, finding.evidence, finding.action
        )
        for rule, finding in found
        if not is_explained(rule, finding)
    ]


def _gap(quality: ClassQuality, measure: Measure | None, least: float) -> float:
    """Return the difference between value and baseline if it is a fault, otherwise 0; negative for a fault below."""
    if measure is None or measure.value is None or measure.baseline is None:
        return 0.0
    low, high = (measure.baseline if end is None else end for end in (measure.low, measure.high))
    gap = measure.value - measure.baseline
    margin = MARGIN * (high - measure.baseline if gap > 0 else measure.baseline - low)
    size = max(min(quality.n_real // 2, quality.n_synthetic), 1)
    return gap if abs(gap) > max(margin, least, LEAST_ROWS / size) else 0.0


def _shown(measure: Measure) -> str:
    name = measure.name.replace("_", " ")
    if measure.baseline is None or measure.low is None or measure.high is None:
        return f"{name} {measure.value:.3g}"
    interval = f"{measure.low:.3g} to {measure.high:.3g}"
    return f"{name} {measure.value:.3g}, real against real {measure.baseline:.3g} ({interval})"


def _get(quality: ClassQuality | ColumnQuality, name: str) -> Measure | None:
    return next((measure for measure in quality.measures if measure.name == name), None)


def _collapse(quality: ClassQuality) -> tuple[Severity, Measure] | None:
    """Return the severity of a mode collapse, and the measure that shows it."""
    coverage, density, spread = (_get(quality, name) for name in ("coverage", "density", "spread"))
    if coverage is None or density is None or spread is None:
        return None
    if coverage.baseline and coverage.value is not None and density.baseline and density.value is not None:
        ratio = coverage.value / coverage.baseline
        is_dense = density.value > DECENT_DENSITY * density.baseline
        if is_dense and ratio < LOST_COVERAGE and _gap(quality, coverage, 0.0) < 0:
            return ("error" if ratio < BAD_COVERAGE else "warning"), coverage
    if spread.baseline and spread.value is not None and spread.value < LOST_SPREAD * spread.baseline:
        return "error", spread
    return None


def mode_collapse(quality: ClassQuality) -> Iterable[Finding]:
    """Find generated rows that lie near few real ones, have little spread, or repeat one another."""
    action = "Train again with another random_state or a larger 'gamma' in train_options, or use fewer generated rows."
    if (found := _collapse(quality)) is not None:
        yield Finding(found[0], f"{_shown(found[1])}.", action)
        return
    duplicates = _get(quality, "duplicate_rate")
    # Copies of real rows repeat one another as well.
    if duplicates is not None and _gap(quality, duplicates, LEAST_DUPLICATES) > 0 and not _copies(quality):
        yield Finding("warning", f"{_shown(duplicates)}.", action)


def _copies(quality: ClassQuality) -> bool:
    return _gap(quality, _get(quality, "copy_rate"), LEAST_COPIES) > 0


def copied_rows(quality: ClassQuality) -> Iterable[Finding]:
    """Find rows that equal real ones, lie at a tenth of the usual distance, or are nearer to training rows."""
    action = "Do not publish these rows; train for fewer steps (max_iter), or on more rows."
    # Collapsed rows lie near a real row without being copies of it.
    checks = [("copy_rate", LEAST_COPIES)]
    if _collapse(quality) is None:
        checks += [("near_copy_rate", LEAST_NEAR_COPIES), ("memorization", LEAST_MEMORIZATION)]
    for name, least in checks:
        measure = _get(quality, name)
        gap = _gap(quality, measure, least)
        if measure is not None and gap > 0:
            note = f"; {measure.note}" if measure.note else ""
            yield Finding("error" if gap > BAD_SHARE else "warning", f"{_shown(measure)}{note}.", action)
            return


def broken_dependence(quality: ClassQuality) -> Iterable[Finding]:
    """Find associations between columns that generated rows lack, or that only they have."""
    largest, mean = _get(quality, "largest_dependence_difference"), _get(quality, "dependence_difference")
    gap = _gap(quality, largest, LEAST_PAIR)
    measure = largest if gap > 0 else mean
    if measure is None or not (gap > 0 or _gap(quality, mean, LEAST_PAIRS) > 0):
        return
    yield Finding(
        "error" if gap > BAD_PAIR else "warning",
        f"{_worst_pair(quality)}{_shown(measure)}.",
        "Train longer (max_iter); check that both columns have the right kind.",
    )


def _worst_pair(quality: ClassQuality) -> str:
    table = quality.dependence
    if table is None:
        return ""
    pairs = [
        (abs(real - synthetic), table.columns[i], table.columns[j], real, synthetic)
        for i in range(len(table.columns))
        for j in range(i)
        if (real := table.real[i][j]) is not None and (synthetic := table.synthetic[i][j]) is not None
    ]
    if not pairs:
        return ""
    _, first, second, real, synthetic = max(pairs, key=lambda pair: pair[0])
    return f"{first!r} and {second!r}: association {real:.2f} in real rows, {synthetic:.2f} in generated ones; "


def out_of_range(quality: ClassQuality) -> Iterable[Finding]:
    """Find numbers beyond the real range and levels that no real row has."""
    action = "Check how the rows were generated; remove these values."
    for column in quality.columns:
        outside = _get(column, "out_of_range")
        gap = _gap(quality, outside, LEAST_OUTSIDE)
        if outside is not None and gap > 0:
            severity: Severity = "error" if gap > BAD_SHARE else "warning"
            yield Finding(severity, f"{_shown(outside)}.", action, column.name)
        elif column.levels_new:
            yield Finding("warning", f"No real row has {_listed(column.levels_new)}.", action, column.name)


def shifted_marginal(quality: ClassQuality) -> Iterable[Finding]:
    """Find columns in which the distribution of values differs."""
    for column in quality.columns:
        measure = _get(column, "ks" if column.kind == "number" else "total_variation")
        gap = _gap(quality, measure, LEAST_SHIFT)
        if measure is not None and gap > 0:
            severity: Severity = "error" if gap > BAD_SHIFT else "warning"
            yield Finding(severity, f"{_shown(measure)}.", "Train longer (max_iter).", column.name)


def told_apart(quality: ClassQuality) -> Iterable[Finding]:
    """Find rows that a classifier distinguishes from real ones."""
    measure = _get(quality, "two_sample_auc")
    if measure is not None and _gap(quality, measure, LEAST_AUC) > 0:
        yield Finding(
            "warning",
            f"{_shown(measure)}.",
            "Compare models that are trained with and without these rows; they may help nevertheless.",
        )


def membership_risk(quality: ClassQuality) -> Iterable[Finding]:
    """Find rows that reveal training rows."""
    measure = _get(quality, "membership_auc")
    gap = _gap(quality, measure, LEAST_MEMBERSHIP)
    if measure is not None and gap > 0:
        yield Finding(
            "error" if gap > BAD_SHARE else "warning",
            f"{_shown(measure)}: an attack distinguishes training rows from others.",
            "Do not publish these rows; train for fewer steps (max_iter), or on more rows.",
        )


def too_close(quality: ClassQuality) -> Iterable[Finding]:
    """Find rows that lie beside real ones more often than fresh rows do, as interpolated rows do."""
    measure = _get(quality, "closeness")
    if measure is not None and _gap(quality, measure, LEAST_CLOSENESS) > 0:
        yield Finding(
            "warning",
            f"closeness {measure.value:.3g}, fresh rows 1 ({measure.low:.3g} to {measure.high:.3g}): rows that were "
            "learned from can be told by what lies beside them.",
            "Measure with `imbgan audit` what the rows give away before they leave the house.",
        )


def missing_rate(quality: ClassQuality) -> Iterable[Finding]:
    """Find columns in which values are missing more or less often."""
    for column in quality.columns:
        if _gap(quality, _get(column, "missing_rate"), LEAST_MISSING) > 0:
            yield Finding(
                "warning",
                f"{column.missing_synthetic:.1%} missing, in real rows {column.missing_real:.1%}.",
                "Check whether missing values were dropped or filled in; train longer (max_iter).",
                column.name,
            )


def too_few_rows(quality: ClassQuality) -> Iterable[Finding]:
    """Report that there are too few rows for a judgment."""
    if min(quality.n_real, quality.n_synthetic) < FEW_ROWS:
        yield Finding(
            "info",
            f"{quality.n_real} real and {quality.n_synthetic} generated rows: only gross faults would show.",
            "Compare models that are trained with and without the rows, or collect more real rows.",
        )


def levels_lost(quality: ClassQuality) -> Iterable[Finding]:
    """Find levels that never occur among generated rows."""
    for column in quality.columns:
        if column.levels_lost:
            evidence = f"No generated row has {_listed(column.levels_lost)}."
            yield Finding("warning", evidence, "Train longer (max_iter); group rare levels.", column.name)


def find_real_identifiers(quality: ClassQuality) -> Iterable[Finding]:
    """Find columns that identify persons in which generated rows hold values of real rows."""
    for name, share in quality.real_identifiers.items():
        if share > 0:
            yield Finding(
                "error",
                f"The column identifies persons or holds free text, and in {share:.1%} of the generated rows its value "
                "is a real one.",
                "Do not publish these rows: generate them with identifiers='fresh' and text_output='missing', or drop "
                "the column.",
                name,
            )


def crowding(quality: ClassQuality) -> Iterable[Finding]:
    """Find generated rows that are neighbors of nearly all rows, as rows too near to the center are."""
    share = _get(quality, "neighbor_share")
    if share is not None and _gap(quality, share, LEAST_NEIGHBORS) > 0:
        yield Finding(
            "warning",
            f"{_shown(share)}.",
            "Do not teach nearest neighbors or kernels with these rows, or with at most as many as there are real rows "
            "of the class; use a linear learner.",
        )


def off_the_steps(quality: ClassQuality) -> Iterable[Finding]:
    """Find columns whose real numbers come in steps, and whose generated ones lie between them."""
    least = max(LEAST_OFF_STEPS, LEAST_ROWS / max(quality.n_synthetic, 1))
    found = [column for column in quality.columns if column.off_steps > least]
    if found:
        worst = sorted(found, key=lambda column: -column.off_steps)
        shown = [f"{column.name!r}: {column.steps}, {column.off_steps:.0%} between them" for column in worst[:3]]
        yield Finding(
            "warning",
            f"In {len(found)} of {len(quality.columns)} columns, values lie between the steps that real ones keep "
            f"({'; '.join([*shown, '...'][: len(found)])}).",
            "Round these columns to their steps, or use the generators or samplers of imbgan, which keep them.",
        )


def heaps_missed(quality: ClassQuality) -> Iterable[Finding]:
    """Find heaps, which are rows that many real ones equal, that hold too few generated rows."""
    measure = _get(quality, "copy_rate")
    if measure is not None and _gap(quality, measure, LEAST_HEAP) < 0:
        yield Finding(
            "warning",
            f"{measure.baseline:.0%} of real rows equal another one ({measure.low:.0%} to {measure.high:.0%}), and "
            f"{measure.value:.0%} of the generated rows equal a real one.",
            "Train longer (early_stopping=False), or add the repeated rows by hand, as often as they are real.",
        )


def _listed(levels: Sequence[str]) -> str:
    return ", ".join(map(repr, levels[:5])) + (f" and {len(levels) - 5} more" if len(levels) > 5 else "")


RULES: tuple[Rule, ...] = (
    Rule("IMB001", "mode collapse", mode_collapse),
    Rule("IMB002", "copied rows", copied_rows),
    Rule("IMB003", "broken dependence", broken_dependence, ("IMB001",)),
    Rule("IMB004", "out of range", out_of_range),
    Rule("IMB005", "shifted marginal", shifted_marginal, ("IMB001", "IMB004", "IMB010")),
    Rule(
        "IMB006",
        "told apart",
        told_apart,
        ("IMB001", "IMB002", "IMB003", "IMB004", "IMB005", "IMB008", "IMB010"),
    ),
    Rule("IMB007", "membership risk", membership_risk),
    Rule("IMB008", "missing rate", missing_rate),
    Rule("IMB009", "too few rows", too_few_rows),
    Rule("IMB010", "levels lost", levels_lost, ("IMB001",)),
    Rule("IMB011", "real identifiers", find_real_identifiers),
    Rule(TOO_CLOSE, "too close", too_close, ("IMB001", "IMB002")),
    Rule("IMB013", "crowding", crowding, ("IMB001", "IMB002")),
    Rule("IMB014", "off the steps", off_the_steps),
    Rule("IMB015", "heaps missed", heaps_missed, ("IMB001", "IMB010", "IMB014")),
)
