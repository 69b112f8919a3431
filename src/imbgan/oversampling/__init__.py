"""Estimators that generate rows or images of the rare classes."""

from imbgan.oversampling.gan_over_sampler import GANOverSampler
from imbgan.oversampling.image_gan import ImageGAN
from imbgan.oversampling.image_gan_over_sampler import ImageGANOverSampler
from imbgan.oversampling.image_quality import assess_images
from imbgan.oversampling.tabular_gan import TabularGAN

__all__ = ["GANOverSampler", "ImageGAN", "ImageGANOverSampler", "TabularGAN", "assess_images"]
