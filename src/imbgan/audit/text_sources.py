"""Samplers for tables with columns of text, and for texts alone, as the sources of an audit."""

from collections.abc import Callable, Iterable, Mapping
from functools import partial
from typing import Any, Self, cast

import numpy as np
from numpy.typing import NDArray
from sklearn.base import BaseEstimator, clone

from imbgan._sklearn import clone_sharing
from imbgan.audit.sources import SAMPLERS
from imbgan.audit.texts import AuditTexts
from imbgan.exceptions import DataError, ParameterError
from imbgan.oversampling import GANOverSampler, TextGANOverSampler
from imbgan.oversampling.text_gan_over_sampler import VectorGANOverSampler
from imbgan.tabular import n_rows
from imbgan.tabular.containers import with_cells


class _OfTexts(BaseEstimator):
    """The base of samplers that give another one the texts in another form."""

    def __init__(
        self,
        sampler: Any,  # noqa: ANN401 - any sampler
        texts: AuditTexts,
        sampling_strategy: Mapping[Any, int] | None = None,
    ) -> None:
        self.sampler = sampler
        self.texts = texts
        self.sampling_strategy = sampling_strategy

    def __sklearn_clone__(self) -> Self:
        return clone_sharing(self, "texts")  # a copy of a model would be large

    def _resample(self, X: object, y: object) -> tuple[Any, Any]:
        return self.sampler.set_params(sampling_strategy=self.sampling_strategy).fit_resample(X, y)


class OnVectors(_OfTexts):
    """Give a sampler of matrices the vectors of texts; vectors come out as well."""

    def fit_resample(self, X: object, y: object) -> tuple[NDArray[np.float32], Any]:
        """Return the vectors of the originals, followed by generated ones; and their labels."""
        vectors, labels = self._resample(self.texts.vectors(X), y)
        return np.asarray(vectors, np.float32), labels


class WithoutTexts(_OfTexts):
    """Give a sampler of tables no texts, so that it can hand out none."""

    def fit_resample(self, X: object, y: object) -> tuple[Any, Any]:
        """Return the table with no text in any row, the originals first; and labels."""
        table = X
        for column in self.texts.columns:
            table = with_cells(table, column.name, np.full(n_rows(table), None, dtype=object))
        return self._resample(table, y)


class TextsAlone(_OfTexts):
    """Give a sampler of texts a list of them; it returns texts or vectors."""

    def fit_resample(self, X: object, y: object) -> tuple[Any, Any]:
        """Return vectors, or a table of one column of texts, the originals first; and labels.

        Raises
        ------
        DataError
            If vectors are not those of the encoder of the audit.
        """
        (cells,) = self.texts.cells(X)
        resampled, labels = self._resample([*cast("Iterable[str]", cells.texts)], y)
        if np.ndim(resampled) == 1:
            return [[text] for text in resampled], labels
        vectors, known = np.asarray(resampled, np.float32), self.texts.vectors(X)
        if vectors.shape[1] != known.shape[1] or not np.allclose(vectors[: len(known)], known, atol=1e-4):
            raise DataError(
                "A source of vectors must use the encoder of the audit, since attackers compare its vectors with those "
                f"of real texts. {type(self.sampler).__name__} encodes texts in another way; pass its encoder to audit "
                "(encoder=)."
            )
        return vectors, labels


def text_samplers(texts: AuditTexts, options: Mapping[str, Any]) -> dict[str, Callable[[], Any]]:
    """Return what makes the sampler of each of the named sources.

    Parameters
    ----------
    texts : AuditTexts
    options : mapping of str to Any
        Parameters of :class:`imbgan.GANOverSampler`.
    """

    def of_gan() -> GANOverSampler:
        return GANOverSampler(encoder=dict(texts.encoders)).set_params(**options)

    if not texts.alone:
        # They would take texts for categories of thousands of levels, and write real ones.
        found = {name: partial(_wrapped, WithoutTexts, make, texts) for name, make in SAMPLERS.items()}
        return found | {"gan": of_gan, "bootstrap": SAMPLERS["bootstrap"]}
    found = {name: partial(_wrapped, OnVectors, make, texts) for name, make in SAMPLERS.items()}
    if options.get("text_output") == "nearest":
        return found | {"gan": of_gan}
    return found | {"gan": lambda: OnVectors(VectorGANOverSampler().set_params(**options), texts)}


def own_text_sampler(sampler: Any, texts: AuditTexts, *, is_list: bool, encoder: object) -> Any:  # noqa: ANN401
    """Return a sampler of the caller in the form in which it is a source.

    Parameters
    ----------
    sampler : sampler
    texts : AuditTexts
    is_list : bool
        Whether the caller holds texts alone and no table.
    encoder : object
        What the caller of the audit passed.

    Raises
    ------
    ParameterError
        If a sampler of texts alone is given for a table.
    """
    own: Any = clone(sampler)  # the caller's sampler stays as it is
    if isinstance(own, TextGANOverSampler):
        first, *others = texts.columns
        if others or not texts.alone:
            raise ParameterError(
                f"{type(own).__name__} learns texts alone. Audit a table with GANOverSampler, or pass the texts."
            )
        return TextsAlone(own.set_params(encoder=first.encode), texts)
    if is_list and not isinstance(own, GANOverSampler):
        return TextsAlone(own, texts)
    if "encoder" in own.get_params() and (is_list or encoder != "auto"):
        own.set_params(encoder=dict(texts.encoders))
    return own


def _wrapped(wrapper: type[_OfTexts], make: Callable[[], Any], texts: AuditTexts) -> _OfTexts:
    return wrapper(make(), texts)
