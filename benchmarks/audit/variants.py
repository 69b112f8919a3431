"""The generators that are audited: the named sources, and the GAN with one thing changed."""

from collections.abc import Callable, Generator
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

from benchmarks.quality.variants.rejection import HoleSampler, NearRowSampler
from imbgan import GANOverSampler
from imbgan.audit.sources import SOURCES, resolve_sources
from imbgan.tabular.codecs import masses

TABLES = (
    "adult",
    "credit_default",
    "creditcard_sample",
    "fraud_oracle",
    "give_me_some_credit",
    "mammography",
    "stroke",
)
#: The tables on which variants are compared.
FEW_TABLES = ("adult", "mammography", "stroke")
#: The audit of all sources, the GAN with its defaults among them.
DEFAULT = "sources"


def _changed(**parameters: Any) -> Callable[[], GANOverSampler]:  # noqa: ANN401 - parameters of the sampler
    return lambda: GANOverSampler(**parameters)


#: One thing changed.
VARIANTS: dict[str, Callable[[], Any]] = {
    "steps of 10 rows": _changed(),
    "steps of 20 rows": _changed(),
    "at most 300 steps": _changed(max_iter=300),
    "one generator": _changed(n_generators=1),
    "instance noise .5 to the end": _changed(train_options={"instance_noise": 0.5, "instance_noise_share": 1.0}),
    "penalty 10 times as strong": _changed(train_options={"gamma": 1.0}),
    "near rows rejected": NearRowSampler,
    "all near rows rejected": HoleSampler,
}
#: What is not learned from 50 rare rows. Energy distance and coverage are then against other numbers of unseen rows.
N_LEARNED = {"25 rare rows learned": 25, "120 rare rows learned": 120}
VARIANTS |= dict.fromkeys(N_LEARNED, GANOverSampler)
ROWS_PER_STEP = {"steps of 10 rows": 10, "steps of 20 rows": 20}


def samplers(variant: str) -> dict[str, Any]:
    """Return the samplers of a variant by the name of their source."""
    return resolve_sources(tuple(SOURCES)) if variant == DEFAULT else {"gan": VARIANTS[variant]()}


@contextmanager
def changed(variant: str) -> Generator[None]:
    """Change what is no parameter of a sampler: the number of rows per step of the encoder's scale."""
    if variant not in ROWS_PER_STEP:
        yield
        return
    with patch.object(masses, "ROWS_PER_STEP", ROWS_PER_STEP[variant]):
        yield
