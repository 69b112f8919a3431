"""A data set in an object store is resampled into an object store: tried with a local server that speaks S3."""

import json
from hashlib import sha256

import pytest

from imbgan.bulk import store_folder
from imbgan.data import open_data_set
from imbgan.data.object_stores import located
from imbgan.distributed import resample
from imbgan.exceptions import ParameterError

pytestmark = pytest.mark.filterwarnings("ignore::imbgan.exceptions.ImbganWarning")


@pytest.fixture
def stored(s3, source, divided):
    """Put the data set into the store; return a function that returns a hash of each file of a folder of the store."""
    store, path = located(s3.format("bucket/in"))
    for file in source.iterdir():
        store.write(f"{path}/{file.name}", file.read_bytes())

    def hashes(address):
        store, path = located(address)
        found = store._files.get_file_info(__import__("pyarrow.fs").fs.FileSelector(path, recursive=True))
        names = [info.path for info in found if info.is_file]
        return {name[len(path) + 1 :]: sha256(store.open(name).read()).hexdigest() for name in names}

    return hashes


def without_manifest(files):
    # It names the source, whose times of change differ.
    return {name: digest for name, digest in files.items() if name != "_imbgan.json"}


def test_the_files_are_those_of_a_folder_also_after_an_interruption(s3, stored, options, expected, monkeypatch):
    address = s3.format("bucket/out")

    def record(folder, name, record=store_folder.StoreFolder.record, **facts):
        record(folder, name, **facts)
        if name == "generated 1":
            raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(store_folder.StoreFolder, "record", record)
        with pytest.raises(KeyboardInterrupt):
            resample(s3.format("bucket/in"), address, target="label", engine="local", **options)
    assert "_imbgan.json" not in stored(address)
    with pytest.raises(ParameterError, match="--resume"):
        resample(s3.format("bucket/in"), address, target="label", engine="local", **options)
    outcome = resample(s3.format("bucket/in"), address, target="label", engine="local", resume=True, **options)
    found = stored(address)
    assert without_manifest(found) == without_manifest(expected)
    store, path = located(address)
    manifest = json.loads(store.open(f"{path}/_imbgan.json").read())
    assert {file["name"]: file["sha256"] for file in manifest["files"]["generated"]}.items() <= found.items()
    assert open_data_set(address).n_rows == outcome.n_rows
    with pytest.raises(ParameterError, match="exists"):
        resample(s3.format("bucket/in"), address, target="label", engine="local", **options)
    with pytest.raises(ParameterError, match="must not lie in the folder of"):
        resample(s3.format("bucket/in"), s3.format("bucket/in/out"), target="label", engine="local", **options)
