"""/gateways/<gateway>/logs/<log_id>/keep/"""

import pytest

from gateway_dash.bulk.models import KeepMark
from tests.conftest import LOGS
from tests.people import somebody
from tests.views.reading import HTMX, fields, parse

pytestmark = pytest.mark.django_db


@pytest.fixture
def url(store):
    return LOGS + store.ids("prod-edge")[0] + "/"


def test_a_log_is_kept_and_let_go_from_its_page(person, url):
    form = parse(person.get(url)).one("form", id="keep")
    answer = person.post(form["action"], {"keep": form.one("button")["value"]} | fields(form))
    assert answer["Location"] == url
    button = parse(person.get(url)).one("form", id="keep").one("button")
    assert (button.text, button["aria-pressed"], button["value"]) == ("Kept", "true", "0")
    assert "kim keeps it since" in button["title"]
    person.post(form["action"], {"keep": "0"})
    assert not KeepMark.objects.exists()


def test_htmx_gets_the_button_alone(person, url, wire):
    answer = parse(person.post(url + "keep/", {"keep": "1"}, headers=HTMX))
    assert answer.one("form", id="keep").one("button").text == "Kept"
    assert not answer.all("main")
    assert wire.sent == []


def test_to_keep_it_twice_is_to_keep_it_once_and_the_first_who_did_stays(person, url, django_user_model, client):
    person.post(url + "keep/", {"keep": "1"})
    client.force_login(somebody("robin"))
    client.post(url + "keep/", {"keep": "1"})
    assert KeepMark.objects.get().by_name == "kim"


def test_who_keeps_and_who_lets_go_is_noted(person, url, caplog):
    person.post(url + "keep/", {"keep": "1"})
    person.post(url + "keep/", {"keep": "0"})
    noted = [record.getMessage() for record in caplog.records if record.name == "gateway_dash.audit"]
    assert noted == ["marked a log “keep”", "removed the mark “keep”"]


@pytest.mark.parametrize("keep", ["", "2", "yes"])
def test_anything_else_is_refused(person, url, keep):
    assert person.post(url + "keep/", {"keep": keep}).status_code == 400
    assert not KeepMark.objects.exists()


def test_only_post_is_answered(person, url):
    assert person.get(url + "keep/").status_code == 405
