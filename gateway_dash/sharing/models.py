"""What a person keeps of their searches. Both hold a query as the address spells it, and no log."""

from __future__ import annotations

from typing import Any, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

GATEWAY_LENGTH = 64
NAME_LENGTH = 80
DESCRIPTION_LENGTH = 200
VIEWS_LIMIT = 100  # for a person and gateway
RECENT_LIMIT = 20
# An index entry of PostgreSQL ends at 2,700 bytes; spelled queries are ASCII. A longer search is not noted.
RECENT_LENGTH = 2000


class Views(models.QuerySet["SavedView"]):
    """Saved views, to narrow down."""

    def there_for(self, person: Any) -> Self:
        """A person's own and the team's; whether the person sees their gateway is for team.rights to say."""
        return self.filter(Q(user=person.pk) | Q(is_team=True))


class SavedView(models.Model):
    """A list of logs under a name: one's own, or the team's, which everybody who may see the gateway has."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    gateway = models.CharField(max_length=GATEWAY_LENGTH)
    name = models.CharField(max_length=NAME_LENGTH)
    query = models.TextField(blank=True)  # without its question mark; empty: all logs
    description = models.CharField(max_length=DESCRIPTION_LENGTH, blank=True)
    is_default = models.BooleanField(default=False)  # of its owner
    is_team = models.BooleanField(default=False)
    is_team_default = models.BooleanField(default=False)  # of everybody who has no default of their own
    created_at = models.DateTimeField(default=timezone.now)

    objects = Views.as_manager()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("user", "gateway", "name"), name="saved_view_name_once"),
            models.UniqueConstraint(
                fields=("user", "gateway"), condition=Q(is_default=True), name="saved_view_one_default"
            ),
            models.UniqueConstraint(
                fields=("gateway",), condition=Q(is_team_default=True), name="saved_view_one_team_default"
            ),
        )

    def __str__(self) -> str:
        return self.name


class ViewLook(models.Model):
    """When a person last looked at a view, and when before that."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    view = models.ForeignKey(SavedView, models.CASCADE, related_name="looks")
    at = models.DateTimeField()
    before = models.DateTimeField(null=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("user", "view"), name="view_look_once"),)

    def __str__(self) -> str:
        return f"{self.user} at {self.view}"


class RecentSearch(models.Model):
    """A search that a person has opened lately."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    gateway = models.CharField(max_length=GATEWAY_LENGTH)
    query = models.CharField(max_length=RECENT_LENGTH)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("user", "gateway", "query"), name="recent_search_once"),)

    def __str__(self) -> str:
        return self.query
