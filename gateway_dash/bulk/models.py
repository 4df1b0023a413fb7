"""Long work over many logs: jobs with their journal and items, what guards a gateway, and what stays of a log."""

from __future__ import annotations

import secrets

from django.conf import settings
from django.db import models
from django.utils import timezone

from gateway_dash.bulk.retention import models as _retention  # noqa: F401 - models of this app, in their own room

ACCOUNT_LENGTH = GATEWAY_LENGTH = 64
LOG_ID_LENGTH = 128
NAME_LENGTH = 150  # of a user, as Django has it
PLAN_LENGTH = 16
WORDS_LENGTH = 1000


def new_key() -> str:
    """The name of a job in addresses and records: nobody can guess another."""
    return secrets.token_hex(8)


class Job(models.Model):
    """One piece of long work. Who holds its lease, and only they, may write; the fence tells an old holder so."""

    class State(models.TextChoices):
        """What may happen next, and to whom it is up."""

        ACTIVE = "active"  # a worker, from `due_at` on
        PLANNED = "planned"  # the person who confirms
        APPROVAL = "approval"  # a second person
        HALTED = "halted"  # stopped by itself; a person decides
        DONE = "done"
        CANCELLED = "cancelled"
        EXPIRED = "expired"  # planned, and never confirmed

    key = models.CharField(max_length=PLAN_LENGTH, unique=True, default=new_key)
    account = models.CharField(max_length=ACCOUNT_LENGTH)
    gateway = models.CharField(max_length=GATEWAY_LENGTH)
    kind = models.CharField(max_length=16)  # a key of KINDS in kinds.py
    title = models.CharField(max_length=WORDS_LENGTH)  # in words that may be kept
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    actor_name = models.CharField(max_length=NAME_LENGTH)  # as it was then
    approver_name = models.CharField(max_length=NAME_LENGTH, blank=True)
    spec = models.JSONField(default=dict)  # what is wanted: never changed once the work has begun
    found = models.JSONField(default=dict)  # what was read and done so far
    created_at = models.DateTimeField(default=timezone.now)
    confirmed_at = models.DateTimeField(null=True)
    begun_at = models.DateTimeField(null=True)  # the first call that changes or writes something
    ended_at = models.DateTimeField(null=True)
    expires_at = models.DateTimeField(null=True)  # of a plan

    state = models.CharField(max_length=16, choices=State, default=State.ACTIVE)
    phase = models.CharField(max_length=16)
    phase_at = models.DateTimeField(default=timezone.now)  # since when
    cursor = models.JSONField(default=dict)  # where the phase stands
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(null=True)  # None: not known yet
    calls = models.PositiveIntegerField(default=0)  # upstream calls so far
    pause = models.CharField(max_length=WORDS_LENGTH, blank=True)  # why nothing happens before `due_at`
    problem = models.CharField(max_length=WORDS_LENGTH, blank=True)  # why it halted
    failures = models.PositiveSmallIntegerField(default=0)  # in a row
    cancel_asked = models.BooleanField(default=False)
    cancel_by = models.CharField(max_length=NAME_LENGTH, blank=True)

    due_at = models.DateTimeField(default=timezone.now)
    lease_owner = models.CharField(max_length=80, blank=True)
    lease_until = models.DateTimeField(null=True)
    fence = models.PositiveIntegerField(default=0)

    class Meta:
        indexes = (
            models.Index(fields=("state", "due_at"), name="job_due"),
            models.Index(fields=("account", "gateway", "-created_at"), name="job_listed"),
        )

    def __str__(self) -> str:
        return self.key


class Entry(models.Model):
    """One line of a job's journal. Only added to: what is about to be done, then what came of it."""

    job = models.ForeignKey(Job, models.CASCADE, related_name="entries")
    at = models.DateTimeField(default=timezone.now)
    fence = models.PositiveIntegerField(default=0)
    phase = models.CharField(max_length=16)
    words = models.CharField(max_length=WORDS_LENGTH)
    level = models.CharField(max_length=8, default="info")  # "info", "ok", "warn" or "err"
    facts = models.JSONField(default=dict)  # {"asked": 50, "accepted": 50, "left": 0, …}

    class Meta:
        ordering = ("pk",)

    def __str__(self) -> str:
        return self.words


