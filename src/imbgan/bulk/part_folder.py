"""The folder in which an output grows: nothing looks whole before it is, and what is done stays done."""

import contextlib
import hashlib
import json
import os
import secrets
import shutil
from collections.abc import Generator, Mapping
from pathlib import Path
from typing import Any

from imbgan.bulk.lock import Lock
from imbgan.bulk.options import difference
from imbgan.exceptions import DataError, ParameterError

#: What tells what an output holds; readers of data sets pass over names that begin with an underscore.
MANIFEST = "_imbgan.json"
#: What was learned, in the folder of the work.
LEARNED = "learned.json"
#: The folder of the work, and what lies in it.
WORK, MODEL, PLAN, DONE = "_imbgan", "model", "plan.json", "done"
_LOCK = "lock"


class PartFolder:
    """The folder ``OUT.part`` beside an output, which becomes the output when all files are in it.

    Every file is written under a hidden name and renamed when it is complete and on the disk; then its name stands in
    a journal. So a run that is killed at any moment leaves files that are complete, and one that is not, whose name
    says so.

    Attributes
    ----------
    output : Path
        What the folder becomes.
    folder : Path
        ``OUT.part``.
    work : Path
        The folder in it of what only the work needs.
    done : dict of str to dict
        What was recorded, by name.
    """

    def __init__(self, output: Path) -> None:
        self.output = output
        self.folder = output.with_name(f"{output.name}.part")
        self.work = self.folder / WORK
        self.done: dict[str, dict[str, Any]] = {}
        self._lock = Lock(self.work / _LOCK, self.folder)

    @property
    def manifest(self) -> dict[str, Any] | None:
        """The manifest, which is there when all else is complete."""
        return _read_manifest(self.folder)

    def finished(self, facts: Mapping[str, Any]) -> dict[str, Any] | None:
        """Return the manifest of the output if an earlier run has completed it; what that run left is removed."""
        manifest = None if self.folder.exists() else _read_manifest(self.output)
        if manifest is None or difference(manifest["facts"], facts):
            return None
        shutil.rmtree(self.output / WORK, ignore_errors=True)
        return manifest

    @contextlib.contextmanager
    def opened(self, facts: Mapping[str, Any], *, resume: bool, overwrite: bool) -> Generator[None]:
        """Create the folder, or go on with that of an interrupted run.

        Raises
        ------
        DataError
            If nothing can be written there.
        ParameterError
            If the output exists, if an interrupted run stands in the way or cannot be resumed, or if another run is at
            work.
        """
        check_output_folder(self.output, overwrite=overwrite)
        is_there = self.folder.exists()
        if is_there and not resume and not overwrite:
            raise ParameterError(
                f"{str(self.folder)!r} is what an interrupted run left. Finish it with the same command and --resume, "
                "or delete the folder (or use --force) to begin anew."
            )
        with writing(self.folder):
            if is_there and not resume:
                self._remove()
            self.work.mkdir(parents=True, exist_ok=True)
            with self._lock:
                self._begin(facts)
                yield

    def _remove(self) -> None:
        """Remove the folder; ParameterError if no run has left it, or if another run is at work in it."""
        has_lock = (self.work / _LOCK).exists()
        if not has_lock and not (self.folder / MANIFEST).exists() and any(self.folder.iterdir()):
            raise ParameterError(f"{str(self.folder)!r} was not left by a run of imbgan. Move it, or name another OUT.")
        if has_lock:
            with self._lock:
                pass  # no other run is at work
        shutil.rmtree(self.folder)

    def _begin(self, facts: Mapping[str, Any]) -> None:
        plan = self.work / PLAN
        found = self.manifest
        before = found["facts"] if found is not None else read_json(plan) if plan.exists() else None
        if before is None:
            self.write_json(f"{WORK}/{PLAN}", facts)
        elif why := difference(before, facts):
            raise ParameterError(
                f"{str(self.folder)!r} cannot be resumed: {why}. Give the same input and options, or delete the folder "
                "(or use --force without --resume) to begin anew."
            )
        self.done = dict(self._journal())

    def _journal(self) -> Generator[tuple[str, dict[str, Any]]]:
        """Yield what was recorded; the last line may be torn."""
        journal = self.work / f"{DONE}.jsonl"
        if not journal.exists():
            return
        data = journal.read_bytes()
        whole = data[: data.rfind(b"\n") + 1]
        if len(whole) < len(data):
            with journal.open("r+b") as file:
                file.truncate(len(whole))
        for line in whole.splitlines():
            record = json.loads(line)
            yield record.pop("name"), record

    def record(self, name: str, **facts: Any) -> None:  # noqa: ANN401 - plain values
        """Note that something is done, durably."""
        line = as_json({"name": name, **facts})
        with (self.work / f"{DONE}.jsonl").open("ab") as file:
            file.write(line + b"\n")
            file.flush()
            os.fsync(file.fileno())
        self.done[name] = json.loads(line)
        del self.done[name]["name"]

    @contextlib.contextmanager
    def new_file(self, name: str) -> Generator[Path]:
        """Yield a hidden path beside the place of a file, to which it is renamed when the context ends well."""
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        # A part that is computed twice, since its worker seemed lost, must not write into the file of the other.
        hidden = path.with_name(f".{path.name[:40]}.{secrets.token_hex(4)}.part")
        try:
            yield hidden
            with hidden.open("rb+") as file:
                os.fsync(file.fileno())
            os.replace(hidden, path)
        finally:
            hidden.unlink(missing_ok=True)

    def described(self, name: str) -> dict[str, Any]:
        """Return bytes and hash of a file that this process has written."""
        path = self.folder / name
        with path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
        return {"bytes": path.stat().st_size, "sha256": digest}

    def check_room(self, n_bytes: int) -> None:
        """Raise DataError if the copies of the files alone are more than the disk holds."""
        free = shutil.disk_usage(self.folder).free
        if n_bytes > free:
            raise DataError(
                f"The copies of the files take {n_bytes / 1e9:.1f} GB, and {str(self.folder)!r} has room for "
                f"{free / 1e9:.1f} GB. Make room and run the same command with --resume, or write generated rows alone "
                "(--only-generated)."
            )

    def holds(self, name: str, n_bytes: int) -> bool:
        """Return whether a file is there and has this size."""
        path = self.folder / name
        return path.is_file() and path.stat().st_size == n_bytes

    def check_holds(self, name: str) -> None:
        """Raise DataError if a file that another process has written is not there."""
        if not (self.folder / name).exists():
            raise DataError(
                f"{str(self.folder / name)!r} was written by a worker, and this machine does not see it. OUT must lie "
                "on a file system that all machines share, or in an object store (s3://bucket/folder)."
            )

    def write_json(self, name: str, document: object) -> None:
        """Write a document completely or not at all."""
        with self.new_file(name) as path:
            path.write_bytes(as_json(document, indent=1))

    def finish(self, *, overwrite: bool) -> None:
        """Turn the folder into the output; the manifest is there."""
        for left in self.folder.rglob(".*.part"):
            if self.work not in left.parents:
                left.unlink()
        self._lock.release()
        old = self.output.with_name(f".{self.output.name}.old.part")
        if overwrite and self.output.exists():
            shutil.rmtree(old, ignore_errors=True)
            os.rename(self.output, old)
        try:
            os.rename(self.folder, self.output)
        except BaseException:  # such as a file that another program has open, on Windows
            if old.exists() and not self.output.exists():
                os.rename(old, self.output)
            raise
        for left in (old, self.output / WORK):
            shutil.rmtree(left, ignore_errors=True)

    def discard_unlearned(self) -> None:
        """Remove the folder if nothing has been learned yet."""
        if not (self.work / LEARNED).exists():
            self._lock.release()
            shutil.rmtree(self.folder, ignore_errors=True)


