"""/gateways/<gateway>/logs/delete/preview/"""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import httpx
import pytest
from django.conf import settings

from gateway_dash.bulk.views import Ticket
from tests.conftest import LOGS
from tests.views.reading import fields, ids, parse

pytestmark = pytest.mark.django_db

URL = LOGS + "delete/preview/"


@pytest.fixture
def logs(bare_store):
    """A hundred and twenty logs of one provider and three of another, all old enough."""
    start = datetime.now(UTC) - timedelta(hours=5)
    for number in range(120):
        at = (start + timedelta(seconds=number)).isoformat()
        bare_store.add({"id": f"m-{number:04}", "created_at": at, "provider": "mistral"})
    for number in range(3):
        bare_store.add({"id": f"g-{number}", "created_at": start.isoformat(), "provider": "groq"})
    return bare_store


def strip(answer):
    return {each.one("dt").text: each.one("dd").text for each in parse(answer).one("dl", class_="strip").all("div")}


def everything(person, query):
    """What the list's second step sends: the list's own address, and "all that match"."""
    form = parse(person.get(LOGS + query)).one("form", class_="logs-form")
    return person.post(form["action"], {"everything": "1"})


# --- ticked


def test_the_ticked_logs_are_previewed_and_nothing_is_deleted(person, logs, wire):
    answer = person.post(URL, {"id": ["g-0", "m-0003", "g-2"]})
    assert answer.status_code == 200
    assert parse(answer).one("h1").text == "Delete 3 logs that you ticked"
    assert strip(answer)["Will go"] == "3 exact, read just now"
    assert wire.calls == ["GET /prod-edge/logs"]
    assert logs.count() == 123


def test_one_log_from_its_own_page(person, logs):
    page = parse(person.get(LOGS + "g-1/?provider=groq"))
    form = next(each for each in page.all("form") if each["action"].startswith(URL))
    answer = person.post(form["action"], fields(form))
    assert parse(answer).one("h1").text == "Delete 1 log that you ticked"
    assert parse(answer).one(class_="crumb").one("a")["href"] == LOGS + "?provider=groq"


def test_a_few_logs_need_no_typing_and_more_than_twenty_do(person, logs):
    few = parse(person.post(URL, {"id": [f"m-{number:04}" for number in range(20)]}))
    assert not few.all("input", name="phrase")
    many = parse(person.post(URL, {"id": [f"m-{number:04}" for number in range(21)]}))
    assert many.one("input", name="phrase")["data-phrase"] == "delete 21"


def test_the_box_in_the_head_means_the_whole_page_without_javascript(person, logs, wire):
    shown = person.get(LOGS + "?provider=mistral&per_page=20")
    form = parse(shown).one("form", class_="logs-form")
    data = fields(form) | {"_page": ["1"]}
    assert "id" not in data
    answer = person.post(form["action"], data)
    assert strip(answer)["Will go"].startswith("20 exact")
    assert ticketed(answer, person) == set(ids(shown))


def ticketed(answer, person):
    """The ids in the ticket, read as the product reads them."""
    text = parse(answer).one("input", name="ticket")["value"]
    return set(Ticket.read(text, person.session["_auth_user_id"], "prod-edge").ids)


def test_ticked_rows_count_and_not_the_ones_that_were_only_shown(person, logs):
    form = parse(person.get(LOGS + "?provider=mistral&per_page=20")).one("form", class_="logs-form")
    answer = person.post(form["action"], fields(form) | {"id": ["m-0119"]})
    assert ticketed(answer, person) == {"m-0119"}


def test_nothing_ticked_is_refused(person, logs, wire):
    form = parse(person.get(LOGS)).one("form", class_="logs-form")
    wire.forget()
    answer = person.post(form["action"], fields(form))
    assert answer.status_code == 422
    assert "No log is ticked" in answer.text
    assert wire.sent == []


def test_a_log_that_went_meanwhile_is_counted_apart(person, logs):
    logs.delete(["g-0"])
    answer = person.post(URL, {"id": ["g-0", "g-1"]})
    assert strip(answer)["Will go"].startswith("1 exact")
    assert strip(answer)["Gone already"].startswith("1 ")


def test_all_of_them_gone_is_refused(person, logs):
    logs.delete(["g-0", "g-1"])
    answer = person.post(URL, {"id": ["g-0", "g-1"]})
    assert answer.status_code == 422
    assert "None of the chosen logs is there any more" in answer.text


def test_a_log_ticked_twice_counts_once(person, logs):
    assert strip(person.post(URL, {"id": ["g-0", "g-0"]}))["Will go"].startswith("1 exact")


@pytest.mark.parametrize("bad", ["../x", "x?y", "a b", "", "x" * 129, "ä", "a\x00", "*", "%"])
def test_an_id_that_no_log_can_have_is_refused_without_a_call(person, logs, wire, bad):
    answer = person.post(URL, {"id": ["g-0", bad]})
    assert answer.status_code == 400
    assert "Nothing was deleted" in answer.text
    assert wire.sent == []


def test_a_form_of_more_than_500_logs_is_refused_without_a_call(person, logs, wire):
    answer = person.post(URL, {"id": [f"x-{number}" for number in range(501)]})
    assert answer.status_code == 422
    assert "501 logs are selected, and at most 500 can be deleted at once" in answer.text
    assert wire.sent == []


