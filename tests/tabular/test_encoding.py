"""What the matrix is like: distributions, atoms, class balance, and exact values on the way back."""

import datetime as dt
from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from scipy.special import ndtr

from imbgan.exceptions import DataError, IdentifierColumnWarning
from imbgan.tabular import TableEncoder
from imbgan.tabular.codecs.build import line_order
from imbgan.tabular.codecs.masses import ROWS_PER_STEP
from imbgan.tabular.codecs.scale import MIN_MASS, Scale

DAY = dt.timedelta(days=1)


def fit_one(values: object, y: np.ndarray, **parameters: object) -> tuple[TableEncoder, pd.DataFrame]:
    """Fit an encoder on a table with one column named x."""
    X = pd.DataFrame({"x": values})
    return TableEncoder(**parameters).fit(X, y, n_classes=int(y.max()) + 1), X


def decoded_normal(encoder: TableEncoder, n: int = 20_000) -> np.ndarray:
    """Decode random normal scores."""
    z = np.random.default_rng(7).normal(size=(n, encoder.width)).astype(np.float32)
    return encoder.inverse_transform(z)["x"].to_numpy()


def balanced_sample(values: np.ndarray, y: np.ndarray, n: int = 20_000) -> np.ndarray:
    """Draw rows such that each class is equally likely."""
    rng = np.random.default_rng(8)
    weights = (1 / np.bincount(y))[y]
    return rng.choice(values, size=n, p=weights / weights.sum())


# --- exact round trips -----------------------------------------------------------------------------------

labels = st.integers(0, 2)
columns = {
    "floats": st.floats(allow_nan=False, allow_infinity=False),
    "float32": st.floats(allow_nan=False, allow_infinity=False, width=32),
    "integers": st.integers(-(2**63), 2**63 - 1),
    "small integers": st.integers(-3, 3),
    "decimals": st.integers(-(10**9), 10**9).map(lambda cents: cents / 100),
    "booleans": st.booleans(),
    "texts": st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=4),
    "mixed": st.one_of(st.text(max_size=2), st.integers(0, 3), st.booleans(), st.sampled_from([0.0, 1.0, 2.5])),
    "datetimes": st.datetimes(dt.datetime(1700, 1, 1), dt.datetime(2200, 1, 1)),
    "dates": st.dates(dt.date(1, 1, 1), dt.date(9999, 12, 31)),
    "timedeltas": st.timedeltas(-40_000 * DAY, 40_000 * DAY),
}


@pytest.mark.filterwarnings("ignore::imbgan.exceptions.IdentifierColumnWarning")
@pytest.mark.parametrize("name", columns)
@given(data=st.data())
def test_cells_of_every_kind_come_back(name: str, data: st.DataObject) -> None:
    cell = st.one_of(columns[name], st.none())
    X = [[value] for value in data.draw(st.lists(cell, min_size=1, max_size=40))]
    y = np.array(data.draw(st.lists(labels, min_size=len(X), max_size=len(X))))
    encoder = TableEncoder().fit(X, y, n_classes=3)
    seed = data.draw(st.integers(0, 100))
    back = encoder.inverse_transform(encoder.transform(X, seed))
    assert back == X


@pytest.mark.filterwarnings("ignore::imbgan.exceptions.IdentifierColumnWarning")
@pytest.mark.parametrize("name", ["small integers", "booleans", "texts", "decimals"])
@given(data=st.data())
def test_minmax_brings_back_what_float32_resolves(name: str, data: st.DataObject) -> None:
    strategy = st.integers(-500, 500).map(lambda tenth: tenth / 10) if name == "decimals" else columns[name]
    X = [[value] for value in data.draw(st.lists(st.one_of(strategy, st.none()), min_size=1, max_size=40))]
    encoder = TableEncoder(numbers="minmax").fit(X, np.zeros(len(X), dtype=int), n_classes=1)
    matrix = encoder.transform(X, 0)
    assert ((matrix >= 0) & (matrix <= 1)).all()
    assert encoder.inverse_transform(matrix) == X


