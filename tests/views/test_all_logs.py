"""/logs/"""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from gateway_dash.sandbox.gateways import gateway
from tests.conftest import LOGS
from tests.views.corpus import HOSTILE
from tests.views.reading import HTMX, fields, ids, parse

pytestmark = pytest.mark.django_db

URL = "/logs/?gateway=prod-edge&gateway=staging"
BEGIN = datetime(2026, 11, 20, 10, 0, tzinfo=UTC)


def query_of(url):
    return parse_qs(urlsplit(url).query, keep_blank_values=True)


def fill(store, **counts):
    """Logs that alternate between the gateways: of each one a second."""
    for name, count in counts.items():
        for number in range(count):
            at = (BEGIN + timedelta(seconds=number, milliseconds=len(name))).isoformat()
            store.add({"id": f"{name[:2]}-{number:03}", "gateway_id": name.replace("_", "-"), "created_at": at})


def link(answer, words):
    found = [each for each in parse(answer).one("nav", class_="pager").all("a") if words in each.text]
    return found[0]["href"] if found else None


def rows(answer):
    return parse(answer).one("table", class_="logs").one("tbody").all("tr")


def refusing(status, name="staging"):
    said = {"success": False, "errors": [{"code": 10000, "message": "It is said so."}], "result": None}
    return lambda request: httpx.Response(status, json=said) if f"/{name}/" in request.url.path else None


# --- what is shown


def test_logs_of_several_gateways_come_by_time_and_say_whose_they_are(person, bare_store):
    fill(bare_store, prod_edge=3, staging=3)
    answer = person.get(URL)
    assert ids(answer) == ["pr-002", "st-002", "pr-001", "st-001", "pr-000", "st-000"]
    assert [row.one(class_="c-gw").one(class_="fit").text for row in rows(answer)] == ["prod-edge", "staging"] * 3
    assert [each.text for each in parse(answer).one("thead").all("th")][:3] == ["Time, UTC", "Gateway", "Status"]


def test_the_other_direction_is_by_time_too(person, bare_store):
    fill(bare_store, prod_edge=3, staging=3)
    assert ids(person.get(URL + "&sort=created_at")) == ["st-000", "pr-000", "st-001", "pr-001", "st-002", "pr-002"]


def test_each_gateway_says_its_total_and_the_sum_is_exact(person, bare_store):
    fill(bare_store, prod_edge=60, staging=33)
    page = parse(person.get(URL))
    assert page.one(id="shares").text == "prod-edge 60 · staging 33"
    assert "93 logs exact" in page.all("p", class_="sub")[0].text
    assert page.one(id="shares").links() == {"prod-edge": LOGS, "staging": "/gateways/staging/logs/"}


def test_the_topbar_says_how_many_gateways_these_are(person):
    where = parse(person.get(URL)).one("header", class_="topbar").one(class_="where")
    assert "2 gateways" in where.text
    assert where.all("a")[0]["title"] == "prod-edge, staging"


def test_what_belongs_to_one_gateway_is_not_offered_and_it_is_said_where_it_is(person, store):
    page = parse(person.get(URL)).one(id="results")
    assert not page.all("input", type="checkbox")
    assert not page.all(class_="c-pick")
    assert not page.all("form", method="post")
    assert not page.all(id="export-menu")
    assert not page.all(class_="histo")
    told = page.one(class_="tablebar")
    assert "To select, delete, export or count, open the list of one: prod-edge, staging" in told.text
    assert told.links()["staging"] == "/gateways/staging/logs/"


def test_only_the_time_sorts(person):
    heads = parse(person.get(URL)).one("thead")
    assert [each.text for each in heads.all("a")] == ["Time, UTC"]


# --- what it costs


def test_the_first_page_costs_one_call_for_each_gateway(person, wire, store):
    person.get(URL + "&gateway=support-bot")
    assert sorted(wire.calls) == ["GET /prod-edge/logs", "GET /staging/logs", "GET /support-bot/logs"]


