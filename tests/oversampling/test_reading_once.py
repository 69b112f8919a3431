"""A table is read once per call, and its labels are checked once, whatever the container."""

from collections import Counter

import numpy as np
import pandas as pd
import polars as pl
import pytest
from scipy import sparse

from imbgan.ensemble import TableSMOTE
from imbgan.quality import assess, describe
from imbgan.tabular import labels
from imbgan.tabular.containers import CONTAINERS

pytestmark = pytest.mark.filterwarnings("ignore::imbgan.GenerationQualityWarning")

CODES = np.repeat([0, 1], [65, 15])
MATRIX = np.random.default_rng(0).normal(size=(80, 4)) + CODES[:, None]
TABLES = {
    "pandas": pd.DataFrame(MATRIX, columns=list("abcd")),
    "polars": pl.DataFrame(MATRIX, schema=list("abcd")),
    "numpy": MATRIX,
    "list": MATRIX.tolist(),
    "sparse": sparse.csr_array(MATRIX),
}


@pytest.fixture
def calls(monkeypatch):
    """Count how often cells of a container, and labels of one, are read."""
    counted = Counter()

    def count(owner, name, what):
        original = getattr(owner, name)

        def counting(*arguments):
            counted[what] += 1
            return original(*arguments)

        monkeypatch.setattr(owner, name, counting)

    # Below `read_table` and `read_labels`, which return what was read before as it is.
    for container in CONTAINERS:
        count(container, "read", "tables")
    count(labels, "_typed", "labels")
    return counted


@pytest.mark.parametrize("container", TABLES)
def test_resampling_reads_once(container, calls, quick_sampler):
    sampler = quick_sampler(kinds={"a": "continuous"} if container in ("pandas", "polars") else None)
    sampler.fit_resample(TABLES[container], CODES)
    assert calls == {"tables": 1, "labels": 1}
    calls.clear()
    sampler.discriminate(TABLES[container], CODES)
    assert calls == {"tables": 1, "labels": 1}
    calls.clear()
    sampler.assess()
    # The kept real rows and the generated ones.
    assert calls == {"tables": 2, "labels": 2}
    calls.clear()
    sampler.fit(TABLES[container], CODES)
    assert calls == {"tables": 1, "labels": 1}


@pytest.mark.parametrize("container", TABLES)
def test_learning_reads_once(container, calls, quick_gan):
    quick_gan().fit(TABLES[container], CODES)
    assert calls == {"tables": 1, "labels": 1}


@pytest.mark.parametrize("container", TABLES)
def test_judging_reads_each_table_once(container, calls):
    table = TABLES[container]
    describe(table, CODES)
    assert calls == {"tables": 1, "labels": 1}
    calls.clear()
    assess((table, CODES), (table, CODES), holdout=(table, CODES))
    assert calls == {"tables": 3, "labels": 3}


@pytest.mark.parametrize("container", TABLES)
def test_interpolating_reads_once(container, calls):
    TableSMOTE(random_state=0).fit_resample(TABLES[container], CODES)
    assert calls == {"tables": 1, "labels": 1}
