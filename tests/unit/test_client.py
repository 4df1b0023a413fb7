"""GatewayClient on a network that a function plays: what is sent, how often, and what becomes of each answer."""

import contextlib
import json
import logging
import threading
import time
import traceback
from collections.abc import Callable
from functools import partial
from typing import Any

import httpx
import pytest

from gateway_dash.gateway import calls, limits
from gateway_dash.gateway.breaker import LEAST_CALLS, Breaker, State
from gateway_dash.gateway.client import DELETE_AT_ONCE, GatewayClient, Token
from gateway_dash.gateway.errors import (
    Broken,
    Busy,
    CircuitOpen,
    Forbidden,
    GatewayError,
    NotFound,
    RateLimited,
    Refused,
    Slow,
    Unauthorized,
    Unreachable,
)

CANARY = "canary-token-4f1d0c"
BASE = "https://api.example/client/v4"
GOOD = {"success": True, "result": []}
Handler = Callable[[httpx.Request], httpx.Response]


class Network:
    """What was sent, how long was waited, and a clock that only moves when told."""

    def __init__(self) -> None:
        self.sent: list[httpx.Request] = []
        self.slept: list[float] = []
        self.now = 1000.0
        self.handler: Handler = lambda _request: httpx.Response(200, json=GOOD)
        self.client = self.made(Breaker(clock=lambda: self.now))

    def made(self, breaker: Breaker) -> GatewayClient:
        return GatewayClient(
            BASE, Token(CANARY), transport=httpx.MockTransport(self._answer), sleep=self._sleep, breaker=breaker
        )

    def _answer(self, request: httpx.Request) -> httpx.Response:
        self.sent.append(request)
        return self.handler(request)

    def _sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds

    def answers(self, *answers: Any) -> None:
        """These answers one after the other, the last one for ever; an exception is raised."""
        waiting = list(answers)

        def handler(_request: httpx.Request) -> httpx.Response:
            answer = waiting.pop(0) if len(waiting) > 1 else waiting[0]
            if isinstance(answer, Exception):
                raise answer
            return answer() if callable(answer) else answer

        self.handler = handler


@pytest.fixture
def network(monkeypatch) -> Network:
    network = Network()
    monkeypatch.setattr(time, "monotonic", lambda: network.now)
    monkeypatch.setattr(time, "time", lambda: network.now)
    return network


def refused(network: Network, call: Callable[[], Any] | None = None) -> GatewayError:
    with pytest.raises(GatewayError) as error:
        (call or (lambda: network.client.get(("logs",))))()
    return error.value


# --- paths ------------------------------------------------------------------------------------------------------------

ODD = [
    "", ".", "..", "a/b", "a?b", "a#b", "a%2fb", "%2e%2e", "..%2f", "a\\b", "a b", "a\n", "a\r\nX: 1", "é", "٣", "ａ",
    "a.b", "a;b", "a&b=c", "a:b", "a@b", "*", "~", "x" * 129, "\x00", "x\u202e",
]  # fmt: skip


@pytest.mark.parametrize("segment", ODD, ids=ascii)
def test_a_segment_that_could_lead_elsewhere_is_never_sent(network, segment):
    path = ("accounts", "acc", segment)
    for call in (
        lambda: network.client.get(path),
        lambda: network.client.raw(path),
        lambda: network.client.patch(path, {"score": 1}),
        lambda: network.client.delete_logs(path, ["a"]),
    ):
        assert refused(network, call).status == 404
    assert network.sent == []


def test_a_plain_path_arrives_as_it_is(network):
    network.client.get(("accounts", "acc_1", "x" * 128, "0-9_Az"), {"search": "a/../b?c#d"})
    (request,) = network.sent
    assert request.url.raw_path.split(b"?")[0] == b"/client/v4/accounts/acc_1/" + b"x" * 128 + b"/0-9_Az"
    assert request.url.params["search"] == "a/../b?c#d"
    assert request.url.host == "api.example"


