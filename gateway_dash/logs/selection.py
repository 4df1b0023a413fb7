"""The logs that a person ticked: kept over pages, sorts and columns, and gone with the list they were ticked in.

The ids stay in the person's session; the address carries their key, `picked=<key>`. The key is made of the gateway, the
list and the ids, so a selection can neither be changed under its key nor be taken for one of another list.
"""

from __future__ import annotations

from collections.abc import Iterable, MutableMapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, Self

from django.http import HttpRequest, HttpResponse, QueryDict
from django.urls import reverse
from django.views.decorators.http import require_POST

from gateway_dash.gateway.errors import QueryError, Refusal, TooManySelected
from gateway_dash.gateway.filters import Filter
from gateway_dash.gateway.log_page import LogPage
from gateway_dash.gateway.query import NEWEST_FIRST, LogQuery
from gateway_dash.gateway.reading import PAGE_SIZES
from gateway_dash.gateway.service import FIND_AT_ONCE
from gateway_dash.gateway.vocabulary import EQ
from gateway_dash.logs.ids import log_id_is_plain
from gateway_dash.logs.screen import Screen, read_screen
from gateway_dash.web.render import SeeOther
from gateway_dash.web.views import own_url

HELD = "selections"  # in the session: key -> ids
HELD_LIMIT = 8
MOST_SELECTED = 500  # ids in a session; more go by “all that match”
EVERYTHING = "*"  # in the place of ids: all that match. No log has it as its id
UNKNOWN = "The selection in this address belongs to another session or has expired. The list is shown without it."

Session = MutableMapping[str, Any]


@dataclass(frozen=True, slots=True)
class Ticks:
    """What a form of the list says is ticked: never more than its boxes show."""

    ids: tuple[str, ...]
    shown: tuple[str, ...]
    everything: bool  # all that match
    is_dropped: bool  # it says so, and then a row was unticked

    @classmethod
    def read(cls, data: QueryDict) -> Self:
        """From the fields. The box in the head stands for its rows where no script ticked them; raises QueryError."""
        ids, shown = dict.fromkeys(data.getlist("id")), tuple(data.getlist("shown"))
        if "_page" in data and ids.keys().isdisjoint(shown):
            ids |= dict.fromkeys(shown)
        if not all(log_id_is_plain(each) for each in ids):
            raise QueryError(
                "The form names logs that cannot be logs of this page. Nothing was changed. Nothing was deleted."
            )
        asked = "everything" in data
        everything = asked and ids.keys() >= set(shown)
        return cls(tuple(ids), shown, everything, is_dropped=asked and not everything)

    @property
    def elsewhere(self) -> int:
        """How many of them are not on the page that the form shows."""
        return len(set(self.ids) - set(self.shown)) if self.shown else 0


@dataclass(frozen=True, slots=True)
class Selection:
    """What is selected in a list, as its page shows it."""

    ids: tuple[str, ...]
    here: frozenset[str]  # those that the page shows
    everything: bool
    url: str  # of the form that keeps it
    url_clear: str

    @property
    def elsewhere(self) -> tuple[str, ...]:
        """The ids on other pages of the list."""
        return tuple(each for each in self.ids if each not in self.here)

    @property
    def can_be_shown(self) -> bool:
        """Whether a list can be filtered by these ids."""
        return len(self.ids) <= FIND_AT_ONCE and not self.everything

    @property
    def shown_at_most(self) -> int:
        """By how many ids a list can be filtered."""
        return FIND_AT_ONCE


def key_of(gateway: str, query: LogQuery, ids: Iterable[str]) -> str:
    """The name of a selection. The page, its size, the order and the moment are not what a list is about."""
    listed = query.change(sort=NEWEST_FIRST, per_page=PAGE_SIZES[-1]).spelled()
    named = [gateway, *(f"{name}={value}" for name, value in sorted(listed)), "", *sorted(ids)]
    return sha256("\n".join(named).encode("utf-8", "backslashreplace")).hexdigest()[:16]


