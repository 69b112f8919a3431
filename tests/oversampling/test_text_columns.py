"""Columns of text in generated tables: learned as vectors, written as missing cells or as copies that are called so."""

import pickle

import numpy as np
import pytest

from imbgan import GANOverSampler, TabularGAN
from imbgan.exceptions import DataError, DataTypeError, ParameterError, TextColumnWarning

pd = pytest.importorskip("pandas")
pl = pytest.importorskip("polars")

# Ten steps of tiny networks give no good rows.
pytestmark = pytest.mark.filterwarnings("ignore::imbgan.GenerationQualityWarning")

N, N_RARE = 80, 20
RNG = np.random.default_rng(0)
NOTES = [f"the card was stolen in shop {i} and used at night" for i in range(N_RARE)] + [
    f"the parcel number {i} came late but in good order" for i in range(N - N_RARE)
]
TABLE = pl.DataFrame({"note": NOTES, "amount": RNG.normal(size=N), "shop": RNG.choice(list("abc"), N)})
LABELS = np.array(["fraud"] * N_RARE + ["fine"] * (N - N_RARE))
# float64 is what pandas makes of a column of nothing.
MAKE = {
    "polars": lambda table: table,
    "pandas": lambda table: table.to_pandas(),
    "pandas string": lambda table: table.to_pandas().astype({"note": "string"}),
    "pandas category": lambda table: table.to_pandas().astype({"note": "category"}),
    "pandas object": lambda table: table.to_pandas().astype({"note": object}),
    "arrow": lambda table: table.to_arrow(),
    "rows": lambda table: table.rows(),
    "objects": lambda table: np.array(table.rows(), dtype=object),
}


def notes_of(table):
    if isinstance(table, list | np.ndarray):
        return [row[0] for row in table]
    column = table["note"]
    cells = column.to_pylist() if hasattr(column, "to_pylist") else list(column)
    return [None if cell is pd.NA or cell != cell else cell for cell in cells]


@pytest.mark.parametrize("name", MAKE)
@pytest.mark.parametrize("output", ["missing", "nearest"])
def test_generated_rows_hold_no_text_or_a_copy_of_the_same_class(name, output, quick_sampler):
    X = MAKE[name](TABLE)
    with pytest.warns(TextColumnWarning, match="a copy" if output == "nearest" else "no text is written") as caught:
        both, labels = quick_sampler(text_output=output).fit_resample(X, LABELS)
    [own] = [each for each in caught if each.category is TextColumnWarning]
    assert own.filename == __file__
    found = notes_of(both)
    assert found[:N] == NOTES
    assert (np.asarray(labels)[N:] == "fraud").all()
    new = found[N:]
    assert len(new) == N - 2 * N_RARE
    if output == "missing":
        assert set(new) == {None}
    else:
        assert set(new) <= set(NOTES[:N_RARE])
    if hasattr(X, "dtypes"):
        assert list(both.dtypes) == list(X.dtypes)


def test_texts_of_an_array_of_strings_are_empty(quick_sampler):
    X = np.array([[note, shop] for note, shop in zip(NOTES, TABLE["shop"], strict=True)])
    with pytest.warns(TextColumnWarning):
        both, _ = quick_sampler().fit_resample(X, LABELS)
    assert set(both[N:, 0]) == {""}
    assert set(both[N:, 1]) <= set("abc")


def test_other_columns_of_the_rows_depend_on_the_texts(quick_gan):
    """The vectors are part of the rows that are learned: without the text, the matrix has fewer columns."""
    with pytest.warns(TextColumnWarning):
        gan = quick_gan().fit(TABLE, LABELS)
    without = quick_gan(encoder=None, kinds={"note": "identifier"}).fit(TABLE, LABELS)
    assert gan.encoder_.width > without.encoder_.width + 20
    assert gan.n_features_in_ == without.n_features_in_ == 3


def test_copies_of_texts_are_found_by_the_assessment(quick_sampler):
    for output, codes in (("missing", []), ("nearest", ["IMB011"])):
        sampler = quick_sampler(text_output=output)
        with pytest.warns(TextColumnWarning):
            sampler.fit_resample(TABLE, LABELS)
        found = [each.code for each in sampler.quality_.diagnostics if each.code == "IMB011"]
        assert found == codes


@pytest.mark.parametrize("chosen", [{"kinds": {"note": "text"}}, {"encoder": {"note": "reduced"}}])
def test_copies_are_found_where_the_caller_chose_the_column(chosen, quick_sampler):
    sampler = quick_sampler(text_output="nearest", **chosen)
    with pytest.warns(TextColumnWarning):
        sampler.fit_resample(TABLE, LABELS)
    assert "IMB011" in [each.code for each in sampler.quality_.diagnostics]


def test_a_saved_generator_holds_no_text_and_generates_the_same_rows(quick_gan, tmp_path):
    with pytest.warns(TextColumnWarning):
        gan = quick_gan().fit(TABLE, LABELS)
    gan.save(tmp_path / "model")
    files = b"".join(path.read_bytes() for path in (tmp_path / "model").iterdir())
    assert b"stolen" not in files
    loaded = TabularGAN.load(tmp_path / "model")
    assert loaded.sample(30, label="fraud").equals(gan.sample(30, label="fraud"))
    with pytest.raises(DataError, match="a saved model holds no encoder"):
        loaded.discriminate(TABLE, LABELS)


