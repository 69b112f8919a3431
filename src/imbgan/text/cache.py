"""Vectors of texts that were encoded before, so that folds and clones do not encode the same text again.

The key of a vector is the identity of the model and a hash of the text. Nothing of labels or folds enters it, and an
encoder that learns from texts is not cached.
"""

import hashlib
import weakref
from collections import OrderedDict
from collections.abc import Callable, Sequence
from itertools import count
from threading import Lock

import numpy as np
from numpy.typing import NDArray

#: What the vectors of one process may take in memory, in bytes.
MAX_BYTES = 256 * 2**20
_NUMBERS = count()
_LOCK = Lock()
_identities: dict[int, tuple[weakref.ref[object], int]] = {}

Key = tuple[int, bytes]
Vector = NDArray[np.float32]


def identity_of(model: object) -> int | None:
    """Return a number that no other object of this process has or had; None if Python cannot watch the object.

    The address of an object is no identity: when it is gone, another one can have it.
    """
    with _LOCK:
        known = _identities.get(id(model))
        if known is not None and known[0]() is model:
            return known[1]
        try:
            watched = weakref.ref(model)
        except TypeError:
            return None
        number = next(_NUMBERS)
        for address in [address for address, (other, _) in _identities.items() if other() is None]:
            del _identities[address]
        _identities[id(model)] = (watched, number)
        return number


class VectorCache:
    """A bounded cache of vectors, from which the least recently used go first; threads can share it.

    Parameters
    ----------
    max_bytes : int, default=256 MiB
        What all vectors together may take.

    Examples
    --------
    >>> import numpy as np
    >>> lengths = lambda texts: np.array([[len(text)] for text in texts], np.float32)
    >>> cache = VectorCache()
    >>> cache.encode(["to", "be", "to"], lengths, identity=0).ravel().tolist(), len(cache)
    ([2.0, 2.0, 2.0], 2)
    """

    def __init__(self, max_bytes: int = MAX_BYTES) -> None:
        self.max_bytes = max_bytes
        self._vectors: OrderedDict[Key, Vector] = OrderedDict()
        self._n_bytes = 0
        self._lock = Lock()

    def __len__(self) -> int:
        return len(self._vectors)

    def clear(self) -> None:
        """Forget all vectors, such as after a model was trained further in place."""
        with self._lock:
            self._vectors.clear()
            self._n_bytes = 0

    def encode(
        self, texts: Sequence[str], encode: Callable[[list[str]], Vector], identity: int | None
    ) -> NDArray[np.float32]:
        """Return the vectors of texts; ``encode`` is called with those that are not known, each once.

        Parameters
        ----------
        texts : sequence of str
            At least one.
        encode : callable
            From a list of texts to an array (n, width), float32.
        identity : int or None
            That of the model; see :func:`identity_of`. None keeps nothing.

        Returns
        -------
        ndarray of shape (n_texts, width), float32
        """
        if identity is None:
            return encode(list(texts))
        keys = [(identity, _digest(text)) for text in texts]
        with self._lock:
            known = {key: self._vectors[key] for key in keys if key in self._vectors}
            for key in known:
                self._vectors.move_to_end(key)
        new = {key: text for key, text in zip(keys, texts, strict=True) if key not in known}
        if new:
            vectors = dict(zip(new, encode(list(new.values())), strict=True))
            if len({len(vector) for vector in (*known.values(), *vectors.values())}) > 1:
                return encode(list(texts))  # the model has changed since it encoded those that are known
            known.update(vectors)
            self._keep(vectors)
        return np.stack([known[key] for key in keys])

    def _keep(self, vectors: dict[Key, Vector]) -> None:
        with self._lock:
            for key, vector in vectors.items():
                if key not in self._vectors:
                    self._vectors[key] = vector.copy()  # not a view that keeps a whole batch in memory
                    self._n_bytes += vector.nbytes
            while self._n_bytes > self.max_bytes:
                self._n_bytes -= self._vectors.popitem(last=False)[1].nbytes


def _digest(text: str) -> bytes:
    return hashlib.blake2b(text.encode(), digest_size=16).digest()


#: The vectors of this process.
VECTORS = VectorCache()
