"""The settings that an operator gives by environment variables, checked as a whole and refused loudly."""

from __future__ import annotations

import contextlib
import re
import secrets
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from gateway_dash import environment_addresses as addresses
from gateway_dash import environment_channels as channels
from gateway_dash import environment_signin as signin
from gateway_dash import environment_telemetry as telemetry
from gateway_dash import ways_in

LOOPBACK = addresses.LOOPBACK
_HOST = re.compile(r"\.?[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?(?:\.[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?)*\Z")
_ACCOUNT = re.compile(r"[A-Za-z0-9_-]{1,64}\Z")
JOB_ENGINES = ("database", "procrastinate")  # workers look into our own table; or an engine of its own
_ON_OFF = {"on": True, "off": False, "1": True, "0": False, "true": True, "false": False}


class ConfigurationError(Exception):
    """The environment cannot be used; says each thing that is wrong with it."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("Gateway Dash cannot start:\n" + "\n".join(f"  - {problem}" for problem in problems))
        self.problems = problems


@dataclass(frozen=True, slots=True)
class Environment:
    """What the operator decided. `token` is None in the sandbox."""

    account_id: str
    token: str | None
    base_url: str
    database: dict[str, object]
    secret_key: str
    has_own_key: bool  # False: the one that is kept in the data folder, for the sandbox
    allowed_hosts: tuple[str, ...]
    data_dir: Path
    deletion: bool
    trust_proxy: bool
    sandbox_logs: int
    deletion_wait_s: int  # between the confirmation and the first call
    deletion_logs: int  # the most that one plan may hold
    approval: bool  # whether a second person confirms large deletions, and those without a copy of the bodies
    job_calls: int  # upstream calls that all jobs together may send in five minutes
    job_engine: str  # what brings jobs to workers: one of JOB_ENGINES
    archive: str  # where finished files go: a folder, or s3://bucket/prefix
    s3_endpoint: str  # of a store that is not Amazon's; empty for theirs
    cache_url: str  # of a Valkey or Redis that all replicas share; empty: files of this machine
    calls: int  # upstream calls that all together may send in five minutes
    body_cache_mb: int  # of bodies on this machine's disk, closed with the secret key; 0: none
    replicas: int  # machines that run the dashboard; counts only while they share nothing
    metrics_token: str | None  # what who asks for /metrics has to show; without one there is no such page
    site_url: str  # what links in messages begin with, without a slash at the end
    channels: tuple[channels.Channel, ...]  # where watches may tell something
    ways_in: ways_in.WaysIn  # how people sign in
    oidc: signin.Oidc | None  # who else may say who somebody is
    second_factor: str  # for people with a password: one of signin.SECOND_FACTOR
    telemetry: telemetry.Telemetry  # what the operator is told, and where

    def __repr__(self) -> str:
        return f"Environment(account_id={self.account_id!r}, token={'set' if self.token else None}, …)"

    @property
    def is_local(self) -> bool:
        """Whether only this machine is served, so that plain http is in order."""
        return all(host in LOOPBACK for host in self.allowed_hosts)


def read(environ: Mapping[str, str], root: Path) -> Environment:
    """The environment, or a ConfigurationError with every problem at once."""
    problems: list[str] = []
    data_dir = Path(environ.get("GATEWAY_DASH_DATA_DIR") or root / "var")
    token = _secret(environ, "CLOUDFLARE_API_TOKEN", problems)
    account_id = _account(token, environ, problems)
    hosts = _hosts(environ, problems)
    oidc = signin.oidc(environ, _secret(environ, "GATEWAY_DASH_OIDC_CLIENT_SECRET", problems), problems)
    found = Environment(
        account_id=account_id,
        token=token,
        **addresses.read(environ, hosts, data_dir, problems),
        database=addresses.database(_secret(environ, "DATABASE_URL", problems), data_dir, problems),
        secret_key=_secret_key(environ, token, hosts, data_dir, problems),
        has_own_key=bool(environ.get("GATEWAY_DASH_SECRET_KEY") or environ.get("GATEWAY_DASH_SECRET_KEY_FILE")),
        allowed_hosts=hosts,
        data_dir=data_dir,
        deletion=_switch(environ, "GATEWAY_DASH_DELETION", default=token is None, problems=problems),
        trust_proxy=_switch(environ, "GATEWAY_DASH_TRUST_PROXY", default=False, problems=problems),
        sandbox_logs=_count(environ, "GATEWAY_DASH_SANDBOX_LOGS", 20_000, problems),
        deletion_wait_s=_count(environ, "GATEWAY_DASH_DELETION_WAIT_S", 60, problems, least=0, most=86_400),
        deletion_logs=_count(environ, "GATEWAY_DASH_DELETION_LOGS", 50_000, problems),
        approval=_switch(environ, "GATEWAY_DASH_APPROVAL", default=False, problems=problems),
        job_calls=_count(environ, "GATEWAY_DASH_JOB_CALLS", 400, problems, most=1_000),
        job_engine=_one_of(environ, "GATEWAY_DASH_JOB_ENGINE", JOB_ENGINES, problems),
        cache_url=addresses.cache(_secret(environ, "CACHE_URL", problems), problems),
        calls=_count(environ, "GATEWAY_DASH_CALLS", 1000, problems, least=50, most=1_000_000),
        body_cache_mb=_count(environ, "GATEWAY_DASH_BODY_CACHE_MB", 0, problems, least=0, most=1_000_000),
        replicas=_count(environ, "GATEWAY_DASH_REPLICAS", 1, problems, most=100),
        metrics_token=_metrics_token(environ, problems),
        channels=channels.read(_secret(environ, "GATEWAY_DASH_CHANNELS", problems), problems),
        ways_in=_ways_in(environ, has_provider=oidc is not None, problems=problems),
        oidc=oidc,
        second_factor=_one_of(environ, "GATEWAY_DASH_MFA", signin.SECOND_FACTOR, problems),
        telemetry=telemetry.read(environ, _secret(environ, "SENTRY_DSN", problems), problems),
    )
    _check_together(found, problems)
    if problems:
        raise ConfigurationError(problems)
    return found


def _check_together(found: Environment, problems: list[str]) -> None:
    """What is right by itself and wrong beside another."""
    if found.job_calls > found.calls:
        problems.append("GATEWAY_DASH_JOB_CALLS is more than GATEWAY_DASH_CALLS: nothing would be left for people.")
    if found.job_engine == "procrastinate" and not str(found.database.get("ENGINE")).endswith("postgresql"):
        problems.append("GATEWAY_DASH_JOB_ENGINE=procrastinate needs PostgreSQL: set DATABASE_URL to one.")


def _secret(environ: Mapping[str, str], name: str, problems: list[str]) -> str | None:
    """A secret from NAME or from the file that NAME_FILE names."""
    path = environ.get(f"{name}_FILE")
    if path and environ.get(name):
        problems.append(f"{name} and {name}_FILE are both set: set one of them.")
    if not path:
        return environ.get(name, "").strip() or None
    try:
        text = Path(path).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        problems.append(f"{name}_FILE cannot be read: {type(error).__name__}.")
        return None
    if not text:
        problems.append(f"{name}_FILE names an empty file.")
    return text or None


def _hosts(environ: Mapping[str, str], problems: list[str]) -> tuple[str, ...]:
    hosts = tuple(host.strip() for host in environ.get("GATEWAY_DASH_ALLOWED_HOSTS", "").split(",") if host.strip())
    if not all(host in LOOPBACK or _HOST.match(host) for host in hosts):
        problems.append("GATEWAY_DASH_ALLOWED_HOSTS must name hosts, as dash.example.com: no “*”, no scheme, no port.")
    return hosts or LOOPBACK


def _account(token: str | None, environ: Mapping[str, str], problems: list[str]) -> str:
    account_id = environ.get("CLOUDFLARE_ACCOUNT_ID", "").strip()
    asked_for_token = bool(environ.get("CLOUDFLARE_API_TOKEN_FILE"))
    if token and not account_id:
        problems.append("CLOUDFLARE_API_TOKEN is set, but not CLOUDFLARE_ACCOUNT_ID.")
    if account_id and not token and not asked_for_token:
        problems.append("CLOUDFLARE_ACCOUNT_ID is set, but not CLOUDFLARE_API_TOKEN (or CLOUDFLARE_API_TOKEN_FILE).")
    if account_id and not _ACCOUNT.match(account_id):
        problems.append("CLOUDFLARE_ACCOUNT_ID is not an account id: letters, digits, “-” and “_” only.")
    if environ.get("CLOUDFLARE_BASE_URL", "").strip() and not token and not asked_for_token:
        problems.append(
            "CLOUDFLARE_BASE_URL is set, but not CLOUDFLARE_API_TOKEN: it would be the sandbox all the same."
        )
    if token and not (token.isascii() and token.isprintable() and " " not in token):
        problems.append("CLOUDFLARE_API_TOKEN has blanks or signs that no token has.")
    return account_id


def _secret_key(
    environ: Mapping[str, str], token: str | None, hosts: tuple[str, ...], data_dir: Path, problems: list[str]
) -> str:
    key = _secret(environ, "GATEWAY_DASH_SECRET_KEY", problems)
    if key:
        if len(key) < 32:
            problems.append("GATEWAY_DASH_SECRET_KEY is shorter than 32 characters.")
        return key
    if token or any(host not in LOOPBACK for host in hosts):
        problems.append(
            "GATEWAY_DASH_SECRET_KEY (or GATEWAY_DASH_SECRET_KEY_FILE) is not set: it signs sessions and deletions. "
            "Make one with: python3 -c 'import secrets; print(secrets.token_urlsafe(48))'"
        )
        return ""
    return _kept_key(data_dir / "secret-key", problems)


def _kept_key(path: Path, problems: list[str]) -> str:
    """A random key for the sandbox on this machine, made once, so that all workers and restarts share it."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        if not path.exists():
            _write_once(path, secrets.token_urlsafe(48))
        key = path.read_text(encoding="ascii").strip()
    except (OSError, UnicodeDecodeError) as error:
        problems.append(f"{path.parent} cannot be used ({type(error).__name__}): set GATEWAY_DASH_DATA_DIR.")
        return ""
    if len(key) < 32:
        problems.append(f"{path} holds no key: remove it, and a new one is made.")
    return key


