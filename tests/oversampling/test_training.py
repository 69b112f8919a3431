"""Training as a user sees it: callbacks, progress, going on, judgment, warnings, the classical recipe."""

import numpy as np
import pytest
from scipy.special import expit

from imbgan import DataError, GANOverSampler, GenerationQualityWarning, IdentifierColumnWarning, ParameterError

expects_poor_rows = pytest.mark.filterwarnings("ignore::imbgan.GenerationQualityWarning")


@expects_poor_rows
def test_callbacks_see_every_chunk(quick_sampler, imbalanced_matrix):
    first, second = [], []
    sampler = quick_sampler(max_iter=30, callbacks=[first.append, second.append])
    sampler.fit_resample(*imbalanced_matrix)
    assert [summary.step for summary in first] == [10, 20, 30] == sampler.history_["step"].tolist()
    assert first == second
    assert first[0].max_iter == 30
    assert first[0].seconds_left >= 0
    assert np.isfinite([summary.quality.score for summary in first]).all()


@expects_poor_rows
def test_callback_that_returns_true_stops(quick_sampler, imbalanced_matrix):
    sampler = quick_sampler(max_iter=50, callbacks=[lambda summary: summary.step >= 20, lambda summary: None])
    X, _ = sampler.fit_resample(*imbalanced_matrix)
    assert sampler.history_["step"].tolist() == [10, 20]
    assert [(event.step, event.name) for event in sampler.events_] == [(20, "early stopping")]
    assert "callback" in sampler.events_[0].detail
    assert len(X) == 200


@expects_poor_rows
def test_interrupted_training_leaves_the_sampler_usable(quick_sampler, imbalanced_matrix):
    def interrupt(summary):
        raise KeyboardInterrupt

    sampler = quick_sampler()
    rows = sampler.fit_resample(*imbalanced_matrix)[0]
    with pytest.raises(KeyboardInterrupt):
        sampler.set_params(callbacks=[interrupt]).fit_resample(*imbalanced_matrix)
    np.testing.assert_array_equal(sampler.set_params(callbacks=None).fit_resample(*imbalanced_matrix)[0], rows)


@expects_poor_rows
@pytest.mark.parametrize("verbose", [True, 1, False, 0])
def test_progress_only_when_asked(verbose, quick_sampler, imbalanced_matrix, capsys):
    quick_sampler(verbose=verbose).fit_resample(*imbalanced_matrix)
    output = capsys.readouterr()
    shown = output.out + output.err
    if verbose:
        assert "Training" in shown
        assert "step 10/10" in shown.replace("\n", " ")
        assert "distance to real rows" in shown
        assert "Kept the generator of step 10: distance to real rows" in shown.replace("\n", " ")
    else:
        assert shown == ""


@expects_poor_rows
def test_progress_says_that_training_stopped_and_why(quick_sampler, imbalanced_matrix, capsys):
    quick_sampler(max_iter=50, verbose=True, callbacks=[lambda summary: summary.step >= 20]).fit_resample(
        *imbalanced_matrix
    )
    shown = " ".join(capsys.readouterr().out.split())
    assert "Step 20: early stopping (a callback requested it)." in shown


@expects_poor_rows
def test_warm_start_goes_on(quick_gan, imbalanced_matrix):
    gan = quick_gan(max_iter=20, warm_start=True, early_stopping=False).fit(*imbalanced_matrix)
    rows = gan.sample(10, label=1)
    gan.fit(*imbalanced_matrix)
    assert gan.history_["step"].tolist() == [30, 40]
    assert 20 < gan.n_iter_ <= 40
    assert (gan.sample(10, label=1) != rows).any()
    cold = quick_gan(max_iter=20, early_stopping=False).fit(*imbalanced_matrix).fit(*imbalanced_matrix)
    assert cold.history_["step"].tolist() == [10, 20]


