"""GatewayClient: HTTP with token, timeouts, limits and errors. Of logs it only knows how to delete them safely."""

from __future__ import annotations

import json
import logging
import random
import re
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from typing import Any

import httpx
import msgspec

from gateway_dash.gateway import calls, unanswered
from gateway_dash.gateway.answers import Answer, Envelope, open_envelope, read_answer, refusal
from gateway_dash.gateway.breaker import Attempt, Breaker
from gateway_dash.gateway.deadline import keep_deadlines, within
from gateway_dash.gateway.errors import CircuitOpen, GatewayError, NotFound, Slow, said
from gateway_dash.gateway.ledger import Ledger
from gateway_dash.gateway.limits import CallBudget, RetryBudget, Slots, spent

logger = logging.getLogger("gateway_dash.upstream")

READ = "AI Gateway - Read"
EDIT = "AI Gateway - Edit"

POOL_S = 0.1
CAP_BYTES = 16 * 1024 * 1024  # of a body
ENVELOPE_BYTES = 3 * 1024 * 1024  # fifty rows with their heads are a few hundred KB
DELETE_AT_ONCE = 50  # one page to verify, 2.3 KB of URL
OLDEST_AT_ONCE = 1000  # by a filter: what an ignored one would take at the most, and what is copied before
TRIES = 3

_SEGMENT = re.compile(r"[A-Za-z0-9_-]{1,128}\Z")

Segments = Sequence[str]
Params = Mapping[str, str | int]


class Token:
    """The API token. Shown nowhere: its text leaves only as the Authorization header."""

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        self._text = text

    def __repr__(self) -> str:
        return "Token(…)"

    def header(self) -> str:
        """The value of the Authorization header."""
        return f"Bearer {self._text}"


class _Again(Exception):
    """A GET that may be tried again; carries the error to show when it may not."""

    def __init__(self, error: GatewayError) -> None:
        super().__init__()
        self.error = error


