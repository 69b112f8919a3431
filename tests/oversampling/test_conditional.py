"""Rows that meet conditions: exact, reproducible, and refused before any work where no row can be."""

import warnings
from datetime import date, time

import numpy as np
import pandas as pd
import pytest

from imbgan import GenerationQualityWarning, ParameterError
from imbgan.oversampling.conditional import CANDIDATES_PER_ROW, STRETCH


@pytest.fixture(scope="module")
def table():
    rng = np.random.default_rng(0)
    n = 300
    age = rng.integers(18, 90, n)
    X = pd.DataFrame(
        {
            "age": age,
            "income": np.where(rng.random(n) < 0.1, np.nan, rng.lognormal(3, 1, n).round(2)),
            "area": pd.Categorical(rng.choice(["rural", "urban", "town"], n, p=[0.05, 0.8, 0.15])),
            "member": rng.random(n) < 0.5,
            "visits": rng.choice([0, 1], n),
            "since": pd.Timestamp("2020-01-01") + pd.to_timedelta(rng.integers(0, 900, n), unit="D"),
            "fixed": "x",
            "day": pd.Timestamp("2024-05-01"),
            "opened": pd.Timestamp("2020-12-01", tz="Europe/Berlin")
            + pd.to_timedelta(rng.integers(0, 150_000, n), unit="min"),
            "lasts": pd.to_timedelta(rng.integers(0, 4000, n), unit="min"),
            "at": [time(int(hour), 15) for hour in rng.integers(0, 24, n)],
            "code": pd.Categorical(rng.choice([1, 2, 30], n)),
            "number": rng.integers(0, 2**64 - 1, n, dtype=np.uint64),
            "mail": [f"p{i}@example.org" for i in range(n)],
        }
    )
    return X, np.where(age + rng.normal(0, 10, n) > 75, "rare", "common")


@pytest.fixture(scope="module")
def gan(table):
    from imbgan import TabularGAN

    options = {"chunk_size": 10, "generator_hidden": (16,), "discriminator_hidden": (16,), "latent_dim": 8}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return TabularGAN(max_iter=10, n_generators=1, random_state=0, train_options=options).fit(*table)


CASES = [
    ({"age": (20, 30)}, lambda X: X.age.between(20, 30)),
    ({"age": [21, 22]}, lambda X: X.age.isin([21, 22])),
    ({"income": (None, 5.0)}, lambda X: X.income <= 5.0),
    ({"income": None}, lambda X: X.income.isna()),
    ({"area": "rural"}, lambda X: X.area == "rural"),
    ({"area": {"rural", "town"}, "age": (60, None)}, lambda X: X.area.isin(["rural", "town"]) & (X.age >= 60)),
    ({"member": True}, lambda X: X.member),
    ({"visits": 1}, lambda X: X.visits == 1),
    ({"since": (date(2021, 1, 1), "2021-01-31")}, lambda X: X.since.between("2021-01-01", "2021-01-31")),
    ({"fixed": "x"}, lambda X: X.fixed == "x"),
    ({"age": (18, 19), "area": "rural", "income": (None, 2)}, lambda X: (X.age < 20) & (X.income <= 2)),
    ({"age": [(20, 25), (60, 65), 70]}, lambda X: X.age.between(20, 25) | X.age.between(60, 65) | (X.age == 70)),
    ({"age": range(30, 40)}, lambda X: X.age.between(30, 39)),
    ({"age": np.array([30, 31]), "area": pd.Series(["rural", "town"])}, lambda X: X.age.isin([30, 31])),
    ({"income": [np.nan, (None, 5)]}, lambda X: X.income.isna() | (X.income <= 5)),
    ({"income": pd.NA}, lambda X: X.income.isna()),
    ({"since": "2021-01"}, lambda X: X.since.dt.strftime("%Y-%m") == "2021-01"),
    ({"opened": "2021", "at": ("8:00", "12:00")}, lambda X: X.opened.dt.year == 2021),
    ({"opened": (None, "2021-01-31")}, lambda X: X.opened.dt.tz_localize(None) < "2021-02-01"),
    ({"lasts": ("1 h", pd.Timedelta("1D"))}, lambda X: X.lasts.between("1h", "1D")),
    ({"code": 2.0, "number": (2**63, 2**65)}, lambda X: (X.code == 2) & (X.number >= 2**63)),
    ({"day": "2024-05-01", "member": [0, 1]}, lambda X: X.day == "2024-05-01"),
]


