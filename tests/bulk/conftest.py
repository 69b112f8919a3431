"""Small data sets, and their resampling."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest

from imbgan.bulk import Options, generating, resample_files
from imbgan.data import Reading, open_data_set

WRITERS = {
    "parquet": lambda frame, path: frame.write_parquet(path, compression="zstd", row_group_size=100),
    "arrow": pl.DataFrame.write_ipc,
    "csv": pl.DataFrame.write_csv,
    "jsonl": pl.DataFrame.write_ndjson,
}


def table(n: int = 400) -> pl.DataFrame:
    rng = np.random.default_rng(0)
    y = np.where(np.arange(n) % 8 == 0, "rare", "common")
    return pl.DataFrame(
        {
            "amount": np.round(rng.lognormal(size=n), 2),
            "visits": rng.integers(0, 9, size=n),
            "city": [None if i % 11 == 0 else ["Bern", "Lima", "Oslo"][i % 3] for i in range(n)],
            "label": y,
        }
    )


@pytest.fixture
def resampled(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Path]:
    """Write a table as files, and resample them with five steps of training."""
    monkeypatch.setattr(generating, "FILE_ROWS", 100)
    monkeypatch.setattr(generating, "DIVIDED_ROWS", 100)

    def run(source: Path, name: str = "out", reading: Reading | None = None, **settings: Any) -> Path:
        how = {key: settings.pop(key) for key in ("resume", "overwrite", "engine") if key in settings}
        options = Options(settings.pop("target", "label"), max_iter=5, **settings)
        resample_files(open_data_set(source, reading), tmp_path / name, options, **how)
        return tmp_path / name

    return run


@pytest.fixture
def files(tmp_path: Path) -> Callable[..., Path]:
    """Write a table as three files."""

    def write(frame: pl.DataFrame, ending: str = "parquet", folder: str = "in") -> Path:
        path = tmp_path / folder
        path.mkdir()
        cut = frame.height // 3
        for i, part in enumerate((frame[:cut], frame[cut : 2 * cut], frame[2 * cut :])):
            WRITERS[ending](part, path / f"part-{i}.{ending}")
        return path

    return write
