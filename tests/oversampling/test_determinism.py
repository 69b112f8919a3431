"""One seed, one output; rows are addressable; asking for more changes no other row."""

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from imbgan import ParameterError, TabularGAN
from imbgan.gan.model import N_BLOCKS, GANModel
from imbgan.gan.spaces.columns import ColumnSpace

BLOCK_ROWS = ColumnSpace.block_rows
N_ROWS = N_BLOCKS * BLOCK_ROWS

pytestmark = pytest.mark.filterwarnings("ignore::imbgan.GenerationQualityWarning")

# Also run as a program by itself, whose output must be the same.
PROGRAM = """
import hashlib, sys, warnings
import numpy as np
from imbgan import GANOverSampler
warnings.simplefilter("ignore")
rng = np.random.default_rng(0)
X, y = rng.normal(size=(120, 4)), np.repeat([0, 1], [100, 20])
options = {"chunk_size": 10, "generator_hidden": (16,), "discriminator_hidden": (16,), "latent_dim": 8}
sampler = GANOverSampler(max_iter=10, n_generators=1, random_state=5, train_options=options)
X_new, y_new = sampler.fit_resample(X, y)
digest = hashlib.sha256(X_new.tobytes() + y_new.tobytes() + sampler.sample_weight_.tobytes()).hexdigest()
"""


@pytest.fixture(scope="module")
def fitted() -> TabularGAN:
    y = np.repeat([0, 1], [100, 20])
    X = np.random.default_rng(0).normal(size=(120, 4)) + 2.0 * y[:, None]
    options = {"chunk_size": 10, "generator_hidden": (16,), "discriminator_hidden": (16,), "latent_dim": 8}
    return TabularGAN(max_iter=10, n_generators=1, random_state=0, train_options=options).fit(X, y)


def digest_of_program():
    names = {}
    exec(PROGRAM, names)
    return names["digest"]


def test_same_seed_same_bits_in_this_process_and_in_a_fresh_one():
    """The global random state of Python neither matters nor moves; NumPy's is watched by the fixture of every test."""
    # In a process of its own, since the tool that checks shapes in these tests draws from that state itself. Twice,
    # since some packages draw from it while they are imported.
    watched = "import random; random.seed(17); before = random.getstate()\n" + PROGRAM
    code = PROGRAM + watched + "assert random.getstate() == before; print(digest)"
    fresh = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.strip()
    assert digest_of_program() == digest_of_program() == fresh


def test_another_seed_gives_other_rows(quick_sampler, imbalanced_matrix):
    first, second = (quick_sampler(random_state=seed).fit_resample(*imbalanced_matrix)[0] for seed in (0, 1))
    assert not np.isclose(first[120:], second[120:]).any(axis=1).all()


def test_no_seed_differs_every_time(quick_sampler, imbalanced_matrix):
    first, second = (quick_sampler(random_state=None).fit_resample(*imbalanced_matrix)[0] for _ in range(2))
    assert (first[120:] != second[120:]).any()


def test_random_state_instance_is_drawn_from(quick_sampler, imbalanced_matrix):
    rows = []
    for _ in range(2):
        state = np.random.RandomState(3)
        rows.append([quick_sampler(random_state=state).fit_resample(*imbalanced_matrix)[0] for _ in range(2)])
    np.testing.assert_array_equal(rows[0], rows[1])
    assert (rows[0][0] != rows[0][1]).any()


@given(
    n=st.integers(0, 40),
    skipped=st.integers(0, 40),
    start=st.sampled_from([0, 1, BLOCK_ROWS - 20, BLOCK_ROWS]),
)
def test_rows_are_addressable(fitted, n, skipped, start):
    skipped = min(skipped, n)
    whole = fitted.sample(n, label=1, start=start)
    np.testing.assert_array_equal(whole[skipped:], fitted.sample(n - skipped, label=1, start=start + skipped))


