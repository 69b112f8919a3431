"""Callbacks that write the measures of training, while it goes on, where other tools show them."""

from abc import abstractmethod
from pathlib import Path
from typing import Any, Self

import numpy as np

from imbgan._optional import import_optional
from imbgan.gan.records import ChunkSummary

#: Measures of a summary beside those of its quality.
MEASURES = (
    "best_score",
    "discriminator_loss",
    "generator_loss",
    "penalty",
    "real_accuracy",
    "fake_accuracy",
    "seconds",
)


def measures_of(summary: ChunkSummary) -> dict[str, float]:
    """Return the finite measures of a chunk by name, those of ``history_``."""
    found = {name: getattr(summary, name) for name in MEASURES} | summary.quality.as_dict()
    return {name: float(value) for name, value in found.items() if np.isfinite(value)}


class _Writer:
    """The base of callbacks that write: steps that go back belong to another network, or to a restart."""

    def __init__(self) -> None:
        self._last = self._offset = 0

    def __call__(self, summary: ChunkSummary) -> None:
        """Write the measures of a chunk."""
        if summary.step + self._offset <= self._last:
            # Curves of these tools go forward only.
            self._offset = self._last
        self._last = summary.step + self._offset
        self._write(measures_of(summary), self._last)

    @abstractmethod
    def _write(self, measures: dict[str, float], step: int) -> None:
        """Write measures at a step."""


class TensorBoardCallback(_Writer):
    """Write the measures of training as event files, which TensorBoard shows.

    It needs ``pip install 'imbgan[tensorboard]'``, which brings the package tensorboardX; TensorBoard itself reads the
    files. Each measure of ``history_`` becomes a scalar, such as ``imbgan/score``, the distance to real rows.

    Parameters
    ----------
    log_dir : str or Path
        Folder of the event files.
    prefix : str, default="imbgan/"
        What the names of scalars begin with.

    Raises
    ------
    ImportError
        If tensorboardX is not installed.

    Examples
    --------
    >>> from imbgan import TabularGAN, TensorBoardCallback
    >>> with TensorBoardCallback("runs/first") as callback:  # doctest: +SKIP
    ...     gan = TabularGAN(callbacks=[callback]).fit(X, y)
    """

    def __init__(self, log_dir: str | Path, *, prefix: str = "imbgan/") -> None:
        super().__init__()
        self.prefix = prefix
        self._file: Any = import_optional("tensorboardX", extra="tensorboard").SummaryWriter(str(log_dir))

    def _write(self, measures: dict[str, float], step: int) -> None:
        for name, value in measures.items():
            self._file.add_scalar(f"{self.prefix}{name}", value, step)
        # A reader sees each chunk at once, and an interrupted fit loses none.
        self._file.flush()

    def close(self) -> None:
        """Close the event file."""
        self._file.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()


class MLflowCallback(_Writer):
    """Write the measures of training as metrics of an MLflow run.

    It needs ``pip install 'imbgan[mlflow]'``, which brings the package mlflow-skinny; the package mlflow works as well.
    Each measure of ``history_`` becomes a metric, such as ``imbgan.score``, the distance to real rows.

    Parameters
    ----------
    prefix : str, default="imbgan."
        What the names of metrics begin with.
    run_id : str, default=None
        The run; by default the active one, or a new one that MLflow starts.

    Raises
    ------
    ImportError
        If MLflow is not installed.

    Examples
    --------
    >>> import mlflow  # doctest: +SKIP
    >>> from imbgan import MLflowCallback, TabularGAN
    >>> with mlflow.start_run():  # doctest: +SKIP
    ...     gan = TabularGAN(callbacks=[MLflowCallback()]).fit(X, y)
    """

    def __init__(self, *, prefix: str = "imbgan.", run_id: str | None = None) -> None:
        super().__init__()
        self.prefix = prefix
        self.run_id = run_id
        self._mlflow: Any = import_optional("mlflow", extra="mlflow")

    def _write(self, measures: dict[str, float], step: int) -> None:
        named = {f"{self.prefix}{name}": value for name, value in measures.items()}
        self._mlflow.log_metrics(named, step=step, run_id=self.run_id)
