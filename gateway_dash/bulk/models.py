"""What stays of a log that was deleted from here: who, when and under which plan. Nothing that the log said."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils import timezone

ACCOUNT_LENGTH = GATEWAY_LENGTH = 64
LOG_ID_LENGTH = 128
NAME_LENGTH = 150  # of a user, as Django has it
PLAN_LENGTH = 16
WORDS_LENGTH = 1000


class Tombstone(models.Model):
    """A log that a deletion from here named. All are kept: each is a few hundred bytes."""

    account = models.CharField(max_length=ACCOUNT_LENGTH)
    gateway = models.CharField(max_length=GATEWAY_LENGTH)
    log_id = models.CharField(max_length=LOG_ID_LENGTH)
    sent_at = models.DateTimeField(default=timezone.now)
    deleted_at = models.DateTimeField(null=True)  # read again and not found; none: sent, and not seen gone yet
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    actor_name = models.CharField(max_length=NAME_LENGTH)  # as it was then
    plan = models.CharField(max_length=PLAN_LENGTH)
    selected = models.CharField(max_length=WORDS_LENGTH)  # "12 logs (Calls from openai, in the last 24 hours)"

    class Meta:
        constraints = (models.UniqueConstraint(fields=("account", "gateway", "log_id"), name="tombstone_once"),)

    def __str__(self) -> str:
        return self.log_id
