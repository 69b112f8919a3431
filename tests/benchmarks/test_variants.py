"""What generators and filters on trial claim, without the training that they are on trial for."""

import jax
import numpy as np
import pytest
from scipy.special import expit
from scipy.stats import wasserstein_distance

from benchmarks.quality.variants import filters
from benchmarks.quality.variants.filters import MatchedPoolSampler, RejectionSampler, acceptance
from benchmarks.quality.variants.generators import (
    LEAST_SHARE,
    N_NEIGHBORS,
    AnchoredGAN,
    AnchoredGenerator,
    SmoteInputGAN,
    SmoteInputGenerator,
    TranslationGAN,
    TranslationGenerator,
    make_bank,
)
from benchmarks.quality.variants.rejection import HoleSampler, NearRowSampler, near_rows
from imbgan import GANOverSampler, ModelFileError
from imbgan.gan.networks.perceptrons import PerceptronConfig

SPANS = (("number", 1), ("number", 1), ("category", 3))
WIDTH = 8  # three columns of padding
CONFIG = PerceptronConfig(generator_hidden=(16,), embedding_dim=4)
# Programs that compile quickly: no test looks at what is learned.
SMALL = {
    "generator_hidden": (16,),
    "discriminator_hidden": (16,),
    "embedding_dim": 4,
    "chunk_size": 5,
    "penalties": (),
    "straight_through": False,
}
LABELS = np.repeat([0, 1], 400).astype(np.int32)


@pytest.fixture
def table(rng):
    """Encoded rows of two numbers and a category, 60 of them common; the rare class lies ten deviations away."""
    codes = np.repeat([0, 1], [60, 20])
    numbers = rng.normal(size=(80, 2)) + 10.0 * codes[:, None]
    return np.hstack([numbers, np.eye(3)[rng.integers(0, 3, 80)]]).astype(np.float32), codes


@pytest.fixture
def noise(rng):
    return rng.normal(size=(len(LABELS), CONFIG.latent_dim)).astype(np.float32)


@pytest.fixture
def build(table, rng):
    """Return a function from a class of generators to one that has not been trained."""

    def draw(shape, scale):
        return (scale * rng.standard_normal(shape)).astype(np.float32)

    def build_generator(kind, classes=(0, 1)):
        bank = make_bank(*table, SPANS, np.ones(80, bool), classes, WIDTH)
        return kind(CONFIG, (WIDTH,), 2, draw, bank=bank)

    return build_generator


def test_a_bank_holds_the_rows_that_a_member_trains_on_and_their_neighbors(table):
    rows, codes = table
    mask = np.arange(80) % 4 > 0
    bank = make_bank(rows, codes, SPANS, mask, [0, 1], WIDTH)
    assert bank.count.tolist() == [45, 15]
    for code in (0, 1):
        n = int(bank.count[code])
        own = bank.rows[code, :n, :5]
        expected = rows[(codes == code) & mask]
        np.testing.assert_array_equal(np.unique(own, axis=0), np.unique(expected, axis=0))
        nearest = bank.neighbors[code, :n].astype(int)
        np.testing.assert_array_equal(nearest[:, 0], np.arange(n))
        distances = np.linalg.norm(own[:, None] - own[nearest], axis=2)
        allowed = np.sort(np.linalg.norm(own[:, None] - own[None], axis=2), axis=1)[:, N_NEIGHBORS]
        assert (distances <= allowed[:, None] + 1e-4).all()
    assert bank.is_number.tolist() == [1, 1, 0, 0, 0, 0, 0, 0]


@pytest.mark.parametrize("n_rare", [1, 2, 3])
def test_a_bank_of_fewer_rows_than_neighbors_repeats_them(n_rare, table):
    rows, codes = table
    mask = np.arange(80) < 60 + n_rare
    bank = make_bank(rows, codes, SPANS, mask, [0, 1], WIDTH)
    assert bank.rows.shape == make_bank(rows, codes, SPANS, np.ones(80, bool), [0, 1], WIDTH).rows.shape
    assert bank.neighbors[1, :n_rare].max() == n_rare - 1


