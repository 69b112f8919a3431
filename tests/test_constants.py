"""Numbers that stand in several rooms, since these cannot see one another, agree."""

import inspect

from imbgan import GANOverSampler, ImageGAN, ImageGANOverSampler, TabularGAN, TextGANOverSampler
from imbgan.cli import images, options
from imbgan.cli.resample import GENERATED_SHARE, MAX_SHARE
from imbgan.gan.config import CROSS_FIT_BELOW, TrainConfig
from imbgan.image import arrays
from imbgan.oversampling import image_gan_over_sampler, recipes
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
    values = {default(each, "max_iter") for each in (TrainConfig, TabularGAN, GANOverSampler, TextGANOverSampler)}
    assert values == {expectations.STEPS, options.STEPS}
    assert {default(each, "max_iter") for each in (ImageGAN, ImageGANOverSampler)} == {options.IMAGE_STEPS}


def test_share_of_generated_images():
    assert default(ImageGANOverSampler, "generated_share") == GENERATED_SHARE
    assert image_gan_over_sampler.MAX_SHARE == MAX_SHARE


def test_recipes_of_images():
    assert tuple(recipes.RECIPES) == images.RECIPES
    assert {default(each, "recipe") for each in (ImageGAN, ImageGANOverSampler)} == {images.RECIPES[0]}


def test_sides_of_images():
    assert (images.MIN_SIDE, images.MAX_SIDE) == (arrays.MIN_SIDE, arrays.MAX_SIDE)
