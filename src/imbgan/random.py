"""One ``random_state`` becomes independent, named streams; no global random state is read or written.

A stream is a pure function of the seed and its name, so that asking for one more class, or one more measure,
changes no other row.
"""

import zlib
from dataclasses import dataclass
from numbers import Integral

import numpy as np

# How many numbers of :meth:`Streams.uniform` come from one generator.
BLOCK = 1024


@dataclass(frozen=True)
class Streams:
    """Independent random streams derived from one seed by name.

    Parameters
    ----------
    seed : int
        Non-negative; the same seed gives the same streams on every machine.

    Examples
    --------
    >>> streams = Streams(0)
    >>> streams.integer("sampling", 1) == Streams(0).integer("sampling", 1)
    True
    >>> streams.integer("sampling", 1) == streams.integer("sampling", 2)
    False
    """

    seed: int

    @classmethod
    def from_random_state(cls, random_state: "int | np.random.RandomState | None") -> "Streams":
        """Read a scikit-learn ``random_state``; ``None`` takes fresh entropy from the operating system.

        Raises
        ------
        ValueError
            For anything else; estimators have checked it before.
        """
        if random_state is None:
            return cls(int(np.random.SeedSequence().generate_state(1)[0]))
        if isinstance(random_state, np.random.RandomState):
            return cls(int(random_state.randint(2**31 - 1)))
        if not isinstance(random_state, Integral) or not 0 <= random_state < 2**32:
            raise ValueError(
                "'random_state' must be an int from 0 to 4294967295, a numpy.random.RandomState or None. Got "
                f"{random_state!r}. Of a numpy.random.Generator, pass a draw: int(rng.integers(2**32))."
            )
        return cls(int(random_state))

    def _sequence(self, *names: "str | int") -> np.random.SeedSequence:
        # Strings are hashed with CRC-32: Python's own hash differs from one process to the next.
        path = [zlib.crc32(name.encode()) if isinstance(name, str) else name for name in names]
        return np.random.SeedSequence(self.seed, spawn_key=tuple(path))

    def generator(self, *names: "str | int") -> np.random.Generator:
        """Return the NumPy generator of the stream called ``names``."""
        return np.random.Generator(np.random.PCG64(self._sequence(*names)))

    def uniform(self, *names: "str | int", start: int, stop: int) -> np.ndarray:
        """Return numbers ``start`` to ``stop`` of an endless sequence, uniform in [0, 1), float64.

        Number i is a pure function of seed, names and i: workers can draw any range, in any order.

        Examples
        --------
        >>> whole = Streams(0).uniform("x", start=0, stop=5000)
        >>> bool((Streams(0).uniform("x", start=1000, stop=5000) == whole[1000:]).all())
        True
        """
        first = start // BLOCK
        blocks = [self.generator(*names, block).random(BLOCK) for block in range(first, -(-stop // BLOCK))]
        return np.concatenate([np.empty(0), *blocks])[start - first * BLOCK : stop - first * BLOCK]

    def integer(self, *names: "str | int") -> int:
        """Return the stream called ``names`` as one 32-bit integer, for libraries that accept an integer seed."""
        return int(self._sequence(*names).generate_state(1)[0])
