"""Resample a table in a process that kills itself at a moment: ``python killed.py SOURCE OUT MOMENT [resume]``.

Moments are counted: before and after each file is renamed, each record of the journal, and each batch of rows that is
read. A moment of 0 never comes, and then the number of moments is printed.
"""

import os
import signal
import sys
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from imbgan.bulk import Options, generating, part_folder, resample_files
from imbgan.data import labeled, open_data_set

COUNT = 0


def moment(at: int) -> None:
    global COUNT
    COUNT += 1
    if at == COUNT:
        os.kill(os.getpid(), signal.SIGKILL)


def main(source: str, out: str, at: int, *, resume: bool) -> None:
    warnings.simplefilter("ignore")
    generating.FILE_ROWS = 60
    generating.ROWS = 25
    for module, name in ((os, "replace"), (os, "rename"), (os, "fsync")):
        watch(module, name, at)
    watch(part_folder.PartFolder, "record", at)
    watch(generating, "summary_of", at)
    shown = labeled.LabeledBatches.shown

    def batches(self: Any, verbose: bool) -> Iterator[Any]:
        for batch in shown(self, verbose):
            moment(at)
            yield batch

    labeled.LabeledBatches.shown = batches
    resample_files(open_data_set(source), Path(out), Options("label", max_iter=5), resume=resume)
    print(COUNT)


def watch(owner: Any, name: str, at: int) -> None:
    original = getattr(owner, name)

    def watched(*arguments: Any, **named: Any) -> Any:
        moment(at)
        result = original(*arguments, **named)
        moment(at)
        return result

    setattr(owner, name, watched)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]), resume="resume" in sys.argv)
