"""/gateways/<gateway>/logs/counts/ranges/"""

from __future__ import annotations

import html
import json
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from gateway_dash import upstream
from gateway_dash.gateway.models import Span, read_spans
from gateway_dash.sandbox import Options, Sandbox
from tests.conftest import GATEWAY, LOGS
from tests.views.reading import HTMX, fields, parse

pytestmark = pytest.mark.django_db

RANGES = LOGS + "counts/ranges/"
NAMES = ("cost", "duration", "tokens", "tokens_in", "tokens_out")


def region(answer):
    return parse(answer).one(id="ranges")


def said_by(answer):
    """What the section says of each number."""
    legends = [each.one("legend") for each in region(answer).all("fieldset")]
    return {each.text.removesuffix(each.one("span").text).strip(): each.one("span").text for each in legends}


def info(**members):
    """An upstream whose `result_info` says this beside the usual; `result` has no rows but those given."""
    rows = members.pop("rows", [])

    def answer(request):
        if "meta_info" not in request.url.params:
            return None
        about = {"count": len(rows), "page": 1, "per_page": 20, "total_count": len(rows), **members}
        return httpx.Response(200, content=json.dumps({"success": True, "result": rows, "result_info": about}))

    return answer


def test_a_closed_section_asks_nothing_and_tells_its_price(person, wire):
    answer = person.get(LOGS)
    assert len(wire.sent) == 1
    link = region(answer).one("a")
    assert "1 call" in link.text
    assert link["href"] == LOGS + "?open=ranges#ranges"
    assert not region(answer).all("form")


def test_an_open_section_costs_one_call_and_shows_the_real_ends(person, wire, store):
    answer = person.get(LOGS + "?success=true&open=ranges")
    assert len(wire.sent) == 2
    assert wire.sent[1].url.params["meta_info"] == "true"
    rows = [store.get(log_id) for log_id in store.ids(GATEWAY)]
    rows = [row for row in rows if row["success"]]
    took, tokens = [row["duration"] for row in rows], [row["tokens_in"] + row["tokens_out"] for row in rows]
    told = said_by(answer)
    assert told["Duration, ms"] == f"{min(took):,} to {max(took):,}"
    assert told["Tokens, in and out"] == f"{min(tokens):,} to {max(tokens):,}"
    costs = [row["cost"] for row in rows if row.get("cost") is not None]
    assert [float(each) for each in told["Cost, US dollars"].split(" to ")] == pytest.approx([min(costs), max(costs)])
    assert "as the upstream says" in region(answer).one(class_="how").text
    assert "open" in parse(answer).one("details", id="facets")


def test_by_its_own_request_it_is_the_same_and_kept(person, wire):
    whole = person.get(LOGS + "?open=ranges")
    wire.forget()
    alone = person.get(RANGES, headers=HTMX)
    assert wire.sent == []
    assert said_by(alone) == said_by(whole)
    assert alone["HX-Push-Url"] == LOGS + "?open=ranges"


def test_a_list_by_htmx_leaves_the_call_to_the_section(person, wire):
    waiting = region(person.get(LOGS + "?open=ranges", headers=HTMX))
    assert len(wire.sent) == 1
    answer = person.get(waiting["hx-get"], headers=HTMX)
    assert len(wire.sent) == 2
    assert answer["HX-Push-Url"] == "false"
    assert "hx-get" not in region(answer)
    assert "1 call · " in region(answer).text


def test_without_htmx_the_section_is_the_list_with_it(person, wire):
    answer = person.get(RANGES + "?provider=openai")
    assert (answer.status_code, answer["Location"]) == (302, LOGS + "?provider=openai&open=ranges#ranges")
    assert wire.sent == []


