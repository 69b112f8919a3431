"""``fit_stream``: tables that are read in batches, and never held as a whole."""

import itertools
import warnings
from pathlib import Path

import numpy as np
import pandas as pd
import polars as pl
import pytest
from safetensors.numpy import load_file

from imbgan import GANOverSampler, TabularGAN, open_data_set
from imbgan.exceptions import DataError, DataTypeError, IdentifierColumnWarning, ParameterError, TargetLeakWarning
from imbgan.oversampling.streaming import survey_of, survey_seed
from imbgan.tabular.reservoir import ReservoirSize
from imbgan.tabular.survey import Surveyed

pytestmark = pytest.mark.filterwarnings("ignore::imbgan.GenerationQualityWarning")
QUICK = {"max_iter": 20, "n_generators": 1, "random_state": 0}
CUTS = [(), (1, 40, 41), tuple(range(7, 80, 7))]


def parts_of(X, y, cuts):
    ends = [0, *cuts, len(y)]
    return [(X[a:b], y[a:b]) for a, b in itertools.pairwise(ends)]


def saved(gan: TabularGAN, path: Path) -> tuple[str, dict[str, list]]:
    """Return all that a model is made of, but for how long it took."""
    gan.save(path)
    arrays = load_file(path / "weights.safetensors")
    del arrays["history/seconds"]
    return (path / "model.json").read_text(), {name: [array.shape, array.tobytes()] for name, array in arrays.items()}


@pytest.fixture
def embeddings(mixed_table):
    """A table with a column of vectors, missing values and all kinds."""
    X, y = mixed_table
    vectors = np.random.default_rng(0).normal(size=(len(X), 4))
    return X.assign(vector=list(vectors)), y


@pytest.mark.parametrize("cuts", CUTS)
@pytest.mark.parametrize("library", ["pandas", "polars"])
def test_a_table_that_fits_into_the_reservoir_gives_the_model_of_fit(tmp_path, embeddings, cuts, library):
    X, y = embeddings
    if library == "polars":
        X, y = pl.from_pandas(X.astype({"grade": str})), pl.Series(y.to_list())
    whole = TabularGAN(**QUICK).fit(X, y)
    stream = TabularGAN(**QUICK).fit_stream(parts_of(X, y, cuts))
    assert saved(stream, tmp_path / "a") == saved(whole, tmp_path / "b")
    rows, wanted = stream.sample(50, label="rare"), whole.sample(50, label="rare")
    assert rows.equals(wanted) if library == "polars" else rows.astype(str).equals(wanted.astype(str))


@pytest.mark.parametrize("cuts", [(), (40,)])
def test_rows_without_labels_are_one_class(tmp_path, mixed_table, cuts):
    X, _ = mixed_table
    whole = TabularGAN(**QUICK).fit(X)
    batches = [(part, None) for part, _ in parts_of(X, X.index, cuts)]
    stream = TabularGAN(**QUICK).fit_stream(iter(batches))
    assert not stream.is_labeled_
    assert saved(stream, tmp_path / "a") == saved(whole, tmp_path / "b")
    assert len(stream.sample(5)) == 5
    part = TabularGAN(**QUICK).fit_stream(batches, size=ReservoirSize(per_class=20, of_largest=30))
    assert part.class_counts_.tolist() == [len(X)]
    assert not part.is_labeled_


def test_some_batches_without_labels_are_refused(mixed_table):
    X, y = mixed_table
    for first, second in ((y[:40], None), (None, y[40:])):
        with pytest.raises(DataError, match="Either all rows must have labels, or none"):
            TabularGAN(**QUICK).fit_stream([(X[:40], first), (X[40:], second)])


@pytest.mark.parametrize("cuts", CUTS)
def test_merged_statistics_give_it_as_well(tmp_path, monkeypatch, mixed_table, cuts):
    """Also where the encoder is built from merged statistics, as for tables that are larger than the reservoir."""
    X, y = mixed_table
    whole = saved(TabularGAN(**QUICK).fit(X, y), tmp_path / "whole")
    monkeypatch.setattr(Surveyed, "is_whole", False)
    assert saved(TabularGAN(**QUICK).fit_stream(parts_of(X, y, cuts)), tmp_path / "parts") == whole


