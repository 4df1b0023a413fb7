"""Plan the deletion of logs: which are meant is read, and their ids are written down. The plan has its own page."""

from __future__ import annotations

from datetime import timedelta

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from gateway_dash import upstream
from gateway_dash.bulk import gates, jobs
from gateway_dash.bulk.deletion.spec import Spec
from gateway_dash.bulk.spec import up_to
from gateway_dash.bulk.tombstones import selected_words
from gateway_dash.gateway.errors import Refusal
from gateway_dash.gateway.query import LogQuery
from gateway_dash.logs import fresh
from gateway_dash.logs.screen import read_screen
from gateway_dash.logs.selection import Ticks, keep
from gateway_dash.web.render import SeeOther

SETTLED = timedelta(seconds=60)  # logs appear up to a minute after their call


@require_POST
def delete_preview(request: HttpRequest, gateway: str) -> HttpResponse:
    """A plan of the ticked logs, of all on the page, or of all that matched when the list was shown."""
    gates.check_person(request.user, gateway)
    fresh.refuse_if_old(request.POST)
    screen, query = read_screen(request, gateway)
    ticks = Ticks.read(request.POST)
    if not (ticks.ids or ticks.everything):
        raise Refusal("No log is ticked. Tick the logs to delete, or the box in the head for the whole page.")
    if ticks.shown:  # it came from a list: the way back finds the same rows ticked
        picked = keep(request.session, gateway, query, ticks.ids, everything=ticks.everything)
        screen = screen.change(picked=picked)
    back, wait_s = screen.list_url(query), upstream.deletion_wait_s()
    if ticks.everything:
        fixed, is_open = settled(query), query.end is None
        spec = Spec(query=fixed.url(), open_ended=is_open, wait_s=wait_s, back=back)
        title = selected_words(None, fixed)
    else:
        spec = Spec(ids=ticks.ids, elsewhere=ticks.elsewhere, is_dropped=ticks.is_dropped, wait_s=wait_s, back=back)
        title = selected_words(len(spec.ids), None)
    job = jobs.start("delete", gateway, request.user, title, spec.kept(), phase="plan")
    jobs.begin_here(job)
    return SeeOther(reverse("job", args=[gateway, job.key]))


def settled(query: LogQuery, verb: str = "deleted") -> LogQuery:
    """The query with fixed times, up to when it was shown, or to a minute ago: after that no log arrives any more."""
    shown = query.as_of or query.ends or query.read_at
    end = min(shown, query.read_at, (timezone.now() - SETTLED).replace(microsecond=0))
    too_new = f"Logs of the last minute cannot be {verb} yet: some may still be on their way. Nothing was {verb}."
    return up_to(query, end, too_new).change(sort="created_at")
