"""The names of the files and folders of an output: those of the data set, told apart on every file system."""

from typing import Any

from imbgan.data import DataSet
from imbgan.data.partitions import apart, folder_of, folders_in


class OutputNames:
    """The names of an output.

    Files keep their names. Folders of partitions keep theirs unless some systems, such as macOS and Windows, take two
    of them for one: files of the same name would replace one another there.

    Parameters
    ----------
    data_set : DataSet
        The original files.
    """

    def __init__(self, data_set: DataSet) -> None:
        folders = [folders_in(file.name) for file in data_set.files]
        self._names = apart(folder for each in folders for folder in each.values())
        # The first file decides where a program has written one value in two ways.
        self._known: dict[str, dict[Any, str]] = {
            column: {
                value: each[column] for value, each in zip(reversed(values.to_list()), reversed(folders), strict=True)
            }
            for column, values in data_set.folders.items()
        }

    def of(self, name: str) -> str:
        """Return the name of the copy of an original file."""
        *folders, file = name.split("/")
        return "/".join([*(self._names.get(folder, folder) for folder in folders), file])

    def folder(self, column: str, value: Any) -> str:  # noqa: ANN401 - a cell
        """Return the folder of a value of a partition column: that of the data set where it has one."""
        known = self._known[column].get(value)
        if known is not None:
            return self._names[known]
        new = folder_of({column: None if value is None else str(value)})
        return apart([*self._names, new])[new]
