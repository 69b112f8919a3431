"""The options that say where the parts of a long computation run."""

from enum import StrEnum
from typing import Annotated, Any

import typer

from imbgan.cli import checks
from imbgan.exceptions import ParameterError

_PANEL = "Other machines"


class EngineName(StrEnum):
    """Where parts run."""

    local = "local"
    ray = "ray"


Engine = Annotated[
    EngineName,
    typer.Option(
        "--engine",
        help="Where the work runs: in processes of this machine, or on a Ray cluster (extra ray), with equal results.",
        rich_help_panel=_PANEL,
    ),
]
Address = Annotated[
    str | None,
    typer.Option(
        "--address",
        metavar="HOST:PORT",
        help="Address of the Ray cluster, or auto for the one to which this machine belongs; by default that of "
        "RAY_ADDRESS, else a new one on this machine alone.",
        parser=checks.filled("--address", "the address of a Ray cluster, such as 10.0.0.1:6379"),
        rich_help_panel=_PANEL,
    ),
]


def engine_of(*, engine: Engine = EngineName.local, address: Address = None) -> Any:  # noqa: ANN401 - an engine's type is not loaded here
    """Return what ``compare`` takes as an engine."""
    if engine is EngineName.local:
        if address is not None:
            raise ParameterError("--address is that of a Ray cluster. Add --engine ray.")
        return "local"
    from imbgan.engines import RayEngine

    return RayEngine(address)
