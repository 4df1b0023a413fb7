"""/find/ with what people really paste."""

import pytest

from gateway_dash.logs.finding import read_paste

pytestmark = pytest.mark.django_db

UUID, ULID, HEX = "019a7b3e-5f2c-7c41-9d3e-2b8f6a1c4e07", "01M855KZ3ENF0ANKV90BEESX46", "a1" * 32


@pytest.mark.parametrize("log_id", [UUID, ULID, HEX, "odd_id-1"])
@pytest.mark.parametrize(
    "paste",
    [
        "{}",
        "  {}\n",
        "http://dash.example/gateways/staging/logs/{}/?provider=openai",
        "/gateways/staging/logs/{}/request",
        "HTTP/2 200\r\ncontent-type: application/json\r\ncf-aig-log-id: {}\r\nserver: cloudflare\r\n",
        "< CF-AIG-Log-Id: {}",
    ],
)
def test_each_paste_means_its_log(paste, log_id):
    assert log_id in read_paste(paste.format(log_id)).ids


@pytest.mark.parametrize("log_id", [UUID, ULID, HEX])
def test_headers_that_lost_their_line_breaks_still_mean_their_log(log_id):
    assert read_paste(f"server: xcf-aig-log-id: {log_id}cf-aig-step: 0").ids == (log_id,)


def test_the_vendors_address_names_the_gateway_too():
    found = read_paste(f"https://dash.cloudflare.com/acc/ai/ai-gateway/gateways/support-bot/logs?log={UUID}")
    assert (found.ids, found.gateway) == ((UUID,), "support-bot")


@pytest.mark.parametrize("text", ["", "hello world", "https://example.com/", "{}", "日本", "x" * 5000])
def test_a_text_without_an_id_means_none(text):
    assert read_paste(text).ids == ()


def test_the_gateway_of_a_pasted_address_is_asked_first(person, store, wire):
    store.add({"gateway_id": "staging", "id": "here-1"})
    answer = person.get("/find/", {"id": "http://x/gateways/staging/logs/here-1/", "gateway": "prod-edge"})
    assert answer["Location"] == "/gateways/staging/logs/here-1/"
    assert wire.calls == ["GET /gateways", "GET /staging/logs"]


def test_an_event_id_of_one_log_leads_to_it(person, store):
    store.add({"gateway_id": "staging", "id": "only", "event_id": "event-1"})
    assert person.get("/find/", {"id": "event-1"})["Location"] == "/gateways/staging/logs/only/"


def test_an_event_id_of_several_logs_leads_to_their_list(person, store):
    for step in (0, 1):
        store.add({"gateway_id": "staging", "id": f"try-{step}", "event_id": "event-2", "step": step})
    answer = person.get("/find/", {"id": "event-2"})
    assert answer["Location"] == "/gateways/staging/logs/?event_id=event-2"
