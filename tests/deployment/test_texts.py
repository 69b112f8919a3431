"""Classifiers to take away that read columns of text."""

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression

from imbgan import DeployableClassifier, GANBaggingClassifier, compare
from imbgan.comparison import Strategy
from imbgan.deployment import Recommendation
from imbgan.ensemble import TableSMOTE
from imbgan.exceptions import (
    DataError,
    DataTypeError,
    ModelFileError,
    NewDataWarning,
    ParameterError,
    TextColumnWarning,
)

pl = pytest.importorskip("polars")

N, N_RARE = 90, 15
RNG = np.random.default_rng(0)
NOTES = [f"the card was stolen in shop {i} and used at night" for i in range(N_RARE)] + [
    f"the parcel number {i} came late but in good order" for i in range(N - N_RARE)
]
TABLE = pl.DataFrame({"note": NOTES, "amount": RNG.normal(size=N), "shop": RNG.choice(list("abc"), N)})
LABELS = np.array(["fraud"] * N_RARE + ["fine"] * (N - N_RARE))


def trained(strategy="none", X=TABLE, **parameters):
    given = {"estimator": "logistic_regression", "cv": 2, "random_state": 0, **parameters}
    return DeployableClassifier(strategy=strategy, **given).fit(X, LABELS)


@pytest.mark.parametrize(
    "strategy",
    ["none", "class_weight", "words", "changed_words", "smote", pytest.param("texts", marks=pytest.mark.slow)],
)
def test_a_loaded_classifier_gives_the_same_bits_and_its_folder_holds_no_text(strategy, tmp_path):
    model = trained(strategy)
    model.save(tmp_path / "model")
    loaded = DeployableClassifier.load(tmp_path / "model")
    np.testing.assert_array_equal(loaded.predict_proba(TABLE), model.predict_proba(TABLE))
    assert (loaded.predict(TABLE) == LABELS).mean() > 0.9
    document = (tmp_path / "model" / "classifier.json").read_text(encoding="utf-8")
    assert "stolen" not in document


def test_texts_alone_are_learned_and_scored():
    model = trained(X=NOTES)
    assert (model.predict(["a stolen card was used", "the parcel came late"]) == ["fraud", "fine"]).all()


def test_further_texts_are_no_unknown_levels_and_order_of_columns_does_not_matter():
    model = trained()
    with pytest.warns(NewDataWarning, match="ignored") as caught:
        model.predict(TABLE.select("shop", "amount", "note").with_columns(note=pl.lit("never seen"), more=pl.lit(1)))
    assert len(caught) == 1
    with pytest.raises(DataError, match="note"):
        model.predict(TABLE.drop("note"))


@pytest.mark.slow
def test_the_choice_among_strategies_knows_texts():
    model = trained("auto", X=TABLE.select("note"))
    assert model.strategy_ == "none"
    assert model.verdict_


@pytest.mark.parametrize("strategy", ["none", "auto"])
def test_missing_texts_are_told_once(strategy, monkeypatch):
    monkeypatch.setattr("imbgan.strategies.auto.DEFAULT_CANDIDATES", ("none", "class_weight"))
    X = TABLE.with_columns(note=pl.Series([None, *NOTES[1:]]))
    with pytest.warns(TextColumnWarning, match="1 of 90 texts is missing") as caught:
        trained(strategy, X)
    assert [each.filename for each in caught] == [__file__]


def test_a_strategy_of_ones_own_gets_vectors_unless_it_takes_texts():
    seen = []

    class Spy(LogisticRegression):
        def fit(self, X, y):
            seen.append(X.schema["note"])
            return super().fit(X.select("amount"), y)

        def predict_proba(self, X):
            return super().predict_proba(X.select("amount"))

    for on_texts, kind in ((False, pl.Array), (True, pl.String)):
        trained(Strategy("mine", "a strategy of one's own", lambda estimator, seed: Spy(), on_texts=on_texts))
        assert all(isinstance(each, kind) for each in seen)
        seen.clear()


def test_a_saved_classifier_that_generates_rows_encodes_new_texts(tmp_path):
    bags = GANBaggingClassifier(LogisticRegression(), TableSMOTE(), n_estimators=2)
    model = trained(estimator=bags)
    model.save(tmp_path / "model")
    loaded = DeployableClassifier.load(tmp_path / "model")
    np.testing.assert_array_equal(loaded.predict_proba(TABLE), model.predict_proba(TABLE))
    assert loaded.estimator_.text_columns_ == ("note",)


def test_a_function_as_encoder_cannot_be_saved(tmp_path):
    model = trained("smote", encoder={"note": lambda texts: np.array([[len(text), 1.0] for text in texts])})
    with pytest.raises(ModelFileError, match=r"may not be saved|cannot be saved"):
        model.save(tmp_path / "model")


def test_a_comparison_recommends_encoders_and_strategies_of_texts(tmp_path):
    found = compare(TABLE, LABELS, estimator="logistic_regression", strategies=["words"], cv=(3, 1), random_state=0)
    found.save(tmp_path / "found.json")
    advice = Recommendation.load(tmp_path / "found.json", strategy="words")
    assert advice.strategy == "words"
    assert advice.encoders == {"note": "auto"}


def test_a_comparison_with_an_encoder_that_has_no_name_says_so(tmp_path):
    found = compare(
        TABLE,
        LABELS,
        estimator="logistic_regression",
        strategies=[],
        cv=(3, 1),
        random_state=0,
        encoder={"note": lambda texts: np.array([[len(text), 1.0] for text in texts])},
    )
    found.save(tmp_path / "found.json")
    with pytest.raises(ParameterError, match="has no name here"):
        Recommendation.load(tmp_path / "found.json")


def test_what_is_changed_in_texts_is_said_in_fit_and_for_new_tables(tmp_path):
    with pytest.warns(TextColumnWarning, match="Column 'note': 1 of 90 texts is blank"):
        trained(X=TABLE.with_columns(note=pl.Series([" ", *NOTES[1:]])), encoder={"note": "words"})
    model = trained()
    model.save(tmp_path / "model")
    new = TABLE[:3].with_columns(note=pl.Series(["stolen " * 20_000, *NOTES[1:3]]))
    for each in (model, DeployableClassifier.load(tmp_path / "model")):
        with pytest.warns(NewDataWarning, match="Column 'note': 1 text cut after 100,000 characters"):
            each.predict(new)
    with pytest.raises(DataTypeError, match="'note' must be texts"):
        model.predict(TABLE[:3].with_columns(note=pl.Series([1, 2, 3])))
