"""Completion for the box: fields, comparisons, and values seen before. Asks the upstream nothing."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_safe

from gateway_dash.gateway.box import quoted_value
from gateway_dash.gateway.vocabulary import PAIR_PREFIX, VOCABULARY
from gateway_dash.logs import seen
from gateway_dash.sharing.menu import recent_searches

OPTIONS_LIMIT = 12
WORD_LIMIT = 200
RECENT = ("only", "too")  # recent searches in the place of completions, or before them
RECENT_LIMIT = 6
SINCE = ("15m", "1h", "24h", "7d", "14d")
NUMBERS = ((">", "is above"), ("<", "is below"))


@dataclass(frozen=True, slots=True)
class Option:
    """What can stand in the place of the word that is being typed."""

    insert: str
    hint: str
    goes_on: bool = False  # more has to follow: no blank after it
    whole: bool = False  # takes the place of all that is in the box


@require_safe
def log_complete(request: HttpRequest, gateway: str) -> HttpResponse:
    """The options for one word of the box, as JSON; the script places them as text."""
    word, recent = request.GET.get("word", "")[:WORD_LIMIT], request.GET.get("recent", "")
    options = list(_recent(request, gateway)) if recent in RECENT and not word else []
    if recent != "only":
        options += complete(word, seen.known(gateway))
    return JsonResponse({"options": [asdict(option) for option in options[:OPTIONS_LIMIT]]})


def _recent(request: HttpRequest, gateway: str) -> Iterator[Option]:
    """A person's own searches, as typed; what cannot be seen in one line of text is left to the menu of views."""
    boxes = [search.box for search in recent_searches(request, gateway) if search.box and search.box.isprintable()]
    for box in boxes[:RECENT_LIMIT]:
        yield Option(box, "recent", whole=True)


def complete(word: str, known: seen.Seen) -> list[Option]:
    """At most twelve options, the nearest first."""
    minus, text = ("-", word[1:]) if word.startswith("-") else ("", word)
    key, colon, rest = text.partition(":")
    found = _values(minus + key, key, rest, known) if colon else _keys(minus, key, known)
    return list(found)[:OPTIONS_LIMIT]


def _keys(minus: str, text: str, known: seen.Seen) -> Iterator[Option]:
    names = {word.name: word.label for word in VOCABULARY.values()}
    if not minus:
        names |= {name: "metadata seen here" for name in known if name.startswith(PAIR_PREFIX) and " " not in name}
        names |= {"since": "the last minutes, hours, days"}
    folded = text.casefold()
    fitting = [name for name, label in names.items() if folded in name.casefold() or folded in label.casefold()]
    for name in sorted(fitting, key=lambda each: not each.casefold().startswith(folded)):
        yield Option(f"{minus}{name}:", names[name], goes_on=True)


def _values(before: str, key: str, rest: str, known: seen.Seen) -> Iterator[Option]:
    word = VOCABULARY.get(key)
    kind = word.kind.name if word else ""
    if kind == "number" and not rest and not before.startswith("-"):
        yield from (Option(f"{before}:{sign}", hint, goes_on=True) for sign, hint in NUMBERS)
    fixed = {"flag": ("true", "false"), "feedback": ("1", "-1", "none")}.get(kind, SINCE if key == "since" else ())
    sign, typed = ("~", rest[1:]) if rest.startswith("~") else ("", rest)
    done, comma, last = typed.rpartition(",")
    folded = last.strip('"').casefold()
    fitting = [value for value in (*fixed, *known.get(key, ())) if folded in value.casefold()]
    for value in sorted(fitting, key=lambda each: not each.casefold().startswith(folded)):
        yield Option(f"{before}:{sign}{done}{comma}{quoted_value(value)}", "" if value in fixed else "seen here")
