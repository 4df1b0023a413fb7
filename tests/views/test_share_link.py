"""/share/<token>/, and how links are made, seen and revoked under /gateways/<gateway>/links/"""

import json
import logging
from datetime import timedelta

import httpx
import pytest
from django.test import Client
from django.utils import timezone

from gateway_dash.bulk import holds
from gateway_dash.links.models import LOGS_LIMIT, ShareLink, hash_of
from gateway_dash.links.shared import OPENS_A_MINUTE
from gateway_dash.team.models import AuditEntry
from gateway_dash.team.roles import ADMINISTRATOR, ANNOTATOR, LEAD, METADATA, READER
from gateway_dash.telemetry.lines import JsonLines
from tests.conftest import LOGS
from tests.people import noted, only, somebody
from tests.views.reading import fields, parse

pytestmark = pytest.mark.django_db

LINKS = "/gateways/prod-edge/links/"
KEY = "sk-" + "proj-" + "Zq8vT2mW9xK4cR7n" * 3
ASKED = json.dumps({"messages": [{"role": "user", "content": f"canary question, my key is {KEY}"}]})
SAID = '{"choices": [{"message": {"role": "assistant", "content": "canary <script>alert(1)</script> \u202eanswer"}}]}'


@pytest.fixture
def logs(bare_store):
    for number in range(3):
        at = f"2026-11-20T10:00:0{number}Z"
        bodies = {"request_body": ASKED.encode(), "response_body": SAID.encode()}
        bare_store.add({"id": f"m-{number}", "created_at": at, "provider": "openai", "model": "gpt-4o-mini",
                        "metadata": {"tenant": "<b>acme</b>"}, **bodies})  # fmt: skip
    return bare_store


@pytest.fixture
def lee(db):
    """Somebody who may sign in, and has no right at all."""
    person = Client()
    person.force_login(somebody("lee", ""))
    return person


def made(person, what="?log=m-0", **sent):
    """The address of a new link."""
    answer = person.post(LINKS + "new/" + what, {"shows": "masked", "days": "7"} | sent)
    assert answer.status_code == 200, answer.content
    return parse(answer).one("p", id="share-url").text.removeprefix("http://testserver")


def test_who_has_no_right_sees_what_was_shared_and_nothing_else(person, logs, lee):
    url = made(person)
    assert lee.get(LOGS + "m-0/").status_code == 404
    page = lee.get(url)
    assert page.status_code == 200
    assert "canary question" in page.text
    assert KEY not in page.text
    assert "Shared by kim" in parse(page).text
    assert not parse(page).all("form")
    assert not parse(page).all("script")
    assert not [link for link in parse(page).links().values() if link]
    assert "hx-" not in page.text


def test_words_of_strangers_are_only_text(person, logs, lee):
    page = lee.get(made(person, note="<i>look</i>"))
    assert "<script>alert" not in page.text
    assert "<b>acme" not in page.text
    assert "<i>look" not in page.text
    assert "\u202e" not in page.text
    assert "⟦U+202E⟧" in page.text


def test_metadata_alone_has_nothing_of_what_was_said(person, logs, lee):
    page = lee.get(made(person, shows="metadata"))
    assert "canary" not in page.text
    assert "gpt-4o-mini" in page.text
    assert "What was said is not shared." in page.text


def test_secrets_are_shared_by_who_may_see_them_alone(person, logs, lee):
    refused = person.post(LINKS + "new/?log=m-0", {"shows": "full", "days": "7"})
    assert refused.status_code == 422
    assert "no more than you may see yourself" in refused.text
    only(LEAD)
    assert KEY in lee.get(made(person, shows="full")).text


def test_who_may_not_read_can_share_metadata_alone(person, logs, django_user_model):
    from django.contrib.auth.models import Permission

    only(METADATA)
    django_user_model.objects.get(username="kim").user_permissions.add(Permission.objects.get(codename="share_logs"))
    form = parse(person.get(LINKS + "new/?log=m-0"))
    assert [each["value"] for each in form.all("input", name="shows")] == ["metadata"]
    assert person.post(LINKS + "new/?log=m-0", {"shows": "masked", "days": "7"}).status_code == 422
    assert not ShareLink.objects.exists()


def test_a_visitor_who_has_not_signed_in_is_asked_to_and_learns_nothing(person, logs, wire, client):
    url = made(person, note="the refund case")
    wire.forget()
    page = Client().get(url)
    assert page.status_code == 200
    assert "canary" not in page.text
    assert "gpt-4o" not in page.text
    assert "refund" not in page.text
    assert parse(page).links()["Sign in"] == f"/login/?next={url}"
    assert 'property="og:title" content="A log, shared from Gateway Dash"' in page.text
    assert wire.sent == []
    assert ShareLink.objects.get().opened == 0


