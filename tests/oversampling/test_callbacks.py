"""Measures that other tools show: written by their real packages into a folder, and read back."""

import copy
import pickle
import struct

import numpy as np
import pytest
from sklearn.base import clone

from imbgan import MLflowCallback, ParameterError, TensorBoardCallback

pytestmark = pytest.mark.filterwarnings("ignore::imbgan.GenerationQualityWarning")


def events_in(folder):
    """Read the scalars of event files: records of a length, a checksum, an event and a checksum."""
    from tensorboardX.proto.event_pb2 import Event

    found = {}
    for path in folder.glob("events*"):
        data, place = path.read_bytes(), 0
        while place < len(data):
            (length,) = struct.unpack_from("<Q", data, place)
            event = Event.FromString(data[place + 12 : place + 12 + length])
            place += length + 16
            for value in event.summary.value:
                found.setdefault(value.tag, []).append((event.step, value.simple_value))
    return found


def test_tensorboard_gets_the_history(quick_gan, three_classes, tmp_path):
    pytest.importorskip("tensorboardX")
    with TensorBoardCallback(tmp_path) as callback:
        gan = quick_gan(max_iter=30, callbacks=[callback]).fit(*three_classes)
    found = events_in(tmp_path)
    for name, values in gan.history_.items():
        if name != "step":
            kept = np.isfinite(values)
            steps, written = np.array(found.get(f"imbgan/{name}", np.empty((0, 2)))).T
            assert steps.tolist() == gan.history_["step"][kept].tolist()
            np.testing.assert_allclose(written, values[kept].astype(float), rtol=1e-6)


def test_steps_of_several_networks_go_forward(quick_gan, three_classes, tmp_path):
    pytest.importorskip("tensorboardX")
    with TensorBoardCallback(tmp_path) as callback:
        quick_gan(max_iter=20, condition="minority", callbacks=[callback]).fit(*three_classes)
    assert [step for step, _ in events_in(tmp_path)["imbgan/score"]] == [10, 20, 30, 40]


def test_each_copy_for_tensorboard_writes_into_a_folder_of_its_own(quick_gan, three_classes, tmp_path):
    pytest.importorskip("tensorboardX")
    callback = TensorBoardCallback(tmp_path / "runs")
    gan = quick_gan(max_iter=20, callbacks=[callback])
    gan.fit(*three_classes)  # a file is open now
    for one in (clone(gan), clone(clone(gan)), pickle.loads(pickle.dumps(gan)), copy.deepcopy(gan)):
        one.fit(*three_classes)
    assert [step for step, _ in events_in(tmp_path / "runs")["imbgan/score"]] == [10, 20]
    copies = list((tmp_path / "runs").glob("copy-*"))
    assert len(copies) == 4
    for folder in copies:
        assert [step for step, _ in events_in(folder)["imbgan/score"]] == [10, 20]


def test_a_callback_for_tensorboard_makes_nothing_before_it_writes_and_opens_again_after_it_was_closed(
    quick_gan, three_classes, tmp_path
):
    pytest.importorskip("tensorboardX")
    callback = TensorBoardCallback(tmp_path / "runs")
    callback.close()
    assert not (tmp_path / "runs").exists()
    with callback:
        quick_gan(max_iter=10, callbacks=[callback]).fit(*three_classes)
    quick_gan(max_iter=10, callbacks=[callback]).fit(*three_classes)
    assert sorted(step for step, _ in events_in(tmp_path / "runs")["imbgan/score"]) == [10, 20]


def test_a_file_cannot_be_the_folder_of_tensorboard(tmp_path):
    pytest.importorskip("tensorboardX")
    (tmp_path / "taken").write_text("")
    with pytest.raises(ParameterError, match=r"'.*taken' is a file"):
        TensorBoardCallback(tmp_path / "taken" / "runs")


#: Why the extra ``dev`` has no MLflow; ``make test-lowest`` and the workflow of the newest versions install it.
LEFT_OUT = "mlflow-skinny brings 20 packages, 33 MB, and an older importlib_metadata. Run: pip install 'imbgan[mlflow]'"


def test_mlflow_gets_the_history(quick_gan, three_classes, tmp_path, monkeypatch):
    monkeypatch.setenv("MLFLOW_ALLOW_FILE_STORE", "true")
    mlflow = pytest.importorskip("mlflow", reason=LEFT_OUT)
    mlflow.set_tracking_uri((tmp_path / "runs").as_uri())
    with mlflow.start_run() as run:
        gan = quick_gan(max_iter=30, callbacks=[MLflowCallback()]).fit(*three_classes)
    client = mlflow.MlflowClient()
    found = client.get_metric_history(run.info.run_id, "imbgan.score")
    assert [each.step for each in found] == gan.history_["step"].tolist()
    np.testing.assert_allclose([each.value for each in found], gan.history_["score"], rtol=1e-6)


def test_each_copy_for_mlflow_writes_into_a_run_below_the_active_one(quick_gan, three_classes, tmp_path, monkeypatch):
    monkeypatch.setenv("MLFLOW_ALLOW_FILE_STORE", "true")
    mlflow = pytest.importorskip("mlflow", reason=LEFT_OUT)
    mlflow.set_tracking_uri((tmp_path / "runs").as_uri())
    with mlflow.start_run() as run:
        gan = quick_gan(max_iter=20, callbacks=[MLflowCallback()])
        first, second = clone(gan), pickle.dumps(clone(gan))
    first.fit(*three_classes)
    mlflow.set_tracking_uri((tmp_path / "elsewhere").as_uri())  # as in another process
    pickle.loads(second).fit(*three_classes)
    client = mlflow.MlflowClient(tracking_uri=(tmp_path / "runs").as_uri())
    experiment = run.info.experiment_id
    below = client.search_runs([experiment], f"tags.mlflow.parentRunId = '{run.info.run_id}'")
    assert [each.info.status for each in below] == ["FINISHED", "FINISHED"]
    for each in below:
        steps = [metric.step for metric in client.get_metric_history(each.info.run_id, "imbgan.score")]
        assert steps == [10, 20]
    assert client.get_metric_history(run.info.run_id, "imbgan.score") == []


def test_an_error_of_a_callback_ends_the_fit_and_leaves_the_model_as_it_was(quick_gan, three_classes):
    gan = quick_gan(max_iter=20).fit(*three_classes)
    before = gan.sample(5, label=2)

    def fails(summary):
        raise OSError("the disk is full")

    with pytest.raises(OSError, match="the disk is full"):
        gan.set_params(callbacks=[fails]).fit(*three_classes)
    np.testing.assert_array_equal(gan.sample(5, label=2), before)
