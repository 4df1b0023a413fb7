"""Histogram and facets on the list: what they cost, that they are exact, and what they say when they are not."""

from __future__ import annotations

import html
import re
import time
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from django.core.cache import cache

from gateway_dash import upstream
from gateway_dash.gateway.counting import BUCKETS
from gateway_dash.gateway.query import LogQuery
from gateway_dash.logs import facets, steps
from gateway_dash.logs.histogram import counted
from gateway_dash.logs.screen import Screen
from gateway_dash.logs.steps import STEP_CALLS, VIEW_CALLS, Step
from gateway_dash.sandbox import Options, Sandbox, Store
from tests.conftest import GATEWAY, LOGS
from tests.views.corpus import HOSTILE
from tests.views.reading import HTMX, parse
from tests.views.test_hostile import HIDDEN

pytestmark = pytest.mark.django_db

HISTOGRAM = LOGS + "counts/histogram/"
FACET = LOGS + "counts/facet/"


@pytest.fixture
def store():
    store = Store.seeded(450)
    yield store
    store.close()


def strip(answer):
    return parse(answer).one(id="histogram")


def fieldset(answer, label):
    return next(each for each in parse(answer).all("fieldset") if each.one("legend").text.startswith(label))


def numbers(box):
    return {each.one(class_="value").one("bdi").text: each.one(class_="n").text for each in box.all("li")}


def moments(store):
    return {log_id: datetime.fromisoformat(store.get(log_id)["created_at"]) for log_id in store.ids(GATEWAY)}


def counted_on(person, url):
    """A region by its own requests, each the one that the answer before would load by itself; and how many."""
    answers = [person.get(html.unescape(url), headers=HTMX)]
    while waiting := parse(answers[-1]).all(hx_trigger="load, count-on"):
        assert len(answers) < 12, "It never ends."
        answers.append(person.get(waiting[0]["hx-get"], headers=HTMX))
    return answers[-1], len(answers)


def brute(store, url):
    """What a bar's link means, counted row by row."""
    asked = parse_qs(urlsplit(url).query)
    start = datetime.fromisoformat(asked["start"][0])
    end = datetime.fromisoformat(asked["end"][0]) if "end" in asked else datetime.max.replace(tzinfo=UTC)
    rows = [store.get(log_id) for log_id, at in moments(store).items() if start <= at < end]
    return sum(row["success"] for row in rows), sum(not row["success"] for row in rows)


def said_of(bar):
    found = re.search(r": ([\d,]+) ok, ([\d,]+) failed$", bar["aria-label"])
    assert found, bar["aria-label"]
    return tuple(int(each.replace(",", "")) for each in found.groups())


# --- what it costs


def test_a_closed_list_counts_nothing_and_tells_the_price(person, wire):
    answer = person.get(LOGS)
    assert len(wire.sent) == 1
    link = strip(answer).one("a")
    assert link.text == "Count the histogram, 24 calls"
    assert link["href"] == LOGS + "?open=histogram"
    assert not parse(answer).all("svg", role="group")
    assert "open" not in parse(answer).one("details", id="facets")


@pytest.mark.parametrize("query", ["?open=histogram", "?since=24h&open=histogram", "?provider=openai&open=histogram"])
def test_a_histogram_costs_24_calls_and_then_none_for_a_minute(person, wire, query):
    person.get(LOGS + query)
    assert len(wire.sent) == 1 + 24
    assert {each.url.params["per_page"] for each in wire.sent[1:]} == {"1"}
    wire.forget()
    answer = person.get(LOGS + query)
    assert len(wire.sent) == 1
    assert "exact" in strip(answer).one(class_="how").text
    wire.forget()
    assert person.get(HISTOGRAM + query, headers=HTMX).status_code == 200
    assert wire.sent == []


@pytest.mark.parametrize(
    ("query", "price"), [("success=true", 12), ("success__not=true", 12), ("success=true&success=false", 24)]
)
def test_only_the_outcomes_that_the_filter_leaves_are_counted(person, wire, query, price):
    assert f"{price} calls" in strip(person.get(f"{LOGS}?{query}")).text
    wire.forget()
    counted_on(person, f"{HISTOGRAM}?{query}")
    assert len(wire.sent) == price