@pytest.mark.filterwarnings("ignore::imbgan.GenerationQualityWarning")
@pytest.mark.parametrize(("where", "meets"), CASES)
def test_each_row_meets_all_conditions(gan, table, where, meets):
    rows, y = gan.sample({"rare": 40, "common": 30}, where=where)
    assert meets(rows).all()
    assert (y == ["common"] * 30 + ["rare"] * 40).all()
    assert (rows.dtypes == table[0].dtypes).all()
    assert isinstance(rows.index, pd.RangeIndex)
    for record, n in zip(gan.conditions_.classes, (30, 40), strict=True):
        assert record.n_kept + record.n_moved == n
        assert record.n_candidates <= max(STRETCH, CANDIDATES_PER_ROW * n + STRETCH)


def test_kept_rows_are_those_of_the_endless_table(gan):
    rows = gan.sample(50, label="rare", where={"member": True})
    assert gan.conditions_.n_moved == 0
    every = gan.sample(1024, label="rare")
    pd.testing.assert_frame_equal(rows, every[every.member].head(50).reset_index(drop=True))


@pytest.mark.filterwarnings("ignore::imbgan.GenerationQualityWarning")
@pytest.mark.parametrize("where", [{"member": True}, {"age": (18, 19), "area": "rural", "income": (None, 2)}])
def test_rows_of_two_calls_are_those_of_one(gan, where):
    whole = gan.sample(130, label="rare", where=where)
    parts = [gan.sample(110, label="rare", where=where), gan.sample(20, label="rare", where=where, start=110)]
    pd.testing.assert_frame_equal(whole, pd.concat(parts, ignore_index=True))


def test_moved_rows_are_told(gan):
    with pytest.warns(GenerationQualityWarning, match="rows were moved"):
        rows = gan.sample(20, label="rare", where={"age": (18, 18), "area": "rural", "income": (None, 2)})
    (record,) = gan.conditions_.classes
    assert record.n_moved > 0
    assert record.departure > 0
    assert rows.mail.is_unique
    assert "moved" in str(gan.conditions_)


@pytest.mark.parametrize(
    ("where", "message"),
    [
        ({}, "must map columns"),
        ("age", "must map columns"),
        ({"agee": 3}, "Did you mean 'age'"),
        ({"area": "rurl"}, "Did you mean 'rural'"),
        ({"area": []}, "at least one value"),
        ({"area": ("rural", "town")}, "Pass a list"),
        ({"area": None}, "no cell of this column is missing"),
        ({"age": (30, 20)}, "low must be at most high"),
        ({"age": (1, 2, 3)}, "a pair"),
        ({"age": (200, None)}, "values observed are 18 to"),
        ({"age": 20.5}, "no row can hold"),
        ({"age": "old"}, "must be a number"),
        ({"age": (float("nan"), 3)}, "use None for an open end"),
        ({"age": float("nan")}, "no cell of this column is missing"),
        ({"age": True}, "must be a number"),
        ({"age": [(30, 40), (1, 2, 3)]}, "a pair"),
        ({"age": np.array([])}, "at least one value"),
        ({"area": [["rural"]]}, "must be levels"),
        ({"code": True}, "must be levels"),
        ({"visits": (0.2, 0.8)}, "no row can meet it"),
        ({"since": "soon"}, "must be a date or time"),
        ({"since": pd.Timestamp("2021-01-01", tz="UTC")}, "the column has none"),
        ({"since": "2021-01-01 12:00"}, "nearest values that can be generated are 20"),
        ({"at": ("22:00", "02:00")}, "Midnight ends an interval"),
        ({"lasts": 60}, "must be a duration"),
        ({"lasts": "99 days"}, "values observed are .* to 2 days"),
        ({"day": "2024-05-02"}, "each row holds 2024-05-01"),
        ({"label": "rare"}, "For a class, use 'label'"),
        ({"fixed": "y"}, "each row holds 'x'"),
        ({"mail": "p1@example.org"}, "kind identifier"),
    ],
)
def test_bad_conditions_are_refused_before_any_work(gan, monkeypatch, where, message):
    monkeypatch.setattr(type(gan), "_sample_rows", lambda *_: pytest.fail("rows were generated"))
    with pytest.raises(ParameterError, match=message):
        gan.sample(3, label="rare", where=where)


