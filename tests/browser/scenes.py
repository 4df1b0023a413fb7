"""Every page and every state of it that a person can come to: a name, and the way there."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from urllib.parse import quote

import httpx
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Permission
from playwright.sync_api import Page, expect

from gateway_dash.bulk.models import Tombstone
from gateway_dash.sandbox import Sandbox, Store
from gateway_dash.sharing.models import SavedView
from tests.browser.deleting import see_the_verdict, type_and_confirm
from tests.conftest import LOGS

SEVERAL = "/logs/?gateway=prod-edge&gateway=support-bot&gateway=staging"


@dataclass(frozen=True)
class Stage:
    """What the way to a scene may use."""

    page: Page
    store: Store
    sandbox: Sandbox
    upstream_answers: Callable[[Callable[[httpx.Request], httpx.Response]], object]

    def odd(self, name: str) -> str:
        """The address of the newest log with that oddity."""
        with self.store._database.reading() as sql:
            query = "SELECT id, gateway FROM logs WHERE recipe LIKE ? ORDER BY created_ms DESC"
            log_id, gateway = sql.execute(query, (f"%:{name}",)).fetchone()
        return f"/gateways/{gateway}/logs/{log_id}/"


def failing(status: int, code: int = 1000, **headers: str) -> Callable[[httpx.Request], httpx.Response]:
    """An upstream that says no."""
    failed = {"success": False, "errors": [{"code": code, "message": "It is said so."}], "result": None}
    return lambda _request: httpx.Response(status, json=failed, headers=headers)


def unreachable(request: httpx.Request) -> httpx.Response:
    raise httpx.ConnectError("refused", request=request)


def _at(url: str) -> Callable[[Stage], None]:
    return lambda stage: _goto(stage, url)


def _goto(stage: Stage, url: str) -> None:
    stage.page.goto(url)


def _trouble(handler: Callable[[httpx.Request], httpx.Response]) -> Callable[[Stage], None]:
    def go(stage: Stage) -> None:
        stage.upstream_answers(handler)
        stage.page.goto(LOGS)

    return go


def _tokens_page(stage: Stage) -> None:
    """A token just made, and the form again."""
    stage.page.goto("/account/tokens/")
    stage.page.get_by_label("Name, by which you know it again").fill("nightly report of a rather long name")
    stage.page.get_by_label("staging").check()
    stage.page.get_by_role("button", name="Make the token").click()
    expect(stage.page.locator("#new-token")).to_be_visible()


def _login(stage: Stage) -> None:
    stage.page.context.clear_cookies()
    stage.page.goto("/login/")


def _login_refused(stage: Stage) -> None:
    _login(stage)
    stage.page.get_by_label("User name").fill("kim")
    stage.page.get_by_label("Password").fill("wrong")
    stage.page.get_by_role("button", name="Sign in").click()
    expect(stage.page.locator("#login-errors")).to_be_visible()


def _selection(stage: Stage) -> None:
    stage.page.goto(LOGS + "?per_page=20")
    for at in range(3):
        stage.page.locator("tbody .c-pick input[type=checkbox]").nth(at).check()


def _whole_page_selected(stage: Stage) -> None:
    stage.page.goto(LOGS + "?per_page=20")
    stage.page.locator("thead .c-pick input").check()


def _selected_over_pages(stage: Stage) -> None:
    _selection(stage)
    stage.page.get_by_role("link", name="Next page").click()
    expect(stage.page.locator(".selbar")).to_contain_text("3 of them on other pages")
    stage.page.locator("tbody .c-pick input[type=checkbox]").nth(1).check()


def _all_that_match(stage: Stage) -> None:
    _whole_page_selected(stage)
    stage.page.locator("input[name=everything]").check()


def _not_all_that_match(stage: Stage) -> None:
    _all_that_match(stage)
    stage.page.locator("tbody .c-pick input[type=checkbox]").nth(1).uncheck()


def _around(stage: Stage) -> None:
    stage.page.goto(LOGS)
    log_id = stage.page.locator("tr[data-log-id]").nth(20).get_attribute("data-log-id")
    stage.page.goto(f"{LOGS}{log_id}/around/?provider=openai")


def _around_a_crowd(stage: Stage) -> None:
    for number in range(330):
        stage.store.add({"id": f"crowd-{number}", "created_at": "2026-11-20T10:54:31.118Z"})
    stage.page.goto(
        LOGS + "crowd-150/around/?columns=time,model,path,id,event_id,user_agent,request_type,metadata&n=50"
    )


def _call_of_three(stage: Stage) -> None:
    """A call that failed at its first target, was answered at its second, and checked; and a twin of it."""
    ask = b'{"model": "large", "messages": [{"role": "user", "content": "Which of the two is it, and why?"}]}'
    rows = (
        {"id": "first", "provider": "anthropic", "model": "claude-haiku-4-5", "status_code": 529, "success": False},
        {"id": "second", "provider": "a-provider-with-a-long-name", "model": "a-model/with-a-long-name", "step": 1},
        {"id": "guard", "provider": "workers-ai", "model": "@cf/meta/llama-guard-3-8b", "cost": None},
        {"id": "twin", "provider": "a-provider-with-a-long-name", "model": "a-model/with-a-long-name"},
        {"id": "same", "provider": "a-provider-with-a-long-name", "model": "a-model/with-a-long-name"},
    )
    for row in rows:
        answer = (
            b"It is the second one, since the first is too long." if row["id"] != "twin" else b"It is the first one."
        )
        event = "event-1" if row["id"] not in ("twin", "same") else row["id"]
        more = {"event_id": event, "created_at": "2026-11-20T10:54:31.118Z", "metadata": {"session": "s-8814"}}
        stage.store.add(row | more | {"request_body": ask, "response_body": answer})


def _one_of_three(stage: Stage) -> None:
    _call_of_three(stage)
    stage.page.goto(LOGS + "second/")
    expect(stage.page.locator("#attempts li")).to_have_count(3)


def _attempts(stage: Stage) -> None:
    _call_of_three(stage)
    stage.page.goto(LOGS + "second/attempts/")


def _twins(stage: Stage) -> None:
    _call_of_three(stage)
    stage.page.goto(LOGS + "second/twins/")


def _deleted(stage: Stage) -> None:
    kim = get_user_model().objects.get(username="kim")
    Tombstone.objects.create(
        account="sandbox", gateway="prod-edge", log_id="gone", deleted_at=datetime.now(UTC), actor=kim,
        actor_name="kim", plan="3f9c01aa", selected="12 logs (Calls from openai, in the last 24 hours)",
    )  # fmt: skip
    stage.page.goto(LOGS + "gone/")


def _menu(name: str) -> Callable[[Stage], None]:
    def go(stage: Stage) -> None:
        stage.page.goto(LOGS + "?per_page=20&provider=openai&model__not=gpt-4o&since=7d")
        stage.page.get_by_role("button", name=name).first.click()

    return go


def _changed_clocks(stage: Stage) -> None:
    """A page of rows with two distances from UTC, and the zone's menu open over it."""
    for log_id, at in (("early", "2026-10-25T00:30:00Z"), ("late", "2026-10-25T01:30:00Z")):
        stage.store.add({"id": log_id, "created_at": at})
    _zone(stage, "Europe/Berlin", LOGS + "?start=2026-10-25T00:00:00Z&end=2026-10-25T02:00:00Z")
    stage.page.get_by_role("button", name="Time zone").click()


