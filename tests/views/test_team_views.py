"""Views of the team, and what is new in a view: …/views/<view_id>/team/, …/since/ and …/views/team-default/"""

from datetime import UTC, datetime, timedelta

import httpx
import pytest
from django.test import Client
from django.utils import timezone

from gateway_dash.sharing.models import SavedView, ViewLook
from gateway_dash.team.roles import ADMINISTRATOR, READER
from tests.conftest import LOGS
from tests.people import noted, only, somebody
from tests.views.reading import HTMX, parse

pytestmark = pytest.mark.django_db

VIEWS = "/gateways/prod-edge/views/"


@pytest.fixture
def lee(sandbox):
    person = Client()
    person.force_login(somebody("lee", READER))
    return person


@pytest.fixture
def view(person):
    person.post(VIEWS + "save/", {"name": "Failed", "query": "success=false", "description": "for the duty"})
    return SavedView.objects.get()


def give(person, view, team="1"):
    return person.post(f"{VIEWS}{view.pk}/team/", {"team": team})


def test_a_view_is_ones_own_until_it_is_given_to_the_team(person, view, lee):
    assert "Failed" not in lee.get(LOGS).text
    give(person, view)
    page = parse(lee.get(LOGS))
    assert "Failed by kim" in " ".join(page.one("div", id="views-menu").text.split())
    assert noted("team-view") == [("kim", "team-view", {"view": "Failed", "for_the_team": True})]
    give(person, view, "")
    assert "Failed" not in lee.get(LOGS).text


def test_a_view_of_the_team_says_what_it_is_for(person, view, lee):
    give(person, view)
    assert "for the duty" in parse(lee.get(LOGS + "?success=false")).one("section", id="results").text


def test_who_may_not_share_gives_nothing_to_the_team(person, view):
    only(READER)
    assert give(person, view).status_code == 403
    assert not SavedView.objects.get().is_team


@pytest.mark.parametrize("action", ["rename/", "delete/", "team/"])
def test_others_do_not_change_it_and_administrators_do(person, view, lee, action):
    give(person, view)
    sent = {"name": "Mine", "team": ""}
    assert lee.post(f"{VIEWS}{view.pk}/{action}", sent).status_code == 404
    only(ADMINISTRATOR, "lee")
    assert lee.post(f"{VIEWS}{view.pk}/{action}", sent).status_code == 302


def test_what_is_not_given_is_not_there_even_for_administrators(person, view, lee):
    only(ADMINISTRATOR, "lee")
    assert lee.post(f"{VIEWS}{view.pk}/rename/", {"name": "Mine"}).status_code == 404
    assert lee.get(f"{VIEWS}{view.pk}/since/").status_code == 404


def test_a_view_of_a_gateway_that_one_may_not_see_is_not_there(person, view, lee):
    give(person, view)
    only(READER, "lee", "staging")
    assert "Failed" not in lee.get("/palette.json").text
    assert lee.get(VIEWS).status_code == 404


def test_the_team_has_a_default_for_who_has_none(person, view, lee):
    give(person, view)
    assert person.post(VIEWS + "team-default/", {"view": view.pk}).status_code == 403
    only(ADMINISTRATOR)
    person.post(VIEWS + "team-default/", {"view": view.pk})
    assert lee.get("/gateways/prod-edge/")["Location"] == LOGS + "?success=false"
    lee.post(VIEWS + "save/", {"name": "Mine", "query": "cached=true", "default": "1"})
    assert lee.get("/gateways/prod-edge/")["Location"] == LOGS + "?cached=true"
    person.post(VIEWS + "team-default/", {"view": ""})
    assert not SavedView.objects.filter(is_team_default=True).exists()


def test_a_view_that_is_not_the_teams_cannot_be_its_default(person, view):
    only(ADMINISTRATOR)
    assert person.post(VIEWS + "team-default/", {"view": view.pk}).status_code == 404


def test_taken_back_it_is_no_default_either(person, view):
    only(ADMINISTRATOR)
    give(person, view)
    person.post(VIEWS + "team-default/", {"view": view.pk})
    give(person, view, "")
    assert not SavedView.objects.get().is_team_default


@pytest.mark.parametrize("text", ["x" * 201, "a\u202eb"])
def test_a_description_that_cannot_be_is_refused(person, sandbox, text):
    answer = person.post(VIEWS + "save/", {"name": "Failed", "query": "success=false", "description": text})
    assert answer.status_code == 400
    assert not SavedView.objects.exists()


# --- since you last looked


@pytest.fixture
def logs(bare_store):
    now = datetime.now(UTC)
    for number, hours in enumerate((1, 2, 3, 30)):
        at = (now - timedelta(hours=hours)).isoformat()
        bare_store.add({"id": f"m-{number}", "created_at": at, "success": False, "status_code": 500})
    return bare_store


def looked(view, hours):
    ViewLook.objects.all().delete()
    at = timezone.now() - timedelta(hours=hours)
    ViewLook.objects.create(user_id=view.user_id, view=view, at=at)


def test_the_first_look_says_nothing_and_is_remembered(person, view, logs, wire):
    wire.forget()
    page = person.get(LOGS + "?success=false")
    assert not parse(page).all("p", id="since")
    assert ViewLook.objects.get().before is None
    assert len(wire.sent) == 1


def test_the_next_look_says_what_is_new_by_one_call_of_its_own(person, view, logs, wire):
    looked(view, 2.5)
    wire.forget()
    person.get(LOGS + "?success=false")  # this look ends the one before
    page = person.get(LOGS + "?success=false")
    line = parse(page).one("p", id="since")
    assert len(wire.sent) == 2
    assert line["hx-get"] == f"{VIEWS}{view.pk}/since/"
    told = parse(person.get(line["hx-get"], headers=HTMX)).one("p", id="since")
    assert "2 new since you last looked" in told.text
    assert len(wire.sent) == 3
    listed = person.get(told.one("a")["href"])
    assert [row["data-log-id"] for row in parse(listed).all("tr") if "data-log-id" in row.attributes] == ["m-0", "m-1"]


def test_a_page_that_is_read_again_is_still_the_same_look(person, view, logs):
    looked(view, 2.5)
    for _ in range(3):
        person.get(LOGS + "?success=false")
    before = ViewLook.objects.get().before
    assert before
    assert timezone.now() - before > timedelta(hours=2)


def test_without_htmx_the_line_leads_to_what_is_new(person, view, logs):
    looked(view, 2.5)
    person.get(LOGS + "?success=false")
    answer = person.get(f"{VIEWS}{view.pk}/since/")
    assert answer.status_code == 303
    assert "start=" in answer["Location"]


def test_nothing_new_is_said_too(person, view, logs):
    looked(view, 0.6)
    person.get(LOGS + "?success=false")
    assert "Nothing new" in person.get(f"{VIEWS}{view.pk}/since/", headers=HTMX).text


def test_an_upstream_that_is_gone_is_said_in_the_line(person, view, logs, wire):
    looked(view, 2.5)
    person.get(LOGS + "?success=false")
    wire.instead = lambda _request: httpx.Response(500)
    answer = person.get(f"{VIEWS}{view.pk}/since/", headers=HTMX)
    assert answer.status_code == 200
    assert "is not known" in answer.text


def test_each_person_has_looks_of_their_own(person, view, logs, lee):
    give(person, view)
    looked(view, 2.5)
    lee.get(LOGS + "?success=false")
    assert not parse(lee.get(LOGS + "?success=false")).all("p", id="since")
    assert ViewLook.objects.count() == 2