def test_a_base_url_with_a_slash_at_its_end_is_the_same(network):
    client = GatewayClient(BASE + "/", Token(CANARY), transport=httpx.MockTransport(network._answer))
    client.get(("user",))
    assert network.sent[0].url == f"{BASE}/user"


# --- redirects --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_refused_and_the_token_goes_nowhere_else(network, status):
    network.answers(lambda: httpx.Response(status, headers={"location": "https://evil.example/"}))
    error = refused(network)
    assert isinstance(error, Broken)
    assert "CLOUDFLARE_BASE_URL" in error.message
    assert [request.url.host for request in network.sent] == ["api.example"]


@pytest.mark.parametrize(
    "location", ["http://[::1", "//", "javascript:alert(1)", "http://\x80", "https://api.example:x/"]
)
def test_a_redirect_to_something_that_is_no_address_is_refused_too(network, location):
    network.answers(lambda: httpx.Response(302, headers={"location": location}))
    assert refused(network).status in (502, 504)
    assert {request.url.host for request in network.sent} == {"api.example"}


def test_a_redirected_deletion_is_not_sent_again(network):
    network.answers(lambda: httpx.Response(307, headers={"location": f"{BASE}/other"}))
    assert isinstance(refused(network, lambda: network.client.delete_logs(("logs",), ["a"])), Broken)
    assert len(network.sent) == 1


# --- refusals ---------------------------------------------------------------------------------------------------------


def envelope(code: int, message: str, path: list[Any] | None = None) -> dict[str, Any]:
    error: dict[str, Any] = {"code": code, "message": message}
    return {"success": False, "result": {}, "errors": [error | ({"path": path} if path else {})]}


def test_a_token_that_is_not_accepted_is_ours_to_mend(network):
    network.answers(httpx.Response(401, json=envelope(10000, "Authentication error"), headers={"cf-ray": "8f1-AMS"}))
    error = refused(network)
    assert isinstance(error, Unauthorized)
    assert (error.status, error.hint, error.request_id) == (502, "10000 Authentication error", "8f1-AMS")


def test_a_malformed_token_is_a_400_upstream_and_the_same_to_us(network):
    network.answers(httpx.Response(400, json=envelope(6003, "Invalid request headers")))
    assert isinstance(refused(network), Unauthorized)


@pytest.mark.parametrize(
    ("call", "right"),
    [
        (lambda client: client.get(("logs",)), "AI Gateway - Read"),
        (lambda client: client.raw(("logs", "a", "request")), "AI Gateway - Read"),
        (lambda client: client.patch(("logs", "a"), {}), "AI Gateway - Edit"),
        (lambda client: client.delete_logs(("logs",), ["a"]), "AI Gateway - Edit"),
    ],
    ids=["get", "raw", "patch", "delete"],
)
def test_a_403_names_the_right_that_is_missing(network, call, right):
    network.answers(httpx.Response(403, json=envelope(10000, "Authentication error")))
    error = refused(network, lambda: call(network.client))
    assert isinstance(error, Forbidden)
    assert error.right == right
    assert right in error.message
    assert len(network.sent) == 1


def test_what_is_not_there_is_a_404(network):
    network.answers(httpx.Response(404, json=envelope(7002, "Not Found")))
    error = refused(network)
    assert isinstance(error, NotFound)
    assert error.hint == "7002 Not Found"


def test_the_status_decides_even_where_the_envelope_says_success(network):
    network.answers(httpx.Response(404, json={"success": True, "errors": [{"code": 7002, "message": "Not Found"}]}))
    assert isinstance(refused(network), NotFound)


def test_a_bad_parameter_is_shown_with_its_place(network):
    message = "Number must be less than or equal to 50"
    network.answers(httpx.Response(400, json=envelope(7001, message, ["query", "per_page"])))
    error = refused(network)
    assert isinstance(error, Refused)
    assert error.hint == f"7001 {message} (query.per_page)"