def test_guests_are_let_in_by_administrators_alone(person, logs):
    assert person.post(LINKS + "new/?log=m-0", {"shows": "masked", "days": "7", "for_guests": "1"}).status_code == 422
    assert not parse(person.get(LINKS + "new/?log=m-0")).all("input", name="for_guests")
    only(ADMINISTRATOR)
    url = made(person, for_guests="1")
    assert "canary question" in Client().get(url).text
    only(LEAD)  # who may not let guests in any more
    assert Client().get(url).status_code == 404


@pytest.mark.parametrize(
    "how", ["unknown", "ended", "revoked", "author lost the right", "author is gone", "switched off"]
)
def test_every_dead_link_looks_the_same_and_asks_nobody(person, logs, lee, wire, django_user_model, how):
    url = made(person)
    kim = django_user_model.objects.get(username="kim")
    if how == "unknown":
        url = "/share/" + "A" * 22 + "/"
    elif how == "ended":
        ShareLink.objects.update(expires_at=timezone.now())
    elif how == "revoked":
        person.post(LINKS + f"{ShareLink.objects.get().pk}/revoke/")
    elif how == "author lost the right":
        only(READER)
    elif how == "author is gone":
        kim.delete()
    else:
        django_user_model.objects.filter(pk=kim.pk).update(is_active=False)
    wire.forget()
    for visitor in (lee, Client()):
        answer = visitor.get(url)
        assert answer.status_code == 404
        assert "This link leads nowhere any more" in answer.text
        assert "og:title" not in answer.text
        assert "kim" not in answer.text
    assert wire.sent == []


@pytest.mark.parametrize("token", ["short", "A" * 23, "A" * 21 + "%", "..%2F" + "A" * 17])
def test_what_is_no_token_is_no_address(lee, sandbox, token):
    assert lee.get(f"/share/{token}/").status_code == 404


def test_the_token_is_kept_nowhere(person, logs, lee, caplog):
    caplog.set_level(logging.DEBUG)
    url = made(person)
    token = url.split("/")[2]
    assert len(token) == 22
    lee.get(url)
    link = ShareLink.objects.get()
    assert link.token_hash == hash_of(token)
    assert token not in str(ShareLink.objects.values())
    assert token not in str(AuditEntry.objects.values())
    assert token not in person.get(LINKS).text
    lines = [JsonLines().format(record) for record in caplog.records]
    assert not [line for line in lines if token in line]


def test_an_address_that_is_a_key_stands_in_no_log_line_even_when_something_breaks():
    record = logging.LogRecord(
        "django.request", 40, "", 0, "Internal Server Error: /share/%s/", ("Zq8vT2mW9xK4cR7n123456",), None
    )
    assert JsonLines().format(record).count("Zq8v") == 0


def test_it_goes_to_no_other_site_and_into_no_index(person, logs, lee):
    url = made(person)
    for visitor in (lee, Client()):
        answer = visitor.get(url)
        assert answer["Referrer-Policy"] == "no-referrer"
        assert "noindex" in answer["X-Robots-Tag"]
        assert answer["Cache-Control"] == "no-store"


def test_openings_are_counted_and_noted_and_a_preview_is_neither(person, logs, lee):
    url = made(person)
    link = ShareLink.objects.get()
    assert person.get(LINKS + f"{link.pk}/preview/").status_code == 200
    lee.get(url)
    lee.get(url)
    link.refresh_from_db()
    assert link.opened == 2
    assert noted("share-link-opened") == [("lee", "share-link-opened", {"link": link.pk})] * 2
    assert "2" in parse(person.get(LINKS)).one("tbody").text


def test_one_link_burns_no_budget(person, logs, lee, wire):
    url = made(person)
    for _ in range(OPENS_A_MINUTE):
        lee.get(url)
    wire.forget()
    answer = lee.get(url)
    if answer.status_code == 200:  # the minute is over
        return
    assert answer.status_code == 429
    assert 1 <= int(answer["Retry-After"]) <= 61
    assert wire.sent == []
    ShareLink.objects.update(minute=timezone.now() - timedelta(minutes=2))
    assert lee.get(url).status_code == 200


