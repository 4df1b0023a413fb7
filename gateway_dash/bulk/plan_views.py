"""What a person does with a planned or halted deletion: confirm it, approve it, let it go on, have it end."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_POST

from gateway_dash import upstream
from gateway_dash.bulk import gates, jobs
from gateway_dash.bulk.deletion import swift
from gateway_dash.bulk.deletion.shown import phrase
from gateway_dash.bulk.deletion.spec import LEVELS, PATHS, SECOND_PERSON_ABOVE, Spec
from gateway_dash.bulk.kinds import KINDS
from gateway_dash.bulk.models import Job
from gateway_dash.gateway.errors import NotAllowed, QueryError, Refusal
from gateway_dash.team import audit
from gateway_dash.team.actions import Action
from gateway_dash.team.events import Event
from gateway_dash.team.rights import may
from gateway_dash.web.render import SeeOther

DRIFT = 0.01


@require_POST
def job_confirm(request: HttpRequest, gateway: str, key: str) -> HttpResponse:
    """The number was typed: the wait begins. A second click finds it confirmed, and changes nothing."""
    job = jobs.job_of(gateway, key, "delete")
    if job.state != Job.State.PLANNED:
        return _refused_or_shown(job)
    gates.check_person(request.user, gateway)
    level = request.POST.get("level", "")
    if level not in LEVELS:
        raise QueryError(f"“level” takes one of {', '.join(LEVELS)}. Nothing was deleted.")
    if level == "none" and not may(request.user, Action.ADMINISTER, gateway):
        raise NotAllowed("Only an administrator may delete without a copy. Nothing was deleted.")
    wanted = phrase(job, level)
    if request.POST.get("phrase", "").strip() != wanted:
        raise Refusal(
            f"To confirm, “{wanted}” has to be typed, and it was not. Nothing was deleted. Go back and type it."
        )
    path = request.POST.get("path", PATHS[0])
    if path not in PATHS:
        raise QueryError(f"“path” takes one of {', '.join(PATHS)}. Nothing was deleted.")
    why = "it needs a copy" if level == "none" else swift.why_not(job)
    if path == "swift" and why:
        raise Refusal(f"This plan cannot go the swift way: {why}. Nothing was deleted.")
    spec = replace(Spec.of(job), level=level, path=path)
    if moved := _drift(job, spec):
        return SeeOther(_again(request, job, moved))
    large = job.found["count"] > SECOND_PERSON_ABOVE or level != "bodies"
    needs_second = upstream.approval_is_on() and large
    audit.note(request, Event.DELETION_CONFIRMED, gateway, job=key, copy=level, path=path, **_plan_of(job))
    jobs.confirm(job, request.user, spec.kept(), needs_second=needs_second)
    return SeeOther(_url(job))


@require_POST
def job_approve(request: HttpRequest, gateway: str, key: str) -> HttpResponse:
    """A second person says yes."""
    job = jobs.job_of(gateway, key, "delete")
    if job.state != Job.State.APPROVAL:
        return _refused_or_shown(job)
    gates.check_person(request.user, gateway)
    audit.note(request, Event.DELETION_APPROVED, gateway, job=key, **_plan_of(job))
    jobs.approve(job, request.user)
    return SeeOther(_url(job))


@require_POST
def job_go_on(request: HttpRequest, gateway: str, key: str) -> HttpResponse:
    """A halted job goes on where it halted, or (`end`) reads again what it has to and ends with its receipt.

    Of a job that pauses, the pause ends now. If what it waits for still stands, it pauses again.
    """
    job = jobs.job_of(gateway, key)
    kind = KINDS[job.kind]
    wants_end = "end" in request.POST and bool(kind.reads_again)
    if not wants_end:
        kind.may_go_on(request.user, gateway)
    audit.note(request, Event.JOB_ENDS if wants_end else Event.JOB_GOES_ON, gateway, job=key)
    if not jobs.go_on(job, request.user, phase="finish" if wants_end else "") and not wants_end:
        jobs.go_now(job, request.user)
    return SeeOther(_url(job))


def _plan_of(job: Job) -> dict[str, Any]:
    """What was planned, for the audit trail: how many logs, how many are held, and the hash of their ids."""
    found = job.found
    held = sum(found["held"].values())
    return {"which": job.title, "logs": found["count"], "held": held, "ids_sha256": found["manifest"]}


def _drift(job: Job, spec: Spec) -> int | None:
    """How many logs match now, where that is over 1 % off the plan; one call. None: it holds."""
    if not spec.query:
        return None
    matched = int(job.found["matched"])
    now = upstream.logs(job.gateway).count(spec.log_query())
    return now if abs(now - matched) > DRIFT * max(matched, 1) else None


def _again(request: HttpRequest, job: Job, count: int) -> str:
    """A new plan of the same filter, which has to be confirmed again; the address of its page."""
    spec = replace(Spec.of(job), level="rows")
    jobs.stop(job, request.user)  # which forgets its filter
    found = {"drift": [job.found["matched"], count], "instead_of": job.key}
    new = jobs.start("delete", job.gateway, request.user, job.title, spec.kept(), phase="plan", found=found)
    jobs.begin_here(new)
    return _url(new)


def _refused_or_shown(job: Job) -> HttpResponse:
    """A plan that is over cannot be confirmed; one that runs already is just shown."""
    if job.state in (Job.State.EXPIRED, Job.State.CANCELLED):
        raise Refusal("This plan is over. Make a new one from the list. Nothing was deleted.")
    return SeeOther(_url(job))


def _url(job: Job) -> str:
    return reverse("job", args=[job.gateway, job.key])