def test_success_false_with_200_is_a_refusal(network):
    network.answers(httpx.Response(200, json=envelope(7001, "no")))
    error = refused(network)
    assert isinstance(error, Refused)
    assert error.hint == "7001 no"


@pytest.mark.parametrize("call", ["patch", "delete"])
def test_a_change_that_answers_success_false_has_not_succeeded(network, call):
    network.answers(httpx.Response(200, json=envelope(7000, "no")))
    with pytest.raises(Refused):
        change(network, call)


HTML = "<!doctype html><title>502 Bad Gateway</title><script>alert(1)</script>"


@pytest.mark.parametrize(
    "answer",
    [
        httpx.Response(500, json=envelope(7000, "Internal Error")),
        httpx.Response(502, text=HTML),
        httpx.Response(520, text=HTML),
        httpx.Response(200, text=HTML),
        httpx.Response(200, content=b""),
        httpx.Response(204),
        httpx.Response(200, content=b"{"),
        httpx.Response(200, content=b"[]"),
        httpx.Response(200, content=b"null"),
        httpx.Response(200, content=b'"text"'),
        httpx.Response(200, content=b"\x00\xff\xfe"),
        httpx.Response(200, json={"success": "yes", "result": []}),
        httpx.Response(200, content=b"[" * 100_000),
        httpx.Response(418, text="teapot"),
        httpx.Response(400, content=b""),
        httpx.Response(400, json=[1]),
        httpx.Response(400, json={"errors": "text"}),
        httpx.Response(400, json={"errors": [None, 5, {"path": 5}]}),
        httpx.Response(999, content=b"x"),
        httpx.Response(200, headers={"content-encoding": "br"}, content=b"x"),
    ],
    ids=lambda answer: f"{answer.status_code}-{len(answer.headers)}",
)
def test_what_is_not_the_api_is_said_to_be_unexpected(network, answer):
    network.answers(answer)
    error = refused(network)
    assert isinstance(error, Broken | Refused)
    assert error.status == 502
    for text in (error.message, error.hint, error.request_id):
        assert "<" not in text


def test_upstream_text_is_one_short_line_without_controls(network):
    network.answers(httpx.Response(400, json=envelope(7001, "a\nb\x1b[31m\u202e" + "x" * 5000)))
    hint = refused(network).hint
    assert hint.startswith("7001 a b [31m xxx")
    assert len(hint) <= 301


# --- the call budget --------------------------------------------------------------------------------------------------


def test_a_429_ends_all_calls_until_its_second(network):
    network.answers(httpx.Response(429, headers={"retry-after": "42"}), httpx.Response(200, json=GOOD))
    error = refused(network)
    assert isinstance(error, RateLimited)
    assert (error.status, error.retry_after_s) == (503, 42)
    assert error.retry_at is not None
    for _ in range(3):
        for call in ("get", "patch", "delete"):
            with pytest.raises(RateLimited):
                change(network, call)
    assert len(network.sent) == 1
    network.now += 41.5
    assert refused(network).retry_after_s == 1
    network.now += 1
    network.client.get(("logs",))
    assert len(network.sent) == 2


@pytest.mark.parametrize(
    ("header", "seconds"),
    [(None, 300), ("", 300), ("soon", 300), ("-5", 300), ("1.5", 300), ("0", 1), ("99999999", 3600),
     ("Wed, 21 Oct 2026 07:28:00 GMT", 300)],
)  # fmt: skip
def test_a_429_without_a_usable_retry_after_blocks_for_the_documented_time(network, header, seconds):
    network.answers(httpx.Response(429, headers={} if header is None else {"retry-after": header}))
    assert refused(network).retry_after_s == seconds


@pytest.mark.parametrize("call", ["get", "patch", "delete"])
def test_a_429_is_never_retried(network, call):
    network.answers(httpx.Response(429))
    with pytest.raises(RateLimited):
        change(network, call)
    assert len(network.sent) == 1


def test_the_budget_is_read_from_every_answer(network):
    headers = {"ratelimit": '"default";r=50;t=30', "ratelimit-policy": '"default";q=1200;w=300'}
    network.answers(httpx.Response(404, headers=headers))
    refused(network)
    assert (network.client.budget.left, network.client.budget.quota) == (50, 1200)


