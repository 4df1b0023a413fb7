"""Hostile text in every field of every page: it stays text, and what cannot be seen is marked."""

import json
import re
from collections import Counter
from typing import Any

import httpx
import pytest

from gateway_dash.web.text import clean, marked, shorten
from tests.conftest import LOGS
from tests.views.corpus import HOSTILE
from tests.views.reading import HTMX, Element, fields, parse

pytestmark = pytest.mark.django_db

TEXT_FIELDS = (
    "provider", "model", "path", "user_agent", "event_id", "model_type", "request_type", "request_content_type",
    "response_content_type", "dlp_action", "authentication", "byok", "prompts", "step_name",
)  # fmt: skip
HIDDEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u034f\u061c\u115f\u1160\u180b-\u180f\u200b\u200e\u200f\u2028-\u202e"
    "\u2060-\u206f\u2800\u3164\ufe00-\ufe0d\ufeff\uffa0\ufff0-\ufffb\ud800-\udfff\ufdd0-\ufdef\uffff"
    "\U000e0000-\U000e0fff]"
)
ACTIVE = ("script", "link", "style", "meta", "base", "form", "iframe", "object", "embed", "img", "title", "body")
ADDRESSES = ("href", "src", "action", "formaction", "hx-get", "hx-post", "data-copy-link")
STORABLE = {name: text for name, text in HOSTILE.items() if text == clean(text)}

every_text = pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
every_storable_text = pytest.mark.parametrize("text", STORABLE.values(), ids=STORABLE)


def row(text, **more):
    """A log that says the text wherever a log can say a text."""
    return {
        "id": "h-1",
        "created_at": "2026-11-23T10:00:00.250Z",
        "metadata": {text: text, "plain": text},
        "extra": {text: [text, {"deep": text}]},
        "status_code": 200,
        "success": True,
        "duration": 5,
        **dict.fromkeys(TEXT_FIELDS, text),
        **more,
    }


@pytest.fixture
def upstream_says(upstream_answers):
    """An upstream whose every answer holds the text."""

    def use(text):
        head = {"request_head": text, "request_head_complete": True, "response_head": text, "response_size": 99_999}
        found = row(text) | {text: text}

        def answer(request):
            path = request.url.path
            if path.endswith(("/request", "/response")):
                return httpx.Response(200, content=text.encode("utf-8", "surrogatepass"))
            if path.endswith("/logs/h-1"):
                return envelope(found | head)
            if path.endswith("/logs"):
                return envelope([found, row(text, id=text), row(text, id="h-2", metadata=json.dumps({text: text}))])
            if path.endswith("/gateways"):
                return envelope([{"id": text, "rate_limiting_technique": "fixed"}, {"id": "prod-edge"}])
            return envelope({"id": "prod-edge"})

        return upstream_answers(answer)

    return use


def envelope(result):
    body = json.dumps({"success": True, "result": result, "result_info": {"total_count": 3}})
    return httpx.Response(200, content=body.encode("ascii"))


HARMLESS: dict[str, Element] = {}


@pytest.fixture
def harmless(person, upstream_says):
    """What a page is made of when nothing in it is hostile; read once for all texts."""

    def structure(url, **options):
        if url not in HARMLESS:
            upstream_says("harmless")
            HARMLESS[url] = parse(person.get(url, **options))
        return HARMLESS[url]

    return structure


def assert_inert(answer, benign):
    """Nothing of the page came from the text: no element, no attribute, no address, and nothing that is not seen."""
    page = parse(answer)
    assert {each.tag for each in page.walk()} <= {each.tag for each in benign.walk()} | {
        "span",
        "bdi",
        "a",
        "i",
        "ul",
        "li",
    }
    known = {(each.tag, name) for each in benign.walk() for name in each.attributes}
    known |= {
        ("span", "class"),
        ("span", "title"),
        ("a", "title"),
        ("input", "disabled"),
        ("p", "class"),
        ("ul", "class"),
        ("li", "class"),
    }
    assert {(each.tag, name) for each in page.walk() for name in each.attributes} <= known
    counts = [Counter(each.tag for each in found.walk() if each.tag in ACTIVE) for found in (page, benign)]
    assert counts[0] == counts[1]
    for element in page.walk():
        assert not [name for name in element.attributes if name.startswith(("on", "hx-on", "data-hx"))]
        for name in ADDRESSES:
            address = element.attributes.get(name) or "/"
            assert address.startswith(("/", "#")), address
            assert not address.startswith(("//", "/\\")), address
    assert not HIDDEN.search(answer.text), HIDDEN.findall(answer.text)
    assert all("49" not in each.text for each in page.all("title"))


