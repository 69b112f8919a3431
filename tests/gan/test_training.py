from dataclasses import replace
from functools import partial

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import expit

from imbgan.gan import chunk, loop
from imbgan.gan.chunk import run_chunk
from imbgan.gan.config import MonitorConfig
from imbgan.gan.devices import Placement
from imbgan.gan.losses import LOSSES
from imbgan.gan.model import ClassGenerators
from imbgan.gan.networks.families import PERCEPTRONS
from imbgan.gan.networks.perceptrons import PerceptronGenerator
from imbgan.gan.sources import make_batches
from imbgan.gan.spaces.columns import ColumnOptions, ColumnSpace
from imbgan.gan.state import init_members
from imbgan.gan.stopping import has_levelled
from imbgan.random import Streams

WATCH = MonitorConfig(early_stopping=False, max_restarts=0)


def leaves_of(tree):
    return [np.asarray(leaf) for leaf in jax.tree.leaves(tree)]


def assert_identical(one, other):
    for a, b in zip(leaves_of(one), leaves_of(other), strict=True):
        np.testing.assert_array_equal(a, b)


def differ(one, other):
    return any(not np.array_equal(a, b) for a, b in zip(leaves_of(one), leaves_of(other), strict=True))


@pytest.fixture(scope="module")
def trained(run, config_of):
    return run(config_of())


@pytest.fixture(scope="module")
def two_members(run, config_of):
    return run(config_of(n_members=2, max_iter=10))


@pytest.fixture(scope="module")
def classical(run, config_of):
    """A game whose logit has a fixed zero."""
    return run(config_of(loss="non_saturating", penalties=(), discriminator_steps=2, max_iter=10))


def test_no_step_beyond_max_iter(run, config_of):
    result = run(config_of(max_iter=25))
    assert [summary.step for summary in result.summaries] == [10, 20, 25]
    assert result.state.step.tolist() == [25]
    assert result.state.generator_optimizer.count.tolist() == [25]
    assert result.state.discriminator_optimizer.count.tolist() == [25]


def test_losses_of_a_cut_chunk_are_means_over_its_steps(run, config_of):
    """A new relativistic game has losses of log 2; five empty steps must not pull their mean down."""
    slow = {
        "generator_learning_rate": 1e-9,
        "discriminator_learning_rate": 1e-9,
        "gamma": 0.0,
        "final_learning_rate": 1.0,
    }
    whole, cut = run(config_of(max_iter=10, **slow)), run(config_of(max_iter=5, **slow))
    losses = [result.summaries[0].discriminator_loss for result in (whole, cut)]
    assert losses[1] == pytest.approx(losses[0], rel=0.25)


def test_a_second_training_compiles_nothing(trained, run, config_of, count_compilations):
    with count_compilations() as compiled:
        run(config_of(), seed=1)
    assert compiled == []


@pytest.mark.parametrize(
    "options",
    [
        {"max_iter": 13},
        {"gamma": 7.5},
        {"gamma": 7},
        {"generator_learning_rate": 3e-4, "discriminator_learning_rate": 1e-4},
        {"instance_noise": 0, "ema_half_life": 10, "class_tempering": 0},
    ],
    ids=str,
)
def test_other_numbers_compile_nothing(options, trained, run, config_of, count_compilations):
    with count_compilations() as compiled:
        run(config_of(**options))
    assert compiled == []


def test_another_temperature_compiles_nothing(trained, run, config_of, problem, count_compilations):
    with count_compilations() as compiled:
        space = ColumnSpace.of(problem.space.spans, ColumnOptions.resolve({"temperature": 1}))
        run(config_of(), space=space)
    assert compiled == []


def test_folds_of_a_cross_validation_share_programs(trained, run, config_of, problem_of, count_compilations):
    with count_compilations() as compiled:
        for n_common, n_rare in ((199, 40), (195, 37), (180, 33)):
            run(config_of(), problem=problem_of(n_common=n_common, n_rare=n_rare))
    assert compiled == []


def test_the_counter_counts(count_compilations):
    with count_compilations() as compiled:
        jax.jit(lambda x: x * 3 + 1)(np.ones(5, np.float32))
    assert len(compiled) == 1


def test_one_seed_gives_identical_training(trained, run, config_of):
    again = run(config_of())
    assert_identical(trained.state, again.state)
    assert_identical(trained.model.generator, again.model.generator)
    assert [s.quality for s in trained.summaries] == [s.quality for s in again.summaries]
    assert trained.baseline == again.baseline
    np.testing.assert_array_equal(trained.model.rows(1, 5, 0, 100), again.model.rows(1, 5, 0, 100))
    assert differ(trained.state, run(config_of(), seed=1).state)


