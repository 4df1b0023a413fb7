"""What the address of a list says besides which logs: what is open on the page, its columns, filters switched off.

These belong to the page and change nothing about which logs are meant: `open=facets`, `count=provider`,
`columns=time,model,cost`, `off=-provider:openai`, `picked=<key>`, `peek=<id>`. Every link on a page of logs is spelled
here. A list of several gateways names them (`gateway=a&gateway=b`), and where its page begins or ends
(gateway_dash/logs/several.py).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Self

from django.http import HttpRequest, QueryDict
from django.urls import resolve, reverse

from gateway_dash.gateway.box import read_one_filter, spell_filter
from gateway_dash.gateway.errors import QueryError, said
from gateway_dash.gateway.filters import Filter
from gateway_dash.gateway.merged import Position
from gateway_dash.gateway.narrowing import word_of
from gateway_dash.gateway.query import LogQuery, query_string
from gateway_dash.gateway.reading import FILTERS_LIMIT
from gateway_dash.gateway.vocabulary import PAIR_PREFIX
from gateway_dash.logs.columns import MERGED, USUAL, read_columns
from gateway_dash.logs.ids import log_id_is_plain

REGIONS = ("histogram", "facets", "ranges")
LOG = "the id of one log, such as "
FACETS = ("provider", "model", "success", "cached", "feedback")
PICKED = re.compile(r"[0-9a-f]{16}\Z")


@dataclass(frozen=True, slots=True)
class Screen:
    """One list on the screen: where it is, and how it is shown."""

    path: str  # of the list
    open: tuple[str, ...] = ()  # of REGIONS, in their order
    count: str = ""  # the facet that is counted
    columns: tuple[str, ...] = ()  # in their order; none: the usual ones
    off: tuple[Filter, ...] = ()  # filters that are kept, and not asked
    picked: str = ""  # the key of the selection: see logs/selection.py
    peek: str = ""  # the log beside the list
    notes: tuple[str, ...] = ()  # what of the address could not be kept, in words
    gateways: tuple[str, ...] = ()  # of a merged list
    gateway: str = ""  # the one of them to whose logs the links lead
    position: Position | None = None  # in a merged list; stands only beside `as_of`

    @classmethod
    def read(cls, path: str, parameters: QueryDict, *, gateways: tuple[str, ...] = ()) -> tuple[Self, QueryDict]:
        """From the URL's parameters, and the others; raises QueryError."""
        rest = parameters.copy()
        names, off = _all(rest, "open"), _all(rest, "off")
        for name in names:
            if name not in REGIONS:
                raise QueryError(f"“open” takes {_listed(REGIONS)}; “{said(name)[:60]}” is not one.")
        count, peek = _one(rest, "count"), _one(rest, "peek")
        if count is not None and not is_facet(count):
            raise QueryError(
                f"“count” takes a facet, such as {', '.join((*FACETS, 'metadata.user'))}; “{said(count)[:60]}” is "
                "not one."
            )
        picked = _one(rest, "picked")
        if picked is not None and not PICKED.match(picked):
            raise QueryError("“picked” takes the key of a selection, 16 signs of 0-9 and a-f. Leave it out.")
        if peek is not None and not _is_peek(peek, gateways):
            before = f"a gateway and the id of a log in it, such as {gateways[0]}/" if gateways else LOG
            raise QueryError(f"“peek” takes {before}019a7b3e-5f2c-7c41-9d3e-2b8f6a1c4e07.")
        if len(off) > FILTERS_LIMIT:
            raise QueryError(f"“off” is given {len(off)} times; at most {FILTERS_LIMIT} filters can be switched off.")
        columns, notes = read_columns(_one(rest, "columns"), MERGED if gateways else USUAL)
        opened = {*names, *(["facets"] if count else [])}
        return cls(
            path=path,
            open=tuple(each for each in REGIONS if each in opened),
            count=count or "",
            columns=columns,
            off=tuple(dict.fromkeys(read_one_filter(each) for each in off)),
            picked=picked or "",
            peek=peek or "",
            notes=notes,
            gateways=gateways,
        ), rest

    @property
    def alone(self) -> Self:
        """The list of the one gateway to whose logs the links lead, without the others."""
        columns = tuple(name for name in self.columns if name != "gateway")
        kept = () if columns == USUAL else columns
        return replace(self, path=self.logs_path, columns=kept, gateways=(), gateway="", position=None)

    @property
    def arranged(self) -> Self:
        """What stays when another list or a log is opened: how the person arranged the page.

        The selection goes along to other lists too: only then can they say that they leave it out.
        """
        return replace(self, count="", peek="", notes=())

    @property
    def shared(self) -> Self:
        """What goes along in a link for others: what they should see, without cost or selection."""
        return replace(self, open=(), count="", peek="", picked="", notes=())

    @property
    def usual(self) -> tuple[str, ...]:
        """The columns that are shown when the address names none."""
        return MERGED if self.gateways else USUAL

    @property
    def shown(self) -> tuple[str, ...]:
        """The columns that are shown."""
        return self.columns or self.usual

    @property
    def logs_path(self) -> str:
        """Where the logs' own pages are: in a merged list those of one of its gateways."""
        return reverse("log-list", args=[self.gateway]) if self.gateway else self.path

    @property
    def gateway_name(self) -> str:
        """The gateway whose logs the links lead to."""
        return self.gateway or str(resolve(self.path).kwargs["gateway"])

    def change(self, **changes: Any) -> Self:
        """A copy with other fields."""
        return replace(self, **changes)

    def showing(self, region: str, *, count: str = "") -> Self:
        """The page with a region open."""
        return replace(self, open=tuple(each for each in REGIONS if each in {*self.open, region}), count=count)

    def hiding(self, region: str) -> Self:
        """The page with a region closed."""
        count = "" if region == "facets" else self.count
        return replace(self, open=tuple(each for each in self.open if each != region), count=count)

    # --- spelled for the URL -------------------------------------------------------------------------------------

    def spelled(self) -> list[tuple[str, str]]:
        """The URL's parameters in their one order; what is the default is left out."""
        pairs = [("gateway", name) for name in self.gateways]
        pairs += [("open", name) for name in self.open]
        pairs += [("count", self.count)] if self.count else []
        pairs += [("columns", ",".join(self.columns))] if self.columns else []
        pairs += [("off", spell_filter(each)) for each in self.off]
        pairs += [("picked", self.picked)] if self.picked else []
        return pairs + ([("peek", self.peek)] if self.peek else [])

    def suffix(self, query: LogQuery, *more: tuple[str, str]) -> str:
        """The query string of a page that belongs to this list, with its question mark; or nothing."""
        place = [self.position.spelled()] if self.position and query.as_of else []
        own = query_string((*self.spelled(), *place, *more))
        url = query.url()
        return f"{url}{'&' if url else '?'}{own}" if own else url

    def url(self, query: LogQuery) -> str:
        """This page with that query."""
        return self.path + self.suffix(query)

    def list_url(self, query: LogQuery) -> str:
        """Another list, shown as this one is."""
        return self.arranged.url(query)

    def peek_url(self, query: LogQuery, log_id: str) -> str:
        """The list with the log beside it."""
        return replace(self, peek=f"{self.gateway}/{log_id}" if self.gateway else log_id, notes=()).url(query)

    def log_url(self, query: LogQuery, log_id: str, page: str = "", *more: tuple[str, str]) -> str:
        """The page of a log, or one below it. It carries the list that it was opened from, and what that page takes."""
        return f"{self.logs_path}{log_id}/{page}{self.arranged.suffix(query, *more)}"


