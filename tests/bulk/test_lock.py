"""One run at a time in a folder, with the lock of each system."""

import pickle
import sys
from types import SimpleNamespace

import pytest

from imbgan.bulk.lock import Lock
from imbgan.exceptions import ParameterError


@pytest.fixture(params=["here", "windows"])
def system(request, monkeypatch):
    """The lock of this system, and that of Windows, of which a stand-in keeps what msvcrt is asked for."""
    if request.param == "here":
        return
    held = {}

    def locking(descriptor, mode, n_bytes):
        assert (mode, n_bytes) == ("without waiting", 1)
        place = __import__("os").fstat(descriptor).st_ino
        if place in held and held[place] != descriptor:
            raise PermissionError(13, "Permission denied")
        held[place] = descriptor

    monkeypatch.setitem(sys.modules, "fcntl", None)  # as if there were none
    monkeypatch.setitem(sys.modules, "msvcrt", SimpleNamespace(locking=locking, LK_NBLCK="without waiting"))


def test_a_second_run_is_refused(system, tmp_path):
    with (
        Lock(tmp_path / "lock", tmp_path),
        pytest.raises(ParameterError, match="Another run is at work"),
        Lock(tmp_path / "lock", tmp_path),
    ):
        pass


def test_it_is_free_again_when_it_was_released(tmp_path):
    lock = Lock(tmp_path / "lock", tmp_path)
    with lock:
        lock.release()
        lock.release()
        with Lock(tmp_path / "lock", tmp_path):
            pass
    with lock, pytest.raises(ParameterError), Lock(tmp_path / "lock", tmp_path):
        pass


def test_workers_get_the_folder_without_its_lock(tmp_path):
    with Lock(tmp_path / "lock", tmp_path) as lock:
        copy = pickle.loads(pickle.dumps(lock))
        copy.release()
        with pytest.raises(ParameterError), copy:
            pass
