"""/gateways/<gateway>/logs/<log_id>/here/"""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from gateway_dash.talk.models import Presence
from gateway_dash.talk.presence import EVERY_S, HERE_S, WRITE_S
from gateway_dash.team.roles import METADATA
from tests.views.reading import HTMX, parse
from tests.views.talking import ONE, card_of, client_of, said

pytestmark = pytest.mark.django_db
HERE = ONE + "here/"


@pytest.fixture(autouse=True)
def one(bare_store):
    bare_store.add({"id": "one"})


def beat(client, seen=0):
    return parse(client.post(HERE, {"seen": str(seen)}, headers=HTMX)).one(id="here")


def older(seconds):
    Presence.objects.update(at=timezone.now() - timedelta(seconds=seconds))


def writes(queries):
    return [each["sql"] for each in queries if each["sql"].startswith(("INSERT", "UPDATE", "DELETE"))]


def test_others_who_have_it_open_are_named_and_oneself_is_not(person):
    robin = client_of("robin", METADATA)
    assert beat(person).text == ""
    assert beat(robin).text == "kim has this log open too"
    assert beat(person).text == "robin has this log open too"
    beat(client_of("lou"))
    assert beat(person).text == "lou, robin have this log open too"


def test_without_scripts_a_page_shows_who_is_known_and_announces_nobody(person):
    beat(client_of("robin"))
    assert card_of(person).one(id="here").text == "robin has this log open too"
    assert list(Presence.objects.values_list("name", flat=True)) == ["robin"]


def test_who_has_not_been_heard_of_for_a_while_is_gone_and_so_is_the_row(person):
    beat(client_of("robin"))
    older(HERE_S - 2)
    assert beat(person).text == "robin has this log open too"
    older(HERE_S + 1)
    assert beat(person).text == ""
    assert list(Presence.objects.values_list("name", flat=True)) == ["kim"]


def test_a_beat_soon_after_another_writes_nothing(person):
    beat(person)
    older(WRITE_S - 1)
    with CaptureQueriesContext(connection) as queries:
        beat(person)
    assert writes(queries) == []
    older(WRITE_S + 1)
    with CaptureQueriesContext(connection) as queries:
        beat(person)
    assert len(writes(queries)) == 2  # the row, and those of others that are over
    assert Presence.objects.get().at > timezone.now() - timedelta(seconds=5)


def test_two_beats_make_a_write_before_somebody_counts_as_gone():
    assert WRITE_S <= 2 * EVERY_S < HERE_S
    assert 15 <= EVERY_S <= 20


def test_one_log_and_one_gateway_know_nothing_of_the_others(person):
    beat(client_of("robin"))
    for url in ("/gateways/prod-edge/logs/two/", "/gateways/staging/logs/one/"):
        assert "robin" not in person.post(f"{url}here/", headers=HTMX).text


def test_it_tells_how_many_comments_came_since(person):
    said(person, "one")
    assert not beat(person, seen=1).all("a")
    said(client_of("robin"), "two")
    said(client_of("robin"), "three")
    link = beat(person, seen=1).one("a")
    assert link.text == "2 newer comments, show"
    assert link["href"] == f"{ONE}#comments"
    thread = parse(person.get(link["hx-get"], headers=HTMX))
    assert len(thread.one(id="thread").all(class_="remark")) == 3
    assert thread.one("input", name="seen")["value"] == "3"


def test_it_keeps_what_the_page_has_seen(person):
    said(person, "one")
    assert beat(person, seen=0).one("input", name="seen")["value"] == "0"


def test_it_is_for_who_sees_the_gateway(person):
    assert client_of("lee", "Administrator", "staging").post(HERE).status_code == 404
    assert not Presence.objects.exists()


@pytest.mark.parametrize("seen", ["x", "-1", "1" * 20])
def test_a_number_that_is_none_is_refused_and_nothing_is_written(person, seen):
    assert person.post(HERE, {"seen": seen}).status_code == 400
    assert not Presence.objects.exists()


def test_the_form_beats_in_the_background_and_leads_to_the_page_without_htmx(person):
    form = card_of(person).one("form", id="here")
    assert "data-background" in form
    assert (form["hx-trigger"], form["data-here"]) == ("beat", str(EVERY_S))
    answer = person.post(form["action"], {"seen": "0"})
    assert (answer.status_code, answer["Location"]) == (303, ONE)
