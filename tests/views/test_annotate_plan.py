"""/gateways/<gateway>/logs/annotate-many/plan/"""

import pytest

from gateway_dash.bulk.models import Item, Job
from gateway_dash.team.roles import READER
from tests.annotating.conftest import put
from tests.conftest import LOGS
from tests.people import only
from tests.views.reading import fields, parse

pytestmark = pytest.mark.django_db

URL = LOGS + "annotate-many/plan/"
HOSTILE = "<img src=x>\u202e"


@pytest.fixture
def logs(bare_store):
    put(bare_store, *({"id": f"m-{number:03}"} for number in range(120)), {"id": "g", "provider": "groq"})
    return bare_store


def plan(person, query="", **sent):
    return person.post(URL + query, sent, follow=True)


def strip(answer):
    return {each.one("dt").text: each.one("dd").text for each in parse(answer).one("dl", class_="strip").all("div")}


def rows(answer):
    return [each for each in parse(answer).all("tr") if "data-log-id" in each]


def test_the_plan_shows_before_and_after_of_the_first_fifty(person, wire, logs):
    logs.annotate("m-000", {"feedback": -1})
    answer = plan(person, "?provider=mistral", everything="1", feedback="1")
    assert answer.status_code == 200
    assert strip(answer)["Will change"] == "120 logs"
    found = rows(answer)
    assert len(found) == 50
    assert [each.text for each in found[0].all("td")] == ["m-000", "will change", "verdict", "bad", "good", ""]
    assert "about 360 upstream calls" in parse(answer).text
    assert wire.patches == []
    more = person.get(parse(answer).links()["More rows"])
    assert rows(more)[0]["data-log-id"] == "m-050"


def test_rows_that_cannot_be_changed_are_counted_with_their_reason(person, wire, logs):
    put(logs, {"id": "nested", "metadata": {"a": {"b": 1}}}, {"id": "same", "metadata": {"team": "AI"}})
    sent = {"pair_act": "set", "key": "team", "value": "AI"}
    answer = plan(person, id=["nested", "same", "m-001", "gone"], **sent)
    assert strip(answer) == {
        "Will change": "1 log",
        "Already so": "1 nothing to send",
        "Cannot be changed": "1 with the reason below",
        "Gone already": "1 ticked, but no longer there",
    }
    assert "1 log: Its metadata holds values that the API cannot take back" in parse(answer).text
    assert [each["data-log-id"] for each in rows(person.get(answer.redirect_chain[0][0] + "?state=failed"))] == [
        "nested"
    ]


@pytest.mark.parametrize(
    ("sent", "parts"),
    [
        ({"feedback": "none"}, {"verdict": None}),
        ({"feedback": "-1"}, {"verdict": -1}),
        ({"score_act": "set", "score": " 99.5 "}, {"score": 99.5}),
        ({"score_act": "none"}, {"score": None}),
        ({"pair_act": "set", "key": " team ", "value": " a "}, {"metadata team": " a "}),
        ({"pair_act": "set", "key": "n", "value": "42", "type": "number"}, {"metadata n": 42}),
        ({"pair_act": "set", "key": "n", "value": "TRUE", "type": "flag"}, {"metadata n": True}),
        ({"pair_act": "none", "key": "team"}, {"metadata team": None}),
    ],
)
def test_each_part_is_left_set_or_taken_away(person, wire, logs, sent, parts):
    plan(person, id="m-001", **sent)
    assert Job.objects.get().spec["parts"] == parts


@pytest.mark.parametrize(
    ("sent", "words"),
    [
        ({}, "Nothing is to be changed"),
        ({"feedback": "7"}, "The verdict is good, bad or none"),
        ({"score_act": "set", "score": "101"}, "a number from 0 to 100"),
        ({"score_act": "set"}, "Type the score"),
        ({"score_act": "?"}, "left as it is, set or taken away"),
        ({"score": "5"}, "“set” is not chosen"),
        ({"pair_act": "set", "key": "a"}, "Type the key and the value"),
        ({"pair_act": "set", "key": "a", "value": "x\0"}, "cannot be sent"),
        ({"pair_act": "set", "key": "a", "value": "x", "type": "number"}, "of the type number"),
        ({"pair_act": "set", "key": "k" * 101, "value": "x"}, "Keys have at most 100"),
        ({"pair_act": "none", "key": "a", "value": "x"}, "leave the value empty"),
        ({"key": "a"}, "neither “set” nor “take away” is chosen"),
    ],
)
def test_what_cannot_be_read_is_said_and_what_was_typed_stands(person, wire, logs, sent, words):
    answer = plan(person, id="m-001", **sent)
    assert answer.status_code == 422
    assert words in parse(answer).text
    assert not Job.objects.exists()
    form = next(each for each in parse(answer).all("form") if URL in (each.attributes.get("action") or ""))
    assert fields(form)["id"] == ["m-001"]
    assert fields(form)["score"] == [sent.get("score", "")]


def test_a_second_click_leads_to_the_same_plan(person, wire, logs):
    sent = {"id": "m-001", "feedback": "1", "once": "0123456789abcdef"}
    first, second = person.post(URL, sent), person.post(URL, sent)
    assert first["Location"] == second["Location"]
    assert (Job.objects.count(), Item.objects.count()) == (1, 1)


def test_what_strangers_wrote_stands_there_as_text(person, wire, logs):
    put(logs, {"id": "h", "metadata": {HOSTILE: HOSTILE}})
    answer = plan(person, id="h", pair_act="none", key=HOSTILE)
    assert "<img src=x>" not in answer.text
    assert "\u202e" not in answer.text
    assert rows(answer)


def test_a_key_in_the_metadata_is_masked(person, wire, logs):
    secret = "sk-proj-" + "a1B2c3D4e5F6g7H8" * 3
    put(logs, {"id": "h", "metadata": {"team": secret}})
    answer = plan(person, id="h", pair_act="none", key="team")
    assert secret not in answer.text
    assert "[masked" in answer.text


@pytest.mark.parametrize("parameter", ["state=odd", "page=0", "page=x", "page=²"])
def test_a_parameter_that_cannot_be_read_is_an_error(person, wire, logs, parameter):
    answer = plan(person, id="m-001", feedback="1")
    assert person.get(f"{answer.redirect_chain[0][0]}?{parameter}").status_code == 400


def test_who_may_not_annotate_plans_nothing(person, wire, logs, monkeypatch):
    only(READER)
    assert plan(person, id="m-001", feedback="1").status_code == 403
    assert not Job.objects.exists()
