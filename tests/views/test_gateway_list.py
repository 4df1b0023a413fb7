"""/gateways/"""

import httpx
import pytest

from gateway_dash.sandbox.gateways import gateway
from tests.views.reading import parse

pytestmark = pytest.mark.django_db

URL = "/gateways/"


def cards(answer):
    return {each.one("h2").text: each for each in parse(answer).all("article", class_="gw")}


def test_each_gateway_says_how_full_it_is_and_what_happens_then(person, store):
    found = cards(person.get(URL))
    assert list(found) == ["prod-edge", "support-bot", "staging"]
    stored = store.count("prod-edge")
    assert f"{stored} of 10,000,000 logs" in found["prod-edge"].text
    assert "deletes the oldest" in found["prod-edge"].text
    assert "stops saving" in found["support-bot"].text
    assert "does not save logs" in found["staging"].text


def test_one_call_for_the_gateways_and_one_for_each_count(person, wire):
    answer = person.get(URL)
    assert sorted(wire.calls) == [
        "GET /gateways",
        "GET /prod-edge/logs",
        "GET /staging/logs",
        "GET /support-bot/logs",
    ]
    assert "4 upstream calls" in parse(answer).one("footer", class_="statusbar").text
    assert all(each.url.params.get("per_page") == "1" for each in wire.sent if "/logs" in each.url.path)


def test_a_gateway_that_is_nearly_full_and_will_stop_saving_is_in_the_heading(person, store):
    store.add_gateway(gateway("tiny", log_management=1, log_management_strategy="STOP_INSERTING"))
    store.add({"gateway_id": "tiny", "id": "t1"})
    page = parse(person.get(URL))
    assert page.one("h1").text == "4 gateways: one is nearly full and will stop saving, one does not collect logs"


def test_a_count_that_fails_leaves_the_other_gateways(person, wire):
    def fails(request):
        return httpx.Response(500) if "/staging/" in request.url.path else None

    wire.instead = fails
    answer = person.get(URL)
    found = cards(answer)
    assert answer.status_code == 200
    assert "unknown of 10,000 logs" in found["staging"].text
    assert "unknown" not in found["support-bot"].one(class_="fill").text


def test_secrets_in_a_gateways_settings_are_not_shown(person, store):
    secret = {"authorization": "very-secret-authorization"}
    store.add_gateway(gateway("billed", stripe=secret, otel=[secret]))
    assert "very-secret-authorization" not in person.get(URL).text


def test_a_gateway_that_no_address_can_name_is_shown_without_a_link(person, upstream_answers):
    def answer(request):
        if request.url.path.endswith("/gateways"):
            return httpx.Response(200, json={"success": True, "result": [{"id": "<b>../x?\u202e"}, {"id": "fine"}]})
        return httpx.Response(200, json={"success": True, "result": [], "result_info": {"total_count": 3}})

    upstream_answers(answer)
    page = person.get(URL)
    assert page.status_code == 200
    odd, fine = parse(page).all("article", class_="gw")
    assert not odd.all("a")
    assert odd.one("h2").text == "<b>../x?⟦U+202E⟧"
    assert fine.links() == {"fine": "/gateways/fine/"}


def test_only_get_is_answered(person):
    assert person.post(URL).status_code == 405
