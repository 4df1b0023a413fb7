"""A body that grows with the events of a stream: places that are filled in any order, texts that come in pieces.

A shape builds a `Node` (an object) whose values are plain JSON values, a `Gathered` (a text that grows), a `Slots` (a
list whose items the stream numbers), or another `Node`. At the end `settled` makes the value of it, and says where each
text stands. Texts are joined once, at the end, so a stream of many small pieces costs no more than its bytes.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from .conversation import Gathered
from .paths import Path

MOST_SLOTS = 1000  # items of one list that are kept: a stream may name any number


class Node(dict[str, Any]):
    """An object that grows."""

    def grow(self, key: str, number: int, text: Any) -> None:
        """Put a piece, which event `number` gave, behind the text at `key`; what is no text is left out."""
        if not isinstance(text, str):
            return
        held = self.get(key)
        if not isinstance(held, Gathered):
            self[key] = held = Gathered()
        held.add(number, text)

    def keep(self, key: str, value: Any) -> None:
        """Set what is said once; what comes later with nothing in it, or where something grows, takes nothing away."""
        held = self.get(key)
        if held is None or (value not in (None, "") and not isinstance(held, Gathered | Slots | Node)):
            self[key] = value

    def slots(self, key: str) -> Slots:
        """The list at `key`, whose items are numbered by the stream."""
        held = self.get(key)
        if not isinstance(held, Slots):
            self[key] = held = Slots()
        return held

    def node(self, key: str) -> Node:
        """The object at `key`."""
        held = self.get(key)
        if not isinstance(held, Node):
            self[key] = held = Node()
        return held


class Slots:
    """A list whose items come in any order under numbers of the stream's own; in the end they stand by number."""

    def __init__(self) -> None:
        self._nodes: dict[int, Node] = {}
        self._moved: dict[int, int] = {}
        self.last: int | None = None  # the number that was asked for last
        self.left_out = 0  # how many times there was no place any more

    def at(self, index: Any) -> Node:
        """The item of that number, new if there was none; what is no number counts as 0."""
        index = index if isinstance(index, int) and not isinstance(index, bool) else 0
        index = self._moved.get(index, index)
        self.last = index
        if (found := self._nodes.get(index)) is not None:
            return found
        if len(self._nodes) >= MOST_SLOTS:
            self.left_out += 1
            return Node()
        self._nodes[index] = Node()
        return self._nodes[index]

    def begin_again(self, index: int) -> None:
        """From here on the number means another item, behind all others: the stream uses it a second time."""
        self._moved[index] = max(self._nodes, default=-1) + 1

    def __contains__(self, index: object) -> bool:
        return isinstance(index, int) and index in self._nodes

    def __len__(self) -> int:
        return len(self._nodes)

    def in_order(self) -> list[tuple[int, Node]]:
        """The items with their numbers, in the order in which they stand in the end."""
        return sorted(self._nodes.items(), key=lambda each: each[0])


def settled(root: Node) -> tuple[Node, dict[Path, Gathered]]:
    """The value with its texts and lists in their places, and the texts by where they stand. Changes `root`."""
    gathered: dict[Path, Gathered] = {}
    todo: list[tuple[Node, Path]] = [(root, ())]
    while todo:
        node, path = todo.pop()
        for key, each in list(node.items()):
            if isinstance(each, Gathered):
                node[key] = each.text
                gathered[(*path, key)] = each
            else:
                todo += _inside(node, key, (*path, key))
    return root, gathered


def _inside(node: Node, key: str, path: Path) -> Iterator[tuple[Node, Path]]:
    held = node[key]
    if isinstance(held, Node):
        yield held, path
    elif isinstance(held, Slots):
        node[key] = [item for _, item in held.in_order()]
        yield from ((item, (*path, at)) for at, item in enumerate(node[key]))
