"""A watch, what it found, and what it has to tell. The database itself sees to it that nothing is told twice."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

WORDS_LENGTH = 300
CHANNEL_LENGTH = 40


class Watch(models.Model):
    """A saved view that is counted: too much in it within so many minutes is an alert."""

    account = models.CharField(max_length=64)
    gateway = models.CharField(max_length=64)
    view = models.ForeignKey("sharing.SavedView", models.CASCADE, related_name="watches")
    more_than = models.PositiveIntegerField()  # logs
    minutes = models.PositiveIntegerField()  # back from each check
    channels = models.JSONField(default=list)  # their names; what they are only the operator knows
    tells_calm = models.BooleanField(default=True)  # also when it is over
    is_on = models.BooleanField(default=True)
    off_why = models.CharField(max_length=WORDS_LENGTH, blank=True)  # where it was switched off by itself
    edition = models.PositiveIntegerField(
        default=1
    )  # counted up with each change: what is found for another is dropped
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)
    due_at = models.DateTimeField(default=timezone.now)
    checked_at = models.DateTimeField(null=True)  # when it was last counted
    number = models.PositiveIntegerField(null=True)  # logs, then
    is_bound = models.BooleanField(default=False)  # at most so many
    over_at = models.DateTimeField(null=True)  # when there were last too many
    failing_since = models.DateTimeField(null=True)
    problem = models.CharField(max_length=WORDS_LENGTH, blank=True)  # why it could not be counted

    class Meta:
        ordering = ("view__name", "minutes", "more_than", "pk")
        constraints = (models.UniqueConstraint(fields=("view", "actor", "more_than", "minutes"), name="watch_once"),)

    def __str__(self) -> str:
        return f"{self.view}: more than {self.more_than} in {self.minutes} min"


class Alert(models.Model):
    """From when to when there was too much, or from when to when the watch could not see."""

    class Kind(models.TextChoices):
        """What it is about."""

        OVER = "over"
        BLIND = "blind"
        TEST = "test"  # somebody tried the channels

    watch = models.ForeignKey(Watch, models.CASCADE, related_name="alerts")
    kind = models.CharField(max_length=8, choices=Kind)
    at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    number = models.PositiveIntegerField(null=True)  # logs when it began
    most = models.PositiveIntegerField(null=True)  # logs in any check since
    is_bound = models.BooleanField(default=False)
    begins_at = models.DateTimeField(null=True)  # of the minutes that were counted; they end with `at`
    path = models.TextField(blank=True)  # the list of these logs, with times that stand
    words = models.CharField(max_length=WORDS_LENGTH, blank=True)  # why it cannot see

    class Meta:
        ordering = ("-at", "-pk")
        constraints = (
            models.UniqueConstraint(fields=("watch", "kind"), condition=Q(ended_at=None), name="alert_open_once"),
        )

    def __str__(self) -> str:
        return f"{self.kind} at {self.at}"


class Message(models.Model):
    """One thing to tell one channel."""

    class Says(models.TextChoices):
        """What it tells."""

        OVER = "over"
        CALM = "calm"
        BLIND = "blind"
        SEES = "sees"
        TEST = "test"

    class State(models.TextChoices):
        """How far it came."""

        WAITING = "waiting"
        SENT = "sent"
        GIVEN_UP = "given up"

    alert = models.ForeignKey(Alert, models.CASCADE, related_name="messages")
    says = models.CharField(max_length=8, choices=Says)
    channel = models.CharField(max_length=CHANNEL_LENGTH)
    state = models.CharField(max_length=8, choices=State, default=State.WAITING)
    tries = models.PositiveIntegerField(default=0)
    due_at = models.DateTimeField(default=timezone.now)
    sent_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("pk",)
        constraints = (models.UniqueConstraint(fields=("alert", "says", "channel"), name="message_once"),)

    def __str__(self) -> str:
        return f"{self.says} to {self.channel}"
