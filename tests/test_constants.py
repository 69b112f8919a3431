"""Numbers that stand in several rooms, since these cannot see one another, agree."""

import inspect

from imbgan import GANOverSampler, TabularGAN
from imbgan.cli.models import fit
from imbgan.cli.resample import resample
from imbgan.gan.config import CROSS_FIT_BELOW, TrainConfig
from imbgan.quality.description import expectations
from imbgan.tabular import TableEncoder


def default(function, name):
    return inspect.signature(function).parameters[name].default


def test_levels_that_a_category_keeps_to_itself():
    values = {default(each, "max_levels") for each in (TableEncoder, TabularGAN, GANOverSampler)}
    assert values == {expectations.MANY_LEVELS}


def test_rows_below_which_several_generators_are_trained():
    assert expectations.ENSEMBLE_ROWS == CROSS_FIT_BELOW
    assert f"fewer than {CROSS_FIT_BELOW} rows" in TabularGAN.__doc__


def test_steps_of_training():
    values = {default(each, "max_iter") for each in (TrainConfig, TabularGAN, GANOverSampler, fit, resample)}
    assert values == {expectations.STEPS}
