"""OpenAI's Responses: items in, items out. Items of one side that follow each other are one turn."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from gateway_dash.payload.conversation import Part, Said, Text, Tool, Turn, Usage
from gateway_dash.payload.paths import Path
from gateway_dash.payload.values import at, list_at, map_at, number_at, text_at

from . import Hints, Shape
from .openai_items import parts_of_item, role_of
from .openai_responses_stream import assemble
from .pieces import error_found, leftovers, others_in, parameters

NAME = "OpenAI Responses"
_ONLY_HERE = (
    "instructions",
    "previous_response_id",
    "max_output_tokens",
    "conversation",
    "reasoning",
    "text",
    "include",
)
_OTHERS = ("embed", "moderation", "tts", "rerank")  # models whose `input` is no conversation
_TAKEN = frozenset(
    {
        ("input_tokens",),
        ("output_tokens",),
        ("total_tokens",),
        ("input_tokens_details", "cached_tokens"),
        ("output_tokens_details", "reasoning_tokens"),
    }
)
_ENVELOPE = frozenset(
    {"id", "object", "created_at", "completed_at", "status", "error", "incomplete_details", "model", "output", "usage"}
)
_RUNNING = ("in_progress", "queued")


def request(value: Any, hints: Hints) -> Said | None:
    """An input that is a text, or a list of items with roles or types."""
    if not _is_request(value, hints):
        return None
    first: list[Turn] = []
    for key, role in (("instructions", "system"), ("prompt", "prompt")):
        if found := at(value, key):
            parts = tuple(parts_of_item(found, (key,)) if not isinstance(found, str) else [Text(found, (key,))])
            first.append(Turn(role, parts, (key,)))
    said = at(value, "input")
    if isinstance(said, str):
        first.append(Turn("user", (Text(said, ("input",)),) if said else (), ("input",)))
    else:
        first += turns(list_at(said), ("input",), "user")
    return Said(
        NAME,
        tuple(first),
        tools=tuple(tools(value)),
        parameters=parameters(value, ("input", "instructions", "prompt", "tools", "model")),
        model=text_at(value, "model"),
    )


def _is_request(value: Any, hints: Hints) -> bool:
    said = at(value, "input")
    path = hints.path.partition("?")[0].rstrip("/")
    if isinstance(said, list):
        return any(text_at(each, "role") or (text_at(each, "type") and "id" in map_at(each)) for each in said) or (
            path.endswith("responses") and any(map_at(each) for each in said)
        )
    if not isinstance(said, str):
        return False
    if path.endswith("responses") or any(key in map_at(value) for key in _ONLY_HERE):
        return True
    return not path and "voice" not in map_at(value) and not any(word in text_at(value, "model") for word in _OTHERS)


def response(value: Any, hints: Hints) -> Said | None:
    """A list of output items, or a response that failed before there were any."""
    is_one = text_at(value, "object") == "response"
    output = list_at(value, "output")
    if not (is_one or any(text_at(each, "type") in ("message", "reasoning", "function_call") for each in output)):
        return None
    said = turns(output, ("output",), "assistant")
    finish = _finish(value)
    if said and finish:
        last = said[-1]
        said[-1] = Turn(last.role, last.parts, last.path, last.name, finish)
    error = at(value, "error")
    if error:
        message = text_at(error, "message")
        told: list[Part] = [Text(message, ("error", "message"))] if message else []
        said.append(Turn("error", (*told, *leftovers(error, ("message",), ("error",))), ("error",)))
    return Said(
        NAME,
        tuple(said),
        parameters=tuple(
            each for each in parameters(value, _ENVELOPE) if each[1] != "null"
        ),  # it repeats the request's
        model=text_at(value, "model"),
        usage=usage(value),
        finishes=(finish,) if finish else (),
        findings=(error_found(error, ("error",)),) if error else (),
        is_error=bool(error),
    )


def _finish(value: Any) -> str:
    """The reason where it was not complete, else the status; one that still runs has none."""
    status = text_at(value, "status")
    return text_at(value, "incomplete_details", "reason") or ("" if status in _RUNNING else status)


def turns(items: Iterable[Any], path: Path, default: str) -> list[Turn]:
    """Items as turns: what a model thinks, calls and says in a row is one turn, up to its next message."""
    found: list[Turn] = []
    has_message = False
    for number, item in enumerate(items):
        place: Path = (*path, number)
        role = role_of(item, default)
        parts = tuple(parts_of_item(item, place))
        is_message = "role" in map_at(item)
        if found and role == found[-1].role == "assistant" and not (is_message and has_message):
            parts = (*found[-1].parts, *parts)
            found[-1] = Turn(role, parts, found[-1].path)
            has_message = has_message or is_message
        else:
            found.append(Turn(role, parts, place))
            has_message = is_message
    return found


def tools(value: Any) -> list[Tool]:
    """The tools that a request offers; those of the provider itself have a kind in the place of a name."""
    found = []
    for number, tool in enumerate(list_at(value, "tools")):
        kind = text_at(tool, "type") or "function"
        name = text_at(tool, "name") or text_at(tool, "server_label") or kind
        schema = at(tool, "parameters")
        found.append(Tool(name, ("tools", number), text_at(tool, "description"), schema, kind))
    return found


def usage(value: Any) -> Usage | None:
    """The usage block of a response."""
    found = map_at(value, "usage")
    if not found:
        return None
    return Usage(
        tokens_in=number_at(found, "input_tokens"),
        tokens_out=number_at(found, "output_tokens"),
        total=number_at(found, "total_tokens"),
        cached_in=number_at(found, "input_tokens_details", "cached_tokens"),
        reasoning_out=number_at(found, "output_tokens_details", "reasoning_tokens"),
        others=others_in(found, _TAKEN),
        path=("usage",),
    )


SHAPE = Shape(NAME, request, response, assemble)
