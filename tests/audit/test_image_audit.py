"""``audit_images``: planted samplers of images, how images are compared, bad input, and what the results say."""

import json

import numpy as np
import pytest
from sklearn.base import BaseEstimator
from sklearn.linear_model import LogisticRegression
from sklearn.tree import DecisionTreeClassifier

from imbgan import Audit, DataError, DataTypeError, ImageGANOverSampler, ParameterError, audit_images
from imbgan.audit.views import IMAGE_NOTES
from imbgan.report.audit_page import render_audit

HOSTILE = '<img src=x onerror="alert(1)">'
SHAPE = (10, 9)


def pictures(n, rng):
    """Return gray images of a spot at a random place, with noise, as bytes."""
    rows, columns = np.mgrid[: SHAPE[0], : SHAPE[1]]
    center = rng.uniform(2.0, 7.0, (n, 2, 1, 1))
    spot = np.exp(-((rows - center[:, 0]) ** 2 + (columns - center[:, 1]) ** 2) / 4.0)
    return (200.0 * spot + rng.uniform(0.0, 40.0, (n, *SHAPE))).astype(np.uint8)


class Planted(BaseEstimator):
    """A sampler of images of which the tests know what it gives away."""

    def __init__(self, kind="fresh", sampling_strategy=None, random_state=0):
        self.kind = kind
        self.sampling_strategy = sampling_strategy
        self.random_state = random_state

    def fit_resample(self, X, y):
        assert (X.dtype, X.shape[1:]) == (np.uint8, SHAPE)
        rng = np.random.default_rng(self.random_state)
        ((label, total),) = self.sampling_strategy.items()
        learned = X[y == label]
        n = total - len(learned)
        n_new = {"too few": 1, "nothing": 0}.get(self.kind, n)
        copied = learned[rng.integers(len(learned), size=n_new)]
        new = pictures(n_new, rng) if self.kind == "fresh" else copied
        if self.kind == "brighter":
            new = np.clip(new.astype(int) + rng.integers(0, 9, (n_new, 1, 1)), 0, 255).astype(np.uint8)
        resampled = np.concatenate([X, new])
        return resampled[:, :8] if self.kind == "smaller" else resampled, np.append(y, [label] * n_new)


def rare_and_common(n_rare=80, n_common=120, seed=0):
    """Return dark images of bright spots, and as common images their negatives."""
    images = pictures(n_rare + n_common, np.random.default_rng(seed))
    images[:n_common] = 255 - images[:n_common]
    return images, np.repeat(["no", "yes"], [n_common, n_rare])


@pytest.fixture(scope="module")
def planted():
    sources = {kind: Planted(kind) for kind in ("copy", "brighter", "fresh")}
    sources |= {"independent": "independent", "smote": "smote"}
    return audit_images(*rare_and_common(), source=sources, n_runs=4, n_generated=300)


def test_a_sampler_that_repeats_images_is_caught(planted):
    assert planted.attack("copy", "nearest").auc.mean == planted.attack("copy", "equal_cells").auc.mean == 1.0
    assert planted.attack("copy", "nearest").tpr.mean == 1.0
    assert planted.worst("brighter").auc.mean > 0.95


def test_fresh_images_and_independent_pixels_come_out_near_one_half(planted):
    # 40 against 40 images in four runs: each mean has a standard error of .03, and there are ten attacks.
    found = {each.name: each.auc.mean for each in planted.attacks if (each.source, each.group) == ("fresh", "all")}
    assert len(found) == 10
    assert all(abs(value - 0.5) < 0.12 for value in found.values()), found
    assert abs(planted.attack("independent", "nearest").auc.mean - 0.5) < 0.15


def test_images_are_rebuilt_from_lines_and_no_cell_of_them_is_guessed(planted):
    assert {rate.name for rate in planted.rates} == {"near_copy", "rebuilt"}
    rates = {(rate.source, rate.name): (rate.learned.mean, rate.unseen.mean) for rate in planted.rates}
    assert rates["smote", "rebuilt"][0] > rates["smote", "rebuilt"][1] + 0.3
    assert rates["copy", "near_copy"][0] == 1.0


def test_equal_images_count_once():
    X, y = rare_and_common(40)
    X[-20:] = X[-40:-20]
    found = audit_images(X, y, source=["bootstrap"], label="yes", n_runs=2)
    assert (found.n_rare, found.n_learned, found.n_unseen) == (20, 10, 10)
    assert found.attack("bootstrap", "nearest").auc.mean == 1.0


def test_the_type_of_pixels_changes_nothing():
    X, y = rare_and_common(30, 60)
    options = {"source": ["copies", "independent"], "label": "yes", "n_runs": 2, "n_generated": 60}
    whole = audit_images(X, y, value_range=(0, 255), **options)
    wide = audit_images(X[..., None].astype(np.uint16), y, value_range=(0, 255), **options)
    assert whole.attacks == wide.attacks
    assert whole.attack("copies", "nearest").auc.mean > 0.9


