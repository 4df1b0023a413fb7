"""The pages of one log. The list that it was opened from stands in their addresses: the way back keeps the filters."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.views.decorators.http import require_safe

from gateway_dash import upstream
from gateway_dash.gateway.errors import QueryError
from gateway_dash.logs.bodies import SIDES
from gateway_dash.logs.conversation import conversation_context
from gateway_dash.logs.detail import detail_context, raw_context
from gateway_dash.logs.evidence import TRIES, of_body
from gateway_dash.logs.screen import take
from gateway_dash.logs.several import read_origin
from gateway_dash.web.render import push_url, render_part, wants_fragment


@require_safe
def log_detail(request: HttpRequest, gateway: str, log_id: str) -> HttpResponse:
    """One log as a conversation, as far as the log itself says it: one call. `at` leads to a place in the tree."""
    given, rest = take(request.GET, "at")
    screen, query = read_origin(request, gateway, rest)
    if given.get("at"):
        return HttpResponseRedirect(screen.log_url(query, log_id, "tree/", ("at", given["at"])))
    context = detail_context(screen, upstream.logs(gateway).log(log_id), query)
    return render_part(request, "logs/detail.html", context)


@require_safe
def log_conversation(request: HttpRequest, gateway: str, log_id: str) -> HttpResponse:
    """The conversation with both bodies whole, by its own request; without htmx, the page with it."""
    given, rest = take(request.GET, "turns", "try")
    screen, query = read_origin(request, gateway, rest)
    start, tries = _number(given, "turns", "message"), _number(given, "try", "try") or 0
    logs = upstream.logs(gateway)
    log = logs.log(log_id)
    evidences = {side: of_body(logs, log, side) for side in SIDES}
    conversation = conversation_context(screen, log, query, evidences, start=start, tries=min(tries, TRIES))
    conversation["is_asked"] = True
    if wants_fragment(request):
        context = {"conversation": conversation, "log": log, "query": query}
        return push_url(render_part(request, "logs/conversation.html#conversation", context), None)
    return render_part(request, "logs/detail.html", detail_context(screen, log, query, conversation=conversation))


@require_safe
def log_raw(request: HttpRequest, gateway: str, log_id: str) -> HttpResponse:
    """Every field that the API sent, and both bodies as they are."""
    screen, query = read_origin(request, gateway)
    context = raw_context(screen, upstream.logs(gateway).log(log_id), query)
    return render_part(request, "logs/raw.html", context)


def _number(given: dict[str, str], name: str, what: str) -> int | None:
    text = given.get(name, "")
    if not text:
        return None
    if not (text.isascii() and text.isdecimal()) or len(text) > 9:
        raise QueryError(f"“{name}” takes the number of a {what}.")
    return int(text)
