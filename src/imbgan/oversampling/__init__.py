"""Estimators that generate rows, images or vectors of texts of the rare classes."""

from imbgan.oversampling.callbacks import MLflowCallback, TensorBoardCallback
from imbgan.oversampling.gan_over_sampler import GANOverSampler
from imbgan.oversampling.image_gan import ImageGAN
from imbgan.oversampling.image_gan_over_sampler import ImageGANOverSampler
from imbgan.oversampling.image_quality import assess_images
from imbgan.oversampling.tabular_gan import TabularGAN
from imbgan.oversampling.text_gan_over_sampler import TextGANOverSampler

__all__ = [
    "GANOverSampler",
    "ImageGAN",
    "ImageGANOverSampler",
    "MLflowCallback",
    "TabularGAN",
    "TensorBoardCallback",
    "TextGANOverSampler",
    "assess_images",
]