def test_a_facet_costs_a_call_a_value_and_ten_at_most(person, wire, store):
    for number in range(14):
        store.add({"created_at": datetime.now(UTC).isoformat(), "model": f"model-{number}"})
    link = fieldset(person.get(LOGS + "?open=facets"), "Model").one("a", class_="more")
    assert "10 calls" in link.text
    wire.forget()
    answer, steps = counted_on(person, link["hx-get"])
    assert (len(wire.sent), steps) == (10, 2)
    wire.forget()
    again, steps = counted_on(person, link["hx-get"])
    assert (wire.sent, steps) == ([], 1)
    assert numbers(parse(again)) == numbers(parse(answer))
    wire.forget()
    person.get(link["href"].removesuffix("#facets"))
    assert len(wire.sent) == 1  # the list: the counts were kept


# --- in steps


def test_a_list_asked_by_htmx_costs_one_call_whatever_is_open_beside_it(person, wire):
    answer = person.get(LOGS + "?open=histogram&open=ranges&count=provider", headers=HTMX)
    assert len(wire.sent) == 1
    waiting = parse(answer).all(hx_trigger="load, count-on")
    assert [each.tag for each in waiting] == ["section", "section", "fieldset"]
    assert "counted 0 of 24" in strip(answer).one(class_="how").text
    assert "not counted yet" in strip(answer).all("a", id="bar-1")[0]["aria-label"]


def test_a_step_asks_a_few_calls_and_shows_what_is_known(person, wire):
    answer = person.get(HISTOGRAM, headers=HTMX)
    for known in (6, 12, 18):
        assert len(wire.sent) == known
        assert f"counted {known} of 24" in strip(answer).one(class_="how").text
        answer = person.get(strip(answer)["hx-get"], headers=HTMX)
    assert len(wire.sent) == 24
    assert "exact" in strip(answer).one(class_="how").text
    assert "hx-get" not in strip(answer)


def test_a_step_asked_again_is_not_asked_upstream_again(person, wire):
    first = person.get(HISTOGRAM, headers=HTMX)
    second = strip(first)["hx-get"]
    person.get(second, headers=HTMX)
    assert len(wire.sent) == 12
    wire.forget()
    again = person.get(LOGS + "?open=histogram", headers=HTMX)
    assert "counted 12 of 24" in strip(again).one(class_="how").text
    assert len(wire.sent) == 1


def test_a_filter_that_changes_quickly_costs_one_call_each_time(person, wire):
    for name in ("openai", "anthropic", "groq"):
        person.get(f"{LOGS}?provider={name}&open=histogram", headers=HTMX)
    assert len(wire.sent) == 3


def test_a_step_leaves_the_address_alone_and_a_click_changes_it(person):
    first = person.get(HISTOGRAM, headers=HTMX)
    assert first["HX-Push-Url"] == LOGS + "?open=histogram"
    assert person.get(strip(first)["hx-get"], headers=HTMX)["HX-Push-Url"] == "false"
    assert "data-announce" not in strip(first).one(class_="histo__key")  # only the end is read out
    assert "data-announce" in strip(counted_on(person, HISTOGRAM)[0]).one(class_="histo__key")


def test_steps_end_when_nothing_comes_of_one(person, wire, unbroken):
    wire.instead = lambda _request: httpx.Response(500, json={})
    answer, number = counted_on(person, HISTOGRAM)
    assert number == 1
    assert "Count the rest" in strip(answer).text
    wire.instead = lambda _request: None
    wire.forget()
    at = parse_qs(urlsplit(html.unescape(strip(answer).one("a", hx_target="#histogram")["hx-get"])).query)["at"][0]
    stuck = person.get(f"{HISTOGRAM}?open=histogram&at={at}&done=6", headers=HTMX)  # as many were known before
    assert "hx-get" not in strip(stuck)
    assert len(wire.sent) == 6


