"""The roles that a new dashboard has. They are Django's groups: an administrator changes them, and makes others."""

from __future__ import annotations

from typing import Any

from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group, Permission

from gateway_dash.team.actions import Action

METADATA, READER, ANNOTATOR, OPERATOR, LEAD, ADMINISTRATOR = (
    "Metadata only", "Reader", "Annotator", "Operator", "Lead", "Administrator",
)  # fmt: skip
ROLES: dict[str, tuple[Action, ...]] = {
    METADATA: (Action.SEE,),
    READER: (Action.SEE, Action.READ),
    ANNOTATOR: (Action.SEE, Action.READ, Action.ANNOTATE, Action.SHARE),
    OPERATOR: (Action.SEE, Action.READ, Action.ANNOTATE, Action.SHARE, Action.EXPORT, Action.DELETE),
    LEAD: tuple(action for action in Action if action is not Action.ADMINISTER),
    ADMINISTRATOR: tuple(Action),
}
SINCE = "0002_seats"  # the migration that brought roles


def make_roles(plan: Any = (), **_: Any) -> None:
    """After each migration: make the roles where there are none at all.

    Whoever could sign in before there were roles could read, annotate and delete, and goes on to: once, with the
    migration that brings roles, and never again.
    """
    if Group.objects.exists():
        return
    for name, actions in ROLES.items():
        role = Group.objects.create(name=name)
        role.permissions.set(rights_of(actions))
    if any(step.app_label == "team" and step.name == SINCE and not backwards for step, backwards in plan):
        operator = Group.objects.get(name=OPERATOR)
        for person in get_user_model().objects.filter(is_superuser=False):
            person.groups.add(operator)


def rights_of(actions: tuple[Action, ...]) -> list[Permission]:
    """Django's rows for these rights."""
    return list(Permission.objects.filter(content_type__app_label="team", codename__in=actions))
