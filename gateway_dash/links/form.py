"""What somebody wants to share, as the form says it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Self

from django.http import QueryDict

from gateway_dash.gateway.errors import QueryError
from gateway_dash.links.models import DAYS, DAYS_USUAL, LOGS_LIMIT, NOTE_LENGTH, ShareLink
from gateway_dash.logs.ids import log_id_is_plain


@dataclass(frozen=True, slots=True)
class Target:
    """To what the link leads: logs by their ids, or the list of the address."""

    kind: ShareLink.Kind
    ids: tuple[str, ...] = ()

    @classmethod
    def read(cls, parameters: QueryDict) -> tuple[Self, QueryDict]:
        """From `share` and `log` in an address or a form, and what is left of it; raises QueryError."""
        rest = parameters.copy()
        told, ids = rest.pop("share", []), tuple(dict.fromkeys(str(each) for each in rest.pop("log", [])))
        if not all(log_id_is_plain(each) for each in ids) or len(ids) > LOGS_LIMIT:
            raise QueryError(f"“log” takes the ids of 1 to {LOGS_LIMIT} logs.")
        kind = str(told[-1]) if told else "log" if len(ids) == 1 else "set" if ids else "view"
        if kind not in ShareLink.Kind.values:
            raise QueryError(f"“share” takes one of {', '.join(ShareLink.Kind.values)}.")
        wanted = {"log": (1, 1), "comparison": (2, 2), "set": (1, LOGS_LIMIT), "view": (0, 0)}[kind]
        if not wanted[0] <= len(ids) <= wanted[1]:
            raise QueryError(f"A link to {ShareLink.Kind(kind).label} does not go with {len(ids)} ids in “log”.")
        return cls(ShareLink.Kind(kind), ids), rest


@dataclass(slots=True)
class LinkForm:
    """How much, for whom, and for how long."""

    shows: str = ShareLink.Shows.MASKED
    days: int = DAYS_USUAL
    for_guests: bool = False
    note: str = ""
    errors: dict[str, str] = field(default_factory=dict)

    @classmethod
    def read(cls, data: QueryDict, offered: list[ShareLink.Shows], *, may_invite: bool) -> Self:
        """As it was sent; what this person may not give is an error and never less or more than was asked."""
        days = data.get("days", "")
        form = cls(shows=data.get("shows", ""), for_guests=data.get("for_guests") == "1", note=data.get("note", ""))
        form.note = " ".join(form.note.split())
        if form.shows not in offered:
            form.errors["shows"] = "Choose how much is shown. You can show others no more than you may see yourself."
        if days not in {str(each) for each in DAYS}:
            form.errors["days"] = "Choose for how long it works."
        else:
            form.days = int(days)
        if form.for_guests and not may_invite:
            form.errors["for_guests"] = "Only an administrator can let people in who do not sign in."
        if len(form.note) > NOTE_LENGTH or not form.note.isprintable():
            form.errors["note"] = f"A note has up to {NOTE_LENGTH} characters, all of which can be seen."
        return form

    def fields(self) -> dict[str, Any]:
        """For the row."""
        return {"shows": self.shows, "for_guests": self.for_guests, "note": self.note}
