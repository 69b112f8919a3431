"""Saved models: an exact round trip without pickle, and a clear refusal of everything else."""

import json
import pickle
import shutil
from dataclasses import replace

import numpy as np
import pytest
from safetensors import SafetensorError
from safetensors.numpy import load_file, save_file

from imbgan import GANOverSampler, ModelFileError, TabularGAN
from imbgan.gan.networks.families import FAMILIES, PERCEPTRONS
from imbgan.gan.networks.perceptrons import PerceptronGenerator

pytestmark = pytest.mark.filterwarnings("ignore::imbgan.GenerationQualityWarning")
OPTIONS = {"chunk_size": 10, "generator_hidden": (16,), "discriminator_hidden": (16,), "latent_dim": 8}


@pytest.fixture(scope="module")
def data():
    y = np.repeat([0, 1], [100, 20])
    return np.random.default_rng(0).normal(size=(120, 4)) + 2.0 * y[:, None], y


@pytest.fixture(scope="module")
def fitted(data):
    return TabularGAN(max_iter=10, n_generators=1, random_state=0, train_options=OPTIONS).fit(*data)


@pytest.fixture(scope="module")
def saved(fitted, tmp_path_factory):
    path = tmp_path_factory.mktemp("models") / "model"
    fitted.save(path)
    return path


@pytest.fixture
def copied(saved, tmp_path):
    """A copy of the saved model to damage."""
    return shutil.copytree(saved, tmp_path / "model")


def edit_document(path, change):
    document = json.loads((path / "model.json").read_text())
    change(document)
    (path / "model.json").write_text(json.dumps(document))


def edit_arrays(path, change):
    arrays = load_file(path / "weights.safetensors")
    change(arrays)
    save_file(arrays, path / "weights.safetensors")


def test_round_trip_is_exact(fitted, saved, data, monkeypatch):
    def refuse(*arguments, **parameters):
        pytest.fail("A pickle was read.")

    for name in ("load", "loads", "Unpickler"):
        monkeypatch.setattr(pickle, name, refuse)
    loaded = TabularGAN.load(saved)
    np.testing.assert_array_equal(loaded.sample(1100, label=1, start=3), fitted.sample(1100, label=1, start=3))
    np.testing.assert_array_equal(loaded.discriminate(*data), fitted.discriminate(*data))
    assert loaded.get_params() == fitted.get_params() | {
        "train_options": {k: list(v) if isinstance(v, tuple) else v for k, v in OPTIONS.items()}
    }
    assert loaded.events_ == fitted.events_
    assert list(loaded.history_) == list(fitted.history_)
    for name, values in fitted.history_.items():
        np.testing.assert_array_equal(loaded.history_[name], values)
    np.testing.assert_array_equal(loaded.classes_, fitted.classes_)
    np.testing.assert_array_equal(loaded.class_counts_, fitted.class_counts_)
    assert (loaded.n_iter_, loaded.n_features_in_) == (fitted.n_iter_, fitted.n_features_in_)


def test_folder_holds_json_and_safetensors_only(saved):
    assert sorted(path.name for path in saved.iterdir()) == ["model.json", "weights.safetensors"]
    assert json.loads((saved / "model.json").read_text())["kind"] == "imbgan.TabularGAN"


def test_loaded_model_is_saved_again_as_it_was(saved, tmp_path):
    TabularGAN.load(saved).save(tmp_path / "again")
    assert (tmp_path / "again" / "model.json").read_bytes() == (saved / "model.json").read_bytes()
    assert (tmp_path / "again" / "weights.safetensors").read_bytes() == (saved / "weights.safetensors").read_bytes()


def test_mixed_table_and_named_labels(quick_gan, mixed_table, tmp_path):
    X, y = mixed_table
    gan = quick_gan(kinds={"visits": "continuous"}, condition="minority").fit(X, y, classes=["rare"])
    gan.save(tmp_path / "model")
    loaded = TabularGAN.load(tmp_path / "model")
    assert loaded.sample(30, label="rare").equals(gan.sample(30, label="rare"))
    assert loaded.kinds == {"visits": "continuous"}


def test_table_of_constants(quick_gan, tmp_path):
    gan = quick_gan().fit(np.ones((8, 2)), np.repeat([0, 1], 4))
    gan.save(tmp_path / "model")
    assert TabularGAN.load(tmp_path / "model").sample(2, label=1).tolist() == [[1.0, 1.0]] * 2