def test_a_resumed_run_is_the_run_that_was_not_interrupted(trained, run, config_of):
    half = run(config_of(), on_chunk=lambda summary: summary.step == 10)
    assert half.state.step.tolist() == [10]
    before = [leaf.copy() for leaf in leaves_of(half.state)]
    resumed = run(config_of(), resume=half.state)
    assert_identical(resumed.state, trained.state)
    # The state that was resumed is still there to be resumed again.
    assert_identical(half.state, before)


def test_with_constant_schedules_ten_steps_are_five_and_five(run, config_of):
    constant = {"final_learning_rate": 1.0, "final_gamma": 1.0, "instance_noise": 0.0}
    whole = run(config_of(max_iter=10, **constant))
    half = run(config_of(max_iter=5, **constant))
    assert half.state.step.tolist() == [5]
    resumed = run(half.model.config.extended(5), resume=half.state)
    assert_identical(resumed.state, whole.state)


def test_the_checkpoint_that_is_kept_is_the_one_that_was_judged_best(run, config_of):
    result = run(config_of(max_iter=60))
    scores = [summary.quality.score for summary in result.summaries]
    best, kept = float("inf"), None
    for i, summary in enumerate(result.summaries):
        score = np.mean(scores[max(0, i - 2) : i + 1])  # single scores on a few held-out rows are noisy
        if score <= best * (1 + WATCH.tol):
            kept = summary
        best = min(best, score)
    assert (result.n_iter, result.quality) == (kept.step, kept.quality)
    stopped = run(config_of(max_iter=60), on_chunk=lambda summary: summary.step == kept.step)
    assert_identical(result.model.generator, stopped.state.averaged)
    assert_identical(result.model.discriminator, stopped.state.discriminator)


def test_a_callback_sees_each_chunk_and_can_stop(run, config_of):
    seen = []
    result = run(config_of(max_iter=50), on_chunk=lambda summary: seen.append(summary) or len(seen) == 2)
    assert seen == result.summaries
    assert [summary.step for summary in seen] == [10, 20]
    assert all(summary.seconds_left >= 0 and summary.max_iter == 50 for summary in seen)
    assert [event.name for event in result.events] == ["early stopping"]


def test_training_stops_when_the_score_no_longer_improves(run, config_of, monkeypatch):
    """Without a learning rate nothing improves."""
    monkeypatch.setattr(loop, "WORSE_THAN_BASELINE", 1e6)
    still = {"generator_learning_rate": 1e-12, "discriminator_learning_rate": 1e-12}
    watch = MonitorConfig(max_restarts=0, n_suspicions=100, min_share=0.05)
    result = run(config_of(max_iter=1000, cooling_steps=20, **still), watch=watch)
    steps = [summary.step for summary in result.summaries]
    (event,) = result.events
    # The cooling is not cut, and the callbacks know of the new end as soon as it is known.
    level = next(summary.step for summary in result.summaries if summary.ending)
    assert 50 <= level < 300
    assert steps[-1] == level + 20 == result.state.step[0]
    assert [summary.max_iter for summary in result.summaries] == [1000 if s < level else level + 20 for s in steps]
    assert (event.name, event.step) == ("early stopping", level + 20)
    assert f"levelled off by step {level}" in event.detail == result.summaries[-1].ending


def test_a_plateau_far_above_the_baseline_does_not_end_training(run, config_of):
    still = {"generator_learning_rate": 1e-12, "discriminator_learning_rate": 1e-12}
    watch = MonitorConfig(max_restarts=0, n_suspicions=100, min_share=0.05)
    result = run(config_of(max_iter=300, cooling_steps=20, **still), watch=watch)
    assert result.quality.score > 2 * result.baseline.score
    assert (result.events, result.state.step.tolist()) == ([], [300])


def test_without_early_stopping_a_level_score_changes_nothing(run, config_of):
    still = {"generator_learning_rate": 1e-12, "discriminator_learning_rate": 1e-12}
    result = run(config_of(max_iter=100, cooling_steps=20, **still))
    assert result.state.step.tolist() == [100]
    assert result.events == []


@pytest.mark.parametrize(
    ("scores", "is_level"),
    [
        ([], False),
        ([2.0, 2.0], False),  # nothing before the last two chunks
        ([2.0, 2.0, 2.0], True),
        ([2.0, 2.1, 2.2, 2.3], True),  # worse is no better
        ([2.0, 1.6, 1.2, 1.0], False),
        ([2.0, 1.0, 1.0, 1.0, 1.0, 1.0], True),
        ([1.0, 5.0, 1.0, 1.0, 1.0], True),
        ([4.0, 3.0, 2.95, 2.9, 2.85, 2.8, 2.75], True),  # less than 5 % in two chunks
    ],
)
def test_a_score_is_level_that_has_not_fallen_for_two_chunks(scores, is_level):
    assert has_levelled(scores, MonitorConfig()) is is_level