def test_a_view_costs_no_more_than_its_number_says(person, wire):
    assert 2 * BUCKETS + facets.VALUES + 1 == VIEW_CALLS
    person.get(LOGS + "?open=histogram&open=ranges&count=model")
    assert 1 + 24 + 1 < len(wire.sent) <= 1 + VIEW_CALLS
    wire.forget()
    cache.clear()
    page = parse(person.get(LOGS + "?open=histogram&open=ranges&count=model", headers=HTMX))
    for each in page.all(hx_trigger="load, count-on"):
        before = len(wire.sent)
        person.get(each["hx-get"], headers=HTMX)
        assert 0 < len(wire.sent) - before <= STEP_CALLS
        counted_on(person, each["hx-get"])
    assert len(wire.sent) <= 1 + VIEW_CALLS


def test_a_whole_page_counts_for_its_part_of_the_time_and_leaves_the_rest_to_a_link(person, wire, monkeypatch):
    def slowly(request):
        if request.url.params["per_page"] == "1":
            time.sleep(0.1)

    wire.instead = slowly
    monkeypatch.setattr(steps, "VIEW_S", 0.35)
    region = strip(person.get(LOGS + "?open=histogram"))
    assert 2 <= len(wire.sent) - 1 < 12
    found = re.search(r"counted (\d+) of 24", region.text)
    assert found
    assert 0 < int(found[1]) < 12
    assert region.one("noscript").one("a")["href"] == LOGS + "?open=histogram"  # without JavaScript
    assert "at=" in region["hx-get"]  # with it
    assert "Stopped" not in region.text
    time.sleep(0.25)  # what was on its way
    number = len(wire.sent)
    time.sleep(0.3)
    assert len(wire.sent) == number, "what was not sent in time is not sent later"
    wire.instead = lambda _request: None
    assert "exact" in strip(counted_on(person, region["hx-get"])[0]).text
    assert len(wire.sent) == 1 + 24


def test_a_step_of_its_own_says_what_it_cost(person):
    key = strip(person.get(HISTOGRAM, headers=HTMX)).one(class_="histo__key").text
    assert re.search(r"6 calls · [\d,]+ ms", key)


def test_the_footer_says_what_came_from_the_cache_and_how_old_it_is(person, sandbox, store, monkeypatch):
    account = upstream.connect(Sandbox(store, Options(budget=1200)))
    monkeypatch.setattr(upstream, "account", lambda: account)
    footer = parse(person.get(LOGS + "?open=histogram")).one("footer", class_="statusbar")
    assert "25 upstream calls" in footer.text
    assert "from cache" not in footer.text
    footer = parse(person.get(LOGS + "?open=histogram")).one("footer", class_="statusbar")
    assert re.search(r"1 upstream call · [\d,]+ ms · 24 from cache \(up to \d+ s old\)", footer.text)
    assert "1,174 of 1,200 left" in footer.text
    assert footer.one("ol").all("li")[-1].text.startswith("24 × count · from cache, up to")


@pytest.mark.parametrize(
    "more",
    ["at=yesterday", "at=2020-01-01T00:00:00Z", "at=2199-01-01T00:00:00Z", "done=-1", "done=1e3", "done=", "at="],
)
def test_a_step_that_cannot_be_read_is_refused(person, wire, more):
    for url in (f"{HISTOGRAM}?{more}", f"{FACET}?count=provider&value=x&{more}"):
        assert (person.get(url, headers=HTMX).status_code, wire.sent) == (400, [])


@pytest.mark.parametrize(
    ("query", "wider"),
    [
        ("start=2026-11-20T10:00:00Z&end=2026-11-20T12:00:00Z", "?start=2026-11-20T09:00:00Z&end=2026-11-20T13:00:00Z"),
        ("start=2020-01-01T00:00:00.250Z&end=2020-01-01T00:00:01Z&model=x",
         "?model=x&start=2019-12-31T23:59:59Z&end=2020-01-01T00:00:02Z"),
        ("since=24h", ""),
        ("end=2026-11-20T12:00:00Z", ""),
        ("start=0002-01-01T00:00:00Z", ""),
    ],
)  # fmt: skip
def test_wider_doubles_the_span(person, query, wider):
    links = strip(person.get(f"{LOGS}?{query}&open=histogram", headers=HTMX)).links()
    assert links.get("Wider", "") == (LOGS + wider + "&open=histogram" if wider else "")


