"""The watches app."""

from django.apps import AppConfig


class WatchesConfig(AppConfig):
    """Registered under its full name."""

    name = "gateway_dash.watches"

    def ready(self) -> None:
        """Workers look at watches between the steps of jobs."""
        from django.core.checks import register

        from gateway_dash.bulk.chores import now_and_then
        from gateway_dash.watches.channels import channels_are_good
        from gateway_dash.watches.checking import check_due  # has models, which are there from now on
        from gateway_dash.watches.telling import tell_due

        register(channels_are_good)
        now_and_then(check_due)
        now_and_then(tell_due)
