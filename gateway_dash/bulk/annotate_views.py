"""Annotate many logs: the form, the plan, its start, and the undo. What comes of it stands on the page of the job."""

from __future__ import annotations

import re
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_POST

from gateway_dash.bulk import jobs
from gateway_dash.bulk.annotating.form import ManyForm
from gateway_dash.bulk.annotating.spec import Spec, counted
from gateway_dash.bulk.annotating.starting import start_undo
from gateway_dash.bulk.models import Job, new_key
from gateway_dash.bulk.tombstones import selected_words
from gateway_dash.bulk.views import settled
from gateway_dash.gateway.errors import Refusal
from gateway_dash.gateway.query import LogQuery
from gateway_dash.logs import fresh
from gateway_dash.logs.listing import heading
from gateway_dash.logs.screen import Screen, read_screen
from gateway_dash.logs.selection import Ticks, keep
from gateway_dash.team import audit
from gateway_dash.team.events import Event
from gateway_dash.web import formats
from gateway_dash.web.render import SeeOther, render_part

KIND = "annotate"
AT_ONCE = 10  # so few logs are done before the page answers
_KEY = re.compile(r"[0-9a-f]{16}")


@require_POST
def annotate_many(request: HttpRequest, gateway: str) -> HttpResponse:
    """The form for the ticked logs, for all on the page, or for all that matched when the list was shown."""
    fresh.refuse_if_old(request.POST)
    screen, query = read_screen(request, gateway)
    ticks = _ticks(request)
    if ticks.shown:  # it came from a list: the way back finds the same rows ticked
        picked = keep(request.session, gateway, query, ticks.ids, everything=ticks.everything)
        screen = screen.change(picked=picked)
    return _form(request, gateway, (screen, query), ticks, ManyForm())


@require_POST
def annotate_plan(request: HttpRequest, gateway: str) -> HttpResponse:
    """A plan of what each of the logs will say."""
    screen, query = read_screen(request, gateway)
    ticks, form = _ticks(request), ManyForm.read(request.POST)
    if form.errors:
        return _form(request, gateway, (screen, query), ticks, form)
    if ticks.everything:
        fixed = settled(query, "annotated")
        spec, title = Spec(query=fixed.url(), parts=form.parts), selected_words(None, fixed)
    else:
        ids = tuple(dict.fromkeys(ticks.ids))
        spec, title = Spec(ids=ids, parts=form.parts), selected_words(len(ids), None)
    key = request.POST.get("once", "")
    key = key if _KEY.fullmatch(key) else ""
    job = jobs.start(KIND, gateway, request.user, title, spec.kept(), phase="plan", key=key)
    jobs.begin_here(job)
    return SeeOther(reverse("job", args=[gateway, job.key]))


@require_POST
def annotate_start(request: HttpRequest, gateway: str, key: str) -> HttpResponse:
    """Begin a plan; a second click finds it begun."""
    job = jobs.job_of(gateway, key, KIND)
    audit.note(request, Event.ANNOTATING_MANY, gateway, job=key, logs=job.total, which=job.title)
    if not jobs.begin(job, request.user, "run") and job.confirmed_at is None:
        raise Refusal("This plan is over: nobody started it in time, or it was put aside. Tick the logs again.")
    return _here_if_few(job)


@require_POST
def annotate_undo(request: HttpRequest, gateway: str, key: str) -> HttpResponse:
    """Set back what the job changed. A second click leads to the same undo."""
    job = jobs.job_of(gateway, key, KIND)
    audit.note(request, Event.UNDOING, gateway, job=key)
    return _here_if_few(start_undo(job, request.user, request.POST.get("after", "")), counted(job)["changed"])


def _here_if_few(job: Job, number: int | None = None) -> HttpResponse:
    """On to the page of the job; a short one is over by then."""
    number = job.total if number is None else number
    if number is not None and number <= AT_ONCE:
        jobs.begin_here(job, until_phase_ends=False)
    return SeeOther(reverse("job", args=[job.gateway, job.key]))


def _ticks(request: HttpRequest) -> Ticks:
    ticks = Ticks.read(request.POST)
    if not (ticks.ids or ticks.everything):
        raise Refusal("No log is ticked. Tick the logs to annotate, or the box in the head for the whole page.")
    return ticks


def _form(
    request: HttpRequest, gateway: str, place: tuple[Screen, LogQuery], ticks: Ticks, form: ManyForm
) -> HttpResponse:
    """The form, which asks nobody: its logs are read for the plan."""
    screen, query = place
    fixed = settled(query, "annotated") if ticks.everything else query
    context: dict[str, Any] = {
        "title": "Annotate all that match" if ticks.everything else f"Annotate {formats.logs(len(ticks.ids))}",
        "section": "logs",
        "form": form,
        "ticks": ticks,
        "count": formats.logs(len(ticks.ids)),
        "sentence": heading(fixed),
        "once": request.POST.get("once") if form.errors else new_key(),
        "action": reverse("annotate-plan", args=[gateway]) + screen.arranged.suffix(fixed),
        "back": screen.list_url(query),
    }
    return render_part(request, "bulk/annotate_many.html", context, status=422 if form.errors else 200)
