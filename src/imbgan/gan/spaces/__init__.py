"""Spaces, one file per space; see :class:`imbgan.gan.space.Space`."""

from imbgan.gan.space import Space
from imbgan.gan.spaces.columns import ColumnSpace

# The spaces that saved models can name.
SPACES: dict[str, type[Space]] = {ColumnSpace.name: ColumnSpace}