@expects_poor_rows
def test_warm_start_of_a_sampler(quick_sampler, imbalanced_matrix):
    sampler = quick_sampler(warm_start=True)
    sampler.fit_resample(*imbalanced_matrix)
    gan = sampler.gan_
    X, _ = sampler.fit_resample(*imbalanced_matrix)
    assert sampler.gan_ is gan
    assert sampler.history_["step"].tolist() == [20]
    np.testing.assert_array_equal(X[:120], imbalanced_matrix[0])


@expects_poor_rows
def test_warm_start_refuses_another_table(quick_gan, imbalanced_matrix):
    X, y = imbalanced_matrix
    gan = quick_gan(warm_start=True).fit(X, y)
    rows = gan.sample(5, label=1)
    with pytest.raises(DataError, match=r"warm_start.*columns"):
        gan.fit(X[:, :3], y)
    with pytest.raises(DataError, match=r"warm_start.*classes"):
        gan.fit(X, y + 1)
    with pytest.raises(DataError, match=r"warm_start.*classes"):
        gan.fit(X, np.arange(120) % 3)
    np.testing.assert_array_equal(gan.sample(5, label=1), rows)
    assert gan.classes_.tolist() == [0, 1]


@expects_poor_rows
def test_judgment_of_rows(quick_gan, imbalanced_matrix):
    X, y = imbalanced_matrix
    gan = quick_gan().fit(X, y)
    logit, probability = gan.discriminate(X, y)
    assert logit.shape == probability.shape == (120,)
    assert logit.dtype == probability.dtype == np.float32
    np.testing.assert_allclose(probability, expit(logit), rtol=1e-6)
    np.testing.assert_array_equal(gan.discriminate(X, y)[0], logit)
    np.testing.assert_array_equal(gan.discriminate(X[::-1], y[::-1])[0], logit[::-1])
    assert (gan.discriminate(X, 1 - y)[0] != logit).any()


@expects_poor_rows
def test_new_rows_with_unknown_levels_and_identifiers_are_judged(quick_gan):
    pd = pytest.importorskip("pandas")
    X = pd.DataFrame({"city": ["a", "b", "a", "b"] * 15, "x": range(60), "mail": [f"u{i}@a.de" for i in range(60)]})
    with pytest.warns(IdentifierColumnWarning):
        gan = quick_gan(kinds={"x": "integer"}).fit(X, np.arange(60) % 3 == 0)
    new = X.head(3).assign(city=["a", "c", None], x=[0, None, 2], mail=["someone", None, "u2@a.de"])
    logit, _ = gan.discriminate(new, [False, True, True])
    assert np.isfinite(logit).all()
    assert logit[0] == gan.discriminate(X.head(1), [False])[0][0]


@expects_poor_rows
def test_judgment_refuses_other_tables(quick_sampler, imbalanced_matrix):
    pd = pytest.importorskip("pandas")
    X, y = pd.DataFrame(imbalanced_matrix[0], columns=["a", "b", "c", "d"]), imbalanced_matrix[1]
    sampler = quick_sampler()
    sampler.fit_resample(X, y)
    cases = [
        (X[["a", "b", "c"]], y, DataError, "missing 'd'"),
        (X[["b", "a", "c", "d"]], y, DataError, "reordered: position 0 holds 'b' instead of 'a'"),
        (X.rename(columns={"c": "C"}), y, DataError, "missing 'c'; unexpected 'C'"),
        (X.assign(e=1.0), y, DataError, "unexpected 'e'"),
        (
            X.replace({"b": {X["b"][4]: np.inf}}),
            y,
            DataError,
            r"'b' holds 1 infinite values \(first at row 4\)",
        ),
        (X, y[:-1], DataError, "Got 120 and 119"),
        (X, y + 1, ParameterError, "one of the classes seen in fit: 0, 1. Got 2"),
    ]
    for table, labels, error, message in cases:
        with pytest.raises(error, match=message):
            sampler.discriminate(table, labels)


