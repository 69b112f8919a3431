"""Generated rows hold the values that dominate a number as often as the real rows of their class do."""

import json
import shutil

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays_of
from safetensors.numpy import load_file, save_file

from imbgan import GANOverSampler, ModelFileError, TabularGAN
from imbgan.oversampling.atoms import AtomShares
from imbgan.tabular.atoms import Atom

pytestmark = pytest.mark.filterwarnings("ignore::imbgan.GenerationQualityWarning")

# An atom at the lower end of its scale, one in the middle whose cells may be missing, and one at the upper end.
ATOMS = (Atom(0, -5.0, 0.5), Atom(1, -0.5, 1.0, present=3), Atom(2, -1.0, 5.0))
WIDTH = 5


def planted(rng: np.random.Generator, n: int, center: float, spread: float) -> np.ndarray:
    """Return rows of places, nearly normal and all within the scale, with a category of two levels behind them."""
    # Squeezed and not clipped: no quantile divides rows that are all equal to an end of the scale.
    rows = (4.999 * np.tanh(rng.normal(center, spread, (n, WIDTH)) / 4.999)).astype(np.float32)
    missing = rng.random(n) < 0.2
    rows[:, 3], rows[:, 4] = ~missing, missing
    return rows


def shares(atom: Atom, rows: np.ndarray) -> np.ndarray:
    """Return the shares of places below, at and above an atom, where the number is not missing."""
    places = rows[atom.among(rows), atom.column]
    below, above = (places < atom.low).mean(), (places >= atom.high).mean()
    return np.array([below, 1 - below - above, above])


@given(
    seed=st.integers(0, 2**32 - 1),
    centers=st.tuples(*[st.floats(-2, 2)] * 3),
    spreads=st.tuples(*[st.floats(0.1, 2)] * 3),
)
def test_shares_become_those_of_the_class(
    seed: int, centers: tuple[float, float, float], spreads: tuple[float, float, float]
) -> None:
    rng = np.random.default_rng(seed)
    codes = np.repeat([0, 1], [900, 600])
    real = np.concatenate([planted(rng, 900, centers[0], spreads[0]), planted(rng, 600, centers[1], spreads[1])])
    generated = planted(rng, 4000, centers[2], spreads[2])
    found = AtomShares.measured(ATOMS, real, codes, 2, lambda code, n: generated)
    assert found.is_valid(2)
    before = generated.copy()
    for code in (0, 1):
        moved = found.apply(generated, code)
        for atom in ATOMS:
            # One row with the mean shares of the classes counts beside those of the class.
            own, n = shares(atom, real[codes == code]), atom.among(real[codes == code]).sum()
            expected = (n * own + np.mean([shares(atom, real[codes == c]) for c in (0, 1)], axis=0)) / (n + 1)
            np.testing.assert_allclose(shares(atom, moved), expected, atol=2 / 400)
            # Ranks stay, so that columns depend on one another as the generator has learned.
            order = np.argsort(generated[:, atom.column], kind="stable")
            assert (np.diff(moved[order, atom.column]) >= 0).all()
        np.testing.assert_array_equal(moved[:, 3:], generated[:, 3:])
    np.testing.assert_array_equal(generated, before)


@given(
    generated=arrays_of.arrays(np.float32, (50, WIDTH), elements=st.floats(-9, 9, width=32)),
    real=arrays_of.arrays(np.float32, (20, WIDTH), elements=st.floats(-5, 5, width=32)),
)
def test_collapsed_and_wild_rows_are_moved_within_the_scale(generated: np.ndarray, real: np.ndarray) -> None:
    found = AtomShares.measured(ATOMS, real, np.arange(20) % 2, 3, lambda code, n: generated)
    assert found.is_valid(3)
    moved = found.apply(generated, 1)
    columns = [atom.column for atom in ATOMS]
    assert (np.abs(moved[:, columns]) <= 5).all()


def test_a_value_that_no_row_of_a_class_holds_is_rare_there_and_not_impossible() -> None:
    rng = np.random.default_rng(0)
    codes = np.repeat([0, 1], [1000, 20])
    real = np.full((1020, WIDTH), -1, np.float32)
    real[:100, 0] = 2.0
    generated = rng.normal(size=(100_000, WIDTH)).astype(np.float32)
    found = AtomShares.measured(ATOMS[:1], real, codes, 2, lambda code, n: generated)
    above = [(found.apply(generated, code)[:, 0] >= ATOMS[0].high).mean() for code in (0, 1)]
    # Shares of 0.1 and 0, and their mean of 0.05 as one more row.
    np.testing.assert_allclose(above, [(100 + 0.05) / 1001, 0.05 / 21], rtol=0.05)


def test_classes_that_were_not_learned_and_tables_without_atoms_stay() -> None:
    rows = np.random.default_rng(0).normal(size=(30, WIDTH)).astype(np.float32)
    codes = np.arange(30) % 2
    without = AtomShares.measured((), rows, codes, 2, lambda code, n: pytest.fail("Rows were drawn."))
    assert without.apply(rows, 1) is rows
    assert without.is_valid(2)
    unknown = AtomShares.measured(ATOMS, rows, codes, 2, lambda code, n: None)
    np.testing.assert_allclose(unknown.apply(rows, 1), np.clip(rows, -5, 5), atol=1e-6)


