"""What people paste when they look for a log: an id, an event id, an address of ours or of the vendor's, `curl -i`."""

from __future__ import annotations

import re
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_safe

from gateway_dash import upstream
from gateway_dash.bulk.tombstones import find_deleted
from gateway_dash.gateway.errors import NotFound, QueryError
from gateway_dash.gateway.filters import Filter
from gateway_dash.gateway.query import LogQuery
from gateway_dash.gateway.vocabulary import EQ
from gateway_dash.logs.gateways import list_url
from gateway_dash.logs.ids import ID_SHAPE
from gateway_dash.team.actions import Action
from gateway_dash.team.rights import may, visible

PASTE_LIMIT = 20_000
IDS_LIMIT = 10
# A field of one line loses the line breaks of what is pasted into it: then the next header's name follows at once.
_HEADER = re.compile(rf"(?i:cf-aig-(?:log|event)-id\s*[:=]\s*[\"']?)({ID_SHAPE}|[A-Za-z0-9_-]{{1,128}})")
_OURS = re.compile(r"/gateways/([a-z0-9_-]{1,64})/logs/([A-Za-z0-9_-]{1,128})(?=[/?#\s]|\Z)")
_GATEWAY = re.compile(r"/gateways/([a-z0-9_-]{1,64})(?=[/?#\s]|\Z)")
_SHAPED = re.compile(rf"(?<![A-Za-z0-9_-])({ID_SHAPE})(?![A-Za-z0-9_-])")
_WORD = re.compile(r"[A-Za-z0-9_-]{1,128}\Z")


@dataclass(frozen=True, slots=True)
class Paste:
    """The ids that a text may mean, the surest first, and the gateway that it names, if it does."""

    ids: tuple[str, ...]
    gateway: str = ""


def read_paste(text: str) -> Paste:
    """Read what was pasted; no ids when nothing in it looks like one."""
    text = text[:PASTE_LIMIT].strip()
    gateway = _GATEWAY.search(text)
    hint = gateway[1] if gateway else ""
    if _WORD.match(text):
        return Paste((text,), hint)
    found = _HEADER.findall(text) or [log_id for _gateway, log_id in _OURS.findall(text)] or _SHAPED.findall(text)
    return Paste(tuple(dict.fromkeys(found))[:IDS_LIMIT], hint)


@require_safe
def find(request: HttpRequest) -> HttpResponse:
    """The log that a pasted text means, in whichever gateway it is; the named or current gateway is asked first.

    One that was deleted from here leads to the page that says so.
    """
    paste = read_paste(request.GET.get("id", ""))
    return _found(request, paste)


@require_safe
def go(request: HttpRequest, log_id: str) -> HttpResponse:
    """`/go/<id>`, for runbooks: the log of that id or event id, in whichever gateway it is."""
    return _found(request, Paste((log_id,)))


def _found(request: HttpRequest, paste: Paste) -> HttpResponse:
    if not paste.ids:
        raise QueryError(
            "Paste the id of a log into the find box, or its event id, its address, or the headers of an answer as "
            "curl -i shows them. In this text nothing looks like an id."
        )
    first = paste.gateway or request.GET.get("gateway", "")
    account = [gateway.id for gateway in upstream.account().gateways() if list_url(gateway.id)]
    names = visible(request.user, account)
    names.sort(key=lambda name: name != first)
    for name in names:
        if found := upstream.logs(name).find(paste.ids):
            return HttpResponseRedirect(reverse("log-detail", args=[name, found[0].id]))
    events = LogQuery(filters=(Filter("event_id", EQ, paste.ids),))
    for name in names:
        service = upstream.logs(name)
        if service.count(events) and (logs := service.page(events).logs):
            url = reverse("log-detail", args=[name, logs[0].id]) if len(logs) == 1 else list_url(name) + events.url()
            return HttpResponseRedirect(url)
    deleted = find_deleted(upstream.account_key(), paste.ids)
    if deleted and may(request.user, Action.SEE, deleted[0]):
        return HttpResponseRedirect(reverse("log-detail", args=deleted))
    ids = " or ".join(f"“{each}”" for each in paste.ids)
    raise NotFound(
        f"No log has {ids} as its id or event id. Looked for in {len(names)} gateways: {', '.join(names)}. "
        "It may be deleted, or so new that the upstream does not show it yet."
    )