def test_members_are_trained_on_other_rows_and_other_noise(two_members):
    assert two_members.state.step.tolist() == [10, 10]
    for leaf in leaves_of(two_members.model.generator):
        assert leaf.shape[0] == 2
    assert any(not np.array_equal(leaf[0], leaf[1]) for leaf in leaves_of(two_members.state.generator_optimizer))


@pytest.mark.slow
def test_members_side_by_side_are_the_members_one_by_one(two_members, run, config_of, monkeypatch):
    """What an accelerator runs."""
    monkeypatch.setattr(Placement, "has_threads", False)
    monkeypatch.setattr(Placement, "is_side_by_side", True)
    together = run(config_of(n_members=2, max_iter=10))
    for one, other in zip(leaves_of(two_members.state), leaves_of(together.state), strict=True):
        np.testing.assert_allclose(one, other, rtol=0.05, atol=2e-3)


@pytest.fixture
def three_members(problem, config_of, networks_of):
    """The arguments of a chunk of three members that hold out other rows."""
    config = config_of(n_members=3, batch_size=16)
    masks = [np.arange(len(problem.codes)) % 3 != member for member in range(3)]
    source = make_batches(problem.padded, problem.codes, masks, config.n_classes, config.class_tempering)
    return config, problem.space, source, init_members(config, problem.space.shape, Streams(0), [networks_of()] * 3)


def test_members_on_threads_are_those_of_one_program_and_compile_once(three_members, count_compilations):
    with count_compilations() as compiled:
        on_threads = run_chunk(*three_members)
    assert len(compiled) == 1
    # Programs that were compiled without optimization round differently, and Adam makes steps of 0.001 of that.
    in_one_program = jax.jit(chunk._train_alone)(*three_members)
    for leaf, expected in zip(leaves_of(on_threads), leaves_of(in_one_program), strict=True):
        np.testing.assert_allclose(leaf, expected, atol=5e-3)


@pytest.mark.slow  # which runs programs with all optimizations
def test_members_on_threads_are_those_of_one_program_to_the_last_bit(three_members):
    assert_identical(run_chunk(*three_members), jax.jit(chunk._train_alone)(*three_members))


class Offset(PerceptronGenerator):
    """A generator that adds what it does not learn to what the usual one gives."""

    offset: np.ndarray

    def __init__(self, config, shape, n_classes, draw, offset):
        super().__init__(config, shape, n_classes, draw)
        self.offset = np.full(shape, offset, np.float32)

    def __call__(self, noise, codes):
        return super().__call__(noise, codes) + jax.lax.stop_gradient(self.offset)


def test_a_variant_brings_networks_of_its_own_for_each_member(run, config_of, networks_of, problem):
    masks = []

    def networks(mask):
        masks.append(mask)
        family = replace(PERCEPTRONS, generator=partial(Offset, offset=1000.0 * len(masks)))
        return replace(networks_of(), family=family)

    result = run(config_of(n_members=2, max_iter=10), networks=networks)
    assert [mask.shape for mask in masks] == [problem.codes.shape] * 2
    assert (masks[0] | masks[1]).all()
    assert not (masks[0] & masks[1])[problem.codes == 1].all()
    np.testing.assert_array_equal(result.state.generator.offset[:, 0], [1000.0, 2000.0])
    rows = result.model.rows(1, 0, 0, 100)
    np.testing.assert_allclose(rows[0::2, :2], 1000.0, atol=100)
    np.testing.assert_allclose(rows[1::2, :2], 2000.0, atol=100)
    assert np.isfinite(result.model.score(problem.rows, problem.codes)[0]).all()


def test_rows_come_from_the_members_in_turn(two_members):
    silent = jax.tree.map(np.array, two_members.model.generator)
    for leaf in jax.tree.leaves(silent):
        leaf[1] = 0.0
    rows = replace(two_members.model, generator=silent).rows(1, 0, 0, 3000)
    assert (rows[1::2, :2] == 0).all()
    assert len(np.unique(rows[0::2, 0])) == 1500


bounds = st.integers(0, 2600)


