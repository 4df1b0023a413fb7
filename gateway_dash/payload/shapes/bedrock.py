"""Amazon Bedrock: the Converse API, Nova, and the older bodies of Titan, Llama and Mistral."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from gateway_dash.payload import media
from gateway_dash.payload.conversation import Call, Json, Media, Part, Result, Said, Text, Tool, Turn, Usage
from gateway_dash.payload.paths import Path
from gateway_dash.payload.values import at, json_text, list_at, map_at, number_at, text_at

from . import Hints, Shape, bedrock_invoke, bedrock_stream
from .openai_chat import parameters

NAME = bedrock_invoke.NAME
MARKS = ("inferenceConfig", "toolConfig", "schemaVersion", "additionalModelRequestFields", "guardrailConfig")
NOT_PARAMETERS = ("messages", "system", "toolConfig", "inferenceConfig", "modelId")
WHAT: dict[str, media.What] = {"image": "image", "video": "video", "document": "file", "audio": "audio"}


def request(value: Any, hints: Hints) -> Said | None:
    """Messages whose blocks are named by their only key; or the body of one of Amazon's older forms."""
    messages = list_at(value, "messages")
    if not messages:
        return bedrock_invoke.request(value, hints)
    if not _is_converse(value, messages, hints):
        return None
    system = tuple(
        part for number, each in enumerate(list_at(value, "system")) for part in block(each, ("system", number))
    )
    turns = [turn(each, ("messages", number)) for number, each in enumerate(messages)]
    if system:
        turns.insert(0, Turn("system", system, ("system",)))
    settings = (*parameters(map_at(value, "inferenceConfig"), ()), *parameters(value, NOT_PARAMETERS))
    return Said(NAME, tuple(turns), tuple(tools(value)), settings, model=text_at(value, "modelId"))


def _is_converse(value: Any, messages: list[Any], hints: Hints) -> bool:
    if any(key in map_at(value) for key in MARKS) or "/converse" in hints.path:
        return True
    blocks = [each for message in messages for each in list_at(message, "content")]
    return bool(blocks) and all(set(map_at(each)) & set(_READERS) and "type" not in map_at(each) for each in blocks)


def response(value: Any, hints: Hints) -> Said | None:
    """A message in `output`; or the answer of one of the older forms."""
    message = map_at(value, "output", "message")
    if not list_at(message, "content"):
        return bedrock_invoke.response(value, hints)
    finish = text_at(value, "stopReason")
    said = turn(message, ("output", "message"))
    notes = tuple(Json(at(value, key), (key,), label=key) for key in ("trace",) if at(value, key))
    return Said(
        NAME,
        (Turn(said.role, (*said.parts, *notes), said.path, finish=finish),),
        usage=usage(value),
        finishes=(finish,) if finish else (),
    )


def turn(value: Any, path: Path) -> Turn:
    """One message with all its blocks."""
    found: list[Part] = []
    for number, each in enumerate(list_at(value, "content")):
        found += block(each, (*path, "content", number))
    if text := text_at(value, "content"):
        found.append(Text(text, (*path, "content")))
    role = text_at(value, "role") or "unknown"
    is_tool = bool(found) and all(isinstance(each, Result) for each in found)
    return Turn("tool" if is_tool else role, tuple(found), path)


def block(value: Any, path: Path) -> list[Part]:
    """One block: its only key says what it is."""
    for key, reader in _READERS.items():
        if key in map_at(value):
            return reader(at(value, key), (*path, key))
    return [Json(value, path, label=next(iter(map_at(value)), ""))]


def _text(value: Any, path: Path) -> list[Part]:
    return [Text(value, path)] if isinstance(value, str) and value else []


def _thought(value: Any, path: Path) -> list[Part]:
    text = text_at(value, "reasoningText", "text")
    return [Text(text, (*path, "reasoningText", "text"), "reasoning")] if text else [Json(value, path, "reasoning")]


def _call(value: Any, path: Path) -> list[Part]:
    arguments = at(value, "input")
    text = arguments if isinstance(arguments, str) else json_text(arguments, indent=None)
    problem = "the arguments are a text" if isinstance(arguments, str) else ""
    held = None if problem else arguments
    return [Call(text_at(value, "name"), text_at(value, "toolUseId"), held, text, path, problem)]


def _result(value: Any, path: Path) -> list[Part]:
    found: list[Part] = []
    for number, each in enumerate(list_at(value, "content")):
        place: Path = (*path, "content", number)
        if "json" in map_at(each):
            found.append(Json(at(each, "json"), (*place, "json")))
        elif "toolResult" not in map_at(each):  # a result in a result is no form of Bedrock's
            found += block(each, place)
    return [Result(text_at(value, "toolUseId"), tuple(found), path, is_error=text_at(value, "status") == "error")]


def _media(key: str, value: Any, path: Path) -> list[Part]:
    form, name, data = text_at(value, "format"), text_at(value, "name"), text_at(value, "source", "bytes")
    what = WHAT[key]
    type_ = f"{'application' if what == 'file' else what}/{form}" if form else ""
    if data:
        return [media.inline(what, data, (*path, "source", "bytes"), type=type_, name=name)]
    if uri := text_at(value, "source", "s3Location", "uri"):
        return [Media(what, (*path, "source", "s3Location", "uri"), type_, url=uri, name=name)]
    return [Json(value, path, label=key)]


_READERS: dict[str, Callable[[Any, Path], list[Part]]] = {
    "text": _text,
    "toolUse": _call,
    "toolResult": _result,
    "reasoningContent": _thought,
    **{key: partial(_media, key) for key in WHAT},
}


def tools(value: Any) -> list[Tool]:
    """The tools of `toolConfig`."""
    found = []
    for number, each in enumerate(list_at(value, "toolConfig", "tools")):
        about, path = map_at(each, "toolSpec"), ("toolConfig", "tools", number)
        if about:
            schema = at(about, "inputSchema", "json")
            found.append(Tool(text_at(about, "name"), path, text_at(about, "description"), schema))
        else:
            found.append(Tool(text_at(each, "systemTool", "name") or next(iter(map_at(each)), ""), path, kind="system"))
    return found


def usage(value: Any) -> Usage | None:
    """The usage block. Its input leaves out what came from a cache or went into one, so these are added."""
    found = map_at(value, "usage")
    if not found:
        return None
    fresh, cached = number_at(found, "inputTokens"), number_at(found, "cacheReadInputTokens")
    written = number_at(found, "cacheWriteInputTokens")
    latency = number_at(value, "metrics", "latencyMs")
    return Usage(
        tokens_in=None if fresh is None else fresh + (cached or 0) + (written or 0),
        tokens_out=number_at(found, "outputTokens"),
        total=number_at(found, "totalTokens"),
        cached_in=cached,
        cache_written_in=written,
        others=() if latency is None else (("latency in ms", f"{latency:g}"),),
        path=("usage",),
    )


SHAPE = Shape(NAME, request, response, bedrock_stream.assemble)
