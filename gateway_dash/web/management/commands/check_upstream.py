"""`manage.py check_upstream`: is the token good, and which gateways can be read with it?"""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from gateway_dash import upstream
from gateway_dash.gateway.errors import GatewayError
from gateway_dash.web.text import terminal_safe


class Command(BaseCommand):
    """Reads only: the token check, the list of gateways, and one count for each."""

    help = "Check the API token and list the gateways that it can read."

    def handle(self, *args: Any, **options: Any) -> None:
        """Print what was found; the exit code is 1 when something was refused."""
        account = upstream.account()
        try:
            token = account.verify_token()
            gateways = account.gateways()
            counts = account.counts([gateway.id for gateway in gateways])
        except GatewayError as error:
            raise CommandError(terminal_safe(f"{error.title}. {error.message} {error.hint}")) from None
        ends = f", expires {token.expires_on:%Y-%m-%d}" if token.expires_on else ""
        self.stdout.write(f"Token: {terminal_safe(token.status)}{ends}")
        for gateway in gateways:
            found = counts[gateway.id]
            told = found.title if isinstance(found, GatewayError) else f"{found:,} logs"
            self.stdout.write(f"Gateway {terminal_safe(gateway.id)}: {told}")
        if any(isinstance(found, GatewayError) for found in counts.values()):
            raise CommandError("Not every gateway could be read.")
