"""Google's Gemini, of AI Studio and of Vertex: contents that have parts, answers that are candidates."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from gateway_dash.payload.conversation import Finding, Json, Part, Result, Said, Text, Tool, Turn, Usage
from gateway_dash.payload.paths import Path
from gateway_dash.payload.values import at, list_at, map_at, number_at, text_at

from . import Hints, Shape, google_parts, google_stream
from .google_parts import key_of
from .openai_chat import parameters
from .pieces import error_found, leftovers

NAME = "Google Gemini"
NOT_PARAMETERS = ("contents", "model", "tools", "systemInstruction", "system_instruction")
BLOCKED = {
    "SAFETY": "The answer was stopped because a safety filter found it harmful.",
    "IMAGE_SAFETY": "The picture was held back because a safety filter found it harmful.",
    "RECITATION": "The answer was stopped because it repeats a known text too closely.",
    "BLOCKLIST": "The answer was stopped because it holds a word from the block list.",
    "PROHIBITED_CONTENT": "The answer was stopped because it may hold prohibited content.",
    "SPII": "The answer was stopped because it may hold sensitive personal data.",
    "LANGUAGE": "The answer was stopped because it is in a language that is not supported.",
    "MALFORMED_FUNCTION_CALL": "The model called a function in a form that cannot be read.",
    "UNEXPECTED_TOOL_CALL": "The model called a tool though the request offers none.",
    "OTHER": "The answer was stopped; Google does not say why.",
}
_IN_CANDIDATE = ("content", "finishReason", "finish_reason", "index", "avgLogprobs", "finishMessage", "finish_message")
_ENVELOPE = (
    "candidates", "usageMetadata", "usage_metadata", "modelVersion", "model_version", "responseId", "response_id",
    "createTime", "create_time", "error",
)  # fmt: skip


def request(value: Any, hints: Hints) -> Said | None:
    """A list of contents with parts."""
    contents = list_at(value, "contents")
    if not any(list_at(each, "parts") for each in contents):
        return None
    system = key_of(value, "systemInstruction")
    turns = [turn(each, ("contents", number)) for number, each in enumerate(contents)]
    if at(value, system) is not None:
        turns.insert(0, replace(turn(at(value, system), (system,)), role="system"))
    return Said(NAME, tuple(turns), tuple(tools(value)), parameters=_parameters(value), model=text_at(value, "model"))


def response(value: Any, hints: Hints) -> Said | None:
    """A list of candidates, or the reason why there are none."""
    candidates = list_at(value, "candidates")
    feedback = key_of(value, "promptFeedback")
    if not any(map_at(each) for each in candidates) and not map_at(value, feedback):
        return None
    turns, findings = [], [*_prompt_findings(value, feedback)]
    for number, candidate in enumerate(candidates):
        path: Path = ("candidates", number)
        finish = text_at(candidate, key_of(candidate, "finishReason"))
        said = turn(map_at(candidate, "content"), (*path, "content"), "assistant")
        label = f"choice {number + 1}" if len(candidates) > 1 else ""
        turns.append(replace(said, parts=(*said.parts, *_notes(candidate, path)), finish=finish, label=label))
        findings += _answer_findings(candidate, path, finish)
    turns += _around(value, feedback)
    findings += [error_found(at(value, "error"), ("error",))] if map_at(value, "error") else []
    return Said(
        NAME,
        tuple(turns),
        model=text_at(value, key_of(value, "modelVersion")),
        usage=usage(value),
        finishes=tuple(each.finish for each in turns if each.finish),
        findings=tuple(findings),
        is_error=not candidates,
    )


def _around(value: Any, feedback: str) -> list[Turn]:
    """What is said about the prompt, and an error that came in the middle of a stream."""
    found = []
    notes = leftovers(value, _ENVELOPE, ())
    if notes:
        found.append(Turn("error" if text_at(value, feedback, "blockReason") else "note", tuple(notes), ()))
    if message := text_at(value, "error", "message"):
        rest = leftovers(at(value, "error"), ("message", "code"), ("error",))
        found.append(Turn("error", (Text(message, ("error", "message")), *rest), ("error",)))
    return found


def turn(value: Any, path: Path, role: str = "user") -> Turn:
    """One content with all its parts; what functions gave back is a tool's turn, whatever Google calls it."""
    if isinstance(value, str):
        return Turn(role, tuple(google_parts.part({"text": value}, path, ())), path)
    found: list[Part] = []
    for number, each in enumerate(list_at(value, "parts")):
        found += google_parts.part(each, (*path, "parts", number))
    role = text_at(value, "role") or role
    if found and all(isinstance(each, Result) for each in found) and role in ("user", "function"):
        role = "tool"
    return Turn("assistant" if role == "model" else role, tuple(found), path)