def test_model_of_a_sampler(quick_sampler, data, tmp_path):
    sampler = quick_sampler()
    X_new, _ = sampler.fit_resample(*data)
    sampler.gan_.save(tmp_path / "model")
    np.testing.assert_array_equal(TabularGAN.load(str(tmp_path / "model")).sample(80, label=1), X_new[120:])


@pytest.mark.parametrize("kind", ["folder", "file", "empty folder"])
def test_existing_path_is_not_overwritten(kind, fitted, tmp_path):
    path = tmp_path / "model"
    path.write_text("mine") if kind == "file" else path.mkdir()
    if kind == "folder":
        (path / "mine").write_text("mine")
    with pytest.raises(ModelFileError, match=r"'.*model' exists; remove it or name another"):
        fitted.save(path)
    assert [p.name for p in tmp_path.iterdir()] == ["model"]
    assert path.is_file() or [p.name for p in path.iterdir()] == (["mine"] if kind == "folder" else [])


def test_parent_must_exist(fitted, tmp_path):
    with pytest.raises(ModelFileError, match=r"'.*nowhere' does not exist"):
        fitted.save(tmp_path / "nowhere" / "model")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("error", [KeyboardInterrupt, OSError("disk full"), MemoryError])
def test_interrupted_save_leaves_nothing(error, fitted, tmp_path, monkeypatch):
    def interrupted(arrays, path):
        path.write_bytes(b"half")
        raise error

    monkeypatch.setattr("imbgan.gan.checkpoint.save_file", interrupted)
    with pytest.raises(type(error) if isinstance(error, Exception) else error):
        fitted.save(tmp_path / "model")
    assert list(tmp_path.iterdir()) == []
    monkeypatch.undo()
    fitted.save(tmp_path / "model")
    assert TabularGAN.load(tmp_path / "model").n_iter_ == fitted.n_iter_


def test_a_full_disk_is_named_and_leaves_nothing(fitted, tmp_path, monkeypatch):
    def save_file(*_):
        raise SafetensorError("Error while serializing: I/O error: No space left on device (os error 28)")

    monkeypatch.setattr("imbgan.gan.checkpoint.save_file", save_file)
    with pytest.raises(ModelFileError, match=r"cannot be written to .*model': .*No space left on device"):
        fitted.save(tmp_path / "model")
    assert list(tmp_path.iterdir()) == []


def test_labels_without_json_form_are_refused(quick_gan, data, tmp_path):
    gan = quick_gan().fit(data[0], np.array(["2024-01-01", "2025-01-01"], "datetime64[D]")[data[1]])
    with pytest.raises(ModelFileError, match=r"text, numbers or booleans.*convert y to text"):
        gan.save(tmp_path / "model")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["model.json", "weights.safetensors"])
def test_missing_file(name, copied):
    (copied / name).unlink()
    with pytest.raises(ModelFileError, match=rf"'.*{name}' is missing"):
        TabularGAN.load(copied)


def test_missing_folder(tmp_path):
    with pytest.raises(ModelFileError, match=r"model.json' is missing"):
        TabularGAN.load(tmp_path / "nothing")


@pytest.mark.parametrize("share", [0.0, 0.01, 0.3, 0.999])
def test_truncated_document(share, copied):
    path = copied / "model.json"
    path.write_bytes(path.read_bytes()[: int(share * path.stat().st_size)])
    with pytest.raises(ModelFileError, match=r"is not JSON .*truncated or foreign"):
        TabularGAN.load(copied)


@pytest.mark.parametrize("n_bytes", [0, 1, 7, 8, 9, 100, 1000, -1000, -1])
def test_truncated_weights(n_bytes, copied):
    path = copied / "weights.safetensors"
    path.write_bytes(path.read_bytes()[:n_bytes])
    with pytest.raises(ModelFileError, match=r"weights.safetensors' is truncated or foreign"):
        TabularGAN.load(copied)


@pytest.mark.parametrize("content", [b"\x80\x04K\x01.", b"\x00" * 64, b"PK\x03\x04" + b"\x00" * 60, b"\xff" * 16])
def test_foreign_weights(content, copied):
    (copied / "weights.safetensors").write_bytes(content)
    with pytest.raises(ModelFileError, match="truncated or foreign"):
        TabularGAN.load(copied)


@pytest.mark.parametrize(
    "text",
    [
        "{}",
        "[]",
        "null",
        '"imbgan.TabularGAN"',
        '{"kind": "other"}',
        "[" * 100_000,
        "\ud800".encode("utf-8", "surrogatepass"),
    ],
)
def test_foreign_document(text, copied):
    (copied / "model.json").write_bytes(text if isinstance(text, bytes) else text.encode())
    with pytest.raises(ModelFileError, match=r"must hold a saved imbgan.TabularGAN. Got|is not JSON"):
        TabularGAN.load(copied)


