"""The audit trail: who does what, written down before it is done.

An entry is in the database before the upstream is asked to change anything: where it cannot be written, nothing is
done. Each holds the digest of the one before it, so that one that is changed or missing in the middle shows. Each is
also a line of the log with its number and digest, so that an end that was cut off shows too.
"""

from __future__ import annotations

import hashlib
import json
import logging
from datetime import UTC, datetime
from typing import Any

from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone

from gateway_dash.team.events import Event
from gateway_dash.team.models import NAME_LENGTH, AuditEntry, AuditHead
from gateway_dash.team.where import address_of
from gateway_dash.web.text import storable

logger = logging.getLogger("gateway_dash.audit")
TEXT_LIMIT = 2000  # of one fact
LIST_LIMIT = 200


def note(request: HttpRequest, what: Event, gateway: str = "", /, **facts: Any) -> AuditEntry:
    """Write who does what, before it is done. Facts name, count and hash; they never hold a body or a secret."""
    person = getattr(request, "user", None)
    known = person if person is not None and person.is_authenticated else None
    # Durable: it must not be taken back when something around it fails.
    with transaction.atomic(durable=True):
        return record(known, what, gateway, address=address_of(request), **facts)


def record(person: Any, what: Event, gateway: str = "", /, *, address: str = "", **facts: Any) -> AuditEntry:
    """The same without a request: `person` is a user, a name, or nothing. Within the transaction that is open."""
    name = person if isinstance(person, str) else person.get_username() if person is not None else ""
    number_of_person = None if isinstance(person, str) else getattr(person, "pk", None)
    with transaction.atomic():
        AuditHead.objects.get_or_create(pk=1)
        head = AuditHead.objects.select_for_update().get(pk=1)
        entry = AuditEntry(
            number=head.number + 1,
            at=timezone.now(),
            who=storable(name)[:NAME_LENGTH],
            person_id=number_of_person,
            address=address,
            what=what.value,
            gateway=gateway,
            facts={key: _fit(value) for key, value in facts.items() if value not in (None, "")},
            previous=head.digest,
        )
        entry.digest = digest_of(entry)
        entry.save()
        head.number, head.digest = entry.number, entry.digest
        head.save()
    told = {"who": entry.who, "gateway": gateway, "number": entry.number, "digest": entry.digest}
    logger.info(what.words, extra={"told": told | {key: value for key, value in facts.items() if _is_short(value)}})
    return entry


def digest_of(entry: AuditEntry) -> str:
    """SHA-256 over everything that the entry says, and over the digest of the one before."""
    said = [
        entry.number,
        entry.at.astimezone(UTC).isoformat(timespec="microseconds"),
        entry.who,
        entry.person_id,
        entry.address,
        entry.what,
        entry.gateway,
        entry.facts,
        entry.previous,
    ]
    text = json.dumps(said, ensure_ascii=True, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode("ascii")).hexdigest()


def _fit(value: Any) -> Any:
    """A fact as every database keeps it, no longer than it has to be: what is cut off says so."""
    if isinstance(value, str):
        return storable(value if len(value) <= TEXT_LIMIT else value[:TEXT_LIMIT] + "…")
    if isinstance(value, float):
        return repr(value)  # PostgreSQL gives 1e300 back as an integer, and the digest would not hold
    if isinstance(value, dict):
        return {_fit(str(key)): _fit(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        more = [f"and {len(value) - LIST_LIMIT:,} more"] if len(value) > LIST_LIMIT else []
        return [*(_fit(each) for each in value[:LIST_LIMIT]), *more]
    if isinstance(value, datetime):
        return value.isoformat()
    return value if isinstance(value, bool | int) or value is None else storable(str(value))


def _is_short(value: Any) -> bool:
    """Whether a fact goes into the log line too: names and numbers, but not what stood in a log before and after."""
    return isinstance(value, str | int | bool) and len(str(value)) <= 100
