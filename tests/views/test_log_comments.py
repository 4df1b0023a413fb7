"""/gateways/<gateway>/logs/<log_id>/comments/ and what is made, changed and taken away there"""

from __future__ import annotations

import hashlib

import pytest
from django.db import DatabaseError, IntegrityError
from django.test import Client

from gateway_dash.talk import writing
from gateway_dash.talk.models import TEXT_LENGTH, Comment
from gateway_dash.team import audit
from gateway_dash.team.models import AuditEntry
from gateway_dash.team.roles import ADMINISTRATOR, ANNOTATOR, METADATA, OPERATOR, READER
from tests.conftest import LOGS
from tests.people import noted, somebody
from tests.views.reading import HTMX, fields, parse
from tests.views.talking import COMMENTS, ONE, card_of, client_of, said, say, texts_of

pytestmark = pytest.mark.django_db
BODY = b'{"messages": [{"role": "user", "content": "hello there"}]}'
KEY = "sk-proj-" + "a1B2c3D4e5" * 5


@pytest.fixture(autouse=True)
def one(bare_store):
    for log_id in ("one", "two"):
        bare_store.add({"id": log_id, "request_body": BODY, "response_body": b"{}"})


# --- said and shown


def test_comments_stand_on_the_page_of_the_log_the_oldest_first(person):
    assert say(person, "first\nsecond line")["Location"] == f"{ONE}#comment-1"
    said(client_of("robin"), "and another")
    card = card_of(person)
    assert texts_of(card) == ["first\nsecond line", "and another"]
    assert [each.one("b").text for each in card.all(class_="remark__head")] == ["kim", "robin"]
    assert [each["id"] for each in card.all("li")] == ["comment-1", "comment-2"]


def test_a_comment_asks_the_upstream_nothing_and_tells_it_nothing(person, wire):
    said(person, "only here")
    person.get(COMMENTS)
    assert wire.sent == []


def test_the_form_is_a_form_and_its_htmx_answer_the_card_alone(person):
    form = card_of(person).one("form", id="comment-form")
    assert (form["method"], form["action"], form["hx-target"]) == ("post", COMMENTS + "add/", "#comments")
    answer = parse(person.post(form["action"], fields(form) | {"text": "by htmx"}, headers=HTMX))
    assert texts_of(answer.one(id="comments")) == ["by htmx"]
    assert not answer.all("main")


def test_the_way_back_keeps_the_list(person):
    query = "?provider=openai"
    form = parse(person.get(ONE + query)).one("form", id="comment-form")
    assert person.post(form["action"], {"text": "x"})["Location"] == f"{ONE}{query}#comment-1"


def test_comments_belong_to_one_log_of_one_gateway(person):
    said(person, "about one")
    assert texts_of(card_of(person, LOGS + "two/")) == []
    assert texts_of(card_of(person, "/gateways/staging/logs/one/comments/")) == []


def test_the_newest_are_shown_and_the_earlier_ones_are_a_link_away(person, monkeypatch):
    for name in ("gateway_dash.talk.thread.SHOWN", "gateway_dash.talk.here.SHOWN"):
        monkeypatch.setattr(name, 2)
    for number in range(1, 6):
        said(person, f"number {number}")
    card = card_of(person)
    assert texts_of(card) == ["number 4", "number 5"]
    earlier = card.links()["Earlier comments"]
    assert earlier == f"{COMMENTS}?before=4"
    card = card_of(person, earlier)
    assert texts_of(card) == ["number 2", "number 3"]
    assert texts_of(card_of(person, card.links()["Earlier comments"])) == ["number 1"]


@pytest.mark.parametrize("query", ["?before=x", "?before=1&before=2", "?seen=1", "?providr=x"])
def test_an_address_that_cannot_be_read_is_refused(person, query):
    assert person.get(COMMENTS + query).status_code == 400


def test_the_card_costs_few_queries_however_many_comments_there_are(person, django_assert_max_num_queries):
    for number in range(8):
        said(person, f"number {number}, @kim")
    with django_assert_max_num_queries(12):
        person.get(COMMENTS)


# --- what cannot be taken


