"""Images to float32 tensors, and back: arrays of pixels of any usual type; NumPy only."""

from imbgan.image.arrays import Images, read_images
from imbgan.image.encoder import ImageEncoder

__all__ = ["ImageEncoder", "Images", "read_images"]