PAGES: tuple[tuple[str, dict[str, Any]], ...] = (
    (LOGS, {}),
    (LOGS + "?per_page=20", {"headers": HTMX}),
    (LOGS + "h-1/", {}),
    (LOGS + "h-1/raw/", {}),
    (LOGS + "h-1/conversation/", {"headers": HTMX}),
    (LOGS + "h-1/request/part/", {"headers": HTMX}),
    (LOGS + "h-1/response/part/?as=stored", {"headers": HTMX}),
    (LOGS + "h-1/response/part/?of=5", {}),
    ("/gateways/", {}),
)


@every_text
def test_hostile_text_is_text_on_every_page(person, upstream_says, harmless, text):
    benign = [harmless(url, **options) for url, options in PAGES]
    upstream_says(text)
    for (url, options), expected in zip(PAGES, benign, strict=True):
        answer = person.get(url, **options)
        assert answer.status_code == 200, url
        assert_inert(answer, expected)


@every_text
def test_hostile_text_is_shown_and_not_dropped(person, upstream_says, text):
    upstream_says(text)
    kept = clean(text)
    listed = parse(person.get(LOGS)).one("tr", data_log_id="h-1")
    assert listed.one(class_="c-model").one("b").raw_text == (marked(shorten(kept, 80)) or "unknown")
    shown = parse(person.get(LOGS + "h-1/raw/")).one("div", aria_label="Fields")
    values = {each.one("th").raw_text: each.one("td").all("bdi")[0].raw_text for each in shown.one("tbody").all("tr")}
    assert values["user_agent"] == marked(shorten(kept, 2000))
    body = parse(person.get(LOGS + "h-1/request/part/?as=stored", headers=HTMX)).one(id="request")
    if "kind" not in body.text and "00000000" not in body.text:
        assert body.one(id="request-text").raw_text.replace("\n", "")[:50] == lines_of(text)[:50]


def lines_of(text):
    stored = text.encode("utf-8", "surrogatepass").decode("utf-8", "replace")
    return marked(stored, lines=True).replace("\n", "")


@every_storable_text
def test_hostile_text_from_the_store_is_text_on_every_page(person, bare_store, text):
    def answers(said):
        stored = said.encode() if said == text else b"x" * len(text.encode())
        bare_store.delete(["h-1"])
        bare_store.add(row(said, request_body=stored, response_body=stored * 20) | {said: said})
        found = {url: person.get(url) for url in (LOGS, LOGS + "h-1/", LOGS + "h-1/raw/", LOGS + "h-1/response/part/")}
        return found | {"preview": person.post(LOGS + "delete/preview/", {"id": "h-1"}, follow=True)}

    lengths = [len(text.encode()) * 20 > limit for limit in (4096, 64 * 1024, 20 * 4096)]  # what the panels show
    for url, answer in answers(text).items():
        key = f"{url} {lengths}"
        if key not in HARMLESS:
            HARMLESS.update({f"{each} {lengths}": parse(benign) for each, benign in answers("harmless").items()})
        assert answer.status_code == 200
        assert_inert(answer, HARMLESS[key])


@every_storable_text
def test_hostile_metadata_survives_a_save_of_something_else(person, bare_store, text):
    pairs = {text: text, "plain": text, "number": 7}
    bare_store.add({"id": "h-1", "metadata": pairs})
    form = parse(person.get(LOGS + "h-1/")).one("form", data_annotate=None)
    answer = person.post(form["action"], fields(form) | {"score": ["12"]})
    assert answer.status_code == 200
    assert bare_store.get("h-1")["metadata"] == pairs
    assert bare_store.get("h-1")["score"] == 12
    assert not HIDDEN.search(answer.text)


