"""The codecs: one per way to write a column into the matrix.

A codec is built from statistics, never from rows. It owns either one matrix column of the "number" part, or
one span of the "category" part, or (a number with missing values) one of both, or none (a constant, an identifier).
Every codec has the same seven members: ``n_numbers`` and ``n_levels`` (widths of its two parts), ``knows`` (which
cells it can encode), ``encode``, ``decode``, ``to_document`` and ``from_document``. Codecs with a number part also have
``places``, a drawn place for cells of which nothing is known. What is random in an encoding comes in as ``draws``, one
uniform number in [0, 1) per row, of shape (n,); codecs without a number part use none and may get an empty array. Which
rows are decoded comes in as ``rows``; only identifiers use it, since their values differ from row to row.
"""

from imbgan.tabular.codecs.constant import ConstantCodec
from imbgan.tabular.codecs.identifier import IdentifierCodec
from imbgan.tabular.codecs.levels import LineCodec, OneHotCodec
from imbgan.tabular.codecs.numbers import DiscreteCodec, MinMaxCodec, OptionalCodec, QuantileCodec

__all__ = [
    "Codec",
    "ConstantCodec",
    "DiscreteCodec",
    "IdentifierCodec",
    "LineCodec",
    "MinMaxCodec",
    "NumberCodec",
    "OneHotCodec",
    "OptionalCodec",
    "QuantileCodec",
]

#: Codecs with a number part.
NumberCodec = QuantileCodec | MinMaxCodec | OptionalCodec | LineCodec
Codec = (
    ConstantCodec
    | IdentifierCodec
    | DiscreteCodec
    | QuantileCodec
    | MinMaxCodec
    | OptionalCodec
    | OneHotCodec
    | LineCodec
)
