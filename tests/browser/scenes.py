"""Every page and every state of it that a person can come to: a name, and the way there."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import httpx
from playwright.sync_api import Page, expect

from gateway_dash.sandbox import Sandbox, Store
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


def _menu(name: str) -> Callable[[Stage], None]:
    def go(stage: Stage) -> None:
        stage.page.goto(LOGS + "?per_page=20&provider=openai&model__not=gpt-4o&since=7d")
        stage.page.get_by_role("button", name=name).first.click()

    return go


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
    expect(stage.page.locator("#response .evidence")).to_contain_text("complete")


def _long_id(stage: Stage) -> None:
    log_id = next(each for each in stage.store.ids("prod-edge") if len(each) == 64)
    stage.page.goto(f"{LOGS}{log_id}/")


def _failing_body(stage: Stage) -> None:
    stage.store.add({"id": "half", "request_body": b"word " * 4000, "response_body": b"fine"})
    stage.sandbox.options = replace(stage.sandbox.options, fault="500", fault_on="half/request")
    stage.page.goto(LOGS + "half/")
    expect(stage.page.locator("#request-note")).to_contain_text("Try again")


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
    stage.page.locator("button[name=everything]").click()
    expect(stage.page.locator("#phrase")).to_be_visible()


def _result(stage: Stage) -> None:
    _preview(stage)
    stage.page.locator("[data-confirm]").click()
    expect(stage.page.locator(".verdict")).to_be_visible()


def _result_with_a_problem(stage: Stage) -> None:
    _preview(stage)
    stage.sandbox.options = replace(stage.sandbox.options, delete_lag_s=3600.0)
    stage.page.locator("[data-confirm]").click()
    expect(stage.page.locator(".verdict.is-warn")).to_be_visible(timeout=20_000)


def _forged(stage: Stage) -> None:
    _preview(stage)
    stage.page.locator("form.rail [name=csrfmiddlewaretoken]").evaluate("field => field.remove()")
    stage.page.locator("[data-confirm]").click()


def _refusal(stage: Stage) -> None:
    stage.page.goto(LOGS + "?per_page=20")
    stage.page.locator("form.logs-form").evaluate("form => form.submit()")


SCENES: dict[str, Callable[[Stage], None]] = {
    "login": _login,
    "login, refused": _login_refused,
    "gateways": _at("/gateways/"),
    "list": _at(LOGS),
    "list, filtered": _at(LOGS + "?provider=openai&model__not=gpt-4o&cost__gt=0.001&since=7d&search=acme&sort=-model"),
    "list, second page": _at(LOGS + "?page=2"),
    "list, a selection": _selection,
    "list, the page selected": _whole_page_selected,
    "list, range menu": _menu("Last 7 days"),
    "list, filter menu": _menu("Filter"),
    "list, export menu": _menu("Export"),
    "list, theme menu": _menu("Theme and density"),
    "list, user menu": _menu("Signed in as"),
    "list, keys": _keys,
    "list, a notice": _notice,
    "list, filter not applied": _filter_ignored,
    "list, a metadata pair": _at(LOGS + "?metadata.tenant=acme"),
    "list, empty": _at(LOGS + "?provider=nobody"),
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
    "detail, a long id": _long_id,
    "detail, no bodies": _odd("no_bodies"),
    "detail, hostile": _odd("html"),
    "detail, right to left": _odd("rtl"),
    "detail, not text": _odd("not_utf8"),
    "detail, one long line": _odd("long_line"),
    "detail, broken metadata": _odd("html_metadata"),
    "preview": _preview,
    "preview of all": _preview_of_all,
    "result": _result,
    "result with a problem": _result_with_a_problem,
    "error: address": _at(LOGS + "?providr=openai"),
    "error: no such log": _at(LOGS + "nothing-here/"),
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
