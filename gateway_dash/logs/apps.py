"""The logs app."""

from django.apps import AppConfig


class LogsConfig(AppConfig):
    """Registered under its full name."""

    name = "gateway_dash.logs"
