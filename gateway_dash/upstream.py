"""Settings in, the account's gateways out: the only place that chooses between the sandbox and Cloudflare."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from datetime import UTC, datetime
from functools import cache, partial
from pathlib import Path
from urllib.parse import urlsplit

import httpx
from django.conf import settings

from gateway_dash import sandbox
from gateway_dash.environment_channels import Channel
from gateway_dash.environment_telemetry import Telemetry
from gateway_dash.gateway.access_keys import AccessKeys
from gateway_dash.gateway.body_files import BodyFiles
from gateway_dash.gateway.breaker import Breaker, State
from gateway_dash.gateway.calls import Sent
from gateway_dash.gateway.client import GatewayClient, Token
from gateway_dash.gateway.errors import Gone
from gateway_dash.gateway.ledger import Ledger
from gateway_dash.gateway.sealing import Seal
from gateway_dash.gateway.service import Account, LogService
from gateway_dash.ways_in import WaysIn
from gateway_dash.web import changes
from gateway_dash.web.kept import SharedCounters

SANDBOX_URL = "http://sandbox.invalid/client/v4"
SANDBOX_SEED = 1
PROCESSES = 3  # of `make run` that call: two of the server, and a worker
_deleted: list[Callable[[str, str, str], Gone | None]] = []


def is_sandbox() -> bool:
    """Whether the logs are invented."""
    return settings.ENVIRONMENT.token is None


def demo_is_on() -> bool:
    """Whether a click signs in as somebody of the sandbox: where only this machine is served."""
    return is_sandbox() and bool(settings.ENVIRONMENT.is_local)


def trusts_proxy() -> bool:
    """Whether a proxy in front says who asks, and over what."""
    return bool(settings.ENVIRONMENT.trust_proxy)


def deletion_is_on() -> bool:
    """Whether the operator allows deleting; in the sandbox always, on a real account only by GATEWAY_DASH_DELETION."""
    return bool(settings.ENVIRONMENT.deletion)


def deletion_wait_s() -> int:
    """Seconds between the confirmation of a deletion and its first call, in which anybody can stop it."""
    return int(settings.ENVIRONMENT.deletion_wait_s)


def deletion_logs() -> int:
    """How many logs one plan may hold."""
    return int(settings.ENVIRONMENT.deletion_logs)


def approval_is_on() -> bool:
    """Whether a second person has to confirm large deletions."""
    return bool(settings.ENVIRONMENT.approval)


def job_calls() -> int:
    """Upstream calls that all jobs together may send in five minutes."""
    return int(settings.ENVIRONMENT.job_calls)


def job_engine() -> str:
    """What brings jobs to workers."""
    return str(settings.ENVIRONMENT.job_engine)


def ways_in() -> WaysIn:
    """How people sign in."""
    return settings.ENVIRONMENT.ways_in


@cache
def access_keys() -> AccessKeys:
    """The keys that the team's assertions are signed with, over one client for this process."""
    return AccessKeys(ways_in().access_issuer)


def password_sign_in() -> bool:
    """Whether people sign in with a name and a password."""
    return ways_in().password


def second_factor_is_required() -> bool:
    """Whether who has a password needs a second factor before anything else."""
    return bool(settings.ENVIRONMENT.second_factor == "required")


def site_url() -> str:
    """What links in messages begin with, without a slash at the end."""
    return str(settings.ENVIRONMENT.site_url)


def channels() -> dict[str, Channel]:
    """Where watches may tell something, by name."""
    return {each.name: each for each in settings.ENVIRONMENT.channels}


def has_shared_cache() -> bool:
    """Whether other machines see what this one counts."""
    return bool(settings.ENVIRONMENT.cache_url)


def metrics_token() -> str | None:
    """What who asks for /metrics has to show; None where there is no such page."""
    return settings.ENVIRONMENT.metrics_token


def call_seen(sent: Sent) -> None:
    """Tell who counts calls, and who collects spans. They know this module, so they are asked for late."""
    from gateway_dash.telemetry import spans
    from gateway_dash.web import metrics

    metrics.call_seen(sent)
    spans.call_seen(sent)


def telemetry() -> Telemetry:
    """What the operator is told of the dashboard itself, and where."""
    return settings.ENVIRONMENT.telemetry


def _body_seen(outcome: str) -> None:
    from gateway_dash.web import metrics

    metrics.kept_seen("body", outcome)


