"""What an opened node shows of itself: its path, its exact text, a window of a long text, and the lists it leads to."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from gateway_dash.gateway.narrowing import is_askable
from gateway_dash.logs.lines import Act, Lines
from gateway_dash.logs.tree_place import Place
from gateway_dash.payload import media
from gateway_dash.payload.masking import MARGIN, Masked, spans_of_window
from gateway_dash.payload.masks import masked_part
from gateway_dash.payload.raw import aligned, characters, decoded
from gateway_dash.payload.tree import Node
from gateway_dash.web import formats
from gateway_dash.web.text import marked, shorten

WINDOW_BYTES = 16 * 1024
COPY_BYTES = 8 * 1024  # of JSON text that can be copied
LONG = 200  # characters of a string that is shown as what it is, and not as itself
INNER_BYTES = 1024 * 1024  # of a string that is opened as JSON
_BASE64 = re.compile(rb"[A-Za-z0-9+/_-]{200,}={0,2}\Z")
_LONGEST_FILTER = 100
_UNSEEN = re.compile(r"[^\x20-\x7e\n\t\r]")


@dataclass(frozen=True, slots=True)
class Panel:
    """The inside of an opened node. Texts are masked, but for `text`, which comes with its `masks`."""

    id: str
    path: str
    permalink: str
    value: str = ""  # its exact JSON text
    too_long: str = ""  # or why that is not here
    is_masked: bool = False
    text: str | None = None  # a window of a string
    masks: tuple[Masked, ...] = ()
    range: str = ""
    url_before: str = ""
    url_after: str = ""
    media: str = ""
    url_inner: str = ""
    url_comment: str = ""  # where to write about it
    acts: tuple[Act, ...] = ()
    problem: str = ""


def text_span(data: bytes, node: Node) -> tuple[int, int]:
    """Where the inside of a string stands."""
    start, end = node.item.start + 1, node.item.end
    return start, end if node.item.is_cut else max(end - 1, start)


def chip_of(data: bytes, node: Node) -> str:
    """What a long string is: "image/png, 24 KB, 640 × 480", "base64, 2 MB", "text, 12 KB"; nothing for a short one."""
    if node.kind != "text" or node.size <= LONG:
        return ""
    start, end = text_span(data, node)
    head = decoded(data[start : aligned(data, start, start + media.HEAD_CHARACTERS + 200, end)])
    link = media.linked("file", head, ()) if head[:5].lower() == "data:" else None
    is_link = link is not None and link.data_path is not None
    start_of_data = len(head) - len(media.data_of(head))
    if is_link or _BASE64.match(data[start : min(end, start + 4096)]):
        found = media.decoded_head(media.data_of(head))
        type_ = media.type_of(found) or (link.type if link else "") or "base64"
        width, height = media.dimensions(found)
        size = formats.size((end - start - start_of_data) * 3 // 4)
        return shorten(marked(f"{type_}, {size}"), 80) + (f", {width:,} × {height:,}" if width else "")
    if head.lstrip()[:1] in ("{", "["):
        return f"JSON in a text, {formats.size(end - start)}"
    return f"text, {formats.size(end - start)}"


def panel_of(data: bytes, node: Node, place: Place, lines: Lines, permalink: str) -> Panel:
    """The panel of a node; its links to other windows are the caller's."""
    size = node.size
    raw = data[node.item.start : node.item.end] if size <= COPY_BYTES else b""
    value = exact_text(raw, node) if raw else ""
    return Panel(
        id=place.id,
        path=marked(place.words),
        permalink=permalink,
        value=_printable(value),
        too_long=f"too long to copy: {formats.size(size)}" if size > COPY_BYTES else "",
        is_masked=bool(raw) and value != characters(raw),
        media=chip_of(data, node),
        acts=_acts(data, node, lines),
    )


def exact_text(raw: bytes, node: Node) -> str:
    """The JSON text of a node, masked; of a single value as its key and it say together."""
    text = characters(raw)
    if node.kind == "text" and len(text) > 1:
        end = len(text) - (not node.item.is_cut)
        return '"' + masked_part(text[1:end], key=node.key, is_cut=node.item.is_cut) + text[end:]
    return masked_part(text, key="" if node.has_items else node.key, is_cut=node.item.is_cut)


def _printable(value: str) -> str:
    """JSON text in which what cannot be seen is escaped: it says the same, and a copy of it is exact."""
    if marked(value, lines=True) == value:
        return value
    return _UNSEEN.sub(lambda found: _escaped(found[0]), value)


def _escaped(character: str) -> str:
    halves = character.encode("utf-16-be", "surrogatepass")
    return "".join(f"\\u{halves[at]:02x}{halves[at + 1]:02x}" for at in range(0, len(halves), 2))


def windowed(panel: Panel, data: bytes, node: Node, first: int) -> tuple[Panel, int | None, int | None]:
    """The panel with a window of the string from byte `first` of it on; and where those before and after begin."""
    start, end = text_span(data, node)
    begin = aligned(data, start, start + first, end) if first else start
    begin = start if begin >= end else begin
    stop = aligned(data, start, begin + WINDOW_BYTES, end)
    left = aligned(data, start, max(start, begin - MARGIN), end)
    right = aligned(data, start, stop + MARGIN, end)
    before, here, after = decoded(data[left:begin]), decoded(data[begin:stop]), decoded(data[stop:right])
    key, is_cut = node.key if left == start else "", node.item.is_cut and right == end
    masks = spans_of_window(f'"{key[-60:]}": "{before}' if key else before, here, after, is_cut=is_cut)
    is_all = begin == start and stop == end
    told = "" if is_all else f"bytes {begin - start:,} to {stop - start:,} of {formats.size(end - start)}"
    back = aligned(data, start, max(start, begin - WINDOW_BYTES), end) - start if begin > start else None
    on = stop - start if stop < end else None
    return replace(panel, text=here, masks=masks, range=told, is_masked=panel.is_masked or bool(masks)), back, on


def inner_json(data: bytes, node: Node) -> bytes:
    """The JSON that a string holds, as far as it is opened; nothing where it holds none."""
    if node.kind != "text":
        return b""
    start, end = text_span(data, node)
    if decoded(data[start : aligned(data, start, start + 64, end)]).lstrip()[:1] not in ("{", "["):
        return b""
    cut = aligned(data, start, start + INNER_BYTES, end)
    return decoded(data[start:cut]).encode("utf-8", "surrogatepass")


def _acts(data: bytes, node: Node, lines: Lines) -> tuple[Act, ...]:
    """The lists of logs that this value leads to: the API is asked for metadata, the model, or by the box's search."""
    if node.kind not in ("text", "number", "flag") or node.size > _LONGEST_FILTER + 2:
        return ()
    start, end = text_span(data, node) if node.kind == "text" else (node.item.start, node.item.end)
    text = decoded(data[start:end])
    if not text.strip() or masked_part(text, key=node.key) != text:
        return ()
    told = shorten(marked(text), 40)
    found: list[Act] = []
    if node.key == "model" and node.kind == "text":
        found += lines.either("model", text, f"model {told}")
    found += lines.either("metadata_value", text, f"metadata value {told}")
    if is_askable("model", text):
        found.append(Act(lines.screen.list_url(lines.query.change(search=text)), "search", f"Search for {told}"))
    return tuple(found)
