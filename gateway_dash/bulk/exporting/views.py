"""Ask for an export: which logs, in which form, and what that costs; then its job's own page goes on."""

from __future__ import annotations

from dataclasses import dataclass, replace

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from gateway_dash import upstream
from gateway_dash.bulk import jobs, pace
from gateway_dash.bulk.exporting.spec import FORMATS, Format, Spec, calls_for, fixed
from gateway_dash.bulk.models import new_key
from gateway_dash.bulk.tombstones import selected_words
from gateway_dash.gateway.counting import Tally, tally
from gateway_dash.gateway.errors import NotAllowed, QueryError, Refusal
from gateway_dash.gateway.query import LogQuery
from gateway_dash.gateway.sentence import Part
from gateway_dash.logs.listing import heading
from gateway_dash.logs.screen import Screen, read_screen
from gateway_dash.logs.selection import Ticks
from gateway_dash.team import audit
from gateway_dash.team.actions import Action
from gateway_dash.team.events import Event
from gateway_dash.team.rights import may
from gateway_dash.web.render import SeeOther, render_part

TICKED = "ticked"
NO_RIGHT = "Your account has no right to see secrets that are masked, so it cannot export them. Nothing was exported."
NONE_TICKED = "No log is ticked. Tick the logs to export, or choose “All that match” in the menu “Export”."


@dataclass(frozen=True, slots=True)
class Choice:
    """One form of file, and what it costs here."""

    form: Format
    calls: int
    minutes: int


@require_http_methods(["GET", "HEAD", "POST"])
def export_plan(request: HttpRequest, gateway: str) -> HttpResponse:
    """The form for all that match, or for what was ticked; sent with a format, it starts the job."""
    screen, query = read_screen(request, gateway)
    ids = _ids(request)
    if request.method == "POST" and "format" in request.POST:
        return _start(request, gateway, query, ids)
    count = Tally(len(ids), is_exact=True) if ids else tally(upstream.account(), gateway, query)
    return _form(request, screen, query, ids, count)


def _ids(request: HttpRequest) -> tuple[str, ...]:
    """What is ticked; nothing means all that match, and only where nobody said that something is ticked."""
    if request.method != "POST":
        return ()
    ticks = Ticks.read(request.POST)
    is_all = ticks.everything or ("format" in request.POST and request.POST.get("of") != TICKED)
    if not (is_all or ticks.ids):
        raise Refusal(NONE_TICKED)
    return () if is_all else ticks.ids


def _form(request: HttpRequest, screen: Screen, query: LogQuery, ids: tuple[str, ...], count: Tally) -> HttpResponse:
    gateway = screen.gateway_name
    reads = may(request.user, Action.READ, gateway)
    forms = [form for form in FORMATS.values() if reads or not form.with_bodies]
    costs = [(form, calls_for(form, count.number)) for form in forms]
    told = f"{len(ids):,} ticked log{'' if len(ids) == 1 else 's'}"
    context = {
        "title": f"Export logs of {gateway}",
        "section": "jobs",
        "sentence": [] if ids else _within(heading(query)),
        "ticked": told if ids else "",
        "ids": ids,
        "of": TICKED if ids else "all",
        "query": query,
        "count": count,
        "choices": [Choice(form, number, pace.minutes_for(number)) for form, number in costs],
        "may_reveal": may(request.user, Action.REVEAL, gateway),
        "url": reverse("export-plan", args=[gateway]) + screen.suffix(query),
        "url_list": screen.list_url(query),
    }
    return render_part(request, "bulk/export.html", context)


def _within(parts: list[Part]) -> list[Part]:
    """The sentence of the list as the end of another one: its first word, which is ours, in small letters."""
    first = parts[0]
    return [replace(first, text=first.text[:1].lower() + first.text[1:]), *parts[1:]]


def _start(request: HttpRequest, gateway: str, query: LogQuery, ids: tuple[str, ...]) -> HttpResponse:
    form, secrets = request.POST["format"], "secrets" in request.POST
    if form not in FORMATS:
        raise QueryError(f"“format” takes one of {', '.join(FORMATS)}. Nothing was exported.")
    if secrets and not may(request.user, Action.REVEAL, gateway):
        raise NotAllowed(NO_RIGHT)
    reads = may(request.user, Action.READ, gateway)
    if FORMATS[form].with_bodies and not reads:
        raise NotAllowed(f"You may not {Action.READ.words}, so no form with bodies. Nothing was exported.")
    whole = None if ids else fixed(query, timezone.now())
    spec = Spec(format=form, query=whole.url() if whole else "", ids=ids, secrets=secrets, heads=reads)
    title = selected_words(len(ids) or None, whole)
    key = new_key()
    audit.note(request, Event.EXPORTING, gateway, job=key, form=form, which=title, secrets=secrets)
    job = jobs.start("export", gateway, request.user, title, spec.kept(), phase="read", key=key)
    jobs.begin_here(job, until_phase_ends=False)
    return SeeOther(reverse("job", args=[gateway, job.key]))
