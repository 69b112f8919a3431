import warnings
from datetime import date, timedelta

import numpy as np
import polars as pl
import pytest

from imbgan import DeployableClassifier


@pytest.fixture(scope="session")
def table():
    """240 rows of numbers, categories and dates with missing cells; 40 of them are frauds, with greater amounts."""
    rng = np.random.default_rng(0)
    n = 240
    is_fraud = np.arange(n) % 6 == 0
    X = pl.DataFrame(
        {
            "amount": rng.lognormal(size=n) + 2.0 * is_fraud,
            "age": [None if i % 11 == 0 else int(age) for i, age in enumerate(rng.integers(18, 90, size=n))],
            "city": rng.choice(["Bern", "Lima", "Oslo"], size=n),
            "opened": [date(2024, 1, 1) + timedelta(days=int(d)) for d in rng.integers(0, 90, size=n)],
        }
    )
    return X, pl.Series("fraud", np.where(is_fraud, "yes", "no"))


@pytest.fixture(scope="session")
def model(table):
    """Fit a classifier that takes weights of classes."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        return DeployableClassifier("logistic_regression", "class_weight", random_state=0).fit(*table)


@pytest.fixture(scope="session")
def folder(model, tmp_path_factory):
    """Save it."""
    path = tmp_path_factory.mktemp("deployment") / "model"
    model.save(path)
    return path
