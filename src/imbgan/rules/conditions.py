"""What a rule asks of one column, in terms that can be merged, tested and exported."""

from dataclasses import dataclass, replace


@dataclass(frozen=True)
class Condition:
    """A set of values of one column: an interval of numbers, or a set of levels, with or without missing cells.

    Parameters
    ----------
    column : int
        Position of the column among the columns of the rules.
    low, high : float or None
        Numbers above ``low`` and up to ``high`` meet the condition; None is no bound. Booleans are 0 and 1, dates and
        durations are ticks of the unit of their column. The bounds are exact in double precision.
    low_shown, high_shown : float or None
        Simpler numbers that divide the rows of the table in the same way.
    levels : tuple of str or None
        The levels that meet the condition, or with ``inverted`` those that do not; None for numbers.
    inverted : bool
        Whether all levels but ``levels`` meet the condition, also levels that were unknown in fit.
    missing : bool
        Whether a missing cell meets the condition.
    present : bool
        Whether a number can meet the condition at all.

    Examples
    --------
    >>> adult, senior = Condition(0, low=17.5), Condition(0, low=64.5, high=99.5)
    >>> adult.both(senior).meets(70), adult.both(senior).meets(18), adult.meets(None)
    (True, False, False)
    """

    column: int
    low: float | None = None
    high: float | None = None
    low_shown: float | None = None
    high_shown: float | None = None
    levels: tuple[str, ...] | None = None
    inverted: bool = False
    missing: bool = False
    present: bool = True

    @property
    def is_met_by_values(self) -> bool:
        """Whether any cell that is not missing can meet the condition."""
        if self.levels is not None:
            return self.inverted or bool(self.levels)
        return self.present

    @property
    def is_met_by_all_values(self) -> bool:
        """Whether every cell that is not missing meets the condition."""
        if self.levels is not None:
            return self.inverted and not self.levels
        return self.present and self.low is None and self.high is None

    def meets(self, cell: float | str | None) -> bool:
        """Return whether a number, the text of a level, or None for a missing cell meets the condition."""
        if cell is None:
            return self.missing
        if self.levels is not None:
            return (cell in self.levels) != self.inverted
        value = float(cell)
        above = self.low is None or value > self.low
        return self.present and above and (self.high is None or value <= self.high)

    def both(self, other: "Condition") -> "Condition":
        """Return the condition that is met where this one and another one of the same column are met."""
        if self.levels is not None and other.levels is not None:
            levels, inverted = _common_levels(self, other)
            return replace(self, levels=levels, inverted=inverted, missing=self.missing and other.missing)
        lower = max((self, other), key=lambda each: float("-inf") if each.low is None else each.low)
        upper = min((self, other), key=lambda each: float("inf") if each.high is None else each.high)
        is_empty = lower.low is not None and upper.high is not None and lower.low >= upper.high
        return Condition(
            self.column,
            lower.low,
            upper.high,
            lower.low_shown,
            upper.high_shown,
            missing=self.missing and other.missing,
            present=self.present and other.present and not is_empty,
        )


def _common_levels(one: Condition, other: Condition) -> tuple[tuple[str, ...], bool]:
    first, second = one.levels or (), other.levels or ()
    if one.inverted and other.inverted:
        return (*first, *(level for level in second if level not in first)), True
    if one.inverted:
        first, second = second, first
    kept_if_in = not (one.inverted or other.inverted)
    return tuple(level for level in first if (level in second) == kept_if_in), False
