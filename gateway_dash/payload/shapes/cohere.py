"""Cohere's chat, in its second version and its first."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from gateway_dash.payload.conversation import Call, Json, Part, Result, Said, Text, Tool, Turn, Usage
from gateway_dash.payload.paths import Path
from gateway_dash.payload.values import at, json_text, list_at, map_at, number_at, text_at

from . import Hints, Shape, cohere_stream, openai_chat
from .pieces import leftovers

NAME = "Cohere chat"
NOT_PARAMETERS = ("messages", "message", "chat_history", "preamble", "documents", "tools", "tool_results", "model")
_SEARCHED = ("citations", "documents", "search_results", "search_queries")
_ENVELOPE = (  # of both versions
    "id", "message", "finish_reason", "usage", "text", "generation_id", "response_id", "meta", "tool_calls",
    "chat_history", "is_search_required", *_SEARCHED,
)  # fmt: skip
ROLES = {"USER": "user", "CHATBOT": "assistant", "SYSTEM": "system", "TOOL": "tool"}


def request(value: Any, hints: Hints) -> Said | None:
    """Messages with roles, or one message and the history of those before it."""
    messages = list_at(value, "messages")
    if any(text_at(each, "role") for each in messages):
        if hints.provider != "cohere" and not list_at(value, "documents"):
            return None
        turns = [message(each, ("messages", number)) for number, each in enumerate(messages)]
    elif isinstance(at(value, "message"), str) and ("chat_history" in map_at(value) or hints.provider == "cohere"):
        turns = _first_version(value)
    else:
        return None
    turns += [document(each, ("documents", number), number) for number, each in enumerate(list_at(value, "documents"))]
    parameters = openai_chat.parameters(value, NOT_PARAMETERS)
    return Said(NAME, tuple(turns), tuple(tools(value)), parameters, text_at(value, "model"))


def _first_version(value: Any) -> list[Turn]:
    turns = []
    if preamble := text_at(value, "preamble"):
        turns.append(Turn("system", (Text(preamble, ("preamble",)),), ("preamble",)))
    turns += [_older(each, ("chat_history", number)) for number, each in enumerate(list_at(value, "chat_history"))]
    if text := text_at(value, "message"):
        turns.append(Turn("user", (Text(text, ("message",)),), ("message",)))
    if results := _results(list_at(value, "tool_results"), ("tool_results",)):
        turns.append(Turn("tool", results, ("tool_results",)))
    return turns


def _older(value: Any, path: Path) -> Turn:
    text = text_at(value, "message")
    parts: list[Part] = [Text(text, (*path, "message"))] if text else []
    parts += _older_calls(value, path)
    parts += _results(list_at(value, "tool_results"), (*path, "tool_results"))
    role = text_at(value, "role")
    return Turn(ROLES.get(role, role.lower() or "unknown"), tuple(parts), path)


def _older_calls(value: Any, path: Path) -> list[Part]:
    """Calls without ids, whose parameters are values."""
    return [
        Call(text_at(each, "name"), "", arguments := at(each, "parameters"), json_text(arguments, indent=None), place)
        for number, each in enumerate(list_at(value, "tool_calls"))
        for place in [(*path, "tool_calls", number)]
    ]


def _results(found: list[Any], path: Path) -> tuple[Part, ...]:
    return tuple(
        Result(
            "", (Json(at(each, "outputs"), (*path, number, "outputs")),), (*path, number), text_at(each, "call", "name")
        )
        for number, each in enumerate(found)
    )


def message(value: Any, path: Path) -> Turn:
    """One message of the second version, with its plan, its calls and its sources."""
    parts: list[Part] = []
    if plan := text_at(value, "tool_plan"):
        parts.append(Text(plan, (*path, "tool_plan"), "reasoning"))
    content = at(value, "content")
    if isinstance(content, str) and content:
        parts.append(Text(content, (*path, "content")))
    for number, each in enumerate(list_at(content)):
        parts.append(_part(each, (*path, "content", number)))
    calls = openai_chat.turn({"tool_calls": list_at(value, "tool_calls")}, path)
    parts += calls.parts
    if citations := list_at(value, "citations"):
        parts.append(Json(citations, (*path, "citations"), label=f"{len(citations)} citations"))
    role = text_at(value, "role") or "unknown"
    if role == "tool":
        parts = [Result(text_at(value, "tool_call_id"), tuple(parts), path)]
    return Turn(role, tuple(parts), path)


def _part(value: Any, path: Path) -> Part:
    kind = text_at(value, "type")
    if kind in ("text", "thinking") and isinstance(at(value, kind), str):
        return Text(text_at(value, kind), (*path, kind), "reasoning" if kind == "thinking" else "text")
    if kind == "document" and (text := text_at(value, "document", "data")):
        return Text(text, (*path, "document", "data"))
    if kind == "image_url":
        return openai_chat.turn({"content": [value]}, path).parts[0]
    return Json(value, path, label=kind)


def document(value: Any, path: Path, number: int) -> Turn:
    """One of the texts that an answer may rest on; others point to it by its number or its id."""
    name = text_at(value, "id")
    for place in ((), ("data",), ("text",), ("data", "text"), ("snippet",), ("data", "snippet")):
        if isinstance(text := at(value, *place), str):
            return Turn("document", (Text(text, (*path, *place)),), path, name=name, label=f"document {number + 1}")
    return Turn("document", (Json(value, path),), path, name=name, label=f"document {number + 1}")


def tools(value: Any) -> list[Tool]:
    """The tools; those of the first version describe their parameters in a way of their own."""
    if not any("parameter_definitions" in map_at(each) for each in list_at(value, "tools")):
        return openai_chat.tools(value)
    return [
        Tool(text_at(each, "name"), ("tools", number), text_at(each, "description"))
        for number, each in enumerate(list_at(value, "tools"))
    ]


def response(value: Any, hints: Hints) -> Said | None:
    """A message beside its finish reason; or, in the first version, a text."""
    finish = text_at(value, "finish_reason")
    if list_at(value, "message", "content") or list_at(value, "message", "tool_calls"):
        said = message(at(value, "message"), ("message",))
        turn = Turn(said.role, said.parts, said.path, finish=finish)
    elif isinstance(at(value, "text"), str) and {"generation_id", "chat_history", "meta"} & set(map_at(value)):
        turn = Turn("assistant", tuple(_first_answer(value)), (), finish=finish)
    else:
        return None
    around = leftovers(value, _ENVELOPE, ())
    turn = replace(turn, parts=(*turn.parts, *around))
    return Said(NAME, (turn,), usage=usage(value), finishes=(finish,) if finish else ())


def _first_answer(value: Any) -> list[Part]:
    text = text_at(value, "text")
    parts: list[Part] = [Text(text, ("text",))] if text else []
    parts += _older_calls(value, ())
    for key in _SEARCHED:
        if held := list_at(value, key):
            parts.append(Json(held, (key,), label=f"{len(held)} {key.replace('_', ' ')}"))
    return parts


def usage(value: Any) -> Usage | None:
    """The tokens that were processed; what is paid for is told beside them."""
    key = "usage" if map_at(value, "usage") else "meta"
    found = map_at(value, key)
    if not found:
        return None
    billed = map_at(found, "billed_units")
    holder = "tokens" if map_at(found, "tokens") else "billed_units"
    return Usage(
        tokens_in=number_at(found, holder, "input_tokens"),
        tokens_out=number_at(found, holder, "output_tokens"),
        cached_in=number_at(found, "cached_tokens"),
        others=tuple(
            (f"billed {name.replace('_', ' ')}", str(each))
            for name in billed
            if (each := number_at(billed, name)) is not None
        ),
        path=(key,),
    )


SHAPE = Shape(NAME, request, response, cohere_stream.assemble)
