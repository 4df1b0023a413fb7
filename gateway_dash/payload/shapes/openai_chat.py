"""OpenAI's chat completions, and all who speak like them: Azure, Groq, Mistral, DeepSeek, Grok, OpenRouter, compat."""

from __future__ import annotations

from typing import Any

from gateway_dash.payload import media
from gateway_dash.payload.conversation import Call, Json, Part, Result, Said, Text, Tool, Turn, Usage
from gateway_dash.payload.paths import Path
from gateway_dash.payload.values import Unreadable, at, json_text, list_at, map_at, number_at, read_json, text_at

from . import Hints, Shape

NAME = "OpenAI chat"
NOT_PARAMETERS = ("messages", "tools", "functions", "model")


def request(value: Any, hints: Hints) -> Said | None:
    """A list of messages with roles."""
    messages = list_at(value, "messages")
    if not any(text_at(each, "role") for each in messages):
        return None
    return Said(
        NAME,
        turns=tuple(turn(message, ("messages", number)) for number, message in enumerate(messages)),
        tools=(*tools(value), *functions(value)),
        parameters=parameters(value, NOT_PARAMETERS),
        model=text_at(value, "model"),
    )


def response(value: Any, hints: Hints) -> Said | None:
    """A list of choices with messages."""
    choices = list_at(value, "choices")
    if not any(map_at(each, "message") for each in choices):
        return None
    turns = []
    for number, choice in enumerate(choices):
        path: Path = ("choices", number, "message")
        finish = text_at(choice, "finish_reason")
        label = f"choice {number + 1}" if len(choices) > 1 else ""
        said = turn(map_at(choice, "message"), path)
        turns.append(Turn(said.role, said.parts, path, finish=finish, label=label))
    finishes = tuple(each.finish for each in turns if each.finish)
    return Said(NAME, tuple(turns), model=text_at(value, "model"), usage=usage(value), finishes=finishes)


def turn(message: Any, path: Path) -> Turn:
    """One message, with everything that it holds."""
    role = text_at(message, "role") or "unknown"
    parts: list[Part] = []
    for key in ("reasoning_content", "reasoning"):
        if not parts and (text := text_at(message, key)):
            parts.append(Text(text, (*path, key), "reasoning"))
    parts += content(at(message, "content"), (*path, "content"))
    if refusal := text_at(message, "refusal"):
        parts.append(Text(refusal, (*path, "refusal"), "refusal"))
    parts += [call(each, (*path, "tool_calls", number)) for number, each in enumerate(list_at(message, "tool_calls"))]
    if role in ("tool", "function"):
        call_id = text_at(message, "tool_call_id")
        parts = [Result(call_id, tuple(parts), path, name=text_at(message, "name"))]
    return Turn(role, tuple(parts), path, name=text_at(message, "name"))


def content(value: Any, path: Path) -> list[Part]:
    """A text, or a list of parts of several kinds."""
    if isinstance(value, str):
        return [Text(value, path)] if value else []
    if isinstance(value, list):
        return [part(each, (*path, number)) for number, each in enumerate(value)]
    return [] if value is None else [Json(value, path)]


def part(value: Any, path: Path) -> Part:
    """One part of a message's content."""
    kind = text_at(value, "type")
    if kind == "text" and isinstance(at(value, "text"), str):
        return Text(text_at(value, "text"), (*path, "text"))
    if kind == "refusal":
        return Text(text_at(value, "refusal"), (*path, "refusal"), "refusal")
    if kind == "image_url":
        url = ("image_url", "url") if map_at(value, "image_url") else ("image_url",)
        return media.linked("image", text_at(value, *url), (*path, *url))
    if kind == "input_audio":
        form = text_at(value, "input_audio", "format")
        data = text_at(value, "input_audio", "data")
        return media.inline("audio", data, (*path, "input_audio", "data"), type=f"audio/{form}" if form else "")
    return Json(value, path, label=kind)


def call(value: Any, path: Path) -> Call:
    """A tool call; its arguments are JSON inside a text."""
    name, text = text_at(value, "function", "name"), text_at(value, "function", "arguments")
    arguments, problem = arguments_of(text)
    kind = text_at(value, "type") or "function"
    return Call(name, text_at(value, "id"), arguments, text, path, problem, kind)


def arguments_of(text: str) -> tuple[Any, str]:
    """The value that a text of arguments holds, and why it could not be read."""
    try:
        value, is_cut = read_json(text.encode("utf-8", "surrogatepass"))
    except Unreadable as error:
        return None, str(error)
    return (None, "it ends in the middle") if is_cut else (value, "")


def tools(value: Any) -> list[Tool]:
    """The tools that a request offers."""
    found = []
    for number, tool in enumerate(list_at(value, "tools")):
        about = map_at(tool, "function") or map_at(tool)
        name, kind = text_at(about, "name"), text_at(tool, "type") or "function"
        path: Path = ("tools", number)
        found.append(Tool(name or kind, path, text_at(about, "description"), at(about, "parameters"), kind))
    return found


def functions(value: Any) -> list[Tool]:
    """The same in the older form."""
    return [
        Tool(text_at(each, "name"), ("functions", number), text_at(each, "description"), at(each, "parameters"))
        for number, each in enumerate(list_at(value, "functions"))
    ]


def parameters(value: Any, but: tuple[str, ...]) -> tuple[tuple[str, str], ...]:
    """What else a request asks for, in the order in which it stands there."""
    found = []
    for key, each in map_at(value).items():
        if key not in but:
            found.append((key, each if isinstance(each, str) else json_text(each, indent=None)))
    return tuple(found)


def usage(value: Any) -> Usage | None:
    """The usage block of a response."""
    found = map_at(value, "usage")
    if not found:
        return None
    return Usage(
        tokens_in=number_at(found, "prompt_tokens"),
        tokens_out=number_at(found, "completion_tokens"),
        total=number_at(found, "total_tokens"),
        cached_in=number_at(found, "prompt_tokens_details", "cached_tokens"),
        reasoning_out=number_at(found, "completion_tokens_details", "reasoning_tokens"),
        cost=number_at(found, "cost"),
        path=("usage",),
    )


SHAPE = Shape(NAME, request, response)