def test_a_range_that_cuts_a_second_costs_one_more_for_each(person, wire, bare_store):
    fill(bare_store, prod_edge=60, staging=60)
    person.get(URL + "&start=2026-11-20T10:00:10.250Z")
    assert sorted(wire.calls) == ["GET /prod-edge/logs"] * 2 + ["GET /staging/logs"] * 2


def test_an_empty_gateway_is_asked_for_itself(person, wire, bare_store):
    fill(bare_store, prod_edge=2)
    page = parse(person.get(URL))
    assert sorted(wire.calls) == ["GET /prod-edge/logs", "GET /staging", "GET /staging/logs"]
    assert "staging has no logs. It exists, but saving of logs is turned off" in page.one(id="results").text


def test_a_later_page_costs_the_cut_second_and_at_most_two_lists_of_each(person, wire, bare_store):
    fill(bare_store, prod_edge=160, staging=160)
    for name, limit in (("Older", 3), ("Older", 3), ("Newer", 3)):
        older = link(person.get(URL), "Older")
        for _step in range(3):
            older = link(person.get(older), name) if name == "Older" else older
        wire.forget()
        person.get(older)
        assert max(wire.calls.count(f"GET /{each}/logs") for each in ("prod-edge", "staging")) <= limit


# --- from page to page


def test_older_and_newer_lead_forth_and_back_over_the_same_rows(person, bare_store):
    fill(bare_store, prod_edge=70, staging=45)
    forth = [person.get(URL + "&per_page=20")]
    while older := link(forth[-1], "Older"):
        forth.append(person.get(older))
    seen = [each for answer in forth for each in ids(answer)]
    assert len(seen) == len(set(seen)) == 115
    assert [len(ids(answer)) for answer in forth] == [20, 20, 20, 20, 20, 15]
    back = [forth[-1]]
    while newer := link(back[-1], "Newer"):
        back.append(person.get(newer))
    assert [ids(answer) for answer in back[::-1]] == [ids(answer) for answer in forth]
    assert "41–60 of 115" in parse(forth[2]).one("nav", class_="pager").text


def test_a_page_says_where_it_begins_and_to_which_moment_it_is_pinned(person, bare_store):
    fill(bare_store, prod_edge=70, staging=45)
    older = query_of(link(person.get(URL + "&per_page=20"), "Older"))
    assert older == {"gateway": ["prod-edge", "staging"], "per_page": ["20"], "as_of": ["2026-11-20T10:01:09.010Z"],
                     "after": ["prod-edge:20,staging:0"]}  # fmt: skip


def test_the_page_before_is_spelled_by_its_beginning_once_it_is_known(person, bare_store):
    fill(bare_store, prod_edge=70, staging=45)
    second = link(person.get(URL + "&per_page=20"), "Older")
    third = link(person.get(second), "Older")
    newer = link(person.get(third), "Newer")
    assert "before=" in newer
    assert person.get(newer, headers=HTMX)["HX-Push-Url"] == second


def test_logs_that_arrive_meanwhile_move_no_row(person, bare_store):
    fill(bare_store, prod_edge=30, staging=30)
    first = person.get(URL + "&per_page=20")
    for number in range(9):
        bare_store.add({"id": f"new-{number}", "gateway_id": "staging"})
    second = person.get(link(first, "Older"))
    assert not set(ids(first)) & set(ids(second))
    assert len(ids(second)) == 20
    assert not any(each.startswith("new") for each in ids(second))


def test_the_first_page_can_be_read_afresh(person, bare_store):
    fill(bare_store, prod_edge=30, staging=30)
    second = person.get(link(person.get(URL + "&per_page=20"), "Older"))
    assert link(second, "First page") == URL.replace("?", "?per_page=20&")


def test_a_filter_keeps_the_gateways_and_starts_at_the_first_page(person, bare_store):
    fill(bare_store, prod_edge=30, staging=30)
    second = person.get(link(person.get(URL + "&per_page=20"), "Older"))
    menu = parse(second).one(id="filter-menu").all("form")[0]
    sent = fields(menu) | {"set_key": ["provider"], "set_op": [""], "set_value": ["openai"]}
    answer = person.get("/logs/", sent)
    assert answer["Location"] == "/logs/?provider=openai&per_page=20&gateway=prod-edge&gateway=staging"


