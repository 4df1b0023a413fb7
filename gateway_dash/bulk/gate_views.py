"""The page of what is locked: stop all deletions, which anybody may, and allow them again, which administrators may."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from gateway_dash import upstream
from gateway_dash.bulk import gates
from gateway_dash.bulk.models import DeletionGate, Job
from gateway_dash.gateway.errors import GatewayError, Refusal
from gateway_dash.logs.gateways import list_url
from gateway_dash.team import audit
from gateway_dash.team.actions import Action
from gateway_dash.team.events import Event
from gateway_dash.team.rights import EVERYWHERE, check, may, visible
from gateway_dash.web.render import SeeOther, render_part

TYPED = "allow"
STILL_LOCKED = "They are still locked. Stopping deletions is open to everybody."
WHY_LENGTH = 200
STOPPED = "stopped by hand"


@dataclass(frozen=True, slots=True)
class Row:
    """One gateway on the page."""

    name: str
    is_linked: bool  # whether an address can name it
    gate: DeletionGate | None  # None: nothing was ever verified, locked or deleted there
    job: Job | None  # that is deleting now
    may_allow: bool  # whether this person may lift its lock


@require_safe
def deletion_gates(request: HttpRequest) -> HttpResponse:
    """What is known here, and one call for the names of the gateways. The buttons are there if that call fails too."""
    problem: GatewayError | None = None
    try:
        names = visible(request.user, [gateway.id for gateway in upstream.account().gateways()])
    except GatewayError as error:  # an outage must not hide the button that stops
        names, problem = [], error
    known = {row.gateway: row for row in gates.rows()}
    whole = known.pop(gates.ACCOUNT, None)
    names = list(dict.fromkeys([*names, *visible(request.user, sorted(known))]))
    rows = [_row(name, known.get(name), request.user) for name in names]
    stopped = bool(whole and whole.closed_at)
    title = _sentence(rows, stopped=stopped)
    context = {
        "title": title,
        "rows": rows,
        "whole": whole,
        "stopped": stopped,
        "problem": problem,
        "typed": TYPED,
        "why_length": WHY_LENGTH,
        "may_allow": may(request.user, Action.ADMINISTER, EVERYWHERE),
        "section": "deletion",
    }
    return render_part(request, "bulk/gates.html", context)


@require_POST
def deletion_stop(request: HttpRequest) -> HttpResponse:
    """The kill switch. What was sent is still looked after; nothing more is sent, by any worker."""
    why = " ".join(request.POST.get("why", "").split())[:WHY_LENGTH]
    if not (why or STOPPED).isprintable():
        raise Refusal("“why” holds characters that cannot be seen. Type it anew, without them, or leave it empty.")
    audit.note(request, Event.DELETIONS_STOPPED)
    gates.close_once(gates.ACCOUNT, request.user.get_username(), why or STOPPED)
    return SeeOther(reverse("deletion-gates"))


@require_POST
def deletion_allow(request: HttpRequest) -> HttpResponse:
    """Take a lock away: the account's, or with `gateway` that of one gateway after a halt."""
    gateway = request.POST.get("gateway", gates.ACCOUNT)
    check(request.user, Action.ADMINISTER, gateway or EVERYWHERE, nothing=STILL_LOCKED)
    if gateway and not any(row.gateway == gateway for row in gates.rows()):
        raise Http404
    if request.POST.get("typed", "").strip() != TYPED:
        raise Refusal(f"Type “{TYPED}” to allow deletions again. They are still locked.")
    audit.note(request, Event.DELETIONS_ALLOWED, gateway)
    gates.open_again(gateway)
    return SeeOther(reverse("deletion-gates"))


def _row(name: str, gate: DeletionGate | None, person: Any) -> Row:
    job = gate.job if gate and gate.job and gate.job.state == Job.State.ACTIVE else None
    return Row(name, bool(list_url(name)), gate, job, may(person, Action.ADMINISTER, name))


def _sentence(rows: list[Row], *, stopped: bool) -> str:
    """The heading."""
    if not upstream.deletion_is_on():
        return "Deletion is off: the operator has not turned it on"
    if stopped:
        return "All deletions are stopped"
    locked = sum(bool(row.gate and row.gate.closed_at) for row in rows)
    unproven = 0 if upstream.is_sandbox() else sum(not (row.gate and row.gate.verified_at) for row in rows)
    told = [f"{locked} gateway{' is' if locked == 1 else 's are'} locked" if locked else "",
            f"{unproven} {'is' if unproven == 1 else 'are'} not verified" if unproven else ""]  # fmt: skip
    said = ", ".join(each for each in told if each)
    return f"Deletion is on: {said}" if said else "Deletion is on, and nothing is locked"