def test_given_features_are_the_eyes_of_the_attacks():
    X, y = rare_and_common(40)
    seen = []

    def mean_and_place(images):
        seen.append((images.dtype, images.shape[1:]))
        light = images.astype(float).sum(axis=2)
        return np.column_stack([light.sum(axis=1), light @ np.arange(SHAPE[0])])

    found = audit_images(X, y, source={"copy": Planted("copy")}, n_runs=2, features=mean_and_place)
    assert set(seen) == {(np.dtype(np.uint8), SHAPE)}
    assert found.attack("copy", "nearest").auc.mean == 1.0
    assert {rate.name for rate in found.rates} == {"near_copy"}
    assert [note.facts for note in found.notes if note.name in IMAGE_NOTES] == [{"n": 2}]
    # Of more features than attacks can bear, the components are compared.
    many = audit_images(X, y, source=["bootstrap"], n_runs=2, features=lambda images: images.reshape(len(images), -1))
    assert [note.facts for note in many.notes if note.name in IMAGE_NOTES] == [{"n": 32}]


def test_classifiers_taught_by_images_are_attacked_by_name_or_as_they_are():
    X, y = rare_and_common(40, 60)
    options = {"source": ["independent"], "n_runs": 2, "n_generated": 40}
    found = audit_images(X, y, estimator="logistic_regression", strategies=["class_weight", "copies"], **options)
    assert found.strategies == ("class_weight", "copies")
    tree = audit_images(X, y, estimator=DecisionTreeClassifier(random_state=0), strategies=["none"], **options)
    assert {each.name for each in tree.attacks if each.source == "none"} == {"confidence", "shadow_confidence"}


@pytest.mark.parametrize(
    ("change", "error", "words"),
    [
        ({"source": "gan"}, ParameterError, "one of image_gan, copies, smote, bootstrap, independent"),
        ({"source": {"x": LogisticRegression()}}, ParameterError, "fit_resample"),
        ({"source": {"x": Planted("too few")}}, DataError, "original rows first"),
        ({"source": {"x": Planted("nothing")}}, DataError, "original rows first"),
        ({"source": {"x": Planted("smaller")}}, DataError, "images like those that it learned. Planted did not"),
        ({"label": "ye"}, ParameterError, "Did you mean 'yes'"),
        ({"strategies": ["gan_bagging"], "estimator": "mlp"}, ParameterError, "gan_bagging"),
        ({"strategies": ["none"]}, ParameterError, "estimator"),
        ({"estimator": "logistic_regresion"}, ParameterError, "logistic_regression"),
        ({"n_runs": 1}, ParameterError, "at least 2"),
        ({"n_learned": 77}, ParameterError, "from 5 to"),
        ({"resize": (4, 4)}, ParameterError, "resize"),
        ({"sampler_options": {"generated_share": 0.5}}, ParameterError, "must not hold 'generated_share'"),
        ({"features": lambda images: images}, DataError, "must return finite numbers of shape"),
        ({"features": lambda images: np.full((len(images), 2), np.nan)}, DataError, "must return finite numbers"),
    ],
)
def test_wrong_use_is_told(change, error, words):
    with pytest.raises(error, match=words):
        audit_images(*rare_and_common(), **{"source": ["bootstrap"], "n_runs": 2, **change})


def test_what_cannot_be_audited_is_refused():
    X, y = rare_and_common(19)
    with pytest.raises(DataError, match=r"at least 20 different rows.*has 19"):
        audit_images(X, y)
    with pytest.raises(DataError, match="two classes"):
        audit_images(X, np.zeros(len(X), int))
    with pytest.raises(DataError, match="shape"):
        audit_images(X.reshape(len(X), -1), y)
    with pytest.raises(DataTypeError, match="integers or floats"):
        audit_images(X.astype(str), y)


def test_the_results_say_that_rows_are_images_and_escape_labels():
    X, y = rare_and_common(40, 60)
    found = audit_images(X, np.where(y == "yes", HOSTILE, "no"), source={HOSTILE: Planted()}, n_runs=2)
    assert Audit.from_dict(json.loads(json.dumps(found.to_dict()))) == found
    assert "Rows are images" in str(found)
    assert "different rare images" in " ".join(str(found).split())
    assert "hidden" not in str(found).lower()
    for lang, words, columns in (
        ("en", ("Rows are images", "learned images of class", "other images", "rebuilt images"), "identify persons"),
        ("zh", ("样本是图像", "学习过与未见过的图像", "其他图像", "重建的图像"), "标识个人"),
    ):
        page = render_audit(found, lang)
        assert [each for each in words if each not in page] == []
        assert columns not in page
        assert "<img" not in page


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore::imbgan.GenerationQualityWarning", "error::imbgan.FillingWarning")
def test_a_generator_that_has_learned_hardly_anything_repeats_no_images():
    X, y = rare_and_common(60, 100)
    options = {"max_iter": 10, "train_options": {"chunk_size": 10}}
    sources = {"image_gan": "image_gan", "mine": ImageGANOverSampler(generated_share=0.5, **options)}
    found = audit_images(X, y, source=sources, sampler_options=options, n_runs=3, n_generated=80)
    assert found.attack("image_gan", "nearest").auc.mean < 0.65
    # Half of the images of one's own sampler are changed copies, and copies tell what they come from.
    assert found.worst("mine").auc.mean > found.worst("image_gan").auc.mean