def sparse_table(n_columns: int = 40, n_rare: int = 30) -> tuple[np.ndarray, np.ndarray]:
    """Return weights of words, of which about one in twenty is not 0; each row is about one of four topics."""
    rng = np.random.default_rng(0)
    y = np.repeat([0, 1], [600, n_rare])
    topics = np.where(y == 1, rng.choice(4, len(y), p=[0.1, 0.1, 0.3, 0.5]), rng.integers(0, 4, len(y)))
    frequencies = np.clip(rng.gamma(0.5, 0.05, (4, n_columns)), 0.01, 0.4)
    weights = rng.gamma(2.0, 1.0, (len(y), n_columns))
    return np.where(rng.random((len(y), n_columns)) < frequencies[topics], weights, 0.0), y


def ratios(gan: TabularGAN, X: np.ndarray, y: np.ndarray) -> list[float]:
    """Return the share of cells of generated rows of each class that are not 0, divided by that of real rows."""
    return [float((gan.sample(4000, label=c) != 0).mean() / (X[y == c] != 0).mean()) for c in (0, 1)]


def test_sparse_rows_are_as_dense_as_real_ones_after_few_steps(quick_gan) -> None:
    X, y = sparse_table()
    gan = quick_gan().fit(X, y)
    assert len(gan.encoder_.atoms) == X.shape[1]
    np.testing.assert_allclose(ratios(gan, X, y), 1.0, atol=0.1)


@pytest.mark.slow
@pytest.mark.parametrize("n_rare", [20, 100])
def test_sparse_rows_of_the_default_recipe_are_as_dense_as_real_ones(n_rare: int) -> None:
    X, y = sparse_table(200, n_rare)
    gan = TabularGAN(random_state=0).fit(X, y)
    np.testing.assert_allclose(ratios(gan, X, y), 1.0, atol=0.1)


@pytest.fixture(scope="module")
def zeros():
    """A table with three numbers: mostly 0, mostly missing or 0, and never 0."""
    X, y = sparse_table(1)
    rng = np.random.default_rng(1)
    paid = np.where(rng.random(len(y)) < 0.3, np.nan, np.where(rng.random(len(y)) < 0.8, 0.0, rng.normal(9, 1, len(y))))
    return pd.DataFrame({"weight": X[:, 0], "paid": paid, "age": rng.integers(18, 90, len(y))}), y


def test_generated_rows_stay_addressable_and_complete(quick_gan, zeros) -> None:
    X, y = zeros
    gan = quick_gan().fit(X, y)
    assert len(gan.encoder_.atoms) == 2
    whole = gan.sample(1500, label=1)
    pd.testing.assert_frame_equal(
        pd.concat([gan.sample(700, label=1), gan.sample(800, label=1, start=700)], ignore_index=True), whole
    )
    paid = X.loc[y == 1, "paid"].dropna()
    assert abs((whole["paid"].dropna() == 0).mean() - (paid == 0).mean()) < 0.05


def test_one_network_per_class_moves_the_classes_that_it_learned(quick_sampler, zeros) -> None:
    X, y = zeros
    sampler: GANOverSampler = quick_sampler(condition="minority")
    resampled, _ = sampler.fit_resample(X, y)
    made = resampled[sampler.synthetic_mask_]
    assert abs((made["weight"] == 0).mean() - (X.loc[y == 1, "weight"] == 0).mean()) < 0.05


def test_saved_models_give_the_same_rows(quick_gan, zeros, tmp_path) -> None:
    gan = quick_gan().fit(*zeros)
    gan.save(tmp_path / "model")
    loaded = TabularGAN.load(tmp_path / "model")
    pd.testing.assert_frame_equal(loaded.sample(900, label=1), gan.sample(900, label=1))
    np.testing.assert_array_equal(loaded.atom_shares_.ends, gan.atom_shares_.ends)
    assert "atoms/ends" in load_file(tmp_path / "model" / "weights.safetensors")
    assert "atoms" not in json.loads((tmp_path / "model" / "model.json").read_text(encoding="utf-8"))


DAMAGES = {
    "lost": lambda arrays: arrays.pop("atoms/ends"),
    "further": lambda arrays: arrays.update({"atoms/ends too": np.zeros(2, np.float32)}),
    "classes": lambda arrays: arrays.update({"atoms/ends": arrays["atoms/ends"][:1].copy()}),
    "atoms": lambda arrays: arrays.update({"atoms/ends": arrays["atoms/ends"][:, :1].copy()}),
    "no pairs": lambda arrays: arrays.update({"atoms/ends": np.zeros(0, np.float32)}),
    "order": lambda arrays: arrays.update({"atoms/ends": arrays["atoms/ends"][..., ::-1].copy()}),
    "not finite": lambda arrays: arrays["atoms/ends"].fill(np.nan),
    "type": lambda arrays: arrays.update({"atoms/ends": arrays["atoms/ends"].astype(np.float64)}),
}


@pytest.fixture(scope="module")
def saved(zeros, tmp_path_factory):
    path = tmp_path_factory.mktemp("atoms") / "model"
    options = {"chunk_size": 10, "generator_hidden": (16,), "discriminator_hidden": (16,), "latent_dim": 8}
    TabularGAN(max_iter=10, n_generators=1, random_state=0, train_options=options).fit(*zeros).save(path)
    return path


@pytest.mark.parametrize("damage", DAMAGES.values(), ids=DAMAGES)
def test_places_that_do_not_fit_are_refused(damage, saved, tmp_path) -> None:
    path = shutil.copytree(saved, tmp_path / "model")
    arrays = load_file(path / "weights.safetensors")
    damage(arrays)
    save_file(arrays, path / "weights.safetensors")
    with pytest.raises(ModelFileError, match=r"'arrays' does not fit|array 'atoms/"):
        TabularGAN.load(path)
