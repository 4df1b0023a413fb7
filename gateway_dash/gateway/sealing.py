"""Closes what is kept for a while: whoever gets at the files or the shared cache can neither read it nor change it."""

from __future__ import annotations

import hashlib
import hmac
import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

NONCE_BYTES = 12


class Seal:
    """AES-256-GCM with a key of its own for each purpose, made from the dashboard's secret key."""

    def __init__(self, secret: str, purpose: str) -> None:
        made = HKDF(SHA256(), 64, salt=None, info=f"gateway-dash {purpose}".encode()).derive(secret.encode())
        self._cipher, self._naming = AESGCM(made[:32]), made[32:]

    def name(self, *parts: str) -> str:
        """A name under which something can be found by who has the key; it tells nobody else what it is."""
        return hmac.new(self._naming, "\0".join(parts).encode(), hashlib.sha256).hexdigest()[:48]

    def close(self, data: bytes, name: str) -> bytes:
        """The bytes, closed; they open under this name alone, so that none can be put in the place of another."""
        nonce = os.urandom(NONCE_BYTES)
        return nonce + self._cipher.encrypt(nonce, data, name.encode())

    def open(self, closed: bytes, name: str) -> bytes | None:
        """What was closed; None under another key or name, or where a bit of it is not as it was."""
        try:
            return self._cipher.decrypt(closed[:NONCE_BYTES], closed[NONCE_BYTES:], name.encode())
        except (InvalidTag, ValueError):
            return None
