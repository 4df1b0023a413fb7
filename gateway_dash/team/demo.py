"""The people of the sandbox: one for each role, and a click to be each of them. On a real account there are none."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib.auth import get_user_model, login
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.models import Group
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from gateway_dash import upstream
from gateway_dash.team.models import Seat
from gateway_dash.team.roles import ADMINISTRATOR, ANNOTATOR, LEAD, METADATA, OPERATOR, READER
from gateway_dash.web.views import own_url

MAIN = "demo"
DOMAIN = "@sandbox.invalid"  # tells our people from one who is called demo
BACKEND = "django.contrib.auth.backends.ModelBackend"


@dataclass(frozen=True, slots=True)
class DemoPerson:
    """Somebody to be in the sandbox."""

    name: str
    role: str
    gateway: str = ""  # where the role is for one gateway only
    about: str = ""

    @property
    def address(self) -> str:
        """By which the person is known as ours."""
        return self.name + DOMAIN


PEOPLE = (
    DemoPerson(MAIN, ADMINISTRATOR, about="all there is"),
    DemoPerson("demo-lead", LEAD, about="approves, and sees secrets"),
    DemoPerson("demo-operator", OPERATOR, about="exports and deletes"),
    DemoPerson("demo-annotator", ANNOTATOR, about="annotates and shares"),
    DemoPerson("demo-reader", READER, about="reads"),
    DemoPerson("demo-metadata", METADATA, about="no requests, no responses"),
    DemoPerson("demo-support", OPERATOR, gateway="support-bot", about="support-bot alone"),
)


def make_people() -> Any:
    """Everybody, with their roles and without a password; the main one is returned. Raises LookupError."""
    users = get_user_model().objects
    taken = users.filter(username__in=[each.name for each in PEOPLE]).exclude(email__endswith=DOMAIN).first()
    if taken:
        raise LookupError(taken.username)
    for each in reversed(PEOPLE):
        person, made = users.get_or_create(username=each.name, email=each.address)
        if made:
            person.set_unusable_password()
            person.save()
        person.groups.clear()
        role = Group.objects.filter(name=each.role).first()
        if role and each.gateway:
            Seat.objects.get_or_create(person=person, role=role, gateway=each.gateway)
        elif role:
            person.groups.add(role)
    return person


def remove_people() -> None:
    """Nobody of the sandbox may sign in to a real account."""
    names = [each.name for each in PEOPLE]
    get_user_model().objects.filter(username__in=names, email__endswith=DOMAIN).delete()


def offered() -> tuple[DemoPerson, ...]:
    """Whom a visitor can be with a click: where only this machine is served."""
    return PEOPLE if upstream.demo_is_on() else ()


@login_not_required
@require_POST
@sensitive_post_parameters()
def demo_sign_in(request: HttpRequest) -> HttpResponse:
    """Be somebody of the sandbox (`as`), without a password; elsewhere this address does not exist."""
    chosen = next((each for each in offered() if each.name == request.POST.get("as")), None)
    person = get_user_model().objects.filter(username=chosen.name, email=chosen.address).first() if chosen else None
    if person is None:
        raise Http404
    login(request, person, backend=BACKEND)
    return HttpResponseRedirect(own_url(request, request.POST.get("next", "")) or reverse("home"))
