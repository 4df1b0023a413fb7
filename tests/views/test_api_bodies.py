"""/api/v1/gateways/<gateway>/logs/<log_id>/<side>"""

import base64

import httpx
import pytest

from gateway_dash.payload.masking import MOST_CHARACTERS
from gateway_dash.team.roles import LEAD
from tests.views.api import LOGS, script, title
from tests.views.test_api_logs import KEY

pytestmark = pytest.mark.django_db
MAIL = "kim@example.org"


@pytest.fixture
def body(bare_store, wire):
    """The answer to a request body."""
    lead = script("kim", LEAD)  # who may reveal secrets on the page

    def ask(data, side="request"):
        bare_store.delete(bare_store.ids())
        bare_store.add({"id": "one", f"{side}_body": data})
        return lead.get(f"{LOGS}/one/{side}")

    return ask


def test_text_comes_as_text_and_is_said_to_be_whole_and_masked(body):
    assert body('{"a": "ü\\n"}'.encode()).json() == {"complete": True, "masked": True, "text": '{"a": "ü\\n"}'}
    assert body(b"fine", "response").json()["text"] == "fine"


@pytest.mark.parametrize("data", [b"\xff\xfe\x01", b"\x89PNG\r\n\x1a\n\x80"])
def test_bytes_that_are_no_text_come_as_base64(body, data):
    found = body(data).json()
    assert base64.b64decode(found["base64"]) == data
    assert "text" not in found


@pytest.mark.parametrize(
    "form", ["{}", '{{"key": "{}"}}', '{{"a": "{{\\"key\\": \\"{}\\"}}"}}', 'data: {{"x": "{}"}}\n\n']
)
@pytest.mark.parametrize("secret", [KEY, MAIL])
def test_a_secret_is_masked_also_for_who_may_reveal_it(body, form, secret):
    answer = body(form.format(secret).encode())
    assert secret not in answer.text
    assert "[masked: " in answer.json()["text"]


def test_a_secret_between_bytes_that_are_no_text_is_masked_too(body):
    found = base64.b64decode(body(b"\xff\x00" + KEY.encode() + b"\xff").json()["base64"])
    assert KEY.encode() not in found
    assert found.startswith(b"\xff\x00*")


def test_a_secret_that_is_spelled_in_two_bytes_a_letter_is_masked_too(body):
    answer = body(f"key {KEY} end".encode("utf-16-le")).json()
    found = answer["text"].encode() if "text" in answer else base64.b64decode(answer["base64"])
    assert KEY not in found.replace(b"\0", b"").decode("utf-8", "replace")


def test_of_a_long_text_the_first_megabyte_comes_and_a_secret_across_its_end_is_in_no_part_of_it(body):
    before = ("word " * MOST_CHARACTERS)[: MOST_CHARACTERS - 20]
    found = body(f"{before} {KEY} and more".encode()).json()
    assert found["complete"] is False
    assert found["text"].startswith("word word")
    assert KEY[:12] not in found["text"]


def test_a_letter_at_the_end_of_the_first_megabyte_is_not_cut_in_two(body):
    found = body(("x" + "ü" * MOST_CHARACTERS).encode()).json()
    assert found["complete"] is False
    assert found["text"].endswith("ü")


def test_long_bytes_that_are_no_text_are_not_given(body):
    answer = body(b"\xff" * (MOST_CHARACTERS + 1))
    assert answer.status_code == 422
    assert "over 1 MB and is no text" in answer.json()["error"]["message"]


def test_a_body_that_was_cut_on_its_way_is_an_error_and_never_taken_for_the_whole(wire):
    class Cut(httpx.SyncByteStream):
        def __iter__(self):
            yield b"half of it"
            raise httpx.ReadError("cut")

    wire.instead = lambda _request: httpx.Response(200, stream=Cut())
    answer = script().get(LOGS + "/one/request")
    assert title(answer) == "The upstream gave an unexpected answer"
    assert "half of it" not in answer.text


def test_a_body_that_is_not_stored_is_a_404_that_says_why(bare_store, wire):
    bare_store.add({"id": "old", "created_at": "2026-01-01T00:00:00Z", "request_body": None})
    answer = script().get(LOGS + "/old/request")
    assert answer.status_code == 404
    assert "The upstream keeps no request of this call" in answer.json()["error"]["message"]
