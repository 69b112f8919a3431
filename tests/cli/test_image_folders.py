"""Commands on folders of images: what is written, what is told, and one line for wrong use."""

import contextlib
import csv
import io
import json
import os
import re
import shlex
import shutil
import signal
import subprocess
import sys

import numpy as np
import polars as pl
import pytest
from PIL import Image
from sklearn.datasets import load_digits

from imbgan import Audit, ImageGAN, ImageGANOverSampler, audit_images
from imbgan.cli import main
from imbgan.cli.options import IMAGE_STEPS, STEPS
from imbgan.image import read_folder

TRAIN = ("--max-iter", "10")
COUNTS = {"one": 24, "three": 6, "zero": 16}
pytestmark = pytest.mark.filterwarnings("ignore::imbgan.GenerationQualityWarning")


@pytest.fixture(scope="session")
def photos(tmp_path_factory):
    """Digits of three classes as PNG files, the rarest of six images."""
    root = tmp_path_factory.mktemp("images") / "photos"
    digits = load_digits()
    for digit, (label, n) in zip((1, 3, 0), COUNTS.items(), strict=True):
        (root / label).mkdir(parents=True)
        for i, image in enumerate(digits.images[digits.target == digit][:n]):
            Image.fromarray((image * 255 / 16).round().astype(np.uint8)).save(root / label / f"{i:02d}.png")
    return root


@pytest.fixture(scope="session")
def image_model(photos):
    """Fit a model to the folder with the command line."""
    path = photos.parent / "model"
    arguments = ["fit", str(photos), "-o", str(path), "-q", *TRAIN]
    with pytest.raises(SystemExit) as exited, contextlib.redirect_stderr(io.StringIO()):
        main(arguments)
    assert exited.value.code == 0
    return path


