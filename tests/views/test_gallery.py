"""Every recorded body on the page of its log: nothing of it is missing, whatever the shape."""

import pytest

from gateway_dash.payload.conversation import Call, Json, Media, Result, Text
from gateway_dash.payload.masking import masked_text
from gateway_dash.web.text import marked
from tests.conftest import LOGS
from tests.gallery import CASES, bodies, name_of, readings
from tests.views.reading import HTMX, parse

pytestmark = pytest.mark.django_db


def words(parts):
    """What a reader has to find on the page, for each part."""
    for part in parts:
        if isinstance(part, Text):
            yield from masked_text(part.text[:200]).split("[masked")[:1]
        elif isinstance(part, Call):
            yield part.name
        elif isinstance(part, Result):
            yield from words(part.parts)
        elif isinstance(part, Media):
            yield part.type or part.what
        elif isinstance(part, Json) and part.label:
            yield part.label


def flat(text):
    return "".join(marked(text, lines=True).split())


@pytest.mark.parametrize("case", CASES, ids=name_of)
def test_a_recorded_body_is_shown_whole(person, bare_store, case):
    said = readings(case)
    bare_store.add({"id": "one", **bodies(case)})
    answer = person.get(LOGS + "one/conversation/", headers=HTMX)
    assert answer.status_code == 200
    section = parse(answer).one(id="conversation")
    shown = flat(section.raw_text)
    for reading in said.values():
        assert reading.said is not None
        assert flat(reading.said.shape) in shown
        for turn in reading.said.turns:
            missing = [each for each in words(turn.parts) if flat(each)[:80] not in shown]
            assert not missing
            assert not turn.finish or flat(turn.finish) in shown
        findings = reading.assembled.findings if reading.assembled else ()
        assert all(flat(each.title) in shown for each in (*reading.said.findings, *findings))
    assert not section.all(id="plain-request") + section.all(id="plain-response")
    assert not section.all("img")
