"""How many comments there are: of the rows of a list, of one log, and of the places in its bodies. One query each."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db.models import Count, QuerySet

from gateway_dash import upstream
from gateway_dash.logs.rows import Row
from gateway_dash.logs.tree_place import Place
from gateway_dash.talk.models import Comment

CELLS = ("model", "time")  # which kind of cell has the mark: the first of these that the list shows


@dataclass(frozen=True, slots=True)
class Marks:
    """The comments of the logs of a table. `cell` is the kind of cell that shows them."""

    counts: dict[tuple[str, str], int]
    gateway: str  # of the whole list; a row of several gateways knows its own
    cell: str

    def of(self, row: Row) -> int:
        """How many there are of the log of a row."""
        return self.counts.get((row.gateway or self.gateway, row.id), 0)


def marks_of(rows: Sequence[Row], gateway: str) -> Marks:
    """Those of a table: one query, whatever its length."""
    gateways = {row.gateway or gateway for row in rows}
    found = _there(gateways, (row.id for row in rows)).values_list("gateway", "log_id")
    counts = {(where, log_id): number for where, log_id, number in found.annotate(number=Count("pk"))}
    kinds = {cell.kind for cell in rows[0].cells} if rows else set()
    return Marks(counts, gateway, next((kind for kind in CELLS if kind in kinds), ""))


def count_of(gateway: str, log_id: str) -> int:
    """Those of one log."""
    return _there([gateway], [log_id]).count()


def places_of(gateway: str, log_id: str) -> dict[str, int]:
    """Those about places in its bodies, by what the place's element is called in the tree."""
    found = _there([gateway], [log_id]).exclude(place="").values_list("place")
    return {Place.read(place).id: number for place, number in found.annotate(number=Count("pk"))}


def _there(gateways: Iterable[str], ids: Iterable[str]) -> QuerySet[Comment]:
    account = upstream.account_key()
    return Comment.objects.filter(account=account, gateway__in=gateways, log_id__in=list(ids), removed_at=None)
