"""Classifiers for rare classes on tables with columns of text: vectors where rows are made, words elsewhere."""

import pickle
import warnings

import numpy as np
import pandas as pd
import polars as pl
import pytest
from imblearn.over_sampling import SMOTE, RandomOverSampler
from sklearn.base import BaseEstimator, TransformerMixin, clone
from sklearn.calibration import CalibratedClassifierCV
from sklearn.compose import make_column_transformer
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler
from sklearn.tree import DecisionTreeClassifier

from imbgan import (
    AutoBalancedClassifier,
    DeployableClassifier,
    DistilledClassifier,
    GANBaggingClassifier,
    GANOverSampler,
    PriorCorrectedClassifier,
    TabularGAN,
    compare,
)
from imbgan.deployment.archive import read_archive, write_archive
from imbgan.ensemble import TableSampler, TableSMOTE
from imbgan.ensemble.base import lean_of
from imbgan.exceptions import DataError, DataTypeError, ParameterError, TextColumnWarning
from imbgan.learners import TextPreprocessor
from imbgan.learners.text_estimators import with_texts

# Ten steps of tiny networks give no good rows.
pytestmark = pytest.mark.filterwarnings("ignore::imbgan.GenerationQualityWarning")

N, N_RARE = 90, 15
RNG = np.random.default_rng(0)
NOTES = [f"the card was stolen in shop {i} and used at night" for i in range(N_RARE)] + [
    f"the parcel number {i} came late but in good order" for i in range(N - N_RARE)
]
TABLE = pl.DataFrame({"note": NOTES, "amount": RNG.normal(size=N), "shop": RNG.choice(list("abc"), N)})
LABELS = np.array(["fraud"] * N_RARE + ["fine"] * (N - N_RARE))
LINEAR = LogisticRegression()
MAKE = {
    "polars": lambda table: table,
    "pandas": lambda table: table.to_pandas(),
    "pandas object": lambda table: table.to_pandas().astype({"note": object}).set_index(np.arange(len(table))[::-1]),
    "arrow": lambda table: table.to_arrow(),
    "rows": lambda table: table.rows(),
    "objects": lambda table: np.array(table.rows(), dtype=object),
}
CLASSIFIERS = {
    "weights": lambda **more: PriorCorrectedClassifier(LINEAR, sample_weight="balanced", **more),
    "sampler": lambda **more: PriorCorrectedClassifier(DecisionTreeClassifier(random_state=0), TableSMOTE(), **more),
    "real bags": lambda **more: GANBaggingClassifier(LINEAR, generated=0.0, n_estimators=2, random_state=0, **more),
    "bags": lambda **more: GANBaggingClassifier(
        ["logistic_regression", LINEAR], SMOTE(), n_estimators=2, random_state=0, **more
    ),
    "taught": lambda **more: DistilledClassifier(LINEAR, LINEAR, n_rows=100, random_state=0, **more),
    "chosen": lambda **more: AutoBalancedClassifier(
        LINEAR, ["class_weight", "smote"], cv=2, n_repeats=1, random_state=0, **more
    ),
}
#: Those that make rows whatever the table.
MAKING = ("sampler", "bags", "taught")


class Lengths(TransformerMixin, BaseEstimator):
    """An encoder of texts by length and letters that keeps how many texts each fit has seen, of all its copies."""

    seen: list[int] = []  # noqa: RUF012 - copies share it

    def fit(self, texts, y=None):
        Lengths.seen.append(len(texts))
        self.n_features_in_ = 1
        return self

    def transform(self, texts):
        return np.array([[len(text), text.count("o"), text.count("r")] for text in texts], float)


class Model:
    """A pretrained encoder that must not be copied."""

    def encode(self, texts):
        return np.array([[len(text), text.count("o")] for text in texts], float)

    def __deepcopy__(self, memo):
        raise AssertionError("the model was copied")


@pytest.fixture(autouse=True)
def nothing_seen():
    Lengths.seen.clear()


@pytest.mark.parametrize("container", MAKE)
@pytest.mark.parametrize("name", CLASSIFIERS)
def test_texts_are_learned_in_every_container(name, container):
    X = MAKE[container](TABLE)
    model = CLASSIFIERS[name]().fit(X, LABELS)
    p = model.predict_proba(X)
    assert (model.predict(X) == LABELS).mean() > 0.9
    assert model.n_features_in_ == 3
    assert model.text_columns_ == (("note",) if hasattr(X, "schema") or hasattr(X, "dtypes") else (0,))
    if model.text_columns_ == ("note",):
        assert model.feature_names_in_.tolist() == ["note", "amount", "shop"]
    assert (model.vectorizer_ is not None) == (name in MAKING)
    one = MAKE[container](TABLE[:1])
    np.testing.assert_allclose(model.predict_proba(one), p[:1], atol=1e-9)
    np.testing.assert_array_equal(pickle.loads(pickle.dumps(model)).predict_proba(X), p)


