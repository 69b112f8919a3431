"""The generated rows of one fold of a comparison, assessed with its test rows as held-out rows."""

import warnings
from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray
from sklearn.base import ClassifierMixin, clone

from imbgan.exceptions import ImbganWarning
from imbgan.oversampling import GANOverSampler
from imbgan.quality import Assessment
from imbgan.strategies import Sharing, Split, Strategy


def gan_sampler(
    strategy: Strategy, estimator: ClassifierMixin, seed: int, sharing: Sharing | None = None
) -> GANOverSampler | None:
    """Return the sampler of a strategy that trains a GAN; None if it trains none, or cannot be built."""
    try:
        sampler = getattr(strategy.build(clone(estimator), seed, sharing), "sampler", None)
    except Exception:  # its trial tells why
        return None
    return sampler if isinstance(sampler, GANOverSampler) else None


def assess_rows(
    part: Split, y_test: NDArray[np.generic], sampler: GANOverSampler, kinds: Mapping[str | int, str]
) -> Assessment | None:
    """Assess rows of a generator that learns the training part, or that the sampler's sharing holds already.

    Nothing is assessed where no class lacks rows, as in a balanced table.
    """
    # The training part or the test part alone may not show which kind a column has; the whole table does.
    sampler.set_params(kinds={**kinds, **(sampler.kinds or {})} or None)
    with warnings.catch_warnings():
        # The strategy has raised the same warnings.
        warnings.simplefilter("ignore", ImbganWarning)
        sampler.fit_resample(part.X_train, part.y_train)
    if not sampler.synthetic_mask_.any():
        return None
    return sampler.assess(holdout=(part.X_test, y_test))
