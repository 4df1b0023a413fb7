"""/gateways/<gateway>/logs/"""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from gateway_dash.sandbox.gateways import gateway
from gateway_dash.team.roles import READER
from tests.conftest import LOGS
from tests.people import only
from tests.views.reading import HTMX, ids, parse

pytestmark = pytest.mark.django_db


def query_of(url):
    return parse_qs(urlsplit(url).query, keep_blank_values=True)


def heading(answer):
    return parse(answer).one(id="list-h").text


def many(store, count, **row):
    start = datetime.now(UTC) - timedelta(hours=5)
    for number in range(count):
        at = (start + timedelta(seconds=number)).isoformat()
        store.add({"id": f"many-{number:04}", "created_at": at, "provider": "mistral", **row})


# --- what is shown


def test_the_newest_logs_come_first_in_the_results(person, store):
    answer = person.get(LOGS)
    assert answer.status_code == 200
    assert ids(answer) == store.ids("prod-edge")[::-1][:50]
    assert heading(answer) == "All calls"


def test_the_default_list_costs_one_call(person, wire):
    answer = person.get(LOGS)
    assert wire.calls == ["GET /prod-edge/logs"]
    assert "1 upstream call " in parse(answer).one("footer", class_="statusbar").text
    assert dict(wire.sent[0].url.params) == {
        "page": "1",
        "per_page": "50",
        "order_by": "created_at",
        "order_by_direction": "desc",
    }


@pytest.mark.parametrize(
    ("query", "calls"),
    [
        ("?provider=openai&model__contains=gpt&cost__gt=0", 1),
        ("?since=24h", 1),
        ("?metadata.tenant=acme", 1),
        ("?start=2026-11-01T00:00:00Z", 1),
        ("?start=2026-11-01T00:00:00.250Z", 2),  # the second that the start cuts through
        ("?end=2026-11-20T00:00:00Z", 2),  # the second at the end: whether `lt` takes it in is not published
        ("?start=2026-11-01T00:00:00.250Z&end=2026-11-20T00:00:00Z", 3),
        ("?page=2&as_of=2026-11-23T10:00:00.500Z", 2),
        ("?provider=nobody", 2),  # an empty list proves nothing: the gateway itself is asked
    ],
)
def test_what_a_list_costs(person, wire, query, calls):
    assert person.get(LOGS + query).status_code == 200
    assert len(wire.sent) == calls


def test_filters_go_out_as_one_json_parameter(person, wire):
    person.get(LOGS + "?provider=openai&provider=anthropic&cached__not=true")
    params = wire.sent[0].url.params
    assert params.get_list("filters") == [
        '[{"key":"provider","operator":"eq","value":["openai","anthropic"]},'
        '{"key":"cached","operator":"neq","value":[true]}]'
    ]
    assert set(params) == {"page", "per_page", "order_by", "order_by_direction", "filters"}


def test_the_heading_says_the_filter_as_a_sentence(person):
    answer = person.get(LOGS + "?provider=openai&cached__not=true&since=24h")
    assert heading(answer) == "Calls from openai, not answered from cache, in the last 24 hours"
    assert parse(answer).one("title").text == f"{heading(answer)} · Gateway Dash"


def test_a_row_opens_its_log_with_the_list_in_its_address(person):
    answer = person.get(LOGS + "?provider=openai&per_page=20")
    row = parse(answer).all("tr", data_log_id=ids(answer)[0])[0]
    assert row.one(class_="c-time").all("a")[0]["href"] == f"{LOGS}{ids(answer)[0]}/?provider=openai&per_page=20"


def test_unknown_is_not_zero(person, bare_store):
    bare_store.add({"id": "zero", "cost": 0, "tokens_in": 0, "tokens_out": 0})
    bare_store.add({"id": "none", "tokens_in": None, "tokens_out": None})
    page = parse(person.get(LOGS))
    assert page.one("tr", data_log_id="zero").one(class_="c-cost").all("span")[0].text == "$0"
    assert page.one("tr", data_log_id="none").one(class_="c-cost").text == "unknown"
    assert page.one("tr", data_log_id="none").one(class_="c-tok").text == "unknown"


def test_log_text_stands_where_htmx_is_switched_off(person):
    page = parse(person.get(LOGS))
    assert "hx-disable" in page.one("table", class_="logs").one("tbody")


