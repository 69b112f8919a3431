"""A tree over a sequence, in which neighbors are merged: its shape depends on their number alone."""

from typing import Generic, NamedTuple, TypeVar

Node = TypeVar("Node")


class Pair(NamedTuple, Generic[Node]):
    """Two neighbors that can be merged, and the place of the result: its level and its number there."""

    first: Node
    second: Node
    level: int
    number: int


class Tree(Generic[Node]):
    """Which neighbors can be merged, as leaves become ready in any order.

    Of seven leaves, 0 and 1, 2 and 3, and 4 and 5 are merged first, whoever has them; then the first two of these, and
    the third with leaf 6. So a merge that depends on the order of its arguments gives one result.

    Parameters
    ----------
    n_leaves : int
        At least 1.

    Examples
    --------
    >>> tree = Tree[str](3)
    >>> tree.add("c", 0, 2), tree.add("b", 0, 1)
    (None, None)
    >>> pair = tree.add("a", 0, 0)
    >>> tree.add(f"({pair.first}{pair.second})", pair.level, pair.number)
    Pair(first='(ab)', second='c', level=2, number=0)
    >>> tree.add("((ab)c)", 2, 0), tree.root
    (None, '((ab)c)')
    """

    def __init__(self, n_leaves: int) -> None:
        self._sizes = [n_leaves]
        while self._sizes[-1] > 1:
            self._sizes.append((self._sizes[-1] + 1) // 2)
        self._waiting: dict[tuple[int, int], Node] = {}
        self.root: Node | None = None

    def add(self, node: Node, level: int, number: int) -> Pair[Node] | None:
        """Add a leaf (level 0) or the result of a merge; return what can be merged now."""
        # The last one of an odd number has no neighbor, and rises.
        while self._sizes[level] > 1 and number % 2 == 0 and number == self._sizes[level] - 1:
            level, number = level + 1, number // 2
        if self._sizes[level] == 1:
            self.root = node
            return None
        neighbor = self._waiting.pop((level, number ^ 1), None)
        if neighbor is None:
            self._waiting[level, number] = node
            return None
        first, second = (neighbor, node) if number % 2 else (node, neighbor)
        return Pair(first, second, level + 1, number // 2)