def large(n: int = 900) -> tuple[pd.DataFrame, np.ndarray]:
    rng = np.random.default_rng(1)
    y = np.where(np.arange(n) % 30 == 0, "rare", np.where(np.arange(n) % 3 == 0, "other", "common"))
    X = pd.DataFrame({"x": rng.normal(size=n), "n": rng.poisson(3, size=n), "level": rng.choice(list("abc"), size=n)})
    X.loc[n - 1, "level"] = "only here"
    return X, y


SIZE = ReservoirSize(per_class=120, of_largest=60)


def test_beyond_the_reservoir_counts_and_encoding_are_those_of_all_rows(tmp_path):
    X, y = large()
    gan = TabularGAN(**QUICK).fit_stream(parts_of(X, y, (100, 101, 500)), size=SIZE)
    assert dict(zip(gan.classes_.tolist(), gan.class_counts_.tolist(), strict=True)) == {
        "common": 600,
        "other": 270,
        "rare": 30,
    }
    assert [width for kind, width in gan.encoder_.spans if kind == "category"] == [4]
    assert gan.sample(2000, label="other")["x"].between(X["x"].min(), X["x"].max()).all()
    again = TabularGAN(**QUICK).fit_stream(parts_of(X, y, (450,)), size=SIZE)
    assert saved(again, tmp_path / "a") == saved(gan, tmp_path / "b")
    other = TabularGAN(**{**QUICK, "random_state": 1}).fit_stream(parts_of(X, y, (450,)), size=SIZE)
    assert saved(other, tmp_path / "c") != saved(gan, tmp_path / "d")


def test_a_survey_of_workers_gives_the_model_of_one(tmp_path):
    X, y = large()
    rows = np.split(np.arange(len(y)), (300, 600))
    parts = [(*part, 0, each, "") for part, each in zip(parts_of(X, y, (300, 600)), rows, strict=True)]
    found = survey_of(parts, kinds=None, seed=survey_seed(0), size=SIZE, rules=None)
    one = TabularGAN(**QUICK).fit_surveyed(found)
    assert saved(one, tmp_path / "a") == saved(TabularGAN(**QUICK).fit_stream([(X, y)], size=SIZE), tmp_path / "b")


def test_the_sampler_generates_what_the_whole_table_lacks():
    X, y = large()
    sampler = GANOverSampler(**QUICK).fit_stream(parts_of(X, y, (400,)), size=SIZE)
    assert sampler.sampling_strategy_ == {"other": 330, "rare": 570}
    small, big = (list(sampler.sample_stream(n)) for n in (100, 10_000))
    assert [len(rows) for rows, _ in small] == [100, 100, 100, 30, 100, 100, 100, 100, 100, 70]
    assert pd.concat([rows for rows, _ in small], ignore_index=True).equals(
        pd.concat([rows for rows, _ in big], ignore_index=True)
    )
    assert [set(labels.tolist()) for _, labels in big] == [{"other"}, {"rare"}]
    assert sampler.feature_names_in_.tolist() == ["x", "n", "level"]
    assert sampler.quality_.class_counts["rare"] == (30, 570)


def test_the_sampler_gives_the_rows_of_fit_resample():
    X, y = large(300)
    whole = GANOverSampler(**QUICK)
    rows, labels = whole.fit_resample(X, y)
    stream = GANOverSampler(**QUICK).fit_stream(parts_of(X, y, (50, 120)))
    parts = list(stream.sample_stream(64))
    generated = pd.concat([part for part, _ in parts], ignore_index=True)
    assert generated.equals(rows[len(X) :].reset_index(drop=True))
    assert np.concatenate([part for _, part in parts]).tolist() == labels[len(X) :].tolist()
    assert stream.sampling_strategy_ == whole.sampling_strategy_


