"""What is open on the list page besides the list: `open=histogram`, `open=facets`, `count=provider`.

These belong to the page, not to the query: they change nothing about which logs are meant.
"""

from __future__ import annotations

from dataclasses import dataclass, fields, is_dataclass, replace
from typing import Any, Self
from urllib.parse import quote

from django.http import QueryDict

from gateway_dash.gateway.errors import QueryError, said
from gateway_dash.gateway.vocabulary import PAIR_KEY, PAIR_PREFIX, Operator

REGIONS = ("histogram", "facets")
FACETS = ("provider", "model", "success", "cached", "feedback")


@dataclass(frozen=True, slots=True)
class Opened:
    """The regions that the address opens, and the facet that it counts."""

    histogram: bool = False
    facets: bool = False
    count: str = ""

    @classmethod
    def read(cls, parameters: QueryDict) -> tuple[Self, QueryDict]:
        """From the URL's parameters, and the others; raises QueryError."""
        rest = parameters.copy()
        names, counts = rest.pop("open", []), rest.pop("count", [])
        for name in names:
            if name not in REGIONS:
                raise QueryError(f"“open” takes {' or '.join(REGIONS)}; “{said(str(name))[:60]}” is not one.")
        if len(counts) > 1:
            raise QueryError(f"“count” is given {len(counts)} times, and only one can count. Remove the others.")
        count = str(counts[0]) if counts else ""
        if counts and not is_facet(count):
            offered = ", ".join((*FACETS, "metadata.user"))
            raise QueryError(f"“count” takes a facet, such as {offered}; “{said(count)[:60]}” is not one.")
        return cls("histogram" in names, "facets" in names or bool(count), count), rest

    def on(self, url: str) -> str:
        """The address with what is open."""
        pairs = [f"open={name}" for name in REGIONS if getattr(self, name)]
        pairs += [f"count={quote(self.count, safe='')}"] if self.count else []
        return url + ("&" if "?" in url else "?") + "&".join(pairs) if pairs else url


def is_facet(name: str) -> bool:
    """Whether the values of a page can be grouped, and asked for, by this name."""
    if name in FACETS:
        return True
    key = name.removeprefix(PAIR_PREFIX)
    ends_like_an_operator = key.endswith(tuple(each.suffix for each in Operator if each.suffix))
    return name.startswith(PAIR_PREFIX) and bool(PAIR_KEY.match(key)) and not ends_like_an_operator


def keeping_facets(context: dict[str, Any], base: str) -> dict[str, Any]:
    """The list's context with facets open behind each of its links to a list: they cost nothing, so they stay."""
    kept = {name: _keeping(value, base) for name, value in context.items()}
    return kept | {"hidden": [*context["hidden"], ("open", "facets")]}


def _keeping(value: Any, base: str) -> Any:
    if isinstance(value, str):
        return Opened(facets=True).on(value) if value == base or value.startswith(base + "?") else value
    if isinstance(value, list | tuple):
        return type(value)(_keeping(each, base) for each in value)
    if isinstance(value, dict):
        return {name: _keeping(each, base) for name, each in value.items()}
    if is_dataclass(value) and not isinstance(value, type) and type(value).__module__.startswith("gateway_dash.logs."):
        return replace(value, **{each.name: _keeping(getattr(value, each.name), base) for each in fields(value)})
    return value