@pytest.mark.parametrize("text", ["", "   \n ", "x" * (TEXT_LENGTH + 1)])
def test_none_and_too_many_words_are_refused_and_nothing_is_lost(person, text):
    for headers in ({}, HTMX):
        answer = say(person, text, headers=headers)
        assert answer.status_code == 422
        form = parse(answer).one("form", id="comment-form")
        assert form.one(id="comment-error").text.startswith("A comment")
        assert form.one("textarea").raw_text.strip() == text.strip()
        assert form.one("textarea")["aria-invalid"] == "true"
    assert not Comment.objects.exists()
    assert noted() == []


def test_the_longest_is_taken_whole(person):
    assert len(said(person, "ä" * TEXT_LENGTH).text) == TEXT_LENGTH


def test_one_that_masks_make_too_long_is_refused_and_not_cut(person):
    text = ("a@b.io " * 600)[: TEXT_LENGTH - 50]
    answer = say(person, text)
    assert answer.status_code == 422
    assert "With its secrets masked" in answer.text


def test_only_post_is_answered(person):
    for url in ("add/", "1/change/", "1/remove/"):
        assert person.get(COMMENTS + url).status_code == 405
    assert person.get(ONE + "here/").status_code == 405


# --- hostile text


HOSTILE = (
    "<script>alert(1)</script><img src=x onerror=alert(1)>",
    "{{ 7*7 }} {% csrf_token %} [link](javascript:alert(1)) **bold** <!--",
    "\u202egnp.exe \u200b \u2066 \ufeff",
    "\x1b[31mred \x07",
    "javascript:alert(1) //evil.example/gateways/x/ https://evil.example/gateways/prod-edge/logs/one/",
    "</textarea><form action=https://evil.example>",
)


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_is_text(person, text):
    said(person, text)
    page = person.get(ONE)
    card = parse(page).one(id="comments")
    (shown,) = card.all(class_="remark__text")
    assert not [each for each in shown.walk() if each.tag not in ("span", "b", "a")]
    assert not shown.all("a")
    assert "hx-disable" in card.one("ol")
    assert not set("\u202e\u200b\u2066\ufeff\x1b\x07") & set(shown.raw_text)
    assert shown.raw_text.replace("⟦", "").strip()
    assert card.one("textarea", id="change-1").raw_text.removeprefix("\n").strip() == text.strip()


def test_nothing_of_a_hostile_text_is_dropped(person):
    said(person, HOSTILE[0])
    assert texts_of(card_of(person)) == [HOSTILE[0]]


def test_what_no_database_takes_is_replaced(person):
    comment = said(person, "nul \0 and half \ud83d a pair".encode("utf-8", "surrogatepass").decode("utf-8", "replace"))
    assert "\0" not in comment.text
    from django.http import QueryDict

    from gateway_dash.talk.form import CommentForm

    given = QueryDict(mutable=True)
    given["text"] = "lone \ud83d \0"
    assert CommentForm.read(given, "prod-edge").kept == "lone \ufffd \ufffd"


def test_a_very_long_word_is_shown_whole(person):
    said(person, "w" * TEXT_LENGTH)
    assert texts_of(card_of(person)) == ["w" * TEXT_LENGTH]


# --- secrets


def test_secrets_are_masked_before_they_are_kept(person):
    comment = said(person, f"the key is {KEY}, of jo@example.org")
    assert KEY not in comment.text
    assert "jo@example.org" not in comment.text
    assert "[masked: openai key]" in comment.text
    person.post(f"{COMMENTS}1/change/", {"text": f"now {KEY}"})
    comment.refresh_from_db()
    assert comment.text == "now [masked: openai key]"
    assert KEY not in str(AuditEntry.objects.values_list("facts", flat=True))


# --- links


def test_ids_and_addresses_of_ours_become_links_and_others_stay_text(person):
    log_id = "01a22816-9233-7437-96dc-8048e38f31a3"
    text = (
        f"see {log_id}, /gateways/prod-edge/logs/?provider=openai. or http://testserver/gateways/staging/logs/two/; "
        f"not https://testserver.evil.example/gateways/a/logs/{log_id}/ nor http://evil.example/gateways/a/ nor "
        "http://evil.example\\@testserver/gateways/ nor /logout/ nor /logs/app.log nor /etc/gateways/x/"
    )
    said(person, text)
    (shown,) = card_of(person).all(class_="remark__text")
    assert shown.links() == {
        log_id: f"{LOGS}{log_id}/",
        "/gateways/prod-edge/logs/?provider=openai": "/gateways/prod-edge/logs/?provider=openai",
        "http://testserver/gateways/staging/logs/two/": "/gateways/staging/logs/two/",
    }
    assert shown.raw_text == text