@given(st.lists(st.floats(-1e9, 1e9), min_size=2, max_size=60), st.integers(0, 99))
def test_values_between_knots_come_back_within_the_documented_bound(values: list[float], seed: int) -> None:
    rng = np.random.default_rng(seed)
    X = np.array(values).reshape(-1, 1)
    encoder = TableEncoder().fit(X, np.zeros(len(X), dtype=int), n_classes=1, kinds={0: "continuous"})
    knots = np.unique(X)
    new = rng.uniform(knots[0], knots[-1], size=(20, 1))
    back = encoder.inverse_transform(encoder.transform(new, 0))
    after = np.searchsorted(knots, new, side="right").clip(1, len(knots) - 1)
    gap = knots[after] - knots[after - 1]
    discrete = len(knots) <= 32 and 2 * len(knots) < len(X)
    atoms = [np.count_nonzero(knot == X) >= ROWS_PER_STEP for knot in knots]
    closed = np.array(atoms)[after] & np.array(atoms)[after - 1]
    if not discrete:
        assert (np.abs(back - new) <= 0.02 * gap + 1e-15 * np.abs(new))[~closed].all()
    assert np.isin(back[closed], knots).all()


@pytest.mark.filterwarnings("ignore::imbgan.exceptions.IdentifierColumnWarning")
@given(
    st.lists(st.sampled_from([0, 0, 0, 1, 2, 5, 9, 9, 12, 100, 101, None]), min_size=1, max_size=80),
    st.integers(0, 99),
)
def test_any_matrix_decodes_to_integers_within_bounds(values: list, seed: int) -> None:
    X = pd.DataFrame({"x": pd.Series(values, dtype="Int64")})
    encoder = TableEncoder().fit(X, np.arange(len(X)) % 2, n_classes=2)
    z = np.random.default_rng(seed).normal(0, 4, size=(200, encoder.width))
    back = encoder.inverse_transform(z)["x"]
    assert back.dtype == "Int64"
    known = [value for value in values if value is not None]
    if known:
        assert back.dropna().between(min(known), max(known)).all()
    if None not in values:
        assert not back.isna().any()


# --- distributions ---------------------------------------------------------------------------------------


def bimodal(rng: np.random.Generator, n: int) -> np.ndarray:
    return np.where(rng.random(n) < 0.3, rng.normal(-8, 0.5, n), rng.normal(5, 1, n))


def heavy(rng: np.random.Generator, n: int) -> np.ndarray:
    return rng.standard_cauchy(n) ** 3


def lognormal(rng: np.random.Generator, n: int) -> np.ndarray:
    return np.exp(rng.normal(8, 2, n))


