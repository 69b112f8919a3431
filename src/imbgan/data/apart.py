"""Where a new data set may lie: apart from the one that is read."""

from pathlib import Path, PurePosixPath

from imbgan.data.object_stores import located
from imbgan.data.sets import DataSet
from imbgan.data.stores import LocalStore, divided, pattern_of
from imbgan.exceptions import ParameterError


def check_apart(data_set: DataSet, output: str) -> None:
    """Raise ParameterError if a new folder would hold the files of a data set, or if its files would be read with them.

    Parameters
    ----------
    data_set : DataSet
    output : str
        The folder to create, of this machine or an address.
    """
    store, place = located(output)
    is_local = isinstance(store, LocalStore)
    if is_local != isinstance(data_set.store, LocalStore):
        return
    root, out = (Path(each).resolve() if is_local else PurePosixPath(each) for each in (data_set.root, place))
    if root.is_relative_to(out):
        raise ParameterError(f"OUT must not hold the files of {data_set.path!r}. Name another folder.")
    if out.is_relative_to(root) and _reads(data_set, out.relative_to(root).as_posix()):
        raise ParameterError(
            f"OUT must not lie in the folder of {data_set.path!r}, since its files would be read as a part of it. Name "
            "another folder."
        )


def _reads(data_set: DataSet, folder: str) -> bool:
    """Return whether files of the same names in a folder below the root would belong to the data set."""
    at = located(data_set.path)[1]
    kind = data_set.store.kind(at)
    if kind != "none":
        return kind == "folder"
    regex = pattern_of(divided(at)[1])
    names = [file.name for file in data_set.files]
    names.append(f"generated-00000{''.join(Path(names[0]).suffixes)}")
    return any(regex.fullmatch(f"{folder}{end}/{name}") for name in names for end in ("", ".part"))
