"""Which entries of the audit trail: the grammar of the lists of logs, with fields of its own.

`who:kim -what:sign-in since:24h` in the box, `?who=kim&what__not=sign-in&since=24h` in the address. What cannot be read
is refused: a trail that shows more than was asked is as wrong as one that shows less.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from difflib import get_close_matches
from typing import Self
from urllib.parse import urlencode

from django.db.models import Q, QuerySet
from django.http import QueryDict
from django.utils import timezone

from gateway_dash.gateway import period
from gateway_dash.gateway.box import quoted_value, read_terms
from gateway_dash.gateway.errors import BoxError, QueryError, said
from gateway_dash.gateway.vocabulary import EQ, NEQ
from gateway_dash.team.events import Event
from gateway_dash.team.models import AuditEntry

# Field, and where it stands in an entry.
FIELDS = {
    "who": "who",
    "what": "what",
    "gateway": "gateway",
    "from": "address",
    "log": "facts__log",
    "job": "facts__job",
    "person": "facts__person",
    "role": "facts__role",
}
TIMES = ("since", "start", "end")
NOT = "__not"
VALUES_LIMIT = 50
TEXT_LIMIT = 200


@dataclass(frozen=True, slots=True)
class Condition:
    """One field that has one of these values, or none of them."""

    field: str
    values: tuple[str, ...]
    is_not: bool = False

    @property
    def parameter(self) -> str:
        """As the address spells it."""
        return self.field + (NOT if self.is_not else "")

    def where(self) -> Q:
        """For the database. A fact that an entry lacks has none of the values."""
        found = Q(**{f"{FIELDS[self.field]}__in": list(self.values)})
        if not self.is_not:
            return found
        lacks = Q(**{f"{FIELDS[self.field]}__isnull": True}) if "__" in FIELDS[self.field] else Q()
        return ~found | lacks if lacks else ~found

    def term(self) -> str:
        """As the box spells it."""
        return f"{'-' if self.is_not else ''}{self.field}:{','.join(quoted_value(each) for each in self.values)}"


@dataclass(frozen=True, slots=True)
class TrailQuery:
    """What the page of the trail shows."""

    conditions: tuple[Condition, ...] = ()
    since: str = ""
    start: datetime | None = None
    end: datetime | None = None
    before: int | None = None  # the number of an entry: a page of older ones

    @classmethod
    def read(cls, parameters: QueryDict) -> Self:
        """From an address; raises QueryError."""
        given = {name: parameters.getlist(name) for name in parameters}
        if "box" in given:
            return cls.read_box(given.pop("box")[-1])
        found = cls()
        for name, values in given.items():
            found = found._with(name, values)
        return found

    @classmethod
    def read_box(cls, text: str) -> Self:
        """From the box; raises BoxError."""
        found = cls()
        for term in read_terms(text, _known):
            if isinstance(term, str):
                raise BoxError(f"“{said(term)[:60]}” stands alone. Say what it is: who:, what:, gateway:, log:, job:.")
            if term.operator not in (EQ, NEQ):
                raise BoxError(f"“{term.key}:” has values, and no more or less: {term.key}:{said(term.texts[0])[:40]}.")
            found = found._with(term.key + (NOT if term.operator is NEQ else ""), list(term.texts))
        return found

    def _with(self, name: str, values: list[str]) -> Self:
        if name in TIMES:
            return self._timed(name, values)
        if name == "before":
            return replace(self, before=_number(values))
        field = name.removesuffix(NOT)
        if field not in FIELDS:
            _known(field)
        wrong = next((each for each in values if not each or len(each) > TEXT_LIMIT or not each.isprintable()), None)
        if wrong is not None or len(values) > VALUES_LIMIT:
            raise QueryError(f"“{field}” takes 1 to {VALUES_LIMIT} values of 1 to {TEXT_LIMIT} characters each.")
        if field == "what" and (unknown := [each for each in values if each not in set(Event)]):
            near = get_close_matches(unknown[0], list(Event), n=1, cutoff=0.3)
            raise QueryError(f"“{said(unknown[0])[:60]}” is no event.{f' Did you mean “{near[0]}”?' if near else ''}")
        return replace(self, conditions=(*self.conditions, Condition(field, tuple(values), name.endswith(NOT))))

    def _timed(self, name: str, values: list[str]) -> Self:
        if len(values) != 1 or getattr(self, name):
            raise QueryError(f"“{name}” counts once. Remove the others.")
        try:
            if name != "since":
                return self.change(**{name: period.read_moment(values[0])})
            period.read_since(values[0])
        except ValueError as error:
            raise QueryError(f"“{name}” {error}; “{said(values[0])[:60]}” is not one.") from None
        return replace(self, since=values[0])

    def url(self) -> str:
        """As an address, with its question mark; empty for all entries."""
        pairs = [
            (each.field + (NOT if each.is_not else ""), value) for each in self.conditions for value in each.values
        ]
        pairs += self._times()
        pairs += [("before", str(self.before))] if self.before else []
        return f"?{urlencode(pairs)}" if pairs else ""

    def box(self) -> str:
        """As the box spells it."""
        return " ".join(
            [*(each.term() for each in self.conditions), *(f"{name}:{text}" for name, text in self._times())]
        )

    def _times(self) -> list[tuple[str, str]]:
        bounds = [(name, getattr(self, name)) for name in ("start", "end")]
        since = [("since", self.since)] if self.since else []
        return since + [(name, period.spell_moment(moment)) for name, moment in bounds if moment]

    def entries(self) -> QuerySet[AuditEntry]:
        """The newest first; who may see which is for the view to say."""
        found = AuditEntry.objects.order_by("-number")
        for each in self.conditions:
            found = found.filter(each.where())
        if self.since:
            found = found.filter(at__gte=timezone.now() - period.read_since(self.since))
        if self.start:
            found = found.filter(at__gte=self.start)
        if self.end:
            found = found.filter(at__lt=self.end)
        return found.filter(number__lt=self.before) if self.before else found

    def change(self, **changes: object) -> Self:
        """The same with other parts."""
        return replace(self, **changes)  # type: ignore[arg-type]


def _known(field: str) -> None:
    if field in FIELDS or field in TIMES:
        return
    names = [*FIELDS, *TIMES]
    near = get_close_matches(field.lower(), names, n=1, cutoff=0.5)
    hint = f" Did you mean “{near[0]}”?" if near else ""
    raise BoxError(f"“{said(field)[:60]}” is no field of the audit trail.{hint} There are {', '.join(names)}.")


def _number(values: list[str]) -> int:
    text = values[-1]
    if len(values) != 1 or not (text.isascii() and text.isdecimal()) or len(text) > 15:
        raise QueryError("“before” takes the number of an entry.")
    return int(text)