# --- retries ----------------------------------------------------------------------------------------------------------


def change(network: Network, call: str) -> Any:
    if call == "get":
        return network.client.get(("logs",))
    if call == "patch":
        return network.client.patch(("logs", "a"), {"score": 5})
    return network.client.delete_logs(("logs",), ["a", "b"])


TRANSIENT = [
    httpx.ConnectError("refused"),
    httpx.ConnectTimeout("slow"),
    httpx.RemoteProtocolError("reset before the first byte"),
    httpx.ReadError("reset"),
    httpx.Response(502, text=HTML),
    httpx.Response(503),
    httpx.Response(504, text=HTML),
]


@pytest.mark.parametrize("trouble", TRANSIENT, ids=repr)
def test_a_read_that_failed_before_its_answer_is_tried_again(network, trouble):
    network.answers(trouble, trouble, httpx.Response(200, json=GOOD))
    assert network.client.get(("logs",)).success is True
    assert len(network.sent) == 3
    assert all(0.2 <= seconds <= 2 for seconds in network.slept)


@pytest.mark.parametrize("trouble", TRANSIENT, ids=repr)
def test_a_read_is_tried_three_times_at_most(network, trouble):
    network.answers(trouble)
    error = refused(network)
    assert error.status in (502, 504)
    assert len(network.sent) == 3


@pytest.mark.parametrize("trouble", [*TRANSIENT, httpx.Response(500), httpx.ReadTimeout("slow")], ids=repr)
@pytest.mark.parametrize("call", ["patch", "delete"])
def test_a_change_is_sent_exactly_once(network, call, trouble):
    network.answers(trouble)
    with pytest.raises(GatewayError):
        change(network, call)
    assert len(network.sent) == 1
    assert network.slept == []


@pytest.mark.parametrize("trouble", [httpx.Response(500), httpx.Response(404), httpx.Response(400)], ids=repr)
def test_an_answer_is_not_asked_for_again(network, trouble):
    network.answers(trouble)
    refused(network)
    assert len(network.sent) == 1


def test_a_read_that_was_too_slow_once_is_not_tried_again(network):
    network.answers(httpx.ReadTimeout("slow"))
    assert isinstance(refused(network), Slow)
    assert len(network.sent) == 1


def test_there_is_no_retry_past_the_deadline(network):
    def slow(_request: httpx.Request) -> httpx.Response:
        network.now += 9.2
        raise httpx.ConnectError("refused")

    network.handler = slow
    with calls.page():
        assert isinstance(refused(network), Unreachable)
    assert len(network.sent) == 1


def test_after_the_deadline_nothing_is_sent(network):
    with calls.page():
        network.client.get(("logs",))
        network.now += 10
        assert isinstance(refused(network), Slow)
    assert len(network.sent) == 1


def test_retries_are_at_most_three_or_a_tenth_of_the_calls_of_a_minute(network):
    network.client = network.made(Breaker(least_calls=float("inf")))  # which would end this sooner
    network.answers(httpx.ConnectError("refused"))
    for _ in range(20):
        refused(network)
    assert len(network.sent) == 20 + 3
    network.now += 61
    refused(network)
    assert len(network.sent) == 23 + 3  # another minute, another budget


def test_a_retry_earns_no_other_retry(network):
    network.client = network.made(Breaker(least_calls=float("inf")))
    network.answers(httpx.Response(200, json=GOOD))
    for _ in range(95):
        network.client.get(("logs",))
    network.answers(httpx.Response(503))
    for _ in range(20):
        refused(network)
    assert len(network.sent) == 115 + 11  # a tenth of 115, not of all that were sent


def test_the_words_say_whether_it_was_sent(network):
    network.answers(httpx.ConnectError("refused"))
    assert "not sent" in refused(network, lambda: change(network, "delete")).message
    network.answers(httpx.ReadError("reset"))
    assert "not sent" not in refused(network, lambda: change(network, "delete")).message