@every_storable_text
def test_hostile_text_in_a_conflict_is_text(person, bare_store, text):
    bare_store.add({"id": "h-1", "metadata": {"note": "old", text: "old"}})
    opened = parse(person.get(LOGS + "h-1/"))
    form = opened.one("form", data_annotate=None)
    bare_store.annotate("h-1", {"metadata": {"note": text, text: text}})
    sent = fields(form)
    sent["value"] = ["mine", "mine", *sent["value"][2:]]
    answer = person.post(form["action"], sent)
    assert answer.status_code == 409
    page = parse(answer)
    assert not [each for each in page.walk() if any(name.startswith("on") for name in each.attributes)]
    assert len(page.all("script")) == len(opened.all("script"))
    assert not HIDDEN.search(answer.text)


# --- hostile text in the address


NAMES = ("provider", "model__contains", "metadata.user", "metadata_value", "search", "user_agent__not", "id")


def test_a_hostile_filter_is_text_or_refused(person, bare_store, subtests):
    for name, text in HOSTILE.items():
        with subtests.test(name):
            query = dict.fromkeys(NAMES, text.encode("utf-8", "replace").decode())
            answer = person.get(LOGS, query)
            assert answer.status_code in (200, 400)
            page = parse(answer)
            assert len(page.all("li", class_="chip")) == (len(NAMES) if answer.status_code == 200 else 0)
            assert all(each["src"].startswith("/static/") for each in page.all("script"))
            assert not page.all("img") + page.all("iframe") + page.all("style") + page.all("base")
            assert {each.attributes.get("id") for each in page.all("details")} <= {"facets"}
            for element in page.walk():
                assert not [each for each in element.attributes if each.startswith("on")]
                seen = [value or "" for name, value in element.attributes.items() if name != "value"]
                assert not HIDDEN.search("".join(seen))  # a field that sends the filter on has to hold it as it is
            assert not HIDDEN.search(page.raw_text)


def test_a_hostile_parameter_is_refused_in_words(person, sandbox, subtests):
    for name, text in HOSTILE.items():
        with subtests.test(name):
            answer = person.get(LOGS, {text.encode("utf-8", "replace").decode() or "x": "1"})
            assert answer.status_code == 400
            page = parse(answer)
            assert not [each for each in page.walk() if any(name.startswith(("on", "hx-")) for name in each.attributes)]
            assert not HIDDEN.search(page.raw_text)


def test_a_hostile_filter_goes_upstream_as_one_value(person, wire, subtests):
    sendable = 0
    for name, text in HOSTILE.items():
        with subtests.test(name):
            wire.forget()
            wanted = text.encode("utf-8", "replace").decode()
            status = person.get(LOGS, {"model": wanted}).status_code
            found = [json.loads(each) for sent in wire.sent[:1] for each in sent.url.params.get_list("filters")]
            expected = [[{"key": "model", "operator": "eq", "value": [wanted]}]] if status == 200 else []
            assert found == expected
            sendable += status == 200
    assert sendable > 60


# --- hostile words of the upstream itself


@pytest.mark.parametrize("headers", [{}, HTMX])
def test_what_an_upstream_says_of_a_failure_is_text(person, upstream_answers, headers, subtests):
    for name, text in HOSTILE.items():
        with subtests.test(name):
            body = json.dumps({"success": False, "errors": [{"code": text, "message": text, "path": [text]}]})
            ray = re.sub(b"[\r\n\0]", b"", text.encode("utf-8", "replace"))
            upstream_answers(
                lambda _request, body=body, ray=ray: httpx.Response(
                    400, content=body.encode("ascii"), headers=[(b"cf-ray", ray)]
                )
            )
            page = person.get(LOGS, headers=headers)
            assert page.status_code == 502
            found = parse(page)
            assert not [each for each in found.walk() if any(key.startswith(("on", "hx-")) for key in each.attributes)]
            assert all(each["src"].startswith("/static/") for each in found.all("script"))
            assert not HIDDEN.search(page.text)
