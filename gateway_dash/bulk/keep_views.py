"""Keep a log from bulk deletions, or let go of it."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_POST

from gateway_dash import upstream
from gateway_dash.bulk.models import NAME_LENGTH, KeepMark
from gateway_dash.gateway.errors import QueryError
from gateway_dash.team import audit
from gateway_dash.team.events import Event
from gateway_dash.web.render import SeeOther, push_url, render_part, wants_fragment


@require_POST
def log_keep(request: HttpRequest, gateway: str, log_id: str) -> HttpResponse:
    """`keep=1` marks it, `keep=0` takes the mark away, whoever set it; both are noted. Asks the upstream nothing."""
    wanted = request.POST.get("keep", "")
    if wanted not in ("0", "1"):
        raise QueryError("“keep” takes 1 to keep the log, or 0 to let go of it. Nothing was changed.")
    here = {"account": upstream.account_key(), "gateway": gateway, "log_id": log_id}
    audit.note(request, Event.KEPT if wanted == "1" else Event.LET_GO, gateway, log=log_id)
    if wanted == "1":
        who = {"by": request.user, "by_name": request.user.get_username()[:NAME_LENGTH]}
        KeepMark.objects.get_or_create(**here, defaults=who)
    else:
        KeepMark.objects.filter(**here).delete()
    if not wants_fragment(request):
        return SeeOther(reverse("log-detail", args=[gateway, log_id]))
    mark = KeepMark.objects.filter(**here).first()
    context = {"url": reverse("log-keep", args=[gateway, log_id]), "mark": mark}
    return push_url(render_part(request, "bulk/keep.html", context), None)
