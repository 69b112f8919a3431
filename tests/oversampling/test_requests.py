"""What ``sample`` is asked for: one class, numbers per class, or the class shares of the table; rows without labels."""

import numpy as np
import pandas as pd
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from imbgan import ImageGAN, TabularGAN
from imbgan.exceptions import DataError, ParameterError
from imbgan.oversampling.requests import rows_at_shares

pytestmark = pytest.mark.filterwarnings("ignore::imbgan.GenerationQualityWarning")

CLASSES = ("common", "rare", "rarest")


@given(n=st.integers(0, 10**9), counts=st.lists(st.integers(1, 10**9), min_size=1, max_size=20))
def test_rows_at_shares_add_up_and_are_off_by_less_than_one(n, counts):
    found = rows_at_shares(n, np.array(counts))
    assert found.sum() == n
    for rows, count in zip(found.tolist(), counts, strict=True):
        assert abs(rows - n * count / sum(counts)) < 1 + 1e-6


@pytest.fixture(scope="module")
def table():
    rng = np.random.default_rng(0)
    y = rng.permutation(np.repeat(CLASSES, [150, 40, 10]))
    return pd.DataFrame({"x": rng.normal(size=200) + (y == "rare"), "kind": rng.choice(list("ab"), 200)}), y


@pytest.fixture(scope="module")
def labeled(table):
    return TabularGAN(max_iter=10, n_generators=1, random_state=0).fit(*table)


@pytest.fixture(scope="module")
def unlabeled(table):
    return TabularGAN(max_iter=10, n_generators=1, random_state=0).fit(table[0])


def test_rows_of_several_classes_are_those_of_each_class(labeled):
    X, y = labeled.sample({"rarest": 3, "common": 5}, start=7)
    assert y.tolist() == ["common"] * 5 + ["rarest"] * 3
    parts = [labeled.sample(5, label="common", start=7), labeled.sample(3, label="rarest", start=7)]
    pd.testing.assert_frame_equal(X, pd.concat(parts, ignore_index=True))


def test_without_a_label_classes_have_the_shares_of_the_table(labeled):
    X, y = labeled.sample(1000)
    assert dict(zip(*np.unique(y, return_counts=True), strict=True)) == {"common": 750, "rare": 200, "rarest": 50}
    assert len(X) == 1000
    # Few rows hold none of the rarest class.
    assert set(labeled.sample(5)[1]) == {"common", "rare"}


@pytest.mark.parametrize("n", [0, {}, {"rare": 0}])
def test_no_rows_have_the_columns_of_the_table(labeled, n):
    X, y = labeled.sample(n)
    assert (X.columns.tolist(), len(X), len(y)) == (["x", "kind"], 0, 0)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"n": {"rar": 3}}, "Did you mean 'rare'?"),
        ({"n": {"rare": -1}}, "The number of rows of class 'rare' of sample must be an int of at least 0. Got -1."),
        ({"n": {"rare": 1.5}}, "Got 1.5"),
        ({"n": True}, "The 'n' parameter of sample must be an int of at least 0. Got True."),
        ({"n": {"rare": 1}, "label": "rare"}, "Leave 'label' out"),
        ({"n": 5, "start": 1}, "Pass 'label', or a number of rows per class."),
        ({"n": {"rare": 2**60}}, "lead beyond its end"),
    ],
)
def test_bad_requests_are_refused(labeled, arguments, message):
    with pytest.raises(ParameterError) as raised:
        labeled.sample(**arguments)
    assert message in str(raised.value)


def test_a_class_that_was_not_learned_is_refused_by_name(table):
    gan = TabularGAN(max_iter=2, n_generators=1, condition="minority", random_state=0).fit(*table)
    with pytest.raises(ParameterError, match="'common' was not learned"):
        gan.sample(10)
    assert gan.sample({"rare": 2})[1].tolist() == ["rare", "rare"]


def test_rows_without_labels_are_learned_as_one_class(table, unlabeled, tmp_path):
    rows = unlabeled.sample(6, start=2)
    pd.testing.assert_frame_equal(rows, unlabeled.sample(8)[2:].reset_index(drop=True))
    assert unlabeled.class_counts_.tolist() == [200]
    logit, _ = unlabeled.discriminate(table[0])
    assert logit.shape == (200,)
    unlabeled.save(tmp_path / "model")
    loaded = TabularGAN.load(tmp_path / "model")
    assert loaded.sample(8)["x"].tolist() == unlabeled.sample(8)["x"].tolist()
    np.testing.assert_array_equal(loaded.discriminate(table[0])[0], logit)


def test_labels_are_asked_for_where_they_were_learned(table, labeled, unlabeled):
    with pytest.raises(DataError, match="must hold the labels"):
        labeled.discriminate(table[0])
    with pytest.raises(DataError, match="must be None"):
        unlabeled.discriminate(*table)


def test_rows_without_labels_come_back_in_their_container(table):
    gan = TabularGAN(max_iter=2, n_generators=1, random_state=0).fit(pl.from_pandas(table[0]))
    assert isinstance(gan.sample(3), pl.DataFrame)


def test_images_without_labels():
    images = np.random.default_rng(0).integers(0, 256, size=(24, 8, 8), dtype=np.uint8)
    gan = ImageGAN(max_iter=2, random_state=0).fit(images)
    assert gan.sample(3).shape == (3, 8, 8)
