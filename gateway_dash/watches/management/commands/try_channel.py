"""Send a test to a channel, and say what came of it: for the operator, at a terminal of their own."""

from __future__ import annotations

import logging
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from gateway_dash import upstream
from gateway_dash.watches.channels import BadChannel, send
from gateway_dash.watches.wording import Told


class Command(BaseCommand):
    """`manage.py try_channel oncall`"""

    help = "Send a test message to a channel of GATEWAY_DASH_CHANNELS. What went wrong is told here and nowhere else."

    def add_arguments(self, parser: CommandParser) -> None:
        """The channel's name."""
        parser.add_argument("name")

    def handle(self, *args: Any, **options: Any) -> None:
        """One try."""
        channel = upstream.channels().get(options["name"])
        if channel is None:
            known = ", ".join(upstream.channels()) or "none"
            raise CommandError(f"There is no channel of that name. GATEWAY_DASH_CHANNELS names: {known}.")
        log = logging.getLogger("apprise")
        handler, level = logging.StreamHandler(self.stderr), log.level
        log.addHandler(handler)
        log.setLevel(logging.INFO)
        said = Told("a test of a channel", "Somebody tries whether this channel works.", "info", {"event": "test"})
        try:
            taken = send(channel, said)
        except BadChannel as error:
            raise CommandError(str(error)) from None
        finally:
            log.removeHandler(handler)
            log.setLevel(level)
        if not taken:
            raise CommandError(f"The channel {channel.name} did not take it. The lines above say more.")
        self.stdout.write(f"The channel {channel.name} took it.")
