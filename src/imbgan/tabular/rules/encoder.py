"""An encoder of tables that obey rules: columns that a rule determines are learned in another form."""

from collections.abc import Callable, Hashable, Mapping, Sequence
from copy import copy
from dataclasses import replace
from typing import Any, Self, cast

import numpy as np
from numpy.typing import NDArray

from imbgan.exceptions import ParameterError
from imbgan.tabular.atoms import Atom
from imbgan.tabular.codecs.base import Arrays, Matrix
from imbgan.tabular.conform import conform
from imbgan.tabular.decoding import Decoder
from imbgan.tabular.document import reading_saved
from imbgan.tabular.encoder import CellPlace, TableEncoder
from imbgan.tabular.kinds import infer_kind
from imbgan.tabular.reading import read_table
from imbgan.tabular.rules.capped import Capped
from imbgan.tabular.rules.cells import column_named, groups
from imbgan.tabular.rules.declared import AddsUp, Less, Rule, Unique, check_obeyed
from imbgan.tabular.rules.form import Form
from imbgan.tabular.rules.named import rule_from_document
from imbgan.tabular.rules.plan import Derived, check_rules, derivations
from imbgan.tabular.rules.ranges import bounded_steps
from imbgan.tabular.rules.steps import STEPS, Joint, Ordered, Step, Summed
from imbgan.tabular.schema import Column, Decoded, Part, RawColumn, Table, TableSchema, plain_part
from imbgan.tabular.statistics import TableStatistics

Document = dict[str, Any]


