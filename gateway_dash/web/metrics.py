"""Numbers for Prometheus: pages, upstream calls, the budget, jobs. Names of pages and states; never an id or a filter.

`make run` sets PROMETHEUS_MULTIPROC_DIR, a folder in which the processes of one machine add up what each counted.
"""

from __future__ import annotations

import logging
import secrets
import time
from collections.abc import Callable, Iterator

import prometheus_client as prometheus
from django.contrib.auth.decorators import login_not_required
from django.db import DatabaseError
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe
from prometheus_client import multiprocess
from prometheus_client.core import GaugeMetricFamily, Metric

from gateway_dash import upstream
from gateway_dash.gateway.breaker import State
from gateway_dash.gateway.calls import Sent

logger = logging.getLogger("gateway_dash.web")
FAST = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)
PAGES = prometheus.Counter("gateway_dash_pages", "Answers, by page and status.", ("page", "status"))
PAGE_SECONDS = prometheus.Histogram("gateway_dash_page_seconds", "Time of an answer.", ("page",), buckets=FAST)
CALLS = prometheus.Counter(
    "gateway_dash_upstream_calls", "Calls to the API, by method, kind and status; “none” is no answer.",
    ("method", "kind", "status"),
)  # fmt: skip
BREAKER_CHANGES = prometheus.Counter(
    "gateway_dash_breaker_changes", "Changes of the breaker, by what it became.", ("state",)
)
CALL_SECONDS = prometheus.Histogram("gateway_dash_upstream_seconds", "Time of a call.", ("kind",), buckets=FAST)
KEPT = prometheus.Counter(
    "gateway_dash_kept_answers",
    "Answers by what they are and where they came from: “hit” cost no call, “stale” is an old one for want of another.",
    ("what", "outcome"),
)
_more: list[Callable[[], Iterator[Metric]]] = []


def measured_by(more: Callable[[], Iterator[Metric]]) -> None:
    """Rooms that know numbers of their own, looked up when somebody asks, say so at the start."""
    _more.append(more)


def call_seen(sent: Sent) -> None:
    """One call to the upstream is over."""
    CALLS.labels(sent.method, sent.kind, str(sent.status or "none")).inc()
    CALL_SECONDS.labels(sent.kind).observe(sent.duration_ms / 1000)


def kept_seen(what: str, outcome: str) -> None:
    """An answer was wanted: "hit", "miss" or "stale"."""
    KEPT.labels(what, outcome).inc()


def breaker_changed(state: State) -> None:
    """The breaker of this process opened, lets one call through, or closed."""
    BREAKER_CHANGES.labels(state.value).inc()


class Measured:
    """Counts each answer by the name of its page. Nearly the first of all middleware, so that nothing is left out."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """The answer as it comes."""
        started = time.perf_counter()
        response = self._get_response(request)
        match = request.resolver_match
        page = (match.url_name if match else None) or "none"
        PAGES.labels(page, str(response.status_code)).inc()
        PAGE_SECONDS.labels(page).observe(time.perf_counter() - started)
        return response


@login_not_required
@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """For whoever shows the operator's token; without one there is no such page."""
    token = upstream.metrics_token()
    if not token:
        raise Http404
    shown = request.headers.get("Authorization", "").removeprefix("Bearer ")
    if not secrets.compare_digest(shown.encode(), token.encode()):
        answer = HttpResponse("A token is needed.\n", status=401, content_type="text/plain")
        answer["WWW-Authenticate"] = "Bearer"
        return answer
    now = prometheus.CollectorRegistry()
    now.register(_Now())
    return HttpResponse(_counted() + prometheus.generate_latest(now), content_type=prometheus.CONTENT_TYPE_PLAIN_0_0_4)


def _counted() -> bytes:
    """By all processes of this machine, or where they do not add up by this one."""
    registry = prometheus.CollectorRegistry()
    try:
        multiprocess.MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    except ValueError:
        registry = prometheus.REGISTRY
    return prometheus.generate_latest(registry)


class _Now(prometheus.registry.Collector):
    """What all processes know together at this moment."""

    def collect(self) -> Iterator[Metric]:
        """One that cannot be had leaves the others."""
        client = upstream.account().client
        budget = client.budget
        yield _gauge("budget_spent", "Calls of everybody here in five minutes.", budget.ledger.spent())
        yield _gauge("budget_share", "How many there are for this dashboard.", budget.ledger.share)
        yield _gauge("upstream_blocked_seconds", "For how long the API takes no calls.", budget.ledger.block_s())
        is_open = client.breaker.state is not State.CLOSED
        yield _gauge("breaker_open", "Whether the process that tells this leaves the API alone.", is_open)
        for more in _more:
            try:
                yield from more()
            except DatabaseError as error:
                logger.warning("Numbers could not be had (%s).", type(error).__name__)


def _gauge(name: str, words: str, value: float) -> GaugeMetricFamily:
    return GaugeMetricFamily(f"gateway_dash_{name}", words, value=value)
