"""Tables larger than memory: files read in batches, learned, and written as a new data set."""

from imbgan.bulk.options import Options
from imbgan.bulk.resampling import Outcome, resample_files

__all__ = ["Options", "Outcome", "resample_files"]
