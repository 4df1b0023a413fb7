"""The palette: gateways, saved views and recent searches to go to. As JSON for its dialog, and as a page of links."""

from __future__ import annotations

from dataclasses import asdict, dataclass

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_safe

from gateway_dash import upstream
from gateway_dash.gateway.errors import GatewayError
from gateway_dash.logs.gateways import open_url
from gateway_dash.sharing.menu import Shown, recent_searches, saved_views
from gateway_dash.team.rights import visible
from gateway_dash.web import kept
from gateway_dash.web.render import render_part

KEPT_S = 60


@dataclass(frozen=True, slots=True)
class Entry:
    """A place to go to."""

    text: str
    kind: str
    hint: str
    url: str


@dataclass(frozen=True, slots=True)
class Group:
    """Entries of one kind."""

    name: str
    entries: list[Entry]


@require_safe
def palette(request: HttpRequest, kind: str = "") -> HttpResponse:
    """One call at most, and none for a minute after it; without the upstream there is still the person's own."""
    here = request.GET.get("gateway", "")
    gateways, problem = _gateways()
    gateways = visible(request.user, gateways)
    groups = [
        Group("Saved views", [_entry(each, "view") for each in _nearest(saved_views(request), here)]),
        Group("Recent searches", [_entry(each, "recent") for each in _nearest(recent_searches(request), here)]),
        Group("Gateways", [Entry(name, "gateway", "", url) for name in gateways if (url := open_url(name))]),
    ]
    groups = [group for group in groups if group.entries]
    if kind == "json":
        entries = [asdict(entry) for group in groups for entry in group.entries]
        return JsonResponse({"entries": entries, "problem": problem})
    context = {"title": "Where to go", "groups": groups, "problem": problem, "here": here}
    return render_part(request, "palette.html", context)


def _gateways() -> tuple[list[str], str]:
    """The ids of the account's gateways, and why there are none."""
    key = f"gateways:{upstream.account_name()}"
    known: list[str] | None = kept.get(key)
    if known is not None:
        return known, ""
    try:
        found = [gateway.id for gateway in upstream.account().gateways()]
    except GatewayError as error:
        return [], f"The gateways are missing here: {error.title[:1].lower()}{error.title[1:]}."
    kept.put(key, found, KEPT_S)
    return found, ""


def _nearest(shown: list[Shown], here: str) -> list[Shown]:
    """Those of the gateway that one is in come first; else the order stays."""
    return sorted(shown, key=lambda each: each.gateway != here)


def _entry(shown: Shown, kind: str) -> Entry:
    told = [shown.gateway, "stale" if shown.problem else "", shown.sentence if shown.name else ""]
    return Entry(shown.name or shown.sentence, kind, " · ".join(each for each in told if each), shown.url)
