"""A wire between the client and a sandbox that does to each call what a script says, and keeps the truth beside it.

    wire = Faults(sandbox)
    wire.on_delete(2, ack_lost)        # the second DELETE is done, and its answer lost
    wire.next(hang)                    # the very next call, whatever it is
    wire.from_delete(1, ignoring)      # every DELETE loses its parameter `filters`

A fault is a function of the wire and a request, which answers or raises; `wire.pass_on(request)` does the real thing.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx

from gateway_dash.sandbox import Sandbox

GATEWAY = "prod-edge"
AT_ONCE = 50
SIDES = ("request", "response")
TRUTH_AT_MOST = 500  # logs that arrive together, of which each is remembered
OLD = timedelta(days=20)  # older than any invented log: what a DELETE without a filter would take first

type Fault = Callable[["Faults", httpx.Request], httpx.Response]
type Record = dict[str, Any]  # a log and its bodies as a line of an archive has them


@dataclass(slots=True)
class _Rule:
    fault: Fault
    first: int
    last: float
    only: str = ""  # a method; "": all calls

    def fits(self, method: str, number: int) -> bool:
        return self.only in ("", method) and self.first <= number <= self.last


@dataclass
class Faults(httpx.BaseTransport):
    """Between the client and the sandbox. What it knows is what really happened, whatever the client was told."""

    sandbox: Sandbox
    with_bodies: bool = False  # whether what the bodies say is remembered too
    sent: list[httpx.Request] = field(default_factory=list)
    deletes: int = 0
    named: list[list[str]] = field(default_factory=list)  # by each DELETE
    offences: list[str] = field(default_factory=list)  # DELETEs in a form that nobody may send
    unnamed: set[str] = field(default_factory=set)  # logs that a DELETE took without naming them
    took_late: set[str] = field(default_factory=set)  # logs that went after their DELETE was answered
    listed_on: set[str] = field(default_factory=set)  # logs that lists showed after they had gone
    others: set[str] = field(default_factory=set)  # logs that others took
    before: Callable[[httpx.Request], None] = lambda _request: None  # hooks, for kills
    after: Callable[[httpx.Request], None] = lambda _request: None

    def __post_init__(self) -> None:
        self.store = self.sandbox.store
        self._inner = httpx.WSGITransport(app=self.sandbox)
        self._rules: list[_Rule] = []
        self._late: list[tuple[int, httpx.Request]] = []
        self.ghosts: list[tuple[int, list[str]]] = []  # until which call which deleted logs are still listed
        self.truth: dict[str, Record] = {}
        self.remember(self.store.ids())

    # --- the script -------------------------------------------------------------------------------------------

    def on_call(self, number: int, fault: Fault, *, times: float = 1) -> None:
        """At the n-th call of all, from 1, and at so many calls after it."""
        self._rules.append(_Rule(fault, number, number + times - 1))

    def next(self, fault: Fault, *, times: float = 1) -> None:
        """At the very next call."""
        self.on_call(len(self.sent) + 1, fault, times=times)

    def on_delete(self, number: int, fault: Fault, *, times: float = 1) -> None:
        """At the n-th DELETE, from 1; the probe is one too."""
        self._rules.append(_Rule(fault, number, number + times - 1, "DELETE"))

    def from_delete(self, number: int, fault: Fault) -> None:
        """At the n-th DELETE and each one after it."""
        self.on_delete(number, fault, times=float("inf"))

    def calm(self) -> None:
        """No faults any more; what is late or stale by now stays so for its time."""
        self._rules.clear()

    # --- the wire ---------------------------------------------------------------------------------------------

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """One call."""
        request.read()
        self.before(request)
        self.sent.append(request)
        if request.method == "DELETE":
            self.deletes += 1
            self._inspect(request)
        self.settle()
        number = {"DELETE": self.deletes}
        for rule in self._rules:
            if rule.fits(request.method, number.get(rule.only, len(self.sent))):
                answer = rule.fault(self, request)
                break
        else:
            answer = self.pass_on(request)
        self.after(request)
        return answer

    def pass_on(self, request: httpx.Request) -> httpx.Response:
        """What the upstream does of itself."""
        if request.method == "DELETE":
            return self._deleted(request)
        with self._haunted(request):
            return self._inner.handle_request(request)

    def take(self, ids: list[str]) -> None:
        """Somebody else deletes these logs."""
        self.others |= set(ids) & set(self.store.ids())
        self.store.delete(ids)

    def arrive(self, count: int, *, old: bool = False, **row: Any) -> list[str]:
        """Logs come in: now, or with a moment of weeks ago."""
        moment = datetime.now(UTC) - (OLD if old else timedelta())
        ids = [
            self.store.add({"created_at": moment + timedelta(milliseconds=number), "gateway_id": GATEWAY, **row})
            for number in range(count)
        ]
        self.remember(ids[:TRUTH_AT_MOST])
        return ids

    def remember(self, ids: list[str]) -> None:
        """Write down what these logs say, while they are there."""
        for each in ids:
            row = self.store.get(each)
            if row is not None:
                bodies = {side: self.store.body(each, side) for side in SIDES} if self.with_bodies else {}
                self.truth[each] = {"log": row | {"request": "", "response": ""}, **bodies}

    def settle(self, *, all_of_it: bool = False) -> None:
        """What was late and is due by now happens."""
        due = [each for each in self._late if all_of_it or each[0] <= len(self.sent)]
        self._late = [each for each in self._late if each not in due]
        there = set(self.store.ids()) if due else set()
        for _, request in due:
            self._deleted(request)
        self.took_late |= there - set(self.store.ids()) if due else set()

    def later(self, calls: int, request: httpx.Request) -> None:
        """This DELETE happens after so many more calls."""
        self._late.append((len(self.sent) + calls, request))

    def _deleted(self, request: httpx.Request) -> httpx.Response:
        there = set(self.store.ids())
        answer = self._inner.handle_request(request)
        gone = there - set(self.store.ids())
        self.unnamed |= gone - set(_named_by(self.sent, request))
        return answer

    def _haunted(self, request: httpx.Request) -> _Haunted:
        until = [ids for last, ids in self.ghosts if last >= len(self.sent)]
        is_list = request.method == "GET" and request.url.path.endswith("/logs")
        return _Haunted(self, [each for ids in until for each in ids] if is_list else [])

    def _inspect(self, request: httpx.Request) -> None:
        """A DELETE names 1 to 50 ids as JSON, takes no more than it names, and says so."""
        params = dict(request.url.params)
        try:
            (condition,) = json.loads(params["filters"])
            ids = condition["value"]
            is_plain = condition["key"] == "id" and condition["operator"] == "eq"
        except (KeyError, ValueError, TypeError):
            self.offences.append(f"a DELETE without JSON filters: {request.url.query!r}")
            return
        if not is_plain or not 0 < len(ids) <= AT_ONCE or params.get("limit") != str(len(set(ids))):
            self.offences.append(f"a DELETE of {len(ids)} ids with the limit {params.get('limit')}")
        self.named.append(ids)


class _Haunted:
    """Within it, deleted logs stand in the store again: a list that lags shows them."""

    def __init__(self, wire: Faults, ids: list[str]) -> None:
        self._wire = wire
        self._ids = ids

    def __enter__(self) -> None:
        there = set(self._wire.store.ids()) if self._ids else set()
        self._ids = [each for each in self._ids if each not in there]
        for each in self._ids:
            self._wire.store.add({**self._wire.truth[each]["log"], "gateway_id": GATEWAY})

    def __exit__(self, *_: object) -> None:
        if self._ids:
            self._wire.store.delete(self._ids)


def _named_by(sent: list[httpx.Request], request: httpx.Request) -> list[str]:
    """The ids of a DELETE, whose filters may have been taken from it on the way."""
    wanted = request.extensions.get("named")
    if wanted is not None:
        return list(wanted)
    return list(json.loads(request.url.params["filters"])[0]["value"])


# --- what can happen to a call ----------------------------------------------------------------------------------------


def ack_lost(wire: Faults, request: httpx.Request) -> httpx.Response:
    """It is done, and the connection ends before the answer."""
    wire.pass_on(request)
    raise httpx.RemoteProtocolError("the connection ended", request=request)


def e500(_wire: Faults, _request: httpx.Request) -> httpx.Response:
    """It is not done, and the answer is an internal error."""
    return _json(500, {"success": False, "errors": [{"code": 7000, "message": "Internal error"}], "result": None})


def e500_done(wire: Faults, request: httpx.Request) -> httpx.Response:
    """It is done, and the answer says an internal error."""
    wire.pass_on(request)
    return e500(wire, request)


def html_502(_wire: Faults, _request: httpx.Request) -> httpx.Response:
    """An edge server answers for the upstream."""
    return _streamed(502, {"Content-Type": "text/html"}, b"<html><h1>502 Bad Gateway</h1></html>")


def html_200(_wire: Faults, _request: httpx.Request) -> httpx.Response:
    """A page where an answer should be."""
    return _streamed(200, {"Content-Type": "text/html"}, b"<html>Sign in</html>")


def hang(_wire: Faults, request: httpx.Request) -> httpx.Response:
    """Nothing comes, and nothing is done."""
    raise httpx.ReadTimeout("no answer", request=request)


def hang_done(wire: Faults, request: httpx.Request) -> httpx.Response:
    """It is done, and nothing comes."""
    wire.pass_on(request)
    raise httpx.ReadTimeout("no answer", request=request)


def refused(_wire: Faults, request: httpx.Request) -> httpx.Response:
    """There is no connection."""
    raise httpx.ConnectError("refused", request=request)


def forbidden(_wire: Faults, _request: httpx.Request) -> httpx.Response:
    """The token may not."""
    errors = [{"code": 10000, "message": "Authentication error"}]
    return _json(403, {"success": False, "errors": errors, "result": None})


def too_many(_wire: Faults, _request: httpx.Request) -> httpx.Response:
    """The budget of calls is spent."""
    errors = [{"code": 971, "message": "Please wait and consider throttling your request speed"}]
    return _json(429, {"success": False, "errors": errors}, {"Retry-After": "7"})


def cut(wire: Faults, request: httpx.Request) -> httpx.Response:
    """The connection ends in the middle of the answer."""
    whole = wire.pass_on(request)
    content = whole.read()
    headers = {"Content-Type": whole.headers.get("content-type", ""), "Content-Length": str(len(content))}
    return httpx.Response(whole.status_code, headers=headers, stream=_Half(content, request))


def ignoring(wire: Faults, request: httpx.Request) -> httpx.Response:
    """The upstream does not see the filter of a DELETE. Other calls are as ever."""
    if request.method != "DELETE":
        return wire.pass_on(request)
    return wire.pass_on(_with(request, filters=None))


def ignoring_and(fault: Fault) -> Fault:
    """It does not see the filter, and something else goes wrong with the same DELETE."""

    def both(wire: Faults, request: httpx.Request) -> httpx.Response:
        is_delete = request.method == "DELETE"
        return fault(wire, _with(request, filters=None)) if is_delete else wire.pass_on(request)

    return both


def partial(wire: Faults, request: httpx.Request) -> httpx.Response:
    """Of the logs that a DELETE names, half go."""
    if request.method != "DELETE":
        return wire.pass_on(request)
    ids = _named_by(wire.sent, request)
    half = json.dumps([{"key": "id", "operator": "eq", "value": ids[: max(1, len(ids) // 2)]}])
    return wire.pass_on(_with(request, filters=half))


def late(calls: int) -> Fault:
    """A DELETE is accepted at once, and happens after so many more calls."""

    def accepted(wire: Faults, request: httpx.Request) -> httpx.Response:
        if request.method != "DELETE":
            return wire.pass_on(request)
        wire.later(calls, request)
        return _json(200, {"success": True})

    return accepted


def stale(calls: int) -> Fault:
    """A DELETE is done, and for so many calls the lists go on showing what is gone."""

    def done(wire: Faults, request: httpx.Request) -> httpx.Response:
        there = set(wire.store.ids())
        answer = wire.pass_on(request)
        gone = there - set(wire.store.ids())
        wire.ghosts.append((len(wire.sent) + calls, sorted(gone)))
        wire.listed_on |= gone
        return answer

    return done


def teammate(choose: Callable[[Faults], list[str]]) -> Fault:
    """Before the call, somebody else deletes the logs that are chosen in that moment."""

    def with_others(wire: Faults, request: httpx.Request) -> httpx.Response:
        wire.take(choose(wire))
        return wire.pass_on(request)

    return with_others


def drop_oldest(count: int) -> Fault:
    """Before the call, the gateway makes room: its oldest logs go, as the strategy DELETE_OLDEST does it."""
    return teammate(lambda wire: wire.store.ids(GATEWAY)[:count])


def flood(count: int, *, old: bool = False, **row: Any) -> Fault:
    """Before the call, new logs come in; `old` ones carry a moment of weeks ago."""

    def with_more(wire: Faults, request: httpx.Request) -> httpx.Response:
        wire.arrive(count, old=old, **row)
        return wire.pass_on(request)

    return with_more


def _with(request: httpx.Request, **params: str | None) -> httpx.Request:
    """The same request with other parameters; it still knows which logs were named."""
    url = request.url
    for name, value in params.items():
        url = url.copy_remove_param(name) if value is None else url.copy_set_param(name, value)
    named = _named_by([], request)
    extensions = request.extensions | {"named": named}
    return httpx.Request(request.method, url, headers=request.headers, extensions=extensions)


def _json(status: int, content: Any, headers: dict[str, str] | None = None) -> httpx.Response:
    return _streamed(status, {"Content-Type": "application/json"} | (headers or {}), json.dumps(content).encode())


def _streamed(status: int, headers: dict[str, str], content: bytes) -> httpx.Response:
    """An answer as the network gives it: not read yet."""
    return httpx.Response(status, headers=headers, stream=httpx.ByteStream(content))


class _Half(httpx.SyncByteStream):
    """The first half of an answer, and then the end of the connection."""

    def __init__(self, content: bytes, request: httpx.Request) -> None:
        self._content = content
        self._request = request

    def __iter__(self) -> Iterator[bytes]:
        yield self._content[: len(self._content) // 2]
        raise httpx.RemoteProtocolError("the connection ended", request=self._request)
