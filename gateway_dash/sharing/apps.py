"""The sharing app."""

from django.apps import AppConfig


class SharingConfig(AppConfig):
    """Registered under its full name."""

    name = "gateway_dash.sharing"
