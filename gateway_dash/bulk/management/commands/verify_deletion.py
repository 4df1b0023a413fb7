"""`manage.py verify_deletion <gateway>`: prove once that a deletion there takes only what it names."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from gateway_dash.bulk.verifying import NotProven, Proof
from gateway_dash.gateway.errors import GatewayError
from gateway_dash.web.text import terminal_safe


class Command(BaseCommand):
    """Sends one DELETE, for an id that no log has. The exit code is 1 where that proves nothing, or something bad."""

    help = "Prove that a deletion which names no log deletes none, and note the gateway as verified."

    def add_arguments(self, parser: CommandParser) -> None:
        """The gateway, and what to do with an empty one."""
        parser.add_argument("gateway")
        parser.add_argument("--accept-empty", action="store_true", help="take a gateway without logs as verified")

    def handle(self, *args: Any, **options: Any) -> None:
        """Tell each step as it is done."""
        proof = Proof(options["gateway"], lambda words: self.stdout.write(terminal_safe(words)))
        try:
            proof.make(accept_empty=options["accept_empty"])
        except NotProven as reason:
            raise CommandError(terminal_safe(f"Not verified. {reason}")) from None
        except GatewayError as error:
            raise CommandError(terminal_safe(f"Not verified. {error.title}. {error.message} {error.hint}")) from None
