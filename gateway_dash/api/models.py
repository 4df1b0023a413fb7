"""The tokens by which a person's scripts are known."""

from __future__ import annotations

from datetime import datetime
from typing import Self

from django.conf import settings
from django.db import models
from django.utils import timezone

from gateway_dash.team.actions import NEEDS, Action

NAME_LENGTH = 80
PREFIX_LENGTH = 10
DIGEST_LENGTH = 64


class Tokens(models.QuerySet["ApiToken"]):
    """Tokens, to narrow down."""

    def live(self) -> Self:
        """Those that open the door now, as far as the token says."""
        return self.filter(revoked_at=None, expires_at__gt=timezone.now())


class ApiToken(models.Model):
    """A token of one person. What it opens is never more than the person may, and never more than it says here.

    The token itself is not kept: only its digest, by which it is found, and its first signs, by which people know it.
    """

    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="api_tokens")
    name = models.CharField(max_length=NAME_LENGTH)
    prefix = models.CharField(max_length=PREFIX_LENGTH)
    digest = models.CharField(max_length=DIGEST_LENGTH, unique=True)  # SHA-256 of the token
    scopes = models.JSONField(default=list)  # names of actions: SEE, READ
    gateways = models.JSONField(default=list)  # none: all that the person sees
    created_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()
    last_used_at = models.DateTimeField(null=True)  # to a few minutes
    revoked_at = models.DateTimeField(null=True)
    minute = models.BigIntegerField(default=0)  # the one in which requests are being counted
    requests = models.IntegerField(default=0)  # in that minute

    objects = Tokens.as_manager()

    def __str__(self) -> str:
        return f"{self.name} ({self.prefix}…)"

    @property
    def is_live(self) -> bool:
        """Whether it opens the door now, as far as the token says."""
        return self.revoked_at is None and self.expires_at > timezone.now()

    @property
    def ended_at(self) -> datetime | None:
        """When it ended; None while it is good."""
        return None if self.is_live else self.revoked_at or self.expires_at

    @property
    def reads(self) -> bool:
        """Whether it is good for bodies."""
        return self.allows(Action.READ)

    def reaches(self, gateway: str) -> bool:
        """Whether the token is for this gateway."""
        return not self.gateways or gateway in self.gateways

    def allows(self, action: Action) -> bool:
        """Whether the token is for this action, and for what the action is worth nothing without."""
        return all(each.value in self.scopes for each in (action, *NEEDS.get(action, ())))
