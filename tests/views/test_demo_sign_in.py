"""/login/demo/"""

from io import StringIO

import pytest
from django.core.management import call_command
from django.test import Client

from gateway_dash import upstream
from gateway_dash.team.demo import PEOPLE
from gateway_dash.team.models import AuditEntry
from tests.conftest import LOGS
from tests.views.reading import parse

pytestmark = pytest.mark.django_db


@pytest.fixture
def visitor(client, sandbox):
    call_command("demo_user", stdout=StringIO())
    return client


@pytest.mark.parametrize("who", [each.name for each in PEOPLE])
def test_a_click_is_enough_to_be_somebody_of_the_sandbox(visitor, who):
    page = parse(visitor.get("/login/"))
    form = page.one("form", action="/login/demo/")
    assert who in [button["value"] for button in form.all("button", name="as")]
    answer = visitor.post("/login/demo/", {"as": who}, follow=True)
    assert answer.status_code == 200
    assert answer.context["user"].username == who


def test_one_of_them_sees_one_gateway(visitor):
    visitor.post("/login/demo/", {"as": "demo-support"})
    assert visitor.get("/gateways/support-bot/logs/").status_code == 200
    assert visitor.get(LOGS).status_code == 404


def test_one_of_them_sees_no_bodies(visitor):
    visitor.post("/login/demo/", {"as": "demo-metadata"})
    assert visitor.get(LOGS).status_code == 200
    assert visitor.get(LOGS + "x/raw/").status_code == 403


def test_the_key_of_the_session_is_another_one_afterwards(visitor):
    visitor.post("/login/demo/", {"as": "demo-reader"})
    first = visitor.session.session_key
    visitor.post("/login/demo/", {"as": "demo"})
    assert visitor.session.session_key != first


def test_it_leads_back_to_where_one_wanted_to_go_and_never_elsewhere(visitor):
    assert visitor.post("/login/demo/", {"as": "demo", "next": LOGS})["Location"] == LOGS
    assert visitor.post("/login/demo/", {"as": "demo", "next": "//evil.example/"})["Location"] == "/"


@pytest.mark.parametrize("who", ["kim", "", "root"])
def test_nobody_else_can_be_had_by_a_click(visitor, django_user_model, who):
    django_user_model.objects.create_superuser("root")
    assert visitor.post("/login/demo/", {"as": who}).status_code == 404
    assert "_auth_user_id" not in visitor.session


@pytest.mark.parametrize("elsewhere", ["a real account", "other machines"])
def test_it_is_not_there_elsewhere(visitor, monkeypatch, elsewhere):
    if elsewhere == "a real account":
        monkeypatch.setattr(upstream, "is_sandbox", lambda: False)
    else:
        monkeypatch.setattr(upstream, "demo_is_on", lambda: False)
    assert visitor.post("/login/demo/", {"as": "demo"}).status_code == 404
    assert "/login/demo/" not in visitor.get("/login/").text


def test_another_site_cannot_press_it(sandbox, db):
    call_command("demo_user", stdout=StringIO())
    assert Client(enforce_csrf_checks=True).post("/login/demo/", {"as": "demo"}).status_code == 403


def test_it_stands_in_the_audit_trail(visitor):
    visitor.post("/login/demo/", {"as": "demo-lead"}, REMOTE_ADDR="192.0.2.7")
    entry = AuditEntry.objects.get()
    assert (entry.who, entry.what, entry.address) == ("demo-lead", "sign-in", "192.0.2.7")
