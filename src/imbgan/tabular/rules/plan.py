"""Which columns rules determine, in which order; contradictions are found before anything is read."""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass

from imbgan._text import listed
from imbgan.exceptions import ParameterError
from imbgan.tabular.rules.declared import AddsUp, Less, OnlyTogether, Rule


@dataclass(frozen=True)
class Derived:
    """Columns that are learned in another form, and the rules that say how."""

    targets: tuple[Hashable, ...]
    rules: tuple[Rule, ...]

    @property
    def sources(self) -> set[Hashable]:
        """The columns that must be known before."""
        return {name for rule in self.rules for name in rule.columns} - set(self.targets)


def check_rules(rules: object) -> tuple[Rule, ...]:
    """Return the distinct rules; ParameterError if something else is among them, or if they contradict one another."""
    if rules is None:
        return ()
    if not isinstance(rules, list | tuple):
        raise ParameterError(f"'rules' must be a list of rules, such as [less('start', 'end')]. Got {rules!r}.")
    for rule in rules:
        if not isinstance(rule, Rule):
            raise ParameterError(
                f"'rules' must hold rules made by less, adds_up, between, unique or only_together. Got {rule!r}."
            )
        if not all(isinstance(name, Hashable) for name in rule.columns):  # pyright: ignore[reportUnnecessaryIsInstance]
            raise ParameterError(
                f"The rule {rule!r} must name columns by names or positions, not by lists of them. Name each by itself."
            )
        twice = [name for name in rule.columns if rule.columns.count(name) > 1]
        if twice:
            raise ParameterError(f"The rule {rule!r} must name each column once; it names {twice[0]!r} twice.")
    found: tuple[Rule, ...] = tuple(dict.fromkeys(rules))
    derivations(found)
    return found


def derivations(rules: Sequence[Rule]) -> list[Derived]:
    """Return what is derived, so that each derivation follows those of its sources.

    Raises
    ------
    ParameterError
        If a column would be derived twice, or from itself.
    """
    found = [Derived(tuple(names), tuple(own)) for names, own in _joined(rules)]
    less: dict[Hashable, list[Rule]] = {}
    for rule in rules:
        if isinstance(rule, Less):
            less.setdefault(rule.high, []).append(rule)
    found += [Derived((target,), tuple(own)) for target, own in less.items()]
    found += [Derived((rule.total,), (rule,)) for rule in rules if isinstance(rule, AddsUp)]
    owners: dict[Hashable, Derived] = {}
    for each in found:
        for name in each.targets:
            if name in owners:
                raise ParameterError(
                    f"Column {name!r} can be determined by one rule only, but {owners[name].rules[0]!r} and "
                    f"{each.rules[0]!r} determine it. Leave one of them out."
                )
            owners[name] = each
    return _in_order(found, owners)


def _joined(rules: Sequence[Rule]) -> list[tuple[list[Hashable], list[Rule]]]:
    """Return the columns of rules about joint levels; rules that share a column are one."""
    found: list[tuple[list[Hashable], list[Rule]]] = []
    for rule in rules:
        if not isinstance(rule, OnlyTogether):
            continue
        names: list[Hashable] = list(rule.columns)
        own: list[Rule] = [rule]
        for other in [each for each in found if set(each[0]) & set(names)]:
            found.remove(other)
            names, own = [*dict.fromkeys([*other[0], *names])], [*other[1], *own]
        found.append((names, own))
    return found


def _in_order(found: Sequence[Derived], owners: dict[Hashable, Derived]) -> list[Derived]:
    ordered: list[Derived] = []
    waiting = list(found)
    while waiting:
        ready = [d for d in waiting if all(owners.get(name) in (None, *ordered) for name in d.sources)]
        if not ready:
            names = [name for each in waiting for name in each.targets]
            told = "; ".join(repr(rule) for each in waiting for rule in each.rules)
            raise ParameterError(
                f"Rules must not determine columns in a circle, but {told} do so for {listed(names)}. Leave one out."
            )
        ordered += ready
        waiting = [each for each in waiting if each not in ready]
    return ordered
