"""A retention rule, and its runs: one a day at the most, which the database itself sees to."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils import timezone

REPORTS = 3  # runs of a new or changed rule that delete nothing
RULE_NAME_LENGTH = 80
QUERY_LENGTH = 8000  # as long as an address can be


class RetentionRule(models.Model):
    """Which logs of a gateway go once they are so old, in whose name, and when in the day."""

    account = models.CharField(max_length=64)
    gateway = models.CharField(max_length=64)
    name = models.CharField(max_length=RULE_NAME_LENGTH)
    query = models.CharField(max_length=QUERY_LENGTH, blank=True)  # as an address spells it, without a range
    takes_all = models.BooleanField(default=False)  # said on purpose: an empty filter alone never means every log
    age_days = models.PositiveIntegerField()
    hour = models.PositiveSmallIntegerField()  # of the day, in UTC
    level = models.CharField(max_length=16)  # of the archive: deletion/spec.py
    is_on = models.BooleanField(default=True)
    off_why = models.CharField(max_length=1000, blank=True)  # where it was switched off by itself
    edition = models.PositiveIntegerField(default=1)  # counted up with filter and age: its reports begin again
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    actor_name = models.CharField(max_length=150)
    created_at = models.DateTimeField(default=timezone.now)
    due_from = models.DateTimeField(default=timezone.now)  # an hour that had passed by then is not made up

    class Meta:
        ordering = ("name", "pk")
        constraints = (models.UniqueConstraint(fields=("account", "gateway", "name"), name="rule_named_once"),)

    def __str__(self) -> str:
        return self.name

    @property
    def reports_left(self) -> int:
        """How many runs still only report."""
        made = self.runs.filter(edition=self.edition, outcome=RetentionRun.Outcome.REPORTED).count()
        return max(0, REPORTS - made)


class RetentionRun(models.Model):
    """What a rule did on one day."""

    class Outcome(models.TextChoices):
        """How far it came; what became of a deletion after that stands in its job."""

        PLANNING = "planning"
        REPORTED = "reported"  # nothing was to be deleted
        NONE = "none"  # no log was old enough
        WENT = "went"  # went on by itself
        ASKED = "asked"  # left for a person to confirm
        SKIPPED = "skipped"

    rule = models.ForeignKey(RetentionRule, models.CASCADE, related_name="runs")
    day = models.DateField()  # in UTC
    edition = models.PositiveIntegerField()
    at = models.DateTimeField(default=timezone.now)
    outcome = models.CharField(max_length=16, choices=Outcome, default=Outcome.PLANNING)
    count = models.PositiveIntegerField(null=True)  # logs that would go, or that the plan holds
    words = models.CharField(max_length=1000, blank=True)  # why it was skipped, or left for a person
    job = models.ForeignKey("bulk.Job", models.SET_NULL, null=True, related_name="+")

    class Meta:
        ordering = ("-day",)
        constraints = (models.UniqueConstraint(fields=("rule", "day"), name="rule_once_a_day"),)

    def __str__(self) -> str:
        return f"{self.day}: {self.outcome}"
