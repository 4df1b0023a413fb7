"""A conversation ready to be placed on a page: bounded, each part with its way to the tree."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

from gateway_dash.payload.conversation import Call, Json, Media, Part, Result, Said, Side, Text, Tool, Turn
from gateway_dash.payload.markdown import Block, read_markdown
from gateway_dash.payload.masking import masked_text, spans_of_window
from gateway_dash.payload.media import RASTER_TYPES
from gateway_dash.payload.paths import Path
from gateway_dash.payload.tool_check import CallCheck, sentence
from gateway_dash.payload.values import json_text
from gateway_dash.web import formats

TEXT_LIMIT = 8_000  # characters of one text; the rest is in the tree
JSON_LIMIT = 2_000  # of one value that is shown as JSON
SECRET_MARGIN = 16_384  # characters after a cut that are looked at, so that it goes through no secret
PAGE_LIMIT = 96_000  # of all of them: a page stays under 256 KB, marks and tags included
TURNS_AT_ONCE = 40
PARTS_LIMIT = 60  # of one turn
PIXELS_LIMIT = 40_000_000  # a small file can unpack to more than a browser has
NESTING_LIMIT = 3  # results in results
ICONS = {
    "system": "settings-2", "developer": "settings-2", "user": "user", "assistant": "bot", "model": "bot",
    "tool": "terminal", "function": "terminal",
}  # fmt: skip
LOOKS = {"developer": "system", "model": "assistant", "function": "tool"}

type Link = Callable[[Side, Path], str]


def look_of(role: str) -> str:
    """How a turn of this role looks: one of the page's own words, whatever a body calls it."""
    return LOOKS.get(role, role if role in ICONS else "other")


@dataclass(frozen=True, slots=True)
class ShownCheck:
    """Whether the arguments of a call fit, in words, and the places where they do not."""

    level: str  # ok, err, or nothing where there is nothing to say for certain
    text: str
    marks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ShownPart:
    """One part. `kind` names its branch in the template; `rest` says what is left out here, and `url` leads to it."""

    kind: str  # text, reasoning, refusal, call, result, media, json
    url: str
    text: str = ""
    rest: str = ""
    title: str = ""
    words: str = ""  # what else there is to say, ready to be shown
    id: str = ""
    problem: str = ""
    is_error: bool = False
    is_cut: bool = False
    url_media: str = ""  # where a page shows the picture, if one may
    path: Path = ()
    parts: tuple[ShownPart, ...] = ()
    check: ShownCheck | None = None  # of a call
    blocks: tuple[Block, ...] = ()  # of an answer whose Markdown is laid out; `text` is what is not
    note: str = ""  # why it is not


@dataclass(frozen=True, slots=True)
class ShownTurn:
    """One turn, with the anchor that leads to it."""

    anchor: str
    role: str
    look: str
    icon: str
    place: str  # "message 3", "response"
    url: str
    name: str = ""
    finish: str = ""
    parts: tuple[ShownPart, ...] = ()
    rest: str = ""
    path: Path = ()


@dataclass(frozen=True, slots=True)
class ShownTool:
    """A tool that the request offers."""

    name: str
    kind: str
    description: str
    schema: str
    url: str
    rest: str = ""


@dataclass(slots=True)
class Room:
    """How many characters the page may still hold. What comes later gets less, and says so."""

    left: int = PAGE_LIMIT
    link: Link = field(default=lambda _side, _path: "")
    media: Link = field(default=lambda _side, _path: "")
    side: Side = "request"
    checks: dict[tuple[Side, Path], CallCheck] = field(default_factory=dict)  # of calls, by where they stand
    names: dict[str, str] = field(default_factory=dict)  # of the tools that were called, by the id of the call
    is_rendered: bool = False  # Markdown of answers is laid out
    masked: int = 0  # secrets in what was taken

    def take(self, text: str, limit: int) -> tuple[str, str]:
        """As much of the text as there is room for, and words for the rest. No cut goes through a secret."""
        length = min(limit, max(0, self.left))
        window, after = text[:length], text[length : length + SECRET_MARGIN]
        masks = spans_of_window("", window, after, is_cut=len(text) > length + SECRET_MARGIN) if window else ()
        end = len(_whole_words(window) if after else window)
        if after:
            end = min([end, *(each.start for each in masks if each.start < end <= each.end)])
        self.masked += sum(1 for each in masks if each.end <= end and not each.goes_on)
        self.left -= end
        left_out = len(text) - end
        return text[:end], f"{left_out:,} more characters" if left_out else ""


def shown_turns(said: Said, side: Side, room: Room, start: int, stop: int) -> list[ShownTurn]:
    """The turns from `start` to `stop`, as far as the room goes."""
    room.side = side
    return [_turn(turn, number, side, room) for number, turn in enumerate(said.turns[start:stop], start)]


def shown_tools(tools: tuple[Tool, ...], room: Room) -> list[ShownTool]:
    """The tools that a request offers, with their schemas."""
    room.side = "request"
    found = []
    for tool in tools[:100]:
        description, rest = room.take(tool.description, JSON_LIMIT)
        schema, more = room.take("" if tool.schema is None else json_text(tool.schema), JSON_LIMIT)
        url = room.link("request", tool.path)
        found.append(ShownTool(tool.name, tool.kind, description, schema, url, rest or more))
    return found


