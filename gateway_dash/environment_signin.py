"""How people may sign in, as the operator says it. `environment.py` reads it with the rest, and tells every problem."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

_ISSUER = re.compile(
    r"https://[A-Za-z0-9.-]+(:\d{1,5})?(/(?!\.+(/|\Z))[\w.~-]+)*/?\Z"
    r"|http://(localhost|127\.0\.0\.1|\[::1\])(:\d{1,5})?(/(?!\.+(/|\Z))[\w.~-]+)*/?\Z",
    re.ASCII,
)
_DOMAIN = re.compile(r"[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)+\Z")
_ISSUER_LENGTH = 200  # what the column holds in which an account of a provider names it
SECOND_FACTOR = ("optional", "required")


@dataclass(frozen=True, slots=True)
class Oidc:
    """A provider of OpenID Connect, and whose addresses it may vouch for."""

    url: str  # the issuer
    client_id: str
    client_secret: str
    name: str  # what the button says
    domains: tuple[str, ...]  # of mail addresses, in lower case

    def __repr__(self) -> str:
        return f"Oidc(url={self.url!r}, …)"


def oidc(environ: Mapping[str, str], secret: str | None, problems: list[str]) -> Oidc | None:
    """The provider, or None where none is set. Half of one is a problem."""
    url = _text(environ, "GATEWAY_DASH_OIDC_URL")
    client_id = _text(environ, "GATEWAY_DASH_OIDC_CLIENT_ID")
    name = _text(environ, "GATEWAY_DASH_OIDC_NAME")
    domains = _domains(_text(environ, "GATEWAY_DASH_OIDC_DOMAINS"), problems)
    if not url:
        if client_id or name or domains or secret:
            problems.append("GATEWAY_DASH_OIDC_… is set, but not GATEWAY_DASH_OIDC_URL, the issuer.")
        return None
    if not _ISSUER.match(url) or len(url) > _ISSUER_LENGTH:
        problems.append(
            "GATEWAY_DASH_OIDC_URL must be the issuer, as https://login.example.com/realm; http on loopback only."
        )
    for variable, value in (
        ("GATEWAY_DASH_OIDC_CLIENT_ID", client_id),
        ("GATEWAY_DASH_OIDC_CLIENT_SECRET (or GATEWAY_DASH_OIDC_CLIENT_SECRET_FILE)", secret),
        ("GATEWAY_DASH_OIDC_DOMAINS, the mail domains that may sign in,", domains),
    ):
        if not value:
            problems.append(f"GATEWAY_DASH_OIDC_URL is set, but {variable} is not.")
    return Oidc(url.rstrip("/"), client_id, secret or "", name[:40] or "OpenID Connect", domains)


def _domains(text: str, problems: list[str]) -> tuple[str, ...]:
    found = tuple(each.strip().lower() for each in text.split(",") if each.strip())
    if not all(_DOMAIN.match(each) for each in found):
        problems.append(
            "GATEWAY_DASH_OIDC_DOMAINS takes mail domains with commas between, as example.com: no “@”, no “*”."
        )
    return found


def _text(environ: Mapping[str, str], name: str) -> str:
    return environ.get(name, "").strip()


def providers(found: Oidc | None) -> dict[str, object]:
    """The provider as allauth wants it. Its id is the issuer, so that nobody of another one is taken for its people."""
    if found is None:
        return {}
    settings = {"server_url": found.url, "domains": list(found.domains), "oauth_pkce_enabled": True}
    app = {"provider_id": found.url, "name": found.name, "client_id": found.client_id, "secret": found.client_secret}
    return {"oidc": {"APPS": [{**app, "settings": settings}]}}
