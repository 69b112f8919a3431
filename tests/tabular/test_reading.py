"""A table is read once: what was read can be handed on in place of the container."""

import numpy as np
import pandas as pd
import pytest

from imbgan.exceptions import ParameterError
from imbgan.tabular import TableEncoder, TableStatistics, n_rows, read_table

FRAME = pd.DataFrame({"code": [3, 1, 2, 3], "flag": [0, 1, 1, 0], "text": ["a", "b", "a", None]})
Y = np.array([0, 1, 0, 1])


def test_a_table_passes_through_as_it_is():
    table = read_table(FRAME)
    assert read_table(table) is table
    assert read_table(table, {}) is table
    assert n_rows(table) == 4


def test_kinds_are_applied_once():
    kinds = {"code": "categorical", "flag": "boolean"}
    table = read_table(FRAME, kinds)
    assert read_table(table, kinds) is table
    assert read_table(table) is table
    late = read_table(read_table(FRAME), kinds)
    assert [column.family for column in late.columns] == [column.family for column in table.columns]
    assert late.kinds == kinds
    with pytest.raises(ParameterError, match="lacks: 'cod'"):
        read_table(table, {"cod": "integer"})


def test_encoder_and_statistics_take_a_table_for_its_container():
    table = read_table(FRAME)
    fitted = TableEncoder().fit(table, Y, n_classes=2)
    expected = TableEncoder().fit(FRAME, Y, n_classes=2)
    assert fitted.schema_ == expected.schema_
    fitted.check(table)
    matrix = fitted.transform(table, 0)
    np.testing.assert_array_equal(matrix, expected.transform(FRAME, 0))
    pd.testing.assert_frame_equal(fitted.inverse_transform(matrix), FRAME)
    assert TableStatistics(2).update(table, Y).container == "pandas"