def test_an_untrained_anchored_row_is_a_convex_combination_of_neighbors_of_its_class(build, noise):
    generator = build(AnchoredGenerator)
    near, weights, share, residual = map(np.asarray, jax.jit(AnchoredGenerator.mixture)(generator, noise, LABELS))
    np.testing.assert_allclose(weights.sum(axis=1), 1, rtol=1e-5)
    assert weights.min() >= 0
    assert (near[LABELS == 1, :, 0] > 5).all()
    assert (near[LABELS == 0, :, 0] < 5).all()
    assert 0 < share.min() <= share.max() < 0.1
    assert np.abs(residual).max() < 0.5
    raw = np.asarray(jax.jit(AnchoredGenerator.__call__)(generator, noise, LABELS))
    slack = 0.1 * np.ptp(near, axis=1)[:, :2]
    assert (raw[:, :2] >= near.min(axis=1)[:, :2] - slack).all()
    assert (raw[:, :2] <= near.max(axis=1)[:, :2] + slack).all()
    # A level that no neighbor has stays unlikely.
    absent = near.max(axis=1)[:, 2:5] == 0
    assert (raw[:, 2:5][absent] < np.log(LEAST_SHARE) + 0.5).all()


@pytest.mark.parametrize(("kind", "classes"), [(SmoteInputGenerator, (0, 1)), (TranslationGenerator, (0,))])
def test_an_untrained_residual_is_nearly_zero(kind, classes, build, noise):
    generator = build(kind, classes)

    @jax.jit
    def start_and_residual(generator):
        start = generator.start(noise, LABELS)
        return start, generator(noise, LABELS) - generator.as_raw(start)

    start, residual = map(np.asarray, start_and_residual(generator))
    assert np.abs(residual).max() < 0.5
    from_rare = start[:, 0] > 5
    assert from_rare.tolist() == ((LABELS == 1) & (len(classes) == 2)).tolist()


@pytest.mark.filterwarnings("ignore::imbgan.GenerationQualityWarning")
@pytest.mark.parametrize(
    "variant",
    [AnchoredGAN, *(pytest.param(variant, marks=pytest.mark.slow) for variant in (SmoteInputGAN, TranslationGAN))],
)
def test_variants_are_samplers_and_train_what_is_to_be_learned_only(variant, mixed_table, tmp_path):
    X, y = mixed_table
    sampler = variant(max_iter=5, n_generators=2, train_options=SMALL, random_state=0)
    X_resampled, y_resampled = sampler.fit_resample(X, y)
    assert y_resampled.value_counts().to_dict() == {"common": 65, "rare": 65}
    assert X_resampled.dtypes.equals(X.dtypes)
    generator = sampler.generator_.models[0].generator
    assert generator.bank.rows.shape[0] == 2  # members
    # Networks that need rows of the table cannot be built from their sizes, so a file would give other rows.
    with pytest.raises(ModelFileError, match=r"are of none.*FAMILIES"):
        sampler.gan_.save(tmp_path / "model")
    assert list(tmp_path.iterdir()) == []
    # The running average rounds in the last place.
    positions = generator.bank.neighbors
    np.testing.assert_allclose(positions, np.round(positions), atol=1e-3)


@pytest.mark.filterwarnings("ignore::imbgan.GenerationQualityWarning")
def test_the_control_takes_a_single_step(mixed_table):
    sampler = AnchoredGAN.untrained(n_generators=2, train_options=SMALL, random_state=0)
    sampler.fit_resample(*mixed_table)
    assert sampler.n_iter_ == 1


@pytest.mark.filterwarnings("ignore::imbgan.GenerationQualityWarning")
@pytest.mark.parametrize("kind", [MatchedPoolSampler, RejectionSampler])
def test_filters_keep_as_many_rows_as_asked_all_of_the_pool(kind, mixed_table):
    X, y = mixed_table
    inner = GANOverSampler(sampling_strategy=0.8, max_iter=5, n_generators=2, train_options=SMALL)
    sampler = kind(inner, pool=3)
    X_resampled, y_resampled = sampler.fit_resample(X, y)
    n = sampler.sampling_strategy_["rare"]
    assert n == 37
    assert y_resampled.tolist() == [*y, *["rare"] * n]
    assert X_resampled.dtypes.equals(X.dtypes)
    assert X_resampled.iloc[:80].reset_index(drop=True).equals(X)
    pool = sampler.sampler_.gan_.sample(3 * n, label="rare")
    assert set(X_resampled["amount"].iloc[80:].dropna()) <= set(pool["amount"].dropna())
    assert kind(inner, pool=3).fit_resample(X, y)[0].equals(X_resampled)


@pytest.mark.parametrize("scorer", ["linear", "trees"])
def test_a_matched_pool_has_scores_closer_to_those_of_real_rows(scorer, rng):
    """The pool is too wide and lies too far from the common rows; both show in the scores."""
    codes = np.repeat([0, 1], [400, 60])
    real = rng.normal(size=(460, 3)) + 1.0 * codes[:, None]
    pool = 2.0 * rng.normal(size=(1500, 3)) + 2.0
    scores_real, scores_pool = filters.cross_fitted_scores(filters.SCORERS[scorer], real, codes, 1, pool, rng)
    kept = filters.resample_without_replacement(filters.log_ratio(scores_real, scores_pool), 300, rng)
    assert len(np.unique(kept)) == 300
    for score in range(2):
        before = wasserstein_distance(scores_real[:, score], scores_pool[:, score])
        after = wasserstein_distance(scores_real[:, score], scores_pool[kept, score])
        assert after < 0.7 * before
    assert np.linalg.norm(pool[kept].mean(axis=0) - 1.0) < 0.7 * np.linalg.norm(pool.mean(axis=0) - 1.0)


