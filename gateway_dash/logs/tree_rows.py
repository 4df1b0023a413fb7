"""The rows of a tree: each one value, with its key, the beginning of it, and what opens it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from gateway_dash.logs.tree_panel import Panel, chip_of, text_span
from gateway_dash.logs.tree_place import EVENTS, Place
from gateway_dash.payload.masked_events import masked_events
from gateway_dash.payload.masks import AROUND, masked_part
from gateway_dash.payload.paths import Path
from gateway_dash.payload.raw import LONGEST_UNIT, aligned, characters, decoded
from gateway_dash.payload.tree import PAGE, Node, Page, View, look
from gateway_dash.payload.trunk import Trunk
from gateway_dash.web import formats
from gateway_dash.web.text import marked, shorten

type Spell = Callable[[Place], str]  # the address of a place

PREVIEW, SHORT_PREVIEW, KEY = 160, 60, 60  # characters
LEVELS, BESIDE = 12, 10  # ancestors that are shown, and the items that are shown of each
_PREVIEW_BYTES = 800


@dataclass(frozen=True, slots=True)
class Row:
    """One value. Texts are masked and marked. Without `url` it cannot be opened; with `inside` it is open."""

    id: str
    key: str
    kind: str
    preview: str = ""
    chip: str = ""  # what stands for a long text
    told: str = ""  # "12 keys"
    url: str = ""
    is_here: bool = False  # what the address names
    is_open: bool = False
    is_again: bool = False  # a key that its object holds before
    rows: tuple[Row, ...] = ()
    url_before: str = ""
    url_after: str = ""
    range: str = ""  # "101 to 200 of 5,000", where not all is shown
    is_cut: bool = False
    panel: Panel | None = None


@dataclass(slots=True)
class Drawing:
    """The tree of one JSON text. `at` is where the text itself stands; `spell` gives the address of each place."""

    data: bytes
    at: Place
    name: str
    spell: Spell
    size: int = PAGE
    levels: int = LEVELS

    def tree(self, path: Path, first: int, panel: Callable[[bytes, Node, Place], Panel] | None) -> tuple[Row, View]:
        """The opened nodes from the outermost that is shown down to the path."""
        view = look(self.data, path, first=first, size=self.size, above=self.levels, beside=BESIDE)
        row = self._row(view.node, PREVIEW)
        if view.page:
            row = self._opened(row, view.page, [self._row(each, PREVIEW) for each in view.page.items])
        here = self.place(view.node.path or ())
        if panel:
            row = replace(row, is_here=True, panel=panel(self.data, view.node, here))
        row = replace(row, is_open=True)
        child = view.node
        for page in reversed(view.above):
            index = child.item.index
            rows = [row if each.item.index == index else self._row(each, SHORT_PREVIEW) for each in page.items]
            row = self._opened(self._row(page.node, SHORT_PREVIEW), page, rows)
            child = page.node
        return row, view

    def place(self, path: Path, first: int = 0) -> Place:
        """Where a node of this text stands in the log."""
        if self.at.inner is not None:
            return replace(self.at, inner=path, first=first)
        return replace(self.at, path=(*self.at.path, *path), first=first)

    def _opened(self, row: Row, page: Page, rows: Sequence[Row]) -> Row:
        size, path = len(page.items), page.node.path or ()
        end = page.first + size
        before, after = max(0, (page.first if size else page.total) - self.size), end
        is_all = size == page.total
        return replace(
            row,
            is_open=True,
            rows=tuple(rows),
            url_before=self.spell(self.place(path, before)) if page.first or (page.total and not size) else "",
            url_after=self.spell(self.place(path, after)) if end < page.total and size else "",
            range="" if is_all else _range(page.first, size, page.total),
            is_cut=page.is_cut,
        )

    def _row(self, node: Node, limit: int) -> Row:
        place = self.place(node.path) if node.path is not None else None
        is_spelled = place is not None and place.is_spelled
        step = node.path[-1] if node.path else None
        key = (
            self.name
            if node.path == ()
            else node.key
            if node.item.key or isinstance(step, str)
            else f"[{node.item.index}]"
        )
        return Row(
            id=place.id if place and is_spelled else "",
            key=shown(masked_part(key), KEY) or "“”",
            kind=node.kind,
            preview=preview(self.data, node, limit),
            chip=chip_of(self.data, node),
            told=told(node),
            url=self.spell(place) if place and is_spelled else "",
            is_again=getattr(step, "nth", 1) > 1,
            is_cut=node.item.is_cut,
        )


def _range(first: int, count: int, total: int) -> str:
    return f"{first + 1:,} to {first + count:,} of {total:,}" if count else f"nothing from there on: it has {total:,}"


def shown(text: str, limit: int) -> str:
    """Masked text made fit for a row."""
    return shorten(marked(text[: limit * 4]), limit)


def preview(data: bytes, node: Node, limit: int) -> str:
    """The beginning of a value, masked as the whole is."""
    start, end = node.item.start, node.item.end
    if node.kind == "text":
        start, end = text_span(data, node)
        cut = aligned(data, start, start + (limit + AROUND) * LONGEST_UNIT // 4, end)
        text = decoded(data[start:cut])
        is_cut = node.item.is_cut and cut == end
        told = shown(masked_part(text, 0, limit, key=node.key, is_cut=is_cut), limit)
        return told if len(text) <= limit or told.endswith("…") else f"{told}…"
    if node.has_items:
        raw = data[start : min(end, start + _PREVIEW_BYTES)]
        text = masked_part(characters(raw), is_cut=node.item.is_cut)
        return shown(" ".join(text.split()), min(limit, 100)) if node.count else ""
    raw = data[start : min(end, start + _PREVIEW_BYTES)]
    return shown(masked_part(characters(raw), key=node.key, is_cut=node.item.is_cut), limit)


def told(node: Node) -> str:
    """How much is in it."""
    if node.kind == "object":
        return f"{node.count:,} key{'' if node.count == 1 else 's'}"
    if node.kind == "list":
        return f"{node.count:,} item{'' if node.count == 1 else 's'}"
    return formats.size(node.size) if node.size > 1000 else ""


def events_row(trunk: Trunk, at: Place, spell: Spell, opened: Row | None, *, is_open: bool, here: bool) -> Row:
    """The list of a stream's events, with the one among them that is open."""
    root = replace(at, path=(EVENTS,), first=0, inner=None)
    total, number = len(trunk.events), at.event
    row = Row(
        root.id, "events", "list", told=f"{total:,} event{'' if total == 1 else 's'}", url=spell(root), is_here=here
    )
    if not is_open:
        return row
    size = PAGE if number is None else BESIDE
    first = min(at.first, max(total - 1, 0)) if number is None else number // size * size
    events = trunk.events[first : first + size]
    end = first + len(events)
    texts = masked_events(trunk.events, first, end)
    rows = [
        opened if opened and each.number == number else event_row(trunk, each.number, text, root, spell)
        for each, text in zip(events, texts, strict=True)
    ]
    return replace(
        row,
        is_open=True,
        rows=tuple(rows),
        url_before=spell(replace(root, first=max(0, first - size))) if first else "",
        url_after=spell(replace(root, first=end)) if end < total else "",
        range="" if len(events) == total else _range(first, len(events), total),
    )


def event_row(trunk: Trunk, number: int, masked: str, root: Place, spell: Spell) -> Row:
    """One event of a stream: its name, its first characters, and how long after the one before it came."""
    event = trunk.events[number]
    place = replace(root, path=(EVENTS, number))
    now, then = trunk.times.get(number), trunk.times.get(number - 1)
    gap = f"+{formats.duration_words((now - then) * 1000)}" if now is not None and then is not None else ""
    name = f" {event.name}" if event.name else ""
    text = " ".join(masked[: PREVIEW + AROUND].split())
    size = formats.size(len(event.data)) if len(event.data) > 1000 else ""
    return Row(
        place.id,
        shown(f"[{number}]{name}", KEY),
        "event",
        preview=shown(text, PREVIEW),
        told=", ".join(
            each for each in (gap, size, marked(shorten(event.problem, 80)) if event.problem else "") if each
        ),
        url=spell(place),
        is_cut=event.is_cut,
    )
