"""The addresses among the settings: of the upstream, the database, the store of files, and the dashboard itself."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

CLOUDFLARE = "https://api.cloudflare.com/client/v4"
LOOPBACK = ("localhost", "127.0.0.1", "[::1]")
_PLAIN = re.compile(r"(https?)://([A-Za-z0-9.-]+|\[::1\])(:\d{1,5})?(/(?!\.+(/|\Z))[\w.~-]+)*/?\Z", re.ASCII)
_SITE = re.compile(r"(https?)://([A-Za-z0-9.-]+|\[::1\])(:\d{1,5})?/?\Z", re.ASCII)
_CACHE = re.compile(
    r"(redis|valkey)s?://([^\s/@]*@)?([A-Za-z0-9.-]+|\[[0-9a-f:]+\])(:\d{1,5})?(/\d{1,3})?/?\Z", re.ASCII
)
_BUCKET = re.compile(r"s3://[a-z0-9][a-z0-9.-]{1,61}[a-z0-9](/(?!\.+(/|\Z))[\w.-]+)*/?\Z", re.ASCII)


def read(
    environ: Mapping[str, str], hosts: tuple[str, ...], data_dir: Path, problems: list[str]
) -> dict[str, Any]:  # of str, by the fields of Environment
    """All that hold no secret."""
    return {
        "base_url": base_url(environ, problems),
        "archive": archive(environ, data_dir, problems),
        "s3_endpoint": s3_endpoint(environ, problems),
        "site_url": site_url(environ, hosts, problems),
    }


def base_url(environ: Mapping[str, str], problems: list[str]) -> str:
    """Of the API; https, since the token travels with each call."""
    text = environ.get("CLOUDFLARE_BASE_URL", "").strip() or CLOUDFLARE
    found = _PLAIN.match(text)
    if not found or int((found[3] or ":443")[1:]) > 65535:
        problems.append("CLOUDFLARE_BASE_URL is not a plain URL such as " + CLOUDFLARE + ".")
    elif found[1] == "http" and found[2] not in LOOPBACK:
        problems.append("CLOUDFLARE_BASE_URL must be https, since the token travels with each call.")
    return text


def archive(environ: Mapping[str, str], data_dir: Path, problems: list[str]) -> str:
    """Where finished files go."""
    text = environ.get("GATEWAY_DASH_ARCHIVE", "").strip() or str(data_dir / "archives")
    if "://" in text and not _BUCKET.match(text):
        problems.append("GATEWAY_DASH_ARCHIVE takes a folder, or a bucket as s3://bucket/prefix.")
    return text


def s3_endpoint(environ: Mapping[str, str], problems: list[str]) -> str:
    """Of a store that is not Amazon's; empty for theirs."""
    text = environ.get("GATEWAY_DASH_S3_ENDPOINT", "").strip()
    found = _PLAIN.match(text) if text else None
    if text and (not found or (found[1] == "http" and found[2] not in LOOPBACK)):
        problems.append(
            "GATEWAY_DASH_S3_ENDPOINT takes an address such as https://s3.example.com, and http on loopback only."
        )
    return text


def cache(text: str | None, problems: list[str]) -> str:
    """Of a Valkey or Redis that all replicas share, as its client spells it; empty without one. A password is in it."""
    found = _CACHE.match(text or "")
    if text and not found:
        problems.append("CACHE_URL takes redis://[:password@]host[:port][/number], or rediss, valkey or valkeys.")
    return text.replace("valkey", "redis", 1) if text and found else ""


def site_url(environ: Mapping[str, str], hosts: tuple[str, ...], problems: list[str]) -> str:
    """What the links in messages begin with: as it is said, or else the first of the hosts."""
    text = environ.get("GATEWAY_DASH_URL", "").strip().rstrip("/")
    if not text:
        if hosts[0] in LOOPBACK:
            return f"http://127.0.0.1:{environ.get('PORT') or 8000}"  # the name that the start prints: one session
        return f"https://{hosts[0].lstrip('.')}"
    found = _SITE.match(text)
    if not found or (found[1] == "http" and found[2] not in LOOPBACK):
        problems.append("GATEWAY_DASH_URL takes where people open the dashboard, as https://dash.example.com: no path.")
    elif not _is_of(found[2], hosts):
        problems.append("GATEWAY_DASH_URL names a host that GATEWAY_DASH_ALLOWED_HOSTS does not: links would be dead.")
    return text


def _is_of(host: str, hosts: tuple[str, ...]) -> bool:
    """As Django reads allowed hosts: “.example.com” stands for every name under it."""
    named = (*hosts, *LOOPBACK)
    return any(host == each or (each.startswith(".") and host.endswith((each, each[1:]))) for each in named)


def database(url: str | None, data_dir: Path, problems: list[str]) -> dict[str, object]:
    """As Django wants it; without an address a file in the data directory."""
    if not url:
        return _sqlite(str(data_dir / "gateway-dash.sqlite3"))
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:  # its words may quote the password
        parts, port = urlsplit(""), None
    if parts.scheme == "sqlite" and not parts.netloc and parts.path[1:]:
        return _sqlite(unquote(parts.path[1:]))
    if parts.scheme in ("postgres", "postgresql") and parts.path.strip("/"):
        return {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": unquote(parts.path[1:]),
            "USER": unquote(parts.username or ""),
            "PASSWORD": unquote(parts.password or ""),
            "HOST": parts.hostname or "",
            "PORT": port or "",
            "OPTIONS": {"connect_timeout": 2},  # seconds: a database that is away must not hold every thread
        }
    problems.append("DATABASE_URL must be sqlite:///path or postgres://user:password@host/name.")
    return {}


def _sqlite(path: str) -> dict[str, object]:
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": path,
        "OPTIONS": {
            "timeout": 5,
            "transaction_mode": "IMMEDIATE",  # a write lock that is taken late cannot wait, and fails
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL",
        },
    }
