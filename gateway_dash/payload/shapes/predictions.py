"""Models with an `input` and an `output`, whatever these are: Replicate, fal, Baseten; the tasks of Hugging Face."""

from __future__ import annotations

from typing import Any

from gateway_dash.payload import brief, media
from gateway_dash.payload.conversation import Finding, Json, Part, Said, Text, Turn, Usage
from gateway_dash.payload.paths import Path
from gateway_dash.payload.values import at, list_at, map_at, number_at, text_at

from . import Hints, Shape
from .openai_chat import parameters
from .pieces import leftovers, others_in

NAME = "Prediction"
PROVIDERS = ("replicate", "fal", "huggingface", "baseten")
STATES = ("starting", "processing", "succeeded", "failed", "canceled", "aborted")
_ENVELOPE = ("id", "status", "error", "metrics", "model", "created_at", "started_at", "completed_at")
WORDS = ("prompt", "text", "inputs", "query")
_ENDINGS: dict[str, media.What] = {
    ".png": "image", ".jpg": "image", ".jpeg": "image", ".webp": "image", ".gif": "image", ".mp3": "audio",
    ".wav": "audio", ".flac": "audio", ".ogg": "audio", ".mp4": "video", ".webm": "video", ".mov": "video",
}  # fmt: skip
_BY_KEY: dict[str, media.What] = {"images": "image", "image": "image", "video": "video", "audio": "audio"}


def request(value: Any, hints: Hints) -> Said | None:
    """An object under `input`, Hugging Face's `inputs`, or for fal a prompt at the top."""
    base: Path = ("input",) if map_at(value, "input") else ()
    if hints.provider not in PROVIDERS and not (base and "version" in map_at(value)):
        return None
    held = map_at(value, *base)
    parts: list[Part] = []
    for key in WORDS:
        if text := text_at(held, key):
            parts.append(Text(text, (*base, key)))
        elif inner := at(held, key):
            parts.append(Json(inner, (*base, key), label=key))
    for key, each in held.items():
        if isinstance(each, str) and key not in WORDS and each.startswith(("http://", "https://", "data:")):
            parts.append(media.linked(_what(each, key), each, (*base, key), name=key))
    if not parts:
        return None
    told = {part.path[-1] for part in parts}
    inner_settings = parameters(held, {*WORDS, *map(str, told)}) if base else ()
    rest = parameters(value, ("input", "model", "version", *map(str, told), *WORDS))
    model = text_at(value, "model") or text_at(value, "version")
    return Said(NAME, (Turn("user", tuple(parts), base),), parameters=(*inner_settings, *rest), model=model)


def response(value: Any, hints: Hints) -> Said | None:
    """An output with a state; fal's lists of media; Hugging Face's list of generated texts."""
    if generated := _generated(value):
        return Said(NAME, (Turn("assistant", generated, ()),))
    state = text_at(value, "status")
    if state in STATES and "output" in map_at(value):
        parts = [*_output(at(value, "output"), ("output",)), *leftovers(value, (*_ENVELOPE, "output"), ())]
        usage, error = _usage(value), at(value, "error")
        turn = Turn("assistant", tuple(parts), ("output",), finish=state)
        model = text_at(value, "model")
        if error is None or state not in ("failed", "aborted"):
            return Said(NAME, (turn,), model=model, usage=usage, finishes=(state,))
        text = error if isinstance(error, str) else "The body says no more."
        found = Finding("provider-error", "err", "The prediction failed", text, "response", ("error",))
        turn = Turn("error", (_told(error, ("error",)), *parts), ("error",), finish=state)
        return Said(NAME, (turn,), model=model, usage=usage, finishes=(state,), findings=(found,), is_error=True)
    parts = [part for key, what in _BY_KEY.items() for part in _linked(at(value, key), (key,), what)]
    if not parts:
        return None
    parts += leftovers(value, (*_BY_KEY, "request_id"), ())
    return Said(NAME, (Turn("assistant", tuple(parts), ()),))


def _generated(value: Any) -> tuple[Part, ...]:
    found = list_at(value) or [value]
    base = isinstance(value, list)
    return tuple(
        Text(text_at(each, key), (number, key) if base else (key,))
        for number, each in enumerate(found[: brief.MOST_PARTS])
        for key in ("generated_text", "summary_text", "translation_text")
        if text_at(each, key)
    )


def _output(value: Any, path: Path) -> list[Part]:
    """Addresses of media, one text, or a text in pieces as Replicate gives those of language models."""
    if isinstance(value, str):
        return [_told(value, path)]
    if isinstance(value, list) and value and all(isinstance(each, str) for each in value):
        if any(each.startswith(("http://", "https://", "data:")) for each in value):
            told = (_told(each, (*path, number)) for number, each in enumerate(value))
            return list(brief.capped(told, len(value), path))
        return [Text("".join(value), path)]
    if isinstance(value, list) and len(value) > 3 and isinstance(value[0], int | float):
        return [brief.numbers(value, path)]
    return [] if value is None else [Json(value, path, label="output")]


def _told(value: Any, path: Path) -> Part:
    if not isinstance(value, str):
        return Json(value, path)
    if value.startswith(("http://", "https://", "data:")):
        return media.linked(_what(value), value, path)
    return Text(value, path)


def _linked(value: Any, path: Path, what: media.What) -> list[Part]:
    """fal's `{"url", "content_type", "width", "height"}`, one or a list of them."""
    if isinstance(value, list):
        return [
            part for number, each in enumerate(value[:100]) for part in _linked(map_at(each), (*path, number), what)
        ]
    url = text_at(value, "url")
    return [media.linked(what, url, (*path, "url"), type=text_at(value, "content_type"))] if url else []


def _what(url: str, key: str = "") -> media.What:
    """What an address leads to, as its ending or the key says."""
    path = url[:2000].partition("?")[0].lower()
    for ending, what in _ENDINGS.items():
        if path.endswith(ending):
            return what
    for what in ("image", "audio", "video"):
        if what in key or path.startswith(f"data:{what}/"):
            return what
    return "file"


def _usage(value: Any) -> Usage | None:
    """The time that the prediction took, and tokens where there are some."""
    found = map_at(value, "metrics")
    if not found:
        return None
    return Usage(
        tokens_in=number_at(found, "input_token_count"),
        tokens_out=number_at(found, "output_token_count"),
        others=others_in(found, (("input_token_count",), ("output_token_count",))),
        path=("metrics",),
    )


SHAPE = Shape(NAME, request, response)