def test_a_loaded_generator_says_that_it_has_no_texts_to_copy(quick_gan, tmp_path):
    with pytest.warns(TextColumnWarning):
        quick_gan(text_output="nearest").fit(TABLE, LABELS).save(tmp_path / "model")
    with pytest.warns(TextColumnWarning, match="holds no real texts"):
        loaded = TabularGAN.load(tmp_path / "model")
    assert loaded.sample(5, label="fraud")["note"].is_null().all()


def test_the_discriminator_judges_tables_with_texts(quick_gan):
    with pytest.warns(TextColumnWarning):
        gan = quick_gan().fit(TABLE, LABELS)
    logits, _ = gan.discriminate(TABLE, LABELS)
    changed, _ = gan.discriminate(TABLE.with_columns(note=pl.Series(NOTES[::-1])), LABELS)
    assert logits.shape == (N,)
    assert not np.array_equal(logits, changed)


def test_rows_are_addressable(quick_gan):
    with pytest.warns(TextColumnWarning):
        gan = quick_gan(text_output="nearest").fit(TABLE, LABELS)
    whole = gan.sample(1300, label="fraud")
    assert gan.sample(200, label="fraud", start=1000).equals(whole[1000:1200])


def test_missing_texts_are_learned_and_others_copied(quick_sampler):
    X = TABLE.with_columns(note=pl.Series([None, *NOTES[1:]]))
    with pytest.warns(TextColumnWarning):
        both, _ = quick_sampler(text_output="nearest").fit_resample(X, LABELS)
    assert set(both["note"][N:]) <= {None, *NOTES[:N_RARE]}


@pytest.mark.parametrize(
    ("parameters", "error", "message"),
    [
        ({"kinds": {"amount": "text"}}, DataTypeError, "cannot be of kind 'text'"),
        ({"encoder": {"notes": "words"}}, ParameterError, "Did you mean 'note'"),
        ({"encoder": "wrods"}, ParameterError, "words"),
        ({"text_output": "written"}, ValueError, "text_output"),
        ({"encoder": lambda texts: np.full((len(texts), 3), np.nan)}, DataError, r"NaN|finite"),
        ({"encoder": lambda texts: [[1.0]]}, DataError, "one vector per text"),
    ],
)
def test_what_cannot_be_is_refused_before_training(parameters, error, message, quick_sampler):
    with pytest.raises(error, match=message):
        quick_sampler(**parameters).fit_resample(TABLE, LABELS)


def test_an_encoder_of_another_width_later_is_named(quick_gan):
    def encode(texts):
        return np.ones((len(texts), 4 if len(texts) > N // 2 else 5)) * [[len(text)] for text in texts]

    with pytest.warns(TextColumnWarning):
        gan = quick_gan(encoder=encode).fit(TABLE, LABELS)
    with pytest.raises(DataError, match=r"as in fit|when fitted|columns"):
        gan.discriminate(TABLE[:10].with_columns(note=pl.Series([f"another text {i}" for i in range(10)])), LABELS[:10])


def test_the_sampler_and_a_vectorizer_work_in_a_pipeline():
    from imblearn.pipeline import make_pipeline
    from sklearn.linear_model import LogisticRegression

    from imbgan.learners import TablePreprocessor, TextVectorizer

    model = make_pipeline(
        TextVectorizer(),
        GANOverSampler(max_iter=10, n_generators=1, random_state=0),
        TablePreprocessor(),
        LogisticRegression(),
    )
    assert model.fit(TABLE, LABELS).score(TABLE, LABELS) > 0.9


def test_a_pickled_generator_holds_no_real_text(quick_gan):
    with pytest.warns(TextColumnWarning):
        gan = quick_gan(text_output="nearest").fit(TABLE, LABELS)
    assert set(gan.sample(5, label="fraud")["note"]) <= set(NOTES[:N_RARE])
    data = pickle.dumps(gan)
    assert not [note for note in NOTES if note.encode() in data]
    assert pickle.loads(data).sample(5, label="fraud")["note"].is_null().all()


@pytest.mark.parametrize(
    ("notes", "remark"),
    [
        ([None, *NOTES[1:]], "Column 'note': 1 of 80 texts is missing"),
        (["  ", *NOTES[1:]], "Column 'note': 1 of 80 texts is blank"),
        (["win " * 30_000, *NOTES[1:]], "Column 'note': 1 text cut after 100,000 characters"),
        (["win \ud800", *NOTES[1:]], "Column 'note': Halves of surrogate pairs in 1 text"),
    ],
)
def test_what_is_changed_in_texts_is_said(notes, remark, quick_sampler):
    X = TABLE.to_pandas().assign(note=pd.Series(notes, dtype=object))
    with pytest.warns(TextColumnWarning, match=remark):
        quick_sampler(max_iter=2).fit_resample(X, LABELS)


@pytest.mark.parametrize(
    ("notes", "error", "message"),
    [
        ([" "] * N, DataError, "'note' must hold at least one text with more than spaces"),
        ([3, *NOTES[1:]], DataTypeError, "'note'.*3"),
    ],
)
def test_errors_name_the_column_of_text(notes, error, message, quick_sampler):
    X = TABLE.to_pandas().assign(note=pd.Series(notes, dtype=object))
    with pytest.raises(error, match=message):
        quick_sampler(encoder={"note": "words"}).fit_resample(X, LABELS)
