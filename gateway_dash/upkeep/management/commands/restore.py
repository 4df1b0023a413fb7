"""`manage.py restore FOLDER`: a copy into an empty database, checked before and after."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser

from gateway_dash.upkeep.copying import put_back
from gateway_dash.upkeep.manifest import BadCopy


class Command(BaseCommand):
    """Exit code 0: all of it is back; 1: not, with the reason, and nothing was written over."""

    help = "Bring a copy that `backup` made into an empty database."
    requires_migrations_checks = False

    def add_arguments(self, parser: CommandParser) -> None:
        """Where from."""
        parser.add_argument("folder", type=Path, help="what `backup` wrote")

    def handle(self, *args: Any, **options: Any) -> None:
        """Say what is there again."""
        try:
            manifest = put_back(options["folder"])
        except (BadCopy, OSError) as error:
            raise CommandError(str(error)) from error
        call_command("verify_audit", noted=[manifest.audit] if manifest.audit else [], stdout=self.stdout)
        self.stdout.write(f"Restored, as it was at {manifest.made_at}. Archives: {manifest.archives}.")
        self.stdout.write("Jobs that were under way are halted, and deletions stopped, until somebody has looked.")
