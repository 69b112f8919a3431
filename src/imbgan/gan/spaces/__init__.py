"""Spaces, one file per space; see :class:`imbgan.gan.space.Space`."""

from imbgan.gan.space import Space
from imbgan.gan.spaces.columns import ColumnSpace
from imbgan.gan.spaces.images import ImageSpace

# The spaces that saved models can name.
SPACES: dict[str, type[Space]] = {space.name: space for space in (ColumnSpace, ImageSpace)}