def _zone(stage: Stage, name: str, then: str) -> None:
    stage.page.goto(f"/preferences/zone/?next={quote(then)}")
    stage.page.get_by_label("Name of the zone").fill(name)
    stage.page.get_by_role("button", name="Show times in this zone").click()


def _link_copied(stage: Stage) -> None:
    stage.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    stage.page.goto(LOGS + "?per_page=20&since=24h")
    stage.page.get_by_role("link", name="Copy link").click()
    expect(stage.page.locator(".copied")).to_be_visible()
    stage.page.get_by_role("button", name="Other link").click()


def _keys(stage: Stage) -> None:
    stage.page.goto(LOGS + "?per_page=20")
    stage.page.keyboard.press("?")


def _notice(stage: Stage) -> None:
    stage.page.goto(LOGS + "?per_page=20")
    stage.sandbox.options = replace(stage.sandbox.options, fault="502")
    stage.page.get_by_role("columnheader", name="Status").get_by_role("link").click()
    expect(stage.page.locator("#notice .notice")).to_be_visible()


def _filter_ignored(stage: Stage) -> None:
    stage.sandbox.options = replace(stage.sandbox.options, ignore_filters=True)
    stage.page.goto(LOGS + "?per_page=20&provider=openai")


def _odd(name: str) -> Callable[[Stage], None]:
    return lambda stage: _goto(stage, stage.odd(name))


