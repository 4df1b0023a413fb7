"""The api app."""

from django.apps import AppConfig


class ApiConfig(AppConfig):
    """Registered under its full name."""

    name = "gateway_dash.api"
