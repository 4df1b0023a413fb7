"""The page of a job, which is its plan, its progress and its receipt; the list of jobs; and how one is stopped."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from gateway_dash import upstream
from gateway_dash.bulk import jobs
from gateway_dash.bulk.kinds import KINDS
from gateway_dash.bulk.models import Job
from gateway_dash.bulk.shown import shown_job
from gateway_dash.gateway.errors import QueryError, Refusal
from gateway_dash.team import audit
from gateway_dash.team.actions import Action
from gateway_dash.team.events import Event
from gateway_dash.team.rights import check
from gateway_dash.web.render import SeeOther, render_part
from gateway_dash.web.text import marked

LISTED = 50
ENTRIES = 200  # the newest of the journal


@require_safe
def job(request: HttpRequest, gateway: str, key: str) -> HttpResponse:
    """One job. Asks the upstream nothing but for the sample of a plan, so it can be looked at as often as one likes."""
    return show(request, jobs.job_of(gateway, key))


def show(request: HttpRequest, found: Job, *, status: int = 200, **more: Any) -> HttpResponse:
    """The page of the job as it is now."""
    shown = shown_job(found)
    entries = list(found.entries.order_by("-pk")[:ENTRIES])
    context = {
        "title": marked(shown.sentence),
        "section": "jobs",
        "shown": shown,
        "entries": entries[::-1],
        "entries_left_out": max(0, found.entries.count() - ENTRIES),
        **shown.kind.context(found),
        **shown.kind.asked(found, request.GET),
        **more,
    }
    return render_part(request, "bulk/job.html#job", context, status=status)


@require_safe
def job_list(request: HttpRequest, gateway: str) -> HttpResponse:
    """The jobs of a gateway, the newest first."""
    kind = request.GET.get("kind", "")
    if kind and kind not in KINDS:
        raise QueryError(f"“kind” takes one of {', '.join(KINDS)}. Leave it out for all.")
    found = Job.objects.filter(account=upstream.account_key(), gateway=gateway).order_by("-created_at")
    found = found.filter(kind=kind) if kind else found
    before = request.GET.get("before", "")
    if before:
        found = found.filter(created_at__lt=jobs.job_of(gateway, before).created_at)
    page = [shown_job(each) for each in found[: LISTED + 1]]
    context = {
        "title": f"Jobs of {gateway}",
        "section": "jobs",
        "jobs": page[:LISTED],
        "kinds": KINDS.values(),
        "kind": kind,
        "older": page[LISTED - 1].job.key if len(page) > LISTED else "",
    }
    return render_part(request, "bulk/jobs.html", context)


@require_POST
def job_stop(request: HttpRequest, gateway: str, key: str) -> HttpResponse:
    """End it as soon as what is under way was looked after.

    A deletion may be stopped by anybody who sees it, any other job by who began it, and by administrators.
    """
    found = jobs.job_of(gateway, key)
    if found.kind != "delete" and found.actor_id != request.user.pk:
        check(request.user, Action.ADMINISTER, gateway, nothing="It goes on.")
    audit.note(request, Event.JOB_STOPPED, gateway, job=key)
    if not jobs.stop(found, request.user) and found.state == Job.State.HALTED:
        raise Refusal("This job has halted already. Let it go on, or have it read everything again and end.")
    return SeeOther(reverse("job", args=[gateway, key]))
