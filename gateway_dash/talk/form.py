"""What somebody typed about a log."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Self

from django.http import HttpRequest, QueryDict

from gateway_dash.gateway.errors import QueryError
from gateway_dash.logs.tree_place import Place
from gateway_dash.talk.calling import Call, calls, kept_text
from gateway_dash.talk.models import TEXT_LENGTH
from gateway_dash.team.actions import Action
from gateway_dash.team.rights import check
from gateway_dash.web.text import storable


@dataclass(slots=True)
class CommentForm:
    """As it was sent; nothing that was typed is lost. `kept` is the text with its secrets masked."""

    text: str = ""
    place: str = ""
    kept: str = ""
    called: list[Call] = field(default_factory=list)
    error: str = ""
    number: int = 0  # of the comment that is changed; 0: a new one

    @classmethod
    def read(cls, data: QueryDict, gateway: str, *, number: int = 0) -> Self:
        """From the POST; raises QueryError for a place that no body can have."""
        text = storable(data.get("text", "")).replace("\r\n", "\n").strip()
        form = cls(text=text, place=read_place(data.get("place", "")), number=number)
        if not text:
            form.error = "A comment needs some words."
        elif len(text) > TEXT_LENGTH:
            form.error = f"A comment has at most {TEXT_LENGTH:,} characters; this one has {len(text):,}."
        else:
            form.called = calls(text, gateway)
            form.kept = kept_text(text, form.called)
        if len(form.kept) > TEXT_LENGTH:
            form.error = f"With its secrets masked it has {len(form.kept):,} characters; {TEXT_LENGTH:,} fit."
        return form

    @property
    def unheard(self) -> tuple[str, ...]:
        """Names of nobody who may see this gateway."""
        return tuple(dict.fromkeys(call.name for call in self.called if call.person is None))


def read_place(text: str) -> str:
    """A place in a body as it is kept, spelled in its one way; raises QueryError."""
    if not text:
        return ""
    place = Place.read(text)
    if not place.is_spelled:
        raise QueryError("This place is not kept: its path is too long, or a secret is part of it.")
    return place.at


def check_place(request: HttpRequest, gateway: str, form: Any) -> None:
    """A place in a body is for who may read bodies; raises NotAllowed."""
    if form.place:
        check(request.user, Action.READ, gateway)
