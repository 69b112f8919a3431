"""Texts to vectors: reading texts of any container, encoders, and random changes of copies."""

from imbgan.text.augmentation import changed_texts
from imbgan.text.cache import VECTORS
from imbgan.text.checks import check_vectors
from imbgan.text.encoders import CheckedEncoder, dense_encoder, resolve_encoder, title_of
from imbgan.text.pretrained import PretrainedEncoder
from imbgan.text.reading import MAX_CHARACTERS, Texts, read_texts
from imbgan.text.scripts import Script, needs_characters, script_of
from imbgan.text.words import ReducedEncoder, TextTransformer, WordEncoder

__all__ = [
    "MAX_CHARACTERS",
    "VECTORS",
    "CheckedEncoder",
    "PretrainedEncoder",
    "ReducedEncoder",
    "Script",
    "TextTransformer",
    "Texts",
    "WordEncoder",
    "changed_texts",
    "check_vectors",
    "dense_encoder",
    "needs_characters",
    "read_texts",
    "resolve_encoder",
    "script_of",
    "title_of",
]
