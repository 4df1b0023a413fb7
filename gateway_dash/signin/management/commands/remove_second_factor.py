"""Let somebody sign in by password alone who lost both their phone and the recovery codes."""

from __future__ import annotations

from typing import Any

from allauth.mfa.models import Authenticator
from django.contrib.auth import get_user_model
from django.core.management.base import BaseCommand, CommandError, CommandParser

from gateway_dash.signin import throttle


class Command(BaseCommand):
    """`manage.py remove_second_factor NAME`."""

    help = "Remove the second factor of a user, who can then set up another one."

    def add_arguments(self, parser: CommandParser) -> None:
        """Whose."""
        parser.add_argument("name")

    def handle(self, *args: Any, **options: Any) -> None:
        """The app's secret, the recovery codes, and tries that count; to do it twice changes nothing."""
        user = get_user_model().objects.filter(username=options["name"]).first()
        if user is None:
            raise CommandError(f"There is no user {options['name']}.")
        Authenticator.objects.filter(user=user).delete()
        throttle.forgive(user.pk, user.get_username())
        self.stdout.write(f"{user.get_username()} has no second factor now.")
