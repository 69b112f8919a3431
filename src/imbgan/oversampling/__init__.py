"""Estimators that generate rows of the rare classes."""

from imbgan.oversampling.gan_over_sampler import GANOverSampler
from imbgan.oversampling.image_gan import ImageGAN
from imbgan.oversampling.tabular_gan import TabularGAN

__all__ = ["GANOverSampler", "ImageGAN", "TabularGAN"]
