"""OpenAI's chat completions, and all who speak like them: Azure, Groq, Mistral, DeepSeek, Grok, OpenRouter, compat."""

from __future__ import annotations

from typing import Any

from gateway_dash.payload.conversation import Finding, Part, Result, Said, Text, Tool, Turn
from gateway_dash.payload.paths import Path
from gateway_dash.payload.values import at, list_at, map_at, text_at

from . import Hints, Shape
from .openai_parts import audio, calls, content, reasoning
from .openai_stream import assemble
from .openai_usage import usage
from .pieces import arguments_of, error_found, leftovers, parameters

# What others who speak like it use of it.
__all__ = ["SHAPE", "arguments_of", "content", "filtered", "functions", "parameters", "tools", "turn", "usage"]

NAME = "OpenAI chat"
NOT_PARAMETERS = ("messages", "tools", "functions", "model")
_IN_MESSAGE = frozenset(
    {"role", "name", "content", "refusal", "audio", "images", "tool_calls", "function_call", "tool_call_id"}
    | {"reasoning", "reasoning_content", "reasoning_details"}
)
_IN_CHOICE = frozenset({"index", "message", "delta", "finish_reason", "native_finish_reason"})
_ENVELOPE = frozenset(
    {"id", "object", "created", "model", "choices", "usage", "system_fingerprint", "service_tier", "provider"}
    | {"x_groq", "prompt_filter_results"}
)


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
    turns = [_choice(choice, number, len(choices)) for number, choice in enumerate(choices)]
    around = leftovers(value, _ENVELOPE, ())  # Perplexity's sources and others of the answer as a whole
    if around:
        last = turns[-1]
        turns[-1] = Turn(last.role, (*last.parts, *around), last.path, last.name, last.finish, last.label)
    return Said(
        NAME,
        tuple(turns),
        model=text_at(value, "model"),
        usage=usage(value),
        finishes=tuple(each.finish for each in turns if each.finish),
        findings=tuple(findings(value)),
    )


def _choice(choice: Any, number: int, many: int) -> Turn:
    path: Path = ("choices", number, "message")
    said = turn(map_at(choice, "message"), path)
    parts = (*said.parts, *leftovers(choice, _IN_CHOICE, path[:2]))
    label = f"choice {number + 1}" if many > 1 else ""
    return Turn(said.role, parts, path, finish=text_at(choice, "finish_reason"), label=label)


def turn(message: Any, path: Path) -> Turn:
    """One message, with everything that it holds."""
    role = text_at(message, "role") or "unknown"
    parts: list[Part] = reasoning(message, path)
    parts += content(at(message, "content"), (*path, "content"))
    if refusal := text_at(message, "refusal"):
        parts.append(Text(refusal, (*path, "refusal"), "refusal"))
    parts += audio(message, path)
    parts += content(list_at(message, "images"), (*path, "images"))  # OpenRouter's models that draw
    parts += calls(message, path)
    parts += leftovers(message, _IN_MESSAGE, path)
    if role in ("tool", "function"):
        call_id = text_at(message, "tool_call_id")
        parts = [Result(call_id, tuple(parts), path, name=text_at(message, "name"))]
    return Turn(role, tuple(parts), path, name=text_at(message, "name"))


def tools(value: Any) -> list[Tool]:
    """The tools that a request offers."""
    found = []
    for number, tool in enumerate(list_at(value, "tools")):
        kind = text_at(tool, "type") or "function"
        about = map_at(tool, "function") or map_at(tool, kind) or map_at(tool)
        schema = at(about, "parameters")
        name = text_at(about, "name")
        found.append(Tool(name or kind, ("tools", number), text_at(about, "description"), schema, kind))
    return found


def functions(value: Any) -> list[Tool]:
    """The same in the older form."""
    return [
        Tool(text_at(each, "name"), ("functions", number), text_at(each, "description"), at(each, "parameters"))
        for number, each in enumerate(list_at(value, "functions"))
    ]


def findings(value: Any) -> list[Finding]:
    """What was filtered, and errors that stand beside an answer."""
    found = []
    for number, each in enumerate(list_at(value, "prompt_filter_results")):
        path: Path = ("prompt_filter_results", number, "content_filter_results")
        found += filtered(map_at(each, "content_filter_results"), "The prompt was filtered", path)
    for number, choice in enumerate(list_at(value, "choices")):
        path = ("choices", number)
        results = map_at(choice, "content_filter_results")
        told = filtered(results, "The answer was filtered", (*path, "content_filter_results"))
        if not told and text_at(choice, "finish_reason") == "content_filter":
            text = "It stopped with content_filter; the body does not say which filter."
            told = [Finding("content-filter", "warn", "The answer was filtered", text, "response", path)]
        found += told
        if map_at(choice, "error"):
            found.append(error_found(at(choice, "error"), (*path, "error")))
    if at(value, "error"):
        found.append(error_found(at(value, "error"), ("error",)))
    return found


def filtered(results: dict[str, Any], title: str, path: Path) -> list[Finding]:
    """Azure's filters that took something away."""
    hits = []
    for name, each in results.items():
        if at(each, "filtered") is True:
            severity = text_at(each, "severity")
            hits.append(f"{name} ({severity})" if severity else name)
    return [Finding("content-filter", "warn", title, ", ".join(hits), "response", path)] if hits else []


SHAPE = Shape(NAME, request, response, assemble)