def test_conditions_on_columns_of_rules(table):
    from imbgan import TabularGAN, less

    rng = np.random.default_rng(1)
    X, y = table
    X = X[["age", "area"]].assign(until=X.age + rng.integers(0, 20, len(X)))
    options = {"chunk_size": 10, "generator_hidden": (16,), "discriminator_hidden": (16,), "latent_dim": 8}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        gan = TabularGAN(
            rules=[less("age", "until")], max_iter=10, n_generators=1, random_state=0, train_options=options
        ).fit(X, y)
        rows = gan.sample(30, label="rare", where={"until": (50, 60), "area": "rural", "age": (40, None)})
    assert rows.until.between(50, 60).all()
    assert (rows.area == "rural").all()
    assert rows.age.between(40, rows.until).all()
    with pytest.raises(ParameterError, match=r"Too few rows meet all conditions.* meet that on 'until', .* on 'age'"):
        gan.sample(30, label="rare", where={"until": (18, 20), "age": (60, None)})


@pytest.fixture(scope="module")
def places():
    """Return a model of a table whose columns of places are one category of joint levels, some of them rare."""
    from imbgan import TabularGAN, only_together

    rng = np.random.default_rng(0)
    place = np.sort(rng.choice(90, 600, p=np.r_[0.8, np.full(89, 0.2 / 89)]))
    X = pd.DataFrame(
        {
            "city": np.char.add("city ", place.astype(str)),
            "country": np.where(place == 89, None, np.array(["F", "I", "D"], object)[place % 3]),
            "zip": place * 10,
            "opened": pd.Timestamp("2020-01-01") + pd.to_timedelta(place, unit="D"),
            "in_union": place % 2 == 0,
            "size": rng.normal(size=600),
        }
    )
    options = {"chunk_size": 10, "generator_hidden": (16,), "discriminator_hidden": (16,), "latent_dim": 8}
    rules = [only_together("city", "country", "zip", "opened", "in_union")]
    models = []
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for max_levels in (64, 128):  # one column for all joint levels, and one for each
            models.append(
                TabularGAN(
                    rules=rules,
                    max_iter=10,
                    n_generators=1,
                    random_state=0,
                    max_levels=max_levels,
                    train_options=options,
                ).fit(X, rng.integers(0, 2, 600))
            )
    return X, rules[0], models


@pytest.mark.filterwarnings("ignore::imbgan.GenerationQualityWarning")
@pytest.mark.parametrize(
    ("where", "meets"),
    [
        ({"city": "city 57"}, lambda X: X.city == "city 57"),
        ({"zip": (200, 300), "country": ["F", "D"]}, lambda X: X.zip.between(200, 300) & X.country.isin(["F", "D"])),
        ({"opened": "2020-03", "in_union": 1}, lambda X: (X.opened.dt.month == 3) & X.in_union),
        ({"country": None, "size": (0, None)}, lambda X: X.country.isna() & (X["size"] >= 0)),
    ],
)
def test_conditions_on_joint_columns_are_met_by_construction(places, where, meets):
    X, rule, models = places
    for gan in models:
        rows = gan.sample(40, label=1, where=where)
        assert meets(rows).all()
        assert not rule.like(X).broken(rows).any()


@pytest.mark.parametrize(
    ("where", "message"),
    [
        ({"city": "city 91"}, "Did you mean 'city 9"),
        ({"city": None}, "no cell of this column is missing"),
        ({"city": ("city 1", "city 2")}, "Pass a list"),
        ({"zip": 15}, "no row can meet it, since the values are 0, 10, "),
        ({"zip": "10"}, "must be a number"),
        ({"in_union": "yes"}, "must be levels of the column"),
        ({"city": "city 4", "country": "D"}, "No row can meet all conditions of 'where' on 'city', 'country'"),
        ({"opened": "2021"}, "no row can meet it"),
    ],
)
def test_bad_conditions_on_joint_columns_are_refused_before_any_work(places, monkeypatch, where, message):
    gan = places[2][0]
    monkeypatch.setattr(type(gan), "_sample_rows", lambda *_: pytest.fail("rows were generated"))
    with pytest.raises(ParameterError, match=message):
        gan.sample(3, label=1, where=where)
