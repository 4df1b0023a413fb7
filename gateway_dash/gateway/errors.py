"""What can go wrong between us and the upstream, in words for people.

Each error has a `message` (what happened), a `hint` (what the upstream said, or what to do) and a `status` for the
browser. Never the token, never a body.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

_HINT_LIMIT = 300
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ud800-\udfff]+")


def said(text: str) -> str:
    """Upstream text made fit for an error: short, one line, no control or direction marks."""
    cleaned = _CONTROL.sub(" ", text).strip()
    return cleaned if len(cleaned) <= _HINT_LIMIT else cleaned[:_HINT_LIMIT] + "…"


class GatewayError(Exception):
    """Something between the screen and the upstream failed."""

    status = 502
    title = "The upstream could not be used"
    tone = "err"
    icon = "unplug"
    passes = True  # long work waits and tries again; False: somebody has to do something first
    did_nothing = False  # the upstream was not asked, or refused for our budget: whatever was asked is surely not done

    def __init__(self, message: str, *, hint: str = "", request_id: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.request_id = request_id
        self.retry_after_s: int | None = None
        self._made_at = datetime.now(UTC)

    @property
    def retry_at(self) -> datetime | None:
        """The second from which on it may work again, where that is known."""
        return None if self.retry_after_s is None else self._made_at + timedelta(seconds=self.retry_after_s)


class Unreachable(GatewayError):
    """No answer: connection refused, name not found, time over, answer cut."""

    status = 504
    title = "The upstream did not answer"


class Slow(Unreachable):
    """The deadline of the page was over before the upstream answered."""

    title = "The upstream is too slow"
    icon = "hourglass"


class Busy(GatewayError):
    """All our own places for upstream calls are taken; nothing was sent."""

    status = 503
    title = "Too many people are waiting for the upstream"
    tone = "warn"
    icon = "hourglass"
    did_nothing = True

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.retry_after_s = 2


class CircuitOpen(GatewayError):
    """Most calls failed just now; the upstream is left alone for a while, and nothing was sent."""

    status = 503
    title = "The upstream is failing"
    did_nothing = True

    def __init__(self, message: str, *, retry_after_s: int, hint: str = "") -> None:
        super().__init__(message, hint=hint)
        self.retry_after_s = retry_after_s


class Refused(GatewayError):
    """The upstream answered, and the answer is no."""

    passes = False
    title = "The upstream refused the call"


class Unauthorized(Refused):
    """The token is not accepted. Ours, not the visitor's: hence 502."""

    title = "The API token is not accepted"
    icon = "key-round"


class Forbidden(Refused):
    """The token lacks a right; `right` names it as the vendor's dashboard does."""

    title = "The API token lacks a right"
    icon = "lock"

    def __init__(self, message: str, *, right: str, hint: str = "", request_id: str = "") -> None:
        super().__init__(message, hint=hint, request_id=request_id)
        self.right = right


class NotFound(Refused):
    """There is no such log, body or gateway."""

    status = 404
    title = "Not found"
    tone = "warn"
    icon = "file-x"


class NoGateway(NotFound):
    """There is no gateway of that name, or none for this person."""


class Gone(NotFound):
    """There was such a log; it was deleted from here, and there is a record of that."""

    receipt = ""  # the address of the deletion's page, where there is one

    status = 410
    title = "This log was deleted"
    icon = "trash-2"


class RateLimited(Refused):
    """The call budget is spent; `retry_after_s` says for how long."""

    passes = True
    did_nothing = True
    status = 503
    title = "The upstream call budget is spent"
    tone = "warn"
    icon = "hourglass"

    def __init__(self, message: str, *, retry_after_s: int, hint: str = "", request_id: str = "") -> None:
        super().__init__(message, hint=hint, request_id=request_id)
        self.retry_after_s = retry_after_s


class Broken(GatewayError):
    """The upstream answered something that is not the API: an HTML page, cut JSON, a redirect, a wrong shape."""

    title = "The upstream gave an unexpected answer"


class TooLarge(Broken):
    """The answer is over the cap that we read."""

    passes = False
    title = "The answer is too large"
    icon = "file-x"


class BudgetLow(GatewayError):
    """A count was not sent: the calls that are left are kept for people's own pages."""

    status = 503
    title = "Stopped: the budget is low"
    tone = "warn"
    icon = "hourglass"


class FilterNotApplied(Broken):
    """Rows came back that the filter excludes: what we asked for is not what the upstream did."""

    passes = False
    title = "The upstream did not apply the filter"
    icon = "shield-alert"


class QueryError(GatewayError):
    """A filter or parameter of ours that cannot be read. Never a wider search."""

    passes = False
    status = 400
    title = "This address cannot be read"
    tone = "warn"
    icon = "list-filter"


class BoxError(QueryError):
    """The text of the box cannot be read."""

    title = "This filter cannot be read"


class ZoneError(QueryError):
    """A time zone that is not known here."""

    title = "This time zone is not known"
    icon = "clock"


class UnclearTime(QueryError):
    """A local time that never was, or was there twice, since the clocks changed."""

    title = "This time is not clear"
    icon = "clock"


class ViewError(QueryError):
    """A list that cannot be saved as it was asked for."""

    title = "Not saved"
    icon = "bookmark"


class StaleView(QueryError):
    """A saved view that meant something once. To show all logs in its place would be a wider search."""

    title = "Your default view cannot be opened"
    icon = "bookmark"


class Refusal(GatewayError):
    """Something that this product does not do, with the reason: too many logs at once, deletion off, and so on."""

    passes = False
    status = 422
    title = "Not done"
    tone = "warn"
    icon = "shield-alert"


class Locked(Refusal):
    """Deletion is off, locked or not verified here."""

    title = "Deleting is not possible now"
    icon = "lock"


class TooManySelected(Refusal):
    """More logs than a selection holds. The list stays as it is, so not a 422, which takes its place."""

    status = 400
    title = "Too many are selected"


class NotAllowed(GatewayError):
    """The dashboard's own rights say no; nothing was asked of the upstream."""

    passes = False
    status = 403
    title = "You may not do that"
    tone = "warn"
    icon = "lock"


class NotLetIn(GatewayError):
    """Whoever was signed in on the way here is nobody for this dashboard."""

    elsewhere = ""  # the address where they can become somebody else, where there is one

    passes = False
    status = 403
    title = "You are not let in"
    tone = "warn"
    icon = "lock"


class CannotTell(GatewayError):
    """Who somebody is cannot be told now, through no fault of theirs."""

    status = 503
    title = "Nobody can be let in right now"
    tone = "warn"
    icon = "hourglass"
