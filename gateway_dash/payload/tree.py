"""A JSON body as a tree that is read a piece at a time: what stands at a path, and a page of what is inside it.

All of it works on the bytes (gateway_dash/payload/spans.py). So a key that comes twice is there twice, a number stands
as it was written, and a body that is cut has everything up to its cut.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

from .paths import LONGEST, Again, Path, spell
from .raw import decoded
from .spans import BLOCK, Item, Kind, Walk, after_blank, kind_of, value_end

PAGE = 100  # items of one object or list that are shown at once
_ESCAPED_KEY = re.compile(rb'"[^"\\]*+\\(?:[^"\\]++|\\.)*+"\s*+:', re.DOTALL)


@dataclass(frozen=True, slots=True)
class Node:
    """One value of the tree and where its bytes stand. `path` is None where it is too long for an address."""

    path: Path | None
    item: Item
    kind: Kind
    key: str = ""  # as far as it is shown
    count: int = 0  # of items, in an object or a list

    @property
    def size(self) -> int:
        """Bytes."""
        return self.item.end - self.item.start

    @property
    def has_items(self) -> bool:
        """Whether it is an object or a list."""
        return self.kind in ("object", "list")


@dataclass(frozen=True, slots=True)
class Page:
    """Some of the items in an object or a list, from the `first` on, of `total`."""

    node: Node
    first: int
    items: tuple[Node, ...]
    total: int
    is_cut: bool = False  # the text ends in it


@dataclass(frozen=True, slots=True)
class View:
    """What stands at a path, with a page of its own items, and the pages on which it and its ancestors stand."""

    node: Node
    page: Page | None  # of the node's own items
    above: tuple[Page, ...] = ()  # from the outermost that is shown on
    missing: Path = ()  # the end of the path, as far as it leads nowhere: then `node` is the last that is there


def find_node(data: bytes, path: Path) -> Node | None:
    """What stands at a path; None where nothing does."""
    found = look(data, path, above=0, size=1)
    return None if found.missing or found.node.kind == "nothing" else found.node


def look(data: bytes, path: Path, *, first: int = 0, size: int = PAGE, above: int = 0, beside: int = 10) -> View:
    """The node at a path, `size` of its items from the `first` on, and the nearest `above` ancestors.

    Of each ancestor the page is given on which the path goes on, of `beside` items.
    """
    start = after_blank(data, 0)
    if start == len(data):
        return View(Node((), Item(0, start, start, is_cut=True), "nothing"), None, missing=path)
    way, at = [], Item(0, start, start)
    for step in path:
        walk = Walk(data, at.start) if data[at.start] in b"{[" else None
        opened = _to_step(walk, step) if walk else None
        if walk is None or opened is None or not walk.has_value(opened.start):
            break
        way.append(walk)
        at = opened
    there = path[: len(way)]
    page = None
    if data[at.start] in b"{[":
        page = children(data, Node(there, at, kind_of(data, at.start, at.start + 1), shown_key(data, at)), first, size)
    node = page.node if page else _node(data, _whole(data, at), there)
    return View(node, page, _pages_above(data, way, node, above, beside), path[len(way) :])


def children(data: bytes, node: Node, first: int = 0, size: int = PAGE) -> Page:
    """A page of the items of an object or list. The page's own `node` knows its end and its count."""
    walk = Walk(data, node.item.start)
    walk.pass_over(first)
    found = _some(walk, size)
    walk.pass_over()
    return _page(data, node, found, walk)


def _some(walk: Walk, size: int) -> list[Node]:
    """The next nodes, which do not know their paths yet. A deep one is gone through once: for its count and its end."""
    found: list[Node] = []
    while len(found) < size and (opened := walk.opened()):
        count = 0
        if walk.has_value(opened.start) and walk.data[opened.start] in b"{[":
            inside = Walk(walk.data, opened.start)
            inside.pass_over()
            count = inside.index
            item = Item(opened.index, opened.start, inside.end or len(walk.data), inside.is_cut, opened.key)
        else:
            item = _whole(walk.data, opened)
        walk.close(item.end)
        found.append(_node(walk.data, item, None, count))
    return found


def _whole(data: bytes, opened: Item) -> Item:
    if opened.start == len(data) or data[opened.start] in b",]}":
        return opened
    end, is_cut = value_end(data, opened.start, len(data))
    return Item(opened.index, opened.start, end, is_cut, opened.key)


def _page(data: bytes, node: Node, found: Sequence[Node], walk: Walk) -> Page:
    end = len(data) if walk.end is None else walk.end
    item = Item(node.item.index, node.item.start, end, walk.is_cut, node.item.key)
    known = replace(node, item=item, count=walk.index)
    way_on = steps(data, walk, [each.item for each in found])
    nodes = tuple(replace(each, path=_joined(node.path, step)) for each, step in zip(found, way_on, strict=True))
    return Page(known, found[0].item.index if found else 0, nodes, walk.index, walk.is_cut)


