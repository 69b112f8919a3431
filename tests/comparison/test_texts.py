"""Comparisons of texts alone, and of tables with columns of text."""

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline

from imbgan import compare
from imbgan.exceptions import DataError, DataTypeError, IdentifierColumnWarning, ParameterError, TextColumnWarning
from imbgan.learners.texts import TextPreprocessor, TextVectorizer, holds_texts, text_columns
from imbgan.tabular import read_table

pl = pytest.importorskip("polars")
pd = pytest.importorskip("pandas")

COMMON = ("see you at lunch", "the train is late", "call me when you are home", "thanks for the nice evening")
RARE = ("win a free prize now", "claim your cash prize today", "free entry to win cash")


def messages(n=120, n_rare=24, seed=0):
    rng = np.random.default_rng(seed)
    words = " ".join((*COMMON, *RARE)).split()
    texts = [f"{rng.choice(RARE if i < n_rare else COMMON)} {' '.join(rng.choice(words, 3))} {i}" for i in range(n)]
    return texts, np.array(["spam"] * n_rare + ["ham"] * (n - n_rare))


def table(n=120, seed=0):
    texts, y = messages(n, seed=seed)
    rng = np.random.default_rng(seed)
    return pl.DataFrame({"amount": rng.normal(size=n), "note": texts, "shop": rng.choice(list("abc"), n)}), y


def compared(X, y, **options):
    return compare(X, y, **{"cv": (3, 1), "random_state": 0, **options})


def means(found):
    return {run.strategy: round(score.mean, 6) for run in found.runs for score in found.scores
            if (score.estimator, score.strategy, score.metric, score.label)
            == (run.estimator, run.strategy, "average_precision", None)}  # fmt: skip


CONTAINERS = [
    list,
    tuple,
    np.array,
    lambda texts: np.array(texts, dtype=object),
    pd.Series,
    pl.Series,
    lambda texts: pytest.importorskip("pyarrow").chunked_array([texts]),
]


@pytest.mark.parametrize("container", CONTAINERS)
def test_texts_alone_are_compared_in_any_container(container):
    texts, y = messages()
    assert holds_texts(container(texts))
    found = compared(container(texts), y, strategies=["words", "class_weight"])
    assert [run.status for run in found.runs] == ["ok"] * 3
    assert {run.estimator for run in found.runs} == {"logistic_regression"}
    assert "Texts are encoded inside of each training part by TF-IDF of words" in str(found.verdict.notes)
    assert means(found) == means(compared(texts, y, strategies=["words", "class_weight"]))


def test_a_strategy_that_is_the_model_of_the_control_stands_there_once():
    texts, y = messages()
    found = compared(texts, y, strategies=["words", "class_weight"], encoder="words")
    assert [run.strategy for run in found.runs] == ["none", "class_weight"]
    assert "words: with logistic_regression, this is the same model as no resampling" in str(found.verdict.notes)
    assert found.settings["same_as_control"] == ["words"]
    # The other way round, and alone: the control stays.
    found = compared(texts, y, strategies=["none", "words"], control="words", encoder="words")
    assert [run.strategy for run in found.runs] == ["words"]
    found = compared(texts, y, strategies=["words"], encoder="words")
    assert ([run.strategy for run in found.runs], found.verdict.strategy) == (["none"], "none")


def test_models_that_differ_stand_side_by_side():
    texts, y = messages()
    for options in ({"encoder": "words_and_characters"}, {"encoder": "words", "estimator": LogisticRegression(C=2.0)}):
        found = compared(texts, y, strategies=["words"], **options)
        assert [run.strategy for run in found.runs] == ["none", "words"]
        assert "same model" not in str(found.verdict.notes)


@pytest.mark.slow
def test_every_default_strategy_runs_on_texts():
    texts, y = messages()
    found = compared(texts, y, cv=(2, 1))
    assert {run.strategy: run.status for run in found.runs} == dict.fromkeys(
        ("none", "words", "texts", "class_weight", "bagging", "changed_words", "smote", "local_gaussian", "gan_0.3"),
        "ok",
    )


def test_doing_nothing_with_a_linear_classifier_on_words_is_the_strategy_words():
    texts, y = messages()
    found = means(compared(texts, y, strategies=[], encoder="words"))
    assert found["none"] == means(compared(texts, y, strategies=["words"]))["words"]


@pytest.mark.parametrize("make", [lambda X: X, lambda X: X.to_pandas(), lambda X: X.to_arrow(), lambda X: X.rows()])
def test_a_table_with_a_column_of_text_is_compared_in_any_container(make):
    X, y = table()
    found = compared(make(X), y, estimator="logistic_regression", strategies=["smote", "changed_words"])
    assert [run.status for run in found.runs] == ["ok"] * 3
    assert list(found.settings["texts"].values()) == ["TF-IDF of words and characters"]


