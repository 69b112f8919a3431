"""One measurement in a process of its own, whose last line of output is a record."""

import json
import os
import subprocess
import sys

from benchmarks.speed.records import Record


def measured(module: str, *arguments: object, **environment: str) -> Record:
    """Return what ``python -m benchmarks.speed.MODULE ARGUMENTS`` prints; if it fails, why, under ``failed``."""
    command = [sys.executable, "-m", f"benchmarks.speed.{module}", *map(str, arguments)]
    own = {**os.environ, **environment}
    finished = subprocess.run(command, capture_output=True, text=True, env=own, check=False)
    if finished.returncode:
        return {"failed": (finished.stderr.strip().splitlines() or [f"ended with {finished.returncode}"])[-1]}
    return json.loads(finished.stdout.splitlines()[-1])
