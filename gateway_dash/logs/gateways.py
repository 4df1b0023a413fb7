"""The gateways of the account: how full each is, and what happens when it is full."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from gateway_dash import upstream
from gateway_dash.gateway.errors import GatewayError
from gateway_dash.gateway.models import Gateway
from gateway_dash.gateway.query import LogQuery
from gateway_dash.logs.forecast import DELETES, STOPS, Forecast, forecast
from gateway_dash.team.actions import Action
from gateway_dash.team.rights import may, may_somewhere
from gateway_dash.web.render import render_part

WHEN_FULL = {STOPS: "stops saving", DELETES: "deletes the oldest"}
WARN_SHARE, FULL_SHARE = 75, 95  # percent


@dataclass(frozen=True, slots=True)
class Card:
    """One gateway on the page."""

    id: str
    url: str  # empty where the id is none that an address can name
    is_default: bool
    authenticated: bool
    collects_logs: bool
    stored: int | None
    stored_problem: str
    in_24_h: int | None  # how many came in the last 24 hours
    forecast: Forecast | None  # None: it saves no logs, or how many it has is unknown
    cap: int | None
    share_percent: int | None
    level: str  # "ok", "warn" or "err"
    when_full: str
    cache: str
    rate_limit: str


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Into the only gateway that there is for this person, or the gateways to choose from."""
    gateways = _seen(request) if may_somewhere(request.user, Action.SEE) else []
    if len(gateways) == 1 and (url := open_url(gateways[0].id)):
        return HttpResponseRedirect(url)
    return HttpResponseRedirect(reverse("gateway-list"))


@require_safe
def gateway_list(request: HttpRequest) -> HttpResponse:
    """One call for the gateways, one each for its count of logs, and one for those of 24 h where a cap is known."""
    if not may_somewhere(request.user, Action.SEE):
        return render_part(request, "gateways/none.html", {"title": "No gateways", "section": "gateways"})
    account, gateways = upstream.account(), _seen(request)
    counts = account.counts([gateway.id for gateway in gateways])
    known = [each.id for each in gateways if each.log_management and isinstance(counts[each.id], int)]
    recent = account.counts(known, LogQuery(since="24h"))
    cards = [_card(gateway, counts[gateway.id], recent.get(gateway.id)) for gateway in gateways]
    sentence = _sentence(cards)
    context = {"title": sentence, "sentence": sentence, "gateways": cards, "section": "gateways"}
    return render_part(request, "gateways/list.html", context)


def _seen(request: HttpRequest) -> list[Gateway]:
    """The gateways that there are for this person."""
    return [gateway for gateway in upstream.account().gateways() if may(request.user, Action.SEE, gateway.id)]


def _card(gateway: Gateway, stored: int | GatewayError, recent: int | GatewayError | None) -> Card:
    known = None if isinstance(stored, GatewayError) else stored
    cap = int(gateway.log_management) if gateway.log_management else None
    share = min(100, 100 * known // cap) if known is not None and cap else None
    stops = gateway.log_management_strategy == STOPS
    in_24_h = recent if isinstance(recent, int) else None
    strategy, collects = gateway.log_management_strategy or "", gateway.collect_logs is not False
    level = "ok" if share is None or share < WARN_SHARE else "err" if share >= FULL_SHARE and stops else "warn"
    return Card(
        id=gateway.id,
        url=open_url(gateway.id),
        is_default=bool(gateway.is_default),
        authenticated=bool(gateway.authentication),
        collects_logs=collects,
        stored=known,
        stored_problem=stored.title if isinstance(stored, GatewayError) else "",
        in_24_h=in_24_h,
        forecast=forecast(known, cap, strategy, in_24_h, timezone.now()) if collects and known is not None else None,
        cap=cap,
        share_percent=share,
        level=level,
        when_full=WHEN_FULL.get(strategy, "not set"),
        cache=f"{gateway.cache_ttl:,.0f} s" if gateway.cache_ttl else "off",
        rate_limit=_rate_limit(gateway),
    )


def open_url(gateway_id: str) -> str:
    """The way into the gateway, by the person's default view; empty where its id is none that an address can name."""
    try:
        return reverse("gateway-open", args=[gateway_id])
    except NoReverseMatch:
        return ""


def list_url(gateway_id: str) -> str:
    """Where the gateway's logs are; empty where its id is none that an address can name."""
    try:
        return reverse("log-list", args=[gateway_id])
    except NoReverseMatch:
        return ""


def _rate_limit(gateway: Gateway) -> str:
    if not gateway.rate_limiting_limit or not gateway.rate_limiting_interval:
        return "none"
    technique = f", {gateway.rate_limiting_technique}" if gateway.rate_limiting_technique else ""
    return f"{gateway.rate_limiting_limit:,.0f} / {gateway.rate_limiting_interval:,.0f} s{technique}"


def _sentence(cards: list[Card]) -> str:
    """ "3 gateways: one is nearly full and stops saving, one does not collect logs"."""
    full = sum(card.level == "err" for card in cards)
    quiet = sum(not card.collects_logs for card in cards)
    news = [
        f"{_some(full)} nearly full and will stop saving" if full else "",
        f"{'one does' if quiet == 1 else f'{quiet} do'} not collect logs" if quiet else "",
    ]
    told = ", ".join(each for each in news if each)
    number = f"{len(cards)} gateway{'' if len(cards) == 1 else 's'}"
    return f"{number}: {told}" if told else number


def _some(number: int) -> str:
    return "one is" if number == 1 else f"{number} are"
