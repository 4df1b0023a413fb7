"""How people may sign in besides by password: what the operator says about it, checked."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

SECRET_HEADER = "X-Gateway-Dash-Proxy-Secret"  # noqa: S105 - its name, and no secret
_TEAM = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\Z", re.ASCII)
_AUDIENCE = re.compile(r"[0-9a-f]{64}\Z", re.ASCII)
# With an underscore it would be the same variable for WSGI as with a hyphen, and a visitor may send the other one.
_HEADER = re.compile(r"(?=.{1,64}\Z)[A-Za-z][A-Za-z0-9]*(?:-[A-Za-z0-9]+)*\Z", re.ASCII)
_SECRET = re.compile(r"[!-~]{32,}\Z", re.ASCII)
# What visitors and proxies send for other purposes.
_TAKEN = {SECRET_HEADER.lower(), "host", "cookie", "authorization", "content-type", "content-length", "user-agent"}
_TAKEN |= {"referer", "origin", "forwarded", "x-forwarded-for", "x-forwarded-host", "x-forwarded-proto"}


@dataclass(frozen=True, slots=True)
class WaysIn:
    """The ways that are open. Empty texts: not this one. Of Access and a proxy one at most."""

    password: bool = True
    has_provider: bool = False  # of OpenID Connect: environment_signin.py
    access_team: str = ""  # "example" of https://example.cloudflareaccess.com
    access_audience: str = ""
    proxy_header: str = ""  # in which the proxy names a person by their mail address
    proxy_secret: str = field(default="", repr=False)

    @property
    def access_issuer(self) -> str:
        """Who signs assertions, and where their keys are."""
        return f"https://{self.access_team}.cloudflareaccess.com"

    @property
    def middleware(self) -> list[str]:
        """What signs people in who were authenticated in front of us."""
        if self.access_team:
            return ["gateway_dash.team.access.middleware"]
        return ["gateway_dash.team.proxy.middleware"] if self.proxy_header else []

    @property
    def backends(self) -> list[str]:
        """Whose sessions count: those of a way that was closed end at once."""
        own = ["django.contrib.auth.backends.ModelBackend"] if self.password or self.has_provider else []
        return own + (["gateway_dash.team.proven.Proven"] if self.middleware else [])


def read(
    environ: Mapping[str, str], *, password: bool, has_provider: bool, proxy_secret: str | None, problems: list[str]
) -> WaysIn:
    """The ways in; adds to the problems what is wrong with them."""
    team = environ.get("GATEWAY_DASH_ACCESS_TEAM", "").strip()
    audience = environ.get("GATEWAY_DASH_ACCESS_AUDIENCE", "").strip()
    header = environ.get("GATEWAY_DASH_PROXY_USER_HEADER", "").strip()
    is_secret_set = bool(proxy_secret or environ.get("GATEWAY_DASH_PROXY_SECRET_FILE"))
    _check_access(team, audience, problems)
    _check_proxy(header, is_secret_set, proxy_secret, problems)
    by_access, by_proxy = bool(team or audience), bool(header or is_secret_set)
    if by_access and by_proxy:
        problems.append("GATEWAY_DASH_ACCESS_… and GATEWAY_DASH_PROXY_… are both set: people come in by one of them.")
    if not (password or has_provider or by_access or by_proxy):
        problems.append(
            "GATEWAY_DASH_PASSWORD_SIGN_IN is off, and there is no other way in: set GATEWAY_DASH_OIDC_URL, "
            "GATEWAY_DASH_ACCESS_TEAM or GATEWAY_DASH_PROXY_USER_HEADER too."
        )
    return WaysIn(password, has_provider, team, audience, header, proxy_secret or "")


def _check_access(team: str, audience: str, problems: list[str]) -> None:
    if team and not audience:
        problems.append("GATEWAY_DASH_ACCESS_TEAM is set, but not GATEWAY_DASH_ACCESS_AUDIENCE.")
    if audience and not team:
        problems.append("GATEWAY_DASH_ACCESS_AUDIENCE is set, but not GATEWAY_DASH_ACCESS_TEAM.")
    if team and not _TEAM.match(team):
        problems.append(
            "GATEWAY_DASH_ACCESS_TEAM takes the team's name alone, as “example” for "
            "https://example.cloudflareaccess.com: small letters, digits and “-”."
        )
    if audience and not _AUDIENCE.match(audience):
        problems.append("GATEWAY_DASH_ACCESS_AUDIENCE takes the application's AUD tag: 64 digits and letters a to f.")


def _check_proxy(header: str, is_secret_set: bool, secret: str | None, problems: list[str]) -> None:
    if header and not is_secret_set:
        problems.append(
            "GATEWAY_DASH_PROXY_USER_HEADER is set, but not GATEWAY_DASH_PROXY_SECRET (or "
            "GATEWAY_DASH_PROXY_SECRET_FILE)."
        )
    if is_secret_set and not header:
        problems.append("GATEWAY_DASH_PROXY_SECRET is set, but not GATEWAY_DASH_PROXY_USER_HEADER.")
    if header and (not _HEADER.match(header) or header.lower() in _TAKEN):
        problems.append(
            "GATEWAY_DASH_PROXY_USER_HEADER takes the name of a header for this alone, as X-Forwarded-Email: letters, "
            "digits and “-”, no “_”."
        )
    if secret and not _SECRET.match(secret):
        problems.append("GATEWAY_DASH_PROXY_SECRET takes at least 32 characters: ASCII, no blanks.")
