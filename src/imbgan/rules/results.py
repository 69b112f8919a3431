"""The rules of a tree as plain data: everything that views and exports need, with a JSON round trip."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, Self

from imbgan._plain import from_plain, to_json
from imbgan.exceptions import ModelFileError
from imbgan.rules.conditions import Condition
from imbgan.rules.words import ENGLISH

ColumnKind = Literal["number", "whole", "boolean", "date", "datetime", "duration", "time", "category"]
#: Kinds whose numbers are ticks of a unit.
TICKS: frozenset[ColumnKind] = frozenset({"date", "datetime", "duration", "time"})


@dataclass(frozen=True)
class RuleColumn:
    """A column of the table that the rules are about.

    Parameters
    ----------
    name : str
        Its name as text.
    key : int or str
        Where a row holds its cell: the name, or the position in a table without names.
    kind : {"number", "whole", "boolean", "date", "datetime", "duration", "time", "category"}
        ``"whole"`` is a column whose numbers are all whole, ``"date"`` one whose moments are all midnights.
    type : {"int", "float", "bool", "datetime", "timedelta", "time", "text"}
        How a database would hold the column.
    unit : str
        Unit of a tick for dates, durations and times of day, such as ``"us"``; else empty.
    has_missing : bool
        Whether cells are missing in the table.
    lowest, highest : float or None
        The range of numbers in the table; None for a category, or where all cells are missing.
    levels : tuple of str
        Of a category, the levels that have matrix columns of their own.
    has_others : bool
        Of a category, whether further levels share a matrix column, with those that are unknown.
    """

    name: str
    key: int | str
    kind: ColumnKind
    type: str
    unit: str = ""
    has_missing: bool = False
    lowest: float | None = None
    highest: float | None = None
    levels: tuple[str, ...] = ()
    has_others: bool = False


@dataclass(frozen=True)
class Node:
    """A node of the tree.

    Parameters
    ----------
    condition : Condition or None
        What divides its rows from those of its sibling; None at the root.
    left, right : int
        Positions of its children, -1 at a leaf.
    rule : int
        Position of the rule of a leaf, -1 elsewhere.
    class_counts : tuple of int
        Number of rows of each class of the table that reach it.
    """

    condition: Condition | None
    left: int
    right: int
    rule: int
    class_counts: tuple[int, ...]


@dataclass(frozen=True)
class Rule:
    """A leaf: the conditions that lead to it, and what is known about its rows.

    Parameters
    ----------
    conditions : tuple of Condition
        One per column at most; a row that meets all of them is in the leaf.
    probabilities : tuple of float
        Probability of each class.
    class_counts : tuple of int
        Number of rows of each class of the table that are in the leaf.
    held_out_counts : tuple of int or None
        The same of held-out rows; None if there are none.
    interval : tuple of float or None
        Interval of 95 % of the share of the rare class among such rows (Jeffreys), from the held-out rows; None
        if none of them is in the leaf.
    """

    conditions: tuple[Condition, ...]
    probabilities: tuple[float, ...]
    class_counts: tuple[int, ...]
    held_out_counts: tuple[int, ...] | None = None
    interval: tuple[float, float] | None = None

    @property
    def n_rows(self) -> int:
        """Number of rows of the table in the leaf."""
        return sum(self.class_counts)


@dataclass(frozen=True)
class RuleSet:
    """The rules of a tree, those of the greatest probability of the rare class first; see :func:`read_rules`.

    Every row meets the conditions of exactly one rule.

    Parameters
    ----------
    columns : tuple of RuleColumn
    labels : tuple of str, int or bool
        The classes; labels of other types are text.
    rare : int
        Position of the class that the rules are about.
    target : str or None
        Name of the target.
    nodes : tuple of Node
        The tree; the root is the first one, and children stand behind their parents.
    rules : tuple of Rule
    """

    columns: tuple[RuleColumn, ...]
    labels: tuple[str | int | bool, ...]
    rare: int
    target: str | None
    nodes: tuple[Node, ...]
    rules: tuple[Rule, ...]

    def as_text(self, words: Mapping[str, str] = ENGLISH, *, most: int | None = None) -> str:
        """Return the rules as sentences, within 80 columns.

        Parameters
        ----------
        words : mapping of str to str, default=ENGLISH
            The words of a language; see :mod:`imbgan.rules.words`.
        most : int or None, default=None
            How many rules are told, the first ones; the others are counted. None tells all of them.
        """
        from imbgan.rules.text import text_view

        return text_view(self, words, most)

    def __str__(self) -> str:
        return self.as_text()

    def as_html(self, words: Mapping[str, str] = ENGLISH, *, ident: str = "rules") -> str:
        """Return the rules as a fragment of HTML: a table, on a phone cards, and the tree folded below it.

        All text is escaped. Colors are the custom properties ``--ink``, ``--muted``, ``--rule`` and ``--accent`` of the
        page, where it has them.

        Parameters
        ----------
        words : mapping of str to str, default=ENGLISH
            The words of a language, such as ``imbgan.rules.words.CHINESE``.
        ident : str, default="rules"
            Start of all ids, for several fragments on one page.
        """
        from imbgan.rules.page import html_view

        return html_view(self, words, ident)

    def _repr_html_(self) -> str:
        return self.as_html()

    def as_svg(self, words: Mapping[str, str] = ENGLISH, *, width: float = 360.0, ident: str = "rules") -> str:
        """Return the tree as a drawing, in which each branch says which rows follow it.

        Bars show the probability of the class that the rules are about, relative to the greatest one. Colors are as in
        :meth:`as_html`; alone, the drawing suits light and dark surroundings.

        Parameters
        ----------
        words : mapping of str to str, default=ENGLISH
            The words of a language, such as ``imbgan.rules.words.CHINESE``.
        width : float, default=360
            Width in CSS pixels; the default suits a phone.
        ident : str, default="rules"
            Start of all ids.
        """
        from imbgan.rules.drawing import svg_view

        return svg_view(self, words, width, ident)

    def as_json(self) -> str:
        """Return all of it as JSON text; see :meth:`from_json`.

        A cell goes down the tree from node 0: to the left child if it meets the condition of that child, otherwise to
        the right one, until a node has a rule. See :class:`imbgan.rules.conditions.Condition`.
        """
        return to_json(self)

    def as_python(self) -> str:
        """Return the source of a module with a function ``predict(row)``, which imports only the standard library.

        ``row`` is a mapping from column (the position, in a table without names) to cell, and must hold every column
        that occurs in a rule. ``predict`` returns a dict from label to probability. None and NaN are missing cells,
        and levels that were unknown in fit are treated as the tree does.

        Examples
        --------
        >>> from sklearn.tree import DecisionTreeClassifier
        >>> from imbgan.rules import read_rules
        >>> tree = DecisionTreeClassifier(random_state=0).fit([[30.0], [80.0]], ["no", "yes"])
        >>> module = {}
        >>> exec(read_rules(tree, [[30.0], [80.0]], ["no", "yes"]).as_python(), module)
        >>> module["predict"]({0: 70})
        {'no': 0.0, 'yes': 1.0}
        """
        from imbgan.rules.python import python_source

        return python_source(self)

    def as_sql(self, label: object = None) -> str:
        """Return one ``CASE ... END AS "probability of <label>"`` per class, for the list of a SELECT.

        The expressions are those of the standard, without the dialect of a database. Names are quoted identifiers.
        A missing cell is NULL, and NaN must be NULL. Dates and times of day are literals in ISO form, in UTC; a column
        of text must hold them in the same form ("2024-03-01 09:30:00"). Durations are whole numbers in the unit of the
        column (:attr:`RuleColumn.unit`).

        Parameters
        ----------
        label : label, default=None
            The only class that an expression is wanted for.

        Raises
        ------
        DataError
            If two columns have the same name as text, or if SQL cannot hold a name or a level.
        ParameterError
            If ``label`` is unknown.

        Examples
        --------
        >>> import polars as pl
        >>> from sklearn.tree import DecisionTreeClassifier
        >>> from imbgan.rules import read_rules
        >>> table = pl.DataFrame({"age": [30, 80]})
        >>> tree = DecisionTreeClassifier(random_state=0).fit(table, ["no", "yes"])
        >>> print(read_rules(tree, table, ["no", "yes"]).as_sql("yes"))
        CASE
          WHEN ("age" >= 56 OR "age" IS NULL) THEN 1.0
          WHEN "age" <= 55 THEN 0.0
        END AS "probability of yes"
        """
        from imbgan.rules.sql import sql_expressions

        return sql_expressions(self, label)

    @classmethod
    def from_json(cls, text: str) -> Self:
        """Rebuild rules from the text of :meth:`as_json`.

        Raises
        ------
        ModelFileError
            If the text holds no rules.
        """
        try:
            return from_plain(cls, json.loads(text))
        except (KeyError, TypeError, ValueError) as error:
            raise ModelFileError(
                f"Rules are the JSON text that as_json returned. This text holds none ({error!r}); write it again."
            ) from error
