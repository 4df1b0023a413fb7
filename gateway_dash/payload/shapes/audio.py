"""Speech made from words, and words heard in speech: OpenAI, ElevenLabs, Cartesia, Deepgram."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from gateway_dash.payload import media
from gateway_dash.payload.conversation import Json, Part, Said, Side, Text, Turn, Usage
from gateway_dash.payload.document import Document
from gateway_dash.payload.paths import Path
from gateway_dash.payload.values import at, list_at, map_at, number_at, text_at

from . import Hints, Shape
from .openai_chat import parameters
from .pieces import leftovers

NAME = "Audio"
WORDS = ("input", "text", "transcript")
PATHS = ("speech", "tts", "audio")


def request(value: Any, hints: Hints) -> Said | None:
    """The words to speak; or the address of what is to be heard."""
    path = hints.path.lower()
    if url := text_at(value, "url"):
        if hints.provider == "deepgram":
            turn = Turn("user", (media.linked("audio", url, ("url",)),), ())
            return Said(NAME, (turn,), parameters=parameters(value, ("url",)))
        return None
    if not any(word in path for word in PATHS):
        return None
    for key in WORDS:
        if text := text_at(value, key):
            turns = [Turn("user", (Text(text, (key,)),), (key,))]
            if told := text_at(value, "instructions"):
                turns.insert(0, Turn("system", (Text(told, ("instructions",)),), ("instructions",)))
            rest = parameters(value, (key, "model", "model_id", "instructions"))
            model = text_at(value, "model") or text_at(value, "model_id")
            return Said(NAME, tuple(turns), parameters=rest, model=model)
    return None


def response(value: Any, hints: Hints) -> Said | None:
    """What was heard, as OpenAI and ElevenLabs or as Deepgram write it; or sound in base64."""
    if channels := list_at(value, "results", "channels"):
        turns = [_channel(each, number, len(channels)) for number, each in enumerate(channels)]
        turns[-1] = replace(turns[-1], parts=(*turns[-1].parts, *leftovers(value, ("results",), ())))
        seconds = number_at(value, "metadata", "duration")
        usage = Usage(others=(("seconds of sound", f"{seconds:g}"),), path=("metadata",)) if seconds else None
        return Said(NAME, tuple(turns), usage=usage)
    if sound := text_at(value, "audio_base64"):
        parts = (media.inline("audio", sound, ("audio_base64",)), *_around(value, ("audio_base64",)))
        return Said(NAME, (Turn("assistant", parts, ()),))
    if not isinstance(at(value, "text"), str) or {"choices", "error", "generation_id"} & set(map_at(value)):
        return None
    is_heard = {"segments", "words", "duration", "language", "language_code", "task"} & set(map_at(value))
    if not is_heard and not (set(map_at(value)) <= {"text", "usage", "logprobs", "x_groq"}):
        return None
    parts = (Text(text_at(value, "text"), ("text",)), *_around(value, ("text", "usage")))
    return Said(NAME, (Turn("assistant", parts, ()),), usage=_usage(value))


def _channel(value: Any, number: int, many: int) -> Turn:
    """One channel of Deepgram's; the first alternative is the likeliest."""
    path: Path = ("results", "channels", number)
    parts: list[Part] = []
    for place, each in enumerate(list_at(value, "alternatives")):
        base: Path = (*path, "alternatives", place)
        if text := text_at(each, "transcript"):
            parts.append(Text(text, (*base, "transcript")))
        for key in ("words", "paragraphs"):
            if held := at(each, key):
                parts.append(Json(held, (*base, key), label=_counted(held, key)))
    return Turn("assistant", tuple(parts), path, label=f"channel {number + 1}" if many > 1 else "")


def _around(value: Any, told: tuple[str, ...]) -> tuple[Part, ...]:
    """Everything beside the words: segments, words with times, the language."""
    return tuple(
        Json(each, (key,), label=_counted(each, key))
        for key, each in map_at(value).items()
        if key not in told and each not in (None, [], {})
    )


def _counted(value: Any, what: str) -> str:
    return f"{len(value):,} {what}" if isinstance(value, list) else what.replace("_", " ")


def _usage(value: Any) -> Usage | None:
    found = map_at(value, "usage")
    seconds = number_at(found, "seconds") or number_at(value, "duration")
    others = (("seconds of sound", f"{seconds:g}"),) if seconds else ()
    if not found and not others:
        return None
    ins, outs = number_at(found, "input_tokens"), number_at(found, "output_tokens")
    return Usage(ins, outs, number_at(found, "total_tokens"), others=others, path=("usage",) if found else ())


def document(document: Document, side: Side, hints: Hints) -> Said | None:
    """A transcription that was asked for as text."""
    if document.kind != "text" or side != "response" or "transcription" not in hints.path:
        return None
    text = document.data.decode("utf-8", "replace")
    return Said(NAME, (Turn("assistant", (Text(text, (), is_cut=document.is_cut),), ()),))


SHAPE = Shape(NAME, request, response, document=document)
