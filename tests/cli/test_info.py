from importlib.metadata import version
from pathlib import Path

import pytest


def test_info_says_what_a_report_of_a_fault_needs(imbgan):
    found = imbgan("info", "--json", "-").json
    assert found["packages"]["imbgan"] == version("imbgan")
    assert found["packages"]["jax"] == version("jax")
    assert found["devices"] == ["cpu"]
    assert 1 <= found["cores"]["usable"] <= found["cores"]["all"]
    assert found["python"].startswith("CPython 3.")


def test_info_prints_the_same_as_text(imbgan):
    result = imbgan("info")
    assert result.code == 0
    assert f"  scikit-learn: {version('scikit-learn')}" in result.out.splitlines()


@pytest.mark.parametrize("place", ["cache", "off"])
def test_the_cache_is_counted_and_the_home_folder_not_named(imbgan, monkeypatch, tmp_path, place):
    monkeypatch.setattr(Path, "home", lambda: tmp_path)
    monkeypatch.setenv("IMBGAN_CACHE", "off" if place == "off" else str(tmp_path / place))
    result = imbgan("info", "--json", "-")
    assert str(tmp_path) not in result.out
    found = result.json["cache"]
    if place == "off":
        assert found is None
    else:
        (tmp_path / place / "programs" / "a.program").write_bytes(b"x" * 200_000)
        assert imbgan("info", "--json", "-").json["cache"] == {
            "folder": str(Path("~", "cache", "programs")),
            "programs": 1,
            "megabytes": 0.2,
        }


def test_a_package_that_is_absent_is_left_out_or_said(imbgan, monkeypatch):
    monkeypatch.setattr("imbgan.cli.info.OPTIONAL", ("no-such-package",))
    monkeypatch.setattr("imbgan.cli.info.REQUIRED", ("imbgan", "no-such-requirement"))
    result = imbgan("info")
    assert "no-such-package" not in result.out
    assert "  no-such-requirement: not found" in result.out.splitlines()


def test_a_cache_that_is_off_is_said_in_words(imbgan, monkeypatch):
    monkeypatch.setenv("IMBGAN_CACHE", "off")
    assert "cache: nothing is kept" in imbgan("info").out.splitlines()
