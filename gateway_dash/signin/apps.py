"""The signin app."""

from django.apps import AppConfig


class SignInConfig(AppConfig):
    """Registered under its full name."""

    name = "gateway_dash.signin"