def read_screen(request: HttpRequest, gateway: str, parameters: QueryDict | None = None) -> tuple[Screen, LogQuery]:
    """The list that a page belongs to, and which logs it means; raises QueryError."""
    path = reverse("log-list", args=[gateway])
    screen, rest = Screen.read(path, request.GET if parameters is None else parameters)
    return screen, LogQuery.read(rest)


def take(parameters: QueryDict, *names: str) -> tuple[dict[str, str], QueryDict]:
    """A page's own parameters, each at most once, and those that are left; raises QueryError."""
    rest = parameters.copy()
    found = {name: _one(rest, name) for name in names}
    return {name: value for name, value in found.items() if value is not None}, rest


def whole_number(given: dict[str, str], name: str, what: str) -> int | None:
    """A parameter of `take` as a number; raises QueryError that says `what` it takes."""
    text = given.get(name, "")
    if not text:
        return None
    if not (text.isascii() and text.isdecimal()) or len(text) > 9:
        raise QueryError(f"“{name}” takes {what}.")
    return int(text)


def is_facet(name: str) -> bool:
    """Whether the values of a page can be grouped, and asked for, by this name."""
    return name in FACETS or (name.startswith(PAIR_PREFIX) and word_of(name) is not None)


def _is_peek(text: str, gateways: Sequence[str]) -> bool:
    gateway, _slash, log_id = text.partition("/") if gateways else ("", "", text)
    return log_id_is_plain(log_id) and (gateway in gateways or not gateways)


def _all(rest: QueryDict, name: str) -> list[str]:
    return [str(each) for each in rest.pop(name, [])]


def _one(rest: QueryDict, name: str) -> str | None:
    values = _all(rest, name)
    if len(values) > 1:
        raise QueryError(f"“{name}” is given {len(values)} times, and only one can count. Remove the others.")
    return values[0] if values else None


def _listed(names: Sequence[str]) -> str:
    return f"{', '.join(names[:-1])} or {names[-1]}"
