"""Real tables come back exactly."""

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

from imbgan.tabular import TableEncoder
from imbgan.tabular.statistics.sketch import SKETCH_CAP

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
    back = encoder.inverse_transform(encoder.transform(X, 0))
    assert (back.dtypes == X.dtypes).all()
    for column in encoder.schema_.columns:
        decoded, real = back[column.name], X[column.name]
        is_number = column.kind in ("continuous", "integer")
        if is_number and real.groupby(codes).nunique().max() > SKETCH_CAP:
            # Beyond the cap not every value is a knot: float32 then limits what lies in a wide gap.
            np.testing.assert_allclose(decoded, real, rtol=1e-4)
            assert column.kind == "continuous" or (decoded == real).mean() > 0.9999
        else:
            pd.testing.assert_series_equal(decoded, real, check_exact=is_number)
