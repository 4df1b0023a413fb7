"""Pictures, sounds and files in a body: what their first bytes say, without decoding more than those."""

from __future__ import annotations

import base64
import binascii
import io
import re
from typing import Literal

import imagesize

from .conversation import Media
from .paths import Path

type What = Literal["image", "audio", "video", "file"]

HEAD_CHARACTERS = 32_768  # of base64, which are decoded to look at
RASTER_TYPES = ("image/png", "image/jpeg", "image/gif", "image/webp")  # the only ones that a page ever shows
_MAGIC = (
    (re.compile(rb"\x89PNG\r\n\x1a\n"), "image/png"),
    (re.compile(rb"\xff\xd8\xff"), "image/jpeg"),
    (re.compile(rb"GIF8[79]a"), "image/gif"),
    (re.compile(rb"RIFF.{4}WEBP", re.DOTALL), "image/webp"),
    (re.compile(rb"RIFF.{4}WAVE", re.DOTALL), "audio/wav"),
    (re.compile(rb"ID3|\xff[\xfb\xf3\xf2]"), "audio/mpeg"),
    (re.compile(rb"OggS"), "audio/ogg"),
    (re.compile(rb"fLaC"), "audio/flac"),
    (re.compile(rb"%PDF-"), "application/pdf"),
    (re.compile(rb".{4}ftyp", re.DOTALL), "video/mp4"),
    (re.compile(rb"\x1aE\xdf\xa3"), "video/webm"),
)
_DATA_URL = re.compile(r"data:([\w.+-]+/[\w.+-]+)?((?:;[\w=.+-]+)*);base64,", re.IGNORECASE)


def inline(what: What, data: str, path: Path, *, type: str = "", name: str = "") -> Media:
    """Media whose base64 stands at `path`. What its first bytes say counts more than what the body says."""
    head = decoded_head(data)
    size = len(data) * 3 // 4 - data[-2:].count("=")
    width, height = dimensions(head)
    return Media(what, path, type_of(head) or type, size, width, height, data_path=path, name=name)


def linked(what: What, url: str, path: Path, *, type: str = "", name: str = "") -> Media:
    """Media behind an address: a `data:` address is opened, any other stays text."""
    found = _DATA_URL.match(url)
    if found:
        return inline(what, url[found.end() :], path, type=(found[1] or type).lower(), name=name)
    return Media(what, path, type, url=url, name=name)


def data_of(text: str) -> str:
    """The base64 of a text that is it, or a `data:` address with it."""
    found = _DATA_URL.match(text)
    return text[found.end() :] if found else text


def decoded_head(data: str) -> bytes:
    """The first bytes of some base64; as far as it is some."""
    head = data[:HEAD_CHARACTERS].replace("-", "+").replace("_", "/")
    head = head[: len(head) // 4 * 4]
    try:
        return base64.b64decode(head)
    except (binascii.Error, ValueError):
        return b""


def type_of(head: bytes) -> str:
    """The type that the first bytes tell, or nothing."""
    return next((type_ for magic, type_ in _MAGIC if magic.match(head)), "")


def dimensions(head: bytes) -> tuple[int | None, int | None]:
    """Width and height in pixels, where the first bytes of a raster picture say them."""
    if type_of(head) not in RASTER_TYPES:
        return None, None
    try:
        width, height = imagesize.get(io.BytesIO(head))
    except Exception:
        return None, None
    return (int(width), int(height)) if width > 0 and height > 0 else (None, None)