def test_the_form_of_the_brush_keeps_the_list_and_leaves_its_times_to_the_bars(person):
    region = strip(person.get(LOGS + "?model__not=x&since=24h&sort=model&open=histogram", headers=HTMX))
    form = region.one("form", id="brush")
    sent = {each["name"]: each.attributes.get("value") for each in form.all("input")}
    assert sent == {"model__not": "x", "sort": "model", "open": "histogram", "set_start": None, "set_end": None}
    bars = region.all("a", data_start=None)
    assert [each["data-end"] for each in bars[:-1]] == [each["data-start"] for each in bars[1:]]
    assert bars[-1]["data-end"] == ""
    some = {name: value for name, value in sent.items() if value} | {
        "set_start": bars[3]["data-start"], "set_end": bars[5]["data-end"]}  # fmt: skip
    asked = parse_qs(urlsplit(person.get(LOGS, some)["Location"]).query)
    first, last = (parse_qs(urlsplit(bars[at]["href"]).query) for at in (3, 5))
    assert (asked["start"], asked["end"]) == (first["start"], last["end"])
    assert "since" not in asked
    assert asked["open"] == ["histogram"]


# --- exact


@pytest.mark.parametrize("query", ["", "?since=24h", "?since=14d", "?since=7m", "?start=2026-01-01T00:00:00.250Z"])
def test_every_bar_says_what_its_link_lists(person, store, query):
    # Logs on the very edges, where a second more or less would show.
    bars = strip(counted_on(person, HISTOGRAM + query)[0]).all("a", aria_label=None)
    assert len(bars) == 12
    assert [said_of(bar) for bar in bars] == [brute(store, bar["href"]) for bar in bars]
    if query in ("", "?since=14d"):
        assert sum(sum(said_of(bar)) for bar in bars) == len(store.ids(GATEWAY))


def test_a_log_in_the_second_at_an_edge_is_counted_once(person, wire, bare_store):
    start = datetime(2026, 11, 20, tzinfo=UTC)
    for hour in range(13):
        for ms in (0, 1, 999):
            at = start + timedelta(hours=hour, milliseconds=ms)
            bare_store.add({"created_at": at.isoformat(), "success": True})
            bare_store.add({"created_at": (at - timedelta(seconds=1)).isoformat(), "success": False})
    query = "?start=2026-11-20T00:00:00Z&end=2026-11-20T12:00:00Z"
    first = strip(counted_on(person, HISTOGRAM + query)[0])
    assert len(wire.sent) == 24
    assert "upper bounds" in first.one(class_="how").text  # the sandbox's `lt` takes in its second: seen, and said
    cache.clear()  # a minute later
    bars = strip(counted_on(person, HISTOGRAM + query)[0]).all("a", aria_label=None)
    assert [said_of(bar) for bar in bars] == [(3, 3)] * 12
    assert len(wire.sent) == 48


def test_counts_of_values_are_those_of_all_logs(person, store):
    answer = person.get(LOGS + "?cached=false&open=facets&count=provider")
    rows = [store.get(log_id) for log_id in store.ids(GATEWAY)]
    found = numbers(fieldset(answer, "Provider"))
    assert len(found) > 2
    assert found == {name: f"{sum(row['provider'] == name and not row['cached'] for row in rows):,}" for name in found}
    assert "exact" in fieldset(answer, "Provider").one(class_="how").text
    assert fieldset(answer, "Model").one(class_="how").text == "on this page"