# --- the parts of a list


def test_the_box_the_range_and_the_columns_work_as_on_one_list(person, store):
    page = parse(person.get(URL))
    box = page.one("form", class_="box")
    answer = person.get("/logs/", fields(box) | {"set_box": ["provider:openai since:7d"]})
    assert answer["Location"] == "/logs/?provider=openai&since=7d&gateway=prod-edge&gateway=staging"
    assert box.one("input", id="box")["data-complete"] == "/gateways/prod-edge/logs/complete/"
    column = page.one(id="columns-menu").one("form")
    answer = person.get("/logs/", fields(column) | {"set_column": ["metadata.user"]})
    assert query_of(answer["Location"])["columns"][0].startswith("time,gateway,status,")
    menu = page.one(id="range-menu")
    assert menu.links()["24 h"] == "/logs/?since=24h&gateway=prod-edge&gateway=staging"


def test_chips_and_cells_lead_to_merged_lists(person, store):
    answer = person.get(URL + "&provider=openai")
    chip = parse(answer).one(class_="chips")
    assert chip.links()["Remove: Provider is openai"] == URL
    model = rows(answer)[0].one(class_="c-model").all("a")[0]["href"]
    assert query_of(model)["gateway"] == ["prod-edge", "staging"]


def test_a_gateway_can_be_hidden_moved_and_shown_again(person, store):
    hidden = parse(person.get(URL + "&columns=time,model"))
    assert [each.text for each in hidden.one("thead").all("th")] == ["Time, UTC", "Provider / model"]
    others = hidden.one(id="columns-menu").one("ul").links()
    assert query_of(others["Show Gateway"])["columns"] == ["time,model,gateway"]
    assert query_of(hidden.one(id="columns-menu").links()["The usual columns"]) == query_of(URL)


def test_a_list_of_one_gateway_has_no_such_column(person, store):
    answer = person.get(LOGS + "?columns=time,gateway,model")
    assert [each.text for each in parse(answer).one("thead").all("th")][1:] == ["Time, UTC", "Provider / model"]
    assert "only where several gateways are listed together" in answer.text
    assert "Show Gateway" not in parse(answer).one(id="columns-menu").text


def test_a_gateways_cell_leads_to_its_own_list_and_to_the_others(person, store):
    answer = person.get("/logs/?gateway=prod-edge&gateway=staging&gateway=support-bot&provider=openai")
    only, without = rows(answer)[0].one(class_="c-gw").all("a")
    name = rows(answer)[0].one(class_="c-gw").one(class_="fit").text
    assert only["title"] == "Only this gateway"
    assert only["href"] == f"/gateways/{name}/logs/?provider=openai"
    rest = [each for each in ("prod-edge", "staging", "support-bot") if each != name]
    assert query_of(without["href"]) == {"provider": ["openai"], "gateway": rest}


def test_what_came_around_a_log_is_asked_of_its_own_gateway(person, bare_store):
    fill(bare_store, staging=1)
    cell = rows(person.get(URL + "&provider=openai&columns=time,gateway,model"))[0].one(class_="c-time")
    assert cell.all("a")[1]["href"] == "/gateways/staging/logs/st-000/around/?provider=openai&columns=time,model"


def test_without_one_of_two_is_the_list_of_the_other(person, bare_store):
    fill(bare_store, staging=1)
    cell = rows(person.get(URL))[0].one(class_="c-gw")
    assert [each["href"] for each in cell.all("a")] == ["/gateways/staging/logs/", LOGS]


def test_histogram_and_facets_are_left_out_in_words(person, store):
    answer = person.get(URL + "&open=facets&open=histogram&count=provider")
    assert answer.status_code == 200
    assert "of one gateway, so they are left out here" in answer.text