# --- filters


def test_a_filter_we_cannot_read_selects_nothing(person):
    answer = person.get(LOGS + "?providr=openai")
    assert answer.status_code == 400
    assert "Did you mean “provider”?" in answer.text
    assert "data-log-id" not in answer.text


@pytest.mark.parametrize(
    "query",
    [
        "?provider=",
        "?per_page=100",
        "?page=0",
        "?page=²",
        "?page=1&page=2",
        "?sort=cost",
        "?since=yesterday",
        "?since=1h&start=2026-11-01T00:00:00Z",
        "?start=2026-11-02T00:00:00Z&end=2026-11-01T00:00:00Z",
        "?cost__gt=1&cost__gt=2",
        "?cost__gt=nan",
        "?tokens_in__lt=1e3",
        "?metadata.user__not=42",
        "?filters=[]",
        "?filters.key=provider",
        "?direction=asc",
        "?provider=a%00b",
        "?id=" + "x" * 501,
        "?" + "&".join(f"metadata.k{number}=1" for number in range(21)),
        "?" + "&".join(f"provider=p{number}" for number in range(51)),
        "?set_key=providr&set_value=x",
        "?set_start=tomorrow",
    ],
)
def test_what_cannot_be_read_is_refused_without_a_call(person, wire, query):
    answer = person.get(LOGS + query)
    assert answer.status_code == 400
    assert wire.sent == []


def test_a_chip_leads_to_the_list_without_it_and_to_its_opposite(person):
    page = parse(person.get(LOGS + "?provider=openai&cached=true&page=2&as_of=2026-11-23T10:00:00Z"))
    provider, cached = page.all("li", class_="chip")
    assert provider.one("b").text == "openai"
    assert [each["href"] for each in provider.all("a")] == [
        LOGS + "?provider__not=openai&cached=true",
        LOGS + "?cached=true&off=provider:openai",
        LOGS + "?cached=true",
    ]
    assert [each["href"] for each in cached.all("a")][2] == LOGS + "?provider=openai"


def test_a_bound_has_no_opposite(person):
    page = parse(person.get(LOGS + "?cost__gt=0.01"))
    assert [each["href"] for each in page.one("li", class_="chip").all("a")] == [LOGS + "?off=cost:%3E0.01", LOGS]


def test_a_metadata_pair_is_checked_row_by_row(person, bare_store):
    bare_store.add({"id": "pair", "metadata": {"user": "u-1", "agent": "x"}})
    bare_store.add({"id": "apart", "metadata": {"user": "u-2", "agent": "u-1"}})  # the API would take it for the same
    answer = person.get(LOGS + "?metadata.user=u-1")
    assert ids(answer) == ["pair"]
    assert "1 row of this page is left out" in parse(answer).text


def test_the_total_of_a_pair_is_called_an_upper_bound_until_all_was_seen(person, store, bare_store):
    many(bare_store, 25, metadata={"user": "u-1"})
    more = parse(person.get(LOGS + "?metadata.user=u-1&per_page=20")).one(class_="sub")
    assert "up to 25 logs" in more.text
    assert "upper bound" in more.text
    seen = parse(person.get(LOGS + "?metadata.user=u-1")).one(class_="sub")
    assert seen.text == "25 logs exact"


def test_a_metadata_cell_leads_to_the_logs_that_share_it(person, bare_store):
    bare_store.add({"id": "m", "metadata": {"user id": 42, "ok": True}})
    row = parse(person.get(LOGS + "?provider=openai")).one("tr", data_log_id="m")
    lists = [person.get(each["href"])["Location"] for each in row.all("a", class_="kv")]
    assert lists == [LOGS + "?provider=openai&metadata.user%20id=42", LOGS + "?provider=openai&metadata.ok=true"]
    for link in lists:
        assert ids(person.get(link)) == ["m"]


def test_an_upstream_that_ignores_filters_is_named_and_deletion_is_off(person, store, sandbox):
    sandbox.options = replace(sandbox.options, ignore_filters=True)
    answer = person.get(LOGS + "?provider=anthropic")
    page = parse(answer)
    assert "The upstream did not apply the filter" in page.one(class_="is-err", role="alert").text
    assert ids(answer)
    assert all(store.get(each)["provider"] == "anthropic" for each in ids(answer))
    assert not page.all(class_="selbar")
    assert not page.all("button", class_="btn--danger")