def test_scores_of_real_rows_are_cross_fitted(rng):
    """Labels that mean nothing cannot be told from rows that were left out."""
    real, codes = rng.normal(size=(300, 5)), np.repeat([0, 1], [240, 60])
    scores, _ = filters.cross_fitted_scores(filters.trees, real, codes, 1, rng.normal(size=(300, 5)), rng)
    fitted = filters.log_odds(filters.trees().fit(real, codes), real[codes == 1])
    assert scores[:, 0].mean() < fitted.mean() - 1.0


def test_acceptance_rises_with_the_logit_and_keeps_its_least_share(rng):
    logits = rng.normal(scale=5.0, size=2000).astype(np.float32)
    probabilities = acceptance(logits)
    assert (np.diff(probabilities[np.argsort(logits)]) >= 0).all()
    assert probabilities.mean() == pytest.approx(0.25, abs=1e-3)
    # Azadi et al.: without the shift, acceptance is exp(D - M) of the best row.
    flat = rng.normal(scale=0.1, size=2000)
    np.testing.assert_allclose(acceptance(flat), np.exp(flat - flat.max()), rtol=1e-3)


def test_rows_are_kept_in_proportion_to_their_acceptance(rng):
    """Two thirds of the rows are hopeless; as many as there are others are kept."""
    probabilities = np.where(np.arange(900) % 3 == 0, expit(4.0), expit(-6.0))
    kept = filters.accept(probabilities, 250, rng)
    assert len(np.unique(kept)) == 250
    assert (kept % 3 == 0).mean() > 0.95


def test_thinned_rows_are_as_dense_at_learned_rows_as_at_held_out_ones(rng):
    real = rng.normal(size=(60, 2))
    masks = [np.arange(60) % 5 != member for member in range(2)]
    member = np.arange(20_000) % 2
    # Both members crowd around what they learned, the second more than the first.
    generated = rng.normal(size=(20_000, 2))
    for i, (mask, share) in enumerate(zip(masks, (0.3, 0.5), strict=True)):
        copied = np.flatnonzero((member == i) & (rng.random(20_000) < share))
        generated[copied] = rng.choice(real[mask], len(copied)) + 0.01 * rng.normal(size=(len(copied), 2))
    near, a = near_rows(real, generated, masks, member)
    assert 0.0 < a < 1.0
    weights = np.where(near, a, 1.0)
    distances = np.linalg.norm(real[:, None] - real, axis=2) + np.diag(np.full(60, np.inf))
    within = np.linalg.norm(real[:, None] - generated, axis=2) < distances.min(axis=1)[:, None]
    shares = {learned: [] for learned in (True, False)}
    for i, mask in enumerate(masks):
        for row in range(60):
            shares[bool(mask[row])].append((within[row] * weights)[member == i].sum())
    assert np.mean(shares[True]) == pytest.approx(np.mean(shares[False]))


def test_rows_of_a_generator_that_favors_no_learned_row_are_all_kept(rng):
    real = rng.normal(size=(60, 2))
    masks = [np.arange(60) % 5 != 0]
    away = real[~masks[0]][rng.integers(12, size=2_000)] + 0.01 * rng.normal(size=(2_000, 2))
    assert near_rows(real, away, masks, np.zeros(2_000, int))[1] == 1.0


@pytest.mark.filterwarnings("ignore:The generated rows are worse")
@pytest.mark.parametrize("kind", [NearRowSampler, HoleSampler])
def test_rejection_returns_as_many_rows_as_asked_for(kind, rng):
    X = np.concatenate([rng.normal(size=(80, 3)), rng.normal(2.0, size=(30, 3))])
    y = np.repeat([0, 1], [80, 30])
    sampler = kind(max_iter=10, train_options=SMALL, random_state=0)
    made, labels = sampler.fit_resample(X, y)
    assert np.bincount(labels).tolist() == [80, 80]
    np.testing.assert_array_equal(made[:110], X)
    assert (sampler.kept_[1] == 0.0) == (kind is HoleSampler)
    assert len(sampler._masks()) == 3
    assert [int(mask[y == 1].sum()) for mask in sampler._masks()] == [24] * 3
