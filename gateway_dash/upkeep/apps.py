"""The upkeep app."""

from django.apps import AppConfig


class UpkeepConfig(AppConfig):
    """Registered under its full name."""

    name = "gateway_dash.upkeep"
