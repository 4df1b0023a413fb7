"""A person's sessions: from where, since when, and ended by their owner."""

from __future__ import annotations

import hashlib
import logging
import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from allauth.usersessions.models import UserSession
from django.contrib.auth.models import User
from django.contrib.sessions.models import Session
from django.db import DatabaseError, transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from gateway_dash.team import audit
from gateway_dash.team.events import Event
from gateway_dash.web import kept
from gateway_dash.web.waiting import waiting_little

SEEN_S = 5 * 60  # "last seen" is as exact as this, and costs one write in that time
_BROWSERS = (
    ("Edge", r"Edg(?:A|iOS)?/"),
    ("Opera", r"OPR/"),
    ("Samsung Internet", r"SamsungBrowser/"),
    ("Firefox", r"(?:Firefox|FxiOS)/"),
    ("Chrome", r"(?:Chrome|CriOS)/"),
    ("Safari", r"Version/\S+ .*Safari/"),
)
_SYSTEMS = (
    ("Android", r"Android"),
    ("iPhone", r"iPhone"),
    ("iPad", r"iPad"),
    ("Windows", r"Windows NT"),
    ("macOS", r"Mac OS X|Macintosh"),
    ("ChromeOS", r"CrOS"),
    ("Linux", r"Linux|X11"),
)
logger = logging.getLogger("gateway_dash.signin")


@dataclass(frozen=True, slots=True)
class Shown:
    """A session as its owner reads it."""

    id: int
    browser: str
    ip: str
    since: datetime
    seen: datetime
    is_this: bool


def browser(agent: str) -> str:
    """ "Firefox on Linux"; what says nothing that we know is "another program". Never the text itself."""
    program = next((name for name, pattern in _BROWSERS if re.search(pattern, agent)), "")
    system = next((name for name, pattern in _SYSTEMS if re.search(pattern, agent)), "")
    if not program:
        return f"Another program on {system}" if system else "Another program"
    return f"{program} on {system}" if system else program


def see(request: HttpRequest) -> None:
    """Note that this session is in use, now and then. It must not break the page."""
    key = request.session.session_key
    if not key or not kept.claim(f"session-seen:{hashlib.sha256(key.encode()).hexdigest()}", SEEN_S):
        return
    try:
        with waiting_little(), transaction.atomic():
            UserSession.objects.create_from_request(request)
    except DatabaseError as error:
        logger.warning("A session could not be noted (%s).", type(error).__name__)


def shown(request: HttpRequest) -> list[Shown]:
    """The person's sessions, this one first, then by when they were seen."""
    own = request.session.session_key
    found = [
        Shown(each.pk, browser(each.user_agent), each.ip, each.created_at, each.last_seen_at, each.session_key == own)
        for each in UserSession.objects.purge_and_list(request.user)
    ]
    return sorted(found, key=lambda each: (each.is_this, each.seen), reverse=True)


def carry_over(request: HttpRequest, old_key: str | None) -> None:
    """The session has a new key, and is still the same one."""
    UserSession.objects.filter(session_key=old_key).update(session_key=request.session.session_key)


@require_POST
def session_end(request: HttpRequest, session_id: int) -> HttpResponse:
    """End one; anybody else's is not there."""
    found: Any = UserSession.objects.filter(pk=session_id, user=cast("User", request.user)).first()
    if found is None:
        raise Http404
    audit.note(request, Event.SESSION_ENDED)
    found.end()
    return HttpResponseRedirect(reverse("account"))


@require_POST
def session_end_others(request: HttpRequest) -> HttpResponse:
    """End all but this one: also those that were not seen since they are listed."""
    audit.note(request, Event.SESSION_ENDED, all_others=True)
    user, own = cast("User", request.user), request.session.session_key
    for each in Session.objects.filter(expire_date__gt=timezone.now()).exclude(session_key=own).iterator():
        if each.get_decoded().get("_auth_user_id") == str(user.pk):
            each.delete()
    UserSession.objects.filter(user=user).exclude(session_key=own).delete()
    return HttpResponseRedirect(reverse("account"))