@settings(max_examples=20)
@given(start=bounds, middle=bounds, stop=bounds, seed=st.sampled_from([0, 2**32 - 1]))
def test_rows_are_addressable(trained, start, middle, stop, seed):
    start, middle, stop = sorted((start, middle, stop))
    whole = trained.model.rows(1, seed, start, stop)
    assert whole.shape == (stop - start, 5)
    parts = [trained.model.rows(1, seed, a, b) for a, b in ((middle, stop), (start, middle))]
    np.testing.assert_array_equal(np.concatenate(parts[::-1]), whole)


def test_rows_differ_by_position_class_and_seed(trained):
    rows = trained.model.rows(1, 0, 0, 2 * ColumnSpace.block_rows)
    assert len(np.unique(rows[:, 0])) > 0.99 * len(rows)
    assert not np.isin(trained.model.rows(1, 1, 0, 100)[:, 0], rows[:, 0]).any()
    assert not np.isin(trained.model.rows(0, 0, 0, 100)[:, 0], rows[:, 0]).any()


def test_generated_categories_are_exact_one_hots(trained):
    rows = trained.model.rows(1, 0, 0, 2000)
    assert rows.dtype == np.float32
    assert np.isin(rows[:, 2:], (0, 1)).all()
    np.testing.assert_array_equal(rows[:, 2:].sum(axis=1), 1)


def test_drawing_and_judging_any_number_of_rows_compiles_nothing(trained, problem, count_compilations):
    trained.model.rows(0, 0, 0, 1)
    with count_compilations() as compiled:
        trained.model.rows(1, 3, 0, 5000)
        trained.model.rows(1, 3, 17, 18)
        for n in (1, 7, 240):
            trained.model.score(problem.rows[:n], problem.codes[:n])
    assert compiled == []


@pytest.mark.parametrize("kind", ["trained", "classical"])
def test_score_is_the_logit_and_its_sigmoid(kind, request, problem):
    model = request.getfixturevalue(kind).model
    logits, probabilities = model.score(problem.rows, problem.codes)
    member = jax.tree.map(lambda leaf: leaf[0], model.discriminator)
    raw = np.asarray(member(jnp.asarray(problem.padded), jnp.asarray(problem.codes)))
    np.testing.assert_allclose(logits, raw - model.offsets[0, problem.codes], rtol=1e-4, atol=1e-4)
    np.testing.assert_allclose(probabilities, expit(logits), rtol=1e-6)


def test_a_logit_of_zero_means_cannot_tell(trained, classical, problem):
    assert (classical.model.offsets == 0).all()
    # The relativistic logit is defined up to a constant: it is 0 half way between real and generated rows.
    for code in (0, 1):
        real = trained.model.score(problem.rows, problem.codes)[0][problem.codes == code]
        fake = trained.model.score(trained.model.rows(code, 9, 0, 1024), np.full(1024, code))[0]
        error = 4 * fake.std() / np.sqrt(1024)  # of the mean over other generated rows
        assert real.mean() + fake.mean() == pytest.approx(0, abs=2 * error)
    assert (trained.model.offsets != 0).all()


def test_the_discriminator_is_updated_as_often_as_asked(classical):
    assert classical.state.discriminator_optimizer.count.tolist() == [20]
    assert classical.state.generator_optimizer.count.tolist() == [10]


@pytest.mark.slow
@pytest.mark.parametrize("loss", LOSSES)
def test_every_loss_learns_where_a_class_lies(loss, run, config_of, problem_of):
    """From rows around 0 to rows at the mean of the class, with the options the loss was published with."""
    data = problem_of(n_common=600, n_rare=300)
    config = config_of(loss=loss, max_iter=1500, chunk_size=100, generator_learning_rate=2e-3)
    rows = run(config, problem=data).model.rows(1, 0, 0, 1000)
    np.testing.assert_allclose(rows[:, :2].mean(axis=0), 1.5, atol=0.5)
    assert (rows[:, :2].std(axis=0) > 0.4).all()


def test_class_generators_route_classes_to_their_models(trained, run, config_of):
    other = run(config_of(), seed=1).model
    generators = ClassGenerators((trained.model, other), {0: (0, 0), 1: (1, 0), 2: (1, 1)}, seed=2**32 - 1)
    first, second = generators.rows(0, 0, 50), generators.rows(1, 0, 50)
    assert not np.isin(first[:, 0], second[:, 0]).any()
    np.testing.assert_array_equal(first, trained.model.rows(0, 2**32 - 1, 0, 50))
    codes = np.array([2, 0, 1] * 10)
    rows = np.concatenate([first[:10], second[:20]])
    logits, _ = generators.score(rows, codes)
    for code, model, local in ((0, trained.model, 0), (1, other, 0), (2, other, 1)):
        chosen = codes == code
        expected, _ = model.score(rows[chosen], np.full(10, local))
        np.testing.assert_array_equal(logits[chosen], expected)