def _write_once(path: Path, text: str) -> None:
    """A private file that is never seen half written; of several workers that start at once, one wins."""
    with tempfile.NamedTemporaryFile("w", dir=path.parent, encoding="ascii") as file:  # only its owner may read it
        file.write(text)
        file.flush()
        with contextlib.suppress(FileExistsError):
            path.hardlink_to(file.name)


def _metrics_token(environ: Mapping[str, str], problems: list[str]) -> str | None:
    token = _secret(environ, "GATEWAY_DASH_METRICS_TOKEN", problems)
    if token and (len(token) < 24 or not token.isascii() or not token.isprintable() or " " in token):
        problems.append("GATEWAY_DASH_METRICS_TOKEN takes at least 24 signs without blanks.")
    return token


def _switch(environ: Mapping[str, str], name: str, *, default: bool, problems: list[str]) -> bool:
    text = environ.get(name, "").strip().lower()
    if text and text not in _ON_OFF:
        problems.append(f"{name} takes on or off.")
    return _ON_OFF.get(text, default)


def _one_of(environ: Mapping[str, str], name: str, known: tuple[str, ...], problems: list[str]) -> str:
    text = environ.get(name, "").strip() or known[0]
    if text not in known:
        problems.append(f"{name} takes one of {', '.join(known)}.")
    return text


def _ways_in(environ: Mapping[str, str], *, has_provider: bool, problems: list[str]) -> ways_in.WaysIn:
    password = _switch(environ, "GATEWAY_DASH_PASSWORD_SIGN_IN", default=True, problems=problems)
    secret = _secret(environ, "GATEWAY_DASH_PROXY_SECRET", problems)
    given = {"password": password, "has_provider": has_provider}
    return ways_in.read(environ, **given, proxy_secret=secret, problems=problems)


def _count(
    environ: Mapping[str, str], name: str, default: int, problems: list[str], *, least: int = 1, most: int = 2_000_000
) -> int:
    text = environ.get(name, "").strip() or str(default)
    if not text.isdecimal() or not least <= int(text) <= most:
        problems.append(f"{name} takes a number from {least:,} to {most:,}.")
        return default
    return int(text)
