"""Atoms: the encoder knows which values dominate a number, and where they lie on its scale."""

import json

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from imbgan.tabular import TableEncoder
from imbgan.tabular.atoms import LEAST_SHARE

ATOM = 3.5
others = st.sampled_from([0.25, 1.0, 2.0, 5.0, 7.75, 9.0])


def fit(X: object, y: np.ndarray, **parameters: object) -> TableEncoder:
    return TableEncoder(**parameters).fit(X, y, n_classes=int(y.max()) + 1)


@given(
    first=st.lists(others, max_size=20),
    second=st.lists(others, max_size=20),
    n_missing=st.integers(0, 5),
    seed=st.integers(0, 99),
)
def test_places_of_the_atom_are_those_of_its_cells(
    first: list[float], second: list[float], n_missing: int, seed: int
) -> None:
    cells = [*first, *[ATOM] * 20, *second, *[ATOM] * 20, *[None] * n_missing]
    y = np.repeat([0, 1], [len(first) + 20, len(second) + 20 + n_missing])
    X = pd.DataFrame({"text": ["a", "b"] * (len(cells) // 2) + ["a"] * (len(cells) % 2), "x": cells}, dtype="object")
    X["x"] = X["x"].astype("float64")
    encoder = fit(X, y)
    if len({*first, *second}) < 2:
        assert encoder.atoms == ()  # a constant, or a number of two values, which is a category
        return
    (atom,) = encoder.atoms
    rows = encoder.transform(X, seed)
    places = rows[:, atom.column]
    present = X["x"].notna().to_numpy()
    np.testing.assert_array_equal(atom.among(rows), present)
    is_atom = (places >= atom.low) & (places < atom.high)
    np.testing.assert_array_equal(is_atom[present], (X["x"] == ATOM).to_numpy()[present])
    assert encoder.inverse_transform(rows)["x"].equals(X["x"])


@pytest.mark.parametrize(("share", "n_atoms"), [(LEAST_SHARE + 0.02, 1), (LEAST_SHARE - 0.02, 0)])
def test_each_class_has_the_same_weight(share: float, n_atoms: int) -> None:
    # The share is a mean over classes: nine of ten rows of the small class, and few of the large one.
    rng = np.random.default_rng(0)
    counts = {0: (1000, 2 * share - 0.9), 1: (100, 0.9)}
    columns = [np.where(np.arange(n) < round(part * n), 0.0, rng.normal(5, 1, n)) for n, part in counts.values()]
    y = np.repeat([0, 1], [1000, 100])
    assert len(fit(np.concatenate(columns).reshape(-1, 1), y).atoms) == n_atoms


def test_only_places_on_a_distribution_have_atoms() -> None:
    n = 60
    X = pd.DataFrame(
        {
            "few levels": ["a"] * (n - 2) + ["b", "c"],
            "flag": [0.0] * (n - 2) + [1.0] * 2,
            "constant": [1.0] * n,
            "even": np.arange(n) / 7,
            "counts": [0] * (n - 4) + [1, 2, 3, 4],
        }
    )
    y = np.arange(n) % 2
    (atom,) = fit(X, y).atoms
    assert (atom.column, atom.present) == (1, None)  # "even" is the first number
    assert fit(X, y, numbers="minmax").atoms == ()
    document, arrays = fit(X, y).to_document()
    assert TableEncoder.from_document(json.loads(json.dumps(document)), arrays).atoms == (atom,)
