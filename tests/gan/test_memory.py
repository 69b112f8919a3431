"""A device with too little memory: smaller parts, once and with a warning, and then an error that says what to do."""

import warnings

import jax
import numpy as np
import pytest

from imbgan import DeviceMemoryError, DeviceMemoryWarning
from imbgan.gan import chunk, model
from imbgan.gan.chunk import Chunks, run_chunk
from imbgan.gan.devices import place
from imbgan.gan.memory import Sparing
from imbgan.gan.sources import make_batches
from imbgan.gan.state import init_members
from imbgan.random import Streams

FULL = "RESOURCE_EXHAUSTED: Out of memory while trying to allocate 123456 bytes.\nMore lines"


class Full:
    """A function that runs out of memory in its first calls."""

    def __init__(self, function, n_failures, text=FULL):
        self.function, self.left, self.text, self.calls = function, n_failures, text, []

    def __call__(self, *arguments):
        self.calls.append(arguments)
        if self.left > 0:
            self.left -= 1
            raise jax.errors.JaxRuntimeError(self.text)
        return self.function(*arguments)


@pytest.fixture
def arguments(problem, config_of, networks_of):
    config = config_of(n_members=2, max_iter=15)
    masks = [np.arange(len(problem.codes)) % 2 != member for member in range(2)]
    source = make_batches(problem.padded, problem.codes, masks, config.n_classes, config.class_tempering)
    return config, problem.space, source, init_members(config, problem.space.shape, Streams(0), [networks_of()] * 2)


def leaves_of(tree):
    return [np.asarray(leaf) for leaf in jax.tree.leaves(tree)]


def assert_close(found, expected):
    for one, other in zip(leaves_of(found), leaves_of(expected), strict=True):
        np.testing.assert_allclose(one, other, atol=5e-3)


def test_rows_on_the_host_give_the_batches_that_rows_on_the_device_give(arguments):
    config, space, source, states = arguments
    on_host = source.on_host()
    assert isinstance(on_host.rows, np.ndarray)
    drawn = on_host.for_chunk(config, states)
    assert drawn.members.rows.shape == (2, config.chunk_size, config.batch_size, *space.shape)
    assert_close(run_chunk(config, space, on_host, states), run_chunk(*arguments))


def test_training_goes_on_in_smaller_parts_once_with_a_warning(arguments, monkeypatch):
    config, space, source, states = arguments
    expected = [run_chunk(config, space, source, states)]
    expected.append(run_chunk(config, space, source, expected[0][0]))
    full = Full(run_chunk, n_failures=1)
    monkeypatch.setattr(chunk, "run_chunk", full)
    chunks = Chunks(place(2, config.batch_size), source)
    with pytest.warns(DeviceMemoryWarning, match="one after the other.*RESOURCE_EXHAUSTED") as caught:
        found = chunks.run(config, space, states)
    assert len(caught) == 1
    assert_close(found, expected[0])
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        found = chunks.run(config, space, found[0])
    assert found[0].step.tolist() == [15, 15]  # the end of the run is in the middle of this chunk
    assert_close(found, expected[1])
    assert [call[0].chunk_size for call in full.calls] == [10] + [1] * 15
    assert all(isinstance(call[2].rows, np.ndarray) and call[4].is_sparing for call in full.calls[1:])


def test_training_that_needs_too_much_also_in_parts_says_what_to_do(arguments, monkeypatch):
    config, space, source, states = arguments
    monkeypatch.setattr(chunk, "run_chunk", Full(run_chunk, n_failures=2))
    chunks = Chunks(place(2, config.batch_size), source)
    with pytest.warns(DeviceMemoryWarning), pytest.raises(DeviceMemoryError, match="smaller 'batch_size'") as caught:
        chunks.run(config, space, states)
    assert isinstance(caught.value, MemoryError)
    assert "More lines" not in str(caught.value)


def test_other_errors_of_a_device_are_left_alone(arguments, monkeypatch):
    config, space, source, states = arguments
    monkeypatch.setattr(chunk, "run_chunk", Full(run_chunk, 1, "INTERNAL: something else"))
    with pytest.raises(jax.errors.JaxRuntimeError, match="INTERNAL"):
        Chunks(place(2, config.batch_size), source).run(config, space, states)


def test_rows_are_generated_and_judged_in_parts_with_equal_results(run, config_of, monkeypatch, problem):
    trained = run(config_of(n_members=2)).model
    whole, judged = trained.rows(1, 0, 0, 1500), trained.score(problem.rows, problem.codes)
    for name in ("_generate", "_judge"):
        usual = getattr(model, name)
        monkeypatch.setattr(model, name, Sparing(Full(usual._usual, 1), usual._sparing, "a test"))
    with pytest.warns(DeviceMemoryWarning, match="a test, which goes on with smaller parts") as caught:
        rows = trained.rows(1, 0, 0, 1500)
    assert len(caught) == 1  # although there are two blocks
    np.testing.assert_allclose(rows, whole, atol=1e-5)
    with pytest.warns(DeviceMemoryWarning):
        logits, _ = trained.score(problem.rows, problem.codes)
    np.testing.assert_allclose(logits, judged[0], atol=1e-5)


def test_generating_that_needs_too_much_also_in_parts_is_a_clear_error():
    full = Full(lambda: 0, 10)
    with pytest.warns(DeviceMemoryWarning), pytest.raises(DeviceMemoryError, match="too little memory for a test"):
        Sparing(full, full, "a test")()
