"""People for tests, by the role that they have."""

from __future__ import annotations

from typing import Any

from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group

from gateway_dash.team.models import AuditEntry, Seat
from gateway_dash.team.roles import OPERATOR


def somebody(name: str = "kim", role: str = OPERATOR, gateway: str = "", **fields: Any) -> Any:
    """Make this person, or take the one there is, and give the role: in all gateways, or in one."""
    person, made = get_user_model().objects.get_or_create(username=name, defaults=fields)
    if made or "password" in fields:
        person.set_password(fields.get("password"))  # None: nobody signs in by password
        person.save()
    give(person, role, gateway)
    return person


def give(person: Any, role: str, gateway: str = "") -> None:
    """A role that has no name is none."""
    if role and gateway:
        Seat.objects.create(person=person, role=Group.objects.get(name=role), gateway=gateway)
    elif role:
        person.groups.add(Group.objects.get(name=role))


def only(role: str, name: str = "kim", gateway: str = "") -> None:
    """From now on this person has this role alone; an empty one is none."""
    person = get_user_model().objects.get(username=name)
    person.groups.clear()
    person.user_permissions.clear()
    Seat.objects.filter(person=person).delete()
    give(person, role, gateway)


def noted(*what: str) -> list[tuple[str, str, dict[str, Any]]]:
    """Who did what, with the facts, as the audit trail has it, the oldest first; or only these events."""
    found = AuditEntry.objects.order_by("number")
    return [(each.who, each.what, each.facts) for each in found if not what or each.what in what]
