"""The team app."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class TeamConfig(AppConfig):
    """Registered under its full name."""

    name = "gateway_dash.team"

    def ready(self) -> None:
        """Roles are there as soon as the rights are that Django makes after a migration."""
        from gateway_dash.team import sign_ins
        from gateway_dash.team.roles import make_roles

        post_migrate.connect(make_roles, sender=self, dispatch_uid="roles")
        sign_ins.listen()
