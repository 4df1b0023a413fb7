"""What people say about logs, who is called in it, and who has a log open now. No text of a log is in here."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

ACCOUNT_LENGTH = GATEWAY_LENGTH = 64
LOG_ID_LENGTH = 128
NAME_LENGTH = 150  # of a user, as Django has it
TEXT_LENGTH = 4000
PLACE_LENGTH = 2000  # LONGEST of gateway_dash/payload/paths.py


class Comment(models.Model):
    """What somebody wrote about a log. One that is taken away keeps its number and loses its text."""

    account = models.CharField(max_length=ACCOUNT_LENGTH)
    gateway = models.CharField(max_length=GATEWAY_LENGTH)
    log_id = models.CharField(max_length=LOG_ID_LENGTH)
    number = models.PositiveIntegerField()  # among those of its log, from 1; never given twice
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    author_name = models.CharField(max_length=NAME_LENGTH)  # as it was then
    text = models.TextField()  # with its secrets masked
    place = models.CharField(max_length=PLACE_LENGTH, blank=True)  # in a body: request.messages[2].content
    at = models.DateTimeField(default=timezone.now)
    edited_at = models.DateTimeField(null=True)
    removed_at = models.DateTimeField(null=True)
    removed_by = models.CharField(max_length=NAME_LENGTH, blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("account", "gateway", "log_id", "number"), name="comment_number_once"),
        )

    def __str__(self) -> str:
        return f"{self.log_id}:{self.number}"


class Mention(models.Model):
    """Somebody who is called in a comment, and who could see its gateway when it was written."""

    comment = models.ForeignKey(Comment, models.CASCADE, related_name="mentions")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    name = models.CharField(max_length=NAME_LENGTH)  # as it stands in the text
    account = models.CharField(max_length=ACCOUNT_LENGTH)  # as the comment's, so that one index answers each page
    gateway = models.CharField(max_length=GATEWAY_LENGTH)
    at = models.DateTimeField(default=timezone.now)
    seen_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("comment", "person"), name="mention_once"),)
        indexes = (
            models.Index(fields=("person", "account", "-at"), name="mention_listed"),
            models.Index(fields=("person", "account", "gateway"), condition=Q(seen_at=None), name="mention_unseen"),
        )

    def __str__(self) -> str:
        return f"{self.name} in {self.comment_id}"


class Presence(models.Model):
    """Who has a log open. A row is written when its page says so, and goes soon after it stops."""

    account = models.CharField(max_length=ACCOUNT_LENGTH)
    gateway = models.CharField(max_length=GATEWAY_LENGTH)
    log_id = models.CharField(max_length=LOG_ID_LENGTH)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    name = models.CharField(max_length=NAME_LENGTH)
    at = models.DateTimeField(db_index=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("account", "gateway", "log_id", "person"), name="presence_once"),
        )

    def __str__(self) -> str:
        return f"{self.name} at {self.log_id}"
