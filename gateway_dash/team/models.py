"""Who may do what, as an administrator keeps it: Django's rights, in groups, for all gateways or for one."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib.auth.models import Group
from django.db import models

from gateway_dash.team.actions import Action

GATEWAY_LENGTH = 64
NAME_LENGTH = 150
ADDRESS_LENGTH = 45  # of an IPv6 address
DIGEST_LENGTH = 64


class Rights(models.Model):
    """Only the place where Django keeps the rights; there are no rows."""

    class Meta:
        managed = False
        default_permissions = ()
        permissions = tuple((action.value, f"May {action.words}") for action in Action)

    def __str__(self) -> str:
        return "rights"


class Seat(models.Model):
    """A role that a person has in one gateway. Django's own groups of a person count in every gateway."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="seats")
    role = models.ForeignKey(Group, models.CASCADE, related_name="+")
    gateway = models.CharField(max_length=GATEWAY_LENGTH)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("person", "role", "gateway"), name="seat_once"),)

    def __str__(self) -> str:
        return f"{self.person} as {self.role} in {self.gateway}"


class AuditHead(models.Model):
    """The last entry of the trail: the one row that a writer locks, so that entries follow each other."""

    number = models.BigIntegerField(default=0)
    digest = models.CharField(max_length=DIGEST_LENGTH, default="")

    def __str__(self) -> str:
        return f"{self.number}:{self.digest}"


class AuditEntry(models.Model):
    """Who did what. Entries are never changed or removed: the database refuses. Each has the digest of the last."""

    number = models.BigIntegerField(unique=True)  # from 1, without a gap
    at = models.DateTimeField(db_index=True)
    who = models.CharField(max_length=NAME_LENGTH, db_index=True)  # the name at that time; a job's is its owner's
    person_id = models.BigIntegerField(null=True)  # no foreign key: the trail outlives the person
    address = models.CharField(max_length=ADDRESS_LENGTH, blank=True)  # from where; empty for what ran by itself
    what = models.CharField(max_length=40, db_index=True)  # of Event
    gateway = models.CharField(max_length=GATEWAY_LENGTH, blank=True, db_index=True)
    facts = models.JSONField(default=dict)  # names, counts, hashes, before and after; never a body, never a secret
    previous = models.CharField(max_length=DIGEST_LENGTH, blank=True)
    digest = models.CharField(max_length=DIGEST_LENGTH)

    class Meta:
        ordering = ("-number",)

    def __str__(self) -> str:
        return f"{self.number} {self.who} {self.what}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Only once."""
        if not self._state.adding:
            raise TypeError("An entry of the audit trail is never changed.")
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        """Never."""
        raise TypeError("An entry of the audit trail is never removed.")
