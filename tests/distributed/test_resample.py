"""A data set that many processes resample has the bytes of one that a single process resamples."""

import json

import pytest

from imbgan.bulk import surveying
from imbgan.data import open_data_set
from imbgan.distributed import resample
from imbgan.exceptions import ParameterError

pytestmark = pytest.mark.filterwarnings("ignore::imbgan.exceptions.ImbganWarning")


def test_an_engine_changes_no_byte(source, options, expected, tmp_path, divided, contents):
    # How many row groups a file has depends on the version of polars.
    assert len(open_data_set(source).sections(surveying.SECTION_ROWS)) > 10
    outcome = resample(source, tmp_path / "out", target="label", engine="local", **options)
    assert contents(tmp_path / "out") == expected
    manifest = json.loads((tmp_path / "out" / "_imbgan.json").read_text())
    assert len(manifest["files"]["generated"]) > 3
    assert outcome.after == {"common": outcome.before["common"], "rare": int(0.05 * outcome.before["common"])}


def test_unknown_options_and_engines_are_refused(source, tmp_path):
    with pytest.raises(TypeError, match="ratoi"):
        resample(source, tmp_path / "out", target="label", ratoi=1)
    with pytest.raises(ParameterError, match="'engine' must be"):
        resample(source, tmp_path / "out", target="label", engine="rey")
