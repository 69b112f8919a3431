import contextlib
import io
import json
import sys
from datetime import date, datetime, timedelta
from typing import NamedTuple

import numpy as np
import polars as pl
import pytest

from imbgan.cli import main

# Enough steps for a model to be written and read, too few for good rows.
TRAIN = ("--max-iter", "20")


class Result(NamedTuple):
    """What a run left: its exit code and both streams."""

    code: int
    out: str
    err: str

    @property
    def json(self):
        return json.loads(self.out)


@pytest.fixture
def imbgan(capsysbinary, monkeypatch):
    """Run a command in this process."""

    def run(*arguments, stdin=b""):
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin)))
        with pytest.raises(SystemExit) as exited:
            main([str(argument) for argument in arguments])
        out, err = capsysbinary.readouterr()
        return Result(exited.value.code, out.decode(), err.decode())

    return run


@pytest.fixture(scope="session")
def frame():
    """A table of 120 rows and many data types, the target in the middle, 20 rows rare."""
    rng = np.random.default_rng(0)
    n = 120
    return pl.DataFrame(
        {
            "code": [f"{i % 9:03d}" for i in range(n)],
            "amount": [None if i % 11 == 0 else float(x) for i, x in enumerate(rng.lognormal(size=n).round(2))],
            "visits": pl.Series(rng.integers(0, 9, size=n), dtype=pl.Int8),
            "is_fraud": [i % 6 == 0 for i in range(n)],
            "opened": [date(2024, 1, 1) + timedelta(days=int(d)) for d in rng.integers(0, 90, size=n)],
            "seen": [datetime(2024, 1, 1) + timedelta(seconds=int(s)) for s in rng.integers(0, 9000, size=n)],
            "grade": pl.Series(rng.choice(["low", "mid", "high"], size=n), dtype=pl.Enum(["low", "mid", "high"])),
            "city": pl.Series(rng.choice(["Bern", "Lima"], size=n), dtype=pl.Categorical),
        }
    )


@pytest.fixture(scope="session")
def folder(tmp_path_factory, frame):
    """Hold the table as Parquet, and as CSV without the types that text has not."""
    folder = tmp_path_factory.mktemp("cli")
    frame.write_parquet(folder / "table.parquet")
    frame.write_csv(folder / "table.csv")
    return folder


@pytest.fixture(scope="session")
def model(folder):
    """Fit a model to the Parquet table with the command line."""
    path = folder / "model"
    arguments = ["fit", str(folder / "table.parquet"), "--target", "is_fraud", "-o", str(path), "-q", *TRAIN]
    with pytest.raises(SystemExit) as exited, contextlib.redirect_stderr(io.StringIO()):
        main(arguments)
    assert exited.value.code == 0
    return path