def _turn(turn: Turn, number: int, side: Side, room: Room) -> ShownTurn:
    place = turn.label or (f"message {number + 1}" if side == "request" else "response")
    left_out = len(turn.parts) - PARTS_LIMIT
    look = look_of(turn.role)
    parts = [shown_part(part, room) for part in turn.parts[:PARTS_LIMIT]]
    if room.is_rendered and look == "assistant":
        parts = [_rendered(part) for part in parts]
    return ShownTurn(
        anchor=f"{'m' if side == 'request' else 'r'}{number}",
        role=turn.role,
        look=look,
        icon=ICONS.get(turn.role, "info"),
        place=place,
        url=room.link(side, turn.path),
        name=turn.name,
        finish=turn.finish,
        parts=tuple(parts),
        rest=f"{left_out:,} more parts" if left_out > 0 else "",
        path=turn.path,
    )


def shown_part(part: Part, room: Room, depth: int = 0) -> ShownPart:
    """One part, whatever it is."""
    url = room.link(room.side, part.path)
    if isinstance(part, Text):
        text, rest = room.take(part.text, TEXT_LIMIT)
        return ShownPart(part.kind, url, text, rest, is_cut=part.is_cut, path=part.path)
    if isinstance(part, Call):
        return _call(part, url, room)
    if isinstance(part, Result):
        return _result(part, url, room, depth)
    if isinstance(part, Media):
        return _media(part, url, room)
    return _json(part, url, room)


def _call(part: Call, url: str, room: Room) -> ShownPart:
    laid_out = json_text(part.arguments) if part.arguments is not None else part.text
    text, rest = room.take(laid_out, TEXT_LIMIT)
    kind = "" if part.kind == "function" else part.kind
    return ShownPart(
        "call",
        url,
        text,
        rest,
        title=part.name or "unnamed",
        words=kind,
        id=part.id,
        problem=part.problem,
        path=part.path,
        check=_check(room.checks.get((room.side, part.path))),
    )


def _check(found: CallCheck | None) -> ShownCheck | None:
    if found is None:
        return None
    level = {"fits": "ok", "no-schema": "", "unchecked": ""}.get(found.state, "err")
    marks = tuple(sentence(mark) for mark in found.marks)
    return ShownCheck(level, found.text, (*marks, "and more") if found.has_more else marks)


def _rendered(part: ShownPart) -> ShownPart:
    """The Markdown of an answer as blocks; what cannot be laid out stays source, and says why."""
    if part.kind != "text":
        return part
    found = read_markdown(masked_text(part.text))  # before: what is laid out in pieces could not be found in them
    return replace(part, blocks=found.blocks, text=found.rest if found.blocks else part.text, note=found.problem)


def _result(part: Result, url: str, room: Room, depth: int) -> ShownPart:
    if depth >= NESTING_LIMIT:
        return ShownPart("json", url, rest="a result inside results, nested too deeply to be laid out", path=part.path)
    inner = tuple(shown_part(each, room, depth + 1) for each in part.parts[:PARTS_LIMIT])
    left_out = len(part.parts) - PARTS_LIMIT
    return ShownPart(
        "result",
        url,
        title=part.name or room.names.get(part.call_id, ""),
        id=part.call_id,
        is_error=part.is_error,
        rest=f"{left_out:,} more parts" if left_out > 0 else "",
        path=part.path,
        parts=inner,
    )


def _media(part: Media, url: str, room: Room) -> ShownPart:
    facts = [part.type or part.what]
    if part.width and part.height:
        facts.append(f"{part.width:,} × {part.height:,}")
    if part.size is not None:
        facts.append(formats.size(part.size))
    if part.data_path is not None:
        facts.append("base64")
    data_path = None if part.is_cut else part.data_path
    url_media = room.media(room.side, data_path) if data_path and may_be_shown(part) else ""
    return ShownPart(
        "media",
        url,
        text=part.url[:SECRET_MARGIN],
        rest="the address goes on" if len(part.url) > SECRET_MARGIN else "",
        title=part.name,
        words=", ".join(facts),
        id=part.what,
        url_media=url_media,
        is_cut=part.is_cut,
        path=part.path,
    )


def may_be_shown(media: Media) -> bool:
    """Whether a page may show it on request: a raster picture of a size that a browser can unpack."""
    pixels = (media.width or 0) * (media.height or 0)
    return media.type in RASTER_TYPES and 0 < pixels <= PIXELS_LIMIT


def _json(part: Json, url: str, room: Room) -> ShownPart:
    value: Any = part.value
    text, rest = room.take(value if isinstance(value, str) else json_text(value), JSON_LIMIT)
    return ShownPart("json", url, text, rest, title=part.label, path=part.path)


def _whole_words(text: str) -> str:
    """Cut at the last blank of the end, if there is one near."""
    at = max(text.rfind(" ", len(text) - 80), text.rfind("\n", len(text) - 80))
    return text[: at + 1] if at > 0 else text
