"""What ``compare`` knows by name."""

from imbgan.strategies import CANDIDATES, DEFAULT_STRATEGIES, STRATEGIES


def test_everything_that_can_be_chosen_can_be_compared():
    assert set(CANDIDATES) < set(STRATEGIES)
    assert set(DEFAULT_STRATEGIES) <= set(STRATEGIES)
    assert all(name == strategy.name for name, strategy in STRATEGIES.items())
