"""Delete logs in two steps: a preview that freezes the ids, and a POST that deletes exactly those."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import Any

from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_POST

from gateway_dash import upstream
from gateway_dash.bulk.tombstones import remember, selected_words
from gateway_dash.gateway import calls
from gateway_dash.gateway.deletion import (
    Outcome,
    Preview,
    Selection,
    check,
    delete,
    preview_all,
    preview_ids,
)
from gateway_dash.gateway.errors import Refusal
from gateway_dash.gateway.query import LogQuery
from gateway_dash.gateway.sentence import words
from gateway_dash.logs.listing import heading
from gateway_dash.logs.rows import short_lines
from gateway_dash.logs.screen import Screen, read_screen
from gateway_dash.logs.selection import Ticks, keep
from gateway_dash.web import zone
from gateway_dash.web.render import render_part
from gateway_dash.web.text import marked

TICKET_AGE_S = 15 * 60
SALT = "delete-with-plan"  # another one whenever what a ticket holds changes: an older one must not be read as new
PREVIEW_S, DELETE_S = 30.0, 90.0  # reading 500 logs, and deleting them with each batch checked


@dataclass(frozen=True, slots=True)
class Ticket:
    """What a preview showed, signed: whose it is, where, which ids, and what has to be typed."""

    user: str
    gateway: str
    ids: tuple[str, ...]
    phrase: str
    query: str
    plan: str  # its name in the record of the deletion
    selected: str  # what was selected, in words that may be kept

    def sign(self) -> str:
        """As text for the hidden field."""
        held = [self.user, self.gateway, self.phrase, self.query, self.plan, self.selected, *self.ids]
        return signing.dumps(held, salt=SALT, compress=True)

    @classmethod
    def read(cls, text: str, user: str, gateway: str) -> Ticket:
        """Back from the form; raises Refusal for one that is old, foreign or not ours."""
        try:
            owner, where, phrase, query, plan, selected, *ids = signing.loads(text, salt=SALT, max_age=TICKET_AGE_S)
        except signing.SignatureExpired:
            raise Refusal(
                f"This preview is older than {TICKET_AGE_S // 60} minutes. Make a new one. Nothing was deleted."
            ) from None
        except (signing.BadSignature, TypeError, ValueError):  # the last two: signed by another release of ours
            raise Refusal("This is not a preview of this dashboard. Nothing was deleted.") from None
        if not ids:
            raise Refusal("This is not a preview of this dashboard. Nothing was deleted.")
        if (owner, where) != (user, gateway):
            raise Refusal("This preview was made by somebody else or for another gateway. Nothing was deleted.")
        return cls(owner, where, tuple(ids), phrase, query, plan, selected)


@require_POST
def delete_preview(request: HttpRequest, gateway: str) -> HttpResponse:
    """What would go: the ticked logs, all on the page, or all that match at this moment."""
    _refuse_if_off()
    screen, query = read_screen(request, gateway)
    ticks = _ticks(request)
    logs = upstream.logs(gateway)
    with calls.longer(PREVIEW_S):
        preview = preview_all(logs, query) if ticks.everything else preview_ids(logs, ticks.ids)
    if ticks.shown:  # it came from a list: the way back finds the same rows ticked
        picked = keep(request.session, gateway, query, ticks.ids, everything=ticks.everything)
        screen = screen.change(picked=picked)
    suffix = screen.arranged.change(picked="").suffix(query)  # what was selected will be gone
    selected = selected_words(preview.count, query if ticks.everything else None)
    plan = secrets.token_hex(4)
    ticket = Ticket(_user(request), gateway, preview.selection.ids, preview.phrase, suffix, plan, selected)
    return render_part(request, "bulk/preview.html", _preview_context(screen, query, preview, ticket, ticks))


@require_POST
def delete_confirmed(request: HttpRequest, gateway: str) -> HttpResponse:
    """Delete exactly what the preview showed, and say what became of each."""
    _refuse_if_off()
    ticket = Ticket.read(request.POST.get("ticket", ""), _user(request), gateway)
    typed = request.POST.get("phrase", "").strip()
    if ticket.phrase and typed != ticket.phrase:
        raise Refusal(
            f"To confirm, “{ticket.phrase}” has to be typed, and it was not. Nothing was deleted. Go back and type it."
        )
    with calls.longer(DELETE_S):
        outcome = delete(upstream.logs(gateway), Selection(ticket.ids))
    return _result(request, gateway, ticket, outcome)


@require_POST
def delete_check(request: HttpRequest, gateway: str) -> HttpResponse:
    """Read once more what was still there. Deletes nothing."""
    ticket = Ticket.read(request.POST.get("ticket", ""), _user(request), gateway)
    with calls.longer(PREVIEW_S):
        outcome = check(upstream.logs(gateway), Outcome(asked=ticket.ids, unknown=ticket.ids))
    return _result(request, gateway, ticket, outcome)


def _result(request: HttpRequest, gateway: str, ticket: Ticket, outcome: Outcome) -> HttpResponse:
    account, plan = upstream.account_key(), (ticket.plan, ticket.selected)
    context = {
        "is_written": remember(account, gateway, request.user, plan, outcome),
        "plan": ticket.plan,
        "title": _verdict(outcome),
        "section": "logs",
        "outcome": outcome,
        "ticket": ticket.sign(),
        "back": reverse("log-list", args=[gateway]) + ticket.query,
        "percent_gone": 100 * (len(outcome.gone) + len(outcome.gone_before)) // len(outcome.asked),
    }
    return render_part(request, "bulk/result.html", context)


def _verdict(outcome: Outcome) -> str:
    """The result in one sentence, in which "gone" means read again and not found."""
    gone = len(outcome.gone)
    noun = f"{gone:,} log{'' if gone == 1 else 's'}"
    if outcome.is_clean:
        return f"{noun} deleted, and verified gone"
    left = len(outcome.still_there) + len(outcome.unknown)
    return f"{noun} verified gone, {left:,} not"


def _preview_context(screen: Screen, query: LogQuery, preview: Preview, ticket: Ticket, ticks: Ticks) -> dict[str, Any]:
    count = f"{preview.count:,} log{'' if preview.count == 1 else 's'}"
    return {
        "title": f"Delete {count}" + (f": {marked(words(query, zone=zone.current()))}" if ticks.everything else ""),
        "section": "logs",
        "preview": preview,
        "count": count,
        "everything": ticks.everything,
        "ticks": ticks,
        "sentence": heading(query),
        "oldest": preview.oldest[0],
        "newest": (preview.newest or preview.oldest[::-1])[0],
        "oldest_rows": short_lines(preview.oldest, screen),
        "newest_rows": short_lines(preview.newest, screen),
        "shown": len(preview.oldest) + len(preview.newest),
        "ticket": ticket.sign(),
        "back": screen.list_url(query),
        "batches": -(-preview.count // 50),
        "minutes": TICKET_AGE_S // 60,
    }


def _ticks(request: HttpRequest) -> Ticks:
    """What the form says, of which `preview_ids` refuses too many."""
    ticks = Ticks.read(request.POST)
    if not (ticks.ids or ticks.everything):
        raise Refusal("No log is ticked. Tick the logs to delete, or the box in the head for the whole page.")
    return ticks


def _user(request: HttpRequest) -> str:
    return str(request.user.pk)


def _refuse_if_off() -> None:
    if not upstream.deletion_is_on():
        raise Refusal(
            "Deleting is off for this account. It is permanent, so the operator has to turn it on, with "
            "GATEWAY_DASH_DELETION=on. Nothing was deleted."
        )
