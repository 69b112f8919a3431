"""The results of a comparison: plain data with a JSON round trip."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from imbgan._files import write_whole
from imbgan._plain import from_plain, to_json, to_plain
from imbgan.comparison.fold_results import FoldResult
from imbgan.comparison.views import as_html, as_rows, as_text
from imbgan.comparison.word_model import WordModel
from imbgan.exceptions import DataError, ParameterError
from imbgan.quality.assessment import Assessment

KIND = "imbgan.Comparison"
VERSION = 2
# A difference to the control is significant below this adjusted p-value.
SIGNIFICANCE = 0.05


@dataclass(frozen=True)
class Score:
    """One metric of one strategy with one estimator, over all test folds.

    Parameters
    ----------
    estimator, strategy, metric : str
        Names.
    label : str or None
        A class, judged against the rest. None for the rare class of two, or for the mean over more than two classes.
    mean, std : float
        Mean and standard deviation over the folds, in the metric's own direction.
    n_folds : int
    gain : float or None
        Mean difference to the control; positive is better. None for the control itself.
    gain_low, gain_high : float or None
        The 95 % corrected resampled interval of the gain (Nadeau and Bengio 2003).
    p_value, p_holm : float or None
        Two-sided p-value of the corrected resampled t-test, and the same adjusted over strategies (Holm 1979).
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

    @property
    def is_significant(self) -> bool:
        """Whether the difference to the control, in either direction, is significant."""
        return self.p_holm is not None and self.p_holm < SIGNIFICANCE


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
        Reliability: the mean predicted probability and the observed share of each bin that contains rows.
    counts : tuple of int
        Number of rows in each of these bins.
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
    """The outcome of one strategy with one estimator over all folds.

    Parameters
    ----------
    status : str
        ``"ok"``, ``"not applicable"`` or ``"failed"``.
    reason : str
        Why the status is not "ok"; otherwise empty.
    seconds : float or None
        Mean duration of one fit, including resampling.
    class_counts : dict of str to float or None
        Mean number of training rows of each class, or the sum of their weights if rows had weights.
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
        The recommended strategy. It is the control if no other strategy has a significant gain that matters.
    best : str
        The strategy with the greatest mean, which may be ahead by chance.
    metric : str
        The metric that decided.
    score, control_score : float
        Means of the recommended strategy and of the control.
    gain, gain_low, gain_high : float or None
        Gain of ``best`` over the control, with its interval; None if only the control could run.
    p_holm, p_better, p_equal, p_worse : float or None
        The probabilities of ``best``; see :class:`Score`.
    seconds, control_seconds : float
        Mean duration of one fit with the recommended strategy, and with the control.
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
class Note:
    """A further fact that the reader of a verdict should know, as data that every language can put into words.

    Parameters
    ----------
    pieces : tuple of str
        Keys of the words, in the order of the sentence; see :data:`imbgan.comparison.wording.NOTES`.
    facts : dict of str to str
        What the words name: names of strategies, estimators and metrics, and numbers as text.
    """

    pieces: tuple[str, ...]
    facts: dict[str, str]


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
        One choice per estimator, the recommended pair first.
    notes : tuple of str
        Further plain sentences: the effect of a tuned threshold alone, strategies that could not run, limits of the
        verdict.
    details : tuple of Note
        The same notes as data.
    """

    sentence: str
    estimator: str
    strategy: str
    control: str
    choices: tuple[Choice, ...]
    notes: tuple[str, ...]
    details: tuple[Note, ...] = ()


@dataclass(frozen=True)
class Task:
    """The table that strategies are compared on.

    Parameters
    ----------
    n_rows, n_columns : int
    class_counts : dict of str to int
        Number of rows of each class, the largest class first.
    positive : str or None
        The rare class of two. None for more classes; metrics are then means over one class against the rest.
    target : str
        Name of the target; empty if it is unknown.
    n_duplicates : int
        Number of rows whose features equal those of an earlier row. Equal rows stay in one fold.
    """

    n_rows: int
    n_columns: int
    class_counts: dict[str, int]
    positive: str | None
    target: str
    n_duplicates: int


