"""Signing in behind Cloudflare Access: its assertion in each request, verified."""

from __future__ import annotations

from typing import Any

import jwt
from django.http import HttpRequest

from gateway_dash import upstream
from gateway_dash.gateway.access_keys import ALGORITHMS
from gateway_dash.team.proven import address, door, refusal
from gateway_dash.web.middleware import Answer

HEADER = "Cf-Access-Jwt-Assertion"
SIGN_OUT = "/cdn-cgi/access/logout"  # of this host's own: Access answers there
TOKEN_BYTES = 16 * 1024
LEEWAY_S = 30  # between Cloudflare's clock and ours
REQUIRED = ("exp", "nbf", "iat", "iss", "aud")


def middleware(get_response: Answer) -> Answer:
    """Whoever Access let through is signed in."""
    return door(get_response, proven, elsewhere=SIGN_OUT)


def proven(request: HttpRequest) -> str | None:
    """The mail address that Access proves, None without an assertion; NotLetIn for one that proves nothing."""
    token = request.headers.get(HEADER, "")
    if not token:
        return None
    claims = _verified(token)
    mail = address(claims.get("email"))
    if claims.get("type") != "app" or "common_name" in claims or mail is None:
        raise refusal("the assertion is not one of a person for an application")
    return mail


def _verified(token: str) -> dict[str, Any]:
    """The claims of an assertion that is signed, for this application, and valid now."""
    if len(token) > TOKEN_BYTES:
        raise refusal("the assertion is longer than 16 KB")
    ways = upstream.ways_in()
    try:
        key = _key(token)
        return jwt.decode(
            token,
            key,
            algorithms=[key.algorithm_name],  # the key's own: what the assertion names decides nothing
            issuer=ways.access_issuer,
            audience=ways.access_audience,
            leeway=LEEWAY_S,
            options={"require": list(REQUIRED), "enforce_minimum_key_length": True},
        )
    except jwt.PyJWTError as error:
        raise refusal(f"the assertion is not accepted: {type(error).__name__}") from None


def _key(token: str) -> jwt.PyJWK:
    """The key that the assertion names. Nobody is asked for one that it could not be signed with."""
    head = jwt.get_unverified_header(token)
    name = head.get("kid")
    if head.get("alg") not in ALGORITHMS.values() or not isinstance(name, str):
        raise refusal("the assertion names no key, or another way of signing")
    key = upstream.access_keys().find(name)
    if key is None:
        raise refusal("the assertion names a key that Access does not have")
    return key
