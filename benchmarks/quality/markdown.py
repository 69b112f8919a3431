"""How numbers, tables and targets are written in Markdown."""

from collections.abc import Iterable, Sequence

import numpy as np

from benchmarks.quality.claims import Claim, Outcome

METRICS = {
    "average_precision": "average precision",
    "roc_auc": "ROC AUC",
    "log_loss": "log-loss",
    "brier": "Brier",
    "mcc": "MCC, tuned",
    "mcc_default": "MCC, default",
}
Row = Sequence[str]


def claim_row(outcome: Outcome) -> Row:
    """Write one target: ours, against, what, on, target, measured, pairs, reached."""
    claim = outcome.claim
    what = f"{claim.quantity} in {METRICS[claim.metric]}"
    if claim.quantity == "seconds":
        what = "seconds to make rows, as a share"
    elif claim.quantity == "place":
        what = "place by mean rank in average precision"
    elif claim.quantity == "worst learner":
        what = "lowest mean gain of a learner in average precision"
    where = "20 to 200 rare rows" if claim.few_rare else "all cases"
    if claim.learner:
        where += f", {claim.learner.replace('_', ' ')} alone"
    against = claim.other if claim.other == outcome.other else f"{claim.other}: {outcome.other}"
    reached = {None: "not run", True: "yes", False: f"**no**{_missed_by(outcome)}"}[outcome.reached]
    pairs = f"{outcome.n_pairs:,}" if outcome.n_pairs else "–"
    return [claim.ours, against, what, where, _target(claim), _measured(outcome), pairs, reached]


def _target(claim: Claim) -> str:
    match claim.quantity:
        case "pairs ahead" | "cases ahead":
            return f"≥ {claim.target:.0%}"
        case "p (Holm)":
            return f"≤ {claim.target:g}"
        case "seconds":
            return f"≤ {claim.target:g}"
        case "place":
            return "1"
        case _:
            return f"≥ {signed(claim.target)}" if claim.target else "> 0"


def _measured(outcome: Outcome) -> str:
    if outcome.measured is None:
        return "–"
    match outcome.claim.quantity:
        case "pairs ahead" | "cases ahead":
            return f"{outcome.measured:.0%}"
        case "p (Holm)":
            return p_value(outcome.measured)
        case "seconds":
            return f"{outcome.measured:.2g}"
        case "place":
            return f"{outcome.measured:.0f}"
        case _:
            return signed(outcome.measured)


def _missed_by(outcome: Outcome) -> str:
    if outcome.measured is None or outcome.claim.quantity not in ("mean gain", "worst learner"):
        return ""
    return f", by {outcome.claim.target - outcome.measured:.3f}"


def number(value: float, *, is_bold: bool = False) -> str:
    """Write a score with three decimals."""
    if not np.isfinite(value):
        return "–"
    return f"**{value:.3f}**" if is_bold else f"{value:.3f}"


def signed(value: float) -> str:
    """Write a difference with its sign and three decimals."""
    return f"{value:+.3f}".replace("-", "−")


def p_value(value: float, equals: str = "") -> str:
    """Write a p-value, after ``equals``; tiny ones as a bound."""
    return "< 0.0001" if value < 1e-4 else f"{equals}{value:.2g}"


def markdown(header: Row, rows: Iterable[Row], n_text: int = 1) -> list[str]:
    """Return the lines of a table, the first ``n_text`` columns flush left, and an empty line."""
    rule = [":--"] * min(n_text, len(header)) + ["--:"] * max(0, len(header) - n_text)
    escaped = [[cell.replace("|", "\\|").replace("<", "&lt;") for cell in row] for row in (header, *rows)]
    return ["| " + " | ".join(row) + " |" for row in (escaped[0], rule, *escaped[1:])] + [""]