@dataclass(frozen=True)
class Comparison:
    """The result of comparing strategies on one table: a verdict, and the figures behind it.

    Parameters
    ----------
    task : Task
        The table.
    verdict : Verdict
        The answer.
    scores : tuple of Score
        One score per estimator, strategy, metric and label.
    curves : tuple of Curve
        Precision-recall, ROC and reliability curves, averaged over folds.
    runs : tuple of StrategyRun
        The outcome of each strategy with each estimator.
    assessment : Assessment or None
        Assessment of rows that the GAN generates, with the first test fold as held-out rows. None if no compared
        strategy trains a GAN.
    settings : dict
        Whatever is needed to repeat the run: seed, folds, metrics, control, strategies, estimators, versions.
    rows : tuple of FoldResult
        One result per fold, strategy and estimator; predictions are left out.
    words : WordModel or None, default=None
        What a linear classifier on words says about columns of text, with some texts of the table; see
        :meth:`without_texts`.

    Examples
    --------
    >>> from sklearn.datasets import make_classification
    >>> from sklearn.linear_model import LogisticRegression
    >>> from imbgan import compare
    >>> X, y = make_classification(n_samples=400, weights=[0.9], random_state=0)
    >>> found = compare(X, y, estimator=LogisticRegression(), strategies=["smote"], cv=4, random_state=0)
    >>> [row["strategy"] for row in found.table()]
    ['none', 'smote']
    """

    task: Task
    verdict: Verdict
    scores: tuple[Score, ...]
    curves: tuple[Curve, ...]
    runs: tuple[StrategyRun, ...]
    assessment: Assessment | None
    settings: dict[str, Any]
    rows: tuple[FoldResult, ...]
    words: WordModel | None = None

    def without_texts(self) -> "Comparison":
        """Return the same without texts of the table, which may be private; terms and their coefficients stay."""
        return self if self.words is None else replace(self, words=self.words.without_texts())

    def to_dict(self) -> dict[str, Any]:
        """Return everything as plain JSON values."""
        return {"kind": KIND, "version": VERSION, **to_plain(self)}

    @classmethod
    def from_dict(cls, document: Mapping[str, Any]) -> "Comparison":
        """Rebuild a comparison from what :meth:`to_dict` returned.

        Raises
        ------
        DataError
            If the document is something else, or is incomplete.
        """
        try:
            if (document["kind"], document["version"]) != (KIND, VERSION):
                raise ValueError(f"kind must be {KIND!r} and version {VERSION}")
            # Earlier versions had no texts.
            return from_plain(cls, {"words": None, **document})
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise DataError(
                f"This is not a complete comparison ({type(error).__name__}: {error}). Save it again."
            ) from error

    def save(self, path: str | Path, *, overwrite: bool = False) -> None:
        """Write everything into one JSON file, completely or not at all.

        Parameters
        ----------
        path : path-like
        overwrite : bool, default=False
            Whether an existing file may be replaced.

        Raises
        ------
        ParameterError
            If the path exists and may not be overwritten.
        OSError
            If the file cannot be written.
        """
        target = Path(path)
        if target.exists() and not overwrite:
            raise ParameterError(f"{str(target)!r} exists already. Pass another path, or overwrite=True.")
        write_whole(target, to_json(self.to_dict()).encode("utf-8"))

    @classmethod
    def load(cls, path: str | Path) -> "Comparison":
        """Read what :meth:`save` wrote.

        Raises
        ------
        DataError
            If the file is not a comparison, or is incomplete.
        OSError
            If the file cannot be read.
        """
        try:
            return cls.from_dict(json.loads(Path(path).read_text(encoding="utf-8")))
        except ValueError as error:  # raised by decoding, by JSON, or by from_dict
            raise DataError(f"{str(path)!r} cannot be read: {error}") from error

    def table(self) -> list[dict[str, Any]]:
        """Return one dict per estimator and strategy, for ``pd.DataFrame(comparison.table())``.

        Returns
        -------
        list of dict
            ``estimator``, ``strategy``, ``status``; the mean of each metric under its name; ``gain``, ``gain_low``,
            ``gain_high``, ``p_holm``, ``p_worse``, ``p_equal`` and ``p_better`` of the deciding metric, and the
            ``seconds`` of one fit. None where there is no value.
        """
        return as_rows(self)

    def __str__(self) -> str:
        return as_text(self)

    def _repr_html_(self) -> str:
        return as_html(self)
