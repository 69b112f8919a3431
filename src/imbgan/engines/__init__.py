"""Engines: where the parts of a long computation run, on this machine or on many."""

from imbgan.engines.base import ENGINES, Engine, resolve_engine
from imbgan.engines.local import LocalEngine
from imbgan.engines.ray import RayEngine

__all__ = ["ENGINES", "Engine", "LocalEngine", "RayEngine", "resolve_engine"]