@pytest.mark.parametrize("version", [0, 1, 2, 3, 4, 6, "5", None])
def test_other_version(version, copied):
    edit_document(copied, lambda document: document.update(version=version))
    with pytest.raises(ModelFileError, match=f"has format version {version!r}; this imbgan reads 5"):
        TabularGAN.load(copied)


def test_every_missing_leaf_is_named(copied):
    arrays = load_file(copied / "weights.safetensors")
    leaves = [name for name in arrays if name.startswith("models/")]
    assert len(leaves) > 5
    for name in leaves:
        save_file({k: v for k, v in arrays.items() if k != name}, copied / "weights.safetensors")
        with pytest.raises(ModelFileError, match=f"leaf {name.removeprefix('models/0/')} is missing"):
            TabularGAN.load(copied)


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("models/0/generator/bank", "leaf 'generator/bank' is not part"),
        ("models/0/discriminator/layers/9/weight", "leaf 'discriminator/layers/9/weight' is not part"),
        ("models/1/offsets", "array 'models/1/offsets'"),
        ("models/00/offsets", "array 'models/00/offsets'"),
        ("extra", "array 'extra'"),
        ("encoder/extra", "'encoder' does not fit"),
    ],
)
def test_every_leaf_that_is_not_expected_is_refused(name, message, copied):
    edit_arrays(copied, lambda arrays: arrays.update({name: np.zeros(3, np.float32)}))
    with pytest.raises(ModelFileError, match=message):
        TabularGAN.load(copied)


@pytest.mark.parametrize("name", ["pictures", None, 7, ["columns"]], ids=str)
def test_an_unknown_space_is_refused(name, copied):
    edit_document(copied, lambda document: document["models"][0]["space"].update(name=name))
    with pytest.raises(ModelFileError, match=r"space .*this imbgan knows 'columns'"):
        TabularGAN.load(copied)


@pytest.mark.parametrize("name", ["capsules", None, 7, {}], ids=str)
def test_an_unknown_network_family_is_refused(name, copied):
    edit_document(copied, lambda document: document["models"][0]["networks"].update(family=name))
    with pytest.raises(ModelFileError, match=r"network family .*this imbgan knows 'perceptrons'"):
        TabularGAN.load(copied)


class Shifted(PerceptronGenerator):
    """Leaves as the usual generator has them, and other rows: only its class tells them apart."""

    def __call__(self, noise, codes):
        return super().__call__(noise, codes) + 1.0


class ShiftedGAN(TabularGAN):
    """A subclass with networks of its own."""

    def _family(self, rows, codes, space, train_mask):
        return replace(PERCEPTRONS, generator=Shifted)


@pytest.fixture(scope="module")
def shifted(data):
    return ShiftedGAN(max_iter=10, n_generators=1, random_state=0, train_options=OPTIONS).fit(*data)


def test_networks_of_no_family_are_refused_when_saving(shifted, tmp_path):
    with pytest.raises(ModelFileError, match=r"Shifted and PerceptronDiscriminator are of none.*FAMILIES"):
        shifted.save(tmp_path / "model")
    assert list(tmp_path.iterdir()) == []


def test_networks_of_a_named_family_come_back_and_draw_the_same_rows(shifted, data, tmp_path, monkeypatch):
    family = replace(PERCEPTRONS, generator=Shifted)
    monkeypatch.setitem(FAMILIES, "shifted", family)
    shifted.save(tmp_path / "model")
    loaded = TabularGAN.load(tmp_path / "model")
    np.testing.assert_array_equal(loaded.sample(50, label=1), shifted.sample(50, label=1))
    monkeypatch.undo()
    with pytest.raises(ModelFileError, match="network family 'shifted'"):
        TabularGAN.load(tmp_path / "model")


def test_numpy_numbers_among_the_parameters_are_saved(data, tmp_path):
    options = {**OPTIONS, "latent_dim": np.int64(8), "gamma": np.float32(0.5), "generator_hidden": [np.int32(16)]}
    gan = TabularGAN(max_iter=np.int64(10), n_generators=np.int64(1), train_options=options, random_state=0).fit(*data)
    gan.save(tmp_path / "model")
    loaded = TabularGAN.load(tmp_path / "model")
    np.testing.assert_array_equal(loaded.sample(20, label=1), gan.sample(20, label=1))
    assert loaded.get_params()["train_options"]["gamma"] == 0.5