def _pages_above(data: bytes, way: list[Walk], node: Node, above: int, beside: int) -> tuple[Page, ...]:
    """The pages on which the path goes on, from the inside to the outside: so each end is known when it is needed."""
    pages: list[Page] = []
    path = node.path or ()
    for depth in range(len(way) - 1, max(len(way) - 1 - above, -1), -1):
        walk = way[depth]
        at = _opened(way, depth - 1) or Item(0, walk.start, walk.start)
        before = Walk(data, walk.start)
        before.pass_over(walk.index // beside * beside)
        found = _some(before, walk.index - before.index)
        found.append(node)
        walk.close(node.item.end)
        found += _some(walk, beside - len(found))
        walk.pass_over()
        owner = Node(path[:depth], at, "object" if walk.is_object else "list", shown_key(data, at))
        pages.append(_page(data, owner, found, walk))
        node = pages[-1].node
    return tuple(reversed(pages))


def _opened(way: list[Walk], depth: int) -> Item | None:
    return way[depth].opened() if depth >= 0 else None


def _node(data: bytes, item: Item, path: Path | None, count: int = 0) -> Node:
    return Node(path, item, kind_of(data, item.start, item.end), shown_key(data, item), count)


def shown_key(data: bytes, item: Item) -> str:
    """The beginning of an item's key, as it reads; nothing where it has none."""
    if item.key is None:
        return ""
    return decoded(data[item.key[0] + 1 : min(item.key[1] - 1, item.key[0] + LONGEST)])


def _joined(path: Path | None, step: str | int | None) -> Path | None:
    """The path one step on, as long as an address can carry it."""
    if path is None or step is None:
        return None
    longer = (*path, step)
    return longer if len(longer) < LONGEST // 2 and len(spell(longer)) <= LONGEST else None


# --- keys, and keys that come again ---------------------------------------------------------------------------------


def steps(data: bytes, walk: Walk, found: Sequence[Item]) -> list[str | int | None]:
    """How a path goes on to each of these items of one object or list; None where the key is too long for that."""
    if not walk.is_object:
        return [item.index for item in found]
    keys = [_key(data, item) for item in found]
    seen = _seen_before(data, walk.start, found[0], {key for key in keys if key is not None}) if found else Counter()
    named: list[str | int | None] = []
    for key in keys:
        if key is None:
            named.append(None)
            continue
        seen[key] += 1
        named.append(key if seen[key] == 1 else Again(key, seen[key]))
    return named


def _key(data: bytes, item: Item) -> str | None:
    if item.key is None:
        return ""
    start, end = item.key
    return decoded(data[start + 1 : end - 1]) if end - start <= LONGEST else None


def _is_key(data: bytes, item: Item, key: str, spelled: bytes) -> bool:
    if item.key is None:
        return not key
    raw = data[item.key[0] : item.key[1]]
    return raw == spelled if b"\\" not in raw and b"\\" not in spelled else _key(data, item) == key


def _seen_before(data: bytes, start: int, first: Item, keys: set[str]) -> Counter[str]:
    """How often each of these keys stands in the object before its item `first`."""
    seen: Counter[str] = Counter()
    spelled = {_spelled(key) if key else b"": key for key in keys}
    for raw in Walk(data, start).keys(first.index):
        if raw in spelled:
            seen[spelled[raw]] += 1
        elif (b"\\" in raw or len(raw) == 2) and len(raw) <= LONGEST and (key := decoded(raw[1:-1])) in keys:
            seen[key] += 1
    return seen


def _spelled(key: str) -> bytes:
    return json.dumps(key, ensure_ascii=False).encode("utf-8", "surrogatepass")


def _may_hold(data: bytes, start: int, end: int, spelled: set[bytes]) -> bool:
    """Whether one of the keys can stand there: as it is most often spelled, or with any escapes."""
    return any(data.find(each, start, end) >= 0 for each in spelled) or bool(_ESCAPED_KEY.search(data, start, end))


def _to_step(walk: Walk, step: str | int) -> Item | None:
    """Go to where the path goes on, and open that item."""
    if isinstance(step, int):
        if walk.is_object:
            return None
        walk.pass_over(step - walk.index)
        return walk.opened() if walk.index == step else None
    return _to_key(walk, str(step), step.nth if isinstance(step, Again) else 1) if walk.is_object else None


def _to_key(walk: Walk, key: str, nth: int) -> Item | None:
    data, own = walk.data, _spelled(key)
    spelled = {own} if key else {b""}  # a member without a key is looked for as an empty one
    while True:
        at, index = walk.at, walk.index
        walk.pass_over(BLOCK, limit=len(data))
        if walk.index != index:
            if not _may_hold(data, at, walk.at, spelled):
                continue
            walk.at, walk.index = at, index
        for _ in range(BLOCK):
            item = walk.opened()
            if item is None:
                return None
            if _is_key(data, item, key, own):
                nth -= 1
                if not nth:
                    return item
            walk.next()