def _full_log(stage: Stage) -> None:
    """All entries used, scored, and bodies longer than their heads."""
    words = b'{"messages": "' + b"word " * 4000 + b'"}'
    pairs = '{"team":"growth","user":42,"test":true,"a-rather-long-key":"a rather long value, too","ratio":0.25}'
    stage.store.add({"id": "full", "metadata": pairs, "request_body": words, "response_body": words})
    stage.store.annotate("full", {"feedback": 1, "score": 92})
    stage.page.goto(LOGS + "full/?provider=openai")
    expect(stage.page.locator(".evidence", has_text="Response:")).to_contain_text("complete")


TREE = {
    "model": "gpt-4o",
    "messages": [{"role": "user", "content": f"Turn {number}. " + "Some words. " * 40} for number in range(130)],
    "tools": [{"arguments": '{"city": "Köln"}'}],
    "<b>key</b>": "<i>value</i>",
    "password": "Hunt3r2!x",
}


def _tree(query: str) -> Callable[[Stage], None]:
    def go(stage: Stage) -> None:
        request = json.dumps(TREE).encode()
        stage.store.add({"id": "tree", "request_body": request, "response_body": request[:9000]})
        stage.page.goto(f"{LOGS}tree/tree/{query}")

    return go


def _comparison(stage: Stage) -> None:
    """Fields and lines that differ, folds open and shut, and a part of a body."""
    lines = [f'"line {number}, as long as lines are that people write"' for number in range(60)]
    one = ('{"model": "gpt-4o", "lines": [' + ",".join(lines) + "]}").encode()
    two = ('{"model": "claude", "lines": [' + ",".join([*lines[:30], '"new"', *lines[30:]]) + "]}").encode()
    stage.store.add({"id": "one", "model": "gpt-4o", "request_body": one, "response_body": b"word, " * 20_000})
    stage.store.add({"id": "two", "model": "claude", "duration": 9871, "request_body": two, "response_body": b"x\n"})
    stage.page.goto(LOGS + "compare/?id=one&id=two")
    for fold in stage.page.locator("details.fold").all()[:2]:
        fold.locator("summary").click()


def _comparison_without_bodies(stage: Stage) -> None:
    stage.store.add({"id": "one", "request_body": b"word " * 4000, "response_body": b"only here"})
    stage.store.add({"id": "two", "request_body": b"fine"})
    stage.sandbox.options = replace(stage.sandbox.options, fault="500", fault_on="one/request")
    stage.page.goto(LOGS + "compare/?id=one&id=two")


def _repro(kind: str) -> Callable[[Stage], None]:
    return lambda stage: _goto(stage, f"{stage.odd('html')}repro/?as={kind}")


def _comparison_of_odd_logs(stage: Stage) -> None:
    html, nul = (stage.odd(name).split("/")[4] for name in ("html", "nul"))
    stage.page.goto(f"{LOGS}compare/?id={html}&id={nul}")


def _comparison_of_one(stage: Stage) -> None:
    stage.page.goto(LOGS + "compare/?id=one")


def _long_id(stage: Stage) -> None:
    log_id = next(each for each in stage.store.ids("prod-edge") if len(each) == 64)
    stage.page.goto(f"{LOGS}{log_id}/")


def _counting(stage: Stage) -> None:
    """The regions as they come with a list, some of it counted; the rest never comes."""
    stage.page.route("**/counts/**", lambda route: route.fulfill(status=204))
    stage.page.goto(LOGS + "?per_page=20")
    link = "?per_page=20&open=histogram&open=ranges&count=provider"
    stage.page.evaluate(f"htmx.ajax('GET', '{LOGS}{link}', {{source: '#results', target: '#results'}})")
    expect(stage.page.locator("#histogram .how")).to_have_text("counted 0 of 24")