def tools(value: Any) -> list[Tool]:
    """Declared functions, and the tools of Google itself."""
    found = []
    for number, tool in enumerate(list_at(value, "tools")):
        for key, held in map_at(tool).items():
            path: Path = ("tools", number, key)
            if key in ("functionDeclarations", "function_declarations"):
                found += [_function(each, (*path, place)) for place, each in enumerate(list_at(held))]
            else:
                found.append(Tool(key, path, kind=key))
    return found


def _function(value: Any, path: Path) -> Tool:
    schema = at(value, key_of(value, "parametersJsonSchema"))
    if schema is None:
        schema = google_parts.plain_schema(at(value, "parameters"))
    return Tool(text_at(value, "name"), path, text_at(value, "description"), schema)


def _parameters(value: Any) -> tuple[tuple[str, str], ...]:
    """The generation's settings by their own names, and what else is asked for."""
    config = key_of(value, "generationConfig")
    return (*parameters(map_at(value, config), ()), *parameters(value, (*NOT_PARAMETERS, config)))


def _notes(candidate: Any, path: Path) -> list[Part]:
    """What Google says about an answer: its sources first, then all else."""
    found: list[Part] = []
    for name in ("groundingMetadata", "citationMetadata", "urlContextMetadata"):
        key = key_of(candidate, name)
        if held := at(candidate, key):
            found.append(Json(held, (*path, key), label=name))
    return found + leftovers(candidate, (*_IN_CANDIDATE, *(str(part.path[-1]) for part in found)), path)


def _answer_findings(candidate: Any, path: Path, finish: str) -> list[Finding]:
    if finish not in BLOCKED:
        return []
    key = key_of(candidate, "finishReason")
    told = text_at(candidate, key_of(candidate, "finishMessage"))
    text = f"{BLOCKED[finish]} {told}".strip()
    return [Finding("answer-blocked", "err", f"Google stopped the answer: {finish}", text, "response", (*path, key))]


def _prompt_findings(value: Any, feedback: str) -> list[Finding]:
    about = map_at(value, feedback)
    key = key_of(about, "blockReason")
    reason = text_at(about, key)
    if not reason:
        return []
    text = text_at(about, key_of(about, "blockReasonMessage")) or "There is no answer, because the prompt was refused."
    return [Finding("prompt-blocked", "err", f"Google blocked the prompt: {reason}", text, "response", (feedback, key))]


def usage(value: Any) -> Usage | None:
    """The usage block; what was thought comes on top of what was said."""
    key = key_of(value, "usageMetadata")
    found = map_at(value, key)
    if not found:
        return None
    count = {name: number_at(found, key_of(found, name)) for name in google_parts.COUNTS}
    said, thought = count["candidatesTokenCount"], count["thoughtsTokenCount"]
    return Usage(
        tokens_in=count["promptTokenCount"],
        tokens_out=None if said is None and thought is None else (said or 0) + (thought or 0),
        total=count["totalTokenCount"],
        cached_in=count["cachedContentTokenCount"],
        reasoning_out=thought,
        others=tuple(google_parts.details(found)),
        path=(key,),
    )


SHAPE = Shape(NAME, request, response, google_stream.assemble)