def test_free_text_is_no_identifier_that_must_be_dropped(recwarn):
    X, y = table()
    compared(X, y, estimator="logistic_regression", strategies=[])
    assert not [each for each in recwarn if issubclass(each.category, IdentifierColumnWarning)]


@pytest.mark.filterwarnings("ignore::imbgan.IdentifierColumnWarning")
def test_texts_tell_the_classes_where_numbers_do_not():
    X, y = table()
    with_text = means(compared(X, y, estimator="logistic_regression", strategies=[]))["none"]
    without = means(compared(X.drop("note"), y, estimator="logistic_regression", strategies=[]))["none"]
    as_levels = means(compared(X, y, estimator="logistic_regression", strategies=[], encoder=None))["none"]
    assert with_text > 0.9
    assert without < 0.5
    assert as_levels < 0.5


def test_words_of_test_texts_change_nothing():
    """The encoder learns from training texts alone."""
    texts, _ = messages()
    rows = [[text] for text in texts]
    encoded = TextPreprocessor({0: "words"}, sparse=True).fit(rows[:80])
    assert encoded.transform([["zebra"]]).nnz == 0
    vectors = TextVectorizer({0: "words"}).fit(rows[:80])
    first = vectors.transform([[texts[0]]])[0][0]
    again = vectors.transform([[texts[0]], ["zebra"]])[0][0]
    np.testing.assert_array_equal(first, again)
    assert not np.any(vectors.transform([["zebra"]])[0][0])


def test_an_encoder_of_ones_own_is_used_and_fitted_inside():
    seen = []

    def encode(texts):
        seen.append(len(texts))
        return np.array([[float("prize" in text or "win" in text), len(text)] for text in texts])

    texts, y = messages()
    found = compared(texts, y, strategies=["smote"], encoder=encode)
    assert [run.status for run in found.runs] == ["ok", "ok"]
    assert seen
    assert "encode" in found.settings["texts"]["0"]


def test_a_pipeline_of_ones_own_gets_the_texts():
    X, y = table()
    own = make_pipeline(TextPreprocessor({"note": "reduced"}), LogisticRegression())
    assert means(compared(X, y, estimator=own, strategies=["class_weight"]))["none"] > 0.8


@pytest.mark.parametrize(
    ("encoder", "error", "message"),
    [
        ({"nots": "words"}, ParameterError, "lacks: 'nots'. Did you mean 'note'"),
        ({"amount": "words"}, DataTypeError, "cannot be of kind 'text'"),
        ("wrods", ParameterError, "words"),
        (3, ParameterError, "encoder"),
    ],
)
def test_an_encoder_that_cannot_be_is_refused_early(encoder, error, message):
    X, y = table()
    with pytest.raises(error, match=message):
        compared(X, y, encoder=encoder)


def test_the_kind_text_chooses_a_column_that_looks_like_categories():
    X = pl.DataFrame({"mood": ["very good", "bad"] * 30, "amount": range(60)})
    assert text_columns(read_table(X)) == {}
    assert text_columns(read_table(X, {"mood": "text"})) == {"mood": "auto"}
    assert text_columns(read_table(X), {"mood": "words"}) == {"mood": "words"}


def test_an_encoder_that_returns_nan_is_an_error_of_the_estimator():
    texts, y = messages()
    with pytest.raises(DataError, match=r"NaN|finite"):
        compared(texts, y, encoder=lambda given: np.full((len(given), 3), np.nan))


def test_numbers_in_one_dimension_are_no_texts():
    with pytest.raises((DataError, DataTypeError), match="2D"):
        compared(np.arange(20.0), ["a", "b"] * 10)


