"""Data sets in an object store are those of a folder: tried with a local server that speaks S3."""

import io
import pickle

import polars as pl
import pytest

from imbgan.data import open_data_set, read_frame
from imbgan.data.object_stores import ObjectStore, is_address, located
from imbgan.data.stores import LocalStore
from imbgan.exceptions import DataError


def test_paths_are_no_addresses():
    for path in ("data", "/data/part-*.parquet", "C:/data", "year=1/a:b"):
        assert not is_address(path)
        assert isinstance(located(path)[0], LocalStore)


@pytest.mark.parametrize("path", ["https://example.com/a.csv", "file:///data", "hdfs://host/data", "s3:/bucket"])
def test_addresses_of_other_kinds_are_told(path):
    assert not is_address(path)
    for read in (open_data_set, read_frame):
        with pytest.raises(DataError, match=r"is an address that is not read\. Name a file or folder"):
            read(path)


def test_an_address_names_a_bucket():
    with pytest.raises(DataError, match="'s3:///folder' names no bucket"):
        open_data_set("s3:///folder")


def test_an_address_keeps_patterns_and_settings_apart():
    store, path = located("s3://bucket/a/part-?.parquet?region=eu-central-1")
    assert (store.address, path) == ("s3://bucket?region=eu-central-1", "bucket/a/part-?.parquet")
    store, path = located("gs://bucket/year=2024/")
    assert (store.address, path) == ("gs://bucket", "bucket/year=2024")
    assert pickle.loads(pickle.dumps(store)).address == store.address


@pytest.fixture
def bucket(s3):
    store = ObjectStore(s3.format("bucket"))
    frame = pl.DataFrame({"x": [1.5, 2.5, None], "label": ["a", "b", "a"]})
    for year in (2023, 2024):
        data = io.BytesIO()
        frame.write_parquet(data)
        store.write(f"bucket/table/year={year}/part-0.parquet", data.getvalue())
    store.write("bucket/table/_SUCCESS", b"")
    store.write("bucket/text.csv", b"age,label\n34,a\n51,b\n")
    return s3


def test_folder_file_and_pattern(bucket):
    found = open_data_set(bucket.format("bucket/table"))
    assert [file.name for file in found.files] == ["year=2023/part-0.parquet", "year=2024/part-0.parquet"]
    rows = [row for batch in found.batches() for row in batch.frame.rows()]
    assert rows[2:4] == [(None, "a", 2023), (1.5, "a", 2024)]
    assert open_data_set(bucket.format("bucket/text.csv")).schema["age"] == pl.Int64()
    assert len(open_data_set(bucket.format("bucket/table/year=*/part-*.parquet")).files) == 2
    again = pickle.loads(pickle.dumps(found))
    assert again.fingerprint == found.fingerprint
    assert next(again.batches()).frame.equals(next(found.batches()).frame)


@pytest.mark.parametrize("path", ["bucket/nothing", "bucket/nothing.csv", "no-bucket/table"])
def test_what_is_not_there_is_said(bucket, path):
    with pytest.raises(DataError, match=r"does not exist|cannot be used"):
        open_data_set(bucket.format(path))