def test_a_set_a_list_and_a_comparison_are_shared_too(person, logs, lee):
    some = lee.get(made(person, "?log=m-0&log=m-1"))
    assert "2 logs" in parse(some).text
    assert "canary" not in some.text
    listed = lee.get(made(person, "?provider=openai"))
    assert "Calls from openai" in parse(listed).text
    assert len(parse(listed).one("tbody").all("tr")) == 3
    both = lee.get(made(person, "?share=comparison&log=m-0&log=m-1"))
    assert len(parse(both).all("h1")) == 2
    assert both.text.count("canary question") == 2


def test_a_list_that_was_shared_stands_still(person, logs, lee):
    url = made(person, "?provider=openai&since=24h")
    assert "since" not in ShareLink.objects.get().query
    assert "end=" in ShareLink.objects.get().query
    assert lee.get(url).status_code == 200


def test_what_is_gone_is_said_to_be_gone(person, logs, lee):
    url = made(person, "?log=m-0&log=m-1")
    logs.delete(["m-0"])
    page = lee.get(url)
    assert "1 of the logs that were shared is not there any more" in parse(page).text
    assert page.status_code == 200


@pytest.mark.parametrize("status", [403, 429, 500])
def test_an_upstream_that_refuses_is_said_in_words_that_name_no_token(person, logs, lee, wire, status):
    url = made(person)
    wire.instead = lambda _request: httpx.Response(status, json={"success": False, "errors": []})
    answer = lee.get(url)
    assert answer.status_code >= 400
    assert "cannot be read now" in answer.text
    assert not parse(answer).all("form")


@pytest.mark.parametrize(
    ("sent", "words"),
    [
        ({"shows": "", "days": "7"}, "Choose how much"),
        ({"shows": "all", "days": "7"}, "Choose how much"),
        ({"shows": "masked", "days": "9999"}, "for how long"),
        ({"shows": "masked", "days": "7", "note": "a\u202eb"}, "can be seen"),
        ({"shows": "masked", "days": "7", "note": "x" * 201}, "up to 200"),
    ],
)
def test_what_cannot_be_is_refused_and_nothing_is_lost(person, logs, sent, words):
    answer = person.post(LINKS + "new/?log=m-0", sent)
    assert answer.status_code == 422
    assert words in answer.text
    if len(sent.get("note", "")) > 200:
        assert parse(answer).one("input", id="note")["value"] == sent["note"]
    assert not ShareLink.objects.exists()


@pytest.mark.parametrize(
    "what", ["?log=a/b", "?share=world", "?share=log&log=a&log=b", "?share=comparison&log=a", "?colour=red"]
)
def test_what_cannot_be_shared_is_refused(person, logs, what):
    assert person.get(LINKS + "new/" + what).status_code == 400


def test_what_is_ticked_in_a_list_is_shared_as_a_set(person, logs):
    answer = person.post(LINKS + "new/?provider=openai", {"id": ["m-0", "m-2"]})
    assert answer.status_code == 303
    form = person.get(answer["Location"])
    assert "2 logs: m-0, m-2" in parse(form).text
    sent = fields(parse(form).one("form", class_="card")) | {"shows": ["metadata"]}
    assert person.post(answer["Location"], sent).status_code == 200
    assert ShareLink.objects.get().log_ids == ["m-0", "m-2"]
    assert person.post(LINKS + "new/", {}).status_code == 422


def test_all_that_match_are_shared_as_a_list_however_many_are_ticked(person, logs):
    ids = [f"m-{number}" for number in range(LOGS_LIMIT + 1)]
    sent = {"id": ids, "shown": ids[:2], "everything": "1"}
    answer = person.post(LINKS + "new/?provider=openai", sent)
    assert (answer.status_code, answer["Location"]) == (303, LINKS + "new/?provider=openai")
    assert person.post(LINKS + "new/?provider=openai", {"id": ids, "shown": ids[:2]}).status_code == 422


def test_a_list_that_cannot_be_read_any_more_breaks_no_page_and_can_be_revoked(person, logs, lee):
    url = made(person, "?provider=openai")
    made(person)
    old = ShareLink.objects.get(kind="view")
    ShareLink.objects.filter(pk=old.pk).update(query="?colour=blue")
    page = parse(person.get(LINKS))
    assert "A list that cannot be read any more" in page.text
    assert "Log m-0" in page.text
    assert lee.get(url).status_code == 400
    assert person.post(f"{LINKS}{old.pk}/revoke/").status_code == 303
    assert lee.get(url).status_code == 404


