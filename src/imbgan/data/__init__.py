"""Read, check and write tables in files and pipes."""

from imbgan.data.casting import cast_columns
from imbgan.data.json_originals import JsonOriginal
from imbgan.data.labeled import LabeledBatch, LabeledBatches
from imbgan.data.opening import open_data_set
from imbgan.data.originals import Original
from imbgan.data.readers import read_frame, read_source
from imbgan.data.reading import Form, Reading
from imbgan.data.sets import Batch, DataFile, DataSet
from imbgan.data.target import match_columns, split_target, take_column
from imbgan.data.templates import Template
from imbgan.data.writers import check_output, check_place, write_bytes, write_frame

__all__ = [
    "Batch",
    "DataFile",
    "DataSet",
    "Form",
    "JsonOriginal",
    "LabeledBatch",
    "LabeledBatches",
    "Original",
    "Reading",
    "Template",
    "cast_columns",
    "check_output",
    "check_place",
    "match_columns",
    "open_data_set",
    "read_frame",
    "read_source",
    "split_target",
    "take_column",
    "write_bytes",
    "write_frame",
]