class Item(models.Model):
    """One log of a job, and how far it has come."""

    class State(models.TextChoices):
        """For a deletion in this order; others use fewer."""

        PENDING = "pending"
        HELD = "held"  # stays: see holds.py
        ARCHIVED = "archived"
        SENDING = "sending"  # written before the call that changes it is sent
        GONE = "gone"  # by us: read again and not found
        GONE_BEFORE = "before"  # not by us
        LEFT = "left"  # still there after all rounds
        CHANGED = "changed"  # annotated, and read again so
        SAME = "same"  # was already as it should be
        FAILED = "failed"
        UNDONE = "undone"

    job = models.ForeignKey(Job, models.CASCADE, related_name="items")
    position = models.PositiveIntegerField()
    log_id = models.CharField(max_length=LOG_ID_LENGTH)
    state = models.CharField(max_length=16, choices=State, default=State.PENDING)
    rounds = models.PositiveSmallIntegerField(default=0)  # how often a change was sent
    is_edge = models.BooleanField(default=False)  # near an end of the range: no filter of whole seconds surely takes it
    note = models.CharField(max_length=WORDS_LENGTH, blank=True)  # why it is held, or failed
    before = models.JSONField(null=True)  # what an annotation replaced
    after = models.JSONField(null=True)

    class Meta:
        ordering = ("position",)
        constraints = (
            models.UniqueConstraint(fields=("job", "log_id"), name="item_once"),
            models.UniqueConstraint(fields=("job", "position"), name="item_in_order"),
        )
        indexes = (models.Index(fields=("job", "state", "position"), name="item_next"),)

    def __str__(self) -> str:
        return self.log_id


class Part(models.Model):
    """One finished file of an archive or an export: it was written, read back, counted and hashed."""

    job = models.ForeignKey(Job, models.CASCADE, related_name="parts")
    name = models.CharField(max_length=120)  # in the store: "<job>/part-0001.jsonl.gz"
    kind = models.CharField(max_length=16)  # "selected", "zone", "export"
    records = models.PositiveIntegerField()
    size = models.PositiveBigIntegerField()  # bytes
    sha256 = models.CharField(max_length=64)
    at = models.DateTimeField(default=timezone.now)
    removed_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("pk",)
        constraints = (models.UniqueConstraint(fields=("job", "name"), name="part_once"),)

    def __str__(self) -> str:
        return self.name


class KeepMark(models.Model):
    """A log that somebody wants kept: no bulk deletion takes it."""

    account = models.CharField(max_length=ACCOUNT_LENGTH)
    gateway = models.CharField(max_length=GATEWAY_LENGTH)
    log_id = models.CharField(max_length=LOG_ID_LENGTH)
    at = models.DateTimeField(default=timezone.now)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    by_name = models.CharField(max_length=NAME_LENGTH)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("account", "gateway", "log_id"), name="keep_once"),)

    def __str__(self) -> str:
        return self.log_id


class DeletionGate(models.Model):
    """Whether logs of one gateway may be deleted now, and by which job. One job a gateway at a time."""

    account = models.CharField(max_length=ACCOUNT_LENGTH)
    gateway = models.CharField(max_length=GATEWAY_LENGTH)  # "" for the whole account: the kill switch
    verified_at = models.DateTimeField(null=True)  # a probe was sent and deleted nothing
    verified_by = models.CharField(max_length=NAME_LENGTH, blank=True)
    closed_at = models.DateTimeField(null=True)
    closed_by = models.CharField(max_length=NAME_LENGTH, blank=True)  # a person, or the job that halted
    closed_why = models.CharField(max_length=WORDS_LENGTH, blank=True)
    job = models.ForeignKey(Job, models.SET_NULL, null=True, related_name="+")  # that is deleting now

    class Meta:
        constraints = (models.UniqueConstraint(fields=("account", "gateway"), name="gate_once"),)

    def __str__(self) -> str:
        return self.gateway or self.account


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


class Spent(models.Model):
    """How many upstream calls all jobs of an account sent in one minute: what is left is for people."""

    account = models.CharField(max_length=ACCOUNT_LENGTH)
    minute = models.DateTimeField()
    calls = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("account", "minute"), name="spent_once"),)

    def __str__(self) -> str:
        return f"{self.minute}: {self.calls}"


# Django looks for models in this module alone; those of a room of its own are named here, at the end.
from gateway_dash.bulk.review import models as review_models  # noqa: E402, F401
