"""One side as it is drawn: its roots, opened down to the place that the address names."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from typing import NamedTuple
from urllib.parse import quote

from gateway_dash.gateway.errors import NotFound
from gateway_dash.gateway.query import LogQuery
from gateway_dash.logs.lines import Lines
from gateway_dash.logs.rows import lines_of
from gateway_dash.logs.screen import Screen
from gateway_dash.logs.tree_panel import Panel, inner_json, panel_of, windowed
from gateway_dash.logs.tree_place import EVENTS, Place
from gateway_dash.logs.tree_rows import BESIDE, LEVELS, Drawing, Row, events_row
from gateway_dash.payload.masked_events import masked_events
from gateway_dash.payload.paths import Path, spell
from gateway_dash.payload.tree import PAGE, Node, View
from gateway_dash.payload.trunk import Trunk
from gateway_dash.web.text import marked, shorten

ROW_BYTES = 500  # of a row without its address
ROWS_BYTES, ABOVE_BYTES = 100_000, 60_000  # of the rows at the place, and of those above it


@dataclass(frozen=True, slots=True)
class Drawn:
    """The roots of a side; `missing` says what does not stand where the address says."""

    rows: tuple[Row, ...]
    missing: str = ""
    url_top: str = ""  # where levels above the first row are not shown
    levels_above: int = 0


class Text(NamedTuple):
    """A JSON text, where it stands in the log, and a path in it."""

    data: bytes
    at: Place
    path: Path


class Trees:
    """Draws the places of one log for one list."""

    def __init__(self, screen: Screen, query: LogQuery, log_id: str) -> None:
        self._base = screen.log_url(query, log_id, "tree/").partition("?")
        self._permalink = f"{screen.logs_path}{log_id}/tree/"
        self._comment = screen.log_url(query, log_id).partition("?")
        self._lines: Lines = lines_of([], screen, query)

    def url(self, place: Place) -> str:
        """The page opened at a place, as a link on that page."""
        suffix = self._base[2]
        return f"?{place.url()}&{suffix}" if suffix else f"?{place.url()}"

    def path_url(self, own: str) -> str:
        """The page with other parameters of its own."""
        suffix = "&".join(each for each in (own, self._base[2]) if each)
        return f"{self._base[0]}?{suffix}" if suffix else self._base[0]

    def comment_url(self, place: Place) -> str:
        """The log's page with the place filled in; nothing for one within the JSON of a text, which has no path."""
        if place.inner is not None or not place.is_spelled:
            return ""
        own = f"comment={quote(place.at, safe=':/@,.$[]{}')}"
        suffix = f"&{self._comment[2]}" if self._comment[2] else ""
        return f"{self._comment[0]}?{own}{suffix}#comment-form"

    def permalink(self, place: Place | None) -> str:
        """A place for others: without the list that it was opened from."""
        return f"{self._permalink}?{place.url()}" if place else self._permalink

    def page(self, trunk: Trunk, place: Place, *, most: int = PAGE, is_named: bool = True) -> Drawn:
        """All roots of the side, opened down to the place. `is_named`: the address names it, so it has its panel."""
        is_event = place.path[:1] == (EVENTS,) and bool(trunk.events)
        if is_event:
            opened, events, missing = self._events(trunk, place, most)
            return Drawn((*self._closed_root(trunk, place), events), missing, *self._top(opened, place))
        roots: tuple[Row, ...] = ()
        missing, top = "", ("", 0)
        if trunk.data:
            row, view, missing = self._node(
                Text(trunk.data, Place(place.side), place.path), place, most, LEVELS, is_named
            )
            roots, top = (row,), self._top(view, place)
        if trunk.events:
            is_open = not trunk.data
            roots += (events_row(trunk, Place(place.side), self.url, None, is_open=is_open, here=False),)
        return Drawn(roots, missing, *top)

    def node(self, trunk: Trunk, place: Place) -> Row:
        """Only the opened node itself; raises NotFound."""
        if place.path == (EVENTS,) and trunk.events:
            return events_row(trunk, place, self.url, None, is_open=True, here=True)
        row, _, missing = self._node(self._text(trunk, place), place, PAGE, 0)
        if missing:
            raise NotFound(missing)
        return _inside(row) if place.inner is not None else row

    # --- one root ----------------------------------------------------------------------------------------------------

    def _text(self, trunk: Trunk, place: Place) -> Text:
        """The JSON text in which the place is, where that text stands, and the path in it."""
        number = place.event
        if number is None or not trunk.events:
            return Text(trunk.data, Place(place.side), place.path)
        if number >= len(trunk.events):
            raise NotFound(f"The {place.side} has no event {number:,}: its events are 0 to {len(trunk.events) - 1:,}.")
        (masked,) = masked_events(trunk.events, number, number + 1)
        data = masked.encode("utf-8", "surrogatepass")
        return Text(data, Place(place.side, (EVENTS, number)), place.path[2:])

    def _events(self, trunk: Trunk, place: Place, most: int) -> tuple[View | None, Row, str]:
        root = Place(place.side, (EVENTS,))
        if place.event is None or place.event >= len(trunk.events):
            missing = "" if place.path == (EVENTS,) else f"There is no {_said(place.at)}."
            at = replace(root, first=place.first)
            return None, events_row(trunk, at, self.url, None, is_open=True, here=not missing), missing
        row, view, missing = self._node(self._text(trunk, place), place, most, LEVELS)
        return view, events_row(trunk, place, self.url, row, is_open=True, here=False), missing

    def _closed_root(self, trunk: Trunk, place: Place) -> tuple[Row, ...]:
        if not trunk.data:
            return ()
        row, _ = self._drawing(trunk.data, Place(place.side), place, 1, 0).tree((), 0, None)
        return (replace(row, is_open=False, is_here=False, rows=(), url_after="", range=""),)

    def _drawing(self, data: bytes, at: Place, place: Place, most: int, levels: int) -> Drawing:
        """Long addresses leave room for fewer rows: an answer stays under 256 KB."""
        one = ROW_BYTES + len(self.url(place))
        name = "JSON inside" if at.inner is not None else f"[{at.event}]" if at.event is not None else at.side
        size = max(10, min(most, ROWS_BYTES // one))
        return Drawing(data, at, name, self.url, size, min(levels, max(2, ABOVE_BYTES // one // BESIDE)))

    def _node(
        self,
        text: Text,
        place: Place,
        most: int,
        levels: int,
        is_named: bool = True,
    ) -> tuple[Row, View, str]:
        first = place.first if place.inner is None else 0
        drawing = self._drawing(text.data, text.at, place, most, levels)
        row, view = drawing.tree(text.path, first, partial(self._panel, first) if is_named else None)
        if view.missing:
            there = drawing.place(view.node.path or ()).words
            return row, view, f"There is no {_said(spell(view.missing))} in {_said(there)}. That is as far as it leads."
        if place.inner is None:
            return row, view, ""
        inside = inner_json(text.data, view.node)
        if not inside:
            return row, view, f"The text of {_said(place.at)} holds no JSON."
        inner = self._drawing(inside, replace(place, inner=(), first=0), place, most, levels)
        inner_row, inner_view = inner.tree(place.inner, place.first, partial(self._panel, place.first))
        missing = f"There is no {_said(spell(inner_view.missing))} in that JSON." if inner_view.missing else ""
        return _with_inside(row, inner_row), view, missing

    def _panel(self, first: int, data: bytes, node: Node, place: Place) -> Panel:
        panel = panel_of(data, node, place, self._lines, self.permalink(replace(place, first=first)))
        panel = replace(panel, url_comment=self.comment_url(place))
        if node.kind != "text":
            return panel
        panel, back, on = windowed(panel, data, node, first)
        can_open = place.inner is None and bool(inner_json(data, node))
        return replace(
            panel,
            url_before=self.url(replace(place, first=back)) if back is not None else "",
            url_after=self.url(replace(place, first=on)) if on is not None else "",
            url_inner=self.url(replace(place, first=0, inner=())) if can_open else "",
        )

    def _top(self, view: View | None, place: Place) -> tuple[str, int]:
        if view is None or view.node.path is None:
            return "", 0
        hidden = len(view.node.path) - len(view.above)
        return (self.url(Place(place.side)), hidden) if hidden else ("", 0)


def _said(text: str) -> str:
    return marked(shorten(text, 120))


def _with_inside(row: Row, inside: Row) -> Row:
    """The row with the JSON of its text below it; the text is the innermost that is open."""
    if row.is_here:
        return replace(row, is_here=False, rows=(inside,))
    return replace(row, rows=tuple(_with_inside(each, inside) if each.is_open else each for each in row.rows))


def _inside(row: Row) -> Row:
    return row.rows[0]
