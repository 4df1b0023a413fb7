"""/mentions/, and @names in comments"""

from __future__ import annotations

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import connection
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext

from gateway_dash.talk.calling import CALLS_LIMIT
from gateway_dash.talk.models import Mention
from gateway_dash.talk.templatetags.talk import unseen_mentions
from gateway_dash.team.roles import METADATA, OPERATOR
from tests.conftest import LOGS
from tests.people import only, somebody
from tests.views.reading import HTMX, parse
from tests.views.talking import COMMENTS, ONE, card_of, client_of, said, say

pytestmark = pytest.mark.django_db
PEOPLE = "/gateways/prod-edge/people/complete/"


@pytest.fixture(autouse=True)
def one(bare_store):
    bare_store.add({"id": "one"})


@pytest.fixture
def robin():
    return client_of("robin", METADATA)


def called():
    return list(Mention.objects.order_by("pk").values_list("person__username", flat=True))


def count_in(page):
    return [each.text for each in parse(page).all("a", class_="called")]


# --- who is called


@pytest.mark.parametrize("text", ["@robin", "well, @robin.", "(@robin)", "@robin, look", "@robin: x", "a\n@robin"])
def test_a_name_behind_an_at_calls_the_person(person, robin, text):
    said(person, text)
    assert called() == ["robin"]
    assert card_of(person).one("b", class_="call").text == "@robin"


@pytest.mark.parametrize("text", ["robin", "x@robin", "mail@robin.example", "@robins", "@Robin", "@ robin"])
def test_what_is_no_name_calls_nobody(person, robin, text):
    said(person, text)
    assert called() == []
    assert not card_of(person).all("b", class_="call")


def test_a_name_that_looks_like_a_mail_address_calls_and_is_not_masked(person):
    client_of("jo@example.org")
    comment = said(person, "@jo@example.org, write to pat@example.org")
    assert comment.text == "@jo@example.org, write to [masked: mail address]"
    assert called() == ["jo@example.org"]


@pytest.mark.parametrize(("role", "gateway"), [("", ""), (OPERATOR, "staging")])
def test_who_may_not_see_the_gateway_is_not_called_and_that_is_said(person, role, gateway):
    lee = client_of("lee", role, gateway)
    answer = say(person, "@lee and @nobody", headers=HTMX)
    assert "lee, nobody: nobody of this name may see this gateway" in parse(answer).text
    assert called() == []
    assert "so nobody was told" in card_of(person).text  # also without htmx, and to the author alone
    assert "so nobody was told" not in card_of(client_of("robin")).text
    assert count_in(lee.get("/mentions/")) == []
    assert "Nobody has called you yet" in lee.get("/mentions/").text


def test_who_is_switched_off_is_not_called(person, robin, django_user_model):
    django_user_model.objects.filter(username="robin").update(is_active=False)
    said(person, "@robin")
    assert called() == []


def test_nobody_calls_themselves_or_the_same_person_twice(person, robin):
    said(person, "@kim @robin @robin")
    assert called() == ["robin"]
    assert "so nobody was told" not in card_of(person).text


def test_a_change_calls_who_is_new_and_no_longer_who_is_left_out(person, robin):
    client_of("lou")
    said(person, "@robin")
    Mention.objects.update(seen_at="2026-11-20T10:00:00Z")
    person.post(f"{COMMENTS}1/change/", {"text": "@robin and @lou"})
    assert called() == ["robin", "lou"]
    assert Mention.objects.get(person__username="robin").seen_at is not None  # not new again
    person.post(f"{COMMENTS}1/change/", {"text": "@lou"})
    assert called() == ["lou"]
    person.post(f"{COMMENTS}1/remove/")
    assert called() == []


def test_very_many_names_are_looked_up_to_a_limit(person):
    for number in range(CALLS_LIMIT + 2):
        somebody(f"p{number}")
    said(person, " ".join(f"@p{number}" for number in range(CALLS_LIMIT + 2)) + " @x" * 900)
    assert len(called()) == CALLS_LIMIT


# --- the count, the page


def test_the_top_bar_counts_what_is_new_on_every_page(person, robin):
    said(person, "@robin a")
    said(person, "@robin b")
    for url in ("/gateways/", LOGS, ONE):
        assert count_in(robin.get(url)) == ["@ 2 new mentions"]
        assert count_in(person.get(url)) == []


