"""/gateways/<gateway>/jobs/<key>/undo/"""

import pytest

from gateway_dash.bulk.models import Job
from gateway_dash.team.roles import READER
from tests.annotating.conftest import put, said
from tests.people import only
from tests.views.reading import fields, parse
from tests.views.test_annotate_start import planned, press

pytestmark = pytest.mark.django_db

BEFORE = {"a": (None, None, None), "b": (-1, 7, {"team": "AI"})}


@pytest.fixture
def done(person, wire, bare_store):
    """The page of a job that is over."""
    put(bare_store, *({"id": name, "feedback": f, "score": s, "metadata": m} for name, (f, s, m) in BEFORE.items()))
    return press(person, planned(person, *BEFORE), "/annotate/")


def test_one_click_sets_everything_back(person, bare_store, done):
    page = press(person, done, "/undo/")
    assert parse(page).one("h1").text == "2 logs set back, and read again"
    assert {name: said(bare_store, name) for name in BEFORE} == BEFORE


def test_the_two_jobs_lead_to_each_other(person, done):
    first = Job.objects.get()
    page = press(person, done, "/undo/")
    undo = Job.objects.get(spec__undoes=first.key)
    assert any(first.key in url for url in parse(page).links().values())
    again = person.get(done.redirect_chain[0][0])
    assert any(undo.key in url for url in parse(again).links().values())


def test_a_second_click_leads_to_the_same_undo(person, wire, done):
    first = press(person, done, "/undo/")
    wire.forget()
    assert press(person, done, "/undo/").redirect_chain == first.redirect_chain
    assert Job.objects.count() == 2
    assert wire.patches == []


def test_an_undo_can_be_undone(person, bare_store, done):
    press(person, press(person, done, "/undo/"), "/undo/")
    assert {said(bare_store, name)[0] for name in BEFORE} == {1}


def test_what_somebody_changed_since_is_left_and_named(person, bare_store, done):
    bare_store.annotate("b", {"feedback": None})
    page = press(person, done, "/undo/")
    assert said(bare_store, "b")[0] is None
    assert "Somebody else changed it since: verdict is none, not bad" in parse(page).one("tr", data_log_id="b").text


def test_who_may_not_annotate_undoes_nothing(person, wire, done, monkeypatch):
    only(READER)
    wire.forget()
    assert press(person, done, "/undo/").status_code == 403
    assert wire.patches == []


def test_another_gateways_job_is_not_there(person, done):
    [form] = [each for each in parse(done).all("form") if (each.attributes.get("action") or "").endswith("/undo/")]
    url = form["action"].replace("prod-edge", "staging")
    assert person.post(url, fields(form)).status_code == 404