# --- the breaker ------------------------------------------------------------------------------------------------------

FAILING = [
    httpx.ConnectError("refused"), httpx.ConnectTimeout("slow"), httpx.ReadTimeout("slow"), httpx.ReadError("reset"),
    httpx.RemoteProtocolError("cut"), httpx.Response(500), httpx.Response(502, text=HTML), httpx.Response(503),
    httpx.Response(520, text=HTML),
]  # fmt: skip
FINE = [
    httpx.Response(400), httpx.Response(401), httpx.Response(403), httpx.Response(404), httpx.Response(302),
    httpx.Response(200, text=HTML), httpx.Response(200, json=GOOD),
]  # fmt: skip


def ask(network: Network, times: int, call: str = "get") -> None:
    for _ in range(times):
        with contextlib.suppress(GatewayError):
            change(network, call)


@pytest.mark.parametrize("trouble", FAILING, ids=repr)
def test_an_upstream_that_fails_ten_times_is_left_alone_for_ten_seconds(network, trouble):
    network.answers(trouble)
    ask(network, LEAST_CALLS)
    sent, slept = len(network.sent), len(network.slept)
    assert LEAST_CALLS <= sent <= LEAST_CALLS + 3
    for call in ("get", "patch", "delete"):
        error = refused(network, partial(change, network, call))
        assert isinstance(error, CircuitOpen)
        assert error.status == 503
        assert error.retry_after_s is not None
        assert 0 < error.retry_after_s <= 10
        assert "Nothing was sent" in error.message
    assert (len(network.sent), len(network.slept)) == (sent, slept)


@pytest.mark.parametrize("answer", FINE, ids=repr)
def test_an_answer_that_is_the_callers_fault_is_no_failure(network, answer):
    network.answers(answer)
    ask(network, 3 * LEAST_CALLS)
    assert len(network.sent) == 3 * LEAST_CALLS
    assert network.client.breaker.state is State.CLOSED


def test_a_429_is_for_the_ledger_and_no_failure(network):
    network.answers(httpx.Response(429, headers={"retry-after": "1"}))
    for _ in range(2 * LEAST_CALLS):
        assert isinstance(refused(network), RateLimited)
        network.now += 1.5
    assert network.client.breaker.state is State.CLOSED
    assert len(network.sent) == 2 * LEAST_CALLS


def test_a_call_that_was_given_little_time_says_nothing_of_the_upstream(network):
    network.answers(httpx.ReadTimeout("slow"))
    for _ in range(2 * LEAST_CALLS):
        with calls.page(5):
            assert isinstance(refused(network), Slow)
    assert network.client.breaker.state is State.CLOSED


def test_after_ten_seconds_one_call_finds_out_and_it_is_no_change(network):
    network.answers(httpx.Response(500))
    ask(network, LEAST_CALLS)
    network.now += 10
    network.answers(httpx.Response(200, json=GOOD))
    for call in ("patch", "delete"):
        assert isinstance(refused(network, partial(change, network, call)), CircuitOpen)
    assert len(network.sent) == LEAST_CALLS
    network.client.get(("logs",))
    ask(network, 1, "patch")
    ask(network, 1, "delete")
    assert [request.method for request in network.sent[LEAST_CALLS:]] == ["GET", "PATCH", "DELETE"]


def test_a_call_that_is_refused_here_does_not_use_up_the_one_that_finds_out(network):
    network.answers(httpx.Response(500))
    ask(network, LEAST_CALLS)
    network.now += 10
    network.client.budget.block("5")
    assert isinstance(refused(network), RateLimited)
    network.now += 5
    network.answers(httpx.Response(200, json=GOOD))
    network.client.get(("logs",))
    assert network.client.breaker.state is State.CLOSED


