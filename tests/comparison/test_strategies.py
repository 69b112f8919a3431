"""What ``compare`` knows by name."""

from imbgan.comparison.strategies import DEFAULT_STRATEGIES, STRATEGIES
from imbgan.ensemble import strategies as ensemble_strategies


def test_everything_that_can_be_chosen_can_be_compared():
    assert set(ensemble_strategies.STRATEGIES) < set(STRATEGIES)
    assert set(DEFAULT_STRATEGIES) <= set(STRATEGIES)
    assert all(name == strategy.name for name, strategy in STRATEGIES.items())
