"""What each role may, for who administers the dashboard."""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib.auth.models import Group
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from gateway_dash.gateway.errors import Refusal
from gateway_dash.team import audit
from gateway_dash.team.actions import NEEDS, Action
from gateway_dash.team.events import Event
from gateway_dash.team.models import Seat
from gateway_dash.team.roles import rights_of
from gateway_dash.web.render import SeeOther, render_part

NAME_LENGTH = 80
ROLES_LIMIT = 50


@dataclass(frozen=True, slots=True)
class Shown:
    """A role with what it may and how many have it."""

    role: Group
    rights: frozenset[str]
    people: int

    @property
    def lacking(self) -> list[str]:
        """Rights that are worth nothing, since this role lacks what they need."""
        needed = {action: [need for need in NEEDS.get(action, ()) if need not in self.rights] for action in Action}
        return [action.words for action, missing in needed.items() if action in self.rights and missing]


@require_safe
def role_list(request: HttpRequest) -> HttpResponse:
    """Every role, with a box for each right."""
    roles = [_shown(role) for role in Group.objects.order_by("pk").prefetch_related("permissions")]
    context = {
        "title": f"{len(roles)} role{'' if len(roles) == 1 else 's'}",
        "roles": roles,
        "actions": [(action.value, action.words) for action in Action],
        "name_length": NAME_LENGTH,
        "section": "team",
    }
    return render_part(request, "team/roles.html", context)


@require_POST
def role_add(request: HttpRequest) -> HttpResponse:
    """A role that may nothing yet."""
    name = " ".join(request.POST.get("name", "").split())
    if not name or len(name) > NAME_LENGTH or not name.isprintable():
        raise Refusal(f"A role needs a name of 1 to {NAME_LENGTH} characters that can be seen. Nothing was added.")
    if Group.objects.filter(name=name).exists():
        raise Refusal(f"There is a role “{name}” already. Nothing was added.")
    if Group.objects.count() >= ROLES_LIMIT:
        raise Refusal(f"There are {ROLES_LIMIT} roles, and more cannot be kept. Remove one first.")
    audit.note(request, Event.ROLE_CHANGED, role=name, rights=[])
    Group.objects.create(name=name)
    return SeeOther(reverse("role-list"))


@require_POST
def role_save(request: HttpRequest, role_id: int) -> HttpResponse:
    """What it may from now on; everybody who has it, with their next request."""
    role = get_object_or_404(Group, pk=role_id)
    wanted = tuple(action for action in Action if action in request.POST.getlist("right"))
    if Action.ADMINISTER not in wanted and role in request.user.groups.all():
        raise Refusal("That would take your own right to administer away. Ask another administrator.")
    before = sorted(_shown(role).rights)
    audit.note(request, Event.ROLE_CHANGED, role=role.name, before=before, after=[each.value for each in wanted])
    role.permissions.set(rights_of(wanted))
    return SeeOther(reverse("role-list"))


@require_POST
def role_remove(request: HttpRequest, role_id: int) -> HttpResponse:
    """Gone, if nobody has it."""
    role = get_object_or_404(Group, pk=role_id)
    if _shown(role).people:
        raise Refusal(f"Somebody has the role “{role.name}”. Take it away from them first. Nothing was removed.")
    audit.note(request, Event.ROLE_CHANGED, role=role.name, removed=True)
    role.delete()
    return SeeOther(reverse("role-list"))


def _shown(role: Group) -> Shown:
    names = {action.value for action in Action}
    rights = frozenset(right.codename for right in role.permissions.all() if right.codename in names)
    holders = {*role.user_set.values_list("pk", flat=True)}
    return Shown(role, rights, len(holders | {*Seat.objects.filter(role=role).values_list("person", flat=True)}))
