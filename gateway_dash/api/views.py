"""The operations of the API. Each docstring is what its description says, so it speaks to who writes a script."""

from __future__ import annotations

from django.http import HttpRequest
from django.urls import reverse

from gateway_dash import upstream
from gateway_dash.api.bodies import body_of
from gateway_dash.api.door import answers, may, shown
from gateway_dash.api.rows import log_row, row
from gateway_dash.api.shapes import Body, Count, Gateways, LogList, LogRow, Me, Place, Token, View, Views
from gateway_dash.gateway.counting import tally
from gateway_dash.gateway.errors import QueryError
from gateway_dash.gateway.models import Gateway
from gateway_dash.gateway.query import LogQuery
from gateway_dash.gateway.sentence import words
from gateway_dash.gateway.stored import Side
from gateway_dash.sharing.models import SavedView
from gateway_dash.sharing.spelling import Kept
from gateway_dash.team import rights
from gateway_dash.team.actions import Action


@answers(Me)
def me(request: HttpRequest) -> Me:
    """Whose token this is, what it may in which gateway, and when it ends. Asks nothing upstream."""
    token = shown(request)
    named = token.gateways or [rights.EVERYWHERE, *rights.gateways_where(token.person, Action.SEE)]
    places = [
        Place(gateway=each, may=[action.value for action in Action if may(request, action, each)]) for each in named
    ]
    return Me(
        name=token.person.get_username(),
        rights=[each for each in places if each.may],
        token=Token(
            name=token.name,
            prefix=token.prefix,
            scopes=token.scopes,
            gateways=token.gateways,
            expires_at=token.expires_at,
        ),
    )


@answers(Gateways)
def gateway_list(request: HttpRequest) -> Gateways:
    """The gateways that this token reaches, with their settings. One upstream call."""
    found = upstream.account().gateways()
    return Gateways(gateways=[each for each in found if may(request, Action.SEE, each.id)])


@answers(Gateway)
def gateway(request: HttpRequest, gateway: str) -> Gateway:
    """One gateway with its settings. One upstream call."""
    return upstream.account().gateway(gateway)


@answers(LogList, takes_query=True)
def log_list(request: HttpRequest, gateway: str) -> LogList:
    """One page of the gateway's logs, by the parameters of the page of logs.

    Several values of one filter mean any of them. `metadata.<key>=…` and `metadata.<key>__contains=…` ask for a pair
    of metadata. A parameter that is not known, or that cannot be read, is a 400 and never a wider search. Follow `next`
    to read on: later pages stand still while new logs arrive. Mostly one upstream call: a few more where a range begins
    or ends within a second, and one more where nothing matches.
    """
    page = upstream.logs(gateway).page(LogQuery.read(request.GET))
    number = page.query.page

    def address(of: int) -> str:
        return request.build_absolute_uri(request.path + page.at(of).url())

    return LogList(
        query=words(page.query),
        rows=[row(log) for log in page.logs],
        total=page.total,
        total_is_exact=page.is_exact,
        misfits=page.misfits,
        page=number,
        per_page=page.query.per_page,
        next=address(number + 1) if number < page.pages else None,
        previous=address(number - 1) if number > 1 else None,
    )


@answers(Count, takes_query=True)
def count(request: HttpRequest, gateway: str) -> Count:
    """How many logs match, by the same parameters; the page and its order change nothing. One upstream call."""
    query = LogQuery.read(request.GET)
    found = tally(upstream.account(), gateway, query)
    return Count(query=words(query), total=found.number, total_is_exact=found.is_exact)


@answers(LogRow)
def log(request: HttpRequest, gateway: str, log_id: str) -> LogRow:
    """One log with every field. One upstream call."""
    found = upstream.logs(gateway).log(log_id)
    return log_row(found, reads=may(request, Action.READ, gateway))


@answers(Body)
def body(request: HttpRequest, gateway: str, log_id: str, side: Side) -> Body:
    """The stored request or response of a log, secrets masked, at most 1 MB. One upstream call."""
    return body_of(upstream.logs(gateway), log_id, side)


@answers(Views)
def view_list(request: HttpRequest, gateway: str) -> Views:
    """The saved views of this token's person in the gateway. Asks nothing upstream."""
    mine = SavedView.objects.filter(user=shown(request).person, gateway=gateway)
    return Views(views=[_view(request, each) for each in sorted(mine, key=lambda each: each.name.casefold())])


def _view(request: HttpRequest, view: SavedView) -> View:
    try:
        query, problem = Kept.read(view.query).query, ""
    except QueryError as error:
        query, problem = None, error.message
    list_url = reverse("api-log-list", args=[view.gateway])
    return View(
        name=view.name,
        query=view.query,
        sentence=words(query) if query else "",
        logs=request.build_absolute_uri(list_url + query.url()) if query else None,
        is_default=view.is_default,
        problem=problem,
    )
