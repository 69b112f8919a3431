"""Kinds of rows: one file per kind, each a :class:`imbgan.gan.space.Space`."""

from imbgan.gan.space import Space
from imbgan.gan.spaces.columns import ColumnSpace

# The kinds of rows that a saved model may name.
SPACES: dict[str, type[Space]] = {ColumnSpace.kind: ColumnSpace}
