"""The keys of Cloudflare Access: from one address, rarely, and the last good ones when it fails"""

import gzip
import json
import threading

import httpx
import pytest

from gateway_dash.gateway.access_keys import CAP_BYTES, FRESH_S, PAUSE_S, TRUSTED_S, AccessKeys
from gateway_dash.gateway.errors import CannotTell
from tests.assertions import CERTS, ISSUER, Certs, Clock, published, refuses, says


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def certs():
    return Certs("one")


@pytest.fixture
def keys(certs, clock):
    return AccessKeys(ISSUER, transport=httpx.MockTransport(certs), clock=clock)


def known(keys, name):
    """Whether the team is known to have this key."""
    return keys.find(name) is not None


# --- one address


def test_keys_come_from_the_teams_own_address_without_anything_of_ours(keys, certs):
    assert known(keys, "one")
    (request,) = certs.asked
    assert (request.method, str(request.url), request.content) == ("GET", CERTS, b"")
    assert "authorization" not in request.headers
    assert "cookie" not in request.headers


@pytest.mark.parametrize(
    "issuer",
    [
        "http://example.cloudflareaccess.com",
        "https://cloudflareaccess.com",
        "https://example.evil.example",
        "https://evil.example/.cloudflareaccess.com",
        "https://evil.example#.cloudflareaccess.com",
        "https://evil.example?.cloudflareaccess.com",
        "https://user@example.cloudflareaccess.com",
        "https://a.b.cloudflareaccess.com",
        "https://example.cloudflareaccess.com.evil.example",
        "https://example.cloudflareaccess.com/",
        "https://example.cloudflareaccess.com:8443",
        "https://example.cloudflareaccess.com\n",
        "https://EXAMPLE.cloudflareaccess.com",
        "https://exämple.cloudflareaccess.com",
        "https://-.cloudflareaccess.com",
    ],
)
def test_no_other_address_is_ever_asked(issuer):
    with pytest.raises(ValueError, match=r"cloudflareaccess\.com"):
        AccessKeys(issuer)


@pytest.mark.parametrize("where", ["https://evil.example/certs", CERTS + "?again", "http://xn--zzzzzz99999/"])
def test_a_redirect_is_not_followed(keys, certs, where):
    certs.answer = lambda _request: httpx.Response(302, headers={"Location": where}, stream=httpx.ByteStream(b""))
    with pytest.raises(CannotTell):
        keys.find("one")
    assert [str(each.url) for each in certs.asked] == [CERTS]


def test_it_waits_two_seconds_for_a_connection_and_five_in_all(keys, certs):
    known(keys, "one")
    timeout = certs.asked[0].extensions["timeout"]
    assert timeout["connect"] == 2
    assert timeout["connect"] + timeout["read"] == 5


def test_an_answer_that_drips_ends_after_five_seconds(keys, certs, clock):
    given = []

    class Drip(httpx.SyncByteStream):
        def __iter__(self):
            for _ in range(100):
                clock.now += 1
                given.append(clock.now)
                yield b" "

    certs.answer = lambda _request: httpx.Response(200, stream=Drip())
    with pytest.raises(CannotTell):
        keys.find("one")
    assert len(given) == 5


# --- rarely


def test_keys_that_are_known_are_not_asked_for_again(keys, certs, clock):
    known(keys, "one")
    clock.now += FRESH_S - 1
    assert known(keys, "one")
    assert len(certs.asked) == 1


def test_names_of_keys_that_do_not_exist_make_one_call_a_minute(keys, certs, clock):
    assert known(keys, "one")
    clock.now += PAUSE_S
    for number in range(50):
        assert not known(keys, f"invented-{number}")
    assert len(certs.asked) == 2
    clock.now += PAUSE_S - 1
    assert not known(keys, "invented")
    assert len(certs.asked) == 2
    clock.now += 1
    assert not known(keys, "invented")
    assert len(certs.asked) == 3


def test_an_address_that_fails_is_asked_once_a_minute_too(keys, certs, clock):
    certs.answer = refuses
    for waited_s, asked, retry_after_s in ((0, 1, 60), (20, 1, 40), (39.5, 1, 1), (0.5, 2, 60)):
        clock.now += waited_s
        with pytest.raises(CannotTell) as error:
            keys.find("one")
        assert (len(certs.asked), error.value.retry_after_s) == (asked, retry_after_s)