@expects_poor_rows
def test_unknown_label(quick_gan, imbalanced_matrix):
    X, y = imbalanced_matrix
    gan = quick_gan().fit(X, np.array(["common", "fraud"])[y])
    with pytest.raises(ParameterError, match=r"seen in fit: 'common', 'fraud'\. Got 'frad'\. Did you mean 'fraud'"):
        gan.sample(3, label="frad")
    for n in (-1, 1.5, "3", None):
        with pytest.raises(ParameterError, match=f"'n' parameter of sample must be an int of at least 0. Got {n!r}"):
            gan.sample(n, label="fraud")
    with pytest.raises(ParameterError, match="'start' parameter"):
        gan.sample(1, label="fraud", start=-1)


@expects_poor_rows
def test_one_network_per_class(quick_gan, three_classes):
    X, y = three_classes
    gan = quick_gan(condition="minority").fit(X, y)
    assert len(gan.generator_.models) == 2
    assert gan.sample(4, label=1).shape == gan.sample(4, label=2).shape == (4, 4)
    with pytest.raises(ParameterError, match=r"Class 0 was not learned.*classes=\[...\]"):
        gan.sample(1, label=0)
    with pytest.raises(ParameterError, match="Class 0 was not learned"):
        gan.discriminate(X, y)
    rare = y > 0
    assert np.isfinite(gan.discriminate(X[rare], y[rare])[0]).all()


@expects_poor_rows
def test_only_a_shared_network_learns_from_other_classes(quick_gan, three_classes):
    X, y = three_classes
    # Shuffled within class 0, one column keeps its distribution, and with it the encoding of the table.
    other = X.copy()
    other[:30, 0] = X[:30, 0][::-1]

    def rows(condition, table):
        return quick_gan(condition=condition).fit(table, y).generator_.rows(2, 0, 50)

    np.testing.assert_array_equal(rows("minority", X), rows("minority", other))
    assert (rows("all", X) != rows("all", other)).any()


@expects_poor_rows
def test_textbook_recipe_runs(imbalanced_matrix):
    sampler = GANOverSampler.textbook(n_epochs=2, random_state=0)
    X, _ = sampler.fit_resample(*imbalanced_matrix)
    rare = imbalanced_matrix[0][100:]
    assert sampler.history_["step"][-1] == 2  # 20 rows fit into one batch of 64
    assert len(sampler.generator_.models) == 1
    assert (X[120:] >= imbalanced_matrix[0].min(axis=0)).all()
    assert (X[120:] <= imbalanced_matrix[0].max(axis=0)).all()
    _, probability = sampler.discriminate(rare, np.ones(20, int))
    assert ((probability > 0) & (probability < 1)).all()


def test_generator_that_learns_nothing_is_warned_of(quick_sampler, imbalanced_matrix):
    options = {"generator_learning_rate": 1e-12, "discriminator_learning_rate": 1e-12}
    sampler = quick_sampler(train_options=options)
    with pytest.warns(
        GenerationQualityWarning, match=r"worse than .*SMOTE.*distance to real rows \S+ against \S+"
    ) as caught:
        sampler.fit_resample(*imbalanced_matrix)
    score = f"{sampler.history_['score'].min():.3g}"
    assert score in str(caught[0].message)
    assert "Use imblearn's SMOTE or class weights" in str(caught[0].message)


@expects_poor_rows
@pytest.mark.parametrize("rate", [1e6, 1e30])
def test_divergence_is_named_and_never_reaches_the_output(rate, quick_sampler, imbalanced_matrix):
    options = {"generator_learning_rate": rate, "discriminator_learning_rate": rate}
    sampler = quick_sampler(max_iter=50, train_options=options)
    X, _ = sampler.fit_resample(*imbalanced_matrix)
    assert "divergence" in [event.name for event in sampler.events_]
    assert [event.name for event in sampler.events_].count("restart") <= 2
    assert np.isfinite(X).all()
    assert np.isfinite(sampler.sample_weight_).all()


def test_divergence_is_part_of_the_warning(quick_sampler, imbalanced_matrix):
    options = {"generator_learning_rate": 1e6, "discriminator_learning_rate": 1e6, "max_restarts": 0}
    with pytest.warns(GenerationQualityWarning, match="SMOTE after divergence: distance"):
        quick_sampler(max_iter=50, train_options=options).fit_resample(*imbalanced_matrix)
