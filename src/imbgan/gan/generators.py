"""One model for all classes, or one a class: what draws and judges rows of any class."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from imbgan.gan.model import GANModel


@dataclass(frozen=True)
class ClassGenerators:
    """Models, and where each class is found.

    Attributes
    ----------
    models : tuple of GANModel
    places : mapping of int to (int, int)
        Class code -> (position of its model, code of the class in that model).
    seed : int
        Seed of all generated rows.
    """

    models: tuple[GANModel, ...]
    places: Mapping[int, tuple[int, int]]
    seed: int

    def rows(self, code: int, start: int, stop: int) -> np.ndarray:
        """Return rows ``start`` to ``stop`` of the endless table of class ``code``, float32 (stop - start, width)."""
        model, local = self.places[code]
        # Models of other classes draw from other streams, since the stream is named by the class code.
        return self.models[model].rows(local, (self.seed + code) % 2**32, start, stop)

    def score(self, rows: np.ndarray, codes: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return logits and probabilities of being real of rows ``(n, width)`` as members of classes ``(n,)``."""
        logits, probabilities = np.zeros(len(rows), np.float32), np.zeros(len(rows), np.float32)
        for index, model in enumerate(self.models):
            local = np.array([self.places[c][1] if self.places[c][0] == index else -1 for c in codes.tolist()], int)
            chosen = np.flatnonzero(local >= 0)
            logits[chosen], probabilities[chosen] = model.score(rows[chosen], local[chosen])
        return logits, probabilities
