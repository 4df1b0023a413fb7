"""People whose mail address was proven in front of this dashboard: signed in once a session, out without the proof."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

from django.contrib.auth import SESSION_KEY, get_user_model, login, logout
from django.contrib.auth.backends import ModelBackend
from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import AnonymousUser, User
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from gateway_dash.gateway.errors import CannotTell, NotLetIn
from gateway_dash.team.audit import note
from gateway_dash.team.events import Event
from gateway_dash.web.middleware import Action, Answer, show_error
from gateway_dash.web.render import push_url, render_part, wants_fragment
from gateway_dash.web.views import csrf_failure

logger = logging.getLogger("gateway_dash.team")

NOTE = "access"  # in the session: it was opened by a proof, and ends without one
BACKEND = "gateway_dash.team.proven.Proven"
LONGEST_ADDRESS = 150  # it becomes the name of a user

Ask = Callable[[HttpRequest], str | None]


class Proven(ModelBackend):
    """Whose sessions these are. It takes no password, and is not there when no such way is open."""

    def authenticate(self, *_arguments: Any, **_credentials: Any) -> None:
        """Nobody: people are signed in by the door alone."""

    async def aauthenticate(self, *_arguments: Any, **_credentials: Any) -> None:
        """Nobody either."""


def door(get_response: Answer, ask: Ask, *, elsewhere: str = "") -> Answer:
    """Middleware that signs in whom `ask` names. It raises NotLetIn for a proof that is none."""

    def answer(request: HttpRequest) -> HttpResponse:
        if request.path_info == reverse("healthz"):  # which reads no session, and no database
            return get_response(request)
        try:
            is_new = _let_in_or_out(request, ask(request))
        except NotLetIn as error:
            _end(request)
            request.user = AnonymousUser()  # somebody's session by password goes on, but this page is not theirs
            error.elsewhere = elsewhere
            return show_error(request, error)
        except CannotTell as error:
            return show_error(request, error)
        if is_new and request.method not in ("GET", "HEAD"):
            return csrf_failure(request, "opened before this person signed in, maybe by another one")
        was_proven = NOTE in request.session
        response = get_response(request)
        return _signed_out(request, elsewhere) if was_proven and SESSION_KEY not in request.session else response

    return answer


def refusal(why: str) -> NotLetIn:
    """The one answer to whoever is not let in. The reason is for the operator's log, and names nobody."""
    logger.warning("not let in: %s", why)
    return NotLetIn(
        "What you were signed in with on the way here is not accepted, or your account here is switched off.",
        hint="Sign in there again. If that does not help, ask the person who runs this dashboard: its log says why.",
    )


def address(text: object) -> str | None:
    """A mail address in small letters, or None for what could be taken for another one, such as “K” for “k”."""
    if not isinstance(text, str) or not text.isascii() or '"' in text or len(text) > LONGEST_ADDRESS:
        return None
    try:
        validate_email(text)
    except ValidationError:
        return None
    return text.lower()


def _let_in_or_out(request: HttpRequest, mail: str | None) -> bool:
    """Whether somebody was signed in just now."""
    if mail is None:
        _end(request)
        return False
    user = request.user
    if user.is_authenticated and address(user.email) == mail:
        return False
    if SESSION_KEY in request.session:  # of somebody else
        logout(request)
    person = _person(request, mail)
    request.session[NOTE] = True
    login(request, person, backend=BACKEND)
    return True


def _end(request: HttpRequest) -> None:
    """End a session that stands on a proof that is not there."""
    if NOTE in request.session:
        logout(request)


def _person(request: HttpRequest, mail: str) -> User:
    """The one active user with this address; a new one, where there was none."""
    people = [each for each in get_user_model().objects.filter(email__iexact=mail) if address(each.email) == mail]
    active = [each for each in people if each.is_active]
    if len(active) > 1:
        raise _unclear(request, mail, "several accounts have this address")
    if active:
        return active[0]
    if people:
        raise _unclear(request, mail, "the account is switched off")
    return _made(request, mail)


def _made(request: HttpRequest, mail: str) -> User:
    """A user without a password and without rights. Of two requests at once one makes it, and both get it."""
    users = get_user_model().objects
    person = users.filter(username=mail).first()
    if person is None:
        note(request, Event.PERSON_ADDED, person=mail, mail=mail, by="sign-in")
        defaults = {"email": mail, "password": make_password(None)}
        person, _ = users.get_or_create(username=mail, defaults=defaults)
    if not person.is_active or address(person.email) != mail:
        raise _unclear(request, mail, "another account has this address as its name")
    return person


def _unclear(request: HttpRequest, mail: str, why: str) -> NotLetIn:
    if not wants_fragment(request):  # a page that is left open asks again and again
        note(request, Event.SIGN_IN_REFUSED, mail=mail, why=why)
    return refusal(why)


def _signed_out(request: HttpRequest, elsewhere: str) -> HttpResponse:
    """After signing out here: a redirect to any page would sign the same person in again."""
    there = [Action("Sign out there too", elsewhere, primary=True)] if elsewhere else []
    context = {
        "title": "You are signed out",
        "error": {
            "title": "You are signed out",
            "message": "What signed you in on the way here still knows you, so the next page signs you in again. To "
            "leave for good, sign out there too.",
            "tone": "warn",
            "icon": "log-out",
        },
        "actions": [*there, Action("Sign in again", reverse("home"))],
    }
    return push_url(render_part(request, "error.html#notice", context), None)
