"""What takes a ``random_state`` takes an int, a RandomState or None, and says so of anything else before it works."""

import numpy as np
import pytest
from sklearn.datasets import make_classification
from sklearn.linear_model import LogisticRegression

from imbgan import TabularGAN, assess, audit, compare
from imbgan.random import Streams

X, y = make_classification(120, weights=[0.8], random_state=0)
CALLS = {
    "TabularGAN": lambda given: TabularGAN(random_state=given).fit(X, y),
    "assess": lambda given: assess(X, X, random_state=given),
    "audit": lambda given: audit(X, y, random_state=given),
    "compare": lambda given: compare(X, y, estimator=LogisticRegression(), strategies=[], random_state=given),
}


@pytest.mark.parametrize(
    "given", [np.random.default_rng(0), -1, 2**32, 1.0, "a"], ids=["Generator", "negative", "33 bits", "float", "text"]
)
@pytest.mark.parametrize("call", CALLS.values(), ids=CALLS)
def test_a_wrong_one_is_an_error_that_says_what_must_hold(call, given):
    with pytest.raises(ValueError, match=r"'random_state'.*must be an int .*4294967295.*Got"):
        call(given)


def test_every_form_of_one_seed_is_that_seed():
    assert Streams.from_random_state(3) == Streams.from_random_state(np.int64(3)) == Streams(3)
    assert Streams.from_random_state(np.random.RandomState(0)) == Streams.from_random_state(np.random.RandomState(0))
    assert Streams.from_random_state(None) != Streams.from_random_state(None)
