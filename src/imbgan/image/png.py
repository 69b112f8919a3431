"""Images as PNG files in memory, for pages that show them; without a library of pictures."""

import struct
import zlib

import numpy as np
from numpy.typing import NDArray


def png(pixels: NDArray[np.uint8]) -> bytes:
    """Return an image as a PNG file (ISO/IEC 15948): 8 bits per channel, without filters.

    Parameters
    ----------
    pixels : ndarray of shape (height, width, 1) or (height, width, 3), uint8
        Gray, or red, green and blue.

    Returns
    -------
    bytes

    Examples
    --------
    >>> import numpy as np
    >>> png(np.zeros((8, 8, 1), np.uint8))[1:4]
    b'PNG'
    """
    height, width, n_channels = pixels.shape
    header = struct.pack(">IIBBBBB", width, height, 8, {1: 0, 3: 2}[n_channels], 0, 0, 0)
    # Each line begins with the number of its filter; 0 means none.
    lines = np.zeros((height, 1 + width * n_channels), np.uint8)
    lines[:, 1:] = pixels.reshape(height, -1)
    parts = ((b"IHDR", header), (b"IDAT", zlib.compress(lines.tobytes(), 9)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data)) for name, data in parts
    )