def test_the_fields_hold_the_bounds_and_an_emptied_one_takes_its_bound_away(person):
    page = person.get(LOGS + "?model__not=x&duration__gt=100&cost__lt=0.5&open=ranges")
    form = region(page).one("form")
    sent = fields(form)
    assert (sent["set_duration__gt"], sent["set_duration__lt"], sent["set_cost__lt"]) == (["100"], [""], ["0.5"])
    assert {name for name in sent if name.startswith("set_")} == {
        f"set_{n}__{op}" for n in NAMES for op in ("gt", "lt")
    }
    assert form.one("input", name="set_tokens__lt")["placeholder"]
    sent |= {"set_duration__gt": [""], "set_tokens__gt": ["7"]}
    asked = parse_qs(urlsplit(person.get(form["action"], sent)["Location"]).query)
    assert asked == {"model__not": ["x"], "cost__lt": ["0.5"], "tokens__gt": ["7"], "open": ["ranges"]}


def test_a_bound_that_is_no_number_is_refused_by_name(person, wire):
    answer = person.get(LOGS, {"set_duration__gt": "fast"})
    assert (answer.status_code, wire.sent) == (400, [])
    assert "“duration__gt” takes a whole number; “fast” is not one." in html.unescape(answer.content.decode())


@pytest.mark.parametrize(
    ("query", "members"),
    [
        ("duration__gt=500", {"min_duration": 3, "max_duration": 900}),  # ends that the filter excludes
        ("duration__lt=500", {"min_duration": 3, "max_duration": 900}),
        ("", {"min_duration": 3, "max_duration": 4, "rows": [{"id": "a", "created_at": "2026-11-20T10:00:00Z",
                                                             "duration": 5}]}),  # a row outside
    ],
)  # fmt: skip
def test_ranges_that_do_not_follow_the_filter_are_said_not_to(person, wire, query, members):
    wire.instead = info(**members)
    answer = person.get(f"{LOGS}?{query}&open=ranges")
    assert region(answer).one(class_="how").text == "it does not follow the filter"
    assert said_by(answer)["Duration, ms"] == f"3 to {members['max_duration']}"


def test_the_rows_of_the_page_are_witnesses_too(person, wire):
    wire.instead = info(min_duration=0, max_duration=1)
    assert region(person.get(LOGS + "?open=ranges")).one(class_="how").text == "it does not follow the filter"


def test_what_the_upstream_does_not_say_is_unknown(person, wire):
    wire.instead = info(min_cost=0, min_tokens_in="lots", max_tokens_in=4, min_duration=9, max_duration=1)
    answer = person.get(LOGS + "?open=ranges")
    assert set(said_by(answer).values()) == {"unknown"}
    assert region(answer).one("input", name="set_cost__gt")["placeholder"] == ""


@pytest.mark.parametrize(
    "said", [None, [], "x", {"min_cost": None, "max_cost": 1}, {"min_cost": 10**400, "max_cost": 1}]
)
def test_any_shape_of_result_info_is_borne(said):
    assert read_spans(said) == {}


def test_numbers_come_as_texts_too():
    said = {"min_total_tokens": "3", "max_total_tokens": 9.5}
    assert read_spans(said) == {"tokens": Span(3, 9.5)}


def test_an_upstream_that_ignores_filters_gives_no_ranges(person, sandbox):
    sandbox.options = Options(budget=None, ignore_filters=True)
    found = region(person.get(RANGES + "?provider=openai", headers=HTMX))
    assert "The upstream did not apply the filter" in found.text
    assert len(found.all("form")) == 1  # bounds can be set all the same


def test_a_failure_is_words_in_the_section_and_is_not_kept(person, wire):
    wire.instead = lambda request: httpx.Response(500, json={}) if "meta_info" in request.url.params else None
    answer = person.get(LOGS + "?open=ranges")
    assert answer.status_code == 200
    assert len(parse(answer).all("tr", data_log_id=None)) == 50
    assert "Try again" in region(answer).text
    assert "hx-trigger" not in region(answer)
    wire.instead = lambda _request: None
    assert "as the upstream says" in region(person.get(RANGES, headers=HTMX)).text


def test_a_low_budget_keeps_the_call(person, store, monkeypatch):
    account = upstream.connect(Sandbox(store, Options(budget=290)))
    monkeypatch.setattr(upstream, "account", lambda: account)
    assert "Stopped: the budget is low" in region(person.get(LOGS + "?open=ranges")).text
    assert account.client.budget.left == 289
