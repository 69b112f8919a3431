"""Decide whether resampling is worth it on this table."""

from collections.abc import Sequence
from dataclasses import dataclass

from imbgan._text import shown
from imbgan.comparison.fold_results import FoldResult
from imbgan.comparison.metrics import METRICS
from imbgan.comparison.notes import notes
from imbgan.comparison.results import Choice, Score, StrategyRun, Task, Verdict
from imbgan.comparison.statistics import LEAST_FOLDS, mean_seconds, practical_margin
from imbgan.comparison.wording import digits_for, duration, margin, note_text, number, percent, signed, unsampled
from imbgan.strategies.costs import Costs

# Strategies count as equal from this posterior probability on.
CERTAINTY = 0.95


def decide(
    scores: Sequence[Score],
    runs: Sequence[StrategyRun],
    task: Task,
    rows: Sequence[FoldResult],
    *,
    control: str,
    metric: str,
    rope: float = 0.01,
    costs: Costs | None = None,
) -> Verdict:
    """Choose a strategy for each estimator, and the best pair of estimator and strategy.

    For each estimator the strategy with the greatest mean gain over the control is recommended if that gain is
    significant after Holm's correction over all strategies (5 %) and greater than the region of practical
    equivalence; otherwise the control is. A strategy that ran on fewer than three folds is not recommended. Of these
    pairs the one with the best mean score wins.

    Parameters
    ----------
    scores : sequence of Score
        Scores of all metrics.
    runs : sequence of StrategyRun
        One run per estimator and strategy.
    task : Task
    rows : sequence of FoldResult
        One result per fold, strategy and estimator.
    control : str
        The strategy that the others are compared with.
    metric : str
        The metric that decides.
    rope : float, default=0.01
        As for :func:`imbgan.comparison.statistics.compute_scores`.
    costs : Costs or None, default=None
        What wrong decisions cost; the notes then speak of money.

    Returns
    -------
    Verdict
        The estimator is an empty text if the control has no score with any estimator.
    """
    rows = list(rows)
    contests = _contests(scores, runs, rows, control, metric, rope)
    contests.sort(key=lambda contest: contest.choice.score, reverse=METRICS[metric].higher_is_better)
    choices = tuple(contest.choice for contest in contests)
    further = notes(scores, runs, task, rows, choices, control=control, rope=rope, costs=costs)
    if not contests:
        sentence = f"No verdict: {unsampled(control)}, the control of this comparison, has no score; see the notes."
        return Verdict(sentence, "", control, control, (), tuple(map(note_text, further)), further)
    first = contests[0]
    return Verdict(
        sentence=_sentence(first),
        estimator=first.choice.estimator,
        strategy=first.choice.strategy,
        control=control,
        choices=choices,
        notes=tuple(map(note_text, further)),
        details=further,
    )


@dataclass(frozen=True)
class _Contest:
    """One estimator: its choice, and the strategies that could have been chosen."""

    choice: Choice
    rivals: tuple[Score, ...]
    control: str
    margin: float
    rope: float


def _contests(
    scores: Sequence[Score],
    runs: Sequence[StrategyRun],
    rows: Sequence[FoldResult],
    control: str,
    metric: str,
    rope: float,
) -> list[_Contest]:
    """Return a contest for each estimator whose control has a score."""
    unreliable = {(run.estimator, run.strategy) for run in runs if run.status != "ok"}
    contests: list[_Contest] = []
    for reference in scores:
        if (reference.strategy, reference.metric, reference.label) != (control, metric, None):
            continue
        rivals = tuple(
            score
            for score in scores
            if (score.estimator, score.metric, score.label) == (reference.estimator, metric, None)
            and score.gain is not None
            # A strategy that failed in some folds is unreliable even if it has scores of others.
            and (score.estimator, score.strategy) not in unreliable
        )
        margin = practical_margin(metric, reference.mean, rope)
        choice = _choose(reference, rivals, margin, rows)
        contests.append(_Contest(choice, rivals, control, margin, rope))
    return contests


def _choose(reference: Score, rivals: Sequence[Score], margin: float, rows: Sequence[FoldResult]) -> Choice:
    # A gain on one or two folds says nothing beside gains on more.
    best = max(rivals, key=lambda rival: (min(rival.n_folds, LEAST_FOLDS), _gain(rival)), default=reference)
    is_sure = best.is_significant and _gain(best) > margin and best.n_folds >= LEAST_FOLDS
    winner = best if is_sure else reference
    return Choice(
        estimator=reference.estimator,
        strategy=winner.strategy,
        best=best.strategy,
        metric=reference.metric,
        score=winner.mean,
        control_score=reference.mean,
        gain=best.gain,
        gain_low=best.gain_low,
        gain_high=best.gain_high,
        p_holm=best.p_holm,
        p_better=best.p_better,
        p_equal=best.p_equal,
        p_worse=best.p_worse,
        seconds=_mean_seconds(rows, winner),
        control_seconds=_mean_seconds(rows, reference),
    )


