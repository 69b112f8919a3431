"""An output in an object store, where nothing can be renamed: the manifest, which is written last, makes it whole."""

import contextlib
import hashlib
import json
import os
import tempfile
from collections.abc import Generator, Mapping
from pathlib import Path
from typing import Any

from imbgan.bulk.options import difference
from imbgan.bulk.part_folder import DONE, LEARNED, MANIFEST, MODEL, PLAN, WORK, PartFolder, as_json
from imbgan.data.object_stores import ObjectStore
from imbgan.data.stores import Store
from imbgan.exceptions import ParameterError


class StoreFolder(PartFolder):
    """The folder of an output at an address. Its files have their final names from the beginning.

    Every file appears when it is complete. Readers of data sets that want a whole output look for ``_imbgan.json``, as
    they look for ``_SUCCESS`` elsewhere. While the work goes on, ``_imbgan/`` beside it holds what resuming needs.
    Nothing keeps a second run out: two runs of the same command write the same bytes.

    Parameters
    ----------
    address : str
        As it was given.
    store : Store
    path : str
        The folder in the store.
    """

    def __init__(self, address: str, store: Store, path: str) -> None:
        super().__init__(Path(path))
        assert isinstance(store, ObjectStore)
        self.address, self.store, self.path = address, store, path
        self.folder = Path(path)  # in messages
        self._written: dict[str, dict[str, Any]] = {}

    @property
    def manifest(self) -> dict[str, Any] | None:
        """The manifest, which is there when all else is complete."""
        return self._read_json(MANIFEST)

    def finished(self, facts: Mapping[str, Any]) -> dict[str, Any] | None:
        """Return the manifest of the output if an earlier run has completed it; what that run left is removed."""
        manifest = self.manifest
        if manifest is None or difference(manifest["facts"], facts):
            return None
        self._forget_work()
        return manifest

    @contextlib.contextmanager
    def opened(self, facts: Mapping[str, Any], *, resume: bool, overwrite: bool) -> Generator[None]:
        """Begin, or go on with what an interrupted run has left; see :class:`PartFolder`."""
        plan = self._read_json(f"{WORK}/{PLAN}")
        if plan is not None and not resume and not overwrite:
            raise ParameterError(
                f"{self.address!r} holds what an interrupted run left. Finish it with the same command and --resume, "
                "or use --force to begin anew."
            )
        if plan is None or not resume:
            self._check_free(plan, overwrite=overwrite)
            plan = None
        with tempfile.TemporaryDirectory(prefix="imbgan-") as work:
            self.work = Path(work)
            if plan is None:
                self.write_json(f"{WORK}/{PLAN}", facts)
            elif why := difference(plan, facts):
                raise ParameterError(
                    f"{self.address!r} cannot be resumed: {why}. Give the same input and options, or use --force "
                    "without --resume to begin anew."
                )
            else:
                self._fetch_work()
            yield

    def _check_free(self, plan: object, *, overwrite: bool) -> None:
        """Raise ParameterError if the folder holds what may not be replaced; otherwise empty it."""
        if self.store.kind(self.path) == "none":
            return
        is_ours = plan is not None or self.manifest is not None
        if not (overwrite and is_ours):
            what = "exists and is no data set that imbgan wrote" if overwrite else "exists"
            hint = "" if overwrite else ", or have it overwritten (--force)"
            raise ParameterError(f"{self.address!r} {what}. Name another folder{hint}.")
        self.store.remove(self.path)

    def _fetch_work(self) -> None:
        """Bring what was learned to this machine, and read what is done."""
        place = f"{self.path}/{WORK}/"
        for entry in self.store.listed(place.rstrip("/")):
            name = entry.path[len(place) :]
            with self.store.open(entry.path) as file:
                data = file.read()
            if name.startswith(f"{DONE}/"):
                record = json.loads(data)
                self.done[record.pop("name")] = record
            else:
                (self.work / name).parent.mkdir(parents=True, exist_ok=True)
                (self.work / name).write_bytes(data)

    def record(self, name: str, **facts: Any) -> None:  # noqa: ANN401 - plain values
        """Note that something is done, durably."""
        key = hashlib.sha256(os.fsencode(name)).hexdigest()[:32]
        data = as_json({"name": name, **facts})
        self.store.write(f"{self.path}/{WORK}/{DONE}/{key}.json", data)
        self.done[name] = json.loads(data)
        del self.done[name]["name"]

    @contextlib.contextmanager
    def new_file(self, name: str) -> Generator[Path]:
        """Yield a path on this machine, whose file is sent when the context ends well."""
        with tempfile.TemporaryDirectory(prefix="imbgan-") as folder:
            path = Path(folder) / Path(name).name
            yield path
            with path.open("rb") as file:
                digest = hashlib.file_digest(file, "sha256").hexdigest()
                self._written[name] = {"bytes": file.tell(), "sha256": digest}
                file.seek(0)
                self.store.upload(file, f"{self.path}/{name}")

    def described(self, name: str) -> dict[str, Any]:
        """Return bytes and hash of a file that this process has written."""
        return self._written[name]

    def holds(self, name: str, n_bytes: int) -> bool:
        """Return whether a file is there and has this size."""
        path = f"{self.path}/{name}"
        return self.store.kind(path) == "file" and self.store.entry(path).size == n_bytes

    def check_holds(self, name: str) -> None:
        """Raise DataError if a file that another process has written is not there."""
        self.store.entry(f"{self.path}/{name}")

    def check_room(self, n_bytes: int) -> None:
        """Do nothing: a store has no end."""

    def write_json(self, name: str, document: object) -> None:
        """Write a document; the model is there before the one that says what was learned."""
        if name == f"{WORK}/{LEARNED}":
            for path in sorted((self.work / MODEL).rglob("*")):
                if path.is_file():
                    below = path.relative_to(self.work).as_posix()
                    with path.open("rb") as file:
                        self.store.upload(file, f"{self.path}/{WORK}/{below}")
            (self.work / LEARNED).write_bytes(as_json(document))
        super().write_json(name, document)

    def finish(self, *, overwrite: bool) -> None:
        """Remove what only the work needed; the manifest is there."""
        del overwrite
        self._forget_work()

    def discard_unlearned(self) -> None:
        """Remove the folder if nothing has been learned yet."""
        if not (self.work / LEARNED).exists():
            self.store.remove(self.path)

    def _forget_work(self) -> None:
        if self.store.kind(f"{self.path}/{WORK}") != "none":
            self.store.remove(f"{self.path}/{WORK}")

    def _read_json(self, name: str) -> dict[str, Any] | None:
        if self.store.kind(f"{self.path}/{name}") != "file":
            return None
        with self.store.open(f"{self.path}/{name}") as file:
            return json.loads(file.read())
