"""Make the demo user of the sandbox, and print how to sign in."""

from __future__ import annotations

import secrets
from typing import Any

from allauth.mfa.models import Authenticator
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Permission
from django.core.management.base import BaseCommand, CommandError, CommandParser

from gateway_dash import upstream

NAME = "demo"
ADDRESS = "demo@sandbox.invalid"  # tells our demo user from a person who is called demo


class Command(BaseCommand):
    """`manage.py demo_user`: in the sandbox only; a real account's users are made by `createsuperuser`."""

    help = "Make the sandbox's demo user and print its password."

    def add_arguments(self, parser: CommandParser) -> None:
        """`--remove` for the start on a real account, which must not inherit the sandbox's user."""
        parser.add_argument("--remove", action="store_true", help="remove the demo user instead")

    def handle(self, *args: Any, **options: Any) -> None:
        """Set a new password each time, so that none is ever a default."""
        users = get_user_model().objects
        if options["remove"]:
            users.filter(username=NAME, email=ADDRESS).delete()
            return
        if not upstream.is_sandbox():
            raise CommandError("A demo user is only made in the sandbox. Use: manage.py createsuperuser")
        if users.filter(username=NAME).exclude(email=ADDRESS).exists():
            raise CommandError(f"There is a user {NAME} who is not the sandbox's: use another GATEWAY_DASH_DATA_DIR.")
        password = "-".join(_syllables() for _ in range(3))
        user, _made = users.get_or_create(username=NAME, email=ADDRESS)
        user.set_password(password)
        user.save()
        Authenticator.objects.filter(user=user).delete()  # the printed password signs in, whatever was set up before
        user.user_permissions.add(Permission.objects.get(codename="reveal_secrets", content_type__app_label="team"))
        self.stdout.write(f"Sign in as {NAME} with the password {password} (made anew at each start)")


def _syllables() -> str:
    """Easy to type, 24 bits: `tobelanu`."""
    return "".join(secrets.choice("bdfgklmnprstvz") + secrets.choice("aeiou") for _ in range(4))
