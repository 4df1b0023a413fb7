"""/preferences/zone/ and the zone that every page tells its times in."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from django.contrib.sessions.backends.signed_cookies import SessionStore
from django.http import HttpResponse
from django.test import Client, RequestFactory

from gateway_dash import upstream
from gateway_dash.gateway.query import LogQuery
from gateway_dash.gateway.zones import read_zone
from gateway_dash.logs.rows import rows
from gateway_dash.logs.screen import Screen
from gateway_dash.web import formats, zone
from gateway_dash.web.middleware import TimeZone
from tests.conftest import GATEWAY, LOGS
from tests.people import somebody
from tests.views.reading import HTMX, fields, parse

pytestmark = pytest.mark.django_db

PREFERENCES, ZONES = "/preferences/", "/preferences/zone/"
AT = "2026-11-20T20:45:04.250Z"
TIMES = {  # the same moment, as a page says it: day and clock, full, distance from UTC
    "UTC": ("20 Nov", "20:45:04", "Fri 20 Nov 2026, 20:45:04.250 UTC", "UTC"),
    "Asia/Kolkata": ("21 Nov", "02:15:04", "Sat 21 Nov 2026, 02:15:04.250 UTC+5:30", "UTC+5:30"),
    "America/New_York": ("20 Nov", "15:45:04", "Fri 20 Nov 2026, 15:45:04.250 UTC−5", "UTC−5"),
}
DAY = "?start=2026-11-20T20:00:00Z&end=2026-11-20T21:00:00Z"


@pytest.fixture(params=TIMES)
def told(request, person, bare_store):
    """One log, and a person who chose a zone: what the pages then say."""
    bare_store.add({"id": "one", "created_at": AT, "request_body": b"{}", "response_body": b"{}"})
    choose(person, request.param)
    return (request.param, *TIMES[request.param])


def choose(person: Client, name: str) -> None:
    assert person.post(PREFERENCES, {"zone": name}).status_code == 302


# --- each kind of page ------------------------------------------------------------------------------------------------


def test_the_list_tells_its_times_in_the_zone_and_spells_them_in_utc(person, told):
    name, day, clock, _full, distance = told
    page = parse(person.get(LOGS + DAY))
    row = page.one("tr", data_log_id="one")
    assert row.one("time").text == f"{day} {clock}.250"
    assert row.one("time")["datetime"] == AT
    assert f"Time, {distance}" in page.one("thead").links()
    assert page.one("button", popovertarget="zone-menu").text in (distance, "UTC")
    assert name in page.one(id="zone-menu").one("h2").text
    assert page.one(id="range-menu").one("h2").text == f"Time range, {name}"
    assert page.one("footer", class_="statusbar").one("time").text.endswith(" " + distance)
    assert page.one(id="box")["value"] == "start:2026-11-20T20:00:00Z end:2026-11-20T21:00:00Z"
    assert LOGS + DAY + "&sort=created_at" in page.one("thead").links().values()


RANGES = {
    "UTC": ("20 Nov 2026, 20:00:00", "20 Nov 2026, 21:00:00", "UTC"),
    "Asia/Kolkata": ("21 Nov 2026, 01:30:00", "21 Nov 2026, 02:30:00", "UTC+5:30"),
    "America/New_York": ("20 Nov 2026, 15:00:00", "20 Nov 2026, 16:00:00", "UTC−5"),
}


def test_sentence_title_and_range_tell_the_same_times(person, told):
    start, end, distance = RANGES[told[0]]
    page = parse(person.get(LOGS + DAY))
    sentence = f"Calls from {start} {distance} to {end} {distance}"
    assert page.one("h1").text == sentence
    assert page.one("title").text == f"{sentence} · Gateway Dash"
    assert page.one("button", popovertarget="range-menu").text == f"{start} → {end} {distance}"
    assert parse(person.get(LOGS + "one/" + DAY)).one("a", data_back=None).text == sentence


def test_a_range_without_an_end_says_the_zone_too(person, told):
    start, _end, distance = RANGES[told[0]]
    page = parse(person.get(LOGS + "?start=2026-11-20T20:00:00Z"))
    assert page.one("button", popovertarget="range-menu").text == f"{start} {distance} → now"


def test_a_pinned_page_says_as_of_when(person, told):
    _name, day, clock, _full, distance = told
    page = parse(person.get(LOGS + "?as_of=2026-11-20T20:45:04.300Z"))
    assert f"as of {day} {clock} {distance}," in page.one("p", class_="sub").text


def test_the_page_of_a_log_and_the_drawer_tell_it(person, told):
    full = told[3]
    for answer in (person.get(LOGS + "one/"), person.get(LOGS + "one/peek/", headers=HTMX)):
        time = next(each for each in parse(answer).all("time") if each["datetime"] == AT)
        assert time.text == full


def test_the_preview_of_a_deletion_tells_it(person, told):
    _name, day, clock, _full, distance = told
    page = parse(person.post(LOGS + "delete/preview/" + DAY, {"everything": ""}, follow=True))
    assert f"Oldest{day} {clock} {distance} " in page.one("dl", class_="strip").text
    sample, _journal = page.all("table")
    assert f"Time, {distance}" in sample.one("thead").text
    assert sample.one("tbody").all("td", class_="mono")[0].text == f"{day} {clock}"
    assert page.one("h1").text.endswith(f"to {RANGES[told[0]][1]} {distance}")
    assert f"times in {distance}" in page.text


def test_the_gateways_and_an_error_tell_theirs(person, told, upstream_answers):
    assert told[4] in parse(person.get("/gateways/")).one("footer", class_="statusbar").one("time").text
    upstream_answers(lambda _request: httpx.Response(429, headers={"Retry-After": "42"}, json={}))
    assert parse(person.get(LOGS)).one("main").one("time").text.endswith(" " + told[4])


def test_the_histogram_tells_its_parts_and_links_in_utc(person, told):
    page = parse(person.get(LOGS + DAY + "&open=histogram")).one(id="histogram")
    start, end, distance = RANGES[told[0]]
    clocks = [each.rpartition(", ")[2][:5] for each in (start, end)]
    assert f"{clocks[0]} to {clocks[1]} {distance}" in page.text
    labels = [each.text for each in page.one("p", class_="histo__x").all("span")]
    assert labels[0].endswith(clocks[0])
    assert labels[-1].endswith(" " + distance)
    assert not any("UTC" in label for label in labels[:-1])
    first = page.one("svg").all("a")[0]
    assert first["href"] == LOGS + "?start=2026-11-20T20:00:00Z&end=2026-11-20T20:05:00Z&open=histogram"
    assert f"{clocks[0]} to {clocks[0][:3]}{int(clocks[0][3:]) + 5:02} {distance}: " in first["aria-label"]


def test_files_are_the_same_in_every_zone(person, told):
    for kind in ("csv", "json", "jsonl"):
        text = person.get(f"{LOGS.removesuffix('/')}.{kind}{DAY}").text
        assert "2026-11-20T20:45:04" in text
        assert "UTC+" not in text
        assert "UTC−" not in text
    assert "from 20 Nov 2026, 20:00:00 UTC to" in person.get(f"{LOGS.removesuffix('/')}.json{DAY}").text


# --- days and changes of clocks ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "days"),
    [
        ("UTC", ["", "", ""]),
        ("Asia/Kolkata", ["", "20 Nov", "20 Nov"]),  # there it is 02:30 on the 21st
        ("America/New_York", ["", "", "19 Nov"]),  # there it is 16:00 on the 20th
    ],
)
def test_a_day_is_left_out_where_it_is_today_there(person, bare_store, name, days):
    for log_id, at in (("a", "20:45"), ("b", "17:00"), ("c", "03:00")):
        bare_store.add({"id": log_id, "created_at": f"2026-11-20T{at}:00Z"})
    page = upstream.logs(GATEWAY).page(LogQuery())
    with zone.told_in(read_zone(name)):
        shown = rows(page.logs, Screen(LOGS), page.query, now=datetime(2026, 11, 20, 21, tzinfo=UTC))
    assert [row.cells[0].text for row in shown] == days


def test_in_the_night_of_a_change_each_row_says_its_own_distance(person, bare_store):
    for log_id, at in (("late", "2026-10-25T01:30:00Z"), ("early", "2026-10-25T00:30:00Z")):
        bare_store.add({"id": log_id, "created_at": at})
    choose(person, "Europe/Berlin")
    page = parse(person.get(LOGS + "?start=2026-10-25T00:00:00Z&end=2026-10-25T02:00:00Z&open=histogram"))
    assert "Time, Europe/Berlin" in page.one("thead").links()
    assert [each.one("time").text for each in page.one("tbody").all("tr")] == [
        *("25 Oct 02:30:00.000 UTC+1", "25 Oct 02:30:00.000 UTC+2"),
    ]
    assert "Sun 25 Oct, 02:00 UTC+2 to 03:00 UTC+1" in page.one(id="histogram").text
    assert [each.text for each in page.one("p", class_="histo__x").all("span")] == [
        *("Sun 02:00", "02:15", "02:30", "02:45 UTC+2", "02:00", "02:15", "02:30", "02:45 UTC+1"),
    ]


# --- the form of the range --------------------------------------------------------------------------------------------


def range_form(person: Client, url: str) -> dict[str, list[str]]:
    return fields(parse(person.get(url)).one(id="range-menu").one("form"))


def sent(person: Client, form: dict[str, list[str]], **typed: str) -> str:
    """The address that the form leads to."""
    answer = person.get(LOGS, {**form, **typed})
    assert answer.status_code == 302, parse(answer).one("main").text
    return str(answer["Location"])


def test_the_form_shows_and_takes_local_times(person, told):
    form = range_form(person, LOGS + DAY)
    assert form["set_zone"] == [told[0]]
    expected = {"UTC": "20T20:00", "Asia/Kolkata": "21T01:30", "America/New_York": "20T15:00"}[told[0]]
    assert form["set_start"] == [f"2026-11-{expected}:00"]
    assert sent(person, form) == LOGS + DAY
    later = form["set_start"][0].replace(":00:00", ":10").replace(":30:00", ":40")
    assert sent(person, form, set_start=later) == LOGS + DAY.replace("20:00:00Z", "20:10:00Z", 1)


def test_what_is_typed_means_what_was_shown_even_if_the_preference_changed_meanwhile(person, bare_store):
    choose(person, "Europe/Berlin")
    form = range_form(person, LOGS + DAY)
    choose(person, "America/New_York")
    assert sent(person, form, set_end="2026-11-20T22:30") == LOGS + DAY.replace("21:00:00Z", "21:30:00Z")


def test_a_field_that_nobody_touched_keeps_its_milliseconds_and_its_side_of_a_change(person, bare_store):
    choose(person, "Europe/Berlin")
    url = LOGS + "?start=2026-10-25T00:30:00.250Z&end=2026-10-25T01:30:00.500Z"
    form = range_form(person, url)
    assert form["set_start"] == form["set_end"] == ["2026-10-25T02:30:00"]
    assert sent(person, form) == url
    assert sent(person, form, set_end="2026-10-25T04:00") == LOGS + (
        "?start=2026-10-25T00:30:00.250Z&end=2026-10-25T03:00:00Z"
    )
    # Browsers leave the seconds out where they are 0.
    assert sent(person, form, set_start="2026-10-25T02:30") == url


def test_a_time_with_its_own_zone_is_that_time_and_never_the_one_that_was_shown(person, bare_store):
    choose(person, "Europe/Berlin")
    form = range_form(person, LOGS + DAY)
    assert "start=2026-11-20T20:59:00Z" in sent(person, form, set_start="2026-11-20T20:59:00Z")
    assert form["set_start"] == ["2026-11-20T21:00:00"]
    typed = sent(person, form | {"set_end": [""]}, set_start="2026-11-20T21:00:00Z")
    assert typed == LOGS + "?start=2026-11-20T21:00:00Z"


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("2026-10-25T02:30", "25 Oct 2026, 02:30:00 was there twice in Europe/Berlin"),
        ("2026-03-29T02:30", "29 Mar 2026, 02:30:00 never was in Europe/Berlin"),
    ],
)
def test_a_time_that_is_not_clear_is_an_error_and_selects_nothing(person, wire, typed, words):
    choose(person, "Europe/Berlin")
    wire.forget()
    for headers in ({}, HTMX):
        answer = person.get(LOGS, {"set_zone": "Europe/Berlin", "set_start": typed}, headers=headers)
        assert answer.status_code == 400
        assert words in parse(answer).text
        assert "Say it in UTC" in parse(answer).text
    assert wire.calls == []


@pytest.mark.parametrize("more", [{}, {"set_start": "2026-11-20T20:00"}])
def test_a_zone_of_the_form_that_is_not_known_is_an_error(person, wire, more):
    answer = person.get(LOGS, {"set_zone": "Europe/Berlinn"} | more)
    assert answer.status_code == 400
    assert "Did you mean “Europe/Berlin”?" in parse(answer).one("main").text
    assert wire.calls == []


def test_what_the_form_showed_has_to_be_a_time(person, wire):
    given = {"set_zone": "UTC", "set_start": "2026-11-20T20:00", "set_start_was": "then"}
    answer = person.get(LOGS, given)
    assert answer.status_code == 400
    assert "“set_start_was” takes a UTC time" in parse(answer).one("main").text


def test_the_zone_of_the_form_alone_changes_nothing(person):
    given = {"since": "24h", "provider": "openai", "set_zone": "Asia/Kolkata", "set_start": "", "set_end": ""}
    assert person.get(LOGS, given)["Location"] == LOGS + "?provider=openai&since=24h"


def test_without_a_zone_of_the_form_times_are_utc(person):
    choose(person, "Asia/Kolkata")
    assert person.get(LOGS, {"set_start": "2026-11-20T20:00"})["Location"] == LOGS + "?start=2026-11-20T20:00:00Z"


# --- choosing ---------------------------------------------------------------------------------------------------------


def test_the_page_of_zones_offers_all_and_leads_back(person, wire):
    page = parse(person.get(ZONES + "?next=" + LOGS))
    assert {"UTC", "Asia/Kolkata"} <= {each["value"] for each in page.one("datalist").all("option")}
    form = next(each for each in page.one("main").all("form"))
    answer = person.post(form["action"], fields(form) | {"zone": "asia/kolkata"})
    assert (answer.status_code, answer["Location"]) == (302, LOGS)
    assert person.session["zone"] == "Asia/Kolkata"
    assert wire.calls == []


@pytest.mark.parametrize("given", ["//evil.example/", "https://evil.example/", "javascript:alert(1)"])
def test_the_page_of_zones_leads_to_no_other_site(person, given):
    page = parse(person.get(ZONES, {"next": given}))
    assert page.one("p", class_="crumb").one("a")["href"] == "/"
    assert fields(page.one("main").one("form"))["next"] == ["/"]


def test_the_menu_has_utc_the_last_zone_and_the_way_to_all_others(person):
    here = LOGS + "?provider=openai&since=7d"
    choose(person, "Asia/Kolkata")
    choose(person, "UTC")
    menu = parse(person.get(here)).one(id="zone-menu")
    values = {each["value"]: "aria-current" in each for each in menu.all("button", name="zone")}
    assert values == {"UTC": True, "Asia/Kolkata": False, "": False}
    assert "hidden" in menu.one("li", data_browser_zone=None)  # a script fills it in and shows it
    assert fields(menu.one("form"))["next"] == [here]
    assert parse_qs(urlsplit(menu.one("a")["href"]).query)["next"] == [here]


def test_a_page_that_answers_a_form_says_that_its_zone_stays(person, store):
    page = parse(person.post(LOGS + "annotate-many/", {"id": store.ids("prod-edge")[0]}))
    menu = page.one(id="zone-menu")
    assert "This page answers a form" in menu.text
    assert menu.all("form") == menu.all("a") == []


def test_a_page_that_is_not_there_keeps_the_zone_too(person):
    choose(person, "Asia/Kolkata")
    answer = person.get("/nothing-here/")
    assert answer.status_code == 404
    assert parse(answer).one("button", popovertarget="zone-menu").text == "UTC+5:30"
    assert zone.current() is UTC


def test_a_browser_that_nobody_is_signed_in_with_is_offered_no_zone(client, sandbox):
    assert parse(client.get("/login/")).all(id="zone-menu") == []
    assert client.get(ZONES).status_code == 302


# --- nobody else's ----------------------------------------------------------------------------------------------------


def test_the_zone_ends_with_the_answer(person):
    choose(person, "Asia/Kolkata")
    person.get(LOGS)
    assert zone.current() is UTC


def test_another_person_in_the_same_thread_has_their_own_zone(person, django_user_model):
    other = Client()
    other.force_login(somebody("sam"))
    choose(person, "Asia/Kolkata")
    assert "Time, UTC+5:30" in parse(person.get(LOGS)).one("thead").text
    assert "Time, UTC Status" in parse(other.get(LOGS)).one("thead").text.replace("Select all", "")


def test_the_zone_ends_with_a_view_that_fails(person, monkeypatch):
    choose(person, "Asia/Kolkata")
    person.raise_request_exception = False
    monkeypatch.setattr("gateway_dash.logs.views.list_context", lambda *_: 1 / 0)
    assert person.get(LOGS).status_code == 500
    assert zone.current() is UTC


def test_people_at_the_same_time_in_shared_threads_each_have_their_own_zone():
    names = [*TIMES, "Europe/Berlin"]
    moment = datetime(2026, 11, 20, 20, 45, tzinfo=UTC)
    together = threading.Barrier(len(names))

    def view(_request):
        together.wait(10)
        first = formats.full(moment)
        together.wait(10)
        return HttpResponse(f"{first}|{formats.full(moment)}")

    def answer(request):
        middleware.process_view(request, view, (), {})
        return view(request)

    middleware = TimeZone(answer)

    def ask(name):
        request = RequestFactory().get("/")
        request.session = SessionStore()
        request.session["zone"] = name
        found = middleware(request).text
        return name, found, zone.current()

    expected = {}
    for name in names:
        with zone.told_in(read_zone(name)):
            expected[name] = formats.full(moment)
    with ThreadPoolExecutor(len(names)) as pool:
        for _round in range(5):  # the threads are used again, by somebody else each time
            names = names[1:] + names[:1]
            for name, found, afterwards in pool.map(ask, names):
                assert found == f"{expected[name]}|{expected[name]}"
                assert afterwards is UTC
