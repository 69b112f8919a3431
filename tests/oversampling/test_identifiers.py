"""No generated row holds data of a real person, unless it is asked for."""

import numpy as np
import pandas as pd
import pytest

from imbgan import IdentifierColumnWarning, TabularGAN

pytestmark = pytest.mark.filterwarnings("ignore::imbgan.GenerationQualityWarning")
N = 1200
PERSONAL = ("id", "customer", "email", "phone", "name")


@pytest.fixture(scope="module")
def people():
    rng = np.random.default_rng(0)
    X = pd.DataFrame(
        {
            "id": rng.permutation(N) + 1,
            "customer": [f"CUST-{i:06d}" for i in rng.permutation(N)],
            "email": [f"person{i % 300}@example.com" for i in rng.permutation(N)],
            "phone": [f"+1 555 {i:07d}" for i in rng.integers(0, 10**7, N)],
            "name": [f"Anna{a} Meier{b}" for a, b in rng.integers(0, 60, (N, 2))],
            "income": rng.integers(15_000, 200_000, N),
            "age": rng.integers(18, 90, N),
        }
    )
    return X, np.where(np.arange(N) < 100, "fraud", "ok")


def test_of_1000_generated_rows_none_holds_a_real_identifier(people, quick_sampler):
    X, y = people
    sampler = quick_sampler()
    with pytest.warns(IdentifierColumnWarning, match="'customer' .*fresh values that no row") as caught:
        X_resampled, _ = sampler.fit_resample(X, y)
    assert len([each for each in caught if each.category is IdentifierColumnWarning]) == 1
    rows = X_resampled[sampler.synthetic_mask_]
    assert len(rows) == 1000
    assert (X_resampled.dtypes == X.dtypes).all()
    for name in PERSONAL:
        assert not set(rows[name]) & set(X[name]), name
        assert rows[name].is_unique, name
    # The others are learned: generated values lie among the real ones.
    assert rows["income"].between(X["income"].min(), X["income"].max()).all()
    assert rows["income"].nunique() > 100


def test_rows_are_addressable_and_classes_share_no_identifier(people, quick_gan, tmp_path):
    X, y = people
    with pytest.warns(IdentifierColumnWarning):
        gan = quick_gan().fit(X, y)
    whole = gan.sample(1500, label="fraud")
    part = gan.sample(300, label="fraud", start=1100)
    assert part.equals(whole[1100:1400].reset_index(drop=True))
    others = gan.sample(1500, label="ok")
    for name in PERSONAL:
        assert not set(whole[name]) & set(others[name]), name
    gan.save(tmp_path / "model")
    document = (tmp_path / "model" / "model.json").read_text(encoding="utf-8")
    assert not [value for name in PERSONAL[1:] for value in X[name] if value in document]
    loaded = TabularGAN.load(tmp_path / "model")
    assert loaded.sample(300, label="fraud", start=1100).equals(part)


def test_keep_and_missing(people, quick_sampler):
    X, y = people
    for chosen in ("keep", "missing"):
        sampler = quick_sampler(identifiers=chosen, kinds={"id": "integer"})
        with pytest.warns(IdentifierColumnWarning):
            X_resampled, _ = sampler.fit_resample(X, y)
        rows = X_resampled[sampler.synthetic_mask_]
        assert rows["email"].isin(X["email"]).all() == (chosen == "keep")
        assert rows["email"].isna().all() == (chosen == "missing")
        assert rows["id"].isin(X["id"]).all()


def test_a_table_of_identifiers_alone_gives_fresh_ones(quick_sampler):
    X = pd.DataFrame({"id": range(60), "key": [f"k{i}" for i in range(60)]})
    sampler = quick_sampler()
    with pytest.warns(IdentifierColumnWarning):
        X_resampled, _ = sampler.fit_resample(X, np.arange(60) < 15)
    rows = X_resampled[sampler.synthetic_mask_]
    assert len(rows) == 30
    assert rows["id"].min() == 61
    assert rows["key"].is_unique


def test_categories_of_a_column_that_identifies_stay(quick_sampler):
    X = pd.DataFrame({"mail": pd.Categorical([f"u{i}@a.de" for i in range(60)]), "x": np.arange(60) % 7})
    sampler = quick_sampler()
    with pytest.warns(IdentifierColumnWarning):
        X_resampled, _ = sampler.fit_resample(X, np.arange(60) < 15)
    assert X_resampled["mail"].dtype == X["mail"].dtype
    assert X_resampled["mail"][sampler.synthetic_mask_].isna().all()


def test_an_unknown_choice_is_refused(people, quick_sampler):
    with pytest.raises(ValueError, match="'identifiers' parameter of GANOverSampler must be"):
        quick_sampler(identifiers="drop").fit_resample(*people)


def test_identifiers_are_not_judged(people, quick_sampler):
    X, y = people
    sampler = quick_sampler()
    with pytest.warns(IdentifierColumnWarning):
        sampler.fit_resample(X[["id", "email", "income", "age"]], y)
    columns = {column.name for quality in sampler.quality_.classes for column in quality.columns}
    assert columns == {"income", "age"}
