"""What stands above every page of a log: the sentence, the strip of facts, the way back, and the tabs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.urls import reverse

from gateway_dash.gateway.models import Log
from gateway_dash.gateway.query import LogQuery
from gateway_dash.gateway.sentence import words
from gateway_dash.logs.cells import status_of
from gateway_dash.logs.place import PlaceBar, place_bar
from gateway_dash.logs.screen import Screen
from gateway_dash.payload.values import number_at
from gateway_dash.web import formats, zone
from gateway_dash.web.text import marked, shorten


@dataclass(frozen=True, slots=True)
class Tab:
    """One part of a log's page."""

    name: str
    url: str
    is_current: bool
    badge: str = ""


TABS = (("Conversation", ""), ("Tree", "tree/"), ("Raw", "raw/"), ("Repro", "repro/"))


def headline(log: Log) -> str:
    """The log in one sentence: "gpt-4o answered 200 in 9.87 s"."""
    model = marked(shorten(log.model or "An unknown model", 80))
    took = f" in {formats.duration_words(log.duration_ms)}" if log.duration_ms is not None else ""
    status = status_of(log)
    verb = "answered" if status.level == "2" else "failed with" if status.level in "45" and status.level else "ended"
    return f"{model} {verb} {status.label}{took}" + (", from cache" if log.cached else "")


def head_context(
    screen: Screen, log: Log, query: LogQuery, *, tab: str = "", place: PlaceBar | None = None, reads: bool = True
) -> dict[str, Any]:
    """What `logs/head.html` needs. `tab` is the part that is shown, by its address: "", "tree/", "raw/", "repro/".

    `reads`: whether the person may read bodies; for others there is one part only.
    """
    tabs = TABS if reads else ()
    return {
        "title": headline(log),
        "section": "logs",
        "log": log,
        "status": status_of(log),
        "query": query,
        "suffix": screen.arranged.suffix(query),
        "suffix_delete": screen.alone.suffix(query),
        "back": screen.list_url(query),
        "back_words": marked(words(query, zone=zone.current())),
        "permalink": f"{screen.logs_path}{log.id}/{tab}",
        "url_share": reverse("link-new", args=[screen.gateway_name]) + f"?share=log&log={log.id}",
        "url_around": screen.alone.log_url(query, log.id, "around/"),
        "latency_ms": number_at(log.row_as_sent.get("timings"), "latency"),
        "cached_tokens": number_at(log.row_as_sent.get("usage_metadata"), "input_cached_tokens"),
        "place": place or (None if screen.gateways else place_bar(screen, log, query)),
        "tabs": [Tab(name, screen.log_url(query, log.id, url), url == tab) for name, url in tabs],
    }