# --- whose


def test_one_changes_ones_own_and_that_is_said(person):
    said(person, "first")
    form = card_of(person).one("form", action=f"{COMMENTS}1/change/")
    assert form.one("textarea").raw_text.strip() == "first"
    assert person.post(form["action"], {"text": "second"})["Location"] == f"{ONE}#comment-1"
    card = card_of(person)
    assert texts_of(card) == ["second"]
    assert "changed" in card.one(class_="remark__head").text


def test_a_change_that_cannot_be_taken_keeps_what_was_typed(person):
    said(person, "first")
    answer = person.post(f"{COMMENTS}1/change/", {"text": "x" * (TEXT_LENGTH + 1)})
    assert answer.status_code == 422
    page = parse(answer)
    assert "open" in page.one("details", class_="remark__change")
    assert page.one("textarea", id="change-1").raw_text.strip() == "x" * (TEXT_LENGTH + 1)
    assert page.one("textarea", id="comment-text").raw_text.strip() == ""
    assert Comment.objects.get().text == "first"


@pytest.mark.parametrize("role", [ANNOTATOR, OPERATOR, "Lead", ADMINISTRATOR])
def test_nobody_changes_the_words_of_somebody_else(person, role):
    said(person, "mine")
    robin = client_of("robin", role)
    assert robin.post(f"{COMMENTS}1/change/", {"text": "forged"}).status_code == 403
    assert Comment.objects.get().text == "mine"
    assert not card_of(robin).all("textarea", id="change-1")


def test_only_an_administrator_of_the_gateway_takes_away_what_others_wrote(person):
    said(person, "mine")
    for name, role, gateway in (("robin", "Lead", ""), ("sam", ADMINISTRATOR, "staging"), ("sam2", OPERATOR, "")):
        other = client_of(name, role, gateway)
        assert other.post(f"{COMMENTS}1/remove/").status_code in (403, 404), name
    assert Comment.objects.get().removed_at is None
    lou = client_of("lou", ADMINISTRATOR, "prod-edge")
    form = card_of(lou).one("form", action=f"{COMMENTS}1/remove/")
    assert lou.post(form["action"]).status_code == 303
    assert card_of(person).one(id="comment-1").text.endswith("Taken away by lou.")


def test_what_was_taken_away_is_gone_from_the_database_and_its_number_is_not_given_again(person):
    said(person, "canary", place="request.messages[0]")
    person.post(f"{COMMENTS}1/remove/")
    row = Comment.objects.get()
    assert (row.text, row.place, row.removed_by) == ("", "", "kim")
    assert said(person, "next").number == 2
    for url in ("1/remove/", "1/change/"):
        assert person.post(COMMENTS + url, {"text": "x"}).status_code == 404


def test_a_comment_of_another_log_and_another_gateway_is_not_there(person):
    said(person, "about one")
    for place in (LOGS + "two/comments/1/", "/gateways/staging/logs/one/comments/1/", COMMENTS + "2/"):
        assert person.post(place + "remove/").status_code == 404
        assert person.post(place + "change/", {"text": "x"}).status_code == 404
    assert person.post(f"{COMMENTS}{10**30}/remove/").status_code == 404
    assert Comment.objects.get().text == "about one"


def test_what_somebody_wrote_who_is_gone_stays_under_their_name(person, django_user_model):
    robin = client_of("robin")
    said(robin, "before I go")
    django_user_model.objects.get(username="robin").delete()
    card = card_of(person)
    assert (texts_of(card), card.one(class_="remark__head").one("b").text) == (["before I go"], "robin")
    assert person.post(f"{COMMENTS}1/change/", {"text": "x"}).status_code == 403


# --- rights


@pytest.mark.parametrize("role", [METADATA, READER])
def test_who_may_not_annotate_reads_and_has_no_form(person, role):
    said(person, "for all who see it")
    lee = client_of("lee", role)
    card = card_of(lee)
    assert texts_of(card) == ["for all who see it"]
    assert not card.all("textarea")
    assert say(lee, "no").status_code == 403
    assert Comment.objects.count() == 1


