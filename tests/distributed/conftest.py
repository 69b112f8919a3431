"""A data set of several files, and what one process makes of it."""

import warnings
from hashlib import sha256

import numpy as np
import polars as pl
import pytest

from imbgan.bulk import Options, generating, resample_files, surveying
from imbgan.data import open_data_set
from imbgan.exceptions import ImbganWarning
from imbgan.tabular.reservoir import ReservoirSize

# More values per class than a sketch keeps, and more rows than the reservoir.
N, SIZE = 40_000, ReservoirSize(per_class=1500, of_largest=2000)
OPTIONS = {"max_iter": 5, "ratio": 0.05, "size": SIZE}


@pytest.fixture(scope="session")
def source(tmp_path_factory):
    """Return a folder of five files of several row groups: one has no rows, in another the rare class first appears."""
    rng = np.random.default_rng(0)
    frame = pl.DataFrame(
        {
            "id": np.arange(N) + 1_000_000,
            "amount": rng.lognormal(size=N),
            "visits": rng.integers(0, 9, size=N),
            "city": [["Bern", "Lima", None][i % 3] for i in range(N)],
            "label": np.where((np.arange(N) > 15_000) & (np.arange(N) % 50 == 0), "rare", "common"),
        }
    )
    folder = tmp_path_factory.mktemp("set") / "in"
    folder.mkdir()
    for number, part in enumerate((frame[:15_000], frame[:0], *frame[15_000:].iter_slices(10_000))):
        part.write_parquet(folder / f"part-{number}.parquet", row_group_size=1000 + 700 * number)
    return folder


@pytest.fixture(scope="session")
def expected(source, contents, tmp_path_factory):
    """Return the files that this process writes, one after the other and none of them divided."""
    output = tmp_path_factory.mktemp("alone") / "out"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(generating, "FILE_ROWS", 300)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ImbganWarning)
            resample_files(open_data_set(source), output, Options("label", **OPTIONS))
    return contents(output)


@pytest.fixture
def divided(monkeypatch):
    """Divide the files into sections and the generated rows into stretches, several per worker."""
    monkeypatch.setattr(surveying, "SECTION_ROWS", 4000)
    monkeypatch.setattr(generating, "FILE_ROWS", 300)


@pytest.fixture(scope="session")
def contents():
    """Return a function that returns a hash of each file of a folder."""

    def read(folder):
        files = (path for path in folder.rglob("*") if path.is_file())
        return {path.relative_to(folder).as_posix(): sha256(path.read_bytes()).hexdigest() for path in files}

    return read


@pytest.fixture(scope="session")
def options():
    """Return the options of all runs: few steps, and a reservoir that is smaller than the table."""
    return OPTIONS