def _mean_seconds(rows: Sequence[FoldResult], score: Score) -> float:
    wanted = (score.estimator, score.strategy, "ok")
    return mean_seconds(row for row in rows if (row.estimator, row.strategy, row.status) == wanted)


def _gain(score: Score) -> float:
    return 0.0 if score.gain is None else score.gain


def _sentence(contest: _Contest) -> str:
    choice = contest.choice
    if choice.strategy != contest.control:
        return _in_favor(contest)
    head = "No resampling" if contest.control == "none" else f"Keep {shown(contest.control)}"
    return f"{head}: {_against(contest)}."


def _in_favor(contest: _Contest) -> str:
    choice, digits = contest.choice, _digits(contest.choice)
    sure = f", probability of a gain that matters: {percent(choice.p_better)}" if choice.p_better is not None else ""
    return (
        f"Use {shown(choice.strategy)} with {shown(choice.estimator)}: {METRICS[choice.metric].title} "
        f"{number(choice.score, digits)} instead of {number(choice.control_score, digits)} with "
        f"{unsampled(contest.control)} ({_difference(choice)}{sure}); one fit takes {duration(choice.seconds)} "
        f"instead of {duration(choice.control_seconds)}."
    )


def _against(contest: _Contest) -> str:
    """Tell why the control stays."""
    choice, rivals = contest.choice, contest.rivals
    title, estimator = METRICS[choice.metric].title, shown(choice.estimator)
    gain, best = choice.gain, shown(choice.best)
    if gain is None:
        score = number(choice.control_score, digits_for(choice.control_score))
        return f"no other strategy was compared ({title} {score} with {estimator})"
    if choice.gain_low is None:
        return f"a single test fold cannot distinguish strategies (best with {estimator}: {best}, {_change(choice)})"
    if all((rival.p_equal or 0.0) >= CERTAINTY for rival in rivals):
        return f"no strategy changes {title} by more than {margin(choice.metric, contest.rope)} with {estimator}"
    if all(_gain(rival) < 0.0 and rival.is_significant for rival in rivals):
        verb = "lowers" if METRICS[choice.metric].higher_is_better else "worsens"
        who, nearest = (best, "") if len(rivals) == 1 else ("every strategy", f"the closest is {best}, ")
        return f"{who} {verb} {title} with {estimator} ({nearest}{_difference(choice)})"
    if any(rival.strategy == choice.best and rival.is_significant for rival in rivals) and gain > 0.0:
        if gain > contest.margin:
            return (
                f"two test folds are too few to recommend a strategy (best with {estimator}: {best}, {_change(choice)})"
            )
        return (
            f"with {estimator} the gain of the best strategy is significant but below "
            f"{margin(choice.metric, contest.rope)} {title}, too small to matter ({best}, {_difference(choice)})"
        )
    if gain <= 0.0:
        return f"with {estimator} no strategy has a better score (the closest, within noise: {best}, {_change(choice)})"
    adjusted = (
        f" after adjustment for all {len(rivals)} strategies" if choice.gain_low > 0.0 and len(rivals) > 1 else ""
    )
    return f"with {estimator} the differences are within noise{adjusted} (best: {best}, {_change(choice)})"


def _digits(choice: Choice) -> int:
    """Return 2 for a large gain on a score of usual size, and 3 or more otherwise."""
    if choice.gain is not None and abs(choice.gain) >= 0.02 and 0.1 <= abs(choice.control_score) < 10.0:
        return 2
    return digits_for(choice.control_score)


def _difference(choice: Choice) -> str:
    """Return the difference between the best strategy and the control, with its interval, in the metric's direction."""
    digits = _digits(choice)
    turned = [choice.gain, choice.gain_low, choice.gain_high]
    if not METRICS[choice.metric].higher_is_better:
        turned = [None if value is None else -value for value in (choice.gain, choice.gain_high, choice.gain_low)]
    mean, low, high = (signed(value, digits) for value in turned)
    return mean if choice.gain_low is None else f"{mean}, 95 % interval {low} to {high}"


def _change(choice: Choice) -> str:
    """Return :func:`_difference` with the title of the metric after the mean."""
    mean, *interval = _difference(choice).split(", ", 1)
    return ", ".join([f"{mean} {METRICS[choice.metric].title}", *interval])