@cache
def body_files() -> BodyFiles | None:
    """The bodies on disk; None where the operator wants none, and then nothing stays of when they did."""
    place, room_bytes = Path(settings.ENVIRONMENT.data_dir) / "bodies", settings.ENVIRONMENT.body_cache_mb * 1_000_000
    if not room_bytes:
        shutil.rmtree(place, ignore_errors=True)
        return None
    return BodyFiles(place, seal("bodies"), room_bytes)


def breaker_changed(state: State) -> None:
    """Tell who counts how the upstream does."""
    from gateway_dash.web import metrics

    metrics.breaker_changed(state)


def work_dir() -> Path:
    """Where jobs keep the files that they are still writing."""
    return Path(settings.ENVIRONMENT.data_dir) / "work"


@cache
def seal(purpose: str) -> Seal:
    """What closes what is kept of logs, with a key that is made from the secret key for this purpose alone."""
    return Seal(settings.SECRET_KEY, purpose)


def account_name() -> str:
    """What the topbar calls the account; ids are long, so their first letters."""
    return "sandbox" if is_sandbox() else settings.ENVIRONMENT.account_id[:8]


def account_key() -> str:
    """The account by which records of ours are told apart."""
    return "sandbox" if is_sandbox() else settings.ENVIRONMENT.account_id


@cache
def account() -> Account:
    """The account that this process looks at, over one pooled client."""
    environment = settings.ENVIRONMENT
    if environment.token is None:
        return connect(_sandbox(environment.data_dir, environment.sandbox_logs), ledger())
    breaker = Breaker(urlsplit(environment.base_url).hostname or "", changed=breaker_changed)
    token = Token(environment.token)
    client = GatewayClient(environment.base_url, token, ledger=ledger(), breaker=breaker, seen=call_seen)
    return Account(client, environment.account_id)


def ledger() -> Ledger:
    """The calls of this token, counted for all processes and machines that share the cache."""
    parts, share = PROCESSES * settings.ENVIRONMENT.replicas, settings.ENVIRONMENT.calls
    return Ledger(account_key(), SharedCounters(), parts=parts, share=share)


def account_id() -> str:
    """The account's id: it stands in the address of every call through a gateway."""
    return account().id


def logs(gateway_id: str) -> LogService:
    """The logs of one gateway. Of one that is not there, it says whether it was deleted from here."""
    service = account().logs(gateway_id)
    service.remembered = partial(_remembered, gateway_id)
    service.told = partial(changes.note, account_key(), gateway_id)
    service.bodies.seen = _body_seen
    if files := body_files():
        service.bodies.use_disk(files, changes.deleted_mark(account_key(), gateway_id))
    return service


def ask_of_the_deleted(ask: Callable[[str, str, str], Gone | None]) -> None:
    """Who knows, by account, gateway and id, whether a log that is not there was deleted from here.

    The room that deletes says so at the start: this module knows none of the rooms.
    """
    _deleted.append(ask)


def _remembered(gateway_id: str, log_id: str) -> Gone | None:
    return _deleted[-1](account_key(), gateway_id, log_id) if _deleted else None


def connect(app: sandbox.Sandbox, counted: Ledger | None = None) -> Account:
    """An account that is served by a sandbox in this process."""
    transport = httpx.WSGITransport(app=app)
    token = next(text for text, right in sandbox.TOKENS.items() if right == "write")
    return Account(
        GatewayClient(SANDBOX_URL, Token(token), transport=transport, ledger=counted, seen=call_seen),
        sandbox.ACCOUNT_ID,
    )


def renew_sandbox() -> None:
    """Throw away the invented logs of another day: "the last 24 hours" are never empty. Before the server starts."""
    for path in settings.ENVIRONMENT.data_dir.glob("sandbox-*.sqlite3*"):
        if not path.name.startswith(_sandbox_name()):
            path.unlink()


def _sandbox(data_dir: Path, count: int) -> sandbox.Sandbox:
    """The newest day's logs: workers that start after midnight share those of the others."""
    data_dir.mkdir(parents=True, exist_ok=True)
    kept = sorted(path.name for path in data_dir.glob("sandbox-*.sqlite3"))
    name = kept[-1] if kept else _sandbox_name()
    return sandbox.Sandbox(sandbox.Store.open_or_seed(data_dir / name, count, SANDBOX_SEED))


def _sandbox_name() -> str:
    return f"sandbox-{datetime.now(UTC):%Y-%m-%d}.sqlite3"