# --- pages and sizes


def test_pages_add_up_to_the_exact_total(person, bare_store):
    many(bare_store, 107)
    first = person.get(LOGS + "?provider=mistral&per_page=20")
    page = parse(first)
    assert page.one(class_="sub").text == "107 logs exact"
    assert page.one("nav", class_="pager").all("span")[0].text == "1–20 of 107"
    seen = ids(first)
    while following := page.all("a", rel="next"):
        answer = person.get(following[0]["href"])
        page = parse(answer)
        seen += ids(answer)
    assert seen == [f"many-{number:04}" for number in reversed(range(107))]
    assert page.one("nav", class_="pager").all("span")[0].text == "101–107 of 107"


def test_later_pages_are_pinned_so_that_arriving_logs_move_nothing(person, bare_store):
    many(bare_store, 45)
    link = parse(person.get(LOGS + "?per_page=20")).one("a", rel="next")["href"]
    assert set(query_of(link)) == {"per_page", "page", "as_of"}
    for number in range(30):
        bare_store.add({"id": f"late-{number}"})
    answer = person.get(link)
    assert ids(answer) == [f"many-{number:04}" for number in range(24, 4, -1)]
    assert parse(answer).one(class_="sub").text.startswith("45 logs exact as of")
    back = parse(answer).one("a", rel="prev")["href"]
    assert ids(person.get(back))[0].startswith("late-")  # the first page is read afresh


def test_a_relative_range_stands_still_on_later_pages(person, bare_store):
    many(bare_store, 45)
    link = parse(person.get(LOGS + "?since=24h&per_page=20")).one("a", rel="next")["href"]
    assert {"since", "start", "as_of"} <= set(query_of(link))
    answer = person.get(link)
    assert answer.status_code == 200
    assert len(ids(answer)) == 20
    assert heading(answer) == "Calls in the last 24 hours"


@pytest.mark.parametrize(("query", "rows"), [("", 50), ("?per_page=20", 20), ("?per_page=50", 50)])
def test_a_page_has_20_or_50_logs(person, bare_store, query, rows):
    many(bare_store, 60)
    answer = person.get(LOGS + query)
    assert len(ids(answer)) == rows
    sizes = parse(answer).one(role="group", aria_label="Logs on a page")
    assert sizes.one("a", aria_current="true").text == f"{rows} on a page"


def test_the_pager_shows_first_last_and_near_pages(person, bare_store):
    many(bare_store, 205)
    page = parse(person.get(LOGS + "?per_page=20&page=6"))
    shown = [each.text for each in page.one("nav", class_="pager").one("ol").all("li")][1:-1]
    assert shown == ["Page 1", "…", "Page 4", "Page 5", "Page 6", "Page 7", "Page 8", "…", "Page 11"]


# --- sorts


def test_a_column_sorts_and_turns_round(person, store):
    heads = parse(person.get(LOGS + "?cached=false")).one("thead")
    assert heads.links()["model"] == LOGS + "?cached=false&sort=model"
    answer = person.get(LOGS + "?sort=model")
    models = [store.get(each)["model"] for each in ids(answer)]
    assert models == sorted(models)
    heads = parse(answer).one("thead")
    assert heads.one("th", class_="c-model")["aria-sort"] == "ascending"
    assert heads.links()["model"] == LOGS + "?sort=-model"
    backwards = [store.get(each)["model"] for each in ids(person.get(LOGS + "?sort=-model"))]
    assert backwards == sorted(backwards, reverse=True)


def test_the_first_click_on_time_turns_the_default_round(person, store):
    assert parse(person.get(LOGS)).one("thead").links()["Time, UTC"] == LOGS + "?sort=created_at"
    answer = person.get(LOGS + "?sort=created_at")
    assert ids(answer) == store.ids("prod-edge")[:50]
    assert parse(answer).one("thead").links()["Time, UTC"] == LOGS


# --- the small forms of the page