def test_who_may_no_longer_annotate_cannot_change_what_they_wrote(person):
    robin = client_of("robin")
    said(robin, "mine")
    from tests.people import only

    only(READER, "robin")
    assert robin.post(f"{COMMENTS}1/change/", {"text": "x"}).status_code == 403
    assert not card_of(robin).all(class_="remark__change")


def test_who_does_not_see_the_gateway_sees_no_comment_of_it(person):
    said(person, "canary")
    lee = client_of("lee", ADMINISTRATOR, "staging")
    for url in (COMMENTS, ONE, ONE + "comments/?before=9"):
        answer = lee.get(url)
        assert answer.status_code == 404
        assert "canary" not in answer.text


def test_a_forged_form_writes_nothing(one):
    forged = Client(enforce_csrf_checks=True)
    forged.force_login(somebody("kim"))
    for url in (COMMENTS + "add/", COMMENTS + "1/change/", COMMENTS + "1/remove/", ONE + "here/", "/mentions/seen/"):
        assert forged.post(url, {"text": "forged"}).status_code == 403
    assert not Comment.objects.exists()


# --- a place in a body


def test_a_place_of_the_tree_leads_to_the_form_and_the_comment_leads_back(person):
    at = "request.messages[0].content"
    tree = parse(person.get(f"{ONE}tree/?at={at}&provider=openai"))
    url = tree.links()["Comment on this place"]
    assert url == f"{ONE}?comment={at}&provider=openai#comment-form"
    form = parse(person.get(url)).one("form", id="comment-form")
    assert form.one("input", name="place")["value"] == at
    person.post(form["action"], fields(form) | {"text": "this one"})
    assert Comment.objects.get().place == at
    link = card_of(person).one(class_="remark__place").one("a")
    assert (link.text, link["href"].partition("#")[0]) == (at, f"{ONE}tree/?at={at}")
    there = parse(person.get(link["href"]))
    node = there.one(id=link["href"].partition("#")[2])
    assert node.one(class_="badge", title="1 comment on this place").text == "1 comment on this place"


def test_the_tree_marks_its_places_with_one_query_and_htmx_gets_them_too(person, django_assert_max_num_queries):
    said(person, "x", place="request.messages[0]")
    with django_assert_max_num_queries(14):
        page = person.get(f"{ONE}tree/?side=request")
    assert page.status_code == 200
    node = person.get(f"{ONE}tree/?at=request.messages", headers=HTMX)
    assert "1 comment on this place" in parse(node).text


def test_a_place_is_for_who_may_read_bodies(person):
    said(person, "what is this?", place="request.messages[0]")
    lee = client_of("lee", METADATA)
    card = card_of(lee)
    assert texts_of(card) == ["what is this?"]
    assert "messages[0]" not in card.text
    from django.contrib.auth.models import Permission

    somebody("lee", "").user_permissions.add(Permission.objects.get(codename="annotate_logs"))
    assert not card_of(lee, ONE + "?comment=request.messages[0]").all("input", name="place")
    assert say(lee, "x", place="request.messages[0]").status_code == 403
    assert say(lee, "x").status_code == 303


@pytest.mark.parametrize("place", ["elsewhere.x", "request[", "request." + "x" * 3000, "<script>", f"request.{KEY}"])
def test_a_place_that_no_body_can_have_or_that_is_a_secret_is_refused(person, place):
    assert say(person, "x", place=place).status_code == 400
    assert person.get(ONE, {"comment": place}).status_code == 400
    assert not Comment.objects.exists()


# --- the audit trail


def test_each_is_noted_before_it_is_done_by_its_hash_and_never_by_its_words(person):
    said(person, "canary words")
    person.post(f"{COMMENTS}1/change/", {"text": "other words"})
    person.post(f"{COMMENTS}1/change/", {"text": "other words"})  # which changes nothing
    client_of("lou", ADMINISTRATOR).post(f"{COMMENTS}1/remove/")
    first, second = (
        {"log": "one", "comment": 1, "length": len(text), "sha256": hashlib.sha256(text.encode()).hexdigest()}
        for text in ("canary words", "other words")
    )
    assert noted() == [
        ("kim", "comment-made", first),
        ("kim", "comment-changed", second),
        ("lou", "comment-removed", second | {"author": "kim"}),
    ]
    assert "words" not in str(list(AuditEntry.objects.values_list("facts", flat=True)))


