"""Columns of text on the command line: which ones they are, and what encodes them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any

import typer

from imbgan._text import did_you_mean, listed, quoted
from imbgan.cli import checks
from imbgan.cli.names import TEXT_STRATEGIES
from imbgan.exceptions import DataTypeError, ParameterError

if TYPE_CHECKING:
    import polars as pl

PANEL = "Columns of text"
#: The encoders that have names, as in `imbgan.text.encoders`, which is not imported for a help text.
NAMES = ("auto", "words", "words_and_characters", "reduced")

Text = Annotated[
    list[str] | None,
    typer.Option(
        "--text",
        metavar="COL",
        help="This column holds texts, whatever it looks like; columns of sentences are found without it. Repeatable.",
        rich_help_panel=PANEL,
    ),
]
Encoder = Annotated[
    str | None,
    typer.Option(
        "--encoder",
        metavar="NAME",
        help="How texts become numbers: auto (a sentence encoder that is on this machine, otherwise "
        "words_and_characters), words (TF-IDF), words_and_characters (the same with runs of characters), reduced "
        "(singular vectors of words), or the folder of a sentence encoder.",
        show_default="auto",
        parser=checks.filled("--encoder", f"{', '.join(NAMES)}, or the folder of a model"),
        autocompletion=checks.complete(NAMES),
        rich_help_panel=PANEL,
    ),
]
NoTexts = Annotated[
    bool,
    typer.Option(
        "--no-texts",
        help="Leave texts of the table out of the report and the JSON; the words that weigh most stay.",
        rich_help_panel=PANEL,
    ),
]


class TextOutput(StrEnum):
    """What generated rows hold in columns of text."""

    missing = "missing"
    nearest = "nearest"


Output = Annotated[
    TextOutput,
    typer.Option(
        "--text-output",
        help="What generated rows hold in columns of text, since no sentence is written: missing cells, or (nearest) "
        "the nearest real text of the same class, which is a copy.",
        rich_help_panel=PANEL,
    ),
]


@dataclass(frozen=True)
class OfTexts:
    """Which columns hold texts, what encodes them, what generated rows hold, and whether results show some of them."""

    columns: tuple[str, ...] = ()
    encoder: str | None = None
    output: TextOutput = TextOutput.missing
    no_texts: bool = False

    @property
    def given(self) -> dict[str, object]:
        """The options that were used, by name."""
        output = None if self.output is TextOutput.missing else self.output
        return {
            "text": self.columns or None,
            "encoder": self.encoder,
            "text-output": output,
            "no-texts": self.no_texts,
        }

    def encoders(self, X: "pl.DataFrame", target: str, strategies: Iterable[str] = ()) -> Mapping[Any, Any] | str:
        """Return what ``compare``, samplers and generators take as encoder.

        Parameters
        ----------
        X : polars.DataFrame
        target : str
        strategies : iterable of str, default=()
            Those that were chosen; some need a column of text.

        Raises
        ------
        DataTypeError
            If a named column holds no texts.
        ParameterError
            If a named column is unknown, or if there is no text to encode.
        ImportError, ModelFileError
            If a model cannot be loaded.
        """
        need = self._need(strategies)
        if need is None and not self.columns:
            return "auto"
        from imbgan.learners.texts import text_columns
        from imbgan.tabular import read_table

        self._check_names(X, target)
        table = read_table(X, dict.fromkeys(self.columns, "text"))
        found = text_columns(table, self.encoder or "auto")
        if not found:
            raise ParameterError(
                f"{need} a column of text, and no column was found that holds sentences. Name one: --text COL. The "
                f"table has {listed(X.columns)}."
            )
        self._check_model(X, next(iter(found)))
        return found

    def _need(self, strategies: Iterable[str]) -> str | None:
        """Return what needs a column of text, as the begin of a sentence."""
        if self.encoder is not None:
            return "--encoder needs"
        if self.output is not TextOutput.missing:
            return f"--text-output {self.output} needs"
        wanted = next((name for name in strategies if name in TEXT_STRATEGIES), None)
        return None if wanted is None else f"Strategies such as {wanted} need"

    def _check_names(self, X: "pl.DataFrame", target: str) -> None:
        import polars as pl

        for name in self.columns:
            if name == target:
                raise ParameterError(f"--text must name another column than the target {quoted(target)}.")
            if name not in X.columns:
                raise ParameterError(
                    f"--text must name a column of the table. Got {quoted(name)}.{did_you_mean(name, X.columns)} It "
                    f"has {listed(X.columns)}."
                )
            if not isinstance(X.schema[name], pl.String | pl.Categorical | pl.Enum | pl.Null):
                raise DataTypeError(
                    f"--text must name a column of texts. {quoted(name)} is of type {X.schema[name]}; leave it out, or "
                    f"have its cells read as texts as well (--kind {name}=text)."
                )

    def _check_model(self, X: "pl.DataFrame", name: object) -> None:
        """Encode one text, so that a model that cannot be loaded is told before anything is fitted."""
        if self.encoder not in (None, *NAMES):
            from imbgan.text import resolve_encoder

            texts = [text for text in X.get_column(str(name)).head(1000).to_list() if text and text.strip()]
            resolve_encoder(self.encoder).fit(texts[:1] or ["text"])


def texts_of(
    *,
    text: Text = None,
    encoder: Encoder = None,
    text_output: Output = TextOutput.missing,
    no_texts: NoTexts = False,
) -> OfTexts:
    """Return what is said about columns of text, from the options of a command."""
    return OfTexts(tuple(dict.fromkeys(text or ())), encoder, text_output, no_texts)
