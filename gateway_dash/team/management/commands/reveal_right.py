"""Give somebody the right to see masked secrets, or take it away."""

from __future__ import annotations

from typing import Any

from django.contrib.auth import get_user_model
from django.contrib.auth.models import Permission
from django.core.management.base import BaseCommand, CommandError, CommandParser


class Command(BaseCommand):
    """`manage.py reveal_right NAME`."""

    help = "Let a user see secrets that are masked in bodies; each one is noted in the audit."

    def add_arguments(self, parser: CommandParser) -> None:
        """`--remove` takes it away."""
        parser.add_argument("name")
        parser.add_argument("--remove", action="store_true", help="take the right away instead")

    def handle(self, *args: Any, **options: Any) -> None:
        """The user has to be there; to give or take it twice changes nothing."""
        user = get_user_model().objects.filter(username=options["name"]).first()
        if user is None:
            raise CommandError(f"There is no user {options['name']}. Use: manage.py createsuperuser")
        right = Permission.objects.get(codename="reveal_secrets", content_type__app_label="team")
        if options["remove"]:
            user.user_permissions.remove(right)
        else:
            user.user_permissions.add(right)
        self.stdout.write(f"{user.get_username()} {'may not' if options['remove'] else 'may'} see masked secrets.")