def test_the_count_is_one_query_and_none_for_a_stranger(person, robin, client):
    said(person, "@robin")
    with CaptureQueriesContext(connection) as queries:
        robin.get("/preferences/zone/")
    assert len([each for each in queries if "talk_mention" in each["sql"]]) == 1
    asked = RequestFactory().get("/nope/")
    asked.user = AnonymousUser()
    with CaptureQueriesContext(connection) as queries:
        Client().get("/login/")
        assert unseen_mentions({"request": asked}) == 0
    assert not [each for each in queries if "talk_" in each["sql"]]


def test_they_are_listed_the_newest_first_with_what_was_said(person, robin):
    said(person, "@robin first")
    said(person, "@robin <b>second</b>\nline")
    page = parse(robin.get("/mentions/"))
    assert page.one("h1").text == "2 new mentions"
    assert [each.text for each in page.all(class_="remark__text")] == ["@robin <b>second</b> line", "@robin first"]
    assert not page.all(class_="remark__text")[0].all("b")
    assert page.all("a", class_="mono")[0]["href"] == ONE


def test_a_page_that_is_looked_at_marks_nothing(person, robin):
    said(person, "@robin")
    for url in ("/mentions/", ONE, COMMENTS):
        robin.get(url)
    robin.post(ONE + "here/", {"seen": "1"}, headers=HTMX)
    assert Mention.objects.get().seen_at is None
    for url in ("/mentions/seen/", f"/mentions/{Mention.objects.get().pk}/open/"):
        assert robin.get(url).status_code == 405


def test_to_open_one_marks_it_and_leads_to_its_comment(person, robin):
    said(person, "@robin a")
    said(person, "@robin b")
    page = parse(robin.get("/mentions/"))
    form = page.all("form", class_="row", method="post")[1]
    answer = robin.post(form["action"])
    assert (answer.status_code, answer["Location"]) == (303, f"{ONE}#comment-1")
    assert count_in(robin.get("/mentions/")) == ["@ 1 new mention"]


def test_to_open_an_old_one_leads_to_where_it_stands(person, robin, monkeypatch):
    monkeypatch.setattr("gateway_dash.talk.here.SHOWN", 2)
    said(person, "@robin a")
    for _ in range(3):
        said(person, "x")
    answer = robin.post(f"/mentions/{Mention.objects.get().pk}/open/")
    assert answer["Location"] == f"{COMMENTS}?before=2#comment-1"


def test_all_are_marked_at_once(person, robin):
    said(person, "@robin a")
    said(person, "@robin b")
    lou = client_of("lou")
    said(person, "@lou c")
    assert robin.post("/mentions/seen/")["Location"] == "/mentions/"
    assert parse(robin.get("/mentions/")).one("h1").text == "No new mentions"
    assert count_in(lou.get("/mentions/")) == ["@ 1 new mention"]


def test_a_mention_of_somebody_else_is_not_there(person, robin):
    said(person, "@robin")
    number = Mention.objects.get().pk
    for url in (f"/mentions/{number}/open/", f"/mentions/{number + 1}/open/"):
        assert person.post(url).status_code == 404
    assert Mention.objects.get().seen_at is None


def test_mentions_in_a_gateway_that_is_theirs_no_more_are_not_listed_counted_or_opened(person, robin):
    said(person, "@robin canary")
    only(OPERATOR, "robin", "staging")
    page = robin.get("/mentions/")
    assert "canary" not in page.text
    assert count_in(page) == []
    assert robin.post(f"/mentions/{Mention.objects.get().pk}/open/").status_code == 404
    robin.post("/mentions/seen/")
    assert Mention.objects.get().seen_at is None
    only(OPERATOR, "robin", "prod-edge")
    assert count_in(robin.get("/mentions/")) == ["@ 1 new mention"]


# --- completion


def names(client, word):
    return client.get(PEOPLE, {"word": word}).json()["people"]


def test_names_are_completed_from_those_who_see_the_gateway(person):
    for name, role, gateway in (("rob", METADATA, ""), ("Robin", OPERATOR, "prod-edge"), ("roby", OPERATOR, "staging"),
                                ("robot", "", "")):  # fmt: skip
        somebody(name, role, gateway)
    somebody("roboff", OPERATOR, is_active=False)
    assert names(person, "rob") == ["Robin", "rob"]
    assert names(person, "ROB") == ["Robin", "rob"]
    assert names(person, "kim") == []  # oneself
    assert names(person, "%") == names(person, "_") == []


def test_few_are_offered_however_many_there_are(person):
    for number in range(60):
        somebody(f"q{number:02}")
    assert len(names(person, "q")) == 8


def test_who_may_not_write_is_not_told_who_there_is(person):
    assert client_of("lee", "Reader").get(PEOPLE, {"word": "k"}).status_code == 403
    assert client_of("sam", OPERATOR, "staging").get(PEOPLE, {"word": "k"}).status_code == 404
