"""What a comparison holds: plain data with a JSON round trip."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Score:
    """One metric of one strategy with one estimator, over all test folds.

    Parameters
    ----------
    estimator, strategy, metric : str
        Names.
    label : str or None
        One class (against the rest); None for the rare class of two, or the mean over the classes of more.
    mean, std : float
        Over the folds, in the metric's own direction.
    n_folds : int
    gain : float or None
        Mean difference to the control, turned so that positive is better; None for the control itself.
    gain_low, gain_high : float or None
        95 % corrected resampled interval of the gain (Nadeau and Bengio 2003).
    p_value, p_holm : float or None
        Two-sided, of the corrected resampled t-test; adjusted over strategies (Holm 1979).
    p_worse, p_equal, p_better : float or None
        Posterior probabilities that the gain lies below, inside and above the region of practical equivalence
        (Corani and Benavoli 2015); they sum to 1.
    """

    estimator: str
    strategy: str
    metric: str
    label: str | None
    mean: float
    std: float
    n_folds: int
    gain: float | None = None
    gain_low: float | None = None
    gain_high: float | None = None
    p_value: float | None = None
    p_holm: float | None = None
    p_worse: float | None = None
    p_equal: float | None = None
    p_better: float | None = None


@dataclass(frozen=True)
class Curve:
    """Curves of one strategy with one estimator for one class against the rest, averaged over folds.

    Parameters
    ----------
    recall, precision : tuple of float
        Mean precision on a fixed grid of recalls.
    fpr, tpr : tuple of float
        Mean true-positive rate on a fixed grid of false-positive rates.
    predicted, observed : tuple of float
        Reliability: mean predicted probability and observed share, one a bin that holds rows.
    counts : tuple of int
        Rows in these bins.
    """

    estimator: str
    strategy: str
    label: str
    recall: tuple[float, ...]
    precision: tuple[float, ...]
    fpr: tuple[float, ...]
    tpr: tuple[float, ...]
    predicted: tuple[float, ...]
    observed: tuple[float, ...]
    counts: tuple[int, ...]


@dataclass(frozen=True)
class StrategyRun:
    """How one strategy went with one estimator.

    Parameters
    ----------
    status : str
        ``"ok"``, ``"not applicable"`` or ``"failed"``.
    reason : str
        Why not, else empty.
    seconds : float or None
        Mean seconds of one fit, resampling included.
    class_counts : dict of str to float or None
        Mean rows of each class that the estimator was trained on (sums of weights where it was weighted).
    """

    estimator: str
    strategy: str
    status: str
    reason: str
    seconds: float | None
    class_counts: dict[str, float] | None


@dataclass(frozen=True)
class Choice:
    """The advice for one estimator.

    Parameters
    ----------
    estimator : str
    strategy : str
        The recommended one; the control where nothing is surely ahead of it.
    best : str
        The strategy with the greatest mean, which may be ahead by luck only.
    metric : str
        What decided.
    score, control_score : float
        Means of the recommended strategy (equal if it is the control) and of the control.
    gain, gain_low, gain_high : float or None
        Of ``best`` over the control; None if nothing but the control could run.
    p_holm, p_better, p_equal, p_worse : float or None
        Of ``best``, see :class:`Score`.
    seconds, control_seconds : float
        Mean of one fit with the recommended strategy, and with the control.
    """

    estimator: str
    strategy: str
    best: str
    metric: str
    score: float
    control_score: float
    gain: float | None
    gain_low: float | None
    gain_high: float | None
    p_holm: float | None
    p_better: float | None
    p_equal: float | None
    p_worse: float | None
    seconds: float
    control_seconds: float


@dataclass(frozen=True)
class Verdict:
    """The answer: one plain sentence, and the data behind it.

    Parameters
    ----------
    sentence : str
    estimator, strategy : str
        The recommended pair.
    control : str
        The strategy that the others are compared with.
    choices : tuple of Choice
        One an estimator; the recommended pair first.
    notes : tuple of str
        Further plain sentences: what a tuned threshold alone does, what could not run, how much to trust this.
    """

    sentence: str
    estimator: str
    strategy: str
    control: str
    choices: tuple[Choice, ...]
    notes: tuple[str, ...]


@dataclass(frozen=True)
class Task:
    """The table that strategies are compared on.

    Parameters
    ----------
    n_rows, n_columns : int
    class_counts : dict of str to int
        Rows of each class, the largest class first.
    positive : str or None
        The rare class of two; None for more classes, where metrics are means of one class against the rest.
    target : str
        Name of the target, empty if unknown.
    n_duplicates : int
        Rows whose features equal those of an earlier row; they stay in one fold with it.
    """

    n_rows: int
    n_columns: int
    class_counts: dict[str, int]
    positive: str | None
    target: str
    n_duplicates: int