def test_the_answer_for_htmx_is_the_fragment_with_the_one_spelling(person, store):
    answer = person.get(URL + "&set_key=provider&set_op=&set_value=openai", headers=HTMX)
    assert answer.text.lstrip().startswith("<title>")
    assert "<html" not in answer.text
    assert answer["HX-Push-Url"] == "/logs/?provider=openai&gateway=prod-edge&gateway=staging"


# --- a log of the list


def test_a_row_leads_to_its_log_in_its_own_gateway_and_back_to_the_same_page(person, bare_store):
    fill(bare_store, prod_edge=30, staging=30)
    second = link(person.get(URL + "&per_page=20"), "Older")
    answer = person.get(second)
    row = next(each for each in rows(answer) if each["data-log-id"].startswith("st"))
    url = row.one(class_="c-time").all("a")[0]["href"]
    assert url.startswith(f"/gateways/staging/logs/{row['data-log-id']}/?")
    page = parse(person.get(url))
    assert page.one(class_="crumb").one("a")["href"] == second
    assert not page.all(id="place")  # it would be its place in another list


def test_what_is_done_on_the_page_of_a_log_keeps_the_way_back(person, bare_store):
    fill(bare_store, prod_edge=3, staging=3)
    bare_store.add({"id": "full", "gateway_id": "staging", "request_body": b"word " * 4000})
    url = rows(person.get(URL))[0].one(class_="c-time").all("a")[0]["href"]
    page = parse(person.get(url))
    form = page.one("form", data_annotate=None)
    saved = person.post(form["action"], fields(form) | {"score": ["12"]})
    assert parse(saved).one(class_="crumb").one("a")["href"] == URL
    raw = next(each["href"] for each in page.one(class_="tabs").all("a") if "/raw/" in each["href"])
    body = parse(person.get(raw)).one(id="request")
    part = next(each["href"] for each in body.all("a") if "/part/" in each["href"])
    assert parse(person.get(part)).one(class_="crumb").one("a")["href"] == URL
    assert any(each["href"] == "/gateways/staging/logs/full/request" for each in body.all("a"))


def test_to_delete_a_log_leads_back_to_the_list_of_its_gateway(person, bare_store):
    fill(bare_store, prod_edge=3, staging=3)
    url = rows(person.get(URL + "&provider=openai"))[0].one(class_="c-time").all("a")[0]["href"]
    form = next(each for each in parse(person.get(url)).all("form") if "delete" in each["action"])
    assert form["action"] == LOGS + "delete/preview/?provider=openai"
    assert person.post(form["action"], fields(form), follow=True).status_code == 200


@pytest.mark.parametrize(
    "named", ["gateway=prod-edge", "gateway=staging&gateway=support-bot", "gateway=a%20b&gateway=c"]
)
def test_a_log_cannot_have_been_opened_from_a_list_without_its_gateway(person, bare_store, named):
    bare_store.add({"id": "one"})
    assert person.get(f"{LOGS}one/?{named}").status_code == 400


def test_a_list_of_one_gateway_takes_no_others(person, store):
    assert person.get(LOGS + "?gateway=prod-edge&gateway=staging").status_code == 400


def test_a_log_can_be_seen_beside_the_list(person, bare_store):
    fill(bare_store, prod_edge=3, staging=3)
    answer = person.get("/gateways/staging/logs/st-001/peek/?gateway=prod-edge&gateway=staging", headers=HTMX)
    assert answer["HX-Push-Url"] == URL + "&peek=staging/st-001"
    drawer = parse(person.get(URL + "&peek=staging/st-001")).one(id="peek")
    assert drawer.one(id="peek-id").text == "st-001"
    assert drawer.one("a", rel="prev")["href"] == URL + "&peek=prod-edge/pr-001"
    assert drawer.one("a", rel="next")["href"] == URL + "&peek=prod-edge/pr-000"
    assert drawer.one("a", data_peek_close=None)["href"] == URL
    assert drawer.one("a", data_peek_page=None)["href"].startswith("/gateways/staging/logs/st-001/?")


