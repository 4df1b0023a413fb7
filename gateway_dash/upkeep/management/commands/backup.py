"""`manage.py backup FOLDER`: a copy of the database and the archives, while the dashboard runs."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from gateway_dash.upkeep.copying import back_up
from gateway_dash.upkeep.manifest import BadCopy


class Command(BaseCommand):
    """Exit code 0: whole, and checked; 1: not, with the reason."""

    help = "Copy the database and the archives into a new folder, while the dashboard runs."

    def add_arguments(self, parser: CommandParser) -> None:
        """Where to."""
        parser.add_argument("folder", type=Path, help="a folder that is not there yet, or empty")
        parser.add_argument(
            "--without-archives", action="store_true", help="copies of deleted logs stay where they are"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Say what was copied."""
        os.umask(0o077)  # all that is written here is for its owner alone
        try:
            manifest = back_up(options["folder"], with_archives=not options["without_archives"])
        except (BadCopy, OSError) as error:
            raise CommandError(str(error)) from error
        size = sum(each.bytes for each in manifest.files)
        self.stdout.write(
            f"{manifest.engine}: {size:,} bytes in {len(manifest.files):,} files. Archives: {manifest.archives}."
        )
        if manifest.audit:
            self.stdout.write(f"The audit trail ends here, keep it elsewhere too: {manifest.audit}")
        self.stdout.write("Not in it: the secret key, the token, and the settings.")
