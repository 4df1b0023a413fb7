"""Two logs of a list beside each other: their fields, their requests and their responses."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from functools import partial
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from gateway_dash import upstream
from gateway_dash.gateway.errors import GatewayError, NotFound, QueryError, Refusal
from gateway_dash.gateway.models import Log
from gateway_dash.gateway.query import LogQuery, query_string
from gateway_dash.gateway.sentence import words
from gateway_dash.gateway.service import LogService
from gateway_dash.logs.bodies import SIDES
from gateway_dash.logs.cells import status_of
from gateway_dash.logs.compare_bodies import LETTERS, half_of, needs_call, pair_of
from gateway_dash.logs.compare_fields import Field, compared_fields
from gateway_dash.logs.ids import log_id_is_plain
from gateway_dash.logs.screen import Screen, read_screen
from gateway_dash.web import zone
from gateway_dash.web.middleware import Action
from gateway_dash.web.render import push_url, render_part
from gateway_dash.web.text import marked, shorten

AT_ONCE = 2  # calls to the upstream: one for each side
LIST_ID = "list.id"  # the list's own filter on ids, in an address where `id` names the two logs

Pair = tuple[str, str]
List = tuple[Screen, LogQuery]


@require_http_methods(["GET", "HEAD", "POST"])
def log_compare(request: HttpRequest, gateway: str) -> HttpResponse:
    """Two logs beside each other. The list's form posts what is ticked, and is sent on to the address of the two."""
    is_form = request.method == "POST"
    ids, (screen, query) = _ticked(request, gateway) if is_form else _named(request, gateway)
    if wrong := _wrong(ids, is_form):
        return _ask_again(request, screen.list_url(query), Refusal(wrong) if is_form else QueryError(wrong))
    pair = (ids[0], ids[1])
    if is_form:  # a form of many fields, whose own address would carry them all
        return HttpResponse(status=303, headers={"Location": compare_url(screen, pair, query)})
    logs = upstream.account().logs(gateway)  # read by threads, which have no business in the database
    return render_part(request, "logs/compare.html", compare_context(logs, pair, screen, query))


def compare_url(screen: Screen, pair: Pair, query: LogQuery) -> str:
    """The address of a comparison, with the list that it was opened from."""
    listed = [(LIST_ID if name == "id" else name, value) for name, value in query.spelled()]
    every = [*(("id", each) for each in pair), *listed, *screen.arranged.spelled()]
    return f"{screen.path}compare/?{query_string(every)}"


def _ticked(request: HttpRequest, gateway: str) -> tuple[list[str], List]:
    """The ticked ids, by the rule of the deletion: the box of the page stands for its rows where none is ticked."""
    data = request.POST
    ids = data.getlist("id") or (data.getlist("shown") if "_page" in data else [])
    return list(dict.fromkeys(ids)), read_screen(request, gateway)


def _named(request: HttpRequest, gateway: str) -> tuple[list[str], List]:
    """The ids in the address, and the list."""
    rest = request.GET.copy()
    ids = [str(each) for each in rest.pop("id", [])]
    if LIST_ID in rest:
        rest.setlist("id", [str(each) for each in rest.pop(LIST_ID)])
    return ids, read_screen(request, gateway, rest)


def _wrong(ids: Sequence[str], is_form: bool) -> str:
    """Why these are not two logs, and what to do; nothing when they are."""
    if not all(log_id_is_plain(each) for each in ids):
        return (
            "“id” takes the ids of two logs, such as 019a7b3e-5f2c-7c41-9d3e-2b8f6a1c4e07. Tick two logs in the list."
        )
    if len(ids) == 2:
        return "" if ids[0] != ids[1] else "“id” names the same log twice. Tick two different logs in the list."
    there = {0: "No log is", 1: "One log is"}.get(len(ids), f"{len(ids):,} logs are")
    over = "one" if len(ids) == 3 else f"{len(ids) - 2:,} of them"
    step = {0: "Tick two logs", 1: "Tick a second one"}.get(len(ids), f"Untick {over}")
    return f"{there} {'ticked' if is_form else 'named by “id”'}, and a comparison takes two. {step} in the list."


def _ask_again(request: HttpRequest, url_back: str, error: GatewayError) -> HttpResponse:
    """What is wrong, with the way back to the very list: an error as all the others would lead to the bare one."""
    back = Action("Back to the list", url_back, primary=True)
    context = {"error": error, "title": error.title, "actions": [back]}
    return push_url(render_part(request, "error.html#notice", context, status=error.status), None)


# --- what the page shows --------------------------------------------------------------------------------------------


def compare_context(logs: LogService, pair: Pair, screen: Screen, query: LogQuery) -> dict[str, Any]:
    """What `logs/compare.html` needs: two calls, and one for each body that its log holds only in part."""
    both = _at_once([partial(_log, logs, log_id, letter) for log_id, letter in zip(pair, LETTERS, strict=True)])
    left, right = both
    halves = _at_once([
        partial(half_of, logs, log, side, letter) for side in SIDES for log, letter in zip(both, LETTERS, strict=True)
    ])  # fmt: skip
    fields = compared_fields(left, right)
    differing = [field for field in fields if field.differs]
    return {
        "title": _title(left, right, fields),
        "section": "logs",
        "sides": [_head(log, letter, screen.log_url(query, log.id)) for log, letter in zip(both, LETTERS, strict=True)],
        "differing": differing,
        "equal": [field for field in fields if not field.differs],
        "bodies": [pair_of(side, *halves[at : at + 2]) for at, side in zip((0, 2), SIDES, strict=True)],
        "asked": sum(needs_call(log, side) for log in both for side in SIDES),
        "back": screen.list_url(query),
        "back_words": marked(words(query, zone=zone.current())),
        "url_share": reverse("link-new", args=[logs.gateway_id]) + f"?share=comparison&log={pair[0]}&log={pair[1]}",
        "url_swapped": compare_url(screen, (pair[1], pair[0]), query),
        "permalink": compare_url(Screen(screen.path), pair, LogQuery()),
    }


def _at_once[T](jobs: Sequence[Callable[[], T]]) -> list[T]:
    """The results of some calls, one for each side at a time, within the page's deadline and record."""
    with ThreadPoolExecutor(AT_ONCE) as pool:
        running = [pool.submit(copy_context().run, job) for job in jobs]
        return [each.result() for each in running]


def _log(logs: LogService, log_id: str, letter: str) -> Log:
    try:
        return logs.log(log_id)
    except NotFound as error:
        raise NotFound(
            f"Log {letter}, {log_id}, cannot be compared. {error.message}",
            hint=error.hint,
            request_id=error.request_id,
        ) from error


def _head(log: Log, letter: str, url: str) -> dict[str, Any]:
    return {"letter": letter, "log": log, "who": _who(log), "status": status_of(log), "url": url}


def _who(log: Log) -> str:
    return marked(shorten(log.model or "an unknown model", 60))


def _title(left: Log, right: Log, fields: Sequence[Field]) -> str:
    """ "gpt-4o 200 beside claude 529: 9 of 31 fields differ"."""
    ours, theirs = (f"{_who(log)} {status_of(log).label}" for log in (left, right))
    count = sum(field.differs for field in fields)
    told = f"{count:,} of {len(fields):,} fields differ" if count else f"all {len(fields):,} fields are equal"
    return f"{ours} beside {theirs}: {told}"