class RuledEncoder(Decoder):
    """A :class:`TableEncoder` of derived columns; decoded rows obey the rules, whatever the matrix holds.

    Parameters
    ----------
    encoder : TableEncoder
        Not fitted; it learns the derived columns.
    rules : sequence of Rule

    Attributes
    ----------
    rules : tuple of Rule
    inner : TableEncoder
    steps : tuple of Step
        How columns are derived, each after those of its sources.
    schema_ : TableSchema
        The columns of the table itself.
    """

    def __init__(self, encoder: TableEncoder, rules: Sequence[Rule]) -> None:
        self.inner = encoder
        self.rules = check_rules(tuple(rules))
        self.steps: tuple[Step, ...] = ()

    @property
    def spans(self) -> tuple[tuple[str, int], ...]:
        """The matrix columns; see :class:`TableEncoder`."""
        return self.inner.spans

    @property
    def width(self) -> int:
        """Number of matrix columns."""
        return self.inner.width

    @property
    def atoms(self) -> tuple[Atom, ...]:
        """Values that most rows hold, of the columns that are learned."""
        return self.inner.atoms

    @property
    def cells(self) -> tuple[CellPlace, ...]:
        """Where the cells of each column of the table are in the matrix; computed columns are nowhere."""
        inner = dict(zip((form.name for form in self._forms), self.inner.cells, strict=True))
        nowhere, joint = slice(0, 0), dict[Hashable, tuple[CellPlace, Part]]()
        for step in self.steps:
            if isinstance(step, Joint):
                joint |= {
                    f.name: (inner[step.forms[0].name], own) for f, own in zip(step.forms, step.cells, strict=True)
                }
        computed = {name for step in self.steps for name in _targets(step)} - joint.keys()
        places: list[CellPlace] = []
        for form, column in zip(self._forms, self.schema_.columns, strict=True):
            if form.name in joint:
                first, own = joint[form.name]
                places.append(CellPlace(column, form.family, first.codec, first.numbers, first.scores, own))
            elif form.name in computed:
                places.append(CellPlace(column, form.family, None, nowhere, nowhere))
            else:
                places.append(inner[form.name])
        return tuple(places)

    def fit(
        self, X: object, y: NDArray[np.integer], *, n_classes: int, kinds: Mapping[str | int, str] | None = None
    ) -> Self:
        """Learn the columns of a table that obeys the rules; see :meth:`TableEncoder.fit`.

        Raises
        ------
        DataError
            If rows break a rule: how many, and which one is the first.
        ParameterError
            If a rule names an unknown column, or cannot be kept by construction.
        """
        return self.fit_by(
            lambda derived, _: TableStatistics(n_classes).update(derived, y), read_table(X, kinds), kinds=kinds
        )

    def fit_by(
        self,
        statistics_of: Callable[[Table, frozenset[Hashable]], TableStatistics],
        table: Table,
        *,
        kinds: Mapping[str | int, str] | None = None,
    ) -> Self:
        """Learn the columns of a table from statistics, which may be those of more rows than the table has.

        Parameters
        ----------
        statistics_of : callable
            Called with the table that is learned in place of ``table``, and with the columns that rules are about: what
            generated rows can hold there must be what ``table`` holds.
        table : Table
            Rows that obey the rules.
        kinds : mapping, optional
        """
        check_obeyed(self.rules, table)
        self.kinds: dict[str | int, str] = dict(kinds or {})
        self.steps = tuple(_fitted(each, table) for each in derivations(self.rules))
        self._forms = tuple(Form.of(column) for column in table.columns)
        fresh = self._identifying(table)
        derived = read_table(self._derived(table), fresh)
        named = {name for rule in self.rules if not isinstance(rule, Unique) for name in rule.columns}
        statistics = copy(statistics_of(derived, frozenset(named - fresh.keys())))
        statistics.chosen = {**statistics.chosen, **fresh}
        self.inner.fit_statistics(statistics)
        self.steps = bounded_steps(self.rules, self.steps, table, self.inner.schema_)
        self._set_schema()
        return self

    def _set_schema(self) -> None:
        names = {name for step in self.steps if not isinstance(step, Capped) for name in _targets(step)}
        columns = [
            Column(form.name, _kind(form, column, self.steps), form.dtype) if form.name in names else column
            for form, column in zip(self._forms, self.inner.schema_.columns, strict=True)
        ]
        self.schema_ = TableSchema(tuple(columns), self.inner.schema_.container)

    def _identifying(self, table: Table) -> dict[Any, str]:
        """Return the kinds of columns that get fresh values, so that rows differ."""
        derived = {name for step in self.steps for name in _targets(step)}
        used = {name for rule in self.rules if isinstance(rule, Less | AddsUp) for name in rule.columns} | derived
        found: dict[Any, str] = {}
        for rule in self.rules:
            if not isinstance(rule, Unique) or any(
                table.kinds.get(n, found.get(n)) == "identifier" for n in rule.columns
            ):
                continue
            columns = [column_named(table, name) for name in rule.columns]
            can = [c for c in columns if c.name not in used and c.name not in table.kinds and c.family in _FRESH]
            if not can:
                raise ParameterError(
                    f"{rule!r} cannot be kept: one of its columns must get fresh values, so it must be of numbers or "
                    "texts, of no chosen kind, and determined by no other rule. Drop the rule, or name such a column."
                )
            chosen = max(can, key=lambda column: int(groups([column]).max()))
            found[chosen.name] = "identifier"
        return found

    def _derived(self, table: Table) -> Table:
        """Return the table that is learned."""
        cells = {column.name: column for column in table.columns}
        new = {column.name: column for step in self.steps for column in step.forward(cells)}
        kinds = {name: kind for name, kind in table.kinds.items() if name not in new}
        # Differences of whole numbers must not be taken for identifiers.
        kinds |= {name: _LEARNED_AS[c.family] for name, c in new.items() if c.family in _LEARNED_AS}
        columns = tuple(new.get(column.name, column) for column in table.columns)
        return replace(table, columns=columns, kinds=kinds)

    def transform(self, X: object, seed: int, *, start: int = 0, may_be_unknown: bool = False) -> Matrix:
        """Encode a table; see :meth:`TableEncoder.transform`."""
        self.check(X)
        table = read_table(X, self.kinds)
        columns = [
            replace(conform(column, form.family, form.dtype), name=form.name)
            for column, form in zip(table.columns, self._forms, strict=True)
        ]
        derived = self._derived(replace(table, columns=tuple(columns)))
        return self.inner.transform(derived, seed, start=start, may_be_unknown=may_be_unknown)

    def decode(
        self, matrix: NDArray[np.floating], *, rows: NDArray[np.integer] | None = None, seed: int = 0
    ) -> list[Decoded]:
        """Decode a matrix into columns that obey the rules; see :meth:`TableEncoder.decode`."""
        parts = self.inner.decode(matrix, rows=rows, seed=seed)
        places = {form.name: place for place, form in enumerate(self._forms)}
        cells: dict[Hashable, RawColumn] = {}
        needed = {name for step in self.steps for name in step.sources}
        targets = {name for step in self.steps for name in _targets(step)}
        for name in needed - targets:
            form = self._forms[places[name]]
            cells[name] = RawColumn(name, form.dtype, form.family, *plain_part(parts[places[name]]))
        for step in self.steps:
            own = [plain_part(parts[places[name]]) for name in _targets(step)]
            for column in step.inverse(own, cells):
                cells[column.name] = column
                parts[places[column.name]] = column.values, column.missing
        return parts

    def check(self, X: object) -> None:
        """Raise DataError unless ``X`` has the fitted columns in their order."""
        self.inner.check(X)

    def to_document(self) -> tuple[Document, Arrays]:
        """Return the encoder as a JSON-able document and named arrays."""
        inner, arrays = self.inner.to_document()
        document: Document = {
            "rules": [rule.to_document() for rule in self.rules],
            "kinds": [[name, kind] for name, kind in self.kinds.items()],
            "forms": [form.to_document() for form in self._forms],
            "steps": [{"type": step.kind, **step.to_document()} for step in self.steps],
            "derived": inner,
        }
        return document, arrays

    @classmethod
    def from_document(cls, document: object, arrays: Mapping[str, NDArray[np.generic]]) -> "RuledEncoder":
        """Rebuild an encoder from the result of :meth:`to_document`; nothing in it is executed.

        Raises
        ------
        ModelFileError
            If the document is malformed or does not fit the arrays.
        """
        with reading_saved("rules"):
            body = cast("Document", document)
            encoder = cls(
                TableEncoder.from_document(body["derived"], arrays), [rule_from_document(r) for r in body["rules"]]
            )
            encoder.kinds = {name: str(kind) for name, kind in body["kinds"]}
            encoder._forms = tuple(map(Form.from_document, body["forms"]))
            read: list[Step] = []
            for each in body["steps"]:
                step = dict(each)
                read.append(STEPS[step.pop("type")].from_document(step))
            encoder.steps = tuple(read)
            encoder._set_schema()
        return encoder


_FRESH = frozenset({"int", "float", "level"})
_LEARNED_AS = {"int": "integer", "timedelta": "timedelta", "level": "categorical"}


def _fitted(derived: Derived, table: Table) -> Step:
    first = derived.rules[0]
    if isinstance(first, Less):
        return Ordered.fit([rule for rule in derived.rules if isinstance(rule, Less)], table)
    if isinstance(first, AddsUp):
        return Summed.fit(first, table)
    return Joint.fit(derived.targets, table)


def _targets(step: Step) -> tuple[Hashable, ...]:
    return tuple(form.name for form in step.forms) if isinstance(step, Joint | Capped) else (step.form.name,)


def _kind(form: Form, column: Column, steps: Sequence[Step]) -> Any:  # noqa: ANN401 - a kind
    """Return the kind of a column that is not learned as it is."""
    step = next(step for step in steps if not isinstance(step, Capped) and form.name in _targets(step))
    return "categorical" if isinstance(step, Joint) else infer_kind(form.family, whole=step.decimals == 0)