def test_a_metadata_pair_is_called_an_upper_bound(person, bare_store):
    for pairs in ({"a": "x", "b": "y"}, {"a": "y", "b": "x"}, {"a": "x", "b": "x"}):
        bare_store.add({"created_at": datetime.now(UTC).isoformat(), "metadata": pairs})
    box = fieldset(person.get(LOGS + "?count=metadata.a"), "a")
    assert numbers(box)["x"] == "up to 3"
    assert "an upper bound" in box.one(class_="how").text


# --- what it says when something is missing


def test_a_low_budget_stops_the_counting_and_the_rest_is_called_partial(person, store, monkeypatch):
    account = upstream.connect(Sandbox(store, Options(budget=310)))
    monkeypatch.setattr(upstream, "account", lambda: account)
    answer = person.get(LOGS + "?open=histogram")
    assert parse(answer).all("tr", data_log_id=None)
    region = strip(answer)
    assert "partial" in region.one(class_="how").text
    assert "Stopped: the budget is low" in region.text
    assert (account.client.budget.left or 0) >= 298


def test_a_failing_count_is_words_in_its_region_and_the_list_stays(person, wire, unbroken):
    wire.instead = lambda request: httpx.Response(500, json={}) if request.url.params.get("per_page") == "1" else None
    answer = person.get(LOGS + "?open=histogram&count=provider")
    assert answer.status_code == 200
    assert len(parse(answer).all("tr", data_log_id=None)) == 50
    assert "partial: 0 of 24 counts" in strip(answer).text
    assert "not counted" in fieldset(answer, "Provider").text
    wire.instead = lambda _request: None
    assert "exact" in strip(counted_on(person, HISTOGRAM)[0]).one(class_="how").text  # no failure is kept


def test_an_upstream_that_ignores_filters_is_not_counted(person, sandbox):
    sandbox.options = Options(budget=None, ignore_filters=True)
    region = strip(person.get(HISTOGRAM + "?provider=openai", headers=HTMX))
    assert "The upstream did not apply the filter" in region.text
    assert "exact" not in region.text


# --- addresses


@pytest.mark.parametrize(
    ("query", "named"),
    [
        ("open=histo", "“open” takes histogram, facets or ranges; “histo” is not one."),
        ("open=", "“open” takes histogram, facets or ranges"),
        ("count=cost", "“count” takes a facet"),
        ("count=provider&count=model", "“count” is given 2 times"),
        ("count=metadata.", "“count” takes a facet"),
    ],
)
@pytest.mark.parametrize("headers", [{}, HTMX])
def test_what_cannot_be_opened_is_refused_by_name(person, wire, query, named, headers):
    answer = person.get(f"{LOGS}?{query}", headers=headers)
    assert (answer.status_code, wire.sent) == (400, [])
    assert named in html.unescape(answer.content.decode())


@pytest.mark.parametrize(
    "query",
    ["count=provider", "count=success&value=maybe", "value=x", "count=model" + "&value=x" * 11, "count=model&value="],
)
def test_a_facet_without_values_that_can_be_asked_is_refused(person, wire, query):
    assert person.get(f"{FACET}?{query}", headers=HTMX).status_code == 400
    assert wire.sent == []


def test_a_region_without_htmx_is_the_list_with_it(person, wire):
    answer = person.get(HISTOGRAM + "?provider=openai")
    assert (answer.status_code, answer["Location"]) == (302, LOGS + "?provider=openai&open=histogram")
    answer = person.get(FACET + "?page=2&count=provider&value=openai")
    assert answer["Location"] == LOGS + "?page=2&open=facets&count=provider"
    assert wire.sent == []


def test_a_region_alone_says_the_address_of_the_list_with_it(person):
    answer = person.get(HISTOGRAM + "?provider=openai&page=2", headers=HTMX)
    assert answer["HX-Push-Url"] == LOGS + "?provider=openai&page=2&open=histogram"
    assert [each["id"] for each in parse(answer).all("section")] == ["histogram"]
    answer = person.get(FACET + "?count=provider&value=openai", headers=HTMX)
    assert answer["HX-Push-Url"] == LOGS + "?open=facets&count=provider"
    assert len(parse(answer).all("fieldset")) == 1


