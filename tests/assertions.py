"""What Cloudflare Access sends and publishes: assertions, the keys that sign them, and the address of these."""

from __future__ import annotations

import json
import runpy
import time
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import httpx
import jwt
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from jwt.algorithms import ECAlgorithm, RSAAlgorithm

from gateway_dash import settings as product

AUDIENCE = "0123456789abcdef" * 4
ISSUER = "https://example.cloudflareaccess.com"
CERTS = ISSUER + "/cdn-cgi/access/certs"
HEADER = "Cf-Access-Jwt-Assertion"

Answer = Callable[[httpx.Request], httpx.Response]


@cache
def private(name: str) -> Any:
    """The key of this name, the same one in all tests. Those that begin with "ec" are on a curve."""
    if name.startswith("ec384"):
        return ec.generate_private_key(ec.SECP384R1())
    if name.startswith("ec"):
        return ec.generate_private_key(ec.SECP256R1())
    return rsa.generate_private_key(65537, 2048)


def published(name: str, **other: Any) -> dict[str, Any]:
    """One key as Access publishes it."""
    public = private(name).public_key()
    algorithm = ECAlgorithm if name.startswith("ec") else RSAAlgorithm
    found: dict[str, Any] = algorithm.to_jwk(public, as_dict=True)
    found = {part: value for part, value in found.items() if part != "key_ops"}
    return found | {"kid": name, "use": "sig", "alg": "ES256" if name.startswith("ec") else "RS256"} | other


def claims(**other: Any) -> dict[str, Any]:
    """Of a person whom Access let through a minute ago; what is None is left out."""
    now = int(time.time())
    good = {"aud": [AUDIENCE], "iss": ISSUER, "email": "kim@example.org", "type": "app", "sub": "7335d417",
            "iat": now - 60, "nbf": now - 60, "exp": now + 3600, "country": "DE"}  # fmt: skip
    return {name: value for name, value in (good | other).items() if value is not None}


def assertion(key: str = "one", **other: Any) -> str:
    """An assertion that is in order, but for these claims. Signed as it stands: encode() would refuse odd ones."""
    said = json.dumps(claims(**other)).encode()
    return jwt.PyJWS().encode(said, private(key), "ES256" if key.startswith("ec") else "RS256", {"kid": key})


def headers(key: str = "one", **other: Any) -> dict[str, str]:
    return {HEADER: assertion(key, **other)}


class Certs:
    """The address of the keys: counts who asks, and answers with what it was given."""

    def __init__(self, *names: str) -> None:
        self.asked: list[httpx.Request] = []
        self.answer: Answer = lambda _request: says(*map(published, names))

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(request)
        return self.answer(request)


def says(*keys: dict[str, Any]) -> httpx.Response:
    """As Access answers, and read from the wire only when somebody reads."""
    body = httpx.Response(200, json={"keys": list(keys), "public_cert": {"kid": "one", "cert": "…"}})
    return httpx.Response(200, headers=body.headers, stream=httpx.ByteStream(body.content))


def refuses(request: httpx.Request) -> httpx.Response:
    raise httpx.ConnectError("refused", request=request)


class Clock:
    """Moves when a test says so."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def settings_with(monkeypatch: Any, data_dir: Path, **environ: str) -> dict[str, Any]:
    """Django's settings as they are with these environment variables."""
    for name, value in {"GATEWAY_DASH_DATA_DIR": str(data_dir), **environ}.items():
        monkeypatch.setenv(name, value)
    return runpy.run_path(str(product.__file__))


def start_with(settings: Any, monkeypatch: Any, data_dir: Path, **environ: str) -> None:
    """The product as it starts with these environment variables, for the next client of this test."""
    found = settings_with(monkeypatch, data_dir, **environ)
    for name in ("ENVIRONMENT", "MIDDLEWARE", "AUTHENTICATION_BACKENDS"):
        setattr(settings, name, found[name])