def manifest(folder):
    with (folder / "manifest.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def pixels_of(path):
    with Image.open(path) as image:
        return np.asarray(image)


def test_resample_gives_every_class_the_same_share_and_keeps_originals(imbgan, photos, tmp_path):
    output = tmp_path / "balanced"
    result = imbgan("resample", photos, "-o", output, *TRAIN, "--json", tmp_path / "r.json")
    assert result.code == 0
    document = json.loads((tmp_path / "r.json").read_text())
    rows = manifest(output)
    by_kind = {kind: [row for row in rows if row["kind"] == kind] for kind in ("original", "augmented", "generated")}
    assert len(by_kind["original"]) == sum(COUNTS.values())
    for row in by_kind["original"]:
        assert (output / row["path"]).read_bytes() == (photos / row["path"]).read_bytes()
    for row in by_kind["augmented"]:
        assert row["source"].startswith(f"{row['label']}/")
        assert (photos / row["source"]).is_file()
    after = document["class_counts"]["after"]
    assert document["class_counts"]["before"] == COUNTS
    assert set(after.values()) == {32}
    for label in COUNTS:
        assert sum(row["label"] == label for row in by_kind["generated"]) == 8  # a quarter
    assert (document["n_generated"], document["n_augmented"]) == (24, 96 - 24 - 46)
    assert "class  before  copies  generated  after\none        24       0          8     32" in result.out
    # Read again, the folder holds what the sampler returns for the same seed.
    folder, again = read_folder(photos), read_folder(output)
    expected, labels = ImageGANOverSampler(max_iter=10, random_state=0).fit_resample(folder.pixels, folder.labels)
    assert again.counts == after
    written = {tuple(row["path"].split("/", 1)): pixels_of(output / row["path"]) for row in rows}
    np.testing.assert_array_equal(np.stack(list(written.values())), expected)
    assert [label for label, _ in written] == labels.tolist()


def test_copies_alone_need_no_training_and_a_ratio_needs_two_classes(imbgan, photos, tmp_path, monkeypatch):
    monkeypatch.setattr(ImageGAN, "fit", lambda *_, **__: pytest.fail("trained"))
    arguments = ("--generated-share", "0", "--json", "-", "--seed", "3")
    result = imbgan("resample", photos, "-o", tmp_path / "out", *arguments)
    assert result.json["class_counts"]["after"] == dict.fromkeys(COUNTS, 24)
    assert (result.json["n_generated"], result.json["seed"]) == (0, 3)
    result = imbgan("resample", photos, "-o", tmp_path / "x", "--ratio", "0.5", *arguments)
    assert (result.code, "binary" in result.err) == (2, True)
    two = tmp_path / "two"
    for label in ("one", "three"):
        shutil.copytree(photos / label, two / label)
    result = imbgan("resample", two, "-o", tmp_path / "half", "--ratio", "0.5", *arguments)
    assert result.json["class_counts"]["after"] == {"one": 24, "three": 12}


def test_resized_images_are_new_ones_and_originals_stay(imbgan, photos, tmp_path):
    big = tmp_path / "big"
    for i in range(4):
        for label in ("a", "b"):
            (big / label).mkdir(parents=True, exist_ok=True)
            Image.fromarray(np.full((90, 100 + i, 3), 20 * i + ord(label) % 9, np.uint8)).save(big / label / f"{i}.jpg")
    (big / "a" / "3.jpg").unlink()
    result = imbgan("resample", big, "-o", tmp_path / "out", "--generated-share", "0")
    assert result.code == 1
    assert "Images must have one size. Got 4" in result.err
    assert "--resize 32x32" in result.err
    arguments = ("--generated-share", "0", "--resize", "16x8", "--flip")
    result = imbgan("resample", big, "-o", tmp_path / "out", *arguments)
    assert result.code == 0
    assert "new images have 16 x 8 pixels. Resize all alike before you train" in result.err
    assert "changed the proportions" in result.err
    (copy,) = [row["path"] for row in manifest(tmp_path / "out") if row["kind"] == "augmented"]
    assert pixels_of(tmp_path / "out" / copy).shape == (8, 16, 3)
    assert (tmp_path / "out" / "a" / "0.jpg").read_bytes() == (big / "a" / "0.jpg").read_bytes()


def test_flip_and_recipe_reach_the_estimators(imbgan, photos, tmp_path, monkeypatch):
    seen = []

    def stop(self, *_, **__):
        seen.append((self.augmentations, self.recipe, self.max_iter))
        raise ValueError("enough")

    monkeypatch.setattr(ImageGANOverSampler, "fit_resample", stop)
    monkeypatch.setattr(ImageGAN, "fit", stop)
    for command in ("resample", "fit"):
        imbgan(command, photos, "-o", tmp_path / "x", "--flip", "--recipe", "latent")
        imbgan(command, photos, "-o", tmp_path / "x", *TRAIN)
    assert seen == [({"flip": True}, "latent", IMAGE_STEPS), (None, "direct", 10)] * 2


def test_steps_for_tables_are_those_of_the_help(imbgan):
    for command in ("resample", "fit"):
        words = re.findall(r"[\w:;]+", imbgan(command, "--help").out)
        assert f"default: {STEPS}; {IMAGE_STEPS} for images" in " ".join(words)


def test_generated_images_are_those_of_the_model(imbgan, image_model, tmp_path):
    arguments = ("--label", "THREE", "-n", "5", "--start", "2")
    result = imbgan("generate", image_model, *arguments, "-o", tmp_path / "out", "--json", tmp_path / "g.json")
    assert result.code == 0
    assert "5 images of class three, from image 2" in result.out
    assert json.loads((tmp_path / "g.json").read_text())["n_images"] == 5
    rows = manifest(tmp_path / "out")
    gan = ImageGAN.load(image_model)
    np.testing.assert_array_equal(
        [pixels_of(tmp_path / "out" / row["path"]) for row in rows], gan.sample(5, label="three", start=2)
    )
    assert [row["place"] for row in rows] == ["2", "3", "4", "5", "6"]
    assert {row["seed"] for row in rows} == {str(gan.generator_.seed)}


def test_many_images_are_generated_block_by_block(imbgan, image_model, tmp_path, monkeypatch):
    monkeypatch.setattr("imbgan.cli.image_commands._BLOCK", 3)
    imbgan("generate", image_model, "-l", "zero", "-n", "8", "-o", tmp_path / "out")
    rows = manifest(tmp_path / "out")
    expected = ImageGAN.load(image_model).sample(8, label="zero")
    np.testing.assert_array_equal([pixels_of(tmp_path / "out" / row["path"]) for row in rows], expected)


@pytest.mark.slow
def test_a_model_of_python_generates_too(imbgan, tmp_path):
    images = np.random.default_rng(0).uniform(size=(20, 8, 9, 3)).astype(np.float32)
    gan = ImageGAN(max_iter=5, random_state=1).fit(images, np.repeat([0, 1], 10))
    gan.save(tmp_path / "model")
    assert imbgan("generate", tmp_path / "model", "-l", "1", "-n", "2", "-o", tmp_path / "out").code == 0
    pixels = pixels_of(tmp_path / "out" / "1" / "generated-0000001.png")
    np.testing.assert_allclose(pixels, gan.sample(2, label=1)[1] * 255, atol=0.51)


def test_a_forged_model_writes_nowhere_else(imbgan, image_model, tmp_path):
    shutil.copytree(image_model, tmp_path / "model")
    document = json.loads((tmp_path / "model" / "model.json").read_text())
    document["classes"] = {"dtype": "<U9", "labels": ["../../x", "three", "zero"]}
    (tmp_path / "model" / "model.json").write_text(json.dumps(document))
    result = imbgan("generate", tmp_path / "model", "-l", "../../x", "-n", "2", "-o", tmp_path / "out")
    assert (result.code, "becomes the name of a folder" in result.err) == (1, True)
    assert [entry.name for entry in tmp_path.iterdir()] == ["model"]


def test_describe_tells_counts_size_remarks_and_the_next_command(imbgan, photos, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    odd = tmp_path / "my photos"
    shutil.copytree(photos, odd)
    shutil.copy(odd / "one" / "00.png", odd / "one" / "zz.png")
    (odd / "zero" / "bad.png").write_text("no image")
    (odd / "notes.txt").write_text("x")
    assert imbgan("describe", odd).code == 1
    result = imbgan("describe", odd, "--skip-unreadable", "--json", tmp_path / "d.json")
    assert result.code == 0
    assert "47 images, 8 x 8 pixels, gray" in result.out
    assert "class  images  share\none        25  53.2%" in result.out
    document = json.loads((tmp_path / "d.json").read_text())
    assert document["class_counts"] == {**COUNTS, "one": 25}
    assert (document["width"], document["height"], document["channels"]) == (8, 8, 1)
    assert document["skipped"] == {"zero/bad.png": "it is no image, whatever its name says"}
    assert any("equal to an earlier one" in remark for remark in document["remarks"])
    assert f"Next: {document['next']}" in result.out
    words = shlex.split(document["next"])
    assert words[:3] == ["imbgan", "resample", str(odd)]
    assert imbgan(*words[1:], "--generated-share", "0").code == 0
    assert (tmp_path / "my photos-balanced" / "manifest.csv").is_file()


def test_describe_of_what_cannot_be_learned_ends_with_why(imbgan, place, monkeypatch, tmp_path):
    monkeypatch.chdir(place)
    for name, words in (("single", "At least 2 images are needed"), ("lonely", "Two classes are needed")):
        result = imbgan("describe", name, "--json", tmp_path / f"{name}.json")
        assert result.code == 0
        assert result.out.splitlines()[-1].startswith(words)
        assert json.loads((tmp_path / f"{name}.json").read_text())["next"] is None


def test_a_contradiction_is_a_warning(imbgan, photos, tmp_path):
    odd = tmp_path / "odd"
    shutil.copytree(photos, odd)
    shutil.copy(odd / "one" / "00.png", odd / "zero" / "copy.png")
    result = imbgan("describe", odd, "-q")
    assert result.err.startswith(
        "imbgan: warning: The same image stands in two classes: 'one/00.png' and 'zero/copy.png'"
    )


WRONG = {
    "typo": ("describe photo", 1, "does not exist. Did you mean 'photos'?"),
    "typo without a target": ("resample nowhere.csv -o x", 1, "does not exist"),
    "table without a target": ("describe t.csv", 2, "Missing option '--target' / '-t'. See: imbgan describe --help"),
    "target": ("resample photos -o x --target y", 2, "--target is only for tables. 'photos' holds images. The labels"),
    "mark": ("resample photos -o x --mark y --output-format csv", 2, "--mark, --output-format are only for tables"),
    "drop": ("fit photos -o x --drop a --decimal ,", 2, "--decimal, --drop are only for tables"),
    "cast": ("describe photos --cast a=text --drop-missing-target", 2, "--kind, --drop-missing-target are only"),
    "identifiers": ("fit photos -o x --identifiers keep", 2, "--identifiers is only for tables"),
    "format of images": ("generate model -l zero -n 1 -o x --output-format csv", 2, "--output-format is only for"),
    "images of tables": (
        "resample t.csv -t y -o x.csv --flip --resize 8x8",
        2,
        "--resize, --flip are only for folders",
    ),
    "share of tables": (
        "resample t.csv -t y -o x.csv --generated-share 0.1",
        2,
        "--generated-share is only for folders",
    ),
    "describe of tables": ("describe t.csv -t y --skip-unreadable", 2, "--skip-unreadable is only for folders"),
    "share": ("resample photos -o x --generated-share 0.6", 2, "--generated-share must be a number from 0 to 0.5"),
    "no share": ("resample photos -o x --generated-share lots", 2, "must be a number from 0 to 0.5. Got 'lots'"),
    "size": ("describe photos --resize 5x5", 2, "--resize must be 8 to 64 pixels along each side"),
    "no size": ("describe photos --resize huge", 2, "--resize must be a width and a height, such as 32x32"),
    "inside": ("resample photos -o photos/out", 2, "must not lie in the folder that is read"),
    "over itself": ("resample photos -o photos -f", 2, "must not lie in the folder that is read"),
    "exists": ("resample photos -o model", 2, "'model' exists and was not written by imbgan"),
    "forced": ("resample photos -o model -f", 2, "'model' exists and was not written by imbgan"),
    "no parent": ("resample photos -o a/b", 2, "The folder 'a' does not exist"),
    "stream": ("resample photos -o -", 2, "not to standard output"),
    "one place": ("resample photos -o x --json x", 2, "Only one output can go to 'x'"),
    "model exists": ("fit photos -o model", 2, "'model' exists. Name another folder"),
    "label": ("generate model -l thre -n 1 -o x", 2, "Did you mean 'three'?"),
    "one class": ("resample photos/one -o x", 1, "holds images, but no folders of classes"),
    "no images": (
        "describe model",
        2,
        "'model' holds no images, so it is read as a table in files. Missing option '--target'",
    ),
    "empty": ("describe empty", 1, "'empty' is empty: put the images of each class into a folder of its own"),
    "compare with a target": ("compare photos -t y", 2, "--target is only for tables"),
    "audit of few images": ("audit photos", 1, "The class 'three' has 6; collect more"),
    "train": ("train photos -t y -o x", 1, "this command takes tables only"),
    "single": ("resample single -o x", 1, "At least 2 images are needed to learn a class. Got 1 of 'b'"),
    "single class": ("fit lonely -o x", 1, "Two classes are needed"),
}


@pytest.fixture(scope="session")
def place(photos, image_model):
    """Hold folders and a table by short names, besides a model."""
    base = photos.parent
    pl.DataFrame({"a": [1.0, 2.0] * 20, "y": ["no"] * 30 + ["yes"] * 10}).write_csv(base / "t.csv")
    (base / "empty").mkdir()
    for name, label, n in (("single", "a", 3), ("single", "b", 1), ("lonely", "a", 3)):
        (base / name / label).mkdir(parents=True)
        for i in range(n):
            Image.fromarray(np.full((8, 8), 9 * i + ord(label), np.uint8)).save(base / name / label / f"{i}.png")
    return base


@pytest.mark.parametrize("name", WRONG)
def test_wrong_use_is_one_line_and_writes_nothing(imbgan, place, monkeypatch, name):
    command, code, words = WRONG[name]
    monkeypatch.chdir(place)
    before = sorted(place.iterdir())
    result = imbgan(*shlex.split(command))
    lines = result.err.splitlines()
    assert (result.code, result.out) == (code, "")
    assert words in lines[-1]
    assert lines[-1].startswith("imbgan: ")
    assert not any(line.startswith("imbgan: ") for line in lines[:-1])
    assert sorted(place.iterdir()) == before


@pytest.mark.parametrize("command", ["resample", "generate"])
def test_interrupted_while_writing_leaves_nothing(photos, image_model, tmp_path, command):
    # A true signal while the third image is written.
    code = (
        "import os, signal, sys\nimport imbgan.image.writing as writing\nfrom imbgan.cli import main\n"
        "note = writing.FolderWriter._note\n"
        "def slow(self, *arguments):\n"
        "    note(self, *arguments)\n"
        "    if len(self.rows) == 3: os.kill(os.getpid(), signal.SIGINT)\n"
        "writing.FolderWriter._note = slow\n"
        "main(sys.argv[1:])\n"
    )
    arguments = {
        "resample": [photos, "--generated-share", "0"],
        "generate": [image_model, "-l", "zero", "-n", "9"],
    }[command]
    words = [command, *map(str, arguments), "-o", str(tmp_path / "out")]
    result = subprocess.run([sys.executable, "-c", code, *words], capture_output=True, check=False)
    assert (result.returncode, result.stderr) == (128 + signal.SIGINT, b"imbgan: interrupted\n")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs limits of POSIX")
def test_a_full_disk_is_one_line_and_leaves_nothing(photos, tmp_path):
    # Files beyond a limit cannot be written, as on a full disk.
    code = (
        "import resource, signal, sys\nfrom imbgan.cli import main\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (40, 40))\n"
        "main(sys.argv[1:])\n"
    )
    words = ["resample", str(photos), "-o", str(tmp_path / "out"), "--generated-share", "0"]
    result = subprocess.run([sys.executable, "-c", code, *words], capture_output=True, check=False)
    assert result.returncode == 1
    assert result.stderr.decode() == f"imbgan: {str(tmp_path / 'out')!r} cannot be written: File too large.\n"
    assert list(tmp_path.iterdir()) == []


def test_assess_takes_the_generated_images_of_a_resampled_folder(imbgan, photos, tmp_path):
    imbgan("resample", photos, "-o", tmp_path / "balanced", "-q", *TRAIN)
    page, told = tmp_path / "page.html", tmp_path / "a.json"
    result = imbgan("assess", photos, tmp_path / "balanced", "--report", page, "--json", told)
    assert result.code == 0, result.err
    document = json.loads(told.read_text())
    assert document["class_counts"] == {"one": [24, 8], "zero": [16, 8], "three": [6, 8]}
    assert document["pictures"] == []
    assert "data:image/png;base64," in page.read_text(encoding="utf-8")
    copies = imbgan("assess", photos, photos)  # a folder without a manifest is judged whole
    assert copies.code == 0
    assert "IMB002" in copies.out


def test_assess_refuses_a_folder_in_which_nothing_is_generated(imbgan, photos, tmp_path):
    imbgan("resample", photos, "-o", tmp_path / "balanced", "-q", "--generated-share", "0")
    result = imbgan("assess", photos, tmp_path / "balanced")
    assert result.code == 1
    assert "holds no generated images" in result.err


def test_compare_judges_strategies_on_a_folder(imbgan, photos, tmp_path):
    result = imbgan(
        *("compare", photos, "--strategies", "copies,image_gan", "-e", "logistic_regression", "-j", "1", *TRAIN),
        *("--report", tmp_path / "verdict.html", "--json", tmp_path / "v.json"),
    )
    assert result.code == 0, result.err
    document = json.loads((tmp_path / "v.json").read_text())
    assert {run["strategy"] for run in document["runs"]} == {"none", "copies", "image_gan"}
    assert {score["n_folds"] for score in document["scores"]} == {3}
    assert (tmp_path / "verdict.html").is_file()


def test_audit_does_what_the_function_does(imbgan, photos, tmp_path):
    page, told = tmp_path / "audit.html", tmp_path / "a.json"
    arguments = ("--source", "copies,independent", "--label", "one", "--runs", 2, "--learned", 12)
    options = ("--flip", "--resize", "9x8", "--seed", 3)
    result = imbgan("audit", photos, *arguments, *options, "--report", page, "--json", told)
    assert result.code == 0, result.err
    found = Audit.from_dict(json.loads(told.read_text()))
    folder = read_folder(photos, resize=(8, 9))
    expected = audit_images(
        folder.pixels,
        folder.labels,
        source=["copies", "independent"],
        label="one",
        n_runs=2,
        n_learned=12,
        sampler_options={"augmentations": {"flip": True}},
        random_state=3,
    )
    assert found == expected
    assert "copies" in result.out
    assert "Rows are images" in page.read_text(encoding="utf-8")


def test_audit_trains_generators_as_it_was_told(imbgan, photos, monkeypatch):
    seen = []

    def stop(self, images, labels):
        seen.append((self.generated_share, self.recipe, self.max_iter, images.dtype, len(labels)))
        raise ValueError("enough")

    monkeypatch.setattr(ImageGANOverSampler, "fit_resample", stop)
    imbgan("audit", photos, "--label", "one", "--recipe", "latent")
    imbgan("audit", photos, "--label", "one", *TRAIN)
    assert seen == [(None, "latent", IMAGE_STEPS, np.uint8, 34), (None, "direct", 10, np.uint8, 34)]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("compare", "photos", "--strategies", "bagging"), "none, class_weight, smote, copies, image_gan"),
        (("compare", "photos", "--groups", "x"), "--groups is only for tables"),
        (("compare", "photos", "--cost-missed", "3"), "--cost-missed needs --cost-alarm"),
        (("assess", "photos", "photos", "--mark", "x"), "--mark is only for tables"),
        (("assess", "photos", "missing"), "missing"),
        (("audit", "photos", "--source", "gan"), "one of image_gan, copies, smote, bootstrap, independent"),
        (("audit", "photos", "--source", "image_gann"), "Did you mean 'image_gan'"),
        (("audit", "photos", "-t", "x"), "--target is only for tables"),
        (("audit", "photos", "--label", "thre"), "Did you mean 'three'"),
    ],
)
def test_wrong_use_of_judges_is_told_in_one_line(imbgan, photos, monkeypatch, arguments, message):
    monkeypatch.chdir(photos.parent)
    result = imbgan(*arguments)
    assert result.code in (1, 2)
    assert message in " ".join(result.err.split())
    assert "Traceback" not in result.err
