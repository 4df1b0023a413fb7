"""/gateways/<gateway>/logs/?off=…: filters as chips that are edited, turned round, switched off and on, and removed."""

import pytest

from tests.conftest import LOGS
from tests.views.reading import HTMX, fields, parse

pytestmark = pytest.mark.django_db


def chips(page):
    return page.all("li", class_="chip")


def switch(chip):
    return next(each["href"] for each in chip.all("a") if each["title"].startswith("Switch"))


def test_a_filter_that_is_switched_off_is_kept_and_not_asked(person, wire):
    page = parse(person.get(LOGS + "?provider=openai&cost__gt=0.01"))
    page = parse(person.get(switch(chips(page)[0])))
    asked = wire.sent[-1].url.params["filters"]
    assert "cost" in asked
    assert "provider" not in asked
    provider = chips(page)[1]
    assert "chip--off" in provider["class"]
    assert "switched off" in provider.text
    assert "openai" not in page.one(id="list-h").text
    assert page.one(id="box")["value"] == "cost:>0.01"


def test_switched_on_again_it_is_asked_again(person):
    page = parse(person.get(LOGS + "?cost__gt=0.01&off=provider:openai"))
    assert switch(chips(page)[1]) == LOGS + "?cost__gt=0.01&provider=openai"


def test_a_filter_that_is_off_can_be_removed(person):
    page = parse(person.get(LOGS + "?cost__gt=0.01&off=provider:openai"))
    assert chips(page)[1].all("a")[-1]["href"] == LOGS + "?cost__gt=0.01"


def test_what_is_off_stays_behind_every_link_and_goes_with_clear(person):
    page = parse(person.get(LOGS + "?model=gpt-4o&off=-provider:openai"))
    links = [each["href"] for each in page.one("nav", class_="pager").all("a")]
    sorts = [each["href"] for each in page.one("thead").all("a")]
    assert all("off=-provider:openai" in each for each in [*links, *sorts])
    assert page.links()["Clear"] == LOGS


@pytest.mark.parametrize(
    ("off", "said"),
    [
        ("provdr:openai", "Did you mean “provider:”?"),
        ("provider:openai cached:true", "is not one filter"),
        ("refund", "is not one filter"),
        ("since:24h", "is not one filter"),
        ('provider:"', "quotation mark"),
        ("", "is not one filter"),
    ],
)
@pytest.mark.parametrize("headers", [{}, HTMX])
def test_what_is_off_and_cannot_be_read_is_refused_by_name(person, wire, off, said, headers):
    answer = person.get(LOGS, {"off": off}, headers=headers)
    assert answer.status_code == 400
    assert said in parse(answer).text
    assert wire.sent == []


def test_a_chip_is_edited_in_its_place(person):
    page = parse(person.get(LOGS + "?provider=openai&cost__gt=0.01"))
    form = chips(page)[0].one("form")
    sent = {name: values[-1] for name, values in fields(form).items() if name != "cost__gt"}
    sent |= {"set_op": "__not", "set_value": 'openai, "a,b"', "cost__gt": "0.01"}
    answer = person.get(form["action"], sent)
    assert answer["Location"] == LOGS + "?provider__not=openai&provider__not=a,b&cost__gt=0.01"


def test_an_edit_that_says_nothing_is_refused_and_names_the_way(person):
    answer = person.get(LOGS + "?provider=openai&set_edit=provider:openai&set_op=&set_value=")
    assert answer.status_code == 400
    assert "use its ✕" in parse(answer).text


@pytest.mark.parametrize(
    "sent",
    [
        {"set_edit": "nonsense", "set_op": "", "set_value": "x"},
        {"set_edit": "provider:openai", "set_op": "__gte", "set_value": "x"},
        {"set_edit": "cost:>1", "set_op": "__gt", "set_value": "cheap"},
        {"set_edit": "cost:>1", "set_op": "__contains", "set_value": "1"},
        {"set_edit": "provider:openai", "set_op": "", "set_value": '"open'},
    ],
)
def test_an_edit_that_cannot_be_read_is_refused(person, wire, sent):
    assert person.get(LOGS + "?provider=openai", sent).status_code == 400
    assert wire.sent == []


def test_an_edit_onto_a_filter_that_is_there_replaces_both(person):
    answer = person.get(
        LOGS + "?provider=openai&provider__not=groq&set_edit=provider:openai&set_op=__not&set_value=mistral"
    )
    assert answer["Location"] == LOGS + "?provider__not=mistral"


def test_the_value_of_a_chip_is_text_of_strangers(person):
    page = person.get(LOGS, {"model": "<b>\u202ex"})
    assert "<b>\u202e" not in page.content.decode()
    assert "⟦U+202E⟧" in chips(parse(page))[0].text


def test_bounds_come_and_go_with_their_fields(person):
    answer = person.get(LOGS + "?cost__gt=1&provider=openai&set_cost__gt=2&set_cost__lt=5&set_duration__gt=")
    assert answer["Location"] == LOGS + "?provider=openai&cost__gt=2&cost__lt=5"
    answer = person.get(LOGS + "?cost__gt=1&set_cost__gt=")
    assert answer["Location"] == LOGS
    assert person.get(LOGS + "?set_cost__gt=cheap").status_code == 400
