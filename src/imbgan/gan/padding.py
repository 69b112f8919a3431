"""Padded sizes: programs are compiled for a few sizes, so that data of about the same size share one program."""


def bucket(size: int, smallest: int = 8) -> int:
    """Return the least of smallest * {1, 1.5, 2, 3, 4, 6, 8, ...} that is not below ``size``.

    >>> [bucket(n) for n in (1, 9, 13, 100)]
    [8, 12, 16, 128]
    """
    power = smallest
    while power < size:
        if power * 3 // 2 >= size:
            return power * 3 // 2
        power *= 2
    return power
