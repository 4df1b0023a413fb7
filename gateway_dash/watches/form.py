"""What the form of a watch sends, read strictly: each refusal names the field and what would be right."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Self

from django.http import QueryDict

from gateway_dash import upstream
from gateway_dash.gateway.errors import Refusal
from gateway_dash.web.sent import whole_number

MINUTES = (5, 10, 15, 30, 60, 180, 360, 720, 1440)
MOST_LOGS = 10_000_000  # as many as a gateway can hold


@dataclass(frozen=True, slots=True)
class Wanted:
    """A watch as a person wants it; its view is looked up apart."""

    more_than: int
    minutes: int
    channels: list[str]
    tells_calm: bool

    @classmethod
    def read(cls, sent: QueryDict) -> Self:
        """From the form; raises Refusal. The watch that was there stays as it is."""
        channels = list(dict.fromkeys(sent.getlist("channel")))
        if unknown := [each for each in channels if each not in upstream.channels()]:
            names = ", ".join(f"“{each}”" for each in unknown)
            raise Refusal(f"There is no channel {names}. Choose among those of the form. Nothing was changed.")
        minutes = whole_number(sent, "minutes", MINUTES[0], MINUTES[-1])
        if minutes not in MINUTES:
            raise Refusal(f"“minutes” takes one of {', '.join(str(each) for each in MINUTES)}. Nothing was changed.")
        return cls(whole_number(sent, "more_than", 0, MOST_LOGS), minutes, channels, sent.get("tells_calm") == "1")

    def fields(self) -> dict[str, Any]:
        """For the watch's columns."""
        return {name: getattr(self, name) for name in self.__slots__}
