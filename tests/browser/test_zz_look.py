import pytest
from tests.conftest import LOGS
def test_look(open_browser, sign_in, store, watch, request):
    watch.expect(400,404,502,503,422)
    ids = store.ids("prod-edge")
    for width, height in ((1440,900),(390,844)):
        for scheme in ("light","dark"):
            page = open_browser(width=width, height=height, scheme=scheme)
            def snap(name, full=False):
                page.wait_for_load_state("networkidle")
                page.screenshot(path=f"/tmp/shots/{name}-{width}-{scheme}.png", full_page=full)
            page.goto("/login/"); snap("login")
            sign_in(page)
            page.goto("/gateways/"); snap("gateways")
            page.goto(LOGS); snap("list")
            page.goto(LOGS+"?provider=openai&model__not=gpt-4o&since=24h"); snap("filtered")
            page.goto(LOGS)
            for i in range(3): page.locator("tbody .c-pick input[type=checkbox]").nth(i).check()
            snap("selected")
            page.goto(LOGS+"?provider=nobody"); snap("empty")
            page.goto(LOGS+"?providr=nobody"); snap("error")
            page.goto(LOGS); page.locator("td.c-time a").nth(3).click(); snap("detail", True)
            page.goto(LOGS); page.locator("thead .c-pick input").check(); page.locator(".selbar .btn--danger").click(); snap("preview", True)
    print(watch.complaints)
    watch.complaints.clear()