def _newer(stage: Stage) -> None:
    stage.page.goto(LOGS + "?per_page=20")
    stage.store.add({"created_at": datetime.now(UTC).isoformat(timespec="milliseconds")})
    stage.page.evaluate("htmx.trigger('#newer', 'poll')")
    expect(stage.page.locator("a.newer")).to_be_visible()


def _failing_body(stage: Stage) -> None:
    stage.store.add({"id": "half", "request_body": b"word " * 4000, "response_body": b"fine"})
    stage.sandbox.options = replace(stage.sandbox.options, fault="500", fault_on="half/request")
    stage.page.goto(LOGS + "half/")
    expect(stage.page.locator(".evidence", has_text="Request:")).to_contain_text("Try again")


def _failing_raw_body(stage: Stage) -> None:
    _failing_body(stage)
    stage.page.goto(LOGS + "half/raw/")
    expect(stage.page.locator("#request-note")).to_contain_text("Try again")


def _rendered(stage: Stage) -> None:
    _goto(stage, stage.odd("agent") + "?as=rendered")
    expect(stage.page.locator(".md").last).to_be_visible()


def _picture(stage: Stage) -> None:
    _goto(stage, stage.odd("painted") + "conversation/")
    stage.page.get_by_role("link", name="show it").click()
    expect(stage.page.locator(".shown-media img")).to_be_visible()


def _several_without_one(stage: Stage) -> None:
    stage.sandbox.options = replace(stage.sandbox.options, fault="500", fault_on="/staging/logs")
    stage.page.goto(SEVERAL)
    expect(stage.page.locator(".note[role=alert]")).to_contain_text("staging is missing here")


def _several_later(stage: Stage) -> None:
    stage.page.goto(SEVERAL + "&per_page=20&provider=openai")
    stage.page.get_by_role("link", name="Older").click()
    expect(stage.page.get_by_role("link", name="Newer")).to_be_visible()


def _saved(stage: Stage) -> None:
    _full_log(stage)
    stage.page.get_by_label("Score, 0 to 100").fill("35")
    stage.page.get_by_role("button", name="Save annotation").click()
    expect(stage.page.locator("#annotation")).to_contain_text("Saved, and read again")


def _wrong_score(stage: Stage) -> None:
    _full_log(stage)
    stage.page.get_by_label("Score, 0 to 100").fill("lots")
    stage.page.get_by_role("button", name="Save annotation").click()
    expect(stage.page.locator("#score-error")).to_be_visible()


def _conflict(stage: Stage) -> None:
    _full_log(stage)
    stage.store.annotate("full", {"score": 80})
    stage.page.get_by_label("Score, 0 to 100").fill("20")
    stage.page.get_by_role("button", name="Save annotation").click()
    expect(stage.page.locator("#annotation [role=alert]")).to_be_visible()


def _preview(stage: Stage) -> None:
    _whole_page_selected(stage)
    stage.page.locator(".selbar .btn--danger").click()


def _preview_of_all(stage: Stage) -> None:
    _whole_page_selected(stage)
    stage.page.locator("input[name=everything]").check()
    stage.page.locator(".selbar .btn--danger").click()
    expect(stage.page.locator("#phrase")).to_be_visible()


def _result(stage: Stage) -> None:
    _preview(stage)
    type_and_confirm(stage.page)
    see_the_verdict(stage.page)


def _result_with_a_problem(stage: Stage) -> None:
    _preview(stage)
    stage.sandbox.options = replace(stage.sandbox.options, delete_lag_s=3600.0)
    type_and_confirm(stage.page)
    see_the_verdict(stage.page)


def _forged(stage: Stage) -> None:
    _preview(stage)
    stage.page.locator("form.rail [name=csrfmiddlewaretoken]").evaluate("field => field.remove()")
    type_and_confirm(stage.page)


def _refusal(stage: Stage) -> None:
    stage.page.goto(LOGS + "?per_page=20")
    stage.page.locator("form.logs-form").evaluate("form => form.submit()")