def test_of_many_who_come_at_once_one_asks_and_all_get_the_key(keys, certs):
    start, found = threading.Barrier(8), []
    ask = certs.answer

    def slowly(request):
        threading.Event().wait(0.05)
        return ask(request)

    certs.answer = slowly

    def person():
        start.wait()
        found.append(known(keys, "one"))

    threads = [threading.Thread(target=person) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [True] * 8
    assert len(certs.asked) == 1


def test_who_has_a_known_key_does_not_wait_while_another_asks(keys, certs, clock):
    known(keys, "one")
    clock.now += FRESH_S
    inside = []

    def meanwhile(_request):
        other = threading.Thread(target=lambda: inside.append(known(keys, "one")), daemon=True)
        other.start()
        other.join(20)
        return says(published("one"))

    certs.answer = meanwhile
    assert known(keys, "one")
    assert inside == [True]
    assert len(certs.asked) == 2


# --- rotation


def test_a_new_key_is_found_when_it_is_first_used(keys, certs, clock):
    known(keys, "one")
    clock.now += PAUSE_S
    certs.answer = lambda _request: says(published("one"), published("two"))
    assert known(keys, "two")
    assert known(keys, "one")


def test_a_key_that_was_withdrawn_is_refused_within_the_hour(keys, certs, clock):
    known(keys, "one")
    certs.answer = lambda _request: says(published("two"))
    clock.now += FRESH_S
    assert not known(keys, "one")
    assert known(keys, "two")


# --- when it fails


@pytest.mark.parametrize(
    "answer",
    [
        refuses,
        lambda _request: httpx.Response(500, stream=httpx.ByteStream(b'{"keys": []}')),
        lambda _request: httpx.Response(403, stream=httpx.ByteStream(b"<html>")),
        lambda _request: httpx.Response(204, stream=httpx.ByteStream(b"")),
        lambda _request: httpx.Response(200, stream=httpx.ByteStream(b"<html>not found</html>")),
        lambda _request: httpx.Response(200, stream=httpx.ByteStream(b"")),
        lambda _request: httpx.Response(200, stream=httpx.ByteStream(b"[]")),
        lambda _request: httpx.Response(200, stream=httpx.ByteStream(b'{"keys": {"kid": "one"}}')),
        lambda _request: httpx.Response(200, stream=httpx.ByteStream(b'{"keys": []}')),
        lambda _request: httpx.Response(200, stream=httpx.ByteStream(b'{"keys": ' + b"[" * 20_000)),
        lambda _request: httpx.Response(200, stream=httpx.ByteStream(b'{"keys": ["\xff"]}')),
        lambda _request: httpx.Response(
            201, stream=httpx.ByteStream(json.dumps({"keys": [published("one")]}).encode())
        ),
        lambda _request: httpx.Response(
            200, headers={"Content-Encoding": "gzip"}, stream=httpx.ByteStream(b"no gzip at all")
        ),
    ],
)
def test_whatever_comes_instead_of_keys_the_last_good_ones_go_on(keys, certs, clock, answer):
    known(keys, "one")
    certs.answer = answer
    clock.now += FRESH_S
    assert known(keys, "one")
    assert len(certs.asked) == 2
    fresh = AccessKeys(ISSUER, transport=httpx.MockTransport(certs), clock=clock)
    with pytest.raises(CannotTell):
        fresh.find("one")


def test_keys_that_nobody_could_confirm_for_a_day_are_not_trusted(keys, certs, clock):
    known(keys, "one")
    certs.answer = refuses
    clock.now += TRUSTED_S - 1
    assert known(keys, "one")
    clock.now += 1
    with pytest.raises(CannotTell):
        keys.find("one")


def test_a_name_that_is_not_known_is_no_lie_while_nobody_can_be_asked(keys, certs, clock):
    known(keys, "one")
    certs.answer = refuses
    clock.now += PAUSE_S
    with pytest.raises(CannotTell):
        keys.find("two")
    assert known(keys, "one")


@pytest.mark.parametrize("packed", [False, True])
def test_a_huge_answer_is_read_up_to_the_cap(keys, certs, packed):
    good = json.dumps({"keys": [published("one")]}).encode()
    given = []

    class Endless(httpx.SyncByteStream):
        def __iter__(self):
            body = good + b" " * 100 * CAP_BYTES
            body = gzip.compress(body, 9) if packed else body
            for start in range(0, len(body), 4096):
                given.append(start)
                yield body[start : start + 4096]

    encoding = {"Content-Encoding": "gzip"} if packed else {}
    certs.answer = lambda _request: httpx.Response(200, headers=encoding, stream=Endless())
    with pytest.raises(CannotTell):
        keys.find("one")
    assert len(given) <= CAP_BYTES / 4096 + 1


# --- which keys


def test_keys_on_a_curve_are_used_too(keys, certs):
    certs.answer = lambda _request: says(published("ec"))
    found = keys.find("ec")
    assert found
    assert found.algorithm_name == "ES256"


@pytest.mark.parametrize(
    "other",
    [
        {"kty": "oct", "kid": "bad", "k": "c2VjcmV0LXNlY3JldC1zZWNyZXQ", "alg": "HS256"},
        {"kty": "oct", "kid": "bad", "k": "c2VjcmV0LXNlY3JldC1zZWNyZXQ"},
        published("two", kid="bad", alg="HS256"),
        published("two", kid="bad", alg="none"),
        published("two", kid="bad", alg="RS512"),
        published("two", kid="bad", use="enc"),
        published("two", kid="bad", n="!"),
        published("two", kid="bad", n=None),
        published("two", kid="bad", kty="EC"),
        published("ec384", kid="bad"),
        published("ec384", kid="bad", alg="ES384"),
        {"kty": "RSA", "kid": "bad"},
        {"kid": "bad"},
        {"kty": "RSA", "kid": 7},
        published("two", kid=""),
        "bad",
        None,
    ],
)
def test_a_key_for_anything_else_is_left_out_and_the_others_are_used(keys, certs, other):
    certs.answer = lambda _request: says(other, published("one"))
    assert known(keys, "one")
    assert not known(keys, "bad")
    assert not known(keys, "")


def test_nothing_private_is_ever_held(keys, certs):
    certs.answer = lambda _request: says(published("one", d="AQAB", p="AQAB", q="AQAB"))
    found = keys.find("one")
    assert found
    assert not hasattr(found.key, "private_numbers")
