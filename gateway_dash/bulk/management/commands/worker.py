"""Work off jobs until told to stop."""

from __future__ import annotations

import signal
import threading
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand

from gateway_dash import upstream
from gateway_dash.bulk import runner
from gateway_dash.telemetry.start import start


class Command(BaseCommand):
    """`manage.py worker`; as many as one likes, on one database."""

    help = "Work off deletions, exports and other jobs. SIGTERM ends it after the step that is under way."

    def handle(self, *args: Any, **options: Any) -> None:
        """Until SIGTERM or SIGINT."""
        start()
        if upstream.job_engine() == "procrastinate":
            call_command("procrastinate", "worker", "--queues=jobs", "--shutdown-graceful-timeout=20")
            return
        stop = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda _number, _frame: stop.set())
        self.stdout.write("The worker is ready.")
        self.stdout.flush()
        runner.work(stop)
