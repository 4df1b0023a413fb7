"""The links app."""

from django.apps import AppConfig


class LinksConfig(AppConfig):
    """Registered under its full name."""

    name = "gateway_dash.links"

    def ready(self) -> None:
        """A log that is shared is left out of bulk deletions."""
        from gateway_dash.bulk.holds import holds_for
        from gateway_dash.links.shared import held

        holds_for(held)
