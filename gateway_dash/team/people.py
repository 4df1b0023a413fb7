"""The people of the dashboard and their roles, for who administers it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.contrib.auth.tokens import default_token_generator
from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode
from django.views.decorators.http import require_POST, require_safe

from gateway_dash import upstream
from gateway_dash.gateway.errors import GatewayError, Refusal
from gateway_dash.team import audit
from gateway_dash.team.events import Event
from gateway_dash.team.forms import PersonForm, RoleForm
from gateway_dash.team.models import Seat
from gateway_dash.web.render import SeeOther, render_part

OWN = "You cannot change your own rights: ask another administrator. Nothing was changed."
ABOVE = "Only a superuser can change a superuser. Nothing was changed."


@dataclass(frozen=True, slots=True)
class Held:
    """A role of a person, and where it counts; an empty gateway is all of them."""

    role: Group
    gateway: str


@dataclass(frozen=True, slots=True)
class Shown:
    """A person as the pages place them."""

    person: Any
    held: tuple[Held, ...]
    is_self: bool
    may_change: bool


@require_safe
def person_list(request: HttpRequest) -> HttpResponse:
    """Everybody who can sign in, or could."""
    return _list(request, PersonForm())


@require_POST
def person_add(request: HttpRequest) -> HttpResponse:
    """Somebody new, with a role; the next page has the link by which they choose a password."""
    form = PersonForm.read(request.POST)
    if form.errors:
        return _list(request, form, status=422)
    audit.note(request, Event.PERSON_ADDED, form.gateway, person=form.name, mail=form.mail, role=str(form.role or ""))
    try:
        with transaction.atomic():
            person = get_user_model().objects.create_user(form.name, form.mail)
            _give(person, form.role, form.gateway)
    except IntegrityError:
        form.errors["name"] = "There is somebody of that name already."
        return _list(request, form, status=422)
    return SeeOther(reverse("person", args=[person.pk]))


@require_safe
def person(request: HttpRequest, person_id: int) -> HttpResponse:
    """One person: roles, and what can be done."""
    return _page(request, get_object_or_404(_everybody(), pk=person_id), RoleForm())


@require_POST
def role_give(request: HttpRequest, person_id: int) -> HttpResponse:
    """A role more, in all gateways or in one."""
    found = _changeable(request, person_id)
    form = RoleForm.read(request.POST)
    if form.errors or form.role is None:
        return _page(request, found, form, status=422)
    audit.note(request, Event.ROLE_GIVEN, form.gateway, person=found.get_username(), role=form.role.name)
    _give(found, form.role, form.gateway)
    return SeeOther(reverse("person", args=[found.pk]))


@require_POST
def role_take(request: HttpRequest, person_id: int) -> HttpResponse:
    """A role less."""
    found = _changeable(request, person_id)
    form = RoleForm.read(request.POST)
    if form.role is None:
        raise Refusal("This role is not there any more. Nothing was changed.")
    audit.note(request, Event.ROLE_TAKEN, form.gateway, person=found.get_username(), role=form.role.name)
    if form.gateway:
        Seat.objects.filter(person=found, role=form.role, gateway=form.gateway).delete()
    else:
        found.groups.remove(form.role)
    return SeeOther(reverse("person", args=[found.pk]))


@require_POST
def person_switch(request: HttpRequest, person_id: int) -> HttpResponse:
    """Whether they may sign in (`on`); one who may not is signed out with their next request."""
    found = _changeable(request, person_id)
    is_on = request.POST.get("on") == "1"
    audit.note(request, Event.PERSON_CHANGED, person=found.get_username(), may_sign_in=is_on)
    get_user_model().objects.filter(pk=found.pk).update(is_active=is_on)
    return SeeOther(reverse("person", args=[found.pk]))


@require_POST
def password_link(request: HttpRequest, person_id: int) -> HttpResponse:
    """The link by which they choose a password: shown once, worth nothing after its use, or after three days."""
    found = _changeable(request, person_id)
    if not found.is_active:
        raise Refusal("Somebody who may not sign in needs no password. Let them sign in first.")
    audit.note(request, Event.LINK_MADE, person=found.get_username())
    number = urlsafe_base64_encode(force_bytes(found.pk))
    path = reverse("password-choose", args=[number, default_token_generator.make_token(found)])
    return _page(request, found, RoleForm(), link=request.build_absolute_uri(path))


def _everybody() -> QuerySet[Any]:
    return get_user_model().objects.order_by("-is_active", "username").prefetch_related("groups", "seats__role")


def _changeable(request: HttpRequest, person_id: int) -> Any:
    """The person, if this administrator may change them; raises Refusal."""
    found = get_object_or_404(_everybody(), pk=person_id)
    if why := _why_not(request, found):
        raise Refusal(why)
    return found


def _why_not(request: HttpRequest, found: Any) -> str:
    """Why this administrator may not change that person; empty where they may."""
    if found.pk == request.user.pk:
        return OWN
    is_above = found.is_superuser and not getattr(request.user, "is_superuser", False)
    return ABOVE if is_above else ""


def _give(person: Any, role: Group | None, gateway: str) -> None:
    if role and gateway:
        Seat.objects.get_or_create(person=person, role=role, gateway=gateway)
    elif role:
        person.groups.add(role)


def _shown(request: HttpRequest, found: Any) -> Shown:
    everywhere = [Held(role, "") for role in found.groups.all()]
    somewhere = [Held(seat.role, seat.gateway) for seat in found.seats.all()]
    is_self = found.pk == request.user.pk
    return Shown(found, (*everywhere, *somewhere), is_self, may_change=not _why_not(request, found))


def _choices() -> dict[str, Any]:
    """The roles, and the gateways where the upstream says them: a form works without."""
    try:
        gateways = [gateway.id for gateway in upstream.account().gateways()]
    except GatewayError:
        gateways = []
    return {"roles": list(Group.objects.order_by("name")), "gateways": gateways, "section": "team"}


def _list(request: HttpRequest, form: PersonForm, *, status: int = 200) -> HttpResponse:
    people = [_shown(request, each) for each in _everybody()]
    active = sum(each.person.is_active for each in people)
    title = f"{active} {'person' if active == 1 else 'people'} may sign in"
    context = {"title": title, "people": people, "form": form, **_choices()}
    return render_part(request, "team/people.html", context, status=status)


def _page(request: HttpRequest, found: Any, form: RoleForm, *, link: str = "", status: int = 200) -> HttpResponse:
    context = {"title": found.get_username(), "shown": _shown(request, found), "form": form, "link": link, **_choices()}
    return render_part(request, "team/person.html", context, status=status)
