"""`manage.py doctor`: one line for each thing that has to work, and what to do about those that do not."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection

from gateway_dash import upstream
from gateway_dash.gateway.errors import Forbidden, GatewayError, NotFound
from gateway_dash.gateway.models import Gateway
from gateway_dash.web import health, kept
from gateway_dash.web.text import terminal_safe

GOOD, NOTE, BAD = "ok", "--", "!!"
SOON = timedelta(days=14)
CLOCK_S = 5.0
NO_LOGS = (
    "No gateway holds a log. Accounts that Cloudflare made from 24 September 2026 on keep their logs in Workers "
    "Observability, and the Logs API that this dashboard reads lists none of them: look there. On an older account, "
    "send a call through a gateway that saves logs, and look again after a minute."
)
type Told = tuple[str, str, str]  # how it is, of what, and in words


class Command(BaseCommand):
    """Reads only; with --edit one PATCH for a log that does not exist, which changes nothing."""

    help = "Say what works and what does not: database, cache, archive, clock, token, rights, gateways."

    def add_arguments(self, parser: CommandParser) -> None:
        """Whether the right to edit is tried."""
        parser.add_argument("--edit", action="store_true", help="try the right to edit, on a log that does not exist")

    def handle(self, *args: Any, **options: Any) -> None:
        """One line a thing; the exit code is 1 when something does not work."""
        bad = 0
        for level, what, words in [*_here(), *_there(tries_edit=options["edit"])]:
            self.stdout.write(f"{level} {what}: {terminal_safe(words)}")
            bad += level == BAD
        if bad:
            raise CommandError(f"{bad} thing{'' if bad == 1 else 's'} to see to.")


def _here() -> Iterator[Told]:
    """What is ours."""
    database, migrations = health.database()
    engine = connection.vendor
    yield (GOOD if database == "ok" else BAD), "database", f"{engine}, {database}"
    yield (GOOD if migrations == "ok" else BAD), "migrations", migrations
    where = "Valkey or Redis" if upstream.has_shared_cache() else "files of this machine, which is enough for one"
    yield (GOOD, "cache", where) if kept.answers() else (BAD, "cache", f"{where}: it is away. Pages go on without it.")
    yield _told("archive", _archive)
    channels = ", ".join(upstream.channels())
    yield (GOOD, "channels", channels) if channels else (NOTE, "channels", "none, so watches tell nobody")


def _archive() -> str:
    store = storages["archives"]
    name = store.save(f"doctor-{uuid.uuid4().hex}", ContentFile(b"written"))
    try:
        with store.open(name) as file:
            if file.read() != b"written":
                raise OSError("what was written is not what is read")
    finally:
        store.delete(name)
    return "written, read and removed"


def _there(*, tries_edit: bool) -> Iterator[Told]:
    """What is the upstream's."""
    if upstream.is_sandbox():
        yield NOTE, "account", "none is set: these are the invented logs of the sandbox"
    account = upstream.account()
    try:
        token = account.verify_token()
        gateways = account.gateways()
    except GatewayError as error:
        yield BAD, "token", f"{error.title}. {error.message} {error.hint}".strip()
        return
    soon = token.expires_on is not None and token.expires_on < datetime.now(UTC) + SOON
    ends = f", expires {token.expires_on:%Y-%m-%d}: make another one" if soon else ""
    yield (GOOD if token.status == "active" and not soon else BAD), "token", token.status + ends
    behind_s = account.client.budget.behind_s
    if behind_s is not None:
        off = abs(behind_s) > CLOCK_S
        side = "behind" if behind_s > 0 else "before"
        words = (
            f"{abs(behind_s):.0f} s {side} the upstream’s: set it by NTP, or new logs seem missing" if off else "right"
        )
        yield (BAD if off else GOOD), "clock", words
    yield from _gateways(gateways, tries_edit=tries_edit)


def _gateways(gateways: list[Gateway], *, tries_edit: bool) -> Iterator[Told]:
    counts = upstream.account().counts([each.id for each in gateways])
    for each in gateways:
        found = counts[each.id]
        if isinstance(found, GatewayError):
            yield BAD, f"gateway {terminal_safe(each.id)}", f"{found.title}. {found.message}"
            continue
        saves = "" if each.collect_logs is not False else ", and saves none: turn that on in its settings"
        yield (NOTE if saves else GOOD), f"gateway {terminal_safe(each.id)}", f"{found:,} logs{saves}"
        if tries_edit:
            yield _told(f"editing {terminal_safe(each.id)}", partial(_edit, each.id))
    if not gateways:
        yield BAD, "gateways", "The account has none, or the token sees none. Make one in the Cloudflare dashboard."
    elif not any(counts.values()):
        yield BAD, "logs", NO_LOGS


def _edit(gateway: str) -> str:
    """A PATCH for an id that no log has: refused for the right, or not found."""
    try:
        upstream.logs(gateway).patch(str(uuid.uuid4()), {"feedback": 0})
    except NotFound:
        return "allowed"
    except Forbidden as error:
        raise OSError(f"the token lacks “{error.right}”") from None
    return "allowed"


def _told(what: str, work: Callable[[], str]) -> Told:
    try:
        return GOOD, what, work()
    except GatewayError as error:
        return BAD, what, f"{error.title}. {error.message}"
    except Exception as error:  # each store has failures of its own; their words may hold keys
        words = str(error) if type(error) is OSError and not error.errno else type(error).__name__
        return BAD, what, words
