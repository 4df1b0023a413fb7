"""Pictures made from words: OpenAI's images, Imagen of Google, Stability and Titan of Bedrock, Ideogram."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from gateway_dash.payload import media
from gateway_dash.payload.conversation import Json, Part, Said, Text, Turn, Usage
from gateway_dash.payload.paths import Path
from gateway_dash.payload.values import at, list_at, map_at, number_at, text_at

from . import Hints, Shape
from .openai_chat import parameters
from .pieces import leftovers

NAME = "Images"
PATHS = ("image", "imagen", "ideogram", "firefly", "stability", "stable-diffusion", "canvas", "dall-e")
_ENVELOPE = ("created", "model", "usage", "id", "object")
PROMPTS: tuple[Path, ...] = (
    ("prompt",), ("instances", 0, "prompt"), ("textToImageParams", "text"), ("image_request", "prompt"),
)  # fmt: skip


def request(value: Any, hints: Hints) -> Said | None:
    """A prompt, where the path or the model speaks of pictures."""
    told = f"{hints.path} {hints.model} {text_at(value, 'model')}".lower()
    if "messages" in map_at(value) or not any(word in told for word in PATHS):
        return None
    if weighted := list_at(value, "text_prompts"):  # Stability
        parts = tuple(
            Text(text_at(each, "text"), ("text_prompts", number, "text"))
            for number, each in enumerate(weighted)
            if text_at(each, "text")
        )
        return _request(value, parts, "text_prompts")
    for path in PROMPTS:
        if text := text_at(value, *path):
            found: list[Part] = [Text(text, path)]
            for key in ("image", "mask"):
                if isinstance(held := at(value, key), str):
                    found.append(_picture(held, (key,)))
            return _request(value, tuple(found), str(path[0]))
    return None


def _request(value: Any, parts: tuple[Part, ...], key: str) -> Said:
    rest = parameters(value, (key, "model", "image", "mask"))
    return Said(NAME, (Turn("user", parts, ()),), parameters=rest, model=text_at(value, "model"))


def response(value: Any, hints: Hints) -> Said | None:
    """Pictures as base64 or as addresses, with the words that the prompt was changed to."""
    for holder, keys in (
        ("data", ("b64_json", "url")),
        ("predictions", ("bytesBase64Encoded", "gcsUri")),
        ("artifacts", ("base64",)),
    ):
        found = list_at(value, holder)
        if any(text_at(each, key) for each in found for key in keys):
            turns = [_turn(each, (holder, number), keys, len(found)) for number, each in enumerate(found)]
            turns[-1] = replace(turns[-1], parts=(*turns[-1].parts, *leftovers(value, (*_ENVELOPE, holder), ())))
            return Said(NAME, tuple(turns), model=text_at(value, "model"), usage=usage(value))
    held = list_at(value, "images")
    if held and all(isinstance(each, str) for each in held):
        parts = tuple(_picture(each, ("images", number)) for number, each in enumerate(held))
        return Said(NAME, (Turn("assistant", parts, ("images",)),), usage=usage(value))
    return None


def _turn(value: Any, path: Path, keys: tuple[str, ...], many: int) -> Turn:
    type_ = text_at(value, "mimeType")
    parts: list[Part] = [_picture(text_at(value, key), (*path, key), type_) for key in keys if text_at(value, key)]
    for key in ("revised_prompt", "prompt"):
        if text := text_at(value, key):
            parts.append(Text(text, (*path, key)))
    parts += leftovers(value, (*keys, "revised_prompt", "prompt", "mimeType", "finishReason", "seed"), path)
    label = f"picture {number + 1}" if many > 1 and isinstance(number := path[-1], int) else ""
    finish = text_at(value, "finishReason")
    return Turn("assistant", tuple(parts) or (Json(value, path),), path, finish=finish, label=label)


def _picture(text: str, path: Path, type_: str = "") -> Part:
    if text.startswith(("http://", "https://", "data:", "gs://")):
        return media.linked("image", text, path, type=type_)
    return media.inline("image", text, path, type=type_)


def usage(value: Any) -> Usage | None:
    """The tokens of newer models."""
    found = map_at(value, "usage")
    if not found:
        return None
    details = map_at(found, "input_tokens_details")
    return Usage(
        tokens_in=number_at(found, "input_tokens"),
        tokens_out=number_at(found, "output_tokens"),
        total=number_at(found, "total_tokens"),
        others=tuple(
            (f"{name.replace('_', ' ')} in", str(each)) for name in details if (each := number_at(details, name))
        ),
        path=("usage",),
    )


SHAPE = Shape(NAME, request, response)