def test_a_read_is_not_tried_again_once_the_breaker_is_open(network):
    network.answers(httpx.Response(200, json=GOOD))
    ask(network, 100)  # there are retries enough
    network.now += 31  # and of those calls nothing is known any more
    network.answers(httpx.Response(503))
    for _ in range(4):
        assert isinstance(refused(network), Broken)  # and not: left alone
    assert len(network.sent) == 100 + LEAST_CALLS
    assert isinstance(refused(network), CircuitOpen)


def test_a_page_knows_that_the_upstream_was_not_asked(network):
    network.answers(httpx.Response(500))
    ask(network, LEAST_CALLS)
    with calls.page() as page:
        refused(network)
    assert (page.calls, page.refused_s) == ([], 10)


def test_what_was_surely_not_done_is_known_by_its_error(network):
    network.answers(httpx.ConnectError("refused"))
    assert refused(network, lambda: change(network, "patch")).did_nothing
    network.answers(httpx.Response(429))
    assert refused(network, lambda: change(network, "patch")).did_nothing
    for trouble in (httpx.ReadTimeout("slow"), httpx.ReadError("reset"), httpx.Response(500), httpx.Response(502)):
        other = Network()
        other.answers(trouble)
        assert not refused(other, partial(change, other, "patch")).did_nothing


# --- places and timeouts ----------------------------------------------------------------------------------------------


def test_when_every_place_is_taken_nothing_is_sent():
    started, go_on = threading.Semaphore(0), threading.Event()

    def waits(_request: httpx.Request) -> httpx.Response:
        started.release()
        go_on.wait(20)
        return httpx.Response(200, json=GOOD)

    client = GatewayClient(BASE, Token(CANARY), transport=httpx.MockTransport(waits))
    threads = [threading.Thread(target=client.get, args=(("logs",),)) for _ in range(limits.SLOTS["list"])]
    for thread in threads:
        thread.start()
    for _ in threads:
        assert started.acquire(timeout=20)
    try:
        with pytest.raises(Busy) as busy:
            client.get(("logs",))
        assert (busy.value.status, busy.value.retry_after_s) == (503, 2)
        assert client.budget.ledger.spent() == limits.SLOTS["list"]  # what is not sent is not spent
        other = threading.Thread(target=client.get, args=(("logs", "a"),), kwargs={"kind": "detail"})
        other.start()  # another kind of call has places of its own
        assert started.acquire(timeout=20)
    finally:
        go_on.set()
    for thread in (*threads, other):
        thread.join(20)
    client.get(("logs",))  # the places are free again


def test_a_place_is_free_again_after_a_failure(network):
    network.answers(httpx.ReadTimeout("slow"))
    for _ in range(limits.SLOTS["write"] + 3):
        assert isinstance(refused(network, lambda: change(network, "delete")), Slow)


def test_each_call_has_its_timeouts(network):
    with calls.page():
        network.client.get(("logs",))
        network.now += 7
        network.client.get(("logs",))
        network.client.raw(("logs", "a", "request"))
    first, late, body = (request.extensions["timeout"] for request in network.sent)
    assert (first["connect"], first["read"]) == (2, 8)
    assert late["read"] == pytest.approx(3)
    assert body["read"] == 30


# --- what is sent -----------------------------------------------------------------------------------------------------


def test_a_deletion_names_its_logs_as_json_and_never_more_than_they_are(network):
    ids = [f"log-{number}" for number in range(DELETE_AT_ONCE)]
    network.client.delete_logs(("accounts", "acc", "logs"), ids)
    (request,) = network.sent
    assert request.method == "DELETE"
    assert request.content == b""
    params = request.url.params
    assert sorted(params.keys()) == ["filters", "limit", "order_by", "order_by_direction"]
    assert json.loads(params["filters"]) == [{"key": "id", "operator": "eq", "value": ids}]
    assert params["limit"] == "50"
    assert len(params.get_list("filters")) == 1
    assert len(str(request.url)) < 4000


