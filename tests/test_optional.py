"""A package that is missing or broken is said with what to do."""

import pytest

from imbgan._optional import import_optional


def test_an_installed_package_is_returned():
    assert import_optional("json", extra="any").loads("1") == 1


def test_a_missing_package_names_the_command():
    with pytest.raises(ImportError, match=r"pip install 'imbgan\[lightgbm\]'"):
        import_optional("no_such_package_anywhere", extra="lightgbm")


def test_a_module_of_a_missing_package_names_the_package():
    with pytest.raises(ImportError, match="needs the package 'no_such_package_anywhere', which"):
        import_optional("no_such_package_anywhere.figure", extra="plot")


def test_a_package_that_cannot_be_loaded_names_the_library(tmp_path, monkeypatch):
    (tmp_path / "broken_package.py").write_text("raise OSError('libgomp.so.1: cannot open shared object file')")
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(ImportError, match=r"libgomp\.so\.1"):
        import_optional("broken_package", extra="any")


def test_a_package_whose_dependency_is_missing_is_not_called_missing(tmp_path, monkeypatch):
    (tmp_path / "half_package.py").write_text("import no_such_dependency")
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(ImportError, match="is installed, but cannot be loaded: No module named 'no_such_dependency'"):
        import_optional("half_package", extra="any")
