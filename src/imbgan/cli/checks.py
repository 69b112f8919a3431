"""Checks of what is typed: each returns the parser of an option, whose error is one line that says what must hold."""

import math
import os
from collections.abc import Callable, Sequence

import typer

from imbgan._text import did_you_mean, quoted


class WrongValue(typer.BadParameter):
    """A value that an option does not take; the message names the option itself."""

    def format_message(self) -> str:
        """Return the message as it is."""
        return self.message


def whole(option: str, least: int, most: int) -> Callable[[object], int]:
    """Return a parser of whole numbers in a range."""

    def parse(text: object) -> int:
        number = _whole(text)
        if number is None or not least <= number <= most:
            raise WrongValue(f"{option} must be a whole number from {least:,} to {most:,}. Got {quoted(str(text))}.")
        return number

    return parse


def processes(option: str) -> Callable[[object], int]:
    """Return a parser of numbers of processes: positive ones, or negative ones that count back from all cores."""
    # More would only take memory.
    most = 8 * (os.cpu_count() or 1)

    def parse(text: object) -> int:
        number = _whole(text)
        if not number or not -most <= number <= most:
            raise WrongValue(
                f"{option} must be a whole number from 1 to {most}, or -1 for one process per core, or -2 to leave one "
                f"core free, and so on. Got {quoted(str(text))}."
            )
        return number

    return parse


def above_zero(option: str, most: float) -> Callable[[object], float]:
    """Return a parser of numbers greater than 0."""

    def parse(text: object) -> float:
        try:
            number = float(str(text))
        except ValueError:
            number = math.nan
        if not 0.0 < number <= most:
            raise WrongValue(
                f"{option} must be a number greater than 0 and at most {most:,.15g}. Got {quoted(str(text))}."
            )
        return number

    return parse


def share(option: str, most: float) -> Callable[[object], float]:
    """Return a parser of shares, from 0 to ``most``."""

    def parse(text: object) -> float:
        try:
            number = float(str(text))
        except ValueError:
            number = math.nan
        if not 0.0 <= number <= most:
            raise WrongValue(f"{option} must be a number from 0 to {most:g}. Got {quoted(str(text))}.")
        return number

    return parse


def filled(option: str, what: str) -> Callable[[str], str]:
    """Return a parser that refuses a blank text, such as a variable of a shell that is not set."""

    def parse(text: str) -> str:
        if not text.strip():
            raise WrongValue(f"{option} must be {what}. Got the blank text {text!r}.")
        return text

    return parse


def name(option: str, known: Sequence[str]) -> Callable[[str], str]:
    """Return a parser of one name."""

    def parse(text: str) -> str:
        if text not in known:
            hint = did_you_mean(text, known)
            raise WrongValue(f"{option} must be one of {', '.join(known)}. Got {quoted(text)}.{hint}")
        return text

    return parse


def names(option: str, known: Sequence[str], groups: Sequence[str] = ()) -> Callable[[str], str]:
    """Return a parser of names separated by commas, or of one name of a group; they stay one text."""
    check = name(option, (*groups, *known))

    def parse(text: str) -> str:
        found = split(text)
        if not found:
            raise WrongValue(f"{option} must name at least one of {', '.join((*groups, *known))}. Got {quoted(text)}.")
        for each in found:
            check(each)
            if each in groups and len(found) > 1:
                raise WrongValue(f"{option} must be {each} alone, or a list of names. Got {quoted(text)}.")
        return text

    return parse


def split(text: str) -> list[str]:
    """Return names that are separated by commas."""
    return [part.strip() for part in text.split(",") if part.strip()]


def complete(known: Sequence[str]) -> Callable[[str], list[str]]:
    """Return the completion of a name."""
    return lambda incomplete: [each for each in known if each.startswith(incomplete)]


def complete_list(known: Sequence[str]) -> Callable[[str], list[str]]:
    """Return the completion of the last of several names, separated by commas."""

    def finish(incomplete: str) -> list[str]:
        before, sign, last = incomplete.rpartition(",")
        taken = split(before)
        return [f"{before}{sign}{each}" for each in known if each.startswith(last) and each not in taken]

    return finish


def _whole(text: object) -> int | None:
    try:
        return int(str(text))
    except ValueError:
        return None
