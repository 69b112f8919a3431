"""The benchmark of a training step counts what is done."""

import pytest

from benchmarks.speed import step


@pytest.mark.filterwarnings("ignore::imbgan.GenerationQualityWarning")
def test_operations_and_times_of_a_step_are_told():
    fit = step.watch_fit(max_iter=200)
    config = fit.chunk[0]
    assert (config.n_members, config.batch_size) == (3, 96)
    operations = step.operations_of_a_step(fit.chunk)
    # Each of its products with a hidden layer takes 2 * 96 * 96 operations per row; a step has dozens of them.
    assert 10 < operations / (2 * 96 * 96 * config.batch_size) < 100
    line = step.of(fit, {"product": 0.1, "one": 0.001, "all": 0.002}, operations)
    one, everyone = (float(row.split("|")[-2]) for row in step.markdown(line)[3:5])
    assert everyone == pytest.approx(1.5 * one, abs=0.01)
