"""``assess`` compares real with generated rows, class by class."""

from collections.abc import Hashable, Mapping
from dataclasses import dataclass, replace
from importlib.metadata import version
from typing import Any, Self

import numpy as np

from imbgan._plain import from_plain, to_plain
from imbgan._threads import one_thread
from imbgan.quality.classes import MAX_DISTANCE_ROWS, MAX_ROWS, class_quality
from imbgan.quality.diagnostics import TOO_CLOSE, diagnose
from imbgan.quality.embedding import draw_map
from imbgan.quality.encoding import encode
from imbgan.quality.geometry import N_PERMUTATIONS
from imbgan.quality.privacy import closeness
from imbgan.quality.results import ClassQuality, Diagnostic, Pictures, Points, Training
from imbgan.quality.rows import Role, check_classes, check_tables, read_rows, real_identifiers, with_steps
from imbgan.quality.splits import N_SPLITS
from imbgan.quality.views import html_view, text_view
from imbgan.random import Streams


@dataclass(frozen=True)
class Assessment:
    """The quality of generated rows, class by class; the result of :func:`assess`.

    Parameters
    ----------
    classes : tuple of ClassQuality
        One result per class with generated rows, the smallest class first.
    diagnostics : tuple of Diagnostic
        Findings, the most severe first.
    map : tuple of Points
        Rows on two axes. The group "other" holds real rows of classes without generated rows.
    class_counts : dict of str to (int, int)
        Label -> number of real and of generated rows, for all classes, the largest first.
    training : Training or None
        The history of training, if it is known.
    settings : dict of str to Any
        Seed, limits of the number of rows, versions.
    pictures : tuple of Pictures, default=()
        Some images of each class, the smallest class first, if the rows are images.

    Examples
    --------
    >>> import numpy as np
    >>> from imbgan import assess
    >>> rng = np.random.default_rng(0)
    >>> found = assess(rng.normal(size=(200, 3)), np.zeros((200, 3)), random_state=0)
    >>> found.diagnostics[0].name
    'mode collapse'
    """

    classes: tuple[ClassQuality, ...]
    diagnostics: tuple[Diagnostic, ...]
    map: tuple[Points, ...]
    class_counts: dict[str, tuple[int, int]]
    training: Training | None
    settings: dict[str, Any]
    pictures: tuple[Pictures, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """Return plain values for JSON."""
        return to_plain(self)

    @classmethod
    def from_dict(cls, value: object) -> Self:
        """Rebuild an assessment from the result of :meth:`to_dict`.

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
    by_column: bool = True,
    random_state: int | np.random.RandomState | None = 0,
) -> Assessment:
    """Measure the quality of generated rows per class, with a baseline for each measure.

    Two samples from the same distribution differ, and small samples differ most. Therefore each measure is a mean over
    20 random splits of the real rows: one half is compared with as many generated rows, and, for the baseline, with the
    other half.

    Parameters
    ----------
    real, synthetic : DataFrame with the column ``target``, pair (X, y), or table without classes
        X can be any container that the samplers accept. Both tables must have the same columns, and a column must have
        the same type of values in both. At most 2,000 rows per class and table are compared, and at most 1,000 where
        distances are needed.
    target : hashable, optional
        The column of the labels in DataFrames. Without it, and without pairs, all rows form one class, "all rows".
    holdout : like real, optional
        Real rows on which the generator was not trained. Memorization and membership risk need them.
    kinds : mapping of column name (or position) to kind, optional
        Kinds as for :class:`imbgan.GANOverSampler`; use ``"categorical"`` for numbers that are codes.
    by_column : bool, default=True
        Whether columns are also judged by themselves and in pairs. False suits features and embeddings, whose columns
        have no meaning of their own.
    random_state : int, RandomState instance or None, default=0
        Seed of splits, permutations and classifiers.

    Returns
    -------
    Assessment

    Raises
    ------
    DataError
        If columns differ, if the target or labels are missing, if a class has no real row, or if values are infinite.
    DataTypeError
        If a column holds numbers in one table and text in another, or if a container or a cell has an unknown type.
    ParameterError
        If a table is None, or if ``kinds`` do not fit the columns.

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
        found = [
            replace(
                class_quality(
                    label,
                    fields,
                    rows["real"].of_class(label),
                    rows["synthetic"].of_class(label),
                    rows["holdout"].of_class(label) if "holdout" in rows else nothing,
                    Streams(streams.integer("class", label)),
                    by_column=by_column,
                ),
                real_identifiers=real_identifiers(rows["real"], rows["synthetic"], label),
            )
            for label in reversed(order)
            if label in counts["synthetic"]
        ]
        classes = tuple(
            replace(each, columns=with_steps(each.columns, fields, rows["synthetic"], each.label)) for each in found
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


def find_too_close(
    real: tuple[object, object], synthetic: tuple[object, object], *, kinds: Mapping[str | int, str] | None = None
) -> tuple[Diagnostic, ...]:
    """Return the finding IMB012 of each class whose generated rows lie too close to real ones.

    This is the part of :func:`assess` that needs no time and no held-out rows: what can be said of any generated rows
    as soon as they are there. No finding says nothing of other attacks; :func:`imbgan.audit` measures them.

    Parameters
    ----------
    real, synthetic : pair (X, y)
        The rows that were learned from, and the generated ones; the first 1,000 of each class are compared.
    kinds : mapping of column name (or position) to kind, optional
        As in :func:`assess`.

    Returns
    -------
    tuple of Diagnostic

    Examples
    --------
    >>> import numpy as np
    >>> from imblearn.over_sampling import SMOTE
    >>> rng = np.random.default_rng(0)
    >>> X, y = rng.normal(size=(500, 3)), np.repeat([0, 1], [400, 100])
    >>> X_new, y_new = (rows[500:] for rows in SMOTE(random_state=0).fit_resample(X, y))
    >>> [found.code for found in find_too_close((X, y), (X_new, y_new))]
    ['IMB012']
    >>> find_too_close((X, y), (rng.normal(size=(300, 3)), y_new))
    ()
    """
    check_tables(real, synthetic)
    fields, rows = read_rows({"real": real, "synthetic": synthetic}, None, kinds)
    check_classes(rows)
    classes: list[ClassQuality] = []
    for label in np.unique(rows["synthetic"].labels).tolist():
        own, generated = (rows[role].of_class(label)[:MAX_DISTANCE_ROWS] for role in ("real", "synthetic"))
        if len(own) >= 2:
            with one_thread():
                measure = closeness(*encode(fields, own, [own, generated]))
            classes.append(ClassQuality(label, len(own), len(generated), 0, (measure,), (), None))
    return tuple(found for found in diagnose(classes) if found.code == TOO_CLOSE)


def _settings(seed: int, *, with_holdout: bool) -> dict[str, Any]:
    packages = ("imbgan", "numpy", "scipy", "scikit-learn")
    return {
        "seed": seed,
        "max_rows": MAX_ROWS,
        "max_distance_rows": MAX_DISTANCE_ROWS,
        "n_splits": N_SPLITS,
        "n_permutations": N_PERMUTATIONS,
        "holdout": with_holdout,
        "versions": {name: version(name) for name in packages},
    }
