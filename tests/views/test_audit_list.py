"""/audit/"""

import json
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from gateway_dash.team import audit
from gateway_dash.team.events import Event
from gateway_dash.team.models import AuditEntry
from gateway_dash.team.roles import ADMINISTRATOR, LEAD
from tests.people import somebody
from tests.views.reading import parse

pytestmark = pytest.mark.django_db


@pytest.fixture
def root(sandbox):
    person = Client()
    person.force_login(somebody("root", ADMINISTRATOR))
    return person


@pytest.fixture
def trail(root):
    kim = somebody("kim")
    audit.record(kim, Event.REVEALED, "prod-edge", log="one", side="request", kind="openai-key", address="192.0.2.7")
    audit.record(kim, Event.KEPT, "staging", log="two")
    audit.record("robin", Event.DELETION_CONFIRMED, "prod-edge", job="0123456789abcdef", logs=57)
    audit.record(kim, Event.ANNOTATED, "prod-edge", log="one", changed={"verdict": {"before": None, "after": 1}})
    return root


def numbers(page):
    return [int(row.all("td")[0].text) for row in parse(page).one("tbody").all("tr")]


def test_the_newest_come_first_with_their_words(trail):
    page = trail.get("/audit/")
    assert numbers(page) == [4, 3, 2, 1]
    text = parse(page).text
    assert "confirmed a deletion" in text
    assert "192.0.2.7" in text
    assert "verdict none 1" in " ".join(text.split())


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ("?who=kim", [4, 2, 1]),
        ("?who__not=kim", [3]),
        ("?what=reveal&what=keep-mark", [2, 1]),
        ("?gateway=prod-edge", [4, 3, 1]),
        ("?log=one", [4, 1]),
        ("?log__not=one", [3, 2]),
        ("?job=0123456789abcdef", [3]),
        ("?from=192.0.2.7", [1]),
        ("?before=3", [2, 1]),
        ("?box=who:kim+-what:reveal+gateway:prod-edge", [4]),
        ("?box=log:one,two", [4, 2, 1]),
        ("?since=1h", [4, 3, 2, 1]),
        ("?end=2020-01-01T00:00:00Z", []),
    ],
)
def test_the_grammar_of_lists_filters_it(trail, asked, expected):
    page = trail.get("/audit/" + asked)
    assert (numbers(page) if expected else "No entries" in page.text) == (expected or True)


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ("?whom=kim", "Did you mean “who”"),
        ("?what=deletion-confirme", "Did you mean “deletion-confirmed”"),
        ("?since=soon", "takes a length"),
        ("?since=1h&since=2h", "counts once"),
        ("?before=x", "takes the number"),
        ("?who=", "takes 1 to 50 values"),
        ("?box=kim", "stands alone"),
        ("?box=who:>3", "has values, and no more or less"),
        ("?box=who:kim+%22x", "not closed"),
        ("?page=2", "is no field of the audit trail"),
    ],
)
def test_what_cannot_be_read_is_refused_and_never_a_wider_trail(trail, asked, words):
    answer = trail.get("/audit/" + asked)
    assert answer.status_code == 400
    assert words in parse(answer).text


@pytest.mark.parametrize("text", ["who:kim -what:reveal since:24h", 'log:"a,b",two', "start:2026-11-20T10:00:00Z"])
def test_what_the_box_says_is_what_the_address_says(trail, text):
    page = trail.get("/audit/", {"box": text})
    assert parse(page).one("input", id="box")["value"] == text
    again = trail.get("/audit/" + page["HX-Push-Url"].removeprefix("/audit/"))
    assert parse(again).one("input", id="box")["value"] == text


def test_a_page_holds_fifty_and_leads_on(root):
    for number in range(120):
        audit.record("kim", Event.KEPT, "prod-edge", log=f"log-{number}")
    first = root.get("/audit/?who=kim")
    assert len(numbers(first)) == 50
    second = root.get(parse(first).links()["Older"])
    assert numbers(second)[0] == numbers(first)[-1] - 1
    assert "120 entries" in parse(second).one("h1").text


def test_who_administers_one_gateway_sees_that_one(trail):
    lee = Client()
    lee.force_login(somebody("lee", ADMINISTRATOR, "staging"))
    assert numbers(lee.get("/audit/")) == [2]
    assert "No entries" in lee.get("/audit/?gateway=prod-edge").text
    lines = b"".join(lee.post("/audit.jsonl")).splitlines()
    assert [json.loads(line)["number"] for line in lines] == [2]


def test_others_do_not_see_it(trail):
    lead = Client()
    lead.force_login(somebody("lead", LEAD))
    assert lead.get("/audit/").status_code == 403
    assert lead.post("/audit.jsonl").status_code == 403
    assert "/audit/" not in lead.get("/gateways/").text


def test_words_of_strangers_are_only_text(trail):
    audit.record("<script>alert(1)</script>\u202e", Event.ANNOTATED, "prod-edge",
                 changed={"metadata <b>x</b>": {"before": "<img src=x>", "after": "\u202eevil"}})  # fmt: skip
    text = trail.get("/audit/").text
    assert "<script>alert" not in text
    assert "<img src=x>" not in text
    assert "\u202e" not in text


def test_the_file_holds_what_matches_the_oldest_first_and_its_making_is_noted(trail):
    answer = trail.post("/audit.jsonl?who=kim")
    lines = [json.loads(line) for line in b"".join(answer).splitlines()]
    assert [line["number"] for line in lines] == [1, 2, 4]
    assert lines[0]["facts"] == {"log": "one", "side": "request", "kind": "openai-key"}
    assert lines[1]["previous"] == lines[0]["digest"]
    made = AuditEntry.objects.get(number=5)
    assert (made.who, made.what, made.facts) == ("root", "audit-exported", {"which": "who:kim"})


def test_to_look_at_it_changes_nothing(trail):
    trail.get("/audit/")
    assert trail.get("/audit.jsonl").status_code == 405
    assert AuditEntry.objects.count() == 4


def test_since_counts_from_now(trail):
    AuditEntry.objects.filter(number__lte=2).update(at=timezone.now() - timedelta(days=3))
    assert numbers(trail.get("/audit/?since=24h")) == [4, 3]
