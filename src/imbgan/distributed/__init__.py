"""Work on data sets by many machines."""

from imbgan.distributed.resampling import resample

__all__ = ["resample"]
