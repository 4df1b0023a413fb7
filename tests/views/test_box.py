"""The box on the list, its completion, and the calls behind a page."""

import httpx
import pytest
from django.core.cache import cache

from tests.conftest import LOGS, TOKEN
from tests.views.reading import HTMX, fields, parse

pytestmark = pytest.mark.django_db

COMPLETE = LOGS + "complete/"


def test_the_box_shows_the_query_of_the_address(person):
    page = parse(person.get(LOGS + "?provider=openai&cached__not=true"))
    assert page.one("input", id="box")["value"] == "provider:openai -cached:true"


def test_what_is_typed_becomes_the_one_spelling(person):
    answer = person.get(LOGS, {"set_box": "provider:openai,groq cost:>0.01", "per_page": "20"})
    assert answer["Location"] == LOGS + "?provider=openai&provider=groq&cost__gt=0.01&per_page=20"


def test_an_emptied_box_takes_all_filters_away(person):
    assert person.get(LOGS, {"set_box": " "})["Location"] == LOGS


def test_what_cannot_be_read_is_a_400_that_keeps_what_was_typed(person, wire):
    answer = person.get(LOGS, {"set_box": "modle:gpt-4o"})
    assert answer.status_code == 400
    assert "Did you mean “model:”?" in answer.text
    assert parse(answer).one("input", id="box")["value"] == "modle:gpt-4o"
    assert wire.sent == []


def test_with_htmx_a_refusal_is_a_notice_and_the_box_stays(person):
    answer = person.get(LOGS, {"set_box": "a OR b"}, headers=HTMX)
    assert (answer.status_code, answer["HX-Push-Url"]) == (400, "false")
    assert 'id="notice"' in answer.text


def options(person, word):
    return [each["insert"] for each in person.get(COMPLETE, {"word": word}).json()["options"]]


def test_fields_comparisons_and_fixed_values_complete_without_a_call(person, wire):
    assert options(person, "pro")[0] == "provider:"
    assert options(person, "-cach") == ["-cached:"]
    assert options(person, "cost:") == ["cost:>", "cost:<"]
    assert options(person, "cached:") == ["cached:true", "cached:false"]
    assert options(person, "nothing-like-it") == []
    assert wire.sent == []


def test_values_are_learned_from_listed_pages_and_kept_per_gateway(person, store, wire):
    store.add({"gateway_id": "prod-edge", "id": "a", "provider": "rare one", "metadata": {"crew": "night,shift"}})
    assert options(person, "provider:rare") == []
    person.get(LOGS)
    calls = len(wire.sent)
    assert options(person, "provider:rare") == ['provider:"rare one"']
    assert options(person, "metadata.cr") == ["metadata.crew:"]
    assert options(person, "metadata.crew:") == ['metadata.crew:"night,shift"']
    assert [
        each["insert"] for each in person.get("/gateways/staging/logs/complete/?word=provider:rare").json()["options"]
    ] == []
    assert len(wire.sent) == calls


def test_what_begins_as_it_was_typed_comes_first(person, store):
    for number, provider in enumerate(["openai", "azure-openai"]):
        store.add({"gateway_id": "prod-edge", "id": f"{number}", "provider": provider})
    person.get(LOGS)
    assert options(person, "provider:open")[0] == "provider:openai"


def test_hostile_values_are_not_learned_where_they_cannot_be_seen(person, store):
    store.add({"gateway_id": "prod-edge", "id": "a", "provider": "x\u202ey", "metadata": {"a\u200bb": "c"}})
    person.get(LOGS)
    assert options(person, "provider:x\u202e") == []
    assert options(person, "metadata.a") == []


def recent(person, word="", how="too"):
    return person.get(COMPLETE, {"word": word, "recent": how}).json()["options"]


def test_recent_searches_are_offered_whole_where_there_is_no_word(person):
    person.get(LOGS + "?provider=openai&cost__gt=0.01")
    person.get(LOGS + "?metadata.tenant=a%20b&since=24h")
    found = recent(person, how="only")
    assert found == [
        {"insert": 'metadata.tenant:"a b" since:24h', "hint": "recent", "goes_on": False, "whole": True},
        {"insert": "provider:openai cost:>0.01", "hint": "recent", "goes_on": False, "whole": True},
    ]
    more = recent(person)
    assert more[:2] == found
    assert {each["whole"] for each in more[2:]} == {False}
    assert all(each["hint"] != "recent" for each in recent(person, word="pro"))
    assert all(each["hint"] != "recent" for each in person.get(COMPLETE).json()["options"])


def test_a_recent_search_that_cannot_be_seen_is_not_offered_in_the_box(person):
    person.get(LOGS + "?provider=x%E2%80%AEy")
    assert recent(person, how="only") == []


def test_every_call_of_a_page_can_be_repeated_with_a_placeholder_for_the_token(person, wire):
    text = person.get(LOGS + "?provider=openai").text
    assert "Authorization: Bearer $CLOUDFLARE_API_TOKEN" in text
    assert "sandbox-token" not in text
    assert str(wire.sent[0].url).split("?")[1].split("&")[0] in text


def test_a_call_that_changed_something_is_named_but_not_offered(person, store):
    first = store.ids("prod-edge")[0]
    form = parse(person.get(f"{LOGS}{first}/")).one("form", data_annotate=None)
    text = person.post(form["action"], fields(form) | {"score": ["12"]}).text
    assert "PATCH …/gateways/prod-edge/logs" in text
    assert "-X PATCH" not in text
    assert "It changed something" in text


def test_the_token_stays_out_of_the_call_line(person, upstream_answers):
    upstream_answers(lambda _request: httpx.Response(500, json={"success": False}))
    assert TOKEN not in person.get(LOGS).text


@pytest.fixture(autouse=True)
def nothing_learned_before():
    cache.clear()
