"""Real tables come back exactly."""

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

from imbgan.tabular import TableEncoder

pytestmark = [
    pytest.mark.data,
    pytest.mark.filterwarnings("ignore::imbgan.exceptions.IdentifierColumnWarning"),
]


@pytest.mark.parametrize("name", ["adult", "stroke", "fraud_oracle", "hcv", "kdd99_dedup"])
def test_a_real_table_comes_back(name: str, data_set: Callable) -> None:
    X, y, _ = data_set(name)
    X = X.reset_index(drop=True)
    codes, labels = pd.factorize(y)
    encoder = TableEncoder().fit(X, codes, n_classes=len(labels))
    back = encoder.inverse_transform(encoder.transform(X, np.random.default_rng(0)))
    for column in encoder.schema_.columns:
        if column.kind == "continuous":
            np.testing.assert_allclose(back[column.name], X[column.name], rtol=1e-4)
        else:
            pd.testing.assert_series_equal(back[column.name], X[column.name])
    assert (back.dtypes == X.dtypes).all()
