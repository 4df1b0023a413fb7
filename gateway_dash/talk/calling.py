"""Who is called in a text, `@name`, and what is kept of the text: secrets masked, and names of people left alone."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.contrib.auth import get_user_model

from gateway_dash.payload.masking import spans, with_placeholders
from gateway_dash.team.actions import Action
from gateway_dash.team.rights import may

CALLS_LIMIT = 20  # names in one text that are looked up
OFFERED, LOOKED_AT = 8, 40  # people who are offered, of so many whose names fit
CALL = r"(?<![\w.@+-])@[\w.@+-]{1,150}"  # a name as the team's form takes it
_CALL = re.compile(CALL)
_END = ".@+-"  # what may end a sentence as well as a name


@dataclass(frozen=True, slots=True)
class Call:
    """A name in a text, and who it is: nobody where no such person may see the gateway."""

    start: int  # of its @
    name: str
    person: Any = None

    @property
    def end(self) -> int:
        """Behind its last letter."""
        return self.start + 1 + len(self.name)


def readings(word: str) -> Iterator[str]:
    """The names that a word behind an @ can mean, the longest first: "kim." at the end of a sentence is "kim" too."""
    while word:
        yield word
        if word[-1] not in _END:
            return
        word = word[:-1]


def calls(text: str, gateway: str) -> list[Call]:
    """Who is called in the text. Names that are called twice count once for the limit."""
    found = [(match.start(), match[0][1:]) for match in _CALL.finditer(text)]
    words = list(dict.fromkeys(word for _start, word in found))[:CALLS_LIMIT]
    names = {name for word in words for name in readings(word)}
    known = {
        person.get_username(): person
        for person in get_user_model().objects.filter(is_active=True, username__in=names)
        if may(person, Action.SEE, gateway)
    }
    return [_read(start, word, known) for start, word in found if word in words]


def _read(start: int, word: str, known: dict[str, Any]) -> Call:
    name = next((each for each in readings(word) if each in known), None)
    return Call(start, name, known[name]) if name else Call(start, word.rstrip(_END) or word)


def kept_text(text: str, called: list[Call]) -> str:
    """The text as it is kept. A name that looks like a mail address is a name, if it is somebody's here."""
    names = [(call.start, call.end) for call in called if call.person]
    masks = [each for each in spans(text) if not any(start <= each.start and each.end <= end for start, end in names)]
    return with_placeholders(text, masks)


def offered(word: str, gateway: str, besides: Any) -> list[str]:
    """Names that begin so, of people who may see this gateway."""
    people = get_user_model().objects.filter(is_active=True, username__istartswith=word).exclude(pk=besides.pk)
    found: list[str] = []
    for person in people.order_by("username")[:LOOKED_AT]:
        if may(person, Action.SEE, gateway):
            found.append(person.get_username())
        if len(found) == OFFERED:
            break
    return found
