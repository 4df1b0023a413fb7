"""Make share links, see them, look at them as others will, and revoke them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from gateway_dash import upstream
from gateway_dash.gateway.errors import QueryError, Refusal
from gateway_dash.gateway.query import LogQuery
from gateway_dash.gateway.sentence import words
from gateway_dash.links.form import LinkForm, Target
from gateway_dash.links.models import DAYS, LOGS_LIMIT, NAME_LENGTH, NOTE_LENGTH, ShareLink, hash_of, new_token
from gateway_dash.links.opened import render_shared
from gateway_dash.links.shared import links_of, may_give, query_of
from gateway_dash.logs.screen import Screen, read_screen
from gateway_dash.logs.selection import Ticks
from gateway_dash.team import audit
from gateway_dash.team.actions import Action
from gateway_dash.team.events import Event
from gateway_dash.team.rights import may
from gateway_dash.web import formats
from gateway_dash.web.render import SeeOther, render_part
from gateway_dash.web.text import marked

SHOWN_AT_MOST = 200
NAMED = 3  # ids in words


@dataclass(frozen=True, slots=True)
class Row:
    """A link in the list."""

    link: ShareLink
    what: str
    state: str  # "works", "ended", "revoked"


@require_safe
def link_list(request: HttpRequest, gateway: str) -> HttpResponse:
    """One's own links of this gateway; for an administrator everybody's."""
    rows = [_row(request, each) for each in _mine(request, gateway)[:SHOWN_AT_MOST]]
    works = sum(row.state == "works" for row in rows)
    title = f"{works} share link{'' if works == 1 else 's'} of {gateway} work{'s' if works == 1 else ''}"
    context = {"title": title, "rows": rows, "section": "logs"}
    return render_part(request, "links/list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def link_new(request: HttpRequest, gateway: str) -> HttpResponse:
    """The form; sent, it makes the link and shows its address, this once."""
    target, rest = Target.read(request.GET)
    screen, query = read_screen(request, gateway, rest)
    if request.method == "POST" and "shows" not in request.POST:
        return SeeOther(_of_ticks(gateway, Ticks.read(request.POST), query))
    if request.method != "POST":
        return _form(request, screen, query, target, LinkForm(shows=_usual(request, gateway)))
    offered = may_give(request.user, gateway)
    may_invite = may(request.user, Action.ADMINISTER, gateway)
    form = LinkForm.read(request.POST, offered, may_invite=may_invite)
    if form.errors:
        return _form(request, screen, query, target, form, status=422)
    link, token = _made(request, gateway, target, query, form)
    url = request.build_absolute_uri(reverse("share-link", args=[token]))
    context = {"title": "The link is made", "row": _row(request, link), "url": url, "section": "logs"}
    return render_part(request, "links/made.html", context)


@require_safe
def link_preview(request: HttpRequest, gateway: str, link_id: int) -> HttpResponse:
    """What others see. It does not count as opened."""
    link = _one(request, gateway, link_id)
    return render_shared(request, link, is_preview=True)


@require_POST
def link_revoke(request: HttpRequest, gateway: str, link_id: int) -> HttpResponse:
    """From now on it leads nowhere; it cannot be had back, since nobody knows its token."""
    link = _one(request, gateway, link_id)
    audit.note(request, Event.LINK_REVOKED, gateway, link=link.pk, log=_only(link))
    who = request.user.get_username()[:NAME_LENGTH]
    ShareLink.objects.filter(pk=link.pk, revoked_at=None).update(revoked_at=timezone.now(), revoked_by=who)
    return SeeOther(reverse("link-list", args=[gateway]))


def _of_ticks(gateway: str, ticks: Ticks, query: LogQuery) -> str:
    """The form for what is ticked in a list: an address of its own, without the list around it."""
    if not ticks.ids and not ticks.everything:
        raise Refusal("No log is ticked. Tick the logs to share.")
    if len(ticks.ids) > LOGS_LIMIT and not ticks.everything:
        raise Refusal(f"A link holds {LOGS_LIMIT} logs at most. Share the list instead, under “Copy link”.")
    pairs = [("log", each) for each in ticks.ids]
    url = reverse("link-new", args=[gateway])
    return url + (query.change().url() if ticks.everything else f"?{urlencode(pairs)}")


def _made(request: HttpRequest, gateway: str, target: Target, query: LogQuery, form: LinkForm) -> tuple[ShareLink, str]:
    """The link is written down before its token leaves, and the audit before both."""
    frozen = query.frozen().url() if target.kind == ShareLink.Kind.VIEW else ""
    until = ShareLink.until(form.days)
    facts = {"kind": target.kind.value, "shows": form.shows, "for_guests": form.for_guests, "until": until}
    log = target.ids[0] if len(target.ids) == 1 else ""
    audit.note(request, Event.SHARED, gateway, log=log, logs=len(target.ids), **facts)
    token = new_token()
    link = ShareLink.objects.create(
        account=upstream.account_key(),
        gateway=gateway,
        kind=target.kind,
        log_ids=list(target.ids),
        query=frozen,
        token_hash=hash_of(token),
        author_id=request.user.pk,
        author_name=request.user.get_username()[:NAME_LENGTH],
        expires_at=until,
        **form.fields(),
    )
    return link, token


def _form(
    request: HttpRequest, screen: Screen, query: LogQuery, target: Target, form: LinkForm, *, status: int = 200
) -> HttpResponse:
    gateway = screen.gateway_name
    context: dict[str, Any] = {
        "title": f"Share {target.kind.label}",
        "section": "logs",
        "what": what_words(target.kind, target.ids, query),
        "form": form,
        "offered": may_give(request.user, gateway),
        "may_invite": may(request.user, Action.ADMINISTER, gateway),
        "days": DAYS,
        "note_length": NOTE_LENGTH,
        "action": request.get_full_path(),
        "back": screen.log_url(query, target.ids[0]) if target.kind == ShareLink.Kind.LOG else screen.list_url(query),
    }
    return render_part(request, "links/new.html", context, status=status)


def what_words(kind: ShareLink.Kind, ids: tuple[str, ...] | list[str], query: LogQuery | None) -> str:
    """What is shared, in words."""
    if kind == ShareLink.Kind.VIEW:
        return marked(words(query)) if query else "A list that cannot be read any more"
    more = "…" if len(ids) > NAMED else ""
    return f"Log {ids[0]}" if len(ids) == 1 else f"{formats.logs(len(ids))}: {', '.join(ids[:NAMED])}{more}"


def _usual(request: HttpRequest, gateway: str) -> str:
    """As much as may be given, but no secrets unless somebody chooses that."""
    offered = may_give(request.user, gateway)
    return ShareLink.Shows.MASKED if ShareLink.Shows.MASKED in offered else ShareLink.Shows.METADATA


def _mine(request: HttpRequest, gateway: str) -> Any:
    found = links_of(gateway)
    return found if may(request.user, Action.ADMINISTER, gateway) else found.filter(author=request.user.pk)


def _one(request: HttpRequest, gateway: str, link_id: int) -> ShareLink:
    """Of others it is not there."""
    found: ShareLink | None = _mine(request, gateway).filter(pk=link_id).select_related("author").first()
    if found is None:
        raise Http404
    return found


def _only(link: ShareLink) -> str:
    return str(link.log_ids[0]) if len(link.log_ids) == 1 else ""


def _row(request: HttpRequest, link: ShareLink) -> Row:
    state = "revoked" if link.revoked_at else "works" if link.is_alive else "ended"
    try:
        query = query_of(link)
    except QueryError:  # of a version that knew other filters: it can still be seen here, and revoked
        query = None
    return Row(link, what_words(ShareLink.Kind(link.kind), link.log_ids, query), state)