def test_missing_and_chinese_texts_are_compared():
    rng = np.random.default_rng(0)
    texts = [f"{rng.choice(['恭喜您中奖', '免费领取大奖'])}{i}号" for i in range(20)]
    texts += [f"{rng.choice(['晚上一起吃饭吧', '火车晚点了请等等'])}{i}号" for i in range(60)]
    X = pl.DataFrame({"note": [None, *texts[1:]], "amount": rng.normal(size=80)})
    y = [1] * 20 + [0] * 60
    with pytest.warns(TextColumnWarning, match="'note': 1 of 80 texts is missing"):
        found = compared(X, y, estimator="logistic_regression", strategies=["smote", "changed_words"])
    assert found.settings["texts"] == {"note": "TF-IDF of characters"}
    assert means(found)["none"] > 0.9


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda texts: [None, *texts[1:]], "1 of 120 texts is missing"),
        (lambda texts: ["  ", *texts[1:]], "1 of 120 texts is blank"),
        (lambda texts: ["win " * 250_001, *texts[1:]], "1 text cut after 100,000 characters"),
        (lambda texts: [texts[0] + "\ud800", *texts[1:]], "surrogate"),
        (lambda texts: [texts[0]] * 120, "All 120 texts are equal"),
    ],
)
@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
def test_what_is_wrong_with_texts_is_said_once(change, message):
    texts, y = messages()
    with pytest.warns(TextColumnWarning, match=message) as caught:
        compared(change(texts), y, strategies=[], groups=np.arange(len(y)) // 2)
    assert len([each for each in caught if each.category is TextColumnWarning]) == 1
    assert caught[0].filename == __file__


@pytest.mark.parametrize(
    ("change", "error", "message"),
    [
        (lambda texts: [b"win", *texts[1:]], DataTypeError, "Number 0 is bytes"),
        (lambda texts: [*texts[:-1], 5], DataTypeError, "Number 119 is 5 of type int"),
        (lambda texts: [*texts[:-1], ["a"]], DataError, "Number 119 is a list"),
    ],
)
def test_what_is_no_text_is_refused(change, error, message):
    texts, y = messages()
    with pytest.raises(error, match=message):
        compared(change(texts), y)


def test_right_to_left_and_combining_characters_are_texts():
    rng = np.random.default_rng(0)
    rare, common = ("جائزة مجانية لك", "e\u0301te\u0301 gratuit"), ("نلتقي في المحطة", "a\u0300 demain")
    texts = [f"{rng.choice(rare if i < 20 else common)} {i}" for i in range(80)]
    found = compared(texts, [1] * 20 + [0] * 60, strategies=["changed_words"])
    assert means(found)["none"] > 0.9


@pytest.mark.slow
def test_generated_vectors_are_assessed():
    texts, y = messages()
    found = compared(texts, y, cv=(2, 1), strategies=["gan"])
    assert found.assessment is not None
    [spam] = found.assessment.classes
    assert spam.measure("neighbor_share") is not None


def test_a_strategy_with_a_name_of_ones_own_sees_texts_as_it_does_under_its_own():
    texts, y = messages()
    found = means(compared(texts, y, strategies={"weights": "class_weight", "class_weight": "class_weight"}))
    assert found["weights"] == found["class_weight"]


def test_copies_of_an_encoding_table_share_the_model():
    class Model:
        def encode(self, texts):
            return np.array([[len(text), 1.0] for text in texts])

    model = Model()
    for original in (TextVectorizer({0: model}), TextPreprocessor({0: model})):
        copied = clone(original)
        assert (copied.encoder if isinstance(copied, TextVectorizer) else copied.encoders)[0] is model


def test_texts_that_are_all_missing_are_texts():
    with pytest.raises(DataError, match="must hold at least one text with more than spaces"):
        compared([None] * 40, ["a"] * 30 + ["b"] * 10)
    assert not holds_texts([[None]])
    assert not holds_texts([])


def test_a_column_with_few_texts_may_have_none_in_a_fold():
    X, y = table(60)
    X = X.with_columns(note=pl.when(pl.int_range(60) < 1).then("note"))
    with pytest.warns(TextColumnWarning, match="59 of 60 texts are missing"):
        found = compared(
            X, y[:60], strategies=["smote", "words"], estimator="logistic_regression", encoder={"note": "words"}
        )
    assert {run.status for run in found.runs} == {"ok"}
    for part in (X[1:], X[1:].select("note")):
        vectors = TextPreprocessor({"note": "words"}).fit(part).transform(X.select(part.columns))
        assert vectors.shape == (60, 4 if part.width > 1 else 1)
    assert TextVectorizer({"note": "words"}).fit(X[1:]).transform(X).equals(X)


def test_an_error_about_an_encoder_does_not_blame_the_classifier():
    X, y = table(60)
    with pytest.raises(DataError, match=r"^The encoder .* must return finite numbers. The vector of text 0 \(and"):
        compared(X, y[:60], strategies=["smote"], encoder={"note": lambda texts: np.full((len(texts), 2), np.nan)})


def test_columns_of_objects_and_of_names_that_nothing_equals():
    X, y = table(60)
    found = compared(
        X.with_columns(pl.Series("note", X["note"].to_list(), dtype=pl.Object)),
        y[:60],
        strategies=["words"],
        estimator="logistic_regression",
    )
    assert {run.status for run in found.runs} == {"ok"}
    with pytest.raises(DataError, match="NaN is one of them"):
        compared(X.to_pandas().rename(columns={"amount": np.nan}), y[:60])