@pytest.mark.parametrize("peek", ["st-001", "support-bot/x", "staging/", "staging/a/b", "staging/%3Fx", "/x"])
def test_only_a_log_of_these_gateways_can_be_seen_beside_them(person, wire, peek):
    answer = person.get(f"{URL}&peek={peek}")
    assert answer.status_code == 400
    assert "“peek”" in answer.text
    assert wire.calls == []


# --- one gateway fails


@pytest.mark.parametrize(
    ("status", "why"), [(403, "lacks a right"), (429, "budget is spent"), (500, "unexpected"), (504, "not answer")]
)
def test_a_gateway_that_fails_is_missing_in_words_and_the_others_are_shown(person, wire, bare_store, status, why):
    fill(bare_store, prod_edge=70, staging=70)
    wire.instead = refusing(status)
    answer = person.get(URL)
    page = parse(answer).one(id="results")
    assert answer.status_code == 200
    assert {row.one(class_="c-gw").one(class_="fit").text for row in rows(answer)} == {"prod-edge"}
    note = page.one(role="alert")
    assert note.text.startswith("staging is missing here: ")
    assert "Further pages are not offered" in note.text
    assert note.links() == {"Try again": URL, "Go on without staging": LOGS}
    assert "70 logs without staging" in page.all("p", class_="sub")[0].text
    assert page.one(id="shares").text == "prod-edge 70 · staging not read"
    assert link(answer, "Older") is None
    assert "50 logs, without staging" in page.one("nav", class_="pager").text


def test_a_gateway_that_is_slow_is_missing_too(person, wire, bare_store):
    fill(bare_store, prod_edge=3, staging=3)

    def slow(request):
        if "/staging/" in request.url.path:
            raise httpx.ReadTimeout("slow", request=request)

    wire.instead = slow
    answer = person.get(URL)
    assert ids(answer) == ["pr-002", "pr-001", "pr-000"]
    assert "staging is missing here: The upstream is too slow." in parse(answer).one(role="alert", class_="note").text


def test_of_three_the_other_two_go_on_together(person, wire, store):
    wire.instead = refusing(403)
    page = parse(person.get("/logs/?gateway=prod-edge&gateway=staging&gateway=support-bot&provider=openai"))
    url = page.one(id="results").one(role="alert").links()["Go on without staging"]
    assert query_of(url) == {"gateway": ["prod-edge", "support-bot"], "provider": ["openai"]}


def test_trouble_with_all_of_them_is_an_error_page(person, wire, store):
    wire.instead = lambda request: refusing(403, "prod-edge")(request) or refusing(403)(request)
    answer = person.get(URL)
    assert answer.status_code == 502
    assert "lacks a right" in answer.text


def test_a_filter_that_the_upstream_ignores_is_said(person, sandbox, store):
    sandbox.options = replace(sandbox.options, ignore_filters=True)
    answer = person.get(URL + "&provider=openai")
    assert "The upstream did not apply the filter." in answer.text
    assert {row.one(class_="c-model").all("span")[0].text for row in rows(answer)} <= {"openai"}


# --- which gateways


def test_one_gateway_is_its_own_list(person, wire):
    answer = person.get("/logs/?gateway=staging&gateway=staging&provider=openai&after=x&peek=staging/x")
    assert (answer.status_code, answer["Location"]) == (302, "/gateways/staging/logs/?provider=openai")
    assert wire.calls == []


def test_none_is_a_choice_of_them_that_keeps_the_rest(person, wire):
    answer = person.get("/logs/?provider=openai&columns=time,model")
    form = parse(answer).one("main").one("form")
    assert wire.calls == ["GET /gateways"]
    assert [each["value"] for each in form.all("input", type="checkbox")] == ["prod-edge", "support-bot", "staging"]
    assert fields(form) == {"provider": ["openai"], "columns": ["time,model"]}
    assert form["action"] == "/logs/"


def test_a_single_gateway_leaves_nothing_to_choose(person, upstream_answers):
    upstream_answers(lambda _request: httpx.Response(200, json={"success": True, "result": [{"id": "only"}]}))
    assert "There is only one gateway" in person.get("/logs/").text


