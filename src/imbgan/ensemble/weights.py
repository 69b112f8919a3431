"""Weights of rows: checked, handed to classifiers, and carried through samplers."""

from typing import Any

import numpy as np
from imblearn.pipeline import Pipeline as SamplerPipeline
from numpy.typing import ArrayLike, NDArray
from sklearn.pipeline import Pipeline
from sklearn.utils.validation import has_fit_parameter

from imbgan.exceptions import DataError, ParameterError
from imbgan.learners.refusing import refuse_unreadable
from imbgan.tabular import n_rows

Weights = NDArray[np.float64]


def read_weights(sample_weight: ArrayLike | None, n: int) -> Weights | None:
    """Return the weights of n rows as float64; None if all are 1, so that they change nothing.

    Raises
    ------
    DataError
        If there is not one number per row, if one is negative, missing or infinite, or if all are 0.
    """
    if sample_weight is None:
        return None
    try:
        weights = np.array(sample_weight, np.float64)
    except (TypeError, ValueError) as error:
        raise DataError(f"'sample_weight' must hold numbers. {error}.") from error
    if weights.ndim == 0:
        weights = np.full(n, weights)
    if weights.shape != (n,):
        raise DataError(f"'sample_weight' must hold one number per row of X, {n}. Got the shape {weights.shape}.")
    wrong = ~np.isfinite(weights) | (weights < 0.0)
    if wrong.any():
        first = int(wrong.argmax())
        raise DataError(
            f"Weights must be finite and at least 0. Got {weights[first]:g} in row {first}, from 0, and {wrong.sum()} "
            "such weights in all. Fill them in, or drop these rows."
        )
    if not weights.any():
        # scikit-learn looks for these words.
        raise DataError("Sample weights must contain at least one non-zero number. All weights are 0.")
    return None if (weights == 1.0).all() else weights


def weight_parameter(estimator: object) -> str | None:
    """Return the name of the parameter of ``fit`` for weights (of the last step in a pipeline), or None."""
    prefix = ""
    while isinstance(estimator, Pipeline):
        name, estimator = estimator.steps[-1]
        prefix += f"{name}__"
    return f"{prefix}sample_weight" if has_fit_parameter(estimator, "sample_weight") else None


def fit_weighted(
    classifier: Any,  # noqa: ANN401 - any classifier
    X: object,
    labels: NDArray[np.generic],
    weights: Weights | None,
) -> None:
    """Fit a classifier, or a pipeline, on rows with weights; None means rows without weights.

    Raises
    ------
    DataTypeError
        If LightGBM would end the process.
    ParameterError
        If the classifier takes no weights.
    """
    refuse_unreadable(classifier, X)
    if weights is None:
        classifier.fit(X, labels)
        return
    name = weight_parameter(classifier)
    if name is None:
        last = classifier.steps[-1][1] if isinstance(classifier, Pipeline) else classifier
        raise ParameterError(
            f"The rows have weights, so fit must take sample_weight, and that of {type(last).__name__} does not. Use "
            "another estimator, a strategy that draws bags, or no weights."
        )
    classifier.fit(X, labels, **{name: weights})


def resample_weighted(
    sampler: Any,  # noqa: ANN401 - any sampler
    X: object,
    labels: NDArray[np.generic],
    weights: Weights,
) -> tuple[Any, Any, Weights]:
    """Resample rows with their weights; a generated row gets the mean weight of its class, as an average row has it.

    Raises
    ------
    ParameterError
        If the sampler does not tell which of its rows are real ones.
    """
    if isinstance(sampler, SamplerPipeline):
        table: Any = X
        for _, step in sampler.steps:
            if hasattr(step, "fit_resample"):
                table, labels, weights = resample_weighted(step, table, labels, weights)
            elif step not in (None, "passthrough"):
                table = step.fit_transform(table, labels)
        return table, labels, weights
    table, resampled = sampler.fit_resample(X, labels)
    found, n = np.asarray(resampled), len(labels)
    places = getattr(sampler, "sample_indices_", None)
    if places is not None and len(places) == len(found):
        return table, resampled, weights[places]
    if n_rows(table) != len(found) or len(found) < n or not np.array_equal(found[:n], labels):
        raise ParameterError(
            "With weights, 'sampler' must return the original rows first, or tell them by sample_indices_. "
            f"{type(sampler).__name__} does neither; use an over-sampler, or no weights."
        )
    generated = np.empty(len(found) - n)
    for label in np.unique(found[n:]):
        generated[found[n:] == label] = weights[labels == label].mean()
    return table, resampled, np.concatenate([weights, generated])


def of_kept_rows(groups: ArrayLike, sample_weight: ArrayLike | None) -> NDArray[np.generic]:
    """Return the groups of the rows of positive weight."""
    names: NDArray[Any] = np.asarray(groups)
    if sample_weight is None:
        return names
    weights = np.asarray(sample_weight, np.float64)
    return names[weights > 0.0] if weights.shape == names.shape else names