def keep(session: Session, gateway: str, query: LogQuery, ids: Iterable[str], *, everything: bool = False) -> str:
    """Hold the ids for this list and name them; nothing for none. The oldest selection makes room."""
    found = [EVERYTHING] if everything else list(dict.fromkeys(ids))
    if not found:
        return ""
    if len(found) > MOST_SELECTED:
        raise TooManySelected(
            f"{len(found):,} logs would be selected, and at most {MOST_SELECTED} can be. What was selected before is "
            "kept. Untick some of these."
        )
    key = key_of(gateway, query, found)
    held = {name: kept for name, kept in session.get(HELD, {}).items() if name != key} | {key: found}
    session[HELD] = dict(list(held.items())[-HELD_LIMIT:])
    return key


def picked(session: Session, gateway: str, screen: Screen, query: LogQuery) -> tuple[Screen, tuple[str, ...]]:
    """The ids that the address names. One that cannot be used leaves the address, with a note that says so."""
    if not screen.picked:
        return screen, ()
    ids = session.get(HELD, {}).get(screen.picked)
    if ids and key_of(gateway, query, ids) == screen.picked:
        return screen, tuple(ids)
    return screen.change(picked="", notes=(*screen.notes, _left_behind(ids) if ids else UNKNOWN)), ()


def _left_behind(ids: list[str]) -> str:
    what = "All logs that match" if ids == [EVERYTHING] else f"{len(ids):,} log" + ("" if len(ids) == 1 else "s")
    return (
        f"{what} of the list before stayed selected there. Another filter is another selection: nothing of it is here."
    )


def selection_of(gateway: str, screen: Screen, page: LogPage, ids: tuple[str, ...]) -> Selection:
    """What the bar and the boxes of a page need."""
    everything, shown = ids == (EVERYTHING,), [log.id for log in page.logs]
    return Selection(
        ids=tuple(shown) if everything else ids,
        here=frozenset(shown if everything else set(shown) & set(ids)),
        everything=everything,
        url=reverse("log-select", args=[gateway]) + screen.arranged.suffix(page.query),
        url_clear=screen.change(picked="").list_url(page.query),
    )


@require_POST
def log_select(request: HttpRequest, gateway: str) -> HttpResponse:
    """Keep what is ticked, and go on to where the person wanted to go, or to a list of the selected alone."""
    screen, query = read_screen(request, gateway)
    ticks = Ticks.read(request.POST)
    _screen, before = picked(request.session, gateway, screen, query)
    ids = dict.fromkeys((*(each for each in before if each not in {EVERYTHING, *ticks.shown}), *ticks.ids))
    if "show" in request.POST:
        return SeeOther(_url_of_these(request, gateway, screen, tuple(ids)))
    to = request.POST.get("to", "")
    if not to.startswith(screen.path) or not own_url(request, to):
        raise QueryError("“to” takes the address of a page of this gateway's logs. Nothing was changed.")
    key = keep(request.session, gateway, query, ids, everything=ticks.everything)
    return SeeOther(_with_key(to, key))


def _with_key(url: str, key: str) -> str:
    """The address with this selection and no other."""
    path, _, text = url.partition("#")[0].partition("?")
    parameters = QueryDict(text, mutable=True)
    parameters.pop("picked", None)
    if key:
        parameters["picked"] = key
    return f"{path}?{parameters.urlencode(safe=':/@,')}" if parameters else path


def _url_of_these(request: HttpRequest, gateway: str, screen: Screen, ids: tuple[str, ...]) -> str:
    """The list of the selected, where they are selected too."""
    if not ids:
        raise Refusal("No log is selected. Tick the logs to show.")
    if len(ids) > FIND_AT_ONCE:
        raise TooManySelected(
            f"{len(ids):,} logs are selected, and a list can name {FIND_AT_ONCE} ids at most. All of them stay "
            "selected where they are: go back."
        )
    query = LogQuery(filters=(Filter("id", EQ, ids),))
    return screen.change(picked=keep(request.session, gateway, query, ids), off=()).list_url(query)
