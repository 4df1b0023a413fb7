"""The bulk app."""

from django.apps import AppConfig


class BulkConfig(AppConfig):
    """Registered under its full name."""

    name = "gateway_dash.bulk"