@pytest.mark.parametrize("strategy", ["all", "minority", 0.5, {"b": 70}])
def test_strategies_are_those_of_fit_resample(strategy):
    X, y = np.random.default_rng(0).normal(size=(120, 2)), np.repeat(["a", "b"], [100, 20])
    one = GANOverSampler(sampling_strategy=strategy, **QUICK).fit(X, y)
    other = GANOverSampler(sampling_strategy=strategy, **QUICK).fit_stream(parts_of(X, y, (60,)))
    assert one.sampling_strategy_ == other.sampling_strategy_


def test_a_balanced_table_trains_nothing():
    X, y = np.random.default_rng(0).normal(size=(40, 2)), np.repeat([0, 1], 20)
    sampler = GANOverSampler(**QUICK).fit_stream(parts_of(X, y, (20,)))
    assert list(sampler.sample_stream()) == []
    assert not hasattr(sampler, "gan_")


def test_texts_are_learned_as_vectors_of_the_reservoir():
    rng = np.random.default_rng(0)
    words = ["the", "cat", "sat", "on", "a", "mat", "while", "rain", "fell", "over", "old", "town", "and", "no", "one"]
    texts = [" ".join(rng.choice(words, size=8)) + f" {i}" for i in range(300)]
    X = pd.DataFrame({"x": rng.normal(size=300), "note": texts})
    y = np.where(np.arange(300) % 10 == 0, "rare", "common")
    size = ReservoirSize(per_class=100, of_largest=100)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        gan = TabularGAN(**QUICK, kinds={"note": "text"}).fit_stream(parts_of(X, y, (111,)), size=size)
    rows = gan.sample(5, label="rare")
    assert rows.columns.tolist() == ["x", "note"]
    assert rows["note"].isna().all()
    assert gan.class_counts_.tolist() == [270, 30]


def test_identifiers_and_leaks_are_found():
    X, y = large()
    X = X.assign(key=[f"C-{i:04d}" for i in range(len(X))], leak=np.where(y == "rare", 1, np.where(y == "other", 2, 3)))
    with pytest.warns(IdentifierColumnWarning, match="'key'"), pytest.warns(TargetLeakWarning, match="'leak'"):
        gan = TabularGAN(**QUICK).fit_stream(parts_of(X, y, (450,)), size=SIZE)
    assert not set(gan.sample(500, label="rare")["key"]) & set(X["key"])


def test_a_data_set_is_learned_like_its_table(tmp_path):
    X, y = large()
    frame = pl.from_pandas(X).with_columns(pl.Series("label", y))
    for i, part in enumerate(frame.iter_slices(250)):
        part.write_parquet(tmp_path / f"part-{i}.parquet")
    found = open_data_set(tmp_path)
    gan = TabularGAN(**QUICK).fit_stream(found.labeled("label"))
    assert saved(gan, tmp_path / "a") == saved(TabularGAN(**QUICK).fit(pl.from_pandas(X), y), tmp_path / "b")


def test_errors():
    X, y = large(60)
    gan = TabularGAN(**QUICK)
    with pytest.raises(DataTypeError, match="must be a pair"):
        gan.fit_stream([X])
    with pytest.raises(DataError, match="holds no rows"):
        gan.fit_stream([])
    with pytest.raises(DataError, match=r"^The rows from 30 \(from 0\): X and y must have the same number of rows"):
        gan.fit_stream([(X[:30], y[:30]), (X[30:], y[30:50])])
    sampler = GANOverSampler(**QUICK)
    with pytest.raises(DataError, match="at least 2 classes"):
        sampler.fit_stream([(X, ["a"] * 60)])
    with pytest.raises(ParameterError, match="cannot be a function"):
        GANOverSampler(sampling_strategy=lambda y: {}).fit_stream([(X, y)])
    with pytest.raises(ParameterError, match="batch_size"):
        next(sampler.fit_stream([(X, y)]).sample_stream(0))
    with pytest.raises(DataError, match="has 1 sample"):
        gan.fit_stream([(X, y), (X[:1], ["new"])])
