"""The conversation of a log: what both bodies say, what is odd about it, and how the numbers agree."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from gateway_dash.gateway.models import Log
from gateway_dash.gateway.query import LogQuery
from gateway_dash.gateway.stored import Side
from gateway_dash.logs.bodies import SIDES
from gateway_dash.logs.evidence import TRIES, Evidence
from gateway_dash.logs.masks import Mask, masked_window
from gateway_dash.logs.screen import Screen
from gateway_dash.logs.tree_place import holds_secret
from gateway_dash.logs.turns import SECRET_MARGIN, TURNS_AT_ONCE, Room, ShownTurn, shown_tools, shown_turns
from gateway_dash.payload import numbers, tool_check
from gateway_dash.payload.conversation import Finding, Said
from gateway_dash.payload.exchange import Reading, read_side
from gateway_dash.payload.masking import Masked
from gateway_dash.payload.paths import Path, spell
from gateway_dash.payload.shapes import Hints

EXCERPT_BYTES = 8_000
LEVELS = ("err", "warn", "info")
ICONS = {"err": "octagon-x", "warn": "triangle-alert", "info": "info"}
RENDERED = (("as", "rendered"),)
PAUSES_S = (2, 3, 4, 6, 8, 10, 12, 15)  # before each look at a body that is still arriving


@dataclass(frozen=True, slots=True)
class ShownFinding:
    """A finding with its icon, and the way to what it is about."""

    level: str
    icon: str
    title: str
    text: str
    url: str = ""
    where: str = ""


@dataclass(frozen=True, slots=True)
class Plain:
    """A body that no shape knows, as it is."""

    side: Side
    text: str
    kind: str
    url: str
    is_all: bool
    mask: Mask
    masks: tuple[Masked, ...]


def conversation_context(
    screen: Screen,
    log: Log,
    query: LogQuery,
    evidences: Mapping[Side, Evidence],
    *,
    start: int | None = None,
    tries: int = 0,
    is_rendered: bool = False,
) -> dict[str, Any]:
    """What `logs/conversation.html` needs."""
    hints = Hints(log.provider, log.model, log.path)
    readings = {side: read_side(evidences[side].document, side, hints) for side in SIDES}
    link = _Link(screen, log, query, is_rendered=is_rendered)
    calls = _calls(readings)
    room = Room(link=link.tree, media=link.media, is_rendered=is_rendered)
    room.checks = {(each.side, each.path): each for each in calls}
    room.names = {each.call_id: each.name for each in calls if each.call_id}
    answered = _answered(readings["response"], room, link)  # first, so that a long request leaves room for it
    asked = _asked(readings["request"].said, start, room, link)
    checks = numbers.check(_row_numbers(log), answered["usage"])
    found = [*_said_findings(readings), *tool_check.findings(calls), *tool_check.pairing(asked["request"])]
    found += [*numbers.findings(checks), *_masked(room)]
    masks = {side: Mask(screen.gateway_name, log.id, side) for side in SIDES}
    return {
        **asked,
        **answered,
        **_arrival(evidences, tries, link),
        "evidences": [evidences[side] for side in SIDES],
        "shapes": _shapes(asked["request"], answered["response"]),
        "plain": [each for side in SIDES if (each := _plain(evidences[side], readings[side], link, masks[side]))],
        "findings": _shown_findings(found, asked["turns"], answered["answers"], link),
        "checks": checks,
        "masks": masks,
        "url_conversation": link.conversation(),
        "url_markdown": link.markdown(),
        "is_rendered": is_rendered,
        "url_other": link.other(),
    }


def _calls(readings: Mapping[Side, Reading]) -> tuple[tool_check.CallCheck, ...]:
    """The tool calls of both sides, each held against the schema that the request gives."""
    request, response = (readings[side].said for side in SIDES)
    return tool_check.check_calls(request, response, is_request_cut=readings["request"].document.is_cut)


def _asked(request: Said | None, start: int | None, room: Room, link: _Link) -> dict[str, Any]:
    """What the request says: a window of its turns, its tools and its parameters."""
    if request is None:
        return {"request": None, "turns": []}
    first, last = _window(request, start)
    leading = _leading(request, first, room)
    return {
        "request": request,
        "turns": leading + shown_turns(request, "request", room, first, last),
        "lead": len(leading),
        "earlier": link.turns(max(0, first - TURNS_AT_ONCE)) if first > len(leading) else "",
        "later": link.turns(last) if last < len(request.turns) else "",
        "window": (first + 1, last, len(request.turns)),
        "tools": shown_tools(request.tools, room),
        "parameters": [(name, value[:SECRET_MARGIN]) for name, value in request.parameters[:40]],
    }


def _answered(reading: Reading, room: Room, link: _Link) -> dict[str, Any]:
    """What the response says, and how it came."""
    response, document = reading.said, reading.document
    answers = shown_turns(response, "response", room, 0, TURNS_AT_ONCE) if response else []
    return {
        "response": response,
        "answers": answers,
        "answers_left": len(response.turns) - len(answers) if response else 0,
        "usage": response.usage if response else None,
        "url_events": link.tree("response", ("events",)) if document.kind == "events" else "",
        "event_count": len(document.events),
    }


def _arrival(evidences: Mapping[Side, Evidence], tries: int, link: _Link) -> dict[str, Any]:
    """Whether there is more to ask for, now or after a pause; not for ever."""
    is_arriving = any(each.state == "arriving" for each in evidences.values())
    return {
        "waits": any(each.waits for each in evidences.values()),
        "is_arriving": is_arriving,
        "pause_s": PAUSES_S[tries] if is_arriving and tries < TRIES else 0,
        "url_again": link.again(tries + 1) if is_arriving else "",
    }


class _Link:
    """The addresses that a conversation leads to; all carry the list that the log was opened from."""

    def __init__(self, screen: Screen, log: Log, query: LogQuery, *, is_rendered: bool) -> None:
        self._screen, self._id, self._query = screen, log.id, query
        self._as = RENDERED if is_rendered else ()

    def _url(self, page: str, *parameters: tuple[str, str]) -> str:
        return self._screen.log_url(self._query, self._id, page, *parameters)

    def tree(self, side: Side, path: Path) -> str:
        place = "" if holds_secret(path) else spell(path)
        return self._url("tree/", ("at", f"{side}{'' if place.startswith('[') or not place else '.'}{place}"))

    def media(self, side: Side, path: Path) -> str:
        return "" if holds_secret(path) else self._url(f"{side}/media/", ("at", spell(path)))

    def conversation(self) -> str:
        return self._url("conversation/", *self._as)

    def turns(self, start: int) -> str:
        return self._url("conversation/", *self._as, ("turns", str(start)))

    def again(self, tries: int) -> str:
        return self._url("conversation/", *self._as, ("try", str(tries)))

    def other(self) -> str:
        """The page with its Markdown the other way: laid out, or as it was written."""
        return self._url("", *(() if self._as else RENDERED))

    def markdown(self) -> str:
        return f"{self._screen.logs_path}{self._id}/conversation.md"


def _window(request: Said, start: int | None) -> tuple[int, int]:
    """Which turns of the request are shown: the last ones, unless others are asked for."""
    count = len(request.turns)
    first = max(0, count - TURNS_AT_ONCE) if start is None else min(start, max(0, count - 1))
    return first, min(count, first + TURNS_AT_ONCE)


def _leading(request: Said, first: int, room: Room) -> list[ShownTurn]:
    """The system prompt stands above whatever part of a long conversation is shown."""
    lead = 0
    while lead < min(first, 2) and request.turns[lead].role in ("system", "developer"):
        lead += 1
    return shown_turns(request, "request", room, 0, lead)


def _shapes(request: Said | None, response: Said | None) -> str:
    names = dict.fromkeys(said.shape for said in (request, response) if said)
    return ", ".join(names)


def _row_numbers(log: Log) -> numbers.RowNumbers:
    usage = numbers.usage_metadata(log.row_as_sent.get("usage_metadata"))
    return numbers.RowNumbers(
        log.tokens_in, log.tokens_out, usage["cached_in"], usage["reasoning_out"], log.cost, bool(log.cached)
    )


def _masked(room: Room) -> list[Finding]:
    """A word that not everything is shown."""
    if not room.masked:
        return []
    title = f"{room.masked:,} secret{'' if room.masked == 1 else 's'} masked"
    text = "Masked in copies, exports and links too. To reveal one is a right of its own, and is written down."
    return [Finding("secrets-masked", "warn", title, text)]


def _said_findings(readings: Mapping[Side, Reading]) -> list[Finding]:
    found: list[Finding] = []
    for side in SIDES:
        said, assembled = readings[side].said, readings[side].assembled
        found += [
            each if each.side else Finding(each.code, each.level, each.title, each.text, side, each.path)
            for each in (*(said.findings if said else ()), *(assembled.findings if assembled else ()))
        ]
    return found


def _shown_findings(
    found: list[Finding], turns: list[ShownTurn], answers: list[ShownTurn], link: _Link
) -> list[ShownFinding]:
    """The gravest first; each leads to its turn if that is on the page, else to its place in the tree."""
    anchors = {"request": turns, "response": answers}
    shown = []
    for each in sorted(found, key=lambda finding: LEVELS.index(finding.level)):
        url, where = "", ""
        if each.code.startswith("numbers-"):
            url, where = "#numbers", "see the numbers"
        elif each.side and each.path is not None:
            turn = _turn_of(each.path, anchors[each.side])
            url, where = (f"#{turn}", "go there") if turn else (link.tree(each.side, each.path), "in the tree")
        shown.append(ShownFinding(each.level, ICONS[each.level], each.title, each.text, url, where))
    return shown


def _turn_of(path: Path, turns: list[ShownTurn]) -> str:
    """The anchor of the turn that holds the place."""
    return next((turn.anchor for turn in turns if turn.path and path[: len(turn.path)] == turn.path), "")


def _plain(evidence: Evidence, reading: Reading, link: _Link, mask: Mask) -> Plain | None:
    """The beginning of a body that no shape knows. A shape that knows it shows all of it."""
    if reading.said is not None or not evidence.got:
        return None
    data = evidence.document.data
    is_all = len(data) <= EXCERPT_BYTES
    shown, masks = masked_window(data, 0, min(len(data), EXCERPT_BYTES), whole=is_all, goes_on=not is_all)
    side = evidence.side
    return Plain(side, shown.text, shown.kind, link.tree(side, ()), is_all, mask, masks)
