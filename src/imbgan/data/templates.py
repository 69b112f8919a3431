"""The style of a delimited file without its rows, kept so that generated rows can be written as the file would."""

from collections.abc import Mapping
from dataclasses import dataclass, fields, is_dataclass, replace
from typing import Any, Self, get_type_hints

from imbgan.data.originals import Original
from imbgan.data.styles import Style

_BOOLEANS = {"true": True, "false": False}


@dataclass(frozen=True)
class Template:
    """How a delimited file writes its header and its values.

    Parameters
    ----------
    format : str
        "csv" or "tsv".
    head : str
        The header with its line end.
    separator : str
    encoding, mark : str
        See :class:`imbgan.data.Original`.
    styles : dict of str to Style
        The style of each column, without the text of any cell.
    """

    format: str
    head: str
    separator: str
    encoding: str
    mark: str
    styles: Mapping[str, Style]

    @classmethod
    def of(cls, original: Original) -> Self | None:
        """Return the template of a file; None if its text and its frame do not agree cell by cell."""
        if not original.is_known:
            return None
        head = original.separator.join(original.records[0]) + original.line_end
        styles = {name: without_cells(style) for name, style in original.styles.items()}
        return cls(original.format, head, original.separator, original.encoding, original.mark, styles)

    def original(self) -> Original:
        """Return a file in this style that has no rows yet."""
        import polars as pl

        empty = pl.DataFrame(schema=dict.fromkeys(self.styles, pl.String))
        return Original(
            self.head, self.separator, self.format, empty, {}, self.encoding, self.mark, known_styles=self.styles
        )

    def to_dict(self) -> dict[str, Any]:
        """Return plain values for JSON."""
        from imbgan._plain import to_plain

        document = to_plain(replace(self, styles={}))
        return document | {"styles": {name: _to_dict(style) for name, style in self.styles.items()}}

    @classmethod
    def from_dict(cls, document: Mapping[str, Any]) -> Self:
        """Rebuild what :meth:`to_dict` returned.

        Raises
        ------
        KeyError, TypeError, ValueError
            If the document is damaged or foreign.
        """
        from imbgan._plain import from_plain

        plain = from_plain(cls, {**document, "styles": {}})
        template = replace(plain, styles={name: _from_dict(style) for name, style in document["styles"].items()})
        for part in (template, *template.styles.values()):
            _check_leaves(part)
        "".encode(template.encoding)  # a LookupError for an encoding that Python does not know
        return template


def without_cells(style: Style) -> Style:
    """Return a style without the text of any cell but those of booleans."""
    words = {value: cell for value, cell in style.words.items() if isinstance(value, bool)}
    return replace(style, words=words)


def _to_dict(style: Style) -> dict[str, Any]:
    from imbgan._plain import to_plain

    words = {name: style.words[value] for name, value in _BOOLEANS.items() if value in style.words}
    return to_plain(replace(style, words={})) | {"words": words}


def _from_dict(document: Mapping[str, Any]) -> Style:
    from imbgan._plain import from_plain

    words = {_BOOLEANS[name]: str(cell) for name, cell in document["words"].items()}
    return replace(from_plain(Style, {**document, "words": {}}), words=words)


def _check_leaves(part: Any) -> None:  # noqa: ANN401 - any dataclass
    """Raise TypeError for a text, number or boolean of another type."""
    hints = get_type_hints(type(part))
    for each in fields(part):
        value = getattr(part, each.name)
        if is_dataclass(value):
            _check_leaves(value)
        elif hints[each.name] in (str, int, bool) and not isinstance(value, hints[each.name]):
            raise TypeError(f"{each.name} must be {hints[each.name].__name__}. Got {value!r}.")