@pytest.mark.parametrize("n", [500, 30_000])
@pytest.mark.parametrize("draw", [bimodal, heavy, lognormal])
def test_normal_scores_decode_to_the_balanced_distribution(draw: object, n: int) -> None:
    rng = np.random.default_rng(1)
    y = np.repeat([0, 1], [n - n // 10, n // 10])
    values = draw(rng, n) + 2 * y
    values = np.round(values, 2) if draw is lognormal else values
    encoder, X = fit_one(values, y)
    z = encoder.transform(X, 0)
    assert np.abs(z).max() <= 5
    # Encoded rows, classes reweighted, are standard normal; decoded normals are the balanced distribution.
    weighted = balanced_sample(z[:, 0], y)
    # A step of the rare class, which has half of the mass, shows no single rows.
    step = ROWS_PER_STEP / (n // 10) / 2
    assert stats.kstest(weighted, "norm").statistic < 0.02 + step
    made = decoded_normal(encoder)
    assert stats.ks_2samp(made, balanced_sample(values, y)).statistic < 0.025 + step
    assert values.min() <= made.min() <= made.max() <= values.max()
    if draw is lognormal:
        np.testing.assert_array_equal(np.round(made, 2), made)


def test_bimodal_gap_stays_empty() -> None:
    rng = np.random.default_rng(2)
    encoder, _ = fit_one(bimodal(rng, 3000), np.zeros(3000, dtype=int))
    made = decoded_normal(encoder)
    assert ((made > -5.5) & (made < 1)).mean() < 0.002


def test_new_values_arise_between_loose_knots() -> None:
    values = np.random.default_rng(3).normal(size=400)
    encoder, _ = fit_one(values, np.zeros(400, dtype=int))
    assert np.isin(decoded_normal(encoder), values).mean() < 0.01


def test_zero_inflation_is_exact() -> None:
    rng = np.random.default_rng(4)
    values = np.where(rng.random(4000) < 0.6, 0.0, rng.lognormal(3, 1, 4000))
    y = np.repeat([0, 1], [3900, 100])
    encoder, _ = fit_one(values, y)
    share = ((values == 0) * (1 / np.bincount(y))[y]).sum() / 2
    made = decoded_normal(encoder, 50_000)
    assert abs((made == 0).mean() - share) < 0.01
    assert not ((made > 0) & (made < values[values > 0].min())).mean() > 0.001


def test_nothing_is_invented_in_a_discrete_column() -> None:
    values = np.random.default_rng(5).choice([0, 300, 301, 999], size=500)
    encoder, _ = fit_one(values, np.zeros(500, dtype=int))
    assert set(decoded_normal(encoder)) == {0, 300, 301, 999}


def test_days_stay_days() -> None:
    days = pd.Timestamp("2020-01-01") + pd.to_timedelta(np.random.default_rng(6).integers(0, 4000, 500), unit="D")
    encoder, X = fit_one(days.as_unit("ns"), np.zeros(500, dtype=int))
    made = encoder.inverse_transform(np.random.default_rng(7).normal(size=(5000, 1)))["x"]
    assert (made == made.dt.normalize()).all()
    assert made.nunique() > X["x"].nunique()


def test_missing_numbers_are_a_category_and_their_place_tells_nothing() -> None:
    rng = np.random.default_rng(9)
    y = np.repeat([0, 1], [5000, 200])
    values = np.where(rng.random(5200) < np.where(y == 1, 0.5, 0.02), np.nan, rng.normal(size=5200))
    encoder, X = fit_one(values, y)
    assert encoder.spans == (("number", 1), ("category", 2))
    z = encoder.transform(X, 0)
    np.testing.assert_array_equal(z[:, 2] == 1, np.isnan(values))
    np.testing.assert_array_equal(np.isnan(encoder.inverse_transform(z)["x"]), np.isnan(values))
    # Places of missing cells follow the same normal as a balanced column does.
    assert stats.kstest(z[np.isnan(values), 0], "norm").pvalue > 0.01


def test_a_number_of_two_values_is_a_category() -> None:
    encoder, X = fit_one([0, 1, 0, 0, 1, 0, 0, 0], np.zeros(8, dtype=int))
    assert encoder.spans == (("category", 2),)
    assert encoder.inverse_transform(encoder.transform(X, 0))["x"].tolist() == X["x"].tolist()


def test_a_rare_class_in_the_far_tail_gets_its_half_of_the_scale() -> None:
    rng = np.random.default_rng(10)
    y = np.repeat([0, 1], [9950, 50])
    values = np.where(y == 1, rng.normal(50, 1, 10_000), rng.normal(0, 1, 10_000))
    encoder, X = fit_one(values, y)
    u = ndtr(encoder.transform(X, 0)[:, 0])
    assert u[y == 0].max() < 0.51
    assert u[y == 1].min() > 0.49
    assert stats.kstest(u[y == 1], "uniform", (0.5, 0.5)).statistic < ROWS_PER_STEP / 50 + 0.02


# --- categories ------------------------------------------------------------------------------------------


def test_missing_is_a_level_and_levels_are_those_seen() -> None:
    X = pd.DataFrame({"x": pd.Categorical(["b", "a", None, "b"], categories=["z", "b", "a"])})
    encoder = TableEncoder().fit(X, np.array([0, 0, 1, 1]), n_classes=2)
    assert encoder.spans == (("category", 3),)
    scores = np.random.default_rng(0).normal(size=(500, 3))
    made = encoder.inverse_transform(scores)["x"]
    assert set(made.dropna()) == {"a", "b"}
    assert 100 < made.isna().sum() < 250
    assert list(made.cat.categories) == ["z", "b", "a"]


def test_ten_thousand_levels_are_one_matrix_column() -> None:
    rng = np.random.default_rng(11)
    names = np.array([f"shop {i}" for i in range(10_000)], dtype=object)
    column = np.concatenate([names, rng.choice(names, 20_000), [None] * 50])
    y = (rng.random(len(column)) < 0.05).astype(int)
    encoder, X = fit_one(column, y)
    assert encoder.spans == (("number", 1),)
    pd.testing.assert_frame_equal(encoder.inverse_transform(encoder.transform(X, 0)), X)
    made = encoder.inverse_transform(rng.normal(size=(5000, 1)))["x"]
    assert set(made.dropna()) <= set(names)
    sigmoid = TableEncoder(numbers="minmax").fit(X, y, n_classes=2)
    matrix = sigmoid.transform(X, 0)
    assert ((matrix >= 0) & (matrix <= 1)).all()
    pd.testing.assert_frame_equal(sigmoid.inverse_transform(matrix), X)


def test_levels_on_the_line_stand_in_the_order_of_the_rare_share() -> None:
    counts = np.array([[50, 50], [90, 1], [10, 40], [100, 1], [5, 100]])
    share = (counts + counts.sum(axis=0) / counts.sum())[:, 1] / (counts.sum(axis=1) + 1)
    assert line_order(counts) == list(np.argsort(share))
    # Three classes: levels of one class stand together.
    pure = np.array([[9, 0, 0], [0, 0, 9], [0, 9, 0], [0, 0, 8], [8, 0, 0], [0, 9, 0]])
    order = line_order(pure)
    groups = [int(pure[i].argmax()) for i in order]
    assert sum(a != b for a, b in pairwise(groups)) == 2
    # Ties go by frequency, then by the order of the levels; one class has no axis.
    assert line_order(np.array([[3], [1], [3]])) == [1, 0, 2]


def test_constant_columns_take_no_room() -> None:
    X = pd.DataFrame({"a": [1.5] * 4, "b": ["x"] * 4})
    encoder = TableEncoder().fit(X, np.array([0, 0, 1, 1]), n_classes=2)
    assert encoder.width == 0
    matrix = encoder.transform(X, 0)
    assert matrix.shape == (4, 0)
    pd.testing.assert_frame_equal(encoder.inverse_transform(matrix), X)


def test_numbers_stand_before_categories() -> None:
    X = [["a", 1.5, True, 1], ["b", 2.5, False, None], ["a", 3.5, True, 5]]
    y = np.zeros(3, dtype=int)
    assert TableEncoder().fit(X, y, n_classes=1).spans == (
        ("number", 1),
        ("number", 1),
        ("category", 2),
        ("category", 2),
        ("category", 2),
    )
    spans = TableEncoder(numbers="minmax").fit(X, y, n_classes=1).spans
    assert spans == (("number", 1), ("number", 1), ("category", 2), ("category", 2), ("category", 2))


def test_kinds_are_inferred() -> None:
    X = pd.DataFrame(
        {
            "f": [1.5, 2.0, 3.0],
            "w": [1.0, np.nan, 3.0],
            "i": [1, 2, 3],
            "b": [True, False, True],
            "c": ["a", "b", "a"],
            "o": pd.Series([1, "b", 2], dtype=object),
            "d": pd.to_datetime(["2020-01-01", "2020-01-02", None]),
            "t": pd.to_timedelta([1, 2, 3], unit="h"),
            "k": [None, None, None],
            "m": ["a", None, "a"],
        }
    )
    encoder = TableEncoder().fit(X, np.zeros(3, dtype=int), n_classes=1)
    assert [column.kind for column in encoder.schema_.columns] == [
        "continuous", "integer", "integer", "boolean", "categorical", "categorical", "datetime", "timedelta",
        "constant", "categorical",
    ]  # fmt: skip


# --- identifiers -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "values",
    [
        [f"id-{i}" for i in range(20)],
        np.random.default_rng(0).permutation(5000) + 17,
        np.random.default_rng(0).permutation(30).astype(float),
        [f"id-{i}" for i in range(20)] + [None],
        [*range(5000), 4999, 5001],
    ],
)
def test_an_identifier_column_warns(values: object) -> None:
    with pytest.warns(IdentifierColumnWarning, match="Columns that look like identifiers: 'x'.*Drop them"):
        fit_one(values, np.arange(len(values)) % 2)


@pytest.mark.parametrize(
    "values",
    [
        [f"id-{i}" for i in range(19)],
        np.random.default_rng(0).normal(size=50),
        list(range(0, 60, 2)),
    ],
)
def test_other_columns_do_not_warn(values: object) -> None:
    # Warnings are errors in this suite.
    fit_one(values, np.arange(len(values)) % 2)


# --- the line itself -------------------------------------------------------------------------------------


@pytest.mark.parametrize("link", ["normal", "uniform"])
@given(st.lists(st.sampled_from([0.0, 1e-12, 1e-6, 0.1, 1.0, 30.0]), min_size=0, max_size=40), st.integers(0, 50))
def test_points_of_a_scale_decode_to_themselves(link: str, tail: list[float], seed: int) -> None:
    masses = np.array([1.0, *tail]) if len(tail) % 2 == 0 else np.array([1.0, *tail, 0.5])
    scale = Scale.from_masses(masses, link)
    widths = np.diff(scale._ends)
    assert (widths[masses > 0] > MIN_MASS / 4).all()
    assert (widths[masses == 0] == 0).all()
    # Points that another point covers (no mass, closed gap on the right) cannot be told apart.
    distinct = [i for i in range(scale.n_points) if masses[2 * i] > 0 or i == 0 or masses[2 * i - 1] > 0]
    distinct = [i for i in distinct if masses[2 * i] > 0 or (2 * i + 1 < len(masses) and masses[2 * i + 1] > 0)]
    index = np.repeat(distinct, 20)
    matrix = scale.encode(index, np.zeros(len(index)), np.random.default_rng(seed).random(len(index)))
    found, fraction = scale.decode(matrix)
    np.testing.assert_array_equal(found, index)
    assert (fraction == 0).all()


def test_a_value_in_a_closed_gap_goes_to_the_nearer_point_and_moves_no_other_row() -> None:
    encoder, X = fit_one([0, 0, 0, 0, 100, 100, 100, 100], np.zeros(8, dtype=int))
    other = pd.DataFrame({"x": [0, 49, 51, 100, 100, -7, 200, 0]})
    known = pd.DataFrame({"x": [0, 0, 100, 100, 100, 0, 100, 0]})
    matrix = encoder.transform(other, 0)
    np.testing.assert_array_equal(matrix, encoder.transform(known, 0))
    pd.testing.assert_frame_equal(encoder.inverse_transform(matrix), known)
    assert set(encoder.inverse_transform(encoder.transform(X, 1))["x"]) == {0, 100}


def test_the_same_generator_makes_the_same_matrix() -> None:
    encoder, X = fit_one([0, 0, 0, 1, 1, 2, 0, 1], np.zeros(8, dtype=int))
    first, second = (encoder.transform(X, 3) for _ in range(2))
    np.testing.assert_array_equal(first, second)
    assert (first != encoder.transform(X, 4)).any()


def test_a_diverged_generator_is_named() -> None:
    encoder, _ = fit_one([0.5, 1.5, 2.5], np.zeros(3, dtype=int))
    with pytest.raises(DataError, match=r"must not hold NaN .first in row 1.*diverged"):
        encoder.inverse_transform(np.array([[0.0], [np.nan]]))
    with pytest.raises(DataError, match=r"shape \(n, 1\), got \(2, 3\)"):
        encoder.inverse_transform(np.zeros((2, 3)))


@given(cuts=st.lists(st.integers(0, 2600), max_size=4), seed=st.integers(0, 100))
@settings(max_examples=20)
def test_the_parts_of_a_stream_encode_as_the_whole_table_does_wherever_it_is_cut(cuts, seed):
    rng = np.random.default_rng(0)
    amount = np.where(rng.random(2600) < 0.1, np.nan, rng.integers(0, 30, 2600))
    code = rng.integers(0, 90, 2600).astype(str)
    X = pd.DataFrame({"amount": amount, "price": rng.lognormal(size=2600), "code": code})
    encoder = TableEncoder().fit(X, np.arange(2600) % 2, n_classes=2)
    ends = [0, *sorted(set(cuts) - {0, 2600}), 2600]
    parts = [encoder.transform(X.iloc[a:b], seed, start=a) for a, b in pairwise(ends)]
    np.testing.assert_array_equal(np.concatenate(parts), encoder.transform(X, seed))


def test_adding_a_column_moves_no_draw_of_the_others():
    X = pd.DataFrame({"a": [0, 0, 0, 1, 1, 2] * 10, "b": [3, 3, 4, 4, 5, 5] * 10})
    y = np.arange(60) % 2
    alone = TableEncoder().fit(X[["a"]], y, n_classes=2, kinds={"a": "continuous"}).transform(X[["a"]], 0)
    both = TableEncoder().fit(X, y, n_classes=2, kinds={"a": "continuous", "b": "continuous"}).transform(X, 0)
    np.testing.assert_array_equal(both[:, 0], alone[:, 0])
    assert (both[:, 0] != both[:, 1]).any()
