"""Images to float32 tensors, and back: arrays of pixels of any usual type, and folders of images."""

from imbgan.image.arrays import Images, as_bytes, read_images, scaled
from imbgan.image.augmentation import augment
from imbgan.image.description import FolderDescription, describe_folder
from imbgan.image.encoder import ImageEncoder
from imbgan.image.folder import ImageFolder, Skipped, read_folder
from imbgan.image.listing import is_image_folder
from imbgan.image.manifest import generated_files
from imbgan.image.png import png
from imbgan.image.resizing import resize_images
from imbgan.image.writing import FolderWriter, check_new_folder, new_folder, write_resampled

__all__ = [
    "FolderDescription",
    "FolderWriter",
    "ImageEncoder",
    "ImageFolder",
    "Images",
    "Skipped",
    "as_bytes",
    "augment",
    "check_new_folder",
    "describe_folder",
    "generated_files",
    "is_image_folder",
    "new_folder",
    "png",
    "read_folder",
    "read_images",
    "resize_images",
    "scaled",
    "write_resampled",
]
