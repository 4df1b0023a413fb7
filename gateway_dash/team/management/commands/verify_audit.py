"""Check that no entry of the audit trail was changed, removed or put in between."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from gateway_dash.team.audit import digest_of
from gateway_dash.team.models import AuditEntry, AuditHead


class Command(BaseCommand):
    """`manage.py verify_audit`. Exit code 0: unbroken; 1: not, with the first place."""

    help = "Check the hash chain of the audit trail, and that it holds what was noted of it before."

    def add_arguments(self, parser: CommandParser) -> None:
        """`--noted` holds what a log line, an export or an earlier run said: the end cannot have been cut off then."""
        parser.add_argument("--noted", metavar="NUMBER:DIGEST", action="append", default=[])

    def handle(self, *args: Any, **options: Any) -> None:
        """Read every entry once, in order."""
        noted = dict(_noted(text) for text in options["noted"])
        number, digest = 0, ""
        for entry in AuditEntry.objects.order_by("number").iterator(1000):
            self._check(entry, number, digest)
            number, digest = entry.number, entry.digest
            if noted.pop(number, digest) != digest:
                raise CommandError(f"Entry {number} is not the one that was noted: the trail was written anew.")
        if noted:
            raise CommandError(f"Entry {min(noted)} was noted, and is not there: the end of the trail was cut off.")
        head = AuditHead.objects.filter(pk=1).first() or AuditHead()
        if (head.number, head.digest) != (number, digest):
            raise CommandError(f"The trail ends with entry {number}, and should end with {head.number}.")
        self.stdout.write(f"{number:,} entries, unbroken. Keep this elsewhere: {number}:{digest}")

    def _check(self, entry: AuditEntry, number: int, digest: str) -> None:
        if entry.number != number + 1:
            raise CommandError(f"After entry {number} comes {entry.number}: what stood between them is missing.")
        if entry.previous != digest:
            raise CommandError(f"Entry {entry.number} does not follow on entry {number}: one of them was replaced.")
        if entry.digest != digest_of(entry):
            raise CommandError(f"Entry {entry.number} of {entry.at:%Y-%m-%d %H:%M:%S} UTC was changed.")


def _noted(text: str) -> tuple[int, str]:
    number, _, digest = text.partition(":")
    if not number.isdecimal() or len(digest) != 64:
        raise CommandError("--noted takes a number and a digest, as this command prints them: 12:ab34…")
    return int(number), digest