@pytest.mark.parametrize("name", CLASSIFIERS)
def test_odd_tables(name):
    def fitted(X, y=LABELS, **more):
        model = CLASSIFIERS[name](**more).fit(X, y)
        p = model.predict_proba(X)
        assert np.isfinite(p).all()
        assert p.shape == (len(y), len(np.unique(y)))
        return model

    fitted(TABLE.select("note"))
    other = pl.Series([f"please call me back about case {7 * i}" for i in range(N)])
    assert fitted(TABLE.with_columns(other=other)).text_columns_ == ("note", "other")
    fitted(TABLE, np.array(["fraud"] * N_RARE + ["fine"] * 50 + ["odd"] * (N - N_RARE - 50)))
    gaps = TABLE.with_columns(
        note=pl.Series([None, "", " ", *NOTES[3:-1], None]), amount=pl.Series([None, *TABLE["amount"][1:]])
    )
    with pytest.warns(TextColumnWarning, match="2 of 90 texts are missing") as caught:
        fitted(gaps)
    assert [each.filename for each in caught if each.category is TextColumnWarning] == [__file__]
    with pytest.warns(TextColumnWarning, match="All 90 texts are equal"):
        fitted(TABLE.with_columns(note=pl.lit("the very same text")), encoder={"note": "words"})


def test_the_prior_is_right_where_texts_tell_nothing_and_generated_rows_lack_them():
    """A classifier of a resampled table takes a missing text for a rare one; of vectors, it does not."""
    rng = np.random.default_rng(1)
    words = ["one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"]
    X = pl.DataFrame({"note": [" ".join(rng.choice(words, 6)) for _ in range(400)], "amount": rng.normal(size=400)})
    y = np.repeat([1, 0], [40, 360])
    missing = X.with_columns(note=pl.lit(None))
    tiny = {"chunk_size": 10, "generator_hidden": (16,), "discriminator_hidden": (16,), "latent_dim": 8}
    rows = GANOverSampler(max_iter=10, n_generators=1, train_options=tiny, random_state=0)
    with warnings.catch_warnings():
        warnings.simplefilter("error", TextColumnWarning)
        good = PriorCorrectedClassifier(LINEAR, rows).fit(X, y)
    raw = make_pipeline(TextPreprocessor({"note": "words"}, sparse=True), LINEAR)
    with pytest.warns(TextColumnWarning, match="a missing text is a rare one"):
        bad = PriorCorrectedClassifier(raw, rows, encoder=None).fit(X, y)
    assert good.predict_proba(missing)[:, 1].mean() < 0.3
    assert bad.predict_proba(missing)[:, 1].mean() > 0.6


@pytest.mark.parametrize("name", MAKING)
def test_texts_become_vectors_once(name):
    CLASSIFIERS[name](encoder=Lengths()).fit(TABLE, LABELS)
    assert Lengths.seen == [N]