def as_json(document: object, *, indent: int | None = None) -> bytes:
    """Return a document as JSON; file names that are not UTF-8 are escaped."""
    return json.dumps(document, ensure_ascii=False, indent=indent).encode("utf-8", "backslashreplace")


def _read_manifest(folder: Path) -> dict[str, Any] | None:
    try:
        return read_json(folder / MANIFEST)
    except (FileNotFoundError, NotADirectoryError):
        return None


def read_json(path: Path) -> Any:  # noqa: ANN401 - any document
    """Return a document that a run has written; DataError if it is damaged."""
    try:
        return json.loads(path.read_bytes())
    except ValueError as error:
        raise DataError(f"{str(path)!r} is damaged ({error}). Delete the folder, and run the command again.") from error


def check_output_folder(output: Path, *, overwrite: bool) -> None:
    """Raise an error if a data set cannot be written there.

    Raises
    ------
    ParameterError
        If the output exists (with ``overwrite``, if it is no output of imbgan), or if its parent does not, or cannot be
        written into.
    """
    if output.exists() and not (overwrite and (output / MANIFEST).is_file()):
        what = "exists and is no data set that imbgan wrote" if overwrite else "exists"
        hint = "" if overwrite else ", or have it overwritten (--force)"
        raise ParameterError(f"{str(output)!r} {what}. Name another folder{hint}.")
    parent = output.absolute().parent
    if not parent.is_dir():
        raise ParameterError(f"The folder {str(output.parent)!r} does not exist. Create it first.")
    if not os.access(parent, os.W_OK):
        raise ParameterError(f"Nothing can be written into the folder {str(output.parent)!r}. Name another.")


@contextlib.contextmanager
def writing(folder: Path) -> Generator[None]:
    """Turn what the operating system says while an output is written into one error that says how to go on."""
    try:
        yield
    except (DataError, ParameterError, BrokenPipeError):
        raise
    except OSError as error:
        if not error.strerror:  # an error of a package
            raise
        place = error.filename or str(folder)
        raise DataError(
            f"{str(place)!r} cannot be written or read: {error.strerror}. What is complete is kept in "
            f"{str(folder)!r}: mend the cause, and run the same command with --resume."
        ) from error
