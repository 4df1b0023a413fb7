"""Log ids in the three forms the live API has used. Nothing may be read from them, so nothing here reads them."""

from random import Random

ULID_LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_chance = Random()


def uuid7(created_ms: int, chance: Random) -> str:
    """A lowercase UUIDv7: since 2026-10-08."""
    bits = chance.getrandbits(74)
    tail = 0x8000_0000_0000_0000 | bits & 0x3FFF_FFFF_FFFF_FFFF
    text = f"{created_ms:012x}7{bits >> 62:03x}{tail:016x}"
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"


def ulid(created_ms: int, chance: Random) -> str:
    """A ULID: before 2026-10-08."""
    bits = created_ms << 80 | chance.getrandbits(80)
    return "".join(ULID_LETTERS[bits >> shift & 31] for shift in range(125, -1, -5))


def hex64(chance: Random) -> str:
    """64 hex digits: recorded once, in August 2026."""
    return f"{chance.getrandbits(256):064x}"


def new(created_ms: int) -> str:
    """An id for a log that came without one."""
    return uuid7(created_ms, _chance)