@pytest.mark.parametrize("ids", [[], (), "", ["a"] * 2, [f"log-{n}" for n in range(51)], ["a", "b", "a"]])
def test_a_deletion_of_none_of_many_or_of_one_twice_cannot_be_made(network, ids):
    with pytest.raises(ValueError, match="1 to 50"):
        network.client.delete_logs(("logs",), ids)
    assert network.sent == []


@pytest.mark.parametrize("log_id", ODD, ids=ascii)
def test_a_deletion_of_an_odd_id_cannot_be_made(network, log_id):
    with pytest.raises(GatewayError):
        network.client.delete_logs(("logs",), ["a", log_id])
    assert network.sent == []


def test_a_change_is_sent_as_json(network):
    network.client.patch(("logs", "a"), {"feedback": None, "metadata": {"vip": True, "n": 1, "s": "1"}})
    (request,) = network.sent
    assert request.method == "PATCH"
    assert request.headers["content-type"] == "application/json"
    assert json.loads(request.content) == {"feedback": None, "metadata": {"vip": True, "n": 1, "s": "1"}}
    assert "filters" not in str(request.url)


@pytest.mark.parametrize("answer", [b'{"success": true}', b'{"success": true, "result": null}', b'{"result": {}}'])
def test_a_change_needs_no_result(network, answer):
    network.answers(httpx.Response(200, content=answer))
    change(network, "patch")
    change(network, "delete")


def test_every_call_carries_the_token_and_asks_for_what_can_be_unpacked(network):
    for call in ("get", "patch", "delete"):
        change(network, call)
    for request in network.sent:
        assert request.headers["authorization"] == f"Bearer {CANARY}"
        assert request.headers["accept-encoding"] == "gzip"


# --- the token and the record -----------------------------------------------------------------------------------------


def test_the_token_is_in_no_repr():
    client = GatewayClient(BASE, Token(CANARY))
    for thing in (Token(CANARY), client, vars(client), client._http, client._http.headers):
        assert CANARY not in repr(thing)
        assert CANARY not in str(thing)


@pytest.mark.parametrize(
    "trouble", [*TRANSIENT, httpx.Response(401), httpx.Response(403), httpx.Response(200, text=HTML)], ids=repr
)
def test_the_token_is_in_no_error_and_no_log_line(network, caplog, trouble):
    caplog.set_level(logging.DEBUG)
    network.answers(trouble)
    error = refused(network)
    texts = [
        repr(error),
        str(error),
        error.message,
        error.hint,
        "".join(traceback.format_exception(error)),
        caplog.text,
    ]
    while error.__cause__:
        error = error.__cause__  # type: ignore[assignment]
        texts += [repr(error), repr(vars(error))]
    assert CANARY not in "\n".join(texts)


def test_log_lines_have_no_query_string(network, caplog):
    caplog.set_level(logging.DEBUG, logger="gateway_dash")
    network.client.get(("logs",), {"filters": "tenant-acme", "search": "kim"})
    network.client.delete_logs(("logs",), ["the-log"])
    lines = [record.getMessage() for record in caplog.records if record.name.startswith("gateway_dash")]
    assert len(lines) == 2
    assert lines[0].startswith("GET /logs 200")
    assert lines[1].startswith("DELETE /logs 200")
    assert not any(word in line for line in lines for word in ("tenant-acme", "kim", "the-log", "?"))


def test_the_http_library_does_not_log_addresses_either(settings):
    assert settings.LOGGING["loggers"]["httpx"]["level"] == "WARNING"


def test_a_page_knows_its_calls(network):
    with calls.page() as page:
        network.answers(httpx.ConnectError("refused"), httpx.Response(200, json=GOOD))
        network.client.get(("logs",))
    assert [(call.method, httpx.URL(call.url).path, call.status) for call in page.calls] == [
        ("GET", "/client/v4/logs", None),
        ("GET", "/client/v4/logs", 200),
    ]


def test_longer_work_has_its_own_deadline_within_the_page(network):
    with calls.page() as page:
        with calls.longer(90):
            network.now += 60
            network.client.get(("logs",))
        assert page.left_s() < 0
        assert isinstance(refused(network), Slow)
