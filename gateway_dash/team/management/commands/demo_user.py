"""Make the people of the sandbox, and print how to sign in as the main one."""

from __future__ import annotations

import secrets
from typing import Any

from allauth.mfa.models import Authenticator
from django.core.management.base import BaseCommand, CommandError, CommandParser

from gateway_dash import upstream
from gateway_dash.team.demo import MAIN, make_people, remove_people


class Command(BaseCommand):
    """`manage.py demo_user`: in the sandbox only; a real account's users are made by `createsuperuser`."""

    help = "Make the sandbox's demo user and print its password."

    def add_arguments(self, parser: CommandParser) -> None:
        """`--remove` for the start on a real account, which must not inherit the sandbox's people."""
        parser.add_argument("--remove", action="store_true", help="remove the demo users instead")

    def handle(self, *args: Any, **options: Any) -> None:
        """Set a new password each time, so that none is ever a default. The others are for a click alone."""
        if options["remove"]:
            remove_people()
            return
        if not upstream.is_sandbox():
            raise CommandError("A demo user is only made in the sandbox. Use: manage.py createsuperuser")
        try:
            person = make_people()
        except LookupError as error:
            raise CommandError(
                f"There is a user {error.args[0]} who is not the sandbox's: use another GATEWAY_DASH_DATA_DIR."
            ) from None
        password = "-".join(_syllables() for _ in range(3))
        person.set_password(password)
        person.save()
        Authenticator.objects.filter(user=person).delete()  # the printed password signs in, whatever was set up before
        self.stdout.write(f"Sign in as {MAIN} with the password {password} (made anew at each start)")


def _syllables() -> str:
    """Easy to type, 24 bits: `tobelanu`."""
    return "".join(secrets.choice("bdfgklmnprstvz") + secrets.choice("aeiou") for _ in range(4))
