"""The talk app."""

from django.apps import AppConfig


class TalkConfig(AppConfig):
    """Registered under its full name."""

    name = "gateway_dash.talk"

    def ready(self) -> None:
        """No bulk deletion takes a log that somebody wrote about."""
        from gateway_dash.bulk.holds import holds_for
        from gateway_dash.talk.holding import talked_about  # has a model, which is there from now on

        holds_for(talked_about)
