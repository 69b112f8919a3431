"""Images to float32 tensors, and back: arrays of pixels of any usual type; NumPy only."""

from imbgan.image.arrays import Images, read_images, scaled
from imbgan.image.augmentation import augment
from imbgan.image.encoder import ImageEncoder
from imbgan.image.png import png

__all__ = ["ImageEncoder", "Images", "augment", "png", "read_images", "scaled"]
