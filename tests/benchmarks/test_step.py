"""The benchmark of a training step counts what is done, leaves out what it says, and runs nothing twice."""

import jax
import numpy as np
import pytest

from benchmarks.speed import step, stepping
from benchmarks.speed.sections import Settings
from benchmarks.speed.stepping import Size

SIZE = Size(32, 64, 2)


@pytest.fixture(scope="module")
def whole():
    return stepping.make_chunk(SIZE, 3)


def test_operations_are_those_of_one_step_of_one_network(whole):
    of_one = stepping.operations_of(stepping.make_chunk(SIZE._replace(networks=1), 1))
    assert stepping.operations_of(whole) == pytest.approx(of_one, rel=0.01)
    # Products are nearly all of them; the formula leaves out the rest.
    assert of_one == pytest.approx(stepping.operations_of_products(SIZE), rel=0.12)


def test_the_products_stay_where_something_else_is_left_out(whole):
    usual = stepping.operations_of(whole)
    without = {part: stepping.operations_of(whole, part) for part in stepping.PARTS}
    assert without["penalties"] < 0.8 * usual
    assert all(0.9 * usual < without[part] <= usual for part in stepping.PARTS[:3])


def test_what_is_left_out_is_left_out(whole):
    states, same, without = (stepping.compiled(whole, part)()[0] for part in (None, "random numbers", "optimizer"))
    assert states.step.tolist() == [3, 3]
    assert not np.array_equal(same.generator.layers[0].weight, states.generator.layers[0].weight)
    moments = [jax.tree.leaves(each.discriminator_optimizer) for each in (states, without)]
    assert [any(np.any(leaf) for leaf in leaves) for leaves in moments] == [True, False]


def test_jobs_take_turns_and_the_first_turn_does_not_count():
    order = []
    found = stepping.medians({name: lambda name=name: order.append(name) for name in "ab"}, 2)
    assert order == list("ababab")
    assert set(found) == {"a", "b"}


def line_of(size, share, **more):
    found = {"cores": 1, "steps": 9, "operations": 1e6, "step_s": 0.001, "peak": 5e10, "share": share}
    return dict(zip(step.KEY, size, strict=True)) | found | {"product_share": 0.9} | more


def test_each_size_is_measured_once_and_the_page_says_what_bounds_it(monkeypatch, tmp_path):
    calls = []
    parts = {"random numbers": 0.7, "optimizer": -0.01, "batches": 0.0, "penalties": 0.2}

    def measured(module, *arguments, **environment):
        size, turns = arguments[:3], arguments[3]
        calls.append((module, size, turns))
        if size == step.QUICK[2]:
            return {"failed": "MemoryError: too much"}
        return line_of(size, 0.7) if size == step.QUICK[0] else line_of(size, 0.1, parts=parts)

    monkeypatch.setattr(step, "measured", measured)
    for _ in range(2):
        step.measure(Settings(tmp_path, quick=True))
    assert calls == [("stepping", size, step.QUICK_TURNS) for size in step.QUICK]
    text = step.write(tmp_path, tmp_path)
    rows = [[cell.strip() for cell in line.split("|")[1:-1]] for line in text if line.startswith("|")]
    assert rows[2] == ["96 x 96, 3", "1", "1", "3", "70%", "90%", *["-"] * 4, "the peak"]
    assert rows[3][4:] == ["10%", "90%", "70%", "0%", "0%", "20%", "random numbers"]
    assert any("failed: `MemoryError: too much`" in line for line in text)
    assert any(line.startswith("Not run: 64 x 64, 1;") for line in text)
    assert step.write(tmp_path / "nothing", tmp_path) == []
