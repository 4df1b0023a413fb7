"""The pages of one log. The list that it was opened from stands in their addresses: the way back keeps the filters."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.views.decorators.http import require_safe

from gateway_dash import upstream
from gateway_dash.gateway.errors import QueryError
from gateway_dash.logs import fresh
from gateway_dash.logs.bodies import SIDES
from gateway_dash.logs.conversation import conversation_context
from gateway_dash.logs.detail import detail_context, raw_context
from gateway_dash.logs.evidence import TRIES, of_bodies, of_log_both
from gateway_dash.logs.screen import take, whole_number
from gateway_dash.logs.several import read_origin
from gateway_dash.logs.tree_place import Place
from gateway_dash.payload.conversation_markdown import conversation_markdown
from gateway_dash.payload.exchange import read_side
from gateway_dash.payload.shapes import Hints
from gateway_dash.team.actions import Action
from gateway_dash.team.rights import may
from gateway_dash.web.render import push_url, render_part, wants_fragment


@require_safe
def log_detail(request: HttpRequest, gateway: str, log_id: str) -> HttpResponse:
    """One log as a conversation, as far as the log itself says it: one call. `at` leads to a place in the tree.

    `comment`: the place in a body that somebody wants to write about.
    """
    given, rest = take(request.GET, "at", "as", "comment")
    screen, query = read_origin(request, gateway, rest)
    if given.get("at"):
        return HttpResponseRedirect(screen.log_url(query, log_id, "tree/", ("at", given["at"])))
    is_rendered = _is_rendered(given)
    place = Place.read(given["comment"]).at if given.get("comment") else ""
    found = fresh.opened(upstream.logs(gateway), log_id, again=fresh.asked_again(request))
    log, reads = found.value, may(request.user, Action.READ, gateway)
    conversation = (
        conversation_context(screen, log, query, of_log_both(log), is_rendered=is_rendered) if reads else None
    )
    context = detail_context(screen, log, query, reads=reads, conversation=conversation)
    context |= fresh.told(found, request.get_full_path()) | {"comment_place": place}
    return render_part(request, "logs/detail.html", context)


@require_safe
def log_conversation(request: HttpRequest, gateway: str, log_id: str) -> HttpResponse:
    """The conversation with both bodies whole, by its own request; without htmx, the page with it."""
    given, rest = take(request.GET, "turns", "try", "as")
    screen, query = read_origin(request, gateway, rest)
    start, tries = whole_number(given, "turns", "the number of a message"), whole_number(given, "try", "a number") or 0
    is_rendered = _is_rendered(given)
    logs = upstream.logs(gateway)
    found = fresh.opened(logs, log_id)
    log = found.value
    evidences = of_bodies(logs, log)
    conversation = conversation_context(
        screen, log, query, evidences, start=start, tries=min(tries, TRIES), is_rendered=is_rendered
    )
    conversation["is_asked"] = True
    if wants_fragment(request):
        context = {"conversation": conversation, "log": log, "query": query}
        return push_url(render_part(request, "logs/conversation.html#conversation", context), None)
    context = detail_context(screen, log, query, reads=True, conversation=conversation)
    return render_part(request, "logs/detail.html", context | fresh.told(found, request.get_full_path()))


@require_safe
def log_raw(request: HttpRequest, gateway: str, log_id: str) -> HttpResponse:
    """Every field that the API sent, and both bodies as they are."""
    screen, query = read_origin(request, gateway)
    found = fresh.opened(upstream.logs(gateway), log_id, again=fresh.asked_again(request))
    context = raw_context(screen, found.value, query) | fresh.told(found, request.get_full_path())
    return render_part(request, "logs/raw.html", context)


@require_safe
def log_markdown(request: HttpRequest, gateway: str, log_id: str) -> HttpResponse:
    """The whole conversation as Markdown, to be copied or kept; a body that cannot be read is an error."""
    logs = upstream.logs(gateway)
    log = fresh.log_of(logs, log_id)
    hints = Hints(log.provider, log.model, log.path)
    evidences = of_bodies(logs, log)
    for each in evidences.values():
        if each.problem:
            raise each.problem
    request_, response = (read_side(evidences[side].document, side, hints).said for side in SIDES)
    answer = HttpResponse(conversation_markdown(request_, response), content_type="text/markdown; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{gateway}-{log_id}.md"'
    return answer


def _is_rendered(given: dict[str, str]) -> bool:
    if given.get("as", "rendered") not in ("rendered", ""):
        raise QueryError("“as” takes “rendered”, which lays the Markdown of answers out; leave it out for the source.")
    return given.get("as") == "rendered"
