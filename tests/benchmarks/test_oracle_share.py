"""The oracle's share, on made-up scores of which the share is known."""

import math

import numpy as np
import pytest

from benchmarks.quality import oracle
from benchmarks.quality.ablations import GROUPS
from benchmarks.quality.records import Results

GAINS = {"nothing": 0.0, "without": 0.1, "gan": 0.3, "local": 0.25, "true": 0.4}
NAMES = {
    "nothing": oracle.NOTHING,
    "without": oracle.NO_ROWS,
    "gan": oracle.GAN_ROWS,
    "local": oracle.LOCAL_GAUSSIAN_ROWS,
    "true": oracle.TRUE_ROWS,
}


def lines(scale_by_table, half="development"):
    for table, scale in scale_by_table.items():
        for name, gain in GAINS.items():
            scores = {"average_precision": 0.2 + scale * gain, "roc_auc": 0.6, "log_loss": 0.3}
            yield {
                **{"half": half, "table": table, "task": "binary", "rare": 50, "fold": 0, "group": "oracle"},
                **{"method": NAMES[name], "status": "ok", "counts": {"train_rare": 50}},
                "learners": {"lightgbm": scores, "decision_tree": scores},
            }


def test_the_arms_of_the_runs_are_those_of_the_report():
    assert {method.name for method in GROUPS[oracle.GROUP].methods} == set(oracle.ARMS)


def test_shares_are_ratios_of_mean_gains():
    text = "\n".join(oracle.report(Results(lines({"stroke": 1.0, "adult": 0.5}))))
    # 0.3 of 0.4 beside nothing; 0.2 of 0.3 beside the same bags without rows.
    assert "| bags with GAN rows | 0.425 | 0.600 | 0.300 | +0.225 | 75% (75% to 75%) | 67% (67% to 67%) |" in text
    assert "| bags without generated rows | 0.275 | 0.600 | 0.300 | +0.075 | 25% (25% to 25%) | – |" in text
    assert "| stroke | 0.200 | +0.400 | 25% | 75% | 62% |" in text
    assert "| LightGBM" not in text
    assert "at least 75% of the oracle's gain in average precision. Measured: 75%, **reached**" in text


@pytest.mark.parametrize(("half", "verdict"), [("development", "missed"), ("validation", "reached")])
def test_the_target_is_that_of_the_half(half, verdict):
    found = list(lines({"stroke": 1.0}, half))
    for line in found:
        if line["method"] == oracle.GAN_ROWS:
            for scores in line["learners"].values():
                scores["average_precision"] = 0.2 + 0.65 * 0.4
    assert f"Measured: 65%, **{verdict}**" in "\n".join(oracle.report(Results(found)))


def test_where_true_rows_bring_nothing_there_is_no_share():
    values = np.array([[0.4, 0.5, 0.4], [0.3, 0.2, 0.2]])
    assert math.isnan(oracle.share(values, 0, 1, 2))
    assert oracle.share(values[:, [0, 1, 1]] + [[0, 0, 1], [0, 0, 1]], 0, 1, 2) == pytest.approx(0.0)


def test_the_interval_holds_the_share_and_widens_with_the_tables_differences():
    found = list(lines({f"t{i}": 1.0 for i in range(6)}))
    alike, unlike = Results(found), Results(map(_moved, found))
    for results, is_wide in ((alike, False), (unlike, True)):
        pairs, values = results.aligned([oracle.NOTHING, oracle.GAN_ROWS, oracle.TRUE_ROWS], "average_precision")
        low, high = oracle.interval(pairs, values, 0, 1, 2)
        assert low - 1e-9 <= oracle.share(values, 0, 1, 2) <= high + 1e-9
        assert (high - low > 0.1) == is_wide


def _moved(line):
    """Give GAN rows more on every second table."""
    if line["method"] == oracle.GAN_ROWS and int(line["table"][1:]) % 2:
        return {**line, "learners": {name: {**s, "average_precision": 0.3} for name, s in line["learners"].items()}}
    return line
