"""Anthropic's messages, at Anthropic itself, and as Bedrock and Vertex take them."""

from __future__ import annotations

from typing import Any

from gateway_dash.payload.conversation import Finding, Said, Tool, Turn, Usage
from gateway_dash.payload.paths import Path
from gateway_dash.payload.values import at, list_at, map_at, number_at, text_at

from . import Hints, Shape
from .anthropic_blocks import parts_of
from .anthropic_stream import assemble
from .pieces import leftovers, others_in, parameters

NAME = "Anthropic Messages"
# Blocks that no other shape with `messages` has.
_OWN_BLOCKS = frozenset({"tool_use", "tool_result", "redacted_thinking", "server_tool_use", "web_search_tool_result"})
_OTHER_ROLES = frozenset({"system", "developer", "tool", "function"})
_TAKEN: frozenset[Path] = frozenset(
    {("input_tokens",), ("output_tokens",), ("cache_read_input_tokens",), ("cache_creation_input_tokens",)}
)
_ENVELOPE = frozenset({"id", "type", "role", "model", "content", "stop_reason", "stop_sequence", "usage"})


def request(value: Any, hints: Hints) -> Said | None:
    """Messages of two roles, with the system's words beside them, or with blocks of its own."""
    messages = list_at(value, "messages")
    if not any(text_at(each, "role") for each in messages) or not _is_own(value, messages, hints):
        return None
    turns = []
    if at(value, "system"):
        turns.append(Turn("system", tuple(parts_of(at(value, "system"), ("system",))), ("system",)))
    turns += [_turn(each, ("messages", number)) for number, each in enumerate(messages)]
    return Said(
        NAME,
        tuple(turns),
        tools=tuple(tools(value)),
        parameters=parameters(value, ("system", "messages", "tools", "model")),
        model=text_at(value, "model"),
    )


def _is_own(value: Any, messages: list[Any], hints: Hints) -> bool:
    if any(key in map_at(value) for key in ("system", "anthropic_version", "anthropic_beta")):
        return True
    if any(text_at(each, "role") in _OTHER_ROLES or "tool_calls" in map_at(each) for each in messages):
        return False
    if any("input_schema" in map_at(tool) for tool in list_at(value, "tools")):
        return True
    path = hints.path.partition("?")[0].rstrip("/")
    if path.endswith("v1/messages") or (hints.provider == "anthropic" and not path.endswith("completions")):
        return True
    blocks = (block for each in messages for block in list_at(each, "content"))
    return any(_is_own_block(block) for block in blocks)


def _is_own_block(block: Any) -> bool:
    kind = text_at(block, "type")
    if kind in ("image", "document"):
        return bool(map_at(block, "source"))
    return kind in _OWN_BLOCKS or (kind == "thinking" and isinstance(at(block, "thinking"), str))


def _turn(message: Any, path: Path) -> Turn:
    parts = parts_of(at(message, "content"), (*path, "content"))
    return Turn(text_at(message, "role") or "unknown", (*parts, *leftovers(message, ("role", "content"), path)), path)


def response(value: Any, hints: Hints) -> Said | None:
    """A message of the assistant with blocks."""
    if text_at(value, "type") != "message" or not isinstance(at(value, "content"), list):
        return None
    finish = text_at(value, "stop_reason")
    parts = (*parts_of(at(value, "content"), ("content",)), *leftovers(value, _ENVELOPE, ()))
    turn = Turn(text_at(value, "role") or "assistant", parts, ("content",), finish=finish)
    found = []
    if finish == "refusal":
        text = "The provider stopped the answer: stop_reason is refusal."
        found.append(Finding("refused", "warn", "The answer was refused", text, "response", ("stop_reason",)))
    finishes = (finish,) if finish else ()
    return Said(NAME, (turn,), (), (), text_at(value, "model"), usage(value), finishes, tuple(found))


def tools(value: Any) -> list[Tool]:
    """The tools that a request offers; those of the provider itself have a dated type and no schema."""
    found = []
    for number, tool in enumerate(list_at(value, "tools")):
        kind = text_at(tool, "type")
        kind = "function" if kind in ("", "custom") else kind
        name = text_at(tool, "name") or kind
        found.append(Tool(name, ("tools", number), text_at(tool, "description"), at(tool, "input_schema"), kind))
    return found


def usage(value: Any) -> Usage | None:
    """The usage block. Its `input_tokens` are those that no cache had a part in, so all that went in is a sum."""
    found = map_at(value, "usage")
    if not found:
        return None
    read, written = number_at(found, "cache_read_input_tokens"), number_at(found, "cache_creation_input_tokens")
    tokens_in = number_at(found, "input_tokens")
    return Usage(
        tokens_in=None if tokens_in is None else tokens_in + (read or 0) + (written or 0),
        tokens_out=number_at(found, "output_tokens"),
        cached_in=read,
        cache_written_in=written,
        others=others_in(found, _TAKEN),
        path=("usage",),
    )


SHAPE = Shape(NAME, request, response, assemble)
