"""The results of an assessment: plain data with a JSON round trip."""

from dataclasses import dataclass, field
from typing import Literal

Severity = Literal["error", "warning", "info"]


@dataclass(frozen=True)
class Measure:
    """One measure of generated rows, with its baseline between two samples of real rows of the same sizes.

    Parameters
    ----------
    name : str
        For example ``"energy_distance"``.
    value : float or None
        The measure between real and generated rows; None if it cannot be computed, for the reason in ``note``.
    baseline : float or None
        Mean of the same measure between real and real rows.
    low, high : float or None
        The interval that contains 95 % of the baseline.
    note : str
        A remark on the value; otherwise empty.
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
        One text per bin.
    edges : tuple of float or None
        The n + 1 ends of n bins of a number; None for a category.
    real, synthetic : tuple of float
        Shares of the present values; each sums to 1.
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
    ``"missing_rate"`` is the absolute difference between the shares of missing values. ``levels_lost`` have so many
    real rows that chance does not explain their absence among generated rows; ``levels_new`` are the reverse. ``steps``
    names the steps in which the real numbers of all classes come, such as ``"steps of 50"``, and ``off_steps`` is the
    share of generated rows whose value lies between them and is not that of a real row.
    """

    name: str
    kind: Literal["number", "category"]
    measures: tuple[Measure, ...]
    histogram: Histogram
    missing_real: float
    missing_synthetic: float
    levels_lost: tuple[str, ...] = ()
    levels_new: tuple[str, ...] = ()
    steps: str = ""
    off_steps: float = 0.0


@dataclass(frozen=True)
class Dependence:
    """Associations between pairs of columns, in [0, 1] or, between two numbers, in [-1, 1].

    They are Spearman correlations between numbers, Cramér's V between categories, and correlation ratios between a
    number and a category; None where a column is constant.
    """

    columns: tuple[str, ...]
    real: tuple[tuple[float | None, ...], ...]
    synthetic: tuple[tuple[float | None, ...], ...]


@dataclass(frozen=True)
class ClassQuality:
    """The generated rows of one class.

    ``measures`` holds ``"energy_distance"``, ``"energy_p_value"``, ``"mmd"``, ``"mmd_p_value"``, ``"density"``,
    ``"coverage"``, ``"spread"`` (mean distance between generated rows, divided by that between real ones),
    ``"nearest_distance"`` (the same for the nearest other row; crowded rows have less than 1), ``"neighbor_share"``
    (share of the places among the 5 nearest neighbors of all rows that generated ones take, beside as many real ones),
    ``"dependence_difference"`` (mean over pairs of columns), ``"largest_dependence_difference"``,
    ``"two_sample_auc"``, ``"duplicate_rate"`` (among the generated rows), ``"copy_rate"`` (generated rows that equal
    a real one), ``"near_copy_rate"`` (at less than a tenth of the usual distance), ``"closeness"`` (how often generated
    rows are the nearest ones of a real row, relative to fresh rows), ``"memorization"`` and ``"membership_auc"`` (both
    against held-out rows). ``real_identifiers`` holds the columns that identify persons, and the share of generated
    rows whose value there is one of a real row.
    """

    label: str
    n_real: int
    n_synthetic: int
    n_holdout: int
    measures: tuple[Measure, ...]
    columns: tuple[ColumnQuality, ...]
    dependence: Dependence | None
    real_identifiers: dict[str, float] = field(default_factory=dict[str, float])

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
class Pictures:
    """Some images of one class, as PNG files in base64.

    Parameters
    ----------
    label : str
    width, height : int
        Size of each image in pixels.
    real : tuple of str
        Real images.
    generated : tuple of str
        Generated images.
    nearest : tuple of str
        The real image of the class that is nearest to each generated one, in the features that are compared.
    """

    label: str
    width: int
    height: int
    real: tuple[str, ...]
    generated: tuple[str, ...]
    nearest: tuple[str, ...]


@dataclass(frozen=True)
class Diagnostic:
    """A numbered finding.

    Parameters
    ----------
    code : str
        ``"IMB001"`` and so on, as the page of the diagnostics lists them.
    name : str
        For example ``"mode collapse"``.
    severity : {"error", "warning", "info"}
        "error" means do not use these rows, "warning" means check them before use, and "info" is a remark.
    label : str
        The class; empty for the whole table.
    column : str
        The column; empty for whole rows.
    evidence : str
        The measures, in one sentence.
    action : str
        Advice, in one sentence.
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
    """Something that happened during training."""

    step: int
    name: str
    detail: str


@dataclass(frozen=True)
class Training:
    """The history of training.

    Parameters
    ----------
    history : dict of str to tuple of float or None
        Measures after each chunk of steps, by name; ``"step"`` is the common axis. None where a measure could not be
        computed.
    events : tuple of TrainingEvent
    n_iter : int
        Step of the checkpoint that was kept.
    """

    history: dict[str, tuple[float | None, ...]]
    events: tuple[TrainingEvent, ...]
    n_iter: int
