"""Classifiers of tables with columns of text: what each needs before it, and which take no vectors in their place."""

import warnings
from collections.abc import Callable, Hashable, Iterable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.base import clone
from sklearn.feature_extraction.text import CountVectorizer, HashingVectorizer
from sklearn.pipeline import Pipeline, make_pipeline

from imbgan._text import listed, one_line
from imbgan.exceptions import ParameterError
from imbgan.learners.preparation import WRAPPED, TablePreprocessor
from imbgan.learners.texts import TextPreprocessor
from imbgan.text.words import TextTransformer

Encoders = Mapping[Any, Any]
#: Modules of classifiers that weigh each term by itself, so that many of them do no harm.
_LINEAR = ("sklearn.linear_model", "sklearn.svm._classes", "sklearn.naive_bayes")
#: What learns from nothing but texts.
_OF_TEXTS = (CountVectorizer, HashingVectorizer, TextTransformer)


def takes_sparse(classifier: object) -> bool:
    """Return whether a classifier is a linear one, to which thousands of sparse columns do no harm."""
    return type(classifier).__module__.startswith(_LINEAR)


def why_no_vectors(estimator: Any, vectorized: Callable[[], object], labels: NDArray[np.generic]) -> str:  # noqa: ANN401
    """Return why a classifier cannot be fitted to vectors in place of texts; an empty text if nothing shows that.

    The first step of a pipeline of the caller is fitted to find out, since it may well leave the column out.

    Parameters
    ----------
    estimator : classifier, or what stands for one
    vectorized : callable
        Returns the table with vectors in place of texts.
    labels : ndarray of shape (n,)
    """
    if not hasattr(estimator, "get_params") or getattr(estimator, "takes_tables", False):
        return ""
    if not isinstance(estimator, Pipeline):
        own = [type(part).__name__ for part in estimator.get_params(deep=True).values() if isinstance(part, _OF_TEXTS)]
        return f"{own[0]} encodes texts" if own else ""
    head: Any = estimator.steps[0][1]
    if isinstance(head, TablePreprocessor | TextPreprocessor) or not hasattr(head, "fit_transform"):
        return ""
    unfitted: Any = clone(head)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            unfitted.fit_transform(vectorized(), labels)
    except Exception as error:  # whatever a part of the caller raises
        return f"{type(head).__name__} raises {type(error).__name__}: {one_line(error)[:200]}"
    return ""


def no_vectors_error(why: str, names: Iterable[Hashable]) -> ParameterError:
    """Return the error for a classifier that is fitted to vectors where rows are generated, but takes texts."""
    return ParameterError(
        f"Where rows are generated, 'estimator' gets vectors in place of {listed(list(names))}, since no text is "
        f"generated, and it cannot be fitted to them ({why}). Pass a classifier alone, which gets the preparation that "
        "it needs, or pass encoder=None to leave texts as they are: a missing text then looks like a rare one."
    )


def with_texts(estimator: Any, encoders: Encoders) -> Any:  # noqa: ANN401 - any classifier
    """Return a classifier that takes a table with columns of text.

    The preparation of a classifier with a name, and one without any, becomes a :class:`TextPreprocessor`. Other
    pipelines are returned as they are, since they know what to do with texts. A classifier that takes tables with texts
    itself gets the encoders, unless it has some of its own. In one that takes tables but leaves texts as they are,
    those that it wraps are prepared.
    """
    if not encoders:
        return estimator
    if getattr(estimator, "takes_tables", False):
        outer: Any = clone(estimator)
        own = getattr(outer, "encoder", None)
        is_free = isinstance(own, str) and own == "auto"
        if own is not None and not is_free:
            return outer
        if is_free and None not in encoders.values():
            return outer.set_params(encoder=dict(encoders))
        if is_free:
            outer.set_params(encoder=None)  # the wrapped ones leave out the columns without an encoder
        inner = {name: value for name, value in outer.get_params(deep=False).items() if name in WRAPPED}
        return outer.set_params(**{name: _wrapped(value, encoders) for name, value in inner.items()})
    if not isinstance(estimator, Pipeline):
        return make_pipeline(TextPreprocessor(encoders, sparse=takes_sparse(estimator)), estimator)
    steps = estimator.steps
    head: Any = steps[0][1]
    if not isinstance(head, TablePreprocessor):
        return estimator
    last = steps[-1][1]
    texts = TextPreprocessor(encoders, sparse=takes_sparse(last), numbers=head.numbers, kinds=head.kinds)
    return Pipeline([("texts", texts), *[(name, step) for name, step in steps[1:]]])


def _wrapped(value: Any, encoders: Encoders) -> Any:  # noqa: ANN401 - a classifier, several, a name or None
    if isinstance(value, list | tuple):
        return [_wrapped(each, encoders) for each in value]
    return with_texts(value, encoders) if hasattr(value, "fit") else value