@pytest.mark.parametrize(
    ("given", "canonical"),
    [
        ("?set_key=provider&set_op=&set_value=openai", "?provider=openai"),
        ("?provider=openai&set_key=provider&set_op=&set_value=groq", "?provider=openai&provider=groq"),
        ("?provider=openai&set_key=cost&set_op=__gt&set_value=0.10", "?provider=openai&cost__gt=0.1"),
        ("?cost__gt=0.5&set_key=cost&set_op=__gt&set_value=1", "?cost__gt=1"),
        ("?page=3&as_of=2026-11-23T10:00:00Z&set_search=c-102", "?search=c-102"),
        ("?search=old&set_search=", ""),
        (
            "?since=24h&set_start=2026-11-01T00:00:00&set_end=2026-11-02T00:00",
            "?start=2026-11-01T00:00:00Z&end=2026-11-02T00:00:00Z",
        ),
        ("?set_key=metadata_value&set_op=__contains&set_value=a%26b%3D", "?metadata_value__contains=a%26b%3D"),
        ("?provider=openai&set_key=model&set_op=&set_value=", "?provider=openai"),
    ],
)
def test_a_form_leads_to_the_one_spelling_of_its_list(person, wire, given, canonical):
    answer = person.get(LOGS + given)
    assert (answer.status_code, answer["Location"]) == (302, LOGS + canonical)
    assert wire.sent == []


def test_a_form_sent_by_htmx_is_answered_at_once_with_the_same_spelling(person):
    answer = person.get(LOGS + "?set_key=provider&set_op=&set_value=openai", headers=HTMX)
    assert answer.status_code == 200
    assert answer["HX-Push-Url"] == LOGS + "?provider=openai"


def test_the_forms_carry_the_rest_of_the_query(person):
    page = parse(person.get(LOGS + "?provider=openai&search=x&since=24h&per_page=20"))
    menu = page.one(id="filter-menu").all("form")[0]
    hidden = [(each["name"], each["value"]) for each in menu.all("input", type="hidden")]
    assert hidden == [("provider", "openai"), ("since", "24h"), ("search", "x"), ("per_page", "20")]


# --- fragment, page, history


def test_htmx_gets_the_results_alone_and_the_servers_spelling_of_the_address(person):
    answer = person.get(LOGS + "?per_page=50&page=1&sort=-created_at&provider=openai", headers=HTMX)
    assert answer["HX-Push-Url"] == LOGS + "?provider=openai"
    assert "<!doctype html>" not in answer.text
    assert answer.text.startswith("<title>Calls from openai · Gateway Dash</title>")
    assert [each["id"] for each in parse(answer).children if not isinstance(each, str) and "id" in each] == ["results"]


def test_page_and_fragment_say_the_same(person, bare_store):
    many(bare_store, 12)
    page, fragment = person.get(LOGS + "?sort=model"), person.get(LOGS + "?sort=model", headers=HTMX)
    assert ids(page) == ids(fragment)
    assert parse(page).one(id="results").one(class_="head").text == parse(fragment).one(class_="head").text


def test_going_back_in_history_gets_the_whole_page(person):
    answer = person.get(LOGS, headers={**HTMX, "HX-History-Restore-Request": "true"})
    assert "<!doctype html>" in answer.text
    assert len(parse(answer).all("html")) == 1


def test_an_error_leaves_the_address_as_it_is(person):
    answer = person.get(LOGS + "?providr=openai", headers=HTMX)
    assert (answer.status_code, answer["HX-Push-Url"]) == (400, "false")
    assert parse(answer).one(id="notice").text
    assert not parse(answer).all("html")


@pytest.mark.parametrize("headers", [{}, HTMX])
def test_a_cache_never_takes_a_fragment_for_its_page(person, headers):
    answer = person.get(LOGS, headers=headers)
    assert {each.strip() for each in answer["Vary"].split(",")} >= {"HX-Request", "Cookie"}
    assert answer["Cache-Control"] == "no-store"


# --- nothing to show


def test_no_match_offers_to_take_the_filters_away(person):
    page = parse(person.get(LOGS + "?provider=nobody"))
    assert page.one(class_="empty").one("h2").text == "No logs match"
    assert page.one(class_="empty").links() == {"Remove “Provider is nobody”": LOGS, "All logs": LOGS}


def test_a_gateway_without_logs_says_where_they_may_be(person, bare_store):
    page = parse(person.get(LOGS))
    assert page.one(class_="empty").one("h2").text == "This gateway has no logs"
    assert "saves logs" in page.one(class_="empty").text
    assert "Workers Observability" in page.one(class_="empty").text


