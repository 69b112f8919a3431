"""``assess``: real against generated rows, class by class."""

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from importlib.metadata import version
from typing import Any, Self

import numpy as np

from imbgan import __version__
from imbgan._plain import from_plain, to_plain
from imbgan._threads import one_thread
from imbgan.quality.classes import MAX_DISTANCE_ROWS, MAX_ROWS, class_quality
from imbgan.quality.diagnostics import diagnose
from imbgan.quality.embedding import draw_map
from imbgan.quality.geometry import N_PERMUTATIONS
from imbgan.quality.results import ClassQuality, Diagnostic, Points, Training
from imbgan.quality.rows import Role, check_classes, check_tables, read_rows
from imbgan.quality.splits import N_SPLITS
from imbgan.quality.views import html_view, text_view
from imbgan.random import Streams


@dataclass(frozen=True)
class Assessment:
    """How good generated rows are, class by class; made by :func:`assess`.

    Parameters
    ----------
    classes : tuple of ClassQuality
        One a class with generated rows, the smallest class first.
    diagnostics : tuple of Diagnostic
        What is wrong, most severe first; see :mod:`imbgan.quality.diagnostics`.
    map : tuple of Points
        Rows on two axes; the group "other" are real rows of classes without generated rows.
    class_counts : dict of str to (int, int)
        Label -> real and generated rows, of all classes, the largest first.
    training : Training or None
        How the generator was trained, where that is known.
    settings : dict of str to Any
        Seed, numbers of rows looked at, versions.
    """

    classes: tuple[ClassQuality, ...]
    diagnostics: tuple[Diagnostic, ...]
    map: tuple[Points, ...]
    class_counts: dict[str, tuple[int, int]]
    training: Training | None
    settings: dict[str, Any]

    def to_dict(self) -> dict[str, Any]:
        """Return plain values, fit for JSON."""
        return to_plain(self)

    @classmethod
    def from_dict(cls, value: object) -> Self:
        """Rebuild an assessment from what :meth:`to_dict` made.

        Raises
        ------
        KeyError, TypeError, ValueError
            If a field is missing or malformed.
        """
        return from_plain(cls, value)

    def __str__(self) -> str:
        return text_view(self.classes, self.diagnostics)

    def _repr_html_(self) -> str:
        return html_view(self.classes, self.diagnostics)


def assess(
    real: object,
    synthetic: object,
    *,
    target: Hashable | None = None,
    holdout: object = None,
    kinds: Mapping[str | int, str] | None = None,
    random_state: int | np.random.RandomState | None = 0,
) -> Assessment:
    """Say how good generated rows are: per class, beside what real rows show against real rows.

    Two samples of one distribution differ, the more the fewer their rows. So each figure is the mean over 20
    random splits of the real rows: half of them against as many generated rows, and, as its baseline, against the
    other half.

    Parameters
    ----------
    real, synthetic : DataFrame with the column ``target``, pair (X, y), or table without classes
        X of any container that the samplers take. The two must have the same columns; a column's values must be
        of one type in both. All rows count; at most 2,000 a class and side are compared, 1,000 where distances
        are needed.
    target : hashable, optional
        Column of the labels in DataFrames. Without it, and without pairs, all rows are one class, "all rows".
    holdout : like real, optional
        Real rows that the generator was not trained on. Memorization and membership risk need them.
    kinds : mapping of column name (or position) to kind, optional
        As for :class:`imbgan.GANOverSampler`; ``"categorical"`` for numbers that are codes.
    random_state : int, RandomState instance or None, default=0
        Seed of splits, permutations and classifiers.

    Returns
    -------
    Assessment

    Raises
    ------
    DataError
        Other columns, a missing target, missing labels, a class that has no real row, infinite values.
    DataTypeError
        A column of numbers in one table and of text in another; a container or cells of an unknown type.
    ParameterError
        A table that is None; ``kinds`` that do not fit.

    Examples
    --------
    >>> import numpy as np
    >>> from imbgan.quality import assess
    >>> rng = np.random.default_rng(0)
    >>> real, synthetic = rng.normal(size=(300, 2)), rng.normal(size=(300, 2))
    >>> assess(real, synthetic).diagnostics
    ()
    >>> [found.code for found in assess(real, real[:300] * 3).diagnostics]
    ['IMB004', 'IMB004']
    """
    check_tables(real, synthetic)
    tables: dict[Role, object] = {"real": real, "synthetic": synthetic}
    if holdout is not None:
        tables["holdout"] = holdout
    fields, rows = read_rows(tables, target, kinds)
    check_classes(rows)
    streams = Streams.from_random_state(random_state)
    counts = {
        role: dict(zip(*(part.tolist() for part in np.unique(rows[role].labels, return_counts=True)), strict=True))
        for role in rows
    }
    order = sorted(counts["real"], key=lambda label: (-counts["real"][label], label))
    nothing = rows["real"].cells[:0]
    with one_thread():
        classes = tuple(
            class_quality(
                label,
                fields,
                rows["real"].of_class(label),
                rows["synthetic"].of_class(label),
                rows["holdout"].of_class(label) if "holdout" in rows else nothing,
                Streams(streams.integer("class", label)),
            )
            for label in reversed(order)
            if label in counts["synthetic"]
        )
        points = draw_map(fields, rows["real"], rows["synthetic"], streams.generator("map"))
    return Assessment(
        classes,
        diagnose(classes),
        points,
        {label: (counts["real"][label], counts["synthetic"].get(label, 0)) for label in order},
        None,
        _settings(streams.seed, with_holdout="holdout" in rows),
    )


def _settings(seed: int, *, with_holdout: bool) -> dict[str, Any]:
    packages = ("numpy", "scipy", "scikit-learn")
    return {
        "seed": seed,
        "max_rows": MAX_ROWS,
        "max_distance_rows": MAX_DISTANCE_ROWS,
        "n_splits": N_SPLITS,
        "n_permutations": N_PERMUTATIONS,
        "holdout": with_holdout,
        "versions": {"imbgan": __version__, **{name: version(name) for name in packages}},
    }
