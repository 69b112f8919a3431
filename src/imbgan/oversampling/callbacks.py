"""Callbacks that write the measures of training, while it goes on, where other tools show them."""

import secrets
import time
from abc import abstractmethod
from pathlib import Path
from typing import Any, Self

import numpy as np

from imbgan._optional import import_optional
from imbgan.exceptions import ParameterError
from imbgan.gan.records import MEASURES, ChunkSummary


def measures_of(summary: ChunkSummary) -> dict[str, float]:
    """Return the finite measures of a chunk by name, those of ``history_``."""
    found = vars(summary) | summary.quality.as_dict()
    return {name: float(found[name]) for name in MEASURES if name != "step" and np.isfinite(found[name])}


class _Writer:
    """The base of callbacks that write: steps that go back belong to another network, or to a restart.

    scikit-learn copies callbacks with their estimator, for each fold and each model of a bag, and sends copies to other
    processes. A copy has the parameters alone. It opens a place of its own when it writes, because the curves of two
    fits in one place cannot be told apart.
    """

    #: What is open, once something was written.
    _open: Any = None

    def __init__(self) -> None:
        self._is_copy = False
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

    def __getstate__(self) -> dict[str, Any]:
        # What is open stays here.
        return {**self.__dict__, "_is_copy": True, "_last": 0, "_offset": 0, "_open": None}


class TensorBoardCallback(_Writer):
    """Write the measures of training as event files, which TensorBoard shows.

    It needs ``pip install 'imbgan[tensorboard]'``, which brings the package tensorboardX; TensorBoard itself reads the
    files. Each measure of ``history_`` becomes a scalar, such as ``imbgan/score``, the distance to real rows.

    Copies, which scikit-learn makes for each fold of a cross-validation and each model of a bag, write into folders of
    their own within ``log_dir``, such as ``copy-20260131-180512-9f3ac1d0``. TensorBoard shows each as a run.

    Parameters
    ----------
    log_dir : str or Path
        Folder of the event files, or what else tensorboardX writes to, such as ``s3://...``. It is made when the first
        measures are written.
    prefix : str, default="imbgan/"
        What the names of scalars begin with.

    Raises
    ------
    ImportError
        If tensorboardX is not installed.
    ParameterError
        If ``log_dir``, or what should hold it, is a file.

    Examples
    --------
    >>> from imbgan import TabularGAN, TensorBoardCallback
    >>> with TensorBoardCallback("runs/first") as callback:  # doctest: +SKIP
    ...     gan = TabularGAN(callbacks=[callback]).fit(X, y)
    """

    def __init__(self, log_dir: str | Path, *, prefix: str = "imbgan/") -> None:
        super().__init__()
        import_optional("tensorboardX", extra="tensorboard")
        self.log_dir = str(log_dir)
        for place in (Path(self.log_dir), *Path(self.log_dir).parents):
            if place.is_file():
                raise ParameterError(f"log_dir must name a folder. {str(place)!r} is a file; name another place.")
        self.prefix = prefix

    def __repr__(self) -> str:
        return f"TensorBoardCallback({self.log_dir!r})"

    def _write(self, measures: dict[str, float], step: int) -> None:
        tensorboard: Any = import_optional("tensorboardX", extra="tensorboard")
        if self._open is None:
            self._open = self._new_file()
        values = [
            tensorboard.proto.summary_pb2.Summary.Value(tag=f"{self.prefix}{name}", simple_value=value)
            for name, value in measures.items()
        ]
        summary = tensorboard.proto.summary_pb2.Summary(value=values)
        self._open.write_event(tensorboard.proto.event_pb2.Event(wall_time=time.time(), step=step, summary=summary))
        # A reader sees each chunk at once, and an interrupted fit loses none.
        self._open.flush()

    def _new_file(self) -> Any:  # noqa: ANN401 - tensorboardX is optional
        # SummaryWriter writes on a thread, which prints errors where a callback goes before it was closed.
        files: Any = import_optional("tensorboardX.event_file_writer", extra="tensorboard")
        unique = secrets.token_hex(4)
        folder = f"{self.log_dir}/copy-{time.strftime('%Y%m%d-%H%M%S')}-{unique}" if self._is_copy else self.log_dir
        files.directory_check(folder)
        return files.EventsWriter(f"{folder}/events", f".{unique}")

    def close(self) -> None:
        """Close the event file. What is written afterwards goes to a new one."""
        if self._open is not None:
            self._open.close()
            self._open = None

    def __del__(self) -> None:
        self.close()  # nobody closes a copy

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()


class MLflowCallback(_Writer):
    """Write the measures of training as metrics of an MLflow run.

    It needs ``pip install 'imbgan[mlflow]'``, which brings the package mlflow-skinny; the package mlflow works as well.
    Each measure of ``history_`` becomes a metric, such as ``imbgan.score``, the distance to real rows.

    Copies, which scikit-learn makes for each fold of a cross-validation and each model of a bag, write into runs of
    their own. MLflow shows them below the run that was active when they were made, or that ``run_id`` names.

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
        import_optional("mlflow", extra="mlflow")
        self.prefix = prefix
        self.run_id = run_id
        self._server: str | None = None
        self._parent: str | None = None

    def __repr__(self) -> str:
        return "MLflowCallback()" if self.run_id is None else f"MLflowCallback(run_id={self.run_id!r})"

    def __getstate__(self) -> dict[str, Any]:
        mlflow: Any = import_optional("mlflow", extra="mlflow")
        parent = self._parent or self.run_id
        if parent is None and (active := mlflow.active_run()) is not None:
            parent = active.info.run_id
        # Another process knows neither the active run nor the server.
        return {**super().__getstate__(), "_parent": parent, "_server": self._server or mlflow.get_tracking_uri()}

    def _write(self, measures: dict[str, float], step: int) -> None:
        mlflow: Any = import_optional("mlflow", extra="mlflow")
        named = {f"{self.prefix}{name}": value for name, value in measures.items()}
        if not self._is_copy:
            mlflow.log_metrics(named, step=step, run_id=self.run_id)
            return
        client = mlflow.MlflowClient(tracking_uri=self._server)
        if self._open is None:
            self._open = self._new_run(mlflow, client)
        now = round(time.time() * 1000)
        metrics = [mlflow.entities.Metric(name, value, now, step) for name, value in named.items()]
        client.log_batch(self._open, metrics=metrics)

    def _new_run(self, mlflow: Any, client: Any) -> str:  # noqa: ANN401 - MLflow is optional
        if self._parent is None:
            with mlflow.start_run(nested=True) as run:
                return run.info.run_id
        experiment = client.get_run(self._parent).info.experiment_id
        run = client.create_run(experiment, tags={"mlflow.parentRunId": self._parent})
        # Nobody says when the last chunk has come, and a finished run takes metrics as well.
        client.set_terminated(run.info.run_id)
        return run.info.run_id
