"""Speech made from words, and words heard in speech: OpenAI, ElevenLabs, Cartesia, Deepgram."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from gateway_dash.payload import media
from gateway_dash.payload.conversation import Finding, Json, Media, Part, Said, Side, Text, Turn, Usage
from gateway_dash.payload.document import Document
from gateway_dash.payload.forms import MOST_FIELDS, Field, read_form
from gateway_dash.payload.paths import Path
from gateway_dash.payload.values import at, list_at, map_at, number_at, text_at

from . import Hints, Shape
from .google_parts import what_is
from .openai_chat import parameters
from .pieces import leftovers

SPEECH, HEARD, FORM = "Speech", "Transcription", "Form"
WORDS = ("input", "text", "transcript")
PATHS = ("speech", "tts", "audio")
_MORE_FIELDS = Finding(
    "form-not-whole", "info", "Only the first fields were read", f"No more than {MOST_FIELDS} are.", "request"
)
LONGEST_TEXT = 100_000  # bytes of a field of a form that is no file


def request(value: Any, hints: Hints) -> Said | None:
    """The words to speak; or the address of what is to be heard."""
    path = hints.path.lower()
    if url := text_at(value, "url"):
        if hints.provider == "deepgram":
            turn = Turn("user", (media.linked("audio", url, ("url",)),), ())
            return Said(HEARD, (turn,), parameters=parameters(value, ("url",)))
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
            return Said(SPEECH, tuple(turns), parameters=rest, model=model)
    return None


def response(value: Any, hints: Hints) -> Said | None:
    """What was heard, as OpenAI and ElevenLabs or as Deepgram write it; or sound in base64."""
    if channels := list_at(value, "results", "channels"):
        turns = [_channel(each, number, len(channels)) for number, each in enumerate(channels)]
        turns[-1] = replace(turns[-1], parts=(*turns[-1].parts, *leftovers(value, ("results",), ())))
        seconds = number_at(value, "metadata", "duration")
        usage = Usage(others=(("seconds of sound", f"{seconds:g}"),), path=("metadata",)) if seconds else None
        return Said(HEARD, tuple(turns), usage=usage)
    if sound := text_at(value, "audio_base64"):
        parts = (media.inline("audio", sound, ("audio_base64",)), *_around(value, ("audio_base64",)))
        return Said(SPEECH, (Turn("assistant", parts, ()),))
    if not isinstance(at(value, "text"), str) or {"choices", "error", "generation_id"} & set(map_at(value)):
        return None
    is_heard = {"segments", "words", "duration", "language", "language_code", "task"} & set(map_at(value))
    if not is_heard and not (set(map_at(value)) <= {"text", "usage", "logprobs", "x_groq"}):
        return None
    parts = (Text(text_at(value, "text"), ("text",)), *_around(value, ("text", "usage")))
    return Said(HEARD, (Turn("assistant", parts, ()),), usage=_usage(value))


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


# --- bodies that are no JSON ----------------------------------------------------------------------------------------


def document(document: Document, side: Side, hints: Hints) -> Said | None:
    """A form with its fields; bytes of a sound or a picture; a transcription as text."""
    if document.kind == "form":
        return _form(document.data)
    if document.kind == "bytes" and (type_ := media.type_of(document.data[:64])):
        what = what_is(type_)
        width, height = media.dimensions(document.data[: media.HEAD_CHARACTERS])
        part = Media(what, (), type_, len(document.data), width, height, is_cut=document.is_cut)
        role = "user" if side == "request" else "assistant"
        return Said(SPEECH if what == "audio" else "Bytes", (Turn(role, (part,), ()),))
    if document.kind == "text" and side == "response" and "transcription" in hints.path:
        text = document.data.decode("utf-8", "replace")
        return Said(HEARD, (Turn("assistant", (Text(text, (), is_cut=document.is_cut),), ()),))
    return None


def _form(data: bytes) -> Said | None:
    form = read_form(data)
    if not form.fields:
        return None
    parts: list[Part] = []
    settings = []
    for field in form.fields:
        content = data[field.start : field.end]
        if field.file_name or field.type or len(content) > LONGEST_TEXT:
            parts.append(_file(field, content))
        elif field.name in ("prompt", "text", "input"):
            parts.append(Text(content.decode("utf-8", "replace"), (field.name,), is_cut=field.is_cut))
        else:
            settings.append((field.name, content.decode("utf-8", "replace")))
    model = next((value for name, value in settings if name == "model"), "")
    rest = tuple(each for each in settings if each[0] != "model")
    findings = () if form.is_whole else (_MORE_FIELDS,)
    return Said(FORM, (Turn("user", tuple(parts), ()),), parameters=rest, model=model, findings=findings)


def _file(field: Field, content: bytes) -> Media:
    type_ = media.type_of(content[:64]) or field.type
    width, height = media.dimensions(content[: media.HEAD_CHARACTERS])
    name = field.file_name or field.name
    return Media(what_is(type_), (field.name,), type_, len(content), width, height, name=name, is_cut=field.is_cut)


SHAPE = Shape("Audio", request, response, document=document)
