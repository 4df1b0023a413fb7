"""Who may do what: the tokens of the sandbox, and how the API's front reads credentials."""

import hashlib
import re
from typing import Literal

from .answers import Refusal, bad_header, forbidden, front, unauthenticated

type Permission = Literal["none", "metadata_read", "read", "write"]

TOKENS: dict[str, Permission] = {
    "sandbox-token-none-0000000000000000000000": "none",
    "sandbox-token-metadata-read-1111111111111": "metadata_read",
    "sandbox-token-read-2222222222222222222222": "read",
    "sandbox-token-write-333333333333333333333": "write",
}
RANKS: dict[Permission, int] = {"none": 0, "metadata_read": 1, "read": 2, "write": 3}
WELL_FORMED = re.compile(r"[A-Za-z0-9_-]{20,200}")  # forms and lengths vary in life; only plain nonsense is malformed
EMAIL_AND_KEY = ("HTTP_X_AUTH_EMAIL", "HTTP_X_AUTH_KEY")


def token_in(environ: dict[str, str]) -> str:
    """The well-formed bearer token of a request, or a refusal."""
    credentials = environ.get("HTTP_AUTHORIZATION")
    if credentials is None:
        if any(name in environ for name in EMAIL_AND_KEY):
            raise bad_header(6103, "X-Auth-Key")  # the sandbox knows no keys, so none has the right form
        raise unauthenticated()
    scheme, _, token = credentials.partition(" ")
    if scheme.lower() != "bearer" or not WELL_FORMED.fullmatch(token):
        raise bad_header(6111, "Authorization")
    return token


def permission_of(token: str) -> Permission:
    if token not in TOKENS:
        raise unauthenticated()
    return TOKENS[token]


def demand(has: Permission, needs: Permission) -> None:
    """Go on only if the permission is enough."""
    if RANKS[has] < RANKS[needs]:
        raise forbidden()


def verified(token: str) -> dict[str, str]:
    """What the verify endpoints say of a token."""
    if token not in TOKENS:
        raise invalid_token()
    return {"id": hashlib.md5(token.encode(), usedforsecurity=False).hexdigest(), "status": "active"}


def invalid_token() -> Refusal:
    return front(401, {"code": 1000, "message": "Invalid API Token"})