def test_where_the_trail_cannot_be_written_nothing_is_done(person, monkeypatch):
    said(person, "stays")

    def refuse(*_args, **_facts):
        raise DatabaseError("the disk is full")

    monkeypatch.setattr(audit, "record", refuse)
    person.raise_request_exception = False
    assert say(person, "never").status_code == 500
    assert person.post(f"{COMMENTS}1/change/", {"text": "never"}).status_code == 500
    assert person.post(f"{COMMENTS}1/remove/").status_code == 500
    assert list(Comment.objects.values_list("text", flat=True)) == ["stays"]


def test_the_entry_stands_when_the_comment_is_made(person, monkeypatch):
    seen = []
    create = Comment.objects.create

    def looking(**fields):
        seen.append([what for _who, what, _facts in noted()])
        return create(**fields)

    monkeypatch.setattr(Comment.objects, "create", looking)
    said(person, "x")
    assert seen == [["comment-made"]]


def test_two_who_write_at_once_get_a_number_each(person, monkeypatch):
    said(person, "first")
    numbers = iter([0, 1])  # the first was read before another took 1
    monkeypatch.setattr(writing, "last_number", lambda here: next(numbers))
    assert said(person, "second").number == 2


def test_who_is_never_quick_enough_is_told_and_keeps_the_text(person, monkeypatch):
    said(person, "first")
    monkeypatch.setattr(writing, "last_number", lambda here: 0)
    answer = say(person, "second")
    assert answer.status_code == 422
    assert "Others wrote in the same moment" in answer.text
    assert "second" in parse(answer).one("textarea", id="comment-text").raw_text
    with pytest.raises(IntegrityError):
        Comment.objects.create(**Comment.objects.values("account", "gateway", "log_id", "number").get())


# --- the list, the drawer, and a log that is gone


def row_of(person, log_id, url=LOGS):
    return parse(person.get(url)).one("tr", data_log_id=log_id)


def test_a_row_of_the_list_says_how_many_comments_its_log_has(person, bare_store):
    said(person, "a")
    said(person, "b")
    person.post(f"{COMMENTS}2/remove/")
    assert row_of(person, "one").one(class_="talked")["title"] == "1 comment"
    assert not row_of(person, "two").all(class_="talked")
    assert row_of(person, "one", LOGS + "?columns=time,status").one(class_="c-time").one(class_="talked")
    bare_store.add({"id": "three", "gateway_id": "staging"})
    said(person, "c", log="/gateways/staging/logs/two/")  # which is in the other gateway
    said(person, "d", log="/gateways/staging/logs/three/")
    merged = "/logs/?gateway=prod-edge&gateway=staging"
    assert [len(row_of(person, each, merged).all(class_="talked")) for each in ("one", "two", "three")] == [1, 0, 1]


def test_the_marks_of_a_list_cost_one_query(person, bare_store, django_assert_max_num_queries):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    for number in range(30):
        bare_store.add({"id": f"m-{number}"})
        said(person, "x", log=f"{LOGS}m-{number}/")
    with CaptureQueriesContext(
        connection,
    ) as queries:
        person.get(LOGS)
    assert len([each for each in queries if "talk_comment" in each["sql"]]) == 1


def test_the_drawer_says_it_too(person):
    said(person, "a")
    drawer = parse(person.get(ONE + "peek/", headers=HTMX))
    assert drawer.links()["1"] == f"{ONE}#comments"


def test_the_comments_of_a_log_that_is_gone_stay_readable_where_that_is_said(person, bare_store):
    said(person, "why it was odd")
    bare_store.delete(["one"])
    answer = person.get(ONE)
    assert answer.status_code == 404
    card = parse(answer).one(id="comments")
    assert texts_of(card) == ["why it was odd"]
    assert not card.all("form")
    assert not parse(person.get(LOGS + "nope/")).all(id="comments")
    assert "why it was odd" not in client_of("lee", ADMINISTRATOR, "staging").get(ONE).text