def _views(stage: Stage) -> None:
    """A default view, a stale one, and searches; two of them under long names."""
    kim = get_user_model().objects.get(username="kim")
    long = "A name as long as a name may be, which is eighty characters and not one more 12"
    for name, query in ((long, "success=false"), ("Old", "providr=openai")):
        SavedView.objects.create(user=kim, gateway="prod-edge", name=name, query=query, is_default=name == long)
    for query in ("?provider=openai&model__not=gpt-4o&since=7d&search=acme", "?success=false"):
        stage.page.goto(LOGS + query)


def _views_menu(stage: Stage) -> None:
    _views(stage)
    stage.page.locator("[popovertarget=views-menu]").click()


def _views_page(stage: Stage) -> None:
    _views(stage)
    stage.page.goto("/gateways/prod-edge/views/")
    stage.page.locator("summary").first.click()


def _replace(stage: Stage) -> None:
    _views(stage)
    stage.page.goto(LOGS + "?provider=openai")
    stage.page.locator("[popovertarget=views-menu]").click()
    stage.page.get_by_label("Save this list as").fill("Old")
    stage.page.get_by_role("button", name="Save the view").click()
    expect(stage.page.get_by_role("heading", level=1)).to_contain_text("Replace")


def _palette(stage: Stage) -> None:
    _views(stage)
    stage.page.keyboard.press("Control+k")
    expect(stage.page.locator("#palette-list")).to_contain_text("staging")


def _palette_page(stage: Stage) -> None:
    _views(stage)
    stage.page.goto("/palette/?gateway=prod-edge")


def _box_recent(stage: Stage) -> None:
    _views(stage)
    stage.page.goto(LOGS)
    stage.page.locator("#box").focus()
    expect(stage.page.locator("#box-options")).to_be_visible()


def _stale_default(stage: Stage) -> None:
    _views(stage)
    SavedView.objects.update(is_default=False)
    SavedView.objects.filter(name="Old").update(is_default=True)
    stage.page.goto("/gateways/prod-edge/")


def _masked(stage: Stage) -> None:
    right = Permission.objects.get(codename="reveal_secrets")
    get_user_model().objects.get(username="kim").user_permissions.add(right)
    stage.store.add(
        {"id": "masked", "request_body": b"mail kim@example.org or call +49 30 1234567", "response_body": b"done"}
    )
    stage.page.goto(LOGS + "masked/raw/")
    expect(stage.page.locator("#request-text .secret button")).to_have_count(2)


def _revealed(stage: Stage) -> None:
    _masked(stage)
    stage.page.locator("#request-text .secret button").first.click()
    expect(stage.page.locator(".secret.is-open")).to_be_visible()


def _revealed_page(stage: Stage) -> None:
    _masked(stage)
    stage.page.evaluate("window.htmx = undefined")  # as where scripts are late or missing
    stage.page.locator("#request-text .secret button").first.click()
    expect(stage.page.locator("pre.secret")).to_be_visible()