def test_open_facets_stay_open_behind_every_link_to_a_list(person):
    page = parse(person.get(LOGS + "?provider=openai&open=facets"))
    own = [each for each in page.one(id="results").all("a", href=None) if "data-copy-link" not in each]
    links = [each["href"] for each in own if each["href"].startswith(LOGS + "?")]
    closed = [each for each in links if "open=facets" not in each]
    assert len(links) > 50
    assert closed == []
    assert "open" in page.one("details", id="facets")
    answer = person.get(LOGS + "?open=facets&set_key=model&set_op=&set_value=gpt")
    assert answer["Location"] == LOGS + "?model=gpt&open=facets"


def test_include_and_exclude_lead_to_the_list_with_and_without(person):
    page = person.get(LOGS + "?provider=openai&provider=anthropic&model__not=x&open=facets")
    first = fieldset(page, "Provider").all("li")[0]
    name = first.one("bdi").text
    other = ({"openai", "anthropic"} - {name}).pop()
    assert first.one("a", class_="value")["href"] == f"{LOGS}?model__not=x&provider={name}&open=facets"
    assert first.one("a", class_="not")["href"] == f"{LOGS}?provider={other}&model__not=x&open=facets"
    model = fieldset(page, "Model").all("li")[0]
    assert "model__not=x&model__not=" in model.one("a", class_="not")["href"]


def test_hostile_values_are_text_in_facets(person, bare_store, subtests):
    for name, text in HOSTILE.items():
        with subtests.test(name):
            bare_store.delete(bare_store.ids())
            clean = text.encode("utf-8", "replace").decode()
            row = {"provider": clean, "model": clean, "metadata": {clean[:90]: clean, "k": clean}}
            bare_store.add({"id": "one", "created_at": datetime.now(UTC).isoformat(), **row})
            for url in (LOGS + "?open=facets&count=model", LOGS + "?open=histogram"):
                answer = person.get(url)
                assert answer.status_code == 200
                box = parse(answer).one("details", id="facets")
                allowed = {"details", "summary", "svg", "use", "span", "fieldset", "legend", "ul", "li", "a", "bdi",
                           "rect", "div", "p", "b", "section", "h2"}  # fmt: skip
                assert {each.tag for each in box.walk()} <= allowed
                for each in box.walk():
                    assert not [key for key in each.attributes if key.startswith("on") and key != "open"]
                    assert not HIDDEN.search("".join(value or "" for value in each.attributes.values()))
                    assert str(each.attributes.get("href", LOGS)).startswith((LOGS, "/static/icons.svg#"))
                assert not HIDDEN.search(box.raw_text)
                assert all("hx-disable" in each for each in box.all("ul"))


def test_two_views_of_the_same_minute_share_their_counts(person, sandbox, wire):
    query = LogQuery()
    first = counted(GATEWAY, query, Screen(LOGS), Step.with_the_list())
    wire.forget()
    other = LogQuery(sort="model", per_page=20, page=3)  # neither the order nor the pages change a count
    assert counted(GATEWAY, other, Screen(LOGS), Step.with_the_list()).ok == first.ok
    assert counted(GATEWAY, query, Screen(LOGS), Step.with_the_list()).bars == first.bars
    assert wire.sent == []


@pytest.mark.parametrize("open_", ["", "?open=facets", "?open=facets&count=feedback"])
def test_values_that_no_filter_can_hold_are_shown_and_break_nothing(person, store, open_):
    """Rows hold what they like: half a verdict, texts for numbers, lists in metadata."""
    odd = [0.5, -0.25, 7, "up", True, [1], {"a": 1}, 10**40, ""]
    for number, value in enumerate(odd):
        row = {"gateway_id": "prod-edge", "id": f"odd-{number}", "feedback": value if number < 3 else None}
        store.add(row | {"provider": str(value), "model": str(value), "metadata": {"k": str(value), "n": number / 3}})
    answer = person.get(LOGS + open_)
    assert answer.status_code == 200
    assert "0.5" in answer.text