def test_logs_of_another_gateway_cannot_be_ticked_here(person, logs):
    logs.add({"gateway_id": "staging", "id": "theirs"})
    assert person.post(URL, {"id": ["theirs"]}).status_code == 422


# --- everything that matches


def test_all_that_match_are_read_page_by_page_and_sampled(person, logs, wire):
    answer = everything(person, "?provider=mistral")
    page = parse(answer)
    assert page.one("h1").text == "Delete 120 logs: Calls from mistral"
    assert ticketed(answer, person) == {f"m-{number:04}" for number in range(120)}
    oldest, newest = ([row.all("td")[-1].text for row in table.one("tbody").all("tr")] for table in page.all("table"))
    assert oldest == [f"m-{number:04}" for number in range(5)]
    assert newest == [f"m-{number:04}" for number in range(119, 114, -1)]
    assert "120 logs in all; 10 of them are shown here." in page.text
    assert page.one("input", name="phrase")["data-phrase"] == "delete 120"


def test_what_it_costs_to_preview_all_that_match(person, logs, wire):
    form = parse(person.get(LOGS + "?provider=mistral")).one("form", class_="logs-form")
    wire.forget()
    person.post(form["action"], {"everything": "1"})
    # Three pages, each with the second at its end asked for, and one count of the whole gateway.
    assert wire.calls == ["GET /prod-edge/logs"] * 7


def test_logs_that_arrive_after_the_list_was_shown_are_not_part_of_it(person, logs):
    form = parse(person.get(LOGS + "?provider=mistral")).one("form", class_="logs-form")
    logs.add({"id": "late", "provider": "mistral"})
    answer = person.post(form["action"], {"everything": "1"})
    assert strip(answer)["Will go"].startswith("120 exact")
    assert "late" not in ticketed(answer, person)


def test_a_pair_takes_only_the_logs_that_have_it_as_a_pair(person, bare_store):
    bare_store.add({"id": "pair", "metadata": {"user": "u-1", "agent": "x"}})
    bare_store.add({"id": "apart", "metadata": {"user": "u-2", "agent": "u-1"}})
    bare_store.add({"id": "other"})
    answer = everything(person, "?metadata.user=u-1")
    assert ticketed(answer, person) == {"pair"}


def test_a_search_can_be_deleted_since_only_ids_go(person, bare_store):
    bare_store.add({"id": "found", "metadata": {"change": "c-102"}})
    bare_store.add({"id": "other"})
    assert ticketed(everything(person, "?search=c-102"), person) == {"found"}


def test_over_500_is_refused_with_the_reason(person, bare_store, wire):
    start = datetime.now(UTC) - timedelta(hours=5)
    for number in range(501):
        bare_store.add({"id": f"x-{number}", "created_at": (start + timedelta(seconds=number)).isoformat()})
    answer = everything(person, "")
    assert answer.status_code == 422
    assert "501 logs match, and at most 500 can be deleted at once" in answer.text
    assert "ticket" not in answer.text
    bare_store.delete(["x-500"])
    assert strip(everything(person, ""))["Will go"].startswith("500 exact")


def test_a_filter_that_leaves_nothing_out_is_pointed_out_and_has_to_be_typed(person, bare_store):
    for number in range(3):
        bare_store.add({"id": f"x-{number}", "provider": "groq"})
    page = parse(everything(person, "?provider=groq"))
    assert "The filter leaves nothing out." in page.one(class_="is-warn", role="alert").text
    assert page.one("input", name="phrase")["data-phrase"] == "delete 3"


def test_an_upstream_that_ignores_filters_gets_no_preview(person, logs, sandbox, wire):
    sandbox.options = replace(sandbox.options, ignore_filters=True)
    answer = person.post(URL + "?provider=groq", {"everything": "1"})
    assert answer.status_code == 502
    assert "ticket" not in answer.text
    ticked = person.post(URL, {"id": ["g-0"]})
    assert ticked.status_code == 502
    assert "others came back" in ticked.text
    assert wire.deletes == []


def test_a_filter_we_cannot_read_deletes_nothing(person, logs, wire):
    answer = person.post(URL + "?providr=groq", {"everything": "1"})
    assert answer.status_code == 400
    assert wire.sent == []


def test_no_match_is_refused(person, logs):
    assert person.post(URL + "?provider=nobody", {"everything": "1"}).status_code == 422


def test_a_page_that_fails_half_way_gives_no_preview(person, logs, wire):
    wire.instead = lambda request: httpx.Response(500) if request.url.params.get("page") == "2" else None
    answer = person.post(URL + "?provider=mistral", {"everything": "1"})
    assert answer.status_code == 502
    assert "ticket" not in answer.text


# --- who may


def test_deletion_that_is_off_is_refused_and_nothing_is_sent(person, logs, wire, monkeypatch):
    monkeypatch.setattr(settings, "ENVIRONMENT", replace(settings.ENVIRONMENT, deletion=False))
    answer = person.post(URL, {"id": ["g-0"]})
    assert answer.status_code == 422
    assert "GATEWAY_DASH_DELETION=on" in answer.text
    assert wire.sent == []


def test_only_post_is_answered(person, wire):
    assert person.get(URL).status_code == 405
    assert wire.sent == []