SCENES: dict[str, Callable[[Stage], None]] = {
    "login": _login,
    "login, refused": _login_refused,
    "gateways": _at("/gateways/"),
    "list": _at(LOGS),
    "list, filtered": _at(LOGS + "?provider=openai&model__not=gpt-4o&cost__gt=0.001&since=7d&search=acme&sort=-model"),
    "list, second page": _at(LOGS + "?page=2"),
    "list, a selection": _selection,
    "list, the page selected": _whole_page_selected,
    "list, selected on two pages": _selected_over_pages,
    "list, all that match": _all_that_match,
    "list, no longer all that match": _not_all_that_match,
    "list, a selection of somebody else": _at(LOGS + "?per_page=20&picked=0123456789abcdef"),
    "list, range menu": _menu("Last 7 days"),
    "list, filter menu": _menu("Filter"),
    "list, export menu": _menu("Export"),
    "list, theme menu": _menu("Theme and density"),
    "list, changed clocks": _changed_clocks,
    "list, a link copied": _link_copied,
    "list, user menu": _menu("Signed in as"),
    "list, keys": _keys,
    "list, views menu": _views_menu,
    "list, recent searches in the box": _box_recent,
    "list, palette": _palette,
    "palette as a page": _palette_page,
    "api tokens": _tokens_page,
    "api reference": _at("/account/api/"),
    "views": _views_page,
    "views, replace": _replace,
    "views, stale default": _stale_default,
    "list, a notice": _notice,
    "list, filter not applied": _filter_ignored,
    "list, a metadata pair": _at(LOGS + "?metadata.tenant=acme"),
    "list, empty": _at(LOGS + "?provider=nobody"),
    "list, counting": _counting,
    "list, newer logs": _newer,
    "list, histogram and ranges": _at(LOGS + "?start=2026-11-20T00:00:00Z&cost__gt=0.0001&open=histogram&open=ranges"),
    "list, no such page": _at(LOGS + "?page=99"),
    "several": _at(SEVERAL),
    "several, a later page": _several_later,
    "several, one is missing": _several_without_one,
    "several, none match": _at(SEVERAL + "&provider=nobody"),
    "several, a choice": _at("/logs/"),
    "detail": _full_log,
    "detail, saved": _saved,
    "detail, wrong score": _wrong_score,
    "detail, conflict": _conflict,
    "detail, a failing body": _failing_body,
    "detail, a conversation with tools": _odd("agent"),
    "detail, thoughts and a picture": _odd("anthropic_agent"),
    "detail, arguments that do not fit": _odd("misfit"),
    "detail, a stream that broke": _odd("broken_stream"),
    "detail, numbers that disagree": _odd("miscounted"),
    "detail, an answer laid out": _rendered,
    "picture": _picture,
    "raw": lambda stage: _goto(stage, stage.odd("html") + "raw/"),
    "raw, a failing body": _failing_raw_body,
    "detail, a long id": _long_id,
    "detail, no bodies": _odd("no_bodies"),
    "detail, hostile": _odd("html"),
    "detail, right to left": _odd("rtl"),
    "detail, not text": _odd("not_utf8"),
    "detail, one long line": _odd("long_line"),
    "detail, broken metadata": _odd("html_metadata"),
    "tree, both sides": _tree(""),
    "tree, a text": _tree("?at=request.messages[120].content"),
    "tree, JSON in a text": _tree("?at=request.tools[0].arguments&inner=city"),
    "tree, places": _tree("?find=turn%201&at=response.model"),
    "tree, nothing there": _tree("?at=response.choices[0]"),
    "secret, masked": _masked,
    "secret, revealed": _revealed,
    "secret, by itself": _revealed_page,
    "time zones": _at("/preferences/zone/"),
    "time zones, not known": lambda stage: _zone(stage, "Europe/Nowhere", "/gateways/"),
    "compare": _comparison,
    "compare, bodies that are not there": _comparison_without_bodies,
    "repro, curl": _repro("curl"),
    "repro, issue": _repro("issue"),
    "compare, hostile": _comparison_of_odd_logs,
    "compare, one log": _comparison_of_one,
    "detail, one of three attempts": _one_of_three,
    "attempts": _attempts,
    "twins": _twins,
    "around": _around,
    "around a crowd": _around_a_crowd,
    "preview": _preview,
    "preview of all": _preview_of_all,
    "result": _result,
    "result with a problem": _result_with_a_problem,
    "error: address": _at(LOGS + "?providr=openai"),
    "error: no such log": _at(LOGS + "nothing-here/"),
    "error: a deleted log": _deleted,
    "error: no such page": _at("/nothing-here/"),
    "error: refusal": _refusal,
    "error: forged form": _forged,
    "error: token refused": _trouble(failing(401, 10000)),
    "error: right missing": _trouble(failing(403, 10000)),
    "error: budget spent": _trouble(failing(429, 10429, **{"Retry-After": "42"})),
    "error: broken answer": _trouble(lambda _request: httpx.Response(200, html="<h1>Hello</h1>")),
    "error: internal": _trouble(failing(500, 7000)),
    "error: unreachable": _trouble(unreachable),
    "error: too many fields": _at("/find/?" + "&".join(f"a{number}=1" for number in range(1001))),
}