def test_a_gateway_that_does_not_exist_is_named_with_those_that_do(person, store):
    answer = person.get(URL + "&gateway=nowhere")
    assert answer.status_code == 404
    assert "no gateway “nowhere”. The account has: prod-edge, support-bot, staging." in answer.text
    assert not parse(answer).all(id="results")


@pytest.mark.parametrize("name", ["", "a b", "../x", "Prod", "a/b", "a%00b", "x" * 65, "<b>", "staging%0A", "-a"])
def test_a_name_that_is_none_is_an_error_that_lists_the_gateways(person, wire, name):
    answer = person.get(f"{URL}&gateway={name}")
    assert answer.status_code == 400
    assert "takes the name of a gateway" in answer.text
    assert "The account has: prod-edge, support-bot, staging." in answer.text
    assert wire.calls == ["GET /gateways"]


def test_more_than_six_are_too_many(person, wire, store):
    for number in range(4):
        store.add_gateway(gateway(f"more-{number}"))
    six = URL + "".join(f"&gateway=more-{number}" for number in range(4))
    assert person.get(six).status_code == 200
    answer = person.get(six + "&gateway=support-bot")
    assert answer.status_code == 400
    assert "at most 6 gateways" in answer.text


@pytest.mark.parametrize(
    ("query", "why"),
    [
        ("&sort=model", "sorted by time only"),
        ("&sort=-provider", "sorted by time only"),
        ("&page=2", "“after” says where a page begins"),
        ("&after=prod-edge:1,staging:1", "needs “as_of”"),
        ("&as_of=2026-11-20T10:00:00Z&after=prod-edge:1", "“staging”"),
        ("&as_of=2026-11-20T10:00:00Z&after=prod-edge:1,staging:x", "“staging:x” is none"),
        ("&as_of=2026-11-20T10:00:00Z&before=prod-edge:1,support-bot:1", "not in this list"),
        ("&as_of=2026-11-20T10:00:00Z&after=prod-edge:1,staging:99999999", "takes a number of rows"),
        ("&as_of=2026-11-20T10:00:00Z&after=prod-edge:1,staging:1&before=prod-edge:2,staging:2", "only one of them"),
        ("&as_of=2026-11-20T10:00:00Z&after=prod-edge:1,staging:1&after=prod-edge:1,staging:1", "given 2 times"),
        ("&providr=openai", "Did you mean “provider”?"),
    ],
)
def test_what_cannot_be_read_asks_nobody(person, wire, query, why):
    answer = person.get(URL + query)
    assert answer.status_code == 400
    assert why in answer.text
    assert wire.calls == []


def test_a_box_that_cannot_be_read_keeps_the_gateways(person, wire):
    page = parse(person.get(URL + "&set_box=providr:x"))
    form = page.one("form", class_="box")
    assert fields(form) == {"gateway": ["prod-edge", "staging"], "set_box": ["providr:x"]}


# --- hostile rows


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_hostile_rows_stay_text(person, upstream_answers, text):
    row = {
        "id": "h-1",
        "created_at": "2026-11-23T10:00:00.250Z",
        "provider": text,
        "model": text,
        "metadata": {text: text},
    }
    said = {"success": True, "result": [row | {"id": text}, row], "result_info": {"total_count": 2}}
    upstream_answers(lambda _request: httpx.Response(200, content=json.dumps(said)))
    answer = person.get(URL + "&columns=time,gateway,model,id,metadata")
    page = parse(answer)
    assert len(rows(answer)) == 4
    assert all("src" in each for each in page.all("script"))
    assert "hx-disable" in page.one("table", class_="logs").one("tbody")
    assert not [name for each in page.walk() for name in each.attributes if name.startswith("on")]
    table = page.one("table", class_="logs")
    assert {each.tag for each in table.one("tbody").walk()} <= {
        "tr",
        "td",
        "a",
        "span",
        "time",
        "div",
        "b",
        "i",
        "svg",
        "use",
    }