@pytest.mark.parametrize("change", ["shape", "dtype"])
def test_leaf_of_another_shape_or_type(change, copied):
    def damage(arrays):
        name = next(name for name in arrays if name.startswith("models/0/generator/"))
        arrays[name] = arrays[name][..., :-1].copy() if change == "shape" else arrays[name].astype(np.float64)

    edit_arrays(copied, damage)
    with pytest.raises(
        ModelFileError, match=r"leaf generator/.* must have shape .* and dtype float32.*are not of one model"
    ):
        TabularGAN.load(copied)


TAMPERED = {
    "wider network": lambda d: d["models"][0]["networks"]["config"].update(generator_hidden=[32]),
    "unknown loss": lambda d: d["models"][0]["config"].update(loss="mine"),
    "unknown setting": lambda d: d["models"][0]["config"].update(color="red"),
    "setting of another type": lambda d: d["models"][0]["networks"]["config"].update(latent_dim="eight"),
    "enormous network": lambda d: d["models"][0]["networks"]["config"].update(latent_dim=2**40),
    "endless network": lambda d: d["models"][0]["networks"]["config"].update(latent_dim=10**30),
    "enormous columns": lambda d: d["models"][0]["space"].update(spans=[["category", 2**50]]),
    "endless columns": lambda d: d["models"][0]["space"].update(spans=[["category", 10**30]]),
    "columns without levels": lambda d: d["models"][0]["space"].update(spans=[["category", 0]] * 4),
    "no columns": lambda d: d["models"][0]["space"].update(spans=[]),
    "temperature that is no number": lambda d: d["models"][0]["space"]["options"].update(temperature=float("nan")),
    "negative classes": lambda d: d["models"][0]["config"].update(n_classes=-2),
    "no generators": lambda d: d["models"][0]["config"].update(n_members=0),
    "unknown size": lambda d: d["models"][0]["networks"]["config"].update(color="red"),
    "other noise": lambda d: d["models"][0]["networks"]["config"].update(embedding_dim=15, latent_dim=9),
    "no networks": lambda d: d["models"][0].pop("networks"),
    "networks of another type": lambda d: d["models"][0].update(networks=[1]),
    "no space": lambda d: d["models"][0].pop("space"),
    "space of another type": lambda d: d["models"][0].update(space="columns"),
    "temperature out of range": lambda d: d["models"][0]["space"]["options"].update(temperature=0),
    "unknown column option": lambda d: d["models"][0]["space"]["options"].update(color="red"),
    "more generators": lambda d: d["models"][0]["config"].update(n_members=2),
    "other columns": lambda d: d["models"][0]["space"].update(spans=[["number", 1]]),
    "unknown columns": lambda d: d["models"][0]["space"].update(spans=[["picture", 1]] * 4),
    "no models": lambda d: d.update(models=[]),
    "models of another type": lambda d: d.update(models=7),
    "class without a model": lambda d: d.update(places=[[0, 0, 0], [1, 5, 1]]),
    "class beyond the model": lambda d: d.update(places=[[0, 0, 0], [1, 0, 9]]),
    "no parameters": lambda d: d.pop("parameters"),
    "unknown parameter": lambda d: d["parameters"].update(color="red"),
    "parameter out of range": lambda d: d["parameters"].update(max_iter=0),
    "too few labels": lambda d: d["classes"].update(labels=[0]),
    "labels of another type": lambda d: d["classes"].update(dtype="<M8[D]"),
    "no such type": lambda d: d["classes"].update(dtype="pickle"),
    "too few counts": lambda d: d.update(class_counts=[100]),
    "no encoder": lambda d: d.update(encoder={}),
    "encoder of another type": lambda d: d.update(encoder=None),
    "event of another shape": lambda d: d.update(events=[{"color": "red"}]),
    "seed of another type": lambda d: d.update(seed="seed"),
    "negative seed": lambda d: d.update(seed=-1),
}


@pytest.mark.parametrize("change", TAMPERED.values(), ids=TAMPERED)
def test_tampered_document(change, copied):
    edit_document(copied, change)
    with pytest.raises(ModelFileError, match=r"ave the model again|ave it again|must be|must have"):
        TabularGAN.load(copied)


def test_missing_encoder_array(copied):
    def damage(arrays):
        arrays.pop(next(name for name in arrays if name.startswith("encoder/")))

    edit_arrays(copied, damage)
    with pytest.raises(ModelFileError):
        TabularGAN.load(copied)


def test_sampler_has_no_file_of_its_own():
    assert not hasattr(GANOverSampler, "load")