class GatewayClient:
    """The vendor's API over one pooled connection set. Safe to share between threads."""

    def __init__(
        self,
        base_url: str,
        token: Token,
        *,
        transport: httpx.BaseTransport | None = None,
        ledger: Ledger | None = None,
        breaker: Breaker | None = None,
        seen: Callable[[calls.Sent], None] = lambda _sent: None,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._base = httpx.URL(base_url.rstrip("/"))
        self._token = token
        self._sleep = sleep
        self._seen = seen  # told of each call that is over
        self.budget = CallBudget(ledger=ledger or Ledger())
        self.breaker = breaker or Breaker(self._base.host)
        self._slots = Slots()
        self._retries = RetryBudget()
        self._http = httpx.Client(
            transport=transport,
            follow_redirects=False,
            headers={"Accept": "application/json", "Accept-Encoding": "gzip", "User-Agent": "gateway-dash"},
        )
        keep_deadlines(self._http)

    def get(self, path: Segments, params: Params | None = None, *, kind: str = "list") -> Envelope:
        """GET an envelope. Retried at most twice, on failures that came before an answer, within the deadline."""
        return open_envelope(self._get(path, params, kind=kind, cap_bytes=ENVELOPE_BYTES))

    def raw(self, path: Segments, *, cap_bytes: int = CAP_BYTES) -> Answer:
        """GET a body, which comes without envelope; read up to `cap_bytes`. It has 30 s, apart from the page's 10."""
        ends_at = time.monotonic() + unanswered.BODY_S
        return self._get(path, None, kind="detail", cap_bytes=cap_bytes, left_s=lambda: ends_at - time.monotonic())

    def patch(self, path: Segments, change: Mapping[str, Any]) -> None:
        """PATCH, sent once. Its answer is not believed: read again what was changed."""
        request = self._request("PATCH", path, None, json_body=change)
        self._accepted(self._once(request, kind="write", cap_bytes=ENVELOPE_BYTES), right=EDIT)

    def delete_logs(self, path: Segments, ids: Sequence[str]) -> None:
        """DELETE the logs with these ids, sent once.

        The API ignores filters in a form that it does not know and then deletes 10,000 logs: hence one JSON
        parameter, ids only, at most 50, and a limit equal to their number.
        """
        if not ids or len(ids) > DELETE_AT_ONCE or len(set(ids)) != len(ids):
            raise ValueError("A deletion names 1 to 50 different logs.")
        for each in ids:
            _checked(each)
        self._delete(path, [{"key": "id", "operator": "eq", "value": list(ids)}], len(ids))

    def delete_oldest(self, path: Segments, filters: Sequence[Mapping[str, Any]], limit: int) -> None:
        """DELETE the oldest logs of a filter, at most `limit`, sent once; older than a moment that it has to name.

        The filter goes in the one form that the API reads, and never without a bound on time: should it be ignored all
        the same, the limit is what holds, and the caller has copied the oldest logs.
        """
        bounded = any(each["key"] == "created_at" and each["operator"] == "lt" for each in filters)
        if not bounded or not 0 < limit <= OLDEST_AT_ONCE:
            raise ValueError("A deletion by filter names a moment, and 1 to 1,000 logs.")
        self._delete(path, filters, limit)

    def _delete(self, path: Segments, filters: Sequence[Mapping[str, Any]], limit: int) -> None:
        """The one place that sends DELETE: one JSON parameter, a limit, the oldest first."""
        params: Params = {
            "filters": json.dumps(filters, separators=(",", ":")),
            "limit": limit,
            "order_by": "created_at",
            "order_by_direction": "asc",
        }
        request = self._request("DELETE", path, params)
        self._accepted(self._once(request, kind="write", cap_bytes=ENVELOPE_BYTES), right=EDIT)

    def _get(
        self,
        path: Segments,
        params: Params | None,
        *,
        kind: str,
        cap_bytes: int,
        left_s: Callable[[], float] | None = None,
    ) -> Answer:
        left = left_s or calls.current().left_s
        for attempt in range(1, TRIES + 1):
            try:
                request = self._request("GET", path, params)
                answer = self._once(request, kind=kind, cap_bytes=cap_bytes, left_s=left, attempt=attempt)
                return self._accepted(answer, right=READ)
            except _Again as again:
                pause_s = random.uniform(0.2, min(2.0, 0.2 * 4**attempt))  # noqa: S311 - jitter, not a secret
                is_late = left() < pause_s + 1
                if attempt == TRIES or is_late or self.breaker.wait_s() or not self._retries.allows():
                    raise again.error from again.__cause__
                self._sleep(pause_s)
        raise AssertionError("unreachable")

    def _request(
        self, method: str, path: Segments, params: Params | None, *, json_body: Mapping[str, Any] | None = None
    ) -> httpx.Request:
        """A request to exactly this path of exactly our upstream: `..`, `?` and `#` in a segment are refused."""
        wanted = self._base.path.rstrip("/") + "".join("/" + _checked(segment) for segment in path)
        content = None if json_body is None else msgspec.json.encode(json_body)
        headers = {"Authorization": self._token.header()}
        if content is not None:
            headers["Content-Type"] = "application/json"
        request = self._http.build_request(
            method, self._base.copy_with(path=wanted), params=dict(params or {}), headers=headers, content=content
        )
        same_place = request.url.raw_path.split(b"?")[0] == wanted.encode("ascii")
        if not same_place or request.url.host != self._base.host or request.url.scheme != self._base.scheme:
            raise NotFound("This address does not exist upstream.")
        return request

    def _once(
        self,
        request: httpx.Request,
        *,
        kind: str,
        cap_bytes: int,
        left_s: Callable[[], float] | None = None,
        attempt: int = 0,
    ) -> Answer:
        """Send once and read the answer under the cap and the deadline. `attempt`: of a GET, which may come again."""
        page = calls.current()
        left = left_s or page.left_s
        if left() <= 0:
            raise Slow("The time for this page was over before the upstream could be asked.")
        longest_s = unanswered.READ_S if left_s is None or left_s == page.left_s else unanswered.BODY_S
        timeout = httpx.Timeout(min(longest_s, left()), connect=min(unanswered.CONNECT_S, left()), pool=POOL_S)
        request.extensions["timeout"] = timeout.as_dict()
        with self._admitted(request, page) as going, self._slots.hold(kind):
            self.budget.take(page.who())  # with a place in hand: what is not sent is not spent
            if attempt <= 1:
                self._retries.note_call()
            answer = self._exchange(request, page, going, kind=kind, cap_bytes=cap_bytes, left=left, attempt=attempt)
        self.budget.read(answer.headers)
        if answer.status == 429:
            raise spent(self.budget.block(answer.headers.get("retry-after", "")), hint="")
        self.budget.ledger.passed()
        if attempt and answer.status in (502, 503, 504):
            raise _Again(refusal(answer, right=READ))
        return answer

    @contextmanager
    def _admitted(self, request: httpx.Request, page: calls.Page) -> Iterator[Attempt]:
        """Past the breaker, or CircuitOpen. What changes something does not find out whether the upstream is back."""
        try:
            with self.breaker.call(may_probe=request.method == "GET") as going:
                yield going
        except CircuitOpen as error:
            page.refused_s = error.retry_after_s or 0
            raise

    def _exchange(self, request: httpx.Request, page: calls.Page, going: Attempt, *, kind: str, cap_bytes: int,
                  left: Callable[[], float], attempt: int) -> Answer:  # fmt: skip
        started, given_s = time.monotonic(), left()
        response: httpx.Response | None = None
        try:
            with within(left):
                response = self._http.send(request, stream=True)
                try:
                    answer = read_answer(response, cap_bytes=cap_bytes, left_s=left)
                finally:
                    response.close()
        except GatewayError as error:
            going.failed = unanswered.is_to_blame(error, given_s)
            raise
        except (httpx.RequestError, httpx.InvalidURL, UnicodeError) as error:
            going.failed = unanswered.is_to_blame(error, given_s)
            problem = unanswered.in_words(error, self._base.host)
            raise (_Again(problem) if attempt and unanswered.may_come_again(error) else problem) from error
        finally:
            self._note(page, request, response, kind=kind, started=started, attempt=attempt)
        going.failed = unanswered.has_failed(answer)
        return answer

    def _note(self, page: calls.Page, request: httpx.Request, response: httpx.Response | None, *, kind: str,
              started: float, attempt: int) -> None:  # fmt: skip
        duration_ms = (time.monotonic() - started) * 1000
        status = None if response is None else response.status_code
        page.calls.append(calls.Call(request.method, str(request.url), status, duration_ms))
        # No query string: filters name tenants and people.
        path = calls.template_of(request.url.path.removeprefix(self._base.path))
        ray = "" if response is None else said(response.headers.get("cf-ray", ""))
        sent = calls.Sent(request.method, kind, path, status, round(duration_ms, 1), attempt or 1, ray)
        self._seen(sent)
        words = (sent.method, path, status or "no answer", duration_ms)
        logger.info("%s %s %s %.0f ms", *words, extra={"told": asdict(sent)})

    @staticmethod
    def _accepted(answer: Answer, *, right: str) -> Answer:
        if not 200 <= answer.status < 300:
            raise refusal(answer, right=right)
        if right == EDIT:
            open_envelope(answer)
        return answer


def _checked(segment: str) -> str:
    if not _SEGMENT.match(segment):
        raise NotFound("This address does not exist upstream.")
    return segment