def test_a_gateway_that_does_not_collect_says_so(person, bare_store):
    page = parse(person.get("/gateways/staging/logs/"))
    assert "saving of logs is turned off" in page.one(class_="empty").text


def test_a_page_past_the_end_says_how_many_there_are(person, bare_store):
    many(bare_store, 45)
    answer = person.get(LOGS + "?page=9&per_page=20")
    page = parse(answer)
    assert answer.status_code == 200
    assert page.one(class_="empty").text.startswith("There is no page 9 45 logs match, on 3 pages.")
    assert page.one("nav", class_="pager").all("a", aria_current="true") == []


def test_a_gateway_that_does_not_exist_is_a_404_that_names_it(person, wire):
    answer = person.get("/gateways/prod-edgy/logs/")
    assert answer.status_code == 404
    assert "This account has no gateway “prod-edgy”" in answer.text
    assert wire.calls == ["GET /prod-edgy/logs", "GET /prod-edgy"]


@pytest.mark.parametrize("name", ["Prod-Edge", "-x", "x" * 65, "a%2fb", "..", "a.b", "%2e%2e", "prod-edge%3Fpage=2"])
def test_a_name_that_no_gateway_can_have_asks_nobody(person, wire, name):
    assert person.get(f"/gateways/{name}/logs/").status_code == 404
    assert wire.sent == []


def test_a_gateway_without_a_total_is_counted_by_what_was_seen(person, wire):
    wire.instead = lambda _request: httpx.Response(
        200, json={"success": True, "result": [{"id": "a", "created_at": "2026-11-23T10:00:00Z"}], "errors": None}
    )
    assert parse(person.get(LOGS)).one(class_="sub").text == "1 log exact"


# --- rows that do not fit


def test_a_row_that_does_not_fit_degrades_and_the_page_goes_on(person, wire):
    odd = [
        {"id": "a", "created_at": "2026-11-23T10:00:00Z", "duration": "soon", "model": ["x"], "tokens_in": {}},
        {"id": "b", "created_at": "not a time"},
        {"id": "c"},
        {"created_at": "2026-11-23T10:00:00Z"},
        {"id": "../../x?y#z", "created_at": "2026-11-23T10:00:00Z"},
        {"id": "d", "created_at": "0001-01-01T00:00:00Z", "duration": 1e308, "tokens_out": 10**40, "cost": -1},
        {"id": "e", "created_at": "2026-11-23T10:00:00Z", "duration": -1e308, "status_code": -5, "score": 1e300},
        {
            "id": "f",
            "created_at": "9999-12-31T23:59:59.999Z",
            "duration": 10**300,
            "tokens_in": 10**300,
            "step": 10**300,
        },
        {"id": "g", "created_at": "0001-01-02T00:00:00+05:00", "status_code": 10**300, "feedback": 10**300},
        {"id": "h", "created_at": "9999-12-30T23:59:59-05:00", "score": 10**300, "cost": 10**300},
        {"id": "i", "created_at": "2026-11-23T10:00:00Z", "metadata": '{"half": "\\ud800", "no": NaN, "deep": [[]]}'},
        "no row",
        None,
    ]
    wire.instead = lambda _request: httpx.Response(
        200, json={"success": True, "result": odd, "result_info": {"total_count": len(odd)}}
    )
    answer = person.get(LOGS)
    assert answer.status_code == 200
    assert len(ids(answer)) == len(odd)
    for kind in ("csv", "json", "jsonl"):
        assert person.get(f"/gateways/prod-edge/logs.{kind}").status_code == 200
    for number, found in enumerate(odd[:14]):
        wire.instead = lambda _request, found=found: httpx.Response(200, json={"success": True, "result": found})
        log_id = found.get("id") if isinstance(found, dict) else ""
        if log_id and log_id.isalnum():
            assert person.get(f"{LOGS}{log_id}/").status_code == 200, number
    assert "partly unreadable" in parse(answer).one("tr", data_log_id="a").text
    traversing = parse(answer).one("tr", data_log_id="../../x?y#z")
    assert not traversing.one(class_="c-time").all("a")
    assert not traversing.all("input")


def test_a_gateway_with_an_odd_name_is_still_only_itself(person, store):
    store.add_gateway(gateway("a_b-c"))
    store.add({"gateway_id": "a_b-c", "id": "inside"})
    assert ids(person.get("/gateways/a_b-c/logs/")) == ["inside"]


