"""What an assessment holds: plain data with a JSON round trip."""

from dataclasses import dataclass
from typing import Literal

Severity = Literal["error", "warning", "info"]


@dataclass(frozen=True)
class Measure:
    """One figure of generated rows, and what two samples of real rows of the same sizes show.

    Parameters
    ----------
    name : str
        Such as ``"energy_distance"``.
    value : float or None
        Real against generated rows; None where it cannot be computed, for the reason in ``note``.
    baseline : float or None
        Mean of the same figure of real against real rows.
    low, high : float or None
        Between these lie 95 % of the figures of real against real rows.
    note : str
        What a reader must know beside the number, else empty.
    """

    name: str
    value: float | None
    baseline: float | None = None
    low: float | None = None
    high: float | None = None
    note: str = ""


@dataclass(frozen=True)
class Histogram:
    """Shares of the values of one column: bins of a number, or levels of a category.

    Parameters
    ----------
    labels : tuple of str
        One a bin, for people.
    edges : tuple of float or None
        The n + 1 ends of the n bins of a number; None for a category.
    real, synthetic : tuple of float
        Shares of the present values, each summing to 1.
    """

    labels: tuple[str, ...]
    edges: tuple[float, ...] | None
    real: tuple[float, ...]
    synthetic: tuple[float, ...]


@dataclass(frozen=True)
class ColumnQuality:
    """One column within one class.

    ``measures`` holds for numbers ``"ks"``, ``"range_coverage"``, ``"out_of_range"`` and ``"missing_rate"``; for
    categories ``"total_variation"``, ``"level_coverage"``, ``"new_levels"`` and ``"missing_rate"``, where
    ``"missing_rate"`` is the absolute difference of the two shares of missing values. ``levels_lost`` have so many
    real rows that chance does not explain why no generated row has them; ``levels_new`` are the reverse.
    """

    name: str
    kind: Literal["number", "category"]
    measures: tuple[Measure, ...]
    histogram: Histogram
    missing_real: float
    missing_synthetic: float
    levels_lost: tuple[str, ...] = ()
    levels_new: tuple[str, ...] = ()


@dataclass(frozen=True)
class Dependence:
    """Association of each pair of columns, in [0, 1] or, between two numbers, in [-1, 1].

    Spearman correlation between numbers, Cramér's V between categories, the correlation ratio between a number and a
    category. None where a column is constant.
    """

    columns: tuple[str, ...]
    real: tuple[tuple[float | None, ...], ...]
    synthetic: tuple[tuple[float | None, ...], ...]


@dataclass(frozen=True)
class ClassQuality:
    """The generated rows of one class.

    ``measures`` holds ``"energy_distance"``, ``"energy_p_value"``, ``"mmd"``, ``"mmd_p_value"``, ``"density"``,
    ``"coverage"``, ``"spread"`` (mean distance between generated rows over that between real ones),
    ``"dependence_difference"`` (mean over pairs of columns), ``"largest_dependence_difference"``,
    ``"two_sample_auc"``, ``"duplicate_rate"`` (among the generated rows), ``"copy_rate"`` (generated rows that equal
    a real one), ``"near_copy_rate"`` (at less than a tenth of the usual distance), ``"memorization"`` and
    ``"membership_auc"`` (both against held-out rows).
    """

    label: str
    n_real: int
    n_synthetic: int
    n_holdout: int
    measures: tuple[Measure, ...]
    columns: tuple[ColumnQuality, ...]
    dependence: Dependence | None

    def measure(self, name: str) -> Measure:
        """Return the measure called ``name``; KeyError if there is none."""
        for measure in self.measures:
            if measure.name == name:
                return measure
        raise KeyError(name)


@dataclass(frozen=True)
class Points:
    """Some rows of one group on the map."""

    group: Literal["other", "real", "synthetic"]
    label: str
    x: tuple[float, ...]
    y: tuple[float, ...]


@dataclass(frozen=True)
class Diagnostic:
    """A numbered finding.

    Parameters
    ----------
    code : str
        ``"IMB001"`` and so on; see :mod:`imbgan.quality.diagnostics`.
    name : str
        Such as ``"mode collapse"``.
    severity : {"error", "warning", "info"}
        "error": do not use these rows; "warning": look before use; "info": worth knowing.
    label : str
        The class, empty for the whole table.
    column : str
        The column, empty if it concerns whole rows.
    evidence : str
        The figures, one sentence.
    action : str
        What to do, one sentence.
    """

    code: str
    name: str
    severity: Severity
    label: str
    column: str
    evidence: str
    action: str


@dataclass(frozen=True)
class TrainingEvent:
    """Something that happened while the generator was trained."""

    step: int
    name: str
    detail: str


@dataclass(frozen=True)
class Training:
    """How the generator was trained.

    Parameters
    ----------
    history : dict of str to tuple of float or None
        What was measured after each chunk of steps, by name; ``"step"`` is the common axis. None where a figure
        could not be measured.
    events : tuple of TrainingEvent
    n_iter : int
        Step of the checkpoint that is used.
    """

    history: dict[str, tuple[float | None, ...]]
    events: tuple[TrainingEvent, ...]
    n_iter: int
