"""The generated rows of one fold of a comparison, assessed with its test rows as held-out rows."""

import warnings
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.base import ClassifierMixin, clone
from sklearn.pipeline import Pipeline

from imbgan.exceptions import ImbganWarning
from imbgan.learners import TextVectorizer
from imbgan.oversampling import GANOverSampler
from imbgan.quality import Assessment
from imbgan.strategies import Sharing, Split, Strategy


@dataclass(frozen=True)
class Generating:
    """The sampler of a strategy that trains a GAN, and what encodes texts before it."""

    sampler: GANOverSampler
    vectorizer: TextVectorizer | None = None


def gan_sampler(
    strategy: Strategy, estimator: ClassifierMixin, seed: int, sharing: Sharing | None = None
) -> Generating | None:
    """Return the sampler of a strategy that trains a GAN; None if it trains none, or cannot be built."""
    try:
        built: Any = strategy.build(clone(estimator), seed, sharing)
    except Exception:  # its trial tells why
        return None
    vectorizer = None
    if isinstance(built, Pipeline) and isinstance(built.steps[0][1], TextVectorizer):
        vectorizer, built = built.steps[0][1], built.steps[-1][1]
    sampler = getattr(built, "sampler", None)
    return Generating(sampler, vectorizer) if isinstance(sampler, GANOverSampler) else None


def assess_rows(
    part: Split, y_test: NDArray[np.generic], generating: Generating, kinds: Mapping[str | int, str]
) -> Assessment | None:
    """Assess rows of a generator that learns the training part, or that the sampler's sharing holds already.

    Nothing is assessed where no class lacks rows, as in a balanced table.
    """
    sampler = generating.sampler
    # The training part or the test part alone may not show which kind a column has; the whole table does.
    sampler.set_params(kinds={**kinds, **(sampler.kinds or {})} or None)
    with warnings.catch_warnings():
        # The strategy has raised the same warnings.
        warnings.simplefilter("ignore", ImbganWarning)
        if generating.vectorizer is not None:
            encoder = TextVectorizer(generating.vectorizer.encoder).fit(part.X_train)
            part = replace(part, X_train=encoder.transform(part.X_train), X_test=encoder.transform(part.X_test))
        sampler.fit_resample(part.X_train, part.y_train)
    if not sampler.synthetic_mask_.any():
        return None
    return sampler.assess(holdout=(part.X_test, y_test))
