"""The bodies of a log as trees of JSON: opened a node at a time, searched, and linked to the very place."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache, partial
from typing import Any
from urllib.parse import quote

from django.http import HttpRequest, HttpResponse, QueryDict
from django.views.decorators.http import require_safe

from gateway_dash import upstream
from gateway_dash.gateway.errors import NotFound
from gateway_dash.gateway.models import Log
from gateway_dash.gateway.query import LogQuery
from gateway_dash.gateway.stored import Side
from gateway_dash.logs import fresh
from gateway_dash.logs.head import head_context
from gateway_dash.logs.masks import Mask
from gateway_dash.logs.screen import Screen, take
from gateway_dash.logs.several import read_origin
from gateway_dash.logs.tree_drawn import Drawn, Trees
from gateway_dash.logs.tree_place import PARAMETERS, Place, Wish
from gateway_dash.logs.tree_sides import SideTree, read_sides
from gateway_dash.payload.masks import masked_part
from gateway_dash.payload.searching import search
from gateway_dash.payload.tree import PAGE
from gateway_dash.payload.trunk import Trunk
from gateway_dash.web.render import push_url, render_part, wants_fragment
from gateway_dash.web.text import marked, shorten

HITS_BYTES = 60_000  # of their addresses
FEW = 50  # items of each root, where two are shown


@dataclass(frozen=True, slots=True)
class Found:
    """A place that says what was looked for. Texts are masked."""

    path: str
    text: str
    is_key: bool
    url: str


@dataclass(frozen=True, slots=True)
class Card:
    """One side on the page."""

    side: Side
    tree: SideTree
    drawn: Drawn | None = None
    found: tuple[Found, ...] | None = None  # None: nothing is looked for
    url_next: str = ""
    told: str = ""  # how far the search came
    mask: Mask | None = None  # whose secrets these are


@require_safe
def log_tree(request: HttpRequest, gateway: str, log_id: str) -> HttpResponse:
    """Both bodies, or one opened at a place; for htmx only the node at the place."""
    given, rest = take(request.GET, *PARAMETERS)
    wish = Wish.read(given)
    screen, query = read_origin(request, gateway, rest)
    logs = upstream.logs(gateway)
    found = cache(partial(fresh.opened, logs, log_id))

    def log() -> Log:
        return found().value

    trees = Trees(screen, query, log_id)
    if wants_fragment(request) and wish.place and not wish.find:
        row = trees.node(_trunk(read_sides(logs, log_id, wish.sides, log)[0]), wish.place)
        context = {"row": row, "mask": Mask(gateway, log_id, wish.place.side)}
        return push_url(render_part(request, "logs/tree.html#node", context), None)
    whole = log()
    context = tree_context(screen, query, whole, wish, trees) | fresh.told(found(), request.get_full_path())
    cards = [
        replace(_card(side, wish, trees), mask=Mask(gateway, log_id, side.side))
        for side in read_sides(logs, log_id, wish.sides, log, row=whole)
    ]
    return render_part(request, "logs/tree.html", context | {"cards": cards})


def _trunk(side: SideTree) -> Trunk:
    """The trunk of a side; raises why there is none."""
    if side.problem:
        raise side.problem
    if side.trunk is None or side.reason:
        raise NotFound(f"There is no tree of the {side.side}. {side.reason}")
    return side.trunk


def tree_context(screen: Screen, query: LogQuery, log: Log, wish: Wish, trees: Trees) -> dict[str, Any]:
    """What `logs/tree.html` needs apart from the cards."""
    return head_context(screen, log, query, tab="tree/") | {
        "where": _what(wish),
        "wish": wish,
        "find": marked(wish.find),
        "url_raw": screen.log_url(query, log.id, "raw/"),
        "sides": [(name, trees.path_url(own), own == _own(wish)) for name, own in _SIDES],
        "kept": _pairs(trees, wish),
        "permalink": trees.permalink(wish.place),
    }


_SIDES = (("Both", ""), ("Request", "side=request"), ("Response", "side=response"))


def _own(wish: Wish) -> str:
    return f"side={wish.sides[0]}" if len(wish.sides) == 1 else ""


def _what(wish: Wish) -> str:
    sides = " and ".join(wish.sides)
    if wish.place and (wish.place.path or wish.place.inner is not None):
        return f"{marked(shorten(masked_part(wish.place.words), 80))} in the {sides}"
    return f"the {sides} as JSON"


def _pairs(trees: Trees, wish: Wish) -> list[tuple[str, str]]:
    """What a search carries along: the list that the log was opened from, and the side."""
    kept = QueryDict(trees.path_url(_own(wish)).partition("?")[2])
    return [(name, str(value)) for name, values in kept.lists() for value in values]


def _card(side: SideTree, wish: Wish, trees: Trees) -> Card:
    if side.trunk is None or side.reason:
        return Card(side.side, side)
    card = Card(side.side, side)
    if wish.find:
        card = _searched(card, side, wish, trees)
    if wish.find and not wish.place:
        return card
    place = wish.place or Place(side.side)
    most = PAGE if len(wish.sides) == 1 else FEW
    return replace(card, drawn=trees.page(side.trunk, place, most=most, is_named=wish.place is not None))


def _searched(card: Card, side: SideTree, wish: Wish, trees: Trees) -> Card:
    data = side.trunk.data if side.trunk else b""
    hits = search(data, wish.find, start=wish.after)
    found: list[Found] = []
    room, next_at = HITS_BYTES, hits.next_at
    asked = f"find={quote(wish.find)}"
    for hit in hits.found:
        place = Place(card.side, hit.path or (), first=hit.place if hit.place > 8192 else 0)
        is_there = hit.path is not None and place.is_spelled
        url = f"{trees.url(place)}&{asked}#{place.id}" if is_there else ""
        path = marked(shorten(masked_part(place.at), 160)) if hit.path else "deeper than an address can say"
        room -= len(url)
        if room < 0:
            next_at = hit.at
            break
        found.append(Found(path, marked(hit.text), hit.is_key, url))
    url_next = "" if next_at is None else trees.path_url(f"side={card.side}&{asked}&after={next_at}")
    told = "to its end" if next_at is None else f"as far as byte {next_at:,} of {len(data):,}"
    start = f"from byte {wish.after:,} " if wish.after else ""
    return replace(card, found=tuple(found), url_next=url_next, told=f"searched {start}{told}")
