"""Tables in files and pipes: read, checked, written."""

from imbgan.data.readers import read_frame
from imbgan.data.target import match_columns, split_target, take_column
from imbgan.data.writers import check_output, check_place, write_bytes, write_frame

__all__ = [
    "check_output",
    "check_place",
    "match_columns",
    "read_frame",
    "split_target",
    "take_column",
    "write_bytes",
    "write_frame",
]