@pytest.mark.parametrize("label", [0, 1])
def test_first_rows_of_many_are_the_rows_of_few(label, fitted):
    many = fitted.sample(3000, label=label)
    np.testing.assert_array_equal(many[:1500], fitted.sample(1500, label=label))
    assert len(np.unique(many, axis=0)) > 2900


def test_several_generators_are_addressable(quick_gan, imbalanced_matrix):
    gan = quick_gan(n_generators=3).fit(*imbalanced_matrix)
    np.testing.assert_array_equal(gan.sample(1100, label=1)[7:], gan.sample(1093, label=1, start=7))


def test_no_rows(fitted):
    assert fitted.sample(0, label=1).shape == (0, 4)
    assert fitted.sample(0, label=1, start=BLOCK_ROWS + 3).shape == (0, 4)


def test_the_last_row_of_a_class_can_be_drawn_and_none_behind_it(fitted):
    assert fitted.sample(1, label=1, start=N_ROWS - 1).shape == (1, 4)
    for n, start in ((1, N_ROWS), (2, N_ROWS - 1), (1, 2**80)):
        with pytest.raises(ParameterError, match=f"The table of a class has {N_ROWS} rows"):
            fitted.sample(n, label=1, start=start)


def test_more_rows_than_memory_holds_are_an_error_before_the_first_is_drawn(fitted, monkeypatch):
    monkeypatch.setattr(GANModel, "block", lambda *_: pytest.fail("A block was drawn."))
    monkeypatch.setattr("imbgan.gan.model.np.empty", _no_memory)
    with pytest.raises(MemoryError):
        fitted.sample(10**12, label=1)


def _no_memory(shape, dtype):
    raise MemoryError(shape, dtype)


def test_far_rows_need_no_near_ones(fitted, monkeypatch):
    blocks = []
    model = fitted.generator_.models[0]

    def block(self, label, seed, block):
        blocks.append(block)
        return np.zeros((BLOCK_ROWS, 4), np.float32)

    monkeypatch.setattr(type(model), "block", block)
    fitted.sample(5, label=1, start=1000 * BLOCK_ROWS)
    assert blocks == [1000]


def test_asking_for_another_class_first_changes_nothing(fitted):
    rows = fitted.sample(50, label=1)
    fitted.sample(70, label=0)
    np.testing.assert_array_equal(fitted.sample(50, label=1), rows)
    assert (fitted.sample(50, label=0) != rows).all()


@pytest.mark.parametrize("condition", ["all", "minority"])
def test_one_more_class_changes_no_other_row(condition, quick_sampler, three_classes):
    X, y = three_classes
    few = quick_sampler(condition=condition, sampling_strategy={2: 30}).fit_resample(X, y)[0]
    more = quick_sampler(condition=condition, sampling_strategy={1: 25, 2: 30}).fit_resample(X, y)[0]
    np.testing.assert_array_equal(few[60:], more[65:])


@pytest.mark.parametrize("condition", ["all", "minority"])
def test_more_rows_keep_the_first_ones(condition, quick_sampler, imbalanced_matrix):
    few = quick_sampler(condition=condition, sampling_strategy={1: 40}).fit_resample(*imbalanced_matrix)[0]
    more = quick_sampler(condition=condition, sampling_strategy={1: 90}).fit_resample(*imbalanced_matrix)[0]
    np.testing.assert_array_equal(few, more[: len(few)])


def test_labels_of_classes_do_not_share_streams(quick_gan, three_classes):
    # Per-class models each call their class 0: their noise must differ all the same.
    X, y = three_classes
    gan = quick_gan(condition="minority").fit(X, y, classes=[1, 2])
    assert gan.sample(20, label=1).tolist() != gan.sample(20, label=2).tolist()


def test_runs_in_threads_give_the_same_rows(quick_sampler, imbalanced_matrix):
    with ThreadPoolExecutor(2) as pool:
        rows = list(pool.map(lambda _: quick_sampler().fit_resample(*imbalanced_matrix)[0], range(4)))
    for other in rows[1:]:
        np.testing.assert_array_equal(rows[0], other)
