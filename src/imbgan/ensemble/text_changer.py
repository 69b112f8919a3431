"""A sampler of tables with columns of text: copies of rare rows whose texts are changed at random."""

from collections.abc import Hashable, Sequence
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray
from sklearn.base import BaseEstimator

from imbgan.oversampling.sampling_strategy import rows_to_generate
from imbgan.random import Streams
from imbgan.tabular import as_given, concat, eager, read_table, take
from imbgan.tabular.containers import with_cells
from imbgan.tabular.labels import read_labels
from imbgan.text.augmentation import changed_texts


class TextChanger(BaseEstimator):
    """Copy rows of rare classes, and delete and swap words of their texts at random; other cells are copied.

    Parameters
    ----------
    columns : sequence of column names (or positions)
        The columns of text.
    sampling_strategy : as in imbalanced-learn, default="auto"
        How many rows each class gets.
    deletion, swaps : float, default=0.1
        See :func:`imbgan.text.augmentation.changed_texts`.
    random_state : int or None, default=None
    """

    def __init__(
        self,
        columns: Sequence[Hashable],
        *,
        sampling_strategy: Any = "auto",  # noqa: ANN401 - as in imbalanced-learn
        deletion: float = 0.1,
        swaps: float = 0.1,
        random_state: int | None = None,
    ) -> None:
        self.columns = columns
        self.sampling_strategy = sampling_strategy
        self.deletion = deletion
        self.swaps = swaps
        self.random_state = random_state

    def fit(self, X: object, y: object) -> Self:
        """Do nothing. Pipelines need this method, but samplers learn in :meth:`fit_resample`."""
        del X, y
        return self

    def fit_resample(self, X: object, y: object) -> tuple[Any, NDArray[np.generic]]:
        """Return the original rows, followed by the copies, and the labels."""
        labels = read_labels(y)
        held = eager(X)
        wanted = rows_to_generate(self.sampling_strategy, labels)
        streams = Streams.from_random_state(self.random_state)
        # Each row of a class is copied once before any is copied again.
        rows = np.concatenate([np.resize(np.flatnonzero(labels.codes == code), n) for code, n in wanted.items()])
        codes = np.repeat(list(wanted), list(wanted.values()))
        copies = take(held, rows)
        for place, column in enumerate(read_table(copies).columns):
            if column.name in self.columns:
                texts = changed_texts(
                    column.as_objects(),
                    Streams(streams.integer("changed texts", place)),
                    deletion=self.deletion,
                    swaps=self.swaps,
                )
                texts[column.missing] = None
                copies = with_cells(copies, column.name, texts)
        return as_given(concat(held, copies), X), labels.classes[np.concatenate([labels.codes, codes])]
