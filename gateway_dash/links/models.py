"""What was shared, with whom in mind, and until when. The token itself is nowhere: only its hash is."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import models
from django.utils import timezone

ACCOUNT_LENGTH = 64
GATEWAY_LENGTH = 64
NAME_LENGTH = 150
NOTE_LENGTH = 200
LOGS_LIMIT = 50  # of a set: one page
DAYS = (1, 7, 30, 90)
DAYS_USUAL = 7
TOKEN_BYTES = 16  # 128 bits


def new_token() -> str:
    """128 random bits, fit for an address."""
    return secrets.token_urlsafe(TOKEN_BYTES)


def hash_of(token: str) -> str:
    """What is kept of a token: of so many random bits a plain hash gives nothing away."""
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()


class ShareLink(models.Model):
    """One address that leads to one thing."""

    class Kind(models.TextChoices):
        """What it leads to."""

        LOG = "log", "a log"
        SET = "set", "some logs"
        COMPARISON = "comparison", "two logs compared"
        VIEW = "view", "a list"

    class Shows(models.TextChoices):
        """How much of it. Whoever shares can give no more than they may see themselves."""

        METADATA = "metadata", "metadata only"
        MASKED = "masked", "with requests and responses, secrets masked"
        FULL = "full", "with requests and responses as they were stored"

    account = models.CharField(max_length=ACCOUNT_LENGTH)
    gateway = models.CharField(max_length=GATEWAY_LENGTH)
    kind = models.CharField(max_length=12, choices=Kind)
    log_ids = models.JSONField(default=list)
    query = models.TextField(blank=True)  # of a list, with fixed times
    shows = models.CharField(max_length=10, choices=Shows)
    for_guests = models.BooleanField(default=False)  # without signing in; an administrator's choice
    note = models.CharField(max_length=NOTE_LENGTH, blank=True)
    token_hash = models.CharField(max_length=64, unique=True)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    author_name = models.CharField(max_length=NAME_LENGTH)
    created_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)
    revoked_by = models.CharField(max_length=NAME_LENGTH, blank=True)
    opened = models.PositiveIntegerField(default=0)
    last_opened_at = models.DateTimeField(null=True)
    minute = models.DateTimeField(null=True)  # in which it was opened last, and how often in it
    opened_in_minute = models.PositiveIntegerField(default=0)

    class Meta:
        indexes = (models.Index(fields=("account", "gateway", "expires_at"), name="share_link_of_gateway"),)

    def __str__(self) -> str:
        return f"{self.kind} of {self.gateway} by {self.author_name}"

    @property
    def is_alive(self) -> bool:
        """Whether it still leads anywhere."""
        return self.revoked_at is None and self.expires_at > timezone.now()

    @classmethod
    def alive(cls, now: datetime) -> Any:
        """Those that still lead somewhere."""
        return cls.objects.filter(revoked_at=None, expires_at__gt=now)

    @staticmethod
    def until(days: int) -> datetime:
        """When a link of so many days ends."""
        return timezone.now() + timedelta(days=days)
