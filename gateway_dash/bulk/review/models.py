"""A set of logs to be judged one at a time, and how far each of them has come."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils import timezone

from gateway_dash.bulk import models as bulk

NOTE_LENGTH = 2000


class Review(models.Model):
    """A set of logs: their ids were read once, when it was made."""

    key = models.CharField(max_length=bulk.PLAN_LENGTH, unique=True, default=bulk.new_key)
    account = models.CharField(max_length=bulk.ACCOUNT_LENGTH)
    gateway = models.CharField(max_length=bulk.GATEWAY_LENGTH)
    title = models.CharField(max_length=bulk.WORDS_LENGTH)  # in words that may be kept
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    author_name = models.CharField(max_length=bulk.NAME_LENGTH)  # as it was then
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        indexes = (models.Index(fields=("account", "gateway", "-created_at"), name="review_listed"),)

    def __str__(self) -> str:
        return self.key


class ReviewLog(models.Model):
    """One log of a review. Only who has claimed it may save; a claim that ran out is nobody's."""

    class State(models.TextChoices):
        """How far it has come."""

        OPEN = "open"
        DONE = "done"
        GONE = "gone"  # asked for upstream, and not found

    class Verdict(models.TextChoices):
        """What somebody said of it."""

        GOOD = "good"
        BAD = "bad"
        UNSURE = "unsure"  # looked at, and no verdict

    review = models.ForeignKey(Review, models.CASCADE, related_name="logs")
    position = models.PositiveIntegerField()
    log_id = models.CharField(max_length=bulk.LOG_ID_LENGTH)
    state = models.CharField(max_length=8, choices=State, default=State.OPEN)
    verdict = models.CharField(max_length=8, choices=Verdict, blank=True)
    score = models.FloatField(null=True)
    note = models.TextField(max_length=NOTE_LENGTH, blank=True)  # ours: never sent upstream
    reviewer = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    reviewer_name = models.CharField(max_length=bulk.NAME_LENGTH, blank=True)  # as it was then
    done_at = models.DateTimeField(null=True)
    claimed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    claimed_by_name = models.CharField(max_length=bulk.NAME_LENGTH, blank=True)
    claimed_until = models.DateTimeField(null=True)

    class Meta:
        ordering = ("position",)
        constraints = (
            models.UniqueConstraint(fields=("review", "log_id"), name="review_log_once"),
            models.UniqueConstraint(fields=("review", "position"), name="review_log_in_order"),
        )
        indexes = (models.Index(fields=("review", "state", "position"), name="review_log_next"),)

    def __str__(self) -> str:
        return self.log_id
