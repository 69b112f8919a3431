"""The line of a number: its distribution is that of the classes, and no single row of a class shows in it."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from imbgan.tabular import TableEncoder
from imbgan.tabular.codecs.masses import ROWS_PER_STEP, smooth_masses
from imbgan.tabular.statistics.sketch import Sketch

CLASS = st.lists(st.integers(-30, 30).map(float), min_size=1, max_size=80)


def line(*classes, is_discrete=False):
    knots = np.unique(np.concatenate(classes))
    sketches = [Sketch.of(np.asarray(values)) for values in classes]
    return knots, smooth_masses(knots, sketches, least_point=0.002, is_discrete=is_discrete)


@given(st.lists(CLASS, min_size=1, max_size=3), st.booleans())
def test_masses_are_those_of_a_distribution_and_follow_the_classes(classes, is_discrete):
    knots, masses = line(*classes, is_discrete=is_discrete)
    assert (masses >= 0).all()
    assert masses.sum() == pytest.approx(1.0)
    if is_discrete and len(knots) > 1:
        assert (masses[1::2] == 0).all()
    # At each value, the distribution departs from that of the classes by at most two steps of each class.
    below = np.cumsum(masses)[::2]
    wanted = np.mean([[np.mean(np.array(values) <= knot) for knot in knots] for values in classes], axis=0)
    reach = np.mean([min(2 * ROWS_PER_STEP / len(values), 1.0) for values in classes])
    assert np.abs(below - wanted).max() <= reach + 1e-9


def test_values_that_several_rows_share_keep_their_mass_exactly():
    rng = np.random.default_rng(0)
    common = np.where(rng.random(2000) < 0.6, 0.0, rng.normal(size=2000))
    rare = np.concatenate([np.zeros(10), rng.normal(size=40)])
    knots, masses = line(common, rare)
    share = (np.mean(common == 0) + 10 / 50) / 2
    # Steps that pass the point add to it in proportion to all rows there.
    assert share <= masses[::2][knots == 0][0] <= share + 2 * ROWS_PER_STEP / 50


def test_few_zeros_of_a_rare_class_stay_where_other_classes_have_theirs():
    rng = np.random.default_rng(0)
    common = np.where(rng.random(2000) < 0.6, 0.0, rng.lognormal(size=2000))
    rare = np.concatenate([np.zeros(3), rng.lognormal(1.0, size=47)])
    knots, masses = line(common, rare)
    assert masses[0] == pytest.approx((np.mean(common == 0) + 3 / 50) / 2, abs=0.03)
    assert knots[0] == 0


def test_a_single_rare_row_does_not_show():
    # Beside the values of 50 rare rows lies hardly more mass than beside any other value between them.
    rng = np.random.default_rng(0)
    common, rare = rng.normal(size=2000), rng.normal(1.0, size=50)
    knots, masses = line(common, rare)
    below = np.concatenate([[0.0], np.cumsum(masses)])[1::2]
    others = rng.normal(1.0, size=50)

    def mass_near(values):
        return np.interp(values + 0.005, knots, below) - np.interp(values - 0.005, knots, below)

    assert mass_near(rare).mean() < 1.3 * mass_near(others).mean()


def test_a_value_of_one_rare_and_one_common_row_is_no_point():
    rng = np.random.default_rng(0)
    common, rare = rng.normal(size=500), rng.normal(size=40)
    knots, masses = line(common, np.append(rare, common[0]))
    assert masses[::2][knots == common[0]] == 0


@given(st.integers(0, 10_000))
def test_rows_come_back_exactly(seed):
    rng = np.random.default_rng(seed)
    y = np.repeat([0, 1], [150, 12])
    X = np.column_stack([rng.normal(size=162), rng.poisson(3, size=162), np.round(rng.exponential(size=162), 1)])
    encoder = TableEncoder().fit(X, y, n_classes=2)
    assert np.array_equal(encoder.inverse_transform(encoder.transform(X, seed=0)), X)
