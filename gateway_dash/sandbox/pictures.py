"""A real picture: a small PNG that every viewer shows, painted by arithmetic."""

import base64
import struct
import zlib
from functools import lru_cache

WIDTH, HEIGHT, HORIZON = 320, 200, 130
SUN = (230, 60, 22)  # across, down, radius


@lru_cache(maxsize=4)
def sunset(number: int = 0) -> str:
    """The sea at dusk as base64 of a PNG; the number moves the sun."""
    rows = b"".join(b"\0" + b"".join(_pixel(x, y, number % 120) for x in range(WIDTH)) for y in range(HEIGHT))
    head = struct.pack(">IIBBBBB", WIDTH, HEIGHT, 8, 2, 0, 0, 0)
    chunks = _chunk(b"IHDR", head) + _chunk(b"IDAT", zlib.compress(rows, 6)) + _chunk(b"IEND", b"")
    return base64.b64encode(b"\x89PNG\r\n\x1a\n" + chunks).decode("ascii")


def _pixel(x: int, y: int, moved: int) -> bytes:
    across, down, radius = SUN
    if y < HORIZON and (x - across + moved) ** 2 + (y - down) ** 2 < radius**2:
        return bytes((255, 236, 170))
    if y < HORIZON:
        share = y * 100 // HORIZON
        return bytes((70 + share * 17 // 10, 60 + share, 130 - share // 2))
    wave = 18 if (x // 9 + y // 4) % 3 == 0 else 0
    return bytes((24 + wave, 60 + wave, 96 + wave))


def _chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))