def test_the_links_of_others_are_there_for_administrators_alone(person, logs):
    made(person)
    link = ShareLink.objects.get()
    other = Client()
    other.force_login(somebody("robin", ANNOTATOR))
    assert "m-0" not in other.get(LINKS).text
    assert other.get(LINKS + f"{link.pk}/preview/").status_code == 404
    assert other.post(LINKS + f"{link.pk}/revoke/").status_code == 404
    assert other.get(LINKS.replace("prod-edge", "staging") + f"{link.pk}/preview/").status_code == 404
    root = Client()
    root.force_login(somebody("root", ADMINISTRATOR))
    assert "m-0" in root.get(LINKS).text
    assert root.post(LINKS + f"{link.pk}/revoke/").status_code == 303
    assert [who for who, _what, _facts in noted("share-link-revoked")] == ["root"]


def test_a_link_is_noted_before_it_is_made(person, logs):
    made(person, shows="metadata")
    [(who, _what, facts)] = noted("share-link")
    assert (who, facts["log"], facts["shows"], facts["kind"]) == ("kim", "m-0", "metadata", "log")


def test_a_log_with_a_link_is_left_out_of_bulk_deletions_until_the_link_ends(person, logs):
    made(person, "?log=m-0&log=m-1")
    assert holds.held("sandbox", "prod-edge", ["m-0", "m-1", "m-2"]) == dict.fromkeys(
        ("m-0", "m-1"), "with a share link"
    )
    assert holds.held("sandbox", "staging", ["m-0"]) == {}
    ShareLink.objects.update(revoked_at=timezone.now())
    assert holds.held("sandbox", "prod-edge", ["m-0"]) == {}


def test_a_log_page_offers_what_may_be_done(person, logs):
    page = parse(person.get(LOGS + "m-0/"))
    assert f"{LINKS}new/?share=log&log=m-0" in page.links().values()
    assert "/go/m-0" in page.links().values()
    only(READER)
    assert f"{LINKS}new/?share=log&log=m-0" not in parse(person.get(LOGS + "m-0/")).links().values()


def test_a_conversation_is_shown_turn_by_turn_with_its_tools(person, bare_store, lee):
    request = {"model": "gpt-4o", "messages": [
        {"role": "system", "content": "Be kind."},
        {"role": "user", "content": [{"type": "text", "text": "<b>Weather?</b>"},
                                     {"type": "image_url", "image_url": {"url": "https://evil.example/a.png"}}]},
        {"role": "assistant", "tool_calls": [{"id": "c1", "type": "function",
                                              "function": {"name": "weather", "arguments": '{"city": "Oslo"}'}}]},
        {"role": "tool", "tool_call_id": "c1", "content": '{"now": "rain"}'},
    ]}  # fmt: skip
    answer = {"choices": [{"message": {"role": "assistant", "content": "Rain."}, "finish_reason": "stop"}]}
    bodies = {"request_body": json.dumps(request).encode(), "response_body": json.dumps(answer).encode()}
    bare_store.add({"id": "m-0", "provider": "openai", "model": "gpt-4o", "path": "chat/completions", **bodies})
    page = parse(lee.get(made(person)))
    turns = page.all("article", class_="turn")
    assert [turn.one("h3").text for turn in turns] == ["system", "user", "assistant", "tool", "assistant"]
    assert [turn["class"] for turn in turns][:3] == ["turn turn--system", "turn turn--user", "turn turn--assistant"]
    assert "<b>Weather?</b>" in turns[1].text
    assert "https://evil.example/a.png, not shown" in turns[1].text
    assert page.all("img") == []
    assert "calls weather c1" in turns[2].text
    assert "result of weather" in turns[3].text
    assert '"now": "rain"' in turns[3].text
    assert "finish reason stop" in turns[4].text


def test_a_body_that_no_reader_knows_is_shown_as_it_is_and_masked(person, bare_store, lee):
    body = f"no JSON at all, key {KEY} " + "x" * 30_000
    bare_store.add({"id": "m-0", "request_body": body.encode(), "response_body": b"fine"})
    page = lee.get(made(person))
    assert "no JSON at all" in page.text
    assert "no reader knows its form" in page.text
    assert "cut here" in page.text
    assert KEY not in page.text
    assert "1 secret masked." in page.text


def test_a_very_long_conversation_ends_and_says_so(person, bare_store, lee):
    messages = [{"role": "user", "content": f"{number} " + "word " * 2000} for number in range(40)]
    bare_store.add({"id": "m-0", "provider": "openai", "request_body": json.dumps({"messages": messages}).encode()})
    page = lee.get(made(person))
    assert len(page.content) < 300_000
    assert "Only the first 200,000 characters are shown." in page.text
