"""/gateways/"""

import re
from datetime import UTC, datetime, timedelta

import httpx
import pytest

from gateway_dash.sandbox.gateways import gateway
from gateway_dash.web import formats
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


def test_one_call_for_the_gateways_and_two_for_each_with_a_cap(person, wire):
    answer = person.get(URL)
    assert sorted(wire.calls) == [
        "GET /gateways",
        *["GET /prod-edge/logs"] * 2,
        *["GET /staging/logs"] * 2,
        *["GET /support-bot/logs"] * 2,
    ]
    assert "7 upstream calls" in parse(answer).one("footer", class_="statusbar").text
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


def filled(store, name, number, *, cap=100, strategy="STOP_INSERTING", new=0):
    """A gateway with so many logs, the new ones of the last hour and the others old."""
    store.add_gateway(gateway(name, log_management=cap, log_management_strategy=strategy))
    now = datetime.now(UTC)
    for each in range(number):
        at = now - (timedelta(hours=1) if each < new else timedelta(days=20))
        store.add({"gateway_id": name, "id": f"{name}-{each}", "created_at": at.isoformat()})


@pytest.mark.parametrize(
    ("number", "strategy", "new", "told"),
    [
        (80, "STOP_INSERTING", 2, "stops saving about {10}, at 2 a day, as in the last 24 h"),
        (80, "DELETE_OLDEST", 2, "deletes the oldest from about {10}, at 2 a day, as in the last 24 h"),
        (80, "STOP_INSERTING", 30, "stops saving within a day, at 30 a day, as in the last 24 h"),
        (80, "DELETE_OLDEST", 30, "deletes the oldest within a day, at 30 a day, as in the last 24 h"),
        (40, "STOP_INSERTING", 2, "room until about {30}, at 2 a day, as in the last 24 h"),
        (40, "DELETE_OLDEST", 2, "room until about {30}, at 2 a day, as in the last 24 h"),
        (40, None, 2, "room until about {30}, at 2 a day, as in the last 24 h"),
        (40, "STOP_INSERTING", 20, "stops saving about {3}, at 20 a day, as in the last 24 h"),
        (80, "STOP_INSERTING", 0, "no new logs in 24 h"),
        (80, "DELETE_OLDEST", 0, "no new logs in 24 h"),
        (100, "STOP_INSERTING", 3, "is full, and saves no more"),
        (100, "STOP_INSERTING", 0, "is full, and saves no more"),
        (100, "DELETE_OLDEST", 3, "is full, and deletes the oldest"),
        (100, None, 3, "is full; what happens now is unknown"),
    ],
)
def test_the_forecast_says_what_happens_when(person, store, number, strategy, new, told):
    filled(store, "tiny", number, strategy=strategy, new=new)
    card = cards(person.get(URL))["tiny"]
    days = re.search(r"{(\d+)}", told)
    if days:
        told = told.replace(days[0], formats.day(datetime.now(UTC) + timedelta(days=int(days[1]))))
    assert card.one("p", class_="forecast").text == told
    assert f"{new} in 24 h" in card.one("header").text


def test_a_year_of_room_names_no_day(person, store):
    filled(store, "tiny", 10, cap=10_000, new=1)
    assert "room for more than a year, at 1 a day" in cards(person.get(URL))["tiny"].text


def test_where_the_cap_is_unknown_nothing_is_forecast_and_no_call_is_sent_for_it(person, store, wire):
    filled(store, "tiny", 3, cap=None, new=3)
    card = cards(person.get(URL))["tiny"]
    assert card.one("p", class_="forecast").text == "room is unknown: the upstream names no cap"
    assert "in 24 h" not in card.one("header").text
    assert wire.calls.count("GET /tiny/logs") == 1


def test_a_day_that_could_not_be_counted_is_unknown_and_not_zero(person, store, wire):
    filled(store, "tiny", 80, new=2)

    def fails(request):
        return httpx.Response(500) if "/tiny/logs" in request.url.path and "filters" in request.url.params else None

    wire.instead = fails
    card = cards(person.get(URL))["tiny"]
    assert "when it is full is unknown: the last 24 h could not be counted" in card.text
    assert "in 24 h" not in card.one("header").text


def test_a_count_that_is_unknown_has_no_forecast(person, wire):
    wire.instead = lambda request: httpx.Response(500) if "/support-bot/" in request.url.path else None
    card = cards(person.get(URL))["support-bot"]
    assert card.one("p", class_="forecast").text == "The upstream gave an unexpected answer"
