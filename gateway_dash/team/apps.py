"""The team app."""

from django.apps import AppConfig


class TeamConfig(AppConfig):
    """Registered under its full name."""

    name = "gateway_dash.team"
