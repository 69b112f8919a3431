"""A table of any number of rows, made block by block: 20 mixed columns, and a rare class that can be learned in part.

Block b of a seed is a pure function of (seed, b): NumPy's Philox generator takes both as its key. So a table of 50
million rows begins with the rows of the table of 5 million, and any process can make any part of it.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    import pyarrow as pa

#: Rows of a block, which is one row group, and blocks of a file.
BLOCK, BLOCKS_PER_FILE = 125_000, 8
#: The column of the labels, its rare label, and the share of rows that have it.
TARGET, RARE, SHARE = "outcome", "fraud", 0.002
#: The first block of test rows; no table of training rows is so long.
FIRST_TEST_BLOCK = 1_000_000
#: Levels of the categories.
LEVELS = {"channel": 3, "country": 40, "product": 500, "merchant": 5_000}
_CITIES = 24
_FIRST_DAY = np.datetime64("2024-01-01", "D")
Floats = NDArray[np.float64]


class _World(NamedTuple):
    """What all blocks share: shares of levels, places of cities, and how much risk a merchant and a product has."""

    shares: dict[str, Floats]
    cities: Floats
    risk_of_merchant: Floats
    risk_of_product: Floats


def _world() -> _World:
    rng = np.random.Generator(np.random.Philox(key=[0, 2**62]))
    shares = {name: _zipf(n, 0.6 if n < 100 else 0.9) for name, n in LEVELS.items()}
    cities = np.column_stack([rng.uniform(36, 60, _CITIES), rng.uniform(-9, 30, _CITIES)])
    # A merchant's rare rows: some have many times their share. It takes many rows to find out which.
    merchants = shares["merchant"] * rng.lognormal(0.0, 2.0, LEVELS["merchant"])
    products = shares["product"] * rng.lognormal(0.0, 1.0, LEVELS["product"])
    return _World(shares, cities, merchants / merchants.sum(), products / products.sum())


def _zipf(n: int, power: float) -> Floats:
    weights = np.arange(1, n + 1) ** -power
    return weights / weights.sum()


def block(number: int, *, seed: int = 0, n_rows: int = BLOCK) -> "pa.Table":
    """Return block ``number`` of a table, or its first ``n_rows`` rows.

    Parameters
    ----------
    number : int
        At least 0.
    seed : int, default=0
    n_rows : int, default=125_000

    Returns
    -------
    pyarrow.Table of shape (n_rows, 21)
        An identifier, 19 further columns, and the labels.
    """
    import pyarrow as pa

    rng = np.random.Generator(np.random.Philox(key=[seed, number]))
    world = _world()
    is_rare = rng.random(BLOCK) < SHARE
    # Rare rows of mode 5 look like common ones, which have mode -1: nothing finds them.
    mode = np.where(is_rare, rng.choice(6, BLOCK, p=[0.25, 0.2, 0.18, 0.15, 0.07, 0.15]), -1)
    columns = {**_numbers(rng, mode, world), **_categories(rng, mode, world)}
    ids = np.char.add("T", np.char.zfill((np.arange(BLOCK) + number * BLOCK).astype(str), 11))
    labels = pa.DictionaryArray.from_arrays(pa.array(is_rare.astype(np.int8)), ["regular", RARE])
    table = pa.table({"id": pa.array(ids), **columns, TARGET: labels.dictionary_decode()})
    return table.slice(0, n_rows)


def _numbers(rng: np.random.Generator, mode: NDArray[np.int_], world: _World) -> dict[str, Any]:
    """Return numbers, whole numbers, dates and places; a mode moves some of them, within the range of common rows."""
    import pyarrow as pa

    n = len(mode)
    signals = rng.standard_normal((n, 4)) @ np.linalg.cholesky(0.4 + 0.6 * np.eye(4)).T
    signals += np.array([[0, 0, 0, 0], [2.2, -1.8, 0, 0], [0, 2.0, -1.8, 0], [1.0, 0, 0, -1.5], [-2.0, 0, 0, 2.4],
                         [0, 0, -1.8, 1.8], [0, 0, 0, 0]])[mode + 1]  # fmt: skip
    age = np.clip(rng.gamma(6.0, 7.5, n) + 17.0, 18, 99).astype(np.int64)
    income = np.exp(9.9 + 0.015 * np.minimum(age, 60) + 0.55 * rng.standard_normal(n))
    amount = 5.0 * (1.0 + rng.pareto(1.8, n)) * np.exp(0.35 * signals[:, 0]) * np.where(mode == 2, 3.0, 1.0)
    balance = 0.1 * income * rng.lognormal(0.0, 1.0, n) - 2.0 * amount
    orders = rng.poisson(np.where(np.isin(mode, (0, 4)), 9.0, 3.0 + 0.03 * age))
    days_since = rng.exponential(np.where(mode == 3, 2.0, 30.0))
    ratio = np.where(rng.random(n) < np.where(mode == 1, 0.05, 0.3), 0.0, rng.beta(2.0, np.where(mode == 1, 1.5, 5.0)))
    city = rng.choice(_CITIES, n, p=_zipf(_CITIES, 0.8))
    city = np.where((mode == 2) & (rng.random(n) < 0.8), 17 + city % 4, city)
    place = world.cities[city] + rng.normal(0.0, 0.15, (n, 2))
    day = _FIRST_DAY + rng.integers(0, 730, n)
    hour = np.where((mode == 0) & (rng.random(n) < 0.8), rng.normal(3.0, 1.0, n), rng.normal(14.0, 4.5, n)) % 24.0
    moment = day.astype("datetime64[s]") + (hour * 3600).astype(np.int64)
    opened = day - rng.integers(0, np.where(mode == 4, 40, 4000))
    return {
        "amount": pa.array(amount.round(2)),
        "balance": pa.array(balance.round(2), mask=rng.random(n) < 0.03),
        "age": pa.array(age),
        "income": pa.array(income.round(-2), mask=rng.random(n) < 0.1),
        "orders": pa.array(orders),
        "days_since": pa.array(days_since.round(3), mask=rng.random(n) < 0.01),
        **{f"signal_{i}": pa.array(signals[:, i].astype(np.float32)) for i in range(4)},
        "ratio": pa.array(ratio.round(4)),
        "latitude": pa.array(place[:, 0].round(5)),
        "longitude": pa.array(place[:, 1].round(5)),
        "opened": pa.array(opened),
        "moment": pa.array(moment),
    }


def _categories(rng: np.random.Generator, mode: NDArray[np.int_], world: _World) -> dict[str, Any]:
    """Return categories of 3 to 5,000 levels."""
    import pyarrow as pa

    n = len(mode)
    rows = np.flatnonzero((mode >= 0) & (mode < 5))
    codes = {name: rng.choice(size, n, p=world.shares[name]) for name, size in LEVELS.items()}
    codes["merchant"][rows] = rng.choice(LEVELS["merchant"], len(rows), p=world.risk_of_merchant)
    codes["product"][rows] = rng.choice(LEVELS["product"], len(rows), p=world.risk_of_product)
    codes["channel"] = np.where((mode == 1) & (rng.random(n) < 0.7), 2, codes["channel"])
    codes["country"] = np.where((mode == 4) & (rng.random(n) < 0.7), 30 + codes["country"] % 10, codes["country"])
    missing = {"channel": None, "country": rng.random(n) < 0.02, "product": None, "merchant": None}
    return {
        name: pa.DictionaryArray.from_arrays(
            pa.array(code.astype(np.int16), mask=missing[name]), [f"{name[0].upper()}{i}" for i in range(LEVELS[name])]
        ).dictionary_decode()
        for name, code in codes.items()
    }


def write(folder: Path, n_rows: int, *, seed: int = 0, first_block: int = 0) -> list[Path]:
    """Write a table as Parquet files of one million rows each, in a new folder; memory holds one block.

    Parameters
    ----------
    folder : Path
    n_rows : int
    seed : int, default=0
    first_block : int, default=0
        :data:`FIRST_TEST_BLOCK` makes rows that no training table holds.

    Returns
    -------
    list of Path
        The files.
    """
    import pyarrow.parquet as pq

    folder.mkdir(parents=True)
    files: list[Path] = []
    blocks = list(_blocks(n_rows, first_block))
    for start in range(0, len(blocks), BLOCKS_PER_FILE):
        files.append(folder / f"part-{len(files):05d}.parquet")
        with pq.ParquetWriter(files[-1], block(0, n_rows=1).schema) as writer:
            for number, size in blocks[start : start + BLOCKS_PER_FILE]:
                writer.write_table(block(number, seed=seed, n_rows=size))
    return files


def _blocks(n_rows: int, first: int) -> Iterator[tuple[int, int]]:
    for start in range(0, n_rows, BLOCK):
        yield first + start // BLOCK, min(BLOCK, n_rows - start)
