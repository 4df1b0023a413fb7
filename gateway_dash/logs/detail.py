"""What the pages of one log need: the conversation or the raw bodies, every field, and the annotation form."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from typing import Any

from gateway_dash.gateway.annotation import ENTRIES_LIMIT, Annotation, Difference, is_flat
from gateway_dash.gateway.errors import GatewayError
from gateway_dash.gateway.models import Log
from gateway_dash.gateway.query import LogQuery
from gateway_dash.logs.around_card import rail_context
from gateway_dash.logs.bodies import SIDES, Panel, panel_of_head
from gateway_dash.logs.cells import value_text
from gateway_dash.logs.conversation import conversation_context
from gateway_dash.logs.evidence import of_log_both
from gateway_dash.logs.head import head_context
from gateway_dash.logs.leaves import leaves
from gateway_dash.logs.place import PlaceBar
from gateway_dash.logs.rows import lines_of
from gateway_dash.logs.screen import Screen
from gateway_dash.web.text import marked


@dataclass(frozen=True, slots=True)
class Entry:
    """One metadata pair in the form, with marks for what a field cannot hold or show."""

    key: str
    value: str
    type: str  # "text", "number" or "flag"
    was: str = ""  # the key as the log has it, in JSON; empty in a row that is new

    @property
    def name(self) -> str:
        """What the button that takes it away calls it."""
        return self.was or self.key


@dataclass(frozen=True, slots=True)
class AnnotationPanel:
    """The form, as the log is now, and what the last save came to."""

    seen: str  # what the form shows, for the comparison when it is sent
    feedback: str
    score: str
    entries: tuple[Entry, ...]
    editable: bool  # False: the metadata holds what a PATCH cannot carry
    errors: dict[str, str]
    saved: bool = False
    foreign: tuple[Difference, ...] = ()
    conflicts: tuple[Difference, ...] = ()
    unkept: tuple[Difference, ...] = ()
    problem: GatewayError | None = None
    is_unknown: bool = False  # the log could not be read after the change was sent

    @property
    def used(self) -> int:
        """How many entries the log carries."""
        return sum(1 for entry in self.entries if entry.key)

    @property
    def limit(self) -> int:
        """How many entries a log can carry."""
        return ENTRIES_LIMIT

    @property
    def rows(self) -> tuple[Entry, ...]:
        """The entries, and an empty one while there is room."""
        return self.entries if len(self.entries) >= ENTRIES_LIMIT else (*self.entries, Entry("", "", "text"))


def entry_of(key: str, value: Any) -> Entry:
    """A metadata value with its type, so that 42 does not come back as "42"."""
    kind = "flag" if isinstance(value, bool) else "number" if isinstance(value, int | float) else "text"
    return Entry(marked(key), marked(value_text(value)), kind, was=json.dumps(key))


def score_text(score: float | None) -> str:
    """All digits: one that is left out would come back as a change."""
    return "" if score is None else str(int(score)) if score == score // 1 else repr(score)


def is_editable(log: Log) -> bool:
    """Whether a PATCH can carry the metadata back; else to add an entry would destroy the others."""
    pairs = log.metadata_map()
    return all(is_flat(value) for value in pairs.values()) if pairs else log.metadata in (None, "", "{}", "null", {})


def annotation_panel(log: Log, shown: Annotation | None = None, **more: Any) -> AnnotationPanel:
    """The form as the log is now, or as `shown` would have it."""
    now = Annotation.of(log)
    shown = shown or now
    panel = AnnotationPanel(
        seen=ascii_json(now.json()),
        feedback="" if not shown.feedback else "1" if shown.feedback > 0 else "-1",
        score=score_text(shown.score),
        entries=tuple(entry_of(key, value) for key, value in shown.metadata.items()),
        editable=is_editable(log),
        errors={},
    )
    return replace(panel, **more)


def ascii_json(text: str) -> str:
    """JSON text in ASCII: what cannot be seen stays out of the page, and no browser changes it on its way back."""
    return json.dumps(json.loads(text))


def detail_context(
    screen: Screen,
    log: Log,
    query: LogQuery,
    *,
    reads: bool,
    annotation: AnnotationPanel | None = None,
    conversation: dict[str, Any] | None = None,
    place: PlaceBar | None = None,
) -> dict[str, Any]:
    """What `logs/detail.html` needs. Without a `conversation`, the log itself says as much as it can.

    `reads`: whether the person may read bodies; others get no conversation, not even of what the log itself has.
    """
    if reads and not conversation:
        conversation = conversation_context(screen, log, query, of_log_both(log))
    return head_context(screen, log, query, place=place, reads=reads) | {
        "conversation": conversation if reads else None,
        "annotation": annotation or annotation_panel(log),
        **rail_context(screen, log, query, reads=reads),
    }


def raw_context(screen: Screen, log: Log, query: LogQuery, panels: dict[str, Panel] | None = None) -> dict[str, Any]:
    """What `logs/raw.html` needs. `panels` replaces the ones that only wait for their own request."""
    return head_context(screen, log, query, tab="raw/") | {
        "fields": leaves(log, lines_of([log], screen, query)),
        "panels": [(panels or {}).get(side) or panel_of_head(screen, log, side, query) for side in SIDES],
    }