def test_each_bag_and_each_fold_learns_its_own_words():
    CLASSIFIERS["chosen"](encoder=Lengths()).fit(TABLE, LABELS)
    assert max(Lengths.seen[:-1]) == N // 2
    assert Lengths.seen[-1] == N
    Lengths.seen.clear()
    CLASSIFIERS["real bags"](encoder=Lengths(), under_sampling=2.0).fit(TABLE, LABELS)
    assert Lengths.seen == [3 * N_RARE] * 2
    Lengths.seen.clear()
    PriorCorrectedClassifier(LINEAR, calibration="platt", cv=3, encoder=Lengths()).fit(TABLE, LABELS)
    assert Lengths.seen == [N * 2 // 3] * 3 + [N]


@pytest.mark.parametrize("estimator", ["logistic_regression", CLASSIFIERS["bags"](), CLASSIFIERS["weights"]()])
def test_no_text_is_encoded_twice_by_those_that_encode_themselves(estimator):
    strategy = "smote" if isinstance(estimator, str) else "none"
    DeployableClassifier(estimator, strategy, cv=2, encoder=Lengths(), random_state=0).fit(TABLE, LABELS)
    assert Lengths.seen == [N, N // 2, N // 2]
    Lengths.seen.clear()
    asked = {"strategies": [strategy], "cv": (3, 1), "encoder": Lengths(), "random_state": 0}
    compare(TABLE, LABELS, estimator=estimator, **asked)
    # One fit more checks the control at the beginning.
    assert len(Lengths.seen) == 3 * len({"none", strategy}) + 1


def test_who_encodes_the_texts_of_a_classifier_within_another():
    def encoder_of(encoder, given):
        model = with_texts(GANBaggingClassifier(LINEAR, encoder=encoder), {"note": given})
        return model.encoder, type(model.estimator).__name__

    assert encoder_of("auto", "words") == ({"note": "words"}, "LogisticRegression")
    assert encoder_of("reduced", "words") == ("reduced", "LogisticRegression")
    # A column without an encoder is left out, and a caller who wants no encoder gets none but that of the learner.
    assert encoder_of("auto", None) == (None, "Pipeline")
    assert encoder_of(None, "words") == (None, "Pipeline")


@pytest.mark.parametrize("name", CLASSIFIERS)
@pytest.mark.parametrize("container", ["pandas", "objects"])
def test_tables_without_texts_give_the_same_bits(name, container):
    table = TABLE.select("amount", "shop", other=pl.Series(np.arange(N) % 7 * 0.5))
    X = MAKE[container](table) if container == "pandas" else table.select("amount", "other").to_numpy()
    with_auto, without = (CLASSIFIERS[name](encoder=encoder) for encoder in ("auto", None))
    if container == "pandas":
        for model in (with_auto, without):
            model.set_params(estimator=_prepared(model.estimator))
            if "teacher" in model.get_params(deep=False):
                model.set_params(teacher=_prepared(model.teacher))
            if name == "bags":
                model.set_params(sampler=TableSMOTE())
    found = [model.fit(X, LABELS).predict_proba(X) for model in (with_auto, without)]
    np.testing.assert_array_equal(*found)
    assert with_auto.text_columns_ == ()


def _prepared(estimator):
    from imbgan.learners import TablePreprocessor

    if isinstance(estimator, list):
        return [_prepared(each) for each in estimator]
    return estimator if isinstance(estimator, str) else make_pipeline(TablePreprocessor(), estimator)


@pytest.mark.parametrize(
    "columns",
    [
        make_column_transformer((TfidfVectorizer(), "note")),
        make_column_transformer((OneHotEncoder(handle_unknown="ignore"), ["note", "shop"])),
    ],
    ids=["words", "levels"],
)
@pytest.mark.parametrize("name", CLASSIFIERS)
def test_an_estimator_that_reads_texts_itself(name, columns):
    X = TABLE.to_pandas()
    own = make_pipeline(columns, LogisticRegression())
    model = CLASSIFIERS[name]()
    model.set_params(estimator=[own] if name == "bags" else own)
    if name in MAKING:
        with pytest.raises(ParameterError, match=r"in place of 'note'.*ColumnTransformer raises .*pass encoder=None"):
            model.fit(X, LABELS)
        return
    if name == "chosen":
        with pytest.warns(match=r"'smote' is left out.*ColumnTransformer raises"):
            model.fit(X, LABELS)
    else:
        model.fit(X, LABELS)
    assert model.score(X, LABELS) > 0.8


@pytest.mark.parametrize("name", CLASSIFIERS)
def test_an_estimator_that_leaves_texts_out(name):
    X = TABLE.to_pandas()
    own = make_pipeline(make_column_transformer((StandardScaler(), ["amount"])), LogisticRegression())
    model = CLASSIFIERS[name]().set_params(estimator=[own] if name == "bags" else own)
    p = model.fit(X, LABELS).predict_proba(X)
    np.testing.assert_array_equal(p, model.predict_proba(X.assign(note="nobody reads this")))


def test_a_part_that_encodes_texts_is_found_in_what_is_no_pipeline():
    own = CalibratedClassifierCV(make_pipeline(TfidfVectorizer(), LogisticRegression()))
    with pytest.raises(ParameterError, match="TfidfVectorizer encodes texts"):
        PriorCorrectedClassifier(own, TableSMOTE()).fit(TABLE.to_pandas(), LABELS)


def test_without_an_encoder_texts_reach_the_estimator_as_they_are():
    X = TABLE.to_pandas()
    own = make_pipeline(make_column_transformer((TfidfVectorizer(), "note")), LogisticRegression())
    model = PriorCorrectedClassifier(own, RandomOverSampler(random_state=0), encoder=None).fit(X, LABELS)
    assert model.score(X, LABELS) == 1.0
    assert model.text_columns_ == ()
    with pytest.raises(ValueError, match="could not convert string to float"):
        PriorCorrectedClassifier(LINEAR, encoder=None).fit(X, LABELS)


@pytest.mark.parametrize("name", CLASSIFIERS)
def test_another_table_at_predict_time_is_one_clear_error(name):
    model = CLASSIFIERS[name]().fit(TABLE, LABELS)
    for wrong, error, message in (
        (TABLE.drop("note"), ValueError, "now missing:\n- note"),
        (TABLE.rename({"note": "notes"}), ValueError, "- note"),
        (TABLE.with_columns(note=pl.Series(range(N))), DataTypeError, "'note' must be texts. Number 0 is 0"),
        (TABLE.with_columns(note=pl.Series(np.ones((N, 3)))), DataError, "lacks 'note', or holds vectors there"),
    ):
        with pytest.raises(error, match=message):
            model.predict_proba(wrong)
    of_rows = CLASSIFIERS[name]().fit(TABLE.rows(), LABELS)
    with pytest.raises(ValueError, match="expecting 3 features"):
        of_rows.predict_proba(TABLE.select("note", "shop").rows())
    # No text at all is no error: the row says nothing.
    assert np.isfinite(model.predict_proba(TABLE.with_columns(note=pl.lit(None)))).all()


def test_texts_alone_are_no_table():
    own = make_pipeline(TfidfVectorizer(), LogisticRegression())
    assert PriorCorrectedClassifier(own, sample_weight="balanced").fit(NOTES, LABELS).score(NOTES, LABELS) == 1.0
    for texts in (NOTES, pl.Series(NOTES), pd.Series(NOTES)):
        with pytest.raises(ValueError, match="could not convert string to float"):
            PriorCorrectedClassifier(LINEAR).fit(texts, LABELS)


@pytest.mark.parametrize("name", CLASSIFIERS)
def test_an_archive_without_a_pickle_gives_the_same_bits(name):
    model = CLASSIFIERS[name]().fit(TABLE, LABELS)
    assert model.lean().encoder is None
    assert model.encoder == "auto"
    # A choice is not saved, what was chosen is.
    lean = lean_of(model.estimator_ if name == "chosen" else model)
    loaded = read_archive(write_archive(lean), "the archive")
    np.testing.assert_array_equal(loaded.predict_proba(TABLE), model.predict_proba(TABLE))


def test_a_sampler_of_matrices_sees_the_matrix_of_the_vectors():
    given = SMOTE(k_neighbors=3, random_state=0)
    own = PriorCorrectedClassifier(LINEAR, given).fit(TABLE, LABELS)
    named = PriorCorrectedClassifier(LINEAR, TableSampler(given)).fit(TABLE, LABELS)
    np.testing.assert_array_equal(own.predict_proba(TABLE), named.predict_proba(TABLE))


@pytest.mark.parametrize(
    "estimator",
    [
        *(make(encoder={"note": Model()}) for make in CLASSIFIERS.values()),
        GANOverSampler(encoder={"note": Model()}),
        TabularGAN(encoder=Model()),
        DeployableClassifier(encoder=Model()),
        PriorCorrectedClassifier(CLASSIFIERS["bags"](encoder=Model())),
    ],
    ids=lambda estimator: type(estimator).__name__,
)
def test_copies_share_the_model_of_the_encoder(estimator):
    copied = clone(clone(estimator))
    assert copied.encoder is estimator.encoder
    assert copied.get_params(deep=False).keys() == estimator.get_params(deep=False).keys()
    assert repr(copied) == repr(estimator)


def test_models_are_not_copied_when_classifiers_are_fitted():
    for name, make in CLASSIFIERS.items():
        model = make(encoder=Model()).fit(TABLE, LABELS)
        assert model.score(TABLE, LABELS) > 0.8, name


def test_rules_of_a_taught_tree_speak_of_numbers_of_vectors():
    model = DistilledClassifier(None, LINEAR, n_rows=100, max_leaf_nodes=4, random_state=0).fit(TABLE, LABELS)
    assert "note[" in str(model.rules_)
    judged = model.judged_rules(TABLE, LABELS)
    assert len(judged.rules) == len(model.rules_.rules)


@pytest.mark.parametrize("sampler", [None, TableSMOTE()])
def test_a_text_is_a_text_whatever_its_type_holds_it_by(sampler):
    def fitted(table):
        return PriorCorrectedClassifier(LINEAR, sampler).fit(table, LABELS).predict_proba(table)

    expected = fitted(TABLE)
    arrow = TABLE.to_arrow()
    note = arrow["note"].combine_chunks()
    alike = [
        TABLE.with_columns(pl.col("note").cast(pl.Categorical)),
        TABLE.with_columns(pl.col("note").cast(pl.Enum(sorted(set(NOTES))))),
        TABLE.to_pandas().astype({"note": "category"}),
        *[arrow.set_column(0, "note", each) for each in (note.cast("string"), note.dictionary_encode())],
    ]
    for table in alike:
        np.testing.assert_allclose(fitted(table), expected, rtol=1e-6)
