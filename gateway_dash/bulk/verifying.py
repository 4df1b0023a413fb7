"""The proof that a deletion which names no log deletes none: before it, no log of a real gateway may be deleted."""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass

from gateway_dash import upstream
from gateway_dash.bulk import gates
from gateway_dash.bulk.deletion import zone
from gateway_dash.bulk.models import Job
from gateway_dash.gateway.errors import FilterNotApplied, Forbidden, GatewayError, NotFound
from gateway_dash.gateway.models import Log
from gateway_dash.gateway.service import LogService
from gateway_dash.team import audit
from gateway_dash.team.events import Event

PAUSES_S = (1.0, 2.0, 4.0)  # before each look: a deletion may show late
WHO = "manage.py verify_deletion"
READ_WHY = "Reading by an id that no log has gave logs: the upstream ignores filters already there."
LOST_WHY = "A deletion of an id that no log has was sent, and afterwards logs were gone: the upstream ignores filters."


class NotProven(Exception):
    """The gateway is not verified; says why, and what to do."""


@dataclass(frozen=True, slots=True)
class Proof:
    """One attempt, told step by step."""

    gateway: str
    tell: Callable[[str], None]

    def make(self, *, accept_empty: bool = False) -> None:
        """Verify the gateway; raises NotProven. Where logs vanished the gateway is locked as well."""
        logs = self._logs()
        oldest = zone.oldest(logs)
        if not oldest:
            return self._empty(accept=accept_empty)
        two = " and ".join(f"{log.id} of {log.created_at:%Y-%m-%d %H:%M:%S} UTC" for log in oldest[:2])
        self.tell(f"Read the oldest logs: {two}. If the upstream ignores filters, the first of them is lost now.")
        no_log_id = str(uuid.uuid4())
        self._check_reading(logs, no_log_id)
        self._send(logs, no_log_id, oldest)
        self._look(logs, oldest)
        gates.verified(self.gateway, WHO)
        self.tell(f"Verified: deletions in the gateway {self.gateway} take what they name. It is noted.")
        return None

    def _logs(self) -> LogService:
        """The logs of the gateway, if anything may be sent there now."""
        if not upstream.deletion_is_on():
            raise NotProven("Deletion is off for this account. Set GATEWAY_DASH_DELETION=on, then run this again.")
        try:
            upstream.account().gateway(self.gateway)
        except NotFound:
            raise NotProven(
                f"This account has no gateway “{self.gateway}”. “manage.py check_upstream” lists them."
            ) from None
        row = next((row for row in gates.rows() if row.gateway == self.gateway), None)
        if row and row.job and row.job.state == Job.State.ACTIVE:
            raise NotProven(
                f"The job {row.job.key} is deleting there now, so a log that goes proves nothing. Wait for it."
            )
        return upstream.logs(self.gateway)

    def _empty(self, *, accept: bool) -> None:
        if not accept:
            raise NotProven(
                "This gateway is empty, so nothing can be proven: there is no log that could go. Send a call through "
                "it and run this a minute later, or add --accept-empty to take it as verified."
            )
        gates.verified(self.gateway, f"{WHO} --accept-empty")
        self.tell("The gateway is empty. Nothing was proven, and it is taken as verified, as you asked.")

    def _check_reading(self, logs: LogService, no_log_id: str) -> None:
        try:
            found = logs.find([no_log_id])
        except FilterNotApplied:
            gates.close(self.gateway, WHO, READ_WHY)
            raise NotProven(f"{READ_WHY} No deletion was sent. Deletion is locked for this gateway.") from None
        self.tell(f"Read by the id {no_log_id}, which no log has: {len(found)} logs, as it should be.")

    def _send(self, logs: LogService, no_log_id: str, oldest: list[Log]) -> None:
        self.tell("Sending a deletion of that id, with the limit 1.")
        audit.record(WHO, Event.DELETION_PROVED, self.gateway, log=no_log_id)
        try:
            logs.delete_nothing(no_log_id)
        except Forbidden as error:
            raise NotProven(f"{error.message} {error.hint} Nothing was deleted.".replace("  ", " ")) from None
        except GatewayError as error:  # it may have been done all the same: the look is made, and proves nothing good
            self.tell(f"It was not accepted: {error.title}. {error.message}")
            self._look(logs, oldest)
            raise NotProven(f"{error.title}: whether filters hold is not proven. Run this again later.") from None
        self.tell("Accepted. Now the oldest logs are read again.")

    def _look(self, logs: LogService, oldest: list[Log]) -> None:
        before = [log.id for log in oldest]
        for number, pause_s in enumerate(PAUSES_S, start=1):
            time.sleep(pause_s)
            if lost := zone.vanished(logs, before, zone.oldest(logs)):
                gates.close(self.gateway, WHO, LOST_WHY)
                raise NotProven(
                    f"{LOST_WHY} Gone: {', '.join(lost[:5])}. Deletion is locked for this gateway. If the gateway is "
                    "full and deletes its oldest logs by itself, or somebody else deleted them, a superuser may unlock "
                    "it; then run this again."
                )
            self.tell(f"Look {number} of {len(PAUSES_S)}: each of the {len(before)} oldest logs is there.")
