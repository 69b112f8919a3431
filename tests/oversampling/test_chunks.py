"""Rows are generated and decoded chunk by chunk: the same rows, and never the matrix of all of them."""

import warnings
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from imbgan import GANOverSampler, TabularGAN
from imbgan.oversampling import chunks
from imbgan.oversampling.chunks import chunks_of
from imbgan.tabular import TableEncoder

pd = pytest.importorskip("pandas")

ranges = st.lists(
    st.tuples(st.integers(0, 3), st.integers(0, 9000), st.integers(0, 9000)).map(
        lambda drawn: (drawn[0], drawn[1], drawn[1] + drawn[2])
    ),
    min_size=1,
    max_size=4,
)


@given(ranges, st.integers(0, 4096))
def test_chunks_hold_every_row_once_in_order_and_no_block_is_generated_twice(wanted, width):
    found = chunks_of(wanted, width)
    rows = [(code, row) for code, start, stop in wanted for row in range(start, stop)]
    assert [(chunk.code, row) for chunk in found for row in range(chunk.start, chunk.stop)] == rows
    assert [chunk.place for chunk in found] == np.cumsum([0, *(c.stop - c.start for c in found)])[:-1].tolist()
    most = max(chunks.CHUNK_CELLS // max(width, 1), chunks.BLOCK_ROWS)
    assert all(chunk.stop - chunk.start <= most for chunk in found)
    inner = [second for first, second in pairwise(found) if first.stop == second.start]
    assert all(chunk.start % chunks.BLOCK_ROWS == 0 for chunk in inner if chunk.place and chunk.start)


@pytest.fixture(scope="module")
def learned():
    rng = np.random.default_rng(0)
    y = np.repeat(["common", "rare"], [200, 100])
    number = np.where(rng.random(300) < 0.6, 0.0, rng.normal(size=300))
    X = pd.DataFrame({"number": number, "city": rng.choice(["Bern", "Lima", "Oslo"], 300), "key": range(1000, 1300)})
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # what so few steps have learned is poor
        return X, y, TabularGAN(max_iter=10, random_state=0).fit(X, y)


@pytest.mark.parametrize("cores", [1, 3])
def test_rows_depend_neither_on_chunks_nor_on_threads(learned, monkeypatch, cores):
    _, _, gan = learned
    whole = gan.sample(5000, label="rare", start=700)
    decoded: list[int] = []
    decode = TableEncoder.decode

    def counted(self, matrix, **options):
        decoded.append(len(matrix))
        return decode(self, matrix, **options)

    monkeypatch.setattr(TableEncoder, "decode", counted)
    monkeypatch.setattr(chunks, "CHUNK_CELLS", 1)
    monkeypatch.setattr("imbgan._threads.os.sched_getaffinity", lambda process: set(range(cores)), raising=False)
    pd.testing.assert_frame_equal(gan.sample(5000, label="rare", start=700), whole)
    assert sorted(decoded) == [324, 580, 1024, 1024, 1024, 1024]


@pytest.mark.filterwarnings("ignore::imbgan.GenerationQualityWarning")
def test_the_sampler_judges_the_rows_of_each_chunk(learned, monkeypatch):
    X, y, _ = learned

    def resample():
        sampler = GANOverSampler(max_iter=10, random_state=0, sampling_strategy={"rare": 2500})
        table, _ = sampler.fit_resample(X.drop(columns="key"), y)
        return table, sampler.sample_weight_

    whole, weights = resample()
    monkeypatch.setattr(chunks, "CHUNK_CELLS", 1)
    parts, weights_of_parts = resample()
    pd.testing.assert_frame_equal(parts, whole)
    np.testing.assert_array_equal(weights_of_parts, weights)


def test_an_error_in_a_chunk_is_raised(learned, monkeypatch):
    _, _, gan = learned
    monkeypatch.setattr(chunks, "CHUNK_CELLS", 1)
    monkeypatch.setattr(TabularGAN, "_parts", lambda *arguments: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        gan.sample(3000, label="rare")


def test_more_rows_than_memory_holds_are_an_error_at_once(learned):
    _, _, gan = learned
    with pytest.raises(MemoryError):
        gan.sample(2**40, label="rare")
