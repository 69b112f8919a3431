"""Spaces, each in a file of its own; see :class:`imbgan.gan.space.Space`."""

from imbgan.gan.space import Space
from imbgan.gan.spaces.columns import ColumnSpace

# The spaces that a saved model may name.
SPACES: dict[str, type[Space]] = {ColumnSpace.name: ColumnSpace}
