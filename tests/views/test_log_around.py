"""/gateways/<gateway>/logs/<log_id>/around/"""

from datetime import UTC, datetime, timedelta

import httpx
import pytest

from tests.conftest import LOGS
from tests.views.reading import HTMX, ids, parse

pytestmark = pytest.mark.django_db

BEGIN = datetime(2026, 11, 20, 10, 54, 0, 118_000, tzinfo=UTC)
URL = LOGS + "t-30/around/"


@pytest.fixture
def logs(bare_store):
    """Sixty logs, a second and a half apart; every third of another provider."""
    for number in range(60):
        at = (BEGIN + timedelta(milliseconds=1500 * number)).isoformat()
        provider = "openai" if number % 3 else "groq"
        row = {"id": f"t-{number:02}", "created_at": at, "provider": provider, "model": "gpt-4o", "status_code": 529}
        bare_store.add(row | {"success": False})
    return bare_store


def names(*numbers):
    return [f"t-{number:02}" for number in numbers]


def main(answer):
    return parse(answer).one(id="results")


def apart(answer):
    return [row.one("td", class_="c-delta").text for row in main(answer).one("tbody").all("tr")]


def test_ten_before_and_ten_after_newest_first_with_the_log_in_its_place(person, logs, wire):
    answer = person.get(URL)
    assert ids(answer) == names(*range(40, 19, -1))
    marked = [row for row in main(answer).one("tbody").all("tr") if "aria-current" in row]
    assert [(row["data-log-id"], row["class"]) for row in marked] == [("t-30", "is-open")]
    assert wire.calls == ["GET /prod-edge/logs/t-30", "GET /prod-edge/logs", "GET /prod-edge/logs"]
    assert main(answer).one("h1").text == "Around gpt-4o 529 at 10:54:45 UTC: 10 before, 10 after"


def test_each_row_says_how_far_it_is_from_the_log(person, logs):
    logs.add({"id": "near", "created_at": (BEGIN + timedelta(milliseconds=44_660)).isoformat()})
    logs.add({"id": "twin", "created_at": (BEGIN + timedelta(milliseconds=45_000)).isoformat()})
    found = dict(zip(ids(person.get(URL)), apart(person.get(URL)), strict=True))
    assert found["t-30"] == "this log"
    assert found["t-31"] == "+1.50 s"
    assert found["near"] == "−340 ms"
    assert found["twin"] == "same ms"
    assert found["t-29"] == "−1.50 s"


def test_more_on_each_side_by_a_link(person, logs):
    links = main(person.get(URL + "?provider=openai")).links()
    assert links["25 on each side"] == URL + "?provider=openai&n=25"
    assert ids(person.get(links["25 on each side"])) == names(*range(55, 4, -1))


def test_within_the_filter_of_the_list_by_a_link(person, logs):
    whole = person.get(URL + "?provider=groq")
    assert len(ids(whole)) == 21
    assert "All logs of this gateway" in main(whole).one(class_="sub").text
    within = person.get(main(whole).links()["Only those that pass the filter"])
    assert ids(within) == names(*range(57, 0, -3), 0)[:21]
    assert "Calls from groq" in main(within).one(class_="sub").text


def test_without_a_filter_there_is_nothing_to_be_within(person, logs):
    assert "Only those that pass the filter" not in main(person.get(URL + "?since=24h")).links()


def test_one_can_walk_on_to_both_sides_and_keeps_what_was_chosen(person, logs):
    answer = person.get(LOGS + "t-31/around/?provider=openai&within=list")
    links = main(answer).links()
    assert links["Later"] == LOGS + ids(answer)[0] + "/around/?provider=openai&within=list"
    assert links["Earlier"] == LOGS + ids(answer)[-1] + "/around/?provider=openai&within=list"
    assert ids(person.get(links["Later"]))[-11:] == ids(answer)[:11]
    more = main(person.get(URL + "?n=25")).links()
    assert more["Later"].endswith("/around/?n=25")
    first = person.get(LOGS + "t-00/around/")
    assert "Nothing earlier" in main(first).text
    assert "Earlier" not in main(first).links()
    assert "Nothing later" not in main(first).text


def test_the_way_back_is_the_list_and_the_log_has_its_own_page(person, logs):
    links = main(person.get(URL + "?provider=openai&columns=time,cost&page=2")).links()
    assert links["Calls from openai"] == LOGS + "?provider=openai&page=2&columns=time,cost"
    assert links["The log’s page"] == LOGS + "t-30/?provider=openai&page=2&columns=time,cost"


def test_the_copied_link_says_only_what_others_need(person, logs):
    one = main(person.get(URL + "?provider=openai&n=25&picked=0123456789abcdef")).one("a", data_copy_link=None)
    assert one["href"] == URL + "?n=25"
    two = main(person.get(URL + "?provider=openai&within=list")).one("a", data_copy_link=None)
    assert two["href"] == URL + "?provider=openai&within=list"


def test_the_columns_are_those_of_the_screen_and_nothing_can_be_selected(person, logs):
    page = main(person.get(URL + "?columns=model,time"))
    heads = [head.text for head in page.one("thead").all("th")]
    assert heads == ["Provider / model", "Time, UTC", "Apart from it"]
    assert not page.all("input", type="checkbox")
    assert not page.all("form")


def test_the_time_cell_the_logs_page_and_the_drawer_lead_here(person, logs):
    suffix = "?provider=openai"
    listed = parse(person.get(LOGS + suffix))
    assert LOGS + "t-59/around/" + suffix in [each["href"] for each in listed.all("a") if "href" in each]
    page = parse(person.get(LOGS + "t-30/" + suffix))
    assert page.links()["Before and after"] == URL + suffix
    drawer = parse(person.get(LOGS + "t-30/peek/" + suffix, headers=HTMX))
    assert drawer.links()["What came just before and after"] == URL + suffix


def test_htmx_gets_the_region_and_the_one_address(person, logs):
    answer = person.get(URL + "?n=10&provider=openai", headers=HTMX)
    assert "<html" not in answer.text
    assert answer["HX-Push-Url"] == URL + "?provider=openai"


def test_more_logs_in_one_moment_than_are_read_is_said(person, bare_store):
    for number in range(330):
        bare_store.add({"id": f"c-{number:03}", "created_at": BEGIN.isoformat()})
    page = main(person.get(LOGS + "c-150/around/"))
    assert "Some logs may be missing on both sides." in page.one(class_="note").text


def test_a_hostile_model_is_text(person, bare_store):
    bare_store.add({"id": "bad", "model": "<img src=x onerror=alert(1)>\u202e", "created_at": BEGIN.isoformat()})
    answer = person.get(LOGS + "bad/around/")
    assert "<img src=x" not in answer.text
    assert "⟦U+202E⟧" in main(answer).one("h1").text


@pytest.mark.parametrize("bad", ["n=11", "n=", "n=10&n=25", "n=-1", "within=x", "providr=openai", "picked=x"])
def test_a_parameter_that_cannot_be_read_is_refused_without_a_call(person, logs, wire, bad):
    assert person.get(f"{URL}?{bad}").status_code == 400
    assert wire.sent == []


def test_a_log_that_is_gone_is_said_as_on_its_own_page(person, logs, wire):
    answer = person.get(LOGS + "gone/around/")
    assert answer.status_code == 404
    assert "This log was deleted, or it is so new" in answer.text
    assert len(wire.sent) == 1


def test_a_refusal_of_the_list_is_the_usual_error(person, logs, wire):
    wire.instead = lambda request: httpx.Response(502) if request.url.path.endswith("/logs") else None
    assert person.get(URL).status_code == 502
