"""Which log is talked about, and its addresses. They carry the list that it was opened from, so the way back stays."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, QueryDict
from django.urls import reverse

from gateway_dash import upstream
from gateway_dash.logs.several import read_origin
from gateway_dash.logs.tree_place import Place

SHOWN = 30  # comments at once


@dataclass(frozen=True, slots=True)
class Here:
    """One log. `suffix` is the query of its page, with the question mark, or nothing."""

    gateway: str
    log_id: str
    suffix: str = ""

    @classmethod
    def read(cls, request: HttpRequest, gateway: str, log_id: str, given: QueryDict | None = None) -> Here:
        """From the address of one of the log's pages; raises QueryError."""
        screen, query = read_origin(request, gateway, given)
        return cls(gateway, log_id, screen.arranged.suffix(query))

    @property
    def row(self) -> dict[str, Any]:
        """How the records of this log are found."""
        return {"account": upstream.account_key(), "gateway": self.gateway, "log_id": self.log_id}

    @property
    def page(self) -> str:
        """The log's own page."""
        return self._url("log-detail")

    @property
    def thread(self) -> str:
        """The comments by themselves."""
        return self._url("log-comments")

    @property
    def add(self) -> str:
        """Where a new comment goes."""
        return self._url("comment-add")

    @property
    def beat(self) -> str:
        """Where an open page says that it is open."""
        return self._url("log-here")

    @property
    def people(self) -> str:
        """Who can be called here."""
        return reverse("people-complete", args=[self.gateway])

    def change(self, number: int) -> str:
        """Where another text for a comment goes."""
        return self._url("comment-change", number)

    def remove(self, number: int) -> str:
        """Where a comment is taken away."""
        return self._url("comment-remove", number)

    def before(self, number: int) -> str:
        """The comments before this one."""
        return f"{self.thread}{self._more()}before={number}"

    def comment(self, number: int, last: int) -> str:
        """The comment where it stands: on the log's page as long as it is one of the newest."""
        url = self.page if number > last - SHOWN else self.before(number + 1)
        return f"{url}#comment-{number}"

    def tree(self, place: str) -> str:
        """The body, opened at a place."""
        found = Place.read(place)
        more = f"&{self.suffix[1:]}" if self.suffix else ""
        return f"{reverse('log-tree', args=[self.gateway, self.log_id])}?{found.url()}{more}#{found.id}"

    def _more(self) -> str:
        return "&" if self.suffix else "?"

    def _url(self, name: str, *more: int) -> str:
        url = reverse(name, args=[self.gateway, self.log_id, *more])
        return url if not self.suffix else url + self.suffix