# --- links to keep


def link_to_copy(answer):
    actions = next(each for each in parse(answer).all("div", class_="btns") if each.all("a", data_copy_link=None))
    return actions.one("a", data_copy_link=None)


def test_a_relative_list_is_copied_with_fixed_times_and_says_which(person):
    before = datetime.now(UTC).replace(microsecond=0)
    answer = person.get(LOGS + "?provider=openai&since=24h")
    link = link_to_copy(answer)
    query = query_of(link["href"])
    assert set(query) == {"provider", "start", "end"}
    start, end = (datetime.fromisoformat(query[name][0]) for name in ("start", "end"))
    assert before <= end <= datetime.now(UTC) + timedelta(milliseconds=1)
    assert timedelta(0) <= end - start - timedelta(hours=24) <= timedelta(seconds=1, milliseconds=1)
    told = f"{start.day} {start:%b %H:%M} to {end.day} {end:%b %H:%M} UTC"
    assert link["data-copied"] == f"Copied; times are fixed: {told}"
    assert ids(person.get(link["href"])) == ids(answer)
    menu = parse(answer).one(id="link-menu").links()
    assert menu["Permanent link, with fixed times"] == link["href"]
    assert menu["Link that stays relative"] == LOGS + "?provider=openai&since=24h"


def test_logs_that_come_later_are_not_in_the_copied_list(person, store):
    for url in (LOGS, LOGS + "?since=7d"):
        answer = person.get(url)
        now = datetime.now(UTC)
        store.add({"id": f"late-{len(url)}", "created_at": (now + timedelta(milliseconds=5)).isoformat()})
        assert ids(person.get(link_to_copy(answer)["href"])) == ids(answer)


def test_a_log_dated_after_our_clock_is_in_the_copied_list(person, store):
    store.add({"id": "ahead", "created_at": (datetime.now(UTC) + timedelta(seconds=3)).isoformat()})
    answer = person.get(LOGS)
    assert ids(answer)[0] == "ahead"
    assert ids(person.get(link_to_copy(answer)["href"])) == ids(answer)


@pytest.mark.parametrize("sort", ["", "&sort=created_at"])
def test_a_copied_page_stays_the_same_page(person, store, sort):
    many(store, 70)
    url = LOGS + "?provider=mistral&per_page=20" + sort
    third = next(each["href"] for each in parse(person.get(url)).one("nav", class_="pager").all("a")
                 if "page=3" in each["href"])  # fmt: skip
    answer = person.get(third)
    link = link_to_copy(answer)
    assert set(query_of(link["href"])) == {"provider", "per_page", "page", "end"} | ({"sort"} if sort else set())
    assert "as_of" not in parse(answer).one(id="link-menu").links()["Link that stays relative"]
    store.add({"id": "new", "provider": "mistral", "created_at": datetime.now(UTC).isoformat()})
    assert ids(person.get(link["href"])) == ids(answer)


def test_a_list_with_fixed_times_is_copied_as_it_is(person):
    url = LOGS + "?start=2026-11-20T00:00:00Z&end=2026-11-21T00:00:00Z"
    answer = person.get(url)
    assert (link_to_copy(answer)["href"], link_to_copy(answer)["data-copied"]) == (url, "")
    assert "Link that stays relative" not in parse(answer).one(id="link-menu").links()
    only(READER)  # who may not share either
    assert parse(person.get(url)).all(id="link-menu") == []


def test_what_is_said_of_a_copied_link_is_told_in_the_zone_and_the_link_in_utc(person):
    person.post("/preferences/", {"zone": "Asia/Kolkata"})
    link = link_to_copy(person.get(LOGS + "?start=2024-11-20T20:00:00Z&as_of=2024-11-20T21:30:00.250Z"))
    assert link["href"] == LOGS + "?start=2024-11-20T20:00:00Z&end=2024-11-20T21:30:00.250Z"
    assert link["data-copied"] == "Copied; times are fixed: 21 Nov 2024 01:30 to 21 Nov 2024 03:00 UTC+5:30"


def test_a_list_of_all_time_is_fixed_up_to_now(person):
    assert link_to_copy(person.get(LOGS))["data-copied"].startswith("Copied; times are fixed: up to ")
