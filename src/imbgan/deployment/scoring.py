"""Score a file with a trained classifier, batch by batch."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from imbgan._text import listed, printable
from imbgan.data.appending import append_frames
from imbgan.data.batches import Batches
from imbgan.data.reading import Form, Reading, names_in
from imbgan.data.target import unknown_column
from imbgan.deployment.columns import Departures
from imbgan.exceptions import ParameterError
from imbgan.tabular.containers.polars import native_type
from imbgan.tabular.labels import label_text

if TYPE_CHECKING:
    import polars as pl

    from imbgan.deployment.classifier import DeployableClassifier

PREDICTION = "prediction"
#: How the cells of a text file are read, by the family of a column that no file has shown.
_KINDS = {
    "level": "text",
    "float": "number",
    "int": "number",
    "bool": "boolean",
    "datetime": "datetime",
    "time": "time",
}


@dataclass(frozen=True)
class Keep:
    """Which columns of the table stand beside its scores.

    Parameters
    ----------
    names : tuple of str, default=()
        Names of columns to keep; each text is one name, or a list of names between commas.
    everything : bool, default=False
        Whether all columns are kept.
    """

    names: tuple[str, ...] = ()
    everything: bool = False

    def among(self, columns: Sequence[str], set_aside: Sequence[str]) -> list[str]:
        """Return the kept ones of these columns, in their order.

        Columns that were set aside in training, such as identifiers, are kept without being asked for.

        Raises
        ------
        ParameterError
            If a name is unknown; the message names a near miss.
        """
        names = names_in(self.names, columns)
        for name in names:
            if name not in columns:
                raise ParameterError(f"No such column can be kept. {unknown_column(name, columns)}")
        return [name for name in columns if self.everything or name in names or name in set_aside]


@dataclass
class Scores:
    """What was written.

    Parameters
    ----------
    n_rows : int
    predicted : Counter
        Number of predictions of each class, by its text.
    kept : list of str
        Columns that stand beside the scores.
    departures : Departures
    notes : list of str
        What the user should know of how the table was read.
    """

    n_rows: int = 0
    predicted: Counter[str] = field(default_factory=Counter[str])
    kept: list[str] = field(default_factory=list[str])
    departures: Departures = field(default_factory=Departures)
    notes: list[str] = field(default_factory=list[str])


def score_file(
    model: "DeployableClassifier",
    source: str,
    output: str,
    *,
    reading: Reading,
    keep: Keep,
    prefix: str = "",
    output_format: str | None = None,
    overwrite: bool = False,
) -> Scores:
    """Write one row of scores for each row of a file, in its order.

    The columns are those that are kept, the prediction, and the probability of each class. Memory does not grow with
    the file.

    Parameters
    ----------
    model : DeployableClassifier
    source, output : str
        As for :func:`imbgan.data.read_frame` and :func:`imbgan.data.write_frame`.
    reading : Reading
        How the file is read; see :meth:`imbgan.deployment.Origin.for_new_files`.
    keep : Keep
    prefix : str, default=""
        Stands before the names of the new columns.
    output_format : str, default=None
    overwrite : bool, default=False

    Raises
    ------
    DataError, DataTypeError
        If the file cannot be read or written, if a column is missing, or if a column holds values of another kind than
        in training.
    ParameterError
        If a column to keep is unknown, or if a new column would have the name of one that is kept.
    """
    batches = Batches(source, reading)
    scorer = Scorer(model, keep, prefix)
    with append_frames(output, format=output_format, overwrite=overwrite) as append:
        for frame in batches:
            append(scorer.score(frame))
    return scorer.finish(batches.notes)


class Scorer:
    """Turns batches of a table into scores, and adds up what the user should know.

    Parameters
    ----------
    model : DeployableClassifier
    keep : Keep
    prefix : str, default=""
        Stands before the names of the new columns.
    """

    def __init__(self, model: "DeployableClassifier", keep: Keep, prefix: str = "") -> None:
        self.model, self.keep = model, keep
        self._set_aside = () if model.origin_ is None else model.origin_.set_aside
        self._names = score_names(model, prefix)
        self._found: Scores | None = None

    def score(self, frame: "pl.DataFrame") -> "pl.DataFrame":
        """Return the scores of the next rows.

        Raises
        ------
        DataError, DataTypeError, ParameterError
            As :func:`score_file`.
        """
        found = self._started(frame.columns)
        scores = _scored(self.model, frame, self._names, found)
        found.n_rows += frame.height
        return scores

    def no_rows(self, schema: "Mapping[str, pl.DataType]") -> "pl.DataFrame":
        """Return the scores of a file with these columns and no rows."""
        import polars as pl

        kept = self._started(list(schema)).kept
        labels = _labels(self.model, self.model.classes_).alias(self._names[0]).clear()
        scores = [pl.Series(name, [], pl.Float64) for name in self._names[1:]]
        return pl.DataFrame([*(pl.Series(name, [], schema[name]) for name in kept), labels, *scores])

    def finish(self, notes: list[str]) -> Scores:
        """Return what was scored; ``notes`` say how the rows were read."""
        found = self._found or Scores()
        silent = {*found.kept, *self._set_aside}
        found.departures.extra = [name for name in found.departures.extra if name not in silent]
        found.notes = notes
        return found

    def _started(self, columns: Sequence[str]) -> Scores:
        if self._found is None:
            kept = self.keep.among(columns, self._set_aside)
            _check_names(kept, self._names)
            self._found = Scores(kept=kept)
        return self._found


def score_names(model: "DeployableClassifier", prefix: str = "") -> list[str]:
    """Return the names of the new columns: the prediction, and the probability of each class."""
    texts = [printable(label_text(label)).replace("\n", r"\n") for label in model.classes_]
    names = [f"{prefix}{PREDICTION}", *(f"{prefix}probability_{text}" for text in texts)]
    # Labels of different types can have equal texts.
    return [name if names.count(name) == 1 else f"{name}_{i}" for i, name in enumerate(names)]


def _check_names(kept: Sequence[str], names: Sequence[str]) -> None:
    twice = [name for name in kept if name in names]
    if twice:
        raise ParameterError(
            f"The table has columns that are called like the scores: {listed(twice)}. Choose a prefix for the scores "
            "(--prefix), or do not keep these columns."
        )


def _scored(
    model: "DeployableClassifier", frame: "pl.DataFrame", names: Sequence[str], found: Scores
) -> "pl.DataFrame":
    import polars as pl

    probabilities = model.probabilities(_finite(frame, model, found.departures), found.departures)
    labels = model.decide(probabilities)
    found.predicted.update(map(label_text, labels.tolist()))
    columns = {name: probabilities[:, i] for i, name in enumerate(names[1:])}
    # A selection of no column would have no rows.
    return pl.DataFrame([*map(frame.get_column, found.kept), _labels(model, labels).alias(names[0])]).with_columns(
        pl.Series(name, values) for name, values in columns.items()
    )


def _labels(model: "DeployableClassifier", labels: NDArray[Any]) -> "pl.Series":
    """Return labels in the data type of the target column."""
    import polars as pl

    column = pl.Series(labels.tolist())
    return column if model.origin_ is None else column.cast(native_type(model.origin_.dtype))


def _finite(frame: "pl.DataFrame", model: "DeployableClassifier", departures: Departures) -> "pl.DataFrame":
    """Return the table with infinite cells of known columns missing, which :class:`Departures` counts."""
    known = set(model.columns_.names)
    floats = [name for name, dtype in frame.schema.items() if dtype.is_float() and name in known]
    for name in floats:
        wrong = np.isinf(frame.get_column(name).to_numpy())
        if wrong.any():
            n, first = departures.infinite.get(name, (0, departures.n_rows + int(wrong.argmax())))
            departures.infinite[name] = n + int(wrong.sum()), first
            frame = frame.with_columns(frame.get_column(name).set(_series(wrong), None))
    return frame


def _series(mask: NDArray[np.bool_]) -> "pl.Series":
    import polars as pl

    return pl.Series(mask)


def reading_for(model: "DeployableClassifier", chosen: Reading) -> Reading:
    """Return how a new file is read: as the file in training, unless ``chosen`` says otherwise."""
    if model.origin_ is None:
        return replace(chosen, columns=_forms(model, chosen))
    known, plain = model.origin_.for_new_files(), Reading()
    names = ("format", "encoding", "delimiter", "decimal", "thousands", "date_order", "sheet", "missing", "kinds")
    changed = {name: value for name in names if (value := getattr(chosen, name)) != getattr(plain, name)}
    return replace(known, **changed)


def _forms(model: "DeployableClassifier", chosen: Reading) -> dict[str, Form]:
    """Return the forms of the columns of a model that learned from a table in memory."""
    found: dict[str, Form] = {}
    for column in model.columns_.columns:
        kind = _KINDS.get(column.family)
        if kind == "number":
            found[str(column.name)] = Form(kind, chosen.decimal or ".", chosen.thousands or "")
        elif kind is not None:
            found[str(column.name)] = Form(kind, date_order=chosen.date_order or "" if kind == "datetime" else "")
    return {name: form for name, form in found.items() if name not in chosen.kinds}
