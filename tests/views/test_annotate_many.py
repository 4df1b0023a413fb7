"""/gateways/<gateway>/logs/annotate-many/"""

import pytest

from gateway_dash.team.roles import READER
from tests.annotating.conftest import put
from tests.conftest import LOGS
from tests.people import only
from tests.views.reading import fields, parse

pytestmark = pytest.mark.django_db

URL = LOGS + "annotate-many/"


@pytest.fixture
def logs(bare_store):
    put(bare_store, *({"id": f"m-{number:03}"} for number in range(60)), {"id": "g", "provider": "groq"})
    return bare_store


def pressed(person, listed, **changed):
    """The button of the list, pressed as a browser without JavaScript does."""
    form = parse(listed).one("form", class_="logs-form")
    [button] = [each for each in form.all("button") if each.text == "Annotate…"]
    return person.post(button["formaction"], fields(form) | changed)


def form_of(answer):
    [form] = [
        each for each in parse(answer).all("form") if "annotate-many/plan/" in (each.attributes.get("action") or "")
    ]
    return form


def test_the_button_of_the_list_leads_to_the_form_with_the_ticked_logs(person, wire, logs):
    listed = person.get(LOGS + "?provider=mistral")
    wire.forget()
    answer = pressed(person, listed, id=["m-001", "m-002"])
    assert answer.status_code == 200
    assert parse(answer).one("h1").text == "Annotate 2 logs that you ticked"
    assert fields(form_of(answer))["id"] == ["m-001", "m-002"]
    assert wire.calls == []


def test_all_that_match_are_pinned_to_when_the_list_was_shown(person, wire, logs):
    answer = pressed(person, person.get(LOGS + "?provider=mistral"), everything=["1"], _page=["1"])
    assert "Annotate all that match" in parse(answer).one("h1").text
    form = form_of(answer)
    assert "id" not in fields(form)
    assert "end=" in form["action"]
    assert "provider=mistral" in form["action"]


def test_the_way_back_finds_the_same_rows_ticked(person, wire, logs):
    answer = pressed(person, person.get(LOGS + "?provider=mistral"), id=["m-059"])
    back = parse(answer).links()["Back to the list"]
    page = parse(person.get(back))
    assert [each["value"] for each in page.all("input", name="id") if "checked" in each] == ["m-059"]


def test_it_leaves_everything_unless_something_is_chosen(person, wire, logs):
    sent = fields(form_of(person.post(URL, {"id": "m-001"})))
    assert {sent[name][0] for name in ("feedback", "score_act", "pair_act")} == {"leave"}


@pytest.mark.parametrize(("sent", "status"), [({}, 422), ({"id": "a/b"}, 400)])
def test_no_log_or_an_impossible_one_is_no_form(person, wire, logs, sent, status):
    assert person.post(URL, sent).status_code == status


def test_who_may_not_annotate_gets_no_form(person, wire, logs, monkeypatch):
    only(READER)
    assert person.post(URL, {"id": "m-001"}).status_code == 403


def test_it_is_not_to_be_got(person, sandbox):
    assert person.get(URL).status_code == 405
