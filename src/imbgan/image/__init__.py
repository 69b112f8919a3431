"""Images to float32 tensors, and back: arrays of pixels of any usual type, and folders of images."""

from imbgan.image.arrays import Images, read_images, scaled
from imbgan.image.augmentation import augment
from imbgan.image.encoder import ImageEncoder
from imbgan.image.folder import ImageFolder, Skipped, read_folder
from imbgan.image.png import png

__all__ = [
    "ImageEncoder",
    "ImageFolder",
    "Images",
    "Skipped",
    "augment",
    "png",
    "read_folder",
    "read_images",
    "scaled",
]
